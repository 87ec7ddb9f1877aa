# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

from __future__ import annotations


class ModuleDocFragment:
    # What the words mean
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without touching anything.
  diff_mode:
    description: Returns what has changed, or in check mode would change, as it was before and as it is after.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
      - This assumes that nothing else has changed the host in between.
  platform:
    description: Operating systems that the managed node can have.
"""

    # Of every module that changes the host; together with the standard fragment
    RESOURCE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - A check run returns the same changes as the run that follows it.
      - A namespace or interface that is missing is an error in a real run. In check mode the change is reported
        instead, because an earlier task of the play may be what makes it.
  diff_mode:
    support: full
  idempotent:
    support: full
  platform:
    support: full
    platforms: linux
"""

    # Of every module that only looks; together with the standard fragment
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - It changes nothing, so a check run is the same.
  diff_mode:
    support: N/A
    details:
      - It changes nothing.
  idempotent:
    support: full
    details:
      - It changes nothing.
  platform:
    support: full
    platforms: linux
"""

    ACTIONGROUP_LAB = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/netns.lab.lab) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - netns.lab.lab
"""
