#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dummy
short_description: Create, change and delete dummy interfaces
version_added: 1.0.0
description:
  - Looks after an interface that leads nowhere and swallows what is sent through it, as C(ip link add ... type dummy)
    does. It is of use as a place for addresses that belong to no wire.
  - The kernel needs C(CONFIG_DUMMY) (module C(dummy)). Where it lacks that, the task fails and says so.
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
      - Name of the dummy interface, at most 15 bytes. It is an error if a link of another kind has it.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the dummy interface is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the dummy interface exists.
      - With V(absent), it does not.
    type: str
    choices:
      - present
      - absent
    default: present
  up:
    description:
      - Whether the dummy interface is up.
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
      - If left out, left alone. The kernel's default is V(1500).
    type: int
seealso:
  - module: netns.lab.netns_address
  - module: netns.lab.netns_link
  - module: netns.lab.topology
  - name: ip-link(8)
    description: The manual page of C(ip link).
    link: https://man7.org/linux/man-pages/man8/ip-link.8.html
"""

EXAMPLES = r"""
- name: Give a router an interface that is always there
  netns.lab.dummy:
    name: loop0
    namespace: r1

- name: Delete it
  netns.lab.dummy:
    name: loop0
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
        dummy:
          r1:loop0:
            up: true
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n r1 link add name loop0 up type dummy
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.dummy import Dummy


def main() -> None:
    run_item(Dummy)


if __name__ == "__main__":
    main()
