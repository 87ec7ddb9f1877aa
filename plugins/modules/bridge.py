#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bridge
short_description: Create, change and delete bridges
version_added: 1.0.0
description:
  - Looks after a Linux bridge, in the namespace the module itself runs in or in a named one, as
    C(ip link add ... type bridge) and C(ip link set ... type bridge) do.
  - M(netns.lab.bridge_port) puts interfaces into it.
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
      - Name of the bridge, at most 15 bytes. It is an error if something else has it.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the bridge is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the bridge exists.
      - With V(absent), it does not. Its ports are let go and stay where they are.
    type: str
    choices:
      - present
      - absent
    default: present
  up:
    description:
      - Whether the bridge is up. Its ports forward only while it is.
    type: bool
    default: true
  mac:
    description:
      - MAC address of the bridge, C(address) in iproute2, as six bytes in hexadecimal. It must be a unicast address.
      - If left out, left alone. As long as none was ever set, the kernel uses the lowest MAC address of the ports.
    type: str
  mtu:
    description:
      - MTU in bytes, from 68 to 65535.
      - If left out, left alone. As long as none was ever set, the kernel uses the lowest MTU of the ports, and 1500
        without ports.
    type: int
  stp:
    description:
      - Whether the bridge takes part in the spanning tree protocol, C(stp_state) in iproute2.
      - A port that is connected then needs twice O(forward_delay) until it forwards.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  forward_delay:
    description:
      - Seconds that a port spends listening, and again learning, before it forwards. From 0 to 30; from 2 with O(stp).
      - If left out, left alone. The kernel's default is V(15).
    type: float
  hello_time:
    description:
      - Seconds between two hello packets of the root bridge, from 1 to 10.
      - If left out, left alone. The kernel's default is V(2).
    type: float
  max_age:
    description:
      - Seconds until a bridge that no longer hears from the root bridge looks for another, from 6 to 40.
      - If left out, left alone. The kernel's default is V(20).
    type: float
  ageing_time:
    description:
      - Seconds until the bridge forgets a learned MAC address from which nothing was heard.
      - If left out, left alone. The kernel's default is V(300).
    type: float
  priority:
    description:
      - Priority in the election of the root bridge, from 0 to 65535. The lowest wins.
      - If left out, left alone. The kernel's default is V(32768).
    type: int
  vlan_filtering:
    description:
      - Whether the bridge looks at VLAN tags when it forwards. Not every kernel is built with it.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  vlan_default_pvid:
    description:
      - The VLAN that new ports are in untagged, from 1 to 4094. V(0) for none.
      - If left out, left alone. The kernel's default is V(1).
    type: int
  mcast_snooping:
    description:
      - Whether the bridge listens to IGMP and MLD, to forward multicast only to ports that asked for it.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  group_fwd_mask:
    description:
      - Which of the link-local group addresses 01:80:C2:00:00:00 to 01:80:C2:00:00:0F the bridge forwards, as a bit
        mask from 0 to 65535. V(16384), bit 14, forwards LLDP; V(8), bit 3, forwards 802.1X.
      - The kernel refuses bits 0 to 2 (STP, pause frames and LACP).
      - If left out, left alone. The kernel's default is V(0).
    type: int
seealso:
  - module: netns.lab.bridge_port
  - module: netns.lab.veth
  - module: netns.lab.netns_address
  - module: netns.lab.topology
  - name: ip-link(8)
    description: The manual page of C(ip link).
    link: https://man7.org/linux/man-pages/man8/ip-link.8.html
"""

EXAMPLES = r"""
- name: Create a bridge on the host
  netns.lab.bridge:
    name: wq

- name: Create a bridge in a namespace of its own
  netns.lab.bridge:
    name: br0
    namespace: sw1

- name: Take part in the spanning tree as its root, with short delays
  netns.lab.bridge:
    name: br0
    namespace: sw1
    stp: true
    priority: 4096
    forward_delay: 4
    hello_time: 1

- name: Make the bridge as transparent as a cable for LLDP, and let it learn nothing
  netns.lab.bridge:
    name: wire
    ageing_time: 0
    mcast_snooping: false
    group_fwd_mask: 16384

- name: Separate VLANs, with no VLAN for ports that name none
  netns.lab.bridge:
    name: trunk
    vlan_filtering: true
    vlan_default_pvid: 0

- name: Delete a bridge
  netns.lab.bridge:
    name: wq
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - A new bridge is missing in RV(diff.before), a deleted one in RV(diff.after).
  returned: success
  type: dict
  contains:
    before:
      description: As it was.
      returned: success
      type: dict
      sample:
        bridge:
          sw1:br0:
            stp: false
            forward_delay: 15
    after:
      description: As it is.
      returned: success
      type: dict
      sample:
        bridge:
          sw1:br0:
            stp: true
            forward_delay: 4
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
    - iproute2 takes a bridge's times in hundredths of a second.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n sw1 link set dev br0 type bridge forward_delay 400 stp_state 1
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge import Bridge


def main() -> None:
    run_item(Bridge)


if __name__ == "__main__":
    main()
