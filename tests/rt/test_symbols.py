# SPDX-License-Identifier: MIT
"""What real-time code may call: every undefined symbol of its libraries stands in this list.

    test_symbols.py LIBRARY...

The list is short on purpose. Whoever adds a name shows that it neither allocates, locks, logs nor
waits for anything but audio.
"""
import re
import subprocess
import sys

import tap

# Objects in those libraries that the control thread runs: they turn user units into fixed point and
# meter sums into dB, before and after the real-time side.
CONTROL = {"bridge_init.c.o", "cook.c.o", "comp_cook.c.o", "gate_cook.c.o", "highpass_cook.c.o",
           "input_gain_cook.c.o", "limiter_cook.c.o", "ramp_cook.c.o",
           "tone_cook.c.o", "levels.c.o"}

ALLOWED = set("""
memcpy memmove memset memcmp bcmp
poll clock_gettime clock_nanosleep __errno_location
__assert_fail abort
snd_lib_error_set_local
snd_pcm_avail snd_pcm_avail_update snd_pcm_delay snd_pcm_htimestamp snd_pcm_state
snd_pcm_mmap_begin snd_pcm_mmap_commit snd_pcm_readi snd_pcm_writei
snd_pcm_poll_descriptors snd_pcm_poll_descriptors_revents
snd_pcm_prepare snd_pcm_start snd_pcm_drop snd_pcm_resume
snd_pcm_status snd_pcm_status_get_avail
""".split())

# What the compiler's library found out about the processor before main: data, never called.
ALLOWED |= {"__cpu_model"}

# What compilers and sanitizers add. (clang makes bcmp of a memcmp that only asks for equality.)
INSTRUMENTS = re.compile(r"_GLOBAL_OFFSET_TABLE_|__stack_chk_\w+|__(?:asan|ubsan|tsan)_\w+"
                         r"|__gcov_\w+|__llvm_\w+|__mem\w+_chk")


LINE = re.compile(r"(?P<place>.*):(?:[0-9a-f]+| +) (?P<kind>\w) (?P<symbol>\S+)")


def read_libraries(paths):
    """(symbols defined, {undefined symbol: object that wants it}, objects) of real-time code."""
    text = subprocess.run(["nm", "-A", *paths], capture_output=True, text=True, check=True).stdout
    defined, wanted, objects = set(), {}, set()
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if not match:
            continue
        name = re.split("[:/]", match["place"])[-1]
        if name in CONTROL:
            continue
        objects.add(name)
        if match["kind"] in "Uvw":
            wanted[match["symbol"]] = name
        else:
            defined.add(match["symbol"])
    return defined, wanted, objects


def every_library_was_read():
    tap.none(sorted({"rt_channel.c.o", "duplex.c.o", "mailbox.c.o", "chain.c.o",
                     "resampler.c.o"} - OBJECTS),
             "object that was not found")


def real_time_code_calls_only_what_it_may():
    tap.none([f"{name} calls {symbol}" for symbol, name in sorted(WANTED.items())
              if symbol not in DEFINED and symbol not in ALLOWED
              and not INSTRUMENTS.fullmatch(symbol)], "call that is not allowed")


if __name__ == "__main__":
    DEFINED, WANTED, OBJECTS = read_libraries(sys.argv[1:])
    tap.run(every_library_was_read, real_time_code_calls_only_what_it_may)
