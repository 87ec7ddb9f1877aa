# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine in words, without its name."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

COMMANDS = {
    "iproute2": (["ip", "-V"], r"iproute2-([^\s,]+)"),
    "C compiler": (["cc", "--version"], r"(\S+)$"),
    "Mininet": (["mn", "--version"], r"(\d[\w.]*)"),
    "OpenSSH": (["ssh", "-V"], r"OpenSSH_(\S+?),?\s"),
}
NOT_PROGRAMS = ("processors", "memory", "kernel", "system")


def describe() -> dict[str, str]:
    return {
        "processors": str(len(os.sched_getaffinity(0))),
        "memory": f"{_memory_gib():.0f} GiB",
        # Without what a distribution or a host adds to it.
        "kernel": "Linux " + re.split(r"[^\d.]", platform.release())[0],
        "system": _system(),
        "Python": platform.python_version(),
        **{name: _package(name) for name in ("ansible-core", "pyroute2")},
        **{name: _answer(command, pattern) for name, (command, pattern) in COMMANDS.items()},
    }


def in_words(machine: dict[str, str]) -> str:
    hardware = f"{machine['processors']} processors, {machine['memory']} of memory, {machine['kernel']}"
    programs = [f"{name} {text}" for name, text in machine.items() if name not in NOT_PROGRAMS]
    return f"{hardware}, {machine['system']}; {', '.join(programs)}."


def _memory_gib() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def _system() -> str:
    file = Path("/etc/os-release")
    found = re.search(r'^PRETTY_NAME="?(.*?)"?$', file.read_text() if file.exists() else "", re.MULTILINE)
    return found[1] if found else "unknown system"


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _answer(command: list[str], pattern: str) -> str:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError:
        return "missing"
    found = re.search(pattern, done.stdout.strip() + "\n", re.MULTILINE)
    return found[1] if found else "unknown"
