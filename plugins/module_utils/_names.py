# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Names that a host has for the kernel's numbers: iproute2's files rt_tables, rt_protos and rt_scopes, each with a
folder of more, in /etc/iproute2 and where the distribution has its own. Names that every host has need no file, and are
no subject here."""

from __future__ import annotations

import functools
import os

ETC = "/etc/iproute2"
# Where the distribution's are has changed with iproute2 6.5 and 6.7.
_FOLDERS = ("/usr/share/iproute2", "/usr/lib/iproute2", ETC)


def number_of(kind: str, name: str) -> int | None:
    """``kind``: the name of the file, such as rt_tables. None: the host has no such name."""
    return _names(_files(kind)).get(name)


def name_of(kind: str, number: int) -> str | None:
    """None: the host has no name for it."""
    return _words(_files(kind)).get(number)


def parse(text: str) -> list[tuple[int, str]]:
    """The numbers of a file, each with its name. A line that is none of a number and a name is passed over."""
    found = []
    for line in text.splitlines():
        words = line.split(maxsplit=2)
        is_pair = len(words) > 1 and all(word.startswith("#") for word in words[2:]) and not words[1].startswith("#")
        number = _number(words[0]) if is_pair else None
        if number is not None:
            found.append((number, words[1]))
    return found


def _number(text: str) -> int | None:
    base = 16 if text.startswith("0x") else 10
    digits = text[2:] if base == 16 else text
    try:
        return int(digits, base) if digits.isalnum() and digits.isascii() else None
    except ValueError:
        return None


# By path, with what tells one state of a file from another: a module lives shortly, but not all that import this.
_Files = tuple[tuple[str, int, int], ...]


def _files(kind: str) -> _Files:
    """Those of a host in the order in which iproute2 reads them: what comes later counts."""
    main: list[str] = []
    more: dict[str, str] = {}
    for folder in _FOLDERS:
        path = f"{folder}/{kind}"
        if os.path.exists(path):
            main = [path]  # the one of /etc instead of that of the distribution
        for name in _listed(f"{path}.d"):
            more.pop(name, None)
            more[name] = f"{path}.d/{name}"
    return tuple(state for path in [*main, *more.values()] for state in _state(path))


def _listed(folder: str) -> list[str]:
    try:
        return [name for name in sorted(os.listdir(folder)) if name.endswith(".conf") and not name.startswith(".")]
    except OSError:
        return []


def _state(path: str) -> list[tuple[str, int, int]]:
    try:
        found = os.stat(path)
        return [(path, found.st_mtime_ns, found.st_size)]
    except OSError:
        return []


@functools.lru_cache(maxsize=8)
def _pairs(files: _Files) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    for path, _time, _size in files:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                found += parse(file.read())
        except OSError:
            continue
    return tuple(found)


@functools.lru_cache(maxsize=8)
def _names(files: _Files) -> dict[str, int]:
    return {name: number for number, name in _pairs(files)}


@functools.lru_cache(maxsize=8)
def _words(files: _Files) -> dict[int, str]:
    return dict(_pairs(files))
