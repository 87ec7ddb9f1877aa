# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""A lab on one page of HTML that needs nothing else: the drawing, the addresses, what differs, and who reaches whom."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from ansible_collections.netns.lab.plugins.plugin_utils._lab.drift import CHANGED, MISSING, SURPLUS, Drift
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
from ansible_collections.netns.lab.plugins.plugin_utils._lab.languages import COLOURS, FILLS, mermaid
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab, Node
from ansible_collections.netns.lab.plugins.plugin_utils._lab.picture import compose, machines_of, printable
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import Placement

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_KEYS = frozenset({"namespace", "destination", "reachable", "expected", "ok"})


@dataclass
class Row:
    """One interface in the table of addresses."""

    node: str
    kind: str
    machine: str
    interface: str
    addresses: list[str]
    mac: str
    far: str


@dataclass
class Cell:
    """All pings from one node to another."""

    pings: list[t.Mapping[str, t.Any]] = field(default_factory=list)

    @property
    def look(self) -> str:
        if not self.pings:
            return "none"
        if not all(ping["ok"] for ping in self.pings):
            return "bad"
        return "reached" if any(ping["reachable"] for ping in self.pings) else "closed"

    @property
    def sign(self) -> str:
        return {"none": "", "bad": "✗", "reached": "✓", "closed": "–"}[self.look]

    @property
    def told(self) -> str:
        return "\n".join(_told(ping) for ping in self.pings)


@dataclass
class Matrix:
    title: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]


def page(
    lab: Lab,
    placement: Placement | None = None,
    drift: Drift | None = None,
    pings: t.Mapping[str, t.Any] | None = None,
    svg: str = "",
) -> str:
    """``drift``: None if nobody has looked. ``pings``: ``results`` of ``netns.lab.netns_ping`` by host. ``svg``: what
    Graphviz has made of the drawing; without it, the drawing is told in the language of Mermaid."""
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["printable"] = printable
    placed = placement is not None and len(placement.hosts) > 1
    machines = (placement.hosts if placement is not None and placed else []) or sorted(
        {node.host for node in lab.nodes.values() if node.host is not None}
    )
    return (
        environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
        .render(
            lab=lab,
            copies=placement is not None and placement.copied and placed,
            machines=machines,
            drawing=_inline(svg),
            mermaid=mermaid(compose(lab, placement, drift)),
            drift=drift,
            rows=list(_rows(lab, placement if placed else None)),
            matrices=list(_matrices(lab, placement, _completed(lab, drift, pings or {}))),
            colours=COLOURS,
            fills=FILLS,
            states=(MISSING, CHANGED, SURPLUS),
        )
        .rstrip()
        + "\n"
    )


def _inline(svg: str) -> str:
    """What is a document of its own becomes a part of one."""
    start = svg.find("<svg")
    if svg and start < 0:
        raise Fault(("svg",), "it is no SVG; it is what 'dot -Tsvg' makes of the drawing with format: dot")
    return svg[start:].strip()


def _rows(lab: Lab, placement: Placement | None) -> t.Iterator[Row]:
    for node in lab.nodes.values():
        kind = "bridge" if node.is_bridge else "router" if node.forwards else "node"
        machine = ", ".join(machines_of(node, placement))
        if node.is_bridge:
            yield Row(node.name, kind, machine, node.bridge, [*map(str, node.addresses)], node.mac, "")
        elif node.loopback_addresses:
            yield Row(node.name, kind, machine, "lo", [*map(str, node.loopback_addresses)], "", "")
        elif not node.ends:
            yield Row(node.name, kind, machine, "", [], "", "")
        # The ports of a bridge have no addresses; their far ends say where they are.
        for end in () if node.is_bridge else node.ends:
            addresses = [str(address) for address in end.addresses]
            yield Row(node.name, kind, machine, end.interface, addresses, end.mac, end.other.place)


def _completed(lab: Lab, drift: Drift | None, pings: t.Mapping[str, t.Any]) -> dict[str, list[t.Any]]:
    """With what could not be pinged because the node that was to do so is missing."""
    completed: dict[str, list[t.Any]] = {}
    for host, results in pings.items():
        if not isinstance(results, list) or not all(isinstance(r, t.Mapping) and r.keys() >= _KEYS for r in results):
            raise Fault(("pings", host), "these are not the results that netns.lab.netns_ping returns")
        found = [] if drift is None else drift.differences
        missing = {d.item for d in found if (d.host, d.section, d.state) == (host, "netns", MISSING)}
        completed[host] = results + [
            {
                "namespace": expected.source.namespace,
                "destination": expected.destination,
                "reachable": False,
                "expected": expected.reachable,
                "ok": not expected.reachable,
                "reason": f"there is no namespace {expected.source.namespace}",
            }
            for expected in lab.expectations
            if expected.source.namespace in missing
        ]
    return completed


def _matrices(lab: Lab, placement: Placement | None, pings: t.Mapping[str, list[t.Any]]) -> t.Iterator[Matrix]:
    """One, or with copies one for each host."""
    if placement is not None and placement.copied and len(pings) > 1:
        for host, results in pings.items():
            if results:
                yield _matrix(lab, host, results)
    else:
        every = [result for results in pings.values() for result in results]
        if every:
            yield _matrix(lab, "", every)


def _matrix(lab: Lab, title: str, results: list[t.Any]) -> Matrix:
    sources = {node.namespace: node.name for node in lab.nodes.values() if not node.is_bridge}
    targets = _owners(lab)
    cells: dict[tuple[str, str], Cell] = {}
    for result in results:
        source = sources.get(result["namespace"], result["namespace"] or "the host")
        target = targets.get(result["destination"], sources.get(result["destination"], result["destination"]))
        cells.setdefault((source, target), Cell()).pings.append(result)
    # In the order of the lab, what is not of it behind.
    order = {name: number for number, name in enumerate(lab.nodes)}
    rows, columns = (
        sorted({pair[side] for pair in cells}, key=lambda name: (order.get(name, len(order)), name)) for side in (0, 1)
    )
    nothing = Cell()
    return Matrix(title, columns, [(row, [cells.get((row, column), nothing) for column in columns]) for row in rows])


def _owners(lab: Lab) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in lab.nodes.values():
        for address in _addresses(node):
            found.setdefault(str(address.ip), node.name)
    return found


def _addresses(node: Node) -> t.Iterator[t.Any]:
    yield from node.loopback_addresses
    yield from node.addresses
    for end in node.ends:
        yield from end.addresses


def _told(ping: t.Mapping[str, t.Any]) -> str:
    said = "reached" if ping["reachable"] else "not reached"
    if ping.get("reason"):
        said += f" ({ping['reason']})"
    if ping["ok"]:
        return f"{ping['destination']}: {said}, as expected"
    if ping["reachable"] == ping["expected"]:
        return f"{ping['destination']}: {said}, and too much was lost"
    return f"{ping['destination']}: {said}, expected to {'be' if ping['expected'] else 'be not'} reached"
