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
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._apply import Applier
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView, told
from ansible_collections.netns.lab.plugins.module_utils._guard import Guard
from ansible_collections.netns.lab.plugins.module_utils._host import Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._ledger import Ledger
from ansible_collections.netns.lab.plugins.module_utils._lock import locked
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Key, Kind, View, Wish
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkError
from ansible_collections.netns.lab.plugins.module_utils._observe import Observer
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
            wish = kind.wish(options)
            wishes += [wish, *wish.parts]
        except ValueError as e:
            raise LabError(f"{kind.section} item {counts[kind.section]}: {_shortened(str(e))}") from None
    check(wishes)
    return wishes


def _check_given(kind: Kind, options: dict[str, t.Any]) -> None:
    """Ansible takes an option without a value for one that is given."""
    for name in kind.lacking(options):
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
    _observer: Observer = field(init=False)

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
        # Put together before, because namespaces that come up send so much that they keep the processors busy.
        result = Result(bool(planned.operations), planned.diff(), planned.commands)
        if not self.check_mode:
            self._apply(planned, before, after)
        return result

    def _plan(self, scope: list[str], is_whole: bool = False) -> tuple[Plan, View, View]:
        itself = self.topology.itself if self.topology is not None else ()
        kinds = (*self.kinds, *(wish.kind for wish in itself))
        self._observer = Observer(Reader(self.host), kinds, self.wishes, assuming=self.check_mode)
        before = self._observer.observe(list(dict.fromkeys(scope)), self._recorded, self._leaving)
        before.is_whole = is_whole
        while True:
            view = before.copy()
            planned = self._plan_from(before, view)
            # What the plan may take along has to be known, so that it can be put back.
            if not self._observer.observe_further(before, view.asked):
                return planned, before, view

    def _recorded(self, object_type: str) -> t.Iterable[str]:
        return () if self.ledger is None else self.ledger.namespaces(object_type)

    def _leaving(self, view: View) -> t.Iterable[Key]:
        if self.ledger is None or self.topology is None or self.topology.present:
            return ()
        return self.ledger.leaving(view, self.kinds)

    def _plan_from(self, before: View, view: View) -> Plan:
        """``view`` is a copy of ``before``, to be changed."""
        wishes = self.wishes
        for wish in wishes:
            wish.kind.resolve(wish, before)
        if self.ledger is not None:
            self.ledger.mark(before)
            view.owned = dict(before.owned)
            if self._lets_go:
                wishes = wishes + self.ledger.surplus(before, wishes, self.kinds)
        guard = Guard(before, self.allow_disconnect)
        return plan(wishes, view, self.kinds, guard.watch)

    @property
    def _lets_go(self) -> bool:
        return self.topology is not None and (self.topology.prune or not self.topology.present)

    def _apply(self, planned: Plan, before: View, after: View) -> None:
        ledger, topology = self.ledger, self.topology
        if planned.operations:
            applier = Applier(self.host, before)
            applier.prepare(planned, after, choose_indexes=ledger is not None)
            if ledger is None:
                applier.run(planned, lambda: self._await_effects(planned, after))
                return
            ledger.intend(before, after, self.wishes, self.kinds)
            try:
                applier.run(planned, lambda: self._await_effects(planned, after))
            except LabError as e:
                if e.is_undone:
                    ledger.restore()
                raise
        else:
            self._await_effects(planned, after)
        if ledger is not None and topology is not None:
            try:
                ledger.settle(after, self.wishes, self.kinds, self._lets_go, is_absent=not topology.present)
            except LabError as e:
                raise LabError(f"{e}. What was asked for is done; run this again to have it on record") from e

    def _await_effects(self, planned: Plan, after: View) -> None:
        changed = {operation.wish.identity for operation in planned.operations}
        for kind in self.kinds:
            wishes = [wish for wish in self._observer.wishes_of(kind) if wish.present]
            kind.await_effect(self.host, wishes, changed, after)
