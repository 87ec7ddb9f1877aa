# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""From the kernel to a view: what the kinds there are see of a host."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._model import Key, Kind, View, Wish, netns_key
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader


class Observer:
    """Reads a host once, and more of it when asked to."""

    def __init__(
        self, reader: Reader, kinds: t.Sequence[Kind], wishes: t.Iterable[Wish] = (), assuming: bool = False
    ) -> None:
        """``assuming``: see ``View``."""
        self._reader = reader
        self._kinds = kinds
        self._assuming = assuming
        self._wishes: dict[str, list[Wish]] = {kind.section: [] for kind in kinds}
        for wish in wishes:
            self._wishes[wish.kind.section].append(wish)
        self._read: dict[str, set[str]] = {}

    def wishes_of(self, kind: Kind) -> list[Wish]:
        return self._wishes[kind.section]

    def observe(
        self,
        scope: t.Sequence[str],
        recorded: t.Callable[[str], t.Iterable[str]] | None = None,
        leaving: t.Callable[[View], t.Iterable[Key]] = lambda view: (),
    ) -> View:
        """What there is in these namespaces, as far as they exist. ``recorded`` tells the namespaces where a record
        names objects of a type; without it, what is read on demand is read everywhere. ``leaving`` tells, once it is
        known which namespaces there are, which of them go as a whole, with whatever is in them."""
        host = self._reader.host
        for kind in self._kinds:
            kind.introduce(host, self.wishes_of(kind))
        existing = [namespace for namespace in scope if host.opens(namespace)]
        view = View(assuming=self._assuming)
        for kind in self._kinds:
            if kind.names_namespaces:
                self._look(kind, scope, view)
        going = {key[1] for key in leaving(view)}
        for kind in self._kinds:
            if kind.names_namespaces:
                continue
            places = existing
            if kind.on_demand and recorded is not None:
                concerned = {namespace for wish in self.wishes_of(kind) for namespace in wish.namespaces}
                concerned.update(recorded(kind.on_demand))
                places = [namespace for namespace in existing if namespace in concerned]
            if kind.ends_in_namespace and going:
                places = [namespace for namespace in places if namespace not in going]
            self._look(kind, places, view)
        read = set(existing)
        for fact in view.of_type("netns"):
            if fact.key[1] not in read:
                view.remove(fact.key)  # somebody was making it just now
        view.made.clear()
        return view

    def observe_further(self, view: View, namespaces: t.Iterable[str]) -> bool:
        """Reads what is read on demand only; whether there was any that would have to be put back."""
        found = False
        for kind in self._kinds if namespaces else ():
            if kind.on_demand:
                read = self._read[kind.section]
                places = [place for place in namespaces if netns_key(place) in view and place not in read]
                found |= self._look(kind, places, view)
        view.made.clear()
        return found

    def _look(self, kind: Kind, places: t.Sequence[str], view: View) -> bool:
        self._read.setdefault(kind.section, set()).update(places)
        found = False
        for fact in kind.observe(self._reader, places, self.wishes_of(kind)):
            view.put(fact)
            found = found or bool(fact.restore and fact.restore(fact))
        return found
