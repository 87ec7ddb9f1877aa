# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The next hops of routes, as the kernel tells them."""

from __future__ import annotations

import ipaddress
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._message import Message, attributes

ONLINK = 4  # RTNH_F_ONLINK
_NEXT_HOP = struct.Struct("=HBBi")
_ADDRESS_SIZES = (4, 16)


class NextHop(t.NamedTuple):
    gateway: str | None
    oif: int | None
    """The interface, by index."""
    weight: int
    flags: int
    """RTNH_F_..."""


def next_hops(route: Message) -> list[NextHop]:
    """Those of an RTM_NEWROUTE message; none where it leads nowhere."""
    several = route.raw("RTA_MULTIPATH")
    if several is not None:
        return list(_several(several))
    only = _hop(route, route["flags"], route.get_attr("RTA_OIF"), 1)
    return [only] if only.gateway or only.oif else []


def _several(data: bytes) -> t.Iterator[NextHop]:
    """``struct rtnexthop``, each with attributes behind it."""
    offset = 0
    while offset + _NEXT_HOP.size <= len(data):
        length, flags, hops, index = _NEXT_HOP.unpack_from(data, offset)
        if length < _NEXT_HOP.size:
            return
        yield _hop(attributes("rtmsg", data[offset + _NEXT_HOP.size : offset + length]), flags, index, hops + 1)
        offset += (length + 3) & ~3


def _hop(message: Message, flags: int, index: int | None, weight: int) -> NextHop:
    gateway = message.get_attr("RTA_GATEWAY")
    if gateway is None:
        via = message.raw("RTA_VIA")  # an IPv6 gateway of an IPv4 route: family and address
        if via is not None and len(via) - 2 in _ADDRESS_SIZES:
            gateway = str(ipaddress.ip_address(via[2:]))
    return NextHop(gateway, index, weight, flags)
