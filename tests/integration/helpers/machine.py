# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine for one test: a network namespace, a /run/netns and records of its own, made within this process, because
the modules run within it too."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import typing as t

CLONE_NEWNET = 0x40000000
MNT_DETACH = 2
RUN_DIR = "/run/netns"
RECORDS_DIR = "/run/netns-lab"
ETC_DIR = "/etc/netns"
_OWN = "/proc/thread-self/ns/net"

_libc = ctypes.CDLL(None, use_errno=True)


def call(function: str, *arguments: t.Any) -> None:
    """A system call that Python before 3.12 lacks. Strings are paths."""
    encoded = [os.fsencode(argument) if isinstance(argument, str) else argument for argument in arguments]
    if getattr(_libc, function)(*encoded) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), f"{function}{arguments}")


@contextlib.contextmanager
def machine() -> t.Iterator[None]:
    """Inside, this thread is in a namespace that nobody else uses, and /run/netns and /run/netns-lab are empty."""
    if "NETNS_LAB_SANDBOX" not in os.environ:
        raise RuntimeError("integration tests change the network; run them with tests/sandbox, or make integration")
    outside = os.open(_OWN, os.O_RDONLY)
    mounts = _mounts()
    try:
        call("unshare", CLONE_NEWNET)
        call("mount", "tmpfs", RUN_DIR, "tmpfs", 0, "mode=755")
        _empty(ETC_DIR)
        yield
    finally:
        _empty(ETC_DIR)
        call("setns", outside, CLONE_NEWNET)
        os.close(outside)
        # Modules mount namespaces onto names, and /run/netns onto itself where it is no mount yet.
        while _mounts() > mounts:
            call("umount2", RUN_DIR, MNT_DETACH)
        shutil.rmtree(RECORDS_DIR, ignore_errors=True)


def _empty(folder: str) -> None:
    """Takes away what is in it; the sandbox has a folder of its own there."""
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _mounts() -> int:
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        return sum(line.split(" ")[4] == RUN_DIR for line in mounts)
