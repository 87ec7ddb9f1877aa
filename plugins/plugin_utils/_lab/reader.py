# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""From a definition, the variables ``lab_*``, to a ``Lab``. Whatever is wrong with it is a ``Fault`` with its place."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._values import (
    Interface,
    interface_name,
    mac_address,
    namespace_name,
    whole_number,
)
from ansible_collections.netns.lab.plugins.plugin_utils._lab import options as opt
from ansible_collections.netns.lab.plugins.plugin_utils._lab.addressing import assign_addresses
from ansible_collections.netns.lab.plugins.plugin_utils._lab.expectations import read_expectations
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path, unknown
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import (
    LINUX,
    Endpoint,
    Lab,
    Link,
    Node,
    Pool,
)
from ansible_collections.netns.lab.plugins.plugin_utils._lab.names import name_interfaces
from ansible_collections.netns.lab.plugins.plugin_utils._lab.routing import derive_routes
from ansible_collections.netns.lab.plugins.plugin_utils._lab.segments import join_segments

# What a definition consists of, with the types of the role's variables.
VARIABLES = opt.Spec(
    {
        "lab_name": {"type": "str", "default": "lab"},
        "lab_prefix": {"type": "str", "default": ""},
        "lab_nodes": {"type": "raw"},
        "lab_links": {"type": "raw"},
        "lab_defaults": {"type": "raw"},
        "lab_kinds": {"type": "raw"},
        "lab_groups": {"type": "raw"},
        "lab_pools": {"type": "raw"},
        "lab_expect": {"type": "raw"},
        "lab_placement": {"type": "str", "choices": ["each", "spread"], "default": "spread"},
        "lab_routing": {"type": "str", "choices": ["none", "static"], "default": "none"},
        "lab_overlapping_subnets": {"type": "bool", "default": False},
    }
)

# The usual lengths of prefixes, by pool and version: those of netlab, and of RFC 4291 for LANs.
_PREFIXES = {
    ("lan", 4): 24,
    ("lan", 6): 64,
    ("p2p", 4): 30,
    ("p2p", 6): 126,
    ("loopback", 4): 32,
    ("loopback", 6): 128,
}
_NO_NAME = re.compile(r"[\s:,\[\]]")


def read_lab(definition: t.Mapping[str, t.Any]) -> Lab:
    """The lab that the variables tell, complete but for where its nodes are."""
    given = opt.typed(definition, VARIABLES, ())
    lab = Lab(
        name=_lab_name(given["lab_name"]),
        placement=given["lab_placement"],
        routing=given["lab_routing"],
    )
    _read_nodes(lab, given)
    _read_links(lab, given.get("lab_links"))
    lab.pools = _read_pools(given.get("lab_pools"))
    name_interfaces(lab)
    join_segments(lab)
    assign_addresses(lab, given["lab_overlapping_subnets"])
    if lab.routing == "static":
        derive_routes(lab)
    lab.expectations = read_expectations(lab, given.get("lab_expect"))
    return lab


def _lab_name(name: str) -> str:
    if not name or "/" in name or name.startswith(".") or len(name.encode()) > 200:
        raise Fault(("lab_name",), f"{name!r} cannot be a file's name; take one without '/' and without a dot in front")
    return name


# -- nodes


class _Inherited:
    """What nodes have from elsewhere, as in containerlab: from their groups, their kind, and the defaults."""

    def __init__(self, given: t.Mapping[str, t.Any]) -> None:
        self._defaults = opt.mapping(given.get("lab_defaults"), ("lab_defaults",), "lab_defaults")
        self._kinds = _mappings(given.get("lab_kinds"), "lab_kinds")
        self._groups = _mappings(given.get("lab_groups"), "lab_groups")
        for kind, options in self._kinds.items():
            if kind not in opt.NODE:
                raise Fault(("lab_kinds", kind), unknown("kind", kind, opt.NODE))
            self._kinds[kind] = opt.typed(options, opt.NODE[kind], ("lab_kinds", kind))
        self._defaults = opt.typed(self._defaults, opt.ANY_NODE, ("lab_defaults",))
        self._groups = {
            name: opt.typed(options, opt.ANY_NODE, ("lab_groups", name)) for name, options in self._groups.items()
        }
        for name, options in self._groups.items():
            if "group" in options:
                raise Fault(("lab_groups", name, "group"), "a group is in no other group; name both at the node")

    def complete(self, node: dict[str, t.Any], path: Path) -> dict[str, t.Any]:
        """The options of a node with all that it inherits."""
        groups = self._list(node.get("group", self._defaults.get("group", ())))
        # One that nothing is said of still is one of the inventory.
        layers = [self._groups.get(name, {}) for name in groups]
        kind = next((layer["kind"] for layer in (node, *layers, self._defaults) if "kind" in layer), LINUX)
        if kind not in opt.NODE:
            raise Fault((*path, "kind"), unknown("kind", kind, opt.NODE))
        spec = opt.NODE[kind]
        own = opt.typed(node, spec, path)
        result: dict[str, t.Any] = {}
        for layer in (self._defaults, self._kinds.get(kind, {}), *reversed(layers), own):
            for name, value in layer.items():
                if name not in spec:
                    continue  # of another kind
                if name in opt.MERGED:
                    value = {**result.get(name, {}), **value}
                result[name] = value
        result["kind"] = kind
        result["group"] = groups
        if "namespace" in node and node["namespace"] is None:
            result["namespace"] = None
        return result

    @staticmethod
    def _list(value: t.Any) -> list[str]:
        return [value] if isinstance(value, str) else [str(name) for name in value or ()]


def _mappings(value: t.Any, name: str) -> dict[str, dict[str, t.Any]]:
    return {
        key: opt.mapping(inner, (name, key), f"{name}.{key}")
        for key, inner in opt.mapping(value, (name,), name).items()
    }


def _read_nodes(lab: Lab, given: t.Mapping[str, t.Any]) -> None:
    inherited = _Inherited(given)
    namespaces: dict[str, str] = {}
    for key, written in opt.mapping(given.get("lab_nodes"), ("lab_nodes",), "lab_nodes").items():
        path: Path = ("lab_nodes", key)
        said = opt.mapping(written, path, f"node {key}")
        opt.known(said, opt.ANY_NODE, path)
        with opt.at(path):
            items = expand({"": key, **said}, opt.LITERAL)
        if len(items) > 1 and items[0][""] == items[1][""]:
            raise Fault(path, "there is a range in what it is told, and none in its name; write it as NAME[1:3]")
        for item in items:
            name = item.pop("")
            node = _node(name, inherited.complete(item, path), path, given["lab_prefix"])
            if name in lab.nodes:
                raise Fault(path, f"node {name} is there twice")
            lab.nodes[name] = node
            if not node.is_bridge:
                other = namespaces.setdefault(str(node.namespace), name)
                if other != name:
                    raise Fault(path, f"namespace {node.namespace!r} is that of node {other} already")


def _node(name: str, options: dict[str, t.Any], path: Path, prefix: str) -> Node:
    with opt.at(path):
        namespace_name(name)
        if _NO_NAME.search(name):
            raise ValueError(f"node {name!r} has a character that no node can have (white space, ':', ',' or '[')")
        namespace = options.get("namespace", prefix + name)
        if namespace is not None:
            namespace_name(namespace)
        if "mtu" in options:
            whole_number(options["mtu"], "mtu", 68, 65535)
    kind = options["kind"]
    node = Node(name, kind, namespace, path, options)
    if kind == LINUX:
        if namespace is None:
            raise Fault(path, "only a bridge can be in the host's namespace (namespace: null)")
        node.loopback_addresses = opt.addresses(options.get("loopback_addresses", ()), (*path, "loopback_addresses"))
        for number, route in enumerate(options.get("routes", ())):
            node.routes.append(_route(route, namespace, (*path, "routes", number)))
    else:
        with opt.at(path):
            interface_name(node.bridge, "the name of the bridge")
        node.addresses = _in_subnets(options.get("addresses", ()), (*path, "addresses"))
        device = opt.NODE[kind].of_module("bridge", options)
        if device:
            opt.check_item("bridge", {"name": node.bridge, **device}, path)
        if "mac" in options:
            options["mac"] = mac_address(options["mac"])
    return node


def _route(route: t.Any, namespace: str, path: Path) -> dict[str, t.Any]:
    options = opt.mapping(route, path, "a route")
    if "namespace" in options or "state" in options:
        raise Fault(path, "a route of a node has no namespace and no state of its own; leave them out")
    opt.check_item("netns_route", {**options, "namespace": namespace}, path)
    options["destination"] = str(options["destination"])
    return options


# -- links


def _read_links(lab: Lab, value: t.Any) -> None:
    for number, written in enumerate(opt.sequence(value, ("lab_links",), "lab_links")):
        path: Path = ("lab_links", number)
        ends = path
        if isinstance(written, t.Mapping):
            said, ends = opt.mapping(written, path, "a link"), (*path, "endpoints")
        elif isinstance(written, str):
            raise Fault(path, f"a link is a list of two ends such as [h1, sw1], and not the text {written!r}")
        else:
            said = {"endpoints": opt.sequence(written, path, "a link")}
        with opt.at(path):
            items = expand(said)
        for item in items:
            _read_link(lab, item, path, ends)


def _read_link(lab: Lab, item: dict[str, t.Any], path: Path, inside: Path) -> None:
    given = opt.typed(item, opt.LINK, path)
    written = opt.sequence(given["endpoints"], inside, "endpoints")
    if len(written) != 2:
        raise Fault(
            inside,
            f"a link has two ends, and this one has {len(written)}; put a node of kind bridge where more are to meet",
        )
    mtus: list[tuple[int, Path]] = [(given["mtu"], (*path, "mtu"))] if "mtu" in given else []
    impairments = opt.LINK.of_module("netns_qdisc", given)
    if impairments:
        opt.check_item("netns_qdisc", {"interface": "x", **impairments}, path)
    ends = []
    for number, end in enumerate(written):
        endpoint, mtu = _end(lab, end, impairments, (*inside, number))
        ends.append(endpoint)
        if mtu is not None:
            mtus.append((mtu, (*inside, number)))
    one, two = ends
    for mtu, place in mtus:
        with opt.at(place):
            whole_number(mtu, "mtu", 68, 65535)
        if mtu != mtus[0][0]:
            raise Fault(place, f"its ends are asymmetric: one has mtu {mtus[0][0]} and the other {mtu}")
    if "vni" in given:
        with opt.at((*path, "vni")):
            whole_number(given["vni"], "vni", 1, 2**24 - 1)
    link = Link((one, two), path, mtus[0][0] if mtus else None, given.get("vni"))
    for endpoint in ends:
        endpoint.link = link
        endpoint.node.ends.append(endpoint)
    lab.links.append(link)


def _end(lab: Lab, written: t.Any, of_link: dict[str, t.Any], path: Path) -> tuple[Endpoint, int | None]:
    """``of_link``: what the link says of the packets that both of its ends send."""
    if isinstance(written, str):
        name, separator, interface = written.rpartition(":")
        said = {"node": name, "interface": interface} if separator else {"node": written}
    else:
        said = opt.mapping(written, path, "an end of a link")
    given = opt.typed(said, opt.END, path)
    node = lab.nodes.get(given["node"])
    if node is None:
        raise Fault(path, unknown("node", given["node"], lab.nodes))
    end = Endpoint(node, path)
    if "interface" in given:
        with opt.at(path):
            end.interface = interface_name(given["interface"])
        if end.interface == "lo":
            raise Fault(path, "lo is in every namespace already; its addresses are the node's loopback_addresses")
    if "mac" in given:
        with opt.at(path):
            end.mac = mac_address(given["mac"])
    if "addresses" in given:
        if node.is_bridge:
            raise Fault(path, f"a port of a bridge has no addresses; give them to the bridge itself (node {node.name})")
        end.given = _in_subnets(given["addresses"], (*path, "addresses"))
    end.port = opt.END.of_module("bridge_port", given)
    if end.port:
        if not node.is_bridge:
            raise Fault(path, f"{', '.join(end.port)} is for ports of a bridge, and node {node.name} is none")
        opt.check_item("bridge_port", {"interface": "x", "bridge": "y", **end.port}, path)
    end.impairments = _impairments(said, given, of_link)
    if end.impairments:
        opt.check_item("netns_qdisc", {"interface": "x", **end.impairments}, path)
    return end, given.get("mtu")


def _in_subnets(values: t.Sequence[str], path: Path) -> list[Interface]:
    """Addresses on a link. Without a prefix, one would be alone in its subnet."""
    for number, text in enumerate(values):
        if "/" not in text:
            raise Fault((*path, number), f"address {text!r} has no prefix length; write it as well, such as /24")
    return opt.addresses(values, path)


def _impairments(said: dict[str, t.Any], given: dict[str, t.Any], of_link: dict[str, t.Any]) -> dict[str, t.Any]:
    """An end has what it says itself, and without a word of its own what the link says; null is a word."""
    own = {option: given.get(option) for option in opt.END.of_module("netns_qdisc", said)}
    return {option: value for option, value in {**of_link, **own}.items() if value is not None}


# -- pools


def _read_pools(value: t.Any) -> dict[str, list[Pool]]:
    found: dict[str, list[Pool]] = {}
    for kind, written in opt.mapping(value, ("lab_pools",), "lab_pools").items():
        path: Path = ("lab_pools", kind)
        if (kind, 4) not in _PREFIXES:
            raise Fault(path, unknown("pool", kind, ("lan", "p2p", "loopback")))
        if isinstance(written, list):
            pools = [_pool(kind, item, (*path, number)) for number, item in enumerate(written)]
        else:
            pools = [] if written is None else [_pool(kind, written, path)]
        for version in (4, 6):
            if sum(pool.network.version == version for pool in pools) > 1:
                raise Fault(path, f"there are two networks of IPv{version}; a pool has one of each version")
        found[kind] = pools
    _refuse_common(found)
    return found


def _pool(kind: str, written: t.Any, path: Path) -> Pool:
    given = opt.typed(written if isinstance(written, t.Mapping) else {"subnet": written}, opt.POOL, path)
    try:
        network = ipaddress.ip_network(given["subnet"])
    except ValueError as e:
        raise Fault(path, f"{e}; write a subnet such as 172.16.0.0/16 or fd00:172::/48") from None
    usual = _PREFIXES[kind, network.version]
    prefix = given.get("prefix", max(usual, network.prefixlen))
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        raise Fault(
            (*path, "prefix"), f"prefix is {prefix}; it must be from {network.prefixlen} to {network.max_prefixlen}"
        )
    return Pool(network, prefix, path)


def _refuse_common(pools: dict[str, list[Pool]]) -> None:
    every = [pool for found in pools.values() for pool in found]
    for number, pool in enumerate(every):
        for other in every[:number]:
            if pool.network.version == other.network.version and pool.network.overlaps(other.network):
                raise Fault(pool.path, f"pool {pool.network} overlaps with {other.network}; give each pool its own")
