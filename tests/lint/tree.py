# SPDX-License-Identifier: MIT
"""What the lints look at: the files of this source tree and C text without its comments."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "support"))

import tap

NOT_OURS = {".git", "__pycache__", "subprojects"}


def files(*suffixes, under=("",)):
    """Every file of the tree with one of these suffixes (none = all), build folders left out."""
    found = set()
    for folder in under:
        for path in (TOP / folder).rglob("*"):
            parts = path.relative_to(TOP).parts
            # In a linked work tree .git is a file.
            if NOT_OURS & set(parts) or any(part.startswith("build") for part in parts[:-1]):
                continue
            if path.is_file() and (not suffixes or path.suffix in suffixes):
                found.add(path)
    return sorted(found)


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
