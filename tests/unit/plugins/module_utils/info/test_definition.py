# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which item each object is told as, and what is left out."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info.definition import Sections, sections
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, View, link_key, netns_key
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.tests.unit.helpers.lab import address, at, bridge, host, link, netns, pair, port

MAC = "02:00:00:00:00:0a"
USUAL_PORT: dict[str, t.Any] = {
    "cost": 2,
    "priority": 32,
    "hairpin": False,
    "isolated": False,
    "learning": True,
    "flood": True,
    "mcast_flood": True,
    "bcast_flood": True,
    "bpdu_guard": False,
    "root_block": False,
    "fast_leave": False,
    "neigh_suppress": False,
    "proxy_arp": False,
    "port_state": "forwarding",
}
USUAL_BRIDGE: dict[str, t.Any] = {
    "stp": False,
    "forward_delay": 15,
    "hello_time": 2,
    "max_age": 20,
    "ageing_time": 300,
    "priority": 32768,
    "vlan_filtering": False,
    "vlan_default_pvid": None,
    "mcast_snooping": True,
    "group_fwd_mask": 0,
}


def told(*facts: list[Fact], chosen: t.Collection[str] = ("a", "b"), own: bool = False) -> Sections:
    found, left_out = sections(host(*facts), KINDS, chosen, own)
    assert left_out == []
    return found


def route(where: str, destination: str, table: int = 254, metric: int = 0, **values: t.Any) -> list[Fact]:
    """A route as it is seen."""
    namespace, interface = at(where)
    hops = values.pop("hops", [{"gateway": None, "interface": interface, "weight": 1, "onlink": False}])
    known = {"type": "unicast", "nexthops": hops, "source": None, "mtu": None, "protocol": 3, **values}
    if ":" not in destination:
        known.setdefault("scope", "global" if len(hops) != 1 or hops[0]["gateway"] else "link")
    links = [link_key(namespace, hop["interface"]) for hop in hops]
    key = ("route", namespace, destination, str(table), str(metric))
    return [Fact(key, known, (netns_key(namespace), *links))]


def test_a_namespace_is_named_and_its_loopback_only_if_it_is_down() -> None:
    assert told(netns("a"), netns("b", up=False)) == {"netns": [{"name": "a"}, {"name": "b", "loopback": False}]}


def test_names_with_numbers_are_in_the_order_of_the_numbers() -> None:
    found = told(netns("n10"), netns("n9"), netns("n1"), chosen=["n1", "n9", "n10"])
    assert [item["name"] for item in found["netns"]] == ["n1", "n9", "n10"]


def test_a_pair_is_told_once_and_from_the_own_namespace() -> None:
    found = told(netns("a"), netns("b"), pair("a:e", "p"), pair("a:x", "b:y", mtu=1400, peer={"up": False}))
    assert found["veth"] == [
        {"name": "p", "mac": MAC, "peer": {"name": "e", "namespace": "a", "mac": MAC}},
        {
            "name": "x",
            "namespace": "a",
            "mac": MAC,
            "mtu": 1400,
            "peer": {"name": "y", "namespace": "b", "mac": MAC, "up": False},
        },
    ]


def test_a_usual_bridge_and_port_are_told_by_name() -> None:
    found = told(
        netns("a"),
        bridge("a:br", **USUAL_BRIDGE),
        pair("a:e", "b:e", carrier=True),
        netns("b"),
        port("a:e", "br", **USUAL_PORT),
    )
    assert found["bridge"] == [{"name": "br", "namespace": "a", "mac": MAC}]
    assert found["bridge_port"] == [{"interface": "e", "namespace": "a", "bridge": "br"}]


def test_what_is_unusual_in_a_bridge_and_a_port_is_told() -> None:
    found = told(
        netns("a"),
        bridge("a:br", **{**USUAL_BRIDGE, "forward_delay": 4.5, "vlan_default_pvid": 7}),
        pair("a:e", "b:e", carrier=True),
        netns("b"),
        port("a:e", "br", **{**USUAL_PORT, "cost": 9, "learning": False, "port_state": "disabled"}),
    )
    assert found["bridge"] == [
        {"name": "br", "namespace": "a", "mac": MAC, "forward_delay": 4.5, "vlan_default_pvid": 7}
    ]
    assert found["bridge_port"] == [
        {
            "interface": "e",
            "namespace": "a",
            "bridge": "br",
            "cost": 9,
            "learning": False,
            "port_state": "disabled",
        }
    ]


def test_a_bridge_tells_its_mtu_unless_it_and_its_ports_have_the_usual_one() -> None:
    def mtu(of_bridge: int, of_port: int) -> int | None:
        found = told(
            netns("a"),
            netns("b"),
            bridge("a:br", link_values={"mtu": of_bridge}, **USUAL_BRIDGE),
            pair("a:e", "b:e", mtu=of_port),
            port("a:e", "br", **USUAL_PORT),
        )
        return found["bridge"][0].get("mtu")

    assert mtu(1500, 1500) is None
    assert mtu(1400, 1400) == 1400
    assert mtu(1500, 1400) == 1500
    assert mtu(1500, 9000) == 1500


def test_ageing_that_the_spanning_tree_shortens_is_not_told() -> None:
    found = told(netns("a"), bridge("a:br", **{**USUAL_BRIDGE, "stp": True, "ageing_time": 15}))
    assert found["bridge"] == [{"name": "br", "namespace": "a", "mac": MAC, "stp": True}]


def test_the_state_of_a_port_that_has_no_say_in_it_is_not_told() -> None:
    found = told(
        netns("a"),
        netns("b"),
        bridge("a:br", **{**USUAL_BRIDGE, "stp": True}),
        pair("a:e", "b:e", carrier=True),
        port("a:e", "br", **{**USUAL_PORT, "port_state": "blocking"}),
        pair("a:f", "b:f", carrier=False),
        port("a:f", "br", **{**USUAL_PORT, "port_state": "disabled"}),
    )
    assert all("port_state" not in item for item in found["bridge_port"])


def test_a_link_is_told_with_what_its_own_module_cannot_set() -> None:
    found = told(netns("a"), netns("b"), pair("a:e", "b:e", alias="x", txqueuelen=5, arp=False, addrgenmode=None))
    assert found["netns_link"] == [{"name": "e", "namespace": "a", "alias": "x", "txqueuelen": 5, "arp": False}]


def test_a_physical_link_is_told_where_it_is_and_left_out_elsewhere() -> None:
    view = host(netns("a"), link("eth0", up=True, mtu=9000), link("a:eth1"), address("a:eth1", "10.0.0.1/8"))
    assert sections(view, KINDS, ["a"], own=False) == (
        {"netns": [{"name": "a"}]},
        ["a:eth1: it is a physical interface"],
    )
    found, _left_out = sections(view, KINDS, ["a"], own=True)
    assert found["netns_link"] == [{"name": "eth0", "mtu": 9000, "up": True}]


def test_an_address_is_told_with_what_is_unusual() -> None:
    found = told(
        netns("a"),
        address("a:lo", "10.0.0.1/32"),
        address("a:lo", "10.0.0.2/24", broadcast="10.0.0.255", label="lo:x", scope="link", metric=7),
        address("a:lo", "10.1.0.1/32", peer="10.1.0.2"),
        address("a:lo", "fd00::1/64", nodad=True, noprefixroute=True, preferred_lft=0),
        address("a:lo", "127.0.0.9/8", scope="host"),
    )
    where = {"interface": "lo", "namespace": "a"}
    assert found["netns_address"] == [
        {**where, "address": "10.0.0.1/32"},
        {
            **where,
            "address": "10.0.0.2/24",
            "broadcast": "10.0.0.255",
            "scope": "link",
            "label": "lo:x",
            "metric": 7,
        },
        {**where, "address": "10.1.0.1", "peer": "10.1.0.2/32"},
        {
            **where,
            "address": "fd00::1/64",
            "nodad": True,
            "noprefixroute": True,
            "valid_lft": "forever",
            "preferred_lft": "0",
        },
        {**where, "address": "127.0.0.9/8"},
    ]


def test_addresses_that_come_by_themselves_are_not_told() -> None:
    found = told(
        netns("a"),
        netns("b"),
        pair("a:e", "b:e"),
        address("a:lo", "127.0.0.1/8", scope="host"),
        address("a:lo", "::1/128"),
        address("a:e", "fe80::ff:fe00:a/64"),
        address("a:e", "fe80::1234:56ff:fe78:9a/64"),
        address("a:e", "2001:db8::9/64", valid_lft=900, preferred_lft=800),
        address("a:e", "fe80::1/64"),
        address("a:e", "fe80::ff:fe00:b/10"),
    )
    assert [item["address"] for item in found["netns_address"]] == ["fe80::1/64", "fe80::ff:fe00:b/10"]
    # Down, lo has what it was given before, and somewhere else would not get it.
    found = told(netns("a", up=False), address("a:lo", "127.0.0.1/8", scope="host"))
    assert [item["address"] for item in found["netns_address"]] == ["127.0.0.1/8"]


def test_a_link_local_address_is_told_where_the_kernel_makes_none() -> None:
    def count(mode: str) -> int:
        found = told(netns("a"), netns("b"), pair("a:e", "b:e", addrgenmode=mode), address("a:e", "fe80::ff:fe00:a/64"))
        return len(found.get("netns_address", []))

    assert {mode: count(mode) for mode in ("eui64", "none", "random", "stable_secret")} == {
        "eui64": 0,
        "none": 1,
        "random": 0,
        "stable_secret": 0,
    }


def hop(gateway: str | None, interface: str = "e", **values: t.Any) -> dict[str, t.Any]:
    return {"gateway": gateway, "interface": interface, "weight": 1, "onlink": False, **values}


def test_routes_are_told_as_they_are_written() -> None:
    found = told(
        netns("a"),
        netns("b"),
        pair("a:e", "b:e"),
        route("a:e", "0.0.0.0/0", hops=[hop("10.0.0.1")]),
        route("a:e", "10.0.0.0/8"),
        route("a:e", "10.1.0.0/16", hops=[hop("10.0.0.1", weight=3), hop("10.0.0.2", onlink=True)]),
        route("a:e", "10.2.0.0/16", hops=[], type="blackhole"),
        route("a:e", "10.3.0.0/16", table=100, metric=5, scope="host", source="10.0.0.9", mtu=1400),
        route("a:e", "::/0", metric=1024, hops=[hop("fe80::1", onlink=True)]),
        route("a:e", "fd00::/8", metric=7, protocol=4),
    )
    where = {"namespace": "a"}
    assert found["netns_route"] == [
        {"destination": "default", **where, "gateway": "10.0.0.1", "interface": "e"},
        {"destination": "10.0.0.0/8", **where, "interface": "e"},
        {
            "destination": "10.1.0.0/16",
            **where,
            "nexthops": [
                {"gateway": "10.0.0.1", "interface": "e", "weight": 3},
                {"gateway": "10.0.0.2", "interface": "e", "onlink": True},
            ],
        },
        {"destination": "10.2.0.0/16", **where, "type": "blackhole"},
        {
            "destination": "10.3.0.0/16",
            **where,
            "interface": "e",
            "metric": 5,
            "table": "100",
            "source": "10.0.0.9",
            "scope": "host",
            "mtu": 1400,
        },
        {"destination": "default", **where, "gateway": "fe80::1", "interface": "e", "onlink": True},
        {"destination": "fd00::/8", **where, "interface": "e", "metric": 7},
    ]


def test_routes_of_others_are_not_told() -> None:
    found = told(
        netns("a"),
        netns("b"),
        pair("a:e", "b:e"),
        route("a:e", "10.0.0.0/8", protocol=12),
        route("a:e", "fd00::/8", protocol=9),
        route("a:e", "10.1.0.0/16", table=255),
    )
    assert "netns_route" not in found


OWN_PARTS = (
    netns("a"),
    netns("b"),
    pair("a:e", "pa"),
    pair("b:e", "pb"),
    pair("c0", "c1"),
    bridge("br", **USUAL_BRIDGE),
    bridge("other", **USUAL_BRIDGE),
    bridge("far", **USUAL_BRIDGE),
    link("eth0"),
    port("pa", "br", **USUAL_PORT),
    port("pb", "br", **USUAL_PORT),
    port("c0", "br", **USUAL_PORT),
    port("c1", "far", **USUAL_PORT),
    port("eth0", "br", **USUAL_PORT),
    address("br", "10.0.0.1/8"),
    address("eth0", "10.9.0.1/16"),
    route("br", "192.0.2.0/24"),
    route("eth0", "198.51.100.0/24"),
)


def test_of_the_own_namespace_it_tells_what_is_connected() -> None:
    found = told(*OWN_PARTS)
    assert [item["name"] for item in found["bridge"]] == ["br", "far"]
    assert [item["name"] for item in found["veth"]] == ["c0", "pa", "pb"]
    assert [item["interface"] for item in found["bridge_port"]] == ["c0", "c1", "pa", "pb"]
    assert [item["address"] for item in found["netns_address"]] == ["10.0.0.1/8"]
    assert [item["destination"] for item in found["netns_route"]] == ["192.0.2.0/24"]
    assert "netns_link" not in found


def test_what_leads_to_namespaces_that_were_not_asked_for_is_no_part_of_it() -> None:
    found = told(*OWN_PARTS, chosen=["a"])
    assert [item["name"] for item in found["veth"]] == ["c0", "pa"]
    view = host(netns("a"), netns("b"), pair("a:e", "b:e"), address("a:e", "10.0.0.1/8"))
    expected = ({"netns": [{"name": "a"}]}, ["a:e: its other end is in b, which was not asked for"])
    assert sections(view, KINDS, ["a"], own=False) == expected


def test_a_cable_into_a_namespace_without_a_name_is_left_out() -> None:
    (end,) = link("a:e", "veth")
    end.values["peer_nsid"] = 3
    assert sections(View([*netns("a"), end]), KINDS, ["a"], own=False) == (
        {"netns": [{"name": "a"}]},
        ["a:e: its other end is in a namespace without a name"],
    )


def test_a_link_of_a_kind_without_a_module_is_left_out_with_its_ports() -> None:
    view = host(
        netns("a"), link("a:bond0", "bond"), link("a:e", "tun"), port("a:e", "bond0"), address("a:bond0", "10.0.0.1/8")
    )
    assert sections(view, KINDS, ["a"], own=False) == (
        {"netns": [{"name": "a"}]},
        ["a:bond0: no module makes a bond", "a:e: no module makes a tun"],
    )


def test_what_the_modules_refuse_is_left_out_with_the_reason() -> None:
    found, left_out = sections(host(netns("a"), bridge("a:b%d", **USUAL_BRIDGE)), KINDS, ["a"], own=False)
    assert found == {"netns": [{"name": "a"}]}
    assert left_out[0].startswith("bridge a b%d: the interface name 'b%d' has a '%'")


def test_the_own_namespace_has_no_item_of_its_own() -> None:
    assert told(chosen=[], own=True) == {}
