# SPDX-License-Identifier: MIT
"""What an operator changes while sound flows, heard in the sinks: push-to-talk, sound, devices.

The clock is real, since requests come in real time. A machine too busy to keep up shows in the
engine's own count of xruns; such a run proves nothing either way and is repeated.
"""
import signal

import sound
import tap
from service import CALM_BLOCK, PAIRS, Service, config, wait_for

RAMP = 220  # frames of 5 ms, rounded to the nearest


class Busy(Exception):
    """The machine could not keep up."""


def repeated(case):
    """Runs a case again when the machine was too busy for it."""
    def attempts():
        for _ in range(5):
            try:
                return case()
            except Busy as why:
                tap.say(f"repeated: {why}")
        raise tap.Skip("the machine was too busy five times")
    attempts.__name__ = case.__name__
    return attempts


def check_calm(service):
    status = service.get("/status")
    if status["xruns"]:
        raise Busy(f"{status['xruns']} xruns")
    return status


def cards(outputs=(3, 4, 6, 8), **more):
    """Inputs play the looped in.wav of the service's folder, outputs record there."""
    made = {str(a): {"source": {"type": "wav", "file": "in.wav", "loop": True}}
            for a, _ in PAIRS.values()}
    for card in outputs:
        made.setdefault(str(card), {})["sink"] = {"type": "wav", "file": f"out{card}.wav"}
    for card, fields in more.items():
        made.setdefault(card, {}).update(fields)
    return {"clock": "real", "cards": made}


def service_on(samples, block=CALM_BLOCK, **options):
    """A service whose four inputs play these samples."""
    service = Service(config(block), cards(**options))
    sound.write(service.path / "in.wav", samples)
    return service


def begin(service):
    """Wait until every channel runs and has passed its fade-in."""
    service.await_running()
    wait_for(lambda: all(level > -60.0 for level in service.get("/vu")["vu_dbfs"].values()),
             "every channel is heard")


def sound_of(service, card):
    """(samples of the sink, where its sound begins, where it ends)"""
    samples = sound.left(service.path / f"out{card}.wav")
    begin_at = sound.first_sound(samples)
    end_at = len(samples) - sound.first_sound(samples[::-1])
    return samples, begin_at, end_at


def check_unbroken(service, card):
    """The saw of a channel that nobody touched: whole between fade-in and fade-out."""
    samples, first, last = sound_of(service, card)
    tap.true(last - first > 4 * RAMP, f"card {card}: hardly any sound")
    tap.same(sound.breaks(samples, first + RAMP, last - RAMP), [], f"card {card}: breaks at")


@repeated
def mute_ends_one_channel_with_a_raised_cosine():
    with service_on(sound.level(sound.QUIET)) as service:
        begin(service)
        state = service.post("/ptt", {"channel": 2, "mute": True})
        tap.same((state["channel"], state["mute"], state["gate_open"]), (2, True, True), "state")
        # Whole meter windows after the one in which it was muted are silent: 0.3 s of stream.
        after = service.get("/vu")["seq"] + 3

        def reading():
            vu = service.get("/vu")
            return vu if vu["seq"] >= after else None
        levels = wait_for(reading, "three windows have passed")["vu_dbfs"]
        tap.same(levels["2"], -60.0, "level of channel 2")
        tap.true(all(levels[key] > -60.0 for key in "134"), f"the others went silent: {levels}")
        check_calm(service)
        service.end_well()
        check_ramp(service)
        for card in (3, 6, 8):
            samples, first, last = sound_of(service, card)
            steady = set(samples[first + RAMP:last - RAMP])
            tap.same(steady, {sound.QUIET}, f"card {card}: samples while channel 2 was muted")


def check_ramp(service):
    """Channel 2 fades out within 5 ms and is then silent to the last frame."""
    samples, first, last = sound_of(service, 4)
    ideal = sound.raised_cosine(sound.QUIET, RAMP)
    middle = next(i for i in range(first + RAMP, last) if samples[i] <= sound.QUIET // 2)
    error, begins = min((max(abs(samples[at + n] - ideal[n]) for n in range(RAMP + 1)), at)
                        for at in range(middle - RAMP // 2 - 1, middle - RAMP // 2 + 2))
    tap.true(error <= 1.5, f"the ramp is off a raised cosine by {error:.1f}")
    tap.same(set(samples[first + RAMP:begins]), {sound.QUIET}, "samples before the ramp")
    tap.true(not any(samples[begins + RAMP:]), "sound after the ramp")
    tap.true(len(samples) > begins + RAMP + sound.RATE // 10, "the sink ends with the ramp")


@repeated
def a_muted_channel_comes_back_where_it_would_have_been():
    with service_on(sound.saw()) as service:
        begin(service)
        service.post("/ptt", {"channel": 1, "gate_open": False})
        wait_for(lambda: service.get("/vu")["vu_dbfs"]["1"] == -60.0, "channel 1 is silent")
        service.post("/ptt", {"channel": 1, "gate_open": True})
        wait_for(lambda: service.get("/vu")["vu_dbfs"]["1"] > -40.0, "channel 1 is heard")
        check_calm(service)
        service.end_well()
        samples, first, last = sound_of(service, 3)
        place = (samples[first + RAMP] - (first + RAMP)) % sound.SAW_PERIOD
        end = last - RAMP - 1
        tap.same((samples[end] - end) % sound.SAW_PERIOD, place, "place in the saw")
        for card in (4, 6, 8):
            check_unbroken(service, card)


def await_reduction(service, gain_reduction_db):
    wait_for(lambda: all(channel["gain_reduction_db"] == gain_reduction_db
                         for channel in service.get("/vu")["channels"].values()),
             f"all channels reduce by {gain_reduction_db} dB")


@repeated
def a_new_threshold_takes_effect_without_a_step():
    with service_on(sound.level(8000)) as service:
        begin(service)
        await_reduction(service, 3.9)
        changed = config()
        changed["dsp"]["comp"]["threshold_db"] = -30.0
        answer = service.post("/config", changed)
        tap.same(answer["generation"], 2, "generation")
        tap.same(answer["restarted_channels"], [], "restarted channels")
        tap.same(answer["changed"], ["/dsp/comp/threshold_db"], "what changed")
        await_reduction(service, 8.9)
        status = check_calm(service)
        tap.same(status["config"]["generation"], 2, "generation in /status")
        service.end_well()
        for _, card in PAIRS.values():
            samples, first, last = sound_of(service, card)
            samples = samples[first + sound.RATE // 10:last - RAMP - 1]
            # 8000 is 7.75 dB above the old threshold and 17.75 above the new; 2:1 halves both.
            tap.true(abs(samples[0] - 5124) < 60, f"card {card}: {samples[0]} before the change")
            tap.true(abs(samples[-1] - 2881) < 40, f"card {card}: {samples[-1]} after the change")
            # 5 dB more within an attack of 10 ms fall by at most 11 a frame; a step would be 2200.
            steepest = sound.steepest(samples, 0, len(samples))
            tap.true(steepest <= 15, f"card {card}: a step of {steepest}")


@repeated
def a_look_ahead_restarts_its_own_channel_and_is_told():
    with service_on(sound.saw()) as service:
        begin(service)
        changed = config()
        changed["logical_channels"]["2"]["dsp"] = {"limiter": {"lookahead_ms": 5.0}}
        answer = service.post("/config", changed)
        tap.same(answer["restarted_channels"], [2], "restarted channels")
        status = service.await_running()
        delays = {key: channel["latency_ms"] for key, channel in status["channels"].items()}
        block = 2000 * status["blocksize"] / sound.RATE
        wanted = {key: round(block + (221000 / sound.RATE if key == "2" else 0), 2)
                  for key in delays}
        tap.same(delays, wanted, "latency_ms")
        check_calm(service)
        service.end_well()
        for key, (_, card) in PAIRS.items():
            if key != "2":
                check_unbroken(service, card)


@repeated
def a_new_output_device_restarts_its_own_channel_only():
    with service_on(sound.saw(), outputs=(3, 4, 5, 6, 8)) as service:
        begin(service)
        moved = dict(PAIRS, **{"3": (5, 5)})
        answer = service.post("/config", config(pairs=moved))
        tap.same(answer["restarted_channels"], [3], "restarted channels")
        tap.same(answer["changed"], ["/logical_channels/3/output_device_id"], "what changed")
        status = service.await_running()
        tap.same(status["channels"]["3"]["output"]["device"], "sim:5", "output of channel 3")
        tap.same(status["device_map"]["3"], {"input": 5, "output": 5}, "device map of channel 3")
        wait_for(lambda: service.get("/vu")["vu_dbfs"]["3"] > -40.0, "channel 3 is heard")
        check_calm(service)
        service.end_well()
        for card in (3, 4, 8):
            check_unbroken(service, card)
        # The old output ends, and the new one begins, without a step.
        for card in (5, 6):
            check_unbroken(service, card)


@repeated
def sighup_takes_the_new_file_as_softly():
    with service_on(sound.saw()) as service:
        begin(service)
        changed = config()
        changed["dsp"]["limiter"]["ceiling_db"] = -9.0
        service.write(changed)
        service.process.send_signal(signal.SIGHUP)
        service.await_status(lambda status: status["config"]["generation"] == 2,
                             "the new file is live")
        check_calm(service)
        service.end_well()
        for _, card in PAIRS.values():
            check_unbroken(service, card)


if __name__ == "__main__":
    tap.run(mute_ends_one_channel_with_a_raised_cosine,
            a_muted_channel_comes_back_where_it_would_have_been,
            a_new_threshold_takes_effect_without_a_step,
            a_look_ahead_restarts_its_own_channel_and_is_told,
            a_new_output_device_restarts_its_own_channel_only,
            sighup_takes_the_new_file_as_softly)
