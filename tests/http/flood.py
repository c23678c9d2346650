# SPDX-License-Identifier: MIT
"""Push-to-talk in front of a crowd: silent and dripping clients hold up nobody."""
import json
import pathlib
import resource
import socket
import subprocess
import sys
import time

import rig
import tap

IDLE, DRIPPING = 1200, 300
ROUNDS = 300
# The time limits of the service; a request that waits for a slow client waits for one of them. Only
# the kept connection of this test is never too long without a request.
LIMITS = ["--threads", "256", "--head-ms", "3000", "--idle-ms", "60000", "--body-ms", "5000"]
SLOW_CLIENT_S = 0.9
PTT = b'{"channel": 1, "mute": false}'


class Crowd:
    """crowd.py as a child, so that its work does not delay what is measured here."""

    def __init__(self, port, idle=IDLE, dripping=DRIPPING):
        self.child = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).parent / "crowd.py", str(port), str(idle),
             str(dripping)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        tap.same(self.child.stdout.readline(), "all here\n", "the crowd")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(timeout=rig.PATIENCE)
        self.child.stdout.close()


def room_for(descriptors):
    """Enough descriptors for the server, which inherits the limit, and for the crowd."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < descriptors:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True


def timed(work):
    """Seconds; for ever when it was cut: a client that sends nothing for a while after it has
    connected, on a busy machine, looks like one of the crowd."""
    begin = time.monotonic()
    try:
        work()
    except (AssertionError, OSError) as fault:
        tap.say(f"cut: {fault}")
        return float("inf")
    return time.monotonic() - begin


def ask_anew(server, method, path, body=None):
    server.ask(method, path, body).expect(200)


def ask_on(link, method, path, body=None):
    link.sendall(rig.request(method, path, body, {"Connection": "keep-alive"}))
    received = b""
    while True:
        part = link.recv(65536)
        if not part:
            raise AssertionError(f"closed after {received!r}")
        received += part
        head, found, rest = received.partition(b"\r\n\r\n")
        if found and len(rest) >= int(head.lower().split(b"content-length: ")[1].split()[0]):
            rig.Reply(received).expect(200)
            return


def told(what, times):
    times = sorted(times)
    pick = [times[min(len(times) - 1, int(len(times) * q))] * 1000 for q in (.5, .99, 1)]
    tap.say(f"{what}: median {pick[0]:.1f} ms, 99 % {pick[1]:.1f} ms, worst {pick[2]:.1f} ms")
    return times


def nobody_waits(what, times):
    """A wait for a slow client lasts a second at least; a busy machine may cost one request of a
    hundred that much, and does not fail this test."""
    slow = [t for t in told(what, times) if t > SLOW_CLIENT_S]
    tap.true(len(slow) <= len(times) // 100, f"{what}: {len(slow)} of {len(times)} waited: {slow}")


def push_to_talk_works_in_front_of_a_crowd():
    with rig.Server(*LIMITS) as server:
        told("alone", [timed(lambda: ask_anew(server, "POST", "/ptt", PTT)) for _ in range(50)])
        with Crowd(server.port):
            ptt, vu, kept = [], [], []
            with server.connect() as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ask_on(link, "GET", "/healthz")
                for _ in range(ROUNDS):
                    ptt.append(timed(lambda: ask_anew(server, "POST", "/ptt", PTT)))
                    vu.append(timed(lambda: ask_anew(server, "GET", "/vu")))
                    kept.append(timed(lambda: ask_on(link, "POST", "/ptt", PTT)))
            nobody_waits("POST /ptt, a connection each", ptt)
            nobody_waits("GET /vu, a connection each", vu)
            nobody_waits("POST /ptt, one connection", kept)
        tap.same(server.stop(), (0, "stopped"), "exit")


def a_busy_client_keeps_its_connection():
    """The one that has been served is the last to be cut."""
    with rig.Server(*LIMITS) as server:
        with server.connect() as link:
            ask_on(link, "GET", "/healthz")
            with Crowd(server.port, 600, 0):
                for _ in range(20):
                    ask_on(link, "GET", "/healthz")


def as_many_as_fit_are_kept():
    """Below three quarters of the workers nobody is cut."""
    with rig.Server("--threads", "64") as server:
        links = [server.connect() for _ in range(40)]
        server.get("/healthz")
        for link in links:
            link.sendall(rig.request("GET", "/healthz"))
            rig.Reply(rig.read_all(link)).expect(200)
            link.close()


def the_oldest_silent_one_makes_room():
    with rig.Server("--threads", "16") as server:
        first = server.connect()
        server.get("/healthz")
        others = [server.connect() for _ in range(16)]
        tap.same(rig.read_all(first), b"", "the oldest one is closed")
        others[-1].sendall(rig.request("GET", "/healthz"))
        rig.Reply(rig.read_all(others[-1])).expect(200)
        for link in [first, *others]:
            link.close()


def what_is_being_answered_is_not_cut():
    with rig.Server("--threads", "32") as server:
        tap.same(server.order("busy"), "busy", "control thread")
        waiting = server.connect()
        waiting.sendall(rig.request("GET", "/config"))
        with Crowd(server.port, 200, 20):
            for _ in range(20):
                server.get("/vu")
            tap.same(server.order("free"), "free", "control thread")
            rig.Reply(rig.read_all(waiting)).expect(200)
        waiting.close()


def a_flood_for_the_control_thread_leaves_workers():
    with rig.Server("--threads", "32") as server:
        tap.same(server.order("busy"), "busy", "control thread")
        body = json.dumps({"logical_channels": {}}).encode()
        links = []
        for _ in range(64):
            links.append(server.connect())
            links[-1].sendall(rig.request("POST", "/config", body))
        for _ in range(20):
            server.ask("POST", "/ptt", PTT).expect(200)
        tap.same(server.order("free"), "free", "control thread")
        # Of 64 at once some may be cut before a worker has looked at their request.
        answers = [answer for answer in map(rig.read_all, links) if answer]
        statuses = {rig.Reply(answer).status for answer in answers}
        tap.same(statuses, {422, 503}, "answers")
        for link in links:
            link.close()


if __name__ == "__main__":
    if room_for(2 * (IDLE + DRIPPING)):
        tap.run(push_to_talk_works_in_front_of_a_crowd, a_busy_client_keeps_its_connection,
                as_many_as_fit_are_kept, the_oldest_silent_one_makes_room,
                what_is_being_answered_is_not_cut, a_flood_for_the_control_thread_leaves_workers)
    else:
        print("1..0 # SKIP the limit on open files is below what this test opens")
