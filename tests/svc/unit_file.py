# SPDX-License-Identifier: MIT
"""The systemd unit, judged by systemd's own tools: unit_file.py UNIT"""
import pathlib
import re
import shutil
import subprocess
import sys

import tap

UNIT = sys.argv[1]
EXPOSURE_MAX = 1.3


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        raise tap.Skip("systemd-analyze is not installed")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True,
                          timeout=60)


def settings():
    text = pathlib.Path(UNIT).read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z]+)=(.*)$", text, re.M)


def the_sandbox_is_tight():
    result = analyze("security", "--offline=true", "--no-pager", UNIT)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
    tap.true(found, f"no figure in: {result.stdout}{result.stderr}")
    print(f"# exposure {found[1]}")
    tap.true(float(found[1]) <= EXPOSURE_MAX, f"exposure is {found[1]}, at most {EXPOSURE_MAX}")


def every_line_is_understood():
    result = analyze("verify", "--man=no", UNIT)
    # The binary is not installed while it is being tested.
    complaints = [line for line in result.stderr.splitlines()
                  if pathlib.Path(UNIT).name in line and "is not executable" not in line]
    tap.same(complaints, [], "what systemd-analyze verify says")


def the_service_is_watched_reloaded_and_restarted():
    values = dict(settings())
    tap.same(values["Type"], "notify", "Type=")
    tap.true(int(values["WatchdogSec"]) > 0, "no watchdog")
    # READY=1 waits for every channel: 64 of them, and three calls of 0.9 s that hang in each.
    tap.true(int(values["TimeoutStartSec"]) >= 64 * 3 * 0.9,
             "TimeoutStartSec= is " + values["TimeoutStartSec"])
    tap.true(values["ExecReload"].endswith("mission-control-audio reload --wait"),
             values["ExecReload"])
    tap.true(values["Restart"] in ("on-failure", "always"), values["Restart"])


def nothing_else_can_be_executed():
    """Only the program of ExecStart= and folders of libraries are executable."""
    values = dict(settings())
    tap.same(values["NoExecPaths"], "/", "NoExecPaths=")
    program = values["ExecStart"].split()[0]
    executable = values["ExecPaths"].split()
    tap.true(program in executable, f"ExecPaths= lacks {program}")
    tap.none([path for path in executable if path != program and
              not re.fullmatch(r"-?/usr/lib(?:64|/[a-z0-9_]+-linux-gnu\w*)?", path)],
             "path in ExecPaths= that is neither the program nor a folder of libraries")


def nothing_takes_the_real_time_rights_away():
    values = dict(settings())
    tap.true(int(values["LimitRTPRIO"]) >= 70, "LimitRTPRIO= is " + values["LimitRTPRIO"])
    tap.same(values["LimitMEMLOCK"], "infinity", "LimitMEMLOCK=")
    for name in ("RestrictRealtime", "PrivateDevices"):
        tap.true(name not in values, name + "= breaks the engine")
    filters = [value for name, value in settings() if name == "SystemCallFilter"]
    tap.true("sched_setscheduler" in filters[-1] and "mlockall" in filters[-1], filters)


if __name__ == "__main__":
    tap.run(the_sandbox_is_tight,
            every_line_is_understood,
            the_service_is_watched_reloaded_and_restarted,
            nothing_else_can_be_executed,
            nothing_takes_the_real_time_rights_away)
