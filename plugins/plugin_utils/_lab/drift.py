# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""What a check run of a lab says would change: how the hosts differ from the definition, and where that shows."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Link, Node

SAME = "as defined"
MISSING = "missing"
CHANGED = "different"
SURPLUS = "left over"

# Sections whose items are links, and not what is on them.
_LINKS = frozenset({"veth", "vxlan", "bridge_port"})
# Those whose items say how a link is, which is there without them.
_OF_LINKS = frozenset({"netns_qdisc"})


@dataclass(frozen=True)
class Difference:
    """One item that is not as the definition says."""

    host: str
    section: str
    item: str
    state: str
    before: t.Any = None
    after: t.Any = None


@dataclass
class Drift:
    """All that differs, and the nodes and links that show it."""

    differences: list[Difference] = field(default_factory=list)
    nodes: dict[Node, str] = field(default_factory=dict)
    links: dict[Link, str] = field(default_factory=dict)
    surplus: list[tuple[str, str]] = field(default_factory=list)
    """Namespaces that no node has, each with its host."""


def read_drift(lab: Lab, diffs: t.Mapping[str, t.Any]) -> Drift:
    """``diffs``: what ``netns.lab.topology`` returns as ``diff`` in check mode, by host."""
    drift = Drift()
    for host, diff in diffs.items():
        drift.differences += _differences(host, diff)
    places = _Places(lab)
    later: list[tuple[Difference, list[Node], Endpoint | None]] = []
    for found in drift.differences:
        nodes, end = places.of(found)
        if found.section == "netns" and found.state == SURPLUS:
            drift.surplus.append((found.host, found.item))
        elif found.section in _LINKS and end is not None:
            _mark(drift.links, end.link, found.state)
        elif found.section in _OF_LINKS and end is not None:
            _mark(drift.links, end.link, CHANGED)
        else:
            later.append((found, nodes, end))
    for found, nodes, end in later:
        if end is not None and drift.links.get(end.link) == MISSING:
            continue  # what was on the link has gone with it
        for node in nodes:
            is_itself = found.section in ("netns", "bridge")
            _mark(drift.nodes, node, MISSING if is_itself and found.state == MISSING else CHANGED)
    return drift


def _differences(host: str, diff: t.Any) -> t.Iterator[Difference]:
    if not isinstance(diff, t.Mapping) or not {"before", "after"} <= diff.keys():
        raise Fault(("drift", host), "it is not the diff that netns.lab.topology returns; run the role in check mode")
    before, after = diff["before"], diff["after"]
    for section in dict.fromkeys([*before, *after]):
        was, will = before.get(section, {}), after.get(section, {})
        for item in dict.fromkeys([*was, *will]):
            state = MISSING if item not in was else SURPLUS if item not in will else CHANGED
            yield Difference(host, section, item, state, was.get(item), will.get(item))


def _mark(marks: dict[t.Any, str], what: t.Any, state: str) -> None:
    """That something is missing says more than that it is different."""
    if marks.get(what) != MISSING:
        marks[what] = state


class _Places:
    """From the name of an item, such as ``h1:eth0 192.0.2.1/24`` or ``h1 default``, to what it is on."""

    def __init__(self, lab: Lab) -> None:
        self._nodes: dict[str | None, list[Node]] = {}
        self._bridges: dict[tuple[str | None, str], Node] = {}
        self._ends: dict[tuple[str | None, str], Endpoint] = {}
        for node in lab.nodes.values():
            self._nodes.setdefault(node.namespace, []).append(node)
            if node.is_bridge:
                self._bridges[node.namespace, node.bridge] = node
            for end in node.ends:
                self._ends[node.namespace, end.interface] = end

    def of(self, found: Difference) -> tuple[list[Node], Endpoint | None]:
        if found.section == "netns":
            return self._nodes.get(found.item, []), None
        # A namespace may have both characters in its name, and addresses have colons.
        ends = [number for number, char in enumerate(found.item) if char in ": "]
        names = (found.item[:end] for end in reversed(ends))
        namespace = next((name for name in names if name in self._nodes), None)
        rest = found.item if namespace is None else found.item[len(namespace) + 1 :]
        interface = rest.partition(" ")[0]
        bridge, end = self._bridges.get((namespace, interface)), self._ends.get((namespace, interface))
        if bridge is not None:
            return [bridge], None
        if end is not None:
            return [end.node], end
        return ([] if namespace is None else self._nodes[namespace][:1]), None
