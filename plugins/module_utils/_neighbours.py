# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What pings leave behind in the kernel: an entry for each neighbour, in a table that the whole host shares.

A hundred members of a bridge that all reach each other are 9,900 neighbours, and the table has room for 1024 (sysctl
net.ipv4.neigh.default.gc_thresh3, of which namespaces have none of their own). Entries younger than five seconds are
not thrown out for others (neigh_forced_gc). So where there are more pings than room, they are carried out in an order
in which few neighbours are needed at a time, and entries that came with them go when they are no longer needed.
"""

from __future__ import annotations

import socket
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import OWN

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._ping import Ping

_TABLES = {"arp_cache": socket.AF_INET, "ndisc_cache": socket.AF_INET6}
# Two namespaces need two entries for each other, so that a square of 14 by 14 needs at most 392.
_TILE = 14
_LEAST = 128
_DELETE_AT = 256
_NUD_PERMANENT = 0x80

Group = tuple[str, str, int]


class Neighbours:
    """Of one run."""

    def __init__(self, host: Host, pings: t.Sequence[Ping]) -> None:
        self._host = host
        self._pings = pings
        self._room = min((self._free(family) for family in {ping.family for ping in pings}), default=0)
        self._is_short = len(pings) > self._room
        self._in_use = 0
        self._open: dict[Group, int] = {}
        self._ended: dict[Group, int] = {}
        self._before: dict[str, set[tuple[int, str]]] = {}
        """What was there before, by namespace: not ours to delete."""
        self._needless: dict[str, set[str]] = {}
        """The addresses that are no longer needed, by namespace."""
        self._seen: dict[Group, list[tuple[str, str]]] = {}
        """The same of groups that are still at work."""
        self._count = 0
        if self._is_short:
            for ping in pings:
                group = _group(ping)
                self._open[group] = self._open.get(group, 0) + 1
            for namespace in dict.fromkeys(name for ping in pings for name in (ping.namespace, ping.owner)):
                if namespace is not None:
                    self._before[namespace] = {(index, address) for index, address, _state in self._read(namespace)}

    def _read(self, namespace: str) -> list[tuple[int, str, int]]:
        raw = self._host.socket(namespace).dump(nl.RTM_GETNEIGH, nl.encode("ndmsg", {"family": socket.AF_UNSPEC}, []))
        messages = [read("ndmsg", message) for message in raw]
        return [(message["ifindex"], message.get_attr("NDA_DST"), message["state"]) for message in messages]

    def _free(self, family: int) -> int:
        """How many entries may come: half of what the table has left, as an answer needs one as well."""
        for raw in self._host.socket(OWN).dump(nl.RTM_GETNEIGHTBL, nl.encode("ndtmsg", {"family": family}, [])):
            message = read("ndtmsg", raw)
            limit, config = message.get_attr("NDTA_THRESH3"), message.get_attr("NDTA_CONFIG")
            if limit is not None and config is not None and _TABLES.get(message.get_attr("NDTA_NAME")) == family:
                return int(max(_LEAST, (limit - config["entries"]) // 2))
        return _LEAST

    def ordered(self) -> t.Iterable[Ping]:
        """The pings, those that need the same neighbours side by side."""
        if not self._is_short:
            return self._pings
        places: dict[str, int] = {}
        for ping in self._pings:
            for name in _group(ping)[:2]:
                places.setdefault(name, len(places))

        def tile(ping: Ping) -> tuple[int, ...]:
            one, other = sorted(places[name] for name in _group(ping)[:2])
            return one // _TILE, other // _TILE, one, other

        return sorted(self._pings, key=tile)

    @property
    def has_room(self) -> bool:
        return not self._is_short or self._in_use < self._room

    def begin(self, ping: Ping) -> None:
        self._in_use += 1

    def end(self, ping: Ping, own: str | None) -> None:
        """``own``: the address from which it was sent, if there was an answer to tell it."""
        if not self._is_short:
            return
        group = _group(ping)
        self._seen.setdefault(group, []).append((ping.namespace, str(ping.destination)))
        if own is not None and ping.owner is not None:
            self._seen[group].append((ping.owner, own))
        self._open[group] -= 1
        self._ended[group] = self._ended.get(group, 0) + 1
        if not self._open[group]:
            self._in_use -= self._ended.pop(group)
            for namespace, address in self._seen.pop(group):
                self._needless.setdefault(namespace, set()).add(address)
                self._count += 1
            if self._count >= _DELETE_AT:
                self.finish()

    def finish(self) -> None:
        """Deletes what is no longer needed. What somebody has made permanent is his."""
        for namespace, addresses in self._needless.items():
            self._host.socket(namespace).exchange([
                (nl.RTM_DELNEIGH, 0, _entry(index, address))
                for index, address, state in self._read(namespace)
                if address in addresses
                and not state & _NUD_PERMANENT
                and (index, address) not in self._before[namespace]
            ])
        self._needless.clear()
        self._count = 0


def _group(ping: Ping) -> Group:
    """Pings of two namespaces to each other need the same neighbours."""
    one, other = sorted((ping.namespace, str(ping.destination) if ping.owner is None else ping.owner))
    return one, other, ping.family


def _entry(index: int, address: str) -> bytes:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return nl.encode("ndmsg", {"family": family, "ifindex": index}, [("NDA_DST", address)])
