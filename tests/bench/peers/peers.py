# SPDX-License-Identifier: MIT
"""The chain beside what Debian packages, on the same clip: speed, accuracy, distortion.

    peers.py BENCH_CLIP      (tests/bench/bench-clip of a build folder)

Wanted: ffmpeg, swh-plugins, sox, python3-numpy, valgrind. What is missing is named and left out.
Everybody reads and writes WAV files; what a tool spends on that is measured by a run of the same
tool that does nothing to the sound but the conversions it needs, and taken off. Time is processor
time. All tools take turns, so that what else this machine does hits them alike; shown are medians.

Everywhere: threshold -20 dBFS, 2:1, 10/100 ms, hard knee, peaks of both lanes linked; ceiling -3
dBFS. Accuracy is judged with the compressor against the curve, in 3 dB steps of a 997 Hz sine
from -60 dBFS to where the limiter begins; distortion with a tone of -6 dBFS.
"""
import array
import math
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import wave

RATE, SECONDS, ROUNDS = 44100, 30, 5
LOOP_SECONDS = 2         # a loop over samples is given less to do
HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's numpy

COMPRESSOR = ("acompressor=threshold=0.1:ratio=2:attack=10:release=100:knee=1:detection=peak"
              ":link=maximum")
LIMITER = "alimiter=limit=0.70795:attack=5:release=8:level=false"
SC4 = "ladspa=file=sc4_1882:plugin=sc4:controls=c0=0|c1=10|c2=100|c3=-20|c4=2|c5=1|c6=0"
FAST = ("ladspa=file=fast_lookahead_limiter_1913:plugin=fastLookaheadLimiter"
        ":controls=c0=0|c1=-3|c2=0.01")
CURVE = ["compand", "0.01,0.1", "-60,-60,-20,-20,0,-10"]
WALL = ["compand", "0,0.008", "-60,-60,-3,-3,0,-3"]


def ffmpeg(*filters):
    middle = ["-af", ",".join(filters)] if filters else []
    return lambda source, target: [
        "ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-threads", "1",
        "-filter_threads", "1", "-i", source, *middle, "-c:a", "pcm_s16le", target]


def sox(*effects):
    return lambda source, target: ["sox", "-D", source, target, *effects]


def ours(what):
    return lambda source, target: [sys.argv[1], what, source, target]


def loop(what):
    return lambda source, target: [PYTHON, str(HERE / "numpy_loop.py"), what, source, target]


def tools():
    """(name, command, the same without the work, seconds of sound)"""
    found = [("this chain, portable", ours("portable"), ours("copy"), SECONDS),
             ("this chain, AVX2", ours("avx2"), ours("copy"), SECONDS)]
    if shutil.which("ffmpeg"):
        found += [("ffmpeg acompressor, alimiter",
                   ffmpeg("aformat=sample_fmts=dbl", COMPRESSOR, LIMITER),
                   ffmpeg("aformat=sample_fmts=dbl", "anull"), SECONDS),
                  ("LADSPA sc4, fast_lookahead_limiter",
                   ffmpeg("aformat=sample_fmts=fltp", SC4, FAST),
                   ffmpeg("aformat=sample_fmts=fltp", "anull"), SECONDS)]
    if shutil.which("sox"):
        found.append(("sox compand, compand", sox(*CURVE, *WALL), sox(), SECONDS))
    if subprocess.run([PYTHON, "-c", "import numpy"], check=False,
                      stderr=subprocess.DEVNULL).returncode == 0:
        found.append(("numpy, a loop over samples", loop("process"), loop("copy"), LOOP_SECONDS))
    return found


def write(path, samples):
    """Both lanes alike."""
    frames = array.array("h", (value for value in samples for _ in range(2)))
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(frames.tobytes())


def read(path):
    """The first lane."""
    with wave.open(str(path)) as file:
        frames = array.array("h", file.readframes(file.getnframes()))
    return frames[::2]


def sine(frequency, level_db, seconds):
    amplitude = 32767 * 10 ** (level_db / 20)
    return [round(amplitude * math.sin(2 * math.pi * frequency * i / RATE))
            for i in range(int(seconds * RATE))]


def programme(seconds):
    """Two tones under an envelope of syllables, -40 to -1 dBFS."""
    def at(i):
        swell = 0.5 - 0.5 * math.cos(2 * math.pi * 3.7 * i / RATE)
        slow = 0.3 + 0.7 * abs(math.sin(2 * math.pi * 0.31 * i / RATE))
        return round(29000 * (0.02 + 0.98 * swell * slow) *
                     (0.7 * math.sin(2 * math.pi * 211 * i / RATE) +
                      0.3 * math.sin(2 * math.pi * 2903 * i / RATE)))
    return [at(i) for i in range(int(seconds * RATE))]


def run(command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds_of(command):
    begin = processor_seconds()
    run(command)
    return processor_seconds() - begin


def instructions_of(command):
    done = subprocess.run(["valgrind", "--tool=none", "--version"], check=False,
                          capture_output=True)
    if done.returncode:
        return None
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                           *command], check=False, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found.group(1)) if found else None


def fit(samples, frequency):
    """(gain reference: amplitude, residue in dB) of a tone, by least squares over whole periods."""
    turn = [2 * math.pi * frequency * i / RATE for i in range(len(samples))]
    size, mean = len(samples), sum(samples) / len(samples)
    s = 2 * sum(v * math.sin(t) for v, t in zip(samples, turn)) / size
    c = 2 * sum(v * math.cos(t) for v, t in zip(samples, turn)) / size
    rest = sum((v - mean - s * math.sin(t) - c * math.cos(t)) ** 2
               for v, t in zip(samples, turn)) / size
    power = (s * s + c * c) / 2
    return math.hypot(s, c), 10 * math.log10(max(rest, 1e-9) / power)


def steady(command, folder, frequency, level_db, seconds=2):
    source, target = folder / "in.wav", folder / "out.wav"
    write(source, sine(frequency, level_db, seconds))
    run(command(str(source), str(target)))
    return fit(read(target)[(seconds - 1) * RATE:seconds * RATE], frequency)


def curve_error_db(command, folder):
    worst = 0.0
    for level in range(-60, 1, 3):
        wanted = level - max(0.0, (level + 20) / 2)
        if wanted > -3.1:
            break
        amplitude, _ = steady(command, folder, 997, level)
        worst = max(worst, abs(20 * math.log10(amplitude / 32767) - wanted))
    return worst


def measure_times(found, clips):
    """{name: nanoseconds a frame}: every tool in every round, its idle twin right beside it."""
    taken = {name: [] for name, *_ in found}
    for _ in range(ROUNDS):
        for name, work, idle, seconds in found:
            source, target = clips[seconds]
            busy = seconds_of(work(source, target)) - seconds_of(idle(source, target))
            taken[name].append(busy * 1e9 / (seconds * RATE))
    return {name: statistics.median(values) for name, values in taken.items()}


def measure_instructions(work, idle, clip):
    busy, calm = instructions_of(work(*clip)), instructions_of(idle(*clip))
    return None if busy is None or calm is None else (busy - calm) / (LOOP_SECONDS * RATE)


def main():
    found = tools()
    with tempfile.TemporaryDirectory() as name:
        folder, clips = pathlib.Path(name), {}
        for seconds in (SECONDS, LOOP_SECONDS):
            clips[seconds] = str(folder / f"{seconds}.wav"), str(folder / "target.wav")
            write(clips[seconds][0], programme(seconds))
        times = measure_times(found, clips)
        print("| tool | ns a frame | instructions a frame | curve error | THD+N 100 Hz "
              "| THD+N 997 Hz |\n|---|---:|---:|---:|---:|---:|")
        for tool, work, idle, seconds in found:
            # Counting every instruction of an interpreter takes longer than all the rest.
            slow = seconds == LOOP_SECONDS
            count = None if slow else measure_instructions(work, idle, clips[LOOP_SECONDS])
            shown = "not counted" if count is None else f"{count:.0f}"
            error = curve_error_db(work, folder)
            low, high = (steady(work, folder, f, -6)[1] for f in (100, 997))
            print(f"| {tool} | {times[tool]:.1f} | {shown} | {error:.2f} dB | {low:.1f} dB "
                  f"| {high:.1f} dB |", flush=True)


if __name__ == "__main__":
    main()
