# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Addresses of interfaces."""

from __future__ import annotations

import errno
import ipaddress
import socket
import time
import typing as t
from dataclasses import replace

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._dad import await_usable
from ansible_collections.netns.lab.plugins.module_utils._host import Host
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
    link_settings_key,
    link_up_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import unlike, without_none
from ansible_collections.netns.lab.plugins.module_utils._resources._link import has_another_way
from ansible_collections.netns.lab.plugins.module_utils._resources._scope import scope, scope_number, scope_word
from ansible_collections.netns.lab.plugins.module_utils._values import (
    Interface,
    address,
    interface_address,
    interface_name,
    namespace_name,
    whole_number,
)

_IFA_F_SECONDARY = 0x01
_IFA_F_NODAD = 0x02
_IFA_F_DADFAILED = 0x08
_IFA_F_DEPRECATED = 0x20
_IFA_F_TENTATIVE = 0x40
_IFA_F_NOPREFIXROUTE = 0x200
_FOREVER = 0xFFFFFFFF
_IPV6_METRIC = 256  # IP6_RT_PRIO_ADDRCONF
_LIFETIMES = ("valid_lft", "preferred_lft")
# How duplicate address detection stands, while it is not over and done with.
_TENTATIVE, _DADFAILED = "tentative", "dadfailed"
# What inet_rtm_newaddr() and inet6_addr_modify() change in place; all else is settled when an address is made.
_CHANGEABLE = {4: {*_LIFETIMES, "metric"}, 6: {*_LIFETIMES, "metric", "noprefixroute"}}
_LINK_LOCAL = ipaddress.IPv6Network("fe80::/64")
_NO_IPV6 = "IPv6 is off on this interface (sysctl disable_ipv6, or an MTU below 1280)"
_CURES = dict.fromkeys((errno.ENODEV, errno.EINVAL, errno.EACCES), _NO_IPV6)

Values = dict[str, t.Any]


class NetnsAddress(Kind):
    """``ip address``."""

    section = "netns_address"
    options: t.ClassVar[dict[str, t.Any]] = {
        "address": {"type": "str", "required": True},
        "interface": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "peer": {"type": "str"},
        "broadcast": {"type": "str"},
        "scope": {"type": "str"},
        "label": {"type": "str"},
        "nodad": {"type": "bool"},
        "noprefixroute": {"type": "bool"},
        "valid_lft": {"type": "str"},
        "preferred_lft": {"type": "str"},
        "metric": {"type": "int"},
    }

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        interface = interface_name(options["interface"], "interface")
        own = interface_address(options["address"])
        peer = None if options["peer"] is None else _peer(options["peer"], own, options["address"])
        where = {"prefixlen": (peer or own).network.prefixlen, "peer": str(peer.ip) if peer else None}
        name = f"{place(namespace, interface)} {_spelled(str(own.ip), where)}"
        return Wish(
            kind=self,
            item=f"netns_address {name}",
            name=name,
            identity=_key(namespace, interface, str(own.ip), where),
            present=present,
            objects=(_key(namespace, interface, str(own.ip), where),),
            options={**where, **(_values(options, own, peer, interface) if present else {})},
            requires=(link_key(namespace, interface),),
            after=(
                link_up_key(namespace, interface),
                link_settings_key(namespace, interface),
                _sorted_out_key(namespace, interface),
            ),
            provides=(addresses_key(namespace), _touched_key(namespace, interface)),
            namespaces=(namespace,),
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        for namespace in namespaces:
            for raw in reader.dump(namespace, nl.RTM_GETADDR, "ifaddrmsg", {"family": socket.AF_UNSPEC}):
                message = read("ifaddrmsg", raw)
                interface = reader.link_names(namespace).get(message["index"])
                if interface is not None:  # a link that somebody made since links were read
                    yield _fact(namespace, interface, message)

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "address":
            return None
        _type, namespace, interface, own = fact.key[:4]
        peer, length = fact.values["peer"], fact.values["prefixlen"]
        return {
            "interface": interface,
            "namespace": namespace or None,
            "address": own if peer else f"{own}/{length}",
            "peer": f"{peer}/{length}" if peer else None,
        }

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item, values = self.item(fact), fact.values
        if item is None or values["valid_lft"] != "forever" or _comes_by_itself(fact, view):
            return None
        own, interface = ipaddress.ip_address(fact.key[3]), fact.key[2]
        usual = {
            "scope": "host" if own.is_loopback else "global",
            "label": interface,
            "nodad": False,
            "noprefixroute": False,
            "metric": 0,
            "preferred_lft": "forever",
        }
        options = {"broadcast": values.get("broadcast"), **unlike(usual, values, usual)}
        if "preferred_lft" in options:
            options = {**options, "valid_lft": "forever", "preferred_lft": str(options["preferred_lft"])}
        return without_none({**item, **options})

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        present = view.values(wish.identity)
        wanted = wish.options
        if present is None:
            return [self._create(wish, view)] if wish.present else []
        changes = {option: value for option, value in wanted.items() if not _same(option, value, present.get(option))}
        if not wish.present:
            return [] if changes else [self._delete(wish, view)]
        if present.get(_DADFAILED):
            return [self._make_anew(wish, view, changes)]
        if not changes:
            return []
        keeps_metric = changes.get("metric") == 0 and _version(wish.identity) == 6  # the kernel takes 0 for: as it is
        if set(changes) <= _CHANGEABLE[_version(wish.identity)] and not keeps_metric:
            return [self._change(wish, view, changes)]
        return [self._make_anew(wish, view, changes)]

    def await_effect(self, host: Host, wishes: t.Sequence[Wish], changed: t.Container[Key], view: View) -> None:
        """Until IPv6 addresses can be used: a second or two after they were made."""
        awaited = {
            wish.identity: wish.item
            for wish in wishes
            for fact in [view.get(wish.identity)]
            if fact is not None
            and _version(fact.key) == 6
            and not fact.values.get("nodad")
            and (fact.key in changed or fact.values.get(_TENTATIVE))
            and view.fact(link_key(*fact.key[1:3])).values["up"]
        }
        if awaited:
            await_usable(host, awaited, view)

    def _create(self, wish: Wish, view: View) -> Operation:
        key = wish.identity
        values = dict(wish.options)
        if _version(key) == 4:
            values.setdefault("scope", "host" if ipaddress.ip_address(key[3]).is_loopback else "global")  # as ip does
        view.put(_made(key, {**values, "secondary": _is_secondary(key, values, view)}))
        step = _add(key, values, undo=[_delete(key, values)])
        return Operation(wish, [step], [_command("add", key, values)], None, _told(wish, values))

    def _change(self, wish: Wish, view: View, changes: Values) -> Operation:
        key = wish.identity
        present = view.fact(key).values
        values = {**present, **changes}
        undo: list[Step] = [_add(key, present, flags=nl.NLM_F_REPLACE)]
        if changes.get("metric") and not present["metric"] and _version(key) == 6:
            # 0 would leave the metric as it is. The route gets the metric it has by default first, or it would stay
            # for the other addresses of the prefix.
            by_default = {**present, "metric": _IPV6_METRIC}
            undo = [_add(key, by_default, flags=nl.NLM_F_REPLACE), _delete(key, present), _add(key, present)]
        step = _add(key, values, flags=nl.NLM_F_REPLACE, undo=undo)
        view.update(key, **changes)
        before = {option: present.get(option) for option in changes}
        return Operation(wish, [step], [_command("replace", key, values)], before, changes)

    def _make_anew(self, wish: Wish, view: View, changes: Values) -> Operation:
        key = wish.identity
        present = view.fact(key).values
        values = {option: value for option, value in present.items() if option not in (_DADFAILED, _TENTATIVE)}
        values.update(changes)
        steps, commands, routes = _take_away(key, view)
        at = 2 if _leaves_its_route(key, present) else 1
        steps.insert(at, _add(key, values, undo=[_delete(key, values)]))
        commands.insert(at, _command("add", key, values))
        view.put(_made(key, values))
        for fact in routes:
            if fact.restore and fact.restore_commands:
                steps += fact.restore(fact)
                commands += fact.restore_commands(fact)
        before = {option: present.get(option) for option in changes}
        after = dict(changes)
        if present.get(_DADFAILED):
            before[_DADFAILED], after[_DADFAILED] = True, False
        return Operation(_alone(wish), steps, commands, before, after)

    def _delete(self, wish: Wish, view: View) -> Operation:
        told = _told(wish, view.fact(wish.identity).values)
        secondaries = _going_with(wish.identity, view)
        steps, commands, routes = _take_away(wish.identity, view)
        for fact in routes:
            if fact.values["version"] == 6:
                view.update(fact.key, source=None)
            else:
                view.forget(fact.key)
        view.remove(wish.identity)
        for fact in secondaries[:1]:
            view.update(fact.key, secondary=False)
        return Operation(_alone(wish), steps, commands, told, None)


def _touched_key(namespace: str, interface: str) -> Key:
    """Only orders steps: the addresses of a link, each for itself."""
    return ("touched-addresses", namespace, interface)


def _sorted_out_key(namespace: str, interface: str) -> Key:
    """Only orders steps: what went of a link's addresses, and what the kernel took along and got back."""
    return ("sorted-out-addresses", namespace, interface)


def _alone(wish: Wish) -> Wish:
    """For the operation that takes an address away: as the kernel may take others of the link along, it waits until
    they are as planned, and whatever is next with them waits for it."""
    where = wish.identity[1:3]
    return replace(wish, after=(*wish.after, _touched_key(*where)), provides=(*wish.provides, _sorted_out_key(*where)))


# -- what users write


def _peer(value: str, own: Interface, written: str) -> Interface:
    peer = interface_address(value, "peer")
    if peer.version != own.version:
        raise ValueError(f"peer {peer.ip} and address {own.ip} are of different families")
    if "/" in written and own.network.prefixlen != own.max_prefixlen:
        raise ValueError(f"beside a peer the prefix length belongs to the peer; write {own.ip} and peer: {peer}")
    return peer


def _values(options: dict[str, t.Any], own: Interface, peer: Interface | None, interface: str) -> Values:
    values: Values = {}
    if own.version == 6:
        for option in ("broadcast", "scope", "label"):
            if options[option] is not None:
                raise ValueError(f"{option} is for IPv4 addresses only")
    if options["broadcast"] is not None:
        broadcast = _broadcast(options["broadcast"], peer or own)
        if broadcast is not None:
            values["broadcast"] = broadcast
    if options["scope"] is not None:
        values["scope"] = scope(options["scope"])
    if options["label"] is not None:
        label = options["label"]
        if not label.startswith(interface) or len(label.encode()) > 15 or " " in label or not label.isprintable():
            raise ValueError(f"label {label!r} must be {interface!r} or that and a suffix such as ':1', in 15 bytes")
        values["label"] = label
    if options["nodad"] is not None and own.version == 6:
        values["nodad"] = options["nodad"]
    if options["noprefixroute"] is not None:
        values["noprefixroute"] = options["noprefixroute"]
    if options["metric"] is not None:
        values["metric"] = whole_number(options["metric"], "metric", 0, 2**32 - 1)
    lifetimes = {option: _lifetime(option, options[option]) for option in _LIFETIMES if options[option] is not None}
    if lifetimes:
        valid = lifetimes.setdefault("valid_lft", "forever")
        preferred = lifetimes.setdefault("preferred_lft", valid)
        if _seconds(preferred) > _seconds(valid):
            raise ValueError(f"preferred_lft {preferred} is longer than valid_lft {valid}")
        if own.version == 4 and valid == "forever" and preferred not in (0, valid):
            raise ValueError(f"preferred_lft {preferred} is lost on an IPv4 address that is valid forever; give both")
    return {**values, **lifetimes}


def _broadcast(value: str, near: Interface) -> str | None:
    """``near``: the peer where there is one, whose network counts."""
    if value in ("+", "-"):
        network = near.network
        if network.prefixlen > 30:
            return None  # no room for one; ip sets none either
        return str(network.broadcast_address if value == "+" else network.network_address)
    found = address(value, "broadcast")
    if found.version != 4:
        raise ValueError(f"broadcast {value!r} is no IPv4 address")
    return str(found)


def _lifetime(option: str, value: str) -> str | int:
    if value == "forever":
        return value
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"{option} {value!r} is neither 'forever' nor a number of seconds")
    return whole_number(int(value), option, 0 if option == "preferred_lft" else 1, _FOREVER - 1)


def _seconds(lifetime: str | int) -> int:
    return _FOREVER if lifetime == "forever" else int(lifetime)


# -- what the kernel has


def _key(namespace: str, interface: str, own: str, where: Values) -> Key:
    """An IPv4 address may be there twice with other prefix lengths or peers, an IPv6 address may not."""
    if ":" in own:
        return ("address", namespace, interface, own)
    return ("address", namespace, interface, own, str(where["prefixlen"]), where["peer"] or "")


def _version(key: Key) -> int:
    return 6 if ":" in key[3] else 4


def _fact(namespace: str, interface: str, message: t.Any) -> Fact:
    local, remote = message.get_attr("IFA_LOCAL"), message.get_attr("IFA_ADDRESS")
    # IPv6 tells IFA_LOCAL only where there is a peer.
    own = local or remote
    peer = remote if local and remote and remote != local else None
    flags = message.get_attr("IFA_FLAGS")
    flags = message["flags"] if flags is None else flags
    where = {"prefixlen": message["prefixlen"], "peer": peer}
    valid, preferred = _original_lifetimes(message.get_attr("IFA_CACHEINFO"))
    if flags & _IFA_F_DEPRECATED and preferred == "forever":
        preferred = 0  # IPv4 tells it by the flag alone
    values: Values = {
        **where,
        "noprefixroute": bool(flags & _IFA_F_NOPREFIXROUTE),
        "metric": message.get_attr("IFA_RT_PRIORITY") or 0,
        "valid_lft": valid,
        "preferred_lft": preferred,
    }
    if message["family"] == socket.AF_INET:
        values.update(
            broadcast=message.get_attr("IFA_BROADCAST"),
            scope=scope_word(message["scope"]),
            label=message.get_attr("IFA_LABEL"),
            secondary=bool(flags & _IFA_F_SECONDARY),
        )
    else:
        values.update(nodad=bool(flags & _IFA_F_NODAD), lost_when_down=True)
        passing = ((_TENTATIVE, _IFA_F_TENTATIVE), (_DADFAILED, _IFA_F_DADFAILED))
        values.update({word: True for word, flag in passing if flags & flag})
    return _made(_key(namespace, interface, own, where), values)


def _comes_by_itself(fact: Fact, view: View) -> bool:
    """What the kernel gives a link when it goes up: lo its own addresses (inetdev_event, init_loopback), any other one
    from fe80::/64 (addrconf_dev_config)."""
    _type, namespace, interface, own = fact.key[:4]
    link, length = view.fact(link_key(namespace, interface)).values, fact.values["prefixlen"]
    if interface == "lo":
        return link["up"] and (own, length) in (("127.0.0.1", 8), ("::1", 128))
    if length != 64 or ipaddress.ip_address(own) not in _LINK_LOCAL:
        return False
    if link["addrgenmode"] == "eui64":
        # Made of a MAC (RFC 4291, appendix A), perhaps of an earlier one: that of a bridge goes by its ports.
        return ipaddress.ip_address(own).packed[11:13] == b"\xff\xfe"
    return link["addrgenmode"] in ("stable_secret", "random")


def _original_lifetimes(cache: dict[str, int]) -> tuple[str | int, str | int]:
    """The kernel tells what is left, and when (in hundredths of a second since boot) it was set."""
    elapsed = time.clock_gettime(time.CLOCK_MONOTONIC) - cache["tstamp"] / 100

    def original(left: int) -> str | int:
        if left == _FOREVER:
            return "forever"
        return int(left + elapsed) if left else 0  # 0: run out, or so from the beginning

    return original(cache["ifa_valid"]), original(cache["ifa_preferred"])


def _same(option: str, wanted: t.Any, present: t.Any) -> bool:
    if option in _LIFETIMES and present is not None:
        return abs(_seconds(wanted) - _seconds(present)) <= 2  # the kernel rounds what is left
    return bool(wanted == present)


def _made(key: Key, values: Values) -> Fact:
    return Fact(key, dict(values), (link_key(key[1], key[2]),), _restore, restore_commands=_restore_commands)


def _restore_commands(fact: Fact) -> list[Command]:
    return [_command("replace", fact.key, fact.values)]


def _restore(fact: Fact) -> list[Step]:
    if fact.key[2:4] == ("lo", "::1"):
        return []  # the kernel's own, who gives it back; given by anybody else it has a route
    return [_add(fact.key, fact.values, flags=nl.NLM_F_CREATE | nl.NLM_F_REPLACE)]


def _take_away(key: Key, view: View) -> tuple[list[Step], list[Command], list[Fact]]:
    """Deletes an address alone: with a primary IPv4 address the kernel deletes the secondary ones of its subnet
    (unless promote_secondaries is set), so they are put back. The routes that go with it are told."""
    present = view.fact(key).values
    secondaries = _going_with(key, view)
    routes = _routes_lost(key, view)
    undo: list[Step] = [
        *(_delete(fact.key, fact.values) for fact in secondaries),
        _add(key, present, flags=nl.NLM_F_CREATE | nl.NLM_F_REPLACE),
        *(step for fact in secondaries for step in _restore(fact)),
        *(step for fact in routes if fact.restore for step in fact.restore(fact)),
    ]
    steps: list[Step] = [_delete(key, present, undo=undo)]
    commands = [_command("delete", key, {"prefixlen": present["prefixlen"], "peer": present["peer"]})]
    if _leaves_its_route(key, present):
        lasting = {**present, **dict.fromkeys(_LIFETIMES, "forever")}
        steps.insert(0, _add(key, lasting, flags=nl.NLM_F_REPLACE, undo=[_add(key, present, flags=nl.NLM_F_REPLACE)]))
        commands.insert(0, _command("replace", key, lasting))
    for fact in secondaries:
        steps += _restore(fact)
        commands.append(_command("replace", fact.key, fact.values))
    return steps, commands, routes


def _leaves_its_route(key: Key, present: Values) -> bool:
    """With an IPv6 address that would run out, the kernel leaves the route to its network, until that runs out
    (ipv6_del_addr)."""
    return _version(key) == 6 and present.get("valid_lft", "forever") != "forever" and not present["noprefixroute"]


def _is_secondary(key: Key, values: Values, view: View) -> bool:
    """Whether an address will be one of those that go with another (__inet_insert_ifa)."""
    network = _network(key, values)
    return _version(key) == 4 and any(
        fact.key[0] == "address"
        and fact.key != key
        and not fact.values.get("secondary")
        and _network(fact.key, fact.values) == network
        for fact in view.dependents(link_key(key[1], key[2]), past="link")
    )


def _going_with(key: Key, view: View) -> list[Fact]:
    """The secondary addresses that the kernel deletes with a primary one."""
    present = view.fact(key).values
    if _version(key) == 6 or present.get("secondary"):
        return []
    network = _network(key, present)
    return [
        fact
        for fact in view.dependents(link_key(key[1], key[2]))
        if fact.key[0] == "address" and fact.values.get("secondary") and _network(fact.key, fact.values) == network
    ]


def _routes_lost(key: Key, view: View) -> list[Fact]:
    """What the kernel takes away with an IPv4 address: what sends from it (fib_sync_down_addr), and with the last one
    of a link everything that leaves through that link alone (fib_disable_ip). With an IPv6 address, what sends from it
    only forgets so (fib6_remove_prefsrc)."""
    if _version(key) == 6:
        return [fact for fact in view.inside(key[1], "route") if fact.values.get("source") == key[3]]
    link = link_key(key[1], key[2])
    around = view.hanging_on(link)
    going = {key, *(fact.key for fact in _going_with(key, view))}
    is_last = not any(
        fact.key[0] == "address" and _version(fact.key) == 4 and fact.key not in going for fact in around
    )
    return [
        fact
        for fact in around
        if fact.values.get("version") == 4
        and (is_last and not has_another_way(fact, link, view) or fact.values.get("source") == key[3])
    ]


def _network(key: Key, values: Values) -> object:
    return ipaddress.ip_network(f"{values['peer'] or key[3]}/{values['prefixlen']}", strict=False)


# -- requests and words


def _add(
    key: Key, values: Values, flags: int = nl.NLM_F_CREATE | nl.NLM_F_EXCL, undo: t.Sequence[Step] = ()
) -> Request:
    return _request(nl.RTM_NEWADDR, flags, key, values, undo)


def _delete(key: Key, values: Values, undo: t.Sequence[Step] = ()) -> Request:
    where = {"prefixlen": values["prefixlen"], "peer": values["peer"]}
    request = _request(nl.RTM_DELADDR, 0, key, where, undo)
    request.tolerated = (errno.EADDRNOTAVAIL,)
    return request


def _request(kind: int, flags: int, key: Key, values: Values, undo: t.Sequence[Step]) -> Request:
    _type, namespace, interface, own = key[:4]
    ifa_flags = (_IFA_F_NODAD if values.get("nodad") else 0) | (
        _IFA_F_NOPREFIXROUTE if values.get("noprefixroute") else 0
    )
    attrs: list[tuple[str, t.Any]] = [("IFA_LOCAL", own), ("IFA_ADDRESS", values["peer"] or own)]
    if ifa_flags:
        attrs.append(("IFA_FLAGS", ifa_flags))
    for option, attribute in (
        ("broadcast", "IFA_BROADCAST"),
        ("label", "IFA_LABEL"),
        ("metric", "IFA_RT_PRIORITY"),
    ):
        if values.get(option):
            attrs.append((attribute, values[option]))
    if "valid_lft" in values:
        lifetimes = {"ifa_valid": _seconds(values["valid_lft"]), "ifa_preferred": _seconds(values["preferred_lft"])}
        attrs.append(("IFA_CACHEINFO", {**lifetimes, "cstamp": 0, "tstamp": 0}))
    return Request(
        namespace,
        "ifaddrmsg",
        kind,
        flags,
        {
            "family": socket.AF_INET6 if _version(key) == 6 else socket.AF_INET,
            "prefixlen": values["prefixlen"],
            "flags": 0,
            "scope": scope_number(values.get("scope", "global")),
            "index": Index(link_key(namespace, interface)),
        },
        attrs,
        undo=list(undo),
        cures=_CURES if _version(key) == 6 else {},
    )


def _spelled(own: str, where: Values) -> str:
    return f"{own} peer {where['peer']}/{where['prefixlen']}" if where["peer"] else f"{own}/{where['prefixlen']}"


def _command(verb: str, key: Key, values: Values) -> Command:
    _type, namespace, interface, own = key[:4]
    words: list[str] = _spelled(own, values).split()
    if values.get("broadcast"):
        words += ["broadcast", values["broadcast"]]
    if values.get("label") not in (None, interface):
        words += ["label", values["label"]]
    if values.get("scope", "global") != "global":
        words += ["scope", values["scope"]]
    words += ["dev", interface]
    if values.get("metric"):
        words += ["metric", str(values["metric"])]
    finite = any(values.get(option, "forever") != "forever" for option in _LIFETIMES)
    if finite or "preferred_lft" in values and verb == "replace":
        words += ["valid_lft", str(values["valid_lft"]), "preferred_lft", str(values["preferred_lft"])]
    words += [flag for flag in ("nodad", "noprefixroute") if values.get(flag)]
    return ip(namespace, "address", verb, *words)


def _told(wish: Wish, values: Values) -> Values:
    """An address in a result: what was asked for, by name."""
    told = {"address": _spelled(wish.identity[3], values)}
    told.update({option: values[option] for option in wish.kind.options if option in wish.options and option != "peer"})
    if told.get("scope") == "global":
        del told["scope"]  # as ip does, which takes it for granted
    return told
