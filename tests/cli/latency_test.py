# SPDX-License-Identifier: MIT
"""`latency`: simulated channels whose latency is known, test cards against a service that tells
this or that, and every way in which nothing comes back."""
import json
from pathlib import Path

import tap
from program import FOLDER, one_sentence, run
from service import Service

EXAMPLE = Path(__file__).parents[2] / "config.example.json"
RATE, BLOCK, TAPS_HALF = 44100, 512, 32


def config(name, cards, channel=None, **more):
    document = {"blocksize": BLOCK, **more, "simulation": {"clock": "free", "cards": cards},
                "logical_channels": {"1": channel or {"input_device_id": 1,
                                                      "output_device_id": 2}}}
    path = FOLDER / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def simulated(cards, *options, **more):
    path = config("simulated.json", cards, **more)
    return json.loads(run("latency", "--channel", 1, "--simulate", "--config", path, "--json",
                          *options)[0])


def check(measured, frames, within, what):
    tap.true(abs(measured["measured_frames"] - frames) <= within,
             f"{what}: {measured['measured_frames']} frames, must be {frames} +- {within}")
    tap.true(measured["agrees"] and abs(measured["difference_ms"]) <= 1, f"{what} agrees")
    tap.true(abs(measured["measured_ms"] - measured["measured_frames"] * 1000 / RATE) < 1e-6, what)


def one_clock_is_two_blocks_to_a_hundredth_of_a_frame():
    check(simulated({}), 2 * BLOCK, 0.01, "two blocks")
    for block in (64, 2048):
        check(simulated({}, blocksize=block), 2 * block, 0.01, f"blocks of {block}")


def two_clocks_are_measured_by_their_crystals():
    frames = 2 * BLOCK + TAPS_HALF
    for card in ({"drift_ppm": 200}, {"drift_ppm": -1000},
                 {"drift_ppm": 40, "wander_ppm": 50, "wander_period_s": 600}):
        check(simulated({"2": card}), frames, 12, f"crystal {card}")


def longer_periods_and_batches_are_told_as_they_are():
    # Wake-ups every 2048 frames, and half a block of reserve: mca/duplex.h.
    period = {"min_period_frames": 2048}
    measured = simulated({"1": period, "2": period})
    tap.true(measured["measured_frames"] > 2048, f"{measured['measured_frames']} frames")
    tap.true(abs(measured["difference_frames"]) < 0.01, "a period of four blocks")
    batch = simulated({"2": {"drift_ppm": -80, "batch": True, "jitter_us": 200}})
    check(batch, BLOCK + BLOCK * 3 // 2 + TAPS_HALF, 22, "batches")


def cards_of_any_lanes_and_formats_are_measured():
    for lanes, card, picks in ((8, {}, {}), (1, {}, {}), (8, {"only_format": "S32_LE"}, {}),
                               (8, {}, {"input_lanes": [7, 8], "output_lanes": [5, 4]}),
                               (8, {"only_format": "S24_3LE"}, {"input_lanes": [3]}),
                               (5, {"planar": True}, {"output_lanes": [5]})):
        cards = {"1": {"only_lanes": lanes, **card}, "2": {"only_lanes": lanes, **card}}
        path = config("lanes.json", cards, {"input_device_id": 1, "output_device_id": 2, **picks})
        measured = json.loads(run("latency", "--channel", 1, "--simulate", "--config", path,
                                  "--json")[0])
        check(measured, 2 * BLOCK, 0.01, f"{lanes} lanes, {card}, {picks}")


def text_says_the_same():
    text = run("latency", "--channel", 3, "--simulate")[0]
    for part in ("channel 3 at 44100 Hz, 3 chirps", "measured       1024.00 frames    23.220 ms",
                 "told           1024.00 frames    23.220 ms", "+0.000 ms"):
        tap.true(part in text, f"{part!r} is missing in {text}")


def the_example_has_the_channels_that_it_has():
    ids = json.loads(EXAMPLE.read_text(encoding="utf-8"))["logical_channels"]
    last = max(map(int, ids))
    tap.true(len(ids) == last, "the ids of the example follow one another")
    run("latency", "--channel", last, "--simulate")
    for channel in (last + 1, 9, 64):
        one_sentence(run("latency", "--channel", channel, "--simulate", want=1)[1],
                     f"the built-in example has no logical channel {channel}")


def a_closed_gate_is_named():
    for ptt, word in (({"mute": True}, "muted"), ({"gate_open": False}, "closed")):
        path = config("closed.json", {}, {"input_device_id": 1, "output_device_id": 2, "ptt": ptt})
        one_sentence(run("latency", "--channel", 1, "--simulate", "--config", path, want=1)[1],
                     word, "/logical_channels/1/ptt")


def channels_that_cannot_be_measured_say_why():
    path = config("hw.json", {}, {"input_device_id": "hw:7", "output_device_id": "hw:7"})
    one_sentence(run("latency", "--channel", 1, "--simulate", "--config", path, want=1)[1],
                 "sim:1")
    one_sentence(run("latency", "--channel", 2, "--simulate", "--config", path, want=1)[1],
                 "no logical channel 2")
    path = config("absent.json", {"2": {"absent": True}})
    one_sentence(run("latency", "--channel", 1, "--simulate", "--config", path, want=1)[1],
                 "sim:2")
    path = config("xrun.json", {"1": {"faults": [{"type": "xrun", "at_s": 5}]}})
    one_sentence(run("latency", "--channel", 1, "--simulate", "--config", path, want=1)[1],
                 "xruns")


def status(latency_ms, **channel):
    return {"sample_rate": RATE, "channels": {"1": {
        "state": "running", "reason": None, "latency_ms": latency_ms, "mute": False,
        "gate_open": True, **channel}}}


def wired(document, cards, want=0, options=(), play="sim:1", record="sim:1"):
    """A test card of its own program: what it plays it hears, at once."""
    rack = dict(cards)
    path = config("wired.json", rack)
    with Service({"GET /status": (200, document)}) as service:
        return run("latency", "--channel", 1, "--play", play, "--record", record, "--config", path,
                   "--host", "127.0.0.1", "--port", service.port, *options, want=want)


LOOP = {"1": {"source": {"type": "wire", "card": 1}}}


def a_cable_takes_no_time():
    measured = json.loads(wired(status(0.5), LOOP, options=["--json"])[0])
    tap.true(abs(measured["measured_frames"]) < 0.01, f"{measured['measured_frames']} frames")
    tap.same((measured["told_ms"], measured["agrees"]), (0.5, True), "told")
    tap.true(abs(measured["difference_ms"] + 0.5) < 0.001, f"{measured['difference_ms']} ms")
    for lanes in (1, 2, 8):
        card = {"only_lanes": lanes, **LOOP["1"]}
        measured = json.loads(wired(status(0.5), {"1": card}, options=["--json"])[0])
        tap.true(abs(measured["measured_frames"]) < 0.01, f"{lanes} lanes: {measured}")


def what_differs_by_more_than_a_millisecond_fails():
    text, error = wired(status(23.22), LOOP, want=1)
    tap.true("-23.220 ms" in text, text)
    one_sentence(error, "23.22", "converters")


def nothing_heard_names_the_cure():
    silence = {"1": {"source": {"type": "silence"}}}
    one_sentence(wired(status(23.22), silence, want=1)[1], "nothing was heard", "cable")
    one_sentence(wired(status(23.22, mute=True), silence, want=1)[1], "muted", "--unmute")
    one_sentence(wired(status(23.22, gate_open=False), silence, want=1)[1], "closed", "--open")
    noise = {"1": {"source": {"type": "noise"}}}
    one_sentence(wired(status(23.22), noise, want=1)[1], "nothing was heard", "cable")


def a_test_card_has_one_clock_and_is_there():
    two = {"1": {"drift_ppm": 10}}
    one_sentence(wired(status(1), two, want=1, record="sim:2")[1], "one clock")
    one_sentence(wired(status(1), {"1": {"absent": True}}, want=1)[1], "sim:1")
    one_sentence(wired(status(1), LOOP, want=1, play="hw:31")[1], "hw:CARD=31,DEV=0")


def the_service_must_run_the_channel():
    stopped = status(None, state="fault", reason="hw:1,0 is in use by x (pid 7)")
    one_sentence(wired(stopped, LOOP, want=1)[1], "hw:1,0 is in use")
    one_sentence(wired({"sample_rate": RATE, "channels": {}}, LOOP, want=1)[1], "no channel 1")


def devices_or_simulation_not_both():
    for options in ((), ("--play", "sim:1"), ("--record", "sim:1"),
                    ("--simulate", "--play", "sim:1")):
        one_sentence(run("latency", "--channel", 1, *options, want=2)[1], "--simulate")


if __name__ == "__main__":
    tap.run(one_clock_is_two_blocks_to_a_hundredth_of_a_frame,
            two_clocks_are_measured_by_their_crystals,
            longer_periods_and_batches_are_told_as_they_are,
            cards_of_any_lanes_and_formats_are_measured, text_says_the_same,
            the_example_has_the_channels_that_it_has, a_closed_gate_is_named,
            channels_that_cannot_be_measured_say_why,
            a_cable_takes_no_time, what_differs_by_more_than_a_millisecond_fails,
            nothing_heard_names_the_cure, a_test_card_has_one_clock_and_is_there,
            the_service_must_run_the_channel, devices_or_simulation_not_both)
