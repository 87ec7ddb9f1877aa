# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The sections of a definition: what they may say, and their items one by one."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._engine import Item
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._values import is_plain


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


def completed(item: t.Any, kind: Kind) -> dict[str, t.Any] | None:
    """An item as AnsibleModule would leave it, with its defaults. None: only a closer look tells whether all is as it
    should be."""
    found = _plain(item, kind.options)
    if found is None:
        return None
    if kind.lacking(found) or any(sum(name in item for name in group) > 1 for group in kind.mutually_exclusive):
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
        type_name = option.get("type", "str")
        # What is in a list is not looked at here.
        if type_name == "list" or not is_plain(value, type_name):
            return None
        if value not in option.get("choices", (value,)):
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
