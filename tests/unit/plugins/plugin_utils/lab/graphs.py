# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labs of any shape, and what a packet does in them."""

from __future__ import annotations

import ipaddress
import typing as t

from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab, Node

Definition = dict[str, t.Any]

POOLS = {
    "lan": ["172.16.0.0/16", "fd00:172::/48"],
    "p2p": ["10.1.0.0/16", {"subnet": "fd00:1::/64", "prefix": 127}],
    "loopback": ["10.0.0.0/24", "fd00::/64"],
}


@st.composite
def definitions(draw: st.DrawFn, **variables: t.Any) -> Definition:
    """Without a layer-2 loop, because the bridges are a forest."""
    nodes: dict[str, t.Any] = {}
    for number in range(draw(st.integers(1, 8))):
        nodes[f"n{number}"] = {"forwarding": True} if draw(st.booleans()) else {}
        if draw(st.integers(0, 3)) == 0:
            nodes[f"n{number}"]["loopback_addresses"] = [f"192.0.2.{number}/32", f"2001:db8::{number}/128"]
    bridges = [f"sw{number}" for number in range(draw(st.integers(0, 4)))]
    for name in bridges:
        nodes[name] = {"kind": "bridge"}
        if draw(st.booleans()):
            nodes[name]["namespace"] = None
    links = []
    for number, name in enumerate(bridges):
        if number and draw(st.booleans()):
            links.append([name, draw(st.sampled_from(bridges[:number]))])
    linux = [name for name in nodes if name not in bridges]
    for _link in range(draw(st.integers(0, 12))):
        one, two = draw(st.sampled_from(linux)), draw(st.sampled_from(linux + bridges))
        if one != two:
            links.append([one, two] if draw(st.booleans()) else [two, one])
    links = draw(st.permutations(links))
    return {"lab_name": "any", "lab_nodes": nodes, "lab_links": list(links), "lab_pools": POOLS, **variables}


def addresses(node: Node) -> list[t.Any]:
    return node.loopback_addresses + [address for end in node.ends for address in end.addresses]


def reachable(lab: Lab, start: Node) -> set[Node]:
    """The nodes that something from ``start`` can get to, over those that forward."""
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node is not start and not node.forwards:
            continue
        for end in node.ends:
            for other in end.link.segment.ends:
                if other.node not in seen:
                    seen.add(other.node)
                    waiting.append(other.node)
    return seen


def travel(lab: Lab, start: Node, destination: t.Any) -> Node | None:
    """Where a packet for an address arrives; None where it is dropped."""
    node = start
    for _hop in range(64):
        if any(address.ip == destination for address in addresses(node)):
            return node
        if node is not start and not node.forwards:
            return None
        following = _next(node, destination)
        if following is None:
            return None
        node = following
    return None


def _next(node: Node, destination: t.Any) -> Node | None:
    best: tuple[int, t.Any] = (-1, None)
    for end in node.ends:
        for address in end.addresses:
            if address.version == destination.version and destination in address.network:
                best = max(best, (address.network.prefixlen, destination), key=lambda found: found[0])
    for route in node.routes:
        gateway = ipaddress.ip_address(route["gateway"])
        if gateway.version != destination.version:
            continue
        everything = "0.0.0.0/0" if gateway.version == 4 else "::/0"
        network = ipaddress.ip_network(everything if route["destination"] == "default" else route["destination"])
        if destination in network:
            best = max(best, (network.prefixlen, gateway), key=lambda found: found[0])
    gateway = best[1]
    for end in node.ends:
        for address in end.addresses:
            if gateway is not None and gateway.version == address.version and gateway in address.network:
                for other in end.link.segment.ends:
                    if any(found.ip == gateway for found in other.addresses):
                        return other.node
    return None
