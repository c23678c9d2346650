# SPDX-License-Identifier: MIT
"""What the objects say: no hidden state, every promise kept once, and no promise that nobody uses.

    symbols.py BUILD_FOLDER

Looks at the objects of the program that compile_commands.json lists, so that it judges what was
really built. Uses by tests are read from the sources of the tests, which need not be built.
"""
import json
import pathlib
import re
import subprocess
import sys

import headers
import tree
import tap

# The roots of the program stand in src/main.c; nowhere else does a variable outlive its function.
ROOTS = {"src/main.c"}
# The entry that alsa-lib looks up in a plug-in module.
FOREIGN = re.compile(r"^(?:main|_+snd_pcm_\w+)$")
# A line of objdump -t: value, seven flags, section, size, name.
SYMBOL = re.compile(r"[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$")
# What the sanitizers add to an object.
SANITIZER = re.compile(r"[._*]|\w*(?:asan|ubsan|tsan)")


def objects():
    """{source relative to the tree: object} of the program. Skips the case if one is not built."""
    build = pathlib.Path(sys.argv[1])
    found, known = {}, set()
    for entry in json.loads((build / "compile_commands.json").read_text()):
        folder = pathlib.Path(entry["directory"])
        source = (folder / entry["file"]).resolve()
        target = folder / entry["output"]
        if tree.TOP / "src" in source.parents:
            known.add(tree.short(source))
            if target.exists():
                found[tree.short(source)] = target
    missing = sorted(known - set(found))
    if missing or not known:
        raise tap.Skip(f"{len(missing)} of {len(known)} objects are not built "
                       f"({', '.join(missing[:3])}): run ninja, or meson test without --no-rebuild")
    return found


def words_of_tests():
    """Every identifier in the code of the tests, comments and literals left out."""
    return {word for path in tree.files(".c", ".h", under=("tests",))
            for word in re.findall(r"\w+", tree.bare(path.read_text()))}


def table(target):
    """(section, global, name) of the symbols an object defines, and the set it wants."""
    done = subprocess.run(["objdump", "-t", str(target)], capture_output=True, text=True,
                          check=True)
    have, want = [], set()
    for line in done.stdout.splitlines():
        match = SYMBOL.match(line)
        if not match or "d" in match.group(1)[5]:
            continue
        flags, section, name = match.groups()
        if section == "*UND*":
            want.add(name)
        else:
            have.append((section, flags[0] in "gu!", name))
    return have, want


def is_variable_section(section):
    """Writable at run time: .data and .bss and kin, but not .data.rel.ro (constant pointers)."""
    return bool(re.match(r"\.(?:data|bss|tdata|tbss)\b", section) or section == "*COM*") \
        and not section.startswith(".data.rel.ro")


def no_variable_outlives_its_function():
    faults = []
    for source, target in sorted(objects().items()):
        if source in ROOTS:
            continue
        faults += [f"{source}: {name} in {section}" for section, _, name in table(target)[0]
                   if is_variable_section(section) and not SANITIZER.match(name)]
    tap.none(faults, "variable that outlives its function")


def promised():
    """{function: header} of everything declared in include/mca."""
    return {name: tree.short(path) for path in headers.HEADERS
            for name, _, _ in headers.declarations(path.read_text())}


def every_promise_is_kept_once():
    homes = {}
    for source, target in objects().items():
        for section, is_global, name in table(target)[0]:
            if is_global and section.startswith(".text"):
                homes.setdefault(name, []).append(source)
    faults = [f"{header}: {name} is defined nowhere" for name, header in promised().items()
              if name not in homes]
    faults += [f"{name} is defined in {' and '.join(at)}" for name, at in homes.items()
               if len(at) > 1 and name != "main"]
    faults += [f"{at[0]}: {name} is visible everywhere: begin it with mca_ or make it static"
               for name, at in homes.items()
               if not name.startswith("mca_") and not FOREIGN.match(name)
               and not SANITIZER.match(name)]
    tap.none(faults, "promise not kept exactly once")


def every_promise_is_used():
    """By another file of the program, or at least by a test."""
    wanted = words_of_tests()
    for target in objects().values():
        wanted |= table(target)[1]
    tap.none([f"{header}: {name}" for name, header in promised().items() if name not in wanted],
             "public function that nobody uses: make it static or take it out")


if __name__ == "__main__":
    tap.run(no_variable_outlives_its_function, every_promise_is_kept_once, every_promise_is_used)
