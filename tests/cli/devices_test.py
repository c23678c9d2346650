# SPDX-License-Identifier: MIT
"""`devices`, and `test-tone` on devices that it opens itself."""
import json
import math
import signal
import subprocess
import time

import program
import tap
from program import FOLDER, one_sentence, read_wav, run
from service import free_port


def simulated_cards_as_a_table():
    stdout, stderr = run("devices", "--simulate")
    lines = stdout.splitlines()
    tap.same(lines[0].split()[:3], ["ID", "DEVICE", "DIRECTION"], "headings")
    rows = [line.split()[:3] for line in lines[1:]]
    tap.same(rows, [[str(n), f"sim:{n}", d] for n in range(1, 9) for d in ("capture", "playback")],
             "rows")
    for line in lines:
        tap.same(line, line.rstrip(), "end of line")
    tap.same(stderr, "", "stderr")


def simulated_cards_as_json():
    devices = json.loads(run("devices", "--simulate", "--json")[0])["devices"]
    tap.same([d["device"] for d in devices], [f"sim:{n}" for n in range(1, 9)], "devices")
    tap.same([d["id"] for d in devices], list(range(1, 9)), "ids")
    for device in devices:
        for direction in ("input", "output"):
            can = device[direction]
            tap.same((can["busy"], can["holder"]), (False, None), "nobody holds it")
            tap.true("S16_LE" in can["formats"], f"formats {can['formats']}")
            tap.true(can["rates"][0] <= 44100 <= can["rates"][1], f"rates {can['rates']}")
            tap.true(can["channels"][0] <= 2 <= can["channels"][1], f"lanes {can['channels']}")
            tap.true(can["period_frames"][0] <= 16, f"periods {can['period_frames']}")


def a_machine_without_cards_is_no_failure():
    stdout, stderr = run("devices")
    document = json.loads(run("devices", "--json")[0])
    if document["devices"]:
        raise tap.Skip("this machine has sound cards")
    tap.same(len(stdout.splitlines()), 1, "lines of an empty table")
    tap.true("--simulate" in stderr, f"stderr: {stderr!r}")


def tone_config(name, **channel):
    """Big blocks, so that a busy machine that wakes us late loses no sound."""
    document = {"blocksize": 8192,
                "logical_channels": {"3": {"input_device_id": "sim:1", "output_device_id": "sim:2",
                                           **channel}},
                "simulation": {"cards": {
                    "1": {"source": {"type": "noise", "level_dbfs": -10}},
                    "2": {"sink": {"type": "wav", "file": str(FOLDER / "tone.wav")}}}}}
    (FOLDER / name).write_text(json.dumps(document))
    return name


def heard():
    """The left lane from its first to its last sound."""
    lane = read_wav("tone.wav")[0][0]
    sounding = [i for i, x in enumerate(lane) if x]
    return lane[sounding[0]:sounding[-1] + 1] if sounding else []


def without_a_service_the_tone_is_played_on_the_devices():
    run("test-tone", "--channel", 3, "--seconds", 1, "--level", -30, "--config",
        tone_config("tone.json"), "--port", free_port())
    lane = heard()
    tap.true(0.7 * 44100 <= len(lane) <= 1.3 * 44100, f"{len(lane)} frames were heard")
    middle = lane[-11025:-2205]  # the compressor has let go of the noise by then
    level = 10 * math.log10(sum(x * x for x in middle) / len(middle) / 32768 ** 2)
    tap.true(abs(level + 30) < 0.1, f"level {level:.2f} dBFS")
    rising = sum(a < 0 <= b for a, b in zip(middle, middle[1:]))
    tap.true(abs(rising - 200) <= 1, f"{rising * 5} Hz")
    # The input is loud noise: not one sample of it may be heard at either end.
    steepest = 2 * math.pi * 1000 / 44100 * max(map(abs, middle))
    worst = max(abs(b - a) for a, b in zip([0] + lane, lane + [0]))
    tap.true(worst <= 1.1 * steepest + 2, f"a step of {worst}, the tone itself has {steepest:.0f}")


def ctrl_c_fades_the_tone_out():
    tone_config("tone.json")
    sink = FOLDER / "tone.wav"
    sink.unlink(missing_ok=True)
    child = subprocess.Popen([program.PROGRAM, "test-tone", "--channel", "3", "--seconds", "600",
                              "--config", "tone.json", "--port", str(free_port())], cwd=FOLDER,
                             stderr=subprocess.PIPE)
    while child.poll() is None and not (sink.exists() and sink.stat().st_size > 300000):
        time.sleep(0.01)  # until well over a second has been played
    child.send_signal(signal.SIGINT)
    tap.same((child.communicate(timeout=30)[1], child.returncode), (b"", 0), "its end")
    lane = heard()
    tap.true(lane, "something was heard")
    tap.true(max(map(abs, lane[-20:])) < max(map(abs, lane[-4410:-2205])) / 4, "the end is soft")


def what_cannot_be_played_is_explained():
    port = free_port()
    tone_config("tone.json")
    tone_config("gone.json", output_device_id="hw:CARD=NoSuchCard,DEV=0")
    one_sentence(run("test-tone", "--channel", 3, "--seconds", 1, "--config", "gone.json", "--port",
                     port, want=1)[1], "channel 3 does not run")
    one_sentence(run("test-tone", "--channel", 4, "--seconds", 1, "--config", "tone.json", "--port",
                     port, want=1)[1], "no logical channel 4", "it has 3")
    one_sentence(run("test-tone", "--channel", 3, "--seconds", 1, "--config", "tone.json", "--port",
                     port, "--frequency", 30000, want=1)[1], "22049")


if __name__ == "__main__":
    tap.run(simulated_cards_as_a_table, simulated_cards_as_json,
            a_machine_without_cards_is_no_failure,
            without_a_service_the_tone_is_played_on_the_devices, ctrl_c_fades_the_tone_out,
            what_cannot_be_played_is_explained)
