# SPDX-License-Identifier: MIT
"""`check-config`: every fault at once, in words and as JSON, and the right exit status."""
import json

import program
import tap
from program import FOLDER, one_sentence, run

FIVE_FAULTS = """{
  "sample_rate": 44100,
  "channels": 3,
  "blocksize": 8,
  "logical_channels": {
    "1": {"input_device_id": 1, "output_device_id": 3},
    "2": {"input_device_id": 2, "output_device_id": 3}
  },
  "dsp": {"comp": {"ratio": "two", "treshold_db": -20}}
}
"""


def example():
    return json.loads(open(program.sys.argv[2]).read())


def write(name, document):
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    (FOLDER / name).write_text(text)
    return name


def the_example_is_in_order():
    write("good.json", example())
    stdout, stderr = run("check-config", "--simulate", "good.json")
    tap.same((stdout, stderr), ("good.json: ok, 4 channels\n", ""), "stdout and stderr")


def integer_ids_are_warned_about_in_one_line():
    document = example()
    document["logical_channels"] = {"1": {"input_device_id": "sim:1", "output_device_id": "sim:2"},
                                    "2": {"input_device_id": 7, "output_device_id": 8,
                                          "enabled": False},
                                    "5": {"input_device_id": "sim:5", "output_device_id": 9,
                                          "enabled": False}}
    write("ids.json", document)
    stderr = run("check-config", "ids.json")[1]
    tap.same(len(stderr.splitlines()), 1, stderr)
    tap.true(stderr.startswith("ids.json: /logical_channels: warning: channels 2, 5 name devices "
                               "by integer ids"), stderr)
    tap.same(run("check-config", "--simulate", "ids.json")[1], "", "simulated ids do not move")


def devices_that_are_not_there_are_faults():
    document = example()
    document["logical_channels"]["1"].update(input_device_id="hw:CARD=NoSuchCard,DEV=0",
                                             output_device_id=9)
    text = (FOLDER / write("gone.json", document)).read_text()
    stderr = run("check-config", "--simulate", "gone.json", want=1)[1]
    tap.same(len(stderr.splitlines()), 2, stderr)
    for value, what in (("NoSuchCard", "input_device_id: hw:CARD=NoSuchCard,DEV=0 is not plugged"),
                        ("_id\": 9,", "output_device_id: Device id 9")):
        line = 1 + text[:text.index(value.rstrip(","))].count("\n")
        tap.true(f"gone.json:{line}: /logical_channels/1/{what}" in stderr, stderr)


def one_channel_is_no_plural():
    document = example()
    document["logical_channels"] = {"7": {"input_device_id": "sim:1", "output_device_id": "sim:2"}}
    write("one.json", document)
    stdout, stderr = run("check-config", "one.json")
    tap.same(stdout, "one.json: ok, 1 channel\n", "stdout")
    tap.same(stderr, "", "stderr")


def every_fault_is_told_with_line_and_pointer():
    write("bad.json", FIVE_FAULTS)
    stdout, stderr = run("check-config", "bad.json", want=1)
    tap.same(stdout, "", "stdout")
    for place, *words in (("bad.json:3: /channels:", "1", "2"),
                          ("bad.json:4: /blocksize:", "16", "8192"),
                          ("bad.json:7: /logical_channels/2/output_device_id:",),
                          ("bad.json:9: /dsp/comp/ratio:", "number"),
                          ("bad.json:9: /dsp/comp/treshold_db:", "unknown", "threshold_db")):
        line = next((l for l in stderr.splitlines() if l.startswith(place)), None)
        tap.true(line, f"{place} is missing in:\n{stderr}")
        for word in words:
            tap.true(word in line, f"{word!r} is missing in: {line}")
    tap.same(len(stderr.splitlines()), 5, "faults")


def the_report_is_also_json():
    write("bad.json", FIVE_FAULTS)
    report = json.loads(run("check-config", "--json", "bad.json", want=1)[0])
    tap.same((report["ok"], report["file"], report["warnings"]), (False, "bad.json", []), "report")
    tap.same({(e["pointer"], e["line"]) for e in report["errors"]},
             {("/channels", 3), ("/blocksize", 4), ("/logical_channels/2/output_device_id", 7),
              ("/dsp/comp/ratio", 9), ("/dsp/comp/treshold_db", 9)}, "faults")
    write("good.json", example())
    report = json.loads(run("check-config", "--simulate", "good.json", "--json")[0])
    tap.same((report["ok"], report["channels"], report["errors"]), (True, 4, []), "report")
    tap.same(report["warnings"], [], "warnings")


def what_is_no_json_is_told_with_its_line():
    write("comment.json", '{\n  "sample_rate": 44100 // usual\n}')
    stderr = run("check-config", "comment.json", want=1)[1]
    tap.true(stderr.startswith("comment.json:2:") and "comment" in stderr, stderr)
    write("open.json", '{\n')
    tap.true(run("check-config", "open.json", want=1)[1].startswith("open.json:2:"), "line")
    write("deep.json", "[" * 60000)
    tap.true("deep.json" in run("check-config", "deep.json", want=1)[1], "deep nesting")
    write("big.json", " " * 70000 + "{}")
    tap.true("big.json" in run("check-config", "big.json", want=1)[1], "too big")


def the_reference_names_every_key_of_the_example():
    text = run("check-config", "--reference")[0]
    for key in ("sample_rate", "input_device_id", "threshold_db", "ceiling_db", "ptt_ramp_ms"):
        tap.true(f"| `{key}` |" in text, f"{key} is missing")


def no_control_character_reaches_the_terminal():
    write("escape.json", '{"logical_channels": {"1": {"\\u001b[2J": "\\u001b[2J"}}, "\\u0007": 1}')
    tap.true("\033" not in run("check-config", "escape.json", want=1)[1], "an escape came through")


def a_file_that_is_not_there():
    stderr = run("check-config", "missing.json", want=1)[1]
    tap.true("missing.json" in stderr, stderr)
    run("check-config", ".", want=1)


def wrong_usage_is_2():
    one_sentence(run("check-config", want=2)[1], "FILE")
    one_sentence(run("check-config", "a", "b", want=2)[1], "FILE")
    one_sentence(run("check-config", "--reference", "a", want=2)[1], "--reference")
    one_sentence(run("check-config", "--strict", "a", want=2)[1], "--strict")


if __name__ == "__main__":
    tap.run(the_example_is_in_order, integer_ids_are_warned_about_in_one_line,
            devices_that_are_not_there_are_faults, one_channel_is_no_plural,
            every_fault_is_told_with_line_and_pointer, the_report_is_also_json,
            what_is_no_json_is_told_with_its_line, the_reference_names_every_key_of_the_example,
            no_control_character_reaches_the_terminal, a_file_that_is_not_there, wrong_usage_is_2)
