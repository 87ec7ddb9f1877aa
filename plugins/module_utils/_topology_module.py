# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The module that takes whole lists."""

from __future__ import annotations

import json
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils import _zipimport  # noqa: F401  # pylint: disable=unused-import
from ansible_collections.netns.lab.plugins.module_utils._definitions import Definition
from ansible_collections.netns.lab.plugins.module_utils._engine import Topology
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Wish
from ansible_collections.netns.lab.plugins.module_utils._module import COMMON, finish, new_module
from ansible_collections.netns.lab.plugins.module_utils._persistence import forgotten, kept
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._sections import completed, given, listed, sections_spec


def run_sections() -> None:
    """A whole topology."""
    module = new_module(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "prune": {"type": "bool", "default": True},
            "persistent": {"type": "bool", "default": False},
            "service_manager": {"type": "str", "choices": ["systemd", "none"], "default": "systemd"},
            "lock_timeout": {"type": "float", "default": 60.0},
            "sections": {"type": "json"},
            **COMMON,
            **sections_spec(),
        },
    )
    try:
        # Not in the module's own, which go back with the answer as what the task has said.
        params = _with_text(module.params)
    except LabError as e:
        module.fail_json(msg=str(e))
    finish(module, listed(params), lambda: _topology(params))


def _topology(params: dict[str, t.Any]) -> Topology:
    return Topology(
        params["name"],
        params["state"] == "present",
        params["prune"],
        params["lock_timeout"],
        itself=_persistence(params),
    )


def _persistence(params: dict[str, t.Any]) -> tuple[Wish, ...]:
    name = params["name"]
    if params["state"] == "absent":
        return (forgotten(name),)
    if not params["persistent"]:
        # A part of a lab says nothing about the whole of it.
        return (forgotten(name),) if params["prune"] else ()
    if not params["prune"]:
        raise LabError(
            f"topology {name}: persistent: true keeps what the task names, and prune: false says that this is not "
            "the whole lab; name all of it in one task"
        )
    definition = Definition(name, given(params), params["allow_disconnect"])
    return (kept(definition, by_systemd=params["service_manager"] == "systemd"),)


def _with_text(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """With the sections that a task tells as one text among the others. Raises LabError."""
    try:
        found = json.loads(params["sections"] or "{}")
        if not isinstance(found, dict):
            raise ValueError("it is no dictionary of sections")
        sections = checked(found)
    except ValueError as e:
        raise LabError(f"sections: {e}") from None
    return {**params, **{section: params[section] + items for section, items in sections.items()}}


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
        found[section] = [completed(item, kinds[section]) for item in items]
        if None in found[section]:
            left[section] = [item for item, whole in zip(items, found[section]) if whole is None]
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
