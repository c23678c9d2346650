# SPDX-License-Identifier: MIT
"""Cards that fail under a running program: the channel concerned says so and comes back, and its
neighbours notice nothing. The clock is real; a busy machine repeats the case (see changes.py)."""
import sound
import tap
from changes import Busy, begin, cards, check_unbroken, repeated, sound_of
from service import Service, config, wait_for


def service_with(**faulty):
    """A service whose inputs play a saw; faulty: fields of cards by number."""
    service = Service(config(), cards(**faulty))
    sound.write(service.path / "in.wav", sound.saw())
    return service


@repeated
def an_unplugged_card_comes_back_and_nobody_else_notices():
    # Again and again, so that even a slow machine is looking while the card is away.
    unplug = {"type": "unplug", "stream": "playback", "at_s": 1.0, "duration_s": 2.0,
              "every_s": 6.0}
    with service_with(**{"4": {"faults": [unplug]}}) as service:
        begin(service)
        lost = service.await_status(lambda status: status["channels"]["2"]["state"] == "fault",
                                    "channel 2 says that its device is gone")
        reason = lost["channels"]["2"]["reason"]
        tap.true("sim:4" in reason, f"the reason is {reason!r}")
        tap.same(lost["state"], "degraded", "state of the engine")
        service.await_running()
        wait_for(lambda: service.get("/vu")["vu_dbfs"]["2"] > -60.0, "channel 2 is heard again")
        for line in ("Channel 2: .*sim:4 is gone", "The engine is degraded", "Channel 2 is back"):
            service.await_line(line)
        status = service.get("/status")
        for key in "134":
            if any(status["channels"][key]["xruns"].values()):
                raise Busy(f"xruns on channel {key}")
        service.end_well()
        for card in (3, 6, 8):
            check_unbroken(service, card)


@repeated
def an_xrun_is_counted_and_said_once_and_sound_goes_on():
    xrun = {"type": "xrun", "stream": "capture", "at_s": 1.0}
    with service_with(**{"2": {"faults": [xrun]}}) as service:
        begin(service)
        status = service.await_status(lambda status: status["xruns"], "the xrun is counted")
        tap.same(status["channels"]["2"]["state"], "running", "state of channel 2")
        before = service.get("/vu")["seq"]
        wait_for(lambda: service.get("/vu")["seq"] > before + 10
                 and service.get("/vu")["vu_dbfs"]["2"] > -40.0, "sound goes on for a second")
        status = service.get("/status")
        if status["xruns"] != 1:
            raise Busy(f"{status['xruns']} xruns")
        tap.same(status["channels"]["2"]["xruns"], {"capture": 1, "playback": 0}, "xruns")
        service.end_well()
        said = [line for line in service.said() if "interrupted" in line or "xrun" in line]
        tap.same(len(said), 1, f"lines about it in {service.said()}")
        tap.true("hannel 2" in said[0] and "sim:2" in said[0], said[0])
        for card in (3, 6, 8):
            check_unbroken(service, card)
        samples, first, last = sound_of(service, 4)
        breaks = sound.breaks(samples, first + sound.RATE // 100, last - sound.RATE // 100)
        tap.true(breaks, "the xrun cannot be heard")


def a_card_that_is_missing_at_the_start_is_awaited():
    with service_with(**{"8": {"absent": True}}) as service:
        status = service.await_status(lambda status: status["state"] == "degraded",
                                      "the engine is degraded")
        tap.same(status["channels"]["4"]["state"], "fault", "state of channel 4")
        tap.true("8" in status["channels"]["4"]["reason"], status["channels"]["4"]["reason"])
        service.await_status(lambda status: all(status["channels"][key]["state"] == "running"
                                                for key in "123"), "the other three run")
        service.end_well()


if __name__ == "__main__":
    tap.run(an_unplugged_card_comes_back_and_nobody_else_notices,
            an_xrun_is_counted_and_said_once_and_sound_goes_on,
            a_card_that_is_missing_at_the_start_is_awaited)
