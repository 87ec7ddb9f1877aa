#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: macvlan
short_description: Create, change and delete macvlan interfaces
version_added: 1.0.0
description:
  - Looks after an interface with a MAC address of its own on top of another one, as
    C(ip link add link ... type macvlan) does. A namespace gets to the wire of an interface that way, without a bridge.
  - The host and what is on top of its interface do not reach each other over it, as the kernel puts on the wire what
    either of them sends.
  - The kernel deletes it together with the interface below.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
  - netns.lab._common.namespace
  - netns.lab._link.upper
  - netns.lab._link
options:
  mode:
    description:
      - How interfaces on top of the same O(link) reach each other.
      - If left out, left alone. The kernel's default is V(vepa).
      - A change from or to V(passthru) makes the interface anew.
    type: str
    choices:
      private: Not at all.
      vepa: By way of a switch outside that sends frames back where they came from.
      bridge: Directly.
      passthru: There is only one, which has the MAC address of O(link).
      source: Each takes frames only from the senders on its list, which C(ip link set ... type macvlan macaddr) fills.
seealso:
  - module: netns.lab.veth
  - module: netns.lab.vlan
  - module: netns.lab.netns_address
  - module: netns.lab.topology
  - name: ip-link(8)
    description: The manual page of C(ip link).
    link: https://man7.org/linux/man-pages/man8/ip-link.8.html
"""

EXAMPLES = r"""
- name: Put a namespace on the wire of the host's eth1
  netns.lab.macvlan:
    name: eth0
    namespace: a1
    link: eth1
    parent_namespace: ""
    mode: bridge

- name: Make a second interface inside a namespace
  netns.lab.macvlan:
    name: mv0
    namespace: a1
    link: eth0
    mac: "02:00:00:00:00:0a"

- name: Delete it
  netns.lab.macvlan:
    name: mv0
    namespace: a1
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - A new interface is missing in RV(diff.before), a deleted one in RV(diff.after).
  returned: success
  type: dict
  contains:
    before:
      description: As it was.
      returned: success
      type: dict
      sample: {}
    after:
      description: As it is.
      returned: success
      type: dict
      sample:
        macvlan:
          a1:eth0:
            up: true
            parent_namespace: ""
            link: eth1
            mode: bridge
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip link add link eth1 name eth0 netns a1 up type macvlan mode bridge
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.macvlan import Macvlan


def main() -> None:
    run_item(Macvlan)


if __name__ == "__main__":
    main()
