# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short words for what the tests of the planner need: items as a module receives them, and hosts as they are seen.

    host(netns("a"), link("a:eth0", kind="veth", peer="p0"), ...)     what is there
    item("veth", name="eth0", namespace="a", peer={"name": "p0"})     what is wished for
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils._engine import Item, wishes_of
from ansible_collections.netns.lab.plugins.module_utils._model import (
    Fact,
    Key,
    Kind,
    Request,
    Step,
    View,
    Wish,
    link_key,
    netns_key,
)
from ansible_collections.netns.lab.plugins.module_utils._plan import Plan, plan
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._resources._link import FRESH, port_fact
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_address import _made

KIND: dict[str, Kind] = {kind.section: kind for kind in KINDS}


# -- wishes


class SpecError(Exception):
    """What AnsibleModule would fail with."""


def options(section: str, **given: t.Any) -> dict[str, t.Any]:
    """An item's options with the defaults that AnsibleModule fills in."""
    kind = KIND[section]
    validator = ArgumentSpecValidator(
        kind.options, required_if=kind.required_if, mutually_exclusive=kind.mutually_exclusive
    )
    result = validator.validate(given)
    if result.error_messages:
        raise SpecError("; ".join(result.error_messages))
    return t.cast("dict[str, t.Any]", result.validated_parameters)


def item(section: str, **given: t.Any) -> Item:
    return KIND[section], options(section, **given)


def wish(section: str, **given: t.Any) -> Wish:
    """The wish of an item; ValueError as the kind raises it."""
    return KIND[section].wish(options(section, **given))


def planned(view: View, *items: Item) -> Plan:
    """The plan for these items; the view is then what it will be."""
    return plan(wishes_of(items), view, KINDS)


# -- what is there


def at(where: str) -> tuple[str, str]:
    """``a:eth0`` is eth0 in namespace a, ``eth0`` is one in the own namespace."""
    namespace, _colon, name = where.rpartition(":")
    return namespace, name


def key(where: str) -> Key:
    return link_key(*at(where))


def netns(name: str, up: bool = True, processes: t.Sequence[int] = (), inode: int = 4026532000) -> list[Fact]:
    return [
        Fact(netns_key(name), {"inode": inode, "processes": list(processes)}),
        *link(f"{name}:lo", index=1, mtu=65536, up=up),
    ]


def link(where: str, kind: str | None = None, peer: str | None = None, **values: t.Any) -> list[Fact]:
    """A link; of a pair, one end (``pair`` makes both)."""
    namespace, _name = at(where)
    requires = (netns_key(namespace), *([key(peer)] if peer else []))
    known = {**FRESH, "kind": kind, "peer": key(peer) if peer else None, "mac": "02:00:00:00:00:0a", **values}
    return [Fact(key(where), known, requires, mark=str(known["index"] or ""))]


def pair(near: str, far: str, peer: dict[str, t.Any] | None = None, **values: t.Any) -> list[Fact]:
    """A veth pair, up as the modules make it; ``peer`` are values of the far end."""
    return [
        *link(near, "veth", far, **{"up": True, **values}),
        *link(far, "veth", near, **{"up": True, **(peer or {})}),
    ]


def bridge(where: str, up: bool = True, link_values: dict[str, t.Any] | None = None, **data: t.Any) -> list[Fact]:
    return link(where, "bridge", up=up, data=data, **(link_values or {}))


def port(where: str, master: str, **values: t.Any) -> list[Fact]:
    return [port_fact(*at(where), master, values)]


def address(where: str, cidr: str, peer: str | None = None, **values: t.Any) -> list[Fact]:
    """An address as the kernel tells of it; beside a peer the prefix length is the peer's."""
    own, _slash, length = cidr.partition("/")
    known: dict[str, t.Any] = {
        "prefixlen": int(length),
        "peer": peer,
        "noprefixroute": False,
        "metric": 0,
        "valid_lft": "forever",
        "preferred_lft": "forever",
    }
    if ":" in own:
        return [
            _made(("address", *at(where), own), {**known, "nodad": False, "lost_when_down": True, **values})
        ]
    known.update(broadcast=None, scope="global", label=at(where)[1], secondary=False)
    return [_made(("address", *at(where), own, length, peer or ""), {**known, **values})]


def host(*facts: list[Fact], assuming: bool = False) -> View:
    """A view of these facts, which tests may share: planning changes its own."""
    return View([replace(fact, values=dict(fact.values)) for group in facts for fact in group], assuming)


def contents(view: View) -> dict[Key, tuple[t.Any, ...]]:
    """All that a view knows, to compare."""
    types = ("netns", "stale-netns", "link", "port", "address", "route")
    return {
        fact.key: (
            {name: dict(value) if isinstance(value, dict) else value for name, value in fact.values.items()},
            fact.requires,
        )
        for of_type in types
        for fact in view.of_type(of_type)
    }


# -- what came out


def steps(plan_: Plan) -> list[Step]:
    """Every step in the order of the operations."""
    return [step for operation in plan_.operations for step in operation.steps]


def requests(plan_: Plan) -> list[tuple[str, int, int, dict[str, t.Any], list[t.Any]]]:
    """The messages the kernel would get: (namespace, type, flags, header, attributes)."""
    return [as_tuple(step) for step in steps(plan_)]


def as_tuple(step: Step) -> tuple[str, int, int, dict[str, t.Any], list[t.Any]]:
    assert isinstance(step, Request), step
    return step.namespace, step.type, step.flags, step.header, step.attrs


def change(plan_: Plan) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Before and after of a plan for one item."""
    (operation,) = plan_.operations
    return operation.before, operation.after  # type: ignore[return-value]


def nothing(plan_: Plan) -> bool:
    return not plan_.operations and not any(plan_.levels) and not plan_.commands
