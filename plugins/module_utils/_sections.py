# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The sections of a definition: what they may say, and their items one by one."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils._engine import Item
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS


# What needs no conversion, by the type that an option has.
_PLAIN = {"str": str, "bool": bool, "int": int, "dict": dict}


def sections_spec() -> dict[str, t.Any]:
    """The argument spec of all sections."""
    return {
        kind.section: {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": kind.options,
            "required_if": kind.required_if,
            "mutually_exclusive": kind.mutually_exclusive,
        }
        for kind in KINDS
    }


def checked(sections: dict[str, t.Any]) -> dict[str, list[dict[str, t.Any]]]:
    """Sections as AnsibleModule leaves its own: checked, and with all defaults. Its checks take a large lab longer than
    planning it, so they see only the items that are not as they should be at first sight. Raises ValueError."""
    left: dict[str, t.Any] = {}
    found: dict[str, list[t.Any]] = {kind.section: [] for kind in KINDS}
    kinds = {kind.section: kind for kind in KINDS}
    for section, items in sections.items():
        if section not in kinds or not isinstance(items, list):
            left[section] = items
            continue
        found[section] = completed = [_completed(item, kinds[section]) for item in items]
        if None in completed:
            left[section] = [item for item, whole in zip(items, completed) if whole is None]
    try:
        validated = ArgumentSpecValidator(sections_spec()).validate(left)
    except TypeError as e:  # of a number where options of an option belong
        raise ValueError(f"an option of {' or '.join(left)} has a value of the wrong type ({e})") from None
    if validated.error_messages:
        raise ValueError("; ".join(validated.error_messages))
    for section, items in validated.validated_parameters.items():
        if section in left:
            rest = iter(items)
            found[section] = [next(rest) if whole is None else whole for whole in found[section]] or items
    return found


def _completed(item: t.Any, kind: Kind) -> dict[str, t.Any] | None:
    """The item with its defaults; None if that takes a closer look."""
    found = _plain(item, kind.options)
    if found is None:
        return None
    for option, value, needed in kind.required_if:
        if found[option] == value and any(found[name] is None for name in needed):
            return None
    if any(sum(name in item for name in group) > 1 for group in kind.mutually_exclusive):
        return None
    return found


def _plain(item: t.Any, options: dict[str, t.Any]) -> dict[str, t.Any] | None:
    if not isinstance(item, dict) or not item.keys() <= options.keys():
        return None
    found: dict[str, t.Any] = {}
    for name, option in options.items():
        if name not in item:
            if option.get("required"):
                return None
            found[name] = option.get("default")
            continue
        value = item[name]
        # A bool is an int as well.
        if type(value) is not _PLAIN.get(option.get("type", "str")) or value not in option.get("choices", (value,)):
            return None
        if "options" in option:
            value = _plain(value, option["options"])
            if value is None:
                return None
        found[name] = value
    return found


def listed(params: dict[str, t.Any]) -> t.Iterator[Item]:
    """The items of all sections, those that stand for many spelled out."""
    for kind in KINDS:
        for number, compact in enumerate(params[kind.section], 1):
            try:
                items = expand(compact, kind.literal)
            except ValueError as e:
                raise LabError(f"{kind.section} item {number}: {e}") from None
            for item in items:
                yield kind, item


def given(params: dict[str, t.Any]) -> dict[str, list[dict[str, t.Any]]]:
    """The sections that have items, each item with what its defaults do not say, ranges as they were written."""
    return {
        kind.section: [_given(item, kind.options) for item in params[kind.section]]
        for kind in KINDS
        if params[kind.section]
    }


def _given(item: dict[str, t.Any], spec: dict[str, t.Any]) -> dict[str, t.Any]:
    found: dict[str, t.Any] = {}
    for option, value in item.items():
        options = spec.get(option, {}).get("options")
        if value is None or value == spec.get(option, {}).get("default"):
            continue
        if options and isinstance(value, dict):
            value = _given(value, options)
        elif options and isinstance(value, list):
            value = [_given(inner, options) for inner in value]
        found[option] = value
    return found
