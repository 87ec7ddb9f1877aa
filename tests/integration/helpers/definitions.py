# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random definitions for ``topology`` that are right by construction: whatever is drawn, no item contradicts another,
and the kernel can do all of it. Names come from small pools, so that two definitions have much in common and yet
nearly never agree: the same name is an end of another cable, in another namespace, a bridge, or nothing at all."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

from hypothesis import strategies as st

from ansible_collections.netns.lab.tests.integration.helpers import further_definitions as further

OWN = ""
NAMESPACES = ("n1", "n2", "the third")
NAMES = ("x1", "x2", "x3", "x4")
MACS = tuple(f"02:00:00:00:00:{number:02x}" for number in range(1, 5))
# Four kinds of networks, none of which meets another: behind links, on lo, of peers, and where routes lead.
NETWORKS_4 = ("10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/16")
SYSCTLS = (
    {"net.ipv4.ip_forward": True, "net.ipv4.conf.all.accept_redirects": 1},
    {"net.ipv4.ip_forward": 0, "net.ipv4.conf.default.rp_filter": 2, "net.ipv4.conf.lo.rp_filter": 1},
)
ETC_FILES = ({"hosts": "10.1.0.1 x1\n"}, {"hosts": "it's 100 %\n", "resolv.conf": "nameserver 10.1.0.1\n"}, {})
NETWORKS_6 = ("2001:db8:1::/64", "2001:db8:2::/64")
DESTINATIONS_4 = ("default", "0.0.0.0/0", "198.51.100.0/24", "203.0.113.7/32", "100.64.0.0/10")
DESTINATIONS_6 = ("::/0", "2001:db8:100::/48", "2001:db8:200::7/128")

Item = dict[str, t.Any]
Definition = dict[str, list[Item]]


@dataclass
class Link:
    """One end of a cable or another link of a definition."""

    place: str
    name: str
    kind: str
    up: bool
    ipv6: bool
    """Whether it can have IPv6: it then says its MTU, as an earlier definition may have left one below 1280."""
    options: Item
    """Where mac, mtu and up are said."""
    master: str | None = None
    carrier: bool = False
    """Whether it is a cable that is up at both ends."""
    gateways: list[str] = field(default_factory=list)
    """What is in reach over it."""

    @property
    def key(self) -> tuple[str, str]:
        return (self.place, self.name)


class Maker:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.links: dict[tuple[str, str], Link] = {}
        self.sources: list[tuple[str, str]] = []
        self.sections: Definition = {
            section: []
            for section in (
                *("netns", "bridge", "veth", "macvlan", "vxlan", "bridge_port", "netns_link", "netns_address"),
                *("netns_neighbor", "netns_fdb", "netns_route", "netns_rule", "netns_qdisc"),
            )
        }

    # -- drawing

    def often(self) -> bool:
        return self._draw(st.integers(0, 3)) > 0

    def rarely(self) -> bool:
        return self._draw(st.integers(0, 3)) == 3

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def one(self, choices: t.Sequence[t.Any]) -> t.Any:
        return choices[0] if len(choices) == 1 else self._draw(st.sampled_from(choices))

    def some(self, **choices: t.Sequence[t.Any]) -> Item:
        """A few of the options, each with one of its values."""
        names = self._draw(st.lists(st.sampled_from(sorted(choices)), unique=True, max_size=3))
        return {name: self.one(choices[name]) for name in names}

    # -- making

    def make(self, earlier: Definition | None) -> Definition:
        places = [OWN, *(name for name in NAMESPACES if self.often())]
        for name in places[1:]:
            item: Item = {"name": name}
            loopback = self.often()
            if not loopback or self.rarely():
                item["loopback"] = loopback
            if self.rarely():
                item.update(self.some(sysctls=SYSCTLS, etc_files=ETC_FILES))
            self.sections["netns"].append(item)
            self.links[name, "lo"] = Link(name, "lo", "loopback", loopback, True, {})
        self.links[OWN, "lo"] = Link(OWN, "lo", "loopback", True, True, {})
        free = [(place, name) for place in places for name in NAMES]
        for _number in range(self.number(0, 2)):
            self._bridge(self._take(free))
        for _number in range(min(self.number(0, 4), len(free) // 2)):
            self._veth(self._take(free), self._take(free))
        if free and self.rarely():
            self._vxlan(self._take(free), places)
        for link in list(self.links.values()):
            link.master = self._port(link) if link.kind in ("veth", "vxlan") else None
        if free and self.rarely():
            self._macvlan(self._take(free))
        for link in list(self.links.values()):
            if link.key != (OWN, "lo") and self.rarely():
                self._netns_link(link, link.master)
        for _number in range(self.number(0, 5)):
            self._address(self.one(list(self.links.values())))
        for _number in range(self.number(0, 4)):
            self._route(self.one(places))
        self._entries(places)
        for item in self._no_longer(earlier) if earlier else ():
            self.sections[item.pop("section")].append({**item, "state": "absent"})
        for items in self.sections.values():
            if len(items) > 1 and self.rarely():
                items.reverse()
        return {section: items for section, items in self.sections.items() if items}

    def _take(self, free: list[tuple[str, str]]) -> tuple[str, str]:
        taken = self.one(free)
        free.remove(taken)
        return taken

    def _link(self, key: tuple[str, str], kind: str, options: Item) -> Link:
        ipv6 = self.often()
        if kind == "bridge":
            # Whether an MTU is meant or only fitted to the ports, the kernel does not tell: so a bridge of one name
            # always says it, that of another never does, and then a port may make it too small for IPv6.
            ipv6 = key[1] in NAMES[:2]
        link = Link(*key, kind, up=self.often(), ipv6=ipv6, options=options)
        if not link.up or self.rarely():
            options["up"] = link.up
        if link.ipv6:
            options["mtu"] = self.one((1280, 1400, 1500, 9000))
        elif kind != "bridge" and self.rarely():
            options["mtu"] = self.one((68, 1000, 1500, 65535))
        if self.rarely():
            options["mac"] = self.one(MACS)
        self.links[key] = link
        return link

    def _bridge(self, key: tuple[str, str]) -> None:
        item = {"name": key[1], **_in(key[0])}
        self._link(key, "bridge", item)
        item.update(
            self.some(
                stp=(True, False),
                forward_delay=(2, 15, 30),
                hello_time=(1, 2.5, 10),
                max_age=(6, 20, 40),
                ageing_time=(0, 60, 300),
                priority=(0, 4096, 65535),
                mcast_snooping=(True, False),
                group_fwd_mask=(0, 8, 65528),
            )
        )
        self.sections["bridge"].append(item)

    def _veth(self, near: tuple[str, str], far: tuple[str, str]) -> None:
        peer = {"name": far[1], **_in(far[0])}
        item = {"name": near[1], **_in(near[0]), "peer": peer}
        ends = self._link(near, "veth", item), self._link(far, "veth", peer)
        for end in ends:
            end.carrier = all(other.up for other in ends)
        self.sections["veth"].append(item)

    def _vxlan(self, key: tuple[str, str], places: list[str]) -> None:
        item = further.vxlan(self, key, places)
        if item is not None:
            self._link(key, "vxlan", item)
            if "dev" in item and "mtu" not in item:
                item["mtu"] = 1400  # or it has what the one below had when it was made
            elif "dev" in item:
                item["mtu"] = min(item["mtu"], 1500)
            self.sections["vxlan"].append(item)

    def _macvlan(self, key: tuple[str, str]) -> None:
        item = further.macvlan(self, key)
        if item is not None:
            link = self.links[key] = Link(*key, "macvlan", up=self.often(), ipv6=True, options=item)
            if not link.up or self.rarely():
                item["up"] = link.up
            self.sections["macvlan"].append(item)

    def _entries(self, places: list[str]) -> None:
        for section, make, most, subjects in (
            ("netns_rule", further.rule, 3, places),
            ("netns_neighbor", further.neighbour, 2, list(self.links.values())),
            ("netns_fdb", further.entry, 2, list(self.links.values())),
            ("netns_qdisc", further.qdisc, 1, list(self.links.values())),
        ):
            for _number in range(self.number(0, most)):
                item = make(self, self.one(subjects))  # type: ignore[operator]
                if item is not None:
                    self.sections[section].append(item)

    def _port(self, link: Link) -> str | None:
        bridges = [other.name for other in self.links.values() if other.kind == "bridge" and other.place == link.place]
        if not bridges or not self.often():
            return None
        bridge = self.one(bridges)
        options = self.some(
            cost=(1, 10, 65535),
            priority=(0, 32, 63),
            **dict.fromkeys(
                ("hairpin", "isolated", "learning", "flood", "mcast_flood", "bcast_flood", "bpdu_guard")
                + ("root_block", "fast_leave", "neigh_suppress", "proxy_arp"),
                (True, False),
            ),
        )
        item = {"interface": link.name, "bridge": bridge, **_in(link.place), **options}
        self.sections["bridge_port"].append(item)
        return bridge

    def _netns_link(self, link: Link, master: str | None) -> None:
        choices: dict[str, t.Sequence[t.Any]] = {
            "up": (link.up,),
            "alias": ("the uplink", "it's; $HOME", ""),
            "txqueuelen": (0, 500, 1000),
            "promisc": (True, False),
            "nomaster": (False,) if master else (True, False),
        }
        if link.kind == "loopback":
            choices["mtu"] = (1500, 65536)
        else:
            if link.kind != "macvlan":  # which cannot have that of the one below
                choices["mac"] = (link.options["mac"],) if "mac" in link.options else MACS
            choices["arp"] = (True, False)
            if link.ipv6:
                choices["mtu"] = (link.options["mtu"],)
                choices["addrgenmode"] = ("eui64", "none", "random")
            elif "mtu" in link.options:
                choices["mtu"] = (link.options["mtu"],)
        if master:
            choices["master"] = (master,)
        options = self.some(**choices)
        if "master" in options:
            options.pop("nomaster", None)
            if self.rarely():  # the one way to make it a port, or the other
                ports = self.sections["bridge_port"]
                ports[:] = [p for p in ports if (p.get("namespace", OWN), p["interface"]) != link.key]
        self.sections["netns_link"].append({"name": link.name, **_in(link.place), **options})

    # -- addresses

    def _address(self, link: Link) -> None:
        version = self.one((4, 6)) if link.ipv6 else 4
        host = self.number(1, 3)
        item: Item = {"interface": link.name, **_in(link.place)}
        if link.kind == "loopback":
            network = None
            item["address"] = f"192.0.2.{host}" if version == 4 else f"2001:db8:f::{host}/128"
        elif self.rarely():
            network = None
            own, other = ("10.9.0.{}", "10.9.1.{}/32") if version == 4 else ("2001:db8:9::{}", "2001:db8:a::{}/128")
            item.update(address=own.format(host), peer=other.format(self.number(1, 2)))
        else:
            network = ipaddress.ip_network(self.one(NETWORKS_4 if version == 4 else NETWORKS_6))
            length = network.prefixlen if version == 4 else self.one((64, 56))
            item["address"] = f"{network[host]}/{length}"
        own_address = item["address"].partition("/")[0]
        if any(
            (other.get("namespace", OWN), other["address"].partition("/")[0]) == (link.place, own_address)
            for other in self.sections["netns_address"]
        ):
            return
        lifetimes: dict[str, t.Sequence[t.Any]] = {"valid_lft": ("forever", "5000"), "preferred_lft": ("0",)}
        if link.key == (OWN, "lo"):
            # The kernel leaves the route of an IPv6 address that would have run out until it does.
            del lifetimes["valid_lft"]
        if version == 4:
            options = self.some(
                **({"broadcast": ("+", "-", str(network[254]))} if network else {}),
                label=(link.name, f"{link.name}:{host}"),
                noprefixroute=(True, False),
                metric=(0, 50, 2**32 - 1),
                **lifetimes,
            )
        else:
            options = self.some(nodad=(True, False), noprefixroute=(True, False), metric=(0, 50, 7000), **lifetimes)
        item.update(options)
        self.sections["netns_address"].append(item)
        if link.up and not item.get("noprefixroute") and "peer" not in item and network:
            link.gateways.append(str(network[99]))
        if link.up and (version == 4 or item.get("nodad")):
            self.sources.append((link.place, own_address))

    # -- routes

    def _route(self, place: str) -> None:
        version = self.one((4, 6))
        kind = self.one(("unicast", "unicast", "unicast", "blackhole", "unreachable", "prohibit"))
        destination = self.one(DESTINATIONS_4 if version == 4 else DESTINATIONS_6)
        item: Item = {"destination": destination, **_in(place)}
        item.update(self.some(metric=(0, 10, 1024), table=("main", "100", "1000")))
        if kind != "unicast" and destination in ("default", "0.0.0.0/0"):
            item["table"] = "100"  # in the main one the kernel takes it for the way to an onlink gateway
        item.update(self._way(place, version, destination) if kind == "unicast" else {"type": kind})
        if not {"interface", "gateway", "nexthops", "type"} & set(item):
            return
        if all(_route_key(other) != _route_key(item) for other in self.sections["netns_route"]):
            self.sections["netns_route"].append(item)

    def _way(self, place: str, version: int, destination: str) -> Item:
        links = [
            link
            for link in self.links.values()
            if link.place == place and link.up and link.name != "lo" and (version == 4 or link.ipv6)
        ]
        hops = [hop for link in links for hop in self._hops(link, version)]
        if not hops:
            return {}
        if len(hops) > 1 and self.rarely():
            if version == 6:
                hops = [hop for hop in hops if "gateway" in hop]
            chosen: list[Item] = []
            for _number in range(self.number(2, 3)):
                left = [hop for hop in hops if all(_hop_key(hop) != _hop_key(other) for other in chosen)]
                if left:
                    chosen.append({**self.one(left), **self.some(weight=(1, 2, 256))})
            if chosen:
                way: Item = {"nexthops": chosen}
            else:
                return {}
        else:
            way = dict(self.one(hops))
        options: dict[str, t.Sequence[t.Any]] = {"mtu": (1280, 1400)}
        sources = [address for where, address in self.sources if where == place and (":" in address) == (version == 6)]
        if sources:
            options["source"] = sources
        if version == 4:
            is_direct = all("gateway" not in hop for hop in way.get("nexthops", [way]))
            with_gateway = ("global",) if "nexthops" in way else ("global", "site")
            options["scope"] = ("link", "global") if is_direct else with_gateway
        return {**way, **self.some(**options)}

    def _hops(self, link: Link, version: int) -> list[Item]:
        gateways = [gateway for gateway in link.gateways if (":" in gateway) == (version == 6)]
        elsewhere = [
            gateway
            for other in self.links.values()
            if other.place == link.place and other is not link
            for gateway in other.gateways
        ]
        hops: list[Item] = [{"interface": link.name}]
        for gateway in dict.fromkeys(gateways):
            hops.append({"interface": link.name, "gateway": gateway})
            if gateway not in elsewhere:
                hops.append({"gateway": gateway})
        # Where IPv4 never was up, the kernel takes any gateway for a broadcast address.
        if version == 6 or self.links[link.place, "lo"].up:
            onlink = "172.16.0.1" if version == 4 else "2001:db8:dead::1"
            hops.append({"interface": link.name, "gateway": onlink, "onlink": True})
        if version == 6:
            hops.append({"interface": link.name, "gateway": "fe80::99"})
        return hops

    # -- what an earlier definition has and this one says no to

    def _no_longer(self, earlier: Definition) -> t.Iterator[Item]:
        places = {OWN, *(item["name"] for item in self.sections["netns"])}
        for section, items in earlier.items():
            for item in items:
                if item.get("state") == "absent" or not self.rarely():
                    continue
                place = item.get("namespace", OWN)
                named: Item = {"section": section, **_in(place)}
                if section == "netns" and item["name"] not in places:
                    yield {"section": section, "name": item["name"]}
                elif section in ("bridge", "macvlan", "vxlan") and (place, item["name"]) not in self.links:
                    yield {**named, "name": item["name"]}
                elif section == "veth":
                    ends = {(place, item["name"]), (item["peer"].get("namespace", OWN), item["peer"]["name"])}
                    if not ends & set(self.links):
                        yield {**named, "name": item["name"]}
                elif section == "netns_address" and all(
                    _address_key(item) != _address_key(other) for other in self.sections[section]
                ):
                    yield {**named, **{k: item[k] for k in ("interface", "address", "peer") if k in item}}
                elif section == "netns_route" and all(
                    _route_key(item) != _route_key(other) for other in self.sections[section]
                ):
                    _place, network, table, metric = _route_key(item)
                    yield {**named, "destination": network, "table": str(table), "metric": metric}
                elif section == "netns_rule" and all(
                    further.rule_key(item) != further.rule_key(other) for other in self.sections[section]
                ):
                    yield {**item, **named}
                elif section == "netns_neighbor" and all(
                    further.neighbour_key(item) != further.neighbour_key(other) for other in self.sections[section]
                ):
                    yield {**named, **{k: item[k] for k in ("interface", "address", "proxy") if k in item}}
                elif section == "netns_qdisc" and all(
                    (place, item["interface"]) != (other.get("namespace", OWN), other["interface"])
                    for other in self.sections[section]
                ):
                    yield {**named, "interface": item["interface"]}


def _in(place: str) -> Item:
    return {"namespace": place} if place != OWN else {}


def _hop_key(hop: Item) -> tuple[t.Any, ...]:
    return (hop.get("gateway") or hop.get("interface"),)


def _address_key(item: Item) -> tuple[str, str, str]:
    return (item.get("namespace", OWN), item["interface"], item["address"].partition("/")[0])


def _route_key(item: Item) -> tuple[str, str, str, int]:
    network = "0.0.0.0/0" if item["destination"] == "default" else item["destination"]
    metric = item.get("metric") or (1024 if ":" in network else 0)
    return (item.get("namespace", OWN), network, item.get("table", "main"), metric)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """One definition."""
    return Maker(draw).make(None)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Definition, Definition]:
    """A definition and the one that comes after it; some items of the second say what is to be gone of the first."""
    first = Maker(draw).make(None)
    return first, Maker(draw).make(first)


@st.composite
def additions(draw: st.DrawFn) -> tuple[Definition, Definition]:
    """What is there already, and a definition that has all of it and more."""
    everything = Maker(draw).make(None)
    # What changes for good what was there is left out, and so is a default route, which the guard would keep.
    everything.pop("netns_link", None)
    everything["netns_route"] = [
        item
        for item in everything.get("netns_route", ())
        if "namespace" in item or item["destination"] not in ("default", "0.0.0.0/0", "::/0")
    ]
    places = {OWN}
    there: Definition = {"netns": [], "bridge": [], "veth": [], "netns_address": []}
    for item in everything.get("netns", ()):
        if draw(st.booleans()):
            there["netns"].append(item)
            places.add(item["name"])
    links = {(place, "lo") for place in places}
    for section in ("bridge", "veth"):
        for item in everything.get(section, ()):
            ends = [(end.get("namespace", OWN), end["name"]) for end in (item, item.get("peer")) if end]
            if {place for place, _name in ends} <= places and draw(st.booleans()):
                there[section].append(item)
                links.update(ends)
    for item in everything.get("netns_address", ()):
        if (item.get("namespace", OWN), item["interface"]) in links and draw(st.booleans()):
            there["netns_address"].append(item)
    return there, everything
