#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vlan
short_description: Create, change and delete VLAN interfaces
version_added: 1.0.0
description:
  - Looks after an interface for one VLAN of another one, as C(ip link add link ... type vlan) does. What goes out
    through it is tagged, and what comes in with its tag arrives at it.
  - The kernel needs C(CONFIG_VLAN_8021Q) (module C(8021q)). Where it lacks that, the task fails and says so.
  - It goes with the interface below it.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  name:
    description:
      - Name of the VLAN interface, at most 15 bytes. It is an error if a link of another kind has it.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the VLAN interface is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the VLAN interface exists.
      - With V(absent), it does not.
    type: str
    choices:
      - present
      - absent
    default: present
  up:
    description:
      - Whether the VLAN interface is up.
    type: bool
    default: true
  mac:
    description:
      - MAC address, C(address) in iproute2, as six bytes in hexadecimal. It must be a unicast address.
      - If left out, left alone. A new one has that of O(link).
    type: str
  mtu:
    description:
      - MTU in bytes.
      - If left out, left alone. The kernel's default is that of O(link).
    type: int
  link:
    description:
      - The interface below. It must exist.
      - Required with O(state=present). Another one makes the link anew, with all that it had and hung on it.
    type: str
  parent_namespace:
    description:
      - Name of the namespace that O(link) is in, if it is not O(namespace). An empty string is the namespace the module
        itself runs in.
      - A link stays tied to the one below it wherever it is, which so can stay on the host.
    type: str
  id:
    description:
      - Number of the VLAN, from 0 to 4094. Required with O(state=present).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: int
  protocol:
    description:
      - Which tags. V(802.1ad) is the outer one of two.
      - If left out, left alone. The kernel's default is V(802.1Q).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: str
    choices:
      - 802.1Q
      - 802.1ad
  reorder_hdr:
    description:
      - Whether packets seen on the interface are without the tag.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  gvrp:
    description:
      - Whether the VLAN is announced with GVRP.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  mvrp:
    description:
      - Whether the VLAN is announced with MVRP.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  loose_binding:
    description:
      - Whether the interface is up or down whatever O(link) is.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
seealso:
  - module: netns.lab.bridge_port
  - module: netns.lab.macvlan
  - module: netns.lab.netns_address
  - module: netns.lab.topology
  - name: ip-link(8)
    description: The manual page of C(ip link).
    link: https://man7.org/linux/man-pages/man8/ip-link.8.html
"""

EXAMPLES = r"""
- name: Split a trunk in a router
  netns.lab.vlan:
    name: eth0.10
    namespace: r1
    link: eth0
    id: 10

- name: Delete it
  netns.lab.vlan:
    name: eth0.10
    namespace: r1
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - A new link is missing in RV(diff.before), a deleted one in RV(diff.after).
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
        vlan:
          r1:eth0.10:
            up: true
            link: eth0
            id: 10
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n r1 link add link eth0 name eth0.10 up type vlan id 10
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.vlan import Vlan


def main() -> None:
    run_item(Vlan)


if __name__ == "__main__":
    main()
