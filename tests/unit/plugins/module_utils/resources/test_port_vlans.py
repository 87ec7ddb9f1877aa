# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.netns.lab.plugins.module_utils._resources._port_vlans import (
    change_vlans,
    key_of_vlans,
    told_vlans,
    vlan_commands,
    vlans_of,
)
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    as_tuple,
    bridge,
    change,
    host,
    item,
    pair,
    planned,
    port,
    steps,
)

KEY = key_of_vlans("sw", "p1")
PVID, UNTAGGED, BEGIN, END = 2, 4, 8, 16


def vlan(vid: str, pvid: bool = False, untagged: bool = False) -> dict[str, object]:
    return {"vid": vid, "pvid": pvid, "untagged": untagged}


def test_what_users_write_is_spelled_out_and_back() -> None:
    found = vlans_of([vlan("20-22"), vlan("10", pvid=True, untagged=True), vlan("23")])
    assert found == {10: PVID | UNTAGGED, 20: 0, 21: 0, 22: 0, 23: 0}
    assert told_vlans(found) == [{"vid": "10", "pvid": True, "untagged": True}, {"vid": "20-23"}]


@pytest.mark.parametrize("vid", ["", "0", "4095", "10-", "-10", "20-10", "a", "1-2-3", "\u0661"])
def test_what_is_no_vlan_is_refused(vid: str) -> None:
    with pytest.raises(ValueError, match="vid"):
        vlans_of([vlan(vid)])


def test_one_request_deletes_and_another_adds_in_ranges() -> None:
    first, second = change_vlans(KEY, {1: PVID | UNTAGGED, 5: 0}, {5: UNTAGGED, 10: 0, 11: 0, 12: 0})
    namespace, kind, _flags, header, attrs = as_tuple(first)
    assert (namespace, kind, header["family"]) == ("sw", 17, 7)
    assert attrs == [("IFLA_AF_SPEC", {"attrs": [("IFLA_BRIDGE_VLAN_INFO", {"flags": 0, "vid": 1})]})]
    assert as_tuple(second)[1] == 19
    assert [info for _name, info in as_tuple(second)[4][0][1]["attrs"]] == [
        {"flags": UNTAGGED, "vid": 5},
        {"flags": BEGIN, "vid": 10},
        {"flags": END, "vid": 12},
    ]
    undone = [as_tuple(step) for step in first.undo]
    assert [request[1] for request in undone] == [17, 19]
    assert [info for _name, info in undone[1][4][0][1]["attrs"]] == [
        {"flags": PVID | UNTAGGED, "vid": 1},
        {"flags": 0, "vid": 5},
    ]


def test_the_same_as_commands() -> None:
    assert vlan_commands(KEY, {1: PVID | UNTAGGED}, {10: 0, 11: 0, 12: PVID}) == [
        ["bridge", "-n", "sw", "vlan", "delete", "dev", "p1", "vid", "1"],
        ["bridge", "-n", "sw", "vlan", "add", "dev", "p1", "vid", "10-11"],
        ["bridge", "-n", "sw", "vlan", "add", "dev", "p1", "vid", "12", "pvid"],
    ]


def test_a_new_port_leaves_the_bridges_default_vlan() -> None:
    there = host(bridge("br0", vlan_default_pvid=7), pair("p1", "p2"))
    plan = planned(there, item("bridge_port", interface="p1", bridge="br0", vlans=[{"vid": "10"}]))
    assert plan.commands == [
        "ip link set dev p1 master br0",
        "bridge vlan delete dev p1 vid 7",
        "bridge vlan add dev p1 vid 10",
    ]
    assert change(plan) == (None, {"bridge": "br0", "vlans": [{"vid": "10"}]})


def test_vlans_that_are_not_given_are_left_alone() -> None:
    there = host(bridge("br0"), pair("p1", "p2"), port("p1", "br0"))
    assert not steps(planned(there, item("bridge_port", interface="p1", bridge="br0")))
