#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns
short_description: Create and delete named network namespaces
version_added: 0.1.0
description:
  - Creates network namespaces under a name, as C(ip netns add) does, and deletes them, as C(ip netns delete) does.
  - The loopback interface of a new namespace is brought up, which C(ip) leaves down.
author:
  - netns.lab contributors (@netns-lab)
extends_documentation_fragment:
  - netns.lab._attributes
  - netns.lab._attributes.resource
  - netns.lab._attributes.actiongroup_lab
  - netns.lab._common
  - netns.lab._common.resource
options:
  name:
    description:
      - Name of the namespace, a file in C(/run/netns).
      - At most 255 bytes, without V(/) and not V(.) or V(..). All digits are refused, because C(ip) takes them for a
        process ID.
    type: str
    required: true
  state:
    description:
      - With V(present), the namespace exists.
      - With V(absent), it does not. The kernel deletes its virtual interfaces with it, ends of veth pairs together
        with their other ends, and puts physical interfaces back into the host's first namespace. The run waits until
        the other ends are gone.
      - A file in C(/run/netns) that is no namespace, as an interrupted C(ip netns add) leaves behind, is an error with
        V(present). V(absent) removes it.
    type: str
    choices:
      - present
      - absent
    default: present
  loopback:
    description:
      - Whether the loopback interface V(lo) is up. While it is down, the namespace does not reach its own addresses.
      - The kernel leaves it down in a new namespace.
      - Not used with O(state=absent).
    type: bool
    default: true
  processes:
    description:
      - What to do about processes that run in the namespace when it is to be deleted.
      - It makes no difference if no process runs there.
      - Only used when the namespace is deleted. M(netns.lab.topology) remembers it for then.
    type: str
    choices:
      fail: Touch nothing and fail. The error names the processes.
      keep: Take the name away and nothing else, as C(ip netns delete) does. The kernel deletes the namespace once its
        last process ends.
      kill: End the processes with C(SIGKILL), then delete the namespace.
    default: fail
seealso:
  - module: netns.lab.veth
  - module: netns.lab.netns_link
  - module: netns.lab.netns_address
  - module: netns.lab.topology
  - name: ip-netns(8)
    description: The manual page of C(ip netns).
    link: https://man7.org/linux/man-pages/man8/ip-netns.8.html
"""

EXAMPLES = r"""
- name: Create a namespace with its loopback interface up
  netns.lab.netns:
    name: jicki

- name: Create one in which nothing is up, as ip netns add does
  netns.lab.netns:
    name: quiet
    loopback: false

- name: Create several
  netns.lab.netns:
    name: "{{ item }}"
  loop:
    - a1
    - a2

- name: Ask what deleting would change, and touch nothing
  netns.lab.netns:
    name: jicki
    state: absent
  check_mode: true
  diff: true

- name: Delete a namespace, unless something runs in it
  netns.lab.netns:
    name: jicki
    state: absent

- name: Delete a namespace and whatever runs in it
  netns.lab.netns:
    name: jicki
    state: absent
    processes: kill
"""

RETURN = r"""
diff:
  description:
    - What has changed, or in check mode would change, by section and item. Only the attributes concerned.
    - A new namespace is missing in RV(diff.before), a deleted one in RV(diff.after).
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
          jicki:
            loopback: true
commands:
  description:
    - The same change as commands of iproute2, in order, each quoted for a shell. In check mode the same list.
    - The module runs none of them. Empty if there is nothing to change.
    - With O(processes=kill) the first is a C(kill).
  returned: success
  type: list
  elements: str
  sample:
    - ip netns add jicki
    - ip -n jicki link set dev lo up
undone:
  description:
    - The items that had been dealt with when a step failed, and were put back as they were.
  returned: failure
  type: list
  elements: str
  sample: []
"""

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns import Netns


def main() -> None:
    run_item(Netns)


if __name__ == "__main__":
    main()
