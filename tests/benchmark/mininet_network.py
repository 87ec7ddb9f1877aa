# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mininet_network.py BRIDGES

Builds a network with Mininet and says so; then does what each line of its input says, and says when that is done.
"""

from __future__ import annotations

import json
import resource
import sys
import typing as t

import mininet.net  # type: ignore[import-not-found]
from mininet.log import setLogLevel  # type: ignore[import-not-found]
from mininet.nodelib import LinuxBridge  # type: ignore[import-not-found]
from mininet.topo import Topo  # type: ignore[import-not-found]


class Bridges(Topo):
    def build(self, bridges: list[list[t.Any]]) -> None:
        count = 0
        for at, (net, members, _address, _other) in enumerate(bridges, start=1):
            switch = self.addSwitch(f"s{at}")
            for number in range(1, members + 1):
                count += 1
                host = self.addHost(f"h{count}", ip=f"10.{net}.{number >> 8}.{number & 255}/16")
                self.addLink(host, switch)


def allow_open_files() -> None:
    """Of what Mininet's own fixLimits() does, what is about this process. The rest is settings of the whole machine,
    which outlive the sandbox."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    bridges = json.loads(sys.argv[1])
    setLogLevel("error")
    mininet.net.fixLimits = allow_open_files
    network = mininet.net.Mininet(topo=Bridges(bridges), switch=LinuxBridge, controller=None)
    network.start()
    for at, (_net, _members, address, _other) in enumerate(bridges, start=1):
        network[f"s{at}"].cmd(f"ip addr add {address} dev s{at}")
    print("built", flush=True)
    for line in sys.stdin:
        if line == "change\n":
            _net, _members, address, other = bridges[0]
            network["s1"].cmd(f"ip addr del {address} dev s1; ip addr add {other} dev s1")
        elif line == "remove\n":
            network.stop()
        else:
            return
        print("done", flush=True)


main()
