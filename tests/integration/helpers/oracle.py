# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a machine, as iproute2 tells it, is what a definition says: each item, and nothing beside them. Knows nothing
of the engine."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.netns.lab.tests.integration.helpers.state import (
    Json,
    is_automatic,
    is_static_entry,
    is_static_neighbour,
)

OWN = ""
FOREVER = 4294967295
# What ip calls an option, where it is not the same word; seconds are told in hundredths.
_BRIDGE_WORDS = {"stp": "stp_state"}
_BRIDGE_SECONDS = {"forward_delay", "hello_time", "max_age", "ageing_time"}
_PORT_WORDS = {"bpdu_guard": "guard", "fast_leave": "fastleave", "port_state": "state"}
_VXLAN_OPTIONS = {"vni", "local", "remote", "ttl", "tos", "df", "learning", "ageing", "port", "l2miss"}
_SCOPES = {"200": "site", "253": "link", "254": "host", "0": "global"}

Place = tuple[str, str]
Found = dict[str, Json]


def faults(definition: dict[str, list[Json]], found: Found, empty: Found) -> list[str]:
    """What is not as the definition says. ``found`` and ``empty``: the machine as ``state.read`` tells it, now and
    before any lab."""
    return list(_Judge(definition, found, empty).faults())


class _Judge:
    def __init__(self, definition: dict[str, list[Json]], found: Found, empty: Found) -> None:
        self._items = {
            section: [item for item in items if item.get("state") != "absent"] for section, items in definition.items()
        }
        self._found = found
        self._empty = empty
        self._links = {(name, link["ifname"]): link for name, raw in found.items() for link in raw.get("links", ())}
        self._masters: dict[Place, str] = {}
        self._wanted_links: set[Place] = set()
        self._addresses: set[tuple[str, ...]] = set()
        self._routes: set[tuple[t.Any, ...]] = set()
        self._entries: dict[str, list[Json]] = {what: [] for what in _ENTRIES}

    def faults(self) -> t.Iterator[str]:
        for section, judge in (
            ("netns", self._netns),
            ("bridge", self._bridge),
            ("veth", self._veth),
            ("macvlan", self._macvlan),
            ("vxlan", self._vxlan),
            ("bridge_port", self._port),
            ("netns_link", self._link),
            ("netns_address", self._address),
            ("netns_route", self._route),
            ("netns_rule", self._rule),
            ("netns_neighbor", self._neighbour),
            ("netns_fdb", self._entry),
            ("netns_qdisc", self._qdisc),
        ):
            for item in self._items.get(section, ()):
                for fault in judge(item):
                    yield f"{section} {item}: {fault}"
        yield from self._surplus()

    # -- each item

    def _netns(self, item: Json) -> t.Iterator[str]:
        if "links" not in self._found.get(item["name"], {}):
            yield "there is no such namespace"
        else:
            yield from self._is((item["name"], "lo"), {"up": item.get("loopback", True)})

    def _bridge(self, item: Json) -> t.Iterator[str]:
        place = _place(item)
        self._wanted_links.add(place)
        info = self._links.get(place, {}).get("linkinfo", {})
        if info.get("info_kind") != "bridge":
            yield "there is no such bridge"
            return
        yield from self._is(place, {**item, "up": item.get("up", True)})
        for option in set(item) & set(_BRIDGE_NUMBERS):
            wanted = item[option] * 100 if option in _BRIDGE_SECONDS else item[option]
            told = info["info_data"][_BRIDGE_WORDS.get(option, option)]
            if int(told, 0) != wanted if isinstance(told, str) else told != wanted:
                yield f"{option} is {told}"

    def _veth(self, item: Json) -> t.Iterator[str]:
        peer = item["peer"]
        for end, other in ((item, peer), (peer, item)):
            place = _place(end)
            self._wanted_links.add(place)
            link = self._links.get(place)
            if link is None or link["linkinfo"]["info_kind"] != "veth":
                yield f"there is no veth {place}"
            elif link["peer"] != list(_place(other)):
                yield f"the peer of {place} is {link['peer']}"
            else:
                yield from self._is(place, {**end, "up": end.get("up", True)})

    def _port(self, item: Json) -> t.Iterator[str]:
        place = _place(item, "interface")
        self._masters[place] = item["bridge"]
        link = self._links.get(place, {})
        info = link.get("linkinfo", {})
        if link.get("master") != item["bridge"] or info.get("info_slave_kind") != "bridge":
            yield f"its master is {link.get('master')}"
            return
        for option in set(item) - {"interface", "bridge", "namespace", "state"}:
            told = info["info_slave_data"][_PORT_WORDS.get(option, option)]
            if told != item[option]:
                yield f"{option} is {told}"

    def _link(self, item: Json) -> t.Iterator[str]:
        place = _place(item)
        if place not in self._links:
            yield "there is no such link"
            return
        yield from self._is(place, item)
        master = self._links[place].get("master")
        if item.get("nomaster") and master is not None:
            yield f"its master is {master}"
        if "master" in item:
            self._masters[place] = item["master"]
            if master != item["master"]:
                yield f"its master is {master}"

    def _is(self, place: Place, options: Json) -> t.Iterator[str]:
        """Attributes that all links have."""
        link = self._links[place]
        told = {
            "up": "UP" in link["flags"],
            "mtu": link["mtu"],
            "mac": link.get("address"),
            "alias": link.get("ifalias", ""),
            "txqueuelen": link.get("txqlen", 0),
            "promisc": "PROMISC" in link["flags"],
            "arp": "NOARP" not in link["flags"],
            "addrgenmode": link.get("inet6_addr_gen_mode"),
        }
        for option in set(told) & set(options):
            if told[option] != options[option]:
                yield f"{option} of {place} is {told[option]}"

    def _address(self, item: Json) -> t.Iterator[str]:
        namespace, interface = _place(item, "interface")
        own = ipaddress.ip_interface(item["address"])
        peer = ipaddress.ip_interface(item["peer"]) if "peer" in item else None
        length = (peer or own).network.prefixlen
        identity = (namespace, interface, str(own.ip), str(length), str(peer.ip) if peer else "")
        self._addresses.add(identity)
        told = dict(self._present_addresses(self._found)).get(identity)
        if told is None:
            yield "there is no such address"
            return
        is_4 = own.version == 4
        valid = item.get("valid_lft", "forever")
        wanted: Json = {
            "scope": _SCOPES.get(item["scope"], item["scope"]) if "scope" in item else "global" if is_4 else None,
            "broadcast": _broadcast(item["broadcast"], own) if "broadcast" in item else None,
            "label": item.get("label"),
            "noprefixroute": item.get("noprefixroute"),
            "nodad": item.get("nodad") if not is_4 else None,
            "metric": item.get("metric"),
        }
        for option, value in wanted.items():
            if value is not None and told.get(option, 0 if option == "metric" else False) != value:
                yield f"{option} is {told.get(option)}"
        for option, word in (("valid_lft", "valid_life_time"), ("preferred_lft", "preferred_life_time")):
            if option in item or "valid_lft" in item:
                wants = item.get(option, valid)
                seconds = FOREVER if wants == "forever" else int(wants)
                if is_4 and seconds == 0 and told.get("deprecated"):
                    continue  # IPv4 tells it by the flag alone
                if told[word] != seconds and not 0 <= seconds - told[word] < 120:
                    yield f"{option} is {told[word]}"

    def _route(self, item: Json) -> t.Iterator[str]:
        namespace = item.get("namespace", OWN)
        destination = "0.0.0.0/0" if item["destination"] == "default" else item["destination"]
        version = 6 if ":" in destination else 4
        metric = item.get("metric") or (1024 if version == 6 else 0)
        kind = item.get("type", "unicast")
        identity = (namespace, destination, item.get("table", "main"), metric)
        self._routes.add(identity)
        routes = dict(self._present_routes(self._found))
        told = routes.get(identity)
        if told is None:
            yield "there is no such route"
            return
        if told["type"] != kind:
            yield f"it is {told['type']}"
            return
        hops = item.get("nexthops") or ([item] if kind == "unicast" else [])
        wanted_hops = sorted(
            (
                hop.get("gateway"),
                hop.get("interface"),
                hop.get("weight", 1) if len(hops) > 1 else 1,
                bool(hop.get("onlink")),
            )
            for hop in map(_with_strings, hops)
        )
        told_hops = sorted(_told_hops(told)) if kind == "unicast" else []
        same = len(wanted_hops) == len(told_hops) and all(
            wants[::2] == tells[::2] and wants[3] == tells[3] and wants[1] in ("", tells[1])
            for wants, tells in zip(wanted_hops, _like(wanted_hops, told_hops))
        )
        if not same:
            yield f"its next hops are {told_hops}"
        if "source" in item and told.get("prefsrc") != item["source"]:
            yield f"its source is {told.get('prefsrc')}"
        if "mtu" in item and told.get("metrics") != [{"mtu": item["mtu"]}]:
            yield f"its metrics are {told.get('metrics')}"
        if "scope" in item and told["scope"] != item["scope"]:
            yield f"its scope is {told['scope']}"

    def _macvlan(self, item: Json) -> t.Iterator[str]:
        place = _place(item)
        self._wanted_links.add(place)
        link = self._links.get(place, {})
        info = link.get("linkinfo", {})
        if info.get("info_kind") != "macvlan":
            yield "there is no such macvlan"
            return
        if link["link"] != item["link"] or link.get("base", place[0]) != item.get("parent_namespace", place[0]):
            yield f"it is on {link['link']} of {link.get('base', place[0])!r}"
        if "mode" in item and info["info_data"]["mode"] != item["mode"]:
            yield f"mode is {info['info_data']['mode']}"
        yield from self._is(place, {**item, "up": item.get("up", True)})

    def _vxlan(self, item: Json) -> t.Iterator[str]:
        place = _place(item)
        self._wanted_links.add(place)
        info = self._links.get(place, {}).get("linkinfo", {})
        if info.get("info_kind") != "vxlan":
            yield "there is no such VXLAN"
            return
        data = info["info_data"]
        wanted = {"port": 4789, **item}
        for option in set(wanted) & _VXLAN_OPTIONS:
            word = {"vni": "id"}.get(option, option)
            told = data.get(word, data.get(f"{word}6", {"tos": 0, "l2miss": False}.get(option)))
            if option == "tos":
                told = 1 if told == "inherit" else int(str(told), 0)
            if told != wanted[option]:
                yield f"{option} is {told}"
        if "remote" in item:
            # Where what has no other entry goes.
            entry = {"interface": item["name"], "mac": "00:00:00:00:00:00", "dst": item["remote"]}
            yield from self._entry({**entry, "namespace": place[0]})
        yield from self._is(place, {**item, "up": item.get("up", True)})

    # -- entries of tables

    def _one(self, what: str, item: Json, wanted: Json, told: t.Iterable[Json]) -> t.Iterator[str]:
        """Among what is told there is just one that has what is wanted."""
        found = [entry for entry in told if all(entry.get(word, False) == value for word, value in wanted.items())]
        self._entries[what] += [{"place": item.get("namespace", OWN), **entry} for entry in found]
        if len(found) != 1:
            yield f"there are {len(found)} with {wanted}"

    def _rule(self, item: Json) -> t.Iterator[str]:
        told = self._found[item.get("namespace", OWN)]["rules"]
        is_ipv6 = item.get("family") == "ipv6" or ":" in item.get("from", "") + item.get("to", "")
        mark, _slash, mask = item.get("fwmark", "").partition("/")
        low, _dash, high = item.get("uidrange", "").partition("-")
        wanted = {
            "priority": item["priority"],
            "family": 6 if is_ipv6 else 4,
            **dict(zip(("src", "srclen"), _parts(item.get("from", "all")))),
            **(dict(zip(("dst", "dstlen"), _parts(item["to"]))) if "to" in item else {"dst": False}),
            "not": None if item.get("not") else False,
            "fwmark": mark or False,
            "fwmask": mask or False,
            "tos": item.get("tos", False),
            "iif": item.get("iif", False),
            "oif": item.get("oif", False),
            "uid_start": int(low) if low else False,
            "uid_end": int(high or low) if low else False,
            "ipproto": item.get("ipproto", False),
            "table": item.get("table", False),
            "goto": item.get("goto", False),
            "nop": None if item.get("action") == "nop" else False,
            "suppress_prefixlen": item.get("suppress_prefixlength", False),
        }
        if item.get("action", "lookup") not in ("lookup", "goto", "nop"):
            wanted["action"] = item["action"]
        yield from self._one("rules", item, wanted, told)

    def _neighbour(self, item: Json) -> t.Iterator[str]:
        raw = self._found[item.get("namespace", OWN)]
        wanted: Json = {"dst": item["address"], "dev": item["interface"]}
        if item.get("proxy"):
            yield from self._one("proxies", item, wanted, raw["proxies"])
            return
        wanted.update(lladdr=item["mac"])
        if "nud" in item:
            wanted["state"] = [item["nud"].upper()]
        if "router" in item:
            wanted["router"] = None if item["router"] else False
        yield from self._one("neighbours", item, wanted, raw["neighbours"])

    def _entry(self, item: Json) -> t.Iterator[str]:
        place = _place(item, "interface")
        wanted: Json = {"ifname": place[1], "mac": item["mac"]}
        if "dst" in item:
            wanted["dst"] = item["dst"]
        else:
            wanted["master"] = self._links[place].get("master", place[1])
        if "type" in item:
            wanted["state"] = {"local": "permanent"}.get(item["type"], item["type"])
        if "sticky" in item:
            wanted["flags"] = ["sticky"] if item["sticky"] else []
        yield from self._one("fdb", item, wanted, self._found[place[0]]["fdb"])

    def _qdisc(self, item: Json) -> t.Iterator[str]:
        namespace, interface = _place(item, "interface")
        rate = {"1mbit": 125000, "10mbit": 1250000, "1gbit": 125000000}[item["rate"]]
        told = [
            {**qdisc, "rate": qdisc["options"].get("rate"), "lat": qdisc["options"].get("lat")}
            for qdisc in self._found[namespace]["qdiscs"]
        ]
        yield from self._one("qdiscs", item, {"kind": "tbf", "dev": interface, "rate": rate}, told)

    # -- nothing else

    def _surplus(self) -> t.Iterator[str]:
        namespaces = {item["name"] for item in self._items.get("netns", ())}
        yield from _unexpected("namespace", set(self._found) - set(self._empty), namespaces)
        links = {place for place in self._links if place[1] != "lo"} - set(_links(self._empty))
        yield from _unexpected("link", links, self._wanted_links)
        masters = {(place, link["master"]) for place, link in self._links.items() if "master" in link}
        yield from _unexpected("port", masters, set(self._masters.items()))
        before = {key for key, _address in self._present_addresses(self._empty)}
        addresses = {key for key, _address in self._present_addresses(self._found)} - before
        yield from _unexpected("address", addresses, self._addresses)
        before_routes = {key for key, _route in self._present_routes(self._empty)}
        routes = {key for key, _route in self._present_routes(self._found)} - before_routes
        yield from _unexpected("route", routes, self._routes)
        all_routes = [key for key, _route in self._present_routes(self._found)]
        yield from (f"route {key} is there twice" for key in self._routes if all_routes.count(key) > 1)
        for what, is_set in _ENTRIES.items():
            for name, raw in self._found.items():
                there = [entry for entry in raw.get(what, ()) if is_set(entry, raw)]
                wanted = [entry for entry in self._entries[what] if entry["place"] == name]
                if len(there) != len(wanted):
                    yield f"of {what} {name!r} has {there}, and not only {wanted}"

    @staticmethod
    def _present_addresses(found: Found) -> t.Iterator[tuple[tuple[str, ...], Json]]:
        for name, raw in found.items():
            for link in raw.get("addresses", ()):
                for address in link["addr_info"]:
                    is_of_lo = address["local"] in ("127.0.0.1", "::1")
                    if not is_automatic(address) and not is_of_lo:
                        peer = address.get("address", "")
                        key = (name, link["ifname"], address["local"], str(address["prefixlen"]), peer)
                        yield key, address

    @staticmethod
    def _present_routes(found: Found) -> t.Iterator[tuple[tuple[t.Any, ...], Json]]:
        """All that somebody set."""
        for name, raw in found.items():
            for route in raw.get("routes", ()):
                if route.get("protocol") != "kernel":
                    yield (name, _network(route), str(route.get("table", "main")), route.get("metric", 0)), route


# What a table of a namespace's has by somebody's will.
_ENTRIES: dict[str, t.Callable[[Json, Json], bool]] = {
    "rules": lambda rule, raw: rule.get("protocol") != "kernel",
    "neighbours": lambda entry, raw: is_static_neighbour(entry),
    "proxies": lambda entry, raw: True,
    # The MAC of a macvlan is an entry of the link below.
    "fdb": lambda entry, raw: is_static_entry(entry, raw) and ("self" not in entry["flags"] or "dst" in entry),
    "qdiscs": lambda qdisc, raw: qdisc["handle"] != "0:",
}


def _parts(network: str) -> tuple[t.Any, t.Any]:
    """As "ip rule" tells it: a host without its length."""
    address, _slash, length = network.partition("/")
    return address, False if length in ("", "32", "128") else int(length)


def _place(item: Json, option: str = "name") -> Place:
    return (item.get("namespace", OWN), item[option])


def _links(found: Found) -> t.Iterator[Place]:
    return ((name, link["ifname"]) for name, raw in found.items() for link in raw.get("links", ()))


def _unexpected(what: str, there: set[t.Any], wanted: set[t.Any]) -> t.Iterator[str]:
    yield from (f"{what} {key} is there and should not be" for key in sorted(there - wanted))
    yield from (f"{what} {key} is not there and should be" for key in sorted(wanted - there))


def _broadcast(value: str, own: t.Any) -> str:
    network = own.network
    return {"+": str(network.broadcast_address), "-": str(network.network_address)}.get(value, value)


def _network(route: Json) -> str:
    """ip shortens: "default", and a host without its length."""
    version = 6 if ":" in route["dst"] or route.get("pref") or "via" in route else 4
    if route["dst"] == "default":
        # Only IPv6 routes tell a preference; those that lead nowhere are told by their device.
        return "::/0" if version == 6 else "0.0.0.0/0"
    return str(ipaddress.ip_network(route["dst"]))


def _with_strings(hop: Json) -> Json:
    return {**hop, "gateway": hop.get("gateway") or "", "interface": hop.get("interface") or ""}


def _told_hops(route: Json) -> t.Iterator[tuple[str, str, int, bool]]:
    several = route.get("nexthops") or [route]
    for hop in several:
        weight = hop.get("weight", 1) if len(several) > 1 else 1
        yield (hop.get("gateway", ""), hop.get("dev", ""), weight, "onlink" in hop.get("flags", ()))


def _like(wanted: list[t.Any], told: list[t.Any]) -> list[t.Any]:
    """``told`` in the order of ``wanted``, which may leave the interface open."""
    left = list(told)
    result = []
    for hop in wanted:
        found = next((o for o in left if o[0] == hop[0] and hop[1] in ("", o[1])), None)
        if found is None:
            return told
        left.remove(found)
        result.append(found)
    return result


_BRIDGE_NUMBERS = (
    *_BRIDGE_SECONDS,
    *("stp", "priority", "vlan_filtering", "vlan_default_pvid", "mcast_snooping", "group_fwd_mask"),
)
