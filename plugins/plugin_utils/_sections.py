# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""From what the roles are told to the sections of the topology module. What an option may be is checked by the role's
argument spec and by the module; here is only what neither of them can see. Each function raises ValueError with a
whole sentence."""

from __future__ import annotations

import hashlib
import ipaddress
import typing as t
from itertools import islice

Options = t.Mapping[str, t.Any]
Section = list[dict[str, t.Any]]

# What of a member of a bridge is not an attribute of its port.
_OF_MEMBER = ("namespace", "interface", "port", "addresses", "mac", "mtu")
_MOST_PORTS = 1023  # of one bridge; the module refuses more as well
_LONGEST_NAME = 15  # of an interface, in bytes


def point_to_point_sections(ends: t.Sequence[Options], mtu: int | None, processes: str) -> dict[str, Section]:
    """Two namespaces and the veth pair between them."""
    if len(ends) != 2:
        raise ValueError(f"point_to_point_ends has {len(ends)} items; a veth pair has exactly two ends")
    near, far = ends
    return {
        "netns": _namespaces(ends, processes),
        "veth": [{**_end(near, mtu), "peer": _end(far, mtu)}],
        "netns_address": _addresses(ends),
    }


def bridged_sections(
    members: t.Sequence[Options], bridge: Options, addresses: t.Any, processes: str
) -> dict[str, Section]:
    """A bridge with its own addresses, and namespaces each joined to it by a veth pair."""
    place = _given(bridge, "namespace")
    itself = {**place, "interface": bridge["name"], "addresses": addresses}
    return {
        "netns": _namespaces([bridge, *members], processes),
        "bridge": [dict(bridge)],
        "veth": [
            {
                "name": member["port"],
                **place,
                **_mtu(member.get("mtu") or bridge.get("mtu")),
                "peer": _end(member, member.get("mtu") or bridge.get("mtu")),
            }
            for member in members
        ],
        "bridge_port": [
            {
                "interface": member["port"],
                "bridge": bridge["name"],
                **place,
                **{option: member[option] for option in member if option not in _OF_MEMBER},
            }
            for member in members
        ],
        "netns_address": _addresses([itself, *members]),
    }


def counted_members(count: int, subnet: t.Any, prefix: str, bridge: Options, addresses: t.Any) -> Section:
    """Members of a bridge that differ only by their number, each with the next free address of every subnet. They are
    told as ranges, which spares the controller thousands of items."""
    if "[" in prefix + bridge["name"]:
        raise ValueError("a bridged_prefix or bridge with '[' reads as a range, as which counted members are told")
    if not 0 <= count <= _MOST_PORTS:
        raise ValueError(
            f"bridged_member_count is {count}; it must be from 0 to {_MOST_PORTS}, the most ports a bridge can have"
        )
    taken = {_address(text) for text in _list(addresses)}
    columns = [_hosts(text, count, taken) for text in _list(subnet)]
    stem = _port_stem(bridge["name"], prefix)
    return [
        {
            "namespace": f"{prefix}[{first + 1}:{last + 1}]",
            "interface": "eth0",
            "port": f"{stem}[{first + 1}:{last + 1}]",
            "addresses": [f"{network}[{places[first]}:{places[last]}]" for network, places in columns],
        }
        for first, last in _runs(count, [places for _network, places in columns])
    ]


def _runs(count: int, columns: t.Sequence[t.Sequence[int]]) -> t.Iterator[tuple[int, int]]:
    """The members from which to which every column counts on without a gap: each run is one item with ranges, which
    the module spells out where it runs."""
    first = 0
    for number in range(1, count + 1):
        if number == count or any(places[number] != places[number - 1] + 1 for places in columns):
            yield first, number - 1
            first = number


def _namespaces(places: t.Iterable[Options], processes: str) -> Section:
    names = dict.fromkeys(place["namespace"] for place in places if place.get("namespace"))
    return [{"name": name, "processes": processes} for name in names]


def _end(end: Options, mtu: int | None) -> dict[str, t.Any]:
    return {"name": end["interface"], **_given(end, "namespace", "mac"), **_mtu(mtu)}


def _addresses(places: t.Iterable[Options]) -> Section:
    return [
        {**_given(place, "namespace"), "interface": place["interface"], "address": address}
        for place in places
        for address in _list(place.get("addresses"))
    ]


def _given(options: Options, *names: str) -> dict[str, t.Any]:
    return {name: options[name] for name in names if options.get(name) is not None}


def _mtu(mtu: int | None) -> dict[str, t.Any]:
    return {} if mtu is None else {"mtu": mtu}


def _list(value: t.Any) -> list[t.Any]:
    """As Ansible takes a list: one that has a single item may be written without brackets."""
    if value is None:
        return []
    return [item.strip() for item in value.split(",")] if isinstance(value, str) else list(value)


def _address(text: str) -> t.Any:
    try:
        return ipaddress.ip_interface(text).ip
    except ValueError as e:
        raise ValueError(f"bridged_bridge_addresses: {e}; write an address such as 192.168.1.1/24") from None


def _hosts(subnet: str, count: int, taken: set[t.Any]) -> tuple[t.Any, list[int]]:
    """The subnet, and the places in it of the first ``count`` addresses that hosts can have, without those taken."""
    try:
        network = ipaddress.ip_network(subnet)
    except ValueError as e:
        raise ValueError(f"bridged_subnet: {e}; write a subnet such as 192.168.1.0/24 or 2001:db8::/64") from None
    # What ipaddress.hosts() leaves out: the first address, and of IPv4 the last one.
    first, end = 0, network.num_addresses
    if network.prefixlen < network.max_prefixlen - 1:
        first = 1
        end -= network.version == 4
    found = list(islice((place for place in range(first, end) if network[place] not in taken), count))
    if len(found) < count:
        raise ValueError(
            f"bridged_subnet {network} has addresses for {len(found)} members and bridged_member_count is {count}; "
            "take a larger subnet or fewer members"
        )
    return network, found


def _port_stem(bridge: str, prefix: str) -> str:
    """What a port is called before its number: both names if every number fits behind them, else something that is as
    much their own. The same for any count, so that a lab that grows keeps its ports."""
    room = _LONGEST_NAME - len(str(_MOST_PORTS))
    stem = f"{bridge}2{prefix}"
    if len(stem.encode()) <= room:
        return stem
    digest = hashlib.sha256(stem.encode()).hexdigest()[:6]
    start = bridge.encode()[: room - len(digest) - 1].decode(errors="ignore")
    return f"{start}{digest}-"
