#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: veth
short_description: Create, change, move and delete veth pairs
version_added: 1.0.0
description:
  - Looks after a veth pair, the virtual cable between two network namespaces, with each end in the namespace where it
    belongs. What goes in at one end comes out at the other.
  - Both ends are described in one task. A pair that does not exist is created with each end where it is to be, as
    C(ip link add ... type veth peer ...) does.
  - A pair is known by the names of its ends. An end that is found in another namespace is moved, also if the pair was
    created in one namespace and is still there. The kernel takes a link down and removes its addresses, routes and
    master when it is moved.
  - Ends are never exchanged silently. It is an error if a name is taken by an interface that is not a veth, or if one
    of the ends is connected to something other than the other end.
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
      - Name of the first end, at most 15 bytes.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace where the first end belongs. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the pair exists and is as described.
      - With V(absent), it does not. Both ends go together.
    type: str
    choices:
      - present
      - absent
    default: present
  peer:
    description:
      - The second end.
      - Required if O(state=present).
      - With O(state=absent) it helps to find the pair when the first end is in the wrong namespace. If the first end is
        connected to something else, the task fails.
    type: dict
    suboptions:
      name:
        description:
          - Name of the second end, at most 15 bytes. It can equal O(name) if the namespaces differ.
        type: str
        required: true
      namespace:
        description:
          - Name of the namespace where the second end belongs. It must exist.
          - If left out, the namespace the module itself runs in, whatever O(namespace) is.
        type: str
      mac:
        description:
          - MAC address of the second end, C(address) in iproute2.
          - If left out, left alone. The kernel gives a new pair random ones.
        type: str
      mtu:
        description:
          - MTU of the second end in bytes, from 68 to 65535.
          - Independent of O(mtu). The kernel drops packets that are too large for the end that receives them, so give
            both ends the same.
          - If left out, left alone. The kernel's default is 1500.
        type: int
      up:
        description:
          - Whether the second end is up.
        type: bool
        default: true
  mac:
    description:
      - MAC address of the first end, C(address) in iproute2, as six bytes in hexadecimal. It must be a unicast address.
      - If left out, left alone. The kernel gives a new pair random ones.
    type: str
  mtu:
    description:
      - MTU of the first end in bytes, from 68 to 65535. It says nothing about the second end; see O(peer.mtu).
      - If left out, left alone. The kernel's default is 1500.
    type: int
  up:
    description:
      - Whether the first end is up. The pair has carrier only while both ends are.
    type: bool
    default: true
seealso:
  - module: netns.lab.netns
  - module: netns.lab.netns_address
  - module: netns.lab.netns_link
  - module: netns.lab.bridge_port
  - module: netns.lab.topology
  - name: veth(4)
    description: The manual page of veth pairs.
    link: https://man7.org/linux/man-pages/man4/veth.4.html
"""

EXAMPLES = r"""
- name: Connect two namespaces, both ends named after theirs
  netns.lab.veth:
    name: a1
    namespace: a1
    peer:
      name: a2
      namespace: a2

- name: Connect a namespace with the host's
  netns.lab.veth:
    name: wq2a1
    peer:
      name: a12wq
      namespace: a1

- name: Choose the MAC addresses, and a lower MTU for both ends
  netns.lab.veth:
    name: eth0
    namespace: r1
    mac: "02:00:00:00:00:01"
    mtu: 1400
    peer:
      name: eth0
      namespace: r2
      mac: "02:00:00:00:00:02"
      mtu: 1400

- name: Pull the plug at one end
  netns.lab.veth:
    name: a1
    namespace: a1
    up: false
    peer:
      name: a2
      namespace: a2

- name: Delete the pair, both ends of it
  netns.lab.veth:
    name: a1
    namespace: a1
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - An item is called after its first end and the namespace of it. A new pair is missing in RV(diff.before), a
      deleted one in RV(diff.after).
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
        veth:
          a1:a1:
            up: true
            peer:
              name: a2
              namespace: a2
              up: true
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
    - C($$) is the shell that runs them, and with C(netns) the namespace which that shell is in.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n a1 link add name a1 type veth peer name a2 netns a2
    - ip -n a1 link set dev a1 up
    - ip -n a2 link set dev a2 up
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.veth import Veth


def main() -> None:
    run_item(Veth)


if __name__ == "__main__":
    main()
