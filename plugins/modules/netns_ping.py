#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_ping
short_description: Check from inside namespaces who reaches whom
version_added: 1.0.0
description:
  - Sends ICMP and ICMPv6 echo requests from inside namespaces, as C(ping) does, and compares who answers with what is
    expected. It fails if a pair is not as expected, and says of each what to look at.
  - All pairs of a task are pinged side by side, in one loop on raw sockets. No C(ping) program is needed, and there is
    no process or thread per pair. The 9,900 pairs of a hundred members of a bridge take a few seconds.
  - It changes nothing, so that check mode runs it too. No namespace is created by looking at it.
  - Many pings need many entries in the kernel's table of neighbours, which all namespaces of a host share. Where it has
    not enough room for all, the module proceeds in parts and deletes the entries that its own pings have left.
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
      - The pings are sent in check mode as well.
      - If a namespace or topology does not exist in check mode, the task is skipped, because an earlier task of the
        play may be what makes it.
  diff_mode:
    support: none
    details:
      - There is never a change.
  idempotent:
    support: full
  platform:
    support: full
    platforms: linux
options:
  checks:
    description:
      - Single pairs, each a namespace and what it is to reach.
      - An item can stand for many alike, with ranges such as V(h[1:100]) and V(10.0.0.0/16[1:100]) that advance
        together, as in M(netns.lab.topology).
    type: list
    elements: dict
    suboptions:
      namespace:
        description:
          - Name of the namespace to ping from.
          - If left out, the namespace the module itself runs in, which usually is the host's.
        type: str
        aliases:
          - from
      destination:
        description:
          - The address to ping, such as V(192.0.2.1) or V(2001:db8::1). A prefix length behind it is ignored.
          - Or the name of a namespace, for each address that it has when the task runs, without loopback and link-local
            ones. A namespace that has none counts as not reachable.
        type: str
        required: true
        aliases:
          - to
      source:
        description:
          - The address to ping from. If left out, the kernel chooses.
        type: str
      interface:
        description:
          - Name of the interface to send through (as C(ping -I)). Link-local addresses of IPv6 need it.
        type: str
      reachable:
        description:
          - Whether an answer is expected. With V(false), any answer is a failure, which proves isolation.
        type: bool
        default: true
      count: &count
        description:
          - How many requests to send. If left out, that of the module.
        type: int
      interval: &interval
        description:
          - Seconds between two requests. If left out, that of the module.
        type: float
      timeout: &timeout
        description:
          - Seconds to wait for each answer. If left out, that of the module.
        type: float
      size: &size
        description:
          - Bytes of payload. If left out, that of the module.
        type: int
      ttl: &ttl
        description:
          - Time to live (IPv4) or hop limit (IPv6). If left out, that of the module.
        type: int
      dont_fragment: &dont_fragment
        description:
          - Whether to forbid fragments. If left out, that of the module.
        type: bool
      max_loss: &max_loss
        description:
          - The most loss in per cent with which a destination still counts as reachable. If left out, that of the
            module.
        type: float
  matrix:
    description:
      - Everybody to everybody, in short form. The pairs are spelled out on the host.
      - No namespace is checked against itself, nor against addresses of a family of which it has none in the list.
    type: list
    elements: dict
    suboptions:
      topology:
        description:
          - Name of a topology. The addresses to reach are those that it has made, and the namespaces those that have
            them (see M(netns.lab.topology)).
          - What has been taken away since by hand still is to be reached.
          - Either this or O(matrix[].to) is needed.
        type: str
      to:
        description:
          - The addresses to reach. An item can stand for many, with ranges.
        type: list
        elements: dict
        suboptions:
          namespace:
            description:
              - Name of the namespace that has the address.
              - If left out, the namespace the module itself runs in.
            type: str
          address:
            description:
              - The address, best with its prefix length.
              - If left out, each address that the namespace has when the task runs, without loopback and link-local
                ones.
            type: str
      from:
        description:
          - Names of the namespaces to ping from, which can be ranges. An empty name is the namespace the module itself
            runs in.
          - If left out, all namespaces that have addresses to reach.
        type: list
        elements: str
      same_subnet:
        description:
          - Whether to check only pairs of which the one has an address in the subnet of the other's.
        type: bool
        default: false
      pairs:
        description:
          - With V(all), each namespace pings each address of the others.
          - With V(ring), each pings only the next, so that everybody reaches somebody and is reached, and the number of
            pairs grows as the number of members.
          - With V(auto), V(all) if that makes 10,000 pairs at most, otherwise V(ring). The report says so.
        type: str
        choices:
          - auto
          - all
          - ring
        default: auto
      reachable:
        description:
          - Whether answers are expected.
        type: bool
        default: true
      count: *count
      interval: *interval
      timeout: *timeout
      size: *size
      ttl: *ttl
      dont_fragment: *dont_fragment
      max_loss: *max_loss
  count:
    description:
      - How many requests to send to each destination.
    type: int
    default: 3
  interval:
    description:
      - Seconds between two requests to one destination.
    type: float
    default: 0.05
  timeout:
    description:
      - Seconds to wait for each answer.
      - The kernel takes three seconds to find out that nobody has an address on a link. If this is shorter, the reason
        is V(timeout) where it would be V(host unreachable).
    type: float
    default: 4.0
  size:
    description:
      - Bytes of payload, up to 65507 (IPv4) or 65527 (IPv6). The ICMP header of 8 bytes and the IP header come on top.
    type: int
    default: 56
  ttl:
    description:
      - Time to live (IPv4) or hop limit (IPv6), from 1 to 255. If left out, the kernel's default, which is 64.
    type: int
  dont_fragment:
    description:
      - Whether to forbid fragments, on the way and before (as C(ping -M do)).
    type: bool
    default: false
  max_loss:
    description:
      - The most loss in per cent with which a destination still counts as reachable. With V(0.0), every request must be
        answered.
    type: float
    default: 0.0
  settle_timeout:
    description:
      - Seconds to wait at most, before the first ping, until the network has settled. That is, until interfaces whose
        cable is up at both ends have carrier, ports of bridges no longer listen or learn, and IPv6 addresses are no
        longer tentative.
      - The pings are sent even if it has not settled by then, and the report says so.
    type: float
    default: 0.0
  results:
    description:
      - Which pairs to return in RV(results).
      - With V(auto), all if there are 200 at most, otherwise those that are not as expected.
    type: str
    choices:
      - auto
      - all
      - differing
    default: auto
seealso:
  - module: netns.lab.topology
  - name: netns.lab.verify
    description: The role that pings and shows the report.
    link: https://github.com/netns-lab/netns.lab/tree/main/roles/verify
  - name: ping(8)
    description: The manual page of C(ping).
    link: https://man7.org/linux/man-pages/man8/ping.8.html
"""

EXAMPLES = r"""
- name: Check that both ends of a cable reach each other
  netns.lab.netns_ping:
    checks:
      - {namespace: a1, destination: 192.168.1.101}
      - {namespace: a2, destination: 192.168.1.100}

- name: Prove that a guest does not reach the office, but the router
  netns.lab.netns_ping:
    count: 1
    checks:
      - {namespace: guest, destination: office, reachable: false}
      - {namespace: guest, destination: 10.0.0.1}

- name: Let everybody in a topology reach everybody else, once the network has settled
  netns.lab.netns_ping:
    settle_timeout: 40
    matrix:
      - topology: bridged

- name: Check a hundred members of a bridge against each other
  netns.lab.netns_ping:
    matrix:
      - to:
          - {namespace: "h[1:100]", address: "10.0.0.0/16[1:100]"}

- name: Check that packets of 1500 bytes get through without fragments
  netns.lab.netns_ping:
    size: 1472
    dont_fragment: true
    checks:
      - {namespace: "h[1:100]", destination: 10.0.0.1}

- name: Tolerate some loss over a bad line
  netns.lab.netns_ping:
    checks:
      - {namespace: r1, destination: "2001:db8::2", count: 20, max_loss: 30}
"""

RETURN = r"""
report:
  description:
    - What was found, for people. Up to 12 pairs with the lines that C(ping) ends with, more as a matrix. Behind it what
      is not as expected.
  returned: when something was checked
  type: str
  sample: |-
    --- a1 -> 192.168.1.101 ping statistics ---
    3 packets transmitted, 3 received, 0% packet loss
    rtt min/avg/max/mdev = 0.021/0.025/0.031/0.004 ms

    1 pair: 1 reachable, 0 not; all as expected; 3 packets transmitted, 3 received; rtt min/avg/max/mdev = ...
summary:
  description:
    - The line of the report that sums it up.
  returned: when something was checked
  type: str
  sample: "2 pairs: 2 reachable, 0 not; all as expected; 6 packets transmitted, 6 received"
pairs:
  description:
    - How many pairs were checked.
  returned: when something was checked
  type: int
  sample: 2
differences:
  description:
    - A line for each pair that is not as expected, with what to look at.
  returned: when something was checked
  type: list
  elements: str
  sample:
    - "a1 -> 192.168.1.101: not reachable (no route); look at: a1:a1 is down, and with it the route to 192.168.1.0/24"
results:
  description:
    - The pairs, as far as O(results) has it.
  returned: when something was checked
  type: list
  elements: dict
  contains:
    namespace:
      description: The namespace that it was pinged from, empty for the one the module itself runs in.
      returned: always
      type: str
      sample: a1
    destination:
      description: The address that was pinged, or the namespace if that has none.
      returned: always
      type: str
      sample: 192.168.1.101
    source:
      description: The address to ping from that was asked for.
      returned: always
      type: str
      sample: null
    sent:
      description: Requests sent. As with C(ping), one that the kernel refused to send counts.
      returned: always
      type: int
      sample: 3
    received:
      description: Answers received in time, without duplicates.
      returned: always
      type: int
      sample: 3
    loss:
      description: Requests that were not answered, in per cent.
      returned: always
      type: float
      sample: 0.0
    rtt:
      description:
        - Round-trip times in milliseconds, C(min), C(avg), C(max) and C(mdev), the standard deviation.
        - Nothing if there was no answer.
      returned: always
      type: dict
      sample: {min: 0.021, avg: 0.025, max: 0.031, mdev: 0.004}
    reachable:
      description: Whether there was an answer.
      returned: always
      type: bool
      sample: true
    expected:
      description: Whether one was expected.
      returned: always
      type: bool
      sample: true
    ok:
      description: Whether it is as expected.
      returned: always
      type: bool
      sample: true
    reason:
      description:
        - Why there was no answer. V(no route), V(prohibited), V(host unreachable), V(frag needed), V(ttl exceeded),
          V(no address), V(no interface), V(no buffer space), V(refused), or V(timeout) when nobody said why.
        - Nothing if every request was answered.
      returned: always
      type: str
      sample: null
    message:
      description: The same in the words of C(ping).
      returned: if a request was not answered
      type: str
      sample: "From 192.168.1.100: Destination Host Unreachable"
    by:
      description: The address of who refused it.
      returned: if somebody did
      type: str
      sample: 192.168.1.100
    mtu:
      description: The MTU that the request did not fit into.
      returned: if it was too big
      type: int
      sample: 1400
    errors:
      description: How many requests were answered with an error.
      returned: if any was
      type: int
      sample: 3
    duplicates:
      description: How many further answers there were to requests that had been answered.
      returned: if any was
      type: int
      sample: 1
    look_at:
      description: What is likely to be the cause.
      returned: if it is not as expected
      type: list
      elements: str
      sample:
        - a1:a1 is down, and with it the route to 192.168.1.0/24
"""

from ansible_collections.netns.lab.plugins.module_utils._ping_module import run_checks


def main() -> None:
    run_checks()


if __name__ == "__main__":
    main()
