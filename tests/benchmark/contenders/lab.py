# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""This collection again: ansible-playbook with the role `lab`, which is told the same as any other graph."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.tests.benchmark.contenders.collection import Collection
from ansible_collections.netns.lab.tests.benchmark.measure import PHASES, REMOVE


class LabRole(Collection):
    key = "lab"
    title = "this collection, as a graph"

    def phases(self) -> tuple[str, ...]:
        return PHASES

    def _definition(self, phase: str) -> tuple[str, dict[str, t.Any]]:
        nodes: dict[str, t.Any] = {}
        for bridge in self.layout.bridges:
            nodes[f"{bridge.prefix}[1:{bridge.members}]"] = {}
            nodes[bridge.name] = {"kind": "bridge", "namespace": None, "addresses": [self._address(bridge, phase)]}
        return "netns.lab.lab", {
            "lab_nodes": nodes,
            "lab_links": [[f"{bridge.prefix}[1:{bridge.members}]", bridge.name] for bridge in self.layout.bridges],
            # The subnet of each bridge is that of its address.
            "lab_pools": {"lan": "172.16.0.0/12"},
            "verify": False,
            **({"lab_state": "absent"} if phase == REMOVE else {}),
        }
