# SPDX-License-Identifier: MIT
"""Every command: --help that names its options and shows examples, --version, and usage errors."""
import re

import tap
from program import one_sentence, run

# Command -> its options, each with a wrong value (None = a flag).
TARGET = {"host": "", "port": "65536", "token-file": ""}
COMMANDS = {
    "devices": {"simulate": None, "config": "", "json": None},
    "test-tone": {"channel": "0", "seconds": "0", "frequency": "5", "level": "0", "simulate": None,
                  "config": "", **TARGET},
    "latency": {"channel": "0", "play": "", "record": "", "level": "0", "simulate": None,
                "json": None, "config": "", **TARGET},
    "check-config": {"simulate": None, "json": None, "reference": None},
    "process": {"config": "", "channel": "one", "block": "0", "meters": ""},
    "status": {"json": None, "config": "", **TARGET},
    "vu": {"follow": None, "json": None, "config": "", **TARGET},
    "ptt": {"channel": "-1", "mute": None, "unmute": None, "open": None, "close": None,
            "json": None, "config": "", **TARGET},
    "reload": {"wait": None, "json": None, "config": "", **TARGET},
}
# What a command cannot do without.
NEEDED = {"latency": ["--channel", "1", "--simulate"],
          "test-tone": ["--channel", "1", "--seconds", "1"], "check-config": ["x.json"],
          "process": ["a.wav", "b.wav"], "ptt": ["--channel", "1", "--mute"]}


def help_names_every_option_and_shows_examples():
    for command, options in COMMANDS.items():
        text = run(command, "--help")[0]
        tap.true(text.startswith(f"Usage: mission-control-audio {command}"), f"usage of {command}")
        tap.same(set(re.findall(r"^  --([a-z-]+)", text, re.M)), {*options, "help", "version"},
                 f"options of {command}")
        tap.true(f"\nExamples:\n  mission-control-audio {command}" in text, f"examples: {command}")
        tap.true("Exit status: 0" in text, f"exit status of {command}")


def version_everywhere():
    for command in COMMANDS:
        line = run(command, "--version")[0]
        tap.true(re.fullmatch(r"mission-control-audio \d+\.\d+\.\d+\n", line), f"said {line!r}")


def wrong_values_are_2():
    for command, options in COMMANDS.items():
        for name, wrong in options.items():
            if wrong is not None:
                stderr = run(command, *NEEDED.get(command, []), f"--{name}", wrong, want=2)[1]
                one_sentence(stderr, f"mission-control-audio {command}:", f"--{name}")
                tap.true("--help" in stderr.splitlines()[1], "a hint at --help")


def numbers_are_numbers():
    for wrong in ("1x", "nan", "inf", "0x10z", "", " "):
        one_sentence(run("test-tone", "--channel", "1", "--seconds", wrong, want=2)[1], "--seconds")
    for wrong in ("1.5", "+1", "1e3", "99999999999999999999"):
        one_sentence(run("ptt", "--channel", wrong, "--mute", want=2)[1], "--channel")


def missing_and_unknown_options_are_2():
    for command in COMMANDS:
        one_sentence(run(command, *NEEDED.get(command, []), "--no-such", want=2)[1], "--no-such")
        one_sentence(run(command, *NEEDED.get(command, []), "one", "more", "word", want=2)[1])
    one_sentence(run("test-tone", "--seconds", "1", want=2)[1], "--channel N is missing")
    one_sentence(run("test-tone", "--channel", "1", want=2)[1], "--seconds S is missing")
    one_sentence(run("ptt", "--mute", want=2)[1], "--channel N is missing")
    one_sentence(run("status", "--port", want=2)[1], "--port needs a value")
    one_sentence(run("status", "--json=1", want=2)[1], "--json=1: this option takes no value")
    one_sentence(run("status", "-xy", want=2)[1], "there is no option -x")


def contradictions_are_2():
    one_sentence(run("ptt", "--channel", "1", want=2)[1], "--mute")
    one_sentence(run("ptt", "--channel", "1", "--mute", "--unmute", want=2)[1], "--unmute")
    one_sentence(run("ptt", "--channel", "1", "--open", "--close", want=2)[1], "--close")


if __name__ == "__main__":
    tap.run(help_names_every_option_and_shows_examples, version_everywhere, wrong_values_are_2,
            numbers_are_numbers, missing_and_unknown_options_are_2, contradictions_are_2)
