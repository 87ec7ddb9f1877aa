# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._model import Fact
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_neighbor import NetnsNeighbor, _made
from ansible_collections.netns.lab.tests.unit.helpers.lab import host, item, link, planned, requests, wish

MAC = "02:00:00:00:00:01"


def neighbour(address: str, **values: t.Any) -> Fact:
    known = {"mac": MAC, "nud": "permanent", "router": False, "extern_learn": False, **values}
    return _made(("neighbour", "", "e0", address, ""), known)


def test_the_messages_of_a_neighbour() -> None:
    plan = planned(
        host(link("e0", up=True)), item("netns_neighbor", address="2001:db8::1", interface="e0", mac=MAC, router=True)
    )
    ((_namespace, kind, flags, header, attrs),) = requests(plan)
    assert (kind, flags) == (nl.RTM_NEWNEIGH, nl.NLM_F_CREATE | nl.NLM_F_REPLACE)
    assert (header["family"], header["state"], header["flags"]) == (10, 0x80, 0x80)
    assert attrs == [("NDA_DST", "2001:db8::1"), ("NDA_LLADDR", MAC)]


def test_a_definition_makes_the_same_neighbour() -> None:
    view = host(link("e0", up=True))
    for fact in (neighbour("10.0.0.2"), neighbour("fe80::2", nud="noarp", router=True)):
        definition = NetnsNeighbor().definition(fact, view)
        assert definition is not None
        assert wish("netns_neighbor", **definition).identity == fact.key
    assert NetnsNeighbor().definition(neighbour("10.0.0.2"), view) == {
        "address": "10.0.0.2",
        "interface": "e0",
        "mac": MAC,
    }
    assert NetnsNeighbor().definition(neighbour("10.0.0.2", nud="found out"), view) is None


def test_another_mac_of_the_link_takes_neighbours_along_and_they_are_set_again() -> None:
    view = host(link("e0", up=True), [neighbour("10.0.0.2")])
    plan = planned(
        view,
        item("netns_neighbor", address="10.0.0.2", interface="e0", mac=MAC),
        item("netns_link", name="e0", mac="02:00:00:00:00:09"),
    )
    assert [command.split()[1] for command in plan.commands] == ["link", "neighbour"]
    assert [len(level) for level in plan.levels] == [1, 1]
