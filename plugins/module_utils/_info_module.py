# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The module netns_info around what it tells."""

from __future__ import annotations

import json
import sys

from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._info.gather import MUTUALLY_EXCLUSIVE, OPTIONS, answer
from ansible_collections.netns.lab.plugins.module_utils._module import new_module, require_pyroute2
from ansible_collections.netns.lab.plugins.module_utils._resources import KINDS


def run_info() -> None:
    """Looks, and ends the process with the answer."""
    module = new_module(argument_spec=OPTIONS, mutually_exclusive=MUTUALLY_EXCLUSIVE)
    require_pyroute2(module)
    try:
        found = answer(module.params, KINDS)
    except LabError as e:
        module.fail_json(msg=str(e))
    result = {"changed": False, **found}
    if module.no_log_values or get_warning_messages() or get_deprecation_messages():
        module.exit_json(**result)
    # exit_json() searches all of it for secrets, of which there are none: half of the time for a thousand namespaces.
    print(json.dumps({**result, "invocation": {"module_args": module.params}}))
    sys.exit(0)
