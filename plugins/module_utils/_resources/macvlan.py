# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""Interfaces with a MAC address of their own on another interface."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.netns.lab.plugins.module_utils._model import Operation, View, Wish
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import Attribute
from ansible_collections.netns.lab.plugins.module_utils._resources._link_kind import LinkKind, Values, link_options

# include/uapi/linux/if_link.h, enum macvlan_mode
_MODES = {"private": 1, "vepa": 2, "bridge": 4, "passthru": 8, "source": 16}


def _read_mode(message: t.Any) -> str | None:
    mode = message.get_attr("IFLA_MACVLAN_MODE")  # a structure of one field
    return next((word for word, number in _MODES.items() if mode and number == mode["value"]), None)


class Macvlan(LinkKind):
    """``ip link add link ... type macvlan``."""

    section = "macvlan"
    options = link_options(
        link={"type": "str"},
        parent_namespace={"type": "str"},
        mode={"type": "str", "choices": list(_MODES)},
    )
    required_if = [("state", "present", ["link"])]
    attributes = {
        "mode": Attribute(
            read=_read_mode,
            write=lambda value: ("IFLA_MACVLAN_MODE", value),  # pyroute2 knows the words
            words=lambda value: ["mode", value],
        )
    }
    config = ("CONFIG_MACVLAN", "macvlan")
    lower_option = "link"
    base_option = "parent_namespace"

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        # On top of another one it has the real device below (macvlan_common_newlink).
        lower = wish.options["lower"]
        while lower and (values := view.values(lower)) and values["kind"] == self.section and values["lower"]:
            lower = values["lower"]
        if lower != wish.options["lower"]:
            wish = replace(wish, options={**wish.options, "lower": lower, "base": lower[1]})
        return super().plan(wish, view)

    def must_be_made_anew(self, changes: Values, present: Values) -> bool:
        # macvlan_changelink(), drivers/net/macvlan.c
        return "mode" in changes and not self.keeps_mac(present, changes)

    def keeps_mac(self, data: Values, wanted: Values) -> bool:
        # With passthru, it is that of the link below.
        return "passthru" not in (data.get("mode"), wanted.get("mode"))
