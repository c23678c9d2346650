# SPDX-License-Identifier: MIT
"""Imports go down only: which room may know which room, and which outside library.

The tables below are the law of the house. A new header in include/mca is entered under its room
here in the same change that adds it; a new library has to find a room of its own.
"""
import re

import tree
import tap

# Every room, from the ground up, with the rooms below that it may include.
MAY_KNOW = {
    "base": (),
    "xchg": (),
    "wav": ("base",),
    "store": ("base",),
    "simcard": ("base", "wav"),
    "dsp": ("base",),
    "resample": ("base",),
    "pcm": ("base", "simcard"),
    "client": ("base",),
    "config": ("base", "dsp", "simcard", "store"),
    "place": ("base", "store", "config"),
    "rt": ("base", "xchg", "dsp", "resample", "pcm"),
    "engine": ("base", "xchg", "store", "dsp", "resample", "pcm", "simcard", "config", "rt"),
    "api": ("base", "store", "dsp", "pcm", "simcard", "config", "place", "engine"),
    "svc": ("base", "pcm", "simcard", "config", "engine"),
    "http": ("base", "api"),
    "cli": ("base", "wav", "dsp", "pcm", "simcard", "config", "engine", "client"),
}

# Public header -> the room that keeps its promises.
ROOM_OF_HEADER = {
    "clock": "base", "device_name": "base", "diag": "base", "units": "base", "q": "base",
    "lane_pick": "base",
    "mailbox": "xchg", "snapshot": "xchg", "event_ring": "xchg",
    "wav": "wav",
    "store": "store", "keeper": "store", "talk": "store",
    "simcard": "simcard", "simcard_spec": "simcard",
    "chain": "dsp", "chain_rows": "dsp", "comp": "dsp", "gate": "dsp", "highpass": "dsp",
    "input_gain": "dsp",
    "limiter": "dsp", "ramp": "dsp",
    "lookahead": "dsp", "meter": "dsp", "tone": "dsp",
    "resampler": "resample",
    "pcm": "pcm", "duplex": "pcm", "pcm_list": "pcm",
    "client": "client", "runtime_file": "client",
    "settings": "config", "config": "config", "config_diff": "config", "json": "config",
    "place": "place", "token": "place",
    "bridge": "rt", "clock_control": "rt", "cycle": "rt", "rt_channel": "rt",
    "engine": "engine", "engine_check": "engine", "engine_status": "engine", "notice": "engine",
    "api": "api", "http": "http", "svc": "svc", "cli": "cli",
}

# Outside libraries: header pattern -> where it may be included (room, or room/file).
LIBRARIES = {
    r"alsa/": ("simcard", "pcm"),
    r"jansson\.h": ("config", "api", "cli"),
    r"civetweb\.h": ("http",),
    r"sndfile\.h": ("wav",),
    r"systemd/": ("svc",),
    r"pthread\.h": ("store", "simcard", "engine", "api", "http", "svc"),
}

# A library that a room keeps behind a single file.
ONE_FILE = {("config", r"jansson\.h"), ("http", r"civetweb\.h"),
            ("wav", r"sndfile\.h")}

# What C and POSIX give everybody.
PLAIN = set("""assert ctype errno fcntl float getopt inttypes limits locale math poll sched signal
 stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib string strings syslog termios time
 unistd dirent arpa/inet netinet/in netinet/tcp sys/eventfd sys/file sys/ioctl sys/mman sys/resource
 sys/prctl sys/random sys/socket sys/stat sys/statvfs sys/syscall sys/time sys/timerfd sys/types
 sys/uio sys/wait linux/filter linux/seccomp linux/types
 endian sys/un
 link malloc netdb sys/epoll sys/signalfd libgen emmintrin
 immintrin""".split())

# The wall: what the rooms of the real-time threads may include. Whoever needs more (formulas at
# load time, words for people) stands in the second table, file by file, not in the block path.
WALL = {
    "xchg": "assert stdatomic stdbool stddef stdint string limits".split(),
    "dsp": "assert limits stdbool stddef stdint string errno".split(),
    "resample": "assert stdbool stddef stdint string".split(),
    "rt": "assert limits stdatomic stdbool stddef stdint string errno time".split(),
}
BESIDE_THE_WALL = {
    "rt/rt_channel.c": {"poll"}, "rt/bridge_init.c": {"stdlib"},
    "resample/kernel.h": {"emmintrin"},
    "resample/prototype.c": {"errno", "math", "stdlib"},
    "resample/table.c": {"errno", "stdlib"},
    "dsp/avx2_frames.h": {"immintrin"},
    "dsp/peak.h": {"emmintrin"},
    "dsp/comp_cook.c": {"math"}, "dsp/gate_cook.c": {"math"}, "dsp/highpass_cook.c": {"math"},
    "dsp/limiter_cook.c": {"math"},
    "dsp/ramp_cook.c": {"math"},
    "dsp/cook.c": {"math", "stdio"}, "dsp/levels.c": {"math"}, "dsp/tone_cook.c": {"math"},
    "dsp/tables_gen.c": {"math", "stdio"},
}


def sources():
    return tree.files(".c", ".h", under=("src", "include"))


def room(path):
    """The room of a source file or of a public header."""
    if path.suffix == ".h" and path.parent.name == "mca":
        return ROOM_OF_HEADER.get(path.stem)
    return tree.room_of(path)


def every_room_and_header_is_known():
    folders = [p.name for p in sorted((tree.TOP / "src").iterdir()) if p.is_dir()]
    faults = [f"src/{name}: no such room in MAY_KNOW (tests/lint/floors.py)"
              for name in folders if name not in MAY_KNOW]
    faults += [f"{tree.short(p)}: enter it under its room in ROOM_OF_HEADER (tests/lint/floors.py)"
               for p in tree.files(".h", under=("include",)) if p.stem not in ROOM_OF_HEADER]
    tap.none(faults, "room or header that the floors do not know")


def imports_go_down_only():
    faults = []
    for path in sources():
        here = room(path)
        if here is None or here == "main":
            continue
        for line, kind, name in tree.includes(path):
            place = f"{tree.short(path)}:{line}"
            if kind == "<":
                if name.startswith("mca/"):
                    faults.append(f"{place}: <{name}> is ours: write it in quotes")
                continue
            if not name.startswith("mca/"):
                if "/" in name or not (path.parent / name).exists():
                    faults.append(f"{place}: \"{name}\" is no private header of {here}")
                continue
            there = ROOM_OF_HEADER.get(name[4:-2])
            if there != here and there not in MAY_KNOW[here]:
                faults.append(f"{place}: {here} must not know {there} ({name})")
    tap.none(faults, "import that does not go down")


def the_floors_have_no_stairs_up():
    """The table itself: rooms are listed from the ground up and know only earlier ones."""
    order = list(MAY_KNOW)
    faults = [f"{here} knows {there}" for here in order for there in MAY_KNOW[here]
              if order.index(there) >= order.index(here)]
    top = ("api", "svc", "http", "cli")
    faults += [f"{a} knows {b}" for a in top for b in MAY_KNOW[a]
               if b in top and (a, b) != ("http", "api")]
    tap.none(faults, "stair that goes up")


def outside_libraries_keep_to_their_rooms():
    faults = []
    users = {}
    for path in sources():
        here = room(path)
        for line, kind, name in tree.includes(path):
            if kind != "<" or name.startswith("mca/") or here is None:
                continue
            place = f"{tree.short(path)}:{line}"
            library = next((l for l in LIBRARIES if re.match(l, name)), None)
            if library is None:
                if name[:-2] not in PLAIN:
                    faults.append(f"{place}: <{name}> belongs to no room (tests/lint/floors.py)")
            elif here not in LIBRARIES[library]:
                faults.append(f"{place}: {here} must not include <{name}>")
            elif path.suffix == ".c":
                users.setdefault((here, library), set()).add(path.name)
    faults += [f"{here}: {' and '.join(sorted(names))} include {library}; keep it behind one file"
               for (here, library), names in sorted(users.items())
               if (here, library) in ONE_FILE and len(names) > 1]
    tap.none(faults, "outside library in a room that must not know it")


def the_wall_rooms_include_nothing_that_waits():
    faults = []
    for path in sources():
        here = room(path)
        if here not in WALL or path.parent.name == "mca":
            continue
        extra = BESIDE_THE_WALL.get(f"{here}/{path.name}", set())
        for line, kind, name in tree.includes(path):
            if kind == "<" and name[:-2] not in WALL[here] and name[:-2] not in extra:
                faults.append(f"{tree.short(path)}:{line}: <{name}> behind the real-time wall")
    tap.none(faults, "header behind the real-time wall")


# alsa-lib evaluates the names that it is given: it can run commands and write files. The files
# that give it one; each prints it from numbers or from parsed fields (mca/device_name.h).
NAMES_FOR_ALSA = {"src/pcm/pcm.c", "src/pcm/pcm_list.c"}
TAKES_A_NAME = re.compile(
    r"\bsnd_(\w+_open(_lconf|_fallback)?|card_get_index|card_load|device_name_\w+|"
    r"config_(load|search_definition|evaluate|expand|update)\w*)\s*\(")


def alsa_lib_is_given_names_in_two_files_only():
    faults = [f"{tree.short(path)}:{number}: {found.group(0)}...) gives alsa-lib a name"
              for path in sources() if tree.short(path) not in NAMES_FOR_ALSA
              for number, line in enumerate(path.read_text().splitlines(), 1)
              for found in TAKES_A_NAME.finditer(line)
              if not line.lstrip().startswith(("*", "/*"))]
    tap.none(faults, "call that gives alsa-lib a name")


def tests_include_no_source_file():
    faults = [f"{tree.short(path)}:{line}: includes {name}"
              for path in tree.files(".c", ".h", under=("tests", "src", "include"))
              for line, kind, name in tree.includes(path) if name.endswith(".c")]
    tap.none(faults, "file that includes a .c file")


if __name__ == "__main__":
    tap.run(every_room_and_header_is_known, imports_go_down_only, the_floors_have_no_stairs_up,
            outside_libraries_keep_to_their_rooms, the_wall_rooms_include_nothing_that_waits,
            alsa_lib_is_given_names_in_two_files_only, tests_include_no_source_file)
