# SPDX-License-Identifier: MIT
"""What the lints look at: the files of this source tree and C text without its comments."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "support"))

import tap

# What belongs to the tree where git cannot say it. A checkout also holds build folders, their logs
# and its owner's own files, which name folders of this machine.
FOLDERS = (".ci", ".github", "include", "packaging", "src", "systemd", "tests")
TOP_FILES = (".gitignore", "LICENSE", "README.md", "config.example.json", "meson.build")
NOT_OURS = {"__pycache__", "subprojects", ".debhelper", "mission-control-audio"}


def tracked():
    """The files that git tracks, or None: no git, no repository, or that of another user."""
    try:
        done = subprocess.run(["git", "-C", str(TOP), "ls-files", "-z"], capture_output=True,
                              text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    names = done.stdout.split("\0")
    # A tree that lies in somebody else's repository is not tracked there.
    return {TOP / name for name in names if name} if "README.md" in names else None


def listed():
    """The files at the top and in the folders of the tree, build folders left out."""
    found = {TOP / name for name in TOP_FILES}
    for folder in FOLDERS:
        for path in (TOP / folder).rglob("*"):
            parts = path.relative_to(TOP).parts
            if not any(p in NOT_OURS or p.startswith("build") for p in parts[:-1]):
                found.add(path)
    return {path for path in found if path.is_file()}


def files(*suffixes, under=("",)):
    """Every file of the tree with one of these suffixes (none = all)."""
    ours = tracked() or listed()
    folders = [TOP / folder for folder in under]
    return sorted(path for path in ours
                  if path.is_file() and (not suffixes or path.suffix in suffixes)
                  and any(folder == path or folder in path.parents for folder in folders))


def program_output(path, *arguments):
    """What the program prints. Skips the case if the program has not been built."""
    if not pathlib.Path(path).exists():
        raise tap.Skip(f"{path} is not built: run ninja, or meson test without --no-rebuild")
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=True).stdout


def short(path):
    """The path as a reader of the tree writes it."""
    return str(path.relative_to(TOP))


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def bare(text):
    """C text with comments and the insides of literals blanked; every line keeps its place."""
    token = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(token, _blank, text, flags=re.S)


def includes(path):
    """(line, kind, name) of every #include; kind is '<' or '"'."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


def room_of(path):
    """src/ROOM/x.c -> ROOM; a file straight in src -> 'main'; anything else None."""
    parts = path.relative_to(TOP).parts
    if parts[0] != "src" or path.suffix not in (".c", ".h"):
        return None
    return parts[1] if len(parts) > 2 else "main"
