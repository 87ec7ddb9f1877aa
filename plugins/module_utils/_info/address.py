# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Addresses: ``ip address``."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._info._words import FAMILIES, scope
from ansible_collections.netns.lab.plugins.module_utils._message import Message

_SECONDARY = 0x01  # of IPv6: temporary
_NODAD = 0x02
_DADFAILED = 0x08
_DEPRECATED = 0x20
_TENTATIVE = 0x40
_PERMANENT = 0x80
_MANAGETEMPADDR = 0x100
_NOPREFIXROUTE = 0x200
_FOREVER = 0xFFFFFFFF


def told(message: Message, names: dict[int, str]) -> dict[str, t.Any]:
    get = message.get_attr
    local, remote, length = get("IFA_LOCAL"), get("IFA_ADDRESS"), message["prefixlen"]
    # IPv6 tells IFA_LOCAL only where there is a peer.
    own = local or remote
    peer = remote if local and remote and remote != local else None
    flags = get("IFA_FLAGS")
    flags = message["flags"] if flags is None else flags
    family = FAMILIES.get(message["family"])
    is_ipv6 = family == "inet6"
    cache = get("IFA_CACHEINFO")
    return {
        "interface": names.get(message["index"]),
        "address": own if peer else f"{own}/{length}",
        "peer": f"{peer}/{length}" if peer else None,
        "local": own,
        "prefixlen": length,
        "family": family,
        "broadcast": get("IFA_BROADCAST"),
        "scope": scope(message["scope"]),
        "label": get("IFA_LABEL"),
        "nodad": bool(flags & _NODAD),
        "noprefixroute": bool(flags & _NOPREFIXROUTE),
        "metric": get("IFA_RT_PRIORITY") or 0,
        "tentative": bool(flags & _TENTATIVE),
        "dadfailed": bool(flags & _DADFAILED),
        "deprecated": bool(flags & _DEPRECATED),
        "dynamic": not flags & _PERMANENT,
        "secondary": bool(flags & _SECONDARY) and not is_ipv6,
        "temporary": bool(flags & _SECONDARY) and is_ipv6,
        "mngtmpaddr": bool(flags & _MANAGETEMPADDR),
        "valid_lft": _lifetime(cache, "ifa_valid"),
        "preferred_lft": _lifetime(cache, "ifa_preferred"),
    }


def _lifetime(cache: dict[str, int] | None, which: str) -> int | str:
    """Seconds that are left."""
    left = _FOREVER if cache is None else cache[which]
    return "forever" if left == _FOREVER else left
