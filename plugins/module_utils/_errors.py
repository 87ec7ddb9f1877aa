# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The one error that reaches the user: a sentence that names the item, what is wrong, and the cure."""

from __future__ import annotations

import errno
import os

# What to do about the kernel's commoner refusals. A kind that knows better says so itself (Request.cures).
_CURES = {
    errno.EPERM: "run the task as root, for example with become: true",
    errno.EACCES: "run the task as root, for example with become: true",
    errno.EEXIST: "something of that name or address exists already; choose another or remove it first",
    errno.ENODEV: "the interface does not exist; create it first",
    errno.EOPNOTSUPP: "this kernel does not support it",
    errno.ENOSPC: "a limit of this host is reached (see sysctl user.max_net_namespaces)",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENOMEM: "the host is out of memory",
    errno.ENOBUFS: "the host is out of memory for sockets",
    errno.ELOOP: "that would make a loop of bridges",
    errno.EBUSY: "it is in use by something else",
}


class LabError(Exception):
    """A fault the user can act on. ``str()`` of it is the whole message. ``undone`` are the items that had been dealt
    with and were put back."""

    undone: list[str] = []
    is_undone: bool = True
    """Whether the host is as it was."""


class KernelError(LabError):
    """The kernel refused a request.

    ``code`` is a positive errno; ``said`` is the kernel's own text (the extended ack), empty when it gave none.
    """

    def __init__(self, item: str, code: int, said: str = "", cure: str | None = None) -> None:
        self.item = item
        self.code = code
        reason = os.strerror(code)
        words = f"{reason} ({said.rstrip('.')})" if said else reason
        cure = _CURES.get(code) if cure is None else cure
        super().__init__(f"{item}: the kernel says: {words}" + (f"; {cure}" if cure else ""))


def told(error: BaseException) -> LabError:
    """What a user is told of an error that no item is to blame for: one of a file, or of a request that reads."""
    if isinstance(error, LabError):
        return error
    code, said = getattr(error, "code", None) or getattr(error, "errno", None), getattr(error, "said", "")
    if not isinstance(code, int):
        return LabError(f"this host: {error}")
    return KernelError(getattr(error, "filename", None) or "this host", code, said)


class WiderView(Exception):
    """The plan needs to see more namespaces than those it names: the engine looks at all of them and plans again."""
