# SPDX-License-Identifier: MIT
"""Answers that are not the service's: every client command fails with a true sentence, in time, and
prints nothing of them to stdout."""
import concurrent.futures
import copy
import json
import socket
import threading
import time

import tap
from program import one_sentence, run

STATUS = {
    "state": "running", "version": "0.1.0", "uptime_s": 1.5, "cpu_percent": 0.5, "xruns": 0,
    "sample_rate": 44100, "blocksize": 512,
    "config": {"generation": 1, "source": "file", "path": None, "last_error": None},
    "realtime": {"policy": "SCHED_FIFO", "priority": 70, "memory_locked": True, "ok": True,
                 "detail": None},
    "channels": {"1": {"name": "One", "state": "running", "reason": None,
                       "input": {"id": 1, "device": "sim:1"},
                       "output": {"id": 3, "device": "sim:3"},
                       "xruns": {"capture": 0, "playback": 0}, "latency_ms": 1.0,
                       "mute": False, "gate_open": True}}}
VU = {"interval_ms": 100, "seq": 7, "vu_dbfs": {"1": -20.0},
      "channels": {"1": {"rms_dbfs": [-20.0], "peak_dbfs": [-10.0], "gain_reduction_db": 0.0,
                         "input_rms_dbfs": [-20.0], "clipped": 0}}}
PTT = {"channel": 1, "mute": True, "gate_open": True, "passing": False}
RELOAD = {"generation": 2, "changed": [], "restarted_channels": []}
TONE = {"channel": 1, "seconds": 600.0, "frequency_hz": 1000.0, "level_dbfs": -20.0}
# Each client command and the answer that it takes.
COMMANDS = [
    (["status"], STATUS), (["status", "--json"], STATUS),
    (["vu"], VU), (["vu", "--json"], VU),
    (["vu", "--follow"], VU), (["vu", "--follow", "--json"], VU),
    (["ptt", "--channel", "1", "--mute"], PTT),
    (["ptt", "--channel", "1", "--mute", "--json"], PTT),
    (["reload"], RELOAD), (["reload", "--wait"], RELOAD), (["reload", "--wait", "--json"], RELOAD),
    (["test-tone", "--channel", "1", "--seconds", "600"], TONE),
    (["latency", "--channel", "1", "--play", "sim:7", "--record", "sim:8"], None),
]
# What each document must have, as paths; everything else may be null or missing.
NEEDED = {
    id(STATUS): [["state"], ["version"], ["uptime_s"], ["xruns"], ["sample_rate"], ["blocksize"],
                 ["config"], ["config", "generation"], ["config", "source"], ["realtime"],
                 ["realtime", "policy"], ["realtime", "ok"], ["channels"], ["channels", "1"],
                 ["channels", "1", "name"], ["channels", "1", "state"], ["channels", "1", "input"],
                 ["channels", "1", "xruns"], ["channels", "1", "xruns", "capture"],
                 ["channels", "1", "mute"], ["channels", "1", "gate_open"]],
    id(VU): [["interval_ms"], ["seq"], ["vu_dbfs"], ["vu_dbfs", "1"], ["channels"],
             ["channels", "1"]],
    id(PTT): [["channel"], ["mute"], ["gate_open"]],
    id(RELOAD): [["generation"], ["changed"], ["restarted_channels"]],
    id(TONE): [["channel"], ["seconds"]],
}


class Peer:
    """Listens, reads one request a connection, and then does what `act(connection)` does."""

    def __init__(self, act):
        self.act, self.count, self.over = act, 0, threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.socket.settimeout(0.1)
        self.port = self.socket.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]

    def accept(self):
        while not self.over.is_set():
            try:
                connection = self.socket.accept()[0]
            except TimeoutError:
                continue
            self.count += 1
            self.threads.append(threading.Thread(target=self.serve, args=(connection,)))
            self.threads[-1].start()

    def serve(self, connection):
        try:
            with connection:
                connection.settimeout(90)
                if self.act is not None:
                    seen = b""
                    while b"\r\n\r\n" not in seen:
                        more = connection.recv(4096)
                        if not more:
                            return
                        seen += more
                    self.act(connection)
        except OSError:
            pass  # the client has left, as it should

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
        self.socket.close()


def http(body, status="200 OK", kind="application/json", more=""):
    body = body if isinstance(body, bytes) else body.encode()
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
            "\r\n").encode() + body


def send(data):
    return lambda connection: connection.sendall(data)


def drip(begin, byte):
    """A byte now and then, for ever: no single pause is long."""
    def act(connection):
        connection.sendall(begin)
        while True:
            connection.sendall(byte)
            time.sleep(0.05)
    return act


def flood(begin):
    def act(connection):
        connection.sendall(begin)
        while True:
            connection.sendall(b" " * 65536)
    return act


def wait_for_the_end(connection):
    connection.recv(1)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWERS = {
    "empty object": send(http("{}")),
    "empty list": send(http("[]")),
    "null": send(http("null")),
    "text": send(http('"running"')),
    "number": send(http("1")),
    "broken JSON": send(http('{"state": ')),
    "two documents": send(http("{}{}")),
    "double key": send(http('{"state": "a", "state": "b"}')),
    "no UTF-8": send(http(b'{"state": "\xff\xfe"}')),
    "a zero byte": send(http(b'{"state": "a\x00b"}')),
    "deep": send(http("[" * 100000)),
    "empty body": send(http("")),
    "no content": send(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a page": send(http("<html>hello</html>", kind="text/html")),
    "JSON that calls itself a page": send(http(json.dumps(STATUS), kind="text/html")),
    "another service's error": send(http("<html>not here</html>", "404 Not Found", "text/html")),
    "an error without a reason": send(http("{}", "500 Internal Server Error")),
    "an error of another status": send(http('{"status": 200, "title": "OK"}', "403 Forbidden")),
    "redirect": send(http("", "302 Found", more="Location: http://127.0.0.1:1/\r\n")),
    "chunks": send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "compressed": send(http(b"\x1f\x8b", more="Content-Encoding: gzip\r\n")),
    "an interim answer": send(b"HTTP/1.1 100 Continue\r\n\r\n" * 9),
    "another protocol": send(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
    "HTTP/2": send(b"HTTP/2 200\r\n\r\n"),
    "garbage": send(bytes(range(256)) * 16),
    "no status": send(b"HTTP/1.1\r\n\r\n"),
    "status 999": send(b"HTTP/1.1 999 Odd\r\n\r\n"),
    "a field without a colon": send(HEAD + b"hello\r\n\r\n{}"),
    "two lengths": send(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "negative length": send(HEAD + b"Content-Length: -2\r\n\r\n{}"),
    "length that wraps": send(HEAD + b"Content-Length: 18446744073709551618\r\n\r\n{}"),
    "long head": send(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 8192),
    "closed without an answer": None,
    "closed after the request": lambda connection: None,
    "closed in the head": send(HEAD),
    "closed in the body": send(HEAD + b"Content-Length: 999\r\n\r\n{"),
    "huge length": send(HEAD + b"Content-Length: 9999999\r\n\r\n{"),
    "no end announced": send(HEAD + b"\r\n" + json.dumps(STATUS).encode()),
    "endless body": flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n{"),
    "endless chunk": flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1"),
    "endless head": flood(HEAD + b"X: "),
}
SLOW = {
    "silence": wait_for_the_end,
    "dripped head": drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "dripped status line": drip(b"HTTP/1.1 2", b"0"),
    "dripped body": drip(HEAD + b"Content-Length: 999999\r\n\r\n{", b" "),
}


def command_fails(peer, options):
    """Runs it against the peer. What is wrong with the outcome, or None."""
    try:
        stdout, stderr = run(*options, "--port", peer.port, want=1, timeout=100)
        tap.same(stdout, "", "stdout")
        one_sentence(stderr, f"127.0.0.1:{peer.port}" if "refused" not in stderr else "refused")
        tap.same(len(stderr.splitlines()), 1, f"lines of {stderr!r}")
        tap.true("out of memory" not in stderr and "memory ran out" not in stderr, stderr)
    except AssertionError as fault:
        return str(fault)
    return None


def check_all(answers, commands):
    """Every command against every answer, many at once; the faults."""
    faults = []
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for name, act in answers.items():
            with Peer(act) as peer:
                for options, fault in zip(commands, pool.map(
                        lambda options, peer=peer: command_fails(peer, options), commands)):
                    if fault:
                        faults.append(f"{' '.join(options)}, {name}: {fault}")
    return faults


def an_answer_of_another_form_is_a_failure():
    tap.none(check_all(ANSWERS, [options for options, _ in COMMANDS]), "wrong outcome")


def mutants():
    """(command, name, document): one needed value missing or of every wrong type."""
    for options, document in COMMANDS:
        for path in NEEDED.get(id(document), []):
            for wrong in (None, "text", [1], True, {"a": 1}, 1.5, "missing"):
                mutant = copy.deepcopy(document)
                parent = mutant
                for key in path[:-1]:
                    parent = parent[key]
                same = type(parent[path[-1]]) is type(wrong) or \
                    (path[-1] in ("uptime_s", "1", "seconds") and wrong == 1.5)
                if wrong == "missing" and path[-2:-1] not in (["channels"], ["vu_dbfs"]):
                    del parent[path[-1]]
                elif wrong == "missing" or same:
                    continue
                else:
                    parent[path[-1]] = wrong
                yield options, f"{'/'.join(path)} = {wrong!r}", mutant


def a_value_of_another_type_is_a_failure():
    faults = []

    def check(case):
        options, name, mutant = case
        with Peer(send(http(json.dumps(mutant)))) as peer:
            fault = command_fails(peer, options)
        return fault and f"{' '.join(options)}, {name}: {fault}"

    cases = [case for case in mutants() if "--json" not in case[0]]
    tap.true(len(cases) > 150, f"only {len(cases)} mutants")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        faults = [fault for fault in pool.map(check, cases) if fault]
    tap.none(faults, "wrong outcome")


def the_right_answer_passes():
    for options, document in COMMANDS:
        if "--follow" in options or options[0] in ("test-tone", "latency"):
            continue
        with Peer(send(http(json.dumps(document)))) as peer:
            run(*options, "--port", peer.port)

        # A server in front of it may send the answer in chunks, and a network in pieces.
        def pieces(connection, text=json.dumps(document).encode()):
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            for at in range(0, len(text), 20):
                connection.sendall(b"%x\r\n" % len(text[at:at + 20]))
                connection.sendall(text[at:at + 20] + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
        with Peer(pieces) as peer:
            run(*options, "--port", peer.port)


def a_redirect_is_not_followed():
    with Peer(send(http(json.dumps(STATUS)))) as other:
        answer = http("", "307 Temporary Redirect",
                      more=f"Location: http://127.0.0.1:{other.port}/status\r\n")
        with Peer(send(answer)) as peer:
            tap.same(command_fails(peer, ["status"]), None, "outcome")
        tap.same(other.count, 0, "requests that followed the redirect")


def an_early_refusal_counts():
    """The answer is there and the connection closed before the request was read."""
    refusal = http('{"status": 413, "title": "Content Too Large", "detail": "too long"}',
                   "413 Content Too Large", "application/problem+json")
    with Peer(send(refusal)) as peer:
        one_sentence(run("status", "--port", peer.port, want=1)[1], "413", "too long")


def the_deadline_is_for_the_whole_request():
    """All at once: a dripping peer holds no command longer than a silent one."""
    quick = [options for options, _ in COMMANDS if options[:1] != ["reload"]]
    quick = [options for options in quick if "--json" not in options]
    faults = []
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        def check(name, act, options):
            begin = time.monotonic()
            with Peer(act) as peer:
                fault = command_fails(peer, options)
                tap.true(time.monotonic() - begin < 90, "it came to an end")
            return fault and f"{' '.join(options)}, {name}: {fault}"
        jobs = [pool.submit(check, name, act, options) for name, act in SLOW.items()
                for options in quick]
        # Without --wait a silent service is taken for one that still reads; a dripping one is not.
        jobs += [pool.submit(check, name, act, ["reload"]) for name, act in SLOW.items()
                 if name != "silence"]
        jobs += [pool.submit(check, "dripped body", SLOW["dripped body"], ["reload", "--wait"])]
        faults = [job.result() for job in jobs if job.result()]
    tap.none(faults, "wrong outcome")


if __name__ == "__main__":
    tap.run(the_right_answer_passes, an_answer_of_another_form_is_a_failure,
            a_value_of_another_type_is_a_failure, a_redirect_is_not_followed,
            an_early_refusal_counts, the_deadline_is_for_the_whole_request)
