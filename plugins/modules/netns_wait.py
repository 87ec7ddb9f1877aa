#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_wait
short_description: Wait for a namespace, a link's state, a usable address, a route, a neighbour or a process
version_added: 1.0.0
description:
  - Waits until something is there, or no longer there, and no longer than O(timeout).
  - It listens to the kernel instead of asking again and again, so it goes on at once and costs nothing while it waits.
    Only processes are looked for every 50 ms, as the kernel does not tell of them.
  - One task waits for one condition, or with O(conditions) for many that must all be met at the same time. One item
    can stand for many alike with a range such as V(h[1:1000]), as in M(netns.lab.topology).
  - The options choose what is waited for. With none but O(namespace) it is the namespace itself, with O(interface) a
    link, and with O(address), O(route), O(neighbor) or O(process) one of those.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
attributes:
  check_mode:
    support: full
    details:
      - A check run looks once and succeeds in any case, because an earlier task of the play may be what makes it.
        RV(met) says whether it is there.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    support: full
    platforms: linux
options:
  namespace:
    description:
      - Name of the namespace to wait for, or to look into.
      - Without it, the namespace the module itself runs in is looked into.
    type: str
  state:
    description:
      - Whether to wait until it is there, or until it is gone.
      - With V(absent) and O(up), O(carrier), O(operstate), O(master) or O(port_state), it is the state of the link that
        must have ended.
    type: str
    choices: [present, absent]
    default: present
  interface:
    description:
      - A link to wait for. With O(address), O(route) or O(neighbor), the link that it must be on.
    type: str
  up:
    description: Whether the link must be administratively up or down.
    type: bool
  carrier:
    description: Whether the link must have carrier. A veth has it when both of its ends are up.
    type: bool
  operstate:
    description:
      - Operational state that the link must have, in the words of C(ip link). It becomes V(up) up to a second after
        the link has carrier.
    type: str
    choices: [unknown, notpresent, down, lowerlayerdown, testing, dormant, up]
  master:
    description: Bridge or other master that the link must have. With V('') it must have none.
    type: str
  port_state:
    description: State that the link must have as a port of its bridge. With STP, V(forwarding) comes after 30 seconds.
    type: str
    choices: [disabled, listening, learning, forwarding, blocking]
  address:
    description:
      - An address, with or without its prefix length, that must be usable. An IPv6 address is not usable as long as
        the kernel looks for duplicates of it (V(tentative)), or has found one.
    type: str
  route:
    description: Destination of a route, such as V(192.0.2.0/24), V(2001:db8::/32) or V(default), in any table.
    type: str
  gateway:
    description: Gateway that the route must have.
    type: str
  neighbor:
    description: Address of a neighbour whose MAC address must be known.
    type: str
  process:
    description:
      - Name of a process, or the file name of its program, that must run in the namespace. It can be a pattern of a
        shell, and V(*) is any.
    type: str
  conditions:
    description:
      - Several conditions, each with the options above. The task ends when all of them are met at once.
    type: list
    elements: dict
    suboptions:
      namespace:
        description: As O(namespace).
        type: str
      state:
        description: As O(state).
        type: str
        choices: [present, absent]
        default: present
      interface:
        description: As O(interface).
        type: str
      up:
        description: As O(up).
        type: bool
      carrier:
        description: As O(carrier).
        type: bool
      operstate:
        description: As O(operstate).
        type: str
        choices: [unknown, notpresent, down, lowerlayerdown, testing, dormant, up]
      master:
        description: As O(master).
        type: str
      port_state:
        description: As O(port_state).
        type: str
        choices: [disabled, listening, learning, forwarding, blocking]
      address:
        description: As O(address).
        type: str
      route:
        description: As O(route).
        type: str
      gateway:
        description: As O(gateway).
        type: str
      neighbor:
        description: As O(neighbor).
        type: str
      process:
        description: As O(process).
        type: str
  timeout:
    description: Seconds after which the task fails. With V(0) it looks once.
    type: float
    default: 60.0
seealso:
  - module: netns.lab.topology
"""

EXAMPLES = r"""
- name: Wait until somebody has made the namespace
  netns.lab.netns_wait:
    namespace: a1

- name: Wait until it is gone
  netns.lab.netns_wait:
    namespace: a1
    state: absent
    timeout: 10

- name: Wait until the cable works
  netns.lab.netns_wait:
    namespace: a1
    interface: eth0
    operstate: up

- name: Wait until the port forwards
  netns.lab.netns_wait:
    interface: port1
    port_state: forwarding

- name: Wait until the address can be used
  netns.lab.netns_wait:
    namespace: a1
    interface: eth0
    address: 2001:db8::1/64

- name: Wait until the routing daemon has found the way
  netns.lab.netns_wait:
    namespace: a1
    route: 198.51.100.0/24
    gateway: 192.0.2.1

- name: Wait until a thousand nodes run their daemon and can use their address
  netns.lab.netns_wait:
    conditions:
      - {namespace: "h[1:1000]", process: bird}
      - {namespace: "h[1:1000]", address: "10.0.0.0/16[1:1000]"}
    timeout: 300
"""

RETURN = r"""
elapsed:
  description: Seconds that it took.
  returned: always
  type: float
  sample: 0.213
met:
  description: Whether all conditions are met. Only in check mode can it be V(false) on success.
  returned: always
  type: bool
  sample: true
conditions:
  description: The conditions, in the order of the task, those that stand for many spelled out.
  returned: always
  type: list
  elements: dict
  contains:
    condition:
      description: What was waited for.
      type: str
      sample: address 192.0.2.1/24 of a1:eth0
    met:
      description: Whether it was met in the end.
      type: bool
      sample: true
    found:
      description:
        - What is there, as netns.lab.netns_info has it. For a process C(pid), C(name) and C(command).
      type: list
      elements: dict
      sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._wait_module import run_wait


def main() -> None:
    run_wait()


if __name__ == "__main__":
    main()
