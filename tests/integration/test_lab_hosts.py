# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role lab over four hosts that SSH leads to: one lab of forty nodes, with LANs and links between the hosts."""

from __future__ import annotations

import copy
import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import Placement, place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab
from ansible_collections.netns.lab.tests.benchmark.many_hosts import may_run_sshd
from ansible_collections.netns.lab.tests.integration.helpers.hosts import Fleet, fleet
from ansible_collections.netns.lab.tests.integration.helpers.lab import eventually

pytestmark = pytest.mark.skipif(not may_run_sshd(), reason="sshd needs more than one user; run this as root")

# Eight routers in a ring with two chords, and five LANs. Some nodes are where they are told, one bridge is on one host
# whatever is plugged into it, one is in the hosts' own namespace.
ROUTERS = {
    "r[1:3]": {"forwarding": True},
    "r[4:5]": {"forwarding": True, "host": "host[3:4]"},
    "r[6:8]": {"forwarding": True},
}
BRIDGES = {
    "sw[1:3]": {"kind": "bridge"},
    "sw4": {"kind": "bridge", "namespace": None},
    "sw5": {"kind": "bridge", "host": "host2"},
}
LAB: dict[str, t.Any] = {
    "lab_name": "wide",
    "lab_nodes": {**ROUTERS, "h[1:4]": {"host": "host[1:4]"}, "h[5:32]": {}, **BRIDGES},
    "lab_links": [
        ["r[1:7]", "r[2:8]"],
        ["r8", "r1"],
        ["r1", "r5"],
        ["r3", "r7"],
        ["r[1:5]", "sw[1:5]"],
        ["h[1:6]", "sw1"],
        ["h[7:12]", "sw2"],
        ["h[13:18]", "sw3"],
        ["h[19:24]", "sw4"],
        ["h[25:32]", "sw5"],
    ],
    "lab_pools": {
        "lan": ["172.16.0.0/16", "fd00:172::/48"],
        "p2p": ["10.1.0.0/16", "fd00:1::/64"],
        "loopback": ["10.0.0.0/24", "fd00::/64"],
    },
    "lab_routing": "static",
    "lab_expect": [{"from": "all", "to": "all"}],
}


@pytest.fixture(scope="module")
def hosts() -> t.Iterator[Fleet]:
    with fleet(4) as found:
        yield found


def placed(definition: dict[str, t.Any], hosts: Fleet) -> tuple[Lab, Placement]:
    lab = read_lab(definition)
    return lab, place(lab, list(hosts.addresses))


def everything_is_reached(definition: dict[str, t.Any], hosts: Fleet, *sources: str) -> None:
    """From the named nodes, or all, to every address by which another is known; all nodes of a host at a time."""
    lab, placement = placed(definition, hosts)
    missing: dict[str, str] = {}

    def try_all() -> bool:
        missing.clear()
        for host in hosts.addresses:
            script = []
            for node in lab.nodes.values():
                if placement.of_node[node] == (host,) and not node.is_bridge and node.name in (sources or lab.nodes):
                    targets = " ".join(e.destination for e in lab.expectations if e.source is node)
                    ping = "ping -n -q -c 1 -W 2 $to >/dev/null"
                    loop = f"for to in {targets}; do {ping} || echo {node.name} $to; done"
                    script.append(f"ip netns exec {node.name} sh -c '{loop}' &")
            missing[host] = hosts.sh(host, "\n".join([*script, "wait"]))
        return not any(missing.values())

    assert eventually(try_all, seconds=60), missing


def test_one_lab_over_four_hosts(hosts: Fleet) -> None:
    lab, placement = placed(LAB, hosts)
    # The lab is worth the name: links, and LANs with more than two parts.
    assert len(placement.between) >= 2
    assert any(len(placement.parts(node)) > 2 for node in lab.nodes.values() if node.is_bridge)

    checked = hosts.play(LAB, "--check")
    assert all(checked.changed.values()) and len(checked.changed) == 4
    assert hosts.residue() == {}

    built = hosts.play(LAB)
    assert built.changed == checked.changed
    assert "its MTU is 1450 and not 1500" in built.output
    for host, names in hosts.namespaces().items():
        expected = {node.namespace for node, where in placement.of_node.items() if host in where} - {None}
        assert set(names) == expected
    everything_is_reached(LAB, hosts)
    the_mtu_is_what_goes_through(lab, placement, hosts)

    # Its own pings come to the same, and there is nothing left to change. The hosts' facts name the same addresses.
    proved = hosts.play({**LAB, "verify": True, "lab_underlay_interface": "eth0"})
    assert "ok: [host4]" in proved.output.partition("Bring the host's part")[0]
    assert set(proved.changed.values()) == {0}
    assert "all as expected" in proved.output


def the_mtu_is_what_goes_through(lab: Lab, placement: Placement, hosts: Fleet) -> None:
    one, two = next(iter(placement.between)).ends
    # 1450 bytes of IPv4: with 20 of its header and 8 of ICMP
    ping = f"ip netns exec {one.node.name} ping -n -q -c 1 -W 5 -M do"
    for size, received in ((1450 - 28, 1), (1450 - 27, 0)):
        said = hosts.sh(placement.of_node[one.node][0], f"{ping} -s {size} {two.addresses[0].ip} || :")
        assert f" {received} received" in said, said


def test_a_lab_changes_and_goes(hosts: Fleet) -> None:
    if not hosts.residue():  # the test before has built it, if it has run
        hosts.play(LAB)
    _lab, placement = placed(LAB, hosts)
    before = hosts.namespaces()

    # A node goes to another host, and all others stay where they are.
    moved = copy.deepcopy(LAB)
    moved["lab_nodes"] = {**ROUTERS, **BRIDGES}
    for node, where in placement.of_node.items():
        if not node.is_bridge and not node.forwards:
            moved["lab_nodes"][node.name] = {"host": where[0]}
    old = moved["lab_nodes"]["h9"]["host"]
    new = moved["lab_nodes"]["h9"]["host"] = next(host for host in hosts.addresses if host != old)
    hosts.play(moved)
    after = hosts.namespaces()
    assert "h9" in after[new] and "h9" not in after[old]
    assert all(set(before[host]) - {"h9", "sw2"} == set(after[host]) - {"h9", "sw2"} for host in before)
    everything_is_reached(moved, hosts, "h9", "r1")

    # What is limited to one host leaves the others alone, and all nodes where they are.
    hosts.play({**moved, "lab_state": "absent"}, "--limit", "host2")
    assert hosts.namespaces() == {**after, "host2": []}
    limited = hosts.play(moved, "--limit", "host2")
    assert list(limited.changed) == ["host2"]
    assert hosts.namespaces() == after
    everything_is_reached(moved, hosts, "h9", "h2")

    # It goes without the definition.
    hosts.play({"lab_name": "wide", "lab_state": "absent"})
    assert hosts.residue() == {}
    assert set(hosts.play({"lab_name": "wide", "lab_state": "absent"}).changed.values()) == {0}


def test_what_is_wrong_is_said_before_anything_is_touched(hosts: Fleet) -> None:
    faulty = {**LAB, "lab_links": [*LAB["lab_links"], ["h1", "nobody"]]}
    played = hosts.attempt(faulty)
    assert played.status != 0
    assert "lab_links[10][1]: node 'nobody' is unknown" in played.output
    assert hosts.residue() == {}


# Joined over IPv6. One host has half of the nodes that name none, less what it has already, and one has nothing.
SIX: dict[str, t.Any] = {
    "lab_name": "six",
    "lab_nodes": {"x[1:2]": {"host": "host[1:3:2]"}, "h[1:6]": {}, "sw": {"kind": "bridge"}},
    "lab_links": [
        {"endpoints": ["x1", "x2"], "rate": "20mbit"},
        ["h[1:6]", "sw"],
    ],
    "lab_pools": {"lan": ["172.16.0.0/16", "fd00:172::/48"], "p2p": "10.1.0.0/16"},
    "lab_expect": [{"from": "x1", "to": "x2"}, {"from": "h1", "to": "h[2:6]"}],
    "lab_underlay_address": "fd00:99::{{ inventory_hostname[4:] }}",
    "lab_weight": "{{ {'host1': 2, 'host2': 0}[inventory_hostname] | default(1) }}",
}


def test_an_underlay_of_ipv6_weights_and_a_picture_of_what_is_there(hosts: Fleet, tmp_path: Path) -> None:
    for number, host in enumerate(hosts.addresses, 1):
        hosts.sh(host, f"ip -6 address replace fd00:99::{number}/64 dev eth0 nodad")
    built = hosts.play({**SIX, "verify": True})
    assert "its MTU is 1430 and not 1500" in built.output and "all as expected" in built.output
    nodes = {host: len(set(names) - {"sw"}) for host, names in hosts.namespaces().items()}
    assert nodes == {"host1": 4, "host2": 0, "host3": 2, "host4": 2}
    (tunnel,) = json.loads(hosts.sh("host3", "ip -n x2 -d -j link show dev eth0"))
    data = tunnel["linkinfo"]["info_data"]
    assert (tunnel["mtu"], tunnel["qdisc"]) == (1430, "tbf")
    assert (data["local6"], data["remote6"]) == ("fd00:99::3", "fd00:99::1")

    # Something is missing on one host, and something is other than it should be on another.
    hosts.sh("host3", "ip -n x2 link del eth0")
    changed = next(name for name in hosts.namespaces()["host4"] if name != "sw")
    hosts.sh("host4", f"ip -n {changed} link set dev eth0 mtu 1400")
    before = hosts.namespaces()
    hosts.picture(SIX, tmp_path)
    assert hosts.namespaces() == before
    text = (tmp_path / "six.mmd").read_text()
    assert all(f'["host{number}"]' in text for number in (1, 3, 4)) and '["host2"]' not in text
    assert '-.-|"rate 20mbit<br/>missing"|' in text
    page = (tmp_path / "six.html").read_text()
    drift = page.partition('id="drift"')[2].partition("</table>")[0]
    assert "<td>host3</td><td>vxlan</td><td><code>x2:eth0</code></td>" in drift and "<td>host4</td>" in drift
