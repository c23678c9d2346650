# SPDX-License-Identifier: MIT
"""Mute and gate over the end of the process, however it ends: a muted channel is never live again
by itself."""
import http.client
import json
import os
import random
import resource
import signal
import time

import tap
from life import Life, reload
from service import Service, config, folder, wait_for

TWO = {"1": (1, 3), "2": (2, 4)}


def document(**ptt):
    made = config(pairs=TWO)
    for key, value in ptt.items():
        made["logical_channels"][key.strip("c")]["ptt"] = value
    return made


def states(service):
    return {key: (channel["mute"], channel["gate_open"])
            for key, channel in service.get("/status")["channels"].items()}


def ptt(service, channel, **change):
    return service.post("/ptt", dict(channel=channel, **change))


def kept(life):
    return life.state / "ptt.state"


def a_second_instance_ends_before_it_writes():
    """Each would overwrite what the other one was told."""
    with folder() as path:
        life = Life(path, document())
        with life.start() as service:
            ptt(service, 1, mute=True)
            done = life.run("--simulate", "--port", "0", "--config", str(life.base))
            tap.same(done.returncode, 1, done.stderr)
            tap.true(str(life.state) in done.stderr and "another instance" in done.stderr,
                     done.stderr)
            before = kept(life).read_bytes()
            ptt(service, 2, mute=True)
            tap.true(kept(life).read_bytes() != before, "the first one goes on to write")
            service.process.send_signal(signal.SIGKILL)
            service.process.wait()
        with life.start() as service:
            tap.same(states(service), {"1": (True, True), "2": (True, True)}, "after a kill")
            service.end_well()


def mute_and_gate_survive_every_end():
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGABRT):
        with folder() as path:
            life = Life(path, document())
            with life.start() as service:
                tap.same(states(service), {"1": (False, True), "2": (False, True)}, "at first")
                ptt(service, 1, mute=True)
                ptt(service, 2, gate_open=False)
                service.end(number)
            with life.start() as service:
                tap.same(states(service), {"1": (True, True), "2": (False, False)},
                         f"after {number.name}")
                ptt(service, 1, mute=False)
                ptt(service, 2, gate_open=True)
                service.end(number)
            with life.start() as service:
                tap.same(states(service), {"1": (False, True), "2": (False, True)},
                         f"opened, after {number.name}")
                service.end_well()


def what_was_answered_survives_a_kill_at_once():
    with folder() as path:
        life = Life(path, document())
        wanted = {"1": (False, True), "2": (False, True)}
        dice = random.Random(4711)
        for _ in range(12):
            with life.start() as service:
                tap.same(states(service), wanted, "after a kill")
                link = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
                for _ in range(dice.randrange(1, 9)):
                    key, mute, gate = str(dice.randrange(1, 3)), dice.random() < .5, \
                        dice.random() < .5
                    link.request("POST", "/ptt", json.dumps(
                        {"channel": int(key), "mute": mute, "gate_open": gate}),
                        {"Content-Type": "application/json"})
                    link.getresponse().read()
                    wanted[key] = (mute, gate)
                service.process.kill()
                link.close()
                service.process.wait()


def the_configuration_speaks_for_channels_of_which_nothing_is_kept():
    with folder() as path:
        life = Life(path, document(c1={"mute": True}, c2={"gate_open": False}))
        with life.start() as service:
            tap.same(states(service), {"1": (True, True), "2": (False, False)}, "as configured")
            ptt(service, 1, mute=False)
            service.end_well()
        life.edit(document(c1={"mute": True}, c2={"mute": True}))
        with life.start() as service:
            tap.same(states(service), {"1": (False, True), "2": (False, False)},
                     "1 as it was left by hand, 2 as silent as it was")
            ptt(service, 2, mute=False, gate_open=True)
            service.end_well()
        life.edit(document(c2={"mute": True}, c1={"mute": True}))
        with life.start() as service:
            tap.same(states(service), {"1": (False, True), "2": (False, True)},
                     "what was opened by hand is kept")
            service.end_well()


def a_channel_that_was_away_comes_back_muted():
    with folder() as path:
        life = Life(path, document())
        one = config(pairs={"1": TWO["1"]})
        with life.start() as service:
            ptt(service, 2, mute=True)
            service.post("/config", one)
            tap.same(sorted(states(service)), ["1"], "without it")
            service.post("/config", document())
            tap.same(states(service)["2"], (True, True), "added again")
            service.end_well()
        life.edit(one)
        with life.start() as service:
            ptt(service, 1, mute=True)
            ptt(service, 1, mute=False)
            service.end_well()
        life.edit(document())
        with life.start() as service:
            tap.same(states(service)["2"], (True, True), "added again after two starts")
            service.end_well()


def a_silence_of_the_configuration_stays():
    """Also when the configuration no longer says it, or the channel was away for a while."""
    silent = {"1": (True, True), "2": (True, False)}
    with folder() as path:
        life = Life(path, document(c1={"mute": True}, c2={"mute": True, "gate_open": False}))
        with life.start() as service:
            tap.same(states(service), silent, "as configured")
            life.edit(document())
            reload(service)
            tap.same(states(service), silent, "after a reload without it")
            service.post("/config", config(pairs={"2": (2, 4)}))
            service.post("/config", document())
            tap.same(states(service), silent, "removed and back")
            service.end(signal.SIGKILL)
        with life.start() as service:
            tap.same(states(service), silent, "after a kill, without it")
            ptt(service, 1, mute=False)
            service.end_well()
        with life.start() as service:
            tap.same(states(service)["1"], (False, True), "unmuted by hand, and kept so")
            service.end_well()


def without_a_folder_a_removed_channel_comes_back_muted():
    with Service(document(c1={"mute": True})) as service:
        ptt(service, 2, mute=True)
        service.post("/config", config(pairs={"3": (5, 6)}))
        service.post("/config", document())
        tap.same(states(service), {"1": (True, True), "2": (True, True)}, "they are back")
        service.end_well()


def a_file_that_cannot_be_read_mutes_every_channel():
    good = "mission-control-audio ptt 1\n1 live open\n2 live open\nend 2\n"
    for text in (b"", b"\0" * 64, good[:-1].encode(), good.replace("end 2", "end 3").encode(),
                 good.encode() + b"\n", b"x" * 100000, b"{\"1\": {\"mute\": false}}", b"link",
                 None):
        with folder() as path:
            life = Life(path, document(c2={"gate_open": False}))
            if text is None:
                kept(life).mkdir()
            elif text == b"link":
                kept(life).symlink_to("nowhere/ptt.state")
            else:
                kept(life).write_bytes(text)
            with life.start() as service:
                tap.same(states(service), {"1": (True, True), "2": (True, False)}, repr(text)[:40])
                service.await_line("every channel starts muted")
                words = "every channel started muted"
                if text in (None, b"link"):
                    words = "not kept"
                service.await_status(lambda status, words=words: status["state"] == "degraded"
                                     and any(words in why for why in status["reasons"]),
                                     "the reason is shown")
                tap.same(ptt(service, 1, mute=False)["passing"], True, "unmuted by hand")
                if text in (None, b"link"):
                    service.await_status(lambda status: status["reasons"], "it says so")
                service.end_well()
            if text in (None, b"link"):
                continue
            with life.start() as service:
                tap.same(states(service), {"1": (False, True), "2": (True, False)},
                         "at the next start")
                tap.same([line for line in service.said() if "starts muted" in line], [], "lines")
                service.end_well()


def a_disk_that_is_full_holds_up_no_change():
    with folder() as path:
        life = Life(path, document())
        with life.start() as service:
            service.await_running()
            wait_for(lambda: (life.state / "last-good.json").exists(), "the last good one is kept")
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (8, 1 << 30))
            for mute in (True, False) * 20 + (True,):
                tap.same(ptt(service, 1, mute=mute)["mute"], mute, "the state asked for")
            status = service.await_status(lambda status: status["reasons"]
                                          and status["state"] == "degraded", "it says so")
            tap.true("not kept" in status["reasons"][0], str(status["reasons"]))
            lines = [line for line in service.said() if "are not kept over a restart" in line]
            tap.same(len(lines), 1, f"said once: {lines}")
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
            service.await_status(lambda status: status["state"] == "running", "it is over")
            service.end(signal.SIGKILL)
        with life.start() as service:
            tap.same(states(service)["1"], (True, True), "what was written later")
            service.end_well()


def without_a_state_folder_nothing_is_kept():
    with Service(document()) as service:
        ptt(service, 1, mute=True)
        tap.same([p.name for p in service.path.rglob("ptt.state")], [], "files")
        service.end_well()


def what_a_change_costs_is_told():
    def percentiles(service):
        link = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        took = []
        for number in range(1000):
            body = json.dumps({"channel": 1, "mute": bool(number % 2)})
            began = time.monotonic()
            link.request("POST", "/ptt", body, {"Content-Type": "application/json"})
            link.getresponse().read()
            took.append((time.monotonic() - began) * 1000)
        link.close()
        took.sort()
        return f"median {took[500]:.2f} ms, p99 {took[990]:.2f} ms"
    with folder() as path:
        life = Life(path, document())
        with life.start() as service:
            tap.say("POST /ptt, kept: " + percentiles(service))
            wait_for(lambda: "1 muted" in kept(life).read_text(encoding="utf-8"), "it is written")
            service.end_well()
    with Service(document()) as service:
        tap.say("POST /ptt, not kept: " + percentiles(service))
        service.end_well()


if __name__ == "__main__":
    tap.run(a_second_instance_ends_before_it_writes,
            mute_and_gate_survive_every_end, what_was_answered_survives_a_kill_at_once,
            the_configuration_speaks_for_channels_of_which_nothing_is_kept,
            a_channel_that_was_away_comes_back_muted,
            a_silence_of_the_configuration_stays,
            without_a_folder_a_removed_channel_comes_back_muted,
            a_file_that_cannot_be_read_mutes_every_channel,
            a_disk_that_is_full_holds_up_no_change, without_a_state_folder_nothing_is_kept,
            what_a_change_costs_is_told)
