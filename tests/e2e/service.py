# SPDX-License-Identifier: MIT
"""The real program as a test sees it: started on simulated cards and any free port, asked over
HTTP, ended by a signal.

    with Service(config(...), simulation={...}) as service:
        service.get("/status")

Every wait is for an event, with a deadline that only a failing test reaches.
"""
import contextlib
import copy
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import starvation
import tap

PROGRAM = os.environ["MCA_PROGRAM"]
PATIENCE_S = 60
# The example: four channels on eight cards.
PAIRS = {"1": (1, 3), "2": (2, 4), "3": (5, 6), "4": (7, 8)}
# Long blocks let a busy machine keep up in real time.
CALM_BLOCK = 4096


def config(block=CALM_BLOCK, pairs=None, dsp=None, **more):
    """A configuration document on integer ids."""
    document = {
        "sample_rate": 44100, "sample_format": "int16", "channels": 2, "blocksize": block,
        "logical_channels": {key: {"input_device_id": a, "output_device_id": b}
                             for key, (a, b) in (pairs or PAIRS).items()},
        "dsp": dsp or {"comp": {"ratio": 2.0, "threshold_db": -20.0, "attack_ms": 10.0,
                                "release_ms": 100.0},
                       "limiter": {"ceiling_db": -3.0, "release_ms": 8.0}}}
    document.update(copy.deepcopy(more))
    return document


def program(*arguments, environment=None, timeout=PATIENCE_S):
    """Runs the program to its end."""
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=timeout, env=environment or plain_environment())


def plain_environment(**more):
    """The environment without what a service manager would have put there."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "STATE_DIRECTORY",
                            "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR", "CREDENTIALS_DIRECTORY",
                            "JOURNAL_STREAM")}
    kept.update(more)
    return kept


@contextlib.contextmanager
def folder():
    """A fresh folder that is gone afterwards."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="mca-e2e-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def wait_for(condition, what):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain until {what}")
        time.sleep(0.02)


class Problem(Exception):
    """An answer that is not 200."""

    def __init__(self, status, document):
        super().__init__(f"{status}: {document}")
        self.status, self.document = status, document

    def pointers(self):
        return sorted(fault["pointer"] for fault in self.document["errors"])


class Service:
    """`run` in a folder of its own, from start to end."""

    block_s, watch = 1.0, None

    def __init__(self, document, simulation=None, arguments=(), environment=None):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mca-e2e-"))
        self.config = self.path / "config.json"
        self.write(document)
        self.arguments = ["run", "--simulate", "--port", "0", "--config", str(self.config)]
        if simulation is not None:
            cards = self.path / "simulation.json"
            cards.write_text(json.dumps(simulation), encoding="utf-8")
            self.arguments += ["--simulation", str(cards)]
        self.arguments += arguments
        self.environment = environment or plain_environment()
        self.lines, self.heard = [], threading.Condition()
        self.process = self.reader = self.port = None

    def write(self, document):
        """Puts a configuration into the service's file."""
        text = document if isinstance(document, str) else json.dumps(document)
        self.config.write_text(text, encoding="utf-8")
        found = re.search(r'"blocksize": (\d+)', text), re.search(r'"sample_rate": (\d+)', text)
        self.block_s = int(found[0][1]) / int(found[1][1]) if all(found) else 1.0

    def begin(self):
        """Starts it and waits for nothing."""
        # A relative path of a configuration means this folder.
        self.process = subprocess.Popen([PROGRAM, *self.arguments], cwd=self.path,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, errors="replace",
                                        env=self.environment)
        self.reader = threading.Thread(target=self._listen)
        self.reader.start()
        # A channel must run within each of its blocks, the main thread within its deadlines.
        self.watch = starvation.Watch(self.process.pid, {"main thread": 1.0}, self.block_s)
        tap.excuse(starvation.excuse(self.watch, self.said))

    def __enter__(self):
        self.begin()
        try:
            self.port = int(self.await_line(r"listening on http://[0-9.]+:(\d+)$")[1])
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        if self.watch:
            self.watch.stop()
        self.process.stderr.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def _listen(self):
        for line in self.process.stderr:
            with self.heard:
                self.lines.append(line.rstrip("\n"))
                self.heard.notify_all()
        with self.heard:
            self.lines.append(None)
            self.heard.notify_all()

    def said(self):
        """Everything on stderr so far."""
        with self.heard:
            return [line for line in self.lines if line is not None]

    def await_line(self, pattern):
        """The first line of stderr, old or new, that matches."""
        def find():
            return next(filter(None, (re.search(pattern, line) for line in self.lines
                                      if line is not None)), None)
        with self.heard:
            self.heard.wait_for(lambda: find() or None in self.lines, PATIENCE_S)
            found = find()
        if not found:
            raise AssertionError("no line matches " + pattern + " in:\n" + "\n".join(self.said()))
        return found

    def ask(self, method, path, document=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        body = None if document is None else json.dumps(document)
        headers = dict(headers or {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8")
        finally:
            connection.close()
        if answer.status != 200:
            raise Problem(answer.status, json.loads(text))
        return json.loads(text)

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, document):
        return self.ask("POST", path, document)

    def refused(self, path, document):
        """Posts what must be refused; returns the problem."""
        try:
            answer = self.post(path, document)
        except Problem as problem:
            return problem
        raise AssertionError(f"{path} took what it must refuse: {answer}")

    def await_status(self, condition, what):
        """GET /status until it is so; returns it."""
        def asked():
            status = self.get("/status")
            return status if condition(status) else None
        return wait_for(asked, what)

    def await_running(self):
        return self.await_status(lambda status: status["state"] == "running"
                                 and all(channel["state"] == "running"
                                         for channel in status["channels"].values()),
                                 "every channel runs")

    def end(self, number=signal.SIGTERM):
        """Sends a signal (None: it ends by itself) and returns the exit code, all files written."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        return code

    def end_well(self, number=signal.SIGTERM):
        """The same; anything but exit code 0 fails and shows what was said."""
        code = self.end(number)
        if code:
            raise AssertionError(f"exit code {code}:\n" + "\n".join(self.said()))
