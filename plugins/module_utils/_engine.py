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

import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.module_utils._apply import Applier
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._host import Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Kind, View, Wish
from ansible_collections.netns.lab.plugins.module_utils._plan import Plan, check, plan
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader


@dataclass
class Result:
    """What a run changed, or a check run would."""

    changed: bool
    diff: dict[str, t.Any]
    commands: list[str]


Item = tuple[Kind, dict[str, t.Any]]


def wishes_of(items: t.Iterable[Item]) -> list[Wish]:
    """Checks items alone and together; raises LabError."""
    wishes: list[Wish] = []
    counts: dict[str, int] = {}
    for kind, options in items:
        counts[kind.section] = counts.get(kind.section, 0) + 1
        try:
            wishes.append(kind.wish(options))
        except ValueError as e:
            raise LabError(f"{kind.section} item {counts[kind.section]}: {e}") from None
    check(wishes)
    return wishes


def run(items: t.Iterable[Item], kinds: t.Sequence[Kind], check_mode: bool) -> Result:
    """Makes the host what the items say. ``kinds`` are all there are: what an operation takes away with it can be of
    any. Raises LabError; the host is then as it was."""
    wishes = wishes_of(items)
    require_capabilities()
    with Host() as host:
        scope = list(dict.fromkeys([OWN, *(namespace for wish in wishes for namespace in wish.namespaces)]))
        try:
            view = _observe(host, kinds, wishes, scope, check_mode)
            planned, view_before = _plan(wishes, view)
        except WiderView:
            # A cable leads out of what the items name: look at every namespace there is.
            view = _observe(host, kinds, wishes, list(dict.fromkeys([*scope, *host.names()])), check_mode)
            try:
                planned, view_before = _plan(wishes, view)
            except WiderView as e:
                raise LabError(str(e)) from None
        if planned.operations and not check_mode:
            Applier(host, view_before).run(planned)
    return Result(bool(planned.operations), planned.diff(), planned.commands)


def _plan(wishes: list[Wish], view: View) -> tuple[Plan, View]:
    before = view.copy()
    return plan(wishes, view), before


def _observe(host: Host, kinds: t.Sequence[Kind], wishes: list[Wish], scope: list[str], assuming: bool) -> View:
    reader = Reader(host)
    existing = [namespace for namespace in scope if namespace == OWN or host.inspect(namespace)]
    view = View(assuming=assuming)
    for kind in kinds:
        own_wishes = [wish for wish in wishes if wish.kind.section == kind.section]
        for fact in kind.observe(reader, scope if kind.names_namespaces else existing, own_wishes):
            view.put(fact)
    return view
