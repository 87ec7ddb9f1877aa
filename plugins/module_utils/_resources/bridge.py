# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Bridges."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Kind,
    NewIndex,
    Operation,
    Request,
    Step,
    View,
    Wish,
    link_key,
    link_up_key,
    netns_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    BRIDGE,
    LINK,
    differing,
    given,
    unlike,
    without_none,
    words,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link import (
    FRESH,
    change_link,
    delete_request,
    link_request,
    nested,
    other_kind,
    recreate_steps,
)
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name, namespace_name

_OF_LINK = {name: LINK[name] for name in ("mac", "mtu", "up")}
_CURES = {
    errno.EEXIST: "the name is taken by something else; choose another or remove it",
    errno.EOPNOTSUPP: "this kernel has no bridges (CONFIG_BRIDGE)",
}
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


class Bridge(Kind):
    """``ip link add ... type bridge``."""

    section = "bridge"
    options: t.ClassVar[dict[str, t.Any]] = {
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "up": {"type": "bool", "default": True},
        "mac": {"type": "str"},
        "mtu": {"type": "int"},
        "stp": {"type": "bool"},
        "forward_delay": {"type": "float"},
        "hello_time": {"type": "float"},
        "max_age": {"type": "float"},
        "ageing_time": {"type": "float"},
        "priority": {"type": "int"},
        "vlan_filtering": {"type": "bool"},
        "vlan_default_pvid": {"type": "int"},
        "mcast_snooping": {"type": "bool"},
        "group_fwd_mask": {"type": "int"},
    }

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        name = interface_name(options["name"])
        key = link_key(namespace, name)
        link_values = given(options, _OF_LINK)
        delay = options["forward_delay"]
        if options["stp"] and delay is not None and delay < _LEAST_DELAY_WITH_STP:
            raise ValueError(f"forward_delay is {delay:g}; with stp it must be from {_LEAST_DELAY_WITH_STP} seconds on")
        return Wish(
            kind=self,
            item=f"bridge {place(namespace, name)}",
            name=place(namespace, name),
            identity=key,
            present=present,
            options={"key": key, "link": link_values, "bridge": given(options, BRIDGE)},
            requires=(netns_key(namespace),),
            objects=(key,),
            provides=(key, link_up_key(namespace, name)),
            namespaces=(namespace,),
            settings={(key, name): value for name, value in link_values.items()} if present else {},
        )

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "link" or fact.values["kind"] != "bridge":
            return None
        return {"name": fact.key[2], "namespace": fact.key[1] or None}

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item, values = self.item(fact), fact.values
        if item is None:
            return None
        data = unlike(_USUAL, values["data"], _USUAL)
        if data.get("stp") and data.get("ageing_time") == values["data"].get("forward_delay"):
            del data["ageing_time"]  # the spanning tree shortens it for a while (__br_set_topology_change)
        options = {"mac": values["mac"], **({} if values["up"] else {"up": False})}
        if {values["mtu"], _mtu_by_itself(fact, view)} != {_MTU}:
            options["mtu"] = values["mtu"]
        return without_none({**item, **options, **data})

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        key = wish.options["key"]
        taken = other_kind(key, view, "bridge")
        if taken:
            raise LabError(f"{wish.item}: {taken}; choose another name or remove it")
        if not wish.present:
            return self._absent(wish, view) if key in view else []
        return self._change(wish, view) if key in view else [self._create(wish, view)]

    def _create(self, wish: Wish, view: View) -> Operation:
        key, link_values, values = wish.options["key"], wish.options["link"], wish.options["bridge"]
        _type, namespace, name = key
        made, mtu = _made_with(link_values)
        command = ip(namespace, "link", "add", "name", name, *words(made, LINK), "type", "bridge")
        view.put(
            Fact(key, {**FRESH, "kind": "bridge", **link_values, "data": values}, (netns_key(namespace),))
        )
        return Operation(
            wish,
            [
                _create_request(namespace, name, made, values, NewIndex(key)),
                *([link_request(namespace, name, mtu)] if mtu else []),
            ],
            [
                command + words(values, BRIDGE),
                *([ip(namespace, "link", "set", "dev", name, *words(mtu, LINK))] if mtu else []),
            ],
            None,
            {**link_values, **values},
        )

    def _change(self, wish: Wish, view: View) -> list[Operation]:
        key = wish.options["key"]
        present = view.fact(key).values
        link_values = differing(wish.options["link"], present)
        values = differing(wish.options["bridge"], present["data"])
        if "vlan_default_pvid" in values and present["data"].get("vlan_default_pvid", 0) is None:
            raise LabError(f"{wish.item}: {_NO_VLANS}")
        if not link_values and not values:
            return []
        before = {name: present.get(name) for name in link_values}
        before.update({name: present["data"].get(name) for name in values})
        steps: list[Step] = []
        commands: list[Command] = []
        for link_part, part in _parts(link_values, values):
            part_steps, part_commands = change_link(
                key, view, link_part, kind="bridge", data=part, data_attributes=BRIDGE, cures=_cures(part)
            )
            steps += part_steps
            commands += part_commands
        return [Operation(wish, steps, commands, before, {**link_values, **values})]

    def _absent(self, wish: Wish, view: View) -> list[Operation]:
        key = wish.options["key"]
        _type, namespace, name = key
        present = view.fact(key).values
        link_values = {option: present[option] for option in _OF_LINK if present.get(option) is not None}
        values = {option: value for option, value in present["data"].items() if value is not None}
        if "vlan_default_pvid" not in values:
            values.pop("vlan_filtering", None)  # told as off, but not to be set where the kernel lacks it
        made = {option: value for option, value in link_values.items() if option != "up"}
        create = _create_request(namespace, name, made, values, present["index"])
        # Its ports may have given it another MTU on the way.
        undo = [*recreate_steps(key, view, create), link_request(namespace, name, {"mtu": present["mtu"]})]
        view.remove(key)
        command = ip(namespace, "link", "delete", "dev", name)
        return [
            Operation(wish, [delete_request(namespace, name, undo)], [command], {**link_values, **values}, None)
        ]


def _mtu_by_itself(fact: Fact, view: View) -> int:
    """Unless it was set, the least of the ports' (br_mtu_auto_adjust)."""
    _type, namespace, name = fact.key
    ports = [
        view.values(link_key(namespace, port.key[2]))
        for port in view.dependents(fact.key, past="link")
        if port.key[0] == "port" and port.values["master"] == name
    ]
    return min((port["mtu"] for port in ports if port is not None), default=_MTU)


def _parts(link: dict[str, t.Any], values: dict[str, t.Any]) -> list[tuple[dict[str, t.Any], dict[str, t.Any]]]:
    """What is set at once. The kernel looks at forward_delay before stp, and takes a short one only without stp."""
    if values.get("stp") is False and values.get("forward_delay", _LEAST_DELAY_WITH_STP) < _LEAST_DELAY_WITH_STP:
        rest = {name: value for name, value in values.items() if name != "stp"}
        return [({}, {"stp": False}), (link, rest)]
    return [(link, values)]


def _made_with(values: dict[str, t.Any]) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """What a bridge is made with, and what is set afterwards: only from an MTU that was changed (br_change_mtu) does
    the kernel know that it is meant, and not to be fitted to that of the ports."""
    mtu = {name: value for name, value in values.items() if name == "mtu"}
    made = {name: value for name, value in values.items() if name != "mtu" or value == _MTU}
    return ({**made, "mtu": _MTU - 1} if "mtu" in made else made), mtu


def _create_request(
    namespace: str,
    name: str,
    link_values: dict[str, t.Any],
    values: dict[str, t.Any],
    index: int | NewIndex,
) -> Request:
    if "vlan_default_pvid" in values:
        # By itself, a kernel without VLAN filtering would pass it over in silence.
        values = {"vlan_filtering": False, **values}
    return link_request(
        namespace,
        name,
        link_values,
        flags=nl.NLM_F_CREATE | nl.NLM_F_EXCL,
        index=index,
        kind="bridge",
        data=nested(values, BRIDGE),
        undo=[delete_request(namespace, name)],
        cures=_cures(values),
    )


def _cures(values: dict[str, t.Any]) -> dict[int, str]:
    asks_for_vlans = "vlan_filtering" in values or "vlan_default_pvid" in values
    return {**_CURES, errno.EOPNOTSUPP: _NO_VLANS} if asks_for_vlans else _CURES
