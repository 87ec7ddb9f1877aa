# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_to_containerlab
short_description: A topology file of containerlab from a lab
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Writes a lab as containerlab has it. Interfaces, MAC addresses, addresses and routes are those that the role would
    give, the last two as commands of C(exec).
  - Containers have no network but the links of the lab.
  - What has no meaning there is in RV(_value.notes), and never dropped silently.
  - The playbook C(netns.lab.lab_convert) calls this filter.
positional: _input
options:
  _input:
    description:
      - The definition, as P(netns.lab.lab_part#filter) takes it.
    type: dict
    required: true
  image:
    description:
      - The image of all containers. It needs the program C(ip).
    type: str
    default: alpine:latest
"""

EXAMPLES = r"""
- name: Write a lab for containerlab
  ansible.builtin.copy:
    content: "{{ (definition | netns.lab.lab_to_containerlab).document
      | ansible.builtin.to_nice_yaml(sort_keys=false) }}"
    dest: lab.clab.yml
    mode: "0644"
  vars:
    definition:
      lab_nodes:
        h[1:2]: {}
      lab_links:
        - [h1, h2]
      lab_pools:
        p2p: 10.1.0.0/16
"""

RETURN = r"""
_value:
  description:
    - The lab in the words of containerlab.
  type: dict
  contains:
    document:
      description: The content of the topology file.
      type: dict
    notes:
      description: What was left out, and what has to be there first, in sentences.
      type: list
      elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError


def _filter(definition: t.Any, image: str = "alpine:latest") -> dict[str, t.Any]:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.plugin_utils._convert.containerlab import export_containerlab
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab

    try:
        document, notes = export_containerlab(read_lab(definition), image)
    except Fault as e:
        raise AnsibleFilterError(str(e)) from None
    return {"document": document, "notes": notes}


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"lab_to_containerlab": _filter}
