# SPDX-License-Identifier: MIT
"""Clients that hold connections and send nothing, or a byte now and then.

    crowd.py PORT IDLE DRIPPING

Prints a line when all have been connected once. A connection that the server closes is opened
again a second later. Ends with its standard input.
"""
import os
import resource
import selectors
import socket
import sys
import time

REOPEN_S = 1.0
DRIP_S = 0.2
HEAD = b"GET /vu HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (b"POST /config HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 60000\r\n\r\n ")


class Crowd:
    def __init__(self, port, idle, dripping):
        self.address = ("127.0.0.1", port)
        self.selector = selectors.DefaultSelector()
        # What each opens with: nothing, half a head, half a body.
        self.due = [(0.0, b"")] * idle + [(0.0, HEAD), (0.0, BODY)] * (dripping // 2)
        self.open = {}

    def connect(self, opening):
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex(self.address)
        self.open[link] = opening
        events = selectors.EVENT_WRITE if opening else selectors.EVENT_READ
        self.selector.register(link, events)

    def begin_dripping(self, link):
        try:
            link.send(self.open[link])
            self.selector.modify(link, selectors.EVENT_READ)
        except OSError:
            self.lose(link)

    def lose(self, link):
        self.selector.unregister(link)
        self.due.append((time.monotonic() + REOPEN_S, self.open.pop(link)))
        link.close()

    def hear(self, link):
        try:
            if link.recv(65536):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.lose(link)

    def drip(self):
        for link, opening in list(self.open.items()):
            try:
                if opening:
                    link.send(b" ")
            except OSError:
                pass  # its end is heard in a moment

    def turn(self, timeout):
        now = time.monotonic()
        waiting, self.due = self.due, []
        for when, opening in waiting:
            if when <= now:
                self.connect(opening)
            else:
                self.due.append((when, opening))
        for key, events in self.selector.select(timeout):
            if key.fd == 0:
                return False
            if events & selectors.EVENT_WRITE:
                self.begin_dripping(key.fileobj)
            else:
                self.hear(key.fileobj)
        return True

    def run(self):
        dripped = time.monotonic()
        self.turn(0)
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ)
        print("all here", flush=True)
        while self.turn(0.02):
            if time.monotonic() > dripped + DRIP_S:
                self.drip()
                dripped = time.monotonic()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    Crowd(*map(int, sys.argv[1:4])).run()
