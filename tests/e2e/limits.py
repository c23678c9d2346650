# SPDX-License-Identifier: MIT
"""A file that may not grow is an error that is reported, never the end of the program."""
import resource
import subprocess
import wave

import tap
from service import PATIENCE_S, PROGRAM, Service, config, folder, plain_environment

SMALL = 16384


def limited(arguments):
    """Runs the program to its end; no file of it may grow beyond SMALL bytes."""
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE_S, env=plain_environment(),
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                (SMALL, SMALL)))


def a_sink_that_may_not_grow_costs_its_file_only():
    with folder() as path:
        sinks = {"3": {"sink": {"type": "wav", "file": str(path / "a.wav")}},
                 "4": {"sink": {"type": "raw", "file": str(path / "b.raw")}}}
        with Service(config(), simulation={"cards": sinks}) as service:
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (SMALL, SMALL))
            service.await_line("cannot write its sink file, what it plays is lost: File too large")
            service.await_running()
            tap.same(service.end(), 1, "exit code")
            service.await_line("could not write its sink file, the end of which is missing")


def a_result_that_may_not_grow_is_a_failure_with_its_sentence():
    with folder() as path:
        made = path / "in.wav"
        with wave.open(str(made), "wb") as file:
            file.setparams((2, 2, 44100, 0, "NONE", ""))
            file.writeframes(bytes(4 * 44100))
        done = limited(["process", str(made), str(path / "out.wav")])
        tap.same(done.returncode, 1, f"exit code ({done.stderr})")
        tap.true(len(done.stderr.splitlines()) == 1 and "out.wav" in done.stderr, done.stderr)


if __name__ == "__main__":
    tap.run(a_sink_that_may_not_grow_costs_its_file_only,
            a_result_that_may_not_grow_is_a_failure_with_its_sentence)
