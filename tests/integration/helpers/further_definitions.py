# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What random definitions have beside cables, bridges, addresses and routes: links on top of others, and the entries of
a namespace's tables. Each function makes one item, or none where there is no place for it, and says no more of the
links than ``Maker`` knows of them."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.tests.integration.helpers.definitions import Link, Maker

Item = dict[str, t.Any]

# None of them is a link's.
_MACS = tuple(f"02:00:00:00:01:{number:02x}" for number in range(1, 4))
_UNDERLAYS = {4: ("10.99.0.1", "10.99.0.8", "10.99.0.9"), 6: ("2001:db8:99::1", "2001:db8:99::8", "2001:db8:99::9")}
_NEIGHBOURS = {4: ("10.1.0.77", "10.9.7.7"), 6: ("2001:db8:1::77", "fe80::77")}
_VXLAN_HEADER = 70
_LAST_RULE = 32766


def _in(place: str, option: str = "namespace") -> Item:
    return {option: place} if place else {}


# -- links


def vxlan(maker: Maker, key: tuple[str, str], places: t.Sequence[str]) -> Item | None:
    """With an underlay wherever there is one."""
    underlay = maker.one(places) if maker.rarely() else key[0]
    item: Item = {"name": key[1], **_in(key[0]), "vni": maker.number(5, 6)}
    if underlay != key[0]:
        item["underlay_namespace"] = underlay
    if any((_underlay(other), other["vni"]) == (underlay, item["vni"]) for other in maker.sections["vxlan"]):
        return None
    version = maker.one((4, 4, 6))
    local, _near, remote = _UNDERLAYS[version]
    item.update(
        maker.some(
            local=(local,),
            remote=(remote,),
            ttl=(0, 7),
            tos=(0, 1),
            df=("unset", "set"),
            learning=(True, False),
            ageing=(60, 300),
            port=(4789, 8472),
            l2miss=(True, False),
        )
    )
    # What is below says how much fits into it, whatever was before.
    below = [
        link.name
        for link in maker.links.values()
        if link.place == underlay and link.kind == "veth" and link.options.get("mtu", 0) >= 1500 + _VXLAN_HEADER
    ]
    if below and maker.often():
        item["dev"] = maker.one(below)
    return item


def _underlay(item: Item) -> str:
    return t.cast(str, item.get("underlay_namespace", item.get("namespace", "")))


def macvlan(maker: Maker, key: tuple[str, str]) -> Item | None:
    """On a link that is no port and says its MTU, which is the most that fits."""
    below = [
        link for link in maker.links.values() if link.kind in ("veth", "bridge") and link.ipv6 and not link.master
    ]
    if not below:
        return None
    lower = maker.one(below)
    item: Item = {"name": key[1], **_in(key[0]), "link": lower.name, "mtu": lower.options["mtu"]}
    if lower.place != key[0]:
        item["parent_namespace"] = lower.place
    return {**item, **maker.some(mode=("private", "vepa", "bridge"))}


# -- entries


def rule(maker: Maker, place: str) -> Item | None:
    version = maker.one((4, 6))
    networks = {4: ("10.1.0.0/24", "198.51.100.7/32"), 6: ("2001:db8:1::/64", "2001:db8:200::7/128")}[version]
    item: Item = {**_in(place), "priority": maker.number(1, 4) * 10}
    item.update(
        maker.some(
            **{"from": networks, "not": (True,)},
            to=networks,
            tos=("0x10",),
            fwmark=("0x1", "0x10/0xf0"),
            iif=("lo", "x1"),
            oif=("x2",),
            uidrange=("5-7", "1000"),
            ipproto=("tcp", "udp"),
        )
    )
    if not {"from", "to"} & set(item) or maker.rarely():
        item["family"] = f"ipv{version}"
    action = maker.one(("lookup", "lookup", "lookup", "goto", "nop", "blackhole", "unreachable", "prohibit"))
    if action == "lookup":
        item["table"] = maker.one(("100", "1000", "main"))
        item.update(maker.some(suppress_prefixlength=(0, 16)))
    elif action == "goto":
        item["goto"] = _LAST_RULE
    if action != "lookup" or maker.rarely():
        item["action"] = action
    goes_on = action in ("goto", "nop") or (item.get("table") == "main" and "suppress_prefixlength" not in item)
    if not goes_on:
        # The kernel asks the rules where the gateway of a route is, for nobody in particular.
        item.pop("not", None)
        if not {"from", "fwmark", "uidrange", "ipproto", "tos"} & set(item):
            item["from"] = networks[0]
    taken = {rule_key(other) for other in maker.sections["netns_rule"]}
    return None if rule_key(item) in taken else item


def rule_key(item: Item) -> tuple[str, bool, int]:
    """No two with the same priority; they would be told apart by what they select."""
    is_ipv6 = item.get("family") == "ipv6" or ":" in item.get("from", "") + item.get("to", "")
    return (item.get("namespace", ""), is_ipv6, item["priority"])


def neighbour(maker: Maker, link: Link) -> Item | None:
    if not link.up or link.kind == "loopback":
        return None
    version = maker.one((4, 6)) if link.ipv6 else 4
    item: Item = {"interface": link.name, **_in(link.place), "address": maker.one(_NEIGHBOURS[version])}
    if maker.rarely():
        item["proxy"] = True
    else:
        item["mac"] = maker.one(_MACS)
        # Without carrier, the kernel forgets what is not permanent (neigh_carrier_down).
        kept = ("permanent", "noarp") if link.carrier else ("permanent",)
        item.update(maker.some(nud=kept, **({"router": (True, False)} if version == 6 else {})))
    taken = {neighbour_key(other) for other in maker.sections["netns_neighbor"]}
    return None if neighbour_key(item) in taken else item


def neighbour_key(item: Item) -> tuple[str, str, str, bool]:
    return (item.get("namespace", ""), item["interface"], item["address"], bool(item.get("proxy")))


def entry(maker: Maker, link: Link) -> Item | None:
    """Of a forwarding table: of a VXLAN, or of a bridge behind one of its ports or for the host itself."""
    item: Item = {"interface": link.name, **_in(link.place), "mac": maker.one(_MACS)}
    if link.kind == "vxlan" and (not link.master or maker.often()):
        version = 6 if any(":" in link.options.get(end, "") for end in ("local", "remote")) else 4
        item["dst"] = _UNDERLAYS[version][1]
    elif link.kind == "bridge":
        if maker.rarely():
            item["type"] = "local"
    elif link.master:
        item.update(maker.some(type=("static", "local")))
        if item.get("type", "static") == "static":
            item.update(maker.some(sticky=(True, False)))
    else:
        return None
    taken = {entry_key(other, maker.links) for other in maker.sections["netns_fdb"]}
    return None if entry_key(item, maker.links) in taken else item


def entry_key(item: Item, links: dict[tuple[str, str], t.Any]) -> tuple[str, str, str]:
    """A bridge has one entry for a MAC."""
    place, interface = item.get("namespace", ""), item["interface"]
    link = links.get((place, interface))
    table = interface if link is None or "dst" in item or link.kind == "bridge" else link.master
    return (place, table or interface, item["mac"])


def qdisc(maker: Maker, link: Link) -> Item | None:
    if link.kind == "loopback":
        return None
    item: Item = {"interface": link.name, **_in(link.place), "rate": maker.one(("1mbit", "10mbit", "1gbit"))}
    # A burst is two packets at least, and the largest MTU is 64 KiB.
    item.update(maker.some(burst=("256kb", "1mb"), **{maker.one(("latency", "limit")): ("50ms", "100ms")}))
    if "limit" in item:
        item["limit"] = "2mb"
    taken = {(other.get("namespace", ""), other["interface"]) for other in maker.sections["netns_qdisc"]}
    return None if link.key in taken else item
