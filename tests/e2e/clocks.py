# SPDX-License-Identifier: MIT
"""Cards whose crystals differ: what /status tells of it, and that audio does not notice. The clock
runs free, so that minutes of stream time pass in a moment."""
import tap
from service import Service, config


def crystals_that_differ_are_joined_and_equal_ones_are_left_alone():
    rack = {"clock": "free", "cards": {"3": {"drift_ppm": 200.0}, "4": {"drift_ppm": -150.0},
                                       "7": {"drift_ppm": 50.0}, "8": {"drift_ppm": 50.0}}}
    with Service(config(512), rack) as service:
        def known(status, key, ppm):
            channel = status["channels"][key]
            return channel["clock"] == "locked" and abs(channel["drift_ppm"] - ppm) < 1.0

        status = service.await_status(lambda s: known(s, "1", 200.0) and known(s, "2", -150.0)
                                      and s["state"] == "running", "both differences are known")
        for key in "12":
            channel = status["channels"][key]
            # Two blocks, and half of the 64 taps.
            tap.same(channel["latency_ms"], round(1056 / 44.1, 2), f"latency of {key}")
            tap.same(channel["level_target_frames"], 1024, f"level that {key} should have")
            tap.true(abs(channel["level_frames"] - 1024) <= 44, f"level of {key}: "
                     f"{channel['level_frames']}")
        for key in "34":
            channel = status["channels"][key]
            tap.same((channel["clock"], channel["drift_ppm"], channel["latency_ms"]),
                     ("shared", None, round(1024 / 44.1, 2)), f"channel {key}")
        tap.same(status["xruns"], 0, "xruns")
        service.end_well()


if __name__ == "__main__":
    tap.run(crystals_that_differ_are_joined_and_equal_ones_are_left_alone)
