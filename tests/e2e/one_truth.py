# SPDX-License-Identifier: MIT
"""One verdict: `check-config`, `run --check`, POST /config with dry_run=1, POST /config and a
reload find the same faults of a configuration, with the same pointers and sentences."""
import copy
import json

import tap
from service import Problem, Service, config, folder, program

CARDS = {"5": {"absent": True}, "8": {"only_lanes": 8}}
PAIRS = {"1": (1, 3), "2": (2, 4), "3": (6, 7)}


def base():
    return config(pairs=PAIRS, simulation={"cards": CARDS})


def changed(change):
    document = copy.deepcopy(base())
    change(document, document["logical_channels"])
    return document


def device(key, direction, name, **more):
    """The base with another device of one channel."""
    def change(_, channels):
        channels[key][f"{direction}_device_id"] = name
        channels[key].update(more)
    return changed(change)


def lanes(direction, value, name="sim:8"):
    return device("3", direction, name, **{f"{direction}_lanes": value})


def of(direction, key="3", what="device_id"):
    return [f"/logical_channels/{key}/{direction}_{what}"]


def many_faults(_, channels):
    channels["1"]["input_device_id"] = "hw:CARD=NoSuchCard,DEV=0"
    channels["1"]["output_device_id"] = 5
    channels["2"]["input_device_id"] = 99
    channels["3"].update(input_device_id="sim:8", input_lanes=[1, 9], output_device_id="sim:4")


def channel_4(**more):
    def change(_, channels):
        channels["4"] = more
    return changed(change)


# name: (document, pointers of its faults; none: accepted)
CASES = {
    "as it is": (base(), []),
    "names for ids": (device("1", "input", "sim:1"), []),
    "a free card": (device("3", "output", 8), []),
    "a fourth channel": (channel_4(input_device_id=8, output_device_id=8), []),
    "another sound": (changed(lambda d, _: d["dsp"]["comp"].update(ratio=5)), []),
    "another shape": (changed(lambda d, _: d.update(sample_rate=48000)), []),
    "the last lane": (lanes("input", [8]), []),
    "a disabled channel of an absent card": (
        channel_4(input_device_id="hw:CARD=NoSuchCard,DEV=0", output_device_id=5, enabled=False),
        []),
    "a card by id that is not there": (device("3", "input", "hw:CARD=NoSuchCard,DEV=0"),
                                       of("input")),
    "a card by index that is not there": (device("3", "output", "hw:31,7"), of("output")),
    "a socket with nothing in it": (device("3", "input", "path:pci-0000:ff:1f.7-usb-9"),
                                    of("input")),
    "a serial number of no card": (device("3", "output", "serial:dead-beef-0"), of("output")),
    "a simulated card too many": (device("3", "input", "sim:9"), of("input")),
    "the last simulated card of all": (device("3", "input", "sim:64"), of("input")),
    "no simulated card": (device("3", "input", "sim:65"), of("input")),
    "an id too many": (device("3", "output", 9), of("output")),
    "an absent card by name": (device("3", "input", "sim:5"), of("input")),
    "an absent card by id": (device("3", "output", 5), of("output")),
    "a name of alsa-lib": (device("3", "output", "tee:null,'|false',raw"), of("output")),
    "default": (device("3", "output", "default"), of("output")),
    "one device twice by its id": (device("3", "input", 1), of("input")),
    "one device twice by id and name": (device("3", "output", "sim:3"), of("output")),
    "a lane too many": (lanes("input", [9]), of("input", what="lanes")),
    "a second lane too many": (lanes("output", [1, 9]), of("output", what="lanes")),
    "a lane of a stereo card": (lanes("input", [3], 6), of("input", what="lanes")),
    "several devices at once": (changed(many_faults), sorted(
        of("input", "1") + of("output", "1") + of("input", "2") +
        of("input", what="lanes") + of("output"))),
    "values out of range": (changed(lambda d, _: d.update(blocksize=1, channels=3)),
                            ["/blocksize", "/channels"]),
    "an unknown key": (changed(lambda d, _: d.update(surprise=1)), ["/surprise"]),
    "no channel": (changed(lambda d, channels: channels.clear()), ["/logical_channels"]),
}


FAULTS = {}  # of each case: pointer -> sentence


def posted(service, path, document):
    try:
        service.ask("POST", path, document)
        return []
    except Problem as problem:
        return sorted((fault["pointer"], fault["detail"])
                      for fault in problem.document["errors"])


def reloaded(service, document):
    service.write(document)
    return posted(service, "/reload", None)


def checked(file):
    done = program("check-config", "--simulate", "--json", str(file))
    report = json.loads(done.stdout)
    tap.same(done.returncode, 0 if report["ok"] else 1, "exit code of check-config")
    return sorted((fault["pointer"], fault["detail"]) for fault in report["errors"])


def check_run(file, faults):
    """`run --check` prints a line for each fault, and nothing else."""
    done = program("run", "--check", "--simulate", "--config", str(file))
    lines = [line for line in done.stderr.splitlines() if ": error: " in line]
    tap.same(done.returncode, 1 if faults else 0, f"exit code of run --check ({done.stderr})")
    tap.same(len(lines), len(faults), f"lines of run --check ({lines})")
    for pointer, detail in faults:
        tap.true(any(f"{pointer}: {detail}" in line for line in lines), f"{detail} in {lines}")


def check_case(service, file, name):
    document, pointers = CASES[name]
    file.write_text(json.dumps(document), encoding="utf-8")
    wanted = checked(file)
    tap.same([pointer for pointer, _ in wanted], pointers, f"check-config: {name}")
    FAULTS[name] = dict(wanted)
    check_run(file, wanted)
    for path in ("/config?dry_run=1", "/config"):
        tap.same(posted(service, path, document), wanted, f"POST {path}: {name}")
        tap.same(posted(service, "/config", base()), [], "back to what was live")
    tap.same(reloaded(service, document), wanted, f"reload: {name}")
    tap.same(posted(service, "/config", base()), [], "back to what was live")


def check_start(name):
    """A service that starts runs what it can; a channel that it cannot run gives the reason that
    the check gave."""
    document, pointers = CASES[name]
    with Service(document) as service:
        wanted = posted(service, "/config?dry_run=1", document)
        status = service.await_status(
            lambda status: all(channel["state"] != "starting"
                               for channel in status["channels"].values()), "all were tried")
        for key, channel in status["channels"].items():
            mine = [pointer for pointer in pointers if pointer.split("/")[2] == key]
            enabled = document["logical_channels"][key].get("enabled", True)
            tap.same(channel["state"], "fault" if mine else "running" if enabled else "disabled",
                     f"{name}: state of channel {key} ({channel['reason']})")
            if mine:
                tap.true(channel["reason"] in FAULTS[name].values(),
                         f"{name}: {channel['reason']} in {FAULTS[name]}")
        tap.same(wanted, [], "nothing new about what is live already")
        service.end_well()


def every_entrance_finds_the_same_faults():
    with folder() as place, Service(base()) as service:
        service.await_running()
        for name in CASES:
            check_case(service, place / "config.json", name)
        service.end_well()


def a_service_that_starts_gives_the_same_reasons():
    for name, (_, pointers) in CASES.items():
        if all(pointer.startswith("/logical_channels/") for pointer in pointers) and \
                not any("must be" in text or "channel 1 uses" in text
                        for text in FAULTS[name].values()):
            check_start(name)


if __name__ == "__main__":
    tap.run(every_entrance_finds_the_same_faults, a_service_that_starts_gives_the_same_reasons)
