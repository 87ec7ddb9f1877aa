# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module macvlan, option by option, and what becomes of it with what is below."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

WIRE = (
    "ip netns add a; ip netns add b; ip link add name e0 up type veth peer name e1;"
    "ip link set dev e1 up; ip -n a link add name e0 up type veth peer name e1 netns b; ip -n b link set dev e1 up;"
)
WHERE = {"name": "m0", "namespace": "a", "link": "e0"}


def mode(lab: Lab, namespace: str = "a") -> str:
    return t.cast(str, lab.link(namespace, "m0")["linkinfo"]["info_data"]["mode"])


@pytest.mark.parametrize(
    ("first", "second", "is_anew"),
    [
        ("bridge", "private", False),
        ("private", "vepa", False),
        ("source", "bridge", False),
        ("bridge", "passthru", True),
        ("passthru", "bridge", True),
    ],
)
def test_mode_is_set_changed_left_alone_and_gone(lab: Lab, first: str, second: str, is_anew: bool) -> None:
    lab.sh(WIRE)
    lab.run("macvlan", **WHERE, mode=first)
    assert mode(lab) == first and lab.link("a", "m0")["link"] == "e0"
    index = lab.index("a", "m0")
    result = lab.run("macvlan", **WHERE, mode=second)
    assert mode(lab) == second
    assert (lab.index("a", "m0") != index) == is_anew
    assert result.diff["after"] == {"macvlan": {"a:m0": {"mode": second}}}
    lab.unchanged("macvlan", **WHERE)
    lab.run("macvlan", name="m0", namespace="a", state="absent")
    assert lab.links("a") == {"e0"}
    lab.unchanged("macvlan", name="m0", namespace="a", state="absent")


def test_what_all_links_have_is_set_and_changed_in_place(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run("macvlan", **WHERE, mac="02:00:00:00:00:01", mtu=1400, up=False)
    index = lab.index("a", "m0")
    lab.run("macvlan", **WHERE, mac="02:00:00:00:00:02", mtu=1300)
    assert lab.index("a", "m0") == index
    link = lab.link("a", "m0")
    assert (link["address"], link["mtu"], lab.is_up("a", "m0")) == ("02:00:00:00:00:02", 1300, True)


def test_the_link_below_is_in_another_namespace_and_can_be_exchanged(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run("macvlan", **WHERE, parent_namespace="", mode="bridge", mac="02:00:00:00:00:01")
    assert lab.link("a", "m0")["link_netnsid"] is not None
    result = lab.run("macvlan", **WHERE, mode="bridge")
    assert "link_netnsid" not in lab.link("a", "m0")
    assert result.diff["after"] == {"macvlan": {"a:m0": {"parent_namespace": "a", "link": "e0"}}}
    lab.run("macvlan", **WHERE, parent_namespace="")
    lab.run("macvlan", **WHERE, parent_namespace="", state="absent")


def test_it_goes_with_what_is_below_and_is_put_back_with_it(lab: Lab) -> None:
    definition: dict[str, list[Json]] = {
        "netns": [{"name": "a"}],
        "veth": [{"name": "e0", "peer": {"name": "e1"}}],
        "macvlan": [
            {"name": "m0", "namespace": "a", "link": "e0", "parent_namespace": "", "mode": "bridge"},
            {"name": "m1", "namespace": "a", "link": "m0", "mtu": 1400},
        ],
        "netns_address": [{"interface": "m0", "namespace": "a", "address": "10.0.0.1/24"}],
    }
    lab.run("topology", name="stacked", **definition)
    # Last of all, what the kernel refuses: a bridge as a port of another.
    lab.sh("ip link add name br0 type bridge; ip link add name br1 type bridge")
    msg = lab.fails_for_real("topology", name="stacked", netns_link=[{"name": "br1", "master": "br0"}])
    assert "netns_link br1: the kernel says" in msg
    lab.run("topology", name="stacked", netns=definition["netns"])
    assert lab.links("a") == set()


def test_one_on_top_of_another_is_one_on_what_is_below_both(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run("macvlan", **WHERE, parent_namespace="", mode="bridge")
    assert lab.run("macvlan", name="m1", namespace="a", link="m0").commands == [
        "ip link add link e0 name m1 netns a up type macvlan"
    ]


def test_what_stands_on_a_link_keeps_it_from_being_made_anew(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run("macvlan", **WHERE, mode="bridge")
    lab.run("vxlan", name="x1", namespace="a", vni=1, dev="m0")
    msg = lab.fails("macvlan", **WHERE, mode="passthru")
    assert "would take away a:x1; remove that first" in msg


def test_a_missing_link_below_is_an_error(lab: Lab) -> None:
    lab.sh(WIRE)
    assert "there is no interface a:e9" in lab.fails_missing("macvlan", **{**WHERE, "link": "e9"})


def test_two_namespaces_on_one_wire_ping_each_other(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run(
        "topology",
        name="wire",
        macvlan=[
            {"name": "m0", "namespace": name, "link": "e0", "parent_namespace": "", "mode": "bridge"} for name in "ab"
        ],
        netns_address=[
            {"namespace": name, "interface": "m0", "address": f"10.9.0.{number}/24"}
            for number, name in enumerate("ab", 1)
        ],
    )
    assert "1 received" in lab.alone("ip netns exec a ping -c 1 -W 2 10.9.0.2")


def test_what_stands_on_the_link_to_the_world_is_harmless_and_what_takes_that_down_is_not(lab: Lab) -> None:
    lab.sh(WIRE + "ip link set dev e0 up; ip address add 10.0.0.1/24 dev e0; ip route add default via 10.0.0.9")
    lab.run("macvlan", name="m0", link="e0", mode="bridge")
    lab.run("macvlan", name="m0", state="absent")
    # Over a macvlan, the way leads through the link below as well.
    lab.sh(
        "ip address del 10.0.0.1/24 dev e0; ip link add link e0 name m1 up type macvlan mode bridge;"
        "ip address add 10.0.0.1/24 dev m1; ip route add default via 10.0.0.9"
    )
    msg = lab.fails("netns_link", name="e0", up=False)
    assert "would take down e0, which is below m1, which carries the default route" in msg
