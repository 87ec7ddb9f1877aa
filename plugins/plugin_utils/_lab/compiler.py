# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""What one host builds of a lab, as sections of ``netns.lab.topology``."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._values import Interface
from ansible_collections.netns.lab.plugins.plugin_utils._lab import options as opt
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Link, Node, Segment
from ansible_collections.netns.lab.plugins.plugin_utils._lab.names import Vnis, vxlan_name
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import Placement

Item = dict[str, t.Any]

_MOST_PORTS = 1023
_ETHERNET = 1500
# Of a frame within VXLAN: its own header, and those of VXLAN, UDP and the outer IP (RFC 7348).
_OVERHEAD = {4: 14 + 8 + 8 + 20, 6: 14 + 8 + 8 + 40}
_ANYTHING = "00:00:00:00:00:00"
# IPv6 asks for more (RFC 8200).
_LEAST_MTU = 1280


@dataclass
class Underlay:
    """What lies between the hosts."""

    addresses: t.Mapping[str, str] = field(default_factory=dict)
    """By host. One that is missing is not known."""
    mtu: int = _ETHERNET
    port: int = 4789


@dataclass
class HostPart:
    """What one host has of a lab."""

    sections: dict[str, list[Item]]
    """Those that have items."""
    checks: list[Item]
    """What is expected from here, as the role ``verify`` takes it."""
    commands: list[Item]
    """What the ``exec`` lists of the nodes that are here say: ``node``, ``namespace`` and ``command``."""
    notes: list[str]
    """What was decided that the definition does not say."""


def compile_host(
    lab: Lab, placement: Placement, host: str, underlay: Underlay | None = None, processes: str = "fail"
) -> HostPart:
    """The part of ``host``. ``processes``: what is done with those that run in a namespace that is to go."""
    return _Compiler(lab, placement, underlay or Underlay(), processes).part(host)


def hosts_of_tunnels(lab: Lab, placement: Placement) -> list[str]:
    """The hosts whose addresses have to be known, because links or bridges reach from them to others."""
    found: dict[str, None] = {}
    for hosts in placement.between.values():
        found.update(dict.fromkeys(hosts))
    for node in lab.nodes.values():
        if node.is_bridge:
            found.update(dict.fromkeys(placement.parts(node)))
    return list(found)


class _Compiler:
    def __init__(self, lab: Lab, placement: Placement, underlay: Underlay, processes: str) -> None:
        self._lab = lab
        self._placement = placement
        self._underlay = underlay
        self._processes = processes
        self._has_ipv6 = lab.has_ipv6
        self._notes: list[str] = []
        vnis = Vnis(lab)
        self._vnis: dict[Link | Node, int] = {}
        for link in placement.between:
            one, two = link.ends
            self._vnis[link] = link.vni or vnis.vni(one.node.name, one.interface, two.node.name, two.interface)
        for node in lab.nodes.values():
            if node.is_bridge and placement.parts(node):
                self._vnis[node] = vnis.vni(node.name)
        self._mtus = self._find_mtus()

    def part(self, host: str) -> HostPart:
        here = [node for node in self._lab.nodes.values() if host in self._placement.of_node[node]]
        links = [link for link, hosts in self._placement.of_link.items() if host in hosts]
        self._sections: dict[str, list[Item]] = {
            "netns": self._namespaces(here),
            "bridge": [self._bridge(node, host) for node in here if node.is_bridge],
            "veth": [self._cable(link) for link in links],
            "vxlan": [],
            "bridge_port": [_port(end) for link in links for end in link.ends if end.node.is_bridge],
            "netns_fdb": [],
            "netns_address": [],
            "netns_route": [],
            "netns_qdisc": [_qdisc(end) for link in links for end in link.ends if end.impairments],
        }
        for link, hosts in self._placement.between.items():
            for end, near, far in zip(link.ends, hosts, reversed(hosts)):
                if near == host:
                    self._tunnel(link, end, near, far)
        for node in here:
            if node.is_bridge:
                self._join_parts(node, host)
        self._count_ports(here)
        self._address(here, host)
        return HostPart(
            sections={section: items for section, items in self._sections.items() if items},
            checks=self._checks(here),
            commands=[
                {"node": node.name, "namespace": node.namespace, "command": command}
                for node in here
                for command in node.options.get("exec", ())
            ],
            notes=self._notes,
        )

    # -- namespaces

    def _namespaces(self, here: list[Node]) -> list[Item]:
        found: dict[str, Item] = {}
        for node in here:
            if node.namespace is None:
                continue
            item = found.setdefault(node.namespace, {"name": node.namespace, "processes": self._processes})
            if not node.is_bridge:
                item.update(opt.NODE[node.kind].of_module("netns", node.options))
                item["sysctls"] = {**self._forwarding(node), **node.options.get("sysctls", {})}
        return list(found.values())

    def _forwarding(self, node: Node) -> dict[str, t.Any]:
        """A new namespace has some settings from the host (net.core.devconf_inherit_init_net), so all are said."""
        on = int(node.forwards)
        settings: dict[str, t.Any] = {"net.ipv4.ip_forward": on}
        if self._has_ipv6:
            settings["net.ipv6.conf.all.forwarding"] = on
        if on:
            # Ways there and back can differ. The interfaces to come take over what is said of "default".
            settings.update({f"net.ipv4.conf.{which}.rp_filter": 0 for which in ("all", "default")})
        return settings

    # -- links

    def _bridge(self, node: Node, host: str) -> Item:
        item: Item = {"name": node.bridge, **_inside(node)}
        item.update(opt.NODE[node.kind].of_module("bridge", node.options))
        if self._placement.parts(node) and host != self._home(node):
            item.pop("mac", None)  # of each part its own, which the kernel chooses
        else:
            item["mac"] = node.mac
        mtu = node.options.get("mtu")
        if mtu is not None:
            item["mtu"] = min(mtu, self._limit(node.ends[0].link.segment) or mtu) if node.ends else mtu
        return item

    def _home(self, bridge: Node) -> str:
        """The host whose part has the addresses of the bridge itself."""
        return self._placement.of_node[bridge][0]

    def _cable(self, link: Link) -> Item:
        """A bridge's end is the first one: it is then made, enslaved and set up in one message."""
        one, two = sorted(link.ends, key=lambda end: not end.node.is_bridge)
        mtu = self._mtus.get(link)
        return {**_interface(one, mtu), "peer": _interface(two, mtu)}

    def _tunnel(self, link: Link, end: Endpoint, near: str, far: str) -> None:
        """One end of a link to another host: a VXLAN that leads there, in the place of the veth's end."""
        self._sections["vxlan"].append(
            {
                **_interface(end, self._mtus[link]),
                "underlay_namespace": "",
                "vni": self._vnis[link],
                "port": self._underlay.port,
                "local": self._address_of(near),
                "remote": self._address_of(far),
                "learning": False,
            }
        )
        if end.node.is_bridge:
            self._sections["bridge_port"].append(_port(end))
        if end.impairments:
            self._sections["netns_qdisc"].append(_qdisc(end))

    def _join_parts(self, bridge: Node, host: str) -> None:
        """A bridge that reaches over several hosts has one port to all others. What is for everybody, and what is for
        an address not learned yet, goes to each; nothing that comes from one is handed on to another."""
        parts = self._placement.parts(bridge)
        if host not in parts:
            return
        name = vxlan_name(self._lab, bridge.name)
        segment = next((end.link.segment for end in bridge.ends), None)
        self._sections["vxlan"].append(
            {
                "name": name,
                **_inside(bridge),
                "mtu": self._limit(segment) if segment else self._room,
                "underlay_namespace": "",
                "vni": self._vnis[bridge],
                "port": self._underlay.port,
                "local": self._address_of(host),
            }
        )
        self._sections["bridge_port"].append({"interface": name, "bridge": bridge.bridge, **_inside(bridge)})
        for other in parts:
            if other != host:
                entry = {"mac": _ANYTHING, "interface": name, **_inside(bridge), "dst": self._address_of(other)}
                self._sections["netns_fdb"].append(entry)

    def _address_of(self, host: str) -> str:
        found = self._underlay.addresses.get(host)
        if found is None:
            raise Fault(
                ("lab_underlay_address",),
                f"the address at which other hosts reach {host} is not known, and the lab has links to it from other "
                "hosts; set lab_underlay_address or lab_underlay_interface for it, or let the play include it",
            )
        return found

    def _count_ports(self, here: list[Node]) -> None:
        counts: dict[tuple[str | None, str], int] = {}
        for item in self._sections["bridge_port"]:
            key = (item.get("namespace"), item["bridge"])
            counts[key] = counts.get(key, 0) + 1
        for node in here:
            count = counts.get((node.namespace, node.bridge), 0) if node.is_bridge else 0
            if count > _MOST_PORTS:
                raise Fault(
                    node.path,
                    f"bridge {node.name} would have {count} ports on one host, and a bridge has at most {_MOST_PORTS}; "
                    "take another bridge and a link between the two",
                )

    # -- MTU

    @property
    def _room(self) -> int:
        """What of the underlay's MTU is left for what goes through a VXLAN."""
        versions = {ipaddress.ip_address(address).version for address in self._underlay.addresses.values()}
        return self._underlay.mtu - _OVERHEAD[6 if 6 in versions else 4]

    def _limit(self, segment: Segment) -> int | None:
        """The most that a segment can have, if it reaches over several hosts."""
        crosses = any(link in self._placement.between for link in segment.links)
        crosses = crosses or any(self._placement.parts(bridge) for bridge in segment.bridges)
        return self._room if crosses else None

    def _find_mtus(self) -> dict[Link, int]:
        """Of the links that have one of their own. All of a segment that reaches over several hosts have less."""
        found: dict[Link, int] = {}
        for segment in self._lab.segments:
            limit = self._limit(segment)
            if limit is not None and limit < _LEAST_MTU:
                raise Fault(
                    ("lab_underlay_mtu",), f"it is {self._underlay.mtu}, which leaves {limit} for a link between hosts"
                )
            lowered = set()
            for link in segment.links:
                wanted = link.mtu or min((m for end in link.ends if (m := end.node.options.get("mtu"))), default=None)
                if limit is None:
                    if wanted is not None:
                        found[link] = wanted
                    continue
                found[link] = min(wanted or _ETHERNET, limit)
                if found[link] < (wanted or _ETHERNET):
                    lowered.add(wanted or _ETHERNET)
            if lowered:
                self._notes.append(
                    f"{segment.name} reaches over several hosts: its MTU is {limit} and not {max(lowered)}, as VXLAN "
                    f"takes {self._underlay.mtu - t.cast(int, limit)} of the {self._underlay.mtu} bytes between them "
                    "(lab_underlay_mtu)"
                )
        return found

    # -- addresses and routes

    def _address(self, here: list[Node], host: str) -> None:
        addresses, routes = self._sections["netns_address"], self._sections["netns_route"]
        for node in here:
            place = _inside(node)
            if node.is_bridge:
                if self._home(node) == host or self._placement.copied:
                    addresses += [_address(place, node.bridge, address) for address in node.addresses]
                continue
            addresses += [_address(place, "lo", address) for address in node.loopback_addresses]
            ends = [end for end in node.ends if self._is_here(end, host)]
            for end in ends:
                addresses += [_address(place, end.interface, address) for address in end.addresses]
            reached = [address.network for end in ends for address in end.addresses]
            for route in node.routes:
                # Of a copy some links may be missing, and with them what they lead to.
                if len(ends) == len(node.ends) or "gateway" not in route or _is_within(route["gateway"], reached):
                    routes.append({**place, **route})

    def _is_here(self, end: Endpoint, host: str) -> bool:
        return host in self._placement.of_link.get(end.link, ()) or end.link in self._placement.between

    def _checks(self, here: list[Node]) -> list[Item]:
        names = {node.name for node in here}
        return [
            {
                "from": expected.source.namespace,
                "to": expected.destination,
                "reachable": expected.reachable,
            }
            for expected in self._lab.expectations
            if expected.source.name in names
        ]


def _is_within(gateway: str, networks: list[t.Any]) -> bool:
    address = ipaddress.ip_address(gateway)
    return any(address.version == network.version and address in network for network in networks)


def _inside(node: Node) -> Item:
    return {} if node.namespace is None else {"namespace": node.namespace}


def _interface(end: Endpoint, mtu: int | None) -> Item:
    item: Item = {"name": end.interface, **_inside(end.node), "mac": end.mac}
    if mtu is not None:
        item["mtu"] = mtu
    return item


def _port(end: Endpoint) -> Item:
    return {"interface": end.interface, "bridge": end.node.bridge, **_inside(end.node), **end.port}


def _qdisc(end: Endpoint) -> Item:
    return {"interface": end.interface, **_inside(end.node), **end.impairments}


def _address(place: Item, interface: str, address: Interface) -> Item:
    item: Item = {**place, "interface": interface, "address": str(address)}
    if address.version == 6:
        item["nodad"] = True  # nobody else has it, which was made sure of, and it can be used at once
    return item
