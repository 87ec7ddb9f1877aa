# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""What changes in a host's namespaces, as events: each a dict in the words of netns_info, with ``object`` and
``change``. What is known is kept, so that an event says what was before, a repeated message is none, and what got lost
on the way is found by reading anew."""

from __future__ import annotations

import errno
import fnmatch
import select
import time
import typing as t
from collections import deque

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import RUN_DIR, Host
from ansible_collections.netns.lab.plugins.module_utils._info import address, link, route
from ansible_collections.netns.lab.plugins.module_utils._inotify import FolderWatch
from ansible_collections.netns.lab.plugins.module_utils._message import Message, read
from ansible_collections.netns.lab.plugins.module_utils._model import OWN

Event = dict[str, t.Any]
Told = dict[str, t.Any]
NAMESPACES = "namespaces"
# What each word of the user's is called in an event, and the multicast groups (RTMGRP_*) that tell of it.
_LINKS, _ADDRESSES, _ROUTES = "links", "addresses", "routes"
_OBJECTS = {NAMESPACES: "namespace", _LINKS: "link", _ADDRESSES: "address", _ROUTES: "route"}
SUBSETS = tuple(_OBJECTS)
RTMGRP_LINK = 0x1
RTMGRP_NEIGH = 0x4
RTMGRP_ADDRESS = 0x10 | 0x100
RTMGRP_ROUTE = 0x40 | 0x400
_GROUPS = {_LINKS: RTMGRP_LINK, _ADDRESSES: RTMGRP_ADDRESS, _ROUTES: RTMGRP_ROUTE}
_AF_BRIDGE = 7
_TABLE_LOCAL = 255
# Count down by themselves.
_CLOCKS = ("valid_lft", "preferred_lft", "expires")
# "ip netns add" makes the file, then the namespace, then mounts the one onto the other.
_LONGEST_MAKING = 1.0
_LOOK_AGAIN = 0.01


class Monitor:
    """Use as a context. ``fileno()`` can be polled; ``events()`` are those since the last call."""

    def __init__(self, host: Host, subset: t.Collection[str], patterns: t.Sequence[str]) -> None:
        """``patterns``: of the names of the namespaces that are looked into; OWN for the own one."""
        self._host = host
        self._subset = set(subset)
        self._patterns = patterns
        self._poll = select.epoll()
        self._folder = FolderWatch(RUN_DIR)
        self._poll.register(self._folder, select.EPOLLIN)
        self._known: dict[str, int | None] = {}
        self._inside: dict[str, _Inside] = {}
        self._at: dict[int, str] = {}
        # What was heard of names and is not dealt with yet; no more than one read, the rest waits in the kernel.
        self._heard: deque[t.Any] = deque()
        self._heard_since = 0.0
        for name in host.names():
            self._known[name] = self._inode(name)
            self._enter(name, tell=False)
        self._enter(OWN, tell=False)

    def __enter__(self) -> Monitor:
        return self

    def __exit__(self, *exc: object) -> None:
        for name in list(self._inside):
            self._leave(name)
        self._folder.close()
        self._poll.close()

    def fileno(self) -> int:
        return self._poll.fileno()

    @property
    def patience(self) -> float | None:
        """Seconds after which to call ``events()`` though nothing can be read; None: there is no need."""
        return _LOOK_AGAIN if self._heard else None

    def events(self) -> t.Iterator[Event]:
        """One after the other, so that whoever takes them slowly leaves the rest in the kernel."""
        yield from self._of_names()
        for fd, _mask in self._poll.poll(0):
            if fd == self._folder.fileno():
                if not self._heard:
                    self._hear()
                    yield from self._of_names()
            elif fd in self._at:
                name = self._at[fd]
                yield from self._inside[name].events()

    # -- names

    def _hear(self) -> None:
        self._heard.extend(self._folder.heard())
        self._heard_since = time.monotonic()
        if self._heard:
            self._poll.unregister(self._folder)

    def _of_names(self) -> t.Iterator[Event]:
        if not self._heard:
            return
        while self._heard:
            change = self._heard[0]
            if change.name is None:
                self._heard.popleft()
                yield from self._compare_names()
                continue
            if change.came and not self._is_made(change.name):
                return
            self._heard.popleft()
            self._heard_since = time.monotonic()
            if change.came:
                yield from self._came(change.name)
            else:
                yield from self._went(change.name)
        self._poll.register(self._folder, select.EPOLLIN)

    def _is_made(self, name: str) -> bool:
        """Whether there is no more to wait for until it can be told that a namespace is there."""
        if name in self._known or time.monotonic() > self._heard_since + _LONGEST_MAKING:
            return True
        return self._host.inspect(name) is None or self._inode(name) is not None

    def _came(self, name: str, reread: bool = False) -> t.Iterator[Event]:
        if name in self._known:  # made before the folder was read, but told afterwards
            return
        self._known[name] = self._inode(name)
        if NAMESPACES in self._subset:
            yield self._event(name, "created", reread)
        yield from self._enter(name, tell=True)

    def _went(self, name: str, reread: bool = False) -> t.Iterator[Event]:
        self._leave(name)
        if name in self._known:
            event = self._event(name, "deleted", reread)
            del self._known[name]
            if NAMESPACES in self._subset:
                yield event

    def _event(self, name: str, change: str, reread: bool) -> Event:
        return {"object": "namespace", "change": change, "name": name, "inode": self._known[name], "reread": reread}

    def _compare_names(self) -> t.Iterator[Event]:
        yield {"object": "namespace", "change": "reread", "name": None, "reread": True}
        there = {name: self._inode(name) for name in self._host.names()}
        for name, inode in list(self._known.items()):
            if there.get(name) is None or there[name] != inode:
                yield from self._went(name, reread=True)
        for name in there:
            yield from self._came(name, reread=True)

    def _inode(self, name: str) -> int | None:
        try:
            entry = self._host.inspect(name)
        except OSError:
            return None
        return entry.inode if entry else None

    # -- inside

    def _enter(self, name: str, tell: bool) -> t.Iterable[Event]:
        """Begins to listen in a namespace. ``tell``: of what is in it already, too."""
        if self._subset <= {NAMESPACES} or not self._is_meant(name):
            return ()
        try:
            inside = _Inside(self._host, name, self._subset)
        except OSError as e:
            if e.errno not in (errno.ENOENT, errno.EINVAL):
                raise
            return ()  # gone already, or no namespace
        self._inside[name] = inside
        self._at[inside.fileno()] = name
        self._poll.register(inside, select.EPOLLIN)
        found = inside.everything()
        return found if tell else ()

    def _is_meant(self, name: str) -> bool:
        if name == OWN:
            return OWN in self._patterns
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self._patterns)

    def _leave(self, name: str) -> None:
        """An open socket would keep a deleted namespace alive."""
        inside = self._inside.pop(name, None)
        if inside is not None:
            del self._at[inside.fileno()]
            self._poll.unregister(inside)
            inside.close()


class _Inside:
    """One namespace's links, addresses and routes."""

    def __init__(self, host: Host, name: str, subset: set[str]) -> None:
        self._name = name
        self._subset = subset
        groups = RTMGRP_LINK
        for word in subset - {NAMESPACES}:
            groups |= _GROUPS[word]
        with host.inside(name):
            self._listener = nl.NetlinkSocket(groups)
            self._asker = nl.NetlinkSocket()
        host.release(name)
        self._known: dict[str, dict[t.Any, Told]] = {word: {} for word in _GROUPS}

    def fileno(self) -> int:
        return self._listener.fileno()

    def close(self) -> None:
        self._listener.close()
        self._asker.close()

    def everything(self) -> list[Event]:
        """What is there at first."""
        return list(self._compare(reread=False))

    def events(self) -> t.Iterator[Event]:
        try:
            heard = self._listener.heard()
        except nl.Unheard:
            yield {"object": "namespace", "change": "reread", "name": self._name or None, "reread": True}
            yield from self._compare(reread=True)
            return
        for kind, flags, body in heard:
            if kind in (nl.RTM_NEWLINK, nl.RTM_DELLINK):
                yield from self._of_link(kind, body)
            elif kind in (nl.RTM_NEWADDR, nl.RTM_DELADDR):
                key, seen = self._address(body)
                yield from self._changed(_ADDRESSES, key, seen if kind == nl.RTM_NEWADDR else None)
            elif kind in (nl.RTM_NEWROUTE, nl.RTM_DELROUTE) and _is_told(body):
                yield from self._of_route(kind, flags, body)

    # -- one kind each

    def _of_link(self, kind: int, body: bytes) -> t.Iterator[Event]:
        message = read("ifinfmsg", body)
        index = message["index"]
        seen: Told | None
        if message["family"] == _AF_BRIDGE:
            # What a bridge tells of a port is half of it, and its end as a port is not that of the link.
            seen = self._link(index)
        else:
            seen = link.told(message, self._names()) if kind == nl.RTM_NEWLINK else None
        before = self._known[_LINKS].get(index)
        yield from self._changed(_LINKS, index, seen)
        if _ROUTES in self._subset and before and before["up"] and not (seen and seen["up"]):
            # Of IPv4 routes that go with a link the kernel tells nobody (fib_sync_down_dev).
            yield from self._compare_one(_ROUTES, reread=True)

    def _of_route(self, kind: int, flags: int, body: bytes) -> t.Iterator[Event]:
        place, key, seen = self._route(body)
        known = self._known[_ROUTES]
        if kind == nl.RTM_NEWROUTE and flags & nl.NLM_F_REPLACE and key not in known:
            for other in [other for other in known if other[: len(place)] == place][:1]:
                before = known.pop(other)
                known[key] = before  # it is the same route, and leads elsewhere from now on
        yield from self._changed(_ROUTES, key, seen if kind == nl.RTM_NEWROUTE else None)

    def _changed(self, word: str, key: t.Any, seen: Told | None, reread: bool = False) -> t.Iterator[Event]:
        known = self._known[word]
        before = known.pop(key, None)
        if seen is not None:
            known[key] = seen
        if word not in self._subset or _same(before, seen):
            return
        event: Event = {"object": _OBJECTS[word], "namespace": self._name or None, "reread": reread}
        if seen is None:
            yield {**event, "change": "deleted", **(before or {})}
        elif before is None:
            yield {**event, "change": "created", **seen}
        else:
            differs = {field: before[field] for field in before if before[field] != seen.get(field)}
            yield {**event, "change": "changed", **seen, "before": differs}

    # -- reading anew

    def _compare(self, reread: bool) -> t.Iterator[Event]:
        for word in _GROUPS:
            if word == _LINKS or word in self._subset:
                yield from self._compare_one(word, reread)

    def _compare_one(self, word: str, reread: bool) -> t.Iterator[Event]:
        found = dict(self._read(word))
        for key in [key for key in self._known[word] if key not in found]:
            yield from self._changed(word, key, None, reread)
        for key, seen in found.items():
            yield from self._changed(word, key, seen, reread)

    def _read(self, word: str) -> t.Iterator[tuple[t.Any, Told]]:
        if word == _LINKS:
            body = nl.encode("ifinfmsg", {"family": 0}, [])
            messages = [read("ifinfmsg", raw) for raw in self._asker.dump(nl.RTM_GETLINK, body)]
            names = {message["index"]: message.get_attr("IFLA_IFNAME") for message in messages}
            for message in messages:
                yield message["index"], link.told(message, names)
        elif word == _ADDRESSES:
            for raw in self._asker.dump(nl.RTM_GETADDR, nl.encode("ifaddrmsg", {"family": 0}, [])):
                yield self._address(raw)
        else:
            for raw in self._asker.dump(nl.RTM_GETROUTE, nl.encode("rtmsg", {"family": 0}, [])):
                if _is_told(raw):
                    _place, key, seen = self._route(raw)
                    yield key, seen

    def _link(self, index: int) -> Told | None:
        body = nl.encode("ifinfmsg", {"family": 0, "index": index}, [])
        answer = self._asker.exchange([(nl.RTM_GETLINK, 0, body)])[0]
        if answer.error is not None:
            return None
        return link.told(read("ifinfmsg", answer.messages[0][1]), self._names())

    def _address(self, raw: bytes) -> tuple[t.Any, Told]:
        message: Message = read("ifaddrmsg", raw)
        seen = address.told(message, self._names())
        return (message["index"], seen["address"], seen["peer"]), seen

    def _route(self, raw: bytes) -> tuple[tuple[t.Any, ...], t.Any, Told]:
        """Also what it shares with the route that it replaces."""
        seen = route.told(read("rtmsg", raw), self._names())
        place = (seen["family"], seen["destination"], seen["table"], seen["metric"], seen["tos"])
        hops = tuple((hop["gateway"], hop["interface"]) for hop in seen["nexthops"])
        return place, (*place, seen["type"], hops), seen

    def _names(self) -> dict[int, str]:
        return {index: seen["name"] for index, seen in self._known[_LINKS].items()}


def _is_told(raw: bytes) -> bool:
    """What the kernel makes for its own addresses is of no interest: the addresses are told."""
    return route.is_route(raw) and route.table_of(raw) != _TABLE_LOCAL


def _same(one: Told | None, other: Told | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(one[field] == other.get(field) for field in one if field not in _CLOCKS)
