# SPDX-License-Identifier: MIT
"""Every status that the server can send stands in the README and in the manual page, and nothing
else stands there."""
import re

import tree
import tap

TABLE = tree.TOP / "src/api/problem.c"
SOURCES = [p for room in ("api", "http") for p in sorted((tree.TOP / "src" / room).glob("*.c"))
           if p != TABLE]
# 100 and 200 are no errors: they stand in no table of errors.
UNLISTED = {"100", "200"}


def phrases():
    """The statuses that have a reason phrase."""
    return set(re.findall(r"\{ (\d{3}), \"", TABLE.read_text()))


def sent():
    """The statuses that the sources name, with a place."""
    places = (r"(?:MCA_REFUSE|refuse|problem|problem_send|problem_faults|document_send|"
              r"exchange_refuse)\((?:[^;\"]*?[,(] ?)?(\d{3}),",
              r"\.status = (\d{3})\b",
              r"return (?:code [^;]*\? )?([345]\d\d);", r"status == (\d{3})\b",
              r"HTTP/1\.1 (\d{3})",
              r"\? (\d{3}) :", r": ([2345]\d\d);")
    found = {}
    for path in SOURCES:
        text = path.read_text()
        for pattern in places:
            for status in re.findall(pattern, text):
                found.setdefault(status, tree.short(path))
    return found


def listed_in_readme():
    text = (tree.TOP / "README.md").read_text()
    table = re.search(r"\| status \| when \|\n\|---\|---\|\n((?:\|.*\n)+)", text)[1]
    return {s for row in table.splitlines() for s in re.findall(r"\d{3}", row.split("|")[1])}


def listed_in_manual():
    page = (tree.TOP / "packaging/man/mission-control-audio-api.7").read_text()
    errors = page.split(".SH ERRORS")[1].split(".SH ")[0]
    return {s for line in re.findall(r"^\.TP\n\.BR? (.*)$", errors, re.M)
            for s in re.findall(r"\b\d{3}\b", line)}


def every_status_has_a_phrase():
    tap.true(len(sent()) > 15, f"statuses found in the sources: {sorted(sent())}")
    tap.none([f"{s} in {where}" for s, where in sorted(sent().items()) if s not in phrases()],
             "status without a phrase")


def every_phrase_is_sent():
    tap.none(sorted(phrases() - set(sent())), "phrase of a status that nothing sends")


def the_references_list_them_all():
    tap.same(sorted(listed_in_readme()), sorted(phrases() - UNLISTED), "statuses of the README")
    tap.same(sorted(listed_in_manual()), sorted(phrases() - UNLISTED), "statuses of the manual")


if __name__ == "__main__":
    tap.run(every_status_has_a_phrase, every_phrase_is_sent, the_references_list_them_all)
