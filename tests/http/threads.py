# SPDX-License-Identifier: MIT
"""A limit on tasks: what CivetWeb cannot start is said, ends, and starts when there is room."""
import os
import resource
import subprocess

import rig
import tap

# A user of this test's own: the limit counts all tasks of a user, and does not bind root.
NOBODY = 61234


class Limited(rig.Server):
    """The server as a user who may have so many tasks."""

    def __init__(self, tasks, *options):
        self.tasks = tasks
        popen, subprocess.Popen = subprocess.Popen, self.start
        self.popen = popen
        try:
            super().__init__(*options)
        except PermissionError as fault:
            raise tap.Skip(f"another user cannot run the server: {fault}") from None
        finally:
            subprocess.Popen = popen

    def start(self, *arguments, **more):
        _, hard = resource.getrlimit(resource.RLIMIT_NPROC)

        def become_nobody():
            resource.setrlimit(resource.RLIMIT_NPROC, (self.tasks, hard))
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return self.popen(*arguments, preexec_fn=become_nobody, **more)


def raise_limit(pid):
    """As that user: without CAP_SYS_RESOURCE even root must not change limits of others."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        _, hard = resource.prlimit(pid, resource.RLIMIT_NPROC)
        resource.prlimit(pid, resource.RLIMIT_NPROC, (hard, hard))
        os._exit(0)
    tap.same(os.waitpid(child, 0)[1], 0, "outcome of raising the limit")


def too_few_threads_are_said():
    server = Limited(64, "--threads", "256")
    tap.true(server.failure and "not all of the 256 HTTP threads could be started" in
             server.failure, str(server.failure))
    tap.same(server.child.wait(timeout=rig.PATIENCE), 1, "exit")


def it_starts_when_there_is_room():
    with Limited(64, "--threads", "256", "--persist") as server:
        tap.same(server.port, 0, "no port yet")
        raise_limit(server.child.pid)
        tap.true(server.next_line().startswith("port "), "it listens")
        tap.same(server.stop(), (0, "stopped"), "exit")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP only root can give a child a user of its own")
    else:
        tap.run(too_few_threads_are_said, it_starts_when_there_is_room)
