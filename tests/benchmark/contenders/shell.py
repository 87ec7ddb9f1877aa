# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that tutorials show, in a shell loop."""

from __future__ import annotations

from ansible_collections.netns.lab.tests.benchmark.contenders.base import Script
from ansible_collections.netns.lab.tests.benchmark.layout import Bridge

BUILD = """\
ip link add {name} type bridge
i=1
while [ $i -le {members} ]; do
    ip netns add {prefix}$i
    ip netns exec {prefix}$i ip link set lo up
    ip link add {name}2{prefix}$i type veth peer name {prefix}${{i}}2{name}
    ip link set {prefix}${{i}}2{name} netns {prefix}$i
    ip link set {name}2{prefix}$i master {name}
    ip netns exec {prefix}$i ip addr add dev {prefix}${{i}}2{name} 10.{net}.$((i / 256)).$((i % 256))/16
    ip link set {name}2{prefix}$i up
    ip netns exec {prefix}$i ip link set {prefix}${{i}}2{name} up
    i=$((i + 1))
done
ip addr add dev {name} {address}
ip link set {name} up
"""
CHANGE = """\
ip addr del dev {name} {address}
ip addr add dev {name} {other}
"""
REMOVE = """\
i=1
while [ $i -le {members} ]; do
    ip netns delete {prefix}$i
    i=$((i + 1))
done
ip link delete {name}
"""
SCRIPTS = {"build": BUILD, "change": CHANGE, "remove": REMOVE}


class Shell(Script):
    key = "shell"
    title = "`ip` in a shell loop"
    needs = ("ip",)

    @classmethod
    def runs(cls, size: int, wanted: int) -> int:
        return wanted if size <= 100 else 1

    def interface(self, member: int) -> str:
        namespace = self.layout.namespaces[member - 1]
        (bridge,) = (bridge for bridge in self.layout.bridges if namespace.startswith(bridge.prefix))
        return f"{namespace}2{bridge.name}"

    def script(self, phase: str, bridge: Bridge) -> str:
        return SCRIPTS[phase].format(
            name=bridge.name,
            prefix=bridge.prefix,
            net=bridge.net,
            members=bridge.members,
            address=bridge.address,
            other=bridge.other_address,
        )
