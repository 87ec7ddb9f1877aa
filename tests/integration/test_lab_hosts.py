# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role lab over four hosts that SSH leads to: one lab of forty nodes, with LANs and links between the hosts."""

from __future__ import annotations

import copy
import typing as t

import pytest

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
    "lab_nodes": {**ROUTERS, "h[1:32]": {}, **BRIDGES},
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


def placed(definition: dict[str, t.Any], hosts: Fleet) -> tuple[t.Any, Placement]:
    lab = read_lab(definition)
    return lab, place(lab, list(hosts.addresses))


def everything_is_reached(definition: dict[str, t.Any], hosts: Fleet) -> None:
    """From every node to every address by which another is known, with ping, all nodes of a host at a time."""
    lab, placement = placed(definition, hosts)
    missing: dict[str, str] = {}

    def try_all() -> bool:
        missing.clear()
        for host in hosts.addresses:
            script = ["cd /run/tmp 2>/dev/null || cd /tmp; rm -f missing.*"]
            for node in lab.nodes.values():
                if not node.is_bridge and placement.of_node[node] == (host,):
                    targets = " ".join(e.destination for e in lab.expectations if e.source is node)
                    script.append(
                        f"( for to in {targets}; do ip netns exec {node.name} ping -n -q -c 1 -W 2 $to >/dev/null "
                        f"|| echo {node.name} $to; done ) &"
                    )
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
        expected = {node.namespace for node in lab.nodes.values() if host in placement.of_node[node]}
        assert set(names) == expected
    everything_is_reached(LAB, hosts)

    assert set(hosts.play(LAB).changed.values()) == {0}


def test_what_is_as_large_as_the_mtu_goes_through(hosts: Fleet) -> None:
    lab, placement = placed(LAB, hosts)
    link = next(iter(placement.between))
    one, two = link.ends
    target = two.addresses[0].ip
    hosts.play(LAB)
    # 1450 bytes of IPv4: with 20 of its header and 8 of ICMP
    ping = f"ip netns exec {one.node.name} ping -n -q -c 1 -W 5 -M do -s"
    hosts.sh(placement.of_node[one.node][0], f"{ping} {1450 - 28} {target}")
    refused = hosts.sh(placement.of_node[one.node][0], f"{ping} {1450 - 27} {target} 2>&1 || :")
    assert "mtu=1450" in refused or "mtu 1450" in refused


def test_a_node_moves_to_another_host_in_one_run(hosts: Fleet) -> None:
    hosts.play(LAB)
    _lab, placement = placed(LAB, hosts)
    moved = copy.deepcopy(LAB)
    # Each by itself, because a range is one item.
    moved["lab_nodes"] = {**ROUTERS, **{f"h{number}": {} for number in range(1, 33)}, **BRIDGES}
    lab, same = placed(moved, hosts)
    assert {node.name: where for node, where in same.of_node.items()} == {
        node.name: where for node, where in placement.of_node.items()
    }
    for node, where in same.of_node.items():
        if not node.is_bridge and not node.forwards:
            moved["lab_nodes"][node.name] = {"host": where[0]}
    (before,) = same.of_node[lab.nodes["h9"]]
    after = next(host for host in hosts.addresses if host != before)
    moved["lab_nodes"]["h9"] = {"host": after}

    hosts.play(moved)
    names = hosts.namespaces()
    assert "h9" in names[after] and not any("h9" in names[host] for host in names if host != after)
    everything_is_reached(moved, hosts)
    assert set(hosts.play(moved).changed.values()) == {0}


def test_a_limited_run_leaves_the_others_as_they_are(hosts: Fleet) -> None:
    hosts.play(LAB)
    before = hosts.namespaces()
    hosts.play({**LAB, "lab_state": "absent"}, "--limit", "host2")
    assert hosts.namespaces() == {**before, "host2": []}
    limited = hosts.play(LAB, "--limit", "host2")
    assert list(limited.changed) == ["host2"]
    assert hosts.namespaces() == before
    everything_is_reached(LAB, hosts)


def test_nothing_is_left_on_any_host(hosts: Fleet) -> None:
    hosts.play(LAB)
    hosts.play({"lab_name": "wide", "lab_state": "absent"})
    assert hosts.residue() == {}
    assert set(hosts.play({"lab_name": "wide", "lab_state": "absent"}).changed.values()) == {0}


def test_what_is_wrong_is_said_before_anything_is_touched(hosts: Fleet) -> None:
    faulty = {**LAB, "lab_links": [*LAB["lab_links"], ["h1", "nobody"]]}
    played = hosts.attempt(faulty)
    assert played.status != 0
    assert "lab_links[10][1]: node 'nobody' is unknown" in played.output
    assert hosts.residue() == {}
