# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The engine: items of a definition in, result out.

    arguments -> wishes -> observe -> plan -> apply
                                       check mode stops here
"""

from __future__ import annotations

import contextlib
import math
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.module_utils._apply import Applier
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView, told
from ansible_collections.netns.lab.plugins.module_utils._guard import Guard
from ansible_collections.netns.lab.plugins.module_utils._host import Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._ledger import Ledger
from ansible_collections.netns.lab.plugins.module_utils._lock import locked
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Kind, View, Wish
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkError
from ansible_collections.netns.lab.plugins.module_utils._plan import Plan, check, plan
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._records import topology_name

Item = tuple[Kind, dict[str, t.Any]]
# An error that repeats what it was given.
_LONGEST = 500


@dataclass
class Topology:
    """Whose run it is."""

    name: str
    present: bool = True
    prune: bool = True
    lock_timeout: float = 60.0
    itself: tuple[Wish, ...] = ()
    """What is wished of the topology as a whole, whatever its items."""


@dataclass
class Result:
    """What a run changed, or a check run would."""

    changed: bool
    diff: dict[str, t.Any]
    commands: list[str]


def run(
    items: t.Iterable[Item],
    kinds: t.Sequence[Kind],
    check_mode: bool,
    topology: Topology | None = None,
    allow_disconnect: bool = False,
) -> Result:
    """Makes the host what the items say; what ``topology`` made before and they no longer name is removed. ``kinds``
    are all there are: what an operation takes away with it can be of any. Raises LabError; the host is then as it
    was."""
    if topology is not None:
        _check(topology)
    wishes = wishes_of(items)
    require_capabilities()
    try:
        with contextlib.ExitStack() as stack:
            ledger = None
            if topology is not None:
                stack.enter_context(locked(topology.name, topology.lock_timeout, read_only=check_mode))
                ledger = Ledger(topology.name)
                if not topology.present:
                    # What is to go is what the record says; of the definition only how it is to go.
                    ledger.heed(wishes)
                    wishes = []
                wishes += topology.itself
            host = stack.enter_context(Host())
            return _Run(host, kinds, wishes, topology, ledger, check_mode, allow_disconnect).result()
    except (OSError, NetlinkError) as e:
        raise told(e) from e


def wishes_of(items: t.Iterable[Item]) -> list[Wish]:
    """Checks items alone and together; raises LabError."""
    wishes: list[Wish] = []
    counts: dict[str, int] = {}
    for kind, options in items:
        counts[kind.section] = counts.get(kind.section, 0) + 1
        try:
            _check_given(kind, options)
            wishes.append(kind.wish(options))
        except ValueError as e:
            raise LabError(f"{kind.section} item {counts[kind.section]}: {_shortened(str(e))}") from None
    check(wishes)
    return wishes


def _check_given(kind: Kind, options: dict[str, t.Any]) -> None:
    """Ansible takes an option without a value for one that is given."""
    for option, value, needed in kind.required_if:
        for name in needed if options[option] == value else ():
            if options[name] is None:
                raise ValueError(f"{name} has no value")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}...{text[-_LONGEST // 2 :]}"


def _check(topology: Topology) -> None:
    try:
        topology_name(topology.name)
        if not 0 <= topology.lock_timeout < math.inf:
            raise ValueError(f"lock_timeout is {topology.lock_timeout:g}; it must be a number of seconds from 0 on")
    except ValueError as e:
        raise LabError(f"topology: {_shortened(str(e))}") from None


@dataclass
class _Run:
    host: Host
    kinds: t.Sequence[Kind]
    wishes: list[Wish]
    topology: Topology | None
    ledger: Ledger | None
    check_mode: bool
    allow_disconnect: bool

    def result(self) -> Result:
        scope = [OWN, *(namespace for wish in self.wishes for namespace in wish.namespaces)]
        if self.ledger is not None:
            scope += self.ledger.namespaces()
        try:
            planned, before, after = self._plan(scope)
        except WiderView:
            # A cable leads out of what the items name: look at every namespace there is.
            try:
                planned, before, after = self._plan([*scope, *self.host.names()], is_whole=True)
            except WiderView as e:
                raise LabError(str(e)) from None
        if not self.check_mode:
            self._apply(planned, before, after)
        return Result(bool(planned.operations), planned.diff(), planned.commands)

    def _plan(self, scope: list[str], is_whole: bool = False) -> tuple[Plan, View, View]:
        reader = Reader(self.host)
        view = self._observe(reader, list(dict.fromkeys(scope)))
        view.is_whole = is_whole
        wishes = self.wishes
        if self.ledger is not None:
            self.ledger.mark(view)
            if self._lets_go:
                wishes = wishes + self.ledger.surplus(view, wishes, self.kinds)
        guard = Guard(view, self.allow_disconnect)
        before = view.copy()
        return plan(wishes, view, self.kinds, guard.watch), before, view

    @property
    def _lets_go(self) -> bool:
        return self.topology is not None and (self.topology.prune or not self.topology.present)

    def _observe(self, reader: Reader, scope: list[str]) -> View:
        existing = [namespace for namespace in scope if self.host.opens(namespace)]
        view = View(assuming=self.check_mode)
        itself = self.topology.itself if self.topology is not None else ()
        for kind in (*self.kinds, *(wish.kind for wish in itself)):
            own_wishes = [wish for wish in self.wishes if wish.kind.section == kind.section]
            for fact in kind.observe(reader, scope if kind.names_namespaces else existing, own_wishes):
                view.put(fact)
        read = set(existing)
        for fact in view.of_type("netns"):
            if fact.key[1] not in read:
                view.remove(fact.key)  # somebody was making it just now
        view.made.clear()
        return view

    def _apply(self, planned: Plan, before: View, after: View) -> None:
        ledger, topology = self.ledger, self.topology
        if planned.operations:
            applier = Applier(self.host, before)
            applier.prepare(planned, after, choose_indexes=ledger is not None)
            if ledger is None:
                applier.run(planned)
                return
            ledger.intend(before, after, self.wishes, self.kinds)
            try:
                applier.run(planned)
            except LabError as e:
                if e.is_undone:
                    ledger.restore()
                raise
        if ledger is not None and topology is not None:
            try:
                ledger.settle(after, self.wishes, self.kinds, self._lets_go, is_absent=not topology.present)
            except LabError as e:
                raise LabError(f"{e}. What was asked for is done; run this again to have it on record") from e
