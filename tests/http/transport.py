# SPDX-License-Identifier: MIT
"""What HTTP promises: versions, HEAD, keep-alive, Expect, tokens, names; and the start."""
import json
import socket

import rig
import tap

PTT = b'{"channel": 1, "mute": false}'
server = rig.Server()


def answer_on(link, data, method="GET"):
    """Write a request on an open connection, read exactly one response."""
    link.sendall(data)
    received = b""
    while True:
        part = link.recv(65536)
        received += part
        try:
            return rig.Reply(received, method)
        except AssertionError:
            if not part:
                raise


def a_connection_serves_many_requests():
    keep = {"Connection": None}
    with server.connect() as link:
        for _ in range(5):
            tap.same(answer_on(link, rig.request("GET", "/vu", headers=keep)).status, 200, "/vu")
            tap.same(answer_on(link, rig.request("POST", "/ptt", PTT, keep)).status, 200, "/ptt")
            answer_on(link, rig.request("POST", "/ptt", b"{", keep)).expect(400)
            answer_on(link, rig.request("GET", "/x", headers=keep)).expect(404)
        last = answer_on(link, rig.request("GET", "/vu"))
        tap.same((last.status, last.headers["connection"]), (200, "close"), "the last one")
        tap.same(link.recv(1), b"", "closed")


def http_1_0_closes_unless_asked_to_stay():
    reply = server.ask("GET", "/vu", headers={"Connection": None}, version="1.0").expect(200)
    tap.same(reply.headers["connection"], "close", "connection")
    server.ask("GET", "/vu", headers={"Host": None}, version="1.0").expect(200)
    with server.connect() as link:
        stay = rig.request("GET", "/vu", headers={"Connection": "Keep-Alive"}, version="1.0")
        for _ in range(3):
            tap.same(answer_on(link, stay).headers["connection"], "keep-alive", "connection")


def head_is_get_without_a_body():
    for path in ("/healthz", "/config", "/devices"):
        head, get = server.ask("HEAD", path).expect(200), server.ask("GET", path)
        tap.same(head.left, b"", f"body of HEAD {path}")
        tap.same({**head.headers, "date": 0}, {**get.headers, "date": 0}, f"headers of {path}")
    tap.same(server.ask("HEAD", "/nothing").status, 404, "HEAD of nothing")
    tap.same(server.ask("HEAD", "/ptt").headers["allow"], "POST", "Allow")


def expectations_are_met_or_refused():
    expect = {"Expect": "100-continue"}
    data = rig.request("POST", "/ptt", PTT, expect)
    with server.connect() as link:
        tap.same(answer_on(link, data[:-len(PTT)]).status, 100, "before the body")
        rig.Reply(rig.talk(link, PTT)).expect(200)
    with server.connect() as link:
        link.sendall(rig.request("POST", "/nothing", PTT, expect)[:-len(PTT)])
        rig.Reply(rig.read_all(link)).expect(404)
    with server.connect() as link:
        huge = {**expect, "Content-Length": "1000000"}
        link.sendall(rig.request("POST", "/config", b"", huge))
        rig.Reply(rig.read_all(link)).expect(413)
    server.ask("POST", "/ptt", PTT, {"Expect": "tea"}).expect(417)


def a_get_with_a_body_is_answered_and_closed():
    data = rig.request("GET", "/healthz", b"GET /nothing HTTP/1.1\r\n\r\n",
                       {"Connection": "keep-alive"})
    reply = rig.Reply(server.raw(data)).expect(200)
    tap.same((reply.headers["connection"], reply.left), ("close", b""), "the connection")


def a_body_may_come_in_pieces():
    data = rig.request("POST", "/config?dry_run=1", json.dumps(server.get("/config")))
    with server.connect() as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(0, len(data), 97):
            link.sendall(data[i:i + 97])
        rig.Reply(rig.read_all(link)).expect(200)


def a_token_opens_the_door():
    with rig.Server("--token", "s3cret") as locked:
        for value in (None, "s3cret", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets",
                      "Bearer S3CRET", "Basic s3cret", "Bearer s3crets3cret"):
            for method, path, body in (("GET", "/vu", None), ("POST", "/ptt", PTT),
                                       ("GET", "/nothing", None)):
                reply = locked.ask(method, path, body, {"Authorization": value}).expect(401)
                tap.same(reply.headers["www-authenticate"], "Bearer", "WWW-Authenticate")
        locked.get("/healthz")
        for value in ("Bearer s3cret", "bearer s3cret"):
            locked.ask("POST", "/ptt", PTT, {"Authorization": value}).expect(200)


def further_names_can_be_allowed():
    with rig.Server("--host", "panel.example") as named:
        for host in ("panel.example", "PANEL.example", f"panel.example:{named.port}", "localhost",
                     "panel.example:1"):
            named.ask("GET", "/vu", headers={"Host": host}).expect(200)
        for host in ("example", "panel.example.evil", "panel.example.evil:1"):
            named.ask("GET", "/vu", headers={"Host": host}).expect(421)
        named.ask("POST", "/ptt", PTT, {"Origin": "https://panel.example"}).expect(200)


def a_port_in_use_is_named():
    with rig.Server("--port", str(server.port)) as second:
        tap.true(second.failure and f"port {server.port} is in use" in second.failure,
                 str(second.failure))
        tap.same(second.child.wait(timeout=rig.PATIENCE), 1, "exit")


def it_starts_with_all_its_threads():
    with rig.Server("--threads", "512") as full:
        links = [full.connect() for _ in range(300)]
        for link in links:
            link.sendall(b"GET ")
        tap.same(len(full.get("/vu")["vu_dbfs"]), 4, "channels in /vu")
        for link in links:
            link.close()
        tap.same(full.stop(), (0, "stopped"), "exit")


def it_stops_clean():
    tap.same(server.stop(), (0, "stopped"), "exit")


if __name__ == "__main__":
    tap.run(a_connection_serves_many_requests, http_1_0_closes_unless_asked_to_stay,
            head_is_get_without_a_body, expectations_are_met_or_refused,
            a_get_with_a_body_is_answered_and_closed, a_body_may_come_in_pieces,
            a_token_opens_the_door, further_names_can_be_allowed, a_port_in_use_is_named,
            it_starts_with_all_its_threads, it_stops_clean)
