# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole machine as iproute2 sees it."""

from __future__ import annotations

import copy
import difflib
import ipaddress
import json
import re
import time
import typing as t

from ansible_collections.netns.lab.tests.integration.helpers.shell import Shell

Json = dict[str, t.Any]
OWN = ""

# All at once, a start-of-heading byte before each namespace: its name, inode and device, then what ip and bridge say.
# What "bridge link" tells of ports is all in "ip -d link".
_READ = r"""
look() {
    printf '%s\n' 'link show' 'address show' 'route show table all' 'netns list-id' 'rule show' \
        'neigh show nud all' 'neigh show proxy' | "$@" ip -j -d -batch - 2>/dev/null || return
    "$@" ip -6 -j -d rule show
    "$@" bridge -j -d fdb show
    "$@" tc -j -d qdisc show 2>/dev/null
}
printf '\001\002\002'
look
stat -L -c '%n %i %d' /run/netns/* /run/netns/.[!.]* 2>/dev/null | while IFS= read -r line; do
    identity=${line#/run/netns/}
    name=${identity% * *}
    printf '\001%s\002%s\002' "$name" "$identity"
    look nsenter --net="/run/netns/$name" 2>/dev/null || :
done
for path in /run/netns/*; do
    if [ -h "$path" ] && ! [ -e "$path" ]; then printf '\001%s\002nowhere\002' "${path#/run/netns/}"; fi
done
"""

# The kernel takes a deleted namespace down in the background, and the other ends of its cables with it.
_VANISHES_WITHIN = 0.6
_FORGOTTEN_WITHIN = 5.0
_FOREVER = 4294967295

# MACs that tests choose begin so; all others are the kernel's choice.
_CHOSEN = "02:00:00:"
_MAC = re.compile(r"\b[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}\b")

_PASSING_FLAGS = {"NO-CARRIER", "LOWER_UP", "M-DOWN"}
_PASSING = {
    # Carrier: the kernel may take a second to tell of it. It follows from which ends are up, which is compared.
    "operstate",
    "state",
    "gc_timer",
    "hello_timer",
    "tcn_timer",
    "topology_change_timer",
    "topology_change",
    "topology_change_detected",
    "topology_change_ack",
    "config_pending",
    "hold_timer",
    "message_age_timer",
    "forward_delay_timer",
    # A bridge takes them from its ports, and keeps them.
    "tso_max_size",
    "tso_max_segs",
    # What the spanning tree has found out so far.
    "root_id",
    "root_port",
    "root_path_cost",
    "designated_port",
    "designated_cost",
}


def read(shell: Shell) -> dict[str, Json]:
    """What iproute2 says, by namespace."""
    began = time.monotonic()
    while True:
        found = dict(_sections(shell.do(_READ)))
        _name_peers(found)
        alone = any("peer" in link and link["peer"] is None for raw in found.values() for link in raw.get("links", ()))
        patience = _VANISHES_WITHIN if alone else _FORGOTTEN_WITHIN if any(_ghosts(found)) else 0
        if time.monotonic() - began >= patience:
            return found
        time.sleep(0.01)


def _ghosts(found: dict[str, Json]) -> t.Iterator[Json]:
    """What a link still takes in for a macvlan that is gone: an address that the kernel has chosen, of no link."""
    macs = {link.get("address") for raw in found.values() for link in raw.get("links", ())}
    for raw in found.values():
        for entry in raw.get("fdb", ()):
            is_taken_in = "self" in entry["flags"] and "dst" not in entry and not int(entry["mac"][:2], 16) & 1
            if is_taken_in and entry["mac"] not in macs and not entry["mac"].startswith(_CHOSEN):
                yield entry


def exact(found: dict[str, Json]) -> dict[str, Json]:
    """Without what time alone changes. Two machines never agree on it, one machine does as long as nobody touches
    it: indexes, inodes and random MACs are in it. What is not is the order of an interface's addresses: one that was
    taken away can only be put back behind the others."""
    result = {name: _without_time(raw) for name, raw in found.items()}
    for raw in result.values():
        for addresses in raw.get("addresses", {}).values():
            addresses.sort(key=lambda address: (address["local"], address["prefixlen"]))
    return result


def comparable(found: dict[str, Json]) -> dict[str, Json]:
    """Without what differs between two machines on which the same was done, too."""
    return {name: t.cast(Json, _anonymous(_without_time(raw))) for name, raw in found.items()}


def without_port_numbers(found: dict[str, Json]) -> dict[str, Json]:
    """The kernel numbers a bridge's ports as they come, and nobody can ask for a number."""
    found = copy.deepcopy(found)
    for raw in found.values():
        for link in raw.get("links", {}).values():
            for key in ("no", "id"):
                link.get("linkinfo", {}).get("info_slave_data", {}).pop(key, None)
    return found


def difference(before: dict[str, Json], after: dict[str, Json]) -> str:
    """For people to read; empty when there is none."""
    if before == after:
        return ""
    one, other = ([*_lines(state)] for state in (before, after))
    return "\n".join(line for line in difflib.unified_diff(one, other, lineterm="", n=0) if line[:2] != "@@")


# -- reading


def _sections(output: str) -> t.Iterator[tuple[str, Json]]:
    for section in output.split("\1")[1:]:
        name, identity, ip = section.split("\2")
        documents = _documents(ip)
        raw: Json = {"identity": identity.strip()}
        if len(documents) == 10:  # fewer of a namespace that goes just now
            raw.update(zip(("links", "addresses", "routes", "nsids", "rules", "neighbours", "proxies"), documents))
            for version, rules in ((4, raw["rules"]), (6, documents[7])):
                for rule in rules:
                    rule["family"] = version
            raw["rules"] += documents[7]
            raw["fdb"], raw["qdiscs"] = documents[8:]
        yield name, raw


def _documents(text: str) -> list[t.Any]:
    decoder, result, text = json.JSONDecoder(), [], text.strip()
    while text:
        document, end = decoder.raw_decode(text)
        # ip prints "[{}]" for nothing in some places.
        result.append([entry for entry in document if entry])
        text = text[end:].lstrip()
    return result


def _name_peers(found: dict[str, Json]) -> None:
    """``link_index`` and ``link_netnsid``, which every namespace counts anew, become ``peer``."""
    for name, raw in found.items():
        names = {entry["nsid"]: entry.get("name") for entry in raw.get("nsids", ())}
        for link in raw.get("links", ()):
            if _kind(link) != "veth":
                if "link_netnsid" in link:
                    link["base"] = names.get(link.pop("link_netnsid")) or (OWN if name != OWN else None)
                    _name_lower(link, found.get(link["base"], {}).get("links", ()))
                continue
            if "link" in link:
                link["peer"] = [name, link["link"]]
                continue
            # The own namespace has no name to be told by.
            other = names.get(link.get("link_netnsid")) or (OWN if name != OWN else None)
            link["peer"] = [
                [other, candidate["ifname"]]
                for candidate in found.get(other, {}).get("links", ())
                if candidate["ifindex"] == link.get("link_index") and candidate.get("link_index") == link["ifindex"]
            ]
            link["peer"] = link["peer"][0] if len(link["peer"]) == 1 else None


def _name_lower(link: Json, candidates: t.Iterable[Json]) -> None:
    """The same of a link below. That of a VXLAN says its own index, which is none of the underlay's."""
    index = link.pop("link_index", None)
    if _kind(link) == "vxlan":
        # By an index of the underlay, ip looks for a name here.
        link["linkinfo"]["info_data"].pop("link", None)
    else:
        link["link"] = next((other["ifname"] for other in candidates if other["ifindex"] == index), None)


def _kind(link: Json) -> str | None:
    return t.cast("str | None", link.get("linkinfo", {}).get("info_kind"))


# -- comparing


def _without_time(raw: Json) -> Json:
    if "links" not in raw:
        return dict(raw)
    links = []
    for link in raw["links"]:
        link = copy.deepcopy(link)
        data = link.get("linkinfo", {}).get("info_slave_data", {})
        link["flags"] = sorted(set(link["flags"]) - _PASSING_FLAGS)
        for key in ("link", "link_index", "link_netnsid"):
            if "peer" in link:
                link.pop(key, None)
        bridge = link.get("linkinfo", {}).get("info_data", {})
        if bridge.get("stp_state"):
            # The spanning tree shortens it for a while after each change (__br_set_topology_change).
            bridge.pop("ageing_time", None)
        for place in (link, bridge, data):
            for key in _PASSING & set(place):
                del place[key]
        links.append(link)
    addresses = {
        link["ifname"]: [_address(address) for address in link["addr_info"] if not is_automatic(address)]
        for link in raw["addresses"]
    }
    routes = sorted(
        json.dumps(_route(route), sort_keys=True) for route in raw["routes"] if not _comes_when_it_likes(route)
    )
    return {
        "identity": raw["identity"],
        "links": {link.pop("ifname"): link for link in links},
        "addresses": {name: found for name, found in addresses.items() if found},
        "routes": routes,
        "rules": [json.dumps(rule, sort_keys=True) for rule in raw["rules"]],
        "neighbours": sorted(
            json.dumps(found, sort_keys=True)
            for found in [*raw["neighbours"], *raw["proxies"]]
            if is_static_neighbour(found)
        ),
        "fdb": sorted(json.dumps(_entry(entry), sort_keys=True) for entry in raw["fdb"] if is_static_entry(entry, raw)),
        "qdiscs": [_qdisc(found) for found in raw["qdiscs"] if found["handle"] != "0:"],
    }


def _qdisc(found: Json) -> Json:
    """Without its number, which the kernel gives, and without the last bytes of a burst: tc makes times of them and
    back, and does not always end where it began."""
    found = {key: value for key, value in found.items() if key not in ("handle", "refcnt")}
    if found["kind"] == "tbf":
        options = found["options"] = dict(found["options"])
        if "lat" in options:
            options["lat"] = round(options["lat"], -3)
        number, unit = re.match(r"(\d+)([KMG]?)", options["burst"]).groups()
        options["burst"] = -(-int(number) * 1024 ** " KMG".index(unit or " ") // 10) * 10
    found["options"].pop("direct_packets_stat", None)
    return found


def _comes_when_it_likes(route: Json) -> bool:
    """The routes that IPv6 makes of addresses once there is carrier and nobody else answers to them."""
    if ":" not in route["dst"] or route.get("protocol") != "kernel":
        return False
    return route["table"] == "local" or route["dst"].startswith("fe80:") or "/" not in route["dst"]


def is_static_neighbour(found: Json) -> bool:
    """The kernel makes NOARP entries of groups, of broadcast addresses and of what is behind lo."""
    states = found.get("state", [])
    if "NOARP" in states:
        groups = ipaddress.ip_address(found["dst"]).is_multicast or found.get("lladdr") == "ff:ff:ff:ff:ff:ff"
        return not groups and found["dev"] != "lo"
    return "PERMANENT" in states or "proxy" in found


def is_static_entry(entry: Json, raw: Json) -> bool:
    """Of a bridge or a VXLAN interface; the MACs of ports and of the bridge itself, and the groups that interfaces
    listen to, come by themselves."""
    if entry["state"] not in ("static", "permanent"):
        return False
    if "self" in entry["flags"]:
        return "dst" in entry or not int(entry["mac"][:2], 16) & 1
    macs = {link.get("address") for link in raw["links"] if link["ifname"] in (entry["ifname"], entry.get("master"))}
    return entry["mac"] not in macs


def _entry(found: Json) -> Json:
    """Of a forwarding table. An index is one of another namespace."""
    return {key: value for key, value in found.items() if key != "viaIfIndex"}


def _route(found: Json) -> Json:
    """Of a route or of one of its next hops."""
    found = {key: value for key, value in found.items() if key != "expires"}
    found["flags"] = sorted(set(found["flags"]) - {"linkdown", "dead"})
    if "nexthops" in found:
        found["nexthops"] = [_route(hop) for hop in found["nexthops"]]
    return found


def _address(found: Json) -> Json:
    found = {key: value for key, value in found.items() if key not in ("tentative", "dadfailed")}
    for key in ("valid_life_time", "preferred_life_time"):
        if found[key] != _FOREVER:
            found[key] = round(found[key], -2) if found[key] > 200 else -(-found[key] // 10) * 10
    return found


def is_automatic(found: Json) -> bool:
    """The link-local address that the kernel gives to each interface, from its MAC, at its own time."""
    if found.get("family") != "inet6" or found.get("scope") != "link":
        return False
    return int(ipaddress.ip_address(found["local"])) & (2**64 - 1) > 0xFFFF


def _anonymous(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _anonymous(inner) for key, inner in value.items() if key not in ("ifindex", "identity")}
    if isinstance(value, list):
        return [_anonymous(inner) for inner in value]
    if isinstance(value, str):
        return _MAC.sub(_random, value)
    return value


def _random(mac: re.Match[str]) -> str:
    spelled = ":".join(byte.rjust(2, "0") for byte in mac[0].split(":"))
    known = spelled.startswith(_CHOSEN) or spelled in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:00")
    return spelled if known else "random"


def _lines(value: t.Any, path: str = "") -> t.Iterator[str]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _lines(value[key], f"{path} {key or '(own)'}")
    elif isinstance(value, list) and value:
        for entry in value:
            yield from _lines(entry, f"{path} -") if isinstance(entry, dict) else [f"{path}: {entry}"]
    else:
        yield f"{path}: {json.dumps(value)}"
