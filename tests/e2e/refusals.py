# SPDX-License-Identifier: MIT
"""What the program refuses, how it says so, and that what was live stays live."""
import json
import signal
import socket

import tap
from service import (PAIRS, PATIENCE_S, Problem, Service, config, folder, plain_environment,
                     program, wait_for)

THREE = {key: PAIRS[key] for key in "123"}


def five_faults():
    """(a document with five faults, their pointers)"""
    broken = config(surprise=1)
    broken["blocksize"] = 15
    broken["dsp"]["comp"]["ratio"] = "two"
    broken["dsp"]["limiter"]["ceiling_db"] = 3
    broken["logical_channels"]["4"]["output_device_id"] = 3
    return broken, sorted(["/surprise", "/blocksize", "/dsp/comp/ratio", "/dsp/limiter/ceiling_db",
                           "/logical_channels/4/output_device_id"])


def check_untouched(service, before):
    """Same generation, every channel still runs the stream it ran before."""
    after = service.get("/status")
    tap.same(after["config"]["generation"], before["config"]["generation"], "generation")
    tap.same(after["device_map"], before["device_map"], "device map")
    tap.same({key: channel["state"] for key, channel in after["channels"].items()},
             {key: "running" for key in before["channels"]}, "states")
    return after


def five_faults_are_listed_at_once():
    with Service(config()) as service:
        before = service.await_running()
        broken, pointers = five_faults()
        problem = service.refused("/config", broken)
        tap.same(problem.status, 422, "status")
        tap.same(problem.pointers(), pointers, "pointers")
        check_untouched(service, before)
        service.end_well()


def a_device_that_cannot_be_opened_changes_nothing():
    simulation = {"cards": {"8": {"absent": True}}}
    with Service(config(pairs=THREE), simulation) as service:
        before = service.await_running()
        problem = service.refused("/config", config(pairs=dict(THREE, **{"3": (5, 8)})))
        tap.same(problem.status, 409, "status")
        tap.same(problem.pointers(), ["/logical_channels/3/output_device_id"], "pointers")
        check_untouched(service, before)
        service.end_well()


def a_refused_file_leaves_the_old_one_live():
    with Service(config()) as service:
        before = service.await_running()
        broken, pointers = five_faults()
        service.write(broken)
        service.process.send_signal(signal.SIGHUP)
        status = service.await_status(lambda status: status["config"]["last_error"],
                                      "the refusal shows in /status")
        check_untouched(service, before)
        tap.true(status["config"]["last_error"], "no last_error")
        for pointer in pointers:
            service.await_line("onfiguration refused.*" + pointer)
        service.write('{"blocksize": 512 // the usual')
        service.process.send_signal(signal.SIGHUP)
        service.await_line("onfiguration refused.*comment")
        service.write(config(dsp={"comp": {"ratio": 3.0}}))
        service.process.send_signal(signal.SIGHUP)
        status = service.await_status(lambda status: status["config"]["generation"] == 2,
                                      "the mended file is live")
        tap.same(status["config"]["last_error"], None, "last_error")
        service.end_well()


def a_broken_configuration_does_not_start():
    broken, pointers = five_faults()
    with folder() as path:
        (path / "config.json").write_text(json.dumps(broken), encoding="utf-8")
        for extra in ([], ["--check"]):
            done = program("run", "--simulate", "--port", "0", "--config",
                           str(path / "config.json"), *extra)
            tap.same(done.returncode, 1 if extra else 78, "exit code")
            missing = [p for p in pointers if p + ": " not in done.stderr]
            tap.same(missing, [], f"pointers that are not in {done.stderr}")


def a_port_in_use_is_said_in_one_sentence():
    with folder() as path, socket.create_server(("127.0.0.1", 0)) as other:
        (path / "config.json").write_text(json.dumps(config()), encoding="utf-8")
        port = other.getsockname()[1]
        done = program("run", "--simulate", "--config", str(path / "config.json"),
                       "--port", str(port))
        tap.same(done.returncode, 1, "exit code")
        tap.true(f"{port}" in done.stderr and "in use" in done.stderr, done.stderr)


def a_token_that_cannot_be_read_does_not_leave_the_door_open():
    with folder() as path:
        made = config(http={"token_file": str(path / "token")})
        (path / "config.json").write_text(json.dumps(made), encoding="utf-8")
        for content in (None, "", "\n", "two words\n", "bell\x07", "zero\0", "x" * 600):
            if content is not None:
                (path / "token").write_text(content, encoding="utf-8")
            done = program("run", "--simulate", "--port", "0", "--config",
                           str(path / "config.json"))
            tap.same(done.returncode, 78, f"exit code with a token of {content!r:.20}")
            tap.true(str(path / "token") in done.stderr, done.stderr)


def a_token_is_asked_for_wherever_it_came_from():
    with folder() as path:
        (path / "api-token").write_text(" secret-1\n", encoding="utf-8")
        (path / "file").write_text("secret-2", encoding="utf-8")
        credentials = plain_environment(CREDENTIALS_DIRECTORY=str(path))
        by_file = config(http={"token_file": str(path / "file")})
        for made, secret in ((config(), "secret-1"), (by_file, "secret-2")):
            with Service(made, environment=credentials) as service:
                tap.same(service_status(service, None), 401, "without a token")
                tap.same(service_status(service, "wrong"), 401, "with a wrong one")
                tap.same(service_status(service, secret), 200, "with the right one")
                service.end_well()


def under_a_manager_the_audio_runs_without_a_token():
    with folder() as path, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path / "notify"))
        manager.settimeout(PATIENCE_S)
        secret = path / "token"
        managed = plain_environment(NOTIFY_SOCKET=str(path / "notify"))
        with Service(config(http={"token_file": str(secret)}), environment=managed) as service:
            while b"4/4 channels running" not in manager.recv(65536):
                pass
            for token in (None, "", "wrong"):
                tap.same(service_status(service, token), 401, "nobody gets in")
            service.await_line(f"every request to the API is refused until a reload: .*{secret}")
            secret.write_text("found", encoding="utf-8")
            secret.chmod(0o600)
            service.process.send_signal(signal.SIGHUP)
            service.await_line("the API asks for a new token")
            bearer = {"Authorization": "Bearer found"}
            wait_for(lambda: service.ask("GET", "/status", headers=bearer)["state"] == "running",
                     "it is healthy")
            service.end_well()


def a_rotated_token_takes_effect_at_a_reload():
    with folder() as path:
        secret = path / "token"
        secret.write_text("first", encoding="utf-8")
        secret.chmod(0o640)
        for ask in ("POST", "SIGHUP"):
            with Service(config(http={"token_file": str(secret)})) as service:
                first = secret.read_text(encoding="utf-8")
                second = first + "-" + ask
                tap.same([line for line in service.said() if "other users" in line], [], "warned")
                secret.write_text(second, encoding="utf-8")
                secret.chmod(0o644)
                tap.same(service_status(service, first), 200, "the old one until a reload")
                if ask == "POST":
                    service.ask("POST", "/reload", headers={
                        "Authorization": f"Bearer {first}", "Content-Length": "0"})
                else:
                    service.process.send_signal(signal.SIGHUP)
                service.await_line("the API asks for a new token")
                service.await_line(f"other users can read the token in {secret}: chmod 640 it")
                tap.same((service_status(service, first), service_status(service, second)),
                         (401, 200), "the new one from then on")
                for broken in ("", "two words", None):
                    if broken is None:
                        secret.unlink()
                    else:
                        secret.write_text(broken, encoding="utf-8")
                    try:
                        service.ask("POST", "/reload", headers={
                            "Authorization": f"Bearer {second}", "Content-Length": "0"})
                        raise AssertionError("a reload without a token was taken")
                    except Problem as problem:
                        tap.true(str(secret) in problem.document["detail"], str(problem))
                    tap.same((service_status(service, None), service_status(service, second)),
                             (401, 200), f"the API after {broken!r}")
                secret.write_text(second, encoding="utf-8")
                secret.chmod(0o600)
                service.end_well()


def service_status(service, token):
    """HTTP status of GET /status with this token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        service.ask("GET", "/status", headers=headers)
        return 200
    except Problem as problem:
        return problem.status


def wrong_usage_is_explained():
    for arguments, word in ((["run", "--prot", "1"], "--prot"),
                            (["run", "--port", "65536"], "65536"),
                            (["run", "--bind", "localhost"], "IPv4"), (["rnu"], '"run"'),
                            (["frobnicate"], "--help"), ([], "COMMAND"), (["run", "now"], "run"),
                            (["run", "--config"], "--config")):
        done = program(*arguments)
        tap.same(done.returncode, 2, f"exit code of {arguments}")
        tap.true(word in done.stderr, f"{arguments}: {done.stderr}")
        tap.same(done.stdout, "", f"stdout of {arguments}")


if __name__ == "__main__":
    tap.run(five_faults_are_listed_at_once,
            a_device_that_cannot_be_opened_changes_nothing,
            a_refused_file_leaves_the_old_one_live,
            a_broken_configuration_does_not_start,
            a_port_in_use_is_said_in_one_sentence,
            a_token_that_cannot_be_read_does_not_leave_the_door_open,
            a_token_is_asked_for_wherever_it_came_from,
            under_a_manager_the_audio_runs_without_a_token,
            a_rotated_token_takes_effect_at_a_reload,
            wrong_usage_is_explained)
