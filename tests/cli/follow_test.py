# SPDX-License-Identifier: MIT
"""vu --follow: on terminals of any size, and when the service restarts or stops measuring."""
import contextlib
import itertools
import json
import signal
import subprocess
import termios
import threading

import program
import tap
from program import one_sentence, run
from service import Service
from terminal import Terminal

UNAVAILABLE = (503, {"title": "Service Unavailable", "status": 503, "detail": "stopping"})


def vu(seq, ids=("1", "2"), level=-23.4):
    return {"interval_ms": 100, "seq": seq, "vu_dbfs": {key: level for key in ids},
            "channels": {key: {"rms_dbfs": [level, level], "peak_dbfs": [-9.5, -10.0],
                               "gain_reduction_db": 4.2, "input_rms_dbfs": [-19.0, -20.0],
                               "clipped": 2 if key == "1" else 0} for key in ids}}


def counting(**more):
    count = itertools.count(1)
    return {"GET /vu": lambda: (200, vu(next(count) // 2, **more))}  # every window twice


def start(service, stdout, *more):
    return subprocess.Popen([program.PROGRAM, "vu", "--follow", "--port", str(service.port), *more],
                            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE)


@contextlib.contextmanager
def following(service, terminal):
    """Follows on the terminal; afterwards Ctrl-C ends it well and the terminal is as it was."""
    child = start(service, terminal.theirs)
    try:
        yield child
        child.send_signal(signal.SIGINT)
        stderr = child.communicate(timeout=60)[1]
        tap.same((child.returncode, stderr), (0, b""), "its end")
        terminal.wait_for(lambda _: not terminal.hidden)
        tap.same(termios.tcgetattr(terminal.theirs), terminal.before, "terminal settings")
        tap.same((terminal.wrapped, terminal.scrolled, terminal.strange), (0, 0, []),
                 "lines wrapped, screens scrolled, strange sequences")
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
        terminal.close()


def settled(terminal, count=4):
    """The screen after some more updates."""
    with terminal.changed:
        goal = terminal.updates + count
    return terminal.wait_for(lambda _: terminal.updates >= goal)


def bars_have_the_right_length():
    terminal = Terminal(60, 24)
    with Service(counting()) as service, following(service, terminal):
        lines = settled(terminal)
        tap.true(terminal.hidden, "the cursor is hidden meanwhile")
    tap.same(len(lines), 2, f"rows of {lines}")
    tap.true("-23.4 dBFS" in lines[0] and "GR  4.2" in lines[0] and "CLIP" in lines[0], lines[0])
    tap.true("CLIP" not in lines[1], lines[1])
    bar = lines[0][lines[0].index("[") + 1:lines[0].index("]")]
    tap.same((len(bar), bar.count("#")), (20, 12), f"bar {bar!r}")  # -23.4 of -60..0 on 20
    tap.same(bar.index("|"), 16, "peak -9.5")


def every_size_shows_levels_and_nothing_wraps_or_scrolls():
    for columns, rows in ((40, 10), (80, 24), (200, 50), (20, 5), (12, 3), (8, 2), (36, 4)):
        for ids in (["1", "2"], [str(n) for n in range(1, 65)], ["2147483647", "7"]):
            terminal = Terminal(columns, rows)
            with Service(counting(ids=ids)) as service, following(service, terminal):
                lines = settled(terminal)
            what = f"{columns} x {rows}, {len(ids)} channels: {lines}"
            shown = [line for line in lines if "more" not in line]
            tap.true(len(lines) <= rows - 1 and max(map(len, lines)) < columns, what)
            if len(ids) > rows - 1:
                tap.true(rows < 3 or lines[-1].startswith(str(len(ids) - len(shown))[:columns - 1]),
                         what)
            elif columns > 30:
                tap.same(len(shown), len(ids), what)
            if columns >= 20:
                tap.true(all("-23.4" in line for line in shown), what)


def a_change_of_size_is_followed():
    terminal = Terminal(100, 30)
    with Service(counting(ids=[str(n) for n in range(1, 9)])) as service, \
         following(service, terminal):
        settled(terminal)
        for columns, rows in ((40, 10), (120, 20), (30, 5)):
            terminal.resize(columns, rows)
            lines = settled(terminal)
            tap.true(max(map(len, lines)) < columns, f"{columns} columns: {lines}")
            tap.same(len(lines), min(8, rows - 1), f"rows in {lines}")


def a_restart_is_told_and_survived():
    """Stale levels are never on the screen while there is no answer."""
    terminal = Terminal(40, 10)
    answers = counting()
    live = answers["GET /vu"]
    with Service(answers) as service, following(service, terminal):
        settled(terminal)
        for down in (lambda: UNAVAILABLE, lambda: (200, b"")):
            answers["GET /vu"] = down
            lines = terminal.wait_for(lambda lines: any("NO LEVELS" in line for line in lines))
            tap.true("-23.4" not in "".join(lines) and "#" not in "".join(lines), f"{lines}")
            answers["GET /vu"] = live
            lines = terminal.wait_for(lambda lines: any("#" in line for line in lines))
            tap.true(not any("NO LEVELS" in line for line in lines), f"{lines}")


def a_service_that_is_gone_for_a_while_comes_back():
    """The port is closed in between."""
    terminal = Terminal(40, 10)
    with Service(counting()) as service, following(service, terminal):
        settled(terminal)
        service.server.shutdown()
        service.thread.join()
        service.server.server_close()
        lines = terminal.wait_for(lambda lines: any("NO LEVELS" in line for line in lines))
        tap.true("#" not in "".join(lines), f"{lines}")
        service.listen(service.port)
        service.thread.start()
        lines = terminal.wait_for(lambda lines: any("#" in line for line in lines))


def levels_that_do_not_move_are_not_shown_as_live():
    terminal = Terminal(40, 10)
    answers = counting()
    live = answers["GET /vu"]
    with Service(answers) as service, following(service, terminal):
        settled(terminal)
        answers["GET /vu"] = lambda: (200, vu(99999))
        lines = terminal.wait_for(lambda lines: any("NO LEVELS" in line for line in lines))
        tap.true("#" not in "".join(lines), f"{lines}")
        answers["GET /vu"] = live
        terminal.wait_for(lambda lines: any("#" in line for line in lines))


def where_stdout_is_no_terminal_stderr_says_so_once():
    answers = counting()
    live = answers["GET /vu"]
    with Service(answers) as service:
        child = start(service, subprocess.PIPE, "--json")
        first = json.loads(child.stdout.readline())
        answers["GET /vu"] = lambda: UNAVAILABLE
        one_sentence(child.stderr.readline().decode(), "no levels", "503", "stopping")
        seen = len(service.asked)
        tap.true(service.wait_for(seen + 3), "it asks again")
        answers["GET /vu"] = live
        tap.same(child.stderr.readline(), b"levels come again\n", "stderr")
        while (last := json.loads(child.stdout.readline()))["seq"] <= first["seq"]:
            pass
        child.send_signal(signal.SIGTERM)
        stdout, stderr = child.communicate(timeout=60)
        tap.same((child.returncode, stderr), (0, b""), "its end")
        tap.none([line for line in stdout.splitlines() if json.loads(line).keys() != last.keys()],
                 "document of another form")


def a_refusal_that_stays_ends_it():
    answers = counting()
    with Service(answers) as service:
        child = start(service, subprocess.DEVNULL)
        tap.true(service.wait_for(2), "it follows")
        answers["GET /vu"] = lambda: (401, {"title": "Unauthorized", "status": 401,
                                            "detail": "the token is wrong"})
        stderr = child.communicate(timeout=60)[1].decode()
        tap.same(child.returncode, 1, "exit status")
        one_sentence(stderr, "401", "token is wrong")
    with Service({"GET /vu": UNAVAILABLE}) as service:
        one_sentence(run("vu", "--follow", "--port", service.port, want=1)[1], "503", "stopping")


def ctrl_c_does_not_wait_for_an_answer():
    never = threading.Event()
    answers = counting()
    with Service(answers) as service:
        child = start(service, subprocess.DEVNULL)
        tap.true(service.wait_for(2), "it follows")
        answers["GET /vu"] = lambda: (never.wait(60), UNAVAILABLE)[1]
        seen = len(service.asked)
        tap.true(service.wait_for(seen + 1), "it waits for an answer")
        child.send_signal(signal.SIGINT)
        stderr = child.communicate(timeout=60)[1]
        never.set()
        tap.same((child.returncode, stderr), (0, b""), "its end")


if __name__ == "__main__":
    tap.run(bars_have_the_right_length, every_size_shows_levels_and_nothing_wraps_or_scrolls,
            a_change_of_size_is_followed, a_restart_is_told_and_survived,
            a_service_that_is_gone_for_a_while_comes_back,
            levels_that_do_not_move_are_not_shown_as_live,
            where_stdout_is_no_terminal_stderr_says_so_once, a_refusal_that_stays_ends_it,
            ctrl_c_does_not_wait_for_an_answer)
