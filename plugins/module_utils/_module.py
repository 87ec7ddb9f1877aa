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

from ansible_collections.netns.lab.plugins.module_utils import _zipimport  # noqa: F401  # pylint: disable=unused-import
from ansible_collections.netns.lab.plugins.module_utils._engine import Item, Topology, run
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._garbage import no_garbage_collection
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS

_LIBRARY = "pyroute2 (python3-pyroute2 on Debian, Ubuntu, Fedora and EPEL) >= 0.7.2"

COMMON: dict[str, t.Any] = {"allow_disconnect": {"type": "bool", "default": False}}


def run_item(kind: type[Kind]) -> None:
    """A module for one item of one kind."""
    module = new_module(
        argument_spec={**kind.options, **COMMON},
        required_if=kind.required_if,
        mutually_exclusive=kind.mutually_exclusive,
    )
    finish(module, [(_known(kind), module.params)])


def new_module(**spec: t.Any) -> AnsibleModule:
    """The module itself, with its arguments checked."""
    try:
        return AnsibleModule(**spec, supports_check_mode=True)
    except UnicodeError as e:
        # Half of a surrogate pair, which AnsibleModule meets first when it writes the log.
        _fail(f"{getattr(e, 'object', '')!r} is no text that UTF-8 can hold; leave out what is no character")
    except OverflowError:
        _fail("a number is infinite where a whole number is asked for")


def _fail(msg: str) -> t.NoReturn:
    """What fail_json() does, for want of a module."""
    # pylint: disable=ansible-bad-function
    print(json.dumps({"failed": True, "msg": msg if len(msg) <= 500 else f"{msg[:250]}...{msg[-250:]}"}))
    sys.exit(1)


def _known(kind: type[Kind]) -> Kind:
    return next(known for known in KINDS if isinstance(known, kind))


def finish(
    module: AnsibleModule, items: t.Iterable[Item], topology: t.Callable[[], Topology | None] = lambda: None
) -> None:
    """Has the engine do it, and ends the process with its answer."""
    require_pyroute2(module)
    try:
        with no_garbage_collection():
            result = run(items, KINDS, module.check_mode, topology(), module.params["allow_disconnect"])
    except LabError as e:
        module.fail_json(msg=str(e), undone=e.undone)
    module.exit_json(changed=result.changed, diff=result.diff, commands=result.commands)


def require_pyroute2(module: AnsibleModule) -> None:
    """Fails where it is missing."""
    try:
        message_class("ifinfmsg")
    except ImportError:
        module.fail_json(msg=missing_required_lib(_LIBRARY), exception=traceback.format_exc())
