# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""What comes and goes in a folder (inotify(7)), whether the folder itself is there or not."""

from __future__ import annotations

import os
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _syscalls as syscalls

_EVENT = struct.Struct("=iIII")
_CAME = syscalls.IN_CREATE | syscalls.IN_MOVED_TO
_WENT = syscalls.IN_DELETE | syscalls.IN_MOVED_FROM
_ENDED = syscalls.IN_IGNORED | syscalls.IN_UNMOUNT


class Change(t.NamedTuple):
    """A name that came or went. Without a name, something was lost: the folder has to be read anew."""

    name: str | None
    came: bool = False


class FolderWatch:
    """Hears of names in a folder. While there is no such folder, the one above is watched for it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._fd = syscalls.inotify_init()
        self._watch = -1
        self._watch_above = -1
        try:
            self._attach()
        except BaseException:
            os.close(self._fd)
            raise

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)

    def _attach(self) -> None:
        # The one above first: a folder made in between is then told of, or found.
        mask = _CAME | syscalls.IN_ONLYDIR
        self._watch_above = syscalls.inotify_add_watch(self._fd, os.path.dirname(self._folder), mask)
        try:
            self._watch = syscalls.inotify_add_watch(self._fd, self._folder, _CAME | _WENT | syscalls.IN_ONLYDIR)
        except (FileNotFoundError, NotADirectoryError):
            self._watch = -1

    def heard(self) -> list[Change]:
        """What has changed since the last call, as far as one read takes."""
        try:
            data = os.read(self._fd, 1 << 16)
        except BlockingIOError:
            return []
        found: list[Change] = []
        offset = 0
        while offset < len(data):
            watch, mask, _cookie, length = _EVENT.unpack_from(data, offset)
            name = os.fsdecode(data[offset + _EVENT.size : offset + _EVENT.size + length].rstrip(b"\0"))
            offset += _EVENT.size + length
            if mask & syscalls.IN_Q_OVERFLOW:
                found.append(Change(None))
            elif watch == self._watch and mask & (_CAME | _WENT):
                found.append(Change(name, bool(mask & _CAME)))
            elif (watch == self._watch and mask & _ENDED) or (
                watch == self._watch_above and name == os.path.basename(self._folder)
            ):
                self._attach()
                found.append(Change(None))
        return found
