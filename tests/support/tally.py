# SPDX-License-Identifier: MIT
"""Counts what one run of `meson test` did.

    tally.py [--skips] TESTLOG.json

Prints "PASSED FAILED SKIPPED", and with --skips a line for each skipped case, with its reason.

A TAP test counts once for each of its cases. When it ended badly without saying which case failed
(a crash, a sanitizer's report, a time-out, fewer cases than planned), that is one failure more;
every other test counts once.
"""
import json
import re
import sys

RESULT = re.compile(r"^(not )?ok\b([^#]*)(?:#\s*(skip|todo)\b)?", re.I)
GOOD = {"OK", "EXPECTEDFAIL"}


def tally(record):
    """(passed, failed, skipped) of one test of the log."""
    passed = failed = skipped = 0
    for line in record.get("stdout", "").splitlines():
        found = RESULT.match(line)
        if not found:
            continue
        if found[3]:
            skipped += 1
        elif found[1]:
            failed += 1
        else:
            passed += 1
    result = record["result"]
    if result == "SKIP":
        return passed, failed, max(skipped, 1)
    if result in GOOD:
        return passed + (passed + skipped == 0), failed, skipped
    return passed, max(failed, 1), skipped


def skips(record):
    """What was skipped in one test of the log, and why."""
    lines = [line for line in record.get("stdout", "").splitlines()
             if (found := RESULT.match(line)) and found[3]]
    if not lines and record["result"] == "SKIP":
        lines = ["the whole test"]
    name = record.get("name", "").split(" / ")[-1]
    return [f"skipped: {name}: " + re.sub(r"^ok [0-9]+ - ", "", line) for line in lines]


def main():
    totals, said = [0, 0, 0], []
    with open(sys.argv[-1], encoding="utf-8") as log:
        for record in map(json.loads, log):
            totals = [sum(pair) for pair in zip(totals, tally(record))]
            said += skips(record) if "--skips" in sys.argv[1:-1] else []
    print(*totals)
    for line in said:
        print(line)
    return 0 if sum(totals) else 1


sys.exit(main())
