#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_route
short_description: Add, change and delete routes
version_added: 1.0.0
description:
  - Looks after one IPv4 or IPv6 route, in the namespace the module itself runs in or in a named one, as C(ip route)
    does.
  - A route is known by its namespace, destination, table and metric. Whatever else differs is changed in place, as
    C(ip route replace) does. What the route says beside the options here, such as C(advmss), is kept.
  - The kernel adds a route to the subnet of every address by itself. Those routes are left alone; see
    O(netns.lab.netns_address#module:noprefixroute).
  - The kernel deletes the routes over an interface that goes down.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  destination:
    description:
      - The network that the route leads to, such as V(192.0.2.0/24) or V(2001:db8::/64). An address without a length is
        a network of its own. Bits behind the prefix length are refused.
      - V(default) is V(0.0.0.0/0), or V(::/0) if O(gateway), O(nexthops) or O(source) are of IPv6.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the route is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the route exists.
      - With V(absent), it does not. If O(gateway), O(interface), O(nexthops), O(source), O(scope) or O(mtu) are given,
        only a route that has them is deleted.
    type: str
    choices:
      - present
      - absent
    default: present
  gateway:
    description:
      - Address of the next router, C(via) in iproute2. It must be in reach when the route is set, unless O(onlink).
      - An IPv4 route may have an IPv6 gateway.
      - A route of type V(unicast) needs O(gateway), O(interface) or both, or O(nexthops).
      - Mutually exclusive with O(nexthops).
    type: str
  interface:
    description:
      - Name of the interface the route leaves by, C(dev) in iproute2. It must exist and be up.
      - If left out, the kernel chooses the interface by which O(gateway) is reached. A link-local gateway needs one.
      - Mutually exclusive with O(nexthops).
    type: str
  nexthops:
    description:
      - Several ways to the destination, among which the kernel shares out the connections. Their order does not matter.
      - Mutually exclusive with O(gateway) and O(interface).
    type: list
    elements: dict
    suboptions:
      gateway:
        description:
          - As O(gateway), for this way.
        type: str
      interface:
        description:
          - As O(interface), for this way.
        type: str
      weight:
        description:
          - Share of this way in relation to the others, from 1 to 256.
        type: int
        default: 1
      onlink:
        description:
          - As O(onlink), for this way.
        type: bool
        default: false
  metric:
    description:
      - Metric of the route. Of several to one destination, the one with the lowest is used.
      - If left out, or V(0), it is 0 for IPv4 and 1024 for IPv6, as with C(ip route add).
    type: int
  table:
    description:
      - Routing table, V(main), V(default), V(local), a number, or a name that C(/etc/iproute2/rt_tables) or a file of
        C(/etc/iproute2/rt_tables.d) on the managed host has. What is told of a change has the number.
    type: str
    default: main
  type:
    description:
      - What becomes of packets to the destination.
    type: str
    choices:
      unicast: They are sent on.
      blackhole: They are dropped in silence.
      unreachable: They are dropped, and the sender is told that the host is unreachable.
      prohibit: They are dropped, and the sender is told that this is prohibited.
      throw: The table has no route for them; the next rule is asked, see M(netns.lab.netns_rule).
    default: unicast
  source:
    description:
      - The own address that connections to the destination come from, C(src) in iproute2.
      - If left out, left alone. The kernel chooses one.
    type: str
  scope:
    description:
      - How far away the destination is, IPv4 only. V(global), V(site), V(link), V(host), a number up to 255, or a name
        that C(/etc/iproute2/rt_scopes) on the managed host has.
      - If left out, V(link) for a route without gateway, and V(global) for any other, as with C(ip route add).
    type: str
  onlink:
    description:
      - Whether to take O(gateway) for a neighbour at O(interface), even if no address of the interface says so.
    type: bool
    default: false
  mtu:
    description:
      - MTU in bytes on the way to the destination, from 68 for IPv4 and from 1280 for IPv6, up to 65535.
      - If left out, left alone. The kernel goes by the interface.
    type: int
seealso:
  - module: netns.lab.netns_address
  - module: netns.lab.netns_link
  - module: netns.lab.netns_rule
  - module: netns.lab.topology
  - name: ip-route(8)
    description: The manual page of C(ip route).
    link: https://man7.org/linux/man-pages/man8/ip-route.8.html
"""

EXAMPLES = r"""
- name: Send everything to a router
  netns.lab.netns_route:
    namespace: h1
    destination: default
    gateway: 10.0.0.1

- name: Reach a network beyond a router, over IPv6
  netns.lab.netns_route:
    namespace: r1
    destination: 2001:db8:2::/64
    gateway: fe80::1
    interface: eth1

- name: Share out connections over two ways, twice as many over the first
  netns.lab.netns_route:
    namespace: r1
    destination: 198.51.100.0/24
    nexthops:
      - gateway: 10.0.0.2
        weight: 2
      - gateway: 10.0.1.2

- name: Keep a second way at hand, with a higher metric
  netns.lab.netns_route:
    namespace: r1
    destination: 192.0.2.0/24
    gateway: 10.0.1.2
    metric: 100

- name: Drop what is meant for private networks, in a table of its own
  netns.lab.netns_route:
    namespace: r1
    destination: 172.16.0.0/12
    type: blackhole
    table: "100"

- name: Delete the default route
  netns.lab.netns_route:
    namespace: h1
    destination: default
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - O(gateway) and O(interface) are told as a list with one next hop. A new route is missing in
      RV(diff.before), a deleted one in RV(diff.after).
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
        netns_route:
          h1 default:
            type: unicast
            nexthops:
              - gateway: 10.0.0.1
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n h1 route add 0.0.0.0/0 via 10.0.0.1
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_route import NetnsRoute


def main() -> None:
    run_item(NetnsRoute)


if __name__ == "__main__":
    main()
