# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Rules: ``ip rule``."""

from __future__ import annotations

import socket
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info._words import FAMILIES, protocol
from ansible_collections.netns.lab.plugins.module_utils._message import Message
from ansible_collections.netns.lab.plugins.module_utils._resources._table import table_word

# FR_ACT_*; to iproute2, the words are those of routes.
_ACTIONS = {1: "lookup", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
_TO_TABLE, _GOTO = 1, 2
_INVERT = 0x2
_NONE = 0xFFFFFFFF
_RANGE = struct.Struct("=HH")
_LONG_RANGE = struct.Struct("=II")


def is_rule(raw: bytes) -> bool:
    """``struct fib_rule_hdr``: whether it is one of IPv4 or IPv6; multicast routing has rules of its own."""
    return raw[0] in FAMILIES


def told(message: Message, names: dict[int, str]) -> dict[str, t.Any]:
    get = message.get_attr
    action, mark = message["action"], get("FRA_FWMARK")
    protocol_number = get("FRA_IP_PROTO")
    return {
        "family": FAMILIES[message["family"]],
        "priority": get("FRA_PRIORITY") or 0,
        "invert": bool(message["flags"] & _INVERT),
        "from": _network(get("FRA_SRC"), message["src_len"], message["family"]),
        "to": _network(get("FRA_DST"), message["dst_len"], message["family"]),
        "iif": get("FRA_IIFNAME"),
        "oif": get("FRA_OIFNAME"),
        "fwmark": mark or None,
        "fwmask": get("FRA_FWMASK") if mark else None,
        "tos": message["tos"] or None,
        "ipproto": _protocol(protocol_number) if protocol_number else None,
        "sport": _range(message.raw("FRA_SPORT_RANGE"), _RANGE),
        "dport": _range(message.raw("FRA_DPORT_RANGE"), _RANGE),
        "uidrange": _range(message.raw("FRA_UID_RANGE"), _LONG_RANGE),
        "action": _ACTIONS.get(action) or str(action),
        "table": table_word(get("FRA_TABLE") or message["table"]) if action == _TO_TABLE else None,
        "goto": get("FRA_GOTO") if action == _GOTO else None,
        "l3mdev": bool(get("FRA_L3MDEV")),
        "suppress_prefixlength": _given(get("FRA_SUPPRESS_PREFIXLEN")),
        "suppress_ifgroup": _given(get("FRA_SUPPRESS_IFGROUP")),
        "protocol": protocol(get("FRA_PROTOCOL") or 0),
    }


def _network(address: str | None, length: int, family: int) -> str:
    if address is None and not length:
        return "all"
    anywhere = "::" if family == socket.AF_INET6 else "0.0.0.0"
    return f"{address or anywhere}/{length}"


def _range(raw: bytes | None, layout: struct.Struct) -> str | None:
    if raw is None:
        return None
    low, high = layout.unpack_from(raw)
    return str(low) if low == high else f"{low}-{high}"


def _protocol(number: int) -> str:
    return {1: "icmp", 6: "tcp", 17: "udp", 58: "ipv6-icmp", 132: "sctp"}.get(number) or str(number)


def _given(number: int | None) -> int | None:
    return None if number == _NONE else number
