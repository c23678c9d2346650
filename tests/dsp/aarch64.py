# SPDX-License-Identifier: MIT
"""The chain's bytes on another machine: built for aarch64, run by QEMU's user emulation.

    aarch64.py        (or: sh packaging/quickstart.sh test arm64)

Generator of the tables, chain and tests are built statically, so they need no library of that
machine. golden.txt must come out, and every test_*.c of this folder must pass, as in everywhere.py.
The last line is "N passed, N failed, N skipped".
"""
import pathlib
import shutil
import sys
import tempfile

import everywhere

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
FLAGS = ("-O2", "-static", everywhere.FEWER)


def emulated(command):
    return everywhere.run([EMULATOR, *command])


def build(folder):
    """The objects of chain, tables and material. The tables are made on the other machine, too."""
    generator, tables = folder / "tables_gen", folder / "tables.c"
    everywhere.run([COMPILER, *FLAGS, "-I", everywhere.ROOM, everywhere.ROOM / "tables_gen.c",
                    "-lm", "-o", generator])
    tables.write_text(emulated([generator]))
    sources = [p for p in sorted(everywhere.ROOM.glob("*.c")) if p.name != "tables_gen.c"]
    sources += sorted((everywhere.ROOT / "src" / "base").glob("*.c")) + [tables]
    sources += [everywhere.TESTS / name for name in everywhere.MATERIAL]
    return everywhere.compile_all(COMPILER, FLAGS, sources, folder)


def cases(folder, objects):
    """(name, function that raises when the case fails) of each program."""
    def program(*sources):
        return everywhere.link(COMPILER, FLAGS, objects, list(sources), folder)

    def golden():
        want = (everywhere.TESTS / "golden.txt").read_text(encoding="utf-8")
        if emulated([program(everywhere.TESTS / "golden.c")]) != want:
            raise everywhere.Fault("other checksums than golden.txt")

    yield "golden.txt", golden
    for test in sorted(everywhere.TESTS.glob("test_*.c")):
        more = [everywhere.TESTS / "fuzz_chain.c"] if test.stem == "test_replay" else []
        yield test.stem, lambda test=test, more=more: emulated([program(test, *more)])


def try_case(case, check):
    try:
        result = check()
        print(f"ok aarch64 {case}", flush=True)
        return True, result
    except everywhere.Fault as why:
        print(f"FAIL aarch64 {case}: {why}", flush=True)
        return False, None


def main():
    for tool in (COMPILER, EMULATOR):
        if not shutil.which(tool):
            print(f"skip aarch64 - {tool} is not installed\n0 passed, 0 failed, 1 skipped")
            return 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        built, objects = try_case("build", lambda: build(folder))
        results = [built]
        if built:
            results += [try_case(*case)[0] for case in cases(folder, objects)]
    passed, failed = results.count(True), results.count(False)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
