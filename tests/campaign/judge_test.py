# SPDX-License-Identifier: MIT
"""The judge before its judgement is believed: made-up streams with known faults.

    judge_test.py JUDGE
"""
import array
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import tap

RATE, TURN, LATENCY = 44100, 128, 1056
SINE = [round(4600 * math.sin(2 * math.pi * 3 * n / TURN)) for n in range(TURN)]


def stretch(seconds, latency=LATENCY):
    """A stream from its start: silence, then the sine, heard so much later; a fade of 5 ms."""
    turns = int(seconds * RATE / TURN)
    data = array.array("h", bytes(2 * latency)) + array.array("h", SINE) * turns
    for n in range(220):
        data[latency + n] = round(data[latency + n] * (1 - math.cos(math.pi * n / 220)) / 2)
    return data


def judged(data, drift_ppm=0.0):
    with tempfile.TemporaryDirectory(prefix="mca-judge-") as folder:
        pipe = pathlib.Path(folder) / "pipe"
        os.mkfifo(pipe)
        judge = subprocess.Popen([JUDGE, pipe, str(drift_ppm), "0", "3600", str(LATENCY), "15"],
                                 stdout=subprocess.PIPE, text=True)
        judge.stdout.readline()
        writer = threading.Thread(target=pipe.write_bytes, args=(data.tobytes(),))
        writer.start()
        heard, _ = judge.communicate(timeout=60)
        writer.join()
        judge.stdout.close()
        return json.loads(heard)


def off_ms(heard):
    told = LATENCY * 1000 / RATE
    return heard["latency_low_ms"] - told, heard["latency_high_ms"] - told


def a_clean_stream_is_clean():
    data = stretch(40)
    heard = judged(data)
    low, high = off_ms(heard)
    tap.same((heard["frames"], heard["restarts"], heard["settled_s"]), (len(data), 0, 0), "counts")
    tap.true(heard["worst_residue"] < 3, f"residue {heard['worst_residue']}")
    tap.true(abs(low) < 0.001 and abs(high) < 0.001, f"latency off by {low} .. {high}")


def a_sample_too_few_or_too_many_is_heard_at_any_phase():
    for phase in range(0, TURN // 3 + 1, 3):
        at = 20 * RATE + phase
        fewer, more = stretch(21), stretch(21)
        del fewer[at]
        more.insert(at, more[at])
        for name, data in (("dropped", fewer), ("inserted", more)):
            residue = judged(data)["worst_residue"]
            tap.true(residue > 30, f"{name} at phase {phase}: residue {residue}")


def a_changed_sample_is_heard():
    data = stretch(21)
    data[20 * RATE + 7] += 20
    residue = judged(data)["worst_residue"]
    tap.true(residue > 15, f"residue {residue}")


def a_latency_that_is_off_is_told():
    for off in (-60, -20, 20, 100):
        low, high = off_ms(judged(stretch(30, LATENCY + off)))
        tap.true(abs(low - off * 1000 / RATE) < 0.01 and abs(high - low) < 0.01,
                 f"{off} frames told as {low} .. {high} ms")


def a_clock_that_nobody_follows_is_told():
    # The same frames on a clock 10 ppm fast: each second 10 us earlier, so 0.4 ms after 40 s.
    low, high = off_ms(judged(stretch(41), drift_ppm=10))
    tap.true(abs(high - low - 10e-3 * 25.8) < 0.01, f"latency off by {low} .. {high}")
    tap.true(-0.42 < low < -0.38, f"lowest {low}")


def a_restart_is_seen_and_the_latency_after_it():
    heard = judged(stretch(30) + stretch(30, LATENCY + 30))
    low, high = off_ms(heard)
    tap.same(heard["restarts"], 1, "restarts")
    tap.true(heard["worst_residue"] < 3, f"residue {heard['worst_residue']}")
    tap.true(abs(low) < 0.01 and abs(high - 30 * 1000 / RATE) < 0.01, f"off by {low} .. {high}")


if __name__ == "__main__":
    JUDGE = sys.argv[1]
    tap.run(a_clean_stream_is_clean,
            a_sample_too_few_or_too_many_is_heard_at_any_phase,
            a_changed_sample_is_heard,
            a_latency_that_is_off_is_told,
            a_clock_that_nobody_follows_is_told,
            a_restart_is_seen_and_the_latency_after_it)
