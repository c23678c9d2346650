# SPDX-License-Identifier: MIT
"""However much happens, the log has at most one line a second of each kind and channel, none of
them displaces another, and the last one tells how things are. And numbers that belong together."""
import http.client
import json
import re
import time

import tap
from service import PATIENCE_S, Service, config, wait_for


def lines_of(service, pattern):
    return [line for line in service.said() if re.search(pattern, line)]


def post_many(service, path, documents):
    """Over one connection; returns how long it took."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE_S)
    began = time.monotonic()
    for document in documents:
        connection.request("POST", path, json.dumps(document),
                           {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()
    return time.monotonic() - began


def a_thousand_push_to_talk_changes_are_a_few_lines():
    xrun = {"type": "xrun", "stream": "capture", "at_s": 1.0}
    with Service(config(), {"cards": {"2": {"faults": [xrun]}}}) as service:
        service.await_running()
        took = post_many(service, "/ptt", [{"channel": 2, "mute": i % 2 == 0}
                                           for i in range(2001)])
        service.await_status(lambda status: status["channels"]["2"]["xruns"]["capture"],
                             "the xrun is counted")
        service.await_line("Channel 2: audio interrupted")
        wait_for(lambda: "is silent" in lines_of(service, "is silent|passes")[-1],
                 "the last line tells the last state")
        service.end_well()
        said = lines_of(service, "Channel 2: .*(is silent|passes)")
        tap.true(len(said) <= took + 3, f"{len(said)} lines in {took:.1f} s")
        counted = sum(int((re.search(r"(\d+) push-to-talk change", line) or [0, 1])[1])
                      for line in said)
        tap.same(counted, 2001, f"changes that the lines count: {said}")


def a_thousand_refusals_are_a_few_lines():
    with Service(config()) as service:
        service.await_running()
        took = post_many(service, "/config", [{"blocksize": 1}] * 1000)
        service.end_well()
        said = lines_of(service, "onfiguration refused|refused configuration")
        tap.true(1 < len(said) <= took + 3, f"{len(said)} lines in {took:.1f} s")
        counted = sum(int((re.search(r"(\d+) refused configuration", line) or [0, 1])[1])
                      for line in said)
        tap.same(counted, 1000, f"refusals that the lines count: {said}")
        tap.true("/blocksize" in said[-1], said[-1])


def a_flapping_card_is_a_few_lines():
    unplug = {"type": "unplug", "at_s": 0.3, "duration_s": 0.1, "every_s": 0.3}
    with Service(config(block=512), {"cards": {"4": {"faults": [unplug]}}}) as service:
        began = time.monotonic()
        service.await_status(lambda status: status["channels"]["2"]["restarts"] >= 8
                             if "restarts" in status["channels"]["2"] else
                             time.monotonic() - began > 8, "the card has come and gone")
        service.end_well()
        took = time.monotonic() - began
        for pattern in (r"Channel 2.*(is gone|loss)", r"Channel 2.*(is back|return)",
                        "The engine is"):
            said = lines_of(service, pattern)
            tap.true(said and len(said) <= 2 * (took + 3),
                     f"{len(said)} lines of {pattern} in {took:.1f} s: {said}")


def equal_sequences_have_equal_levels():
    seen, changes = {}, 0
    with Service(config(block=512)) as service:
        service.await_running()

        def look():
            nonlocal changes
            vu = service.get("/vu")
            key, values = vu["seq"], (vu["vu_dbfs"], vu["channels"])
            changes += key not in seen
            tap.same(seen.setdefault(key, values), values, f"levels of seq {key}")
            return changes > 20
        wait_for(look, "twenty windows have passed")
        service.end_well()


if __name__ == "__main__":
    tap.run(a_thousand_push_to_talk_changes_are_a_few_lines,
            a_thousand_refusals_are_a_few_lines,
            a_flapping_card_is_a_few_lines,
            equal_sequences_have_equal_levels)
