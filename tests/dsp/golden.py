# SPDX-License-Identifier: MIT
"""The chain's output never changes by accident, and is the same from every compiler.

    golden.py GOLDEN.TXT SOURCE_ROOT TABLES.C PROGRAM...

Each PROGRAM (golden.c, built by meson in different ways) must print exactly GOLDEN.TXT. Then the
same sources are compiled with every C compiler of this machine, at -O0 and with all that this
processor can do.

A change of the sound that is meant: run the program, look at what changed, and commit its output.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import tap

GOLDEN, ROOT, TABLES = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
PROGRAMS = sys.argv[4:]
FLAGS = (("-O0",), ("-O3", "-march=native", "-ffp-contract=fast"))


def output(program):
    return subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout


def check(program, what):
    got, want = output(program).splitlines(), GOLDEN.read_text(encoding="utf-8").splitlines()
    faults = [f"{g} instead of {w}" for g, w in zip(got, want) if g != w]
    if len(got) != len(want):
        faults.append(f"{len(got)} lines instead of {len(want)}")
    tap.none(faults, f"checksum that differs ({what})")


def sources():
    room = ROOT / "src" / "dsp"
    files = [p for p in sorted(room.glob("*.c")) if p.name != "tables_gen.c"]
    files += sorted((ROOT / "src" / "base").glob("*.c"))
    files += [ROOT / "tests" / "dsp" / name for name in ("golden.c", "signals.c")]
    return [str(p) for p in files] + [TABLES]


def the_builds_of_this_compiler_agree():
    for program in PROGRAMS:
        check(program, pathlib.Path(program).name)


def every_compiler_agrees():
    compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
    with tempfile.TemporaryDirectory() as folder:
        for compiler in compilers:
            for flags in FLAGS:
                program = str(pathlib.Path(folder) / "golden")
                subprocess.run([compiler, "-std=gnu11", "-D_GNU_SOURCE", *flags,
                                "-I", str(ROOT / "include"), "-I", str(ROOT / "src" / "dsp"),
                                *sources(), "-o", program, "-lm"], check=True)
                check(program, " ".join((compiler, *flags)))
    tap.say("compared: " + ", ".join(compilers))


if __name__ == "__main__":
    tap.run(the_builds_of_this_compiler_agree, every_compiler_agrees)
