# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Who is to reach whom: from what users write to single pings, each with what is expected of it."""

from __future__ import annotations

import ipaddress
import math
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import OWN
from ansible_collections.netns.lab.plugins.module_utils._ping import Ping
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._records import topology_name
from ansible_collections.netns.lab.plugins.module_utils._values import (
    Address,
    Interface,
    address,
    interface_address,
    interface_name,
    namespace_name,
    whole_number,
)

_IPV4_MOST, _IPV6_MOST = 65507, 65527  # what one datagram can carry behind the ICMP header
_LONGEST = 86_400
# As many pairs as a matrix tries one by one unless told to.
_MOST_BY_DEFAULT = 10_000
# Every ping of a namespace has an identifier of its own, of 16 bits.
_MOST_OF_ONE = 1 << 16

# How a ping is done, beside from where to where. Also options of the module, for all.
MANNER: dict[str, t.Any] = {
    "count": {"type": "int"},
    "interval": {"type": "float"},
    "timeout": {"type": "float"},
    "size": {"type": "int"},
    "ttl": {"type": "int"},
    "dont_fragment": {"type": "bool"},
    "max_loss": {"type": "float"},
}
MANNER_DEFAULTS: dict[str, t.Any] = {
    "count": 3,
    "interval": 0.05,
    "timeout": 4.0,
    "size": 56,
    "dont_fragment": False,
    "max_loss": 0.0,
}
CHECK: dict[str, t.Any] = {
    "namespace": {"type": "str", "aliases": ["from"]},
    "destination": {"type": "str", "required": True, "aliases": ["to"]},
    "source": {"type": "str"},
    "interface": {"type": "str"},
    "reachable": {"type": "bool", "default": True},
    **MANNER,
}
MATRIX: dict[str, t.Any] = {
    "topology": {"type": "str"},
    "to": {
        "type": "list",
        "elements": "dict",
        "options": {"namespace": {"type": "str"}, "address": {"type": "str"}},
    },
    "from": {"type": "list", "elements": "str"},
    "same_subnet": {"type": "bool", "default": False},
    "pairs": {"type": "str", "choices": ["auto", "all", "ring"], "default": "auto"},
    "reachable": {"type": "bool", "default": True},
    **MANNER,
}


@dataclass
class Pair:
    """A ping and what is expected of it."""

    ping: Ping
    reachable: bool = True
    max_loss: float = 0.0
    missing: str | None = None
    """The namespace that was to be reached and has no address at all."""

    @property
    def destination(self) -> str:
        return str(self.ping.destination) if self.missing is None else self.missing or "the own namespace"

    @property
    def loss(self) -> float:
        """In per cent, of a ping that was carried out."""
        return (self.ping.sent - self.ping.received) * 100 / self.ping.sent if self.ping.sent else 100.0

    @property
    def is_as_expected(self) -> bool:
        if self.reachable:
            return self.ping.received > 0 and self.loss <= self.max_loss
        return self.ping.received == 0


@dataclass
class Endpoint:
    """An address to be reached, and the namespace that has it. Without an address: all that it has."""

    namespace: str
    address: Interface | None = None


@dataclass
class Check:
    """One item of ``checks``: an address, or a namespace with all it has."""

    namespace: str
    destination: Address | str
    manner: Pair


@dataclass
class Matrix:
    """One item of ``matrix``."""

    item: str
    manner: Pair
    to: list[Endpoint] = field(default_factory=list)
    sources: list[str] | None = None
    topology: str | None = None
    same_subnet: bool = False
    pairs: str = "auto"


@dataclass
class Wanted:
    """What the module was told, checked."""

    checks: list[Check]
    matrices: list[Matrix]

    def namespaces(self) -> list[str]:
        """All that are named."""
        found = [name for check in self.checks for name in (check.namespace, _name(check.destination))]
        for matrix in self.matrices:
            found += [*(end.namespace for end in matrix.to), *(matrix.sources or ())]
        return list(dict.fromkeys(name for name in found if name is not None))

    def unaddressed(self) -> list[str]:
        """The namespaces whose addresses have to be looked up."""
        found = [_name(check.destination) for check in self.checks]
        found += [end.namespace for matrix in self.matrices for end in matrix.to if end.address is None]
        return list(dict.fromkeys(name for name in found if name is not None))

    def topologies(self) -> list[str]:
        return [matrix.topology for matrix in self.matrices if matrix.topology is not None]


def _name(destination: Address | str) -> str | None:
    return destination if isinstance(destination, str) else None


# -- what users write


def wanted(params: dict[str, t.Any]) -> Wanted:
    """Checks all that the module was told; raises LabError."""
    common = {option: params[option] for option in MANNER if params[option] is not None}
    checks: list[Check] = []
    matrices: list[Matrix] = []
    for section, found, make in (("checks", checks, _checks), ("matrix", matrices, _matrix)):
        for number, options in enumerate(params[section] or (), 1):
            try:
                _no_empty_options(options)
                found += make(f"{section} item {number}", _with_defaults(options, common))  # type: ignore[operator]
            except ValueError as e:
                raise LabError(f"{section} item {number}: {e}") from None
    if not checks and not matrices:
        raise LabError("there is nothing to check; give checks or matrix at least one item")
    return Wanted(checks, matrices)


def _no_empty_options(options: dict[str, t.Any]) -> None:
    for option in ("from", "to"):
        if options.get(option) == []:
            raise ValueError(f"{option} is an empty list; leave it out, or name somebody")


def _with_defaults(options: dict[str, t.Any], common: dict[str, t.Any]) -> dict[str, t.Any]:
    given = {option: value for option, value in options.items() if value is not None}
    return {**dict.fromkeys(options), **MANNER_DEFAULTS, **common, **given}


def _checks(_item: str, options: dict[str, t.Any]) -> list[Check]:
    return [
        Check(_namespace(single["namespace"]), _destination(single["destination"]), _manner(single))
        for single in expand(options)
    ]


def _matrix(item: str, options: dict[str, t.Any]) -> list[Matrix]:
    topology = options["topology"]
    if (topology is None) == (options["to"] is None):
        raise ValueError("it needs either a topology or to, the addresses that are to be reached")
    sources = None
    if options["from"] is not None:
        sources = [_namespace(single["from"]) for name in options["from"] for single in expand({"from": name})]
    to: list[Endpoint] = []
    for end in options["to"] or ():
        for single in expand(end):
            given = single["address"]
            to.append(Endpoint(_namespace(single["namespace"]), None if given is None else interface_address(given)))
    if topology is not None:
        topology_name(topology)
    return [
        Matrix(
            item=item,
            manner=_manner({**options, "source": None, "interface": None, "destination": None}),
            to=to,
            sources=list(dict.fromkeys(sources)) if sources is not None else None,
            topology=topology,
            same_subnet=options["same_subnet"],
            pairs=options["pairs"],
        )
    ]


def _namespace(value: str | None) -> str:
    return namespace_name(value) if value else OWN


def _destination(value: str) -> Address | str:
    text, slash, _length = value.partition("/")
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not slash and ":" not in value:
            try:
                return namespace_name(value)
            except ValueError:
                pass
        raise ValueError(f"destination {value!r} is neither an address nor the name of a namespace") from None
    # With a prefix length, as a range behind a network has it.
    found = interface_address(value, "destination").ip if slash else address(value, "destination")
    if found.is_multicast or found.is_unspecified or str(found) == "255.255.255.255":
        raise ValueError(f"destination {found} is no address of one host")
    return found


def _manner(options: dict[str, t.Any]) -> Pair:
    """How it is pinged and what is expected, with addresses that are still to be filled in."""
    source = None if options["source"] is None else address(options["source"].partition("/")[0], "source")
    interface = None if options["interface"] is None else interface_name(options["interface"], "interface")
    count = whole_number(options["count"], "count", 1, 65535)
    to = _destination(options["destination"]) if options["destination"] else None
    version = None if to is None or isinstance(to, str) else to.version
    if source is not None and version is not None and source.version != version:
        raise ValueError(f"source {source} and destination {to} are of different families")
    if to is not None and not isinstance(to, str) and to.is_link_local and to.version == 6 and interface is None:
        raise ValueError(f"destination {to} is on every link; give it an interface")
    return Pair(
        Ping(
            OWN,
            ipaddress.ip_address("0.0.0.0"),
            count=count,
            interval=_seconds(options["interval"], "interval", 0.0),
            timeout=_seconds(options["timeout"], "timeout", 0.001),
            size=whole_number(options["size"], "size", 0, _IPV6_MOST if version == 6 else _IPV4_MOST),
            dont_fragment=options["dont_fragment"],
            ttl=None if options["ttl"] is None else whole_number(options["ttl"], "ttl", 1, 255),
            source=source,
            interface=interface,
        ),
        reachable=options["reachable"],
        max_loss=_per_cent(options["max_loss"]),
    )


def _seconds(value: float, what: str, least: float) -> float:
    if not (math.isfinite(value) and least <= value <= _LONGEST):
        raise ValueError(f"{what} is {value:g}; it must be from {least:g} to {_LONGEST} seconds")
    return value


def _per_cent(value: float) -> float:
    if not 0 <= value < 100:
        raise ValueError(f"max_loss is {value:g}; it must be from 0 to less than 100 per cent")
    return value


# -- pairs


def pairs_of(
    asked: Wanted, live: dict[str, list[Interface]], recorded: dict[str, list[Endpoint]]
) -> tuple[list[Pair], list[str]]:
    """The single pairs, and what the user is to be told of them. ``live`` are the addresses of those namespaces that
    were named without; ``recorded`` those of topologies."""
    found: list[Pair] = []
    notes: list[str] = []
    for check in asked.checks:
        found += _of_check(check, live)
    for matrix in asked.matrices:
        ends = matrix.to if matrix.topology is None else recorded[matrix.topology]
        pairs, note = _of_matrix(matrix, ends, live)
        found += pairs
        notes += [note] if note else []
    counts: dict[tuple[str, int], int] = {}
    for pair in found:
        place = (pair.ping.namespace, pair.ping.family)
        counts[place] = counts.get(place, 0) + 1
        if counts[place] > _MOST_OF_ONE:
            raise LabError(f"there are more than {_MOST_OF_ONE} pings from {_told(place[0])}; check them in parts")
    return found, notes


def _of_check(check: Check, live: dict[str, list[Interface]]) -> list[Pair]:
    if not isinstance(check.destination, str):
        return [_pair(check.manner, check.namespace, check.destination, None)]
    source = check.manner.ping.source
    found = [
        _pair(check.manner, check.namespace, interface.ip, check.destination)
        for interface in live.get(check.destination, ())
        if source is None or source.version == interface.version
    ]
    return found or [_nobody(check.manner, check.namespace, check.destination)]


def _of_matrix(matrix: Matrix, ends: list[Endpoint], live: dict[str, list[Interface]]) -> tuple[list[Pair], str]:
    addressed: dict[tuple[str, Address], Interface] = {}
    without: dict[str, None] = {}
    for end in ends:
        has = [end.address] if end.address is not None else live.get(end.namespace, [])
        addressed.update({(end.namespace, interface.ip): interface for interface in has})
        if not has:
            without[end.namespace] = None
    sources = matrix.sources if matrix.sources is not None else list(dict.fromkeys(end.namespace for end in ends))
    own: dict[str, list[Interface]] = {}
    for (namespace, _ip), interface in addressed.items():
        own.setdefault(namespace, []).append(interface)
    ways = _everybody if matrix.pairs == "all" else _in_turn
    note = ""
    if matrix.pairs == "auto":
        count = len(sources) * len(addressed)
        ways = _everybody if count <= _MOST_BY_DEFAULT else _in_turn
        if ways is _in_turn:
            note = f"{matrix.item}: of {count} pairs, each namespace and its next one; say pairs: all for all of them"
    found = [
        _pair(matrix.manner, source, interface.ip, owner)
        for source, owner, interface in ways(sources, addressed, own, matrix.same_subnet)
    ]
    found += [_nobody(matrix.manner, source, owner) for source in sources for owner in without if source != owner]
    return found, note


Way = tuple[str, str, Interface]


def _everybody(
    sources: list[str],
    addressed: dict[tuple[str, Address], Interface],
    own: dict[str, list[Interface]],
    same_subnet: bool,
) -> t.Iterator[Way]:
    for source in sources:
        for (owner, _ip), interface in addressed.items():
            if owner != source and _concerns(own.get(source), interface, same_subnet):
                yield source, owner, interface


def _in_turn(
    sources: list[str],
    addressed: dict[tuple[str, Address], Interface],
    own: dict[str, list[Interface]],
    same_subnet: bool,
) -> t.Iterator[Way]:
    """A ring: each source reaches the next address after its own of every subnet, so that everybody is reached and
    reaches somebody."""
    rings: dict[t.Any, list[tuple[str, Interface]]] = {}
    for (owner, _ip), interface in addressed.items():
        rings.setdefault(interface.network if same_subnet else interface.version, []).append((owner, interface))
    for ring in rings.values():
        members = dict.fromkeys(source for source in sources if _concerns(own.get(source), ring[0][1], same_subnet))
        places = {owner: place for place, (owner, _interface) in enumerate(ring)}
        for number, source in enumerate(members):
            start = places.get(source, number - 1) + 1
            around = (ring[(start + step) % len(ring)] for step in range(len(ring)))
            following = next(((owner, interface) for owner, interface in around if owner != source), None)
            if following is not None:
                yield source, *following


def _concerns(own: list[Interface] | None, other: Interface, same_subnet: bool) -> bool:
    """Who has addresses of one family only cannot reach the other one; of who has none listed nothing is known."""
    if own is None:
        return not same_subnet
    if same_subnet:
        return any(interface.version == other.version and other.ip in interface.network for interface in own)
    return any(interface.version == other.version for interface in own)


def _pair(manner: Pair, namespace: str, destination: Address, owner: str | None) -> Pair:
    ping = replace(manner.ping, namespace=namespace, destination=destination, owner=owner, rtts=[])
    return replace(manner, ping=ping)


def _nobody(manner: Pair, namespace: str, owner: str) -> Pair:
    return replace(manner, ping=replace(manner.ping, namespace=namespace, owner=owner, rtts=[]), missing=owner)


def _told(namespace: str) -> str:
    return f"namespace {namespace}" if namespace else "the own namespace"
