# SPDX-License-Identifier: MIT
"""Sizes: a file has one noun, a function fits on a screen, a line fits beside another.

Hard limits fail. Headers between the aim and the limit, and the median function, are only told.
"""
import re
import statistics

import tree
import tap

FILE_LINES = 400
FUNCTION_LINES = 60
HEADER_LINES = 200
HEADER_AIM = 150
COLUMNS = 100
MEDIAN_AIM = 15


def code():
    return tree.files(".c", ".h", ".py", ".sh")


def functions(path):
    """(line, name, length) of each function: in this style its braces stand in the first column."""
    lines = tree.bare(path.read_text()).splitlines()
    begin = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{") and begin is None:
            begin = number
        elif line.startswith("}") and begin is not None:
            head = re.split("[;}]", " ".join(lines[max(0, begin - 6):begin - 1]))[-1]
            names = re.findall(r"\b([a-z_][a-z0-9_]*)\s*\(", head)
            yield begin, names[0] if names else "?", number - begin + 1
            begin = None


def files_have_one_noun():
    faults = [f"{tree.short(p)}: {n} lines" for p in code()
              if (n := len(p.read_text().splitlines())) > FILE_LINES]
    tap.none(faults, f"file of more than {FILE_LINES} lines")


def headers_are_short():
    faults = []
    for path in tree.files(".h", under=("include",)):
        lines = len(path.read_text().splitlines())
        if lines > HEADER_LINES:
            faults.append(f"{tree.short(path)}: {lines} lines")
        elif lines > HEADER_AIM:
            tap.say(f"long: {tree.short(path)}: {lines} lines, aim at {HEADER_AIM}")
    tap.none(faults, f"header of more than {HEADER_LINES} lines")


def functions_fit_on_a_screen():
    faults, lengths = [], []
    for path in tree.files(".c", ".h"):
        for line, name, length in functions(path):
            if path.relative_to(tree.TOP).parts[0] == "src":
                lengths.append(length)
            if length > FUNCTION_LINES:
                faults.append(f"{tree.short(path)}:{line}: {name} has {length} lines")
    if lengths:
        tap.say(f"{len(lengths)} functions, median {statistics.median(lengths):g} lines "
                f"(aim {MEDIAN_AIM}), longest {max(lengths)}")
    tap.none(faults, f"function of more than {FUNCTION_LINES} lines")


def lines_fit():
    faults = []
    for path in code():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line.expandtabs(8)) > COLUMNS:
                faults.append(f"{tree.short(path)}:{number}: {len(line.expandtabs(8))} columns")
    tap.none(faults, f"line of more than {COLUMNS} columns (a tab counts 8)")


def no_line_ends_in_space():
    faults = [f"{tree.short(path)}:{number}" for path in code()
              for number, line in enumerate(path.read_text().split("\n"), 1)
              if line != line.rstrip()]
    tap.none(faults, "line that ends in space")


if __name__ == "__main__":
    tap.run(files_have_one_noun, headers_are_short, functions_fit_on_a_screen, lines_fit,
            no_line_ends_in_space)
