# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Routes: ``ip route``."""

from __future__ import annotations

import socket
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info._words import FAMILIES, Flags, protocol, scope
from ansible_collections.netns.lab.plugins.module_utils._message import Message, attributes
from ansible_collections.netns.lab.plugins.module_utils._resources._table import table_word

# RTN_*
_TYPES = {
    0: "unspec",
    1: "unicast",
    2: "local",
    3: "broadcast",
    4: "anycast",
    5: "multicast",
    6: "blackhole",
    7: "unreachable",
    8: "prohibit",
    9: "throw",
    10: "nat",
}
_ADDRESS_SIZES = (4, 16)
_CLONED = 0x200
# RTNH_F_*
_HOP_FLAGS = Flags({1: "dead", 2: "pervasive", 4: "onlink", 8: "offload", 16: "linkdown", 64: "trap"})
_ONLINK = 4
_NEXT_HOP = struct.Struct("=HBBi")


def is_route(raw: bytes) -> bool:
    """``struct rtmsg``: whether it is one of IPv4 or IPv6, and not an exception that was found out on the way."""
    return raw[0] in FAMILIES and not struct.unpack_from("=I", raw, 8)[0] & _CLONED


def table_of(raw: bytes) -> int:
    """``rtm_table``, which only says that it is some other table where the number does not fit."""
    return raw[4]


def told(message: Message, names: dict[int, str]) -> dict[str, t.Any]:
    get = message.get_attr
    destination, length, tos = get("RTA_DST"), message["dst_len"], message["tos"]
    is_ipv6 = message["family"] == socket.AF_INET6
    several, metrics, cache = message.raw("RTA_MULTIPATH"), get("RTA_METRICS"), get("RTA_CACHEINFO")
    if several is not None:
        hops = list(_hops(several, names))
    else:
        hops = [_hop(message, message["flags"], get("RTA_OIF"), 1, names)]
        if not hops[0]["gateway"] and not hops[0]["interface"]:
            hops = []
    only = hops[0] if len(hops) == 1 else None
    return {
        "destination": f"{destination}/{length}" if destination else "default",
        "family": FAMILIES[message["family"]],
        "type": _TYPES.get(message["type"]) or str(message["type"]),
        "gateway": only["gateway"] if only else None,
        "interface": only["interface"] if only else None,
        "nexthops": hops,
        "table": table_word(get("RTA_TABLE") or message["table"]),
        "metric": get("RTA_PRIORITY") or 0,
        "protocol": protocol(message["proto"]),
        "scope": None if is_ipv6 else scope(message["scope"]),
        "source": get("RTA_PREFSRC"),
        "from": f"{get('RTA_SRC')}/{message['src_len']}" if message["src_len"] else None,
        "tos": tos or None,
        "mtu": metrics.get_attr("RTAX_MTU") if metrics else None,
        "onlink": bool(message["flags"] & _ONLINK),
        "expires": _seconds(cache),
    }


def _seconds(cache: dict[str, int] | None) -> int | None:
    """``rta_expires`` counts in hundredths."""
    left = cache["rta_expires"] if cache else 0
    return None if not left else max(left // 100, 0)


def _hops(several: bytes, names: dict[int, str]) -> t.Iterator[dict[str, t.Any]]:
    """``struct rtnexthop``, each with attributes behind it."""
    offset = 0
    while offset + _NEXT_HOP.size <= len(several):
        length, flags, hops, index = _NEXT_HOP.unpack_from(several, offset)
        if length < _NEXT_HOP.size:
            return
        nest = attributes("rtmsg", several[offset + _NEXT_HOP.size : offset + length])
        yield _hop(nest, flags, index, hops + 1, names)
        offset += (length + 3) & ~3


def _hop(message: Message, flags: int, index: int | None, weight: int, names: dict[int, str]) -> dict[str, t.Any]:
    gateway = message.get_attr("RTA_GATEWAY")
    if gateway is None:
        via = message.raw("RTA_VIA")  # an IPv6 gateway of an IPv4 route: family and address
        if via is not None and len(via) - 2 in _ADDRESS_SIZES:
            gateway = socket.inet_ntop(socket.AF_INET6 if len(via) == 18 else socket.AF_INET, via[2:])
    return {
        "gateway": gateway,
        "interface": names.get(index) if index else None,
        "weight": weight,
        "onlink": bool(flags & _ONLINK),
        "flags": _HOP_FLAGS(flags & 0xFF),
    }
