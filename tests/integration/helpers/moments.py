# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The moments of a run at which it touches the host: each request to the kernel, each file operation, each system call
of the collection's own code, and only its own."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sys
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _apply, _ledger, _netlink, _records, _syscalls

_OURS = "ansible_collections.netns.lab.plugins."
_FILES = (
    *("open", "read", "write", "pread", "pwrite", "ftruncate", "fchmod", "stat", "listdir"),
    *("link", "symlink", "replace", "unlink", "mkdir", "makedirs", "rmdir"),
)
# Where a failure means that a process ended in between, or that there is nothing left to tidy up.
_PASSED_OVER = ("processes_inside", "_processes_inside", "is_empty", "_release", "_remove", "_tidy_up")

Touch = t.Callable[[str], t.Any]
"""Called at each moment with what is about to happen; may raise."""


class Run:
    """What is known of a run while it lasts."""

    def __init__(self) -> None:
        self.undoing = False
        self.let_go = False
        """Whether it has come to where nothing can be taken back any more."""


@contextlib.contextmanager
def touched(touch: Touch, request: t.Callable[[], int | None] = lambda: None) -> t.Iterator[Run]:
    """Calls ``touch`` before each moment. ``request`` is called for each single request to the kernel and may return
    an errno: the kernel then never sees the request, and the answer is that error."""
    run = Run()
    own = os.stat("/proc/self/ns/net").st_ino
    with contextlib.ExitStack() as stack:

        def patch(owner: t.Any, name: str, replacement: t.Any) -> None:
            missing = object()
            before = vars(owner).get(name, missing)
            setattr(owner, name, replacement)
            stack.callback(setattr if before is not missing else _delete, owner, name, before)

        def watch(owner: t.Any, name: str) -> None:
            original = getattr(owner, name)

            def watched(*arguments: t.Any, **options: t.Any) -> t.Any:
                caller = sys._getframe(1)
                ours = caller.f_globals["__name__"].startswith(_OURS) and caller.f_code.co_name not in _PASSED_OVER
                # A thread that cannot go back where it came from is lost.
                is_return = name == "setns" and os.fstat(arguments[0]).st_ino == own
                if ours and not run.undoing and not is_return:
                    touch(f"{owner.__name__.rpartition('.')[2]}.{name} in {caller.f_code.co_name}")
                return original(*arguments, **options)

            patch(owner, name, watched)

        for name in _FILES:
            watch(os, name)
        for name in ("unshare", "setns", "mount", "umount", "birth"):
            watch(_syscalls, name)
        watch(fcntl, "flock")
        watch(fcntl, "ioctl")
        watch(json, "dump")
        watch(socket.socket, "sendto")

        def opened(path: str, mode: str = "r", **options: t.Any) -> t.Any:
            touch("open for writing" if "w" in mode else "open for reading")
            return open(path, mode, **options)

        patch(_records, "open", opened)
        _watch_requests(patch, run, request)
        _watch_phases(patch, run)
        yield run


def _watch_requests(
    patch: t.Callable[[t.Any, str, t.Any], None], run: Run, request: t.Callable[[], int | None]
) -> None:
    exchange = _netlink.NetlinkSocket._exchange_batch
    dump = _netlink.NetlinkSocket._dump_once

    def exchanged(self: _netlink.NetlinkSocket, requests: t.Any, *arguments: t.Any) -> list[_netlink.Answer]:
        codes = [None if run.undoing else request() for _request in requests]
        sent = [message for message, code in zip(requests, codes) if code is None]
        answers = iter(exchange(self, sent, *arguments) if sent else [])
        return [
            next(answers) if code is None else _netlink.Answer([], _netlink.NetlinkError(code, "a test's fault"))
            for code in codes
        ]

    def dumped(self: _netlink.NetlinkSocket, *arguments: t.Any, **options: t.Any) -> t.Any:
        code = None if run.undoing else request()
        if code is not None:
            raise _netlink.NetlinkError(code, "a test's fault")
        return dump(self, *arguments, **options)

    patch(_netlink.NetlinkSocket, "_exchange_batch", exchanged)
    patch(_netlink.NetlinkSocket, "_dump_once", dumped)


def _watch_phases(patch: t.Callable[[t.Any, str, t.Any], None], run: Run) -> None:
    undo, restore = _apply.Applier._undo, _ledger.Ledger.restore
    finish, settle = _apply.Applier._finish, _ledger.Ledger.settle

    def undone(self: t.Any) -> t.Any:
        run.undoing = True
        return undo(self)

    def restored(self: t.Any) -> None:
        run.undoing = True
        restore(self)

    def finished(self: t.Any) -> None:
        run.let_go = True
        finish(self)

    def settled(self: t.Any, *arguments: t.Any, **options: t.Any) -> None:
        run.let_go = True
        settle(self, *arguments, **options)

    patch(_apply.Applier, "_undo", undone)
    patch(_apply.Applier, "_finish", finished)
    patch(_ledger.Ledger, "restore", restored)
    patch(_ledger.Ledger, "settle", settled)


def _delete(owner: t.Any, name: str, _before: object) -> None:
    delattr(owner, name)
