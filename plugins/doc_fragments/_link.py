# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

from __future__ import annotations


class ModuleDocFragment:
    # Of every kind of interface that has one end; together with _common.namespace. What a module says of one of these
    # options itself counts.
    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the interface, at most 15 bytes. It is an error if an interface of another kind has it.
    type: str
    required: true
  state:
    description:
      - With V(present), the interface exists and is as described.
      - With V(absent), it does not exist.
    type: str
    choices:
      - present
      - absent
    default: present
  up:
    description:
      - Whether the interface is up.
    type: bool
    default: true
  mac:
    description:
      - MAC address, C(address) in iproute2, as six bytes in hexadecimal. It must be a unicast address.
      - If left out, left alone. The kernel gives a new interface a random one.
    type: str
  mtu:
    description:
      - MTU in bytes.
      - If left out, left alone. The kernel's default is V(1500).
    type: int
"""

    # Of those that stand on another interface; before the standard fragment, as the first to describe an option counts
    UPPER = r"""
options:
  link:
    description:
      - The interface below. It must exist.
      - Required if O(state=present). Another one makes the interface anew, with all that it had and hung on it.
    type: str
  parent_namespace:
    description:
      - Name of the namespace that O(link) is in, if it is not O(namespace). An empty string is the namespace the module
        itself runs in.
      - The interface stays tied to the one below wherever it is itself, so that O(link) can be one of the host's.
    type: str
  mtu:
    description:
      - MTU in bytes.
      - If left out, left alone. The kernel's default is that of O(link).
    type: int
"""
