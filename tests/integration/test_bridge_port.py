# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bridge_port, option by option."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

# Each option with two values, and what ip calls it.
OPTIONS: list[tuple[str, t.Any, t.Any, str]] = [
    ("cost", 1, 65535, "cost"),
    ("priority", 0, 63, "priority"),
    ("hairpin", True, False, "hairpin"),
    ("isolated", True, False, "isolated"),
    ("learning", False, True, "learning"),
    ("flood", False, True, "flood"),
    ("mcast_flood", False, True, "mcast_flood"),
    ("bcast_flood", False, True, "bcast_flood"),
    ("bpdu_guard", True, False, "guard"),
    ("root_block", True, False, "root_block"),
    ("fast_leave", True, False, "fastleave"),
    ("neigh_suppress", True, False, "neigh_suppress"),
    ("proxy_arp", True, False, "proxy_arp"),
]
CABLE = (
    "ip netns add sw; ip netns add host; ip -n sw link add name br0 up type bridge;"
    "ip -n sw link add name p1 up type veth peer name eth0 netns host; ip -n host link set dev eth0 up"
)
PORT = {"namespace": "sw", "interface": "p1"}


@pytest.mark.parametrize(("option", "first", "second", "word"), OPTIONS, ids=[row[0] for row in OPTIONS])
def test_option_is_set_changed_in_place_left_alone_and_gone(
    lab: Lab, option: str, first: t.Any, second: t.Any, word: str
) -> None:
    lab.sh(CABLE)
    index = lab.index("sw", "p1")
    lab.run("bridge_port", **PORT, bridge="br0", **{option: first})
    assert lab.link("sw", "p1")["master"] == "br0"
    assert lab.port("sw", "p1")[word] == first

    result = lab.run("bridge_port", **PORT, bridge="br0", **{option: second})
    assert lab.port("sw", "p1")[word] == second
    assert len(result.commands) == 1
    assert result.diff == {
        "before": {"bridge_port": {"sw:p1": {option: first}}},
        "after": {"bridge_port": {"sw:p1": {option: second}}},
    }

    lab.unchanged("bridge_port", **PORT, bridge="br0")
    assert lab.port("sw", "p1")[word] == second

    lab.run("bridge_port", **PORT, state="absent")
    assert "master" not in lab.link("sw", "p1")
    assert lab.index("sw", "p1") == index
    lab.unchanged("bridge_port", **PORT, state="absent")


def test_all_options_in_one_run(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("bridge_port", **PORT, bridge="br0", **{row[0]: row[1] for row in OPTIONS})
    port = lab.port("sw", "p1")
    assert {row[3]: port[row[3]] for row in OPTIONS} == {row[3]: row[1] for row in OPTIONS}


@pytest.mark.parametrize("state", ["listening", "learning"])
def test_port_state_is_set_and_changed_back(lab: Lab, state: str) -> None:
    lab.sh(CABLE)
    assert eventually(lambda: "LOWER_UP" in lab.link("sw", "p1")["flags"])
    lab.run("bridge_port", **PORT, bridge="br0")
    assert eventually(lambda: lab.port("sw", "p1")["state"] == "forwarding")
    lab.run("bridge_port", **PORT, bridge="br0", port_state=state)
    assert lab.port("sw", "p1")["state"] == state
    lab.run("bridge_port", **PORT, bridge="br0", port_state="forwarding")
    assert lab.port("sw", "p1")["state"] == "forwarding"


def test_blocking_without_the_spanning_tree_is_refused_because_the_kernel_lifts_it_at_once(lab: Lab) -> None:
    lab.sh(CABLE)
    assert eventually(lambda: "LOWER_UP" in lab.link("sw", "p1")["flags"])
    assert "blocking" in lab.fails("bridge_port", **PORT, bridge="br0", port_state="blocking")


def test_port_state_under_the_spanning_tree_is_refused_with_its_reason(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n sw link set dev br0 type bridge stp_state 1; ip -n sw link set dev p1 master br0")
    msg = lab.fails_for_real("bridge_port", **PORT, bridge="br0", port_state="blocking", cost=7)
    assert msg.startswith("bridge_port sw:p1: the kernel says: ")
    assert "spanning tree" in msg


def test_absent_from_another_bridge_leaves_the_port_where_it_is(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n sw link set dev p1 master br0; ip -n sw link add name br1 type bridge")
    lab.unchanged("bridge_port", **PORT, bridge="br1", state="absent")
    lab.run("bridge_port", **PORT, bridge="br0", state="absent")


def test_absent_for_a_missing_interface_is_no_change(lab: Lab) -> None:
    lab.unchanged("bridge_port", interface="p1", state="absent")
    lab.unchanged("bridge_port", interface="p1", namespace="nowhere", state="absent")


def test_a_port_moves_from_one_bridge_to_the_other_with_the_options_asked_for(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n sw link add name br1 type bridge")
    lab.run("bridge_port", **PORT, bridge="br0", cost=7, hairpin=True)
    index = lab.index("sw", "p1")
    result = lab.run("bridge_port", **PORT, bridge="br1", cost=7)
    assert lab.link("sw", "p1")["master"] == "br1"
    assert lab.port("sw", "p1")["cost"] == 7
    assert lab.index("sw", "p1") == index
    assert result.diff["before"]["bridge_port"]["sw:p1"] == {"bridge": "br0"}


def test_a_master_that_is_no_bridge_is_an_error(lab: Lab) -> None:
    lab.sh(CABLE)
    assert "sw:lo is no bridge" in lab.fails("bridge_port", **PORT, bridge="lo")


def test_a_missing_bridge_or_interface_is_an_error_naming_it(lab: Lab) -> None:
    lab.sh(CABLE)
    for options, missing in (({"bridge": "br9"}, "sw:br9"), ({"bridge": "br0", "interface": "p9"}, "sw:p9")):
        msg = lab.fails_missing("bridge_port", **{**PORT, **options})
        assert f"there is no interface {missing}" in msg


def has_vlan_filtering(lab: Lab) -> bool:
    bridge = "ip -n sw link set dev br0 type bridge"
    return lab.can(f"{bridge} vlan_filtering 1", f"{bridge} vlan_filtering 0")


def test_vlans_are_set_changed_left_alone_and_gone_where_the_kernel_has_them(lab: Lab) -> None:
    lab.sh(CABLE)
    if not has_vlan_filtering(lab):
        pytest.skip("this kernel has no VLAN filtering in bridges (CONFIG_BRIDGE_VLAN_FILTERING)")

    def vlans() -> t.Any:
        return json.loads(lab.alone("bridge -n sw -j vlan show dev p1"))[0].get("vlans", [])

    first = [{"vid": "10", "pvid": True, "untagged": True}, {"vid": "20-30"}]
    lab.run("bridge_port", **PORT, bridge="br0", vlans=first)
    assert vlans() == [{"vlan": 10, "flags": ["PVID", "Egress Untagged"]}, {"vlan": 20, "vlanEnd": 30}]
    result = lab.run("bridge_port", **PORT, bridge="br0", vlans=[{"vid": "10"}, {"vid": "25", "pvid": True}])
    assert result.diff["before"]["bridge_port"]["sw:p1"]["vlans"][1] == {"vid": "20-30"}
    lab.unchanged("bridge_port", **PORT, bridge="br0")
    lab.run("bridge_port", **PORT, bridge="br0", vlans=[])
    assert vlans() == []


def test_a_vlan_aware_bridge_separates_two_groups_of_ports(lab: Lab) -> None:
    lab.sh(CABLE)
    if not has_vlan_filtering(lab):
        pytest.skip("this kernel has no VLAN filtering in bridges (CONFIG_BRIDGE_VLAN_FILTERING)")
    lab.run("topology", name="groups", **groups([{"vid": "10", "pvid": True, "untagged": True}], vlan_filtering=True))
    assert "1 received" in lab.alone("ip netns exec h1 ping -c 1 -W 2 10.0.0.2")
    assert "1 received" in lab.alone("ip netns exec h3 ping -c 1 -W 2 10.0.0.4")
    assert "0 received" in lab.alone("ip netns exec h1 ping -c 1 -W 1 10.0.0.3 || :")


def groups(vlans: list[Json], **bridge: t.Any) -> dict[str, list[Json]]:
    """Four hosts on a bridge, the first two with these VLANs."""
    return {
        "netns": [{"name": "sw1"}, *({"name": f"h{number}"} for number in range(1, 5))],
        "bridge": [{"name": "br0", "namespace": "sw1", **bridge}],
        "veth": [
            {"name": f"p{number}", "namespace": "sw1", "peer": {"name": "eth0", "namespace": f"h{number}"}}
            for number in range(1, 5)
        ],
        "bridge_port": [
            {"interface": f"p{number}", "namespace": "sw1", "bridge": "br0", **({"vlans": vlans} if number < 3 else {})}
            for number in range(1, 5)
        ],
        "netns_address": [
            {"namespace": f"h{number}", "interface": "eth0", "address": f"10.0.0.{number}/24"} for number in range(1, 5)
        ],
    }


def test_vlans_on_a_kernel_without_vlan_filtering_are_a_clear_error(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n sw link set dev p1 master br0")
    if has_vlan_filtering(lab):
        pytest.skip("this kernel has VLAN filtering in bridges")
    msg = lab.fails_for_real("bridge_port", **PORT, bridge="br0", cost=7, vlans=[{"vid": "10"}])
    assert msg.startswith("bridge_port sw:p1: the kernel says: Operation not supported")
    assert "no VLAN filtering in bridges (CONFIG_BRIDGE_VLAN_FILTERING)" in msg
    lab.run("bridge_port", **PORT, bridge="br0", vlans=[])


def test_isolation_is_switched_on_and_off_in_place(lab: Lab) -> None:
    lab.sh(
        CABLE + "; ip -n host address add 10.0.0.1/24 dev eth0; ip netns add other;"
        "ip -n sw link add name p2 up type veth peer name eth0 netns other; ip -n other link set dev eth0 up;"
        "ip -n other address add 10.0.0.2/24 dev eth0"
    )
    for isolated, received in ((False, 1), (True, 0), (False, 1)):
        ports = [{**PORT, "interface": name, "bridge": "br0", "isolated": isolated} for name in ("p1", "p2")]
        lab.run("topology", name="isolation", bridge_port=ports)
        assert eventually(lambda: lab.port("sw", "p2")["state"] == "forwarding")
        found = lab.alone("ip netns exec host ping -c 1 -W 1 10.0.0.2 || :")
        assert f"{received} received" in found


def test_a_port_that_is_disabled_stays_so(lab: Lab) -> None:
    lab.sh(CABLE)
    assert eventually(lambda: "LOWER_UP" in lab.link("sw", "p1")["flags"])
    lab.run("bridge_port", **PORT, bridge="br0", port_state="disabled")
    assert lab.port("sw", "p1")["state"] == "disabled"
