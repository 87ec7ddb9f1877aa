# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Neighbours that are set rather than asked for: static ARP and neighbour discovery entries, and proxy entries."""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._message import read
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
    addresses_key,
    link_key,
    link_up_key,
    members_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._values import (
    address,
    interface_name,
    mac_address,
    namespace_name,
)

_NTF_PROXY, _NTF_EXT_LEARNED, _NTF_ROUTER = 0x08, 0x10, 0x80
_FLAGS = {"router": _NTF_ROUTER, "extern_learn": _NTF_EXT_LEARNED}
_STATIC = {"permanent": 0x80, "noarp": 0x40}
_NDMSG = struct.Struct("=BxxxiHBx")
_IFF_LOOPBACK, _IFF_POINTOPOINT, _IFF_NOARP = 0x8, 0x10, 0x80
_BROADCAST = "ff:ff:ff:ff:ff:ff"
_NO_IPV6 = "IPv6 is off on this interface (sysctl disable_ipv6, or an MTU below 1280)"

Values = dict[str, t.Any]


class NetnsNeighbor(Kind):
    """``ip neighbour``."""

    section = "netns_neighbor"
    on_demand = "neighbour"
    options: t.ClassVar[dict[str, t.Any]] = {
        "address": {"type": "str", "required": True},
        "interface": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "mac": {"type": "str"},
        "proxy": {"type": "bool", "default": False},
        "nud": {"type": "str", "choices": list(_STATIC)},
        "router": {"type": "bool"},
    }

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        interface = interface_name(options["interface"], "interface")
        neighbour = address(options["address"], "address")
        if neighbour.is_multicast or neighbour.is_unspecified:
            raise ValueError(f"address {neighbour} is not that of one neighbour")
        values = _values(options, neighbour.version, present)
        key = ("neighbour", namespace, interface, str(neighbour), "proxy" if options["proxy"] else "")
        name = f"{place(namespace, interface)} {_spelled(key)}"
        return Wish(
            kind=self,
            item=f"netns_neighbor {name}",
            name=name,
            identity=key,
            present=present,
            objects=(key,),
            options=values,
            requires=(link_key(namespace, interface),),
            # Whatever changes the link's MAC or takes its last address away takes its neighbours along.
            after=(
                link_up_key(namespace, interface),
                members_key(namespace, interface),
                addresses_key(namespace),
            ),
            namespaces=(namespace,),
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        wanted = {key for wish in wishes for key in wish.objects}
        for namespace in namespaces:
            flags: dict[int, int] = {}
            for proxy in (0, _NTF_PROXY):
                header = {"family": socket.AF_UNSPEC, "flags": proxy}
                for raw in reader.dump(namespace, nl.RTM_GETNEIGH, "ndmsg", header):
                    if not flags:
                        flags = {link["index"]: link["flags"] for link in reader.links(namespace)}
                    family, index, _state, _flags = _NDMSG.unpack_from(raw)
                    interface = reader.link_names(namespace).get(index)
                    if interface is not None and family in (socket.AF_INET, socket.AF_INET6):
                        fact = _fact(namespace, interface, read("ndmsg", raw))
                        if fact.key in wanted or _is_static(fact, flags[index]):
                            yield fact

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "neighbour":
            return None
        _type, namespace, interface, neighbour, proxy = fact.key
        return {
            "address": neighbour,
            "interface": interface,
            "namespace": namespace or None,
            "proxy": bool(proxy),
        }

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item = self.item(fact)
        if item is None or not (item["proxy"] or fact.values["nud"] in _STATIC):
            return None
        if not item["proxy"]:
            del item["proxy"]
            item["mac"] = fact.values["mac"]
            if fact.values["nud"] != "permanent":
                item["nud"] = fact.values["nud"]
        if fact.values["router"]:
            item["router"] = True
        return {option: value for option, value in item.items() if value is not None}

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        key, wanted = wish.identity, wish.options
        present = view.values(key)
        if present is None:
            return [self._create(wish, view)] if wish.present else []
        changes = {option: value for option, value in wanted.items() if present[option] != value}
        if not wish.present:
            # What the kernel has found out itself comes and goes.
            is_static = bool(key[4]) or present["nud"] in _STATIC
            return [self._delete(wish, view)] if is_static and not changes else []
        if not key[4] and "nud" not in wanted and present["nud"] not in _STATIC:
            changes["nud"] = "permanent"
        return [self._change(wish, view, changes)] if changes else []

    def _create(self, wish: Wish, view: View) -> Operation:
        key = wish.identity
        values = {**_NEW, **wish.options}
        # The kernel may have found it out meanwhile.
        view.put(_made(key, values))
        step = _set(key, values, [_delete(key)])
        return Operation(wish, [step], [_command("replace", key, values)], None, _told(key, values))

    def _change(self, wish: Wish, view: View, changes: Values) -> Operation:
        key = wish.identity
        fact = view.fact(key)
        values = {**fact.values, **changes}
        undo = _restore(fact) or [_delete(key)]
        before = {option: fact.values[option] for option in changes}
        view.put(_made(key, values))
        return Operation(wish, [_set(key, values, undo)], [_command("replace", key, values)], before, changes)

    def _delete(self, wish: Wish, view: View) -> Operation:
        key = wish.identity
        fact = view.fact(key)
        step = _delete(key, undo=_restore(fact))
        view.forget(key)
        return Operation(wish, [step], [_command("delete", key, fact.values)], _told(key, fact.values), None)


_NEW: Values = {"mac": None, "nud": "permanent", "router": False, "extern_learn": False}


def _values(options: dict[str, t.Any], version: int, present: bool) -> Values:
    values: Values = {}
    if options["proxy"]:
        for option in ("mac", "nud"):
            if options[option] is not None:
                raise ValueError(f"a proxy entry has no {option}; the interface answers with its own MAC")
    elif present and options["mac"] is None:
        raise ValueError("it needs the mac of the neighbour, or proxy: true to answer for it")
    if options["mac"] is not None:
        values["mac"] = mac_address(options["mac"])
    if options["nud"] is not None:
        values["nud"] = options["nud"]
    if options["router"] is not None:
        if options["router"] and version == 4:
            raise ValueError("router is for IPv6 neighbours only")
        values["router"] = options["router"]
    return values


# -- what the kernel has


def _fact(namespace: str, interface: str, message: t.Any) -> Fact:
    flags, state = message["flags"], message["state"]
    neighbour = message.get_attr("NDA_DST")
    key = ("neighbour", namespace, interface, neighbour, "proxy" if flags & _NTF_PROXY else "")
    values: Values = {
        "mac": None if key[4] else message.get_attr("NDA_LLADDR"),
        "nud": next((word for word, number in _STATIC.items() if state & number), "found out"),
        **{word: bool(flags & number) for word, number in _FLAGS.items()},
    }
    return _made(key, {**values, "nud": "permanent"} if key[4] else values)


def _is_static(fact: Fact, link_flags: int) -> bool:
    """Whether somebody set it. Where there is nobody to ask, and for groups, the kernel makes entries that need no
    asking itself (arp_constructor, ndisc_constructor)."""
    if fact.values["nud"] != "noarp":
        return fact.values["nud"] in _STATIC
    nobody_to_ask = link_flags & (_IFF_LOOPBACK | _IFF_POINTOPOINT | _IFF_NOARP)
    is_group = ipaddress.ip_address(fact.key[3]).is_multicast or fact.values["mac"] in (None, _BROADCAST)
    return not nobody_to_ask and not is_group


def _made(key: Key, values: Values) -> Fact:
    values = {
        **values,
        "version": 6 if ":" in key[3] else 4,
        # By fib_disable_ip and addrconf_ifdown.
        "lost_when_down": True,
        "lost_with_mac": not key[4],
    }
    return Fact(key, values, (link_key(key[1], key[2]),), _restore, restore_commands=_restore_commands)


def _restore(fact: Fact) -> list[Step]:
    return [_set(fact.key, fact.values, ())] if fact.key[4] or fact.values["nud"] in _STATIC else []


def _restore_commands(fact: Fact) -> list[Command]:
    return [_command("replace", fact.key, fact.values)]


# -- requests and words


def _set(key: Key, values: Values, undo: t.Sequence[Step]) -> Request:
    flags = sum(number for word, number in _FLAGS.items() if values[word])
    attrs = [("NDA_LLADDR", values["mac"])] if values["mac"] else []
    state = _STATIC[values["nud"]]
    return _request(nl.RTM_NEWNEIGH, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, key, state, flags, attrs, undo)


def _delete(key: Key, undo: t.Sequence[Step] = ()) -> Request:
    request = _request(nl.RTM_DELNEIGH, 0, key, 0, 0, [], undo)
    request.tolerated = (errno.ENOENT,)
    return request


def _request(
    kind: int, message_flags: int, key: Key, state: int, flags: int, attrs: list[t.Any], undo: t.Sequence[Step]
) -> Request:
    _type, namespace, interface, neighbour, proxy = key
    return Request(
        namespace,
        "ndmsg",
        kind,
        message_flags,
        {
            "family": socket.AF_INET6 if ":" in neighbour else socket.AF_INET,
            "ifindex": Index(link_key(namespace, interface)),
            "state": state,
            "flags": flags | (_NTF_PROXY if proxy else 0),
            "ndm_type": 0,
        },
        [("NDA_DST", neighbour), *attrs],
        undo=list(undo),
        cures={errno.EINVAL: _NO_IPV6} if ":" in neighbour else {},
    )


def _spelled(key: Key) -> str:
    return f"proxy {key[3]}" if key[4] else key[3]


def _command(verb: str, key: Key, values: Values) -> Command:
    _type, namespace, interface, _neighbour, proxy = key
    words = [*_spelled(key).split(), "dev", interface]
    if verb != "delete":
        if not proxy:
            words += ["lladdr", values["mac"], "nud", values["nud"]]
        words += [word for word in _FLAGS if values[word]]
    return ip(namespace, "neighbour", verb, *words)


def _told(key: Key, values: Values) -> Values:
    """A neighbour in a result."""
    told: Values = {"proxy": True} if key[4] else {"mac": values["mac"], "nud": values["nud"]}
    return {**told, **({"router": True} if values["router"] else {})}
