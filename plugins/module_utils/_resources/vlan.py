# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""VLANs of an interface, each an interface of its own."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import Attribute, choice, number
from ansible_collections.netns.lab.plugins.module_utils._resources._link_kind import LinkKind, Values, link_options

_PROTOCOLS = {"802.1Q": 0x8100, "802.1ad": 0x88A8}


def _flag(bit: int, word: str) -> Attribute:
    """include/uapi/linux/if_vlan.h, enum vlan_flags"""
    return Attribute(
        read=lambda message: bool((message.get_attr("IFLA_VLAN_FLAGS") or {"flags": 0})["flags"] & bit),
        write=lambda value: ("IFLA_VLAN_FLAGS", (bit, 0) if value else (0, bit)),
        words=lambda value: [word, "on" if value else "off"],
    )


class Vlan(LinkKind):
    """``ip link add link ... type vlan``."""

    section = "vlan"
    options = link_options(
        link={"type": "str"},
        parent_namespace={"type": "str"},
        id={"type": "int"},
        protocol={"type": "str", "choices": list(_PROTOCOLS)},
        reorder_hdr={"type": "bool"},
        gvrp={"type": "bool"},
        mvrp={"type": "bool"},
        loose_binding={"type": "bool"},
    )
    required_if = [("state", "present", ["link", "id"])]
    attributes = {
        "protocol": choice("IFLA_VLAN_PROTOCOL", "protocol", _PROTOCOLS),
        "id": number("IFLA_VLAN_ID", "id", 0, 4094),
        "reorder_hdr": _flag(0x1, "reorder_hdr"),
        "gvrp": _flag(0x2, "gvrp"),
        "loose_binding": _flag(0x4, "loose_binding"),
        "mvrp": _flag(0x8, "mvrp"),
    }
    fixed = frozenset({"id", "protocol"})
    config = ("CONFIG_VLAN_8021Q", "8021q")
    lower_option = "link"
    base_option = "parent_namespace"

    def options_of(self, data: Values) -> Values:
        by_default = {"protocol": "802.1Q", "reorder_hdr": True, "gvrp": False, "mvrp": False, "loose_binding": False}
        return {option: value for option, value in data.items() if by_default.get(option) != value}
