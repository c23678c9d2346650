# SPDX-License-Identifier: MIT
"""status, vu, ptt, reload and test-tone as clients: what they ask, print and return."""
import json
import os
import select
import signal
import subprocess
import threading

import program
import pseudo_terminal
import tap
from program import FOLDER, one_sentence, run
from service import Service, free_port

STATUS = {
    "state": "degraded", "version": "0.1.0", "uptime_s": 93784.2, "cpu_percent": 3.25, "xruns": 7,
    "sample_rate": 44100, "blocksize": 512,
    "config": {"generation": 3, "source": "file", "path": "/etc/x/\u001b[2Jconfig.json",
               "last_error": "/dsp/comp/ratio: must be at least 1"},
    "realtime": {"policy": "SCHED_OTHER", "priority": 0, "memory_locked": False, "ok": False,
                 "detail": "no real-time priority: add LimitRTPRIO=80"},
    "device_map": {"1": {"input": 1, "output": 3}, "2": {"input": 2, "output": 4}},
    "channels": {
        "1": {"name": "Büro\u001b[31m", "state": "running", "reason": None,
              "input": {"id": 1, "device": "sim:1"}, "output": {"id": 3, "device": "sim:3"},
              "xruns": {"capture": 4, "playback": 3}, "latency_ms": 23.22, "drift_ppm": -19.876,
              "clock": "locked", "level_frames": 1023, "level_target_frames": 1024,
              "cpu_percent": 1.5, "wakeup_max_us": 80, "mute": True, "gate_open": True},
        "2": {"name": "Channel 2", "state": "fault", "reason": "hw:1,0 is not there",
              "input": {"id": 2, "device": None}, "output": {"id": 4, "device": "sim:4"},
              "xruns": {"capture": 0, "playback": 0}, "latency_ms": None, "drift_ppm": None,
              "clock": None, "level_frames": None, "level_target_frames": None,
              "cpu_percent": 0, "wakeup_max_us": 0, "mute": False, "gate_open": False}}}


def vu(seq=1):
    return {"interval_ms": 100, "seq": seq, "vu_dbfs": {"1": -23.4, "2": -60.0},
            "channels": {"1": {"rms_dbfs": [-23.0, -24.0], "peak_dbfs": [-9.5, -10.0],
                               "gain_reduction_db": 4.2, "input_rms_dbfs": [-19.0, -20.0],
                               "clipped": 2},
                         "2": {"rms_dbfs": [-60.0, -60.0], "peak_dbfs": [-60.0, -60.0],
                               "gain_reduction_db": 0.0, "input_rms_dbfs": [-60.0, -60.0],
                               "clipped": 0}}}


def tone_status(state="running", reason=None, **left):
    """/status as a tone on channel 3 needs it."""
    return {"channels": {"3": {"state": state, "reason": reason, **left}}}


TONE = {"channel": 3, "seconds": 600.0, "frequency_hz": 1000.0, "level_dbfs": -20.0}
PROBLEM = {"type": "about:blank", "title": "Unprocessable Content", "status": 422,
           "detail": "nothing was changed",
           "errors": [{"pointer": "/channel", "detail": "there is no channel 9", "value": 9,
                       "line": 12},
                      {"pointer": "/mute", "detail": "must be\u001b[2J true or false",
                        "value": "yes"},
                      {"pointer": "/ratio", "detail": "is too small", "value": 0.4}]}


def status_shows_what_is_wrong():
    with Service({"GET /status": (200, STATUS)}) as service:
        stdout = run("status", "--port", service.port)[0]
    for part in ("degraded", "7 xruns", "1 d 02:03:04", "44100 Hz", "512 frames", "generation 3",
                 "/etc/x/?[2Jconfig.json", "last refused: /dsp/comp/ratio", "LimitRTPRIO=80"):
        tap.true(part in stdout, f"{part!r} is missing in:\n{stdout}")
    rows = {line.split()[0]: line for line in stdout.splitlines() if line.strip()}
    for part in ("running", "sim:1", "sim:3", "23.2", "4/3", "muted",
                 "locked, -19.88 ppm, level -1"):
        tap.true(part in rows["1"], f"{part!r} is missing in: {rows['1']}")
    for part in ("fault", " - ", "closed", "hw:1,0 is not there"):
        tap.true(part in rows["2"], f"{part!r} is missing in: {rows['2']}")
    tap.true("\033" not in stdout, "no control character reaches the terminal")
    tap.same(rows["1"].index("running"), rows["2"].index("fault"), "columns stand in line")


def status_as_json_is_the_whole_document():
    document = {**STATUS, "uptime_s": 12345678.9, "cpu_percent": 0.4}
    with Service({"GET /status": (200, document)}) as service:
        stdout = run("status", "--json", "--port", service.port)[0]
    tap.same(json.loads(stdout), document, "document")
    tap.true('"cpu_percent": 0.4,' in stdout, f"digits as they came: {stdout[:200]}")


def vu_is_a_table_or_json():
    with Service({"GET /vu": (200, vu())}) as service:
        stdout = run("vu", "--port", service.port)[0]
        tap.same([line.split() for line in stdout.splitlines()[1:]],
                 [["1", "-23.4", "-19.0", "-20.0", "-23.0", "-24.0", "-9.5", "-10.0", "4.2", "2"],
                  ["2", "-60.0", "-60.0", "-60.0", "-60.0", "-60.0", "-60.0", "-60.0", "0.0",
                   "0"]], "rows")
        tap.same(json.loads(run("vu", "--json", "--port", service.port)[0]), vu(), "document")


def follow(service, stdout, *more):
    return subprocess.Popen([program.PROGRAM, "vu", "--follow", "--port", str(service.port), *more],
                            stdout=stdout, stderr=subprocess.PIPE, text=stdout != subprocess.PIPE)


def counting_vu():
    count = iter(range(1, 1 << 30))
    return Service({"GET /vu": lambda: (200, vu(next(count) // 2))})  # every window twice


def vu_follow_prints_each_window_once():
    with counting_vu() as service:
        child = follow(service, subprocess.PIPE, "--json")
        seen = [json.loads(child.stdout.readline())["seq"] for _ in range(4)]
        child.send_signal(signal.SIGINT)
        rest = child.communicate(timeout=30)
        tap.same(child.returncode, 0, f"exit status {rest}")
    tap.true(all(b > a for a, b in zip(seen, seen[1:])), f"windows {seen}")
    with counting_vu() as service:
        child = follow(service, subprocess.PIPE)
        tap.same(child.stdout.readline().strip(), b"1: -23.4  2: -60.0", "line")
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
        tap.same(child.returncode, 0, "exit status")


def read_until(fd, text):
    seen = b""
    while text not in seen:
        if not select.select([fd], [], [], 30)[0]:
            raise AssertionError(f"{text!r} never came, but {seen!r}")
        seen += os.read(fd, 4096)
    return seen


def ptt_sends_what_was_said_and_nothing_else():
    state = {"channel": 2, "mute": True, "gate_open": True, "passing": False}
    with Service({"POST /ptt": lambda: (200, state)}) as service:
        def ptt(*options, **change):
            state.update(change)
            return run("ptt", "--channel", 2, "--port", service.port, *options)[0]
        tap.same(ptt("--mute"), "channel 2: muted, gate open: audio does not pass\n", "stdout")
        ptt("--unmute", mute=False)
        ptt("--open", "--mute", mute=True)
        ptt("--close", gate_open=False)
        tap.same(json.loads(ptt("--mute", "--json")), state, "document")
        tap.same(service.bodies("POST /ptt"),
                 [{"channel": 2, "mute": True}, {"channel": 2, "mute": False},
                  {"channel": 2, "mute": True, "gate_open": True},
                  {"channel": 2, "gate_open": False}, {"channel": 2, "mute": True}], "requests")
        tap.same(service.asked[0][1].get("Content-Type"), "application/json", "content type")


def ptt_must_be_answered_with_the_state_that_was_ordered():
    state = {"channel": 2, "mute": False, "gate_open": True, "passing": True}
    with Service({"POST /ptt": lambda: (200, state)}) as service:
        for option in ("--mute", "--close"):
            stdout, stderr = run("ptt", "--channel", 2, option, "--port", service.port, want=1)
            tap.same(stdout, "", "stdout")
            one_sentence(stderr, "not what was ordered")
        stdout, stderr = run("ptt", "--channel", 3, "--open", "--port", service.port, want=1)
        one_sentence(stderr, "about channel 2", "channel 3")


def refusals_are_told_in_the_words_of_the_service():
    with Service({"POST /ptt": (422, PROBLEM)}) as service:
        stderr = run("ptt", "--channel", 9, "--mute", "--port", service.port, want=1)[1]
    one_sentence(stderr, "422", "nothing was changed")
    tap.same(stderr.splitlines()[1:], ["  line 12: /channel: there is no channel 9",
                                       '  /mute: must be?[2J true or false (is "yes")',
                                       "  /ratio: is too small (is 0.4)"], "errors")


def reload_returns_the_outcome():
    done = {"generation": 4, "changed": ["/dsp/comp/ratio"], "restarted_channels": [2, 3]}
    same = {"generation": 4, "changed": [], "restarted_channels": []}
    with Service({"POST /reload": (200, done)}) as service:
        stdout = run("reload", "--wait", "--port", service.port)[0]
        tap.same(stdout, "generation 4 is live: 1 value changed, restarted channel 2, 3\n", "said")
        service.answers["POST /reload"] = (200, same)
        stdout = run("reload", "--port", service.port)[0]
        tap.same(stdout, "generation 4 is live: nothing changed\n", "stdout")
        tap.same(json.loads(run("reload", "--json", "--port", service.port)[0]), same, "document")
        service.answers["POST /reload"] = (422, PROBLEM)
        for wait in ([], ["--wait"]):
            stderr = run("reload", *wait, "--port", service.port, want=1)[1]
            one_sentence(stderr, "422")
            tap.same(len(stderr.splitlines()), 4, f"a line for every fault in {stderr}")


def reload_waits_for_slow_devices_only_when_told():
    """The answer comes when the first command has given up waiting and the second has asked."""
    given_up = threading.Event()
    done = (200, {"generation": 5, "changed": ["/blocksize"], "restarted_channels": []})
    with Service({"POST /reload": lambda: (given_up.wait(60), done)[1]}) as service:
        stdout, stderr = run("reload", "--port", service.port)
        given_up.set()
        tap.same(stdout, "", "nothing is known yet")
        tap.true("--wait" in stderr, f"stderr: {stderr!r}")
        stdout = run("reload", "--wait", "--port", service.port)[0]
        tap.true(stdout.startswith("generation 5 is live"), stdout)


def a_long_tone_shows_its_progress_on_a_terminal():
    ours, theirs = pseudo_terminal.open_pair()
    with Service({"POST /test-tone": (200, TONE),
                  "GET /status": (200, tone_status(tone_left_s=599.0))}) as service:
        child = subprocess.Popen([program.PROGRAM, "test-tone", "--channel", "3", "--seconds",
                                  "600", "--port", str(service.port)], stderr=theirs)
        read_until(ours, b"of 600.0 s")
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=30)
    tap.same(child.returncode, 0, "exit status")
    os.close(ours)
    os.close(theirs)


def a_tone_that_ends_early_is_a_failure():
    ends = [((200, tone_status("fault", "hw:1,0 is gone")), "hw:1,0 is gone"),
            ((200, {"channels": {}}), "it is gone"), ((200, tone_status()), "ended early"),
            ((503, {"status": 503, "detail": "the service is stopping"}), "is stopping")]
    for end, part in ends:
        looks = iter([(200, tone_status()), (200, tone_status(tone_left_s=598.0)), end])
        with Service({"POST /test-tone": (200, TONE),
                      "GET /status": lambda: next(looks)}) as service:
            one_sentence(run("test-tone", "--channel", 3, "--seconds", 600, "--port", service.port,
                             want=1)[1], part)


def a_tone_is_asked_of_the_service_and_stopped_by_ctrl_c():
    with Service({"POST /test-tone": (200, TONE),
                  "GET /status": (200, tone_status(tone_left_s=599.0))}) as service:
        run("test-tone", "--channel", 3, "--seconds", "0.1", "--frequency", 440, "--level", -30,
            "--port", service.port)
        child = subprocess.Popen([program.PROGRAM, "test-tone", "--channel", "3", "--seconds",
                                  "600", "--port", str(service.port)], stderr=subprocess.PIPE)
        tap.true(service.wait_for(2), "the second request came")
        child.send_signal(signal.SIGINT)
        tap.same((child.communicate(timeout=30)[1], child.returncode), (b"", 0), "its end")
        tap.same(service.bodies("POST /test-tone"),
                 [{"channel": 3, "seconds": s, "frequency_hz": f, "level_dbfs": l}
                  for s, f, l in ((0.1, 440, -30), (600, 1000, -20), (0, 1000, -20))], "requests")
        service.answers["POST /test-tone"] = (409, {"title": "Conflict", "status": 409,
                                                    "detail": "channel 3 does not run"})
        one_sentence(run("test-tone", "--channel", 3, "--seconds", 1, "--port", service.port,
                         want=1)[1], "channel 3 does not run")


def nobody_listens():
    port = free_port()
    for command in (["status"], ["vu"], ["vu", "--follow"], ["ptt", "--channel", 1, "--mute"],
                    ["reload"], ["reload", "--wait"]):
        stderr = run(*command, "--port", port, want=1)[1]
        one_sentence(stderr, str(port))
        tap.same(len(stderr.splitlines()), 1, f"lines of {stderr!r}")
    one_sentence(run("test-tone", "--channel", 1, "--seconds", 1, "--port", port, want=1)[1],
                 str(port), "--simulate")


def something_else_listens():
    with Service({"GET /status": (200, b"<html>hello</html>")}) as service:
        one_sentence(run("status", "--port", service.port, want=1)[1], "right port")
        one_sentence(run("vu", "--port", service.port, want=1)[1], "404")


def the_token_and_the_port_come_from_file_or_configuration():
    (FOLDER / "token").write_text("s3cret\n")
    with Service({"GET /status": (200, STATUS)}) as service:
        run("status", "--port", service.port, "--token-file", "token")
        tap.same(service.asked[-1][1].get("Authorization"), "Bearer s3cret", "token")
        document = json.loads(open(program.sys.argv[2]).read())
        document["http"] = {"port": service.port, "token_file": str(FOLDER / "token")}
        (FOLDER / "config.json").write_text(json.dumps(document))
        run("status", "--config", "config.json")
        tap.same(service.asked[-1][1].get("Authorization"), "Bearer s3cret", "token")
        run("status", "--port", service.port)
        tap.same(service.asked[-1][1].get("Authorization"), None, "token")
        if not os.path.exists("/run/mission-control-audio/api"):
            os.environ["STATE_DIRECTORY"] = str(FOLDER)
            run("status")
            tap.same(service.asked[-1][1].get("Authorization"), "Bearer s3cret", "found by itself")
            del os.environ["STATE_DIRECTORY"]
        (FOLDER / "api-token").write_text("passed")
        os.environ["CREDENTIALS_DIRECTORY"] = str(FOLDER)
        run("status", "--port", service.port)
        tap.same(service.asked[-1][1].get("Authorization"), "Bearer passed", "credential")
        del os.environ["CREDENTIALS_DIRECTORY"]
    (FOLDER / "token").write_text("\n")
    one_sentence(run("status", "--token-file", "token", want=1)[1], "empty")
    one_sentence(run("status", "--token-file", "missing", want=1)[1], "missing")
    for content, part in ((b"\0" * 9, "text"), (b"s3cret\0\n", "text"),
                          (b"s3cr\xc3\xa9t\n", "text"), (b"x" * 512, "longer than 511 bytes")):
        (FOLDER / "token").write_bytes(content)
        one_sentence(run("status", "--token-file", "token", want=1)[1], "token file", part)
    one_sentence(run("status", "--token-file", "/dev/zero", want=1)[1], "/dev/zero", "text")
    one_sentence(run("status", "--token-file", FOLDER, want=1)[1], "directory")


if __name__ == "__main__":
    tap.run(status_shows_what_is_wrong, status_as_json_is_the_whole_document, vu_is_a_table_or_json,
            vu_follow_prints_each_window_once, ptt_sends_what_was_said_and_nothing_else,
            ptt_must_be_answered_with_the_state_that_was_ordered,
            refusals_are_told_in_the_words_of_the_service, reload_returns_the_outcome,
            reload_waits_for_slow_devices_only_when_told,
            a_long_tone_shows_its_progress_on_a_terminal,
            a_tone_that_ends_early_is_a_failure,
            a_tone_is_asked_of_the_service_and_stopped_by_ctrl_c, nobody_listens,
            something_else_listens, the_token_and_the_port_come_from_file_or_configuration)
