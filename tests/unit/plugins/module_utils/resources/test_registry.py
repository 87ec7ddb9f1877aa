# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils._model import Kind, Wish
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.tests.unit.helpers.lab import SpecError, options

PLUGINS = Path(__file__).resolve().parents[5] / "plugins"
SECTIONS = [kind.section for kind in KINDS]
LINKS = [kind.section for kind in KINDS if kind.config]
FILES = sorted(
    file.stem for file in (PLUGINS / "module_utils/_resources").glob("*.py") if not file.name.startswith("_")
)
RESOURCES = "ansible_collections.netns.lab.plugins.module_utils._resources"

# The least that an item of each kind needs.
LEAST = {
    "netns": {"name": "a"},
    "bridge": {"name": "br0"},
    "veth": {"name": "e0", "peer": {"name": "e1"}},
    "bridge_port": {"interface": "e0", "bridge": "br0"},
    "dummy": {"name": "d0"},
    "vlan": {"name": "v0", "link": "e0", "id": 10},
    "macvlan": {"name": "m0", "link": "e0"},
    "vxlan": {"name": "x0", "vni": 10},
    "netns_link": {"name": "e0"},
    "netns_address": {"interface": "e0", "address": "192.0.2.1/24"},
    "netns_neighbor": {"interface": "e0", "address": "192.0.2.2", "mac": "02:00:00:00:00:01"},
    "netns_fdb": {"interface": "e0", "mac": "02:00:00:00:00:01"},
    "netns_route": {"destination": "192.0.2.0/24", "interface": "e0"},
    "netns_rule": {"table": "100"},
    "netns_qdisc": {"interface": "e0", "rate": "1mbit"},
}


def test_every_file_of_a_kind_is_registered_once_and_nothing_else_is() -> None:
    assert sorted(SECTIONS) == FILES


@pytest.mark.parametrize("kind", KINDS, ids=SECTIONS)
def test_a_kind_is_defined_in_the_file_named_after_its_section(kind: Kind) -> None:
    assert type(kind).__module__ == f"{RESOURCES}.{kind.section}"
    assert getattr(importlib.import_module(type(kind).__module__), type(kind).__name__) is type(kind)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_kind_has_a_module(section: str) -> None:
    assert (PLUGINS / "modules" / f"{section}.py").is_file()


def test_sections_read_from_the_ground_up() -> None:
    """What others need comes first, so that a definition written section by section is in a sensible order."""
    places = ["netns", *LINKS, "bridge_port", "netns_link", "netns_address", "netns_route", "netns_rule", "netns_qdisc"]
    assert [section for section in SECTIONS if section in places] == places


@pytest.mark.parametrize("kind", KINDS, ids=SECTIONS)
def test_every_option_says_its_type(kind: Kind) -> None:
    assert all("type" in spec for spec in kind.options.values())


@pytest.mark.parametrize("kind", KINDS, ids=SECTIONS)
def test_a_kinds_rules_speak_of_its_own_options(kind: Kind) -> None:
    for option, _value, needed in kind.required_if:
        assert {option, *needed} <= set(kind.options)
    for group in kind.mutually_exclusive:
        assert set(group) <= set(kind.options)


@pytest.mark.parametrize("section", [section for section in SECTIONS if section in LEAST])
def test_the_least_that_is_required_makes_a_wish(section: str) -> None:
    kind = next(kind for kind in KINDS if kind.section == section)
    wish = kind.wish(options(section, **LEAST[section]))
    assert isinstance(wish, Wish)
    assert wish.kind is kind
    assert wish.present
    assert wish.item == f"{section} {wish.name}"
    assert wish.namespaces


@pytest.mark.parametrize("section", [section for section in SECTIONS if section in LEAST])
def test_the_same_item_makes_the_same_wish(section: str) -> None:
    kind = next(kind for kind in KINDS if kind.section == section)
    assert kind.wish(options(section, **LEAST[section])) == kind.wish(options(section, **LEAST[section]))


def test_every_kind_is_tested_here() -> None:
    assert set(SECTIONS) == set(LEAST), "add the least that an item of the new kind needs"


@pytest.mark.parametrize(("section", "option"), [(section, option) for section in LEAST for option in LEAST[section]])
def test_none_of_the_least_can_be_left_out(section: str, option: str) -> None:
    kind = next(kind for kind in KINDS if kind.section == section)
    with pytest.raises((SpecError, ValueError)):
        kind.wish(options(section, **{name: value for name, value in LEAST[section].items() if name != option}))
