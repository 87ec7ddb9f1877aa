# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Ports: the links a bridge connects."""

from __future__ import annotations

import errno
import typing as t
from collections import Counter

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import bridge_tool, ip
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Index,
    Key,
    Kind,
    Operation,
    Request,
    Step,
    View,
    Wish,
    link_key,
    link_up_key,
    members_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    PORT,
    differing,
    given,
    unlike,
    without_none,
    words,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link import (
    link_request,
    master_again,
    master_request,
    nested,
    port_fact,
    port_key,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._port_vlans import (
    OPTION,
    change_vlans,
    key_of_vlans,
    observe_vlans,
    told_vlans,
    vlan_commands,
    vlans_fact,
    vlans_of,
)
from ansible_collections.netns.lab.plugins.module_utils._steps import AwaitCarrier
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name, namespace_name

_AF_BRIDGE = 7
_MOST_PORTS = 1023  # BR_PORT_BITS in net/bridge/br_private.h; number 0 is not given out
# What a new port is set to. Its cost goes by the speed of the link (port_cost() in net/bridge/br_if.c).
_USUAL: dict[str, t.Any] = {
    "priority": 32,
    "hairpin": False,
    "isolated": False,
    "learning": True,
    "flood": True,
    "mcast_flood": True,
    "bcast_flood": True,
    "bpdu_guard": False,
    "root_block": False,
    "fast_leave": False,
    "neigh_suppress": False,
    "proxy_arp": False,
}
_COSTS = {"veth": 2}
_COST = 100
_CURES = {
    errno.EBUSY: "its state is the spanning tree's to set while stp is on",
    errno.ENETDOWN: "a port without carrier can only be disabled; bring both ends of the cable up first",
    errno.EXFULL: f"a bridge has at most {_MOST_PORTS} ports",
}


class BridgePort(Kind):
    """``ip link set ... master`` and ``bridge link set``."""

    section = "bridge_port"
    options: t.ClassVar[dict[str, t.Any]] = {
        "interface": {"type": "str", "required": True},
        "bridge": {"type": "str"},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "cost": {"type": "int"},
        "priority": {"type": "int"},
        "hairpin": {"type": "bool"},
        "isolated": {"type": "bool"},
        "learning": {"type": "bool"},
        "flood": {"type": "bool"},
        "mcast_flood": {"type": "bool"},
        "bcast_flood": {"type": "bool"},
        "bpdu_guard": {"type": "bool"},
        "root_block": {"type": "bool"},
        "fast_leave": {"type": "bool"},
        "neigh_suppress": {"type": "bool"},
        "proxy_arp": {"type": "bool"},
        "port_state": {
            "type": "str",
            "choices": ["disabled", "listening", "learning", "forwarding", "blocking"],
        },
        "vlans": OPTION,
    }
    required_if: t.ClassVar[list[t.Any]] = [("state", "present", ["bridge"])]

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        interface = interface_name(options["interface"], "interface")
        bridge = None if options["bridge"] is None else interface_name(options["bridge"], "bridge")
        if interface == bridge:
            raise ValueError("a bridge cannot be a port of itself")
        key = link_key(namespace, interface)
        values = given(options, PORT)
        bridge_key = link_key(namespace, bridge) if bridge else None
        return Wish(
            kind=self,
            item=f"bridge_port {place(namespace, interface)}",
            name=place(namespace, interface),
            identity=("bridge_port", namespace, interface),
            objects=(port_key(namespace, interface),),
            present=present,
            options={
                "key": key,
                "bridge": bridge,
                "values": values,
                "vlans": None if options["vlans"] is None or not present else vlans_of(options["vlans"]),
            },
            requires=(key, bridge_key) if bridge_key else (key,),
            # The kernel takes a port's state only while the port has carrier.
            after=(link_up_key(namespace, interface),) if "port_state" in values else (),
            provides=(port_key(namespace, interface), *((members_key(namespace, bridge),) if bridge else ())),
            namespaces=(namespace,),
            settings={(key, "master"): bridge} if present else {},
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        asked: dict[str, set[str]] = {}
        for wish in wishes:
            if wish.options["vlans"] is not None:
                _type, namespace, name = wish.options["key"]
                asked.setdefault(namespace, set()).add(name)
        for namespace in namespaces:
            if namespace in asked:
                yield from observe_vlans(reader, namespace, asked[namespace])

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "port":
            return None
        _type, namespace, name = fact.key
        return {"interface": name, "namespace": namespace or None, "bridge": fact.values["master"]}

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item = self.item(fact)
        if item is None:
            return None
        namespace, values = fact.key[1], fact.values
        link, bridge = (view.values(link_key(namespace, name)) for name in (fact.key[2], values["master"]))
        if link is None or bridge is None or bridge["kind"] != "bridge":
            return None
        usual = {**_USUAL, "cost": _COSTS.get(link["kind"], _COST)}
        options = unlike(usual, values, usual)
        may_forward = link.get("carrier") and bridge["up"] and not bridge["data"].get("stp")
        if may_forward and values.get("port_state") not in (None, "forwarding"):
            options["port_state"] = values["port_state"]
        return without_none({**item, **options})

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        return self._present(wish, view) if wish.present else self._absent(wish, view)

    def check(self, wishes: list[Wish]) -> None:
        ports = Counter((wish.identity[1], wish.options["bridge"]) for wish in wishes if wish.present)
        for (namespace, bridge), count in ports.items():
            if count > _MOST_PORTS:
                raise LabError(
                    f"bridge_port: {count} ports for bridge {place(namespace, bridge)}, where the kernel allows "
                    f"{_MOST_PORTS}; put the rest on a second bridge and connect the two"
                )

    def _present(self, wish: Wish, view: View) -> list[Operation]:
        key, bridge = wish.options["key"], wish.options["bridge"]
        _type, namespace, name = key
        master = view.fact(link_key(namespace, bridge)).values
        if master["kind"] != "bridge" and not master.get("assumed"):
            raise LabError(f"{wish.item}: {place(namespace, bridge)} is no bridge; name a bridge or create it")
        steps: list[Step] = []
        commands: list[Command] = []
        before: dict[str, t.Any] = {}
        after: dict[str, t.Any] = {}
        fact = view.get(port_key(namespace, name))
        port = fact.values if fact else {}
        if port.get("master") != bridge:
            steps.append(master_request(namespace, name, bridge, undo=master_again(key, view)))
            commands.append(ip(namespace, "link", "set", "dev", name, "master", bridge))
            before["bridge"], after["bridge"] = port.get("master"), bridge
            port = {}
        changes = differing(wish.options["values"], port)
        # A port that is new on its bridge has the bridge's defaults; there is nothing of the old one to tell.
        before.update({option: port.get(option) for option in changes} if port else {})
        after.update(changes)
        settings = {option: value for option, value in changes.items() if option != "port_state"}
        if settings:
            old = {option: port[option] for option in settings if port.get(option) is not None}
            back: list[Step] = [link_request(namespace, name, {}, port=nested(old, PORT))] if old else []
            steps.append(link_request(namespace, name, {}, port=nested(settings, PORT), undo=back, cures=_CURES))
            commands.append(ip(namespace, "link", "set", "dev", name, "type", "bridge_slave", *words(settings, PORT)))
        if "port_state" in changes:
            state = changes["port_state"]
            _check_state(wish, state, master)
            steps += [AwaitCarrier(namespace, name), _state_request(key, state, port.get("port_state"))]
            commands.append(bridge_tool(namespace, "link", "set", "dev", name, *PORT["port_state"].words(state)))
        vlans_key = key_of_vlans(namespace, name)
        vlans = view.values(vlans_key) if port else None
        view.put(port_fact(namespace, name, bridge, {**_without_master(port), **changes}))
        wanted = wish.options["vlans"]
        if wanted is not None:
            present = vlans["vlans"] if vlans else _default_vlans(master["data"])
            if wanted != present:
                steps += change_vlans(vlans_key, present, wanted)
                commands += vlan_commands(vlans_key, present, wanted)
                before.update({"vlans": told_vlans(present)} if port else {})
                after["vlans"] = told_vlans(wanted)
            view.put(vlans_fact(vlans_key, wanted))
        return [Operation(wish, steps, commands, before if fact else None, after)] if steps else []

    def _absent(self, wish: Wish, view: View) -> list[Operation]:
        bridge = wish.options["bridge"]
        _type, namespace, name = wish.options["key"]
        fact = view.get(port_key(namespace, name))
        if fact is None or bridge not in (None, fact.values["master"]):
            return []
        master = view.values(link_key(namespace, fact.values["master"]))
        if master is not None and master["kind"] != "bridge":
            return []  # a port of a bond or a vrf is not this module's
        step = master_request(namespace, name, None, undo=master_again(wish.options["key"], view))
        view.forget(fact.key)
        before = {"bridge": fact.values["master"]}
        return [Operation(wish, [step], [ip(namespace, "link", "set", "dev", name, "nomaster")], before, None)]


def _state_request(key: Key, state: str, before: str | None) -> Request:
    """By way of the bridge, as "bridge link set" has it: a change by way of the link ends with the bridge enabling
    the port (NETDEV_CHANGE, br_port_carrier_check)."""
    _type, namespace, _name = key
    return Request(
        namespace,
        "ifinfmsg",
        nl.RTM_SETLINK,
        0,
        {"family": _AF_BRIDGE, "index": Index(key)},
        [("IFLA_PROTINFO", {"attrs": [PORT["port_state"].write(state)]})],
        undo=[_state_request(key, before, None)] if before else [],
        cures=_CURES,
    )


def _check_state(wish: Wish, state: str, bridge: dict[str, t.Any]) -> None:
    # br_port_state_selection(), which every change ends with
    if state == "blocking" and not bridge["data"].get("stp") and not bridge.get("assumed"):
        raise LabError(
            f"{wish.item}: without a spanning tree the kernel turns blocking into forwarding at once; "
            "use disabled, or isolated: true"
        )


def _default_vlans(bridge: dict[str, t.Any]) -> dict[int, int]:
    """Those that a new port is in."""
    pvid = bridge.get("vlan_default_pvid", 1)
    return vlans_of([{"vid": str(pvid), "pvid": True, "untagged": True}]) if pvid else {}


def _without_master(port: dict[str, t.Any]) -> dict[str, t.Any]:
    return {option: value for option, value in port.items() if option != "master"}
