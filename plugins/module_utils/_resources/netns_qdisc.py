# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""What an interface does to the packets it sends: limits their rate, delays, loses and spoils them."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils import _tc as tc
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import tc_tool
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
    link_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import change_link
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name, namespace_name, whole_number

Values = dict[str, t.Any]

_ROOT = 0xFFFFFFFF  # TC_H_ROOT
_LINKLAYER_ETHERNET = 1
_MISSING = {
    "tbf": "this kernel has no token bucket filter (CONFIG_NET_SCH_TBF, module sch_tbf)",
    "netem": "this kernel has no network emulator (CONFIG_NET_SCH_NETEM, module sch_netem)",
}
_SHARES = ("loss", "duplicate", "corrupt", "reorder")
_NETEM = ("delay", "jitter", *_SHARES)
_QUEUE = 1000  # packets, as tc has it for netem
_LATENCY = 50 * 10**6
_MICROSECOND = 16  # in ticks
_MTU = 1500
_ETHERNET_HEADER = 14


class NetnsQdisc(Kind):
    """``tc qdisc replace dev ... root``: tbf for a rate alone, netem for all else."""

    section = "netns_qdisc"
    options: t.ClassVar[dict[str, t.Any]] = {
        "interface": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "rate": {"type": "str"},
        "burst": {"type": "str"},
        "latency": {"type": "str"},
        "limit": {"type": "str"},
        **{option: {"type": "str"} for option in _NETEM},
    }
    mutually_exclusive: t.ClassVar[list[t.Any]] = [("latency", "limit")]

    def wish(self, options: Values) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        interface = interface_name(options["interface"], "interface")
        key = link_key(namespace, interface)
        return Wish(
            kind=self,
            item=f"netns_qdisc {place(namespace, interface)}",
            name=place(namespace, interface),
            identity=_key(namespace, interface),
            present=present,
            options=_wanted(options) if present else {},
            requires=(key,),
            objects=(_key(namespace, interface),),
            namespaces=(namespace,),
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        """A link's message tells the kind of its root qdisc, so that most namespaces need not be asked."""
        asked = {wish.identity[1:] for wish in wishes}
        for namespace in namespaces:
            names = {
                message["index"]: message.get_attr("IFLA_IFNAME")
                for message in reader.links(namespace)
                if message.get_attr("IFLA_QDISC") in _MISSING or (namespace, message.get_attr("IFLA_IFNAME")) in asked
            }
            dump = reader.dump(namespace, nl.RTM_GETQDISC, "tcmsg", {"family": 0}) if names else ()
            for raw in dump:
                message = read("tcmsg", raw)
                is_made = message["parent"] == _ROOT and message["handle"]  # 0: the kernel's default
                if message["index"] in names and is_made:
                    yield _fact(_key(namespace, names[message["index"]]), _read(message))

    def item(self, fact: Fact) -> Values | None:
        if fact.key[0] != "qdisc" or fact.values["kind"] not in _MISSING:
            return None
        return {"interface": fact.key[2], "namespace": fact.key[1] or None}

    def definition(self, fact: Fact, view: View) -> Values | None:
        item = self.item(fact)
        if item is None:
            return None
        told = {**item, **_told(fact.values)}
        if told.get("limit") == str(_QUEUE) and fact.values["kind"] == "netem":
            del told["limit"]
        return {option: value for option, value in told.items() if value is not None}

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        key = wish.identity
        present = view.values(key)
        if not wish.present:
            if present is None or present["kind"] not in _MISSING:
                return []
            view.forget(key)
            step = _delete(key, undo=[_replace(key, present), *_without_queue(key, view)[0]])
            return [Operation(wish, [step], [_command("delete", key)], _told(present), None)]
        if present is not None and present["kind"] not in _MISSING:
            raise LabError(
                f"{wish.item}: there is a root qdisc {present['kind']} that somebody set up and that could not be put "
                f"back; remove it first, with \"{' '.join(_command('delete', key))}\""
            )
        link = view.fact(link_key(*key[1:])).values
        wanted = _complete(wish.options, present, link.get("mtu") or _MTU)
        is_same_kind = present is not None and present["kind"] == wanted["kind"]
        if present is not None and is_same_kind and _is_met(wish.options, wanted, present):
            return []
        told, before = _told(wanted), _told(present) if present else None
        if before is not None and is_same_kind:
            changed = [option for option in told if told[option] != before.get(option)]
            told, before = {o: told[o] for o in changed}, {o: before.get(o) for o in changed}
        undo: list[Step] = [_replace(key, present) if present else _delete(key)]
        step = _replace(key, wanted, undo)
        view.put(_fact(key, wanted))
        length, length_commands = ([], []) if is_same_kind else _without_queue(key, view)
        commands = [_command("replace", key, wanted), *length_commands]
        return [Operation(wish, [step, *length], commands, before, told)]


def _without_queue(key: Key, view: View) -> tuple[list[Step], list[Command]]:
    """Leaves a txqueuelen of 0 as it is, which the kernel takes for a mistake and makes 1000 when a qdisc comes
    (qdisc_create)."""
    link = link_key(*key[1:])
    return change_link(link, view, {"txqueuelen": 0}) if view.fact(link).values["txqueuelen"] == 0 else ([], [])


def _key(namespace: str, interface: str) -> Key:
    return ("qdisc", namespace, interface)


def _fact(key: Key, values: Values) -> Fact:
    restored = values["kind"] in _MISSING
    return Fact(
        key,
        values,
        (link_key(*key[1:]),),
        _restore if restored else None,
        restore_commands=_restore_commands if restored else None,
    )


def _restore(fact: Fact) -> list[Step]:
    return [_replace(fact.key, fact.values)]


def _restore_commands(fact: Fact) -> list[Command]:
    return [_command("replace", fact.key, fact.values)]


# -- what users write


def _wanted(options: Values) -> Values:
    """What was asked for, in the kernel's units. What tbf and netem both have is called alike."""
    values: Values = {"kind": "netem" if any(options[option] is not None for option in _NETEM) else "tbf"}
    is_tbf = values["kind"] == "tbf"
    if options["rate"] is not None:
        values["rate"] = tc.rate(options["rate"])
    elif is_tbf:
        raise ValueError("it says nothing to do; give a rate, or what is to happen to packets, such as delay or loss")
    for option in ("burst", "latency"):
        if options[option] is not None and not is_tbf:
            raise ValueError(f"{option} belongs to a rate alone; beside {_first(options)} only the limit counts")
    if options["burst"] is not None:
        values["burst"] = tc.size(options["burst"], "burst")
    if options["latency"] is not None:
        values["latency"] = tc.duration(options["latency"], "latency", low=1)
    if options["limit"] is not None:
        values["limit"] = tc.size(options["limit"], "limit") if is_tbf else _packets(options["limit"])
    for option in ("delay", "jitter"):
        if options[option] is not None:
            values[option] = tc.duration(options[option], option)
    for option in _SHARES:
        if options[option] is not None:
            values[option] = tc.share(options[option], option)
    for option in ("jitter", "reorder"):
        if values.get(option) and not values.get("delay"):
            raise ValueError(f"{option} needs a delay")
    if "burst" in values and tc.ticks_to_send(values["burst"], values["rate"]) >= 2**32:
        raise ValueError(f"burst {options['burst']!r} takes minutes at {options['rate']}; make it smaller")
    return values


def _first(options: Values) -> str:
    return next(option for option in _NETEM if options[option] is not None)


def _packets(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"limit {value!r} is not a number of packets")
    return whole_number(int(value), "limit", 1, 2**32 - 1)


def _complete(asked: Values, present: Values | None, mtu: int) -> Values:
    """With what the item leaves open as it is, or as it is best."""
    same = present if present and present["kind"] == asked["kind"] else {}
    if asked["kind"] == "netem":
        return {**dict.fromkeys(("rate", *_NETEM), 0), "limit": _QUEUE, **same, **asked}
    rate = asked["rate"]
    kept = tc.bytes_sent(same["buffer"], same["rate"]) if same else 0
    # At least two packets, and what a timer that is late by a hundredth of a second lets pass.
    burst = asked.get("burst") or (kept if rate == same.get("rate") else max(2 * (mtu + _ETHERNET_HEADER), rate // 100))
    buffer = same["buffer"] if "burst" not in asked and rate == same.get("rate") else tc.ticks_to_send(burst, rate)
    latency = asked.get("latency") or _latency(same) or _LATENCY
    limit = asked.get("limit") or int(rate * latency / 10**9 + burst)
    if "limit" not in asked and "latency" not in asked and same and rate == same["rate"]:
        limit = same["limit"]
    return {"kind": "tbf", "rate": rate, "buffer": buffer, "limit": limit}


def _latency(values: Values) -> int:
    """How long the last packet waits that still finds room."""
    if not values:
        return 0
    waiting = values["limit"] - tc.bytes_sent(values["buffer"], values["rate"])
    return int(max(0, round(waiting * 10**9 / values["rate"])))


def _is_met(asked: Values, wanted: Values, present: Values) -> bool:
    if wanted["kind"] == "netem":
        return all(present.get(option, 0) == value for option, value in wanted.items())
    # Of a latency, the kernel keeps the bytes that it makes beside the burst, which it keeps in ticks.
    room = 0 if "limit" in asked else 2 + wanted["rate"] // 10**6
    return bool(
        wanted["rate"] == present["rate"]
        and abs(wanted["buffer"] - present["buffer"]) <= _MICROSECOND  # not each tc rounds alike
        and abs(wanted["limit"] - present["limit"]) <= room
    )


# -- what the kernel has


def _read(message: t.Any) -> Values:
    kind = message.get_attr("TCA_KIND")
    if kind not in _MISSING:
        return {"kind": kind}
    options: t.Any = message.get_attr("TCA_OPTIONS")
    if kind == "tbf":
        parameters = options.get_attr("TCA_TBF_PARMS")
        return {"kind": kind, **{name: parameters[name] for name in ("rate", "buffer", "limit")}}
    rate = options.get_attr("TCA_NETEM_RATE")
    corrupt = options.get_attr("TCA_NETEM_CORRUPT")
    reorder = options.get_attr("TCA_NETEM_REORDER")
    return {
        "kind": kind,
        "rate": rate["rate"] if rate else 0,
        "limit": options["limit"],
        "delay": tc.to_ns(options["delay"]),
        "jitter": tc.to_ns(options["jitter"]),
        "loss": options["loss"],
        "duplicate": options["duplicate"],
        "corrupt": corrupt["prob_corrupt"] if corrupt else 0,
        "reorder": reorder["prob_reorder"] if reorder else 0,
    }


# -- requests and words


def _replace(key: Key, values: Values, undo: t.Sequence[Step] = ()) -> Request:
    options: Values
    if values["kind"] == "tbf":
        parameters = {name: values[name] for name in ("rate", "buffer", "limit")}
        # With the link layer said, the kernel needs no table of rates.
        options = {"attrs": [("TCA_TBF_PARMS", {**parameters, "rate___reserved": _LINKLAYER_ETHERNET})]}
    else:
        options = {
            "delay": tc.to_ticks(values["delay"]),
            "jitter": tc.to_ticks(values["jitter"]),
            "limit": values["limit"],
            "loss": values["loss"],
            "duplicate": values["duplicate"],
            "gap": int(bool(values["reorder"])),
            "attrs": [
                ("TCA_NETEM_REORDER", {"prob_reorder": values["reorder"], "corr_reorder": 0}),
                ("TCA_NETEM_CORRUPT", {"prob_corrupt": values["corrupt"], "corr_corrupt": 0}),
                ("TCA_NETEM_RATE", {"rate": values["rate"], "packet_overhead": 0, "cell_size": 0, "cell_overhead": 0}),
            ],
        }
    return Request(
        key[1],
        "tcmsg",
        nl.RTM_NEWQDISC,
        nl.NLM_F_CREATE | nl.NLM_F_REPLACE,
        _header(key),
        [("TCA_KIND", values["kind"]), ("TCA_OPTIONS", options)],
        undo=list(undo),
        cures={errno.ENOENT: _MISSING[values["kind"]]},
    )


def _delete(key: Key, undo: t.Sequence[Step] = ()) -> Request:
    return Request(
        key[1], "tcmsg", nl.RTM_DELQDISC, 0, _header(key), [], undo=list(undo), tolerated=(errno.ENOENT, errno.EINVAL)
    )


def _header(key: Key) -> Values:
    return {"family": 0, "index": Index(link_key(*key[1:])), "handle": 0, "parent": _ROOT}


def _command(verb: str, key: Key, values: Values | None = None) -> Command:
    words = ["qdisc", verb, "dev", key[2], "root"]
    return tc_tool(key[1], *words, *(_words(values) if values else ()))


def _words(values: Values) -> list[str]:
    if values["kind"] == "tbf":
        rate = values["rate"]
        return ["tbf", "rate", tc.rate_word(rate), "burst", str(_burst(values)), "limit", str(values["limit"])]
    words = ["netem", "limit", str(values["limit"])]
    if values["delay"]:
        words += ["delay", tc.duration_word(values["delay"])]
        words += [tc.duration_word(values["jitter"])] if values["jitter"] else []
    for option in _SHARES:
        words += [option, tc.share_word(values[option])] if values[option] else []
    return words + (["rate", tc.rate_word(values["rate"])] if values["rate"] else [])


def _burst(values: Values) -> int:
    """In bytes, such that tc makes the same ticks of them."""
    buffer, rate = values["buffer"], values["rate"]
    near = tc.bytes_sent(buffer, rate)
    return next((size for size in (near, near + 1, near - 1) if tc.ticks_to_send(size, rate) == buffer), near)


def _told(values: Values) -> Values:
    """By the names and in the units of the options."""
    if values["kind"] == "tbf":
        return {
            "rate": tc.rate_word(values["rate"]),
            "burst": str(_burst(values)),
            "limit": str(values["limit"]),
        }
    if values["kind"] != "netem":
        return {"kind": values["kind"]}
    told = {option: tc.duration_word(values[option]) for option in ("delay", "jitter") if values[option]}
    told.update({option: tc.share_word(values[option]) for option in _SHARES if values[option]})
    told.update({"rate": tc.rate_word(values["rate"])} if values["rate"] else {})
    return {**told, "limit": str(values["limit"])}
