# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Every kind of resource, one file each."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge import Bridge
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge_port import BridgePort
from ansible_collections.netns.lab.plugins.module_utils._resources.dummy import Dummy
from ansible_collections.netns.lab.plugins.module_utils._resources.macvlan import Macvlan
from ansible_collections.netns.lab.plugins.module_utils._resources.netns import Netns
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_address import NetnsAddress
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_fdb import NetnsFdb
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_link import NetnsLink
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_neighbor import NetnsNeighbor
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_qdisc import NetnsQdisc
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_route import NetnsRoute
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_rule import NetnsRule
from ansible_collections.netns.lab.plugins.module_utils._resources.veth import Veth
from ansible_collections.netns.lab.plugins.module_utils._resources.vlan import Vlan
from ansible_collections.netns.lab.plugins.module_utils._resources.vxlan import Vxlan

# In the order in which a definition reads best.
KINDS: tuple[Kind, ...] = (
    Netns(),
    Bridge(),
    Veth(),
    Dummy(),
    Vlan(),
    Macvlan(),
    Vxlan(),
    BridgePort(),
    NetnsLink(),
    NetnsAddress(),
    NetnsNeighbor(),
    NetnsFdb(),
    NetnsRoute(),
    NetnsRule(),
    NetnsQdisc(),
)
