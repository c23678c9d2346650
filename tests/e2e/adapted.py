# SPDX-License-Identifier: MIT
"""Cards that lack the engine's rate, format or lanes: what is heard, what /status tells of it, and
what cannot be adapted."""
import json
import random
import wave

import sound
import tap
from service import Service, config, folder, program

BLOCK = 512
DELAY = 2 * BLOCK + sound.LEAD
PAIR_LATE = sound.RATE // 100  # of a simulated card's further pairs of lanes
DSP = {"comp": {"ratio": 4.0, "threshold_db": -30.0}, "limiter": {"ceiling_db": -6.0}}


def write_noise(path, frames):
    """Loud noise, different on both lanes, so that the chain has something to do."""
    chance = random.Random(5)
    data = b"".join(chance.randint(-20000, 20000).to_bytes(2, "little", signed=True)
                    for _ in range(2 * frames))
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, sound.RATE, 0, "NONE", ""))
        file.writeframes(data)


def read_wide(path):
    """(bytes of a sample, a list of samples for each lane)."""
    with wave.open(str(path), "rb") as file:
        lanes, width = file.getnchannels(), file.getsampwidth()
        data = file.readframes(file.getnframes())
    samples = [int.from_bytes(data[at:at + width], "little", signed=True)
               for at in range(0, len(data), width)]
    return width, [samples[lane::lanes] for lane in range(lanes)]


def processed(path, made):
    (path / "config.json").write_text(json.dumps(made), encoding="utf-8")
    done = program("process", str(path / "in.wav"), str(path / "offline.wav"), "--config",
                   str(path / "config.json"))
    tap.same(done.returncode, 0, f"exit code of process ({done.stderr})")
    return sound.read(path / "offline.wav")[1]


def run_freely(path, cards, seconds, **channel):
    """Card 1 to card 3; the card's files stand in path."""
    cards["1"]["source"] = {"type": "wav", "file": str(path / "in.wav"), "loop": False}
    cards["3"]["sink"] = {"type": "wav", "file": str(path / "out.wav")}
    made = config(BLOCK, {"1": (1, 3)}, dsp=DSP,
                  simulation={"clock": "free", "duration_s": seconds, "cards": cards})
    made["logical_channels"]["1"].update(channel)
    with Service(made) as service:
        service.end_well(None)
    return made


def other_formats_and_lanes_play_what_process_makes():
    with folder() as path:
        write_noise(path / "in.wav", sound.RATE // 2)
        made = run_freely(path, {"1": {"only_format": "S24_3LE", "only_lanes": 8},
                                 "3": {"only_format": "S32_LE", "only_lanes": 6}}, 2,
                          input_lanes=[3, 4], output_lanes=[6, 2])
        expect = processed(path, made)
        width, lanes = read_wide(path / "out.wav")
        tap.same((width, len(lanes)), (4, 6), "shape of the sink")
        begin, count = DELAY + PAIR_LATE, len(expect) // 2
        for lane, samples in enumerate(lanes, 1):
            if lane not in (6, 2):
                tap.true(not any(samples), f"sound on lane {lane}")
                continue
            want = [value << 16 for value in expect[0 if lane == 6 else 1::2]]
            tap.true(samples[begin:begin + count] == want, f"lane {lane} is not what process made")
            tap.true(not any(samples[:begin]), f"lane {lane} sounds too early")


def a_mono_microphone_feeds_both_lanes():
    with folder() as path:
        sound.write(path / "in.wav", sound.saw(), lanes=2)
        made = run_freely(path, {"1": {"only_lanes": 1, "only_format": "S24_LE"},
                                 "3": {"only_format": "S24_LE"}}, 2)
        expect = processed(path, made)
        width, lanes = read_wide(path / "out.wav")
        tap.same((width, len(lanes)), (3, 2), "shape of the sink")
        for lane in (0, 1):
            want = [value << 8 for value in expect[lane::2]]
            tap.true(lanes[lane][DELAY:DELAY + len(want)] == want,
                     f"lane {lane + 1} is not what process made")


def adapted(status, key):
    channel = status["channels"][key]
    return channel["input"]["adapted"], channel["output"]["adapted"]


def status_tells_what_is_adapted():
    rack = {"clock": "free", "cards": {
        "1": {"only_rate_hz": 48000, "only_lanes": 1}, "3": {"only_rate_hz": 48000},
        "4": {"only_format": "S24_3LE"}, "5": {"only_rate_hz": 48000},
        "8": {"only_rate_hz": 48000}}}
    with Service(config(BLOCK), rack) as service:
        status = service.await_running()
        tap.same(adapted(status, "1"),
                 ("the channel runs at 48000 Hz; lane 1 feeds both lanes",
                  "the channel runs at 48000 Hz"), "channel 1")
        tap.same(adapted(status, "2"), (None, "16 bit widened to S24_3LE"), "channel 2")
        tap.same(adapted(status, "3"), ("48000 Hz resampled to 44100", None), "channel 3")
        tap.same(adapted(status, "4"), (None, "44100 Hz resampled to 48000"), "channel 4")
        first = status["channels"]["1"]
        tap.same({key: first["input"][key] for key in ("rate", "format", "lanes")},
                 {"rate": 48000, "format": "S16_LE", "lanes": [1]}, "input of channel 1")
        tap.same((first["clock"], first["drift_ppm"]), ("shared", None), "clock of channel 1")
        # Two blocks of 558 frames, no resampler; two of 513 behind one of 80 taps at 48 kHz.
        tap.same(first["latency_ms"], round(1116 / 48, 2), "latency of channel 1")
        tap.same(status["channels"]["3"]["latency_ms"], round(1026 / 44.1 + 40 / 48, 2),
                 "latency of channel 3")
        tap.same(status["xruns"], 0, "xruns")
        shown = program("status", "--port", str(service.port)).stdout
        tap.true("1 input: the channel runs at 48000 Hz; lane 1 feeds both lanes" in shown, shown)
        service.end_well()


def lanes_change_their_own_channel_or_nothing():
    rack = {"clock": "free", "cards": {"1": {"only_lanes": 8}, "4": {"only_lanes": 4}}}
    made = config(BLOCK)
    with Service(made, rack) as service:
        service.await_running()
        made["logical_channels"]["1"]["input_lanes"] = [7, 8]
        answer = service.post("/config", made)
        tap.same(answer["changed"], ["/logical_channels/1/input_lanes"], "changed")
        tap.same(answer["restarted_channels"], [1], "restarted")
        status = service.await_running()
        tap.same(status["channels"]["1"]["input"]["lanes"], [7, 8], "lanes")
        made["logical_channels"]["2"]["output_lanes"] = [5]
        problem = service.refused("/config", made)
        tap.same(problem.status, 409, "status of lanes that are not there")
        detail = problem.document["errors"][0]["detail"]
        tap.true("sim:4 playback has no lane 5, it has lanes 1 to 4" in detail, detail)
        tap.same(problem.pointers(), ["/logical_channels/2/output_lanes"], "pointers")
        status = service.await_running()
        tap.same(status["channels"]["2"]["output"]["lanes"], [1, 2], "lanes still")
        made["logical_channels"]["2"] = dict(made["logical_channels"]["1"], input_lanes=[1, 2])
        problem = service.refused("/config", made)
        tap.same(problem.status, 422, "status of one device for two channels")
        tap.true("opened once, whatever its lanes" in problem.document["errors"][0]["detail"],
                 str(problem.document))
        service.end_well()


def wrong_lanes_are_refused():
    for value in ([], [0], [257], [1, 2, 3], [2, 2], 1, "1", [1.5], None):
        made = config(BLOCK)
        made["logical_channels"]["1"]["input_lanes"] = value
        with folder() as path:
            (path / "config.json").write_text(json.dumps(made), encoding="utf-8")
            done = program("check-config", str(path / "config.json"))
        tap.same(done.returncode, 1, f"exit code with {value}")
        tap.true("/logical_channels/1/input_lanes: input_lanes must be a list of 1 or 2 different "
                 "whole numbers from 1 to 256" in done.stdout + done.stderr,
                 done.stdout + done.stderr)


def devices_tell_what_would_be_adapted():
    made = config(BLOCK, simulation={"cards": {"1": {"only_rate_hz": 48000, "only_lanes": 1}}})
    made["sample_rate"] = 32000
    with folder() as path:
        (path / "config.json").write_text(json.dumps(made), encoding="utf-8")
        arguments = ("devices", "--simulate", "--config", str(path / "config.json"))
        listed = json.loads(program(*arguments, "--json").stdout)["devices"]
        table = program(*arguments).stdout
    tap.same((listed[0]["input"]["usable"], listed[0]["input"]["adapted"]),
             (True, "runs at 48000 Hz; lane 1 feeds both lanes"), "input of card 1")
    tap.same(listed[1]["output"]["adapted"], None, "output of card 2")
    tap.true("runs at 48000 Hz; lane 1 feeds both lanes" in table, table)


if __name__ == "__main__":
    tap.run(other_formats_and_lanes_play_what_process_makes, a_mono_microphone_feeds_both_lanes,
            status_tells_what_is_adapted, lanes_change_their_own_channel_or_nothing,
            wrong_lanes_are_refused, devices_tell_what_would_be_adapted)
