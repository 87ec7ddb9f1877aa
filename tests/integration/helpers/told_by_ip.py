# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``ip -j`` and ``bridge -j`` tell, in the words of netns_info."""

from __future__ import annotations

import typing as t

Json = dict[str, t.Any]
FOREVER = 4294967295
_PORT_WORDS = {"bpdu_guard": "guard", "fast_leave": "fastleave", "port_state": "state"}
_PORT = (
    "port_state cost priority hairpin isolated learning flood mcast_flood bcast_flood bpdu_guard root_block fast_leave "
    "neigh_suppress proxy_arp"
).split()
_HUNDREDTHS = ("forward_delay", "hello_time", "max_age", "ageing_time")
# What "ip" makes up from others, for people to see.
_MADE_UP = {"NO-CARRIER", "M-DOWN"}
_TYPES_WITHOUT_HOPS = ("blackhole", "unreachable", "prohibit", "throw")


def link(found: Json) -> Json:
    info = found.get("linkinfo", {})
    flags = set(found["flags"])
    data, port = info.get("info_data", {}), info.get("info_slave_data", {})
    told: Json = {
        "name": found["ifname"],
        "index": found["ifindex"],
        "kind": info.get("info_kind"),
        "type": found["link_type"],
        "up": "UP" in flags,
        "state": found["operstate"].lower(),
        "carrier": "LOWER_UP" in flags,
        "mac": found.get("address"),
        "mtu": found["mtu"],
        "txqueuelen": found.get("txqlen", 0),
        "alias": found.get("ifalias", ""),
        "addrgenmode": found.get("inet6_addr_gen_mode"),
        "promisc": "PROMISC" in flags,
        "arp": "NOARP" not in flags,
        "flags": flags - _MADE_UP,
        "qdisc": found["qdisc"],
        "group": 0 if found["group"] == "default" else int(found["group"]),
        "master": found.get("master"),
    }
    if info.get("info_kind") == "bridge":
        told["bridge"] = {
            "stp": bool(data["stp_state"]),
            **{word: data[word] / 100 for word in _HUNDREDTHS},
            "priority": data["priority"],
            "vlan_filtering": bool(data["vlan_filtering"]),
            "vlan_default_pvid": data.get("vlan_default_pvid"),
            "mcast_snooping": bool(data["mcast_snooping"]),
            "group_fwd_mask": int(data["group_fwd_mask"], 0),
            "bridge_id": _bridge_id(data["bridge_id"]),
            "root_id": _bridge_id(data["root_id"]),
            "root_port": data["root_port"],
            "root_path_cost": data["root_path_cost"],
        }
    if info.get("info_slave_kind") == "bridge":
        told["port"] = {
            "bridge": found["master"],
            **{word: port[_PORT_WORDS.get(word, word)] for word in _PORT},
            "number": int(port["no"], 0),
            "root_id": _bridge_id(port["root_id"]),
            "designated_cost": port["designated_cost"],
        }
    return told


def _bridge_id(spelled: str) -> str:
    priority, _dot, mac = spelled.partition(".")
    return f"{priority}.{':'.join(byte.rjust(2, '0') for byte in mac.split(':'))}"


def addresses(found: Json) -> t.Iterator[Json]:
    """Of one link."""
    for address in found["addr_info"]:
        peer, local = address.get("address"), address["local"]
        yield {
            "interface": found["ifname"],
            "address": local if peer else f"{local}/{address['prefixlen']}",
            "peer": f"{peer}/{address['prefixlen']}" if peer else None,
            "local": local,
            "prefixlen": address["prefixlen"],
            "family": address["family"],
            "broadcast": address.get("broadcast"),
            "scope": address["scope"],
            "label": address.get("label"),
            "metric": address.get("metric", 0),
            "valid_lft": _lifetime(address["valid_life_time"]),
            "preferred_lft": _lifetime(address["preferred_life_time"]),
            **{
                flag: bool(address.get(flag))
                for flag in (
                    "nodad noprefixroute tentative dadfailed deprecated dynamic secondary temporary mngtmpaddr".split()
                )
            },
        }


def _lifetime(seconds: int) -> int | str:
    return "forever" if seconds == FOREVER else seconds


def route(found: Json, family: str) -> Json:
    hops = [_hop(hop) for hop in found.get("nexthops", [found])]
    if found["type"] in _TYPES_WITHOUT_HOPS and family == "inet":
        hops = []
    only = hops[0] if len(hops) == 1 else {"gateway": None, "interface": None, "onlink": False}
    metrics = found.get("metrics", [{}])[0]
    return {
        "destination": found["dst"] if found["dst"] == "default" or "/" in found["dst"] else _whole(found["dst"]),
        "family": family,
        "type": found["type"],
        "gateway": only["gateway"],
        "interface": only["interface"],
        "nexthops": hops,
        "table": str(found.get("table", "main")),
        "metric": found.get("metric", 0),
        "protocol": found["protocol"],
        "scope": None if family == "inet6" else found.get("scope", "global"),
        "source": found.get("prefsrc"),
        "mtu": metrics.get("mtu"),
        "onlink": only["onlink"],
    }


def _whole(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"


def _hop(found: Json) -> Json:
    gateway = found.get("gateway") or found.get("via", {}).get("host")
    return {
        "gateway": gateway,
        "interface": found.get("dev"),
        "weight": found.get("weight", 1),
        "onlink": "onlink" in found["flags"],
        "flags": sorted(found["flags"]),
    }


def rule(found: Json, family: str) -> Json:
    action = "goto" if "goto" in found else found.get("action", "lookup")
    mark = found.get("fwmark")
    return {
        "family": family,
        "priority": found["priority"],
        "not": "not" in found,
        "from": _network(found, "src", family),
        "to": _network(found, "dst", family),
        "iif": found.get("iif"),
        "oif": found.get("oif"),
        "fwmark": int(mark, 0) if mark else None,
        "ipproto": found.get("ipproto"),
        "sport": _range(found, "sport"),
        "dport": _range(found, "dport"),
        "uidrange": _range(found, "uid"),
        "action": "lookup" if action == "to_tbl" else action,
        "table": found.get("table"),
        "goto": found.get("goto"),
        "suppress_prefixlength": found.get("suppress_prefixlen"),
        "protocol": found.get("protocol", "unspec"),
    }


def _network(found: Json, which: str, family: str) -> str:
    if found.get(which, "all") == "all":
        return "all"
    return f"{found[which]}/{found.get(which + 'len', 128 if family == 'inet6' else 32)}"


def _range(found: Json, which: str) -> str | None:
    if which in found:
        return str(found[which])
    start = found.get(f"{which}_start")
    return None if start is None else f"{start}-{found[f'{which}_end']}"


def neighbor(found: Json, proxy: bool = False) -> Json:
    return {
        "interface": found["dev"],
        "address": found["dst"],
        "mac": found.get("lladdr"),
        "family": "inet6" if ":" in found["dst"] else "inet",
        "state": None if proxy else found["state"][0].lower(),
        "router": "router" in found,
        "proxy": proxy,
        "extern_learn": "extern_learn" in found,
    }


def fdb(found: Json) -> Json:
    return {
        "interface": found["ifname"],
        "mac": found["mac"],
        "bridge": found.get("master"),
        "vlan": found.get("vlan"),
        "dst": found.get("dst"),
        "port": found.get("port"),
        "vni": found.get("vni"),
        "state": found["state"] or "reachable",
        "flags": set(found["flags"]),
    }
