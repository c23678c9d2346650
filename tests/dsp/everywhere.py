# SPDX-License-Identifier: MIT
"""The DSP built in every way that might make a difference, every test of it run in each build.

    everywhere.py [SOURCE_ROOT]        (or: ninja -C build dsp-everywhere; minutes)

gcc and clang at -O0, -O2 and -O3, with every fixed-point operation asserting its range
(-DMCA_Q_CHECKED), and under AddressSanitizer and UndefinedBehaviorSanitizer. Each build makes its
own tables, must print exactly golden.txt, and passes every test_*.c of this folder. A compiler that
is not installed is named. Prints one line a build; exits 1 when any fails.
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if len(sys.argv) > 1 else ROOT.parents[2]
TESTS, ROOM = ROOT / "tests" / "dsp", ROOT / "src" / "dsp"
COMPILERS = ("gcc", "clang")
SANITIZED = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all",
             "-fno-omit-frame-pointer", "-g")
# Where everything takes longer, a fifth of the random cases (effort.h); golden.txt is whole.
FEWER = "-DEFFORT_SLOW=1"
WAYS = (("-O2",), ("-O3",), ("-O2", "-DMCA_Q_CHECKED"), ("-O0", FEWER),
        ("-O1", "-DMCA_Q_CHECKED", FEWER, *SANITIZED))
MATERIAL = ("model.c", "signals.c", "sine_fit.c", "spectrum.c")


class Fault(Exception):
    """What failed, in a sentence."""


def run(command, **more):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **more)
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-12:])
        raise Fault(f"{pathlib.Path(str(command[-1])).name}: status {done.returncode}\n{tail}")
    return done.stdout


def compile_all(compiler, flags, sources, folder):
    """Objects of all sources."""
    base = [compiler, "-std=gnu11", "-D_GNU_SOURCE", "-w", *flags, "-I", ROOT / "include",
            "-I", ROOM]
    objects = [folder / f"{source.parent.name}-{source.stem}.o" for source in sources]
    for source, made in zip(sources, objects):
        run([*base, "-c", "-o", made, source])
    return objects


def build(compiler, flags, folder):
    """(objects of the library, objects of the material)"""
    generator, tables = folder / "tables_gen", folder / "tables.c"
    run([compiler, *flags, "-I", ROOM, ROOM / "tables_gen.c", "-lm", "-o", generator])
    tables.write_text(run([generator]))
    sources = [p for p in sorted(ROOM.glob("*.c")) if p.name != "tables_gen.c"]
    sources += sorted((ROOT / "src" / "base").glob("*.c")) + [tables]
    sources += [TESTS / name for name in MATERIAL]
    return compile_all(compiler, flags, sources, folder)


def link(compiler, flags, objects, sources, folder):
    program = folder / sources[0].stem
    run([compiler, *flags, *compile_all(compiler, flags, sources, folder), *objects, "-lm",
         "-o", program])
    return program


def check(compiler, flags):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        objects = build(compiler, flags, folder)
        golden = link(compiler, flags, objects, [TESTS / "golden.c"], folder)
        if run([golden]) != (TESTS / "golden.txt").read_text(encoding="utf-8"):
            raise Fault("other checksums than golden.txt")
        tests = sorted(TESTS.glob("test_*.c"))
        for test in tests:
            more = [TESTS / "fuzz_chain.c"] if test.stem == "test_replay" else []
            run([link(compiler, flags, objects, [test, *more], folder)])
    return len(tests)


def main():
    found = [name for name in COMPILERS if shutil.which(name)]
    for name in COMPILERS:
        if name not in found:
            print(f"{name} is not installed: left out")
    builds = [(compiler, flags) for flags in WAYS for compiler in found]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(check, *build_): build_ for build_ in builds}
        for future in concurrent.futures.as_completed(running):
            shown = " ".join((running[future][0], *running[future][1]))
            try:
                print(f"ok      {shown}: golden.txt, {future.result()} tests", flush=True)
            except Fault as why:
                failed += 1
                print(f"FAILED  {shown}: {why}", flush=True)
    print(f"{len(builds) - failed} of {len(builds)} builds leave the same bytes")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
