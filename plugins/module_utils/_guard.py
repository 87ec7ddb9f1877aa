# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Keeps a run from cutting off the machine it runs on."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Fact, Key, View, Wish, link_key
from ansible_collections.netns.lab.plugins.module_utils._resources._link import port_key

_RT_TABLE_MAIN = 254

Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
Way = t.Optional[tuple[str, t.Any]]


class Guard:
    """Knows, in the namespace the module runs in, the interface with the address of the management connection
    (SSH_CONNECTION) and those of the default routes, the ports of such an interface, and the way to the client."""

    def __init__(self, view: View, allow_disconnect: bool) -> None:
        self._carriers: dict[Key, str] = {}
        self._before: dict[Key, Fact | None] = {}
        self._ways: dict[str, tuple[Network, Way]] = {}
        if allow_disconnect:
            return
        self._watch_connection(view)
        self._watch_default_routes(view)
        self._watch_ports(view)
        for link in self._carriers:
            for key in (link, port_key(*link[1:])):
                self._before[key] = view.get(key)
        # What goes with something else is told by that.
        order = ("link", "port", "address", "route")
        self._before = dict(sorted(self._before.items(), key=lambda item: order.index(item[0][0])))
        self._was_up = {link: view.fact(link).values["up"] for link in self._carriers}

    def _watch_connection(self, view: View) -> None:
        connection = _ssh_connection()
        if connection is None:
            return
        client, server = connection
        for fact in view.inside(OWN, "address"):
            if fact.key[3] == str(server):
                link = link_key(OWN, fact.key[2])
                self._carriers[link] = f"carries this SSH connection ({server})"
                self._before[fact.key] = fact
        if self._carriers and not client.is_link_local:
            what = f"the way to the SSH client ({client})"
            host = ipaddress.ip_network(client)
            way = _way(view, host)
            self._ways[what] = host, way
            for name in _interfaces(way):
                if link_key(OWN, name) in view:
                    self._carriers.setdefault(link_key(OWN, name), f"is {what}")

    def _watch_default_routes(self, view: View) -> None:
        for route in _default_routes(view):
            for hop in route.values["nexthops"]:
                link = link_key(OWN, hop["interface"] or "")
                # The topology's own default route, over a link it made, is its own to take away.
                if link in view and link not in view.owned:
                    self._carriers.setdefault(link, "carries the default route")
                    self._before[route.key] = route
                    everything = ipaddress.ip_network(route.key[2])
                    what = f"the IPv{everything.version} default route"
                    self._ways[what] = everything, _way(view, everything)
                    for fact in view.dependents(link, past="link"):
                        if fact.key[0] == "address" and not ipaddress.ip_address(fact.key[3]).is_link_local:
                            self._before[fact.key] = fact

    def _watch_ports(self, view: View) -> None:
        """Whatever reaches a bridge (or a bond) came through one of its ports, and nothing tells which; what reaches a
        VLAN or the like came through the link below."""
        waiting = list(self._carriers)
        while waiting:
            master = waiting.pop()
            below: Key | None = view.fact(master).values.get("lower")
            if below and below in view and below[1] == OWN and not {below} & (set(view.owned) | set(self._carriers)):
                self._carriers[below] = f"is below {master[2]}, which {self._carriers[master]}"
                waiting.append(below)
            for fact in view.inside(OWN, "port"):
                link = link_key(OWN, fact.key[2])
                is_port = fact.values["master"] == master[2]
                if is_port and not {fact.key, link} & set(view.owned) and link not in self._carriers:
                    self._carriers[link] = f"is a port of {master[2]}, which {self._carriers[master]}"
                    waiting.append(link)

    def watch(self, wish: Wish, view: View) -> None:
        """Raises LabError when the item just planned cuts a carrier off."""
        harms = [self._harm(key, before, view) for key, before in self._before.items()]
        network = _network(wish)
        for what, (target, before) in self._ways.items():
            if network and before and _holds(network, target) and _way(view, target) != before:
                harms.append(f"lead {what} away from {' and '.join(_interfaces(before)) or 'where it leads'}")
        for harm in harms:
            if harm:
                raise LabError(f"{wish.item} would {harm}; say allow_disconnect: true if that is meant")

    def _harm(self, key: Key, before: Fact | None, view: View) -> str:
        now = view.get(key)
        if key[0] == "route":
            over = _interfaces(("route", before.values["nexthops"])) if before else []
            return f"take away the default route over {' and '.join(over)}" if now is None else ""
        carrier = f"{key[2]}, which {self._carriers[link_key(OWN, key[2])]}"
        if key[0] == "link":
            if now is None:
                return f"delete or move {carrier}"
            return f"take down {carrier}" if self._was_up[key] and not now.values["up"] else ""
        if key[0] == "port":
            was = before.values["master"] if before else None
            return f"change the master of {carrier}" if was != (now.values["master"] if now else None) else ""
        return f"take the address {key[3]} from {carrier}" if now is None else ""


def _network(wish: Wish) -> Network | None:
    """What an item in the own namespace leads to. That of a link leads nowhere without the link, and what else hangs on
    links that matter is known."""
    key = wish.identity
    if key[0] == "route" and key[1] == OWN and key[3] == str(_RT_TABLE_MAIN):
        return ipaddress.ip_network(key[2])
    if key[0] == "address" and key[1] == OWN:
        own = wish.options["peer"] or key[3]
        return ipaddress.ip_network(f"{own}/{wish.options['prefixlen']}", strict=False)
    return None


def _interfaces(way: Way) -> list[str]:
    if way is None:
        return []
    kind, leads_to = way
    return [leads_to] if kind == "connected" else [hop["interface"] for hop in leads_to if hop["interface"]]


def _way(view: View, target: Network) -> Way:
    """What is sent to a network goes: over an interface, or as the most specific route says that somebody set. None:
    nobody knows."""
    best: tuple[int, int] = (-1, 0)
    way: Way = None
    for fact in view.inside(OWN, "route"):
        if fact.key[3] == str(_RT_TABLE_MAIN):
            network = ipaddress.ip_network(fact.key[2])
            rank = network.prefixlen, -int(fact.key[4])
            if rank > best and _holds(network, target):
                best, way = rank, (fact.values["type"], fact.values.get("nexthops") or [])
    for fact in view.inside(OWN, "address"):
        if not fact.values.get("noprefixroute"):
            own, length = fact.values["peer"] or fact.key[3], fact.values["prefixlen"]
            if length >= best[0] and _holds(ipaddress.ip_network(f"{own}/{length}", strict=False), target):
                best, way = (length, 0), ("connected", fact.key[2])
    return way


def _holds(network: Network, target: Network) -> bool:
    return network.version == target.version and network.supernet_of(target)  # type: ignore[arg-type]


def _ssh_connection() -> tuple[Address, Address] | None:
    """The addresses of both ends of the SSH connection, the client's first, from the environment of this process or of
    one it descends from: sudo keeps SSH_CONNECTION from its commands."""
    pid = "self"
    while pid not in ("0", "1"):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ:
                variables = dict(item.partition(b"=")[::2] for item in environ.read().split(b"\0"))
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                parent = stat.read().rpartition(")")[2].split()[1]
        except OSError:
            return None
        words = variables.get(b"SSH_CONNECTION", b"").decode("ascii", "replace").split()
        if len(words) == 4:
            try:
                return _address(words[0]), _address(words[2])
            except ValueError:
                return None
        pid = parent
    return None


def _address(value: str) -> Address:
    found = ipaddress.ip_address(value.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


def _default_routes(view: View) -> list[Fact]:
    return [
        fact
        for fact in view.inside(OWN, "route")
        if fact.key[2] in ("0.0.0.0/0", "::/0")
        and fact.key[3] == str(_RT_TABLE_MAIN)
        and fact.key not in view.owned
    ]
