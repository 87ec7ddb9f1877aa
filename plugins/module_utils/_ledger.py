# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""One topology's ownership during a run: what it may take away, what it leaves for others, what is written down."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _records as records
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Fact, Key, Kind, View, Wish, netns_key
from ansible_collections.netns.lab.plugins.module_utils._records import Record


class Ledger:
    """The records of the host, seen from one topology."""

    def __init__(self, topology: str) -> None:
        everything = records.load_all()
        self._before = everything.pop(topology, None)
        self._mine = self._before or Record(topology)
        self._others = everything
        self._removal = dict(self._mine.removal)
        self._kept: dict[Key, Record] = {}
        self._written = self._before
        self._settled: Record | None = None
        """What the record of a run that is at work will be once it has succeeded."""
        self._alike: dict[tuple[str, t.Any], list[Kind]] = {}

    @property
    def exists(self) -> bool:
        return self._before is not None

    def namespaces(self, object_type: str = "") -> list[str]:
        """Where the recorded objects (of that type) are: what has to be looked at beside what the definition names."""
        found = self._mine.keys()
        mine = set(found)
        homes = {key[1] for key in found} - {OWN}
        for other in self._others.values():
            theirs = [*other.keys(), *other.uses]
            # What others need matters only to who could take it away.
            if any(key in mine or key[1] in homes for key in theirs):
                found += theirs
        return list(dict.fromkeys(key[1] for key in found if object_type in ("", key[0])))

    def leaving(self, view: View, kinds: t.Sequence[Kind]) -> list[Key]:
        """The namespaces that go as a whole when the topology goes: its own, as far as nothing else keeps them alive
        and no other topology has anything in them."""

        def goes_as_a_whole(key: Key) -> bool:
            fact = view.fact(key)
            away = (kind.wish_away(fact, **self._removal.get(key, {})) for kind in self._kinds_of(fact, kinds))
            return not fact.values.get("held") and all(wish.takes_along for wish in away if wish is not None)

        others = {key[1] for other in self._others.values() for key in (*other.keys(), *other.uses)}
        return [
            key
            for key in self._mine.keys()
            if key[0] == "netns"
            and key[1] not in others
            and key in view
            and view.token(key) in self._mine.tokens(key)
            and goes_as_a_whole(key)
        ]

    def mark(self, view: View) -> None:
        """Finds what of the record is true."""
        for key in self._mine.keys():
            if key in view and view.token(key) in self._mine.tokens(key):
                view.owned[key] = None
            elif key[0] == "netns" and ("stale-netns", key[1]) in view:
                view.owned["stale-netns", key[1]] = None  # a run that was killed between file and mount
        for fact in view.of_type("link"):
            # A cable is one thing: an end that somebody moved is still ours while the other is where it was.
            if fact.values["peer"] in view.owned and fact.key not in view.owned:
                view.owned[fact.key] = None
        for other in self._others.values():
            for key in dict.fromkeys((*other.keys(), *other.uses)):
                if key in view and view.token(key) in (*other.tokens(key), other.uses.get(key)):
                    for needed in (key, *view.ancestors(key)):
                        self._kept.setdefault(needed, other)

    def heed(self, wishes: t.Iterable[Wish]) -> None:
        """Takes over how a definition wants things to be taken away."""
        for wish in wishes:
            for key in wish.objects if wish.removal else ():
                self._removal[key] = {**self._removal.get(key, {}), **wish.removal}

    def surplus(self, view: View, wishes: t.Sequence[Wish], kinds: t.Sequence[Kind]) -> list[Wish]:
        """The wishes that what is owned, and neither wanted nor needed by others, be absent."""
        meant: set[Key] = set()
        about: dict[Key, list[Wish]] = {}
        for wish in wishes:
            for key in wish.objects:
                about.setdefault(key, []).append(wish)
        meant |= _stood_on(wishes, view)
        for wish in wishes:
            for key in wish.objects:
                fact = view.get(key)
                if fact is not None and wish.kind.is_meant(wish, fact, view):
                    # With its other end, wherever that is: a moved one goes back rather than away, unless something
                    # else is to have the name there.
                    parts = [part for part in (key, fact.values.get("peer")) if part]
                    if all(other.kind.is_meant(other, view.fact(p), view) for p in parts for other in about.get(p, ())):
                        meant.update(parts)
        found: list[Wish] = []
        for key in view.owned:
            if key not in meant and key not in self._kept:
                fact = view.fact(key)
                away = (kind.wish_away(fact, **self._removal.get(key, {})) for kind in self._kinds_of(fact, kinds))
                found += [wish for wish in away if wish is not None]
        return found

    def _kinds_of(self, fact: Fact, kinds: t.Sequence[Kind]) -> t.Sequence[Kind]:
        """Those that an object may be of, asked once for all that are alike."""
        alike = (fact.key[0], fact.values.get("kind"))
        if not self._alike.get(alike):
            self._alike[alike] = [kind for kind in kinds if kind.item(fact) is not None]
        return self._alike[alike]

    def intend(self, before: View, after: View, wishes: t.Sequence[Wish], kinds: t.Sequence[Kind]) -> None:
        """Writes down what the run is about to make, beside what is there of its making."""
        self._settled = settled = self._record(after, wishes, kinds)
        self._written = Record(
            settled.topology,
            owns=dict(settled.owns),  # of its own: what becomes others' is taken out of the other
            was=self._record(before, (), kinds).owns,
            uses={**self._mine.uses, **settled.uses},
            removal={**self._mine.removal, **settled.removal},
        )
        records.write(self._written)

    def settle(
        self, view: View, wishes: t.Sequence[Wish], kinds: t.Sequence[Kind], lets_go: bool, is_absent: bool
    ) -> None:
        """Writes down how things are now. What others need of a topology that ``lets_go`` of it becomes theirs."""
        # What is to be there was worked out before: with all in place, a large lab leaves the processors little time.
        settled = self._settled or self._record(view, wishes, kinds)
        wanted = {key for wish in wishes if wish.present for key in wish.objects} | _stood_on(wishes, view)
        heirs: dict[str, Record] = {}
        for key in [key for key in settled.owns if key in self._kept and key not in wanted] if lets_go else ():
            heir = heirs[self._kept[key].topology] = self._kept[key]
            heir.owns[key] = settled.owns.pop(key)
            heir.uses.pop(key, None)
            if key in settled.removal:
                heir.removal[key] = settled.removal.pop(key)
        for heir in heirs.values():
            records.write(heir)
        if is_absent:
            records.remove(self._mine.topology)
        elif settled != self._written:
            records.write(settled)

    def restore(self) -> None:
        """Writes down that everything is as it was."""
        if self._before is None:
            records.remove(self._mine.topology)
        else:
            records.write(self._before)

    def _record(self, view: View, wishes: t.Sequence[Wish], kinds: t.Sequence[Kind]) -> Record:
        owns: records.Tokens = {}
        for key in view.owned:
            fact, token = view.get(key), view.token(key)
            if fact is None or token is None:
                continue
            if any(kind.item(fact) is not None for kind in self._kinds_of(fact, kinds)):
                owns[key] = token
        uses: records.Tokens = {}
        removal = {key: options for key, options in self._mine.removal.items() if key in owns}
        for wish in wishes:
            if wish.present:
                for key in wish.objects:
                    removal.pop(key, None)
                    if key in owns and wish.removal:
                        removal[key] = wish.removal
                for key in (*wish.objects, *wish.requires):
                    # First what is sooner known: most is the topology's own.
                    token = None if key in view.owned or _is_given(key, view) else view.token(key)
                    if token is not None:
                        uses[key] = token
        return Record(self._mine.topology, owns, uses=uses, removal=removal)


def _stood_on(wishes: t.Sequence[Wish], view: View) -> set[Key]:
    """What a definition needs without naming it."""
    named = {key for wish in wishes for key in wish.objects}
    needed = {key for wish in wishes if wish.present for key in wish.requires} - named
    return needed.union(*(view.ancestors(key) for key in needed)) - named


def _is_given(key: Key, view: View) -> bool:
    """What is there in any case: the own namespace, and lo in a namespace that was made."""
    return key[1:] == (OWN,) or key[0] == "link" and key[2] == "lo" and netns_key(key[1]) in view.owned
