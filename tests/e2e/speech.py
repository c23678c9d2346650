# SPDX-License-Identifier: MIT
"""Speech through the whole program, on a clock that does not wait for the wall: what leaves the
cards is what `process` makes of the same file, sample for sample."""
import json
import shutil

import sound
import tap
from service import Service, config, folder, program

BLOCK = 512
# Two blocks of playback are silence; then the 100 ms with which every source begins.
DELAY = 2 * BLOCK + sound.LEAD
DSP = {"comp": {"ratio": 4.0, "threshold_db": -30.0, "attack_ms": 5.0, "release_ms": 80.0,
                "makeup_db": 6.0},
       "limiter": {"ceiling_db": -6.0, "release_ms": 8.0}}
OVERRIDES = {"2": {"comp": {"threshold_db": -12.0, "knee_db": 6.0, "makeup_db": 0.0}},
             "3": {"comp": {"enabled": False}},
             "4": {"limiter": {"ceiling_db": -18.0}}}
TEXTS = {"1": "Flight, this is Houston. Go for main engine start.",
         "2": "Booster, we see a master alarm on your panel two.",
         "3": "Guidance is go. Retro is go. Surgeon is go.",
         "4": "Recovery, the chute is out. Splashdown in five minutes."}


def document(**simulation):
    made = config(BLOCK, dsp=DSP, simulation=simulation)
    for key, dsp in OVERRIDES.items():
        made["logical_channels"][key]["dsp"] = dsp
    return made


def speak_all(path):
    """A WAV file for every channel; cards of the simulation that play and record them."""
    if not shutil.which("espeak-ng"):
        raise tap.Skip("espeak-ng is not installed")
    cards = {}
    for key, pair in config()["logical_channels"].items():
        sound.speak(path / f"in{key}.wav", TEXTS[key])
        cards[str(pair["input_device_id"])] = {
            "source": {"type": "wav", "file": str(path / f"in{key}.wav"), "loop": False}}
        cards[str(pair["output_device_id"])] = {
            "sink": {"type": "wav", "file": str(path / f"out{key}.wav")}}
    return cards


def run_freely(path, cards, seconds):
    made = document(clock="free", duration_s=seconds, cards=cards)
    with Service(made) as service:
        service.end_well(None)
    return made


def the_sinks_hold_what_process_makes_of_the_same_speech():
    with folder() as path:
        made = run_freely(path, speak_all(path), 8)
        (path / "config.json").write_text(json.dumps(made), encoding="utf-8")
        for key in made["logical_channels"]:
            offline = path / f"offline{key}.wav"
            done = program("process", str(path / f"in{key}.wav"), str(offline), "--config",
                           str(path / "config.json"), "--channel", key)
            tap.same(done.returncode, 0, f"exit code of process ({done.stderr})")
            expect = sound.read(offline)[1]
            got = sound.read(path / f"out{key}.wav")[1]
            tap.true(any(expect), f"channel {key}: process made silence")
            tap.same(sound.first_sound(got) // 2, DELAY + sound.first_sound(expect) // 2,
                     f"channel {key}: frame of the first sound")
            tap.true(got[2 * DELAY:2 * DELAY + len(expect)] == expect,
                     f"channel {key}: the sink is not what process made")
            tap.true(not any(got[2 * DELAY + len(expect):]), f"channel {key}: sound after the end")


def the_overrides_of_each_channel_are_heard():
    """Guards the case before: four channels that did nothing would also agree with process."""
    with folder() as path:
        made = document()
        (path / "config.json").write_text(json.dumps(made), encoding="utf-8")
        sound.write(path / "in.wav", sound.level(20000, 0.5))
        heard = set()
        for key in made["logical_channels"]:
            program("process", str(path / "in.wav"), str(path / "out.wav"), "--config",
                    str(path / "config.json"), "--channel", key)
            heard.add(sound.left(path / "out.wav")[-1])
        tap.same(len(heard), 4, "number of different outputs")


def a_free_run_is_the_same_every_time():
    with folder() as path:
        cards = speak_all(path)
        results = []
        for _ in range(2):
            run_freely(path, cards, 5)
            results.append([(path / f"out{key}.wav").read_bytes() for key in TEXTS])
        tap.true(results[0] == results[1], "two runs on the same files gave different sinks")


def a_free_run_loses_nothing_between_its_ends():
    with folder() as path:
        sound.write(path / "saw.wav", sound.saw())
        cards = {"1": {"source": {"type": "wav", "file": str(path / "saw.wav"), "loop": True}},
                 "3": {"sink": {"type": "wav", "file": str(path / "out.wav")}}}
        made = config(BLOCK, {"1": (1, 3)}, simulation={
            "clock": "free", "duration_s": 30, "cards": cards})
        with Service(made) as service:
            service.end_well(None)
        got = sound.left(path / "out.wav")
        tap.true(len(got) >= 30 * sound.RATE, f"only {len(got)} frames are in the sink")
        tap.same(sound.breaks(got, DELAY, len(got)), [], "places where the saw breaks")


if __name__ == "__main__":
    tap.run(the_sinks_hold_what_process_makes_of_the_same_speech,
            the_overrides_of_each_channel_are_heard,
            a_free_run_is_the_same_every_time,
            a_free_run_loses_nothing_between_its_ends)
