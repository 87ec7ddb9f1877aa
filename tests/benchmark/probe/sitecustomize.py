# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python imports this at its start, because it is in PYTHONPATH. In the process of a module, and in no other, it writes
at the end how many seconds have passed and the highest resident set in KiB, as a line of the file that NETNS_LAB_PROBE
names. With NETNS_LAB_PROFILE, it profiles the module and ansible-playbook, and writes into that folder."""

from __future__ import annotations

import sys


def of_module() -> bool:
    return any("AnsiballZ_" in argument for argument in sys.orig_argv)


def probe(file: str) -> None:
    import atexit
    import time

    start = time.monotonic()

    def tell() -> None:
        seconds = time.monotonic() - start
        with open("/proc/self/status") as status:
            # Not ru_maxrss, in which the process counts that this one was forked from.
            peak = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
        with open(file, "a") as told:
            told.write(f"{seconds:.6f} {peak}\n")

    atexit.register(tell)


def profile(folder: str, name: str) -> None:
    import atexit
    import cProfile
    import os

    profiler = cProfile.Profile()
    process = os.getpid()

    def write() -> None:
        if os.getpid() == process:
            profiler.disable()
            profiler.dump_stats(os.path.join(folder, f"{name}.{process}.prof"))

    atexit.register(write)
    profiler.enable()


def begin() -> None:
    from os import environ

    if of_module():
        if "NETNS_LAB_PROBE" in environ:
            probe(environ["NETNS_LAB_PROBE"])
        if "NETNS_LAB_PROFILE" in environ:
            profile(environ["NETNS_LAB_PROFILE"], "module")
    elif "NETNS_LAB_PROFILE" in environ and any(word.endswith("ansible-playbook") for word in sys.orig_argv):
        profile(environ["NETNS_LAB_PROFILE"], "ansible-playbook")


begin()
