# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong is refused in one sentence that names it, before anything is touched."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab

PEER = {"name": "eth1"}

# Section, item, and what the sentence says.
FAULTS: list[tuple[str, dict[str, t.Any], str]] = [
    ("netns", {"name": "123"}, "'123' is all digits"),
    ("netns", {"name": ".."}, "'..' is a path"),
    ("netns", {"name": "."}, "'.' is a path"),
    ("netns", {"name": ""}, "is empty"),
    ("netns", {"name": "a/b"}, "'a/b' is a path"),
    ("netns", {"name": "../../etc/passwd", "state": "absent"}, "is a path"),
    ("netns", {"name": "x" * 256}, "has 256 bytes"),
    ("netns", {"name": "ä" * 128}, "has 256 bytes"),
    ("netns", {"name": "a\nb"}, "cannot be printed"),
    ("netns", {"name": "a\u202eb"}, "cannot be printed"),
    ("veth", {"name": "x" * 16, "peer": PEER}, "has 16 bytes; 15 is the most"),
    ("veth", {"name": "ü" * 8, "peer": PEER}, "has 16 bytes"),
    ("veth", {"name": "x", "peer": {"name": "y" * 16}}, "has 16 bytes"),
    ("veth", {"name": "a b", "peer": PEER}, "white space"),
    ("veth", {"name": "a/b", "peer": PEER}, "'a/b'"),
    ("veth", {"name": "a:b", "peer": PEER}, "'a:b'"),
    ("veth", {"name": "..", "peer": PEER}, "'..'"),
    ("veth", {"name": "eth%d", "peer": PEER}, "pattern"),
    ("veth", {"name": "", "peer": PEER}, "is empty"),
    ("veth", {"name": "all", "peer": PEER}, "reserved by the kernel"),
    ("veth", {"name": "x", "namespace": "12", "peer": PEER}, "all digits"),
    ("veth", {"name": "x", "peer": {"name": "y", "namespace": ".."}}, "is a path"),
    ("veth", {"name": "x", "peer": {"name": "x"}}, "both ends are x"),
    ("veth", {"name": "x", "mac": "02:00:00:00:00", "peer": PEER}, "'02:00:00:00:00' is not six bytes"),
    ("veth", {"name": "x", "mac": "01:00:00:00:00:01", "peer": PEER}, "multicast"),
    ("veth", {"name": "x", "mac": "ff:ff:ff:ff:ff:ff", "peer": PEER}, "multicast"),
    ("veth", {"name": "x", "mac": "00:00:00:00:00:00", "peer": PEER}, "no address of an interface"),
    ("veth", {"name": "x", "peer": {"name": "y", "mac": "nonsense"}}, "'nonsense'"),
    ("veth", {"name": "x", "mtu": 67, "peer": PEER}, "mtu is 67"),
    ("veth", {"name": "x", "mtu": -1, "peer": PEER}, "mtu is -1"),
    ("veth", {"name": "x", "peer": {"name": "y", "mtu": 2**32}}, "mtu is 4294967296"),
    ("bridge", {"name": "br0", "priority": 65536}, "priority is 65536"),
    ("bridge", {"name": "br0", "hello_time": 0.5}, "hello_time is 0.5"),
    ("bridge", {"name": "br0", "max_age": 41}, "max_age is 41"),
    ("bridge", {"name": "br0", "ageing_time": -1}, "ageing_time is -1"),
    ("bridge", {"name": "br0", "vlan_default_pvid": 4095}, "vlan_default_pvid is 4095"),
    ("bridge", {"name": "br0", "group_fwd_mask": 1}, "group_fwd_mask 1"),
    ("bridge_port", {"bridge": "br0", "interface": "br0"}, "port of itself"),
    ("bridge_port", {"bridge": "br0", "interface": "x", "cost": 0}, "cost is 0"),
    ("bridge_port", {"bridge": "br0", "interface": "x", "priority": 64}, "priority is 64"),
    ("netns_link", {"name": "x", "alias": "a\x1bb"}, "cannot be printed"),
    ("netns_link", {"name": "x", "alias": "a" * 255}, "254 bytes"),
    ("netns_link", {"name": "x", "master": "x"}, "own master"),
    ("netns_link", {"name": "x", "namespace": "a", "from_namespace": "a"}, "the same"),
    ("netns_link", {"name": "lo", "namespace": "a", "from_namespace": "b"}, "lo"),
    ("netns_address", {"interface": "x", "address": "10.0.0.256/24"}, "'10.0.0.256/24' is not an address"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/33"}, "'10.0.0.1/33'"),
    ("netns_address", {"interface": "x", "address": "2001:db8::1/129"}, "'2001:db8::1/129'"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/255.255.255.0"}, "10.0.0.1/24"),
    ("netns_address", {"interface": "x", "address": "fe80::1%eth0/64"}, "zone"),
    ("netns_address", {"interface": "x", "address": "224.0.0.1/4"}, "cannot be the address of an interface"),
    ("netns_address", {"interface": "x", "address": "ff02::1/128"}, "cannot be the address of an interface"),
    ("netns_address", {"interface": "x", "address": ""}, "is not an address"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1", "peer": "2001:db8::1"}, "different families"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/24", "peer": "10.0.0.2"}, "belongs to the peer"),
    ("netns_address", {"interface": "x", "address": "2001:db8::1/64", "label": "x:1"}, "for IPv4 addresses only"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/24", "label": "y"}, "label 'y'"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/24", "scope": "planet"}, "'planet'"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/24", "broadcast": "x"}, "broadcast 'x'"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/24", "valid_lft": "soon"}, "valid_lft 'soon'"),
    ("netns_address", {"interface": "x", "address": "10.0.0.1/24", "valid_lft": "5", "preferred_lft": "9"}, "longer"),
]


@pytest.mark.parametrize(
    ("section", "item", "said"), FAULTS, ids=[f"{row[0]}-{row[2][:25]}-{number}" for number, row in enumerate(FAULTS)]
)
def test_a_faulty_item_is_refused_by_its_module_and_by_topology_before_anything_is_made(
    lab: Lab, section: str, item: dict[str, t.Any], said: str
) -> None:
    msg = lab.fails(section, **item)
    assert said in msg and section in msg
    sections: dict[str, t.Any] = {"netns": [{"name": "good"}], "bridge": [{"name": "fine"}]}
    sections[section] = [*sections.get(section, []), item]
    msg = lab.fails("topology", name="lab", **sections)
    assert said in msg and f"{section} item {len(sections[section])}" in msg
    assert lab.namespaces() == [] and lab.links("") == set()


VETH = {"name": "x", "namespace": "a", "peer": {"name": "y", "namespace": "b"}}
CONTRADICTIONS: dict[str, tuple[dict[str, t.Any], str]] = {
    "a namespace twice": ({"netns": [{"name": "a"}, {"name": "a"}]}, "netns a is there twice"),
    "a namespace present and absent": ({"netns": [{"name": "a"}, {"name": "a", "state": "absent"}]}, "there twice"),
    "a bridge twice": ({"bridge": [{"name": "b"}, {"name": "b"}]}, "bridge b is there twice"),
    "a cable twice": ({"veth": [VETH, VETH]}, "veth a:x is there twice"),
    "a cable from both ends": (
        {"veth": [VETH, {"name": "y", "namespace": "b", "peer": {"name": "x", "namespace": "a"}}]},
        "are both about",
    ),
    "one end in two cables": ({"veth": [VETH, {**VETH, "name": "z"}]}, "are both about b:y"),
    "a bridge called as an end": ({"veth": [VETH], "bridge": [{"name": "x", "namespace": "a"}]}, "are both about a:x"),
    "an address twice": (
        {
            "netns_address": [
                {"interface": "x", "address": "2001:DB8::1/64"},
                {"interface": "x", "address": "2001:db8::1/64"},
            ]
        },
        "netns_address x 2001:db8::1/64 is there twice",
    ),
    "two MTUs": (
        {"veth": [{**VETH, "mtu": 1400}], "netns_link": [{"name": "x", "namespace": "a", "mtu": 1500}]},
        "contradict each other: mtu of a:x is 1400 for one and 1500 for the other",
    ),
    "up and down": (
        {"veth": [VETH], "netns_link": [{"name": "y", "namespace": "b", "up": False}]},
        "contradict each other: up of b:y is true for one and false for the other",
    ),
    "two bridges for a port": (
        {"bridge_port": [{"bridge": "b1", "interface": "x"}], "netns_link": [{"name": "x", "master": "b2"}]},
        "contradict each other: master of x",
    ),
    "a cable into a namespace that is to go": (
        {"netns": [{"name": "a", "state": "absent"}], "veth": [VETH]},
        "veth a:x is to be present and needs netns a, which is to be absent",
    ),
    "an address on a bridge that is to go": (
        {
            "bridge": [{"name": "b", "state": "absent"}],
            "netns_address": [{"interface": "b", "address": "10.0.0.1/24"}],
        },
        "needs bridge b, which is to be absent",
    ),
    "a port of two bridges": (
        {"bridge_port": [{"bridge": "b1", "interface": "x"}, {"bridge": "b2", "interface": "x"}]},
        "bridge_port x is there twice",
    ),
    "too many ports": (
        {"bridge_port": [{"bridge": "b", "interface": f"x{number}"} for number in range(1024)]},
        "1024 ports for bridge b, where the kernel allows 1023",
    ),
}


@pytest.mark.parametrize("fault", CONTRADICTIONS)
def test_items_that_contradict_each_other_are_refused_before_anything_is_made(lab: Lab, fault: str) -> None:
    sections, said = CONTRADICTIONS[fault]
    lab.sh("ip netns add b")
    msg = lab.fails("topology", name="lab", **{**sections, "netns": [{"name": "fine"}, *sections.get("netns", [])]})
    assert said in msg
    assert lab.namespaces() == ["b"]


@pytest.mark.parametrize("name", ["", "..", "a/b", ".x", "x" * 201, "a\nb"])
def test_a_topology_whose_name_cannot_be_a_files_is_refused(lab: Lab, name: str) -> None:
    assert lab.fails("topology", name=name, netns=[{"name": "a"}]).startswith("topology: name")


LOOKS: dict[str, tuple[str, dict[str, t.Any]]] = {
    "veth": ("veth", {"name": "x", "peer": {"name": "y"}}),
    "bridge": ("bridge", {"name": "x"}),
    "bridge_port": ("bridge_port", {"interface": "x", "bridge": "b"}),
    "netns_address": ("netns_address", {"interface": "x", "address": "10.0.0.1/24"}),
    "netns_link": ("netns_link", {"name": "x", "up": True}),
    "netns_route": ("netns_route", {"destination": "default", "gateway": "10.0.0.1"}),
}


@pytest.mark.parametrize("module", LOOKS)
def test_looking_at_a_missing_namespace_never_makes_it(lab: Lab, module: str) -> None:
    section, options = LOOKS[module]
    msg = lab.fails_missing(section, **options, namespace="nowhere")
    assert "there is no namespace nowhere" in msg
    if module != "netns_link":
        lab.unchanged(section, **options, namespace="nowhere", state="absent")
    lab.fails_for_real("topology", name="lab", **{section: [{**options, "namespace": "nowhere"}]})
    assert lab.namespaces() == []
