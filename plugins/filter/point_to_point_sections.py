# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: point_to_point_sections
short_description: Sections of netns.lab.topology for a point-to-point lab
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Turns the two ends of a veth pair into the sections of M(netns.lab.topology) that build them.
  - The role P(netns.lab.point_to_point#role) consists of this filter and that module.
positional: _input
options:
  _input:
    description:
      - The two ends, as O(netns.lab.point_to_point#role:main:point_to_point_ends) has them.
    type: list
    elements: dict
    required: true
  mtu:
    description:
      - MTU of both ends. Without it, the MTU is left alone.
    type: int
  processes:
    description:
      - What is done about processes that still run in a namespace when it is removed,
        see O(netns.lab.netns#module:processes).
    type: str
    choices: [fail, keep, kill]
    default: fail
"""

EXAMPLES = r"""
- name: Two labs in one transaction
  netns.lab.topology:
    name: chain
    netns: "{{ (left.netns + right.netns) | unique }}"
    veth: "{{ left.veth + right.veth }}"
    netns_address: "{{ left.netns_address + right.netns_address }}"
  vars:
    left: "{{ [{'namespace': 'h1', 'interface': 'eth0'}, {'namespace': 'r1', 'interface': 'eth0'}]
      | netns.lab.point_to_point_sections }}"
    right: "{{ [{'namespace': 'r1', 'interface': 'eth1'}, {'namespace': 'h2', 'interface': 'eth0'}]
      | netns.lab.point_to_point_sections }}"
"""

RETURN = r"""
_value:
  description:
    - The sections C(netns), C(veth) and C(netns_address).
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def _filter(ends: t.Any, mtu: int | None = None, processes: str = "fail") -> dict[str, t.Any]:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.plugin_utils._sections import point_to_point_sections

    try:
        return point_to_point_sections(ends, mtu, processes)
    except ValueError as e:
        raise AnsibleFilterError(str(e)) from None


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"point_to_point_sections": _filter}
