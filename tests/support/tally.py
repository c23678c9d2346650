# SPDX-License-Identifier: MIT
"""Counts what one run of `meson test` did: tally.py TESTLOG.json prints "PASSED FAILED SKIPPED".

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


def main():
    totals = [0, 0, 0]
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            totals = [sum(pair) for pair in zip(totals, tally(json.loads(line)))]
    print(*totals)
    return 0 if sum(totals) else 1


sys.exit(main())
