# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Where the other ends of links are: a link tells the index of the other one, and the number by which its namespace
knows the namespace of that."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._model import OWN
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import nsids

Told = dict[str, t.Any]
_FEW = 4


class Ends:
    """``links``: what is told of links, by namespace. ``name`` completes it. ``numbers``: those by which the own
    namespace knows the others."""

    def __init__(self, reader: Reader, links: dict[str, list[Told]], numbers: dict[str, int | None]) -> None:
        self.reader = reader
        self._read = links.keys()
        self.open = [
            (called, seen["index"], other)
            for called, told in links.items()
            for seen in told
            if (other := seen["peer"] or seen["link"]) and other["nsid"] is not None
        ]
        self._numbers: dict[tuple[str, str], int | None] = {(OWN, other): number for other, number in numbers.items()}
        self._known: dict[tuple[str, int], str] = {}
        """By a namespace and one of its numbers: which namespace that is."""
        for other, number in numbers.items():
            if number is not None:
                self._known.setdefault((OWN, number), other)

    def name(self) -> None:
        if not self.open:
            return
        if OWN not in self._read:
            # Most often it is that one, and whoever has a thousand links there need not read them all.
            for called in dict.fromkeys(called for called, _index, _other in self.open):
                self._ask(called, [OWN])
        ends = self._ends()
        for called, index, other in self.open:
            key = called, other["nsid"]
            if key not in self._known:
                candidates = ends.get((other["index"], index), [])
                if any(place == OWN and self._numbers.get((OWN, called)) == nsid for place, nsid in candidates):
                    self._known[key] = OWN  # from there, the cable leads here
                elif len(candidates) <= _FEW:
                    self._ask(called, [place for place, _nsid in candidates if place != called])
        missing = {(called, other["nsid"]) for called, _index, other in self.open} - self._known.keys()
        for called in dict.fromkeys(called for called, _nsid in missing):
            self._ask(called, self._everybody(called))
        for called, _index, other in self.open:
            where = self._known.get((called, other["nsid"]))
            if where is not None:
                other["name"] = self.reader.link_name(where, other["index"])
                other["namespace"] = None if where == OWN or "/" in where else where

    def _ends(self) -> dict[tuple[int, int], list[tuple[str, int]]]:
        """The namespaces with a link of an index that leads to an index elsewhere, and the number by which each knows
        that elsewhere. Indexes repeat, so that these are only guesses."""
        places = dict.fromkeys(called for called, _index, _other in self.open)
        found: dict[tuple[int, int], list[tuple[str, int]]] = {}
        for place in places:
            for message in self.reader.links(place):
                other = message.get_attr("IFLA_LINK")
                nsid = message.get_attr("IFLA_LINK_NETNSID")
                if other and nsid is not None:
                    found.setdefault((message["index"], other), []).append((place, nsid))
        return found

    def _everybody(self, called: str) -> list[str]:
        names = [name for name in self.reader.host.names() if self.reader.host.opens(name)]
        return [place for place in (OWN, *names) if place != called]

    def _ask(self, called: str, candidates: list[str]) -> None:
        unasked = [place for place in candidates if (called, place) not in self._numbers]
        try:
            numbers = nsids(self.reader.host, called, unasked)
        except (OSError, nl.NetlinkError):
            return  # one of them has just vanished; this end stays without a name
        for place, number in zip(unasked, numbers):
            self._numbers[called, place] = number
            if number is not None:
                self._known.setdefault((called, number), place)
