# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vxlan, option by option, and what it carries."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

# A wire for the underlay, and nothing else.
WIRE = (
    "ip netns add u; ip netns add s; ip -n u link add name e0 up type veth peer name e1 netns s;"
    "ip -n s link set dev e1 up; ip -n u address add 10.0.0.1/24 dev e0; ip -n s address add 10.0.0.2/24 dev e1;"
)
WHERE = {"name": "vx0", "namespace": "u", "vni": 5}
# Each option with two values, what ip calls it, and whether the second value takes a new link.
OPTIONS: list[tuple[str, t.Any, t.Any, str, bool]] = [
    ("local", "10.0.0.1", "10.0.0.9", "local", False),
    ("remote", "10.0.0.2", "10.0.0.3", "remote", False),
    ("dev", "e0", "e9", "link", False),
    ("ttl", 5, 255, "ttl", False),
    ("tos", 4, 1, "tos", False),
    ("df", "set", "inherit", "df", False),
    ("learning", False, True, "learning", False),
    ("ageing", 60, 4294967, "ageing", False),
    ("port", 8472, 65535, "port", True),
    ("limit", 10, 20, "limit", True),
    ("proxy", True, False, "proxy", True),
    ("rsc", True, False, "rsc", True),
    ("l2miss", True, False, "l2miss", True),
    ("l3miss", True, False, "l3miss", True),
    ("udp_checksum", False, True, "udp_csum", True),
    ("udp6_zero_checksum_tx", True, False, "udp_zero_csum6_tx", True),
    ("udp6_zero_checksum_rx", True, False, "udp_zero_csum6_rx", True),
]


def data(lab: Lab, namespace: str = "u") -> Json:
    return t.cast(Json, lab.link(namespace, "vx0")["linkinfo"]["info_data"])


def told(lab: Lab, word: str) -> t.Any:
    # ip leaves out what is off, in places.
    return {"0x4": 4, "0x1": 1}.get(found := data(lab).get(word, False), found)


@pytest.mark.parametrize(("option", "first", "second", "word", "is_anew"), OPTIONS, ids=[row[0] for row in OPTIONS])
def test_option_is_set_changed_left_alone_and_gone(
    lab: Lab, option: str, first: t.Any, second: t.Any, word: str, is_anew: bool
) -> None:
    lab.sh(WIRE + "ip -n u link add name e9 up type veth peer name e8")
    lab.run("vxlan", **WHERE, **{option: first})
    assert told(lab, word) == first
    assert lab.is_up("u", "vx0")
    assert data(lab)["port"] == (first if option == "port" else 4789)
    index = lab.index("u", "vx0")

    result = lab.run("vxlan", **WHERE, **{option: second})
    assert told(lab, word) == second
    assert (lab.index("u", "vx0") != index) == is_anew
    assert result.diff == {
        "before": {"vxlan": {"u:vx0": {option: first}}},
        "after": {"vxlan": {"u:vx0": {option: second}}},
    }
    lab.unchanged("vxlan", **WHERE)
    lab.run("vxlan", **WHERE, state="absent")
    assert "vx0" not in lab.links("u")
    lab.unchanged("vxlan", **WHERE, state="absent")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"remote": "10.0.0.2"}, {"group": "239.1.1.1", "dev": "e0"}),
        ({"local": "10.0.0.1"}, {"local": "2001:db8::1", "remote": "2001:db8::2"}),
        ({"vni": 5}, {"vni": 16777215}),
        ({"mtu": 1300, "mac": "02:00:00:00:00:01"}, {"mtu": 1400, "mac": "02:00:00:00:00:02", "ttl": 3, "up": False}),
    ],
)
def test_from_one_to_the_other_and_back(lab: Lab, first: Json, second: Json) -> None:
    lab.sh(WIRE)
    for options in (first, second, first):
        lab.run("vxlan", **{**WHERE, **options})
    assert data(lab)["id"] == 5


def test_a_link_made_anew_keeps_what_hung_on_it_and_what_it_was_given(lab: Lab) -> None:
    lab.sh(
        WIRE + "ip -n u link add name vx0 address 02:00:00:00:00:07 type vxlan id 5 dstport 4789 remote 10.0.0.2"
        " dev e0;"
        "ip -n u link set dev vx0 up alias 'to s' txqueuelen 7 mtu 1280; ip -n u address add 10.1.0.1/24 dev vx0;"
        "ip -n u route add 10.2.0.0/16 via 10.1.0.9 dev vx0;"
        "ip -n u link add name br0 up type bridge; ip -n u link set dev vx0 master br0;"
        "ip -n u link set dev vx0 type bridge_slave cost 7"
    )
    lab.run("vxlan", **{**WHERE, "vni": 6})
    link = lab.link("u", "vx0")
    assert link["linkinfo"]["info_data"]["id"] == 6
    assert link["linkinfo"]["info_data"]["remote"] == "10.0.0.2"
    assert (link["address"], link["ifalias"], link["txqlen"], link["mtu"]) == ("02:00:00:00:00:07", "to s", 7, 1280)
    assert link["master"] == "br0" and lab.port("u", "vx0")["cost"] == 7
    assert lab.addresses("u", "vx0")[0]["local"] == "10.1.0.1"
    assert lab.ip("u", "route", "show", "10.2.0.0/16")[0]["gateway"] == "10.1.0.9"


def test_the_underlay_is_another_namespace_whatever_names_and_indexes_there_are(lab: Lab) -> None:
    lab.sh(WIRE + "ip -n u link add name other up type veth peer name other2 netns s")
    options = {"name": "vx0", "namespace": "s", "vni": 5, "underlay_namespace": "u", "dev": "e0"}
    result = lab.run("vxlan", **options, remote="10.0.0.2")
    assert result.commands == [
        "ip -n u link add name vx0 netns s up type vxlan id 5 remote 10.0.0.2 dstport 4789 dev e0"
    ]
    assert lab.link("s", "vx0")["link_netnsid"] is not None
    lab.run("vxlan", **options, remote="10.0.0.3", ttl=9)
    lab.run("vxlan", **{**options, "vni": 6})
    # From its own namespace it is another link.
    lab.run("vxlan", name="vx0", namespace="s", vni=6)
    assert "link_netnsid" not in lab.link("s", "vx0")
    lab.run("vxlan", name="vx0", namespace="s", state="absent")


def test_a_name_that_the_underlay_has_as_well_is_no_obstacle(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.alone("ip -n u link add name vx0 type bridge")
    without = {"replay": "ip takes the name of the underlay's link for the one to make"}
    lab.run("vxlan", without, name="vx0", namespace="s", vni=5, underlay_namespace="u")
    assert lab.link("u", "vx0")["linkinfo"]["info_kind"] == "bridge"


def test_the_own_namespace_is_the_underlay_of_a_named_one(lab: Lab) -> None:
    lab.sh("ip netns add s; ip link set dev lo up; ip address add 10.0.0.1/32 dev lo")
    options = {"name": "vx0", "namespace": "s", "vni": 5, "underlay_namespace": "", "local": "10.0.0.1"}
    lab.run("vxlan", **options)
    lab.run("vxlan", **options, state="absent")


def test_it_goes_with_its_underlay_and_comes_back_when_that_fails(lab: Lab) -> None:
    definition: dict[str, list[Json]] = {
        "netns": [{"name": "u"}, {"name": "s"}],
        "bridge": [{"name": "br0", "namespace": "s"}],
        "veth": [{"name": "e0", "namespace": "u", "peer": {"name": "e1"}}],
        "vxlan": [
            {"name": "vx0", "namespace": "s", "vni": 5, "underlay_namespace": "u", "dev": "e0", "remote": "10.0.0.2"},
            {"name": "vx1", "namespace": "u", "vni": 6},
        ],
        "bridge_port": [{"interface": "vx0", "namespace": "s", "bridge": "br0"}],
    }
    lab.run("topology", name="over", **definition)
    assert lab.link("s", "vx0")["master"] == "br0"
    # A port of the kind that the kernel refuses, last of all.
    bad = {"name": "refused", "link": "br9", "namespace": "s", "id": 5}
    broken = {**definition, "veth": [], "vxlan": definition["vxlan"][1:], "bridge_port": []}
    assert "CONFIG_VLAN_8021Q" in lab.fails_for_real(
        "topology", name="over", **{**broken, "bridge": [*definition["bridge"], {"name": "br9", "namespace": "s"}]},
        vlan=[bad],
    )
    lab.run("topology", name="over", **broken)
    assert lab.links("s") == {"br0"} and lab.links("u") == {"vx1"}
    lab.run("topology", name="over", **definition)
    lab.run("topology", name="over", state="absent")
    assert lab.namespaces() == []


def test_a_vxlan_that_another_hand_made_is_adopted_and_stays(lab: Lab) -> None:
    lab.sh(WIRE + "ip -n u link add name vx0 type vxlan id 5 dstport 4789")
    definition = {"vxlan": [{**WHERE, "ttl": 7}]}
    lab.run("topology", name="mine", **definition)
    assert not execute("topology", {"name": "mine", "state": "absent"}).changed
    assert "vx0" in lab.links("u")


def test_the_same_vni_twice_in_an_underlay_is_told_before_and_by_the_kernel(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run("vxlan", **WHERE)
    assert "one VXLAN for a VNI and a port" in lab.fails_for_real("vxlan", **{**WHERE, "name": "vx1"})
    msg = lab.fails("topology", name="twice", vxlan=[WHERE, {**WHERE, "name": "vx1"}])
    assert "have the same VNI 5 on port 4789 of u" in msg


def test_a_name_taken_by_another_kind_is_an_error(lab: Lab) -> None:
    lab.sh(WIRE)
    assert "u:e0 exists and is a veth, not a vxlan" in lab.fails("vxlan", **{**WHERE, "name": "e0"})


def test_two_namespaces_ping_each_other_through_a_vxlan(lab: Lab) -> None:
    lab.sh(WIRE)
    ends = (("u", "10.0.0.1", "10.0.0.2"), ("s", "10.0.0.2", "10.0.0.1"))
    lab.run(
        "topology",
        name="overlay",
        vxlan=[{"name": "vx0", "namespace": n, "vni": 5, "local": own, "remote": far} for n, own, far in ends],
        netns_address=[
            {"namespace": n, "interface": "vx0", "address": f"10.9.0.{own[-1]}/24"} for n, own, _far in ends
        ],
    )
    assert "1 received" in lab.alone("ip netns exec u ping -c 1 -W 2 10.9.0.2")
