# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ip -batch`, as somebody uses it who knows iproute2 well: one batch for the host, in which a pair gets both ends, its
bridge and its names at once, and a small one for each namespace, because a batch stays in the namespace it began in."""

from __future__ import annotations

from ansible_collections.netns.lab.tests.benchmark.contenders.base import Script
from ansible_collections.netns.lab.tests.benchmark.layout import Bridge
from ansible_collections.netns.lab.tests.benchmark.measure import BUILD, CHANGE


class Batch(Script):
    key = "batch"
    title = "`ip -batch`"
    needs = ("ip",)

    def script(self, phase: str, bridge: Bridge) -> str:
        if phase == BUILD:
            return self._build(bridge)
        if phase == CHANGE:
            return _batch(
                f"address delete {bridge.address} dev {bridge.name}",
                f"address add {bridge.other_address} dev {bridge.name}",
            )
        return _batch(
            f"link delete {bridge.name}",
            *(f"netns delete {bridge.namespace(number)}" for number in bridge.numbers()),
        )

    def _build(self, bridge: Bridge) -> str:
        host = _batch(
            f"link add {bridge.name} up type bridge",
            f"address add {bridge.address} dev {bridge.name}",
            *(f"netns add {bridge.namespace(number)}" for number in bridge.numbers()),
            *(
                f"link add {bridge.port(number)} up master {bridge.name}"
                f" type veth peer name eth0 netns {bridge.namespace(number)}"
                for number in bridge.numbers()
            ),
        )
        return host + "".join(
            _batch(
                "link set lo up",
                "link set eth0 up",
                f"address add {bridge.member_address(number)} dev eth0",
                options=f"-n {bridge.namespace(number)} ",
            )
            for number in bridge.numbers()
        )


def _batch(*lines: str, options: str = "") -> str:
    text = "\n".join(lines)
    return f"ip {options}-batch - <<'END'\n{text}\nEND\n"
