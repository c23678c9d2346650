# SPDX-License-Identifier: MIT
"""A new configuration as one transaction: applied, tried, saved, refused, put back, reloaded."""
import copy
import json
import os
import tempfile
import threading

import rig
import tap

FOLDER = tempfile.TemporaryDirectory()
BASE = {
    "logical_channels": {"1": {"input_device_id": 1, "output_device_id": 2},
                         "2": {"input_device_id": 3, "output_device_id": 4}},
    "simulation": {"cards": {"8": {"absent": True}}},
}


def a_file(name, document=None):
    path = os.path.join(FOLDER.name, name)
    if document is not None:
        with open(path, "w", encoding="utf-8") as out:
            json.dump(document, out)
    return path


def content(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def changed(**dsp):
    """BASE with other compressor settings, and without the section that needs a restart."""
    document = copy.deepcopy(BASE)
    del document["simulation"]
    document["dsp"] = {"comp": dsp}
    return document


def with_device(name):
    document = changed()
    document["logical_channels"]["2"]["output_device_id"] = name
    return document


server = rig.Server("--config", a_file("live.json", BASE))
live = a_file("live.json")


def of_status(key):
    return server.get("/status")["config"][key]


def a_dsp_change_restarts_nothing():
    answer = server.post("/config", changed(threshold_db=-30))
    tap.same(answer, {"generation": 2, "changed": ["/dsp/comp/threshold_db"],
                      "restarted_channels": []}, "the answer")
    tap.same((of_status("generation"), of_status("source")), (2, "api"), "in /status")
    tap.same(server.get("/config")["dsp"]["comp"]["threshold_db"], -30, "live threshold")
    server.wait_for_notice("http 127.0.0.1: Configuration 2 is live")


def a_device_change_restarts_its_channel():
    answer = server.post("/config", with_device(6))
    tap.same(answer["restarted_channels"], [2], "restarted")
    tap.true("/logical_channels/2/output_device_id" in answer["changed"], str(answer))
    tap.same(server.get("/status")["device_map"]["2"], {"input": 3, "output": 6}, "device map")
    server.post("/config", with_device(4))


def five_faults_have_five_pointers():
    before, generation = server.get("/config"), of_status("generation")
    bad = {"sample_rate": "fast", "blocksize": 7, "colour": 1,
           "logical_channels": {"1": {"input_device_id": 1}},
           "dsp": {"comp": {"ratio": 0.5}}}
    reply = server.ask("POST", "/config", json.dumps(bad)).expect(422)
    tap.same(reply.pointers(), ["/blocksize", "/colour", "/dsp/comp/ratio",
                                "/logical_channels/1/output_device_id", "/sample_rate"],
             "pointers")
    values = {e["pointer"]: e["value"] for e in reply.document["errors"]}
    tap.same((values["/sample_rate"], values["/blocksize"]), ("fast", 7), "values")
    tap.true(all(e["detail"] for e in reply.document["errors"]), "every fault has its sentence")
    tap.same((server.get("/config"), of_status("generation")), (before, generation), "unchanged")
    tap.true("(and 4 more)" in of_status("last_error"), f"last_error {of_status('last_error')}")
    server.wait_for_notice("http 127.0.0.1: configuration refused")


def a_duplicate_key_and_a_shared_device_are_refused():
    twice = '{"logical_channels": {"1": {"input_device_id": 1, "output_device_id": 2}}, ' \
            '"blocksize": 512, "blocksize": 256}'
    tap.same(server.ask("POST", "/config", twice).expect(422).pointers(), ["/blocksize"], "twice")
    shared = with_device(2)
    server.ask("POST", "/config", json.dumps(shared)).expect(422)


def a_missing_device_is_a_conflict():
    before = server.get("/config")
    for name in ("sim:8", "sim:9", "hw:CARD=Nowhere,DEV=0"):
        reply = server.ask("POST", "/config", json.dumps(with_device(name))).expect(409)
        tap.same(reply.pointers(), ["/logical_channels/2/output_device_id"], f"pointer for {name}")
    tap.same(server.get("/config"), before, "live configuration")
    tap.true(of_status("last_error"), "last_error")
    server.post("/config", before)
    tap.same(of_status("last_error"), None, "last_error after a good one")


def what_needs_a_restart_is_refused():
    document = changed()
    document["http"] = {"port": 8123}
    reply = server.ask("POST", "/config", json.dumps(document)).expect(422)
    tap.same(reply.pointers()[0][:5], "/http", "pointer")
    tap.true("restart" in reply.document["errors"][0]["detail"], str(reply.document))


def a_dry_run_changes_nothing():
    generation, error, text = of_status("generation"), of_status("last_error"), content(live)
    answer = server.post("/config?dry_run=1&save=1", changed(ratio=7))
    tap.same((answer["dry_run"], "/dsp/comp/ratio" in answer["changed"]), (True, True), "answer")
    server.post("/config?dry_run=1", with_device(99), 409)
    server.post("/config?dry_run=1", changed(ratio=0), 422)
    tap.same((of_status("generation"), of_status("last_error"), content(live)),
             (generation, error, text), "state")


def saving_keeps_what_was_left_out():
    answer = server.post("/config?save=1", changed(ratio=3))
    tap.same(answer["saved"], live, "saved where")
    saved = json.loads(content(live))
    tap.same(saved["dsp"]["comp"]["ratio"], 3, "ratio in the file")
    tap.true(saved["simulation"]["cards"]["8"]["absent"], "the section that was left out")
    tap.same((of_status("source"), of_status("path")), ("file", live), "in /status")


def a_refused_configuration_leaves_the_file_as_it_was():
    text = content(live)
    server.post("/config?save=1", with_device("sim:8"), 409)
    server.post("/config?save=1", changed(ratio=-1), 422)
    tap.same(content(live), text, "the file")
    tap.same(sorted(os.listdir(FOLDER.name)), ["live.json", "live.json.bak"],
             "only the backup beside it")


def reload_reads_the_file():
    server.post("/config", changed(ratio=9))
    a_file("live.json", changed(ratio=4))
    answer = server.ask("POST", "/reload", b"", {"Content-Type": None}).expect(200).document
    tap.same(answer["changed"], ["/dsp/comp/ratio"], "changed")
    tap.same(of_status("source"), "file", "source")
    a_file("live.json", changed(ratio=0.1, attack_ms=-1))
    reply = server.ask("POST", "/reload", b"").expect(422)
    tap.same(reply.pointers(), ["/dsp/comp/attack_ms", "/dsp/comp/ratio"], "pointers")
    a_file("live.json", with_device("sim:8"))
    server.ask("POST", "/reload", b"").expect(409)
    with open(live, "w", encoding="utf-8") as out:
        out.write("{")
    server.ask("POST", "/reload", b"").expect(422)
    os.unlink(live)
    server.ask("POST", "/reload", b"").expect(409)
    tap.same(server.get("/config")["dsp"]["comp"]["ratio"], 4, "the old one lives")
    server.ask("POST", "/reload", "{}").expect(400)


def a_signal_reloads_the_same_way():
    a_file("live.json", changed(ratio=5))
    tap.same(server.order("reload"), "reloaded 0", "outcome")
    a_file("live.json", changed(ratio=0))
    tap.same(server.order("reload").split()[1] == "0", False, "outcome of a bad file")
    tap.true("/dsp/comp/ratio" in of_status("last_error"), "last_error")
    server.wait_for_notice("SIGHUP: ", "configuration refused")


def talking_works_while_the_control_thread_is_busy():
    with rig.Server("--control-ms", "100") as other:
        tap.same(other.order("busy"), "busy", "control thread")
        document = changed(ratio=8)
        reply = other.ask("POST", "/config", json.dumps(document)).expect(503)
        tap.same(reply.headers["retry-after"], "1", "Retry-After")
        other.ask("GET", "/devices").expect(503)
        tap.true(other.post("/ptt", {"channel": 1, "mute": True})["mute"], "muted")
        tap.true(other.get("/status")["channels"]["1"]["mute"], "seen in /status")
        other.get("/vu")
        tap.same(other.order("free"), "free", "control thread")
        # Its loop has gone round once more when it hears the next word.
        tap.same(other.order("busy"), "busy", "control thread")
        tap.same(other.get("/status")["config"]["generation"], 1, "what timed out never ran")


def talking_goes_on_while_configurations_change():
    failures = []

    def post_configurations():
        for i in range(12):
            reply = server.ask("POST", "/config", json.dumps(with_device(4 + 2 * (i % 2))))
            # A busy control thread may refuse; nothing else may happen.
            if reply.status not in (200, 503):
                failures.append(reply.body)

    poster = threading.Thread(target=post_configurations)
    poster.start()
    muted = False
    while poster.is_alive():
        muted = not muted
        state = server.post("/ptt", {"channel": 1, "mute": muted})
        tap.same(state["mute"], muted, "the state asked for")
        server.get("/vu")
    poster.join()
    tap.same(failures, [], "refused configurations")


def a_read_only_file_sends_it_to_the_state_file():
    folder, state_folder = a_file("etc"), a_file("state")
    state = os.path.join(state_folder, "config.json")
    os.mkdir(folder)
    os.mkdir(state_folder)
    path = a_file("etc/config.json", BASE)
    with rig.Server("--config", path, "--state", state_folder) as other:
        # Even root may not create a file in sysfs.
        os.rename(folder, folder + ".away")
        os.symlink("/sys/kernel", folder)
        answer = other.post("/config?save=1", changed(ratio=6))
        tap.same(answer["saved"], state, "saved where")
        config = other.get("/status")["config"]
        tap.same((config["source"], config["path"]), ("state", state), "in /status")
        tap.same(json.loads(content(state))["dsp"]["comp"]["ratio"], 6, "in the file")
        tap.same(other.ask("POST", "/reload", b"").expect(200).document["changed"], [], "reload")


def without_a_file_it_goes_to_the_state_file():
    folder = a_file("first")
    state = os.path.join(folder, "config.json")
    os.mkdir(folder)
    with rig.Server("--state", folder) as other:
        other.post("/config?save=1", with_device("sim:64"), 409)
        tap.true(not os.path.exists(state), "nothing is left of a refused one")
        tap.same(other.post("/config?save=1", changed(ratio=6))["saved"], state, "saved where")


def without_any_file_there_is_nowhere_to_save():
    with rig.Server() as other:
        before = other.get("/config")
        other.post("/config?save=1", changed(ratio=6), 507)
        tap.same(other.get("/config"), before, "nothing was applied")
        other.ask("POST", "/reload", b"").expect(409)


def a_full_disk_keeps_the_old_file():
    full = a_file("full.json", BASE)
    text = content(full)
    with rig.Server("--config", full, "--file-limit", "100") as other:
        other.post("/config?save=1", changed(ratio=6), 507)
        tap.same(content(full), text, "the file")
        tap.same(other.get("/status")["config"]["generation"], 1, "nothing was applied")
        tap.true(other.get("/status")["config"]["last_error"], "last_error")


def what_is_no_file_is_not_waited_for():
    path = a_file("fifo.json", BASE)
    with rig.Server("--config", path) as other:
        for make, unmake in ((os.mkfifo, os.unlink), (os.mkdir, os.rmdir),
                             (lambda name: os.symlink("nowhere", name), os.unlink)):
            if os.path.exists(path):
                os.unlink(path)
            make(path)
            problem = other.post("/config?save=1", changed(ratio=6), 507)
            tap.true(": " in problem["detail"].partition(path)[2] or
                     "no regular file" in problem["detail"], f"the cure in {problem}")
            unmake(path)
        tap.same(other.get("/status")["config"]["generation"], 1, "nothing was applied")


def it_stops_clean():
    tap.same(server.stop(), (0, "stopped"), "exit")


if __name__ == "__main__":
    tap.run(a_dsp_change_restarts_nothing, a_device_change_restarts_its_channel,
            five_faults_have_five_pointers, a_duplicate_key_and_a_shared_device_are_refused,
            a_missing_device_is_a_conflict, what_needs_a_restart_is_refused,
            a_dry_run_changes_nothing, saving_keeps_what_was_left_out,
            a_refused_configuration_leaves_the_file_as_it_was, reload_reads_the_file,
            a_signal_reloads_the_same_way, talking_works_while_the_control_thread_is_busy,
            talking_goes_on_while_configurations_change,
            a_read_only_file_sends_it_to_the_state_file,
            without_a_file_it_goes_to_the_state_file,
            without_any_file_there_is_nowhere_to_save, a_full_disk_keeps_the_old_file,
            what_is_no_file_is_not_waited_for, it_stops_clean)
