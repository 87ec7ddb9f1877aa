# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Rules that choose the routing table."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Key,
    Kind,
    Operation,
    Request,
    Step,
    View,
    Wish,
    netns_key,
    routes_key,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._table import TABLES, table_number
from ansible_collections.netns.lab.plugins.module_utils._values import (
    interface_name,
    namespace_name,
    whole_number,
)

_ACTIONS = {"lookup": 1, "goto": 2, "nop": 3, "blackhole": 6, "unreachable": 7, "prohibit": 8}
_FIB_RULE_INVERT = 0x2
_RTPROT_KERNEL = 2
_FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
# Those of a new namespace lead to the tables local, main and, in IPv4, default.
_OF_KERNEL = [0, 32766, 32767]
_LAST_PRIORITY = 0xFFFFFFFF
_NOT_SET = _ALL_BITS = 0xFFFFFFFF
# ip-rule(8) takes a name for each; others are numbers.
_PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "sctp": 132}
_SELECTOR = ("not", "from", "to", "tos", "fwmark", "iif", "oif", "uidrange", "ipproto", "sport", "dport")
_ACTION = ("action", "table", "goto", "suppress_prefixlength", "suppress_ifgroup")
_NUMBER = re.compile("0[xX][0-9a-fA-F]+|[0-9]+")
_RANGES = (("uidrange", "FRA_UID_RANGE"), ("sport", "FRA_SPORT_RANGE"), ("dport", "FRA_DPORT_RANGE"))
_CURES = {
    errno.EEXIST: "there is such a rule already",
    errno.EAFNOSUPPORT: "this kernel has no routing by rules (CONFIG_IP_MULTIPLE_TABLES, CONFIG_IPV6_MULTIPLE_TABLES)",
    errno.EOPNOTSUPP: "this kernel has no routing by rules (CONFIG_IP_MULTIPLE_TABLES, CONFIG_IPV6_MULTIPLE_TABLES)",
}

Values = dict[str, t.Any]


class NetnsRule(Kind):
    """``ip rule``."""

    section = "netns_rule"
    on_demand = "rule"
    options: t.ClassVar[dict[str, t.Any]] = {
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "family": {"type": "str", "choices": list(_FAMILIES)},
        "priority": {"type": "int"},
        "not": {"type": "bool", "default": False},
        "from": {"type": "str"},
        "to": {"type": "str"},
        "tos": {"type": "str"},
        "fwmark": {"type": "str"},
        "iif": {"type": "str"},
        "oif": {"type": "str"},
        "uidrange": {"type": "str"},
        "ipproto": {"type": "str"},
        "sport": {"type": "str"},
        "dport": {"type": "str"},
        "action": {"type": "str", "choices": list(_ACTIONS)},
        "table": {"type": "str"},
        "goto": {"type": "int"},
        "suppress_prefixlength": {"type": "int"},
        "suppress_ifgroup": {"type": "int"},
    }

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        values = _values(options, present)
        family = values["family"]
        priority = options["priority"]
        if priority is not None:
            priority = whole_number(priority, "priority", 0, _LAST_PRIORITY)
        key = ("rule", namespace, family, "" if priority is None else str(priority), _selector(values), _action(values))
        name = (f"{namespace} " if namespace else "") + _spelled(key)
        return Wish(
            kind=self,
            item=f"netns_rule {name}",
            name=name,
            # A rule with a priority is the one of its priority and selector, whatever it does.
            identity=key if priority is None or not present else (*key[:5], ""),
            present=present,
            options={"key": key, "values": values},
            requires=(netns_key(namespace),),
            after=(routes_key(namespace),),
            namespaces=(namespace,),
        )

    def check(self, wishes: list[Wish]) -> None:
        there = [wish for wish in wishes if wish.present]
        for wish in wishes:
            for other in there if not wish.present else ():
                fact = _fact(other.options["key"], other.options["values"])
                if fact.key[1:3] == wish.identity[1:3] and _matches(wish, fact):
                    raise LabError(f"{other.item} is to be present, and {wish.item}, which includes it, absent")

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        for namespace in namespaces:
            for family, number in _FAMILIES.items():
                for raw in reader.dump(namespace, nl.RTM_GETRULE, "fibmsg", {"family": number}):
                    message = read("fibmsg", raw)
                    if message["action"] in _ACTIONS.values() and not message.get_attr("FRA_L3MDEV"):
                        yield _seen(namespace, family, message)

    def resolve(self, wish: Wish, view: View) -> None:
        if wish.present:
            found = _meant(wish, view)
            wish.objects = () if found is None else (found.key,)

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "rule":
            return None
        values = {option: value for option, value in fact.values.items() if option in self.options}
        return {"namespace": fact.key[1] or None, "priority": int(fact.key[3]), **values}

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item = self.item(fact)
        if item is None or fact.values["protocol"] == _RTPROT_KERNEL:
            return None
        if item["action"] == "lookup":
            del item["action"]
        if item.get("from") or item.get("to") or item["family"] == "ipv4":
            del item["family"]
        return {option: value for option, value in item.items() if value is not None}

    def wish_away(self, fact: Fact, **options: t.Any) -> Wish | None:
        wish = super().wish_away(fact, **options)
        if wish is not None:
            wish.identity = fact.key  # this one, and not each that has its attributes
            wish.options["only"] = fact.key
            wish.objects = (fact.key,)
        return wish

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        if not wish.present:
            rules = _rules(view, wish.identity)
            return [self._delete(wish, fact, view) for fact in rules if _matches(wish, fact)]
        found = _meant(wish, view)
        if found is not None and found.key[5] == wish.options["key"][5]:
            wish.objects = (found.key,)
            return []
        return [self._create(wish, found, view)]

    def _create(self, wish: Wish, former: Fact | None, view: View) -> Operation:
        _type, namespace, family, priority, *_rest = key = wish.options["key"]
        values = {**wish.options["values"], "protocol": 0}
        if not priority:
            key = ("rule", namespace, family, str(_next_priority(view, key)), *key[4:])
        fact = _fact(key, values)
        # The new one first, so that nothing is sent elsewhere in between.
        steps: list[Step] = [_add(fact, undo=[_delete(fact)])]
        commands = [_command("add", fact)]
        before = None
        after = _told(fact)
        if former is not None:
            steps.append(_delete(former, undo=_restore(former, view)))
            commands.append(_command("delete", former))
            view.forget(former.key)
            told, after = _told(former), {option: value for option, value in after.items() if option in _ACTION}
            before = {option: value for option, value in told.items() if option in _ACTION}
            before.update({option: None for option in after if option not in before})
            after.update({option: None for option in before if option not in after})
            unchanged = {option for option, value in after.items() if before[option] == value}
            before, after = ({o: v for o, v in side.items() if o not in unchanged} for side in (before, after))
        view.put(fact)
        wish.objects = (key,)
        return Operation(wish, steps, commands, before, after)

    def _delete(self, wish: Wish, fact: Fact, view: View) -> Operation:
        step = _delete(fact, undo=_restore(fact, view))
        view.forget(fact.key)
        return Operation(wish, [step], [_command("delete", fact)], _told(fact), None)


# -- what users write


def _values(options: dict[str, t.Any], present: bool) -> Values:
    values: Values = {}
    networks = {option: _network(options[option], option) for option in ("from", "to") if options[option] is not None}
    versions = {f"ipv{network.version}" for network in networks.values()}
    if len(versions | ({options["family"]} if options["family"] else set())) > 1:
        raise ValueError("from, to and family are not of one family")
    values["family"] = options["family"] or next(iter(versions), "ipv4")
    values["not"] = True if options["not"] else None
    values.update({option: str(network) for option, network in networks.items() if network.prefixlen})
    if options["tos"] is not None:
        values["tos"] = _tos(options["tos"])
    if options["fwmark"] is not None:
        values["fwmark"] = _fwmark(options["fwmark"])
    for option in ("iif", "oif"):
        if options[option] is not None:
            values[option] = interface_name(options[option], option)
    if options["ipproto"] is not None:
        values["ipproto"] = _protocol(options["ipproto"])
    for option, low, most in (("uidrange", 0, _NOT_SET - 1), ("sport", 1, 65534), ("dport", 1, 65534)):
        if options[option] is not None:
            values[option] = _range(options[option], option, low, most)
    if values.get("ipproto") not in (None, "tcp", "udp", "sctp") and {"sport", "dport"} & set(values):
        raise ValueError(f"ipproto {values['ipproto']} has no ports")
    _add_action(options, values, present)
    if not present and options["priority"] is None and not any(values.get(name) for name in (*_SELECTOR, *_ACTION)):
        raise ValueError("it names no rule; give a priority, or what the rule selects or does")
    return values


def _add_action(options: dict[str, t.Any], values: Values, present: bool) -> None:
    action = options["action"]
    if action is None and (present or options["table"] is not None or options["goto"] is not None):
        action = "lookup" if options["goto"] is None else "goto"
    if action is not None:
        values["action"] = action
    for option, needing in (("table", "lookup"), ("goto", "goto")):
        if options[option] is None:
            if action == needing and present:
                raise ValueError(f"it needs {option}, or another action than {needing}")
        elif action != needing:
            raise ValueError(f"{option} has no meaning with action {action}")
    if options["table"] is not None:
        values["table"] = str(table_number(options["table"]))
    if options["goto"] is not None:
        values["goto"] = whole_number(options["goto"], "goto", 1, _LAST_PRIORITY)
        if options["priority"] is not None and values["goto"] <= options["priority"]:
            raise ValueError(f"goto {values['goto']} leads back; the kernel goes on only")
    for option, most in (("suppress_prefixlength", 128), ("suppress_ifgroup", 2**31 - 1)):
        if options[option] is not None:
            if action != "lookup":
                raise ValueError(f"{option} is for rules that look a table up")
            values[option] = whole_number(options[option], option, 0, most)


def _network(value: str, option: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{option} {value!r} is no network such as 192.0.2.0/24 or 2001:db8::/64") from None
    if "%" in value:
        raise ValueError(f"{option} {value!r} has a zone; name the interface with iif or oif")
    if network.network_address != ipaddress.ip_interface(value).ip:
        raise ValueError(f"{option} {value!r} has bits behind its prefix length; the network is {network}")
    return network


def _integer(value: str, option: str, low: int, most: int) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError(f"{option} {value!r} is no number")
    return whole_number(int(value, 16 if value[:2] in ("0x", "0X") else 10), option, low, most)


def _tos(value: str) -> str:
    number = _integer(value, "tos", 4, 0xFC)
    if number & 3:
        raise ValueError(f"tos {value!r} has one of the last two bits, which are those of ECN")
    return hex(number)


def _fwmark(value: str) -> str:
    mark, slash, mask = value.partition("/")
    number = _integer(mark, "fwmark", 0, _ALL_BITS)
    bits = _integer(mask, "the mask of fwmark", 1, _ALL_BITS) if slash else _ALL_BITS
    if number & ~bits:
        raise ValueError(f"fwmark {value!r} has bits outside its mask, so that no packet has it")
    if not number and not slash:
        raise ValueError("fwmark 0 without a mask is not told apart from none; give it a mask, as in 0/0xffffffff")
    return _mark(number, bits)


def _mark(number: int, bits: int) -> str:
    return hex(number) if number and bits == _ALL_BITS else f"{number:#x}/{bits:#x}"


def _protocol(value: str) -> str:
    if value in _PROTOCOLS:
        return value
    if value == "icmpv6":
        return "ipv6-icmp"
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"ipproto {value!r} is none of {', '.join(_PROTOCOLS)} and no number")
    return _protocol_word(whole_number(int(value), "ipproto", 1, 255))


def _protocol_word(number: int) -> str:
    return next((word for word, known in _PROTOCOLS.items() if known == number), str(number))


def _range(value: str, option: str, low: int, most: int) -> str:
    first, dash, last = value.partition("-")
    if not all(part.isascii() and part.isdigit() for part in ((first, last) if dash else (first,))):
        raise ValueError(f"{option} {value!r} is neither a number nor a range such as 1000-2000")
    start = whole_number(int(first), option, low, most)
    end = whole_number(int(last), option, low, most) if dash else start
    if end < start:
        raise ValueError(f"{option} {value!r} ends before it begins")
    return f"{start}-{end}"


# -- which rule is which


def _selector(values: Values) -> str:
    return " ".join(word for option in _SELECTOR for word in _words(option, values.get(option)))


def _action(values: Values) -> str:
    return " ".join(word for option in _ACTION for word in _words(option, values.get(option)))


def _words(option: str, value: t.Any) -> list[str]:
    """As ip-rule(8) has it."""
    if value is None or option == "action" and value in ("lookup", "goto"):
        return []
    if option in ("action", "not"):
        return [value if option == "action" else "not"]
    if option == "table":
        name = next((name for name, number in TABLES.items() if str(number) == value), value)
        return ["lookup", name]
    if option in ("sport", "dport") and len(set(value.split("-"))) == 1:
        return [option, value.split("-")[0]]
    return [option, str(value)]


def _spelled(key: Key) -> str:
    _type, _namespace, family, priority, selector, action = key
    words = [*(["-6"] if family == "ipv6" else []), *([f"{priority}:"] if priority else [])]
    return " ".join([*words, selector or "all", *([action] if action else [])])


def _rules(view: View, key: Key) -> list[Fact]:
    """Those of a namespace and a family, in the order in which they are asked."""
    return sorted(view.dependents(_list_key(key)), key=lambda fact: int(fact.key[3]))


def _list_key(key: Key) -> Key:
    return ("rules", *key[1:3])


def _meant(wish: Wish, view: View) -> Fact | None:
    """The rule that is there: with a priority that of the same selector, the same one if there are several; without,
    the first of the same selector and action."""
    key = wish.options["key"]
    same = [
        fact
        for fact in _rules(view, key)
        if fact.key[4] == key[4] and (fact.key[3] == key[3] if key[3] else fact.key[5] == key[5])
    ]
    return next((fact for fact in same if fact.key[5] == key[5]), same[0] if same else None)


def _matches(wish: Wish, fact: Fact) -> bool:
    """Whether a rule has all that one to be absent is said to have. The kernel's own are meant only by priority."""
    if "only" in wish.options:
        return bool(fact.key == wish.options["only"])
    priority = wish.options["key"][3]
    if priority:
        if priority != fact.key[3]:
            return False
    elif fact.values["protocol"] == _RTPROT_KERNEL:
        return False
    wanted = wish.options["values"]
    return all(fact.values.get(option) == value for option, value in wanted.items() if value is not None)


def _next_priority(view: View, key: Key) -> int:
    """As the kernel chooses it (fib_default_rule_pref): just before the second rule there is."""
    rules = _rules(view, key)
    priorities = [int(fact.key[3]) for fact in rules]
    if not any(fact.values["protocol"] == _RTPROT_KERNEL for fact in rules):
        priorities += _OF_KERNEL  # the namespace is new
    second = sorted(priorities)[1]
    return second - 1 if second else 0


# -- what the kernel has


def _fact(key: Key, values: Values) -> Fact:
    return Fact(key, {"protocol": 0, **values}, (netns_key(key[1]), _list_key(key)))


def _seen(namespace: str, family: str, message: t.Any) -> Fact:
    values: Values = {"family": family, "not": True if message["flags"] & _FIB_RULE_INVERT else None}
    for option, attribute, length in (("from", "FRA_SRC", "src_len"), ("to", "FRA_DST", "dst_len")):
        network = message.get_attr(attribute)
        if network is not None:
            values[option] = str(ipaddress.ip_network(f"{network}/{message[length]}"))
    if message["tos"]:
        values["tos"] = hex(message["tos"])
    mark, mask = message.get_attr("FRA_FWMARK"), message.get_attr("FRA_FWMASK")
    if mark or mask:
        values["fwmark"] = _mark(mark or 0, _ALL_BITS if mask is None else mask)
    for option, attribute in (("iif", "FRA_IIFNAME"), ("oif", "FRA_OIFNAME")):
        if message.get_attr(attribute) is not None:
            values[option] = message.get_attr(attribute)
    for option, attribute in _RANGES:
        found = message.get_attr(attribute)
        if found is not None:
            values[option] = f"{found['start']}-{found['end']}"
    if message.get_attr("FRA_IP_PROTO"):
        values["ipproto"] = _protocol_word(message.get_attr("FRA_IP_PROTO"))
    values["action"] = next(word for word, number in _ACTIONS.items() if number == message["action"])
    if values["action"] == "lookup":
        values["table"] = str(message.get_attr("FRA_TABLE") or message["table"])
        for option in ("suppress_prefixlength", "suppress_ifgroup"):
            number = message.get_attr(f"FRA_{option.replace('length', 'len').upper()}")
            if number not in (None, _NOT_SET):
                values[option] = number
    if values["action"] == "goto":
        values["goto"] = message.get_attr("FRA_GOTO")
    values["protocol"] = message.get_attr("FRA_PROTOCOL") or 0
    priority = str(message.get_attr("FRA_PRIORITY") or 0)
    return _fact(("rule", namespace, family, priority, _selector(values), _action(values)), values)


# -- requests and words


def _add(fact: Fact, undo: t.Sequence[Step] = ()) -> Request:
    return _request(nl.RTM_NEWRULE, nl.NLM_F_CREATE | nl.NLM_F_EXCL, fact, undo)


def _delete(fact: Fact, undo: t.Sequence[Step] = ()) -> Request:
    request = _request(nl.RTM_DELRULE, 0, fact, undo)
    request.tolerated = (errno.ENOENT,)
    return request


def _restore(fact: Fact, view: View) -> list[Step]:
    """The kernel puts a rule behind those of the same priority, so what was behind it goes there again."""
    rules = _rules(view, fact.key)
    behind = rules[rules.index(fact) + 1 :]
    steps: list[Step] = [_add(fact)]
    for other in behind:
        if other.key[3] == fact.key[3]:
            steps += [_delete(other), _add(other)]
    return steps


def _request(kind: int, flags: int, fact: Fact, undo: t.Sequence[Step]) -> Request:
    _type, namespace, family, priority, *_rest = fact.key
    values = fact.values
    attrs: list[tuple[str, t.Any]] = [("FRA_PRIORITY", int(priority))]
    lengths = {"src_len": 0, "dst_len": 0}
    for option, attribute, length in (("from", "FRA_SRC", "src_len"), ("to", "FRA_DST", "dst_len")):
        if values.get(option):
            network, _slash, bits = values[option].partition("/")
            attrs.append((attribute, network))
            lengths[length] = int(bits)
    if values.get("fwmark"):
        mark, slash, mask = values["fwmark"].partition("/")
        attrs.append(("FRA_FWMARK", int(mark, 16)))
        if slash:
            attrs.append(("FRA_FWMASK", int(mask, 16)))
    for option, attribute in (("iif", "FRA_IIFNAME"), ("oif", "FRA_OIFNAME")):
        if values.get(option):
            attrs.append((attribute, values[option]))
    for option, attribute in _RANGES:
        if values.get(option):
            attrs.append((attribute, values[option].replace("-", ":")))
    if values.get("ipproto"):
        word = values["ipproto"]
        attrs.append(("FRA_IP_PROTO", _PROTOCOLS[word] if word in _PROTOCOLS else int(word)))
    for option, attribute in (
        ("table", "FRA_TABLE"),
        ("goto", "FRA_GOTO"),
        ("suppress_prefixlength", "FRA_SUPPRESS_PREFIXLEN"),
        ("suppress_ifgroup", "FRA_SUPPRESS_IFGROUP"),
    ):
        if values.get(option) is not None:
            attrs.append((attribute, int(values[option])))
    if values["protocol"]:
        attrs.append(("FRA_PROTOCOL", values["protocol"]))
    table = int(values.get("table") or 0)
    return Request(
        namespace,
        "fibmsg",
        kind,
        flags,
        {
            "family": _FAMILIES[family],
            **lengths,
            "tos": int(values.get("tos") or "0", 16),
            "table": table if table < 256 else 0,
            "action": _ACTIONS[values["action"]],
            "flags": _FIB_RULE_INVERT if values.get("not") else 0,
        },
        attrs,
        undo=list(undo),
        cures=_CURES,
    )


def _command(verb: str, fact: Fact) -> Command:
    _type, namespace, family, priority, selector, _action_words = fact.key
    words = [*selector.split(), "priority", priority]
    for option in _ACTION:
        value = fact.values.get(option)
        words += ["lookup", value] if option == "table" and value else _words(option, value)
    return ip(namespace, *(["-6"] if family == "ipv6" else []), "rule", verb, *words)


def _told(fact: Fact) -> Values:
    """A rule in a result."""
    shown = {option: fact.values[option] for option in (*_SELECTOR, *_ACTION) if fact.values.get(option) is not None}
    return {"priority": int(fact.key[3]), **shown}
