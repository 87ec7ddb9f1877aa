# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What modules do around their answer that only look."""

from __future__ import annotations

import json
import sys
import typing as t

from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._module import new_module, require_pyroute2
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS

Answering = t.Callable[[dict[str, t.Any], t.Sequence[Kind]], dict[str, t.Any]]


def run_info(
    options: dict[str, t.Any],
    answering: Answering,
    mutually_exclusive: t.Sequence[t.Any] = (),
    needs_library: bool = True,
) -> None:
    """Looks, and ends the process with what ``answering`` makes of the options given."""
    module = new_module(argument_spec=options, mutually_exclusive=mutually_exclusive)
    if needs_library:
        require_pyroute2(module)
    try:
        found = answering(module.params, KINDS)
    except LabError as e:
        module.fail_json(msg=str(e))
    result = {"changed": False, **found}
    if module.no_log_values or get_warning_messages() or get_deprecation_messages():
        module.exit_json(**result)
    # exit_json() searches all of it for secrets, of which there are none: half of the time for a thousand namespaces.
    # pylint: disable=ansible-bad-function
    print(json.dumps({**result, "invocation": {"module_args": module.params}}))
    sys.exit(0)
