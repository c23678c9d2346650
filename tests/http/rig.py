# SPDX-License-Identifier: MIT
"""A server under test and raw sockets to it: what arrives is exactly what was written."""
import json
import os
import queue
import socket
import subprocess
import threading

SERVER = os.environ["MCA_TEST_SERVER"]
PATIENCE = 60  # seconds until a test gives up; no assertion is about time


# Time limits that a busy machine cannot meet by accident; a later option overrides them.
GENEROUS = ["--threads", "96", "--head-ms", "60000", "--idle-ms", "60000", "--body-ms", "60000",
            "--control-ms", "60000"]


class Server:
    """The test server as a child. Its notices and other lines are kept in the order they came."""

    def __init__(self, *options):
        self.child = subprocess.Popen([SERVER, *GENEROUS, *options], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        self.notices = []
        threading.Thread(target=self._listen, daemon=True).start()
        word, _, rest = self.next_line().partition(" ")
        self.failure = rest if word == "failed" else None
        self.port = int(rest) if word == "port" else 0

    def _listen(self):
        for line in self.child.stdout:
            if line.startswith("notice "):
                self.notices.append(line.strip())
            else:
                self.lines.put(line.strip())
        self.lines.put("")

    def next_line(self):
        return self.lines.get(timeout=PATIENCE)

    def order(self, word):
        """Tell the control thread something and wait for its word."""
        self.child.stdin.write(word + "\n")
        self.child.stdin.flush()
        return self.next_line()

    def wait_for_notice(self, *parts):
        """All parts in one notice, which may be the summary of a second."""
        while not any(all(part in notice for part in parts) for notice in list(self.notices)):
            if self.child.poll() is not None:
                raise AssertionError(f"no notice with {parts!r} in {self.notices}")
            self.ask("GET", "/healthz")

    def stop(self):
        """End it; the exit code, and whether it said that everything was freed."""
        self.child.stdin.close()
        code = self.child.wait(timeout=PATIENCE)
        last = self.next_line()
        self.child.stdout.close()
        return code, last

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.stop()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def raw(self, data):
        """Send bytes over a connection of its own, read until the server closes."""
        with self.connect() as link:
            return talk(link, data)

    def ask(self, method, path, body=None, headers=(), version="1.1"):
        """One well-formed request."""
        return Reply(self.raw(request(method, path, body, headers, version)), method)

    def get(self, path):
        return self.ask("GET", path).expect(200).document

    def post(self, path, document, status=200):
        return self.ask("POST", path, json.dumps(document)).expect(status).document


def request(method, path, body=None, headers=(), version="1.1"):
    """Bytes of a request that asks for its connection to be closed; headers replace defaults."""
    lines = {"Host": "localhost", "Connection": "close"}
    if body is not None:
        body = body if isinstance(body, bytes) else body.encode()
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= dict(headers)
    head = "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v is not None)
    return f"{method} {path} HTTP/{version}\r\n{head}\r\n".encode() + (body or b"")


def talk(link, data):
    """Write (the server may stop listening in the middle), then read to the end."""
    try:
        link.sendall(data)
    except OSError:
        pass
    return read_all(link)


def read_all(link):
    received = b""
    while True:
        try:
            part = link.recv(65536)
        except ConnectionResetError:
            return received
        if not part:
            return received
        received += part


class Reply:
    """One response, taken from the front of the bytes; the rest stays in `left`."""

    def __init__(self, data, method="GET"):
        head, found, rest = data.partition(b"\r\n\r\n")
        if not found:
            raise AssertionError(f"no response in {data[:200]!r}")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        length = int(self.headers.get("content-length", 0)) if method != "HEAD" else 0
        if self.status == 100:
            length = 0
        self.body, self.left = rest[:length], rest[length:]
        if len(self.body) != length:
            raise AssertionError(f"body of {len(self.body)} bytes, {length} announced")

    @property
    def document(self):
        return json.loads(self.body)

    def expect(self, status):
        """Fail unless this is the status; problems must be complete."""
        if self.status != status:
            raise AssertionError(f"status {self.status}, must be {status}: {self.body[:400]!r}")
        if status >= 400:
            problem = self.document
            if self.headers["content-type"] != "application/problem+json" or \
                    problem["status"] != status or not problem["title"] or \
                    not problem["detail"] or problem["type"] != "about:blank":
                raise AssertionError(f"not a whole problem: {self.headers} {problem}")
        return self

    def pointers(self):
        return sorted(error["pointer"] for error in self.document.get("errors", []))
