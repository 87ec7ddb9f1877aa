# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Links: ``ip -d link``."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info._words import Flags
from ansible_collections.netns.lab.plugins.module_utils._message import Message
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import BRIDGE, LINK, PORT, read_all

# RFC 2863, in iproute2's words.
_STATES = ("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up")
_UP, _LOWER_UP = 1, 1 << 16
_FLAGS = Flags(
    {
        _UP: "UP",
        1 << 1: "BROADCAST",
        1 << 2: "DEBUG",
        1 << 3: "LOOPBACK",
        1 << 4: "POINTOPOINT",
        1 << 5: "NOTRAILERS",
        1 << 7: "NOARP",
        1 << 8: "PROMISC",
        1 << 9: "ALLMULTI",
        1 << 10: "MASTER",
        1 << 11: "SLAVE",
        1 << 12: "MULTICAST",
        1 << 13: "PORTSEL",
        1 << 14: "AUTOMEDIA",
        1 << 15: "DYNAMIC",
        _LOWER_UP: "LOWER_UP",
        1 << 17: "DORMANT",
        1 << 18: "ECHO",
    }
)
# ARPHRD_*, as far as links of a lab have them.
_TYPES = {1: "ether", 772: "loopback", 512: "ppp", 768: "ipip", 769: "tunnel6", 776: "sit", 778: "gre", 65534: "none"}


def told(message: Message, names: dict[int, str]) -> dict[str, t.Any]:
    """``peer`` and ``link`` have an index and an nsid. Whose they are, only the other namespaces know."""
    get = message.get_attr
    info = get("IFLA_LINKINFO")
    kind = info.get_attr("IFLA_INFO_KIND") if info else None
    flags = message["flags"]
    state, master, other = get("IFLA_OPERSTATE"), get("IFLA_MASTER"), get("IFLA_LINK")
    seen: dict[str, t.Any] = {
        "name": get("IFLA_IFNAME"),
        "index": message["index"],
        "kind": kind,
        "type": _TYPES.get(message["ifi_type"]) or str(message["ifi_type"]),
        "state": _STATES[number] if (number := state["value"] if state else 0) < len(_STATES) else str(number),
        "carrier": bool(flags & _LOWER_UP),
        **read_all(message, LINK),
        "flags": _FLAGS(flags),
        "qdisc": get("IFLA_QDISC"),
        "group": get("IFLA_GROUP") or 0,
        "master": names.get(master) if master else None,
        "peer": None,
        "link": None,
    }
    if other:
        seen["peer" if kind == "veth" else "link"] = _elsewhere(other, get("IFLA_LINK_NETNSID"), names)
    data = info.get_attr("IFLA_INFO_DATA") if kind == "bridge" else None
    if data:
        seen["bridge"] = {
            **read_all(data, BRIDGE),
            "bridge_id": _bridge_id(data.raw("IFLA_BR_BRIDGE_ID")),
            "root_id": _bridge_id(data.raw("IFLA_BR_ROOT_ID")),
            "root_port": data.get_attr("IFLA_BR_ROOT_PORT"),
            "root_path_cost": data.get_attr("IFLA_BR_ROOT_PATH_COST"),
        }
    port = info.get_attr("IFLA_INFO_SLAVE_DATA") if info and info.get_attr("IFLA_INFO_SLAVE_KIND") == "bridge" else None
    if port:
        seen["port"] = {
            "bridge": seen["master"],
            **read_all(port, PORT),
            "number": port.get_attr("IFLA_BRPORT_NO"),
            "root_id": _bridge_id(port.raw("IFLA_BRPORT_ROOT_ID")),
            "designated_cost": port.get_attr("IFLA_BRPORT_DESIGNATED_COST"),
        }
    return seen


def _elsewhere(index: int, nsid: int | None, names: dict[int, str]) -> dict[str, t.Any]:
    """``nsid``: the number by which the link's own namespace knows the other one; None: the link is in the same."""
    return {"name": names.get(index) if nsid is None else None, "namespace": None, "index": index, "nsid": nsid}


def _bridge_id(raw: bytes | None) -> str | None:
    """``struct ifla_bridge_id``: priority and address."""
    return None if raw is None else f"{raw[:2].hex()}.{raw[2:8].hex(':')}"
