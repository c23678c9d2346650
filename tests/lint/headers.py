# SPDX-License-Identifier: MIT
"""Public headers are contracts: each compiles alone, is guarded, and names its threads."""
import os
import re
import shlex
import shutil
import subprocess

import tree
import tap

HEADERS = tree.files(".h", under=("include",))


def compilers():
    """$CC where it is set, else every C compiler of this machine that we support."""
    if os.environ.get("CC"):
        return [shlex.split(os.environ["CC"])]
    return [[c] for c in ("gcc", "clang") if shutil.which(c)]


def each_compiles_alone():
    """Strict C11; _GNU_SOURCE as the project sets it, since alsa-lib's headers need POSIX types."""
    faults = []
    for header in HEADERS:
        text = f'#include "mca/{header.name}"\n#include "mca/{header.name}"\ntypedef int nothing;\n'
        for compiler in compilers():
            done = subprocess.run(
                compiler + ["-std=c11", "-pedantic", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE",
                            "-I", str(tree.TOP / "include"), "-fsyntax-only", "-x", "c", "-"],
                input=text, capture_output=True, text=True, check=False)
            if done.returncode:
                first = (done.stderr.strip().splitlines() or ["no message"])[0]
                faults.append(f"{tree.short(header)} ({compiler[0]}): {first}")
    tap.none(faults, "header that does not compile alone")


def each_is_guarded():
    faults = []
    for header in HEADERS:
        guard = "MCA_" + header.stem.upper() + "_H"
        text = tree.bare(header.read_text()).strip()
        begin = rf"#ifndef {guard}\n#define {guard}\n"
        if not re.match(begin, text) or not text.endswith("#endif"):
            faults.append(f"{tree.short(header)}: wrap it in #ifndef {guard}")
    tap.none(faults, "header without its guard")


def every_source_names_its_licence():
    faults = []
    rooms = ("src", "include", "tests", "packaging")
    for path in tree.files(".c", ".h", ".py", ".sh", under=rooms):
        head = path.read_text().splitlines()[:2]
        want = "/* SPDX-License-Identifier: MIT */" if path.suffix in (".c", ".h") \
            else "# SPDX-License-Identifier: MIT"
        if want not in head:
            faults.append(f"{tree.short(path)}: begin with {want}")
    tap.none(faults, "file without its licence line")


def every_source_explains_itself():
    """A file begins with a comment on its model (below the licence, the guard and the includes)."""
    faults = []
    for path in tree.files(".c", ".h", under=("src", "include")):
        text = path.read_text()
        body = text.split("\n", 1)[1] if "\n" in text else ""
        head = re.split(r"(?m)^\{|^(?:static|struct|enum|int|void|bool)\b[^;]*\(", body)[0]
        comment = re.search(r"/\*.*?\*/", head, re.S)
        if not comment or len(comment.group(0)) < 60:
            faults.append(f"{tree.short(path)}: say what it is for, before its first function")
    tap.none(faults, "file that does not explain itself")


def declarations(text):
    """(name, start, end) of every function declaration in a header's text."""
    plain = re.sub(r"(?m)^\s*#(?:.*\\\n)*.*$", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                   tree.bare(text))
    function = r"(?m)^(?!typedef)[a-z][^;{}=]*?\b(mca_[a-z0-9_]+)\s*\([^;{}]*;"
    for match in re.finditer(function, plain):
        if "(*" not in match.group(0).split(match.group(1))[0]:
            yield match.group(1), match.start(), match.end()


def each_function_names_its_thread():
    """In its own comment, in one on its line, or for the whole file in the header's first."""
    faults = []
    for header in HEADERS:
        text = header.read_text()
        found = list(declarations(text))
        if not found:
            continue
        first = re.search(r"/\*(?! SPDX).*?\*/", text, re.S)
        if first and first.start() < found[0][1] and re.search(r"\bThreads?[:.]", first.group(0)):
            continue
        covered = False
        last_end = 0
        for name, start, end in found:
            line_end = text.find("\n", end)
            between = text[last_end:start] + text[end:line_end]
            if "/*" in text[last_end:start]:
                covered = False
            if re.search(r"\bThreads?:", between):
                covered = True
            if not covered:
                faults.append(f"{tree.short(header)}: {name}")
            last_end = end
    tap.none(faults, "public function that does not say \"Thread: RT | control | any.\"")


if __name__ == "__main__":
    tap.run(each_compiles_alone, each_is_guarded, every_source_names_its_licence,
            every_source_explains_itself, each_function_names_its_thread)
