# SPDX-License-Identifier: MIT
"""A failure is excused by starvation only if there is proof of it, and proof is not had for
nothing."""
import contextlib
import os
import pathlib
import subprocess
import sys
import time

import starvation
import tap

SUPPORT = pathlib.Path(starvation.__file__).parent
BUSY = "import os; os.sched_setaffinity(0, {%d}); print(flush=True)\nwhile True: pass"
CASES = """
import sys
sys.path.insert(0, %r)
import starvation, tap
count = 0
def case():
    global count
    count += 1
    tap.excuse(starvation.excuse(type("W", (), {"proof": lambda self: PROOF})(), lambda: SAID))
    if count <= FAILURES:
        raise AssertionError(TEXT)
PROOF, SAID, TEXT, FAILURES = %r
tap.run(case)
"""


@contextlib.contextmanager
def busy(count, processor, nice):
    """So many loops on one processor; yields the last one's process id."""
    loops = []
    try:
        for index in range(count):
            loops.append(subprocess.Popen([sys.executable, "-c", BUSY % processor],
                                          stdout=subprocess.PIPE))
            loops[-1].stdout.readline()
            if nice and index == count - 1:
                os.setpriority(os.PRIO_PROCESS, loops[-1].pid, nice)
        yield loops[-1].pid
    finally:
        for loop in loops:
            loop.kill()
            loop.communicate()


def a_starved_process_is_proved():
    """Of the lowest priority, on a processor that three others want."""
    processor = min(os.sched_getaffinity(0))
    with busy(4, processor, 19) as pid, starvation.Watch(pid, {"main thread": 0.01}) as watch:
        deadline = time.monotonic() + 60
        while not watch.proof():
            tap.true(time.monotonic() < deadline, "proof is found")
            time.sleep(0.02)
        tap.true(watch.proof().startswith(f"main thread of process {pid} waited"), watch.proof())


def a_process_that_sleeps_is_not_starved():
    with subprocess.Popen(["sleep", "60"]) as child, \
         starvation.Watch(child.pid, other_s=0.05) as watch:
        for _ in range(20):
            watch.over.wait(starvation.SAMPLE_S)
        child.kill()
        tap.same(watch.proof(), None, "proof")


def outcome(proof, said, text, failures):
    """(last line of the case, number of attempts, exit status) of a case that fails so often."""
    done = subprocess.run([sys.executable, "-c", CASES % (str(SUPPORT),
                                                          (proof, said, text, failures))],
                          capture_output=True, text=True, timeout=60, check=False)
    lines = done.stdout.splitlines()
    tap.same(lines[-1], "1..1", f"plan ({done.stdout}{done.stderr})")
    return lines[-2], sum(line.startswith("# attempt") for line in lines), done.returncode


def only_a_proved_symptom_is_excused():
    sink = "a simulated card could not write its sink file"
    tap.same(outcome("it waited", [], "2 xruns", 1), ("ok 1 - case", 1, 0), "once")
    tap.same(outcome("it waited", [sink], "exit code 1", 2), ("ok 1 - case", 2, 0), "twice")
    tap.same(outcome("it waited", [sink], "exit code 1", 9),
             ("ok 1 - case # SKIP starved: it waited", 3, 0), "always")
    tap.same(outcome(None, [sink], "exit code 1", 1), ("not ok 1 - case", 0, 1), "without proof")
    tap.same(outcome("it waited", [], "ratio is 3, must be 2", 1), ("not ok 1 - case", 0, 1),
             "a failure of another kind")


if __name__ == "__main__":
    tap.run(a_starved_process_is_proved, a_process_that_sleeps_is_not_starved,
            only_a_proved_symptom_is_excused)
