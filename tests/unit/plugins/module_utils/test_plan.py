# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the planner does whatever the kind: contradictions, order, levels, what is missing, what is told."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._engine import Item, wishes_of
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, View, Wish, link_key, netns_key
from ansible_collections.netns.lab.plugins.module_utils._plan import plan
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    address,
    bridge,
    contents,
    host,
    item,
    link,
    netns,
    pair,
    planned,
    port,
)


def veth(near: str, far: str, **given: t.Any) -> Item:
    return item("veth", name=near, peer={"name": far}, **given)


# -- items that contradict each other

NET = item("netns", name="a")
PAIR = veth("e0", "e1")
PORT = item("bridge_port", interface="e0", bridge="br0")
BRIDGE = item("bridge", name="br0")

CONTRADICTIONS: list[tuple[list[Item], str]] = [
    ([NET, NET], "netns a is there twice; keep one of the two"),
    ([BRIDGE, item("bridge", name="br0", mtu=1400)], "bridge br0 is there twice; keep one of the two"),
    ([PORT, item("bridge_port", interface="e0", bridge="br1")], "bridge_port e0 is there twice"),
    (
        [
            item("netns_address", interface="e0", address="2001:db8::1/64"),
            item("netns_address", interface="e0", address="2001:db8:0::1/48"),
        ],
        "netns_address e0 2001:db8::1/48 is there twice",
    ),
    ([NET, item("netns", name="a", state="absent")], "netns a is there twice"),
    ([PAIR, veth("e1", "e0")], "veth e0 and veth e1 are both about e"),
    ([PAIR, veth("e2", "e1")], "veth e0 and veth e2 are both about e1"),
    ([item("bridge", name="e1"), PAIR], "bridge e1 and veth e0 are both about e1; keep one of the two"),
    (
        [PAIR, item("netns_link", name="e0", mtu=1400), veth("x", "y"), item("netns_link", name="e1", up=False)],
        "veth e0 and netns_link e1 contradict each other: up of e1 is true for one and false for the other",
    ),
    (
        [veth("e0", "e1", mtu=1500), item("netns_link", name="e0", mtu=1400)],
        "veth e0 and netns_link e0 contradict each other: mtu of e0 is 1500 for one and 1400 for the other",
    ),
    (
        [PORT, item("netns_link", name="e0", nomaster=True)],
        "bridge_port e0 and netns_link e0 contradict each other: master of e0 is br0 for one and none for the other",
    ),
    (
        [PORT, item("netns_link", name="e0", master="br1")],
        "bridge_port e0 and netns_link e0 contradict each other: master of e0 is br0 for one and br1 for the other",
    ),
    (
        [NET, item("netns_link", name="lo", namespace="a", up=False)],
        "netns a and netns_link a:lo contradict each other: up of a:lo is true for one and false for the other",
    ),
    (
        [item("netns", name="a", state="absent"), item("bridge", name="br0", namespace="a")],
        "bridge a:br0 is to be present and needs netns a, which is to be absent",
    ),
    (
        [item("veth", name="e0", state="absent"), item("netns_address", interface="e0", address="10.0.0.1/24")],
        "netns_address e0 10.0.0.1/24 is to be present and needs veth e0, which is to be absent",
    ),
    (
        [item("bridge", name="br0", state="absent"), PORT],
        "bridge_port e0 is to be present and needs bridge br0, which is to be absent",
    ),
    (
        [NET, PAIR, item("netns_link", name="e0", namespace="a", from_namespace="")],
        "veth e0 puts e0 where netns_link a:e0 takes it away",
    ),
]


@pytest.mark.parametrize(("items", "told"), CONTRADICTIONS)
@pytest.mark.parametrize("backwards", [False, True])
def test_items_that_contradict_each_other_are_refused_in_any_order(
    items: list[Item], told: str, backwards: bool
) -> None:
    with pytest.raises(LabError) as refusal:
        wishes_of(items[::-1] if backwards else items)
    if not backwards:
        assert str(refusal.value).startswith(told)


COMPATIBLE: list[list[Item]] = [
    [],
    [PAIR, item("netns_link", name="e0", up=True, alias="x"), item("netns_link", name="e1", mtu=1400)],
    [BRIDGE, PORT, item("netns_link", name="e0", master="br0")],
    [NET, item("netns_link", name="lo", namespace="a", up=True)],
    [veth("e0", "e1", namespace="a"), veth("e0", "x1", namespace="b")],
    [item("bridge", name="br0", namespace="a"), item("bridge", name="br0", namespace="b"), BRIDGE],
    [
        item("netns_address", interface="e0", address="10.0.0.1/24"),
        item("netns_address", interface="e0", address="10.0.0.1/16"),
        item("netns_address", interface="e1", address="10.0.0.1/24"),
    ],
    [
        item("netns", name="a", state="absent"),
        item("bridge", name="br0", namespace="a", state="absent"),
        item("netns_address", interface="br0", namespace="a", address="10.0.0.1/24", state="absent"),
    ],
    [PAIR, item("bridge_port", interface="e0", state="absent"), item("netns_link", name="e0", nomaster=True)],
]


@pytest.mark.parametrize("items", COMPATIBLE)
def test_items_that_get_along_are_accepted_in_any_order(items: list[Item]) -> None:
    assert len(wishes_of(items)) == len(wishes_of(items[::-1])) == len(items)


def test_a_bad_item_is_told_by_its_section_and_number() -> None:
    items = [NET, item("bridge", name="ok"), item("netns", name="b"), item("netns", name="../c")]
    with pytest.raises(LabError) as refusal:
        wishes_of(items)
    assert str(refusal.value).startswith("netns item 3: the namespace name '../c' is a path; ")


def test_links_that_need_each_other_are_refused() -> None:
    """Each is to be the master of the other, and both come from elsewhere."""
    items = [
        item("netns_link", name="x", namespace="a", from_namespace="", master="y"),
        item("netns_link", name="y", namespace="a", from_namespace="", master="x"),
    ]
    with pytest.raises(LabError, match="^netns_link a:[xy] and netns_link a:[xy] need each other; one of them must"):
        planned(host(netns("a"), link("x"), link("y")), *items)


# -- order

LAB = [
    item("netns_address", interface="e0", namespace="a", address="10.0.0.1/24"),
    item("bridge_port", interface="pa", bridge="br0"),
    item("netns_link", name="pa", alias="to a"),
    item("veth", name="e0", namespace="a", peer={"name": "pa"}),
    item("bridge", name="br0"),
    item("netns", name="a"),
]


@pytest.mark.parametrize("items", [LAB, LAB[::-1], LAB[3:] + LAB[:3]])
def test_what_is_needed_comes_first_however_it_is_written(items: list[Item]) -> None:
    plan = planned(host(), *items)
    order = {operation.wish.item.split()[0]: number for number, operation in enumerate(plan.operations)}
    assert order["netns"] < order["veth"] < min(order["bridge_port"], order["netns_address"], order["netns_link"])
    assert order["bridge"] < order["bridge_port"]
    assert len(plan.levels) == 4, "a namespace, its links, their far ends with addresses, what hangs on the near ones"


def test_independent_items_share_their_levels_however_many_they_are() -> None:
    items = [item("netns", name=f"n{number}") for number in range(50)]
    items += [
        item("veth", name="e0", namespace=f"n{number}", peer={"name": f"p{number}"}) for number in range(50)
    ]
    plan = planned(host(), *items)
    assert [len(level) for level in plan.levels] == [50, 50, 50]


def test_items_without_anything_to_order_them_stay_as_written() -> None:
    items = [item("netns", name=name) for name in ("c", "a", "b")]
    assert planned(host(), *items).commands[::2] == ["ip netns add c", "ip netns add a", "ip netns add b"]


def test_what_goes_comes_before_what_comes() -> None:
    view = host(pair("e0", "e1"))
    plan = planned(view, item("bridge", name="br0"), item("veth", name="e0", state="absent"))
    assert plan.commands == ["ip link delete dev e0", "ip link add name br0 up type bridge"]
    assert [len(level) for level in plan.levels] == [1, 1]


def test_what_goes_with_something_else_needs_no_deletion_of_its_own() -> None:
    view = host(netns("a"), bridge("br0"), pair("a:e0", "p0"), port("p0", "br0"), address("a:e0", "10.0.0.1/24"))
    plan = planned(
        view,
        item("netns_address", interface="e0", namespace="a", address="10.0.0.1/24", state="absent"),
        item("bridge_port", interface="p0", bridge="br0", state="absent"),
        item("veth", name="e0", namespace="a", state="absent"),
        item("netns", name="a", state="absent"),
    )
    assert [command for command in plan.commands if "netns delete" in command] == ["ip netns delete a"]
    assert not any("address delete" in command for command in plan.commands)
    assert not any("link delete" in command for command in plan.commands)


def test_a_chain_of_a_thousand_items_needs_no_deep_recursion() -> None:
    items = [item("netns", name="a")]
    items += [
        item("netns_link", name=f"e{n}", namespace="a", from_namespace="", master=f"e{n + 1}") for n in range(1500)
    ]
    items.append(item("bridge", name="e1500", namespace="a"))
    view = host(*(link(f"e{n}") for n in range(1500)))
    plan = planned(view, *items)
    assert len(plan.operations) == 1502
    assert plan.operations[-1].wish.name == "a:e0"


def test_what_would_go_with_a_namespace_and_is_wanted_elsewhere_goes_first_and_is_made_again() -> None:
    """The kernel takes it away by and by, so its name would not be free yet."""
    view = host(netns("old"), netns("new"), pair("old:e0", "p0"), pair("old:e1", "p1"))
    plan = planned(
        view,
        item("netns", name="old", state="absent"),
        item("veth", name="p0", peer={"name": "e0", "namespace": "new"}),
    )
    assert plan.commands[:3] == [
        "ip link delete dev p0",
        "ip netns delete old",
        "ip link add name p0 type veth peer name e0 netns new",
    ]
    assert link_key("", "p1") not in view


def test_somebody_can_watch_each_item_as_it_is_planned_and_stop_it_all() -> None:
    seen: list[tuple[str, bool]] = []

    def watch(wish: Wish, view: View) -> None:
        seen.append((wish.item, link_key("", "br0") in view))
        if wish.item == "bridge br1":
            raise LabError("no further")

    wishes = wishes_of([item("netns", name="a"), BRIDGE, item("bridge", name="br1"), item("bridge", name="br2")])
    with pytest.raises(LabError, match="^no further$"):
        plan(wishes, host(), KINDS, watch)
    assert seen == [("netns a", False), ("bridge br0", True), ("bridge br1", True)]


# -- results


def test_the_diff_is_by_section_and_item_and_tells_what_comes_goes_and_changes() -> None:
    view = host(bridge("br0", stp=True), bridge("br1", link_values={"mac": None}))
    plan = planned(
        view,
        item("netns", name="a"),
        item("bridge", name="br0", stp=False),
        item("bridge", name="br1", state="absent"),
    )
    assert plan.diff() == {
        "before": {"bridge": {"br1": {"mtu": 1500, "up": True}, "br0": {"stp": True}}},
        "after": {"netns": {"a": {"loopback": True}}, "bridge": {"br0": {"stp": False}}},
    }


def test_a_plan_without_operations_tells_nothing() -> None:
    plan = planned(host(netns("a")), NET)
    assert (plan.operations, plan.levels, plan.commands) == ([], [], [])
    assert plan.diff() == {"before": {}, "after": {}}


def test_commands_are_quoted_for_a_shell() -> None:
    plan = planned(host(link("e0")), item("netns_link", name="e0", alias="x; reboot"), item("netns", name="$(id)"))
    assert "ip link set dev e0 alias 'x; reboot'" in plan.commands
    assert "ip netns add '$(id)'" in plan.commands


# -- what is missing

STALE = [Fact(("stale-netns", "a"), {"inode": 0, "processes": []})]


def test_a_namespace_that_is_only_a_file_is_told_of() -> None:
    with pytest.raises(LabError, match="^bridge a:br0: /run/netns/a is a file and no namespace; remove it first$"):
        planned(host(STALE), item("bridge", name="br0", namespace="a"))


def test_an_error_of_planning_names_the_item_and_a_cure() -> None:
    with pytest.raises(LabError) as refusal:
        planned(host(), item("netns_address", interface="e0", namespace="a", address="10.0.0.1/24"))
    assert str(refusal.value).startswith("netns_address a:e0 10.0.0.1/24: there is no ")
    assert "create it first" in str(refusal.value)


def test_nothing_missing_keeps_anything_from_being_absent() -> None:
    away = [
        item("netns_address", interface="e0", namespace="a", address="10.0.0.1/24", state="absent"),
        item("bridge_port", interface="e0", namespace="a", state="absent"),
        item("veth", name="e0", namespace="a", state="absent"),
        item("bridge", name="br0", namespace="a", state="absent"),
        item("netns", name="a", state="absent"),
    ]
    assert planned(host(), *away).operations == []


# -- views


def test_a_copy_of_a_view_is_changed_by_itself() -> None:
    view = host(netns("a"), pair("a:e0", "p0"), address("p0", "10.0.0.1/24"))
    view.owned[netns_key("a")] = None
    copy = view.copy()
    before = contents(view)
    copy.remove(netns_key("a"))
    copy.update(link_key("", "lo") if link_key("", "lo") in copy else netns_key(""), loopback=False)
    copy.put(Fact(("port", "", "x"), {}))
    assert contents(view) == before
    assert view.owned == {netns_key("a"): None}
    assert copy.assuming == view.assuming


def test_what_hangs_on_an_object_goes_with_it_nearest_first() -> None:
    view = host(
        netns("a"), bridge("br0"), pair("a:e0", "p0"), port("p0", "br0"), address("p0", "10.0.0.1/24"), link("x")
    )
    gone = [fact.key for fact in view.remove(netns_key("a"))]
    assert set(gone) == {
        link_key("a", "lo"),
        link_key("a", "e0"),
        link_key("", "p0"),
        ("port", "", "p0"),
        ("address", "", "p0", "10.0.0.1", "24", ""),
    }
    assert gone.index(link_key("a", "e0")) < gone.index(link_key("", "p0")) < gone.index(("port", "", "p0"))
    assert {fact.key for fact in view.of_type("link")} == {link_key("", "br0"), link_key("", "x")}


def test_dependents_can_leave_out_a_type_with_all_that_hangs_on_it() -> None:
    view = host(netns("a"), pair("a:e0", "p0"), address("a:e0", "10.0.0.1/24"), address("p0", "10.0.0.2/24"))
    found = [fact.key[:3] for fact in view.dependents(link_key("a", "e0"), past="link")]
    assert found == [("address", "a", "e0")]


def test_forgetting_an_object_leaves_what_hung_on_it() -> None:
    view = host(link("e0"), address("e0", "10.0.0.1/24"))
    view.forget(link_key("", "e0"))
    assert len(view.of_type("address")) == 1
    assert link_key("", "e0") not in view
    view.forget(link_key("", "e0"))


def test_putting_an_object_again_changes_what_it_hangs_on() -> None:
    view = View([Fact(("port", "", "p"), {}, (link_key("", "b0"),))])
    view.put(Fact(("port", "", "p"), {}, (link_key("", "b1"),)))
    assert view.dependents(link_key("", "b0")) == []
    assert [fact.key for fact in view.dependents(link_key("", "b1"))] == [("port", "", "p")]


def test_a_token_tells_an_object_from_another_of_its_name_in_another_namespace_of_its_name() -> None:
    one = View([Fact(netns_key("a"), {}, mark="7.1"), Fact(link_key("a", "e0"), {}, (netns_key("a"),), mark="3")])
    again = View([Fact(netns_key("a"), {}, mark="7.2"), Fact(link_key("a", "e0"), {}, (netns_key("a"),), mark="3")])
    other = View([Fact(netns_key("a"), {}, mark="7.1"), Fact(link_key("a", "e0"), {}, (netns_key("a"),), mark="4")])
    tokens = [view.token(link_key("a", "e0")) for view in (one, again, other)]
    assert None not in tokens and len(set(tokens)) == 3
    assert one.token(link_key("a", "no-such")) is None
    assert one.copy().token(link_key("a", "e0")) == tokens[0]


def test_what_moves_takes_its_ownership_along_and_a_stranger_stays_one() -> None:
    view = host(netns("a"), link("mine"), link("yours"))
    view.owned[link_key("", "mine")] = None
    for name in ("mine", "yours"):
        view.move(link_key("", name), Fact(link_key("a", name), {}, (netns_key("a"),)))
    assert set(view.owned) == {link_key("a", "mine")}
    assert set(view.adopted) == {link_key("a", "yours")}
