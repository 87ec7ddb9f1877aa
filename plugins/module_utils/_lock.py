# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""One run at a time: topologies of a host share namespaces and records."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _records as records
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError

_LOCK = os.path.join(records.RECORDS_DIR, "lock")


@contextlib.contextmanager
def locked(topology: str, timeout: float, read_only: bool) -> t.Iterator[None]:
    """Waits for ``timeout`` seconds at most. A run that changes nothing (``read_only``) waits for those that do, but
    makes no lock of its own. The lock is the kernel's (flock) and ends with its process, so a crash
    leaves none behind; the last run to leave no record takes the file and the folder away."""
    if read_only and not os.path.exists(_LOCK):
        yield
        return
    try:
        fd = _acquire(timeout)
    except OSError as e:
        _tidy_up()
        raise _failed(e) from e
    try:
        try:
            content = json.dumps({"topology": topology, "pid": os.getpid(), "since": time.time()})
            os.ftruncate(fd, 0)
            os.pwrite(fd, content.encode(), 0)
        except OSError as e:
            raise _failed(e) from e
        yield
    finally:
        _release(fd)


def _failed(error: OSError) -> LabError:
    return LabError(
        f"{_LOCK}: {os.strerror(error.errno or 0)}; without a lock nothing was changed, so see that /run has room "
        "and can be written to"
    )


def _release(fd: int) -> None:
    # Whoever fails here has done all else. What stays is a lock that nobody holds: the next run takes it away.
    with contextlib.suppress(OSError):
        if records.is_empty():
            _remove()
        else:
            os.ftruncate(fd, 0)
    os.close(fd)


def _remove() -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_LOCK)
    with contextlib.suppress(OSError):  # somebody waits at a new lock already, or keeps something there
        os.rmdir(records.RECORDS_DIR)


def _tidy_up() -> None:
    """Takes away what was made for a lock that could then not be had, unless somebody else has it."""
    with contextlib.suppress(OSError):
        if not os.path.exists(_LOCK):
            os.rmdir(records.RECORDS_DIR)
            return
        fd = os.open(_LOCK, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_current(fd) and records.is_empty():
                _remove()
        finally:
            os.close(fd)


def _acquire(timeout: float) -> int:
    deadline = time.monotonic() + timeout
    while True:
        fd = _open()
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it may have taken the file away: then this is the lock of nothing.
            if _is_current(fd):
                return fd
        except OSError as e:
            if e.errno not in (errno.EWOULDBLOCK, errno.EINTR):
                os.close(fd)
                raise
            if time.monotonic() >= deadline:
                holder = _holder(fd)
                os.close(fd)
                raise LabError(
                    f"another run is at work on this host{holder}; it did not end within {timeout:g} s, "
                    "so try again later or raise lock_timeout"
                ) from None
            os.close(fd)
            time.sleep(0.02)
            continue
        os.close(fd)


def _open() -> int:
    while True:
        with contextlib.suppress(FileExistsError):
            os.mkdir(records.RECORDS_DIR, mode=0o755)
        try:
            return os.open(_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:
            if os.path.islink(records.RECORDS_DIR):
                raise
            continue  # the folder went in between


def _is_current(fd: int) -> bool:
    try:
        there, here = os.stat(_LOCK), os.fstat(fd)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _holder(fd: int) -> str:
    try:
        held = json.loads(os.pread(fd, 4096, 0))
        return f" (topology {held['topology']}, process {held['pid']}, for {time.time() - held['since']:.0f} s)"
    except (ValueError, KeyError, TypeError):
        return ""
