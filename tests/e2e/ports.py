# SPDX-License-Identifier: MIT
"""The port of the API: held before anything else is touched, waited for, restarted; and who may
reach it without a token."""
import pathlib
import signal
import socket
import time

import stopped
import tap
from lifecycle import Manager
from service import Problem, Service, config, folder, plain_environment, program, wait_for


def sinks(path):
    """Simulated cards that write what they play."""
    return {"cards": {str(card): {"sink": {"type": "wav", "file": str(path / f"{card}.wav")}}
                      for card in (3, 4, 6, 8)}}


def sizes(path):
    return [(path / f"{card}.wav").stat().st_size for card in (3, 4, 6, 8)]


def frames_move(path):
    """The sinks grow: the audio runs."""
    before = sizes(path)
    wait_for(lambda: all(now > then for now, then in zip(sizes(path), before)),
             "every sink grows")


def a_second_instance_touches_nothing():
    with folder() as path:
        with Service(config(), sinks(path)) as service:
            service.await_running()
            frames_move(path)
            before = sizes(path)
            done = program("run", "--config", str(service.config), "--simulation",
                           str(service.path / "simulation.json"), "--port", str(service.port))
            tap.same(done.returncode, 1, f"exit code ({done.stderr})")
            tap.true(f"port {service.port} is in use" in done.stderr, done.stderr)
            tap.true("Channel" not in done.stderr, f"no channel was opened: {done.stderr}")
            tap.true(all(now >= then for now, then in zip(sizes(path), before)),
                     f"no file was emptied: {before}, {sizes(path)}")
            frames_move(path)
            status = service.await_running()
            tap.same(status["xruns"], 0, "xruns of the first instance")
            service.end_well()
        for card in (3, 4, 6, 8):
            tap.same((path / f"{card}.wav").read_bytes()[:4], b"RIFF", f"file of card {card}")


class Early(Service):
    """Does not wait until it listens."""

    def __init__(self, port, *arguments, **more):
        super().__init__(*arguments, **more)
        self.arguments += ["--port", str(port)]

    def __enter__(self):
        self.begin()
        return self


def a_taken_port_is_waited_for_under_a_manager():
    with folder() as path:
        manager = Manager(path)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            service = Early(port, config(), sinks(path), environment=manager.environment)
            with service:
                service.await_line(f"the audio runs without the HTTP API: port {port} is in use")
                message, _ = manager.await_message("^STATUS=4/4 channels running.*in use")
                tap.true("ss -ltnp" in message, f"the cure in {message!r}")
                frames_move(path)
                tap.same(sum("without the HTTP API" in line for line in service.said()), 1,
                         "lines about it")
                taken.close()
                service.await_line(rf"listening on http://127.0.0.1:{port}$")
                service.port = port
                status = service.await_running()
                tap.same((status["reasons"], status["xruns"]), ([], 0), "reasons, xruns")
                manager.await_message("^STATUS=4/4 channels running, [0-9]+ xruns?($|; not real)")
                service.end_well()


def a_taken_port_does_not_delay_the_end():
    with folder() as path, socket.create_server(("127.0.0.1", 0)) as taken:
        manager = Manager(path)
        port = taken.getsockname()[1]
        with Early(port, config(), environment=manager.environment) as service:
            service.await_line("without the HTTP API")
            manager.await_message("^READY=1$")
            begin = time.monotonic()
            service.end_well(signal.SIGTERM)
            tap.say(f"SIGTERM to exit: {(time.monotonic() - begin) * 1000:.0f} ms")


def undisturbed(service, work):
    """Runs work, and no channel starts again or loses a frame meanwhile."""
    before = service.await_running()
    work()
    after = service.await_running()
    tap.same((after["xruns"], after["config"]["generation"]),
             (before["xruns"], before["config"]["generation"]), "xruns, generation")
    tap.same(sum(" runs: " in line for line in service.said()), 4, "starts of channels")


def a_server_that_stopped_listening_is_restarted():
    with folder() as path, Service(config(), sinks(path)) as service:
        def deafen():
            with stopped.listening_socket(service.process.pid, service.port) as listening:
                listening.shutdown(socket.SHUT_RD)
            service.await_line("the HTTP server had stopped listening and is restarted")
            service.await_line("listening again on http://127.0.0.1:")
        undisturbed(service, deafen)
        tap.same(service.get("/status")["reasons"], [], "reasons")
        service.end_well()


def a_server_that_does_not_answer_is_restarted():
    with folder() as path, Service(config(), sinks(path)) as service:
        def stop_accepting():
            with stopped.thread(service.process.pid, "civetweb-master") as await_death:
                service.await_line("the HTTP server did not answer and is restarted")
                service.await_line("listening again on http://127.0.0.1:")
                tap.same(service.get("/healthz"), {"status": "ok"}, "answer of the new one")
                frames_move(path)
                # The old one still hangs: the end does not wait for it.
                begin = time.monotonic()
                service.process.send_signal(signal.SIGTERM)
                await_death()
                service.end_well(None)
                tap.say(f"SIGTERM to exit: {(time.monotonic() - begin) * 1000:.0f} ms")
        stop_accepting()
        for card in (3, 4, 6, 8):
            tap.same((path / f"{card}.wav").read_bytes()[:4], b"RIFF", f"file of card {card}")


def run_to_its_end(document, *arguments, environment=None):
    """Exit code and stderr of a service that must refuse to start."""
    with folder() as path:
        file = path / "config.json"
        service = Service(document)
        service.write(document)
        file.write_bytes(service.config.read_bytes())
        done = program("run", "--simulate", "--port", "0", "--config", str(file), *arguments,
                       environment=environment)
        service.config.unlink()
        service.path.rmdir()
        return done.returncode, done.stderr


def other_machines_need_a_token():
    everywhere = config(http={"bind": "0.0.0.0"})
    for document, arguments in ((everywhere, ()), (config(), ("--bind", "0.0.0.0")),
                                (everywhere, ("--check",)), (config(), ("--bind", "10.0.0.1"))):
        code, said = run_to_its_end(document, *arguments)
        tap.same(code, 2, f"exit code ({said})")
        for cure in ("http.token_file", "LoadCredential=api-token", "127.0.0.1",
                     "http.allow_anonymous"):
            tap.true(cure in said, f"{cure} in {said}")
        tap.true("Channel" not in said and "listening" not in said, said)


def warnings(service):
    return [line for line in service.said() if "the API asks for no token" in line]


def whoever_asks_for_it_gets_an_open_api():
    with Service(config(http={"bind": "0.0.0.0", "allow_anonymous": True})) as service:
        tap.true(service.await_running()["api_open"], "api_open")
        tap.same(len(warnings(service)), 1, f"warnings in {service.said()}")
        tap.true("everybody who reaches this machine" in warnings(service)[0],
                 str(service.said()))
        service.end_well()


def on_loopback_one_line_warns():
    with Service(config()) as service:
        tap.true(service.await_running()["api_open"], "api_open")
        tap.same(len(warnings(service)), 1, f"warnings in {service.said()}")
        tap.true("every user of this machine" in warnings(service)[0], str(warnings(service)))
        service.end_well()


def ask_with(service, token):
    return service.ask("GET", "/status", headers={"Authorization": f"Bearer {token}"})


def a_token_closes_the_api():
    with folder() as path:
        (path / "api-token").write_text("s3cret\n", encoding="utf-8")
        (path / "api-token").chmod(0o600)
        credential = plain_environment(CREDENTIALS_DIRECTORY=str(path))
        with_file = {"bind": "0.0.0.0", "token_file": str(path / "api-token")}
        for document, environment in ((config(http=with_file), plain_environment()),
                                      (config(http={"bind": "0.0.0.0"}), credential),
                                      (config(), credential)):
            with Service(document, environment=environment) as service:
                tap.same(ask_with(service, "s3cret")["api_open"], False, "api_open")
                tap.true(not any("token" in line for line in service.said()), str(service.said()))
                tap.same(service.get("/healthz"), {"status": "ok"}, "/healthz without a token")
                for token in ("", "other"):
                    try:
                        ask_with(service, token)
                        raise AssertionError(f"the token {token!r} opens /status")
                    except Problem as problem:
                        tap.same(problem.status, 401, "status")
                service.end_well()


if __name__ == "__main__":
    tap.run(a_second_instance_touches_nothing, a_taken_port_is_waited_for_under_a_manager,
            a_taken_port_does_not_delay_the_end,
            a_server_that_stopped_listening_is_restarted,
            a_server_that_does_not_answer_is_restarted, other_machines_need_a_token,
            whoever_asks_for_it_gets_an_open_api, on_loopback_one_line_warns,
            a_token_closes_the_api)
