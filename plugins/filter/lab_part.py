# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_part
short_description: What one host has of a lab
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Turns the definition of a lab, a graph of nodes and links, into what one host builds of it.
  - The result is a pure function of what goes in. Addresses, MAC addresses, names and routes that the definition does
    not name are the same on every run and on every controller.
  - The role P(netns.lab.lab#role) consists of this filter and M(netns.lab.topology).
positional: _input
extends_documentation_fragment:
  - netns.lab._hosts
options:
  _input:
    description:
      - The definition, as a dictionary of the variables of P(netns.lab.lab#role) that say what the lab is,
        O(netns.lab.lab#role:main:lab_nodes), O(netns.lab.lab#role:main:lab_links) and so on.
    type: dict
    required: true
  host:
    description:
      - The inventory host whose part is wanted.
    type: str
    required: true
  hosts:
    description:
      - The inventory hosts that have a copy of the lab, or among which its nodes are shared out.
    type: list
    elements: str
    required: true
  underlay_mtu:
    description:
      - MTU of the network between the hosts.
    type: int
    default: 1500
  vxlan_port:
    description:
      - UDP port of the VXLANs between the hosts.
    type: int
    default: 4789
  processes:
    description:
      - What is done about processes that still run in a namespace when it is removed,
        see O(netns.lab.netns#module:processes).
    type: str
    choices: [fail, keep, kill]
    default: fail
"""

EXAMPLES = r"""
- name: The sections for two namespaces and a link between them
  ansible.builtin.debug:
    msg: "{{ part.sections | ansible.builtin.from_json }}"
  vars:
    part: "{{ definition | netns.lab.lab_part(host=inventory_hostname, hosts=[inventory_hostname]) }}"
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
    - The part of the host.
  type: dict
  contains:
    sections:
      description: The text that O(netns.lab.topology#module:sections) takes.
      type: str
    checks:
      description:
        - What the nodes of this host are expected to reach, as items of
          O(netns.lab.verify#role:main:verify_expect).
      type: list
      elements: dict
    commands:
      description: What the C(exec) lists of the nodes say, by C(node), C(namespace) and C(command).
      type: list
      elements: dict
    notes:
      description: What was decided that the definition does not say, in sentences.
      type: list
      elements: str
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.plugins.filter.core import to_json


def _filter(
    definition: t.Any,
    host: str,
    hosts: t.Sequence[str],
    known: t.Sequence[str] = (),
    hostvars: t.Mapping[str, t.Any] | None = None,
    underlay_mtu: int = 1500,
    vxlan_port: int = 4789,
    processes: str = "fail",
    limited: bool = False,
) -> dict[str, t.Any]:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.module_utils._garbage import no_garbage_collection
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.compiler import Underlay, compile_host
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.hosts import placed_lab

    try:
        with no_garbage_collection():
            placed = placed_lab(definition, hosts, known, hostvars, limited)
            # A number from the command line (-e) is a string.
            underlay = Underlay(placed.addresses, int(underlay_mtu), int(vxlan_port))
            part = compile_host(placed.lab, placed.placement, host, underlay, processes)
            # Ansible wraps and walks whatever has items in it, once for each filter that it goes through.
            return {**vars(part), "sections": to_json(part.sections)}
    except Fault as e:
        raise AnsibleFilterError(str(e)) from None


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"lab_part": _filter}
