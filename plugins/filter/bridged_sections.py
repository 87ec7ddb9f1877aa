# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bridged_sections
short_description: Sections of netns.lab.topology for a bridged lab
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Turns a bridge and its members into the sections of M(netns.lab.topology) that build them.
  - The role P(netns.lab.bridged#role) consists of this filter and that module.
positional: _input
options:
  _input:
    description:
      - The members, as O(netns.lab.bridged#role:main:bridged_members) has them.
    type: list
    elements: dict
    required: true
  bridge:
    description:
      - The bridge, as O(netns.lab.bridged#role:main:bridged_bridge) has it.
    type: dict
    required: true
  addresses:
    description:
      - Addresses of the bridge itself, with their prefix length.
    type: list
    elements: str
    default: []
  member_count:
    description:
      - If it is more than 0, there are this many members that differ only by their number, instead of O(_input).
    type: int
    default: 0
  subnet:
    description:
      - The subnet in which these members get the first free addresses, or a list of several,
        in each of which every member gets one.
    type: list
    elements: str
    default: []
  prefix:
    description:
      - What the names of their namespaces begin with; their number follows.
    type: str
    default: a
  processes:
    description:
      - What is done about processes that still run in a namespace when it is removed,
        see O(netns.lab.netns#module:processes).
    type: str
    choices: [fail, keep, kill]
    default: fail
"""

EXAMPLES = r"""
- name: The sections for a hundred namespaces on a bridge
  ansible.builtin.debug:
    msg: "{{ [] | netns.lab.bridged_sections(bridge={'name': 'floor'}, member_count=100, subnet='10.0.0.0/24') }}"
"""

RETURN = r"""
_value:
  description:
    - The sections C(netns), C(bridge), C(veth), C(bridge_port) and C(netns_address).
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError


def _filter(
    members: t.Any,
    bridge: t.Any,
    addresses: t.Any = (),
    member_count: int = 0,
    subnet: t.Any = (),
    prefix: str = "a",
    processes: str = "fail",
) -> dict[str, t.Any]:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.plugin_utils._sections import bridged_sections, counted_members

    try:
        # A number from the command line (-e) is a string.
        if int(member_count):
            members = counted_members(int(member_count), subnet, prefix, bridge, addresses)
        return bridged_sections(members, bridge, addresses, processes)
    except ValueError as e:
        raise AnsibleFilterError(str(e)) from None


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"bridged_sections": _filter}
