# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""What a conversion gives, and what all conversions need."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

import yaml

from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab

Json = dict[str, t.Any]


@dataclass
class Imported:
    """A lab as its file says it."""

    definition: Json
    notes: list[str] = field(default_factory=list)


def finished(definition: Json, notes: list[str]) -> Imported:
    """What is sure to be a lab, or else a fault."""
    try:
        read_lab(definition)
    except Fault:
        # Other tools have nothing against the same addresses in several places.
        read_lab({**definition, "lab_overlapping_subnets": True})
        definition = {**definition, "lab_overlapping_subnets": True}
        notes = [*notes, "several links use the same subnet; lab_overlapping_subnets allows it"]
    return Imported(definition, notes)


def document(written: t.Any) -> Json:
    """A file's text, or what has been read from it. JSON is YAML as well."""
    if isinstance(written, str):
        try:
            written = yaml.safe_load(written)
        except yaml.YAMLError as e:
            raise Fault((), f"the file is neither YAML nor JSON: {e}") from None
    return mapping(written, ("the file",))


def mapping(value: t.Any, path: Path) -> Json:
    """A mapping with names as keys; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, t.Mapping):
        raise Fault(path, f"it must be a mapping, and is {value!r}")
    return {str(name): inner for name, inner in value.items()}


def sequence(value: t.Any, path: Path) -> list[t.Any]:
    """A list; nothing is an empty one."""
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise Fault(path, f"it must be a list, and is {value!r}")
    return list(value)


def listed(names: t.Iterable[str]) -> str:
    return ", ".join(names)
