# SPDX-License-Identifier: MIT
"""The test harness for Python tests: a case is a function, its result is one line of TAP.

    @case
    def silence_stays_silent():
        check(x == 0, "x is", x)

    run()   # at the end of the file
"""
import sys
import traceback

_cases = []


class Skip(Exception):
    """Raised by a case that cannot run here; says why."""


def case(function):
    _cases.append(function)
    return function


def check(condition, *explanation):
    if not condition:
        raise AssertionError(" ".join(str(word) for word in explanation) or "not so")


def equal(got, want, what="value"):
    check(got == want, what, "is", repr(got) + ", must be", repr(want))


def run():
    failed = 0
    for number, function in enumerate(_cases, 1):
        title = f"{number} - {function.__name__}"
        try:
            function()
            print(f"ok {title}", flush=True)
        except Skip as reason:
            print(f"ok {title} # SKIP {reason}", flush=True)
        except BaseException:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            print(f"not ok {title}", flush=True)
    print(f"1..{len(_cases)}")
    sys.exit(1 if failed else 0)
