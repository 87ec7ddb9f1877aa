# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Words for the kernel's numbers, as iproute2 has them."""

from __future__ import annotations

import functools
import socket
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._names import name_of
from ansible_collections.netns.lab.plugins.module_utils._resources._scope import scope_word

FAMILIES = {socket.AF_INET: "inet", socket.AF_INET6: "inet6"}

# RTPROT_*; the names that iproute2 itself has for them
_PROTOCOLS = {
    0: "unspec",
    1: "redirect",
    2: "kernel",
    3: "boot",
    4: "static",
    8: "gated",
    9: "ra",
    10: "mrt",
    11: "zebra",
    12: "bird",
    13: "dnrouted",
    14: "xorp",
    15: "ntk",
    16: "dhcp",
    17: "mrouted",
    18: "keepalived",
    42: "babel",
    99: "openr",
    186: "bgp",
    187: "isis",
    188: "ospf",
    189: "rip",
    192: "eigrp",
}


def protocol(number: int) -> str:
    return _PROTOCOLS.get(number) or name_of("rt_protos", number) or str(number)


def scope(number: int) -> str:
    word = scope_word(number)
    return (name_of("rt_scopes", number) or word) if word.isdigit() else word


class Flags:
    """The names of a mask's bits. Most masks are seen again and again."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names
        self._told: t.Callable[[int], tuple[str, ...]] = functools.cache(self._tell)

    def _tell(self, mask: int) -> tuple[str, ...]:
        return tuple(name for bit, name in self._names.items() if mask & bit)

    def __call__(self, mask: int) -> list[str]:
        return list(self._told(mask))
