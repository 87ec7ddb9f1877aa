# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

from __future__ import annotations


class ModuleDocFragment:
    # What filters are told of the hosts of a lab beside O(hosts) itself.
    DOCUMENTATION = r"""
options:
  known:
    description:
      - Other hosts that nodes may be put on by name.
    type: list
    elements: str
    default: []
  hostvars:
    description:
      - The variables of all hosts, from which their weights are taken, and the addresses at which they reach each
        other.
    type: dict
    default: {}
  limited:
    description:
      - Whether O(hosts) may lack some that have a part of the lab too. Nodes are then not shared out, because they
        would all come to be on those that are left.
    type: bool
    default: false
"""
