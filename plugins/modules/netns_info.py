#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_info
short_description: Tell of network namespaces and what is in them
version_added: 1.0.0
description:
  - Answers what C(ip netns list), C(list-id), C(identify) and C(pids), and C(ip) and C(bridge) with C(link),
    C(address), C(route), C(rule), C(neigh) and C(fdb) answer, for all namespaces of a host in one task.
  - Words are those of the options of the other modules wherever an option means the same, otherwise those of C(ip -j).
  - With O(as_topology=true) it returns the network as sections of M(netns.lab.topology), which build the same
    elsewhere.
  - It changes nothing, makes nothing, and needs no C(ip) program. A namespace that vanishes while it is read is left
    out.
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
      - Names of the namespaces to tell of. One that does not exist is left out of the answer, which is no error.
      - If left out, all that have a name. An empty list is none of them.
    type: list
    elements: str
  own:
    description:
      - Whether to tell of the namespace the module itself runs in as well, which usually is the host's.
      - With O(as_topology=true), whether all of it goes into the topology, and not only what belongs to the others.
    type: bool
    default: false
  unnamed:
    description:
      - Whether to tell of namespaces without a name as well, as far as a process is in them. Those of containers are
        such.
    type: bool
    default: false
  pid:
    description:
      - A process. Only the namespace that it is in is told of, once for each of its names.
      - If that namespace has no name, its RV(namespaces[].name) is V(null).
    type: int
  gather_subset:
    description:
      - What to tell of each namespace, beside name, inode and number.
      - V(all) is all of it, V(min) nothing more. Others are V(links), V(addresses), V(routes), V(rules), V(neighbors),
        V(fdb), V(processes), and V(nsids), which is a list of its own.
      - A V(!) in front leaves that out. A list of only such entries means everything else.
      - If left out, V(all), and V(min) with O(as_topology=true).
    type: list
    elements: str
  table:
    description:
      - The table whose routes are told. V(main), V(local), V(default), a number, a name that
        C(/etc/iproute2/rt_tables) has, or V(all).
      - What is in O(as_topology) does not depend on it.
    type: str
    default: main
  as_topology:
    description:
      - Whether to return the network as sections of M(netns.lab.topology).
      - They have the namespaces, and of the own namespace what belongs to them. That is the other ends of their
        cables, the bridges these are ports of, what else of the own namespace's making is connected there, and the
        addresses and routes on it. Physical interfaces are in it only with O(own=true).
      - MAC addresses are in it, so that random ones are the same elsewhere. Options at their default are left out.
      - Left out too is what comes by itself, which is the addresses of the loopback interface, link-local addresses
        made from MAC addresses, routes of the kernel and of routing daemons, and whatever has a lifetime.
    type: bool
    default: false
seealso:
  - module: netns.lab.topology
  - name: ip-netns(8)
    description: The manual page of C(ip netns).
    link: https://man7.org/linux/man-pages/man8/ip-netns.8.html
"""

EXAMPLES = r"""
- name: Tell of all namespaces
  netns.lab.netns_info:
  register: found

- name: Show which cable leads where
  ansible.builtin.debug:
    msg: "{{ item.0.name }}:{{ item.1.name }} leads to {{ item.1.peer }}"
  loop: "{{ found.namespaces | subelements('links') }}"
  when: item.1.kind == 'veth'

- name: List names and inodes only
  netns.lab.netns_info:
    gather_subset: [min]

- name: Wait until an address of r1 can be used
  netns.lab.netns_info:
    namespaces: [r1]
    gather_subset: [addresses]
  register: r1
  until: not r1.namespaces[0].addresses | selectattr('tentative')
  retries: 10
  delay: 1

- name: Find the name of the namespace that a process is in
  netns.lab.netns_info:
    pid: 4711
    gather_subset: [min]

- name: Tell of containers too, but not of forwarding entries
  netns.lab.netns_info:
    unnamed: true
    gather_subset: ["!fdb"]

- name: Read all routing tables of the host itself
  netns.lab.netns_info:
    namespaces: []
    own: true
    gather_subset: [routes]
    table: all

- name: Get a lab that was made by hand
  netns.lab.netns_info:
    as_topology: true
  register: made_by_hand

- name: Write it down as the definition it could have been
  ansible.builtin.copy:
    content: "{{ made_by_hand.topology | to_nice_yaml(sort_keys=false) }}"
    dest: lab.yml
    mode: "0644"
  delegate_to: localhost
"""

RETURN = r"""
namespaces:
  description: The namespaces, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name. V(null) for one without a name, and for the own one if O(own) asked for it.
      returned: always
      type: str
      sample: r1
    own:
      description: Whether it is the namespace the module itself runs in.
      returned: always
      type: bool
      sample: false
    stale:
      description:
        - Whether the name is a file and no namespace, as an interrupted C(ip netns add) leaves behind. Everything
          else of it is empty then.
      returned: always
      type: bool
      sample: false
    inode:
      description: What tells it from other namespaces, whatever they are called.
      returned: always
      type: int
      sample: 4026532301
    nsid:
      description: The number by which the own namespace knows it. V(null) if it has given it none.
      returned: always
      type: int
      sample: 0
    processes:
      description: The processes in it.
      returned: O(gather_subset) has V(processes)
      type: list
      elements: int
      sample:
        - 4711
    links:
      description: Its interfaces.
      returned: O(gather_subset) has V(links)
      type: list
      elements: dict
      contains:
        name:
          description: Name of the interface.
          returned: always
          type: str
          sample: eth0
        index:
          description: Its index.
          returned: always
          type: int
          sample: 2
        kind:
          description: Its kind, such as V(veth). V(null) for physical and loopback interfaces.
          returned: always
          type: str
          sample: veth
        type:
          description: Its link layer, such as V(ether) or V(loopback).
          returned: always
          type: str
          sample: ether
        up:
          description: Whether it is set up.
          returned: always
          type: bool
          sample: true
        state:
          description:
            - Its operational state. One of V(up), V(down), V(lowerlayerdown), V(dormant), V(testing), V(notpresent)
              and V(unknown).
          returned: always
          type: str
          sample: up
        carrier:
          description: Whether it has carrier.
          returned: always
          type: bool
          sample: true
        mac:
          description: Its MAC address.
          returned: always
          type: str
          sample: 02:00:00:00:00:01
        mtu:
          description: Its MTU.
          returned: always
          type: int
          sample: 1500
        txqueuelen:
          description: Length of its transmit queue.
          returned: always
          type: int
          sample: 1000
        alias:
          description: Its alias, empty if it has none.
          returned: always
          type: str
          sample: ""
        addrgenmode:
          description: How it makes its link-local address. V(null) without IPv6.
          returned: always
          type: str
          sample: eui64
        promisc:
          description: Whether somebody set it to receive everything.
          returned: always
          type: bool
          sample: false
        arp:
          description: Whether it uses ARP.
          returned: always
          type: bool
          sample: true
        flags:
          description: Its flags, as C(ip) spells them.
          returned: always
          type: list
          elements: str
          sample:
            - UP
            - BROADCAST
            - MULTICAST
            - LOWER_UP
        qdisc:
          description: Its queueing discipline.
          returned: always
          type: str
          sample: noqueue
        group:
          description: Its group.
          returned: always
          type: int
          sample: 0
        master:
          description: The bridge or other interface that it is part of.
          returned: always
          type: str
          sample: null
        peer:
          description: The other end of a veth pair.
          returned: always
          type: dict
          contains:
            name:
              description: Its name. V(null) if it is in a namespace that is not seen.
              returned: always
              type: str
              sample: null
            namespace:
              description: The namespace it is in. V(null) for the own one, and if it is not seen.
              returned: always
              type: str
              sample: null
            index:
              description: Its index there.
              returned: always
              type: int
              sample: null
            nsid:
              description: The number by which the link's namespace knows that one. V(null) if it is the same.
              returned: always
              type: int
              sample: null
        link:
          description: What an interface such as a VLAN or a MACVLAN lies on.
          returned: always
          type: dict
          contains:
            name:
              description: Its name. V(null) if it is in a namespace that is not seen.
              returned: always
              type: str
              sample: null
            namespace:
              description: The namespace it is in. V(null) for the own one, and if it is not seen.
              returned: always
              type: str
              sample: null
            index:
              description: Its index there.
              returned: always
              type: int
              sample: null
            nsid:
              description: The number by which the link's namespace knows that one. V(null) if it is the same.
              returned: always
              type: int
              sample: null
        bridge:
          description: Of a bridge, what M(netns.lab.bridge) can set, and what the spanning tree found out.
          returned: the interface is a bridge
          type: dict
          contains:
            stp:
              description: Whether the spanning tree protocol is on.
              returned: always
              type: bool
              sample: false
            forward_delay:
              description: Seconds spent listening, and learning.
              returned: always
              type: float
              sample: 15
            hello_time:
              description: Seconds between greetings.
              returned: always
              type: float
              sample: 2
            max_age:
              description: Seconds that what was heard is good for.
              returned: always
              type: float
              sample: 20
            ageing_time:
              description: Seconds until a forwarding entry is forgotten.
              returned: always
              type: float
              sample: 300
            priority:
              description: Its priority.
              returned: always
              type: int
              sample: 32768
            vlan_filtering:
              description: Whether it keeps VLANs apart.
              returned: always
              type: bool
              sample: false
            vlan_default_pvid:
              description: VLAN of a new port. V(null) if the kernel has no VLAN filtering.
              returned: always
              type: int
              sample: 1
            mcast_snooping:
              description: Whether it looks into IGMP and MLD.
              returned: always
              type: bool
              sample: true
            group_fwd_mask:
              description: Which link-local groups it forwards.
              returned: always
              type: int
              sample: 0
            bridge_id:
              description: Priority and MAC address.
              returned: always
              type: str
              sample: 8000.02:00:00:00:00:01
            root_id:
              description: The same of the root of the spanning tree.
              returned: always
              type: str
              sample: 8000.02:00:00:00:00:01
            root_port:
              description: Number of the port towards the root.
              returned: always
              type: int
              sample: 0
            root_path_cost:
              description: Cost of the way to the root.
              returned: always
              type: int
              sample: 0
        port:
          description:
            - Of a port of a bridge, what M(netns.lab.bridge_port) can set, and what the spanning tree found out.
          returned: the interface is a port of a bridge
          type: dict
          contains:
            bridge:
              description: The bridge.
              returned: always
              type: str
              sample: br0
            port_state:
              description: One of V(disabled), V(listening), V(learning), V(forwarding) and V(blocking).
              returned: always
              type: str
              sample: forwarding
            cost:
              description: Cost of the way over it.
              returned: always
              type: int
              sample: 2
            priority:
              description: Its priority.
              returned: always
              type: int
              sample: 32
            hairpin:
              description: Whether frames may leave where they came in.
              returned: always
              type: bool
              sample: false
            isolated:
              description: Whether it is kept from other isolated ports.
              returned: always
              type: bool
              sample: false
            learning:
              description: Whether it learns addresses.
              returned: always
              type: bool
              sample: true
            flood:
              description: Whether unknown unicast goes there.
              returned: always
              type: bool
              sample: true
            mcast_flood:
              description: Whether unknown multicast goes there.
              returned: always
              type: bool
              sample: true
            bcast_flood:
              description: Whether broadcasts go there.
              returned: always
              type: bool
              sample: true
            bpdu_guard:
              description: Whether the spanning tree protocol of others disables it.
              returned: always
              type: bool
              sample: false
            root_block:
              description: Whether it is kept from leading to the root.
              returned: always
              type: bool
              sample: false
            fast_leave:
              description: Whether a group is left at once.
              returned: always
              type: bool
              sample: false
            neigh_suppress:
              description: Whether the bridge answers for known neighbours.
              returned: always
              type: bool
              sample: false
            proxy_arp:
              description: Whether it answers ARP for others.
              returned: always
              type: bool
              sample: false
            number:
              description: Its number on the bridge.
              returned: always
              type: int
              sample: 1
            root_id:
              description: Priority and MAC address of the root of the spanning tree.
              returned: always
              type: str
              sample: 8000.02:00:00:00:00:01
            designated_cost:
              description: Cost of the way to the root over it.
              returned: always
              type: int
              sample: 0
    addresses:
      description: Its addresses.
      returned: O(gather_subset) has V(addresses)
      type: list
      elements: dict
      contains:
        interface:
          description: The interface.
          returned: always
          type: str
          sample: eth0
        address:
          description: The address with its prefix length. Beside a peer without it.
          returned: always
          type: str
          sample: 192.0.2.1/24
        peer:
          description: Address of the other side, with the prefix length.
          returned: always
          type: str
          sample: null
        local:
          description: The address alone.
          returned: always
          type: str
          sample: 192.0.2.1
        prefixlen:
          description: The prefix length alone.
          returned: always
          type: int
          sample: 24
        family:
          description: V(inet) or V(inet6).
          returned: always
          type: str
          sample: inet
        broadcast:
          description: Broadcast address.
          returned: always
          type: str
          sample: null
        scope:
          description: Where it is valid. V(global), V(site), V(link), V(host) or a number.
          returned: always
          type: str
          sample: global
        label:
          description: Its label. V(null) for IPv6.
          returned: always
          type: str
          sample: eth0
        nodad:
          description: Whether it goes without duplicate address detection.
          returned: always
          type: bool
          sample: false
        noprefixroute:
          description: Whether it comes without a route to its subnet.
          returned: always
          type: bool
          sample: false
        metric:
          description: Metric of that route. V(0) is the kernel's choice.
          returned: always
          type: int
          sample: 0
        tentative:
          description: Whether duplicate address detection is still going on.
          returned: always
          type: bool
          sample: false
        dadfailed:
          description: Whether somebody else has the address.
          returned: always
          type: bool
          sample: false
        deprecated:
          description: Whether it is not chosen for new connections any more.
          returned: always
          type: bool
          sample: false
        dynamic:
          description: Whether it has a lifetime.
          returned: always
          type: bool
          sample: false
        secondary:
          description: Whether it goes when another IPv4 address of its subnet goes.
          returned: always
          type: bool
          sample: false
        temporary:
          description: Whether it is an IPv6 address for privacy.
          returned: always
          type: bool
          sample: false
        mngtmpaddr:
          description: Whether the kernel makes such addresses from it.
          returned: always
          type: bool
          sample: false
        valid_lft:
          description: Seconds that are left until it is deleted, or V(forever).
          returned: always
          type: raw
          sample: forever
        preferred_lft:
          description: Seconds that are left until it is deprecated, or V(forever).
          returned: always
          type: raw
          sample: forever
    routes:
      description: Its routes in O(table).
      returned: O(gather_subset) has V(routes)
      type: list
      elements: dict
      contains:
        destination:
          description: The network, or V(default).
          returned: always
          type: str
          sample: 198.51.100.0/24
        family:
          description: V(inet) or V(inet6).
          returned: always
          type: str
          sample: inet
        type:
          description: V(unicast), V(blackhole), V(unreachable), V(prohibit), V(local), V(broadcast) and the like.
          returned: always
          type: str
          sample: unicast
        gateway:
          description: Address of the router, if there is just one next hop.
          returned: always
          type: str
          sample: 192.0.2.254
        interface:
          description: The interface, if there is just one next hop.
          returned: always
          type: str
          sample: eth0
        nexthops:
          description: All next hops.
          returned: always
          type: list
          elements: dict
          contains:
            gateway:
              description: Address of the router.
              returned: always
              type: str
              sample: 192.0.2.254
            interface:
              description: The interface.
              returned: always
              type: str
              sample: eth0
            weight:
              description: Its share.
              returned: always
              type: int
              sample: 1
            onlink:
              description: Whether the router counts as a neighbour, whatever the addresses say.
              returned: always
              type: bool
              sample: false
            flags:
              description: V(dead), V(linkdown), V(offload) and the like.
              returned: always
              type: list
              elements: str
              sample: []
        table:
          description: V(main), V(local), V(default), a name from C(/etc/iproute2/rt_tables) or a number.
          returned: always
          type: str
          sample: main
        metric:
          description: Its metric.
          returned: always
          type: int
          sample: 0
        protocol:
          description:
            - Who set it. V(kernel), V(boot) (people with C(ip)), V(static), V(ra), V(bird) and the like, a name from
              C(/etc/iproute2/rt_protos) or a number.
          returned: always
          type: str
          sample: boot
        scope:
          description: Where its next hops are. V(null) for IPv6.
          returned: always
          type: str
          sample: global
        source:
          description: The address that is preferred to send from.
          returned: always
          type: str
          sample: null
        from:
          description: The network it is for senders of, IPv6 only.
          returned: always
          type: str
          sample: null
        tos:
          description: The type of service it is for.
          returned: always
          type: int
          sample: null
        mtu:
          description: The MTU on the way.
          returned: always
          type: int
          sample: null
        onlink:
          description: Whether the router counts as a neighbour, if there is just one next hop.
          returned: always
          type: bool
          sample: false
        expires:
          description: Seconds until it goes.
          returned: always
          type: int
          sample: null
    rules:
      description: Its rules, in the order in which they are looked at, IPv4 first.
      returned: O(gather_subset) has V(rules)
      type: list
      elements: dict
      contains:
        family:
          description: V(inet) or V(inet6).
          returned: always
          type: str
          sample: inet
        priority:
          description: Rules are looked at in this order.
          returned: always
          type: int
          sample: 32766
        invert:
          description: Whether it is for what does not fit.
          returned: always
          type: bool
          sample: false
        from:
          description: The network of the sender, or V(all).
          returned: always
          type: str
          sample: all
        to:
          description: The network of the receiver, or V(all).
          returned: always
          type: str
          sample: all
        iif:
          description: The interface that it comes in by.
          returned: always
          type: str
          sample: null
        oif:
          description: The interface that its socket is bound to.
          returned: always
          type: str
          sample: null
        fwmark:
          description: The mark.
          returned: always
          type: int
          sample: null
        fwmask:
          description: The bits of the mark that count.
          returned: always
          type: int
          sample: null
        tos:
          description: The type of service.
          returned: always
          type: int
          sample: null
        ipproto:
          description: The protocol.
          returned: always
          type: str
          sample: null
        sport:
          description: Port of the sender, or a range.
          returned: always
          type: str
          sample: null
        dport:
          description: Port of the receiver, or a range.
          returned: always
          type: str
          sample: null
        uidrange:
          description: Users, as a range.
          returned: always
          type: str
          sample: null
        action:
          description: V(lookup), V(goto), V(nop), V(blackhole), V(unreachable) or V(prohibit).
          returned: always
          type: str
          sample: lookup
        table:
          description: The table to look in. V(main), V(local), V(default), a name of the host's own or a number.
          returned: always
          type: str
          sample: main
        goto:
          description: The priority to go on with.
          returned: always
          type: int
          sample: null
        l3mdev:
          description: Whether the table is that of the VRF.
          returned: always
          type: bool
          sample: false
        suppress_prefixlength:
          description: Routes of at most this prefix length do not count.
          returned: always
          type: int
          sample: null
        suppress_ifgroup:
          description: Routes over interfaces of this group do not count.
          returned: always
          type: int
          sample: null
        protocol:
          description: Who set it.
          returned: always
          type: str
          sample: kernel
    neighbors:
      description: The neighbours that it knows.
      returned: O(gather_subset) has V(neighbors)
      type: list
      elements: dict
      contains:
        interface:
          description: The interface.
          returned: always
          type: str
          sample: eth0
        address:
          description: The neighbour's address.
          returned: always
          type: str
          sample: 192.0.2.2
        mac:
          description: Its MAC address.
          returned: always
          type: str
          sample: 02:00:00:00:00:02
        family:
          description: V(inet) or V(inet6).
          returned: always
          type: str
          sample: inet
        state:
          description:
            - V(permanent), V(reachable), V(stale), V(delay), V(probe), V(incomplete), V(failed) or V(none). V(null)
              for a proxy entry.
          returned: always
          type: str
          sample: reachable
        router:
          description: Whether it is a router.
          returned: always
          type: bool
          sample: false
        proxy:
          description: Whether this host answers for it.
          returned: always
          type: bool
          sample: false
        extern_learn:
          description: Whether a program has learned it.
          returned: always
          type: bool
          sample: false
        protocol:
          description: Who set it.
          returned: always
          type: str
          sample: unspec
    fdb:
      description: The forwarding entries of its bridges, VXLANs and interfaces.
      returned: O(gather_subset) has V(fdb)
      type: list
      elements: dict
      contains:
        interface:
          description: The interface that the address is behind.
          returned: always
          type: str
          sample: p1
        mac:
          description: The MAC address.
          returned: always
          type: str
          sample: 02:00:00:00:00:02
        bridge:
          description: The bridge that has the entry.
          returned: always
          type: str
          sample: br0
        vlan:
          description: Its VLAN.
          returned: always
          type: int
          sample: null
        dst:
          description: Of a VXLAN, the address of the other host.
          returned: always
          type: str
          sample: null
        port:
          description: Of a VXLAN, the port there, if it is not the usual one.
          returned: always
          type: int
          sample: null
        vni:
          description: Of a VXLAN, the network there, if it is another one.
          returned: always
          type: int
          sample: null
        src_vni:
          description: Of a VXLAN, the network here, if it has several.
          returned: always
          type: int
          sample: null
        via:
          description: Of a VXLAN, the interface to send by.
          returned: always
          type: str
          sample: null
        state:
          description: V(permanent), V(static), V(stale) or V(reachable).
          returned: always
          type: str
          sample: reachable
        flags:
          description: V(self), V(master), V(extern_learn), V(offload), V(sticky) and V(router).
          returned: always
          type: list
          elements: str
          sample:
            - master
nsids:
  description: All numbers that the own namespace has given to others.
  returned: O(gather_subset) has V(nsids)
  type: list
  elements: dict
  contains:
    nsid:
      description: The number.
      returned: always
      type: int
      sample: 0
    name:
      description: The name of that namespace. V(null) if it has none.
      returned: always
      type: str
      sample: r1
topology:
  description: Sections of M(netns.lab.topology), each a list of items.
  returned: O(as_topology=true)
  type: dict
  sample:
    netns:
    - name: a1
    - name: a2
    veth:
    - name: a1
      namespace: a1
      mac: 02:00:00:00:00:01
      peer:
        name: a2
        namespace: a2
        mac: 02:00:00:00:00:02
    netns_address:
    - namespace: a1
      interface: a1
      address: 192.168.1.100/24
left_out:
  description: What could not be made an item, and why.
  returned: O(as_topology=true)
  type: list
  elements: str
  sample:
    - 'r1:bond0: no module makes a bond'
"""

from ansible_collections.netns.lab.plugins.module_utils._info.gather import MUTUALLY_EXCLUSIVE, OPTIONS, answer
from ansible_collections.netns.lab.plugins.module_utils._info_module import run_info


def main() -> None:
    run_info(OPTIONS, answer, MUTUALLY_EXCLUSIVE)


if __name__ == "__main__":
    main()
