#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vxlan
short_description: Create, change and delete VXLAN interfaces
version_added: 1.0.0
description:
  - Looks after an interface that carries Ethernet over UDP, as C(ip link add ... type vxlan) does. The far end is one
    address (O(remote)), a multicast group (O(group)), or what the forwarding entries of the interface say.
  - Its packets are sent in the underlay, the namespace O(underlay_namespace), while the interface itself is in
    O(namespace). So a bridge in a namespace of its own reaches another host.
  - It goes with its underlay, and with O(dev).
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
      - Name of the VXLAN interface, at most 15 bytes. It is an error if a link of another kind has it.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the VXLAN interface is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the VXLAN interface exists.
      - With V(absent), it does not.
    type: str
    choices:
      - present
      - absent
    default: present
  up:
    description:
      - Whether the VXLAN interface is up.
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
      - If left out, left alone. The kernel's default is 50 below that of O(dev), or 70 over IPv6.
      - Without O(dev), it is V(1500).
    type: int
  vni:
    description:
      - Identifier of the virtual network, C(id) in iproute2, from 0 to 16777215. Required with O(state=present).
      - There is one interface for a VNI and a O(port) in an underlay.
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: int
  local:
    description:
      - Address to send from, of either family.
      - If left out, left alone. A new one sends from whatever address leads to the far end. From one family to the
        other, the link is made anew.
    type: str
  remote:
    description:
      - Address of the far end, where what is not in the forwarding entries goes.
      - If left out, left alone. From one family to the other, the link is made anew.
    type: str
  group:
    description:
      - The same as a multicast address. Needs O(dev).
    type: str
  dev:
    description:
      - The interface of the underlay to send through. It must exist.
      - If left out, left alone. A new one leaves the choice to the routes of the underlay.
    type: str
  underlay_namespace:
    description:
      - Name of the namespace that the packets are sent in, if it is not O(namespace). An empty string is the namespace
        the module itself runs in.
      - Another one makes the link anew, with all that it had and hung on it.
    type: str
  port:
    description:
      - UDP port of the far end, C(dstport) in iproute2, which is the one to listen on as well. From 1 to 65535.
      - If left out, left alone. A new one has V(4789), the official port, and not the older one that is the kernel's
        default.
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: int
  ttl:
    description:
      - TTL of the packets, from 0 to 255. V(0) leaves it to the kernel.
      - If left out, left alone. The kernel's default is V(0).
    type: int
  tos:
    description:
      - TOS of the packets, from 0 to 255. With V(1), that of the packet inside.
      - If left out, left alone. The kernel's default is V(0).
    type: int
  df:
    description:
      - Whether IPv4 packets must not be fragmented. With V(inherit), as the packet inside has it.
      - If left out, left alone. The kernel's default is V(unset).
    type: str
    choices:
      - unset
      - set
      - inherit
  learning:
    description:
      - Whether forwarding entries are learned from what arrives.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  ageing:
    description:
      - Seconds until a learned entry is forgotten, from 1 on.
      - If left out, left alone. The kernel's default is V(300).
    type: int
  limit:
    description:
      - How many entries are learned at most, C(maxaddress) in iproute2. V(0) is no limit.
      - If left out, left alone. The kernel's default is V(0).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: int
  proxy:
    description:
      - Whether ARP and neighbour requests are answered from the neighbour table.
      - If left out, left alone. The kernel's default is V(false).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
  rsc:
    description:
      - Whether packets to a router take a short cut.
      - If left out, left alone. The kernel's default is V(false).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
  l2miss:
    description:
      - Whether a missing forwarding entry is announced over netlink.
      - If left out, left alone. The kernel's default is V(false).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
  l3miss:
    description:
      - Whether a missing neighbour is announced over netlink.
      - If left out, left alone. The kernel's default is V(false).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
  udp_checksum:
    description:
      - Whether packets over IPv4 have a UDP checksum, C(udpcsum) in iproute2.
      - If left out, left alone. The kernel's default is V(true).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
  udp6_zero_checksum_tx:
    description:
      - Whether packets over IPv6 are sent without one, C(udp6zerocsumtx) in iproute2.
      - If left out, left alone. The kernel's default is V(false).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
  udp6_zero_checksum_rx:
    description:
      - Whether packets over IPv6 are taken without one, C(udp6zerocsumrx) in iproute2.
      - If left out, left alone. The kernel's default is V(false).
      - The kernel takes it for a new link only, so another value makes the link anew, with all that it had and hung on
        it.
    type: bool
seealso:
  - module: netns.lab.bridge_port
  - module: netns.lab.bridge
  - module: netns.lab.netns_address
  - module: netns.lab.topology
  - name: ip-link(8)
    description: The manual page of C(ip link).
    link: https://man7.org/linux/man-pages/man8/ip-link.8.html
"""

EXAMPLES = r"""
- name: Reach another host from a namespace, over the host's own network
  netns.lab.vxlan:
    name: vx0
    namespace: a1
    vni: 100
    underlay_namespace: ""
    local: 192.0.2.1
    remote: 192.0.2.2

- name: Connect a bridge of the host, with a multicast group for all that take part
  netns.lab.vxlan:
    name: vx1
    vni: 101
    group: 239.1.1.1
    dev: eth1

- name: Take forwarding entries only from those who know them
  netns.lab.vxlan:
    name: vx2
    vni: 102
    local: 192.0.2.1
    learning: false

- name: Delete it
  netns.lab.vxlan:
    name: vx0
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
        vxlan:
          a1:vx0:
            up: true
            underlay_namespace: ""
            vni: 100
            remote: 192.0.2.2
            port: 4789
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip link add name vx0 netns a1 up type vxlan id 100 remote 192.0.2.2 dstport 4789
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.vxlan import Vxlan


def main() -> None:
    run_item(Vxlan)


if __name__ == "__main__":
    main()
