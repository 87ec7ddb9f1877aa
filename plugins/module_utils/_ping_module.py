# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The module netns_ping around its checks."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._module import new_module, require_pyroute2
from ansible_collections.netns.lab.plugins.module_utils._reachability import OPTIONS, run


def run_checks() -> None:
    """Checks, and fails where things are not as expected."""
    module = new_module(argument_spec=OPTIONS)
    require_pyroute2(module)
    try:
        outcome = run(module.params, module.check_mode)
    except LabError as e:
        module.fail_json(msg=str(e))
    if outcome.skipped:
        module.exit_json(changed=False, skipped=True, msg=outcome.skipped)
    answer = {
        "report": outcome.report,
        "summary": outcome.summary,
        "pairs": len(outcome.pairs),
        "differences": outcome.differences,
        "results": outcome.results,
    }
    if outcome.differences:
        module.fail_json(msg=outcome.message, **answer)
    module.exit_json(changed=False, **answer)
