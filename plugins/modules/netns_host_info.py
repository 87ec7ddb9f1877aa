#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_host_info
short_description: Tell what a host can do for labs
version_added: 1.0.0
description:
  - Tells which kinds of interfaces and queueing disciplines the kernel has, whether its bridges filter VLANs, and the
    limits that large labs meet.
  - It works without pyroute2 as well, and then tells that it is missing, and nothing of the kernel's abilities.
  - What the kernel has is tried in a namespace without a name, which is gone when the module ends. Nothing is tried
    that could make the kernel load a module.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.info_module
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common.info
options:
  namespaces:
    description:
      - For how many namespaces the host is to be judged. What is too low for so many is in RV(lacking).
      - Each of them may then have 64 neighbours in the tables that all namespaces of a machine share, and a daemon.
    type: int
    default: 0
  needed:
    description:
      - Further settings, as C(sysctl) writes their names, with the least value that each is to have.
    type: dict
    default: {}
seealso:
  - module: netns.lab.netns_info
"""

EXAMPLES = r"""
- name: Look at what the host can do
  netns.lab.netns_host_info:
  register: host

- name: Delay packets where the kernel can
  netns.lab.netns_qdisc:
    namespace: r1
    interface: eth0
    delay: 20ms
  when: host.qdiscs.netem

- name: Look whether the host is fit for a thousand namespaces
  netns.lab.netns_host_info:
    namespaces: 1000
    needed:
      fs.file-max: 1000000
  register: host
  failed_when: host.lacking != {}
"""

RETURN = r"""
python:
  description: Version of the Python that runs the modules.
  returned: success
  type: str
  sample: 3.11.2
pyroute2:
  description: Version of pyroute2. V(null) if this Python does not find it, V(0) if it does not tell its version.
  returned: success
  type: str
  sample: 0.7.2
kernel:
  description: Release of the kernel.
  returned: success
  type: str
  sample: 6.1.0-37-amd64
links:
  description:
    - Whether there are interfaces of each kind that has a module in this collection. True as well if the kernel has a
      module for it that it loads when it is needed.
    - V(null) if it cannot be told without loading a module, or without pyroute2.
  returned: success
  type: dict
  sample:
    bridge: true
    dummy: true
    macvlan: true
    veth: true
    vlan: true
    vxlan: true
qdiscs:
  description: The same for queueing disciplines.
  returned: success
  type: dict
  sample:
    htb: true
    netem: true
    tbf: true
bridge_vlan_filtering:
  description: Whether bridges can filter VLANs. V(null) if that cannot be told before a bridge has been made.
  returned: success
  type: bool
  sample: true
bridge_netfilter:
  description:
    - Whether what bridges of the own namespace forward goes through its iptables, as C(br_netfilter) does it. A
      firewall of the host then filters inside labs.
  returned: success
  type: bool
  sample: false
sysctls:
  description:
    - Settings that limit large labs, and those of O(needed). Whole numbers, otherwise text. V(null) for one that does
      not exist here; those of the neighbour tables do only in the first namespace of a machine.
  returned: success
  type: dict
  sample:
    net.ipv4.neigh.default.gc_thresh3: 1024
    user.max_net_namespaces: 63541
lacking:
  description: Those of them that are too low, with what is needed. What does not exist here is not in it.
  returned: success
  type: dict
  sample:
    net.ipv4.neigh.default.gc_thresh3: 64000
open_files:
  description: How many files a process may have open. A run raises the soft limit to the hard one for itself.
  returned: success
  type: dict
  contains:
    soft:
      description: The limit. V(-1) if there is none.
      returned: always
      type: int
      sample: 1024
    hard:
      description: What a process may raise it to. V(-1) if there is no limit.
      returned: always
      type: int
      sample: 1048576
"""

from ansible_collections.netns.lab.plugins.module_utils._abilities import OPTIONS, answer
from ansible_collections.netns.lab.plugins.module_utils._info_module import run_info


def main() -> None:
    run_info(OPTIONS, answer, needs_library=False)


if __name__ == "__main__":
    main()
