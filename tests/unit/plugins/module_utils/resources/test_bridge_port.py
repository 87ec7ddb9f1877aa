# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import struct
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._engine import wishes_of
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Index, Request, link_key
from ansible_collections.netns.lab.plugins.module_utils._steps import AwaitCarrier
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    SpecError,
    as_tuple,
    bridge,
    change,
    host,
    item,
    link,
    netns,
    nothing,
    options,
    pair,
    planned,
    port,
    requests,
    steps,
    wish,
)

CABLE = [bridge("br0"), bridge("br1"), pair("p0", "p1")]
PORT = {"interface": "p0", "bridge": "br0"}


def slave(*attrs: tuple[str, t.Any]) -> tuple[str, t.Any]:
    inside = [("IFLA_INFO_SLAVE_KIND", "bridge"), ("IFLA_INFO_SLAVE_DATA", {"attrs": list(attrs)})]
    return ("IFLA_LINKINFO", {"attrs": inside})


# -- present


def test_a_link_becomes_a_port() -> None:
    plan = planned(host(*CABLE), item("bridge_port", **PORT))
    assert plan.commands == ["ip link set dev p0 master br0"]
    assert change(plan) == (None, {"bridge": "br0"})
    assert requests(plan) == [
        (
            "",
            16,
            0,
            {"family": 0, "index": 0, "flags": 0, "change": 0},
            [("IFLA_IFNAME", "p0"), ("IFLA_MASTER", Index(link_key("", "br0")))],
        )
    ]
    ((undo,),) = [step.undo for step in steps(plan)]
    assert as_tuple(undo)[4] == [("IFLA_IFNAME", "p0"), ("IFLA_MASTER", 0)]


def test_a_new_port_gets_its_attributes_in_a_second_message() -> None:
    plan = planned(host(*CABLE), item("bridge_port", **PORT, cost=7, isolated=True))
    assert plan.commands == [
        "ip link set dev p0 master br0",
        "ip link set dev p0 type bridge_slave cost 7 isolated on",
    ]
    assert change(plan) == (None, {"bridge": "br0", "cost": 7, "isolated": True})
    assert requests(plan)[1][4] == [("IFLA_IFNAME", "p0"), slave(("IFLA_BRPORT_COST", 7), ("IFLA_BRPORT_ISOLATED", 1))]
    assert [len(level) for level in plan.levels] == [1, 1]


def test_a_port_as_it_should_be_is_left_alone() -> None:
    view = host(*CABLE, port("p0", "br0", cost=7, isolated=False))
    assert nothing(planned(view, item("bridge_port", **PORT, cost=7, isolated=False)))


def test_a_port_is_changed_in_place() -> None:
    view = host(*CABLE, port("p0", "br0", cost=2, priority=32, isolated=False))
    plan = planned(view, item("bridge_port", **PORT, cost=7, isolated=False, hairpin=True))
    assert plan.commands == ["ip link set dev p0 type bridge_slave cost 7 hairpin on"]
    assert change(plan) == ({"cost": 2, "hairpin": None}, {"cost": 7, "hairpin": True})
    (step,) = steps(plan)
    (undo,) = step.undo
    assert as_tuple(undo)[4] == [("IFLA_IFNAME", "p0"), slave(("IFLA_BRPORT_COST", 2))]
    assert isinstance(step, Request) and step.partial


def test_a_port_of_another_bridge_changes_over_and_keeps_nothing() -> None:
    """The kernel gives a port that is new on a bridge that bridge's defaults."""
    view = host(*CABLE, port("p0", "br1", cost=7, priority=1, port_state="forwarding"))
    plan = planned(view, item("bridge_port", **PORT, cost=7))
    assert plan.commands == ["ip link set dev p0 master br0", "ip link set dev p0 type bridge_slave cost 7"]
    assert change(plan) == ({"bridge": "br1"}, {"bridge": "br0", "cost": 7})
    first = [as_tuple(undo)[4] for undo in steps(plan)[0].undo]
    assert first == [
        [("IFLA_IFNAME", "p0"), ("IFLA_MASTER", Index(link_key("", "br1")))],
        [("IFLA_IFNAME", "p0"), slave(("IFLA_BRPORT_COST", 7), ("IFLA_BRPORT_PRIORITY", 1))],
    ]
    assert view.values(("port", "", "p0")) == {"master": "br0", "cost": 7}


def test_what_is_named_must_be_a_bridge() -> None:
    with pytest.raises(LabError, match="^bridge_port p0: p1 is no bridge; name a bridge or create it$"):
        planned(host(*CABLE), item("bridge_port", interface="p0", bridge="p1"))


@pytest.mark.parametrize("missing", ["p0", "br0"])
def test_link_and_bridge_must_be_there_but_in_check_mode(missing: str) -> None:
    there = {"p0": link("p0"), "br0": bridge("br0")}
    del there[missing]
    with pytest.raises(LabError, match=f"^bridge_port p0: there is no interface {missing}; create it first$"):
        planned(host(*there.values()), item("bridge_port", **PORT))
    plan = planned(host(*there.values(), assuming=True), item("bridge_port", **PORT))
    assert plan.commands == ["ip link set dev p0 master br0"]


def test_a_port_is_in_the_namespace_of_its_bridge() -> None:
    view = host(netns("a"), bridge("a:br0"), pair("a:p0", "p1"))
    plan = planned(view, item("bridge_port", namespace="a", **PORT))
    assert plan.commands == ["ip -n a link set dev p0 master br0"]
    assert requests(plan)[0][4][1] == ("IFLA_MASTER", Index(link_key("a", "br0")))


def test_a_state_is_set_when_the_link_is_up() -> None:
    wished = [
        item("bridge_port", **PORT, port_state="disabled"),
        item("netns_link", name="p0", up=True),
    ]
    view = host(bridge("br0", stp=False), pair("p0", "p1", up=False))
    plan = planned(view, *wished)
    assert plan.commands == [
        "ip link set dev p0 up",
        "ip link set dev p0 master br0",
        "bridge link set dev p0 state 0",
    ]


def test_a_state_goes_by_way_of_the_bridge_once_there_is_carrier() -> None:
    """By way of the link, the bridge would enable the port again."""
    view = host(bridge("br0", stp=False), pair("p0", "p1"), port("p0", "br0", port_state="forwarding", cost=2))
    plan = planned(view, item("bridge_port", **PORT, port_state="disabled", cost=9))
    assert plan.commands == ["ip link set dev p0 type bridge_slave cost 9", "bridge link set dev p0 state 0"]
    assert change(plan) == ({"port_state": "forwarding", "cost": 2}, {"port_state": "disabled", "cost": 9})
    settings, carrier, state = steps(plan)
    assert "IFLA_BRPORT_STATE" not in str(as_tuple(settings)[4])
    assert carrier == AwaitCarrier("", "p0")
    assert as_tuple(state) == (
        "",
        19,
        0,
        {"family": 7, "index": Index(link_key("", "p0"))},
        [("IFLA_PROTINFO", {"attrs": [("IFLA_BRPORT_STATE", 0)]})],
    )
    assert [as_tuple(undo)[4] for undo in state.undo] == [[("IFLA_PROTINFO", {"attrs": [("IFLA_BRPORT_STATE", 3)]})]]
    assert len(plan.levels) == 3


def test_a_ports_state_is_encoded_as_the_kernel_wants_it() -> None:
    """br_setlink() takes the attribute for a single byte unless it is marked as nested."""
    attrs = [("IFLA_PROTINFO", {"attrs": [("IFLA_BRPORT_STATE", 3)]})]
    body = nl.encode("ifinfmsg", {"family": 7, "index": 5}, attrs)
    header = struct.pack("=BxHiII", 7, 0, 5, 0, 0)
    assert body == header + struct.pack("=HH", 12, 12 | 0x8000) + struct.pack("=HHB3x", 5, 1, 3)


def test_blocking_without_a_spanning_tree_is_refused() -> None:
    with pytest.raises(LabError, match="^bridge_port p0: without a spanning tree the kernel turns blocking"):
        planned(host(bridge("br0", stp=False), pair("p0", "p1")), item("bridge_port", **PORT, port_state="blocking"))


# -- absent


@pytest.mark.parametrize("named", [{}, {"bridge": "br0"}])
def test_a_port_is_taken_from_its_bridge(named: dict[str, str]) -> None:
    view = host(*CABLE, port("p0", "br0", cost=7))
    plan = planned(view, item("bridge_port", interface="p0", state="absent", **named))
    assert plan.commands == ["ip link set dev p0 nomaster"]
    assert change(plan) == ({"bridge": "br0"}, None)
    assert requests(plan)[0][4] == [("IFLA_IFNAME", "p0"), ("IFLA_MASTER", 0)]
    assert len(steps(plan)[0].undo) == 2
    assert view.of_type("port") == []


def test_a_port_of_another_bridge_is_absent_from_this_one() -> None:
    view = host(*CABLE, port("p0", "br1"))
    assert nothing(planned(view, item("bridge_port", **PORT, state="absent")))


def test_what_is_no_port_or_not_even_there_is_absent() -> None:
    assert nothing(planned(host(*CABLE), item("bridge_port", **PORT, state="absent")))
    assert nothing(planned(host(), item("bridge_port", **PORT, state="absent")))


def test_a_slave_of_a_bond_is_not_this_kinds_to_free() -> None:
    view = host(link("bond0", "bond"), link("e0"), port("e0", "bond0"))
    assert nothing(planned(view, item("bridge_port", interface="e0", state="absent")))


# -- what is asked for


def test_a_bridge_must_be_named_for_a_port_to_be_there() -> None:
    with pytest.raises(SpecError, match="bridge"):
        options("bridge_port", interface="p0")


def test_a_bridge_is_no_port_of_itself() -> None:
    with pytest.raises(ValueError, match="cannot be a port of itself"):
        wish("bridge_port", interface="br0", bridge="br0")


@pytest.mark.parametrize("given", [{"cost": 0}, {"cost": 65536}, {"priority": -1}, {"priority": 64}])
def test_a_bad_number_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be from"):
        wish("bridge_port", **PORT, **given)


def ports(count: int, **more: t.Any) -> list[t.Any]:
    return [item("bridge_port", interface=f"p{number}", bridge="br0", **more) for number in range(count)]


def test_a_bridge_takes_1023_ports() -> None:
    assert len(wishes_of(ports(1023))) == 1023


def test_more_ports_than_a_bridge_takes_are_refused() -> None:
    with pytest.raises(LabError, match="^bridge_port: 1024 ports for bridge br0, where the kernel allows 1023; "):
        wishes_of(ports(1024))


def test_ports_of_several_bridges_and_absent_ones_do_not_count_together() -> None:
    wishes_of(ports(1023) + ports(1023, namespace="a") + [item("bridge_port", interface="x", state="absent")])
