#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_address
short_description: Add, change and delete addresses of interfaces
version_added: 1.0.0
description:
  - Looks after one IPv4 or IPv6 address of an interface, in the namespace the module itself runs in or in a named one,
    as C(ip address) does.
  - Addresses are compared by value and not by spelling. V(2001:DB8:0::1/64) and V(2001:db8::1/64) are the same.
  - An IPv4 address can be on an interface several times with other prefix lengths or peers, and each of these is an
    address of its own. An IPv6 address is there once. If its prefix length is another one, it is changed.
  - The kernel changes lifetimes and O(metric) in place, with IPv6 also O(noprefixroute). For anything else the address
    is deleted and added again, which also takes away the routes that depend on it.
  - IPv6 addresses can be used when the module returns. While the kernel looks for duplicates of them on the link
    (duplicate address detection), they are tentative, for one or two seconds in general, and the module waits for all
    of them together. It does not wait for those with O(nodad), nor on an interface that is down or has no carrier,
    where the kernel does not begin.
  - An IPv6 address that the kernel has found to be a duplicate (C(dadfailed)) is deleted and added again, which is
    reported as a change. If it is a duplicate still, or a new one is, the module fails, and what the run had changed is
    undone.
  - Deleting an IPv4 address makes the kernel delete the secondary addresses of its subnet too. The module puts them
    back.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  address:
    description:
      - The address with its prefix length, such as V(192.0.2.1/24) or V(2001:db8::1/64).
      - Without a length it is V(/32) or V(/128). Masks such as V(/255.255.255.0) are refused.
    type: str
    required: true
  interface:
    description:
      - Name of the interface. It must exist.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the interface is in.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the interface has the address.
      - With V(absent), it does not. Only O(address), O(peer), O(interface) and O(namespace) count then, and another
        prefix length or peer makes it another address, which is left alone.
    type: str
    choices:
      - present
      - absent
    default: present
  peer:
    description:
      - Address of the other side of a point-to-point connection, with the prefix length that is routed to it.
      - The prefix length belongs to the peer then, so write O(address) without one.
    type: str
  broadcast:
    description:
      - Broadcast address, IPv4 only.
      - V(+) computes it from O(address), with all host bits set. V(-) computes it with none set.
      - If left out, left alone. A new address has none, as with C(ip address add).
    type: str
  scope:
    description:
      - Where the address is valid, IPv4 only. V(global), V(site), V(link), V(host), a number up to 255, or a name that
        C(/etc/iproute2/rt_scopes) on the managed host has.
      - If left out, V(global), and V(host) for a loopback address, as with C(ip address add).
    type: str
  label:
    description:
      - Label of the address, IPv4 only. The interface's name, or that with a suffix such as V(:1), 15 bytes in all.
      - If left out, left alone. The kernel's default is the interface's name.
    type: str
  nodad:
    description:
      - Whether to leave out duplicate address detection, IPv6 only. With it an address can be used at once. Without it,
        it is tentative for about a second after the interface has carrier.
      - It says nothing for an IPv4 address, where there is no such thing.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  noprefixroute:
    description:
      - Whether to leave out the route to the subnet that the kernel adds with an address.
      - If left out, left alone. The kernel's default is V(false).
    type: bool
  valid_lft:
    description:
      - Seconds from when the address is set until the kernel deletes it, or V(forever).
      - Compared with what was set, not with what is left. Running again does not start it afresh, except that an
        address which has run out is added again.
      - If left out, V(forever) if O(preferred_lft) is given, otherwise left alone. A new address has V(forever).
    type: str
  preferred_lft:
    description:
      - Seconds from when the address is set until it is deprecated, and no longer chosen for new connections, or
        V(forever). At most O(valid_lft).
      - If left out, the same as O(valid_lft) if that is given, otherwise left alone. A new address has V(forever).
    type: str
  metric:
    description:
      - Metric of the route to the subnet that the kernel adds with the address.
      - V(0) is the kernel's choice, which is 0 for IPv4 and 256 for IPv6.
      - If left out, left alone.
    type: int
seealso:
  - module: netns.lab.netns
  - module: netns.lab.veth
  - module: netns.lab.netns_link
  - module: netns.lab.netns_route
  - module: netns.lab.topology
  - name: ip-address(8)
    description: The manual page of C(ip address).
    link: https://man7.org/linux/man-pages/man8/ip-address.8.html
"""

EXAMPLES = r"""
- name: Give an end of a veth pair its address
  netns.lab.netns_address:
    namespace: a1
    interface: a1
    address: 192.168.1.100/24

- name: Add an IPv6 address that can be used at once
  netns.lab.netns_address:
    namespace: a1
    interface: a1
    address: 2001:db8::1/64
    nodad: true

- name: Give the bridge of the host an address, with broadcast
  netns.lab.netns_address:
    interface: wq
    address: 192.168.1.1/24
    broadcast: "+"

- name: Number a point-to-point link without a subnet
  netns.lab.netns_address:
    namespace: r1
    interface: eth0
    address: 10.255.0.1
    peer: 10.255.0.2/32

- name: Add an address for an hour, deprecated after half of it
  netns.lab.netns_address:
    namespace: a1
    interface: a1
    address: 2001:db8::2/64
    valid_lft: 3600
    preferred_lft: 1800

- name: Work in one namespace without naming it again
  module_defaults:
    group/netns.lab.lab:
      namespace: r1
  block:
    - name: Bring the first interface up
      netns.lab.netns_link:
        name: eth0
        up: true

    - name: Add an address whose subnet is routed by hand
      netns.lab.netns_address:
        interface: eth0
        address: 203.0.113.1/24
        noprefixroute: true

- name: Delete an address
  netns.lab.netns_address:
    namespace: a1
    interface: a1
    address: 192.168.1.100/24
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - A new address is missing in RV(diff.before), a deleted one in RV(diff.after).
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
        netns_address:
          a1:a1 192.168.1.100/24:
            address: 192.168.1.100/24
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n a1 address add 192.168.1.100/24 dev a1
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_address import NetnsAddress


def main() -> None:
    run_item(NetnsAddress)


if __name__ == "__main__":
    main()
