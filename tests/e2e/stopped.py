# SPDX-License-Identifier: MIT
"""What a test does to a program from outside: shut down a socket of it, stop one of its threads.

Both ask the kernel for rights over the child (ptrace); where it refuses, the case is skipped.
"""
import contextlib
import ctypes
import os
import pathlib
import socket

import tap

PIDFD_OPEN, PIDFD_GETFD = 434, 438
WALL = 0x40000000  # of waitpid: threads too
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long


def demand(result, what):
    if result < 0:
        raise tap.Skip(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def listening_socket(pid, port):
    """A copy of the socket of that process which listens on the port."""
    process = demand(LIBC.syscall(PIDFD_OPEN, pid, 0), "pidfd_open")
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            if not os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:"):
                continue
        except OSError:
            continue
        copy = socket.socket(fileno=demand(LIBC.syscall(PIDFD_GETFD, process, int(name), 0),
                                           "pidfd_getfd"))
        if copy.family == socket.AF_INET and copy.getsockname()[1] == port and \
                copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            os.close(process)
            return copy
        copy.close()
    raise AssertionError(f"process {pid} does not listen on {port}")


def threads(pid, name):
    return [int(task.name) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
            if (task / "comm").read_text(encoding="utf-8").strip() == name]


@contextlib.contextmanager
def thread(pid, name):
    """One thread of the child stands still; the others run. Yields what to call when the child has
    been told to end: its process is not gone before this test has seen the death of the thread."""
    task, = threads(pid, name)
    demand(LIBC.ptrace(PTRACE_SEIZE, task, None, None), "ptrace")
    demand(LIBC.ptrace(PTRACE_INTERRUPT, task, None, None), "ptrace")
    os.waitpid(task, WALL)
    try:
        yield lambda: os.waitpid(task, WALL)
    finally:
        LIBC.ptrace(PTRACE_DETACH, task, None, None)
