# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Static routes, so that everything reaches everything on a shortest path."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Node, Segment

# A network as numbers, the first address and the length of the prefix: they are compared by the hundred thousand.
_Network = tuple[int, int]
# The number of the gateway's address.
_Hop = int


def derive_routes(lab: Lab) -> None:
    """Adds to each node's own routes those that it lacks, for both versions of IP."""
    for version in (4, 6):
        _Graph(lab, version).add_routes()


class _Graph:
    """The nodes and segments that have addresses of one version of IP, numbered."""

    def __init__(self, lab: Lab, version: int) -> None:
        self._version = version
        self._bits = 32 if version == 4 else 128
        self._nodes = [node for node in lab.nodes.values() if not node.is_bridge]
        segments = [segment for segment in lab.segments if any(self._address(end) for end in segment.ends)]
        numbers = {segment: number for number, segment in enumerate(segments)}
        self._networks = [self._of_segment(segment) for segment in segments]
        self._loopbacks = {node: found for node in self._nodes if (found := self._of_loopback(node))}
        self._ends: dict[Node, list[tuple[int, int]]] = {}
        """Of each node the segments that it is on, and its address there."""
        self._routers: list[list[tuple[Node, _Hop]]] = [[] for _segment in segments]
        self._others: list[list[tuple[Node, _Hop]]] = [[] for _segment in segments]
        """Who is on each segment and forwards; who does not, but has loopback addresses."""
        for node in self._nodes:
            ends = self._ends[node] = []
            for end in node.ends:
                address = self._address(end)
                if address is not None:
                    place = numbers[end.link.segment]
                    ends.append((place, int(address.ip)))
                    if node.forwards:
                        self._routers[place].append((node, int(address.ip)))
                    elif node in self._loopbacks:
                        self._others[place].append((node, int(address.ip)))
        self._parts = self._connected()

    def add_routes(self) -> None:
        for node in self._nodes:
            if not self._ends[node]:
                continue
            if node.forwards and not self._is_stub(node):
                routes = self._by_hop(node, self._ways(node))
            else:
                routes = self._of_leaf(node)
            self._add(node, routes)

    # -- what there is

    def _address(self, end: Endpoint) -> t.Any:
        return next((address for address in end.addresses if address.version == self._version), None)

    def _of_segment(self, segment: Segment) -> list[_Network]:
        return list(
            dict.fromkeys(
                (int(address.network.network_address), address.network.prefixlen)
                for address, _path in segment.addresses
                if address.version == self._version
            )
        )

    def _of_loopback(self, node: Node) -> list[_Network]:
        return [
            (int(address.network.network_address), address.network.prefixlen)
            for address in node.loopback_addresses
            if address.version == self._version
        ]

    def _connected(self) -> list[int]:
        """Of each segment a number that it shares with those that routers lead to."""
        part = [-1] * len(self._networks)
        for start in range(len(part)):
            waiting = [start] if part[start] < 0 else []
            while waiting:
                place = waiting.pop()
                if part[place] < 0:
                    part[place] = start
                    waiting += [further for node, _hop in self._routers[place] for further, _own in self._ends[node]]
        return part

    # -- ways

    def _neighbours(self, node: Node) -> list[tuple[Node, _Hop]]:
        """The routers one step away."""
        return [
            (other, hop) for place, _own in self._ends[node] for other, hop in self._routers[place] if other is not node
        ]

    def _is_stub(self, node: Node) -> bool:
        """Whether there is only one way out."""
        beside = any(self._others[place] for place, _own in self._ends[node])
        return not beside and len(self._neighbours(node)) == 1

    def _of_leaf(self, node: Node) -> dict[_Hop, list[_Network]]:
        """A default route over the first router; the networks it does not lead to over that which does."""
        routes: dict[_Hop, list[_Network]] = {}
        covered: set[int] = set()
        met = {node}
        for place, _own in self._ends[node]:
            part = self._parts[place]
            hop = next((hop for other, hop in self._routers[place] if other is not node), None)
            if hop is None:
                for other, beside in self._others[place]:
                    if other not in met:
                        met.add(other)
                        routes.setdefault(beside, []).extend(self._loopbacks[other])
            elif part not in covered:
                networks = [(0, 0)] if not covered else self._within(part, node)
                covered.add(part)
                routes.setdefault(hop, []).extend(networks)
        return routes

    def _within(self, part: int, node: Node) -> list[_Network]:
        own = {place for place, _own in self._ends[node]}
        found: dict[_Network, None] = {}
        for place, networks in enumerate(self._networks):
            if self._parts[place] == part:
                if place not in own:
                    found.update(dict.fromkeys(networks))
                for other, _hop in self._routers[place] + self._others[place]:
                    if other is not node:
                        found.update(dict.fromkeys(self._loopbacks.get(other, ())))
        return list(found)

    def _ways(self, node: Node) -> t.Iterator[tuple[_Hop, list[_Network]]]:
        """To everything that can be reached, nearest first."""
        seen = {place for place, _own in self._ends[node]}
        met = {node}
        waiting: list[tuple[int, _Hop | None]] = [(place, None) for place, _own in self._ends[node]]
        for place, way in waiting:
            for other, hop in self._others[place]:
                if other not in met:
                    met.add(other)
                    yield (hop if way is None else way), self._loopbacks[other]
            for other, hop in self._routers[place]:
                if other in met:
                    continue
                met.add(other)
                over = hop if way is None else way
                if other in self._loopbacks:
                    yield over, self._loopbacks[other]
                for further, _own in self._ends[other]:
                    if further not in seen:
                        seen.add(further)
                        waiting.append((further, over))
                        yield over, self._networks[further]

    def _by_hop(self, node: Node, ways: t.Iterable[tuple[_Hop, list[_Network]]]) -> dict[_Hop, list[_Network]]:
        routes: dict[_Hop, list[_Network]] = {}
        for hop, networks in ways:
            routes.setdefault(hop, []).extend(networks)
        return {hop: _collapsed(networks, self._bits) for hop, networks in routes.items()}

    # -- routes

    def _add(self, node: Node, routes: dict[_Hop, list[_Network]]) -> None:
        said = {route["destination"] for route in node.routes}
        if self._has_default(node):
            routes = {hop: [network for network in networks if network[1]] for hop, networks in routes.items()}
        network, address = (
            (ipaddress.IPv4Network, ipaddress.IPv4Address)
            if self._version == 4
            else (ipaddress.IPv6Network, ipaddress.IPv6Address)
        )
        for hop, networks in routes.items():
            gateway = str(address(hop))
            for first, length in networks:
                destination = str(network((first, length))) if length else "default"
                # Both versions call their default route so.
                if destination not in said or not length:
                    node.routes.append({"destination": destination, "gateway": gateway})

    def _has_default(self, node: Node) -> bool:
        return any(
            route["destination"] in ("default", "0.0.0.0/0", "::/0")
            and (":" in str(route.get("gateway", route["destination"]))) == (self._version == 6)
            for route in node.routes
        )


def _collapsed(networks: t.Iterable[_Network], bits: int) -> list[_Network]:
    """The fewest networks with exactly the same addresses."""
    stack: list[_Network] = []
    end = -1
    for first, length in sorted(set(networks)):
        size = 1 << (bits - length)
        if first + size - 1 <= end:
            continue
        end = first + size - 1
        while stack and stack[-1][1] == length and stack[-1][0] + size == first and not stack[-1][0] & size:
            first, length = stack.pop()[0], length - 1
            size <<= 1
        stack.append((first, length))
    return stack
