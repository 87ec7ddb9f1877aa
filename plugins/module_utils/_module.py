# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What every module does around the engine: its argument spec, its result, its one place for errors."""

from __future__ import annotations

import json
import sys
import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils._engine import Item, Topology, run
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._resources import KINDS

_LIBRARY = "pyroute2 (python3-pyroute2 on Debian, Ubuntu, Fedora and EPEL) >= 0.7.2"

_COMMON: dict[str, t.Any] = {"allow_disconnect": {"type": "bool", "default": False}}


def run_item(kind: type[Kind]) -> None:
    """A module for one item of one kind."""
    module = _module(
        argument_spec={**kind.options, **_COMMON},
        required_if=kind.required_if,
        mutually_exclusive=kind.mutually_exclusive,
    )
    _run(module, [(_known(kind), module.params)], None)


def run_sections() -> None:
    """The module that takes whole lists."""
    sections = {
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
    module = _module(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "prune": {"type": "bool", "default": True},
            "lock_timeout": {"type": "float", "default": 60.0},
            "sections": {"type": "json"},
            **_COMMON,
            **sections,
        },
    )
    params = module.params
    topology = Topology(params["name"], params["state"] == "present", params["prune"], params["lock_timeout"])
    try:
        more = _parsed(params["sections"], sections)
    except ValueError as e:
        module.fail_json(msg=f"sections: {e}")
    for section, items in more.items():
        params[section] = params[section] + items
    _run(module, _listed(params), topology)


def _parsed(text: str | None, sections: dict[str, t.Any]) -> dict[str, list[dict[str, t.Any]]]:
    """Sections that are told as one text, checked as AnsibleModule checks its own. Raises ValueError."""
    found = json.loads(text or "{}")
    if not isinstance(found, dict):
        raise ValueError("it is no dictionary of sections")
    validated = ArgumentSpecValidator(sections).validate(found)
    if validated.error_messages:
        raise ValueError("; ".join(validated.error_messages))
    return dict(validated.validated_parameters)


def _listed(params: dict[str, t.Any]) -> t.Iterator[Item]:
    """The items of all sections, those that stand for many spelled out."""
    for kind in KINDS:
        for number, compact in enumerate(params[kind.section], 1):
            try:
                items = expand(compact, kind.literal)
            except ValueError as e:
                raise LabError(f"{kind.section} item {number}: {e}") from None
            for item in items:
                yield kind, item


def _module(**spec: t.Any) -> AnsibleModule:
    try:
        return AnsibleModule(**spec, supports_check_mode=True)
    except UnicodeError as e:
        # Half of a surrogate pair, which AnsibleModule meets first when it writes the log.
        _fail(f"{getattr(e, 'object', '')!r} is no text that UTF-8 can hold; leave out what is no character")
    except OverflowError:
        _fail("a number is infinite where a whole number is asked for")


def _fail(msg: str) -> t.NoReturn:
    """What fail_json() does, for want of a module."""
    print(json.dumps({"failed": True, "msg": msg if len(msg) <= 500 else f"{msg[:250]}...{msg[-250:]}"}))
    sys.exit(1)


def _known(kind: type[Kind]) -> Kind:
    return next(known for known in KINDS if isinstance(known, kind))


def _run(module: AnsibleModule, items: t.Iterable[Item], topology: Topology | None) -> None:
    try:
        message_class("ifinfmsg")
    except ImportError:
        module.fail_json(msg=missing_required_lib(_LIBRARY), exception=traceback.format_exc())
    try:
        result = run(items, KINDS, module.check_mode, topology, module.params["allow_disconnect"])
    except LabError as e:
        module.fail_json(msg=str(e), undone=e.undone)
    module.exit_json(changed=result.changed, diff=result.diff, commands=result.commands)
