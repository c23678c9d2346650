# SPDX-License-Identifier: MIT
"""`process`: against a model in double precision, in any blocks, and with odd files."""
import json
import math
import os
import random
import resource
import signal
import struct
import subprocess

import model
import program
import tap
from program import FOLDER, one_sentence, read_wav, run, write_wav

RATE = 44100


def programme(seconds, rate=RATE, seed=1):
    """Something like speech, in two lanes that differ: bursts from far below the threshold to full
    scale, with silence between them."""
    dice = random.Random(seed)
    left, right = [], []
    while len(left) < seconds * rate:
        loud = not left or dice.random() < 0.3
        level = 10 ** ((dice.uniform(-6, 0) if loud else dice.uniform(-60, -6)) / 20) * 32767
        pitch = dice.uniform(80, 3000) * 2 * math.pi / rate
        for n in range(dice.randrange(rate // 50, rate // 5)):
            left.append(round(level * math.sin(pitch * n) * dice.uniform(0.7, 1)))
            right.append(round(level * math.sin(pitch * n * 0.7) * 0.8))
        left += [0] * (rate // 40)
        right += [0] * (rate // 40)
    count = int(seconds * rate)
    return [left[:count], right[:count]]


def compare(got, want, what):
    """Bounds of a gain in 16 fractional bits and one rounding: 0.29 LSB rms would be perfect."""
    tap.same([len(lane) for lane in got], [len(lane) for lane in want], f"{what}: frames")
    errors = [g - w for a, b in zip(got, want) for g, w in zip(a, b)]
    rms = math.sqrt(sum(e * e for e in errors) / len(errors))
    worst = max(map(abs, errors))
    tap.say(f"{what}: error rms {rms:.3f} LSB, worst {worst:.2f} LSB")
    tap.true(rms <= 0.32, f"{what}: rms error {rms:.3f} LSB, at most 0.32")
    tap.true(worst <= 2, f"{what}: worst error {worst:.2f} LSB, at most 2")


def config(name, **dsp):
    document = json.loads((FOLDER / "example.json").read_text())
    document["dsp"] = dsp
    (FOLDER / name).write_text(json.dumps(document))
    return name


def the_built_in_settings_equal_the_model():
    sound = programme(1.5)
    write_wav("in.wav", sound)
    run("process", "in.wav", "out.wav")
    got, rate = read_wav("out.wav")
    tap.same(rate, RATE, "rate")
    compare(got, model.chain(sound, RATE), "stereo")


def other_settings_equal_the_model():
    sound = programme(1, seed=2)
    write_wav("in.wav", sound)
    config("hard.json",
           comp={"ratio": 8, "threshold_db": -35, "attack_ms": 1, "release_ms": 40, "knee_db": 12,
                 "makeup_db": 9},
           limiter={"ceiling_db": -1, "release_ms": 50})
    run("process", "in.wav", "out.wav", "--config", "hard.json")
    compare(read_wav("out.wav")[0],
            model.chain(sound, RATE, ratio=8, threshold=-35, attack=1, release=40, knee=12,
                        makeup=9, ceiling=-1, limiter_release=50), "knee and makeup")


def look_ahead_delays_and_cuts_off_the_end():
    sound = programme(0.5, seed=5)
    write_wav("in.wav", sound)
    config("ahead.json", limiter={"ceiling_db": -20, "lookahead_ms": 2})
    run("process", "in.wav", "out.wav", "--config", "ahead.json")
    got = read_wav("out.wav")[0]
    tap.same(len(got[0]), len(sound[0]), "frames")
    compare(got, model.chain(sound, RATE, ceiling=-20, ahead=round(0.002 * RATE)), "look-ahead")


def the_true_peak_is_told_when_asked_for():
    """A quarter of the rate at 45 degrees: 3 dB above the samples, of which 4 phases see 2.84."""
    values = [round(12000 * math.sin(math.pi * (0.25 + 0.5 * i))) for i in range(RATE)]
    write_wav("in.wav", [values, [v // 2 for v in values]])
    config("peak.json", true_peak=True, comp={"enabled": False}, limiter={"enabled": False})
    run("process", "in.wav", "out.wav", "--config", "peak.json", "--meters", "peak.json2")
    window = json.loads((FOLDER / "peak.json2").read_text())[3]
    for lane, level in enumerate((12000, 6000)):
        top = 20 * math.log10(level / 32768)
        tap.true(abs(window["peak_dbfs"][lane] - top + 3.01) < 0.01, f"{window}: sample peak")
        tap.true(abs(window["true_peak_dbtp"][lane] - top) < 0.2, f"{window}: true peak")
    run("process", "in.wav", "out.wav", "--meters", "peak.json2")
    window = json.loads((FOLDER / "peak.json2").read_text())[3]
    tap.same(window["true_peak_dbtp"], None, "true peak that nobody asked for")


def a_channel_of_the_configuration_can_be_chosen():
    sound = programme(0.5, seed=3)
    write_wav("in.wav", sound)
    document = json.loads((FOLDER / "example.json").read_text())
    document["logical_channels"]["2"]["dsp"] = {"comp": {"ratio": 4}}
    (FOLDER / "own.json").write_text(json.dumps(document))
    run("process", "in.wav", "two.wav", "--config", "own.json", "--channel", 2)
    compare(read_wav("two.wav")[0], model.chain(sound, RATE, ratio=4), "channel 2")
    run("process", "in.wav", "one.wav", "--config", "own.json", "--channel", 1)
    compare(read_wav("one.wav")[0], model.chain(sound, RATE), "channel 1")
    one_sentence(run("process", "in.wav", "x.wav", "--config", "own.json", "--channel", 9,
                     want=1)[1], "no logical channel 9")


def mono_and_every_rate_equal_the_model():
    for rate in (8000, 16000, 48000, 96000, 192000):
        sound = programme(0.3, rate, seed=rate)[:1]
        write_wav("in.wav", sound, rate)
        run("process", "in.wav", "out.wav")
        got, answer = read_wav("out.wav")
        tap.same(answer, rate, "rate")
        compare(got, model.chain(sound, rate), f"mono {rate} Hz")


def blocks_change_no_byte():
    write_wav("in.wav", programme(1, seed=4))
    run("process", "in.wav", "whole.wav", "--meters", "whole.json")
    for block in ("1", "7", "64", "511", "512", "4096", "65536", "random:1", "random:2"):
        run("process", "in.wav", "cut.wav", "--block", block)
        tap.true((FOLDER / "cut.wav").read_bytes() == (FOLDER / "whole.wav").read_bytes(),
                 f"--block {block} changed the sound")
        run("process", "in.wav", "cut.wav", "--block", block, "--meters", "cut.json")
        tap.true((FOLDER / "cut.wav").read_bytes() == (FOLDER / "whole.wav").read_bytes(),
                 f"--block {block} --meters changed the sound")
        tap.same((FOLDER / "cut.json").read_text(), (FOLDER / "whole.json").read_text(),
                 f"meters with --block {block}")


def meters_tell_the_level_of_every_window():
    write_wav("in.wav", programme(1.05, seed=5))
    run("process", "in.wav", "out.wav", "--meters", "levels.json")
    windows = json.loads((FOLDER / "levels.json").read_text())
    tap.same([w["window"] for w in windows], list(range(1, 11)), "windows of 100 ms in 1.05 s")
    tap.same([round(w["end_s"], 6) for w in windows], [n / 10 for n in range(1, 11)], "their ends")
    for name, key in (("in.wav", "input_rms_dbfs"), ("out.wav", "rms_dbfs")):
        lanes = read_wav(name)[0]
        for number, window in enumerate(windows):
            for lane in range(2):
                part = lanes[lane][number * 4410:(number + 1) * 4410]
                power = sum(x * x for x in part) / 4410 / 32768 ** 2
                want = max(-60.0, 10 * math.log10(power)) if power else -60.0
                tap.true(abs(window[key][lane] - want) < 0.05,
                         f"window {number + 1} {key}[{lane}] is {window[key][lane]}, not {want}")
    peak = max(abs(x) for x in read_wav("out.wav")[0][0][:4410])
    tap.true(abs(windows[0]["peak_dbfs"][0] - max(-60, 20 * math.log10(peak / 32768))) < 0.05,
             "peak of the first window")
    tap.true(max(w["gain_reduction_db"] for w in windows) > 3, "gain reduction was seen")


def the_result_may_replace_the_source():
    sound = programme(0.2, seed=6)
    write_wav("in.wav", sound)
    write_wav("same.wav", sound)
    run("process", "in.wav", "out.wav")
    os.chmod(FOLDER / "same.wav", 0o640)
    os.symlink("same.wav", FOLDER / "link.wav")
    run("process", "same.wav", "link.wav")
    tap.same((FOLDER / "same.wav").read_bytes(), (FOLDER / "out.wav").read_bytes(), "in place")
    tap.true((FOLDER / "link.wav").is_symlink(), "the link is still a link")
    tap.same((FOLDER / "same.wav").stat().st_mode & 0o777, 0o640, "permissions")


def riff(data, announced=None, kind=b"RIFF", extra=b"", lanes=2):
    """A WAV file by hand: its data chunk may announce another size than it has."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, lanes, 44100, 44100 * 2 * lanes, 2 * lanes, 16)
    size = len(data) if announced is None else announced
    body = b"WAVE" + extra + form + b"data" + struct.pack("<I", size) + data
    return kind + struct.pack("<I", 0xffffffff if kind == b"RF64" else len(body)) + body


def a_file_that_is_not_whole_is_told():
    """Cut short, never closed, or of a size beyond 32 bits: the frames that are there count."""
    data = struct.pack("<2000h", *range(2000))
    (FOLDER / "whole.wav").write_bytes(riff(data))
    tap.same(run("process", "whole.wav", "good.wav")[1], "", "stderr of a whole file")
    good = (FOLDER / "good.wav").read_bytes()
    for announced, frames in ((8000, 2000), (4001, 1001), (0xfffffff0, 1073741820),
                              (3996, 999)):
        (FOLDER / "cut.wav").write_bytes(riff(data, announced))
        stderr = run("process", "cut.wav", "out.wav")[1]
        if announced == 3996:
            tap.same(stderr, "", "a chunk after the data is no fault")
            continue
        tap.true(stderr.startswith("warning: cut.wav is not whole") and
                 f"announces {frames} frames, the file holds 1000;" in stderr, stderr)
        tap.same((FOLDER / "out.wav").read_bytes(), good, f"out.wav of {announced} bytes")
    for more in (b"", b"LIST" + struct.pack("<I", 4) + b"INFO"):
        (FOLDER / "none.wav").write_bytes(riff(b"") + more)
        tap.true("holds no frames" in run("process", "none.wav", "out.wav")[1], "it is told")
    (FOLDER / "open.wav").write_bytes(riff(data, 0))
    one_sentence(run("process", "open.wav", "out.wav", want=1)[1], "open.wav was not finished",
                 "sox --ignore-length")
    (FOLDER / "gone.wav").write_bytes(riff(b"", 4000))
    tap.true("announces 1000 frames, the file holds 0" in run("process", "gone.wav", "out.wav")[1],
             "lost frames are told")


def rf64_is_read():
    """What recorders write when a file may grow beyond 4 GiB."""
    data = struct.pack("<2000h", *range(2000))
    (FOLDER / "whole.wav").write_bytes(riff(data))
    run("process", "whole.wav", "good.wav")
    for size, told in ((len(data), ""), (len(data) * 1000, "announces 1000000 frames")):
        ds64 = struct.pack("<4sIQQQI", b"ds64", 28, 72 + size, size, size // 4, 0)
        (FOLDER / "large.wav").write_bytes(riff(data, 0xffffffff, b"RF64", ds64))
        stderr = run("process", "large.wav", "out.wav")[1]
        tap.true(told in stderr and bool(told) == bool(stderr), stderr)
        tap.same((FOLDER / "out.wav").read_bytes(), (FOLDER / "good.wav").read_bytes(), "out.wav")


def an_empty_file_stays_empty():
    write_wav("empty.wav", [[], []])
    run("process", "empty.wav", "out.wav", "--meters", "empty.json")
    tap.same(read_wav("out.wav")[0], [[], []], "frames")
    tap.same(json.loads((FOLDER / "empty.json").read_text()), [], "windows")


def a_failed_run_leaves_nothing_behind():
    write_wav("in.wav", programme(0.2, seed=7))
    (FOLDER / "kept.wav").write_bytes(b"old")
    before = sorted(os.listdir(FOLDER))
    one_sentence(run("process", "missing.wav", "kept.wav", want=1)[1], "missing.wav")
    run("process", "in.wav", "kept.wav", "--config", "missing.json", want=1)
    run("process", "in.wav", "kept.wav", "--meters", "no/such/folder/levels.json", want=1)
    one_sentence(run("process", "in.wav", "no/such/folder/out.wav", want=1)[1], "no/such/folder")
    one_sentence(run("process", "in.wav", ".", want=1)[1], "regular file")
    tap.same((FOLDER / "kept.wav").read_bytes(), b"old", "the old result")
    tap.same(sorted(os.listdir(FOLDER)), before, "files in the folder")


def a_full_disk_keeps_the_old_result():
    """A limit on the size of files answers as a full disk would."""
    write_wav("in.wav", programme(0.5, seed=8))
    (FOLDER / "kept.wav").write_bytes(b"old")
    before = sorted(os.listdir(FOLDER))
    for limit in (0, 20, 50000):
        child = subprocess.run(
            [program.PROGRAM, "process", "in.wav", "kept.wav"], cwd=FOLDER, stderr=subprocess.PIPE,
            text=True, restore_signals=False, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        tap.same(child.returncode, 1, f"exit status with {limit} bytes ({child.stderr!r})")
        one_sentence(child.stderr, "kept.wav")
        tap.same((FOLDER / "kept.wav").read_bytes(), b"old", "the old result")
        tap.same(sorted(os.listdir(FOLDER)), before, "files in the folder")


def an_interrupted_run_leaves_nothing_behind():
    """A big file with tiny blocks takes long enough; --meters makes it longer still."""
    write_wav("long.wav", [[0] * 6000000])
    before = sorted(os.listdir(FOLDER))
    child = subprocess.Popen([program.PROGRAM, "process", "long.wav", "late.wav", "--block", "1"],
                             cwd=FOLDER, stderr=subprocess.PIPE, text=True,
                             preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK,
                                                                       [signal.SIGINT]))
    child.send_signal(signal.SIGINT)  # blocked until the program looks for it: no race
    stderr = child.communicate(timeout=60)[1]
    tap.same(child.returncode, 1, f"exit status ({stderr!r})")
    one_sentence(stderr, "interrupted", "late.wav")
    tap.same(sorted(os.listdir(FOLDER)), before, "files in the folder")
    os.remove(FOLDER / "long.wav")


def files_that_cannot_be_had_are_explained():
    (FOLDER / "text.wav").write_text("This is no sound at all.\n" * 10)
    one_sentence(run("process", "text.wav", "out.wav", want=1)[1], "text.wav")
    with program.wave.open(str(FOLDER / "deep.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(44100)
        file.writeframes(bytes(300))
    one_sentence(run("process", "deep.wav", "out.wav", want=1)[1], "deep.wav", "16")
    write_wav("wide.wav", [[1, 2]] * 6)
    one_sentence(run("process", "wide.wav", "out.wav", want=1)[1], "wide.wav", "6 channels")
    write_wav("slow.wav", [[1, 2]], 4000)
    one_sentence(run("process", "slow.wav", "out.wav", want=1)[1], "slow.wav", "8000")


def the_rate_of_the_file_wins_and_that_is_said():
    write_wav("in.wav", programme(0.1, 48000), 48000)
    stderr = run("process", "in.wav", "out.wav", "--config", "example.json")[1]
    tap.true("48000" in stderr and "44100" in stderr, f"both rates are named: {stderr!r}")
    tap.same(read_wav("out.wav")[1], 48000, "rate")


def wrong_usage_is_2():
    write_wav("in.wav", [[0]])
    for arguments, part in ((["in.wav"], "IN.wav OUT.wav"), (["in.wav", "a", "b"], "nothing more"),
                            (["in.wav", "out.wav", "--block", "0"], "--block"),
                            (["in.wav", "out.wav", "--block", "random:"], "random:SEED"),
                            (["in.wav", "out.wav", "--block", "12x"], "12x"),
                            (["in.wav", "out.wav", "--block", "-1"], "--block"),
                            (["in.wav", "out.wav", "--channel", "1"], "--config"),
                            (["in.wav", "out.wav", "--channel", "0"], "--channel"),
                            (["in.wav", "out.wav", "--meters", ""], "--meters"),
                            (["in.wav", "out.wav", "--meters", "out.wav"], "of its own"),
                            (["in.wav", "out.wav", "--meters", "./in.wav"], "of its own"),
                            (["in.wav", "out.wav", "--loud"], "--loud")):
        one_sentence(run("process", *arguments, want=2)[1], part)
    tap.true(not (FOLDER / "a").exists(), "nothing was written")


if __name__ == "__main__":
    (FOLDER / "example.json").write_text(open(program.sys.argv[2]).read())
    tap.run(the_built_in_settings_equal_the_model, other_settings_equal_the_model,
            look_ahead_delays_and_cuts_off_the_end, the_true_peak_is_told_when_asked_for,
            a_channel_of_the_configuration_can_be_chosen, mono_and_every_rate_equal_the_model,
            blocks_change_no_byte, meters_tell_the_level_of_every_window,
            the_result_may_replace_the_source, an_empty_file_stays_empty,
            a_file_that_is_not_whole_is_told, rf64_is_read,
            a_failed_run_leaves_nothing_behind, a_full_disk_keeps_the_old_result,
            an_interrupted_run_leaves_nothing_behind,
            files_that_cannot_be_had_are_explained, the_rate_of_the_file_wins_and_that_is_said,
            wrong_usage_is_2)
