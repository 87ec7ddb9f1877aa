#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: topology
short_description: Build, change and take away a host's part of a lab in one transaction
version_added: 1.0.0
description:
  - Takes all of a host's namespaces, interfaces and addresses in one task, as one list for each of the other modules.
    An item of a list takes the options of the module that the list is named after.
  - It reads the kernel once, works out what differs, and makes exactly that change. A lab of a thousand namespaces is
    one task, where a loop over the other modules would start a program on the host for each item.
  - The order of sections and items does not matter. What something else needs comes first.
  - One item can stand for many alike. A range in the syntax of Ansible's inventory, such as V(h[1:1000]), V(h[01:10]),
    V(h[0:10:5]) or V(h[a:f]), makes an item of each of its values. A range behind a network, such as
    V(10.0.0.0/16[1:1000]), counts the addresses in it. All ranges of an item advance together, so they have the same
    length. They are spelled out on the host, which spares the controller thousands of items. Results and errors speak
    of the single items.
  - It is one transaction. Everything is checked before anything is touched, items that contradict each other are
    refused, and if the kernel refuses a step, what the run had changed before is undone.
  - It remembers what it made, in C(/run/netns-lab) until the next reboot. A lab with O(persistent=true) is made again
    then. What a later run no longer names is removed,
    and O(state=absent) removes everything. What it found already there is brought into line, but is never its own to
    remove, and nothing is taken for its own by its name alone.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
  - netns.lab._sections
options:
  name:
    description:
      - Names the lab on this host. Tasks with the same name are about the same lab.
      - It is the name of a file too, so at most 200 bytes, without V(/) and without a dot in front.
    type: str
    required: true
  state:
    description:
      - With V(present), every item is as it says. An item that says C(state=absent) itself is removed, whoever made it.
      - With V(absent), everything that this topology made is removed, and nothing else. The sections can be left out.
        Of what they say, only O(netns[].processes) counts; without it, it is as the last run with V(present) had it.
      - What other topologies of the host need is not removed. It becomes theirs.
    type: str
    choices:
      - present
      - absent
    default: present
  prune:
    description:
      - Whether to remove what this topology made in an earlier run and this task does not name any more.
      - Only used with O(state=present).
    type: bool
    default: true
  persistent:
    description:
      - Whether the lab is there again after a reboot. Its definition is kept in C(/etc/netns-lab/NAME.json), and
        systemd starts the unit C(netns-lab@NAME.service) at boot, which applies the definition with this very engine.
        No Ansible is needed then, only Python and pyroute2.
      - The engine is kept as the program C(/usr/local/sbin/netns-lab), which also checks, mends and lists the labs by
        hand. C(netns-lab --help) says how.
      - With V(false), and with O(state=absent), all of this is removed again, what labs share with the last of them.
        With O(prune=false) it is left as it is, since the task then names only a part of the lab.
      - The definition is kept as the task has it, ranges included. Only root can read it.
      - Until the next boot the unit is inactive, as it is this module that has built the lab. Start it by hand if
        stopping it is to take the lab away before that.
    type: bool
    default: false
  service_manager:
    description:
      - What starts a lab at boot that is O(persistent=true).
      - With V(none), the definition and the program are kept without a unit. Whatever starts the services of this host
        is to call C(/usr/local/sbin/netns-lab apply --all) when the network is there.
    type: str
    choices:
      - systemd
      - none
    default: systemd
  sections:
    description:
      - More items of the other sections, as one JSON text of a dictionary with the names of sections as its keys.
      - The controller is done with one text a good deal sooner than with thousands of items that no range describes.
        This is how the role P(netns.lab.lab#role) hands over a large lab.
    type: json
  lock_timeout:
    description:
      - Seconds to wait for another run of this module on the same host. There is one at a time.
    type: float
    default: 60.0
"""

EXAMPLES = r"""
- name: Connect two namespaces point to point
  netns.lab.topology:
    name: point_to_point
    netns:
      - name: a1
      - name: a2
    veth:
      - name: a1
        namespace: a1
        peer:
          name: a2
          namespace: a2
    netns_address:
      - namespace: a1
        interface: a1
        address: 192.168.1.100/24
      - namespace: a2
        interface: a2
        address: 192.168.1.101/24

- name: Connect two namespaces over a bridge of the host
  netns.lab.topology:
    name: bridged
    netns:
      - name: a1
      - name: a2
    bridge:
      - name: wq
    veth:
      - {name: wq2a1, peer: {name: a12wq, namespace: a1}}
      - {name: wq2a2, peer: {name: a22wq, namespace: a2}}
    bridge_port:
      - {bridge: wq, interface: wq2a1}
      - {bridge: wq, interface: wq2a2}
    netns_address:
      - {namespace: a1, interface: a12wq, address: 192.168.1.100/24}
      - {namespace: a2, interface: a22wq, address: 192.168.1.101/24}

- name: Ask what leaving a2 out would change, and touch nothing
  netns.lab.topology:
    name: bridged
    netns:
      - name: a1
    bridge:
      - name: wq
    veth:
      - {name: wq2a1, peer: {name: a12wq, namespace: a1}}
    bridge_port:
      - {bridge: wq, interface: wq2a1}
    netns_address:
      - {namespace: a1, interface: a12wq, address: 192.168.1.100/24}
  check_mode: true
  diff: true

- name: Add a member, and leave those alone that are not named here
  netns.lab.topology:
    name: bridged
    prune: false
    netns:
      - {name: a3, processes: kill}
    veth:
      - {name: wq2a3, peer: {name: a32wq, namespace: a3}}
    bridge_port:
      - {bridge: wq, interface: wq2a3}
    netns_address:
      - {namespace: a3, interface: a32wq, address: 192.168.1.102/24}

- name: Connect a thousand namespaces over a bridge
  netns.lab.topology:
    name: thousand
    netns:
      - name: h[1:1000]
    bridge:
      - name: hall
    veth:
      - {name: "p[1:1000]", peer: {name: eth0, namespace: "h[1:1000]"}}
    bridge_port:
      - {bridge: hall, interface: "p[1:1000]"}
    netns_address:
      - {namespace: "h[1:1000]", interface: eth0, address: "10.0.0.0/16[1:1000]"}

- name: Keep a lab beyond a reboot
  netns.lab.topology:
    name: office
    persistent: true
    netns:
      - name: "desk[1:4]"
    bridge:
      - name: floor
    veth:
      - {name: "port[1:4]", peer: {name: eth0, namespace: "desk[1:4]"}}
    bridge_port:
      - {bridge: floor, interface: "port[1:4]"}
    netns_address:
      - {namespace: "desk[1:4]", interface: eth0, address: "192.0.2.0/24[10:13]"}

- name: Take the lab away, without its definition
  netns.lab.topology:
    name: bridged
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - An item that is new is missing in RV(diff.before), one that is gone in RV(diff.after).
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
        netns:
          a1:
            loopback: true
          a2:
            loopback: true
        veth:
          a1:a1:
            up: true
            peer:
              name: a2
              namespace: a2
              up: true
        netns_address:
          a1:a1 192.168.1.100/24:
            address: 192.168.1.100/24
          a2:a2 192.168.1.101/24:
            address: 192.168.1.101/24
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
    - What O(persistent) writes is told as a C(:) that does nothing, since no command of iproute2 does that.
    - C($$) is the shell that runs them, and with C(netns) the namespace which that shell is in.
  returned: success
  type: list
  elements: str
  sample:
    - ip netns add a1
    - ip -n a1 link set dev lo up
    - ip netns add a2
    - ip -n a2 link set dev lo up
    - ip -n a1 link add name a1 type veth peer name a2 netns a2
    - ip -n a1 link set dev a1 up
    - ip -n a2 link set dev a2 up
    - ip -n a1 address add 192.168.1.100/24 dev a1
    - ip -n a2 address add 192.168.1.101/24 dev a2
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._topology_module import run_sections


def main() -> None:
    run_sections()


if __name__ == "__main__":
    main()
