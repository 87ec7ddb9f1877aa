# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a definition as a whole is refused in one sentence that names it, before anything is touched."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.bad_input import REFUSED, item_of
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab

# One of each section; that its module says the same is test_bad_input's to prove.
FAULTS = {
    section: next((options, said) for options, said in found if said.startswith(f"{section} item 1: "))
    for section, found in REFUSED.items()
    if section != "topology"
}


@pytest.mark.parametrize("section", FAULTS)
def test_a_faulty_item_among_good_ones_is_refused_before_anything_is_made(lab: Lab, section: str) -> None:
    options, said = FAULTS[section]
    sections: dict[str, t.Any] = {"netns": [{"name": "good"}], "bridge": [{"name": "fine"}]}
    sections[section] = [*sections.get(section, []), item_of(section, options)]
    msg = lab.fails("topology", name="lab", **sections)
    assert msg == said.replace("item 1", f"item {len(sections[section])}", 1)
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
