# SPDX-License-Identifier: MIT
"""The systemd unit, judged by systemd's own tools: unit_file.py UNIT"""
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Skip, case, check, equal, run

UNIT = sys.argv[1]
EXPOSURE_MAX = 1.5


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd-analyze is not installed")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60)


def settings():
    text = pathlib.Path(UNIT).read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z]+)=(.*)$", text, re.M)


@case
def the_sandbox_is_tight():
    result = analyze("security", "--offline=true", "--no-pager", UNIT)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
    check(found, "no figure in:", result.stdout, result.stderr)
    print(f"# exposure {found[1]}")
    check(float(found[1]) <= EXPOSURE_MAX, "exposure is", found[1], "must be at most", EXPOSURE_MAX)


@case
def every_line_is_understood():
    result = analyze("verify", "--man=no", UNIT)
    # The binary is not installed while it is being tested.
    complaints = [line for line in result.stderr.splitlines()
                  if pathlib.Path(UNIT).name in line and "is not executable" not in line]
    equal(complaints, [], "what systemd-analyze verify says")


@case
def the_service_is_watched_reloaded_and_restarted():
    values = dict(settings())
    equal(values["Type"], "notify", "Type=")
    check(int(values["WatchdogSec"]) > 0, "no watchdog")
    check(values["ExecReload"].endswith("mission-control-audio reload --wait"), values["ExecReload"])
    check(values["Restart"] in ("on-failure", "always"), values["Restart"])


@case
def nothing_takes_the_real_time_rights_away():
    values = dict(settings())
    check(int(values["LimitRTPRIO"]) >= 70, "LimitRTPRIO=", values["LimitRTPRIO"])
    equal(values["LimitMEMLOCK"], "infinity", "LimitMEMLOCK=")
    for name in ("RestrictRealtime", "PrivateDevices"):
        check(name not in values, name + "= breaks the engine")
    filters = [value for name, value in settings() if name == "SystemCallFilter"]
    check("sched_setscheduler" in filters[-1] and "mlockall" in filters[-1], filters)


run()
