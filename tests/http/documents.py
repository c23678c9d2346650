# SPDX-License-Identifier: MIT
"""The shapes of all documents, and every refusal of a well-formed HTTP request."""
import json

import rig
import tap

server = rig.Server()

CHANNEL = {"name", "state", "reason", "input", "output", "xruns", "latency_ms", "drift_ppm",
           "clock", "level_frames", "level_target_frames", "cpu_percent", "wakeup_max_us",
           "mute", "gate_open"}
STATUS = {"state", "reasons", "version", "api_open", "uptime_s", "cpu_percent", "xruns",
          "sample_rate", "blocksize", "config", "realtime", "device_map", "channels"}
METERS = {"rms_dbfs", "peak_dbfs", "gain_reduction_db", "input_rms_dbfs", "input_peak_dbfs",
          "input_clipped", "clipped", "true_peak_dbtp"}


def until(condition, path="/status"):
    """Ask again until it holds; the suite's time limit is the only clock."""
    while not condition(document := server.get(path)):
        pass
    return document


def status_has_its_shape():
    status = until(lambda s: s["state"] == "running" and
                   all(c["state"] == "running" for c in s["channels"].values()))
    tap.same(set(status), STATUS, "keys of /status")
    tap.same(list(status["channels"]), ["1", "2", "3", "4"], "channels in order")
    tap.same(status["device_map"]["1"], {"input": 1, "output": 3}, "device_map of 1")
    tap.same((status["sample_rate"], status["blocksize"]), (44100, 512), "stream shape")
    tap.same(status["config"], {"generation": 1, "source": "example", "path": None, "note": None,
                                "last_error": None}, "config")
    tap.same(set(status["realtime"]), {"policy", "priority", "memory_locked", "ok", "detail"},
             "realtime")
    channel = status["channels"]["2"]
    tap.same(set(channel), CHANNEL, "keys of a channel")
    tap.same((channel["drift_ppm"], channel["reason"], channel["level_frames"],
              channel["level_target_frames"]), (None,) * 4, "what is not known")
    tap.same(channel["clock"], "shared", "clock of equal crystals")
    tap.same((channel["input"]["id"], channel["input"]["device"]), (2, "sim:2"), "input of 2")
    tap.same(set(channel["xruns"]), {"capture", "playback"}, "xruns")
    tap.true(23.2 <= channel["latency_ms"] <= 23.3, f"latency {channel['latency_ms']}")


def vu_has_its_shape_and_counts_windows():
    first = until(lambda v: v["seq"] > 0, "/vu")
    tap.same(set(first), {"interval_ms", "seq", "vu_dbfs", "channels"}, "keys of /vu")
    tap.same(first["interval_ms"], 100, "interval")
    tap.same(list(first["vu_dbfs"]), ["1", "2", "3", "4"], "channels in order")
    tap.same(set(first["channels"]["1"]), METERS, "keys of a meter")
    tap.same(first["channels"]["1"]["true_peak_dbtp"], None, "true peak, not asked for")
    for level in first["vu_dbfs"].values():
        tap.true(-60 <= level <= 0 and level == round(level, 1), f"level {level}")
    tap.same(len(first["channels"]["1"]["rms_dbfs"]), 2, "lanes")
    until(lambda v: v["seq"] > first["seq"], "/vu")


def probes_answer():
    tap.same(server.get("/healthz"), {"status": "ok"}, "/healthz")
    tap.same(server.get("/readyz")["status"], "ready", "/readyz")


def devices_are_listed():
    devices = server.get("/devices")["devices"]
    tap.same([d["id"] for d in devices], list(range(1, 9)), "ids")
    tap.same(devices[2]["device"], "sim:3", "name of 3")
    tap.same(set(devices[0]), {"id", "device", "alias", "selectors", "name", "input", "output"},
             "keys of a device")
    tap.true(devices[0]["input"]["busy"] and not devices[0]["output"]["busy"], "who is busy")


def config_reads_back():
    reply = server.ask("GET", "/config").expect(200)
    answer = server.post("/config", reply.document)
    tap.same((answer["changed"], answer["restarted_channels"]), ([], []), "the same again")


def ptt_is_absolute():
    for _ in range(2):
        tap.same(server.post("/ptt", {"channel": 2, "mute": True}),
                 {"channel": 2, "mute": True, "gate_open": True, "passing": False}, "muted")
    until(lambda v: v["vu_dbfs"]["2"] == -60.0, "/vu")
    tap.true(server.get("/status")["channels"]["2"]["mute"], "mute stands in /status")
    tap.same(server.post("/ptt", {"channel": 2, "mute": False, "gate_open": False})["passing"],
             False, "closed")
    tap.same(server.post("/ptt", {"channel": 2, "gate_open": True})["passing"], True, "open")
    server.wait_for_notice("http 127.0.0.1: Channel 2: muted")


def ptt_refuses_every_fault_at_once():
    for body, pointers in [
            ({"channel": 77, "mute": True}, ["/channel"]),
            ({"channel": 1}, [""]),
            ({}, ["", "/channel"]),
            ({"channel": 77}, ["", "/channel"]),
            ({"channel": 1.5, "mute": "yes", "gate_open": 1, "lease": 1},
             ["/channel", "/gate_open", "/lease", "/mute"]),
            ({"channel": 0, "mute": True}, ["/channel"]),
            ({"channel": 2**32 + 1, "mute": True}, ["/channel"]),
            ({"channel": 1e300, "mute": True}, ["/channel"]),
            ({"channel": -0.0, "mute": True}, ["/channel"]),
            ({"channel": 2.0**53 + 2, "mute": True}, ["/channel"]),
            ({"channel": True, "mute": None}, ["/channel", "/mute"]),
            ({"a/b~": 1, "channel": 1, "mute": True}, ["/a~1b~0"]),
            ([], [""]), ("x", [""]), (None, [""])]:
        reply = server.ask("POST", "/ptt", json.dumps(body)).expect(422)
        tap.same(reply.pointers(), pointers, f"pointers for {body}")
    tap.true(not server.get("/status")["channels"]["1"]["mute"], "nothing was changed")
    for whole in ("1.0", "1e0", "10e-1"):
        server.ask("POST", "/ptt", '{"channel": %s, "mute": false}' % whole).expect(200)
    twice = server.ask("POST", "/ptt", '{"channel": 1, "mute": true, "mute": false}').expect(422)
    tap.same(twice.pointers(), ["/mute"], "a key given twice")
    error = server.ask("POST", "/ptt", '{"channel": 1, "mute": "on"}').document["errors"][0]
    tap.same((error["pointer"], error["value"]), ("/mute", "on"), "the offending value")
    tap.same(error["detail"], "mute must be true or false", "a sentence that stands alone")


def test_tone_plays_and_stops():
    order = {"channel": 3, "seconds": 60, "frequency_hz": 1000, "level_dbfs": -30}
    tap.same(server.post("/test-tone", order), dict(order, passing=True), "the answer")
    until(lambda v: v["vu_dbfs"]["3"] == -30.0, "/vu")
    status = until(lambda s: "tone_left_s" in s["channels"]["3"])
    tap.true(0 < status["channels"]["3"]["tone_left_s"] <= order["seconds"], "what is left of it")
    tap.true("tone_left_s" not in status["channels"]["1"], "no tone on another channel")
    tap.same(server.post("/test-tone", {"channel": 3, "seconds": 0})["seconds"], 0, "stopped")
    until(lambda s: "tone_left_s" not in s["channels"]["3"])
    until(lambda v: v["vu_dbfs"]["3"] != -30.0, "/vu")


def test_tone_on_a_silent_channel_does_not_pass():
    order = {"channel": 3, "seconds": 60}
    for change in ({"mute": True}, {"gate_open": False}):
        server.post("/ptt", dict(change, channel=3))
        tap.same(server.post("/test-tone", order)["passing"], False, f"passing after {change}")
        server.post("/ptt", {"channel": 3, "mute": False, "gate_open": True})
    server.wait_for_notice("it does not pass")
    tap.same(server.post("/test-tone", order)["passing"], True, "passing again")
    server.post("/test-tone", {"channel": 3, "seconds": 0})


def test_tone_refuses_every_fault_at_once():
    for body, pointers in [
            ({"channel": 9, "seconds": 1}, ["/channel"]),
            ({"seconds": -1, "level_dbfs": 0, "frequency_hz": 5, "x": 1},
             ["/channel", "/frequency_hz", "/level_dbfs", "/seconds", "/x"]),
            ({"channel": 9, "seconds": "1"}, ["/channel", "/seconds"]),
            ({"channel": 1, "seconds": 1, "frequency_hz": 22051}, ["/frequency_hz"])]:
        reply = server.ask("POST", "/test-tone", json.dumps(body)).expect(422)
        tap.same(reply.pointers(), pointers, f"pointers for {body}")


def wrong_paths_and_methods():
    listed = server.ask("GET", "/nothing").expect(404).document["detail"]
    for path in ("/status", "/vu", "/config", "/ptt", "/test-tone", "/devices", "/reload",
                 "/healthz", "/readyz"):
        tap.true(path in listed, f"{path} in {listed}")
    for path in ("/", "/Status", "/status/", "/vu$", "/vux", "//vu", "/a/../vu", "/%76u", "/vu%00",
                 "/vu;x", "/.", "/config.json", "/x" * 2000):
        server.ask("GET", path).expect(404)
    for method, path, allow in [("POST", "/status", "GET, HEAD"), ("GET", "/ptt", "POST"),
                                ("DELETE", "/config", "GET, HEAD, POST"),
                                ("OPTIONS", "/vu", "GET, HEAD"), ("PUT", "/reload", "POST"),
                                ("PATCH", "/test-tone", "POST")]:
        reply = server.ask(method, path, "{}" if method != "GET" else None).expect(405)
        tap.same(reply.headers["allow"], allow, f"Allow of {path}")


def media_type_must_be_json():
    body = '{"channel": 1, "mute": false}'
    for kind in ("application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""):
        server.ask("POST", "/ptt", body, {"Content-Type": kind}).expect(200)
    for kind in ("text/plain", "application/jsonp", "application/json; charset=latin1", None,
                 "application/x-www-form-urlencoded", "application/json; x=1"):
        server.ask("POST", "/ptt", body, {"Content-Type": kind}).expect(415)


def broken_json_is_told_from_wrong_values():
    for path in ("/ptt", "/test-tone", "/config"):
        for body in ("", " ", "{", "{]", "nul", '{"a": NaN}', '{"a": 1,}', "{'a': 1}",
                     "// comment\n{}", '{"a": 1} x', b"\xff\xfe", b"\x00", b'"\xff"',
                     '{"\ud800"'.encode("utf-8", "surrogatepass"), "[" * 60000, '{"a":' * 9000):
            server.ask("POST", path, body).expect(400)
    server.ask("POST", "/ptt", '{"channel": 1e999, "mute": true}').expect(400)


def no_answer_lets_itself_be_cached_or_guessed():
    for method, path in (("GET", "/vu"), ("GET", "/x"), ("DELETE", "/vu")):
        headers = server.ask(method, path).headers
        tap.same(headers["cache-control"], "no-store", "Cache-Control")
        tap.same(headers["x-content-type-options"], "nosniff", "X-Content-Type-Options")
        tap.true(not any(h.startswith("access-control") for h in headers), "no CORS")
        tap.true(headers["date"].endswith("GMT"), "Date")


def it_stops_clean():
    tap.same(server.stop(), (0, "stopped"), "exit")


if __name__ == "__main__":
    tap.run(status_has_its_shape, vu_has_its_shape_and_counts_windows, probes_answer,
            devices_are_listed, config_reads_back, ptt_is_absolute,
            ptt_refuses_every_fault_at_once, test_tone_plays_and_stops,
            test_tone_on_a_silent_channel_does_not_pass,
            test_tone_refuses_every_fault_at_once, wrong_paths_and_methods,
            media_type_must_be_json,
            broken_json_is_told_from_wrong_values, no_answer_lets_itself_be_cached_or_guessed,
            it_stops_clean)
