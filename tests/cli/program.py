# SPDX-License-Identifier: MIT
"""The program under test as its user meets it: arguments in; exit status, stdout and stderr out."""
import os
import pathlib
import subprocess
import sys
import tempfile
import wave
from array import array

import tap

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
# A sanitizer that finds something must not look like an ordinary failure (1) or usage error (2).
for _options in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
    os.environ[_options] = os.environ.get(_options, "") + ":exitcode=99"

# Else commands find what the person at this machine runs.
for _variable in ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "XDG_RUNTIME_DIR"):
    os.environ.pop(_variable, None)

_folder = tempfile.TemporaryDirectory(prefix="mca-cli-")
FOLDER = pathlib.Path(_folder.name)


def run(*arguments, want=0, timeout=60, folder=FOLDER):
    """Run to the end; fail unless the exit status is `want`. Returns (stdout, stderr)."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, cwd=folder, check=False)
    if done.returncode != want:
        raise AssertionError(f"{' '.join(map(str, arguments))}: exit status {done.returncode}, "
                             f"must be {want}\nstdout: {done.stdout}\nstderr: {done.stderr}")
    return done.stdout, done.stderr


def one_sentence(text, *parts):
    """The first line of an error: names the program, contains every part; no second paragraph."""
    lines = text.strip().splitlines()
    tap.true(lines and lines[0].startswith("mission-control-audio "), f"no sentence: {text!r}")
    for part in parts:
        tap.true(part in lines[0], f"{part!r} is missing in: {lines[0]}")


def write_wav(name, lanes, rate=44100):
    """lanes = one list of integers a lane. Returns the path."""
    frames = array("h", [sample for frame in zip(*lanes) for sample in frame])
    with wave.open(str(FOLDER / name), "wb") as file:
        file.setnchannels(len(lanes))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames.tobytes())
    return FOLDER / name


def read_wav(name):
    """(lanes, rate), lanes as lists of integers."""
    with wave.open(str(FOLDER / name), "rb") as file:
        tap.same(file.getsampwidth(), 2, f"bytes a sample in {name}")
        frames = array("h", file.readframes(file.getnframes()))
        count = file.getnchannels()
        return [list(frames[lane::count]) for lane in range(count)], file.getframerate()
