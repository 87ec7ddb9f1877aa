# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""This collection, as its README says: ansible-playbook with the role `bridged`, and with the module `topology` where
there is more than one bridge."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.tests.benchmark.contenders import ansible
from ansible_collections.netns.lab.tests.benchmark.contenders.base import Contender
from ansible_collections.netns.lab.tests.benchmark.layout import Bridge
from ansible_collections.netns.lab.tests.benchmark.measure import AGAIN, CHANGE, PHASES, PING, REMOVE, Sample


class Collection(Contender):
    key = "collection"
    title = "this collection"
    needs = ("ansible-playbook",)

    def phases(self) -> tuple[str, ...]:
        return (PING, *PHASES)

    def run(self, phase: str) -> Sample:
        if phase == PING:
            return ansible.ping(self.stopwatch)
        playbook, variables = self._definition(phase)
        return ansible.run(self.stopwatch, playbook, variables, changed=phase != AGAIN)

    def _definition(self, phase: str) -> tuple[str, dict[str, t.Any]]:
        """The whole definition each time, as somebody has it who keeps it in a file."""
        first = self.layout.bridges[0]
        address = self._address(first, phase)
        state = "absent" if phase == REMOVE else "present"
        if len(self.layout.bridges) > 1:
            variables = {"state": state, "members": first.members, "address": address}
            return str(ansible.PLAYBOOKS / "three_bridges.yml"), variables
        return "netns.lab.bridged", {
            "bridged_state": state,
            "bridged_member_count": first.members,
            "bridged_subnet": [first.subnet],
            "bridged_bridge_addresses": [address],
            # Without the pings that come behind it: nobody else's time has any.
            "verify": False,
        }

    def _address(self, bridge: Bridge, phase: str) -> str:
        """One address is another after the change, and that is what is taken away."""
        is_other = bridge is self.layout.bridges[0] and phase in (CHANGE, REMOVE)
        return bridge.other_address if is_other else bridge.address
