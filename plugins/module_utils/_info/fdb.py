# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Forwarding entries of bridges and VXLANs: ``bridge fdb``."""

from __future__ import annotations

import socket
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info._words import Flags
from ansible_collections.netns.lab.plugins.module_utils._message import Message

# NUD_*, in the words of "bridge fdb"
_PERMANENT, _NOARP, _STALE = 0x80, 0x40, 0x04
# NTF_*
_FLAGS = Flags({0x02: "self", 0x04: "master", 0x10: "extern_learn", 0x20: "offload", 0x40: "sticky", 0x80: "router"})


def told(message: Message, names: dict[int, str]) -> dict[str, t.Any]:
    get = message.get_attr
    master, via, port = get("NDA_MASTER"), get("NDA_IFINDEX"), message.raw("NDA_PORT")
    return {
        "interface": names.get(message["ifindex"]),
        "mac": get("NDA_LLADDR"),
        "bridge": names.get(master) if master else None,
        "vlan": get("NDA_VLAN"),
        "dst": _address(message.raw("NDA_DST")),
        "port": int.from_bytes(port, "big") if port else None,
        "vni": get("NDA_VNI"),
        "src_vni": get("NDA_SRC_VNI"),
        "via": (names.get(via) or str(via)) if via else None,
        "state": _state(message["state"]),
        "flags": _FLAGS(message["flags"]),
    }


def _state(number: int) -> str:
    if number & _PERMANENT:
        return "permanent"
    if number & _NOARP:
        return "static"
    return "stale" if number & _STALE else "reachable"


def _address(raw: bytes | None) -> str | None:
    if raw is None or len(raw) not in (4, 16):
        return None
    return socket.inet_ntop(socket.AF_INET6 if len(raw) == 16 else socket.AF_INET, raw)
