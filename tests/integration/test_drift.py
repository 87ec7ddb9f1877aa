# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody changed by hand is put right, in place, and nothing else is touched."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute

# A switch with a member and an uplink to the own namespace. Every MAC is given, so that a cable made anew is equal.
DEFINITION: dict[str, t.Any] = {
    "name": "lab",
    "netns": [{"name": "sw"}, {"name": "h1"}, {"name": "h2"}],
    "bridge": [{"name": "br0", "namespace": "sw", "mac": "02:00:00:00:00:01", "priority": 4096}],
    "veth": [
        {
            "name": "p1",
            "namespace": "sw",
            "mac": "02:00:00:00:00:02",
            "mtu": 1500,
            "peer": {"name": "eth0", "namespace": "h1", "mac": "02:00:00:00:00:03", "mtu": 1500},
        },
        {
            "name": "up0",
            "mac": "02:00:00:00:00:04",
            "peer": {"name": "p0", "namespace": "sw", "mac": "02:00:00:00:00:05"},
        },
    ],
    "bridge_port": [
        {"bridge": "br0", "interface": "p0", "namespace": "sw"},
        {"bridge": "br0", "interface": "p1", "namespace": "sw", "cost": 10, "hairpin": True},
    ],
    "netns_address": [
        {"address": "10.0.0.1/24", "interface": "eth0", "namespace": "h1"},
        {"address": "2001:db8::1/64", "interface": "eth0", "namespace": "h1", "nodad": True},
        {"address": "10.0.0.254/24", "interface": "up0"},
    ],
}
ADDRESSES = [
    "ip -n h1 address add 10.0.0.1/24 dev eth0",
    "ip -n h1 address add 2001:db8::1/64 dev eth0 nodad",
]
PORT = ["ip -n sw link set dev p1 master br0", "ip -n sw link set dev p1 type bridge_slave cost 10 hairpin on"]
CABLE = [
    "ip -n sw link add name p1 address 02:00:00:00:00:02 mtu 1500 "
    "type veth peer name eth0 address 02:00:00:00:00:03 mtu 1500 netns h1",
    "ip -n sw link set dev p1 up",
    "ip -n h1 link set dev eth0 up",
]
BRIDGE = "ip -n sw link add name br0 address 02:00:00:00:00:01 up type bridge priority 4096"

# By hand, and the commands that mend it in place.
DRIFTS: dict[str, tuple[str, list[str]]] = {
    "an address is gone": ("ip -n h1 address delete 10.0.0.1/24 dev eth0", ADDRESSES[:1]),
    "an address of the host is gone": (
        "ip address delete 10.0.0.254/24 dev up0",
        ["ip address add 10.0.0.254/24 dev up0"],
    ),
    "an end is down and has lost its IPv6 address": (
        "ip -n h1 link set dev eth0 down",
        ["ip -n h1 link set dev eth0 up", ADDRESSES[1]],
    ),
    "the port of a cable is down": ("ip -n sw link set dev p1 down", ["ip -n sw link set dev p1 up"]),
    "an end of the host is down": ("ip link set dev up0 down", ["ip link set dev up0 up"]),
    "the bridge is down": ("ip -n sw link set dev br0 down", ["ip -n sw link set dev br0 up"]),
    "the loopback is down": ("ip -n h1 link set dev lo down", ["ip -n h1 link set dev lo up"]),
    "an MTU is another": ("ip -n h1 link set dev eth0 mtu 1400", ["ip -n h1 link set dev eth0 mtu 1500"]),
    "a MAC is another": (
        "ip -n h1 link set dev eth0 address 02:00:00:00:00:99",
        ["ip -n h1 link set dev eth0 address 02:00:00:00:00:03"],
    ),
    "a bridge's priority is another": (
        "ip -n sw link set dev br0 type bridge priority 1",
        ["ip -n sw link set dev br0 type bridge priority 4096"],
    ),
    "a port's cost is another": (
        "ip -n sw link set dev p1 type bridge_slave cost 99",
        ["ip -n sw link set dev p1 type bridge_slave cost 10"],
    ),
    "a port's hairpin is off": (
        "ip -n sw link set dev p1 type bridge_slave hairpin off",
        ["ip -n sw link set dev p1 type bridge_slave hairpin on"],
    ),
    "a port is off its bridge": ("ip -n sw link set dev p1 nomaster", PORT),
    "an end was moved to the host": (
        "ip -n h1 link set dev eth0 netns $$",
        ["ip link set dev eth0 netns h1", "ip -n h1 link set dev eth0 up", *ADDRESSES],
    ),
    "an end was moved to another namespace": (
        "ip -n h1 link set dev eth0 netns h2",
        ["ip -n h2 link set dev eth0 netns h1", "ip -n h1 link set dev eth0 up", *ADDRESSES],
    ),
    "a port was moved to the host": (
        "ip -n sw link set dev p1 netns $$",
        ["ip link set dev p1 netns sw", "ip -n sw link set dev p1 up", *PORT],
    ),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_repaired_in_place_and_nothing_else_is_touched(lab: Lab, drift: str) -> None:
    by_hand, mending = DRIFTS[drift]
    lab.run("topology", **DEFINITION)
    before = lab.exact_network()
    lab.sh(by_hand)
    assert lab.exact_network() != before
    result = lab.run("topology", **DEFINITION)
    assert result.commands == mending
    # To the last index.
    lab.same(before, lab.exact_network(), "the drift was repaired")


# What is gone is made anew, with all that hung on it.
LOSSES: dict[str, tuple[str, list[str]]] = {
    "a cable": ("ip -n sw link delete dev p1", [*CABLE, *PORT, *ADDRESSES]),
    "a bridge": (
        "ip -n sw link delete dev br0",
        [BRIDGE, "ip -n sw link set dev p0 master br0", *PORT],
    ),
    "a namespace": (
        "ip netns delete h1",
        ["ip netns add h1", "ip -n h1 link set dev lo up", *CABLE, *PORT, *ADDRESSES],
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_gone_is_made_again_with_all_that_hung_on_it(lab: Lab, loss: str) -> None:
    by_hand, mending = LOSSES[loss]
    lab.run("topology", **DEFINITION)
    before = lab.comparable()
    lab.sh(by_hand)
    result = lab.run("topology", **DEFINITION)
    assert sorted(result.commands) == sorted(mending)
    lab.same(before, lab.comparable(), "the loss was made good")


def test_what_others_have_added_stays(lab: Lab) -> None:
    lab.run("topology", **DEFINITION)
    lab.sh(
        "ip netns add other; ip -n h1 address add 10.9.9.9/24 dev eth0; ip -n sw link add name br9 type bridge;"
        "ip link add name x type veth peer name y netns other; ip -n h1 link set dev eth0 alias mine txqueuelen 77"
    )
    before = lab.exact()
    lab.unchanged("topology", **DEFINITION)
    lab.sh("ip -n h1 link set dev eth0 mtu 1400")
    assert lab.run("topology", **DEFINITION).commands == ["ip -n h1 link set dev eth0 mtu 1500"]
    lab.same(before, lab.exact(), "only the MTU was mended")


def test_several_drifts_at_once_are_repaired_at_once(lab: Lab) -> None:
    lab.run("topology", **DEFINITION)
    before = lab.exact()
    drifts = [
        "a MAC is another",
        "a port's cost is another",
        "the loopback is down",
        "a bridge's priority is another",
        "an address of the host is gone",
    ]
    for drift in drifts:
        lab.sh(DRIFTS[drift][0])
    result = lab.run("topology", **DEFINITION)
    assert sorted(result.commands) == sorted(command for drift in drifts for command in DRIFTS[drift][1])
    lab.same(before, lab.exact(), "the drifts were repaired")


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_seen_and_repaired_by_the_modules_one_by_one_too(lab: Lab, drift: str) -> None:
    execute("topology", DEFINITION)
    before = lab.comparable()
    lab.alone(DRIFTS[drift][0])
    commands = []
    for section in ("netns", "bridge", "veth", "bridge_port", "netns_address"):
        for item in DEFINITION[section]:
            commands += execute(section, item).commands
    assert commands == DRIFTS[drift][1]
    lab.same(before, lab.comparable(), "the drift was repaired")
