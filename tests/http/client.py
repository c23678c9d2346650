# SPDX-License-Identifier: MIT
"""The command line's client: against the real server, and against servers that misbehave."""
import errno
import json
import os
import socket
import subprocess
import threading

import rig
import tap

ASKER = os.environ["MCA_TEST_ASKER"]


def ask(port, method, path, *rest, timeout_ms=60000):
    """What the client says."""
    done = subprocess.run([ASKER, str(port), str(timeout_ms), method, path, *rest],
                          stdout=subprocess.PIPE, text=True, timeout=rig.PATIENCE, check=True)
    return done.stdout


def ask_stranger(answer, *rest, timeout_ms=60000):
    """(what the client says, what it sent) with a server that answers in bytes of our own."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        seen = []

        def serve():
            link, _ = door.accept()
            with link:
                seen.append(link.recv(65536))
                if answer is None:
                    link.recv(1)  # until the client gives up
                else:
                    link.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        said = ask(door.getsockname()[1], *(rest or ("GET", "/vu")), timeout_ms=timeout_ms)
        thread.join()
        return said, seen[0]


def it_asks_and_posts():
    with rig.Server() as server:
        status, _, body = ask(server.port, "GET", "/status").partition(" ")
        tap.same((status, list(json.loads(body)["channels"])), ("200", ["1", "2", "3", "4"]),
                 "/status")
        tap.true(ask(server.port, "POST", "/ptt", '{"channel": 1, "mute": true}')
                 .startswith('200 {"channel":1,"mute":true'), "/ptt")
        tap.true(ask(server.port, "POST", "/ptt", "{").startswith('400 {"type"'), "a problem")
        # No body is an empty one; what the server says of that shows that it arrived.
        tap.true(ask(server.port, "POST", "/reload").startswith("409 "), "a POST without body")


def it_sends_its_token():
    with rig.Server("--token", "abc") as server:
        tap.true(ask(server.port, "GET", "/vu").startswith("401 "), "without")
        tap.true(ask(server.port, "POST", "/ptt", '{"channel": 1, "mute": true}', "abc")
                 .startswith("200 "), "with")
        tap.true(ask(server.port, "GET", "/vu", "", "abc\r\nX: 1").startswith("error"),
                 "a token that would add a header")


def nobody_there_is_explained():
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    tap.same(ask(port, "GET", "/vu"), f"error {-errno.ECONNREFUSED} no program listens on "
             f"127.0.0.1:{port}: start the service with systemctl start mission-control-audio, "
             "or give --port\n", "what it says")


def silence_ends():
    said, _ = ask_stranger(None, timeout_ms=50)
    tap.true(said.startswith(f"error {-errno.ETIMEDOUT} "), said)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def strange_answers_are_errors():
    for answer in (b"", b"\r\n\r\n", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100,
                   b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
                   b"HTTP/1.0 200 OK\r\n\r\nno telling whether this is all",
                   b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
                   b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                   CHUNKED + b"", CHUNKED + b"2\r\n{}", CHUNKED + b"2\r\n{}\r\n",
                   CHUNKED + b"2\r\n{}\r\n0\r\n", CHUNKED + b"3\r\n{}\r\n0\r\n\r\n",
                   CHUNKED + b"1\r\n{}\r\n0\r\n\r\n", CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n",
                   CHUNKED + b"fffffffffffffffff\r\n{}\r\n", CHUNKED + b"2 \r\n{}\r\n0\r\n\r\n",
                   CHUNKED + b"2\r\n{}\r\n0\r\nX: y\r\n\r\n", CHUNKED + b"2;" + b"x" * 9999,
                   CHUNKED[:-2] + b"Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                   CHUNKED[:-2] + b"Transfer-Encoding: gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n"):
        said, _ = ask_stranger(answer)
        tap.true(said.startswith("error -") and len(said) > 20, f"{said!r} for {answer!r}")


def ordinary_answers_of_others_are_read():
    for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                   b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                   CHUNKED + b"1\r\n{\r\n1;a=b\r\n}\r\n0;c\r\n\r\n"):
        said, sent = ask_stranger(answer)
        tap.same(said, "200 {}", f"what it makes of {answer!r}")
        tap.true(sent.startswith(b"GET /vu HTTP/1.1\r\nHost: 127.0.0.1:"), repr(sent))
        tap.true(b"Content-Length" not in sent, "no body is announced for a GET")


if __name__ == "__main__":
    tap.run(it_asks_and_posts, it_sends_its_token, nobody_there_is_explained, silence_ends,
            strange_answers_are_errors, ordinary_answers_of_others_are_read)
