# SPDX-License-Identifier: MIT
"""What strangers send: floods, drips, garbage, smuggled requests. Meters answer all the while."""
import json
import os
import socket

import rig
import tap

server = rig.Server()
hasty = rig.Server("--head-ms", "200", "--body-ms", "200")
PTT = b'{"channel": 1, "mute": false}'


def alive():
    tap.same(len(server.get("/vu")["vu_dbfs"]), 4, "channels in /vu")


def one(data, status):
    """The answer to some bytes is one response of this status, and the connection is closed."""
    reply = rig.Reply(server.raw(data)).expect(status)
    tap.same(reply.left, b"", "what follows the response")
    return reply


def lines(*head, body=b""):
    return b"".join(h if isinstance(h, bytes) else h.encode() for line in head
                    for h in (line, "\r\n")) + b"\r\n" + body


def deep_nesting_is_refused():
    for path in ("/config", "/ptt", "/test-tone"):
        for body in (b"[" * 100000, b'{"a":' * 100000):
            server.ask("POST", path, body).expect(413)
        for body in (b"[" * 65000, b'{"a":' * 13000, b"[" * 33 + b"]" * 33):
            server.ask("POST", path, body).expect(400)
    alive()


def thousands_of_faults_are_told_in_part():
    body = "{" + ",".join(f'"{i:x}": 1' for i in range(5000)) + "}"
    for path in ("/config", "/ptt", "/test-tone"):
        errors = server.ask("POST", path, body).expect(422).document["errors"]
        tap.true(100 <= len(errors) <= 250, f"{len(errors)} errors")


def ten_megabytes_are_refused_unread():
    for path in ("/config", "/ptt"):
        reply = server.ask("POST", path, b" " * 10_000_000).expect(413)
        tap.same(reply.headers["connection"], "close", "connection")
    alive()


def a_body_of_64_kib_is_read():
    padded = json.dumps(server.get("/config")).encode().ljust(65536)
    server.ask("POST", "/config?dry_run=1", padded).expect(200)
    server.ask("POST", "/config?dry_run=1", padded + b" ").expect(413)


def a_dripped_body_meets_its_deadline():
    with hasty.connect() as link:
        link.sendall(rig.request("POST", "/config", b"x" * 1000)[:-990])
        link.settimeout(0.05)
        received = b""
        while not received:  # a byte now and then, for ever
            try:
                received = link.recv(65536)
            except socket.timeout:
                link.sendall(b" ")
        link.settimeout(rig.PATIENCE)
        rig.Reply(received + rig.read_all(link)).expect(408)


def a_body_that_stops_meets_its_deadline():
    rig.Reply(hasty.raw(rig.request("POST", "/ptt", PTT)[:-5])).expect(408)


def a_client_that_leaves_in_the_middle_harms_nobody():
    for cut in (-1, -10, 30, 3):
        with server.connect() as link:
            link.sendall(rig.request("POST", "/ptt", PTT)[:cut])
    for _ in range(20):
        with server.connect() as link:
            link.sendall(rig.request("GET", "/status"))
    alive()


def slow_heads_are_cut():
    with hasty.connect() as link:
        link.sendall(b"GET /vu HTTP/1.1\r\nHost: local")
        rig.Reply(rig.read_all(link)).expect(400)


def silent_connections_stop_nobody():
    idle = [server.connect() for _ in range(50)]
    half = [server.connect() for _ in range(20)]
    for link in half:
        link.sendall(b"POST /config HTTP/1.1\r\nHost: localhost\r\nContent-Le")
    for _ in range(5):
        alive()
    server.post("/ptt", json.loads(PTT))
    for link in idle + half:
        link.close()


def requests_in_one_packet_are_answered_in_order():
    keep = {"Connection": "keep-alive"}
    data = rig.request("GET", "/healthz", headers=keep) + \
        rig.request("POST", "/ptt", PTT, headers=keep) + \
        rig.request("GET", "/nothing", headers=keep) + \
        rig.request("HEAD", "/vu", headers=keep) + rig.request("GET", "/vu")
    first = rig.Reply(server.raw(data)).expect(200)
    second = rig.Reply(first.left).expect(200)
    third = rig.Reply(second.left).expect(404)
    fourth = rig.Reply(third.left, "HEAD").expect(200)
    last = rig.Reply(fourth.left).expect(200)
    tap.true("passing" in second.document and "vu_dbfs" in last.document, "the right answers")
    tap.same(last.left, b"", "the end")


def lengths_that_disagree_are_refused():
    post = "POST /ptt HTTP/1.1", "Host: localhost", "Content-Type: application/json"
    smuggled = rig.request("GET", "/healthz")
    for extra, status in [
            (["Content-Length: 29", "Content-Length: 29"], 400),
            (["Content-Length: 29", "Content-Length: 0"], 400),
            (["Content-Length: 29", "Transfer-Encoding: chunked"], 400),
            (["Transfer-Encoding: chunked", "Content-Length: 29"], 400),
            (["Content-Length: 29", "Transfer-Encoding: identity"], 400),
            (["Transfer-Encoding: chunked"], 411), (["Transfer-Encoding: identity"], 411),
            (["Transfer-Encoding: gzip, chunked"], 400), ([], 411),
            (["Content-Length: +29"], 400), (["Content-Length: 29x"], 400),
            (["Content-Length: 0x1d"], 400), (["Content-Length: 29, 29"], 400),
            (["Content-Length: -1"], 400), (["Content-Length:"], 400),
            (["Content-Length: 99999999999999999999999"], 413),
            (["Content-Length: 18446744073709551645"], 413),
            (["Content-Length : 29"], 400), ([" Content-Length: 29"], 400),
            (["X: 1", " folded: 2", "Content-Length: 29"], 400),
            (["X: 1", "\tfolded", "Content-Length: 29"], 400),
            (["X: 1", ": nameless", "Content-Length: 29"], 400),
            (["X: 1", "colonless", "Content-Length: 29"], 400),
            (["X\x01: 1", "Content-Length: 29"], 400),
            (["X: 1\nContent-Length: 29"], 400)]:
        one(lines(*post, *extra, body=PTT + smuggled), status)
    one(lines("GET /vu HTTP/1.1", " Host: localhost"), 400)
    one(b"GET /vu HTTP/1.1\nHost: localhost\n\n", 400)
    alive()


def blanks_before_a_request_replay_nothing():
    """The bytes of an earlier request are still in the worker's buffer; they stay there."""
    keep = {"Connection": "keep-alive", "X": "x" * 1000}
    with rig.Server("--threads", "1") as single:
        earlier = rig.request("GET", "/healthz", headers=keep)
        single.raw(earlier + rig.request("GET", "/status", headers={"Authorization": "secret"}))
        for pad in range(len(earlier) - 8, len(earlier) + 4):
            for blanks in (b"\r\n\r\n" + b" " * pad, b" " * pad + b"\r\n\r\n"):
                with single.connect() as link:
                    link.sendall(blanks)
                    link.shutdown(socket.SHUT_WR)
                    received = rig.read_all(link)
                tap.true(not received or rig.Reply(received).status == 400, repr(received[:99]))
        rig.Reply(single.raw(b"\r\n" + rig.request("GET", "/vu"))).expect(400)
        rig.Reply(single.raw(b"  " + rig.request("GET", "/vu"))).expect(400)


def wrong_hosts_are_misdirected():
    port = server.port
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "xlocalhost",
                 "127.0.0.2", "[::2]", "x" * 121, "evil.example:80"):
        server.ask("GET", "/vu", headers={"Host": host}).expect(421)
    for host in ("localhost:", "", "*", f"user@localhost:{port}", f"localhost:{port} x", "[::1",
                 "[]", "localhost:x", "localhost:0", "localhost:65536", "localhost:999999",
                 "localhost:8000:8000", "a/b", "\x80", "x" * 122, "x" * 7000, "localhost,x"):
        server.ask("GET", "/vu", headers={"Host": host}).expect(400)
    for host in ("localhost", "LOCALHOST", f"localhost:{port}", "127.0.0.1", f"127.0.0.1:{port}",
                 "localhost:1", "127.0.0.1:9000", "[::1]", "[::1]:9000", "localhost:65535"):
        server.ask("GET", "/vu", headers={"Host": host}).expect(200)
    one(lines("GET /vu HTTP/1.1", "Connection: close"), 400)
    one(lines("GET /vu HTTP/1.1", "Host: localhost", "Host: localhost"), 400)
    full = f"GET http://%s:{port}/vu HTTP/1.1", "Host: localhost", "Connection: close"
    one(lines(full[0] % "evil.example", *full[1:]), 421)
    one(lines(full[0] % "localhost", *full[1:]), 200)
    one(lines("GET http://evil.example/vu HTTP/1.1", "Host: localhost"), 421)


def a_url_needs_no_port():
    rest = "Host: localhost", "Connection: close"
    for host in ("localhost", "LOCALHOST", "127.0.0.1", "localhost:80", "localhost:9"):
        one(lines(f"GET http://{host}/vu HTTP/1.1", *rest), 200)
    one(lines("GET http://localhost/nothing HTTP/1.1", *rest), 404)
    one(lines("GET http://localhost/vu?x=1 HTTP/1.1", *rest), 400)
    for url in ("http://evil.example/vu", "http://evil.example/?/vu"):
        one(lines(f"GET {url} HTTP/1.1", *rest), 421)
    for url in ("http:///vu", "http://user@localhost/vu"):
        one(lines(f"GET {url} HTTP/1.1", *rest), 400)
    one(lines("POST http://localhost/ptt HTTP/1.1", *rest, "Content-Type: application/json",
              f"Content-Length: {len(PTT)}", body=PTT), 200)


def the_server_as_a_whole_is_no_resource():
    for method in ("OPTIONS", "GET"):
        one(lines(f"{method} * HTTP/1.1", "Host: localhost"), 404)
    one(lines("OPTIONS * HTTP/1.1", "Host: evil.example"), 421)
    one(lines("OPTIONS * HTTP/1.1"), 400)
    with server.connect() as link:  # after another request on the same connection
        link.sendall(rig.request("GET", "/healthz", headers={"Connection": "keep-alive"}) +
                     lines("OPTIONS * HTTP/1.1", "Host: localhost"))
        first = rig.Reply(rig.read_all(link)).expect(200)
        last = rig.Reply(first.left).expect(404)
        tap.same((last.headers["connection"], last.left), ("close", b""), "the last one")
    alive()


def pages_of_other_sites_change_nothing():
    for origin in ("https://evil.example", "null", "http://localhost.evil.example", "localhost",
                   "http://localhost:9", "http://localhost/x", "http://[::1]:9", "", "://localhost",
                   "http://localhost:0", "http://a b", "file://"):
        server.ask("POST", "/ptt", PTT, {"Origin": origin}).expect(403)
        server.ask("POST", "/reload", b"", {"Origin": origin}).expect(403)
    server.ask("POST", "/ptt", PTT, {"Origin": f"http://localhost:{server.port}"}).expect(200)


def heads_that_are_too_large_are_refused():
    for count, status in ((60, 200), (62, 431), (64, 431), (300, 431)):
        server.ask("GET", "/vu", headers={f"X-{i}": "1" for i in range(count)}).expect(status)
    server.ask("GET", "/vu", headers={"X": "y" * 9000}).expect(400)
    server.ask("GET", "/vu", headers={"X": "y" * 900000}).expect(400)
    server.ask("GET", "/" + "y" * 9000).expect(400)
    alive()


def garbage_is_refused():
    for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, b"\x00" * 50,
                 b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET /vu\r\n\r\n", b"GET /vu FTP/1.1\r\n\r\n",
                 b" \r\n\r\n", b"GET  /vu HTTP/1.1\r\n\r\n\r\n",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"{" * 9000, os.urandom(5000),
                 b"GET vu HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        with server.connect() as link:
            received = rig.talk(link, data + b"\r\n\r\n") if len(data) < 300 else \
                rig.talk(link, data)
        if received:
            status = rig.Reply(received).status
            tap.true(status in (400, 404, 421, 431, 505), f"{status} for {data[:40]!r}")
    one(lines("GET /vu HTTP/3.0", "Host: localhost"), 505)
    alive()


def upgrades_are_ignored():
    reply = server.ask("GET", "/vu", headers={"Connection": "Upgrade", "Upgrade": "websocket",
                                              "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
                                              "Sec-WebSocket-Version": "13"}).expect(200)
    tap.true("vu_dbfs" in reply.document, "an ordinary answer")


def it_stops_clean_under_all_of_this():
    links = [server.connect() for _ in range(60)]
    for link in links[::2]:
        link.sendall(b"POST /config HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
    tap.same(server.stop(), (0, "stopped"), "exit")
    tap.same(hasty.stop(), (0, "stopped"), "exit of the other")
    for link in links:
        link.close()


if __name__ == "__main__":
    tap.run(deep_nesting_is_refused, thousands_of_faults_are_told_in_part,
            ten_megabytes_are_refused_unread, a_body_of_64_kib_is_read,
            a_dripped_body_meets_its_deadline, a_body_that_stops_meets_its_deadline,
            a_client_that_leaves_in_the_middle_harms_nobody, slow_heads_are_cut,
            silent_connections_stop_nobody, requests_in_one_packet_are_answered_in_order,
            lengths_that_disagree_are_refused, blanks_before_a_request_replay_nothing,
            wrong_hosts_are_misdirected, a_url_needs_no_port,
            the_server_as_a_whole_is_no_resource,
            pages_of_other_sites_change_nothing,
            heads_that_are_too_large_are_refused, garbage_is_refused, upgrades_are_ignored,
            it_stops_clean_under_all_of_this)
