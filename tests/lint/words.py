# SPDX-License-Identifier: MIT
"""Words that must not stand in the tree: marks of unfinished work, paths of somebody's machine."""
import re

import tree
import tap

# Written in halves, so that this file does not find itself.
MARKS = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|not " r"implemented)\b")
MACHINE = re.compile(r"(?<![\w.~$}])/(?:ho" r"me/\w|ro" r"ot/\w|wo" r"rk/|Us" r"ers/\w|mnt" r"/c/)")


# Scripts that run in a guest have paths of their own.
GUEST = "tests/system/guest/"


def texts():
    for path in tree.files():
        try:
            yield path, path.read_text()
        except UnicodeDecodeError:
            continue


def places(pattern):
    return [f"{tree.short(path)}:{number}: {match.group(0)}"
            for path, text in texts() for number, line in enumerate(text.splitlines(), 1)
            for match in [pattern.search(line)] if match]


def no_mark_of_unfinished_work():
    tap.none(places(MARKS), "mark of unfinished work")


def no_path_of_a_build_machine():
    tap.none([p for p in places(MACHINE) if not p.startswith(GUEST)], "path of somebody's machine")


def rooms_are_nouns():
    """A folder or file named after nothing in particular becomes everybody's drawer."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "stuff"}
    faults = [tree.short(p) for p in tree.files(".c", ".h", ".py")
              if p.stem in drawers or drawers & set(p.relative_to(tree.TOP).parts)]
    tap.none(faults, "file named after nothing in particular")


if __name__ == "__main__":
    tap.run(no_mark_of_unfinished_work, no_path_of_a_build_machine, rooms_are_nouns)
