# SPDX-License-Identifier: MIT
"""Nobody reads: the journal's socket, the service manager's and stderr are full from the start, and
the program does everything it does else. It plays in a mount namespace of its own."""
import ctypes
import os
import pathlib
import select
import signal
import socket
import subprocess
import time

import tap
from service import PATIENCE_S, PROGRAM, Problem, Service, config, plain_environment, wait_for

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x00020000, 16384, 1 << 18
JOURNAL = "/run/systemd/journal/socket"


def in_own_mounts(play):
    """Runs play() in a child that has a /run of its own."""
    child = os.fork()
    if child == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        code = 1
        try:
            if libc.unshare(CLONE_NEWNS) or \
                    libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) or \
                    libc.mount(b"none", b"/run", b"tmpfs", 0, None):
                code = 77
            else:
                play()
                code = 0
        except BaseException as error:  # pylint: disable=broad-except
            print("# " + str(error).replace("\n", "\n# "), flush=True)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 77:
        raise tap.Skip("no mount namespace to be had here (not root)")
    tap.same(code, 0, "exit code of the child")


def full_socket(path):
    """A datagram socket whose queue is full."""
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    reader = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    reader.bind(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        try:
            while True:
                sender.sendto(b"FILLER=1\n", path)
        except BlockingIOError:
            pass
    return reader


def full_pipe():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    return reader, writer


def await_in(reader, wanted):
    """Reads datagrams or bytes until all of `wanted` were in them."""
    missing, text = set(wanted), ""
    while missing:
        readable, _, _ = select.select([reader], [], [], PATIENCE_S)
        tap.true(readable, f"{missing} does not come, only {text[-300:]!r}")
        text = text[-300:] + os.read(reader, 65536).decode(errors="replace")
        missing -= {line for line in missing if line in text}


class DeafService(Service):
    """Its stderr is given, so its port has to be, too."""

    def __init__(self, stderr, environment):
        super().__init__(config(), environment=environment)
        self.stderr = stderr
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.arguments[self.arguments.index("--port") + 1] = str(self.port)

    def __enter__(self):
        self.process = subprocess.Popen([PROGRAM, *self.arguments], cwd=self.path,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=self.stderr, env=self.environment)
        wait_for(self.answers, "the API answers")
        return self

    def answers(self):
        tap.same(self.process.poll(), None, "exit code of a program that should run")
        try:
            return self.get("/healthz")
        except (OSError, Problem):  # not yet listening, or 503 while it starts
            return None

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)


def use(service):
    """Everything that makes a line for the log."""
    service.await_running()
    for mute in (True, False) * 3:
        tap.same(service.post("/ptt", {"channel": 1, "mute": mute})["mute"], mute, "mute")
    service.write('{"blocksize": 1}')
    service.process.send_signal(signal.SIGHUP)
    service.await_status(lambda status: status["config"]["last_error"], "the reload is refused")
    wait_for(lambda: service.get("/vu")["seq"] > 0, "meters move")


def end_in_time(service):
    service.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    tap.same(service.process.wait(PATIENCE_S), 0, "exit code")
    print(f"# ended after {time.monotonic() - began:.2f} s")


def deaf_environment(stderr, is_journal):
    status = os.fstat(stderr)
    more = {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "3000000"}
    if is_journal:
        more["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
    return plain_environment(**more)


def play_sockets(resume):
    journal, manager = full_socket(JOURNAL), full_socket("/run/notify")
    reader, writer = os.pipe()
    with DeafService(writer, deaf_environment(writer, True)) as service:
        use(service)
        if resume:
            await_in(manager.fileno(), ["READY=1", "WATCHDOG=1"])
            await_in(journal.fileno(), ["log lines were lost because the journal did not read"])
        end_in_time(service)
    os.close(writer)
    tap.same(os.read(reader, 4096), b"", "stderr")


def sockets_that_nobody_reads_stop_nothing():
    in_own_mounts(lambda: play_sockets(False))


def what_was_lost_is_said_when_the_readers_resume():
    in_own_mounts(lambda: play_sockets(True))


def play_pipe(resume):
    reader, writer = full_pipe()
    with DeafService(writer, plain_environment()) as service:
        use(service)
        if resume:
            await_in(reader, ["log lines were lost because stderr was not read"])
        end_in_time(service)
    os.close(writer)
    os.close(reader)


def a_full_stderr_stops_nothing():
    play_pipe(False)


def what_stderr_lost_is_said_when_it_is_read():
    play_pipe(True)


if __name__ == "__main__":
    tap.run(sockets_that_nobody_reads_stop_nothing,
            what_was_lost_is_said_when_the_readers_resume,
            a_full_stderr_stops_nothing,
            what_stderr_lost_is_said_when_it_is_read)
