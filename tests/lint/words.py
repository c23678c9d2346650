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


def without_git_the_same_files_are_looked_at():
    """Both ways to find the files of the tree; only git knows which new ones belong to it."""
    tracked = tree.tracked()
    if tracked is None:
        raise tap.Skip("git does not know this tree")
    tap.none([tree.short(path) for path in sorted(tracked - tree.listed()) if path.is_file()],
             "file that the lints miss where git is missing")


def logs_and_notes_of_a_checkout_are_not_looked_at():
    """Such files name folders of the machine; the tree's own files must not."""
    tap.none([tree.short(path) for path in tree.listed() if path.suffix in (".log", ".deb")],
             "file that is no part of the tree")


def rooms_are_nouns():
    """A folder or file named after nothing in particular becomes everybody's drawer."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "stuff"}
    faults = [tree.short(p) for p in tree.files(".c", ".h", ".py")
              if p.stem in drawers or drawers & set(p.relative_to(tree.TOP).parts)]
    tap.none(faults, "file named after nothing in particular")


if __name__ == "__main__":
    tap.run(no_mark_of_unfinished_work, no_path_of_a_build_machine,
            without_git_the_same_files_are_looked_at,
            logs_and_notes_of_a_checkout_are_not_looked_at, rooms_are_nouns)
