#!/usr/bin/python
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns
short_description: Create, name, set up and delete network namespaces
version_added: 1.0.0
description:
  - Creates network namespaces under a name, as C(ip netns add) does, and deletes them, as C(ip netns delete) does.
  - The loopback interface of a new namespace is brought up, which C(ip) leaves down.
  - Gives a name to a namespace that something else has made, as C(ip netns attach) does.
  - Sets a namespace's C(sysctl) settings and looks after its files in C(/etc/netns).
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
      - A name that is a symbolic link, or one of several names, or that O(pid) or O(path) is given for, is only taken
        away. The namespace and everything in it stays with whatever else holds it.
      - Of the files in C(/etc/netns), V(absent) removes those of O(etc_files) that still have the content given, and
        the folder if nothing is left in it. All others stay.
      - A file in C(/run/netns) that is no namespace, as an interrupted C(ip netns add) leaves behind, is an error with
        V(present). V(absent) removes it.
    type: str
    choices:
      - present
      - absent
    default: present
  pid:
    description:
      - Number of a process. The name is given to the namespace that the process runs in, as C(ip netns attach) does.
      - A name that this namespace has already is left as it is. A name of another namespace is an error.
      - The namespace stays its maker's. Deleting takes the name away and nothing else, whatever runs in it, and
        M(netns.lab.topology) remembers that. What a topology has made in the namespace it removes for itself.
    type: int
  path:
    description:
      - The same for a file that stands for a namespace, such as C(/proc/1234/ns/net), or one that a container runtime
        has mounted. The path is absolute.
    type: path
  loopback:
    description:
      - Whether the loopback interface V(lo) is up. While it is down, the namespace does not reach its own addresses.
      - The kernel leaves it down in a new namespace.
      - Not used with O(state=absent).
    type: bool
    default: true
  nsid:
    description:
      - The number by which the namespace that the module runs in knows this one, as C(ip netns set) sets it. It is what
        C(ip link) shows as C(link-netnsid).
      - V(auto) is any number. The kernel chooses one if there is none yet.
      - The kernel never changes such a number, nor takes it back. If another one is set already, as the kernel does by
        itself for the two ends of a veth pair, it is an error. A number that was given in a run that fails later stays.
    type: str
  sysctls:
    description:
      - Settings of the namespace, as C(sysctl) sets them, from the name to the value. Only names that begin with
        C(net.), as all others belong to the whole host.
      - A name is separated by dots, in which a slash stands for the dot of an interface name, or by slashes, in which a
        dot is a dot. So V(net.ipv4.conf.eth0/100.rp_filter) and V(net/ipv4/conf/eth0.100/rp_filter) are the same, and
        V(net.ipv4.conf.eth0.100.rp_filter) is understood too.
      - A value is a number, a boolean or a text. Several numbers are separated by white space, of which the amount does
        not matter.
      - Those of the namespace and of all interfaces are set before any interface is made, so that V(default) counts for
        the new ones. Those of one interface are set after it exists and before it gets its addresses.
      - A namespace starts with settings that depend on the host (sysctl C(net.core.devconf_inherit_init_net)). Name
        here what a lab relies on.
      - A setting that is no longer named stays as it is.
      - Not used with O(state=absent).
    type: dict
  etc_files:
    description:
      - Files in C(/etc/netns), in the folder of the namespace, from the name of the file to its content.
        C(ip netns exec) shows them in the place of those in C(/etc).
      - A name is a plain one, such as V(resolv.conf) or V(hosts). Symbolic links are not followed.
      - A file that exists is changed in place, so that processes which see it already see the change.
      - M(netns.lab.topology) removes a file that it has made once it is no longer named, and the folder that it has
        made for it once nothing is in it. It knows its files until the next reboot, which they outlive. A file that was
        there before is changed, but never removed.
    type: dict
  processes:
    description:
      - What to do about processes that run in the namespace when it is to be deleted.
      - It makes no difference if no process runs there, or if only the name is taken away as with O(pid) and O(path),
        for which V(kill) is refused.
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

- name: Create a router
  netns.lab.netns:
    name: r1
    sysctls:
      net.ipv4.ip_forward: true
      net.ipv6.conf.all.forwarding: true
      net.ipv4.conf.all.rp_filter: 0
      net.ipv4.conf.default.rp_filter: 0
      net.ipv4.tcp_rmem: 4096 131072 6291456

- name: Give commands inside their own name server
  netns.lab.netns:
    name: r1
    etc_files:
      resolv.conf: |
        nameserver 192.0.2.53

- name: Give the namespace of a container a name
  netns.lab.netns:
    name: web
    pid: 1234

- name: Take that name away
  netns.lab.netns:
    name: web
    pid: 1234
    state: absent

- name: Number a namespace
  netns.lab.netns:
    name: r1
    nsid: "10"

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
    - With O(processes=kill) the first is a C(kill). With O(sysctls) there is C(sysctl), with O(etc_files) C(printf) and
      others of the shell's own, and with O(path) C(nsenter).
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
