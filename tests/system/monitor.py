# SPDX-License-Identifier: MIT
"""monitor.py SOCKET FILE: type the line in FILE at the emulator's monitor, print its answer."""
import socket
import sys

PROMPT = b"(qemu) "


def read_to_prompt(monitor):
    answer = b""
    while not answer.endswith(PROMPT):
        part = monitor.recv(4096)
        if not part:
            break
        answer += part
    return answer


with socket.socket(socket.AF_UNIX) as monitor, open(sys.argv[2], encoding="ascii") as order:
    monitor.settimeout(10)
    monitor.connect(sys.argv[1])
    read_to_prompt(monitor)
    monitor.sendall(order.readline().encode())
    print(read_to_prompt(monitor).decode(errors="replace"))
