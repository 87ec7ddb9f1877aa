# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Addresses for what names none, as a pure function of the graph: no leases are kept anywhere.

Segments get subnets in the order of their first links, and the interfaces of a segment addresses in the order of the
links. So what is added at the end of a definition leaves all others their addresses, unless a subnet of the usual size
has become too small. Subnets and addresses that the definition names itself are passed over.
"""

from __future__ import annotations

import ipaddress
import typing as t
from bisect import bisect_left, insort

from ansible_collections.netns.lab.plugins.module_utils._values import Interface
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path, spelled
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Pool, Segment


def assign_addresses(lab: Lab, overlaps: bool) -> None:
    """``overlaps``: whether two segments may use the same addresses."""
    for segment in lab.segments:
        for end in segment.ends:
            end.addresses = list(end.given or [])
    for segment in lab.segments:
        _check_segment(segment)
    named = [(address.network, path) for segment in lab.segments for address, path in segment.addresses]
    loopbacks = [
        (address.network, node.path) for node in lab.nodes.values() for address in node.loopback_addresses
    ]
    taken = _Networks([network for network, _path in named + loopbacks])
    for kind in ("p2p", "lan"):
        for pool in lab.pools.get(kind, ()):
            subnets = _Subnets(pool, taken)
            for segment in lab.segments:
                if segment.pool == kind:
                    _fill(segment, pool.network.version, subnets)
    _number_loopbacks(lab)
    if not overlaps:
        _refuse_overlaps(lab)
    _refuse_doubles(lab)


def _fill(segment: Segment, version: int, subnets: _Subnets) -> None:
    """Gives the interfaces that name no addresses one of this version each."""
    without = [end for end in segment.ends if end.given is None]
    if not without:
        return
    present = [address for address, _path in segment.addresses if address.version == version]
    if present:
        # Whoever named the first address has named the subnet.
        network = present[0].network
    else:
        network = subnets.take(len(without), segment)
    used = {int(address.ip) for address in present}
    numbers = (number for number in _host_numbers(network) if number not in used)
    for end in without:
        number = next(numbers, None)
        if number is None:
            raise Fault(end.path, f"subnet {network} has no address left for {end.place}; name a larger one")
        end.addresses.append(_interface(network, number))


def _host_numbers(network: t.Any) -> range:
    """What ipaddress.hosts() gives, as numbers."""
    first, size = int(network.network_address), network.num_addresses
    if network.prefixlen >= network.max_prefixlen - 1:
        return range(first, first + size)
    # Of IPv6 the first address is the subnet routers' (RFC 4291), of IPv4 the last one is broadcast.
    return range(first + 1, first + size - (network.version == 4))


def _room(network: t.Any) -> int:
    numbers = _host_numbers(network)
    return numbers.stop - numbers.start  # of IPv6 more than len() can tell


def _interface(network: t.Any, number: int) -> Interface:
    made = ipaddress.IPv4Interface if network.version == 4 else ipaddress.IPv6Interface
    return made((number, network.prefixlen))


class _Networks:
    """Networks of which each number of either version is in one at most; larger ones swallow smaller ones."""

    def __init__(self, networks: t.Iterable[t.Any]) -> None:
        self._starts: dict[int, list[int]] = {4: [], 6: []}
        self._ends: dict[int, list[int]] = {4: [], 6: []}
        for version in (4, 6):
            of_version = [network for network in networks if network.version == version]
            for network in ipaddress.collapse_addresses(of_version):
                self._starts[version].append(int(network.network_address))
                self._ends[version].append(int(network.broadcast_address))

    def end_of_overlap(self, network: t.Any) -> int | None:
        """The last number of the first network that has one in common with this."""
        starts, ends = self._starts[network.version], self._ends[network.version]
        place = bisect_left(ends, int(network.network_address))
        if place < len(ends) and starts[place] <= int(network.broadcast_address):
            return ends[place]
        return None

    def add(self, network: t.Any) -> None:
        """One that overlaps with none."""
        insort(self._starts[network.version], int(network.network_address))
        insort(self._ends[network.version], int(network.broadcast_address))


class _Subnets:
    """The subnets of a pool, one after the other."""

    def __init__(self, pool: Pool, taken: _Networks) -> None:
        self._pool = pool
        self._taken = taken
        self._next = int(pool.network.network_address)

    def take(self, hosts: int, segment: Segment) -> t.Any:
        pool = self._pool.network
        prefix = self._pool.prefix
        while prefix > pool.prefixlen and _room(_network(pool, int(pool.network_address), prefix)) < hosts:
            prefix -= 1
        size = 1 << (pool.max_prefixlen - prefix)
        while True:
            first = -(-self._next // size) * size
            if first + size - 1 > int(pool.broadcast_address):
                left = f"pool {pool} has no subnet of /{prefix} left for {segment.name}"
                raise Fault(self._pool.path, f"{left}; take a larger one")
            network = _network(pool, first, prefix)
            end = self._taken.end_of_overlap(network)
            if end is None:
                self._next = first + size
                self._taken.add(network)
                return network
            self._next = max(end, first) + 1


def _network(like: t.Any, first: int, prefix: int) -> t.Any:
    return type(like)((first, prefix))


def _number_loopbacks(lab: Lab) -> None:
    """Every router that says nothing of its loopback addresses gets one of each pool."""
    routers = [node for node in lab.nodes.values() if node.forwards and "loopback_addresses" not in node.options]
    for pool in lab.pools.get("loopback", ()):
        network = pool.network
        every = [address for node in lab.nodes.values() for address in node.loopback_addresses]
        used = {int(address.ip) for address in every if address.version == network.version}
        numbers = (number for number in _host_numbers(network) if number not in used)
        for node in routers:
            number = next(numbers, None)
            if number is None:
                raise Fault(pool.path, f"pool {network} has no address left for {node.name}; take a larger one")
            node.loopback_addresses.append(_interface(_network(network, number, network.max_prefixlen), number))


def _check_segment(segment: Segment) -> None:
    """What the definition itself says of a segment's addresses."""
    seen: dict[t.Any, Path] = {}
    networks: dict[t.Any, Path] = {}
    for address, path in segment.addresses:
        if address.ip in seen:
            before = spelled(seen[address.ip])
            raise Fault(path, f"address {address.ip} is on {segment.name} already, at {before}; take another one")
        seen[address.ip] = path
        network = address.network
        if network.prefixlen == network.max_prefixlen:
            continue
        if int(address.ip) not in _host_numbers(network):
            own = "broadcast address" if address.ip == network.broadcast_address else "network's own address"
            raise Fault(path, f"address {address} is the {own}; take another one of {network}")
        for other in networks:
            if network != other and network.version == other.version and network.overlaps(other):
                raise Fault(
                    path,
                    f"address {address} and those at {spelled(networks[other])} disagree about their subnet ({other}); "
                    "give all on one link or LAN the same prefix length",
                )
        networks.setdefault(network, path)
    if not segment.is_lan:
        _check_ends(*segment.ends)


def _check_ends(one: Endpoint, two: Endpoint) -> None:
    for version in (4, 6):
        near, far = (
            {a.network for a in end.addresses if a.version == version and a.network.prefixlen < a.max_prefixlen}
            for end in (one, two)
        )
        if near and far and not near & far:
            raise Fault(
                one.link.path,
                f"its ends are asymmetric: {one.place} is in {_listed(near)} and {two.place} in {_listed(far)}; give "
                "both an address of one subnet",
            )


def _listed(networks: set[t.Any]) -> str:
    return ", ".join(map(str, sorted(networks)))


def _refuse_overlaps(lab: Lab) -> None:
    """Two segments with common addresses could not both be reached."""
    found: dict[t.Any, tuple[Path, Segment]] = {}
    for segment in lab.segments:
        for address, path in segment.addresses:
            _path, other = found.setdefault(address.network, (path, segment))
            if other is not segment:
                raise _overlap(path, address.network, segment, address.network, other)
    for version in (4, 6):
        last: t.Any = None
        for network in sorted(network for network in found if network.version == version):
            if last is not None and network.overlaps(last):
                one, two = found[last], found[network]
                if one[1] is not two[1]:
                    raise _overlap(two[0], network, two[1], last, one[1])
                continue
            last = network


def _overlap(path: Path, network: t.Any, segment: Segment, other_network: t.Any, other: Segment) -> Fault:
    return Fault(
        path,
        f"subnet {network} of {segment.name} overlaps with {other_network} of {other.name}; give each its own, or say "
        "lab_overlapping_subnets: true if nothing is to be routed between them",
    )


def _refuse_doubles(lab: Lab) -> None:
    """A loopback address that two nodes have."""
    seen: dict[t.Any, str] = {}
    for node in lab.nodes.values():
        for address in node.loopback_addresses:
            if address.ip in seen:
                raise Fault(node.path, f"loopback address {address.ip} is that of node {seen[address.ip]} already")
            seen[address.ip] = node.name
