# SPDX-License-Identifier: MIT
"""Days of stream time through the whole program, between two cards that do not run alike.

    campaign.py PROGRAM JUDGE [--hours H] [--only WORD] [--jobs N]

`run` on simulated cards with the free-running clock; what the second card plays goes through a pipe
to a judge (judge.c) that hears every sample. One line a campaign with its figures; a figure that
misses its bound fails. README.md beside this says what the figures mean.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

RATE, BLOCK, TAPS_HALF = 44100, 512, 32
# Exactly 3/128 cycles a frame.
TONE_HZ = RATE * 3 / 128
SETTLE_S = 15
# Rounding three times; one sample more or less makes 50.
RESIDUE_MAX = 8
RATIO_NOISE_MAX_PPM = 1.0
# The second card's batches raise the level that playback needs: one and a half periods.
LATENCY = {False: 2 * BLOCK + TAPS_HALF, True: BLOCK + BLOCK * 3 // 2 + TAPS_HALF}

STEADY = {
    "+200 ppm": {"3": {"drift_ppm": 200}},
    "-200 ppm": {"3": {"drift_ppm": -200}},
    "wandering +-50 ppm": {"3": {"wander_ppm": 50, "wander_period_s": 3600}},
}
ROUGH = {
    "+1000 ppm": {"3": {"drift_ppm": 1000}},
    "-1000 ppm": {"3": {"drift_ppm": -1000}},
    "jitter of 0.5 ms": {"1": {"jitter_us": 500}, "3": {"drift_ppm": 35, "jitter_us": 500}},
    "batches": {"1": {"batch": True}, "3": {"drift_ppm": 20, "batch": True}},
    "batches, late by up to 0.5 ms": {"1": {"batch": True, "jitter_us": 500},
                                      "3": {"drift_ppm": -120, "batch": True, "jitter_us": 500}},
    "late wake-ups": {"1": {"faults": [{"type": "late", "duration_s": 0.008, "at_s": 1,
                                        "every_s": 0.7}]}, "3": {"drift_ppm": -60}},
    "xruns": {"1": {"faults": [{"type": "xrun", "at_s": 320, "every_s": 640}]},
              "3": {"drift_ppm": 150, "wander_ppm": 20, "wander_period_s": 1800,
                    "faults": [{"type": "xrun", "stream": "playback", "at_s": 640,
                                "every_s": 640}]}},
    "xruns, batches, jitter": {
        "1": {"batch": True, "jitter_us": 300,
              "faults": [{"type": "late", "duration_s": 0.005, "at_s": 3, "every_s": 1.1}]},
        "3": {"drift_ppm": -90, "batch": True, "jitter_us": 300,
              "faults": [{"type": "xrun", "stream": "playback", "at_s": 320,
                          "every_s": 320}]}},
}


def document():
    """One channel in mono, of which nothing but the way is heard."""
    return {"sample_rate": RATE, "sample_format": "int16", "channels": 1, "blocksize": BLOCK,
            "logical_channels": {"1": {"input_device_id": 1, "output_device_id": 3}},
            "dsp": {"comp": {"enabled": False}, "limiter": {"enabled": False}}}


def simulation(cards, hours, pipe):
    cards = json.loads(json.dumps(cards))
    cards.setdefault("1", {})["source"] = {"type": "tone", "frequency_hz": TONE_HZ,
                                           "level_dbfs": -20}
    cards["3"]["sink"] = {"type": "raw", "file": str(pipe)}
    return {"clock": "free", "duration_s": hours * 3600, "cards": cards}


def hear(program, judge, cards, hours, folder):
    """Both processes to their ends: what the judge heard, and what the program said."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    (folder / "config.json").write_text(json.dumps(document()), encoding="utf-8")
    (folder / "cards.json").write_text(json.dumps(simulation(cards, hours, pipe)),
                                       encoding="utf-8")
    card = cards["3"]
    batch = bool(card.get("batch"))
    listener = subprocess.Popen(
        [judge, pipe, str(card.get("drift_ppm", 0)), str(card.get("wander_ppm", 0)),
         str(card.get("wander_period_s", 3600)), str(LATENCY[batch]), str(SETTLE_S)],
        stdout=subprocess.PIPE, text=True)
    try:
        if listener.stdout.readline() != "ready\n":
            raise AssertionError("the judge does not listen")
        player = subprocess.run(
            [program, "run", "--simulate", "--port", "0", "--config", folder / "config.json",
             "--simulation", folder / "cards.json"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False)
        if player.returncode:
            raise AssertionError(f"exit code {player.returncode}:\n{player.stderr}")
        heard, _ = listener.communicate()
    finally:
        if listener.poll() is None:
            listener.kill()
            listener.wait()
        listener.stdout.close()
    return json.loads(heard), player.stderr


def xruns_expected(cards, hours):
    """How many faults of the kind fall into the time."""
    count = 0
    for card in cards.values():
        for fault in card.get("faults", []):
            if fault["type"] == "xrun" and fault["at_s"] < hours * 3600:
                count += int((hours * 3600 - fault["at_s"]) / fault["every_s"]) + 1
    return count


def judge_run(name, cards, hours, heard):
    """The figures on one line, and what is wrong with them."""
    told_ms = LATENCY[bool(cards["3"].get("batch"))] * 1000 / RATE
    low, high = heard["latency_low_ms"] - told_ms, heard["latency_high_ms"] - told_ms
    expected = hours * 3600 * RATE  # of the output's clock, by which the channel ends
    restarts = xruns_expected(cards, hours)
    wrong = []
    # A restart costs less than the level.
    if abs(heard["frames"] - expected) > RATE / 10 + restarts * 8 * BLOCK:
        wrong.append(f"{heard['frames']} frames instead of {expected:.0f}")
    if abs(heard["restarts"] - restarts) > (1 if restarts else 0):
        wrong.append(f"{restarts} restarts expected")
    if heard["worst_residue"] > RESIDUE_MAX:
        wrong.append("a sample is not where it belongs")
    if low < -1 or high > 1:
        wrong.append("the latency is off by more than 1 ms")
    if heard["settled_s"] > SETTLE_S:
        wrong.append("it settles too late")
    if heard["ratio_noise_ppm"] > RATIO_NOISE_MAX_PPM:
        wrong.append("the ratio is restless")
    line = (f"{name}: {hours:g} h, {heard['frames']} frames, {heard['restarts']} xruns, "
            f"worst residue {heard['worst_residue']:.1f} LSB, latency {told_ms:.2f} ms "
            f"{low:+.3f} .. {high:+.3f} ms, settled in {heard['settled_s']:.1f} s, "
            f"ratio noise {heard['ratio_noise_ppm']:.3f} ppm rms")
    return line, wrong


def run(name, cards, options):
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mca-campaign-") as folder:
        heard, said = hear(options.program, options.judge, cards, options.hours,
                           pathlib.Path(folder))
    line, wrong = judge_run(name, cards, options.hours, heard)
    if not xruns_expected(cards, options.hours) and "xrun" in said:
        wrong.append("the program tells of xruns:\n" + said)
    return line + f" ({time.monotonic() - begin:.0f} s)", wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("judge", type=os.path.abspath)
    parser.add_argument("--hours", type=float, default=72)
    parser.add_argument("--only", default="")
    parser.add_argument("--rough", action="store_true", help="the clocks that misbehave instead")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    campaigns = {name: cards for name, cards in (ROUGH if options.rough else STEADY).items()
                 if options.only in name}
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(run, name, cards, options) for name, cards in campaigns.items()]
        print(f"1..{len(runs)}", flush=True)
        for number, one in enumerate(runs, 1):
            line, wrong = one.result()
            failures += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {number} - {line}", flush=True)
            for what in wrong:
                print("# " + what.replace("\n", "\n# "), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
