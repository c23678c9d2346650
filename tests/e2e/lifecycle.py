# SPDX-License-Identifier: MIT
"""From start to end: what is said when, which threads there are, and how it goes."""
import os
import pathlib
import re
import shutil
import signal
import socket
import time

import sound
import tap
from changes import begin, check_calm, repeated, service_on, sound_of
from service import PATIENCE_S, Service, config, folder, plain_environment, program, wait_for

# The whole list; a thread with another name has no business here.
THREADS = {"mission-control": 1, "mca-ch-1": 1, "mca-ch-2": 1, "mca-ch-3": 1, "mca-ch-4": 1,
           "mca-opener": 1, "mca-keeper": 2, "mca-http": 1,
           "civetweb-master": 1, "civetweb-worker": None}


class Manager:
    """A service manager that listens."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path / "notify"))
        self.socket.settimeout(PATIENCE_S)
        self.environment = plain_environment(NOTIFY_SOCKET=str(path / "notify"))

    def await_message(self, pattern):
        """The first message from now on with a line like this."""
        while True:
            try:
                message = self.socket.recv(65536).decode()
            except socket.timeout:
                raise AssertionError("no message said " + pattern) from None
            found = re.search(pattern, message, re.M)
            if found:
                return message, found


def the_example_runs_and_its_meters_move():
    with folder() as path:
        example = pathlib.Path(__file__).resolve().parents[2] / "config.example.json"
        shutil.copy(example, path / "example.json")
        with Service((path / "example.json").read_text(encoding="utf-8")) as service:
            status = service.await_running()
            tap.same(sorted(status["channels"]), ["1", "2", "3", "4"], "channels")
            tap.same(status["blocksize"], 512, "block size")
            seen = {key: set() for key in status["channels"]}

            def move():
                levels = service.get("/vu")["vu_dbfs"]
                for key, level in levels.items():
                    tap.true(-60.0 <= level <= 0.0, f"channel {key} reads {level}")
                    seen[key].add(level)
                return all(len(values) >= 3 for values in seen.values()) and \
                    len(set(levels.values())) == 4
            wait_for(move, "four meters move and differ")
            service.end_well()


def a_check_touches_no_file_of_a_running_service():
    with folder() as path:
        sink = path / "out.wav"
        sink.write_bytes(b"what a running service wrote")
        made = config(simulation={"cards": {"3": {"sink": {"type": "wav", "file": str(sink)}}}})
        with Service(config()) as service:
            service.write(made)
            done = program("run", "--check", "--simulate", "--config", str(service.config))
            tap.same(done.returncode, 0, f"exit code ({done.stderr})")
        tap.same(sink.read_bytes(), b"what a running service wrote", "the file")


def a_check_names_every_device_that_is_not_there():
    with Service(config()) as service:
        service.write(config(pairs={"1": (1, 99), "2": (77, 4)}))
        done = program("run", "--check", "--simulate", "--config", str(service.config))
        tap.same(done.returncode, 1, "exit code")
        for pointer in ("/logical_channels/1/output_device_id: ",
                        "/logical_channels/2/input_device_id: "):
            tap.true(pointer in done.stderr, done.stderr)


def the_threads_are_those_of_the_list_and_no_others():
    with Service(config()) as service:
        service.await_running()
        service.get("/vu")
        found = {}
        for task in pathlib.Path(f"/proc/{service.process.pid}/task").iterdir():
            name = (task / "comm").read_text(encoding="utf-8").strip()
            found[name] = found.get(name, 0) + 1
        # A sanitizer's own thread has the name of the program and is not ours to count.
        expect = dict(THREADS, **{"civetweb-worker": found.get("civetweb-worker", 0)})
        if os.environ.get("MCA_SANITIZED"):
            expect["mission-control"] = found["mission-control"]
        tap.same(found, expect, "thread names")
        tap.true(found["civetweb-worker"] >= 64, "slow clients could block so few HTTP workers")
        service.end_well()


def the_manager_hears_every_step():
    with folder() as path:
        manager = Manager(path)
        with Service(config(), environment=manager.environment) as service:
            message, _ = manager.await_message("^READY=1$")
            tap.true("STATUS=" in message, f"no status with {message!r}")
            if "STATUS=4/4" not in message:
                manager.await_message("^STATUS=4/4 channels running, [0-9]+ xruns?")
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            service.process.send_signal(signal.SIGHUP)
            message, _ = manager.await_message("^RELOADING=1$")
            said = int(re.search(r"^MONOTONIC_USEC=(\d+)$", message, re.M)[1])
            after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            tap.true(before <= said <= after, f"{before} <= {said} <= {after}")
            manager.await_message("^READY=1$")
            service.write("{")
            service.process.send_signal(signal.SIGHUP)
            manager.await_message("^RELOADING=1$")
            manager.await_message("^READY=1$")
            tap.true(service.get("/status")["config"]["last_error"], "the reload was not refused")
            service.write(config())
            service.ask("POST", "/reload", headers={"Content-Length": "0"})
            message, _ = manager.await_message("^RELOADING=1$")
            tap.true("MONOTONIC_USEC=" in message, f"no time with {message!r}")
            manager.await_message("^READY=1$")
            service.process.send_signal(signal.SIGTERM)
            manager.await_message("^STOPPING=1$")
            service.end_well(None)


def the_watchdog_is_fed_while_all_channels_run():
    with folder() as path:
        manager = Manager(path)
        manager.environment["WATCHDOG_USEC"] = "900000"
        with Service(config(512), environment=manager.environment) as service:
            for _ in range(3):
                manager.await_message("^WATCHDOG=1$")
            service.end_well()


@repeated
def the_end_is_a_fade():
    for number in (signal.SIGTERM, signal.SIGINT):
        with service_on(sound.level(sound.QUIET), block=1024) as service:
            begin(service)
            check_calm(service)
            told = time.monotonic()
            service.end_well(number)
            tap.say(f"{number.name} to exit: {(time.monotonic() - told) * 1000:.0f} ms")
            for card in (3, 4, 6, 8):
                samples, first, _ = sound_of(service, card)
                tap.same(samples[-1], 0, f"card {card}: last sample")
                # A raised cosine of 5 ms falls by at most 14.3 a frame, a bare end by 2000.
                steepest = sound.steepest(samples, first, len(samples))
                tap.true(steepest <= 16, f"card {card}: a step of {steepest}")


def a_second_start_finds_nothing_in_its_way():
    with folder() as path:
        made = config(http={"bind": "127.0.0.1", "port": 0})
        for _ in range(2):
            with Service(made) as service:
                service.await_running()
                service.end_well()
        tap.same(list(path.iterdir()), [], "files left")


if __name__ == "__main__":
    tap.run(the_example_runs_and_its_meters_move,
            a_check_touches_no_file_of_a_running_service,
            a_check_names_every_device_that_is_not_there,
            the_threads_are_those_of_the_list_and_no_others,
            the_manager_hears_every_step,
            the_watchdog_is_fed_while_all_channels_run,
            the_end_is_a_fade,
            a_second_start_finds_nothing_in_its_way)
