# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What every module does around the engine: its argument spec, its result, its one place for errors."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages

from ansible_collections.netns.lab.plugins.module_utils._engine import Item, Topology, run
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.module_utils._resources import KINDS

_LIBRARY = "pyroute2 (python3-pyroute2 on Debian, Ubuntu, Fedora and EPEL) >= 0.7.2"

Answering = t.Callable[[dict[str, t.Any], t.Sequence[Kind]], dict[str, t.Any]]
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
            **_COMMON,
            **sections,
        },
    )
    params = module.params
    topology = Topology(params["name"], params["state"] == "present", params["prune"], params["lock_timeout"])
    _run(module, _listed(params), topology)


def run_info(
    options: dict[str, t.Any],
    answering: Answering,
    mutually_exclusive: t.Sequence[t.Any] = (),
    needs_library: bool = True,
) -> None:
    """A module that only looks: ``answering`` makes its answer of the options given."""
    module = _module(argument_spec=options, mutually_exclusive=mutually_exclusive)
    if needs_library:
        _require_library(module)
    try:
        found = answering(module.params, KINDS)
    except LabError as e:
        module.fail_json(msg=str(e))
    answer = {"changed": False, **found}
    if module.no_log_values or get_warning_messages() or get_deprecation_messages():
        module.exit_json(**answer)
    # exit_json() searches all of it for secrets, of which there are none: half of the time for a thousand namespaces.
    print(json.dumps({**answer, "invocation": {"module_args": module.params}}))
    sys.exit(0)


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


def _require_library(module: AnsibleModule) -> None:
    try:
        message_class("ifinfmsg")
    except ImportError:
        module.fail_json(msg=missing_required_lib(_LIBRARY), exception=traceback.format_exc())


def _run(module: AnsibleModule, items: t.Iterable[Item], topology: Topology | None) -> None:
    _require_library(module)
    try:
        with _no_garbage_collection():
            result = run(items, KINDS, module.check_mode, topology, module.params["allow_disconnect"])
    except LabError as e:
        module.fail_json(msg=str(e), undone=e.undone)
    module.exit_json(changed=result.changed, diff=result.diff, commands=result.commands)


@contextlib.contextmanager
def _no_garbage_collection() -> t.Iterator[None]:
    """A run makes many small objects that all live to its end, and hardly a cycle: looking for cycles again and again
    takes a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
