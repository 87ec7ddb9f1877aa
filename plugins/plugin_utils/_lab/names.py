# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Names and numbers that nobody wrote down. Each is a hash of what it is for, so that it stays when something else
comes or goes; when two are the same, the later one is hashed again."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._values import interface_name
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab

_LONGEST = 15  # bytes of an interface's name
_DIGITS = 8
_VNIS = 2**24 - 1


def name_interfaces(lab: Lab) -> None:
    """Gives every end of a link its name and its MAC address, and refuses those that are used twice."""
    taken = _Taken()
    for node in lab.nodes.values():
        if node.is_bridge:
            taken.take(node.namespace, node.bridge, node.path, f"the bridge of node {node.name}")
    ends = [end for link in lab.links for end in link.ends]
    for end in ends:
        if end.interface:
            taken.take(end.node.namespace, end.interface, end.path, f"an interface of node {end.node.name}")
    macs = {end.mac: end.path for end in ends if end.mac}
    numbers: dict[tuple[str, str], int] = {}
    for end in ends:
        pair = (end.node.name, end.other.node.name)
        number = numbers[pair] = numbers.get(pair, 0) + 1
        if not end.interface:
            end.interface = _port(lab, end, number, taken) if end.node.is_bridge else _numbered(end, taken)
            taken.take(end.node.namespace, end.interface, end.path, "")
        if not end.mac:
            end.mac = _mac(macs, lab.name, end.node.name, end.interface)
            macs[end.mac] = end.path
    for node in lab.nodes.values():
        if node.is_bridge:
            node.mac = node.options.get("mac") or _mac(macs, lab.name, node.name)
            macs[node.mac] = node.path


def vxlan_name(lab: Lab, *identity: str) -> str:
    """Of the port through which a bridge reaches its other parts."""
    return "vx" + _digest(lab.name, *identity)[:10]


class Vnis:
    """The VXLAN network identifiers of a lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab.name
        self._taken: dict[int, Path] = {}
        for link in lab.links:
            if link.vni is not None:
                if link.vni in self._taken:
                    raise Fault(link.path, f"vni {link.vni} is used twice; each link has its own")
                self._taken[link.vni] = link.path

    def vni(self, *identity: str) -> int:
        """One for what is told by ``identity``. Asked for in the order of the definition."""
        for attempt in range(len(self._taken) + 1):
            number = int(_digest(self._lab, *identity, *_again(attempt)), 16) % _VNIS + 1
            if number not in self._taken:
                break
        self._taken[number] = ()
        return number


class _Taken:
    """Interface names by namespace."""

    def __init__(self) -> None:
        self._names: dict[tuple[str | None, str], str] = {}
        self._next: dict[str | None, int] = {}

    def take(self, namespace: str | None, name: str, path: Path, what: str) -> None:
        before = self._names.get((namespace, name))
        if before is not None:
            where = "the host's namespace" if namespace is None else f"namespace {namespace!r}"
            raise Fault(path, f"interface {name!r} is used twice in {where}; it is {before} already; take another name")
        self._names[namespace, name] = what

    def has(self, namespace: str | None, name: str) -> bool:
        return (namespace, name) in self._names

    def number(self, namespace: str | None) -> int:
        """Counts on."""
        self._next[namespace] = number = self._next.get(namespace, -1) + 1
        return number


def _numbered(end: Endpoint, taken: _Taken) -> str:
    """The next of eth0, eth1, ... that nobody has."""
    namespace = end.node.namespace
    while True:
        name = f"eth{taken.number(namespace)}"
        if not taken.has(namespace, name):
            return name


def _port(lab: Lab, end: Endpoint, number: int, taken: _Taken) -> str:
    """Among others' interfaces a name that nobody else thinks of, in a namespace of its own that of the other node."""
    namespace, peer = end.node.namespace, end.other.node.name
    if namespace is not None:
        name = peer if number == 1 else f"{peer}-{number}"
        if not taken.has(namespace, name) and _is_possible(name):
            return name
    room = _LONGEST - _DIGITS - 1
    stem = "".join(c for c in peer if c.isascii() and (c.isalnum() or c in "-_"))[:room].rstrip("-")
    for attempt in range(1000):
        digest = _digest(lab.name, end.node.name, peer, str(number), *_again(attempt))[:_DIGITS]
        name = f"{stem}-{digest}" if stem else f"p-{digest}"
        if not taken.has(namespace, name):
            break
    return name


def _is_possible(name: str) -> bool:
    try:
        return bool(interface_name(name))
    except ValueError:
        return False


def _mac(taken: t.Container[str], *identity: str) -> str:
    """A locally administered address."""
    for attempt in range(1000):
        digest = _digest("mac", *identity, *_again(attempt))
        mac = "02:" + ":".join(digest[place : place + 2] for place in range(0, 10, 2))
        if mac not in taken:
            break
    return mac


def _again(attempt: int) -> tuple[str, ...]:
    return (str(attempt),) if attempt else ()


def _digest(*words: str) -> str:
    # No name has a NUL in it, so that two lists of words are never the same text.
    return hashlib.sha256("\0".join(words).encode()).hexdigest()
