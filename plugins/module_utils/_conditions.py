# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""What can be waited for: one condition an object, and whether a host meets it."""

from __future__ import annotations

import fnmatch
import ipaddress
import os
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils import _values as values
from ansible_collections.netns.lab.plugins.module_utils._host import Host, processes_inside
from ansible_collections.netns.lab.plugins.module_utils._info import address, link, neighbor, route
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, place
from ansible_collections.netns.lab.plugins.module_utils._monitor import (
    RTMGRP_ADDRESS,
    RTMGRP_LINK,
    RTMGRP_NEIGH,
    RTMGRP_ROUTE,
)

Told = dict[str, t.Any]

STATES = ("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up")
PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
OPTIONS: dict[str, t.Any] = {
    "namespace": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "interface": {"type": "str"},
    "up": {"type": "bool"},
    "carrier": {"type": "bool"},
    "operstate": {"type": "str", "choices": list(STATES)},
    "master": {"type": "str"},
    "port_state": {"type": "str", "choices": list(PORT_STATES)},
    "address": {"type": "str"},
    "route": {"type": "str"},
    "gateway": {"type": "str"},
    "neighbor": {"type": "str"},
    "process": {"type": "str"},
}
EXCLUSIVE = [["address", "route", "neighbor", "process"]]
_OF_LINK = ("up", "carrier", "operstate", "master", "port_state")
_OBJECTS = ("address", "route", "neighbor", "process")
# Of a neighbour whose MAC is known, as NUD_VALID of the kernel.
_VALID = ("reachable", "stale", "delay", "probe", "permanent", "noarp")


@dataclass
class Condition:
    """One thing that should be there, or not."""

    namespace: str
    present: bool
    kind: str
    """``namespace``, ``link``, ``address``, ``route``, ``neighbor`` or ``process``."""
    interface: str | None = None
    wanted: dict[str, t.Any] = field(default_factory=dict)

    @property
    def groups(self) -> int:
        """The multicast groups that tell of it."""
        return {
            "link": RTMGRP_LINK,
            "address": RTMGRP_LINK | RTMGRP_ADDRESS,
            "route": RTMGRP_LINK | RTMGRP_ADDRESS | RTMGRP_ROUTE,
            "neighbor": RTMGRP_LINK | RTMGRP_NEIGH,
        }.get(self.kind, 0)

    def __str__(self) -> str:
        if self.kind == "namespace":
            return f"namespace {self.namespace}"
        if self.kind == "link":
            return f"interface {place(self.namespace, self.interface or '')}"
        where = f" of {place(self.namespace, self.interface)}" if self.interface else ""
        where = where or (f" in namespace {self.namespace}" if self.namespace else "")
        return f"{self.kind} {self.wanted[self.kind]}{where}"


@dataclass
class Sight:
    """How things are."""

    met: bool
    found: list[Told]
    why: str
    """What is in the way, where it is not met."""


def condition_of(options: dict[str, t.Any]) -> Condition:
    """Checks one; raises ValueError with half a sentence."""
    namespace = OWN if options["namespace"] is None else values.namespace_name(options["namespace"])
    interface = None if options["interface"] is None else values.interface_name(options["interface"])
    kind = next((name for name in _OBJECTS if options[name] is not None), "link" if interface else "namespace")
    for name in _OF_LINK:
        if options[name] is not None and kind != "link":
            cure = "name one with interface" if kind == "namespace" else f"leave {name} or {kind} out"
            raise ValueError(f"{name} is about an interface; {cure}")
    if options["gateway"] is not None and kind != "route":
        raise ValueError("gateway needs route")
    if kind == "process" and interface:
        raise ValueError("interface says nothing of a process")
    if kind == "namespace" and namespace == OWN:
        raise ValueError(
            "nothing to wait for is named; give at least namespace, interface or one of address, route, "
            "neighbor and process"
        )
    wanted = {name: options[name] for name in (*_OF_LINK, *_OBJECTS, "gateway") if options[name] is not None}
    if "master" in wanted and wanted["master"]:
        values.interface_name(wanted["master"], "master")
    if kind == "address":
        wanted["address"] = _address(wanted["address"])
    if kind == "route":
        wanted["route"] = _destination(wanted["route"])
        if "gateway" in wanted:
            wanted["gateway"] = str(values.address(wanted["gateway"], "gateway"))
    if kind == "neighbor":
        wanted["neighbor"] = str(values.address(wanted["neighbor"], "neighbor"))
    return Condition(namespace, options["state"] == "present", kind, interface, wanted)


def _address(value: str) -> str:
    found = values.interface_address(value)
    return str(found) if "/" in value else str(found.ip)


def _destination(value: str) -> str:
    if value == "default":
        return value
    try:
        network = ipaddress.ip_network(value)
    except ValueError as e:
        raise ValueError(f"route {value!r} is no destination such as 192.0.2.0/24 or default ({e})") from None
    return "default" if network.prefixlen == 0 else str(network)


def look(host: Host, condition: Condition) -> Sight:
    """Whether a condition is met now."""
    entry = host.inspect(condition.namespace) if condition.namespace != OWN else None
    if condition.namespace != OWN and not entry:
        is_asked_for = condition.kind == "namespace"
        why = "there is no such namespace" if is_asked_for else f"there is no namespace {condition.namespace}"
        return Sight(not condition.present, [], why)
    if condition.kind == "namespace" and entry:
        return _sight(condition, [{"name": condition.namespace, "inode": entry.inode}], [])
    if condition.kind == "process":
        inode = entry.inode if entry else os.stat("/proc/thread-self/ns/net").st_ino
        return _sight(condition, list(_processes(inode, condition.wanted["process"])), [])
    socket = host.socket(condition.namespace)
    messages = [read("ifinfmsg", raw) for raw in socket.dump(nl.RTM_GETLINK, nl.encode("ifinfmsg", {"family": 0}, []))]
    names = {message["index"]: message.get_attr("IFLA_IFNAME") for message in messages}
    if condition.kind == "link":
        links = [link.told(message, names) for message in messages if names[message["index"]] == condition.interface]
        return _sight(condition, links, [_of_link(seen, condition.wanted) for seen in links])
    if condition.interface and condition.interface not in names.values():
        return Sight(not condition.present, [], f"there is no interface {condition.interface}")
    read_all = {"address": _addresses, "route": _routes, "neighbor": _neighbors}[condition.kind]
    found = [
        (seen, why)
        for seen, why in read_all(socket, names, condition.wanted)
        if condition.interface in (None, seen["interface"])
    ]
    return _sight(condition, [seen for seen, _why in found], [why for _seen, why in found])


def _sight(condition: Condition, found: list[Told], whys: list[str]) -> Sight:
    """``whys``: for each that was found what it lacks, if anything."""
    fit = [seen for seen, why in zip(found, whys or [""] * len(found)) if not why]
    if condition.present:
        return Sight(bool(fit), fit or found, next(filter(None, whys), "") if found else "it is not there")
    if condition.kind == "link" and condition.wanted:
        return Sight(not fit, found, "it still is so")
    return Sight(not found, found, "it is still there")


def _of_link(seen: Told, wanted: dict[str, t.Any]) -> str:
    """What a link lacks."""
    port = seen.get("port") or {}
    is_now = {
        "up": seen["up"],
        "carrier": seen["carrier"],
        "operstate": seen["state"],
        "master": seen["master"] or "",
        "port_state": port.get("port_state"),
    }
    differs = [name for name, value in wanted.items() if is_now[name] != value]
    return ", ".join(f"{name} is {_told(is_now[name])}, not {_told(wanted[name])}" for name in differs)


def _told(value: t.Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value in (None, "") else str(value)


def _addresses(
    socket: nl.NetlinkSocket, names: dict[int, str], wanted: dict[str, t.Any]
) -> t.Iterator[tuple[Told, str]]:
    for raw in socket.dump(nl.RTM_GETADDR, nl.encode("ifaddrmsg", {"family": 0}, [])):
        seen = address.told(read("ifaddrmsg", raw), names)
        if wanted["address"] in (seen["local"], f"{seen['local']}/{seen['prefixlen']}"):
            if seen["dadfailed"]:
                yield seen, "another host has the same address (duplicate address detection)"
            else:
                yield seen, "it is tentative" if seen["tentative"] else ""


def _routes(socket: nl.NetlinkSocket, names: dict[int, str], wanted: dict[str, t.Any]) -> t.Iterator[tuple[Told, str]]:
    for raw in socket.dump(nl.RTM_GETROUTE, nl.encode("rtmsg", {"family": 0}, [])):
        if not route.is_route(raw):
            continue
        seen = route.told(read("rtmsg", raw), names)
        if seen["type"] == "unreachable" and seen["interface"] == "lo" and seen["protocol"] == "kernel":
            continue  # the kernel's own, where IPv6 has no default route
        gateways = [hop["gateway"] for hop in seen["nexthops"]]
        if seen["destination"] == wanted["route"] and wanted.get("gateway") in (None, *gateways):
            dead = seen["nexthops"] and all(
                "dead" in hop["flags"] or "linkdown" in hop["flags"] for hop in seen["nexthops"]
            )
            yield seen, "its interface has no carrier" if dead else ""


def _neighbors(
    socket: nl.NetlinkSocket, names: dict[int, str], wanted: dict[str, t.Any]
) -> t.Iterator[tuple[Told, str]]:
    for raw in socket.dump(nl.RTM_GETNEIGH, nl.encode("ndmsg", {"family": 0}, [])):
        message = read("ndmsg", raw)
        if neighbor.is_neighbor(raw) and message.get_attr("NDA_DST") == wanted["neighbor"]:
            seen = neighbor.told(message, names)
            yield seen, "" if seen["state"] in _VALID else f"it is {seen['state']}"


def _processes(inode: int, pattern: str) -> t.Iterator[Told]:
    for pid in processes_inside([inode])[inode]:
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
                name = file.read().rstrip("\n")
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = [word.decode(errors="replace") for word in file.read().split(b"\0")[:-1]]
        except OSError:
            continue  # it ended in between
        program = os.path.basename(command[0]) if command else name
        if pid != os.getpid() and any(fnmatch.fnmatchcase(known, pattern) for known in (name, program)):
            yield {"pid": pid, "name": name, "command": command}
