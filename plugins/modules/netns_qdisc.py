#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns_qdisc
short_description: Limit, delay, lose and spoil what an interface sends
version_added: 1.0.0
description:
  - Looks after the root queueing discipline of an interface, as C(tc qdisc replace dev ... root) does. It is about what
    the interface sends; for what it receives, shape the other end of the cable.
  - A O(rate) alone makes a token bucket filter (C(tbf)). Anything of O(delay), O(jitter), O(loss), O(duplicate),
    O(corrupt) and O(reorder) makes a network emulator (C(netem)), with the O(rate) as its own.
  - The network emulator needs C(CONFIG_NET_SCH_NETEM) (module C(sch_netem)) in the kernel. Where it lacks that, the
    task fails and says so.
  - One of these two that is there is changed in place, or replaced by the other, whoever made it; the result says what
    it was. Any other that somebody set up is an error, as it could not be put back.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  interface:
    description:
      - Name of the interface. It must exist.
    type: str
    required: true
  namespace:
    description:
      - Name of the namespace the interface is in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
  state:
    description:
      - With V(present), the interface has the queueing discipline that the options say.
      - With V(absent), it has the kernel's default again. Of the other options, only the place counts.
    type: str
    choices:
      - present
      - absent
    default: present
  rate:
    description:
      - Most that is sent in a second, with a unit as C(tc) has it. V(10mbit), V(1gbit) and V(64kbit) are bits in powers
        of 1000, V(1mibit) in powers of 1024, V(1mbps) bytes. A number alone is bits.
      - It counts Ethernet headers. From V(1kbit) to V(34gbit).
    type: str
  burst:
    description:
      - How much may be sent at once after a pause, as a size such as V(32kb) (of 1024 bytes) or a number of bytes. For
        O(rate) alone.
      - If left out, left alone. A new one, or one with another rate, lets pass a hundredth of a second, and at least
        two packets of the MTU.
    type: str
  latency:
    description:
      - How long a packet waits at most before it is dropped, such as V(50ms). For O(rate) alone.
      - If left out, left alone. A new one has V(50ms).
    type: str
  limit:
    description:
      - How much waits at most before packets are dropped. With O(rate) alone, a size such as V(64kb), instead of
        O(latency); otherwise a number of packets.
      - If left out, left alone. A new network emulator has V(1000).
    type: str
  delay:
    description:
      - How long each packet is held back, such as V(20ms), V(300us) or V(1s). A number alone is microseconds.
      - If left out, left alone. V(0) for none.
    type: str
  jitter:
    description:
      - How much the delay varies to either side. Needs O(delay).
      - If left out, left alone. V(0) for none.
    type: str
  loss:
    description:
      - Share of packets that are lost, such as V(1%) or V(0.5).
      - If left out, left alone. V(0) for none.
    type: str
  duplicate:
    description:
      - Share of packets that are sent twice.
      - If left out, left alone. V(0) for none.
    type: str
  corrupt:
    description:
      - Share of packets in which a bit is wrong.
      - If left out, left alone. V(0) for none.
    type: str
  reorder:
    description:
      - Share of packets that are sent at once, before those that are held back. Needs O(delay).
      - If left out, left alone. V(0) for none.
    type: str
seealso:
  - module: netns.lab.netns_link
  - module: netns.lab.veth
  - module: netns.lab.topology
  - name: tc(8)
    description: The manual page of C(tc).
    link: https://man7.org/linux/man-pages/man8/tc.8.html
"""

EXAMPLES = r"""
- name: Limit what a1 sends
  netns.lab.netns_qdisc:
    namespace: a1
    interface: eth0
    rate: 10mbit

- name: Limit it in detail
  netns.lab.netns_qdisc:
    namespace: a1
    interface: eth0
    rate: 1gbit
    burst: 256kb
    latency: 5ms

- name: Make it a long and bad line
  netns.lab.netns_qdisc:
    namespace: a1
    interface: eth0
    rate: 2mbit
    delay: 80ms
    jitter: 10ms
    loss: 0.5%

- name: Let it send freely again
  netns.lab.netns_qdisc:
    namespace: a1
    interface: eth0
    state: absent
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - A queueing discipline that is new is missing in RV(diff.before), one that is gone in RV(diff.after).
  returned: success
  type: dict
  contains:
    before:
      description: As it was.
      returned: success
      type: dict
      sample:
        netns_qdisc:
          a1:eth0:
            rate: 10mbit
    after:
      description: As it is.
      returned: success
      type: dict
      sample:
        netns_qdisc:
          a1:eth0:
            rate: 20mbit
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
  returned: success
  type: list
  elements: str
  sample:
    - tc -n a1 qdisc replace dev eth0 root tbf rate 20mbit burst 25000 limit 150000
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_qdisc import NetnsQdisc


def main() -> None:
    run_item(NetnsQdisc)


if __name__ == "__main__":
    main()
