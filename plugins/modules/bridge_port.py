#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bridge_port
short_description: Make interfaces ports of a bridge
version_added: 1.0.0
description:
  - Puts an existing interface into a bridge and sets its attributes as a port, as C(ip link set ... master) and
    C(bridge link set) do.
  - An interface that is a port of another bridge is moved to this one. A port that is new on its bridge starts with the
    kernel's defaults.
  - The kernel allows 1023 ports on a bridge.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  interface:
    description:
      - Name of the interface that is the port. It must exist.
    type: str
    required: true
  bridge:
    description:
      - Name of the bridge. It must exist.
      - Required if O(state=present).
      - With O(state=absent), the interface is only taken out of this bridge. If left out, of whatever bridge it is in.
    type: str
  namespace:
    description:
      - Name of the namespace that both the interface and the bridge are in. The kernel connects no others.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the interface is a port of O(bridge).
      - With V(absent), it is not. The interface itself stays. One that is in a bond or a VRF is left alone.
    type: str
    choices:
      - present
      - absent
    default: present
  cost:
    description:
      - Cost of the path over this port in the spanning tree, from 1 to 65535.
      - If left out, left alone. The kernel derives it from the speed, V(2) for a veth pair.
    type: int
  priority:
    description:
      - Priority of the port in the spanning tree, from 0 to 63. The lowest is preferred.
      - If left out, left alone. The kernel's default is V(32).
    type: int
  hairpin:
    description:
      - Whether frames can go out through the port they came in by.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  isolated:
    description:
      - Whether the port is isolated. Isolated ports reach those that are not, but not each other.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  learning:
    description:
      - Whether the bridge learns MAC addresses from what comes in.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  flood:
    description:
      - Whether unicast frames to a MAC address that the bridge does not know go out here.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  mcast_flood:
    description:
      - Whether multicast that nobody is known to have asked for goes out here.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  bcast_flood:
    description:
      - Whether broadcast goes out here.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  bpdu_guard:
    description:
      - Whether the port is disabled when a packet of the spanning tree comes in, C(guard) in iproute2.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  root_block:
    description:
      - Whether the port can never become the way to the root bridge.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  fast_leave:
    description:
      - Whether the port stops receiving a multicast group as soon as one listener leaves it, C(mcast_fast_leave) in
        iproute2.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  neigh_suppress:
    description:
      - Whether the bridge answers ARP requests and neighbour solicitations for addresses it knows behind this port,
        instead of sending them out here.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  proxy_arp:
    description:
      - Whether the bridge answers ARP requests that come in here, for addresses it knows.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  port_state:
    description:
      - State of the port, C(state) in C(bridge link).
      - The kernel takes it only while the bridge has the spanning tree protocol off and the port has carrier. It sets
        it itself when the carrier comes or goes, to V(forwarding) or V(disabled).
      - If left out, left to the kernel.
    type: str
    choices:
      disabled: The port takes no part. Nothing comes in or goes out.
      listening: As V(disabled), but packets of the spanning tree are received.
      learning: As V(listening), and MAC addresses are learned.
      forwarding: The port does its work.
      blocking: The kernel turns it into V(forwarding) at once, so that a second run finds it changed. Use V(disabled)
        instead.
  vlans:
    description:
      - The VLANs that the port is in, all of them. An empty list is none.
      - They count while the bridge has O(netns.lab.bridge#module:vlan_filtering=true).
      - If left out, left alone. A new port is in that of O(netns.lab.bridge#module:vlan_default_pvid), untagged.
    type: list
    elements: dict
    suboptions:
      vid:
        description:
          - A VLAN from 1 to 4094, or a range of them such as V(10-20).
        type: str
        required: true
      pvid:
        description:
          - Whether what comes in without a tag belongs to it. One VLAN at most.
        type: bool
        default: false
      untagged:
        description:
          - Whether it goes out without a tag.
        type: bool
        default: false
seealso:
  - module: netns.lab.bridge
  - module: netns.lab.veth
  - module: netns.lab.netns_link
  - module: netns.lab.topology
  - name: bridge(8)
    description: The manual page of C(bridge link).
    link: https://man7.org/linux/man-pages/man8/bridge.8.html
"""

EXAMPLES = r"""
- name: Put a host into VLAN 10
  netns.lab.bridge_port:
    namespace: sw1
    bridge: br0
    interface: p1
    vlans:
      - {vid: 10, pvid: true, untagged: true}

- name: Put a trunk into VLANs 10 to 20, with their tags
  netns.lab.bridge_port:
    namespace: sw1
    bridge: br0
    interface: p24
    vlans:
      - {vid: 10-20}

- name: Put one end of a veth pair into the bridge
  netns.lab.bridge_port:
    bridge: wq
    interface: wq2a1

- name: Do so in a namespace, and prefer another path in the spanning tree
  netns.lab.bridge_port:
    bridge: br0
    namespace: sw1
    interface: uplink2
    cost: 100
    priority: 48

- name: Keep the members from reaching each other
  netns.lab.bridge_port:
    bridge: wq
    interface: "{{ item }}"
    isolated: true
  loop:
    - wq2a1
    - wq2a2

- name: Protect the bridge from switches behind this port
  netns.lab.bridge_port:
    bridge: wq
    interface: wq2a1
    bpdu_guard: true
    root_block: true

- name: Shut a port without unplugging it
  netns.lab.bridge_port:
    bridge: wq
    interface: wq2a1
    port_state: disabled

- name: Take the interface out of whatever bridge it is in
  netns.lab.bridge_port:
    interface: wq2a1
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - An interface that was no port is missing in RV(diff.before), one that is no port any more in RV(diff.after).
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
        bridge_port:
          wq2a1:
            bridge: wq
            isolated: true
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip link set dev wq2a1 master wq
    - ip link set dev wq2a1 type bridge_slave isolated on
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge_port import BridgePort


def main() -> None:
    run_item(BridgePort)


if __name__ == "__main__":
    main()
