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
  - Host and macvlan interfaces on top of the same interface do not see each other, as that interface only sends.
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
      - Name of the macvlan interface, at most 15 bytes. It is an error if a link of another kind has it.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the macvlan interface is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the macvlan interface exists.
      - With V(absent), it does not.
    type: str
    choices:
      - present
      - absent
    default: present
  up:
    description:
      - Whether the macvlan interface is up.
    type: bool
    default: true
  mac:
    description:
      - MAC address, C(address) in iproute2, as six bytes in hexadecimal. It must be a unicast address.
      - If left out, left alone. The kernel gives a new one a random address.
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
  mode:
    description:
      - How interfaces on top of the same O(link) reach each other. With V(bridge), directly; with V(private), not at
        all; with V(vepa), by way of a switch outside that sends frames back; with V(passthru), there is only one; with
        V(source), each takes frames from senders on its list.
      - If left out, left alone. The kernel's default is V(vepa).
      - A change from or to V(passthru) makes the link anew.
    type: str
    choices:
      - private
      - vepa
      - bridge
      - passthru
      - source
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
