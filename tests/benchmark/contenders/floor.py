# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The C program, which does what the kernel asks for and nothing else."""

from __future__ import annotations

from ansible_collections.netns.lab.tests.benchmark.contenders.base import Contender
from ansible_collections.netns.lab.tests.benchmark.measure import BUILD, Sample


class Floor(Contender):
    key = "floor"
    title = "C on netlink (the floor)"
    needs = ("cc",)
    fails_again = True

    def run(self, phase: str) -> Sample:
        return self.stopwatch.run(self._command(phase))

    def refuses_again(self) -> bool:
        return self.stopwatch.fails(self._command(BUILD))

    def _command(self, phase: str) -> list[str]:
        words = [
            word
            for bridge in self.layout.bridges
            for word in (bridge.name, bridge.prefix, str(bridge.net), str(bridge.members))
        ]
        return [str(self.built / "floor"), phase, *words]
