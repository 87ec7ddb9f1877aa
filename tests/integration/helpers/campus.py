# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lab of some size in several versions. Between two of them lies every sort of change: objects come, go, move, are
made anew under the name of others, and change in place."""

from __future__ import annotations

import typing as t

Definition = dict[str, list[dict[str, t.Any]]]
COUNT = 20
VERSIONS = ("first", "second", "other")


def campus(version: str) -> Definition:
    """``first`` and ``second`` are a lab before and after a day's work; ``other`` has next to nothing in common with
    them but names."""
    return {"first": _first, "second": _second, "other": _other}[version]()


def size(definition: Definition) -> dict[str, int]:
    return {section: len(items) for section, items in definition.items()}


def _first() -> Definition:
    """20 namespaces, each on a bridge of the host, and in pairs connected directly as well."""
    nodes = range(COUNT)
    half = COUNT // 2
    return {
        "netns": [{"name": f"n{i}", **_setup(i, 1)} for i in nodes],
        "bridge": [
            {"name": "lan", "mac": "02:00:00:00:01:00"},
            {"name": "sw", "namespace": "n10", "mac": "02:00:00:00:01:02"},
        ],
        "veth": [
            *({"name": f"p{i}", "peer": {"name": "eth0", "namespace": f"n{i}"}} for i in nodes),
            *(_cable(i, f"n{i}", f"n{i + half}") for i in range(half)),
        ],
        "bridge_port": [{"bridge": "lan", "interface": f"p{i}", "cost": 10 + i, "hairpin": i % 2 == 0} for i in nodes],
        "netns_link": [{"name": "eth0", "namespace": "n1", "alias": "uplink", "txqueuelen": 500}],
        "netns_address": [
            *(_address(f"n{i}", "eth0", f"10.0.0.{i + 1}/24") for i in nodes),
            *(_address(f"n{i}", "eth0", f"fd00::{i + 1:x}/64", nodad=True) for i in nodes),
            *(_address(f"n{i}", f"x{i}", f"10.1.{i}.1/30") for i in range(half)),
            *(_address(f"n{i + half}", f"y{i}", f"10.1.{i}.2/30") for i in range(half)),
            _address("n7", "eth0", "10.0.0.207/24"),
        ],
        "netns_route": [
            *(_route(f"n{i}", "default", gateway="10.0.0.1") for i in nodes if i),
            *(_route(f"n{i}", "fd99::/64", gateway="fd00::1") for i in nodes if i),
            *(
                _route(f"n{i}", "172.16.0.0/16", nexthops=[{"gateway": "10.0.0.1"}, {"gateway": f"10.1.{i}.2"}])
                for i in range(1, half)
            ),
            _route("n2", "fd98::/64", nexthops=[{"gateway": "fd00::1"}, {"gateway": "fd00::2", "weight": 3}]),
            _route("n4", "192.0.2.0/24", type="blackhole"),
            _route("n4", "198.51.100.0/24", interface="eth0", table="100"),
        ],
    }


def _second() -> Definition:
    kept = [*range(COUNT - 2), COUNT, COUNT + 1]
    # The ports p18 and p19 stay by name and lead to new namespaces.
    ports = [(f"p{min(i, COUNT - 1) if i < COUNT else i - 2}", f"n{i}") for i in kept]
    half = COUNT // 2
    cables = {i: (f"n{i}", f"n{i + half}") for i in range(half) if i not in (5, 8, 9)}
    cables[6] = ("n7", "n16")  # one end moves
    cables[8] = ("n8", "n20")
    return {
        "netns": [{"name": f"n{i}", **(_setup(i, 2) if i != 4 else {})} for i in kept],
        "bridge": [
            {"name": "lan", "stp": True, "forward_delay": 4, "mac": "02:00:00:00:01:01"},
            {"name": "lan2", "mtu": 1400},
        ],
        "veth": [
            *({"name": port, "peer": {"name": "eth0", "namespace": node}} for port, node in ports),
            *(_cable(i, *ends) for i, ends in cables.items()),
            # A cable where a bridge was, and the other way round: p4 was a cable's end.
            {"name": "sw", "namespace": "n10", "peer": {"name": "sw", "namespace": "n11"}},
        ],
        "bridge_port": [
            {"bridge": "lan2" if node in ("n2", "n20") else "lan", "interface": port, "cost": 20, "isolated": True}
            for port, node in ports
            if node != "n4"
        ],
        "netns_link": [
            {"name": "eth0", "namespace": "n1", "mtu": 1400, "alias": "", "up": True},
            {"name": "eth0", "namespace": "n2", "arp": False},
            {"name": "eth0", "namespace": "n6", "promisc": True, "txqueuelen": 10},
        ],
        "netns_address": [
            *(_address(f"n{i}", "eth0", f"10.0.0.{i + (101 if i == 3 else 1)}/24") for i in kept if i not in (5, 7)),
            *(_address(f"n{i}", "eth0", f"fd00::{i + 1:x}/{64 if i % 5 else 80}", nodad=True) for i in kept),
            _address("n5", "eth0", "10.0.0.6/24", metric=50),
            _address("n7", "eth0", "10.0.0.8/24", label="eth0:7"),
            _address("n7", "eth0", "10.0.0.207/24"),
            *(_address(f"n{i}", f"x{i}", f"10.1.{i}.1/30") for i in (0, 1, 2, 3, 4, 7, 8)),
            _address("n7", "x6", "10.1.6.1/30"),
        ],
        "netns_route": [
            *(_route(f"n{i}", "default", gateway="10.0.0.2", mtu=1300) for i in (2, 3, 4, 5, 7, 20, 21)),
            *(_route(f"n{i}", "fd99::/64", gateway="fd00::2") for i in kept if i != 1 and i % 5),
            _route("n2", "172.16.0.0/16", nexthops=[{"gateway": "10.0.0.9", "weight": 7}, {"gateway": "10.1.2.2"}]),
            _route("n3", "fd98::/64", nexthops=[{"gateway": "fd00::1"}, {"gateway": "fd00::2", "weight": 3}]),
            _route("n4", "192.0.2.0/24", type="prohibit"),
        ],
    }


def _other() -> Definition:
    """The bridge's name is a cable's end here, and the namespaces' names those of others."""
    return {
        "netns": [{"name": "n0"}, {"name": "n19"}, {"name": "solo"}],
        "veth": [{"name": "lan", "peer": {"name": "p0", "namespace": "n0"}}, _cable(0, "n19", "solo")],
        "bridge": [{"name": "p0"}, {"name": "eth0", "namespace": "n19", "mac": "02:00:00:00:01:03"}],
        "bridge_port": [{"bridge": "p0", "interface": "lan"}],
        "netns_address": [_address("n0", "p0", "10.0.0.1/24"), _address("n19", "x0", "10.0.0.20/24")],
        "netns_route": [_route("n0", "default", gateway="10.0.0.2"), _route("n19", "default", interface="x0")],
    }


def _setup(node: int, version: int) -> dict[str, t.Any]:
    """Some nodes are routers with files of their own."""
    if node not in (1, 3, 4, 19):
        return {}
    sysctls = {"net.ipv4.ip_forward": 1, "net.ipv4.conf.all.rp_filter": version, "net.ipv4.conf.eth0.rp_filter": 2}
    # Files that /etc has: "ip -n" would complain of others.
    other = ("networks", "protocols", "services")[version % 3]
    files = {"hosts": f"10.0.0.{version} n{node}\n", other: "x" * 9000}
    return {"sysctls": sysctls, "etc_files": files}


def _cable(number: int, near: str, far: str) -> dict[str, t.Any]:
    return {"name": f"x{number}", "namespace": near, "peer": {"name": f"y{number}", "namespace": far}}


def _address(namespace: str, interface: str, address: str, **options: t.Any) -> dict[str, t.Any]:
    return {"namespace": namespace, "interface": interface, "address": address, **options}


def _route(namespace: str, destination: str, **options: t.Any) -> dict[str, t.Any]:
    return {"namespace": namespace, "destination": destination, **options}
