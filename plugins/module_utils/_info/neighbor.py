# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Neighbours: ``ip neigh``."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info._words import FAMILIES, protocol
from ansible_collections.netns.lab.plugins.module_utils._message import Message

# NUD_*
STATES = {
    0x00: "none",
    0x01: "incomplete",
    0x02: "reachable",
    0x04: "stale",
    0x08: "delay",
    0x10: "probe",
    0x20: "failed",
    0x40: "noarp",
    0x80: "permanent",
}
_NOARP = 0x40
# NTF_*
_PROXY = 0x08
_EXT_LEARNED = 0x10
_ROUTER = 0x80


def is_neighbor(raw: bytes) -> bool:
    """``struct ndmsg``: what a link without neighbours makes up for its own use is passed over, as ``ip neigh``
    does."""
    return raw[0] in FAMILIES and not (raw[8] | raw[9]) & _NOARP


def told(message: Message, names: dict[int, str]) -> dict[str, t.Any]:
    get = message.get_attr
    state, flags = message["state"], message["flags"]
    return {
        "interface": names.get(message["ifindex"]),
        "address": get("NDA_DST"),
        "mac": get("NDA_LLADDR"),
        "family": FAMILIES.get(message["family"]),
        "state": None if flags & _PROXY else STATES.get(state) or str(state),
        "router": bool(flags & _ROUTER),
        "proxy": bool(flags & _PROXY),
        "extern_learn": bool(flags & _EXT_LEARNED),
        "protocol": protocol(get("NDA_PROTOCOL") or 0),
    }
