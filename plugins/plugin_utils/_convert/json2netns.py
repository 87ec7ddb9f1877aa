# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Files of json2netns: https://github.com/cooperlees/json2netns"""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.plugin_utils._convert.common import (
    Imported,
    Json,
    document,
    finished,
    listed,
    mapping,
    sequence,
)
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path

_DEFAULTS = ("0.0.0.0/0", "::/0")


def import_json2netns(written: t.Any, name: str = "lab") -> Imported:
    """``written``: the file's text, or what has been read from it. ``name``: of the lab, as the file has none."""
    config = document(written)
    if not config.get("namespaces"):
        raise Fault(("namespaces",), "it is missing; is this a file of json2netns?")
    notes = [
        f"{option} is about the machine's own network and is left out" for option in config if option != "namespaces"
    ]
    namespaces = {
        node: mapping(said, ("namespaces", node))
        for node, said in mapping(config["namespaces"], ("namespaces",)).items()
    }
    interfaces = {node: _interfaces(said, ("namespaces", node, "interfaces")) for node, said in namespaces.items()}
    nodes = {node: _node(node, said, interfaces[node], notes) for node, said in namespaces.items()}
    definition: Json = {"lab_name": name, "lab_nodes": nodes}
    links = list(_links(interfaces))
    if links:
        definition["lab_links"] = links
    return finished(definition, notes)


def _interfaces(said: Json, path: Path) -> dict[str, Json]:
    return {
        interface: mapping(options, (*path, interface))
        for interface, options in mapping(said.get("interfaces"), path).items()
    }


def _node(name: str, said: Json, interfaces: dict[str, Json], notes: list[str]) -> Json:
    ignored = [option for option in said if option not in ("id", "interfaces", "oob", "routes")]
    if ignored:
        notes.append(f"namespace {name}: {listed(ignored)} is unknown and left out")
    if said.get("oob"):
        notes.append(f"namespace {name}: its macvlan on the machine's own network (oob) is left out")
    loopback: list[str] = []
    veths = set()
    for interface, options in interfaces.items():
        path: Path = ("namespaces", name, "interfaces", interface)
        kind = options.get("type")
        unknown = [option for option in options if option not in ("type", "prefixes", "peer_name")]
        if unknown:
            notes.append(f"{name}:{interface}: {listed(unknown)} is unknown and left out")
        if kind == "loopback":
            loopback += _prefixes(options, path)
        elif kind == "veth":
            veths.add(interface)
        elif kind == "macvlan":
            notes.append(f"{name}:{interface}: a macvlan on the machine's own network is left out")
        else:
            raise Fault((*path, "type"), f"{kind!r} is none of veth, loopback and macvlan")
    node: Json = {}
    if len(veths) > 1:
        # The file does not say, and json2netns leaves it at what the machine has. Who has several links is a router.
        node["forwarding"] = True
        notes.append(f"namespace {name}: it has several links and forwards")
    if loopback:
        node["loopback_addresses"] = loopback
    routes = []
    for title, route in mapping(said.get("routes"), ("namespaces", name, "routes")).items():
        found = _route(mapping(route, ("namespaces", name, "routes", title)), ("namespaces", name, "routes", title))
        if found.get("interface", "") in interfaces and found["interface"] not in veths:
            notes.append(f"namespace {name}: route {title} leads over {found['interface']} and is left out")
        else:
            routes.append(found)
    if routes:
        node["routes"] = routes
    return node


def _prefixes(options: Json, path: Path) -> list[str]:
    return [str(prefix) for prefix in sequence(options.get("prefixes"), (*path, "prefixes"))]


def _route(said: Json, path: Path) -> Json:
    if "dest_prefix" not in said:
        raise Fault(path, "dest_prefix is missing")
    destination = str(said["dest_prefix"])
    route: Json = {"destination": destination}
    if said.get("next_hop_ip"):
        route["gateway"] = str(said["next_hop_ip"])
        if destination in _DEFAULTS:
            route["destination"] = "default"
    if said.get("egress_if_name"):
        route["interface"] = str(said["egress_if_name"])
    return route


def _links(interfaces: dict[str, dict[str, Json]]) -> t.Iterator[Json]:
    """Each is told at both ends, by the name of the interface at the other one."""
    veths: dict[str, list[str]] = {}
    for node, of_node in interfaces.items():
        for interface, options in of_node.items():
            if options.get("type") == "veth":
                veths.setdefault(interface, []).append(node)
    done = set()
    for node, of_node in interfaces.items():
        for interface, options in of_node.items():
            if options.get("type") != "veth" or (node, interface) in done:
                continue
            path: Path = ("namespaces", node, "interfaces", interface)
            peer = str(options.get("peer_name", ""))
            others = [
                other
                for other in veths.get(peer, ())
                if (other, peer) != (node, interface) and interfaces[other][peer].get("peer_name") == interface
            ]
            if len(others) != 1:
                who = "no other namespace has" if not others else f"{listed(others)} all have"
                raise Fault((*path, "peer_name"), f"{who} an interface {peer!r} whose peer_name is {interface!r}")
            done |= {(node, interface), (others[0], peer)}
            ends = []
            for name, end in ((node, interface), (others[0], peer)):
                prefixes = _prefixes(interfaces[name][end], ("namespaces", name, "interfaces", end))
                ends.append({"node": name, "interface": end, **({"addresses": prefixes} if prefixes else {})})
            yield {"endpoints": ends}
