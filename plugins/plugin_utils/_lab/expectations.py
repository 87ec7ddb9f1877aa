# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""What a lab's author expects to reach what."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.plugin_utils._lab import options as opt
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path, unknown
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Expectation, Lab, Node

ALL = "all"


def read_expectations(lab: Lab, value: t.Any) -> list[Expectation]:
    """Those of the definition, each from one node to one address. What is said later of the same two counts."""
    found: dict[tuple[str, str], Expectation] = {}
    for number, written in enumerate(opt.sequence(value, ("lab_expect",), "lab_expect")):
        path: Path = ("lab_expect", number)
        said = opt.mapping(written, path, "an expectation")
        # "from" and "to" are each of many, so their ranges do not advance together.
        given = opt.typed(said, opt.EXPECTATION, path)
        sources = _nodes(lab, given["from"], (*path, "from"))
        targets = _targets(lab, given["to"], (*path, "to"))
        for source in sources:
            for target, node, address in targets:
                if node is not source:
                    found[source.name, address] = Expectation(source, address, target, given["reachable"])
    return list(found.values())


def _nodes(lab: Lab, text: str, path: Path) -> list[Node]:
    """The nodes of a name, a range of names, a group, or all, that something can be sent from."""
    if text == ALL:
        return [node for node in lab.nodes.values() if not node.is_bridge]
    with opt.at(path):
        names = [item["name"] for item in expand({"name": text})]
    found: list[Node] = []
    for name in names:
        members = [node for node in lab.nodes.values() if name in node.groups and not node.is_bridge]
        if name in lab.nodes:
            members = [lab.nodes[name]]
        if not members:
            groups = {group for node in lab.nodes.values() for group in node.groups}
            raise Fault(path, unknown("node or group", name, {*lab.nodes, *groups, ALL}))
        if members[0].is_bridge:
            raise Fault(path, f"node {name} is a bridge, which sends and answers nothing by itself")
        found += members
    return found


def _targets(lab: Lab, text: str, path: Path) -> list[tuple[str, Node | None, str]]:
    """Addresses: one that is written down, that of one interface, or of each node one of each version of IP."""
    try:
        return [(text, None, str(ipaddress.ip_address(text)))]
    except ValueError:
        pass
    with opt.at(path):
        places = [item["place"] for item in expand({"place": text})]
    found: list[tuple[str, Node | None, str]] = []
    for place in places:
        name, separator, interface = place.rpartition(":")
        if separator:
            found += _of_interface(lab, name, interface, path)
            continue
        for node in _nodes(lab, place, path):
            addresses = _of_node(node)
            if not addresses and text != ALL and place in lab.nodes:
                raise Fault(path, f"node {place} has no address; give it one, or a pool to take one from")
            found += [(node.name, node, address) for address in addresses]
    return found


def _of_interface(lab: Lab, name: str, interface: str, path: Path) -> list[tuple[str, Node | None, str]]:
    node = lab.nodes.get(name)
    if node is None:
        raise Fault(path, unknown("node", name, lab.nodes))
    end = next((end for end in node.ends if end.interface == interface), None)
    if end is None:
        raise Fault(path, unknown(f"interface of node {name}", interface, [end.interface for end in node.ends]))
    if not end.addresses:
        raise Fault(path, f"{end.place} has no address")
    return [(end.place, node, str(address.ip)) for address in end.addresses]


def _of_node(node: Node) -> list[str]:
    """The address by which a node is known: of its loopback, else of its first interface; one of each version."""
    every = node.loopback_addresses + [address for end in node.ends for address in end.addresses]
    firsts = {address.version: str(address.ip) for address in reversed(every)}
    return [firsts[version] for version in sorted(firsts)]
