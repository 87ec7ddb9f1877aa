# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""The module that waits."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._conditions import EXCLUSIVE, OPTIONS, Condition, condition_of
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._module import new_module, require_pyroute2
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._wait import Outcome, wait

_SHOWN = 3


def run_wait() -> None:
    """One condition, or a list of them."""
    module = new_module(
        argument_spec={
            **OPTIONS,
            "conditions": {"type": "list", "elements": "dict", "options": OPTIONS, "mutually_exclusive": EXCLUSIVE},
            "timeout": {"type": "float", "default": 60.0},
        },
        mutually_exclusive=[*EXCLUSIVE, *(["conditions", name] for name in OPTIONS if name != "state")],
    )
    require_pyroute2(module)
    try:
        conditions = conditions_of(module.params)
        outcome = wait(conditions, module.params["timeout"], module.check_mode)
    except LabError as e:
        module.fail_json(msg=str(e))
    result = {
        "elapsed": round(outcome.elapsed, 3),
        "met": outcome.met,
        "conditions": [
            {"condition": str(condition), "met": sight.met, "found": sight.found}
            for condition, sight in zip(conditions, outcome.sights)
        ],
    }
    if not outcome.met and not module.check_mode:
        module.fail_json(msg=_told(conditions, outcome), **result)
    module.exit_json(changed=False, **result)


def conditions_of(params: dict[str, t.Any]) -> list[Condition]:
    """The conditions of a task, those that stand for many spelled out."""
    listed = params["conditions"]
    if listed is None:
        listed = [{name: params[name] for name in OPTIONS}]
    found: list[Condition] = []
    for number, compact in enumerate(listed, 1):
        try:
            found += [condition_of(item) for item in expand(compact, ("process",))]
        except ValueError as e:
            raise LabError(f"condition {number}: {e}") from None
    return found


def _told(conditions: list[Condition], outcome: Outcome) -> str:
    unmet = [(condition, sight) for condition, sight in zip(conditions, outcome.sights) if not sight.met]
    shown = "; ".join(
        f"{condition} is not {'as asked' if condition.present else 'gone'}: {sight.why}"
        for condition, sight in unmet[:_SHOWN]
    )
    more = f"; and {len(unmet) - _SHOWN} more" if len(unmet) > _SHOWN else ""
    return f"after {outcome.elapsed:.1f} s, {shown}{more}"
