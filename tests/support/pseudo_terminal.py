# SPDX-License-Identifier: MIT
"""A pseudo-terminal for a test, or the reason why there is none."""
import pty

import tap


def open_pair():
    """(our end, the program's end). Skips the case where no terminal can be made."""
    try:
        return pty.openpty()
    except OSError as fault:
        raise tap.Skip(f"no terminal can be made here ({fault}): is /dev/pts mounted?") from fault
