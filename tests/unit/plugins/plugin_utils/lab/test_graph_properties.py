# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for any graph."""

from __future__ import annotations

import copy
import itertools
import typing as t
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils._engine import wishes_of
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._sections import listed
from ansible_collections.netns.lab.plugins.plugin_utils._lab.compiler import Underlay, compile_host
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab, Node
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab
from ansible_collections.netns.lab.tests.unit.plugins.plugin_utils.lab.graphs import (
    Definition,
    addresses,
    definitions,
    reachable,
    travel,
)

HOSTS = ["w1", "w2", "w3"]
UNDERLAY = Underlay({host: f"198.51.100.{number}" for number, host in enumerate(HOSTS, 1)})


@given(definitions())
def test_names_macs_and_addresses_are_distinct(definition: Definition) -> None:
    lab = read_lab(definition)
    ends = [end for link in lab.links for end in link.ends]
    bridges = [node for node in lab.nodes.values() if node.is_bridge]
    names = [(end.node.namespace, end.interface) for end in ends] + [(b.namespace, b.bridge) for b in bridges]
    macs = [end.mac for end in ends] + [bridge.mac for bridge in bridges]
    every = [address.ip for node in lab.nodes.values() for address in addresses(node)]
    for found in (names, macs, every):
        assert [thing for thing, count in Counter(found).items() if count > 1] == []
    assert all(len(name.encode()) <= 15 for _namespace, name in names)


@given(definitions())
def test_a_segment_has_one_subnet_of_each_version(definition: Definition) -> None:
    lab = read_lab(definition)
    networks = []
    for segment in lab.segments:
        for version in (4, 6):
            found = {a.network for end in segment.ends for a in end.addresses if a.version == version}
            assert len(found) == (1 if segment.ends else 0)
            networks += found
    for one, two in itertools.combinations(networks, 2):
        assert one.version != two.version or not one.overlaps(two)


@given(definitions(lab_routing="static"))
def test_with_derived_routes_everything_reaches_everything_that_routers_lead_to(definition: Definition) -> None:
    lab = read_lab(definition)
    nodes = [node for node in lab.nodes.values() if not node.is_bridge]
    for source in nodes:
        for target in reachable(lab, source):
            for way in ((source, target), (target, source)):
                assert _is_reached(lab, *way), [node.name for node in way]


def _is_reached(lab: Lab, source: Node, target: Node) -> bool:
    """At all its addresses; a host with a foot in two worlds at those that are in the world of who asks."""
    arrived = [travel(lab, source, address.ip) is target for address in addresses(target)]
    is_between = not target.forwards and len(target.ends) > 1
    return source is target or (any(arrived) if is_between else all(arrived))


@given(definitions(lab_routing="static"), st.sampled_from(["each", "spread"]))
def test_what_hosts_build_is_taken_by_the_modules(definition: Definition, placement: str) -> None:
    lab = read_lab({**definition, "lab_placement": placement})
    placed = place(lab, HOSTS)
    for host in HOSTS:
        sections = compile_host(lab, placed, host, UNDERLAY).sections
        given_defaults = {
            kind.section: [
                {**{name: spec.get("default") for name, spec in kind.options.items()}, **_filled(item, kind.options)}
                for item in sections.get(kind.section, [])
            ]
            for kind in KINDS
        }
        wishes_of(listed(given_defaults))


def _filled(item: dict[str, t.Any], options: dict[str, t.Any]) -> dict[str, t.Any]:
    """As AnsibleModule fills up what is not said."""
    return {
        name: {
            **{inner: spec.get("default") for inner, spec in options[name]["options"].items()},
            **value,
        }
        if isinstance(value, dict) and "options" in options.get(name, {})
        else value
        for name, value in item.items()
        if name in options
    }


@given(definitions())
def test_a_spread_lab_is_all_there_and_nothing_is_there_twice(definition: Definition) -> None:
    lab = read_lab(definition)
    placed = place(lab, HOSTS)
    parts = {host: compile_host(lab, placed, host, UNDERLAY).sections for host in HOSTS}
    linux = [node for node in lab.nodes.values() if not node.is_bridge]
    counts = Counter(placed.of_node[node] for node in linux)
    assert all(len(hosts) == 1 for hosts in counts)
    assert max(counts.values()) - min(counts.get((host,), 0) for host in HOSTS) <= 1
    cables = sum(len(sections.get("veth", ())) for sections in parts.values())
    assert cables + len(placed.between) == len(lab.links)
    assert sum(len(sections.get("netns_address", ())) for sections in parts.values()) == sum(
        len(addresses(node)) for node in linux
    )
    # Every tunnel is told at both ends alike, and no VNI is used for two things on one host.
    for host, sections in parts.items():
        vnis = [item["vni"] for item in sections.get("vxlan", ())]
        assert len(vnis) == len(set(vnis))
        for item in sections.get("vxlan", ()):
            assert item["local"] == UNDERLAY.addresses[host]
            remotes = {item["remote"]} if "remote" in item else _flooded(sections, item)
            for other in remotes:
                far = parts[next(name for name, address in UNDERLAY.addresses.items() if address == other)]
                (same,) = [found for found in far.get("vxlan", ()) if found["vni"] == item["vni"]]
                assert same["mtu"] == item["mtu"] == 1450
                back = {same["remote"]} if "remote" in same else _flooded(far, same)
                assert item["local"] in back


def _flooded(sections: dict[str, t.Any], vxlan: dict[str, t.Any]) -> set[str]:
    return {
        entry["dst"]
        for entry in sections.get("netns_fdb", ())
        if entry["interface"] == vxlan["name"] and entry.get("namespace") == vxlan.get("namespace")
    }


@given(definitions())
def test_copies_are_the_same_on_every_host(definition: Definition) -> None:
    lab = read_lab({**definition, "lab_placement": "each"})
    placed = place(lab, HOSTS)
    first, *others = [compile_host(lab, placed, host) for host in HOSTS]
    assert all(other == first for other in others)
    assert "vxlan" not in first.sections
    assert len(first.sections.get("veth", ())) == len(lab.links)


@given(definitions(), st.data())
def test_what_is_added_at_the_end_leaves_the_others_alone(definition: Definition, data: st.DataObject) -> None:
    grown = copy.deepcopy(definition)
    grown["lab_nodes"]["late"] = {}
    target = data.draw(st.sampled_from(list(definition["lab_nodes"])))
    # A link of its own to a node is a new subnet; in a LAN it has the next address.
    grown["lab_links"].append(["late", target])
    before, after = read_lab(definition), read_lab(grown)
    for name, node in before.nodes.items():
        later = after.nodes[name]
        joined = definition["lab_nodes"][target].get("kind") == "bridge" and not any(
            end.link.segment.ends for end in before.nodes[target].ends
        )
        if joined:
            continue  # a bridge without anybody on it had no subnet yet
        assert [(e.interface, e.mac, e.addresses) for e in node.ends] == [
            (e.interface, e.mac, e.addresses) for e in later.ends[: len(node.ends)]
        ]
        assert node.loopback_addresses == later.loopback_addresses
