#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_fdb
short_description: Add, change and delete forwarding entries of bridges and VXLAN interfaces
version_added: 1.0.0
description:
  - Looks after one entry of a forwarding database, in the namespace the module itself runs in or in a named one, as
    C(bridge fdb) does.
  - A bridge knows a MAC once in each VLAN. An entry that is found on another of its ports, learned or set, is moved to
    O(interface).
  - A VXLAN interface knows a MAC once, or, if it stands for several hosts (V(00:00:00:00:00:00) for whatever is not
    known, and groups), once for each O(dst). So what is flooded goes to all of a list of items.
  - What a bridge has learned is left alone, unless an item is about its MAC; it is then changed to what the item says.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  mac:
    description:
      - The MAC that frames are sent to, such as V(02:00:00:00:00:01).
      - V(00:00:00:00:00:00) on a VXLAN interface is everything that it has no other entry for, broadcasts included.
    type: str
    required: true
  interface:
    description:
      - Name of the port of a bridge behind which the MAC is, or of a VXLAN interface. It must exist.
      - With the name of a bridge itself, frames to the MAC are for the host.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the interface is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the entry exists.
      - With V(absent), it does not. If O(type), O(sticky), O(dst), O(vni), O(port) or O(via) are given, only an entry
        that has them is deleted.
    type: str
    choices:
      - present
      - absent
    default: present
  master:
    description:
      - Whether the entry is in the database of the bridge that O(interface) is a port of, or is (C(master) in
        iproute2), or in that of the interface itself (C(self)).
      - If left out, V(false) if O(dst) is given, and V(true) if not.
    type: bool
  type:
    description:
      - How long it lasts and what it does.
      - If left out, left alone; a new entry is V(static) on the port of a bridge and V(local) elsewhere. A further
        O(dst) of a MAC has the type of the others, as the kernel has one for all.
    type: str
    choices:
      static: The entry stays, and frames to the MAC are sent there.
      local: The entry stays. On a bridge, frames to the MAC are for the host itself and sent nowhere. To a VXLAN
        interface it is the same as V(static). C(bridge fdb) tells it as C(permanent).
      dynamic: The entry ages as if it had been learned.
  sticky:
    description:
      - Whether the bridge keeps a static entry where it is when the MAC shows up on another port.
      - If left out, left alone. A new entry is not sticky.
    type: bool
  vlan:
    description:
      - The VLAN that the entry is for, from 1 to 4094, on a bridge that filters VLANs.
    type: int
  dst:
    description:
      - Address of the host that a VXLAN interface sends the frames to, IPv4 or IPv6 as its own.
      - Where a MAC has one destination only, another one is changed to this.
    type: str
  vni:
    description:
      - The VXLAN network to send the frames in.
      - If left out, left alone. A new entry has that of the interface.
    type: int
  port:
    description:
      - UDP port of O(dst).
      - If left out, left alone. A new entry has that of the interface.
    type: int
  via:
    description:
      - Name of the interface to send the frames by.
      - If left out, left alone. A new entry leaves it to the routes.
    type: str
  src_vni:
    description:
      - The VXLAN network that the frames come from, for a VXLAN interface that serves several (C(external)).
    type: int
seealso:
  - module: netns.lab.bridge_port
  - module: netns.lab.topology
  - name: bridge(8)
    description: The manual page of C(bridge).
    link: https://man7.org/linux/man-pages/man8/bridge.8.html
"""

EXAMPLES = r"""
- name: Flood to two other hosts of a VXLAN
  netns.lab.netns_fdb:
    interface: vxlan10
    mac: "00:00:00:00:00:00"
    dst: "{{ item }}"
  loop:
    - 192.0.2.2
    - 192.0.2.3

- name: Send frames for one MAC to one of them
  netns.lab.netns_fdb:
    interface: vxlan10
    mac: "02:00:00:00:00:01"
    dst: 192.0.2.2

- name: Tie a MAC to a port of a bridge
  netns.lab.netns_fdb:
    namespace: sw1
    interface: port1
    mac: "02:00:00:00:00:01"
    sticky: true

- name: Flood to the second host no more
  netns.lab.netns_fdb:
    interface: vxlan10
    mac: "00:00:00:00:00:00"
    dst: 192.0.2.3
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned. A new entry
      is missing in RV(diff.before), a deleted one in RV(diff.after).
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
        netns_fdb:
          vxlan10 00:00:00:00:00:00 dst 192.0.2.2:
            type: local
            dst: 192.0.2.2
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - bridge fdb append 00:00:00:00:00:00 dev vxlan10 dst 192.0.2.2 self local
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_fdb import NetnsFdb


def main() -> None:
    run_item(NetnsFdb)


if __name__ == "__main__":
    main()
