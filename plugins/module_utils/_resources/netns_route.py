# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Routes."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._message import Message, read
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
    netns_key,
    routes_key,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import unlike, without_none
from ansible_collections.netns.lab.plugins.module_utils._resources._hops import ONLINK, NextHop, next_hops
from ansible_collections.netns.lab.plugins.module_utils._resources._scope import scope, scope_number, scope_word
from ansible_collections.netns.lab.plugins.module_utils._resources._table import LOCAL, MAIN, table_number
from ansible_collections.netns.lab.plugins.module_utils._values import (
    Network,
    address,
    interface_name,
    namespace_name,
    network_of,
    whole_number,
)

_TYPES = {"unicast": 1, "blackhole": 6, "unreachable": 7, "prohibit": 8, "throw": 9}
_RTPROT_KERNEL = 2
_RTPROT_BOOT = 3  # what "ip route add" sets
_SET_BY_PEOPLE = (_RTPROT_BOOT, 4)  # the other is RTPROT_STATIC; what a daemon sets, it sets again
_RTM_F_CLONED = 0x200
_IP6_RT_PRIO_USER = 1024
_PREFERENCES = {1: "high", 3: "low"}
_LOCKED_MTU = 1 << 2  # RTAX_MTU, as a bit of RTAX_LOCK
# What a route can say beside the options here, in iproute2's words.
_FURTHER_METRICS = {
    "RTAX_WINDOW": "window",
    "RTAX_CWND": "cwnd",
    "RTAX_ADVMSS": "advmss",
    "RTAX_REORDERING": "reordering",
    "RTAX_HOPLIMIT": "hoplimit",
    "RTAX_INITCWND": "initcwnd",
    "RTAX_INITRWND": "initrwnd",
    "RTAX_QUICKACK": "quickack",
    "RTAX_CC_ALGO": "congctl",
}
_CURES = {
    errno.ENETUNREACH: "the gateway is not in a network of this namespace; give the interface an address in it, "
    "or say onlink: true",
    errno.EHOSTUNREACH: "the gateway is not in a network of this namespace; give the interface an address in it, "
    "or say onlink: true",
    errno.ENETDOWN: "the interface is down; bring it up first",
    errno.EINVAL: "check that source is an address of this namespace and that the destination fits its prefix length",
}

Values = dict[str, t.Any]
Hop = dict[str, t.Any]


class NetnsRoute(Kind):
    """``ip route``."""

    section = "netns_route"
    options: t.ClassVar[dict[str, t.Any]] = {
        "destination": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "gateway": {"type": "str"},
        "interface": {"type": "str"},
        "nexthops": {
            "type": "list",
            "elements": "dict",
            "options": {
                "gateway": {"type": "str"},
                "interface": {"type": "str"},
                "weight": {"type": "int", "default": 1},
                "onlink": {"type": "bool", "default": False},
            },
        },
        "metric": {"type": "int"},
        "table": {"type": "str", "default": "main"},
        "type": {"type": "str", "choices": list(_TYPES), "default": "unicast"},
        "source": {"type": "str"},
        "scope": {"type": "str"},
        "onlink": {"type": "bool", "default": False},
        "mtu": {"type": "int"},
    }
    mutually_exclusive: t.ClassVar[list[t.Any]] = [("nexthops", "gateway"), ("nexthops", "interface")]

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        destination = _destination(options)
        table = table_number(options["table"])
        hops = _hops(options, destination.version)
        if present and options["type"] == "unicast" and not hops:
            raise ValueError("it leads nowhere; give it a gateway, an interface or nexthops")
        if options["type"] != "unicast" and hops:
            raise ValueError(f"a route of type {options['type']} has neither gateway nor interface")
        metric = _metric(options["metric"], destination.version)
        key = ("route", namespace, str(destination), str(table), str(metric))
        links = tuple(dict.fromkeys(link_key(namespace, hop["interface"]) for hop in hops if hop["interface"]))
        name = (f"{namespace} " if namespace else "") + _spelled(key)
        gatewayed = any(hop["gateway"] for hop in hops)
        return Wish(
            kind=self,
            item=f"netns_route {name}",
            name=name,
            identity=key,
            present=present,
            objects=(key,),
            options=_values(options, destination.version, hops, present),
            requires=(netns_key(namespace), *links),
            # A gateway has to be in reach when the route is set.
            after=(
                addresses_key(namespace),
                *(link_up_key(*link[1:]) for link in links),
                *((_direct_key(namespace),) if gatewayed else ()),
            ),
            provides=(routes_key(namespace), *(() if gatewayed else (_direct_key(namespace),))),
            namespaces=(namespace,),
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        for namespace in namespaces:
            for raw in reader.dump(namespace, nl.RTM_GETROUTE, "rtmsg", {"family": socket.AF_UNSPEC}):
                if _is_static(raw):
                    yield _fact(namespace, reader.link_names(namespace), read("rtmsg", raw))

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "route":
            return None
        _type, namespace, destination, table, metric = fact.key
        return {"namespace": namespace or None, "destination": destination, "table": table, "metric": int(metric)}

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item, values = self.item(fact), fact.values
        if item is None or values["protocol"] not in _SET_BY_PEOPLE or int(fact.key[3]) == LOCAL:
            return None
        version, hops = _version(fact.key), values["nexthops"]
        if values["type"] == "unicast" and not (hops and all(hop["gateway"] or hop["interface"] for hop in hops)):
            return None  # over something that is neither
        told = [without_none({**hop, "weight": None if hop["weight"] == 1 else hop["weight"]}) for hop in hops]
        told = [{name: part for name, part in hop.items() if part is not False} for hop in told]
        leads: Values = {"nexthops": told} if len(told) > 1 else {}
        for hop in told if len(told) == 1 else ():
            leads.update(hop)
        usual = {
            "metric": _IP6_RT_PRIO_USER if version == 6 else 0,
            "table": MAIN,
            "type": "unicast",
            "source": None,
            "scope": _default_scope(values),
            "mtu": None,
        }
        options = unlike(usual, {**values, "metric": item["metric"], "table": int(item["table"])}, usual)
        if "table" in options:
            options["table"] = str(options["table"])
        if fact.key[2] == "0.0.0.0/0" or fact.key[2] == "::/0" and any(hop["gateway"] for hop in hops):
            item["destination"] = "default"
        return without_none({"destination": item["destination"], "namespace": item["namespace"], **leads, **options})

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        key, wanted = wish.identity, wish.options
        present = view.values(key)
        if present is None:
            return [self._create(wish, view)] if wish.present else []
        changes = {option: value for option, value in wanted.items() if not _same(option, value, present.get(option))}
        if not wish.present:
            return [] if changes else [self._delete(wish, view)]
        if not changes:
            return []
        values = {**present, **changes}
        if values["type"] != "unicast":
            values["nexthops"] = []  # the kernel refuses them beside such a type
        if values["nexthops"] != present["nexthops"] and "scope" not in wanted:
            values.pop("scope", None)  # goes with what the route now leads over
        step = _request(nl.RTM_NEWROUTE, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, key, values, undo=[
            _request(nl.RTM_NEWROUTE, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, key, present)
        ])
        view.put(_made(key, values))
        before = {option: _shown(option, present.get(option)) for option in changes}
        after = {option: _shown(option, value) for option, value in changes.items()}
        return [Operation(wish, [step], [_command("replace", key, values)], before, after)]

    def _create(self, wish: Wish, view: View) -> Operation:
        key, values = wish.identity, wish.options
        undo: list[Step] = [_request(nl.RTM_DELROUTE, 0, key, values)]
        step = _request(nl.RTM_NEWROUTE, nl.NLM_F_CREATE | nl.NLM_F_EXCL, key, values, undo=undo)
        view.put(_made(key, values))
        return Operation(wish, [step], [_command("add", key, values)], None, _told(key, values))

    def _delete(self, wish: Wish, view: View) -> Operation:
        key = wish.identity
        present = view.values(key) or {}
        step = _request(nl.RTM_DELROUTE, 0, key, present, undo=_restore(_made(key, present)))
        step.tolerated = (errno.ESRCH,)
        view.forget(key)
        return Operation(wish, [step], [_command("delete", key, present)], _told(key, present), None)


def _direct_key(namespace: str) -> Key:
    """Only orders steps: routes over gateways come after routes without."""
    return ("direct-routes", namespace)


# -- what users write


def _destination(options: dict[str, t.Any]) -> Network:
    value = options["destination"]
    if value == "default":
        hops = options["nexthops"] or [options]
        told = next((hop["gateway"] for hop in hops if hop["gateway"]), None) or options["source"]
        version = address(told, "gateway").version if told else 4
        return ipaddress.ip_network("::/0" if version == 6 else "0.0.0.0/0")
    return network_of(value, "destination", "is neither 'default' nor a network such as 192.0.2.0/24")


def _metric(value: int | None, version: int) -> int:
    metric = 0 if value is None else whole_number(value, "metric", 0, 2**32 - 1)
    return metric or (_IP6_RT_PRIO_USER if version == 6 else 0)


def _hops(options: dict[str, t.Any], version: int) -> list[Hop]:
    given = options["nexthops"]
    if given is None:
        given = [{**options, "weight": 1}] if options["gateway"] or options["interface"] else []
    hops = [_hop(hop, version) for hop in given]
    if len({(hop["gateway"], hop["interface"]) for hop in hops}) < len(hops):
        raise ValueError("nexthops has one of them twice; give it more weight instead")
    if len(hops) == 1:
        hops[0]["weight"] = 1  # beside none it has no weight for the kernel
    return sorted(hops, key=_hop_order)


def _hop(given: dict[str, t.Any], version: int) -> Hop:
    gateway = None if given["gateway"] is None else address(given["gateway"], "gateway")
    if gateway is not None and gateway.version != version and version == 6:
        raise ValueError(f"gateway {gateway} is not of the destination's family")
    if gateway is not None and (gateway.is_unspecified or gateway.is_multicast):
        raise ValueError(f"gateway {gateway} is no address of a router")
    interface = None if given["interface"] is None else interface_name(given["interface"], "interface")
    if gateway is None and interface is None:
        raise ValueError("a next hop has neither gateway nor interface")
    if interface is None and (given["onlink"] or gateway is not None and gateway.is_link_local):
        raise ValueError(f"gateway {gateway} needs an interface beside it, as it is not looked up in the routes")
    return {
        "gateway": str(gateway) if gateway else None,
        "interface": interface,
        "weight": whole_number(given["weight"], "weight", 1, 256),
        "onlink": bool(given["onlink"]),
    }


def _hop_order(hop: Hop) -> tuple[str, str]:
    return hop["interface"] or "", hop["gateway"] or ""


def _values(options: dict[str, t.Any], version: int, hops: list[Hop], present: bool) -> Values:
    values: Values = {"type": options["type"]} if present else {}
    if hops:
        values["nexthops"] = hops
    if options["source"] is not None:
        source = address(options["source"], "source")
        if source.version != version:
            raise ValueError(f"source {source} is not of the destination's family")
        if source.is_unspecified or source.is_multicast:
            raise ValueError(f"source {source} is no address of an interface")
        values["source"] = str(source)
    if options["mtu"] is not None:
        values["mtu"] = whole_number(options["mtu"], "mtu", 68 if version == 4 else 1280, 65535)
    if options["scope"] is not None:
        if version == 6:
            raise ValueError("scope is for IPv4 routes only")
        values["scope"] = scope(options["scope"])
    return values


def _default_scope(values: Values) -> str:
    """As ip does: what is reached without a gateway is on the link; at several next hops it does not look."""
    hops = values.get("nexthops") or []
    return "link" if len(hops) == 1 and not hops[0]["gateway"] else "global"


# -- what the kernel has


def _is_static(raw: bytes) -> bool:
    """struct rtmsg: whether somebody set the route; the kernel's own come and go with their addresses. A dump
    of all families has those of MPLS, too."""
    if raw[0] not in (socket.AF_INET, socket.AF_INET6):
        return False
    protocol, kind, flags = raw[5], raw[7], int.from_bytes(raw[8:12], sys.byteorder)
    return protocol != _RTPROT_KERNEL and kind in _TYPES.values() and not flags & _RTM_F_CLONED and not raw[3]


def _fact(namespace: str, names: dict[int, str], message: Message) -> Fact:
    version = 6 if message["family"] == socket.AF_INET6 else 4
    anywhere = "::" if version == 6 else "0.0.0.0"
    destination = ipaddress.ip_network(f"{message.get_attr('RTA_DST') or anywhere}/{message['dst_len']}")
    table = message.get_attr("RTA_TABLE") or message["table"]
    metric = message.get_attr("RTA_PRIORITY") or 0
    metrics = message.get_attr("RTA_METRICS")
    hops = [_seen_hop(names, hop) for hop in next_hops(message)] if message["type"] == _TYPES["unicast"] else []
    values: Values = {
        "type": next(word for word, number in _TYPES.items() if number == message["type"]),
        "nexthops": sorted(hops, key=_hop_order),
        "source": message.get_attr("RTA_PREFSRC"),
        "mtu": metrics.get_attr("RTAX_MTU") if metrics else None,
        "protocol": message["proto"],
        "further": [(name, value) for name, value in metrics.attrs() if name != "RTAX_MTU"] if metrics else [],
        "preference": message.get_attr("RTA_PREF") or 0,
    }
    if version == 4:
        values["scope"] = scope_word(message["scope"])
    return _made(("route", namespace, str(destination), str(table), str(metric)), values)


def _seen_hop(names: dict[int, str], hop: NextHop) -> Hop:
    return {
        "gateway": hop.gateway,
        "interface": names.get(hop.oif) if hop.oif else None,
        "weight": hop.weight,
        "onlink": bool(hop.flags & ONLINK),
    }


def _made(key: Key, values: Values) -> Fact:
    links = dict.fromkeys(link_key(key[1], hop["interface"]) for hop in values.get("nexthops", ()) if hop["interface"])
    values = {**values, "version": _version(key), "lost_when_down": True}
    return Fact(key, values, (netns_key(key[1]), *links), _restore, restore_commands=_restore_commands)


def _restore_commands(fact: Fact) -> list[Command]:
    return [_command("replace", fact.key, fact.values)]


def _restore(fact: Fact) -> list[Step]:
    return [_request(nl.RTM_NEWROUTE, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, fact.key, fact.values)]


def _version(key: Key) -> int:
    return 6 if ":" in key[2] else 4


def _same(option: str, wanted: t.Any, present: t.Any) -> bool:
    if option != "nexthops":
        return bool(wanted == present)
    # A gateway without an interface leaves the interface to the kernel.
    if len(wanted) != len(present or ()):
        return False
    left = list(present)
    for hop in wanted:
        same = next((other for other in left if _same_hop(hop, other)), None)
        if same is None:
            return False
        left.remove(same)
    return True


def _same_hop(wanted: Hop, present: Hop) -> bool:
    return all(wanted[name] == present[name] for name in ("gateway", "weight", "onlink")) and wanted["interface"] in (
        None,
        present["interface"],
    )


# -- requests and words


def _request(kind: int, flags: int, key: Key, values: Values, undo: t.Sequence[Step] = ()) -> Request:
    _type, namespace, destination, table, metric = key
    network, _slash, length = destination.partition("/")
    hops = values.get("nexthops") or []
    attrs: list[tuple[str, t.Any]] = [("RTA_TABLE", int(table))]
    if int(length):
        attrs.append(("RTA_DST", network))
    if int(metric):
        attrs.append(("RTA_PRIORITY", int(metric)))
    if values.get("source"):
        attrs.append(("RTA_PREFSRC", values["source"]))
    metrics = [*([("RTAX_MTU", values["mtu"])] if values.get("mtu") else []), *values.get("further", ())]
    if metrics:
        attrs.append(("RTA_METRICS", {"attrs": metrics}))
    if values.get("preference"):
        attrs.append(("RTA_PREF", values["preference"]))
    if len(hops) == 1:
        attrs += _hop_attrs(hops[0], _version(key))
        if hops[0]["interface"]:
            attrs.append(("RTA_OIF", Index(link_key(namespace, hops[0]["interface"]))))
    elif hops:
        attrs.append(("RTA_MULTIPATH", [_multipath(namespace, hop, _version(key)) for hop in hops]))
    onlink = len(hops) == 1 and hops[0]["onlink"]
    return Request(
        namespace,
        "rtmsg",
        kind,
        flags,
        {
            "family": socket.AF_INET6 if _version(key) == 6 else socket.AF_INET,
            "dst_len": int(length),
            "src_len": 0,
            "tos": 0,
            "table": min(int(table), 255) if int(table) < 256 else 0,
            "proto": values.get("protocol", _RTPROT_BOOT) if kind == nl.RTM_NEWROUTE else 0,
            "scope": scope_number(values.get("scope") or _default_scope(values)) if kind == nl.RTM_NEWROUTE else 255,
            "type": _TYPES[values.get("type", "unicast")],
            "flags": ONLINK if onlink else 0,
        },
        attrs,
        undo=list(undo),
        cures=_CURES,
    )


def _hop_attrs(hop: Hop, version: int) -> list[tuple[str, t.Any]]:
    if hop["gateway"] and version == 4 and ":" in hop["gateway"]:
        return [("RTA_VIA", {"family": socket.AF_INET6, "addr": hop["gateway"]})]
    return [("RTA_GATEWAY", hop["gateway"])] if hop["gateway"] else []


def _multipath(namespace: str, hop: Hop, version: int) -> dict[str, t.Any]:
    return {
        "flags": ONLINK if hop["onlink"] else 0,
        "hops": hop["weight"] - 1,
        "oif": Index(link_key(namespace, hop["interface"])) if hop["interface"] else 0,
        "attrs": _hop_attrs(hop, version),
    }


def _spelled(key: Key) -> str:
    destination = key[2]
    parts = ["default" if destination in ("0.0.0.0/0", "::/0") else destination]
    if destination == "::/0":
        parts.insert(0, "-6")
    if int(key[3]) != MAIN:
        parts += ["table", key[3]]
    if int(key[4]) not in (0, _IP6_RT_PRIO_USER if _version(key) == 6 else 0):
        parts += ["metric", key[4]]
    return " ".join(parts)


def _command(verb: str, key: Key, values: Values) -> Command:
    _type, namespace, destination, table, metric = key
    kind = values.get("type", "unicast")
    words = [*([kind] if kind != "unicast" else []), destination]
    hops = values.get("nexthops") or []
    if len(hops) == 1:
        words += _hop_words(hops[0], _version(key))
    words += ["table", table] if int(table) != MAIN else []
    # Taken away without one, the route of the lowest metric goes.
    taken_for_granted = 0 if verb == "delete" or _version(key) == 4 else _IP6_RT_PRIO_USER
    words += ["metric", metric] if int(metric) not in (0, taken_for_granted) else []
    words += ["src", values["source"]] if values.get("source") else []
    default_scope = _default_scope(values)
    words += ["scope", values["scope"]] if values.get("scope", default_scope) != default_scope else []
    words += _metric_words(values)
    if len(hops) == 1 and hops[0]["onlink"]:
        words.append("onlink")
    for hop in hops if len(hops) > 1 else ():
        words += ["nexthop", *_hop_words(hop, _version(key)), "weight", str(hop["weight"])]
        words += ["onlink"] if hop["onlink"] else []
    return ip(namespace, *(["-6"] if _version(key) == 6 else []), "route", verb, *words)


def _metric_words(values: Values) -> list[str]:
    further = dict(values.get("further", ()))
    lock = ["lock"] if further.get("RTAX_LOCK", 0) & _LOCKED_MTU else []
    words = ["mtu", *lock, str(values["mtu"])] if values.get("mtu") else []
    for name, word in _FURTHER_METRICS.items():
        words += [word, str(further[name])] if name in further else []
    preference = _PREFERENCES.get(values.get("preference", 0))
    return words + (["pref", preference] if preference else [])


def _hop_words(hop: Hop, version: int) -> list[str]:
    words = ["via", hop["gateway"]] if hop["gateway"] else []
    if words and version == 4 and ":" in hop["gateway"]:
        words.insert(1, "inet6")
    return words + (["dev", hop["interface"]] if hop["interface"] else [])


def _told(key: Key, values: Values) -> Values:
    """A route in a result."""
    told: Values = {"type": values.get("type", "unicast")}
    if values.get("nexthops"):
        told["nexthops"] = _shown("nexthops", values["nexthops"])
    told.update({option: values[option] for option in ("source", "mtu") if values.get(option)})
    return told


def _shown(option: str, value: t.Any) -> t.Any:
    if option != "nexthops" or not value:
        return value
    return [
        {name: part for name, part in hop.items() if part not in (None, False) and (name != "weight" or len(value) > 1)}
        for hop in value
    ]
