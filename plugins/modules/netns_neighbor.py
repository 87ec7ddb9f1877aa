#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_neighbor
short_description: Add, change and delete static neighbours
version_added: 1.0.0
description:
  - Looks after one entry of the neighbour table that is set rather than found out by ARP or neighbour discovery, in the
    namespace the module itself runs in or in a named one, as C(ip neighbour) does. Or after a proxy entry, by which an
    interface answers for somebody else.
  - What the kernel has found out itself is left alone, unless an item is about that very address; it is then changed to
    what the item says.
  - The kernel deletes the neighbours of an interface that goes down, gets another MAC or loses its last IPv4 address
    (IPv6, if its MTU becomes too small for that). Proxy entries stay when the MAC changes.
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
      - The neighbour's address, IPv4 or IPv6.
    type: str
    required: true
  interface:
    description:
      - Name of the interface that the neighbour is behind, or with O(proxy) the one that answers for it. It must exist.
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
      - With V(absent), it does not, unless the kernel finds it out itself. If O(mac), O(nud) or O(router) are given,
        only an entry that has them is deleted.
    type: str
    choices:
      - present
      - absent
    default: present
  mac:
    description:
      - The neighbour's MAC, C(lladdr) in iproute2, such as V(02:00:00:00:00:01).
      - Required with O(state=present), unless O(proxy).
    type: str
  proxy:
    description:
      - Whether the interface is to answer for the address, rather than to know its MAC. The two are entries of their
        own.
      - IPv6 does so only if the sysctl C(net.ipv6.conf.*.proxy_ndp) is 1.
    type: bool
    default: false
  nud:
    description:
      - How the entry is kept.
      - If left out, left alone. A new entry is V(permanent).
    type: str
    choices:
      permanent: Only the administrator removes it.
      noarp: The kernel may remove it when the table is full, does so when the interface loses its carrier, and does
        not check it.
  router:
    description:
      - Whether the neighbour is a router, IPv6 only.
      - If left out, left alone. A new entry says that it is none.
    type: bool
seealso:
  - module: netns.lab.netns_address
  - module: netns.lab.netns_route
  - module: netns.lab.topology
  - name: ip-neighbour(8)
    description: The manual page of C(ip neighbour).
    link: https://man7.org/linux/man-pages/man8/ip-neighbour.8.html
"""

EXAMPLES = r"""
- name: Know a neighbour without asking
  netns.lab.netns_neighbor:
    namespace: h1
    interface: eth0
    address: 10.0.0.2
    mac: "02:00:00:00:00:02"

- name: Answer for an address that is behind another interface
  netns.lab.netns_neighbor:
    namespace: r1
    interface: eth0
    address: 2001:db8::7
    proxy: true

- name: Ask for the MAC again
  netns.lab.netns_neighbor:
    namespace: h1
    interface: eth0
    address: 10.0.0.2
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned. A new entry
      is missing in RV(diff.before), a deleted one in RV(diff.after). V(found out) is an O(nud) of the kernel's own.
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
        netns_neighbor:
          h1:eth0 10.0.0.2:
            mac: 02:00:00:00:00:02
            nud: permanent
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n h1 neighbour replace 10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 nud permanent
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_neighbor import NetnsNeighbor


def main() -> None:
    run_item(NetnsNeighbor)


if __name__ == "__main__":
    main()
