# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netns.lab.tests.unit.helpers.lab import host, item, netns, nothing, pair, planned

NODES = [netns("h1"), netns("h2"), netns("h3"), netns("h4")]
CABLE = {"namespace": "h2", "name": "eth0", "peer": {"namespace": "h3", "name": "eth1"}}


# -- whose pair is it

ALIKE = [("h3:eth0", "h4:eth1"), ("h1:eth0", "h4:eth1"), ("h3:eth0", "h2:eth1"), ("eth0", "h4:eth1")]


@pytest.mark.parametrize("other", ALIKE)
def test_another_pair_whose_ends_are_called_alike_is_not_taken_for_this_one(other: tuple[str, str]) -> None:
    """In a line of nodes each has its eth0 to the next and its eth1 to the one before."""
    plan = planned(host(*NODES, pair(*other)), item("veth", **CABLE))
    assert plan.commands[0].startswith("ip -n h2 link add name eth0 type veth peer name eth1 netns h3")
    assert len(plan.commands) == 3


@pytest.mark.parametrize("other", [*ALIKE, ("eth0", "eth1")])
def test_another_pair_whose_ends_are_called_alike_is_not_deleted(other: tuple[str, str]) -> None:
    assert nothing(planned(host(*NODES, pair(*other)), item("veth", state="absent", **CABLE)))


def test_a_pair_made_here_and_not_yet_moved_is_moved() -> None:
    plan = planned(host(*NODES, pair("eth0", "eth1")), item("veth", **CABLE))
    assert plan.commands == [
        "ip link set dev eth0 netns h2",
        "ip link set dev eth1 netns h3",
        "ip -n h2 link set dev eth0 up",
        "ip -n h3 link set dev eth1 up",
    ]
