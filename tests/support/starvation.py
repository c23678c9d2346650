# SPDX-License-Identifier: MIT
"""Proof that a machine had no time for a process: the kernel counts for each thread how long it was
ready to run and waited for a processor (/proc/PID/task/TID/schedstat, second number, in ns).

    with starvation.Watch(pid, {"main thread": 1.0}) as watch: ...
    watch.proof()   # "the main thread waited 1.4 s of 1.5 s for a processor", or None

tap.run() asks every watch that is registered with tap.excuse() when a case has failed. A failure is
excused only if it is one that starvation causes (SYMPTOMS) and there is proof of starvation.
"""
import pathlib
import re
import threading
import time

SAMPLE_S = 0.025
# What starvation does to a case: audio that came too late, or an event that never came in time.
SYMPTOMS = re.compile(r"could not write its sink file|xrun|underrun|overrun|waited in vain"
                      r"|no line matches|timed out|TimeoutExpired|is not fed|did not stop in time",
                      re.I)


class Watch:
    """Samples the threads of a process until stop(). A thread whose name stands in `limits_s` may
    wait so long within two samples, every other one `other_s`."""

    def __init__(self, pid, limits_s=None, other_s=1.0):
        self.folder = pathlib.Path(f"/proc/{pid}/task")
        self.pid, self.limits_s, self.other_s = pid, limits_s or {}, other_s
        self.last, self.found = {}, None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def proof(self):
        """A sentence, or None."""
        return self.found

    def _watch(self):
        while not self.over.wait(SAMPLE_S):
            try:
                for task in self.folder.iterdir():
                    self._look(task)
            except OSError:
                continue  # the process has ended, or a thread

    def _look(self, task):
        name = "main thread" if task.name == str(self.pid) else (task / "comm").read_text().strip()
        waited_s = int((task / "schedstat").read_text().split()[1]) / 1e9
        now_s = time.monotonic()
        before_s, then_s = self.last.get(task.name, (waited_s, now_s))
        self.last[task.name] = waited_s, now_s
        if waited_s - before_s >= self.limits_s.get(name, self.other_s) and not self.found:
            self.found = (f"{name} of process {self.pid} waited {waited_s - before_s:.2f} s of "
                          f"{now_s - then_s:.2f} s for a processor")


def excuse(watch, said):
    """For tap.excuse(): judges a failure by its text and by what the program said."""
    def judge(fault):
        symptom = SYMPTOMS.search(fault) or SYMPTOMS.search("\n".join(said()))
        return f"starved: {watch.proof()}" if symptom and watch.proof() else None
    return judge
