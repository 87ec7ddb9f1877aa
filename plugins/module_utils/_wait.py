# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""Waits until conditions are met, all at once. What may change one is listened for before the first look, so that
nothing is missed; what is heard only says where to look again."""

from __future__ import annotations

import math
import select
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._conditions import Condition, Sight, look
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, told
from ansible_collections.netns.lab.plugins.module_utils._host import RUN_DIR, Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._inotify import FolderWatch
from ansible_collections.netns.lab.plugins.module_utils._model import OWN

# Of processes the kernel tells nobody but the init namespaces' root, and of some changes of a port nobody at all.
_LOOK_AGAIN = 1.0
_LOOK_AGAIN_SOON = 0.05


@dataclass
class Outcome:
    """What came of waiting."""

    elapsed: float
    sights: list[Sight]

    @property
    def met(self) -> bool:
        return all(sight.met for sight in self.sights)


def wait(conditions: t.Sequence[Condition], timeout: float, check_mode: bool) -> Outcome:
    """Returns when all are met, or ``timeout`` seconds are over. A check run looks once, as what is to come may be made
    by a task before."""
    if not 0 <= timeout < math.inf:
        raise LabError(f"timeout is {timeout:g}; it must be a number of seconds from 0 on")
    require_capabilities()
    try:
        with Host() as host, _Waiter(host, conditions) as waiter:
            return waiter.wait(0 if check_mode else timeout)
    except (OSError, nl.NetlinkError) as e:
        raise told(e) from e


class _Waiter:
    def __init__(self, host: Host, conditions: t.Sequence[Condition]) -> None:
        self._host = host
        self._conditions = conditions
        self._in: dict[str, list[int]] = {}
        for number, condition in enumerate(conditions):
            self._in.setdefault(condition.namespace, []).append(number)
        self._sights: list[Sight] = [Sight(False, [], "")] * len(conditions)
        self._poll = select.epoll()
        self._folder = FolderWatch(RUN_DIR)
        self._poll.register(self._folder, select.EPOLLIN)
        self._listeners: dict[str, tuple[int, nl.NetlinkSocket]] = {}
        self._at: dict[int, str] = {}

    def __enter__(self) -> _Waiter:
        return self

    def __exit__(self, *exc: object) -> None:
        for namespace in list(self._listeners):
            self._leave(namespace)
        self._folder.close()
        self._poll.close()

    def wait(self, timeout: float) -> Outcome:
        start = time.monotonic()
        self._look(self._in)
        while not all(sight.met for sight in self._sights):
            left = start + timeout - time.monotonic()
            if left <= 0:
                break
            heard = self._poll.poll(min(left, self._patience()))
            self._look(self._concerned([fd for fd, _mask in heard]) if heard else self._unmet())
        return Outcome(time.monotonic() - start, self._sights)

    def _patience(self) -> float:
        kinds = {self._conditions[number].kind for number, sight in enumerate(self._sights) if not sight.met}
        return _LOOK_AGAIN_SOON if "process" in kinds else _LOOK_AGAIN

    def _unmet(self) -> t.Iterable[str]:
        found = [self._conditions[number].namespace for number, sight in enumerate(self._sights) if not sight.met]
        return dict.fromkeys(found)

    def _concerned(self, descriptors: list[int]) -> t.Iterable[str]:
        """The namespaces of which something was heard."""
        found: dict[str, None] = {}
        for fd in descriptors:
            if fd == self._folder.fileno():
                names = {change.name for change in self._folder.heard()}
                found.update(dict.fromkeys(name for name in self._in if name in names or None in names))
                for name in found:
                    self._await_mount(name)
            elif fd in self._at:
                namespace = self._at[fd]
                try:
                    while self._listeners[namespace][1].heard():
                        pass
                except nl.Unheard:
                    pass  # everything is read anew in any case
                found[namespace] = None
        return found

    def _await_mount(self, name: str) -> None:
        """ "ip netns add" makes the file first, and a moment later mounts the namespace, of which nobody tells."""
        deadline = time.monotonic() + _LOOK_AGAIN
        while name != OWN and time.monotonic() < deadline:
            entry = self._host.inspect(name)
            if entry is None or entry:
                return
            time.sleep(0.001)

    def _look(self, namespaces: t.Iterable[str]) -> None:
        for namespace in namespaces:
            try:
                self._listen(namespace)
                for number in self._in[namespace]:
                    self._sights[number] = look(self._host, self._conditions[number])
            except FileNotFoundError:
                pass  # it went in between, which the folder will tell
            finally:
                # An open descriptor would keep a deleted namespace alive.
                self._host.release(namespace)

    def _listen(self, namespace: str) -> None:
        inode = 0
        if namespace != OWN:
            entry = self._host.inspect(namespace)
            if not entry:
                self._leave(namespace)
                return
            inode = entry.inode
        if namespace in self._listeners:
            if self._listeners[namespace][0] == inode:
                return
            self._leave(namespace)
        groups = 0
        for number in self._in[namespace]:
            groups |= self._conditions[number].groups
        if groups:
            with self._host.inside(namespace):
                listener = nl.NetlinkSocket(groups)
            self._listeners[namespace] = inode, listener
            self._at[listener.fileno()] = namespace
            self._poll.register(listener, select.EPOLLIN)

    def _leave(self, namespace: str) -> None:
        found = self._listeners.pop(namespace, None)
        if found is not None:
            del self._at[found[1].fileno()]
            self._poll.unregister(found[1])
            found[1].close()
