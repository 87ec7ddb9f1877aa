# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import shlex
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, NamespaceFd, link_key, netns_key
from ansible_collections.netns.lab.plugins.module_utils._steps import (
    AttachNamespace,
    CreateNamespace,
    DeleteNamespace,
    RemoveName,
)
from ansible_collections.netns.lab.plugins.module_utils._sysctl import parse
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    KIND,
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
    (create,) = steps(plan)
    assert create == CreateNamespace("a", loopback=True)
    assert create.undo == [RemoveName("a")]


def test_a_missing_namespace_is_made_with_its_loopback_down() -> None:
    plan = planned(host(), item("netns", name="a", loopback=False))
    assert plan.commands == ["ip netns add a"]
    assert change(plan) == (None, {"loopback": False})
    assert steps(plan) == [CreateNamespace("a", loopback=False)]


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


# -- names for the namespaces of others

SOURCE = [Fact(("netns-source", "a"), {"inode": 77}, mark="77.1")]
PID: dict[str, t.Any] = {"name": "a", "pid": 1234}


def test_a_namespace_of_others_gets_a_name() -> None:
    view = host(SOURCE, link("a:lo", up=True))
    plan = planned(view, item("netns", **PID))
    assert plan.commands == ["ip netns attach a 1234"]
    assert change(plan) == (None, {"loopback": True, "pid": 1234})
    (attach,) = steps(plan)
    assert attach == AttachNamespace("a") and attach.undo == [RemoveName("a")]
    assert view.token(("netns", "a")) == "77.1", "its mark is known beforehand"


def test_a_name_by_a_path_is_told_as_a_command_too() -> None:
    plan = planned(host(SOURCE, link("a:lo", up=True)), item("netns", name="a", path="/run/x y"))
    assert plan.commands == ["nsenter '--net=/run/x y' sh -c 'exec ip netns attach \"$0\" \"$$\"' a"]


def test_the_very_namespace_is_left_alone_and_another_is_an_error() -> None:
    there = netns("a", inode=77)
    assert nothing(planned(host(SOURCE, there), item("netns", **PID)))
    with pytest.raises(LabError, match=r"^netns a: the name is that of another namespace than that of process 1234; "):
        planned(host(SOURCE, netns("a", inode=78)), item("netns", **PID))


def test_what_is_missing_is_an_error_and_in_check_mode_a_change() -> None:
    with pytest.raises(LabError, match="^netns a: there is no process 1234, and so no namespace"):
        planned(host(), item("netns", **PID))
    assert planned(host(assuming=True), item("netns", **PID)).commands[0] == "ip netns attach a 1234"
    with pytest.raises(LabError, match="^netns a: /x is no network namespace"):
        planned(host([Fact(("netns-source", "a"), {"inode": 0})]), item("netns", name="a", path="/x"))


def test_only_the_name_is_taken_from_others_whatever_is_inside() -> None:
    view = host(netns("a", processes=[5]), pair("a:eth0", "p0"))
    plan = planned(view, item("netns", state="absent", **PID))
    (step,) = steps(plan)
    assert step == DeleteNamespace("a", 4026532000, False, [])
    assert link_key("", "p0") in view, "the other end of a cable stays with the namespace"


@pytest.mark.parametrize("values", [{"held": True}, {"held": True, "link": "/proc/5/ns/net"}])
def test_a_namespace_that_is_held_elsewhere_outlives_its_name(values: dict[str, t.Any]) -> None:
    there = netns("a")
    there[0].values.update(values)
    view = host(there, pair("a:eth0", "p0"))
    plan = planned(view, item("netns", name="a", state="absent"))
    assert steps(plan) == [DeleteNamespace("a", 4026532000, False, [], values.get("link"))]
    assert plan.commands == ["rm /run/netns/a" if "link" in values else "ip netns delete a"]
    assert link_key("", "p0") in view


def test_how_a_name_was_given_is_remembered_for_its_removal() -> None:
    assert wish("netns", **PID).removal == {"pid": 1234}
    away = KIND["netns"].wish_away(Fact(("netns", "a"), {}), pid=1234, processes="kill")
    assert away is not None and not away.takes_along and away.options["processes"] == "fail"


# -- numbers


def nsid(number: int | None) -> list[Fact]:
    return [Fact(("nsid", "a"), {"nsid": number})]


def test_a_number_is_set_once_and_for_good() -> None:
    plan = planned(host(netns("a"), nsid(None)), item("netns", name="a", nsid="5"))
    assert plan.commands == ["ip netns set a 5"]
    assert change(plan) == ({"nsid": None}, {"nsid": 5})
    (request,) = steps(plan)
    attrs = [("NETNSA_NSID", 5), ("NETNSA_FD", NamespaceFd("a"))]
    assert as_tuple(request) == ("", 88, 0, {"rtgen_family": 0}, attrs)
    for wanted in ("5", "auto"):
        assert nothing(planned(host(netns("a"), nsid(5)), item("netns", name="a", nsid=wanted)))
    with pytest.raises(LabError, match="its nsid is 4 and not 5, and the kernel never changes one"):
        planned(host(netns("a"), nsid(4)), item("netns", name="a", nsid="5"))
    with pytest.raises(LabError, match="nsid 5 is that of another namespace"):
        planned(host([Fact(("taken-nsid", "5"), {})]), item("netns", name="a", nsid="5"))


def test_any_number_is_asked_of_the_kernel() -> None:
    (request,) = steps(planned(host(netns("a"), nsid(None)), item("netns", name="a", nsid="auto")))
    assert as_tuple(request)[4][0] == ("NETNSA_NSID", 0xFFFFFFFF)
    assert request.tolerated == (errno.EEXIST,)  # type: ignore[attr-defined]


# -- settings


def setting(key: str, value: str | None) -> list[Fact]:
    path = parse(key)
    return [Fact(("sysctl", "a", *path), {"value": value}, (netns_key("a"),))]


def test_settings_of_an_interface_come_between_it_and_its_addresses() -> None:
    plan = planned(
        host(),
        item("netns_address", namespace="a", interface="eth0", address="10.0.0.1/24"),
        item("veth", name="eth0", namespace="a", peer={"name": "p"}),
        item("netns", name="a", sysctls={"net.ipv4.conf.eth0.rp_filter": 2, "net.ipv4.ip_forward": True}),
    )
    words = [" ".join(command.split()[:5]) for command in plan.commands if "set dev" not in command]
    assert words == [
        "ip netns add a",
        "ip netns exec a sysctl",
        "ip link add name p",
        "ip netns exec a sysctl",
        "ip -n a address add",
    ]
    told = plan.diff()["after"]["netns"]["a"]
    assert told["sysctls"] == {"net.ipv4.ip_forward": "1", "net.ipv4.conf.eth0.rp_filter": "2"}


def test_a_setting_that_others_change_is_set_again_but_not_reported() -> None:
    there = host(
        netns("a"), setting("net.ipv4.ip_forward", "0"), setting("net.ipv4.conf.default.forwarding", "0")
    )
    sysctls = {"net.ipv4.conf.default.forwarding": 0, "net.ipv4.ip_forward": 1}
    plan = planned(there, item("netns", name="a", sysctls=sysctls))
    (step,) = steps(plan)
    assert list(step.values.values()) == ["1", "0"]  # type: ignore[attr-defined]
    assert change(plan) == (
        {"sysctls": {"net.ipv4.ip_forward": "0"}},
        {"sysctls": {"net.ipv4.ip_forward": "1"}},
    )


# -- files

FOLDERS = [Fact(("etc-folder", ""), {}), Fact(("etc-folder", "a"), {})]
HOSTS = [Fact(("etc-file", "a", "hosts"), {"content": b"old"}, mark="1.1")]
NEW: dict[str, t.Any] = {"name": "a", "etc_files": {"hosts": "new\n"}}


def test_a_file_is_made_with_its_folders() -> None:
    view = host(netns("a"))
    plan = planned(view, item("netns", **NEW))
    assert plan.commands == ["mkdir -p /etc/netns/a", "printf 'new\\n' > /etc/netns/a/hosts"]
    assert {key for key in view.owned if key[0].startswith("etc")} == {
        ("etc-folder", ""),
        ("etc-folder", "a"),
        ("etc-file", "a", "hosts"),
    }


def test_a_file_of_others_is_changed_but_never_owned_nor_removed() -> None:
    view = host(netns("a"), FOLDERS, HOSTS)
    view.made.clear()
    plan = planned(view, item("netns", **NEW))
    assert change(plan) == ({"etc_files": {"hosts": "old"}}, {"etc_files": {"hosts": "new\n"}})
    assert not view.owned
    absent = item("netns", state="absent", **NEW)
    assert "rm /etc/netns/a/hosts" not in planned(host(netns("a"), FOLDERS, HOSTS), absent).commands


@pytest.mark.parametrize(
    ("content", "text"), [("a\nb\t", "a\\nb\\t"), ("100%", "100%%"), ("\\n", "\\\\n"), ("-n", "\\55n")]
)
def test_printf_is_told_so_that_it_prints_the_content(content: str, text: str) -> None:
    plan = planned(host(netns("a"), FOLDERS), item("netns", name="a", etc_files={"hosts": content}))
    assert shlex.split(plan.commands[1])[1] == text
