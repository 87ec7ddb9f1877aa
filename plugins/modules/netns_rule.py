#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_rule
short_description: Add, change and delete rules that choose the routing table
version_added: 1.0.0
description:
  - Looks after one rule of policy routing, in the namespace the module itself runs in or in a named one, as C(ip rule)
    does.
  - A rule with a O(priority) is known by it and by what it selects. If it does something else than asked for, it is
    exchanged, the new one first.
  - A rule without one is known by what it selects and what it does, whatever its priority. If there is none, it is made
    as C(ip rule add) makes it, before all others but the first. So of several new ones the last one written is asked
    first. Give priorities where the order matters.
  - The rules that the kernel makes itself (0, 32766 and 32767) are left alone, unless O(priority) names one.
  - A rule may name an interface that does not exist yet. It selects nothing until then.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  namespace:
    description:
      - Name of the namespace the rule is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the rule exists.
      - With V(absent), no rule exists that has all of what is given. So O(priority) alone stands for every rule with
        it, and O(table) alone for every rule that leads there.
    type: str
    choices:
      - present
      - absent
    default: present
  family:
    description:
      - What the rule is for.
      - If left out, the family of O(from) and O(to), and V(ipv4) without them.
    type: str
    choices:
      - ipv4
      - ipv6
  priority:
    description:
      - When the rule is asked, from 0 on, the lowest first. C(preference) in iproute2.
    type: int
  not:
    description:
      - Whether the rule is for all that it does not select.
    type: bool
    default: false
  from:
    description:
      - The network that packets come from, such as V(192.0.2.0/24) or V(2001:db8::1).
    type: str
  to:
    description:
      - The network that packets are for.
    type: str
  tos:
    description:
      - The type of service of packets, such as V(0x10).
    type: str
  fwmark:
    description:
      - The mark of packets, such as V(0x1), or V(0x10/0xf0) with a mask of the bits that count.
    type: str
  iif:
    description:
      - The interface that packets come in by. V(lo) stands for what the namespace sends itself.
    type: str
  oif:
    description:
      - The interface that packets go out by, known only of what is sent from a socket that is bound to it.
    type: str
  uidrange:
    description:
      - The users that packets are sent by, such as V(1000) or V(1000-1999).
    type: str
  ipproto:
    description:
      - The protocol of packets, V(icmp), V(igmp), V(tcp), V(udp), V(ipv6-icmp), V(sctp) or a number up to 255.
    type: str
  sport:
    description:
      - The port that packets come from, such as V(53) or V(1024-65534).
    type: str
  dport:
    description:
      - The port that packets are for.
    type: str
  action:
    description:
      - What becomes of what is selected.
      - If left out, V(goto) if O(goto) is given, and V(lookup) if not.
    type: str
    choices:
      lookup: It goes where O(table) leads, if that has a route.
      goto: It is asked on at the rule with the priority O(goto).
      nop: Nothing.
      blackhole: It is dropped in silence.
      unreachable: It is dropped, and the sender is told that the network is unreachable.
      prohibit: It is dropped, and the sender is told that this is prohibited.
  table:
    description:
      - The routing table, V(main), V(default), V(local), a number or a name of the managed host's own, as in
        O(netns.lab.netns_route#module:table).
      - Required if the rule is to be present and O(action) is V(lookup).
    type: str
  goto:
    description:
      - The priority of the rule to go on with. It has to be behind this one.
    type: int
  suppress_prefixlength:
    description:
      - Pass over routes of O(table) whose prefix length is this or shorter. V(0) passes over default routes.
    type: int
  suppress_ifgroup:
    description:
      - Pass over routes of O(table) that lead to an interface of this group.
    type: int
seealso:
  - module: netns.lab.netns_route
  - module: netns.lab.topology
  - name: ip-rule(8)
    description: The manual page of C(ip rule).
    link: https://man7.org/linux/man-pages/man8/ip-rule.8.html
"""

EXAMPLES = r"""
- name: Answer from each address by its own way
  netns.lab.netns_rule:
    namespace: h1
    from: 10.0.1.1
    table: "101"
    priority: 100

- name: Send what is marked elsewhere
  netns.lab.netns_rule:
    namespace: r1
    fwmark: 0x10/0xf0
    table: "200"

- name: Use all routes of the main table but the default one first
  netns.lab.netns_rule:
    family: ipv6
    namespace: r1
    priority: 1000
    table: main
    suppress_prefixlength: 0

- name: Keep mail from being sent
  netns.lab.netns_rule:
    namespace: h1
    ipproto: tcp
    dport: "25"
    action: prohibit
    priority: 50

- name: Lead nothing to a table any more
  netns.lab.netns_rule:
    namespace: h1
    table: "101"
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned. A new rule is
      missing in RV(diff.before), a deleted one in RV(diff.after).
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
        netns_rule:
          "h1 100: from 10.0.1.1/32 lookup 101":
            priority: 100
            from: 10.0.1.1/32
            action: lookup
            table: "101"
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - ip -n h1 rule add from 10.0.1.1/32 priority 100 lookup 101
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_rule import NetnsRule


def main() -> None:
    run_item(NetnsRule)


if __name__ == "__main__":
    main()
