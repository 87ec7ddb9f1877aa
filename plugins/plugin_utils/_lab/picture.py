# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""A lab as it is drawn: boxes, the lines between them, and the machines around them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.plugin_utils._lab.drift import SAME, SURPLUS, Drift
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Link, Node
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import Placement

NODE, ROUTER, BRIDGE = "node", "router", "bridge"


@dataclass(frozen=True)
class Box:
    id: str
    """For use in a drawing, whatever the name."""
    name: str
    kind: str
    lines: tuple[str, ...]
    machine: str | None
    """The one it is drawn in."""
    state: str


@dataclass(frozen=True)
class Line:
    one: str
    two: str
    crosses: bool
    """Whether it leads from one machine to another."""
    said: str
    """What happens to packets on it."""
    state: str


@dataclass(frozen=True)
class Picture:
    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    machines: tuple[str, ...]
    """Those with boxes in them, if there is more than one machine."""


def printable(text: str) -> str:
    """Without characters that no drawing can hold: neither XML nor a line of text has them."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def compose(lab: Lab, placement: Placement | None = None, drift: Drift | None = None) -> Picture:
    """``placement``: without it, nodes are where the definition says, if it does."""
    drift = drift or Drift()
    ids = {node: f"n{number}" for number, node in enumerate(lab.nodes.values(), 1)}
    where = {node: machines_of(node, placement) for node in lab.nodes.values()}
    copied = placement is not None and placement.copied
    grouped = not copied and len({*where.values()}) > 1
    boxes = [
        Box(
            id=ids[node],
            name=printable(node.name),
            kind=BRIDGE if node.is_bridge else ROUTER if node.forwards else NODE,
            lines=tuple(map(printable, _said(node, where[node] if grouped else ()))),
            machine=printable(where[node][0]) if grouped and len(where[node]) == 1 else None,
            state=drift.nodes.get(node, SAME),
        )
        for node in lab.nodes.values()
    ]
    for number, (host, namespace) in enumerate(drift.surplus, len(boxes) + 1):
        machine = printable(host) if grouped else None
        boxes.append(Box(f"n{number}", printable(namespace), NODE, (SURPLUS,), machine, SURPLUS))
    lines = [
        Line(
            one=ids[link.ends[0].node],
            two=ids[link.ends[1].node],
            crosses=placement is not None and link in placement.between,
            said=printable(impairments_of(link)),
            state=drift.links.get(link, SAME),
        )
        for link in lab.links
    ]
    machines = tuple(dict.fromkeys(box.machine for box in boxes if box.machine is not None))
    return Picture(printable(lab.name), tuple(boxes), tuple(lines), machines)


def impairments_of(link: Link) -> str:
    """In one direction those of one end, in the other those of the other."""
    told = {end.place: " ".join(f"{option} {value}" for option, value in end.impairments.items()) for end in link.ends}
    if len({*told.values()}) == 1:
        return told[link.ends[0].place]
    return "; ".join(f"from {place}: {words}" for place, words in told.items() if words)


def machines_of(node: Node, placement: Placement | None) -> tuple[str, ...]:
    if placement is not None:
        return placement.of_node[node]
    return () if node.host is None else (node.host,)


def _said(node: Node, machines: tuple[str, ...]) -> t.Iterator[str]:
    if node.is_bridge:
        # The addresses are those of what is plugged in; what matters here is the network.
        networks = [str(address.network) for address, _path in node.ends[0].link.segment.addresses] if node.ends else []
        yield from dict.fromkeys(networks)
        yield from map(str, node.addresses)
        if len(machines) > 1:
            yield "on " + ", ".join(machines)
        return
    for address in node.loopback_addresses:
        yield f"lo {address}"
    for end in node.ends:
        yield from of_interface(end)


def of_interface(end: Endpoint) -> list[str]:
    """Its name and the first address, and the others below."""
    first, *others = [str(address) for address in end.addresses] or [""]
    return [f"{end.interface} {first}".rstrip(), *others]
