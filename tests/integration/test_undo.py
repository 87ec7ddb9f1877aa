# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that fails halfway leaves the host exactly as it was: indexes, MACs, inodes, order of addresses and all."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab

Sections = dict[str, list[dict[str, t.Any]]]

# A lab made by others, with something of everything that a run could lose. (A bridge without ports and without a MAC
# given to it has a random one until it loses its first port; nothing brings that one back.)
LAB = """
ip netns add a1; ip netns add a2; ip netns add sw; ip netns add empty
ip -n a1 link set dev lo up
ip -n empty link set dev lo up; ip -n empty link set dev lo down
ip -n sw link add name br0 up type bridge priority 4096 ageing_time 1000
ip -n sw link add name br1 address 02:00:00:00:00:b1 up type bridge
ip -n sw link add name p1 mtu 1400 txqueuelen 77 up type veth peer name eth0 netns a1
ip -n a1 link set dev eth0 up
ip -n sw link set dev p1 master br0
ip -n sw link set dev p1 type bridge_slave cost 7 hairpin on
ip -n a1 address add 10.0.0.1/24 dev eth0 broadcast + label eth0:x metric 7
ip -n a1 address add 10.0.0.2/24 dev eth0
ip -n a1 address add 10.0.0.3/24 dev eth0 noprefixroute
ip -n a1 address add 192.0.2.1 peer 192.0.2.2/32 dev eth0 valid_lft 9000 preferred_lft 8000
ip -n a1 address add 2001:db8::1/64 dev eth0 nodad
ip -n a1 address add 2001:db8::2/64 dev eth0 nodad valid_lft 9000 preferred_lft 0
ip -n a1 address add 2001:db8::3 peer 2001:db8::4/128 dev eth0 nodad noprefixroute
ip -n a1 route add default via 10.0.0.254
ip -n a1 route add 2001:db8:5::/48 via 2001:db8::ff
ip -n a1 route add blackhole 198.51.100.0/24
ip link add name host up type veth peer name eth1 netns a2
ip -n a2 link set dev eth1 up alias uplink
ip link set dev host alias down
ip address add 10.1.0.1/24 dev host
ip -n a2 address add 10.1.0.2/24 dev eth1
ip -n a2 address add 2001:db8:1::2/64 dev eth1 nodad
ip link add name left type veth peer name right
"""
# Refused by the kernel alone, and late: a bridge cannot be a port of a bridge.
FAILURE: Sections = {
    "netns": [{"name": "late"}],
    "bridge": [{"name": "outer", "namespace": "late"}, {"name": "inner", "namespace": "late"}],
    "bridge_port": [{"bridge": "outer", "interface": "inner", "namespace": "late"}],
}
# What the run does before it fails.
CHANGES: dict[str, Sections] = {
    "makes a namespace": {"netns": [{"name": "new"}]},
    "makes cables": {
        "netns": [{"name": "new"}],
        "veth": [
            {"name": "x1", "namespace": "new", "peer": {"name": "x2", "namespace": "a1"}},
            {"name": "x3", "peer": {"name": "x4", "namespace": "a2"}},
            {"name": "x5", "peer": {"name": "x6"}},
        ],
    },
    "makes a bridge, ports and addresses": {
        "bridge": [{"name": "br5", "namespace": "sw", "stp": True}],
        "veth": [{"name": "x1", "namespace": "sw", "peer": {"name": "x2", "namespace": "a1"}}],
        "bridge_port": [{"bridge": "br5", "interface": "x1", "namespace": "sw", "cost": 5}],
        "netns_address": [
            {"address": "10.5.0.1/24", "interface": "x2", "namespace": "a1"},
            {"address": "2001:db8:5::1/64", "interface": "x2", "namespace": "a1"},
        ],
    },
    "sets the loopback up": {"netns": [{"name": "empty", "loopback": True}]},
    "sets the loopback down": {"netns": [{"name": "a1", "loopback": False}]},
    "deletes a namespace with everything in it": {"netns": [{"name": "a1", "state": "absent"}]},
    "deletes namespaces with a cable between them": {
        "netns": [{"name": "a1", "state": "absent"}, {"name": "sw", "state": "absent"}]
    },
    "deletes a namespace and makes it anew": {"netns": [{"name": "empty", "state": "absent"}]},
    "deletes a cable with its addresses, routes and port": {
        "veth": [{"name": "eth0", "namespace": "a1", "state": "absent"}]
    },
    "deletes the same cable by its other end": {"veth": [{"name": "p1", "namespace": "sw", "state": "absent"}]},
    "deletes a cable of the host": {"veth": [{"name": "host", "state": "absent"}]},
    "deletes a cable within the host": {"veth": [{"name": "left", "state": "absent"}]},
    "deletes a bridge with its port": {"bridge": [{"name": "br0", "namespace": "sw", "state": "absent"}]},
    "takes a port off": {"bridge_port": [{"interface": "p1", "namespace": "sw", "state": "absent"}]},
    "puts a port on another bridge": {
        "bridge_port": [{"bridge": "br1", "interface": "p1", "namespace": "sw", "cost": 9, "isolated": True}]
    },
    "changes a port": {
        "bridge_port": [{"bridge": "br0", "interface": "p1", "namespace": "sw", "cost": 9, "learning": False}]
    },
    "changes a bridge": {
        "bridge": [
            {"name": "br0", "namespace": "sw", "priority": 1, "ageing_time": 5, "mtu": 1300, "up": False, "stp": True}
        ]
    },
    "moves an end with its addresses and routes": {
        "veth": [{"name": "eth0", "namespace": "empty", "peer": {"name": "p1", "namespace": "sw"}}]
    },
    "moves a port off its bridge": {
        "veth": [{"name": "eth0", "namespace": "a1", "peer": {"name": "p1", "namespace": "empty"}}]
    },
    "moves both ends": {"veth": [{"name": "left", "namespace": "a1", "peer": {"name": "right", "namespace": "a2"}}]},
    "moves a link to where its index is taken": {
        "netns_link": [{"name": "eth0", "namespace": "a2", "from_namespace": "a1", "up": True}]
    },
    "sets an end down": {
        "veth": [{"name": "eth0", "namespace": "a1", "up": False, "peer": {"name": "p1", "namespace": "sw"}}]
    },
    "changes an end": {
        "veth": [
            {
                "name": "eth0",
                "namespace": "a1",
                "mac": "02:00:00:00:00:77",
                "mtu": 1450,
                "peer": {"name": "p1", "namespace": "sw", "mac": "02:00:00:00:00:78", "mtu": 1451},
            }
        ]
    },
    "changes an MTU to one too small for IPv6": {"netns_link": [{"name": "eth0", "namespace": "a1", "mtu": 576}]},
    "changes everything of a link": {
        "netns_link": [
            {
                "name": "eth1",
                "namespace": "a2",
                "alias": "x",
                "txqueuelen": 5,
                "promisc": True,
                "arp": False,
                "addrgenmode": "none",
                "mac": "02:00:00:00:00:79",
                "mtu": 1450,
            }
        ]
    },
    "sets a link down": {"netns_link": [{"name": "eth1", "namespace": "a2", "up": False}]},
    "gives a link a master": {"netns_link": [{"name": "left", "master": "br9"}], "bridge": [{"name": "br9"}]},
    "takes a master": {"netns_link": [{"name": "p1", "namespace": "sw", "nomaster": True}]},
    "deletes a primary address": {
        "netns_address": [{"address": "10.0.0.1/24", "interface": "eth0", "namespace": "a1", "state": "absent"}]
    },
    "deletes a secondary address": {
        "netns_address": [{"address": "10.0.0.2/24", "interface": "eth0", "namespace": "a1", "state": "absent"}]
    },
    "deletes an IPv6 address": {
        "netns_address": [{"address": "2001:db8::1/64", "interface": "eth0", "namespace": "a1", "state": "absent"}]
    },
    "deletes an address with a peer": {
        "netns_address": [
            {"address": "192.0.2.1", "peer": "192.0.2.2", "interface": "eth0", "namespace": "a1", "state": "absent"}
        ]
    },
    "changes a primary address": {
        "netns_address": [
            {"address": "10.0.0.1/24", "interface": "eth0", "namespace": "a1", "label": "eth0:y", "metric": 9}
        ]
    },
    "changes an IPv6 address in place": {
        "netns_address": [{"address": "2001:db8::1/64", "interface": "eth0", "namespace": "a1", "metric": 5}]
    },
    "changes an IPv6 address to another length": {
        "netns_address": [{"address": "2001:db8::1/48", "interface": "eth0", "namespace": "a1"}]
    },
    "adds a route and replaces another": {
        "netns_route": [
            {"destination": "default", "gateway": "10.0.0.253", "namespace": "a1"},
            {"destination": "203.0.113.0/24", "gateway": "10.0.0.252", "namespace": "a1"},
        ]
    },
    "deletes a route": {"netns_route": [{"destination": "default", "namespace": "a1", "state": "absent"}]},
}


def merged(*parts: Sections) -> Sections:
    result: Sections = {}
    for part in parts:
        for section, items in part.items():
            result[section] = [*result.get(section, []), *items]
    return result


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_failing_run_has_done_is_taken_back(lab: Lab, change: str) -> None:
    lab.alone(LAB)
    # The change is one, and would succeed by itself: the check run tells.
    assert lab.check("topology", name="lab", **CHANGES[change]).changed
    msg = lab.fails_for_real("topology", name="lab", **merged(CHANGES[change], FAILURE))
    assert msg.startswith("bridge_port late:inner: the kernel says: ")
    assert msg.endswith("What this run had changed was taken back")


def test_all_of_it_at_once_is_taken_back(lab: Lab) -> None:
    lab.alone(LAB)
    together = [
        "makes cables",
        "makes a bridge, ports and addresses",
        "sets the loopback up",
        "deletes a cable of the host",
        "puts a port on another bridge",
        "changes everything of a link",
        "changes a primary address",
        "deletes an IPv6 address",
        "moves both ends",
    ]
    definition = merged(*(CHANGES[change] for change in together), FAILURE)
    definition["netns_link"] = []
    lab.fails_for_real("topology", name="lab", **definition)


def test_the_run_that_follows_a_failure_does_the_whole(lab: Lab) -> None:
    lab.sh(LAB)
    lab.fails_for_real("topology", name="lab", **merged(CHANGES["makes cables"], FAILURE))
    lab.run("topology", name="lab", **CHANGES["makes cables"])
    lab.fails_for_real(
        "topology",
        name="lab",
        **merged(CHANGES["makes cables"], FAILURE),
    )
    lab.unchanged("topology", name="lab", **CHANGES["makes cables"])


def test_a_name_that_something_foreign_answers_to_fails_the_last_cable_and_undoes_the_first_ones(lab: Lab) -> None:
    # An alternative name is not in the list of names.
    lab.alone("ip netns add a1; ip link add name foreign type bridge; ip link property add dev foreign altname v9")
    cables = [{"name": f"v{number}", "peer": {"name": f"e{number}", "namespace": "a1"}} for number in range(10)]
    msg = lab.fails_for_real("topology", name="lab", veth=cables)
    assert msg.startswith("veth v9: the kernel says: File exists")
    assert "v9 or e9 is taken by something else" in msg


def test_a_name_that_is_seen_to_be_taken_fails_before_anything_is_touched(lab: Lab) -> None:
    lab.alone("ip netns add a1; ip link add name v9 type bridge")
    cables = [{"name": f"v{number}", "peer": {"name": f"e{number}", "namespace": "a1"}} for number in range(10)]
    msg = lab.fails("topology", name="lab", veth=cables)
    assert msg.startswith("veth v9: v9 exists and is a bridge, not a veth")


def test_a_move_to_where_the_name_is_taken_moves_nothing_else(lab: Lab) -> None:
    lab.alone(
        "ip netns add a1; ip link add name eth0 type veth peer name eth1; ip netns exec a1 true;"
        "ip -n a1 link add name foreign type bridge; ip -n a1 link property add dev foreign altname eth0"
    )
    msg = lab.fails_for_real("veth", name="eth0", namespace="a1", peer={"name": "eth1"})
    assert "the name eth0 is taken in a1" in msg
    assert "Not everything" not in msg


def test_a_failing_module_by_itself_undoes_its_own_steps(lab: Lab) -> None:
    lab.alone("ip link add name br0 address 02:00:00:00:00:b0 type bridge; ip link add name x type veth peer y")
    # The port is put on the bridge, then the kernel refuses a state without carrier.
    msg = lab.fails_for_real("bridge_port", interface="x", bridge="br0", port_state="listening")
    assert "a port without carrier can only be disabled" in msg
