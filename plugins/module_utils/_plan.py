# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""From wishes and a view of the host to operations: pure, so that a check run and a real one cannot differ."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import quoted
from ansible_collections.netns.lab.plugins.module_utils._model import (
    Fact,
    Key,
    Kind,
    Operation,
    Request,
    Step,
    View,
    Wish,
    netns_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link import assumed_link


@dataclass
class Plan:
    """What will be done, in order."""

    operations: list[Operation] = field(default_factory=list)
    levels: list[list[tuple[Operation, Step]]] = field(default_factory=list)
    """The steps of a level do not depend on each other, but for requests to one namespace, which go in their order."""

    @property
    def commands(self) -> list[str]:
        return [quoted(command) for operation in self.operations for command in operation.commands]

    def diff(self) -> dict[str, dict[str, t.Any]]:
        """``before`` and ``after``, by section and item."""
        result: dict[str, dict[str, t.Any]] = {"before": {}, "after": {}}
        for operation in self.operations:
            for side, values in (("before", operation.before), ("after", operation.after)):
                if values is not None:
                    section = result[side].setdefault(operation.wish.kind.section, {})
                    _merge(section.setdefault(operation.wish.name, {}), values)
        return result


def _merge(told: dict[str, t.Any], values: dict[str, t.Any]) -> None:
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(told.get(name), dict):
            _merge(told[name], value)
        else:
            told[name] = dict(value) if isinstance(value, dict) else value


def check(wishes: list[Wish]) -> None:
    """Finds items that contradict each other; raises LabError."""
    by_kind: dict[str, list[Wish]] = {}
    identities: dict[Key, Wish] = {}
    settings: dict[tuple[Key, str], tuple[t.Any, Wish]] = {}
    providers: dict[Key, Wish] = {}
    for wish in wishes:
        by_kind.setdefault(wish.kind.section, []).append(wish)
        other = identities.setdefault(wish.identity, wish)
        if other is not wish and other.kind is wish.kind:
            raise LabError(f"{wish.item} is there twice; keep one of the two")
        for key in wish.provides:
            other = providers.setdefault(key, wish)
            if other is not wish and key[0] == "link":
                raise LabError(f"{other.item} and {wish.item} are both about {place(*key[1:])}; keep one of the two")
        for (key, option), value in wish.settings.items():
            known, other = settings.setdefault((key, option), (value, wish))
            if known != value:
                raise LabError(
                    f"{other.item} and {wish.item} contradict each other: {option} of {place(*key[1:])} "
                    f"is {_told(known)} for one and {_told(value)} for the other"
                )
    for wish in wishes:
        for key in wish.requires if wish.present else ():
            provider = providers.get(key)
            if provider is not None and not provider.present:
                raise LabError(f"{wish.item} is to be present and needs {provider.item}, which is to be absent")
        for key in wish.takes:
            if key in providers:
                raise LabError(f"{providers[key].item} puts {place(*key[1:])} where {wish.item} takes it away")
    for same_kind in by_kind.values():
        same_kind[0].kind.check(same_kind)


def plan(
    wishes: list[Wish],
    view: View,
    kinds: t.Sequence[Kind] = (),
    watch: t.Callable[[Wish, View], None] = lambda wish, view: None,
) -> Plan:
    """The operations that lead from the view to the wishes. The view is changed to what it will be, ownership included.
    ``watch`` is called after each item and may raise LabError."""
    result = Plan()
    absent = [wish for wish in wishes if not wish.present]
    present = [wish for wish in wishes if wish.present]
    wanted = {key for wish in present for key in wish.objects}
    leaving = {key[1] for wish in absent for key in wish.objects if key[0] == "netns"}
    staying = {namespace for wish in present for namespace in wish.namespaces} - leaving
    made: dict[Key, None] = {}
    for part in (_ordered_backwards(absent, view), _ordered(present)):
        levels = _Levels(result, first=len(result.levels))
        for wish in part:
            if wish.present:
                _require(wish, view)
            else:
                # What goes with this by and by, and is to be made again at once, goes first and for itself.
                for fact in _in_the_way(wish, wanted, staying, view):
                    for kind in kinds:
                        first = kind.wish_away(fact)
                        if first is not None and fact.key in view:
                            _plan_one(first, view, result, levels, made)
            _plan_one(wish, view, result, levels, made)
            watch(wish, view)
    for key in made:
        if key in view and key not in view.adopted:
            view.owned[key] = None
    return result


def _plan_one(wish: Wish, view: View, result: Plan, levels: _Levels, made: dict[Key, None]) -> None:
    # What an item that is to be absent needs is known of its objects only.
    needed = {*wish.requires, *(key for fact in map(view.get, wish.objects) if fact for key in fact.requires)}
    for operation in wish.kind.plan(wish, view):
        result.operations.append(operation)
        levels.add(operation, needed, view.made, view.gone)
    made.update(dict.fromkeys(view.made))
    view.made.clear()
    view.gone.clear()


def _in_the_way(wish: Wish, wanted: set[Key], staying: set[str], view: View) -> list[Fact]:
    """Links that go with a namespace, but not before all else is done: those whose names are needed at once, and those
    whose addresses and routes would tell the kernel the wrong way to a gateway."""
    return [
        fact
        for key in wish.objects
        if wish.takes_along and key[0] == "netns" and key in view
        for fact in view.dependents(key)
        if fact.key[0] == "link" and (fact.key in wanted or fact.key[1] in staying and _leads_somewhere(fact, view))
    ]


def _leads_somewhere(link: Fact, view: View) -> bool:
    return any(
        fact.key[0] == "route"
        or fact.key[0] == "address" and not ipaddress.ip_address(fact.key[3]).is_link_local
        for fact in view.dependents(link.key, past="link")
    )


class _Spot(t.NamedTuple):
    """Where in the levels something is done."""

    level: int
    batch: str | None
    """The namespace whose requests may follow it within the level; None: what follows is in a later level."""


class _Levels:
    """Puts each step behind those that make what it needs, those that make room for it and those that need what it
    takes away, and no later than that: in the next level, or right behind them in the same batch of requests to one
    namespace."""

    def __init__(self, result: Plan, first: int) -> None:
        self._levels = result.levels
        self._first = first
        self._ready: dict[Key, _Spot] = {}
        self._free: dict[Key, _Spot] = {}
        self._used: dict[Key, _Spot] = {}
        self._turns: dict[Key, int] = {}

    def add(
        self, operation: Operation, needed: t.Iterable[Key], made: t.Iterable[Key], gone: t.Iterable[Key]
    ) -> None:
        wish = operation.wish
        waits = [self._ready[key] for key in (*wish.requires, *wish.after) if key in self._ready]
        waits += [self._free[key] for key in made if key in self._free]
        # What goes may go from another namespace, whose requests are sent before those here.
        waits += [self._used[key] for key in gone if key in self._used]
        for step in operation.steps:
            level = max((_level_behind(spot, step) for spot in waits), default=self._first)
            if step.turn is not None:
                level = self._turns[step.turn] = max(level, self._turns.get(step.turn, level))
            while len(self._levels) <= level:
                self._levels.append([])
            self._levels[level].append((operation, step))
            waits = [_Spot(level, step.namespace if isinstance(step, Request) and leaves_links(step) else None)]
        for spot in waits:
            for known, keys in ((self._ready, wish.provides), (self._used, needed), (self._free, gone)):
                for key in keys:
                    known[key] = _later(spot, known.get(key, spot))


def _level_behind(spot: _Spot, step: Step) -> int:
    follows = isinstance(step, Request) and step.namespace == spot.batch and _only_adds(step)
    return spot.level if follows else spot.level + 1


# When the kernel refuses a request, it goes on with the rest of the batch. So what follows another there must do no
# harm if that has failed: it must not meet a stranger's link in the place of one that did not come, and must be taken
# back exactly, whatever it has found.


def leaves_links(step: Request) -> bool:
    """Whether each link is where it was, under its name, whatever has become of the request."""
    if step.type == nl.RTM_NEWLINK:
        return not step.flags & nl.NLM_F_CREATE and not any(name == "IFLA_NET_NS_FD" for name, _value in step.attrs)
    return step.type != nl.RTM_DELLINK


def _only_adds(step: Request) -> bool:
    """Whether it makes something new or nothing at all, and is taken back by deleting just that."""
    is_deleted = all(isinstance(inverse, Request) and inverse.type in nl.DELETIONS for inverse in step.undo)
    return bool(step.flags & nl.NLM_F_EXCL and step.undo) and is_deleted


def _later(one: _Spot, other: _Spot) -> _Spot:
    """Where both are done."""
    if one.level == other.level and one.batch != other.batch:
        return _Spot(one.level, None)
    return max(one, other, key=lambda spot: spot.level)


def _ordered(wishes: list[Wish]) -> list[Wish]:
    """What is required first; otherwise as written."""
    providers = _providers(wishes)
    return _sorted(
        wishes,
        {
            id(wish): [other for key in (*wish.requires, *wish.after) for other in providers.get(key, ())]
            for wish in wishes
        },
    )


def _ordered_backwards(wishes: list[Wish], view: View) -> list[Wish]:
    """For what is to be absent: first what takes others along, but before it what only came after it, so that each is
    undone on what it needs."""
    providers = _providers(wishes)
    before: dict[int, list[Wish]] = {id(wish): [] for wish in wishes}
    for wish in wishes:
        needed = [other for key in wish.requires for other in providers.get(key, ())]
        taken_along = {id(other) for other in needed if other.takes_along}
        before[id(wish)] += [other for other in needed if other.takes_along]
        for other in needed:
            if not other.takes_along:
                before[id(other)].append(wish)
        for key in wish.after:
            for other in providers.get(key, ()):
                if id(other) not in taken_along:
                    before[id(other)].append(wish)
    inside: dict[str, list[Wish]] = {}
    for wish in wishes:
        for namespace in set(wish.namespaces):
            inside.setdefault(namespace, []).append(wish)
    for wish in wishes:
        for key in wish.objects:
            if key[0] == "netns":
                before[id(wish)] += _masters_elsewhere(key, providers, view)
                if not wish.takes_along:
                    before[id(wish)] += [other for other in inside.get(key[1], ()) if other is not wish]
    return _sorted(wishes, before)


def _masters_elsewhere(namespace: Key, providers: dict[Key, list[Wish]], view: View) -> list[Wish]:
    """What has ports that go with a namespace. Its removal, planned first, still knows them and gets them back."""
    going = view.dependents(namespace)
    inside = {fact.key for fact in going}
    return [
        wish
        for fact in going
        for key in fact.requires
        if key[0] == "link" and key not in inside and netns_key(key[1]) not in providers
        for wish in providers.get(key, ())
    ]


def _providers(wishes: list[Wish]) -> dict[Key, list[Wish]]:
    providers: dict[Key, list[Wish]] = {}
    for wish in wishes:
        for key in wish.provides:
            providers.setdefault(key, []).append(wish)
    return providers


def _sorted(wishes: list[Wish], before: dict[int, list[Wish]]) -> list[Wish]:
    """Each behind those that ``before`` has for it (by its id); otherwise as written."""
    done: dict[int, bool] = {}  # id of the wish -> whether it is finished
    result: list[Wish] = []
    for first in wishes:
        # An explicit stack: a chain of a thousand items is no recursion of a thousand calls.
        stack = [first]
        while stack:
            wish = stack[-1]
            if id(wish) not in done:
                done[id(wish)] = False
                for other in reversed(before[id(wish)]):
                    if other is wish:
                        continue
                    if done.get(id(other)) is False:
                        raise LabError(f"{wish.item} and {other.item} need each other; one of them must come first")
                    if id(other) not in done:
                        stack.append(other)
            else:
                stack.pop()
                if not done[id(wish)]:
                    done[id(wish)] = True
                    result.append(wish)
    return result


def _require(wish: Wish, view: View) -> None:
    for key in wish.requires:
        if key in view:
            continue
        if ("stale-netns", key[1]) in view:
            raise LabError(f"{wish.item}: /run/netns/{key[1]} is a file and no namespace; remove it first")
        if not view.assuming:
            home = netns_key(key[1])
            raise LabError(f"{wish.item}: {_missing(key if home in view else home)}")
        view.put(Fact(key, {"loopback": True}) if key[0] == "netns" else assumed_link(key))


def _missing(key: Key) -> str:
    if key[0] == "netns":
        return f"there is no namespace {key[1]}; create it first, with netns.lab.netns or \"ip netns add\""
    return f"there is no interface {place(*key[1:])}; create it first"


def _told(value: t.Any) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
