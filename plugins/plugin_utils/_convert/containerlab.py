# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Topology files of containerlab: https://containerlab.dev/manual/topo-def-file/"""

from __future__ import annotations

import shlex
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
from ansible_collections.netns.lab.plugins.plugin_utils._convert.setup import Setup
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Link, Node

_BRIDGES = ("bridge", "ovs-bridge")
_FORWARDING = "net.ipv4.ip_forward"
_FORWARDING_6 = "net.ipv6.conf.all.forwarding"
# What is an interface of the machine, and no node.
_OUTSIDE = ("host", "mgmt-net", "macvlan")
_NODE = {"kind", "group", "labels", "sysctls", "exec"}
_END = {"node", "interface", "mac", "ipv4", "ipv6"}
_LINK = {"type", "endpoints", "mtu"}


# -- import


def import_containerlab(written: t.Any) -> Imported:
    """``written``: the file's text, or what has been read from it."""
    return _Import(document(written)).run()


class _Import:
    def __init__(self, document: Json) -> None:
        self._document = document
        if not isinstance(document.get("topology"), t.Mapping):
            raise Fault(("topology",), "it is missing; is this a topology file of containerlab?")
        self._topology = mapping(document["topology"], ("topology",))
        self._notes: list[str] = []
        self._nodes: dict[str, Json] = {}
        self._kinds: dict[str, str] = {}
        self._links: list[Json] = []
        self._interfaces: dict[str, dict[str, Json]] = {}

    def run(self) -> Imported:
        self._ignored("the file", self._document, {"name", "topology"})
        self._ignored("topology", self._topology, {"nodes", "links", "kinds", "groups", "defaults"})
        written = mapping(self._topology.get("nodes"), ("topology", "nodes"))
        complete = {name: self._complete(name, node) for name, node in written.items()}
        self._kinds = {name: str(node.get("kind", "linux")) for name, node in complete.items()}
        self._interfaces = {name: {} for name in complete}
        for number, link in enumerate(sequence(self._topology.get("links"), ("topology", "links"))):
            self._link(link, ("topology", "links", number))
        for name, node in complete.items():
            self._nodes[name] = self._bridge(name, node) if self._is_bridge(name) else self._linux(name, node)
        if any("mtu" not in link for link in self._links):
            self._notes.append("links that name no mtu have 1500 here; in containerlab they have 9500")
        definition: Json = {"lab_name": str(self._document.get("name", "lab")), "lab_nodes": self._nodes}
        if self._links:
            definition["lab_links"] = self._links
        return finished(definition, self._notes)

    def _is_bridge(self, name: str) -> bool:
        return self._kinds.get(name) in _BRIDGES

    def _ignored(self, what: str, options: Json, known: t.Collection[str]) -> None:
        ignored = [name for name in options if name not in known]
        if ignored:
            self._notes.append(f"{what}: {listed(ignored)} has no meaning here and is left out")

    def _complete(self, name: str, written: t.Any) -> Json:
        """With what it has from its group, its kind and the defaults. Mappings and ``exec`` add up, as there."""
        path: Path = ("topology", "nodes", name)
        node = mapping(written, path)
        defaults = mapping(self._topology.get("defaults"), ("topology", "defaults"))
        groups = mapping(self._topology.get("groups"), ("topology", "groups"))
        kinds = mapping(self._topology.get("kinds"), ("topology", "kinds"))
        group_name = str(node.get("group", defaults.get("group", "")))
        group = mapping(groups.get(group_name), ("topology", "groups", group_name))
        kind_name = str(node.get("kind", group.get("kind", defaults.get("kind", "linux"))))
        kind = mapping(kinds.get(kind_name), ("topology", "kinds", kind_name))
        layers = (defaults, kind, group, node)
        result: Json = {}
        for layer in layers:
            for option, value in layer.items():
                if option in ("labels", "sysctls"):
                    value = {**result.get(option, {}), **mapping(value, (*path, option))}
                elif option == "exec":
                    value = [*result.get(option, []), *sequence(value, (*path, option))]
                result[option] = value
        return {**result, "kind": kind_name}

    def _bridge(self, name: str, node: Json) -> Json:
        self._ignored(f"node {name}", node, {"kind", "group", "labels"})
        self._notes.append(
            f"node {name}: in containerlab it is a bridge that the host has already; here it is made, in a namespace "
            "of its own (namespace: null puts it into that of the host)"
        )
        return {"kind": "bridge", **self._kept(node)}

    def _kept(self, node: Json) -> Json:
        kept = {option: node[option] for option in ("group", "labels") if node.get(option)}
        if "labels" in kept:
            kept["labels"] = {key: str(value) for key, value in kept["labels"].items()}
        return kept

    def _linux(self, name: str, node: Json) -> Json:
        if node["kind"] != "linux":
            self._notes.append(f"node {name}: of kind {node['kind']} nothing runs here; it is a namespace and no more")
        self._ignored(f"node {name}", node, _NODE)
        interfaces = self._interfaces[name]
        setup = Setup(interfaces)
        for interface, end in interfaces.items():
            if "addresses" in end:
                setup.addresses[interface] = end["addresses"]
        for command in node.get("exec", ()):
            setup.take(str(command))
        for interface, addresses in setup.addresses.items():
            if interface != "lo":
                interfaces[interface]["addresses"] = addresses
        self._notes += [f"node {name}: {note}" for note in setup.notes]
        if setup.rest:
            self._notes.append(f"node {name}: left as commands to run after the build: {'; '.join(setup.rest)}")
        sysctls = {**{key: str(value) for key, value in node.get("sysctls", {}).items()}, **setup.sysctls}
        result = self._kept(node)
        if self._forwards(name, sysctls):
            result["forwarding"] = True
        if sysctls:
            result["sysctls"] = sysctls
        if setup.addresses.get("lo"):
            result["loopback_addresses"] = setup.addresses["lo"]
        if setup.routes:
            result["routes"] = setup.routes
        if setup.rest:
            result["exec"] = setup.rest
        return result

    def _forwards(self, name: str, sysctls: dict[str, str]) -> bool:
        """Told, it is no sysctl any more."""
        told = [sysctls.pop(option) for option in (_FORWARDING, _FORWARDING_6) if option in sysctls]
        if told:
            return "1" in told
        if len(self._interfaces[name]) > 1:
            self._notes.append(f"node {name}: it has several links and forwards, as a container of Docker does")
            return True
        return False

    def _link(self, written: t.Any, path: Path) -> None:
        link = mapping(written, path)
        ends = sequence(link.get("endpoints"), (*path, "endpoints"))
        what = f"link {path[-1]}"
        kind = str(link.get("type", "veth"))
        read = [self._end(end, (*path, "endpoints", number)) for number, end in enumerate(ends)]
        outside = [end["node"] for end in read if end["node"] in _OUTSIDE and end["node"] not in self._kinds]
        if kind != "veth" or len(read) != 2 or outside:
            why = f"it leads to {listed(outside)}, out of the lab" if outside else f"there is no type {kind} here"
            self._notes.append(f"{what}: {why}, and is left out")
            return
        self._ignored(what, link, {*_LINK, "ipv4", "ipv6"})
        # In the short form the addresses of both ends are on the link.
        for version in ("ipv4", "ipv6"):
            for end, address in zip(read, sequence(link.get(version), (*path, version))):
                if address:
                    end.setdefault("addresses", []).append(str(address))
        for end in read:
            node = end["node"]
            if node not in self._kinds:
                raise Fault((*path, "endpoints"), f"there is no node {node!r}")
            if "addresses" in end and self._is_bridge(node):
                self._notes.append(f"{what}: the port of a bridge has no address: {listed(end.pop('addresses'))}")
            if end["interface"] in self._interfaces[node]:
                raise Fault((*path, "endpoints"), f"{node}:{end['interface']} is used twice")
            self._interfaces[node][end["interface"]] = end
        item: Json = {"endpoints": read}
        if link.get("mtu"):
            item["mtu"] = link["mtu"]
        self._links.append(item)

    def _end(self, written: t.Any, path: Path) -> Json:
        if isinstance(written, str):
            node, separator, interface = written.partition(":")
            if not separator:
                raise Fault(path, f"{written!r} is not NODE:INTERFACE")
            return {"node": node, "interface": interface}
        given = mapping(written, path)
        if not {"node", "interface"} <= given.keys():
            raise Fault(path, "an end has a node and an interface")
        self._ignored(f"link {path[2]}", given, _END)
        end: Json = {"node": str(given["node"]), "interface": str(given["interface"])}
        if given.get("mac"):
            end["mac"] = str(given["mac"])
        addresses = [str(given[version]) for version in ("ipv4", "ipv6") if given.get(version)]
        return {**end, "addresses": addresses} if addresses else end


# -- export


def export_containerlab(lab: Lab, image: str) -> tuple[Json, list[str]]:
    """The document, and what of the lab has no meaning there."""
    return _Export(lab, image).run()


class _Export:
    # What becomes something else, or is in the links.
    _SAID = frozenset(
        {"kind", "group", "labels", "forwarding", "sysctls", "loopback_addresses", "routes", "exec", "mtu"}
    )

    def __init__(self, lab: Lab, image: str) -> None:
        self._lab = lab
        self._image = image
        self._notes: list[str] = []

    def run(self) -> tuple[Json, list[str]]:
        nodes = {
            node.name: self._bridge(node) if node.is_bridge else self._linux(node) for node in self._lab.nodes.values()
        }
        topology: Json = {"nodes": nodes}
        if self._lab.links:
            topology["links"] = [self._link(link) for link in self._lab.links]
        if self._lab.expectations:
            self._notes.append("lab_expect has no meaning there and is left out")
        return {"name": self._lab.name, "topology": topology}, self._notes

    def _common(self, node: Node, said: t.Collection[str]) -> Json:
        ignored = [name for name, value in node.options.items() if name not in said and value not in (None, [], {})]
        if ignored:
            self._notes.append(f"node {node.name}: {listed(ignored)} has no meaning there and is left out")
        result: Json = {}
        if node.groups:
            result["group"] = node.groups[0]
            if len(node.groups) > 1:
                others = listed(node.groups[1:])
                self._notes.append(f"node {node.name}: a node has one group there, so {others} is left out")
        if node.options.get("labels"):
            result["labels"] = {key: str(value) for key, value in node.options["labels"].items()}
        return result

    def _bridge(self, node: Node) -> Json:
        self._notes.append(
            f"node {node.name}: containerlab makes no bridges; run 'ip link add {node.name} type bridge' and "
            f"'ip link set {node.name} up' on its host first"
        )
        if node.addresses:
            self._notes.append(f"node {node.name}: its own addresses are left out: {listed(map(str, node.addresses))}")
        for end in node.ends:
            if end.port:
                self._notes.append(f"{end.place}: {listed(end.port)} has no meaning there and is left out")
        return {"kind": "bridge", **self._common(node, {"kind", "group", "labels", "addresses", "mtu"})}

    def _linux(self, node: Node) -> Json:
        # With a management network, eth0 would be its interface, and the default route its own.
        result: Json = {"kind": "linux", "image": self._image, "network-mode": "none", **self._common(node, self._SAID)}
        result["sysctls"] = {key: str(value) for key, value in self._sysctls(node).items()}
        commands = [f"ip address add {address} dev lo" for address in node.loopback_addresses]
        commands += [f"ip link set {end.interface} up" for end in node.ends]
        commands += [f"ip address add {address} dev {end.interface}" for end in node.ends for address in end.addresses]
        for route in node.routes:
            commands += self._route(node, route)
        commands += node.options.get("exec", ())
        if commands:
            result["exec"] = commands
        return result

    def _sysctls(self, node: Node) -> Json:
        on = int(node.forwards)
        settings: Json = {_FORWARDING: on}
        if self._lab.has_ipv6:
            # Docker turns IPv6 off where it gives no address itself.
            settings.update({"net.ipv6.conf.all.disable_ipv6": 0, _FORWARDING_6: on})
        return {**settings, **node.options.get("sysctls", {})}

    def _route(self, node: Node, route: Json) -> list[str]:
        given = {option: value for option, value in route.items() if value is not None}
        destination = str(given.pop("destination"))
        gateway, interface, metric = (given.pop(option, None) for option in ("gateway", "interface", "metric"))
        if given or not (gateway or interface):
            self._notes.append(f"node {node.name}: the route to {destination} is left out because of {listed(given)}")
            return []
        words = ["ip", *(["-6"] if ":" in f"{destination}{gateway}" else []), "route", "add", destination]
        for word, value in (("via", gateway), ("dev", interface), ("metric", metric)):
            words += [word, str(value)] if value is not None else []
        return [shlex.join(words)]

    def _link(self, link: Link) -> Json:
        if link.vni is not None:
            self._notes.append(f"{link.ends[0].place}: the vni of its link has no meaning there and is left out")
        for end in link.ends:
            if end.impairments:
                self._notes.append(
                    f"{end.place}: {listed(end.impairments)} is left out, as its file has no impairments; "
                    "'containerlab tools netem set' is for them once the lab runs"
                )
        mtu = link.mtu or min((m for end in link.ends if (m := end.node.options.get("mtu"))), default=1500)
        return {"type": "veth", "endpoints": [_end(end) for end in link.ends], "mtu": mtu}


def _end(end: Endpoint) -> Json:
    return {"node": end.node.name, "interface": end.interface, "mac": end.mac}
