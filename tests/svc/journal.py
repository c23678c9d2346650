# SPDX-License-Identifier: MIT
"""Journal entries and their explanations, seen from outside: journal.py SAY_NOTICES CATALOG

In a mount namespace of its own the test plays the journal at /run/systemd/journal/socket.
"""
import ctypes
import json
import os
import pathlib
import re
import select
import socket
import subprocess
import sys
import termios

import tap

SAY, CATALOG = sys.argv[1:3]
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x00020000, 16384, 1 << 18


def entries_of(kind_of_stderr):
    """What the program sends to the journal, as dictionaries, and what it writes to stderr."""
    reader, writer = os.pipe()
    status = os.fstat(writer)
    environment = dict(os.environ)
    environment.pop("JOURNAL_STREAM", None)
    if kind_of_stderr == "journal":
        environment["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
    elif kind_of_stderr == "redirected":
        environment["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino + 1}"
    subprocess.run([SAY], stderr=writer, env=environment, check=True, timeout=60)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        return stream.read().splitlines()


def parse(datagram):
    """One message of the journal's protocol: NAME=value, or NAME, length, value with breaks."""
    fields, rest = {}, datagram
    while rest:
        line, _, rest = rest.partition(b"\n")
        if b"=" in line:
            name, _, value = line.partition(b"=")
        else:
            name, size = line, int.from_bytes(rest[:8], "little")
            value, rest = rest[8:8 + size], rest[8 + size + 1:]
        fields[name.decode()] = value.decode()
    return fields


def with_journal(play=None):
    """Runs the program under a journal of our own, in a child with its own mounts."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os._exit(play_journal(writer, play or take_everything))
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        result = stream.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == 77:
        raise tap.Skip("no mount namespace to be had here (not root)")
    tap.same(os.waitstatus_to_exitcode(status), 0, "exit code of the journal's side")
    return json.loads(result)


def play_journal(writer, play):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) \
            or libc.mount(b"none", b"/run", b"tmpfs", 0, None):
        return 77
    os.makedirs("/run/systemd/journal")
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.bind("/run/systemd/journal/socket")
    journal.setblocking(False)
    os.write(writer, json.dumps(play(journal)).encode())
    return 0


def everything_in(journal):
    """The datagrams that wait."""
    try:
        while True:
            yield journal.recv(65536)
    except BlockingIOError:
        pass


def take_everything(journal):
    lines = entries_of("journal")
    return lines, [parse(datagram) for datagram in everything_in(journal)]


def fill(path):
    """Datagrams until the queue of the socket is full."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    try:
        while True:
            sender.sendto(b"MESSAGE=filler\n", path)
    except BlockingIOError:
        sender.close()


def say_to_nobody(stderr, environment, resume):
    """Runs the program with --lost; resume() makes the reader read again. Returns the number
    that the program counted."""
    process = subprocess.Popen([SAY, "--lost"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=stderr, env=environment, text=True)
    counted = int(process.stdout.readline())
    resume()
    process.communicate("\n", timeout=60)
    tap.same(process.returncode, 0, "exit code: the number was logged")
    return counted


def read_nothing(journal):
    fill("/run/systemd/journal/socket")
    reader, writer = os.pipe()
    status = os.fstat(writer)
    environment = dict(os.environ, JOURNAL_STREAM=f"{status.st_dev}:{status.st_ino}")
    counted = say_to_nobody(writer, environment, lambda: list(everything_in(journal)))
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        lines = stream.read()
    return counted, lines, [parse(datagram)["MESSAGE"] for datagram in everything_in(journal)]


def ids_in_code():
    return subprocess.run([SAY, "--ids"], capture_output=True, text=True, check=True,
                          timeout=60).stdout.split()


def the_catalog_explains_every_message_id_and_no_other():
    text = pathlib.Path(CATALOG).read_text(encoding="utf-8")
    explained = re.findall(r"^-- ([0-9a-f]{32})$", text, re.M)
    tap.same(sorted(explained), sorted(ids_in_code()), "the catalog's list")
    tap.same(len(set(explained)), len(explained), "number of different ids")


def an_xrun_is_one_structured_entry():
    lines, entries = with_journal()
    tap.same(lines, [], "stderr")
    xrun = entries[0]
    for name, value in {
            "MESSAGE_ID": ids_in_code()[0], "PRIORITY": "4", "MCA_CHANNEL": "2",
            "SYSLOG_IDENTIFIER": "mission-control-audio", "MCA_STREAM": "playback",
            "MCA_DEVICE": "sim:4", "MCA_XRUNS": "7", "MCA_FRAMES_LOST": "512",
            "MCA_CAUSE": "underrun",
            "MESSAGE": "channel 2: xrun on playback sim:4\nand a \033[2J\x9bsecond line"}.items():
        tap.same(xrun.get(name), value, name)
    tap.true("MCA_CLIENT" not in xrun, "a field that does not apply is there")


def every_kind_has_its_own_id():
    _, entries = with_journal()
    ids = [entry["MESSAGE_ID"] for entry in entries if "MESSAGE_ID" in entry]
    tap.same(ids, ids_in_code(), "the ids sent")
    for entry in entries[1:-1]:
        tap.same(entry.get("MCA_CLIENT"), "http 127.0.0.1", "MCA_CLIENT")
        tap.true("MCA_CHANNEL" not in entry and "MCA_XRUNS" not in entry, entry)
    tap.same(entries[-1]["MESSAGE"], "listening on http://127.0.0.1:8000", "the plain sentence")
    tap.same(entries[-1]["PRIORITY"], "6", "its priority")


def check_sentences(lines):
    tap.same(lines[0], "mission-control-audio: warning: channel 2: xrun on playback sim:4 "
             "and a  [2J  second line", "first line")
    tap.same(lines[-1], "mission-control-audio: listening on http://127.0.0.1:8000", "last line")
    tap.same(len(lines), len(ids_in_code()) + 1, "number of lines")


def without_a_journal_the_sentences_go_to_stderr():
    check_sentences(entries_of("plain"))


def a_redirected_stderr_keeps_the_sentences():
    check_sentences(entries_of("redirected"))


def a_journal_without_a_socket_loses_nothing():
    if os.path.exists("/run/systemd/journal/socket"):
        raise tap.Skip("this machine has a journal")
    check_sentences(entries_of("journal"))


def lost_lines(count, why):
    return f"{count} log lines were lost because {why}"


def a_journal_that_does_not_read_loses_counted_lines():
    counted, lines, messages = with_journal(read_nothing)
    tap.same(counted, len(ids_in_code()) + 1, "lines lost")
    tap.same(lines, "", "stderr")
    tap.same(messages, [lost_lines(counted, "the journal did not read")], "what is said later")


def full_pipe(make):
    """(reader, writer) of a pipe without room."""
    reader, writer = make()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    return reader, writer


def plain_environment():
    return {name: value for name, value in os.environ.items() if name != "JOURNAL_STREAM"}


def empty(reader, writer):
    """Reads until there is room and nothing waits."""
    while True:
        readable, writable, _ = select.select([reader], [writer], [], 60)
        if readable:
            os.read(reader, 65536)
        elif writable:
            return


def read_until(reader, wanted):
    text = ""
    while wanted not in text:
        readable, _, _ = select.select([reader], [], [], 60)
        tap.true(readable, f"{wanted!r} does not come, only {text[-200:]!r}")
        text += os.read(reader, 65536).decode()


def check_full(reader, writer, resume):
    """Nothing is written, everything is counted, and the count is said when there is room."""
    counted = say_to_nobody(writer, plain_environment(), resume)
    tap.same(counted, len(ids_in_code()) + 1, "lines lost")
    read_until(reader, "mission-control-audio: warning: "
               + lost_lines(counted, "stderr was not read"))
    os.close(writer)
    os.close(reader)


def a_full_pipe_loses_counted_lines():
    reader, writer = full_pipe(os.pipe)
    check_full(reader, writer, lambda: empty(reader, writer))


def a_full_socket_loses_counted_lines():
    reader, writer = full_pipe(lambda: [end.detach() for end in socket.socketpair()])
    check_full(reader, writer, lambda: empty(reader, writer))


def a_stopped_terminal_loses_counted_lines():
    try:
        reader, writer = os.openpty()
    except OSError as error:
        raise tap.Skip(f"no terminal to be had here: {error}")
    termios.tcflow(writer, termios.TCOOFF)
    check_full(reader, writer, lambda: termios.tcflow(writer, termios.TCOON))


if __name__ == "__main__":
    tap.run(the_catalog_explains_every_message_id_and_no_other,
            an_xrun_is_one_structured_entry,
            every_kind_has_its_own_id,
            without_a_journal_the_sentences_go_to_stderr,
            a_redirected_stderr_keeps_the_sentences,
            a_journal_without_a_socket_loses_nothing,
            a_journal_that_does_not_read_loses_counted_lines,
            a_full_pipe_loses_counted_lines,
            a_full_socket_loses_counted_lines,
            a_stopped_terminal_loses_counted_lines)
