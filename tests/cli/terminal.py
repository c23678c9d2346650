# SPDX-License-Identifier: MIT
"""A terminal of a given size that remembers what is on its screen and whether a line wrapped or the
screen scrolled. Knows the control sequences that the program uses and fails on any other."""
import fcntl
import os
import re
import select
import struct
import termios
import threading

import pseudo_terminal

SEQUENCE = re.compile(rb"\033\[(\??)(\d*)([A-Za-z])")


class Terminal:
    def __init__(self, columns, rows):
        self.ours, self.theirs = pseudo_terminal.open_pair()
        self.changed = threading.Condition()
        self.wrapped = self.scrolled = 0
        self.settling = False  # resized, and the program has not noticed yet
        self.strange, self.pending = [], b""
        self.whole = True  # no update is half drawn
        self.hidden = False
        self.columns = self.rows = 0
        self.resize(columns, rows)
        self.settling = False
        self.before = termios.tcgetattr(self.theirs)
        self.over = threading.Event()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def resize(self, columns, rows):
        """Another size, and an empty screen as after a terminal has wrapped everything."""
        with self.changed:
            self.columns, self.rows = columns, rows
            self.screen = [[" "] * columns for _ in range(rows)]
            self.x = self.y = 0
            self.updates = 0
            self.settling = True
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self):
        self.over.set()
        self.reader.join()
        os.close(self.ours)
        os.close(self.theirs)

    def _read(self):
        while not self.over.is_set():
            if select.select([self.ours], [], [], 0.05)[0]:
                data = os.read(self.ours, 65536)
                with self.changed:
                    self._take(self.pending + data)
                    self.changed.notify_all()

    def _take(self, data):
        at = 0
        while at < len(data):
            if data[at:at + 1] != b"\033":
                self._put(data[at:at + 1].decode("latin-1"))
                at += 1
                continue
            found = SEQUENCE.match(data, at)
            if not found and len(data) - at < 8:
                break
            if not found:
                self.strange.append(data[at:at + 8])
                at += 1
                continue
            self._control(*(part.decode() for part in found.groups()))
            at = found.end()
        self.pending = data[at:]

    def _put(self, character):
        self.whole = False
        if character == "\r":
            self.x = 0
        elif character == "\n":
            self.y += 1
        elif character < " " or character > "~":
            self.strange.append(character)
        else:
            if self.x >= self.columns:
                self.wrapped += not self.settling
                self.x, self.y = 0, self.y + 1
            if self.y < self.rows:
                self.screen[self.y][self.x] = character
            self.x += 1
        if self.y >= self.rows:
            self.scrolled += not self.settling
            self.screen = self.screen[1:] + [[" "] * self.columns]
            self.y = self.rows - 1

    def _control(self, private, number, letter):
        count = int(number or 1)
        if private and number == "25":
            self.hidden = letter == "l"
        elif letter == "A":
            self.y = max(0, self.y - count)
        elif letter == "K":
            self.screen[self.y][self.x:] = [" "] * (self.columns - min(self.x, self.columns))
        elif letter == "J":
            self.updates += 1
            self.whole = True
            self.screen[self.y][self.x:] = [" "] * (self.columns - min(self.x, self.columns))
            for row in range(self.y + 1, self.rows):
                self.screen[row] = [" "] * self.columns
        elif letter == "H":
            self.x = self.y = 0
            self.settling = False
        else:
            self.strange.append(f"{private}{number}{letter}")

    def _lines(self):
        return [line for line in ("".join(row).rstrip() for row in self.screen) if line]

    def lines(self):
        """What is on the screen now, without empty lines."""
        with self.changed:
            return self._lines()

    def wait_for(self, condition, timeout=60):
        """Until condition(lines) holds after an update; the lines, or AssertionError with the
        screen."""
        with self.changed:
            if self.changed.wait_for(lambda: self.whole and condition(self._lines()), timeout):
                return self._lines()
        raise AssertionError("the screen never became so:\n" + "\n".join(self.lines()))
