# SPDX-License-Identifier: MIT
"""The manual pages and the completion know every command, option, key and request.

    manual.py PROGRAM CONFIG_PAGE_PY
"""
import re
import subprocess
import sys

import tree
import tap

PROGRAM, CONFIG_PAGE = sys.argv[1:3]
MAN = tree.TOP / "packaging/man"
COMMANDS = ("run", "devices", "test-tone", "latency", "check-config", "process", "status", "vu",
            "ptt", "reload")


def program(*arguments):
    return tree.program_output(PROGRAM, *arguments)


def plain(page):
    """roff without the backslashes and fonts that our pages use."""
    return re.sub(r"\\f[BIR]|\\&", "", page).replace("\\-", "-").replace("\\(dq", '"')


def options(command):
    return re.findall(r"^  (--[a-z-]+)", program(command, "--help"), re.M)


def all_commands_are_known():
    listed = re.findall(r"^  ([a-z-]+)  +\S", program("--help").split("Commands:")[1], re.M)
    tap.same(sorted(listed), sorted(COMMANDS), "commands of --help")


def the_page_names_every_option():
    page = plain((MAN / "mission-control-audio.1").read_text())
    faults = [f"{c} {o}" for c in COMMANDS for o in options(c) if o not in page]
    tap.none(faults, "option that mission-control-audio.1 leaves out")


def the_completion_offers_every_option():
    """Asked as bash asks, for each command."""
    script = tree.TOP / "packaging/completions/mission-control-audio"
    faults = []
    for command in COMMANDS:
        asked = subprocess.run(
            ["bash", "-c", f'. "{script}"; COMP_WORDS=(mission-control-audio {command} --)\n'
             'COMP_CWORD=2; compopt() { :; }; _mission_control_audio\n'
             'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True)
        offered = asked.stdout.split()
        faults += [f"{command} {o}" for o in options(command) if o not in offered]
        faults += [f"{command} {o}, which does not exist" for o in offered
                   if o not in options(command)]
    tap.none(faults, "completion that is wrong")


def the_page_has_every_key():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", program("check-config", "--reference"), re.M)
    page = plain(subprocess.run([sys.executable, CONFIG_PAGE, PROGRAM], capture_output=True,
                                text=True, check=True).stdout)
    tap.true(len(rows) > 40, f"only {len(rows)} keys in the reference")
    lines = page.splitlines()
    tap.none([k for k, _ in rows if k not in lines], "key that the page leaves out")


def the_page_has_every_request():
    page = plain((MAN / "mission-control-audio-api.7").read_text())
    told = set(re.findall(r"(?:GET|POST) (/[\w-]+)", page))
    readme = (tree.TOP / "README.md").read_text()
    listed = set(re.findall(r"\| `(?:GET|POST|PATCH) (/[\w-]+)", readme))
    tap.true(len(listed) >= 8, f"requests in the README: {listed}")
    tap.none(sorted(listed - told), "request that the page leaves out")


tap.run(all_commands_are_known, the_page_names_every_option, the_completion_offers_every_option,
        the_page_has_every_key, the_page_has_every_request)
