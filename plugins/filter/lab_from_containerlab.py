# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_from_containerlab
short_description: A lab from a topology file of containerlab
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Reads a topology file of containerlab. Nodes of kind V(linux) become namespaces, those of kind V(bridge) and
    V(ovs-bridge) bridges. Nodes of other kinds become namespaces as well, with a note.
  - Commands of C(exec) that add addresses and routes, set links up or set sysctls become part of the definition where
    they are plain. All others stay commands that are run in the node after the build.
  - What has no meaning here is in RV(_value.notes), and never dropped silently.
  - The playbook C(netns.lab.lab_convert) calls this filter.
positional: _input
options:
  _input:
    description:
      - The file, as text or as what has been read from it.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Write a lab for the role lab
  ansible.builtin.copy:
    content: "{{ (lookup('ansible.builtin.file', 'fabric.clab.yml') | netns.lab.lab_from_containerlab).definition
      | ansible.builtin.to_nice_yaml(sort_keys=false) }}"
    dest: lab.netns.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description:
    - The lab.
  type: dict
  contains:
    definition:
      description:
        - The variables of P(netns.lab.lab#role).
      type: dict
    notes:
      description: What was left out or decided, in sentences.
      type: list
      elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError


def _filter(document: t.Any) -> dict[str, t.Any]:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.plugin_utils._convert.containerlab import import_containerlab
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault

    try:
        return vars(import_containerlab(document))
    except Fault as e:
        raise AnsibleFilterError(str(e)) from None


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"lab_from_containerlab": _filter}
