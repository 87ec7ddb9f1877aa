# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labs of some size."""

from __future__ import annotations

import itertools
import typing as t

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute

Sections = dict[str, list[dict[str, t.Any]]]


def bridged(members: int) -> Sections:
    """The namespaces m0, m1, ... with one cable each to a bridge of the host."""
    numbers = range(members)
    return {
        "netns": [{"name": f"m{number}"} for number in numbers],
        "bridge": [{"name": "br0"}],
        "veth": [{"name": f"p{number}", "peer": {"name": "eth0", "namespace": f"m{number}"}} for number in numbers],
        "bridge_port": [{"bridge": "br0", "interface": f"p{number}"} for number in numbers],
        "netns_address": [
            {
                "address": f"10.{number >> 8}.{number & 255}.1/8",
                "interface": "eth0",
                "namespace": f"m{number}",
            }
            for number in numbers
        ],
    }


def leaf_spine(spines: int, leaves: int, per_leaf: int) -> Sections:
    """Everyone calls interfaces alike, so that names and indexes coincide all over."""
    nodes = [f"s{number}" for number in range(spines)] + [f"l{number}" for number in range(leaves)]
    hosts = [f"h{leaf}-{number}" for leaf in range(leaves) for number in range(per_leaf)]
    cables = [
        {"name": f"eth{leaf}", "namespace": f"s{spine}", "peer": {"name": f"eth{spine}", "namespace": f"l{leaf}"}}
        for spine, leaf in itertools.product(range(spines), range(leaves))
    ]
    cables += [
        {
            "name": f"eth{spines + number}",
            "namespace": f"l{leaf}",
            "peer": {"name": "eth0", "namespace": f"h{leaf}-{number}"},
        }
        for leaf, number in itertools.product(range(leaves), range(per_leaf))
    ]
    return {"netns": [{"name": name} for name in (*nodes, *hosts)], "veth": cables}


def test_in_a_leaf_spine_lab_every_cable_is_told_apart(lab: Lab) -> None:
    sections = leaf_spine(spines=2, leaves=3, per_leaf=3)
    lab.run("topology", name="fabric", **sections)
    assert len(lab.namespaces()) == 14
    for cable in sections["veth"]:
        far = cable["peer"]
        assert lab.peer(cable["namespace"], cable["name"]) == (far["namespace"], far["name"])
    lab.unchanged("topology", name="fabric", **sections)
    for cable in sections["veth"]:
        assert not execute("veth", cable).changed


def test_swapped_ends_in_a_leaf_spine_lab_are_put_right_with_cables_made_anew(lab: Lab) -> None:
    sections = leaf_spine(spines=2, leaves=3, per_leaf=1)
    lab.run("topology", name="fabric", **sections)
    lab.sh(
        "ip -n h0-0 link set dev eth0 name tmp; ip -n h0-0 link set dev tmp netns h1-0;"
        "ip -n h1-0 link set dev eth0 netns h0-0; ip -n h1-0 link set dev tmp name eth0;"
        "ip -n h0-0 link set dev eth0 up; ip -n h1-0 link set dev eth0 up"
    )
    assert lab.peer("h0-0", "eth0") == ("l1", "eth2")
    lab.run("topology", name="fabric", **sections)
    assert lab.peer("h0-0", "eth0") == ("l0", "eth2")
    assert lab.peer("h1-0", "eth0") == ("l1", "eth2")


def test_two_labs_with_the_same_interface_names_do_not_know_each_other(lab: Lab) -> None:
    def named(prefix: str) -> Sections:
        return {
            "netns": [{"name": f"{prefix}1"}, {"name": f"{prefix}2"}],
            "veth": [
                {
                    "name": "eth0",
                    "namespace": f"{prefix}1",
                    "peer": {"name": "eth0", "namespace": f"{prefix}2"},
                }
            ],
        }

    lab.run("topology", name="one", **named("mario"))
    before = lab.exact_network()
    lab.run("topology", name="two", **named("mario1"))
    lab.unchanged("topology", name="one", **named("mario"))
    lab.unchanged("topology", name="two", **named("mario1"))
    lab.run("topology", name="two", state="absent")
    lab.same(before, lab.exact_network(), "the other lab is as it was")


def test_a_thousand_members_on_a_bridge_are_built_repeated_and_removed(lab: Lab) -> None:
    before = lab.exact()
    sections = bridged(1000)
    built = execute("topology", {"name": "big", **sections})
    assert not built.failed, built.msg
    assert len(built.commands) >= 5000

    assert len(lab.namespaces()) == 1000
    ports = [link for link in lab.ip("", "link", "show", "master", "br0") if "UP" in link["flags"]]
    assert len(ports) == 1000
    for number in (0, 499, 999):
        assert lab.peer_of_index(f"m{number}", "eth0") == f"p{number}"
        (address,) = lab.addresses(f"m{number}", "eth0")
        assert address["local"] == f"10.{number >> 8}.{number & 255}.1"
        assert lab.is_up(f"m{number}", "eth0") and lab.is_up(f"m{number}", "lo")

    for check in (False, True):
        again = execute("topology", {"name": "big", **sections}, check=check)
        assert not again.failed and not again.changed, again.commands[:3]
    removed = execute("topology", {"name": "big", "state": "absent"})
    assert removed.changed, removed.msg
    lab.same(before, lab.exact(), "all of it is gone, and the names are free")
