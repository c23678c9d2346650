# SPDX-License-Identifier: MIT
"""The pages tell the truth: links lead somewhere, rooms and commands are all there, and the
reference of the README is what the program prints.

    pages.py PROGRAM
"""
import re
import sys

import floors
import tree
import tap

README = tree.TOP / "README.md"
PAGES = [README, tree.TOP / "src/README.md", tree.TOP / ".github/CONTRIBUTING.md",
         tree.TOP / "packaging/CHANGELOG.md"]


def program(*arguments):
    return tree.program_output(sys.argv[1], *arguments)


def links_lead_somewhere():
    faults = [f"{tree.short(page)}: {target}" for page in PAGES
              for target in re.findall(r"\]\(([^)#]+)\)", page.read_text())
              if "://" not in target and not (page.parent / target).exists()]
    tap.none(faults, "link to nowhere")


def paths_in_the_text_exist():
    """`src/x`, `tests/x`, `packaging/x`, `include/x` between backticks."""
    faults = []
    for page in PAGES:
        for path in re.findall(r"`((?:src|tests|packaging|systemd|include)/[\w./-]+)`",
                               page.read_text()):
            if not (tree.TOP / path).exists():
                faults.append(f"{tree.short(page)}: {path}")
    tap.none(faults, "path to nowhere")


def every_room_is_on_the_tour():
    tour = PAGES[1].read_text()
    tap.none([room for room in floors.MAY_KNOW if f"| [{room}]({room}) |" not in tour],
             "room that the tour leaves out")


def the_reference_is_what_the_program_prints():
    text = README.read_text()
    found = re.search(r"<!-- reference: begin -->\n(.*)<!-- reference: end -->", text, re.S)
    tap.true(found, "the README has lost its reference")
    tap.true(found.group(1).strip() == program("check-config", "--reference").strip(),
             "README.md: put the output of `check-config --reference` between the two marks")


def every_command_is_in_the_readme():
    commands = re.findall(r"^  ([a-z-]+)  +\S", program("--help").split("Commands:")[1], re.M)
    tap.true(len(commands) >= 9, f"commands of --help: {commands}")
    text = README.read_text()
    tap.none([c for c in commands if not re.search(rf"^\| `{c}[ `]", text, re.M)],
             "command that the README leaves out")


def every_request_is_in_the_readme():
    routes = (tree.TOP / "src/api/route.c").read_text()
    text = README.read_text()
    faults = []
    for path, row in re.findall(r'\.path = "(/[a-z-]+)"(.*?)\}', routes, re.S):
        faults += [f"{verb.upper()} {path}" for verb in ("get", "post")
                   if f".{verb} =" in row and f"`{verb.upper()} {path}`" not in text]
    tap.none(faults, "request that the README leaves out")


if __name__ == "__main__":
    tap.run(links_lead_somewhere, paths_in_the_text_exist, every_room_is_on_the_tour,
            the_reference_is_what_the_program_prints, every_command_is_in_the_readme,
            every_request_is_in_the_readme)
