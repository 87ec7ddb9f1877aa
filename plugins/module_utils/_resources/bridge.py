# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Bridges."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import (
    Fact,
    Key,
    Operation,
    Step,
    View,
    Wish,
    link_key,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import BRIDGE, unlike
from ansible_collections.netns.lab.plugins.module_utils._resources._link import link_request
from ansible_collections.netns.lab.plugins.module_utils._resources._link_kind import LinkKind, Values, link_options

# Of a new bridge.
_MTU = 1500
# What a new bridge is set to.
_USUAL: dict[str, t.Any] = {
    "stp": False,
    "forward_delay": 15,
    "hello_time": 2,
    "max_age": 20,
    "ageing_time": 300,
    "priority": 32768,
    "vlan_filtering": False,
    "vlan_default_pvid": 1,
    "mcast_snooping": True,
    "group_fwd_mask": 0,
}
_NO_VLANS = "this kernel has no VLAN filtering in bridges (CONFIG_BRIDGE_VLAN_FILTERING)"
_LEAST_DELAY_WITH_STP = 2  # BR_MIN_FORWARD_DELAY, net/bridge/br_private_stp.h


class Bridge(LinkKind):
    """``ip link add ... type bridge``."""

    section = "bridge"
    options = link_options(
        stp={"type": "bool"},
        forward_delay={"type": "float"},
        hello_time={"type": "float"},
        max_age={"type": "float"},
        ageing_time={"type": "float"},
        priority={"type": "int"},
        vlan_filtering={"type": "bool"},
        vlan_default_pvid={"type": "int"},
        mcast_snooping={"type": "bool"},
        group_fwd_mask={"type": "int"},
    )
    attributes = BRIDGE
    config = ("CONFIG_BRIDGE", "bridge")

    def data(self, options: Values) -> Values:
        values = super().data(options)
        delay = options["forward_delay"]
        if options["stp"] and delay is not None and delay < _LEAST_DELAY_WITH_STP:
            raise ValueError(f"forward_delay is {delay:g}; with stp it must be from {_LEAST_DELAY_WITH_STP} seconds on")
        return values

    def options_of(self, data: Values) -> Values:
        return unlike(_USUAL, super().options_of(data), _USUAL)

    def in_turn(self, values: Values) -> tuple[Values, Values]:
        """Only from an MTU that was changed (br_change_mtu) does the kernel know that it is meant, and not to be fitted
        to that of the ports."""
        mtu = {name: value for name, value in values.items() if name == "mtu"}
        made = {name: value for name, value in values.items() if name != "mtu" or value == _MTU}
        return ({**made, "mtu": _MTU - 1} if "mtu" in made else made), mtu

    def sent(self, data: Values) -> Values:
        # By itself, a kernel without VLAN filtering would pass it over in silence.
        return {"vlan_filtering": False, **data} if "vlan_default_pvid" in data else data

    def cures_for(self, data: Values) -> dict[int, str]:
        return {errno.EOPNOTSUPP: _NO_VLANS} if {"vlan_filtering", "vlan_default_pvid"} & set(data) else {}

    def parts(
        self, values: Values, data: Values, lower: Key | None
    ) -> t.Iterator[tuple[Values, Values, Key | None]]:
        # The kernel looks at forward_delay before stp, and takes a short one only without stp.
        delay = data.get("forward_delay", _LEAST_DELAY_WITH_STP)
        if data.get("stp") is False and delay < _LEAST_DELAY_WITH_STP:
            yield {}, {"stp": False}, None
            data = {name: value for name, value in data.items() if name != "stp"}
        yield values, data, None

    def definition(self, fact: Fact, view: View) -> Values | None:
        item, values = super().definition(fact, view), fact.values
        if item is None:
            return None
        data = values["data"]
        if data.get("stp") and data.get("ageing_time") == data.get("forward_delay"):
            item.pop("ageing_time", None)  # the spanning tree shortens it for a while (__br_set_topology_change)
        if {values["mtu"], _mtu_by_itself(fact, view)} == {_MTU}:
            item.pop("mtu", None)
        else:
            item["mtu"] = values["mtu"]
        return item

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        present = view.values(wish.options["key"])
        asked = wish.options["data"].get("vlan_default_pvid")
        if present and asked is not None and present["data"].get("vlan_default_pvid", asked) is None:
            raise LabError(f"{wish.item}: {_NO_VLANS}")
        return super().plan(wish, view)

    def put_back(self, key: Key, view: View, values: Values, data: Values) -> list[Step]:
        if "vlan_default_pvid" not in data:
            data.pop("vlan_filtering", None)  # told as off, but not to be set where the kernel lacks it
        steps = super().put_back(key, view, values, data)
        # Its ports may have given it another MTU on the way.
        return [*steps, link_request(key[1], key[2], {"mtu": values["mtu"]})]


def _mtu_by_itself(fact: Fact, view: View) -> int:
    """Unless it was set, the least of the ports' (br_mtu_auto_adjust)."""
    _type, namespace, name = fact.key
    ports = [
        view.values(link_key(namespace, port.key[2]))
        for port in view.dependents(fact.key, past="link")
        if port.key[0] == "port" and port.values["master"] == name
    ]
    return min((port["mtu"] for port in ports if port is not None), default=_MTU)
