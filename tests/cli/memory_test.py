# SPDX-License-Identifier: MIT
"""When memory runs out at any one allocation, a command says so: exit status 1, a sentence that
names memory, no crash, and nothing half written. An allocation that can be done without may fail
unseen, but then the result is byte for byte the right one.

    memory_test.py PROGRAM CONFIG FAILING_MALLOC_LIBRARY
"""
import concurrent.futures
import ctypes
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import program
import tap
from program import FOLDER, write_wav
from service import Service
from wrong_answers_test import PTT, RELOAD, STATUS, TONE, VU

# The loader splits LD_PRELOAD at blanks, which a checkout's folder may have.
LIBRARY = str(FOLDER / "failing_malloc.so")
shutil.copy(sys.argv[3], LIBRARY)
MEMORY = re.compile(r"memory|Cannot allocate", re.I)
WORKERS = 4


def run_at(number, arguments, folder, more=None):
    """(exit status, stdout, stderr, files of the folder)."""
    environment = {**os.environ, "LD_PRELOAD": LIBRARY, "MCA_FAIL_AT": str(number), **(more or {})}
    done = subprocess.run([program.PROGRAM, *arguments], cwd=folder, env=environment, timeout=100,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    files = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
    stdout = done.stdout.replace(os.fsencode(folder), b".")
    return done.returncode, stdout, done.stderr.decode(errors="replace"), files


def fresh(inputs):
    folder = tempfile.mkdtemp(prefix="mca-memory-", dir=FOLDER)
    for name, content in inputs.items():
        pathlib.Path(folder, name).write_bytes(content)
    return folder


def judge(number, outcome, good, inputs):
    """What is wrong with an outcome, or None."""
    code, stdout, stderr, files = outcome
    if code == good[0] and stdout == good[1] and files == good[3]:
        return None
    what = f"allocation {number}: exit status {code}, {stdout[:80]!r}, {stderr[-300:]!r}"
    if code != 1:
        return f"{what}: must be 1"
    # A report as JSON holds the sentence where it belongs.
    if not MEMORY.search(stderr + stdout.decode(errors="replace")):
        return f"{what}: memory is not named"
    if good[0] == 0 and files != inputs:
        return f"{what}: files {sorted(files)}"
    return None


def each_allocation(arguments, inputs, alike=lambda outcome: outcome):
    """Let each allocation of the command fail, one a run; the faults."""
    count_file = pathlib.Path(tempfile.mkstemp(dir=FOLDER)[1])
    good = run_at(0, arguments, fresh(inputs), {"MCA_FAIL_COUNT": str(count_file)})
    count = int(count_file.read_text())
    tap.true(count > 0, f"{count} allocations: is the library loaded?")
    good = alike(good)

    def one(number):
        faults = []
        # Alone, and with every later one; the latter is the same for many neighbours.
        for more in [{}] + ([{"MCA_FAIL_ON": "1"}] if number % 7 == 0 else []):
            folder = fresh(inputs)
            outcome = alike(run_at(number, arguments, folder, more))
            shutil.rmtree(folder)
            fault = judge(number, outcome, good, inputs)
            faults += [f"{' '.join(arguments)}, {fault}"] if fault else []
        return faults

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        faults = [fault for found in pool.map(one, range(1, count + 1)) for fault in found]
    tap.say(f"{' '.join(arguments)}: {count} allocations")
    return faults


EXAMPLE = pathlib.Path(program.sys.argv[2]).read_bytes()


def broken_example():
    document = json.loads(EXAMPLE)
    document["blocksize"] = 1
    document["dsp"]["comp"]["ratio"] = 0.25
    document["surprise"] = {"a": [1, "text"]}
    return json.dumps(document, indent=2).encode()


def wav_bytes():
    lane = [int(8000 * math.sin(i / 7)) for i in range(30000)]
    return write_wav("tone.wav", [lane, lane], rate=44100).read_bytes()


def process_writes_all_or_nothing():
    inputs = {"in.wav": wav_bytes(), "config.json": EXAMPLE}
    tap.none(each_allocation(["process", "in.wav", "out.wav", "--meters", "meters.json"], inputs) +
             each_allocation(["process", "in.wav", "out.wav", "--config", "config.json",
                              "--channel", "2", "--block", "random:1"], inputs), "wrong outcome")


def check_config_judges_or_says_why_not():
    faults = []
    for text in (EXAMPLE, broken_example(), b"{ not JSON"):
        inputs = {"config.json": text}
        for more in ([], ["--json"]):
            faults += each_allocation(["check-config", "--simulate", "config.json", *more], inputs)
    tap.none(faults + each_allocation(["check-config", "--reference"], {}), "wrong outcome")


def run_check_judges_or_says_why_not():
    faults = []
    for text in (EXAMPLE, broken_example()):
        faults += each_allocation(["run", "--check", "--simulate", "--config", "config.json"],
                                  {"config.json": text})
    tap.none(faults, "wrong outcome")


def devices_lists_all_or_says_why_not():
    tap.none(each_allocation(["devices", "--simulate"], {}) +
             each_allocation(["devices", "--simulate", "--json"], {}), "wrong outcome")


def clients_say_why_there_is_no_answer():
    answers = {"GET /status": (200, STATUS), "GET /vu": (200, VU), "POST /ptt": (200, PTT),
               "POST /reload": (200, RELOAD), "POST /test-tone": (200, TONE)}
    faults = []
    with Service(answers) as service:
        port = ["--port", str(service.port)]
        for command in (["status"], ["status", "--json"], ["vu"], ["vu", "--json"],
                        ["ptt", "--channel", "1", "--mute"],
                        ["ptt", "--channel", "1", "--mute", "--json"], ["reload", "--wait"],
                        ["reload", "--wait", "--json"],
                        ["test-tone", "--channel", "1", "--seconds", "0.1"]):
            faults += each_allocation(command + port, {})
        config = json.loads(EXAMPLE)
        config["http"] = {"port": service.port}
        inputs = {"config.json": json.dumps(config).encode()}
        faults += each_allocation(["status", "--config", "config.json"], inputs)
        faults += each_allocation(["status", "--host", "localhost"] + port, {})
    tap.none(faults, "wrong outcome")


def start_at(number, folder, count_file=None):
    """The service on simulated cards until it serves: (exit status, whether it served, stderr)."""
    environment = {**os.environ, "LD_PRELOAD": LIBRARY, "MCA_FAIL_AT": str(number),
                   "STATE_DIRECTORY": folder, **({"MCA_FAIL_COUNT": count_file} if count_file
                                                 else {})}
    lines, served = [], False
    with subprocess.Popen([program.PROGRAM, "run", "--simulate", "--port", "0", "--config",
                           "config.json"], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as child:
        for line in child.stderr:
            lines.append(line)
            if "listening on" in line:
                served = True
                child.send_signal(signal.SIGTERM)
        code = child.wait(100)
    return code, served, "".join(lines)


def civetweb_may_crash():
    """CivetWeb 1.16 (Debian 13) uses a copy of an option in mg_start() that it could not make; that
    of Debian 12 (1.15) checks it."""
    try:
        version = ctypes.CDLL("libcivetweb.so.1").mg_version
    except (OSError, AttributeError):
        return False
    version.restype = ctypes.c_char_p
    return [int(word) for word in version().decode().split(".")[:2]] >= [1, 16]


def is_starting_http(said):
    """What is said right before mg_start() is called, and not what is said after it."""
    return "the API asks for no token" in said and "listening on" not in said


def the_service_starts_or_says_why_not():
    """One allocation of its start in seven. What fails while it serves is a request, not the
    service."""
    count_file = str(FOLDER / "count")
    code, served, said = start_at(0, fresh({"config.json": EXAMPLE}), count_file)
    tap.true(code == 0 and served, f"it starts: {said}")
    count = int(pathlib.Path(count_file).read_text())

    def one(number):
        folder = fresh({"config.json": EXAMPLE})
        code, served, said = start_at(number, folder)
        shutil.rmtree(folder)
        if (served and code == 0) or (code in (1, 78) and MEMORY.search(said)):
            return None
        if code == -signal.SIGSEGV and civetweb_may_crash() and is_starting_http(said):
            tap.say(f"allocation {number}: CivetWeb crashes in mg_start")
            return None
        return f"allocation {number} of {count}: exit status {code}, {said[-300:]!r}"

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        tap.none(filter(None, pool.map(one, range(1, count + 1, 7))), "wrong outcome")


if __name__ == "__main__":
    tap.run(process_writes_all_or_nothing, check_config_judges_or_says_why_not,
            run_check_judges_or_says_why_not, devices_lists_all_or_says_why_not,
            clients_say_why_there_is_no_answer, the_service_starts_or_says_why_not)
