#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_link
short_description: Set attributes of existing interfaces, and move them between namespaces
version_added: 1.0.0
description:
  - Sets attributes of an interface that exists, of whatever kind and whoever made it, as C(ip link set) does.
  - Moves an interface to another namespace, physical ones too.
  - It neither creates nor deletes interfaces, so it has no option C(state).
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
      - Name of the interface. It must exist, in O(namespace) or in O(from_namespace).
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the interface is in, or is to be moved to. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  from_namespace:
    description:
      - Name of the namespace to fetch the interface from if it is not in O(namespace) yet. The empty string means the
        namespace the module itself runs in.
      - If the interface is in O(namespace) already, nothing is moved.
      - The kernel takes an interface down and removes its addresses, routes and master when it is moved. Say O(up) to
        have it up afterwards.
      - The kernel never moves V(lo). It puts physical interfaces back into the host's first namespace when theirs is
        deleted.
    type: str
  up:
    description:
      - Whether the interface is up. The kernel removes the IPv6 addresses of an interface that goes down.
      - If left out, left alone. A new or moved interface is down.
    type: bool
  mtu:
    description:
      - MTU in bytes, from 68 to 65536. The kernel knows the limits of each interface and says so if they are crossed.
      - If left out, left alone.
    type: int
  mac:
    description:
      - MAC address, C(address) in iproute2, as six bytes in hexadecimal. It must be a unicast address.
      - If left out, left alone.
    type: str
  alias:
    description:
      - A description for people, at most 254 bytes. The empty string removes it.
      - If left out, left alone.
    type: str
  txqueuelen:
    description:
      - Length of the transmit queue in packets.
      - If left out, left alone. The kernel's default for veth pairs and bridges is 1000.
    type: int
  promisc:
    description:
      - Whether the interface takes in packets for any MAC address (promiscuous mode).
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  arp:
    description:
      - Whether the interface uses ARP.
      - If left out, left alone. The kernel's default is V(true).
    type: bool
  addrgenmode:
    description:
      - How the interface gets its IPv6 link-local address when it comes up.
      - If left out, left alone. The kernel's default is V(eui64).
    type: str
    choices:
      eui64: From the MAC address.
      none: It gets none.
      stable_secret: Computed from a secret that the sysctl C(stable_secret) of the interface must hold.
      random: As V(stable_secret), with a random secret.
  tx_checksum:
    description:
      - Whether the kernel leaves the checksums of sent packets to the device, as C(ethtool -K ... tx) sets it. Between
        the ends of a veth pair nothing computes them, and the kernel at the other end takes the packets as they are.
      - Set it to V(false) if a program at the other end reads packets from raw sockets and checks them, as some DHCP
        servers and user space routers do.
      - If left out, left alone. The kernel's default for veth pairs is V(true).
    type: bool
  master:
    description:
      - Name of the interface this one is to be a part of, such as a bridge or a VRF, in the same namespace.
      - Use M(netns.lab.bridge_port) to set attributes of a bridge's port as well.
      - If left out, left alone.
      - Mutually exclusive with O(nomaster).
    type: str
  nomaster:
    description:
      - Whether to release the interface from its master. V(false) leaves it alone.
      - Mutually exclusive with O(master).
    type: bool
    default: false
seealso:
  - module: netns.lab.veth
  - module: netns.lab.bridge_port
  - module: netns.lab.netns_address
  - module: netns.lab.topology
  - name: ip-link(8)
    description: The manual page of C(ip link).
    link: https://man7.org/linux/man-pages/man8/ip-link.8.html
"""

EXAMPLES = r"""
- name: Bring the loopback interface of a namespace up
  netns.lab.netns_link:
    name: lo
    namespace: jicki
    up: true

- name: Move an interface of the host into a namespace
  netns.lab.netns_link:
    name: eth1
    from_namespace: ""
    namespace: a1
    up: true

- name: Move the interface of the default route too, knowing what that means
  netns.lab.netns_link:
    name: eth0
    from_namespace: ""
    namespace: r1
    allow_disconnect: true

- name: Fetch the first one back
  netns.lab.netns_link:
    name: eth1
    from_namespace: a1

- name: Say what the interface is for, and lower its MTU
  netns.lab.netns_link:
    name: eth0
    namespace: r1
    alias: Uplink to r2
    mtu: 1400

- name: Send a DHCP client in the namespace packets with whole checksums
  netns.lab.netns_link:
    name: wq2a1
    tx_checksum: false

- name: Keep an interface free of IPv6 addresses that nobody asked for
  netns.lab.netns_link:
    name: tap0
    namespace: sw1
    addrgenmode: none
    up: true

- name: Put an interface into a VRF
  netns.lab.netns_link:
    name: eth2
    namespace: r1
    master: vrf-blue

- name: Take it out again
  netns.lab.netns_link:
    name: eth2
    namespace: r1
    nomaster: true
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - An attribute that was not set is V(null), and so is the namespace the module itself runs in.
  returned: success
  type: dict
  contains:
    before:
      description: As it was.
      returned: success
      type: dict
      sample:
        netns_link:
          r1:eth0:
            alias: ""
            mtu: 1500
    after:
      description: As it is.
      returned: success
      type: dict
      sample:
        netns_link:
          r1:eth0:
            alias: Uplink to r2
            mtu: 1400
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
    - O(tx_checksum) is a command of C(ethtool).
    - C($$) is the shell that runs them, and with C(netns) the namespace which that shell is in.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n r1 link set dev eth0 mtu 1400 alias 'Uplink to r2'
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_link import NetnsLink


def main() -> None:
    run_item(NetnsLink)


if __name__ == "__main__":
    main()
