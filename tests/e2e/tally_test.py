# SPDX-License-Identifier: MIT
"""The sum at the end of CI is only worth something if no failure can hide from it."""
import json
import pathlib
import subprocess
import sys

import tap
from service import folder

TALLY = pathlib.Path(__file__).resolve().parents[1] / "support" / "tally.py"


def tally(*records):
    """(passed, failed, skipped) and the exit code for a log of these (result, stdout)."""
    with folder() as path:
        log = path / "testlog.json"
        log.write_text("".join(json.dumps({"result": result, "stdout": stdout}) + "\n"
                               for result, stdout in records), encoding="utf-8")
        done = subprocess.run([sys.executable, TALLY, log], capture_output=True, text=True,
                              timeout=60)
    return tuple(int(word) for word in done.stdout.split()), done.returncode


def cases_are_counted_one_by_one():
    tap.same(tally(("OK", "ok 1 - a\n# remark\nok 2 - b\n1..2\n"), ("OK", "ok 1 - c\n1..1\n")),
             ((3, 0, 0), 0), "two good programs")


def a_failed_case_is_one_failure():
    tap.same(tally(("FAIL", "ok 1 - a\nnot ok 2 - b\nnot ok 3 - c\n1..3\n")), ((1, 2, 0), 0),
             "a program with two failures")


def a_crash_is_a_failure_even_when_every_case_passed():
    for result in ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS"):
        tap.same(tally((result, "ok 1 - a\n1..1\n")), ((1, 1, 0), 0), result)
        tap.same(tally((result, "")), ((0, 1, 0), 0), f"{result} without a word")


def skipped_cases_are_neither():
    tap.same(tally(("OK", "ok 1 - a\nok 2 - b # SKIP no card\n1..2\n")), ((1, 0, 1), 0), "one")
    tap.same(tally(("SKIP", "1..0 # SKIP not here\n")), ((0, 0, 1), 0), "a whole program")


def a_test_that_speaks_no_tap_counts_once():
    tap.same(tally(("OK", ""), ("EXPECTEDFAIL", "whatever\n")), ((2, 0, 0), 0), "two of them")


def no_test_at_all_is_no_success():
    tap.same(tally()[1], 1, "exit code for an empty log")


if __name__ == "__main__":
    tap.run(cases_are_counted_one_by_one,
            a_failed_case_is_one_failure,
            a_crash_is_a_failure_even_when_every_case_passed,
            skipped_cases_are_neither,
            a_test_that_speaks_no_tap_counts_once,
            no_test_at_all_is_no_success)
