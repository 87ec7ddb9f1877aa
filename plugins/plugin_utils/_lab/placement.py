# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Which host has which nodes.

``each``: every host has a copy of the whole lab, and copies have nothing to do with each other. A node with a ``host``
is on that host alone, and so are its links.

``spread``: the nodes are shared out. Every host gets its number of nodes, in the order of the definition, each the node
that most of its neighbours were put beside. A bridge without a ``host`` is on every host that has a node plugged into
it; its parts are one bridge, joined by VXLAN.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, unknown
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab, Link, Node


@dataclass
class Placement:
    """Where the nodes and links of a lab are."""

    hosts: list[str]
    """All that have a part of the lab or could have one."""
    of_node: dict[Node, tuple[str, ...]] = field(default_factory=dict)
    copied: bool = False
    """Whether a node that is on several hosts is there several times, and not one that has parts."""
    of_link: dict[Link, tuple[str, ...]] = field(default_factory=dict)
    """The hosts that have both ends."""
    between: dict[Link, tuple[str, str]] = field(default_factory=dict)
    """Of a link between two hosts that of each end."""

    def parts(self, bridge: Node) -> tuple[str, ...]:
        """The hosts over which a bridge reaches, if they are several."""
        hosts = self.of_node[bridge]
        return hosts if len(hosts) > 1 and not self.copied else ()


def place(
    lab: Lab,
    hosts: t.Sequence[str],
    known: t.Collection[str] = (),
    weights: t.Mapping[str, float] | None = None,
    limited: bool = False,
) -> Placement:
    """``hosts`` have their share or their copy; ``known`` are those that a node may name besides. ``weights``: how much
    of a spread lab each of ``hosts`` takes, 1 unless it is named. ``limited``: whether some may be missing in
    ``hosts``."""
    weights = weights or {}
    placement = Placement(list(dict.fromkeys(hosts)), copied=lab.placement == "each")
    for node in lab.nodes.values():
        if node.host is not None and node.host not in {*placement.hosts, *known}:
            raise Fault((*node.path, "host"), unknown("host", node.host, [*placement.hosts, *known]))
    if not placement.hosts and any(node.host is None for node in lab.nodes.values()):
        raise Fault(("lab_nodes",), "there is no host for nodes that name none")
    for weight in weights.values():
        if weight < 0:
            raise Fault(("lab_weight",), f"the weight {weight:g} of a host is below 0")
    if placement.copied:
        _copy(lab, placement)
    else:
        _spread(lab, placement, weights, limited)
    named = [host for node in lab.nodes.values() for host in placement.of_node[node]]
    placement.hosts = list(dict.fromkeys([*placement.hosts, *named]))
    return placement


def _copy(lab: Lab, placement: Placement) -> None:
    for node in lab.nodes.values():
        placement.of_node[node] = tuple(placement.hosts) if node.host is None else (node.host,)
    for link in lab.links:
        one, two = (placement.of_node[end.node] for end in link.ends)
        shared = tuple(host for host in one if host in two)
        pinned = [end.node for end in link.ends if end.node.host is not None]
        if shared:
            placement.of_link[link] = shared
        elif len(pinned) == 2:
            placement.between[link] = (one[0], two[0])
        else:
            raise Fault(
                link.path, f"node {pinned[0].name} is on {pinned[0].host}, and that host has no copy of the other end"
            )


def _spread(lab: Lab, placement: Placement, weights: t.Mapping[str, float], limited: bool) -> None:
    together = _Together(lab)
    load = dict.fromkeys(placement.hosts, 0)
    where: dict[Node, str] = {}
    free: list[Node] = []
    for node in lab.nodes.values():
        if node.is_bridge:
            continue
        host = together.host(node)
        if host is None:
            free.append(node)
        else:
            where[node] = host
            if host in load:
                load[host] += 1
    if free and limited:
        raise Fault(
            ("lab_hosts",),
            "the play is limited to some hosts, and all nodes would be shared out among these; name all hosts of the "
            "lab in lab_hosts",
        )
    room = _shares(len(free), load, weights)
    beside = _Beside(lab)
    for node, host in where.items():
        beside.put(node, host)
    for node in free:
        # The neighbours decide, then who has most room, then the order of the hosts.
        near = beside.count(node)
        host = max((host for host in room if room[host]), key=lambda host: (near.get(host, 0), room[host]))
        room[host] -= 1
        where[node] = host
        beside.put(node, host)
    for node, host in where.items():
        placement.of_node[node] = (host,)
    _spread_bridges(lab, placement, together)


def _shares(count: int, load: dict[str, int], weights: t.Mapping[str, float]) -> dict[str, int]:
    """How many of ``count`` nodes each host gets, those counted in that it has already. One by one to the host that
    has least for its weight, which is fair to the last one."""
    able = {host: float(weights.get(host, 1)) for host in load if weights.get(host, 1) > 0}
    if count and not able:
        raise Fault(("lab_weight",), "all hosts have weight 0, and there are nodes that name no host")
    shares = dict.fromkeys(able, 0)
    for _node in range(count):
        host = min(able, key=lambda host: (load[host] + shares[host] + 1) / able[host])
        shares[host] += 1
    return shares


class _Beside:
    """How many neighbours of a node each host has; those on one LAN are neighbours."""

    def __init__(self, lab: Lab) -> None:
        self._of_segment: dict[t.Any, dict[str, int]] = {segment: {} for segment in lab.segments}

    def put(self, node: Node, host: str) -> None:
        for end in node.ends:
            counts = self._of_segment[end.link.segment]
            counts[host] = counts.get(host, 0) + 1

    def count(self, node: Node) -> dict[str, int]:
        found: dict[str, int] = {}
        for end in node.ends:
            for host, number in self._of_segment[end.link.segment].items():
                found[host] = found.get(host, 0) + number
        return found


class _Together:
    """A bridge in the namespace of another node is where that node is."""

    def __init__(self, lab: Lab) -> None:
        owners = {node.namespace: node for node in lab.nodes.values() if not node.is_bridge}
        self._owner = {node: owners[node.namespace] for node in lab.nodes.values() if node.namespace in owners}
        self._hosts: dict[Node, str] = {}
        for node, owner in self._owner.items():
            if node.host is not None:
                other = self._hosts.setdefault(owner, node.host)
                if other != node.host:
                    raise Fault(node.path, f"it is in the namespace of node {owner.name}, which is on host {other}")

    def owner(self, node: Node) -> Node | None:
        return self._owner.get(node)

    def host(self, node: Node) -> str | None:
        return self._hosts.get(node)


def _spread_bridges(lab: Lab, placement: Placement, together: _Together) -> None:
    bridges = [node for node in lab.nodes.values() if node.is_bridge]
    parts: dict[Node, dict[str, None]] = {}
    movable: set[Node] = set()
    for bridge in bridges:
        owner = together.owner(bridge)
        if bridge.host is not None or owner is not None:
            hosts = placement.of_node[owner] if owner is not None else (t.cast(str, bridge.host),)
            parts[bridge] = dict.fromkeys(hosts)
        else:
            movable.add(bridge)
            others = [end.other.node for end in bridge.ends if not end.other.node.is_bridge]
            parts[bridge] = dict.fromkeys(host for node in others for host in placement.of_node[node])
    _join(lab, placement, parts, movable)
    order = {host: number for number, host in enumerate(placement.hosts)}
    for bridge in bridges:
        placement.of_node[bridge] = tuple(sorted(parts[bridge], key=lambda host: (order.get(host, len(order)), host)))
    for link in lab.links:
        one, two = (placement.of_node[end.node] for end in link.ends)
        shared = [host for host in one if host in two]
        if shared:
            # Two bridges with several hosts in common have one cable between them all the same.
            placement.of_link[link] = (shared[0],)
        else:
            placement.between[link] = (one[0], two[0])


def _join(lab: Lab, placement: Placement, parts: dict[Node, dict[str, None]], movable: set[Node]) -> None:
    """A cable between two bridges is on one host, which both then have a part on."""
    cables = [link for link in lab.links if all(end.node.is_bridge for end in link.ends)]
    waiting = True
    while waiting:
        waiting = False
        for link in cables:
            one, two = (end.node for end in link.ends)
            if parts[one].keys() & parts[two].keys():
                continue
            for near, far in ((two, one), (one, two)):
                if near in movable and parts[far]:
                    parts[near][next(iter(parts[far]))] = None
                    waiting = True
                    break
    for hosts in parts.values():
        if not hosts:
            hosts[placement.hosts[0]] = None
