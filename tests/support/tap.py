# SPDX-License-Identifier: MIT
"""TAP for tests in Python: a test is a script of case functions, run in the order given.

    def silence_stays_silent():
        same(levels("silence.wav"), -60.0, "level of silence")

    if __name__ == "__main__":
        tap.run(silence_stays_silent, ...)

A case fails by raising; AssertionError shows its text, anything else its traceback. A case that
cannot be judged here raises Skip with the reason.
"""
import sys
import traceback


class Skip(Exception):
    """The case cannot be judged on this machine or build; the text says why."""


def say(text):
    """Print lines that a TAP reader takes for a remark."""
    for line in str(text).splitlines():
        print("# " + line)


def same(got, want, what):
    """Fail unless got == want."""
    if got != want:
        raise AssertionError(f"{what} is {got!r}, must be {want!r}")


def true(condition, what):
    """Fail with `what` unless the condition holds."""
    if not condition:
        raise AssertionError(what)


def none(faults, what):
    """Fail with every fault on its own line unless the list is empty."""
    faults = list(faults)
    if faults:
        raise AssertionError("\n".join([f"{len(faults)} x {what}"] + [f"  {f}" for f in faults]))


def run(*cases):
    """Run every case, print the plan, exit 1 if one failed."""
    failed = 0
    for number, case in enumerate(cases, 1):
        name = case.__name__.strip("_").replace("_", " ")
        try:
            case()
            print(f"ok {number} - {name}")
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except AssertionError as fault:
            say(fault)
            failed += 1
            print(f"not ok {number} - {name}")
        except Exception:
            say(traceback.format_exc())
            failed += 1
            print(f"not ok {number} - {name}")
        sys.stdout.flush()
    print(f"1..{len(cases)}")
    sys.exit(1 if failed else 0)
