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


_excuses = []
ATTEMPTS = 3


def excuse(judge):
    """Within a case: judge(fault) gets the text of a failure and returns why it does not count
    (proof that the machine had no time, for example), or None."""
    _excuses.append(judge)


def _attempt(case):
    """(None, None) if it passed, else (text of the failure, its excuse or None)."""
    _excuses.clear()
    try:
        case()
        return None, None
    except Skip:
        raise
    except AssertionError as fault:
        text = str(fault)
    except Exception:
        text = traceback.format_exc()
    say(text)
    return text, next(filter(None, (judge(text) for judge in _excuses)), None)


def _judge(case):
    """The end of the line "ok N - name", or None if the case failed. A failure with an excuse is
    tried again; if it fails each time, each time with an excuse, the case is skipped."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            fault, reason = _attempt(case)
        except Skip as skip:
            return f" # SKIP {skip}"
        if fault is None:
            return ""
        if reason is None:
            return None
        say(f"attempt {attempt} of {ATTEMPTS} does not count: {reason}")
    return f" # SKIP {reason}"


def run(*cases):
    """Run every case, print the plan, exit 1 if one failed."""
    failed = 0
    for number, case in enumerate(cases, 1):
        name = case.__name__.strip("_").replace("_", " ")
        end = _judge(case)
        failed += end is None
        print(f"not ok {number} - {name}" if end is None else f"ok {number} - {name}{end}")
        sys.stdout.flush()
    print(f"1..{len(cases)}")
    sys.exit(1 if failed else 0)
