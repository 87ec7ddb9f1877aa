# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tutorial's commands as tasks of Ansible, in loops: what there is without a collection for it."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.tests.benchmark.contenders import ansible
from ansible_collections.netns.lab.tests.benchmark.contenders.base import Contender
from ansible_collections.netns.lab.tests.benchmark.measure import BUILD, Sample

MOST = 10


class Commands(Contender):
    key = "commands"
    title = "`command` tasks in loops"
    needs = ("ansible-playbook", "ip")
    fails_again = True

    @classmethod
    def impossible(cls, size: int) -> str:
        return f"measured with {MOST} members only: every command is a task's item of its own" if size > MOST else ""

    @classmethod
    def runs(cls, size: int, wanted: int) -> int:
        return 1

    def interface(self, member: int) -> str:
        return f"{self.layout.namespaces[member - 1]}2{self.layout.bridges[0].name}"

    def run(self, phase: str) -> Sample:
        found = ansible.run(self.stopwatch, self._playbook(phase), self._variables(), changed=True)
        # Of hundreds of modules; their sum would say nothing.
        return Sample(found.seconds, found.peak_kib)

    def refuses_again(self) -> bool:
        return self.stopwatch.fails(ansible.command(self._playbook(BUILD), self._variables()))

    def _playbook(self, phase: str) -> str:
        return str(ansible.PLAYBOOKS / f"commands_{phase}.yml")

    def _variables(self) -> dict[str, t.Any]:
        (bridge,) = self.layout.bridges
        return {
            "bridge": bridge.name,
            "address": bridge.address,
            "other_address": bridge.other_address,
            "members": [
                {
                    "namespace": bridge.namespace(number),
                    "port": bridge.port(number),
                    "interface": self.interface(number),
                    "address": bridge.member_address(number),
                }
                for number in bridge.numbers()
            ],
        }
