# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_fdb, option by option."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

VXLAN = (
    "ip netns add a; ip -n a link set lo up; ip -n a address add 192.0.2.1/32 dev lo;"
    "ip -n a link add name vx address 02:00:00:00:00:f0 up type vxlan id 5 dstport 4789 local 192.0.2.1 nolearning;"
    "ip -n a link add name e address 02:00:00:00:00:e0 up type veth peer name f address 02:00:00:00:00:f1;"
    "ip -n a link set f up"
)
BRIDGE = (
    VXLAN + "; ip -n a link add name br0 address 02:00:00:00:00:b0 up type bridge;"
    "ip -n a link set e master br0; ip -n a link set vx master br0"
)
EVERYTHING, ONE, OTHER = "00:00:00:00:00:00", "02:00:00:00:00:01", "02:00:00:00:00:02"
OF_VXLAN = {"namespace": "a", "interface": "vx"}
OF_BRIDGE = {"namespace": "a", "interface": "e"}


def entries(lab: Lab, mac: str, interface: str = "vx", database: str = "self") -> list[Json]:
    found = json.loads(lab.alone("bridge -n a -j -d fdb show"))
    return [
        {key: value for key, value in entry.items() if key not in ("mac", "ifname", "flags", "master")}
        for entry in found
        if (entry["mac"], entry["ifname"]) == (mac, interface) and ("self" in entry["flags"]) == (database == "self")
    ]


def test_what_is_flooded_goes_to_each_of_a_list(lab: Lab) -> None:
    lab.sh(VXLAN)
    for number in (2, 3):
        lab.run("netns_fdb", **OF_VXLAN, mac=EVERYTHING, dst=f"192.0.2.{number}")
    assert entries(lab, EVERYTHING) == [
        {"dst": "192.0.2.2", "state": "permanent"},
        {"dst": "192.0.2.3", "state": "permanent"},
    ]
    lab.run("netns_fdb", **OF_VXLAN, mac=EVERYTHING, dst="192.0.2.2", state="absent")
    assert entries(lab, EVERYTHING) == [{"dst": "192.0.2.3", "state": "permanent"}]
    lab.unchanged("netns_fdb", **OF_VXLAN, mac=EVERYTHING, dst="192.0.2.2", state="absent")


@pytest.mark.parametrize(
    ("option", "first", "second"),
    [("vni", 7, 8), ("port", 4790, 4791), ("via", "e", "f"), ("type", "static", "local")],
)
@pytest.mark.parametrize("mac", [ONE, EVERYTHING])
def test_option_is_set_changed_left_alone_and_gone(
    lab: Lab, mac: str, option: str, first: t.Any, second: t.Any
) -> None:
    word = {"via": "viaIf", "type": "state"}.get(option, option)
    spelled = {"local": "permanent"}
    lab.sh(VXLAN)
    lab.run("netns_fdb", **OF_VXLAN, mac=mac, dst="192.0.2.2", **{option: first})
    assert entries(lab, mac)[0][word] == spelled.get(first, first)
    result = lab.run("netns_fdb", **OF_VXLAN, mac=mac, dst="192.0.2.2", **{option: second})
    assert entries(lab, mac)[0][word] == spelled.get(second, second)
    assert list(result.diff["before"]["netns_fdb"].values()) == [{option: first}]
    assert list(result.diff["after"]["netns_fdb"].values()) == [{option: second}]
    lab.unchanged("netns_fdb", **OF_VXLAN, mac=mac, dst="192.0.2.2")
    lab.unchanged("netns_fdb", **OF_VXLAN, mac=mac, dst="192.0.2.2", state="absent", **{option: first})
    lab.run("netns_fdb", **OF_VXLAN, mac=mac, dst="192.0.2.2", state="absent", **{option: second})
    assert entries(lab, mac) == []


def test_what_is_as_the_interface_has_it_need_not_be_told(lab: Lab) -> None:
    lab.sh(VXLAN)
    lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.2")
    lab.unchanged("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.2", vni=5, port=4789)


def test_a_mac_behind_another_host_is_changed_in_place(lab: Lab) -> None:
    lab.sh(VXLAN)
    lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.2")
    (command,) = lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.3").commands
    assert command == f"bridge -n a fdb replace {ONE} dev vx dst 192.0.2.3 self local"
    assert entries(lab, ONE) == [{"dst": "192.0.2.3", "state": "permanent"}]


def test_one_more_destination_has_the_type_of_the_others(lab: Lab) -> None:
    lab.sh(VXLAN)
    lab.sh(f"bridge -n a fdb append {EVERYTHING} dev vx dst 192.0.2.2 static")
    lab.run("netns_fdb", **OF_VXLAN, mac=EVERYTHING, dst="192.0.2.3")
    assert [entry["state"] for entry in entries(lab, EVERYTHING)] == ["static", "static"]


def test_ipv6_hosts(lab: Lab) -> None:
    lab.sh("ip netns add a; ip -n a link add name vx up type vxlan id 5 dstport 4789 local 2001:db8::1")
    lab.run("netns_fdb", **OF_VXLAN, mac=EVERYTHING, dst="2001:db8::2")
    assert entries(lab, EVERYTHING) == [{"dst": "2001:db8::2", "state": "permanent"}]
    msg = lab.fails_for_real("netns_fdb", **OF_VXLAN, mac=EVERYTHING, dst="192.0.2.2")
    assert msg.startswith("netns_fdb a:vx 00:00:00:00:00:00 dst 192.0.2.2: the kernel says: ")


def test_a_vxlan_interface_that_was_moved_is_read(lab: Lab) -> None:
    """The kernel then tells another attribute before the MAC."""
    lab.sh("ip netns add a; ip link add name vx type vxlan id 5 dstport 4789; ip link set vx netns a")
    lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.2")
    lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.2", state="absent")


def test_an_interface_that_serves_several_networks(lab: Lab) -> None:
    lab.sh("ip netns add a; ip -n a link add name vx type vxlan external dstport 4789")
    for number in (1, 2):
        lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst=f"192.0.2.{number}", src_vni=number, vni=number)
    assert {(entry["src_vni"], entry["dst"]) for entry in entries(lab, ONE)} == {(1, "192.0.2.1"), (2, "192.0.2.2")}
    lab.run("netns_fdb", **OF_VXLAN, mac=ONE, dst="192.0.2.1", src_vni=1, state="absent")
    assert [entry["src_vni"] for entry in entries(lab, ONE)] == [2]


# -- of a bridge


@pytest.mark.parametrize(("kind", "told"), [(None, "static"), ("static", "static"), ("local", "permanent")])
def test_an_entry_of_a_bridge(lab: Lab, kind: str | None, told: str) -> None:
    lab.sh(BRIDGE)
    options = {"type": kind} if kind else {}
    lab.run("netns_fdb", **OF_BRIDGE, mac=ONE, **options)
    assert entries(lab, ONE, "e", "master") == [{"state": told}]
    lab.unchanged("netns_fdb", **OF_BRIDGE, mac=ONE)
    lab.run("netns_fdb", **OF_BRIDGE, mac=ONE, state="absent")
    lab.unchanged("netns_fdb", **OF_BRIDGE, mac=ONE, state="absent")


def test_sticky_is_set_left_alone_and_taken_away(lab: Lab) -> None:
    lab.sh(BRIDGE)
    lab.run("netns_fdb", **OF_BRIDGE, mac=ONE, sticky=True)
    lab.unchanged("netns_fdb", **OF_BRIDGE, mac=ONE)
    assert "sticky" in lab.alone("bridge -n a fdb show dev e")
    lab.run("netns_fdb", **OF_BRIDGE, mac=ONE, sticky=False)
    assert "sticky" not in lab.alone("bridge -n a fdb show dev e")


def test_an_entry_for_the_host_itself(lab: Lab) -> None:
    lab.sh(BRIDGE)
    lab.run("netns_fdb", namespace="a", interface="br0", mac=ONE)
    assert entries(lab, ONE, "br0", "master") == [{"state": "permanent"}]
    lab.run("netns_fdb", namespace="a", interface="br0", mac=ONE, state="absent")
    assert entries(lab, ONE, "br0", "master") == []


def test_what_was_learned_is_made_to_stay_and_told(lab: Lab) -> None:
    lab.sh(BRIDGE)
    lab.sh(f"bridge -n a fdb add {ONE} dev e master dynamic; bridge -n a fdb add {OTHER} dev vx master dynamic")
    result = lab.run("netns_fdb", **OF_BRIDGE, mac=ONE)
    assert result.diff["before"]["netns_fdb"] == {f"a:e {ONE}": {"type": "dynamic"}}
    result = lab.run("netns_fdb", **OF_BRIDGE, mac=OTHER)
    assert result.diff["before"]["netns_fdb"] == {f"a:e {OTHER}": {"interface": "vx", "type": "dynamic"}}
    assert entries(lab, OTHER, "vx", "master") == [] and entries(lab, OTHER, "e", "master") == [{"state": "static"}]


def test_a_learned_entry_can_be_asked_for(lab: Lab) -> None:
    lab.sh(BRIDGE)
    lab.run("netns_fdb", **OF_BRIDGE, mac=ONE, type="dynamic")
    assert entries(lab, ONE, "e", "master") == [{"state": ""}]


def test_one_mac_on_two_ports_of_a_bridge_is_a_contradiction(lab: Lab) -> None:
    lab.sh(BRIDGE)
    msg = lab.fails(
        "topology",
        name="t",
        netns_fdb=[{**OF_BRIDGE, "mac": ONE}, {**OF_VXLAN, "mac": ONE, "master": True}],
    )
    assert msg == (
        f"netns_fdb a:vx {ONE}: netns_fdb a:e {ONE} has this MAC on another port of br0; a bridge knows a MAC once, "
        "so keep one of the two"
    )


def test_a_vlan_is_for_a_bridge_that_filters_them(lab: Lab) -> None:
    """This kernel has no such bridges."""
    lab.sh(BRIDGE)
    msg = lab.fails_for_real("netns_fdb", **OF_BRIDGE, mac=ONE, vlan=10)
    assert "the kernel says: Invalid argument" in msg and "vlan a bridge that filters VLANs" in msg


def test_where_there_are_no_such_entries(lab: Lab) -> None:
    lab.sh(BRIDGE)
    assert lab.fails("netns_fdb", namespace="a", interface="f", mac=ONE) == (
        f"netns_fdb a:f {ONE}: a:f is a port of no bridge; make it one first, or name dst on a VXLAN interface"
    )
    assert lab.fails("netns_fdb", namespace="a", interface="f", mac=ONE, dst="192.0.2.2") == (
        f"netns_fdb a:f {ONE} self: a:f is no VXLAN interface, so that entries have no dst there; leave dst out"
    )


# -- within a topology


def definition(**more: t.Any) -> dict[str, t.Any]:
    return {
        "netns": [{"name": "a"}],
        "bridge": [{"name": "br0", "namespace": "a"}],
        "veth": [{"name": "e", "namespace": "a", "peer": {"name": "f", "namespace": "a"}}],
        "bridge_port": [{"interface": "e", "bridge": "br0", "namespace": "a"}],
        "netns_fdb": [{**OF_BRIDGE, "mac": f"02:00:00:00:01:0{number}"} for number in (1, 2)],
        **more,
    }


def test_a_topology_makes_prunes_and_removes_entries(lab: Lab) -> None:
    lab.run("topology", name="t", **definition())
    for number in (1, 2):
        assert entries(lab, f"02:00:00:00:01:0{number}", "e", "master") == [{"state": "static"}]
    lab.sh(f"bridge -n a fdb add {ONE} dev e master static")
    lab.run("topology", name="t", **definition(netns_fdb=definition()["netns_fdb"][:1]))
    assert entries(lab, "02:00:00:00:01:02", "e", "master") == []
    assert entries(lab, ONE, "e", "master") == [{"state": "static"}]
    lab.run("topology", name="t", state="absent")
    assert lab.namespaces() == []


@pytest.mark.parametrize(
    "change",
    [
        {"veth": [{"name": "e", "namespace": "a", "state": "absent"}]},
        {"bridge": [{"name": "br0", "namespace": "a", "state": "absent"}]},
        {"bridge_port": [{"interface": "e", "namespace": "a", "state": "absent"}]},
        {"netns_link": [{"name": "e", "namespace": "a", "nomaster": True}]},
        {"netns_link": [{"name": "e", "from_namespace": "a"}]},
        {"netns_link": [{"name": "e", "namespace": "a", "mac": OTHER}]},
    ],
    ids=["veth", "bridge", "port", "nomaster", "moved", "mac"],
)
def test_entries_are_back_when_what_took_them_along_is_undone(lab: Lab, change: dict[str, t.Any]) -> None:
    """With them, the ones that nobody asked for."""
    lab.sh(BRIDGE)
    lab.sh("ip -n a link set vx nomaster")  # two ports get new numbers
    lab.sh(f"bridge -n a fdb add {ONE} dev e master static sticky; bridge -n a fdb add {OTHER} dev e master local")
    impossible = {"destination": "198.51.100.0/24", "gateway": "203.0.113.1", "namespace": "a"}
    msg = lab.fails_for_real("topology", name="t", **change, netns_route=[impossible])
    assert "What this run had changed was taken back" in msg
    assert lab.run("topology", name="t", **change).changed
