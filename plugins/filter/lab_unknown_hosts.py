# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_unknown_hosts
short_description: Hosts of a lab that others could not reach
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Lists the hosts that have links to other hosts, and whose address is not known from their variables or facts.
  - The role P(netns.lab.lab#role) gathers the facts of these, so that P(netns.lab.lab_part#filter) knows them all.
positional: _input
extends_documentation_fragment:
  - netns.lab._hosts
options:
  _input:
    description:
      - The definition, as P(netns.lab.lab_part#filter) takes it.
    type: dict
    required: true
  hosts:
    description:
      - The inventory hosts that have a copy of the lab, or among which its nodes are shared out.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: The hosts whose facts are needed
  ansible.builtin.debug:
    msg: "{{ definition | netns.lab.lab_unknown_hosts(hosts=ansible_play_hosts_all, hostvars=hostvars) }}"
  vars:
    definition:
      lab_nodes:
        h[1:2]: {}
      lab_links:
        - [h1, h2]
"""

RETURN = r"""
_value:
  description:
    - Names of hosts of the inventory.
  type: list
  elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError


def _filter(
    definition: t.Any,
    hosts: t.Sequence[str],
    known: t.Sequence[str] = (),
    hostvars: t.Mapping[str, t.Any] | None = None,
    limited: bool = False,
) -> list[str]:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.hosts import placed_lab

    try:
        return placed_lab(definition, hosts, known, hostvars, limited).unknown
    except Fault as e:
        raise AnsibleFilterError(str(e)) from None


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"lab_unknown_hosts": _filter}
