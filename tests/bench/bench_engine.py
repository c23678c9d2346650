# SPDX-License-Identifier: MIT
"""Where the instructions of a whole running engine go: one channel on two simulated cards.

    bench_engine.py MISSION_CONTROL_AUDIO [CASE...]

The free-running clock lets the service live for a short and for a long time; the difference,
counted by callgrind and divided by the blocks between them, is what one block costs, sorted by the
room of the source file, or by the library, that spends it. A noise source keeps the chain at work.
A second table has one row for each kind of pair (or for those named): what resampling costs.
"""
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RATE, BLOCK, SHORT, LONG = 44100, 512, 5, 25
PROGRAM = sys.argv[1]
PLAIN = "one clock"
# What differs from plain cards of the engine's rate, by card.
CASES = {
    PLAIN: {},
    "two clocks": {"2": {"drift_ppm": 100}},
    "two clocks, batches": {"1": {"batch": True}, "2": {"drift_ppm": 100, "batch": True}},
    "48000 to 44100 Hz": {"1": {"only_rate_hz": 48000}},
    "44100 to 48000 Hz": {"2": {"only_rate_hz": 48000}},
    "48000 to 48000 Hz, one clock": {"1": {"only_rate_hz": 48000}, "2": {"only_rate_hz": 48000}},
    "48000 to 48000 Hz, two clocks": {"1": {"only_rate_hz": 48000},
                                      "2": {"only_rate_hz": 48000, "drift_ppm": 100}},
}


def settings(seconds, cards):
    # Loud enough for the compressor; its peaks stay below the ceiling, resampled or not.
    source = {"type": "noise", "level_dbfs": -16}
    return {"sample_rate": RATE, "channels": 2, "blocksize": BLOCK,
            "logical_channels": {"1": {"input_device_id": 1, "output_device_id": 2}},
            "http": {"port": 0},
            "simulation": {"clock": "free", "duration_s": seconds, "cards": {
                "1": {"source": source, **cards.get("1", {})},
                "2": {"sink": {"type": "discard"}, **cards.get("2", {})}}}}


def spender(library, source):
    """src/dsp/smooth.c -> "dsp"; a file that is not ours counts for its library.

    What is inlined from fixed-point arithmetic and from the processor's intrinsics is dsp's.
    """
    room = re.search(r"src/(\w+)/[^/]+$", source)
    if room and "mission-control" in library:
        return room.group(1)
    if re.search(r"/mca/q\.h$|intrin\.h$", source) and "mission-control" in library:
        return "dsp"
    return pathlib.PurePath(library).name


def costs(path):
    """{spender: instructions}; the line after calls= belongs to what was called."""
    spent, library, source, skip = collections.Counter(), "", "", False
    for line in path.read_text().splitlines():
        key, _, value = line.partition("=")
        if key == "ob":
            library = value
        elif key in ("fl", "fi", "fe"):
            source = value
        elif key == "calls":
            skip = True
        elif re.match(r"[0-9+*-]", line):
            if not skip:
                spent[spender(library, source)] += int(line.split()[1])
            skip = False
    return spent


def live(folder, seconds, cards):
    config, out = folder / "config.json", folder / f"{seconds}.out"
    config.write_text(json.dumps(settings(seconds, cards)))
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
                    "--compress-strings=no", "--compress-pos=no", PROGRAM, "run", "--simulate",
                    "--config", str(config)], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    return costs(out)


def a_block(cards):
    """{spender: instructions a block}, a block as long in time as at the engine's rate."""
    with tempfile.TemporaryDirectory() as name:
        short, long = (live(pathlib.Path(name), seconds, cards) for seconds in (SHORT, LONG))
    blocks = (LONG - SHORT) * RATE / BLOCK
    return {who: (long[who] - short[who]) / blocks for who in long}


def print_shares(spent):
    whole = sum(spent.values())
    print(f"| who | instructions a block of {BLOCK} frames and channel | share |\n|---|---:|---:|")
    for who, cost in sorted(spent.items(), key=lambda item: -item[1]):
        if abs(cost) >= 1:
            print(f"| {who} | {cost:.0f} | {100 * cost / whole:.1f} % |")
    print(f"| all | {whole:.0f} | 100 % |\n")


def print_case(name, spent):
    spent = dict(spent, simcard=0)
    whole, chain, resampler = sum(spent.values()), spent["dsp"], spent.get("resample", 0)
    print(f"| {name} | {resampler:.0f} | {chain:.0f} | {whole - resampler - chain:.0f} | "
          f"{whole:.0f} |", flush=True)


def main():
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed, and nothing else counts instructions")
        return 0
    names = sys.argv[2:] or list(CASES)
    plain = a_block(CASES[PLAIN]) if PLAIN in names else None
    if plain:
        print_shares(plain)
    print("| cards | resample | dsp | the rest | all but the simulated cards |\n"
          "|---|---:|---:|---:|---:|")
    for name in names:
        print_case(name, plain if name == PLAIN else a_block(CASES[name]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
