# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Fact
from ansible_collections.netns.lab.plugins.module_utils._steps import CreateNamespace, DeleteNamespace, RemoveName
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    address,
    as_tuple,
    change,
    host,
    item,
    link,
    netns,
    nothing,
    pair,
    planned,
    steps,
    wish,
)

STALE = [Fact(("stale-netns", "a"), {"inode": 0, "processes": []})]


def test_a_missing_namespace_is_made_with_its_loopback_up() -> None:
    plan = planned(host(), item("netns", name="a"))
    assert plan.commands == ["ip netns add a", "ip -n a link set dev lo up"]
    assert change(plan) == (None, {"loopback": True})
    create, up = steps(plan)
    assert create == CreateNamespace("a")
    assert create.undo == [RemoveName("a")]
    assert as_tuple(up)[:3] == ("a", 16, 0)
    assert (up.header["flags"], up.header["change"]) == (1, 1)  # type: ignore[attr-defined]
    assert up.attrs == [("IFLA_IFNAME", "lo")]  # type: ignore[attr-defined]
    assert [len(level) for level in plan.levels] == [1, 1]


def test_a_missing_namespace_is_made_with_its_loopback_down() -> None:
    plan = planned(host(), item("netns", name="a", loopback=False))
    assert plan.commands == ["ip netns add a"]
    assert change(plan) == (None, {"loopback": False})


@pytest.mark.parametrize("up", [True, False])
def test_a_namespace_as_it_should_be_is_left_alone(up: bool) -> None:
    assert nothing(planned(host(netns("a", up=up)), item("netns", name="a", loopback=up)))


@pytest.mark.parametrize(("up", "word"), [(True, "up"), (False, "down")])
def test_a_loopback_is_brought_up_and_down(up: bool, word: str) -> None:
    plan = planned(host(netns("a", up=not up)), item("netns", name="a", loopback=up))
    assert plan.commands == [f"ip -n a link set dev lo {word}"]
    assert change(plan) == ({"loopback": not up}, {"loopback": up})
    (step,) = steps(plan)
    assert as_tuple(step.undo[0])[3]["flags"] == int(not up)


def test_the_address_the_kernel_gives_a_loopback_for_good_is_taken_back() -> None:
    (step,) = steps(planned(host(netns("a", up=False)), item("netns", name="a")))
    _down, gone = [as_tuple(inverse) for inverse in step.undo]
    assert gone[:2] == ("a", 21)
    assert gone[4] == [("IFA_LOCAL", "127.0.0.1"), ("IFA_ADDRESS", "127.0.0.1")]
    there = host(netns("a", up=False), address("a:lo", "127.0.0.1/8", scope="host"))
    assert len(steps(planned(there, item("netns", name="a")))[0].undo) == 1, "this one was there before"


def test_an_existing_namespace_is_not_made_though_check_mode_only_assumes_it() -> None:
    assert nothing(planned(host(netns("a"), assuming=True), item("netns", name="a")))


def test_a_file_that_is_no_namespace_is_not_taken_for_one() -> None:
    with pytest.raises(LabError, match=r"^netns a: /run/netns/a is a file and no namespace.*state: absent first$"):
        planned(host(STALE), item("netns", name="a"))


def test_a_file_that_a_run_of_this_topology_left_behind_is_replaced() -> None:
    view = host(STALE)
    view.owned["stale-netns", "a"] = None
    plan = planned(view, item("netns", name="a"))
    assert plan.commands == ["ip netns delete a", "ip netns add a", "ip -n a link set dev lo up"]


# -- absent


def test_a_namespace_that_is_not_there_is_absent() -> None:
    assert nothing(planned(host(), item("netns", name="a", state="absent")))


def test_a_namespace_is_deleted_with_everything_in_it() -> None:
    view = host(netns("a"), netns("b"), pair("a:e0", "b:e0"), pair("a:e1", "p1"), link("x"))
    plan = planned(view, item("netns", name="a", state="absent"))
    assert plan.commands == ["ip netns delete a"]
    assert change(plan) == ({"loopback": True}, None)
    assert {fact.key for fact in view.of_type("link")} == {("link", "b", "lo"), ("link", "", "x")}


def test_the_run_waits_for_the_other_ends_of_a_deleted_namespaces_cables() -> None:
    view = host(netns("a"), netns("b"), pair("a:e0", "b:e0", index=5, peer={"index": 9}), pair("a:e1", "a:e2", index=7))
    (step,) = steps(planned(view, item("netns", name="a", state="absent")))
    assert isinstance(step, DeleteNamespace)
    assert (step.name, step.kill, step.outside) == ("a", False, [(("link", "b", "e0"), 9)])


def test_a_file_that_is_no_namespace_is_removed() -> None:
    plan = planned(host(STALE), item("netns", name="a", state="absent"))
    assert plan.commands == ["ip netns delete a"]
    assert steps(plan) == [RemoveName("a")]
    assert change(plan) == ({"file": "stale"}, None)


@pytest.mark.parametrize(
    ("processes", "told"),
    [
        ([7], "process 7 runs in it"),
        ([7, 8], "2 processes (7, 8) run in it"),
        ([1, 2, 3, 4, 5], "5 processes (1, 2, 3, 4, 5) run in it"),
        ([1, 2, 3, 4, 5, 6], "6 processes (1, 2, 3, 4, 5, ...) run in it"),
    ],
)
def test_a_namespace_in_use_is_not_deleted_unasked(processes: list[int], told: str) -> None:
    with pytest.raises(LabError) as refusal:
        planned(host(netns("a", processes=processes)), item("netns", name="a", state="absent"))
    assert str(refusal.value) == (
        f"netns a: {told}; stop what runs there, or say processes: kill "
        "(or processes: keep, to take only the name away)"
    )


def test_processes_are_killed_if_asked_for() -> None:
    view = host(netns("a", processes=[7, 8], inode=99), pair("a:e0", "p0", peer={"index": 3}))
    plan = planned(view, item("netns", name="a", state="absent", processes="kill"))
    assert plan.commands == ["kill -KILL 7 8", "ip netns delete a"]
    assert change(plan) == ({"loopback": True, "processes": [7, 8]}, None)
    assert steps(plan) == [DeleteNamespace("a", 99, True, [(("link", "", "p0"), 3)])]


def test_processes_are_kept_with_the_cables_out_of_their_namespace_if_asked_for() -> None:
    view = host(netns("a", processes=[7], inode=99), pair("a:e0", "p0", peer={"index": 3}))
    plan = planned(view, item("netns", name="a", state="absent", processes="keep"))
    assert plan.commands == ["ip netns delete a"]
    assert steps(plan) == [DeleteNamespace("a", 99, False, [])]
    assert ("link", "", "p0") in view
    assert ("link", "a", "e0") not in view


@pytest.mark.parametrize("processes", ["fail", "kill", "keep"])
def test_an_empty_namespace_is_deleted_whatever_is_said_of_processes(processes: str) -> None:
    plan = planned(host(netns("a", inode=99)), item("netns", name="a", state="absent", processes=processes))
    assert steps(plan) == [DeleteNamespace("a", 99, False, [])]
    assert plan.commands == ["ip netns delete a"]


# -- what is asked for


@pytest.mark.parametrize("name", ["", "..", "a/b", "123", "x" * 256])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="^the namespace name "):
        wish("netns", name=name)


@pytest.mark.parametrize(
    ("given", "removal"),
    [({}, {}), ({"processes": "fail"}, {}), ({"processes": "kill"}, {"processes": "kill"})],
)
def test_how_to_treat_processes_is_remembered_for_the_day_it_goes(
    given: dict[str, t.Any], removal: dict[str, t.Any]
) -> None:
    assert wish("netns", name="a", **given).removal == removal
