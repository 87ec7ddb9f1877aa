# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""A host as sections of topology: what would build the same elsewhere."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Fact, Key, Kind, View, Wish, link_key, place

_NUMBERS = re.compile(r"([0-9]+)")

Sections = dict[str, list[dict[str, t.Any]]]


def sections(view: View, kinds: t.Sequence[Kind], chosen: t.Collection[str], own: bool) -> tuple[Sections, list[str]]:
    """The items for the chosen namespaces and for what belongs to them in the own one (with ``own``: for all of it),
    and in words what no item could be made of."""
    members = {*chosen, OWN} if own else set(chosen)
    belonging = set() if own else _belonging(view, members)
    # Sorted but for the addresses of one link, whose order makes the first of a subnet the primary one.
    facts = sorted((fact for fact in view if _is_in(fact, members, belonging)), key=_where)
    left_out: list[str] = []
    made: list[tuple[Kind, dict[str, t.Any], Wish]] = []
    for kind in kinds:
        for fact in facts:
            item = kind.definition(fact, view)
            if item is None:
                continue
            try:
                wish = kind.wish(_complete(item, kind.options))
            except ValueError as e:
                left_out.append(f"{kind.section} {' '.join(fact.key[1:])}: {e}")
                continue
            if {OWN, *members}.issuperset(wish.namespaces):
                made.append((kind, item, wish))
    missing = _nobodys(facts, {key for _kind, _item, wish in made for key in wish.provides})
    left_out += [f"{place(*fact.key[1:])}: {_why(fact)}" for fact in missing]
    gone = {fact.key for fact in missing}
    found: Sections = {}
    for kind, item, wish in made:
        if gone.isdisjoint(wish.requires):
            found.setdefault(kind.section, []).append(item)
    return found, left_out


def _belonging(view: View, members: set[str]) -> set[Key]:
    """The links of the own namespace that are part of the network of others: ends of their cables, the bridges these
    are ports of, and whatever else of the own namespace's is connected there and could be made elsewhere."""
    links = {fact.key: fact.values for fact in view.inside(OWN, "link")}
    masters = {
        link_key(OWN, fact.key[2]): link_key(OWN, fact.values["master"]) for fact in view.inside(OWN, "port")
    }
    found = {key for key, values in links.items() if values["peer"] and values["peer"][1] in members}
    waiting = list(found)
    while waiting:
        key = waiting.pop()
        reached = {masters[key]} if key in masters else set()
        reached |= {port for port, master in masters.items() if master == key and _could_be_made(links[port])}
        peer = links[key]["peer"]
        if peer in links:
            reached.add(peer)
        reached = (reached & links.keys()) - found
        found |= reached
        waiting += reached
    return found


def _could_be_made(values: dict[str, t.Any]) -> bool:
    return values["kind"] is not None and (values["peer"] is None or values["peer"][1] == OWN)


def _is_in(fact: Fact, members: set[str], belonging: set[Key]) -> bool:
    if fact.key[1] in members:
        return True
    if fact.key[1] != OWN:
        return False
    if fact.key[0] == "link":
        return fact.key in belonging
    links = {key for key in fact.requires if key[0] == "link"}
    return bool(links) and links <= belonging


def _where(fact: Fact) -> list[list[tuple[int, str]]]:
    """A place to sort by, in which n2 comes before n10."""
    return [[_part(part) for part in _NUMBERS.split(name)] for name in fact.key[1:3]]


def _part(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isascii() and text.isdigit() else (-1, text)


def _complete(item: dict[str, t.Any], spec: dict[str, t.Any]) -> dict[str, t.Any]:
    """An item with the defaults that AnsibleModule fills in."""
    options = {name: item.get(name, rules.get("default")) for name, rules in spec.items()}
    for name, rules in spec.items():
        inner, value = rules.get("options"), options[name]
        if inner and value is not None:
            options[name] = (
                [_complete(part, inner) for part in value] if isinstance(value, list) else _complete(value, inner)
            )
    return options


def _nobodys(facts: list[Fact], provided: set[Key]) -> list[Fact]:
    """Links that no item makes and that are not simply there, as what is physical in the own namespace is."""
    links = [fact for fact in facts if fact.key[0] == "link" and fact.key not in provided]
    return [fact for fact in links if fact.key[1] != OWN or fact.values["kind"] is not None]


def _why(fact: Fact) -> str:
    values = fact.values
    if values["peer"]:
        return f"its other end is in {values['peer'][1] or 'the own namespace'}, which was not asked for"
    if values.get("peer_nsid") is not None:
        return "its other end is in a namespace without a name"
    return f"no module makes a {values['kind']}" if values["kind"] else "it is a physical interface"
