# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Why a ping did not end as expected, and what to look at: from what is seen of the host, pure."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.module_utils import _echo as echo
from ansible_collections.netns.lab.plugins.module_utils._checks import Pair
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Fact, Key, link_key, place
from ansible_collections.netns.lab.plugins.module_utils._resources._link import port_key
from ansible_collections.netns.lab.plugins.module_utils._sight import Sight
from ansible_collections.netns.lab.plugins.module_utils._values import Address

_MAIN = "254"


@dataclass(frozen=True)
class _Way:
    """Where a namespace sends packets for an address."""

    link: Key | None
    gateway: Address | None = None
    type: str = "unicast"


class Diagnosis:
    """Of pings that ended a moment before the sight."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._view = sight.view
        self._owners: dict[Address, list[Fact]] = {}
        self._by_namespace: dict[str, list[Fact]] = {}
        for fact in self._view.of_type("address"):
            self._owners.setdefault(ipaddress.ip_address(fact.key[3]), []).append(fact)
            self._by_namespace.setdefault(fact.key[1], []).append(fact)
        self._routes: dict[str, list[Fact]] = {}
        for fact in self._view.of_type("route"):
            if fact.key[3] == _MAIN:
                self._routes.setdefault(fact.key[1], []).append(fact)

    def causes(self, pair: Pair) -> list[str]:
        """What to look at, the likeliest first; empty when nothing stands out."""
        if pair.missing is not None:
            return [f"{_told(pair.missing)} has no address; give it one with netns.lab.netns_address"]
        found = self._of_reached(pair) if pair.ping.received and not pair.reachable else self._of_missed(pair)
        return list(dict.fromkeys(found))

    # -- what was not to be reached

    def _of_reached(self, pair: Pair) -> list[str]:
        way = self._way(pair.ping.namespace, pair.ping.destination)
        owner = self._owner(pair)
        if way is None or way.link is None:
            return []
        if way.gateway is not None:
            return [f"{_told(pair.ping.namespace)} has a route to it, over {way.gateway}"]
        near, far = self._port(way.link), self._port(link_key(*owner.key[1:3])) if owner else None
        if near and far and near[0].key[1] == far[0].key[1] and near[1]["master"] == far[1]["master"]:
            ports = [place(*port.key[1:]) for port, _values in (near, far)]
            bridge = place(near[0].key[1], near[1]["master"])
            open_ports = [
                name for name, (_port, values) in zip(ports, (near, far)) if not values.get("isolated")
            ]
            said = f"{ports[0]} and {ports[1]} are ports of the same bridge {bridge}"
            return [f"{said}, and not isolated: {' and '.join(open_ports)}" if open_ports else said]
        return [f"it is in a subnet of {place(*way.link[1:])}"]

    # -- what was to be reached

    def _of_missed(self, pair: Pair) -> list[str]:
        ping = pair.ping
        failure = ping.failure
        found = self._of_failure(pair)
        found += self._on_the_way(ping.namespace, ping.destination)
        owner = self._owner(pair)
        if owner is None:
            where = f"{_told(ping.owner)} does not have" if ping.owner is not None else "no namespace of this host has"
            return [*found, f"{where} the address {ping.destination}{self._down(ping.owner)}"]
        if owner.key[1] != ping.namespace:
            found += self._of_link(link_key(*owner.key[1:3]))
            found += self._of_address(owner)
            found += self._between(ping, owner)
            back = self._source(pair)
            if not found and back is not None:
                found += self._on_the_way(owner.key[1], back, is_back=True)
        if not found and failure is not None and failure.reason in (echo.TIMEOUT, echo.HOST_UNREACHABLE):
            found.append(f"links and routes look right; see what filters packets in {_told(owner.key[1])} (nftables)")
        return found

    def _of_failure(self, pair: Pair) -> list[str]:
        failure, ping = pair.ping.failure, pair.ping
        if failure is None:
            return []
        by = f" by {self._who(failure.by)}" if failure.by else f" in {_told(ping.namespace)}"
        if failure.reason == echo.PROHIBITED:
            return [f"it is prohibited{by}: a packet filter (nftables), or a route of type prohibit"]
        if failure.reason == echo.TOO_BIG:
            mtu = f" {failure.mtu}" if failure.mtu else ""
            return [f"a request of {ping.size} bytes does not fit into the MTU{mtu}{by if failure.by else ''}"]
        if failure.reason == echo.TTL_EXCEEDED:
            return [f"the ttl ran out{by}: a route that leads in a circle, or a ttl that is too small"]
        if failure.reason == echo.NO_ROUTE and failure.by:
            return [f"there is no route{by}"]
        if failure.reason == echo.NO_INTERFACE:
            return [f"{_told(ping.namespace)} has no interface {ping.interface}"]
        if failure.reason == echo.NO_ADDRESS:
            what = f"the address {ping.source}" if ping.source else "an address to send from"
            return [f"{_told(ping.namespace)} does not have {what}"]
        if failure.reason == echo.NO_BUFFERS:
            return ["the table of neighbours is full; raise sysctl net.ipv4.neigh.default.gc_thresh3 of the host"]
        return []

    def _on_the_way(self, namespace: str, destination: Address, is_back: bool = False) -> list[str]:
        """What is wrong from a namespace on to an address, router by router."""
        found: list[str] = []
        passed = {namespace}
        while True:
            way = self._way(namespace, destination)
            if way is None:
                return [*found, self._no_way(namespace, destination, is_back)]
            if way.link is None:
                return [*found, f"{_told(namespace)} has a route of type {way.type} to {destination}"]
            found += self._of_link(way.link)
            found += [
                cause
                for fact in self._by_namespace.get(namespace, ())
                if fact.key[2] == way.link[2] and _is_source(fact, destination)
                for cause in self._of_address(fact)
            ]
            if way.gateway is None:
                return found
            owners = self._owners.get(way.gateway, [])
            if not owners:
                return [*found, f"no namespace of this host has the gateway {way.gateway} of {_told(namespace)}"]
            router = owners[0].key[1]
            found += self._of_link(link_key(*owners[0].key[1:3]))
            if any(owner.key[1] == router for owner in self._owners.get(destination, ())) or router in passed:
                return found
            if self._sight.forwarding.get((router, destination.version)) is False:
                sysctl = "net.ipv4.ip_forward" if destination.version == 4 else "net.ipv6.conf.all.forwarding"
                found.append(f"{_told(router)} does not forward; set sysctl {sysctl} there")
            passed.add(router)
            namespace = router

    def _no_way(self, namespace: str, destination: Address, is_back: bool) -> str:
        for fact in self._by_namespace.get(namespace, ()):
            if destination in _network(fact) and not self._is_up(link_key(*fact.key[1:3])):
                return f"{place(*fact.key[1:3])} is down, and with it the route to {_network(fact)}"
        back = " back" if is_back else ""
        return (
            f"{_told(namespace)} has no route{back} to {destination}; give it one with netns.lab.netns_route, or an "
            f"address in that subnet{self._down(namespace)}"
        )

    def _down(self, namespace: str | None) -> str:
        """The interfaces with which addresses and routes of a namespace may have gone."""
        links = self._view.inside(namespace, "link") if namespace else []
        down = [fact.key[2] for fact in links if not fact.values["up"] and fact.key[2] != "lo"]
        return f"; {', '.join(down)} there {'is' if len(down) == 1 else 'are'} down" if down else ""

    def _of_link(self, key: Key) -> list[str]:
        """What is wrong with an interface, its cable and the port at the other end."""
        values = self._view.values(key)
        if values is None or key[2] == "lo":
            return []
        where = place(*key[1:])
        if not values["up"]:
            return [f"{where} is down"]
        peer = values["peer"]
        if not self._sight.carrier.get(key, True):
            if peer is not None and peer in self._view and not self._is_up(peer):
                return [f"{where} has no carrier, because its peer {place(*peer[1:])} is down"]
            return [f"{where} has no carrier"]
        return self._of_port(key) + (self._of_port(peer) if peer is not None else [])

    def _of_port(self, key: Key) -> list[str]:
        _type, namespace, name = key
        port = self._view.values(port_key(namespace, name))
        if port is None:
            return []
        bridge = link_key(namespace, port["master"])
        if bridge in self._view and not self._is_up(bridge):
            return [f"bridge {place(*bridge[1:])} is down"]
        state = port.get("port_state")
        if state not in (None, "forwarding"):
            return [f"port {place(namespace, name)} of bridge {port['master']} is in state {state}"]
        return []

    def _of_address(self, fact: Fact) -> list[str]:
        is_tentative = self._sight.tentative.get((fact.key[1], fact.key[3]))
        if is_tentative is None:
            return []
        why = "is still tentative" if is_tentative else "cannot be used, as it is somebody else's on that link"
        return [f"{fact.key[3]} on {place(*fact.key[1:3])} {why}"]

    def _between(self, ping: t.Any, owner: Fact) -> list[str]:
        """What keeps two neighbours apart whose links are all right."""
        way = self._way(ping.namespace, ping.destination)
        if way is None or way.link is None or way.gateway is not None:
            return []
        there = link_key(*owner.key[1:3])
        near, far = self._port(way.link), self._port(there)
        if near and far:
            ports = [place(*port.key[1:]) for port, _values in (near, far)]
            bridges = [place(port.key[1], values["master"]) for port, values in (near, far)]
            if bridges[0] != bridges[1]:
                return [f"{ports[0]} is a port of bridge {bridges[0]}, and {ports[1]} one of {bridges[1]}"]
            if near[1].get("isolated") and far[1].get("isolated"):
                return [f"ports {ports[0]} and {ports[1]} of bridge {bridges[0]} are both isolated"]
            return []
        loose = [
            f"{place(*peer[1:])}, the other end of {place(*link[1:])}, is a port of no bridge"
            for link, port in ((way.link, near), (there, far))
            for peer in [self._peer(link)]
            if port is None and (near or far) and peer is not None and not self._has_address(peer)
        ]
        return loose

    # -- who and where

    def _owner(self, pair: Pair) -> Fact | None:
        facts = self._owners.get(pair.ping.destination, [])
        if pair.ping.owner is not None:
            facts = [fact for fact in facts if fact.key[1] == pair.ping.owner]
        return facts[0] if facts else None

    def _source(self, pair: Pair) -> Address | None:
        """The address that it is sent from, as far as that can be told."""
        if pair.ping.source is not None:
            return pair.ping.source
        way = self._way(pair.ping.namespace, pair.ping.destination)
        if way is None or way.link is None:
            return None
        towards = way.gateway or pair.ping.destination
        on_link = [
            fact
            for fact in self._by_namespace.get(pair.ping.namespace, ())
            if fact.key[2] == way.link[2] and ipaddress.ip_address(fact.key[3]).version == towards.version
        ]
        fitting = [fact for fact in on_link if towards in _network(fact)] or on_link
        return ipaddress.ip_address(fitting[0].key[3]) if fitting else None

    def _way(self, namespace: str, destination: Address) -> _Way | None:
        """The route with the longest prefix, among those of interfaces that are up."""
        ways: list[tuple[int, int, _Way]] = []
        for fact in self._by_namespace.get(namespace, ()):
            link = link_key(*fact.key[1:3])
            if ipaddress.ip_address(fact.key[3]) == destination:
                return _Way(link_key(namespace, "lo"))
            if destination in _network(fact) and self._is_up(link) and not fact.values.get("noprefixroute"):
                ways.append((_network(fact).prefixlen, 0, _Way(link)))
        for fact in self._routes.get(namespace, ()):
            network = ipaddress.ip_network(fact.key[2])
            if destination in network:
                ways.append((network.prefixlen, -int(fact.key[4]), self._hop(namespace, fact)))
        return max(ways, key=lambda way: way[:2])[2] if ways else None

    def _hop(self, namespace: str, fact: Fact) -> _Way:
        hops = fact.values.get("nexthops") or []
        if not hops:
            return _Way(None, type=fact.values["type"])
        gateway, interface = hops[0]["gateway"], hops[0]["interface"]
        return _Way(
            link_key(namespace, interface) if interface else None, ipaddress.ip_address(gateway) if gateway else None
        )

    def _port(self, link: Key) -> tuple[Fact, dict[str, t.Any]] | None:
        """The port of a bridge that a link's cable leads to, or that it is itself."""
        for key in (link, self._peer(link)):
            fact = self._view.get(port_key(*key[1:])) if key is not None else None
            if fact is not None:
                return fact, fact.values
        return None

    def _peer(self, link: Key) -> Key | None:
        values = self._view.values(link)
        return values["peer"] if values is not None else None

    def _is_up(self, link: Key) -> bool:
        values = self._view.values(link)
        return values is None or bool(values["up"])

    def _has_address(self, link: Key) -> bool:
        """One of its own; the link-local one comes by itself."""
        return any(
            fact.key[2] == link[2] and not ipaddress.ip_address(fact.key[3]).is_link_local
            for fact in self._by_namespace.get(link[1], ())
        )

    def _who(self, address: str) -> str:
        owners = self._owners.get(ipaddress.ip_address(address), [])
        return f"{address} ({_told(owners[0].key[1])})" if owners else address


def _is_source(fact: Fact, destination: Address) -> bool:
    """Whether what goes there could be sent from that address."""
    own = ipaddress.ip_address(fact.key[3])
    return own.version == destination.version and own.is_link_local == destination.is_link_local


def _network(fact: Fact) -> t.Any:
    return ipaddress.ip_network(f"{fact.values['peer'] or fact.key[3]}/{fact.values['prefixlen']}", strict=False)


def _told(namespace: str) -> str:
    return "the own namespace" if namespace == OWN else namespace
