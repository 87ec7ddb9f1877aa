# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A round of calls with every module."""

from __future__ import annotations

import typing as t

A1 = {"namespace": "a1", "address": "10.0.0.2"}
FILED = {"name": "a3", "etc_files": {"hosts": "127.0.0.1 a3\n"}}
# Every module: with what succeeds, and with what fails before, at and after the first change. Nothing is left of it.
ROUND: list[tuple[str, dict[str, t.Any]]] = [
    ("netns", {"name": "a1"}),
    ("netns", {"name": "a2", "sysctls": {"net.ipv4.ip_forward": "1"}}),
    ("veth", {"name": "x", "namespace": "a1", "peer": {"name": "x", "namespace": "a2"}}),
    ("bridge", {"name": "br0", "namespace": "a1"}),
    ("bridge_port", {"interface": "x", "bridge": "br0", "namespace": "a1"}),
    ("netns_address", {"interface": "x", "namespace": "a2", "address": "10.0.0.1/24"}),
    ("netns_address", {"interface": "br0", "namespace": "a1", "address": "10.0.0.2/24"}),
    ("netns_link", {"name": "x", "namespace": "a2", "mtu": 1400, "tx_checksum": False}),
    ("netns_route", {"namespace": "a2", "destination": "default", "gateway": "10.0.0.254"}),
    ("netns_rule", {"namespace": "a2", "priority": 100, "from": "10.0.0.0/24", "table": "100"}),
    ("netns_neighbor", {"namespace": "a2", "interface": "x", "address": "10.0.0.9", "mac": "02:00:00:00:00:09"}),
    ("netns_fdb", {"namespace": "a1", "interface": "x", "mac": "02:00:00:00:00:09"}),
    ("netns_qdisc", {"namespace": "a2", "interface": "x", "rate": "10mbit"}),
    ("netns_qdisc", {"namespace": "a2", "interface": "x", "delay": "10ms"}),
    ("vxlan", {"name": "v", "namespace": "a1", "vni": 7}),
    ("macvlan", {"name": "m", "namespace": "a2", "link": "x"}),
    ("vlan", {"name": "x.5", "namespace": "a2", "link": "x", "id": 5}),
    ("dummy", {"name": "d", "namespace": "a2"}),
    ("netns", {"name": "a4", "pid": 1}),
    ("netns", {"name": "a4", "state": "absent", "processes": "keep"}),
    ("netns_info", {"own": True, "unnamed": True}),
    ("netns_info", {"namespaces": ["a1", "nowhere"], "gather_subset": ["links", "routes"]}),
    ("netns_info", {"pid": 1}),
    ("netns_info", {"as_topology": True}),
    ("netns_info", {"gather_subset": ["nothing"]}),
    ("netns_host_info", {}),
    ("netns_wait", {"namespace": "a1", "interface": "x"}),
    ("netns_wait", {"namespace": "a2", "address": "10.0.0.1"}),
    ("netns_wait", {"namespace": "a2", "route": "default", "gateway": "10.0.0.254"}),
    ("netns_wait", {"namespace": "a2", "neighbor": "10.0.0.9"}),
    ("netns_wait", {"namespace": "a2", "process": "*", "state": "absent"}),
    ("netns_wait", {"namespace": "a2", "process": "*", "timeout": 0.01}),
    ("netns_wait", {"namespace": "nowhere", "timeout": 0.01}),
    ("netns_ping", {"count": 1, "checks": [{"namespace": "a2", "destination": "10.0.0.1"}]}),
    ("netns_ping", {"count": 1, "checks": [{"namespace": "a2", "destination": "::1"}]}),
    ("netns_ping", {"count": 1, "timeout": 0.01, "checks": [{"namespace": "a2", "destination": "10.0.0.77"}]}),
    ("netns_ping", {"count": 1, "matrix": [{"to": [{"namespace": "a2", "address": "10.0.0.1"}, A1]}]}),
    ("netns_ping", {"count": 1, "checks": [{"namespace": "nowhere", "destination": "10.0.0.1"}]}),
    ("veth", {"name": "y", "namespace": "nowhere", "peer": {"name": "x"}}),
    ("netns", {"name": ".."}),
    ("bridge_port", {"interface": "br0", "bridge": "x", "namespace": "a1"}),
    ("topology", {"name": "lab", "netns": [FILED], "veth": [{"name": "t", "peer": {"name": "u"}}]}),
    ("topology", {"name": "lab", "netns": [{"name": "a3"}], "bridge_port": [{"interface": "t", "bridge": "u"}]}),
    ("topology", {"name": "lab", "state": "absent"}),
    ("netns", {"name": "a1", "state": "absent"}),
    ("netns", {"name": "a2", "state": "absent"}),
]
