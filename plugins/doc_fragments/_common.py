# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

from __future__ import annotations


class ModuleDocFragment:
    # Of every module
    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.9
  - pyroute2 >= 0.7.2
notes:
  - It runs on the managed node and needs root there (C(CAP_SYS_ADMIN) and C(CAP_NET_ADMIN)), for example with
    C(become=true).
  - It talks to the kernel over netlink. It never runs the C(ip) program, which need not be installed.
  - Namespaces, interfaces and addresses live in the kernel's memory and end with a reboot. Run the play again to have
    them back, or keep the lab with O(netns.lab.topology#module:persistent).
"""

    # Of every module that changes the host; together with the standard fragment
    RESOURCE = r"""
options:
  allow_disconnect:
    description:
      - Whether a change may cut the host off, in the namespace the module itself runs in.
      - Unless it is V(true), a task fails before it touches anything if it would delete, move or take down the
        interface that carries the SSH connection or a default route, change its master, or take its address away, or
        if it would lead a default route or the way to the SSH client elsewhere.
      - If that interface is a bridge, the same holds for the ports it had before, as nothing tells through which of
        them the connection comes.
    type: bool
    default: false
notes:
  - What is asked for is compared with what the kernel has, attribute by attribute. An option that is left out and has
    no default leaves its attribute alone.
  - If the kernel refuses a step, what the run had changed before is undone.
"""

    # Of every module for what is in one namespace
    NAMESPACE = r"""
options:
  namespace:
    description:
      - Name of the namespace to work in. It must exist.
      - If left out, the namespace the module itself runs in, which usually is the host's.
    type: str
"""
