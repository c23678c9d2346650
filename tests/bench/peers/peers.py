# SPDX-License-Identifier: MIT
"""The chain beside what Debian packages, on the same clip: speed, accuracy, distortion.

    peers.py BENCH_CLIP      (tests/bench/bench-clip of a build folder)

Wanted: ffmpeg, swh-plugins, lsp-plugins-lv2, calf-plugins, sox, python3-numpy, valgrind. What is
missing is named and left out. ffmpeg is the host of the LADSPA and LV2 plug-ins too.
Everybody reads and writes WAV files; what a tool spends on that is measured by a run of the same
tool that does nothing to the sound but the conversions it needs, and taken off; what it spends on
its start (loading plug-ins, first of all) falls out of the difference between a long and a short
clip. Time is processor time. All tools take turns, so that what else this machine does hits them
alike; shown are medians.

Everywhere: threshold -20 dBFS, 2:1, 10/100 ms, hard knee, peaks of both lanes linked; ceiling -3
dBFS. Accuracy is judged with the compressor against the curve, in 3 dB steps of a 997 Hz sine
from -60 dBFS to where the limiter begins; distortion with a tone of -6 dBFS.
"""
import array
import math
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import wave

RATE, ROUNDS = 44100, 5
# (long, short) clip in seconds: to take the time of, of a loop over samples, to count in.
CLIPS, LOOP_CLIPS, COUNT_CLIPS = (30, 2), (3, 1), (3, 1)
HERE = pathlib.Path(__file__).resolve().parent
PORTABLE, FFMPEG = "this chain, portable", "ffmpeg acompressor, alimiter"
NUMPY = "numpy, a loop over samples"
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's numpy

COMPRESSOR = ("acompressor=threshold=0.1:ratio=2:attack=10:release=100:knee=1:detection=peak"
              ":link=maximum")
LIMITER = "alimiter=limit=0.70795:attack=5:release=8:level=false"
SC4 = "ladspa=file=sc4_1882:plugin=sc4:controls=c0=0|c1=10|c2=100|c3=-20|c4=2|c5=1|c6=0"
FAST = ("ladspa=file=fast_lookahead_limiter_1913:plugin=fastLookaheadLimiter"
        ":controls=c0=0|c1=-3|c2=0.01")
LSP = ("http://lsp-plug.in/plugins/lv2/compressor_stereo",
       "al=0.1|cr=2|at=10|rt=100|kn=1|scm=0|scr=0",
       "http://lsp-plug.in/plugins/lv2/limiter_stereo",
       "th=0.70795|alr=0|boost=0|lk=5|at=5|rt=8")
CALF = ("http://calf.sourceforge.net/plugins/Compressor",
        "threshold=0.1|ratio=2|attack=10|release=100|knee=1|makeup=1|detection=1|stereo_link=1",
        "http://calf.sourceforge.net/plugins/Limiter",
        "limit=0.70795|attack=5|release=8|asc=0|auto_level=0")
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


def lv2(pair):
    """Filters for ffmpeg, whose own syntax wants the colon of an address to be escaped twice."""
    return ["lv2=p=" + address.replace(":", r"\\:") + ":c=" + controls
            for address, controls in zip(pair[::2], pair[1::2])]


def hosted(*filters):
    """(with these plug-ins, with nothing) in the planes of floats that plug-ins take."""
    planes = "aformat=sample_fmts=fltp"
    return ffmpeg(planes, *filters), ffmpeg(planes, "anull")


def tools():
    """(name, command, the same without the work, clips)"""
    return [
        (PORTABLE, ours("portable"), ours("copy"), CLIPS),
        ("this chain, AVX2", ours("avx2"), ours("copy"), CLIPS),
        (FFMPEG, ffmpeg("aformat=sample_fmts=dbl", COMPRESSOR, LIMITER),
         ffmpeg("aformat=sample_fmts=dbl", "anull"), CLIPS),
        ("LADSPA sc4, fast_lookahead_limiter", *hosted(SC4, FAST), CLIPS),
        ("LSP compressor, limiter (LV2)", *hosted(*lv2(LSP)), CLIPS),
        ("Calf compressor, limiter (LV2)", *hosted(*lv2(CALF)), CLIPS),
        ("sox compand, compand", sox(*CURVE, *WALL), sox(), CLIPS),
        (NUMPY, loop("process"), loop("copy"), LOOP_CLIPS),
    ]


def is_there(tool, folder):
    """Can it process a moment of sound here?"""
    name, work, idle, _ = tool
    source, target = folder / "moment.wav", folder / "moment-out.wav"
    write(source, sine(997, -20, 0.05))
    for command in (work(str(source), str(target)), idle(str(source), str(target))):
        try:
            run(command)
        except (OSError, subprocess.CalledProcessError):
            print(f"absent: {name}\n")
            return False
    return True


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
        for name, work, idle, lengths in found:
            taken[name].append(1e9 * net_of(seconds_of, work, idle, lengths, clips))
    return {name: statistics.median(values) for name, values in taken.items()}


def net_of(measure, work, idle, lengths, clips):
    """What a frame costs: work less idle, a long clip less a short one."""
    long, short = ((measure(work(*clips[seconds])), measure(idle(*clips[seconds])))
                   for seconds in lengths)
    if None in long + short:
        return None
    return ((long[0] - long[1]) - (short[0] - short[1])) / ((lengths[0] - lengths[1]) * RATE)


def judge(rows):
    """The goals, from what was measured just now. {name: (ns, instructions, curve error)}"""
    def line(what, ours_, theirs, goal, unit):
        print(f"{what}: {ours_:.2f} / {theirs:.2f} {unit} = {ours_ / theirs:.4f}, "
              f"goal {goal:.2f}: {'met' if ours_ <= goal * theirs else 'MISSED'}")
    ns, count, error = rows[PORTABLE]
    print()
    if NUMPY in rows:
        line("portable beside the loop in numpy", ns, rows[NUMPY][0], 0.01, "ns")
    if FFMPEG in rows:
        line("portable beside ffmpeg", ns, rows[FFMPEG][0], 0.8, "ns")
        if count and rows[FFMPEG][1]:
            line("portable beside ffmpeg", count, rows[FFMPEG][1], 0.55, "instructions")
    others = [row[2] for name, row in rows.items() if not name.startswith("this chain")]
    print(f"curve error: {error:.2f} dB, goal 0.05: {'met' if error <= 0.05 else 'MISSED'}"
          + (f"; the best of the others: {min(others):.2f} dB" if others else ""))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder, clips, rows = pathlib.Path(name), {}, {}
        found = [tool for tool in tools() if is_there(tool, folder)]
        for seconds in {*CLIPS, *LOOP_CLIPS, *COUNT_CLIPS}:
            clips[seconds] = str(folder / f"{seconds}.wav"), str(folder / "target.wav")
            write(clips[seconds][0], programme(seconds))
        times = measure_times(found, clips)
        print("| tool | ns a frame | instructions a frame | curve error | THD+N 100 Hz "
              "| THD+N 997 Hz |\n|---|---:|---:|---:|---:|---:|")
        for tool, work, idle, _ in found:
            # Counting every instruction of an interpreter takes longer than all the rest.
            count = None if tool == NUMPY else net_of(instructions_of, work, idle, COUNT_CLIPS,
                                                      clips)
            shown = "not counted" if count is None else f"{count:.0f}"
            error = curve_error_db(work, folder)
            low, high = (steady(work, folder, f, -6)[1] for f in (100, 997))
            print(f"| {tool} | {times[tool]:.1f} | {shown} | {error:.2f} dB | {low:.1f} dB "
                  f"| {high:.1f} dB |", flush=True)
            rows[tool] = times[tool], count, error
        judge(rows)


if __name__ == "__main__":
    main()
