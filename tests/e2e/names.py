# SPDX-License-Identifier: MIT
"""Device names from outside, through every entrance: only the documented forms are accepted, and
no text of a user is evaluated by alsa-lib, whose own names can run commands and write files."""
import json
import signal

import tap
from service import PAIRS, Service, config, folder, program

FORMS = ("hw:CARD,DEV[,SUBDEV]", "sim:N", "path:", "serial:")


def hostile(mark):
    """Names that alsa-lib would take, each of which would create the file `mark`."""
    return [f"tee:null,'|touch {mark}',raw", f"file:'{mark}',raw", f"tee:null,{mark},raw",
            f"file:FILE='|touch {mark}',FORMAT=raw", f"tee:SLAVE=null,FILE={mark},FORMAT=raw",
            f"{{type file file '|touch {mark}' format raw slave.pcm null}}",
            f"hw:{{@func concat strings ['|touch {mark}']}}", f"plug:\"tee:null,'{mark}',raw\"",
            f"hw:0\ntee:null,{mark},raw", f"hw:'0',0,'|touch {mark}'", f"hw:$(touch {mark})",
            f"path:'|touch {mark}'", f"serial:{mark}", f"sim:1,{mark}", f"hw:{mark}",
            "default", "null", "pulse", "plughw:0", "sysdefault:CARD=0", "dmix:0", "hw:0,0,0,0",
            "hw:", "", " hw:0", "hw:0 ", "sim:0", "sim:65", "x" * 127, "hw:" + "9" * 500]


def pointer_of(key):
    return f"/logical_channels/4/{key}_device_id"


def with_name(key, name):
    document = config()
    document["logical_channels"]["4"][f"{key}_device_id"] = name
    return document


def check_refusal(problem, key, name):
    tap.same((problem.status, problem.pointers()), (422, [pointer_of(key)]), repr(name))
    detail = problem.document["errors"][0]["detail"]
    tap.true(all(form in detail for form in FORMS), f"{name!r}: {detail}")


def a_post_refuses_every_other_name():
    with folder() as place, Service(config()) as service:
        service.await_running()
        mark = place / "ran"
        for name in hostile(mark):
            for key in ("input", "output"):
                for path in ("/config", "/config?dry_run=1", "/config?save=1"):
                    check_refusal(service.refused(path, with_name(key, name)), key, name)
        tap.true(not mark.exists(), "a name was evaluated")
        tap.same(service.get("/status")["config"]["generation"], 1, "generation")
        service.end_well()


def a_file_with_another_name_is_refused_everywhere():
    with folder() as place, Service(config()) as service:
        service.await_running()
        mark = place / "ran"
        file = place / "hostile.json"
        for name in hostile(mark)[:8]:
            service.write(with_name("output", name))
            check_refusal(service.refused("/reload", None), "output", name)
            file.write_text(json.dumps(with_name("input", name)), encoding="utf-8")
            for command in (("check-config", str(file)), ("run", "--config", str(file)),
                            ("run", "--check", "--config", str(file)),
                            ("test-tone", "--channel", "4", "--seconds", "1", "--port", "1",
                             "--config", str(file))):
                done = program(*command)
                tap.true(done.returncode in (1, 78), f"{command}: exit {done.returncode}")
                tap.true(pointer_of("input") in done.stderr and FORMS[0] in done.stderr,
                         f"{command}: {done.stderr}")
        tap.true(not mark.exists(), "a name was evaluated")
        service.write(with_name("input", "default"))
        service.process.send_signal(signal.SIGHUP)
        service.await_line("configuration refused.*" + pointer_of("input"))
        service.end_well()


def options_take_no_other_name():
    with folder() as place:
        mark = place / "ran"
        for name in hostile(mark):
            for devices in (("--play", name, "--record", "sim:1"),
                            ("--play", "sim:1", "--record", name)):
                done = program("latency", "--channel", "1", *devices)
                tap.same(done.returncode, 2, f"{name!r}: {done.stderr}")
                tap.true(not name or all(form in done.stderr for form in FORMS), done.stderr)
        tap.true(not mark.exists(), "a name was evaluated")


def every_spelling_of_one_card_is_one_device():
    names = ["hw:7", "hw:7,0", "hw:CARD=7,DEV=0", "hw:DEV=0,CARD=7"]
    with folder() as place:
        file = place / "spelling.json"
        for name in names[1:]:
            document = config(pairs={"1": PAIRS["1"], "2": PAIRS["2"]})
            document["logical_channels"]["1"]["output_device_id"] = names[0]
            document["logical_channels"]["2"]["output_device_id"] = name
            file.write_text(json.dumps(document), encoding="utf-8")
            done = program("check-config", str(file))
            tap.same(done.returncode, 1, name)
            tap.true("/logical_channels/2/output_device_id" in done.stderr, done.stderr)


if __name__ == "__main__":
    tap.run(a_post_refuses_every_other_name, a_file_with_another_name_is_refused_everywhere,
            options_take_no_other_name, every_spelling_of_one_card_is_one_device)
