# SPDX-License-Identifier: MIT
"""The README's configuration reference is what the program's own table says.

Between the markers <!-- reference: begin --> and <!-- reference: end --> stands the output of
the `config-reference` program, word for word; whoever changes the table prints it anew.
"""
import pathlib
import subprocess
import sys

import tap

PROGRAM, README = sys.argv[1], pathlib.Path(sys.argv[2])
BEGIN, END = "<!-- reference: begin -->\n", "<!-- reference: end -->"


def printed():
    return subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout


def the_reference_is_whole():
    """Every table row has its four cells, and the keys everybody needs are there."""
    rows = [line for line in printed().splitlines() if line.startswith("|")]
    tap.none([r for r in rows if r.count("|") != 5], "row without four cells")
    missing = [k for k in ("sample_rate", "threshold_db", "ceiling_db", "token_file", "drift_ppm")
               if not any(r.startswith(f"| `{k}` |") for r in rows)]
    tap.none(missing, "key that is not in the reference")


def the_readme_says_what_the_table_says():
    text = README.read_text() if README.exists() else ""
    if BEGIN not in text:
        raise tap.Skip("the README has no reference yet")
    told = text.split(BEGIN, 1)[1].split(END, 1)[0].strip()
    differ = [f"README: {a!r}, table: {b!r}" for a, b in
              zip(told.splitlines(), printed().strip().splitlines()) if a != b]
    if not differ and told != printed().strip():
        differ = ["one of the two is longer"]
    tap.none(differ[:5], "line that differs; print the reference anew")


if __name__ == "__main__":
    tap.run(the_reference_is_whole, the_readme_says_what_the_table_says)
