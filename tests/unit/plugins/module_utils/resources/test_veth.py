# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._model import NamespaceFd, NewIndex, Request, link_key
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    SpecError,
    address,
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

NODES = [netns("h1"), netns("h2"), netns("h3"), netns("h4")]
CABLE: dict[str, t.Any] = {"namespace": "h2", "name": "eth0", "peer": {"namespace": "h3", "name": "eth1"}}


def cable(near: str, far: str, peer: dict[str, t.Any] | None = None, **given: t.Any) -> t.Any:
    """The item for a pair; ``peer`` are options of the far end."""

    def end(where: str) -> dict[str, t.Any]:
        namespace, _colon, name = where.rpartition(":")
        return {"name": name, **({"namespace": namespace} if namespace else {})}

    return item("veth", **end(near), peer={**end(far), **(peer or {})}, **given)


# -- made


@pytest.mark.parametrize(
    ("wished", "commands"),
    [
        (
            cable("e0", "e1"),
            [
                "ip link add name e0 type veth peer name e1",
                "ip link set dev e0 up",
                "ip link set dev e1 up",
            ],
        ),
        (
            cable("h1:eth0", "h2:eth0"),
            [
                "ip -n h1 link add name eth0 type veth peer name eth0 netns h2",
                "ip -n h1 link set dev eth0 up",
                "ip -n h2 link set dev eth0 up",
            ],
        ),
        (
            cable("h1:eth0", "h1:eth1", up=False, peer={"up": False}),
            ["ip -n h1 link add name eth0 type veth peer name eth1"],
        ),
        (
            cable("p1", "h1:eth0", up=False),
            ["ip link add name p1 type veth peer name eth0 netns h1", "ip -n h1 link set dev eth0 up"],
        ),
        (
            cable("h1:eth0", "p1", mtu=1400, mac="02:00:00:00:00:01", peer={"mac": "02:00:00:00:00:02", "mtu": 1300}),
            [
                "ip link add name p1 address 02:00:00:00:00:02 mtu 1300 "
                "type veth peer name eth0 address 02:00:00:00:00:01 mtu 1400 netns h1",
                "ip link set dev p1 up",
                "ip -n h1 link set dev eth0 up",
            ],
        ),
    ],
)
def test_a_missing_pair_is_made_with_both_ends_where_they_belong(wished: t.Any, commands: list[str]) -> None:
    assert planned(host(*NODES), wished).commands == commands


def test_a_pair_is_one_message_and_a_second_for_the_far_ends_up() -> None:
    """The kernel refuses the far end's up in the first one (ENOTCONN)."""
    plan = planned(host(*NODES), cable("h1:eth0", "h2:eth1", mtu=1400, peer={"mac": "02:00:00:00:00:02"}))
    near, far = link_key("h1", "eth0"), link_key("h2", "eth1")
    peer = {
        "index": NewIndex(far),
        "attrs": [
            ("IFLA_IFNAME", "eth1"),
            ("IFLA_ADDRESS", "02:00:00:00:00:02"),
            ("IFLA_NET_NS_FD", NamespaceFd("h2")),
        ],
    }
    info = [("IFLA_INFO_KIND", "veth"), ("IFLA_INFO_DATA", {"attrs": [("VETH_INFO_PEER", peer)]})]
    assert requests(plan) == [
        (
            "h1",
            16,
            0x600,
            {"family": 0, "index": NewIndex(near), "flags": 1, "change": 1},
            [("IFLA_IFNAME", "eth0"), ("IFLA_MTU", 1400), ("IFLA_LINKINFO", {"attrs": info})],
        ),
        ("h2", 16, 0, {"family": 0, "index": 0, "flags": 1, "change": 1}, [("IFLA_IFNAME", "eth1")]),
    ]
    assert [len(level) for level in plan.levels] == [1, 1]
    create = steps(plan)[0]
    assert isinstance(create, Request)
    assert [as_tuple(undo)[:2] for undo in create.undo] == [("h1", 17)]
    assert "eth0 or eth1 is taken" in create.cures[errno.EEXIST]


def test_two_ends_in_one_namespace_need_no_descriptor() -> None:
    plan = planned(host(*NODES), cable("h1:a", "h1:b", peer={"up": False}))
    assert "NamespaceFd" not in str(requests(plan))
    assert len(requests(plan)) == 1


@pytest.mark.parametrize(("near", "far"), [("h1:eth0", "p1"), ("p1", "h1:eth0")])
def test_the_end_in_the_own_namespace_is_the_one_that_is_asked_there(near: str, far: str) -> None:
    create = requests(planned(host(*NODES), cable(near, far)))[0]
    assert create[0] == ""
    assert create[4][0] == ("IFLA_IFNAME", "p1")


def test_the_diff_of_a_new_pair_tells_both_ends() -> None:
    plan = planned(host(*NODES), cable("h1:eth0", "h2:eth1", mtu=1400, peer={"up": False}))
    assert plan.diff() == {
        "before": {},
        "after": {
            "veth": {"h1:eth0": {"mtu": 1400, "up": True, "peer": {"name": "eth1", "namespace": "h2", "up": False}}}
        },
    }


@pytest.mark.parametrize("namespace", ["h1", "h2"])
def test_both_namespaces_must_be_there_but_in_check_mode(namespace: str) -> None:
    there = host(*(node for node in NODES if node != netns(namespace)))
    with pytest.raises(LabError, match=f"^veth h1:eth0: there is no namespace {namespace}; create it first"):
        planned(there, cable("h1:eth0", "h2:eth0"))
    there.assuming = True
    assert len(planned(there, cable("h1:eth0", "h2:eth0")).commands) == 3


# -- there already


@pytest.mark.parametrize(("near", "far"), [("h1:eth0", "h2:eth1"), ("h2:eth1", "h1:eth0")])
def test_a_pair_as_it_should_be_is_left_alone_from_whichever_end_it_is_told(near: str, far: str) -> None:
    view = host(*NODES, pair("h1:eth0", "h2:eth1", mtu=1400, peer={"mtu": 1400}))
    assert nothing(planned(view, cable(near, far, mtu=1400, peer={"mtu": 1400})))


def test_each_end_is_changed_in_place() -> None:
    view = host(*NODES, pair("h1:eth0", "h2:eth1", mac="02:00:00:00:00:0b", peer={"up": False}))
    plan = planned(view, cable("h1:eth0", "h2:eth1", mac="02:00:00:00:00:01", mtu=1400, peer={"mtu": 1300}))
    assert plan.commands == [
        "ip -n h1 link set dev eth0 address 02:00:00:00:00:01 mtu 1400",
        "ip -n h2 link set dev eth1 mtu 1300 up",
    ]
    assert change(plan) == (
        {"mac": "02:00:00:00:00:0b", "mtu": 1500, "peer": {"mtu": 1500, "up": False}},
        {"mac": "02:00:00:00:00:01", "mtu": 1400, "peer": {"mtu": 1300, "up": True}},
    )
    undo = [as_tuple(inverse) for step in steps(plan) for inverse in step.undo]
    assert [(namespace, header["flags"], header["change"], attrs) for namespace, _k, _f, header, attrs in undo] == [
        ("h1", 0, 0, [("IFLA_IFNAME", "eth0"), ("IFLA_ADDRESS", "02:00:00:00:00:0b"), ("IFLA_MTU", 1500)]),
        ("h2", 0, 1, [("IFLA_IFNAME", "eth1"), ("IFLA_MTU", 1500)]),
    ]


@pytest.mark.parametrize("end", ["near", "far"])
def test_an_end_in_the_wrong_namespace_is_moved_and_brought_up_again(end: str) -> None:
    there = pair("h1:eth0", "h4:eth1") if end == "far" else pair("h4:eth0", "h2:eth1")
    plan = planned(host(*NODES, there), cable("h1:eth0", "h2:eth1"))
    name, home = ("eth1", "h2") if end == "far" else ("eth0", "h1")
    assert plan.commands == [f"ip -n h4 link set dev {name} netns {home}", f"ip -n {home} link set dev {name} up"]
    before, after = change(plan)
    if end == "far":
        before, after = before["peer"], after["peer"]
    assert (before, after) == ({"namespace": "h4"}, {"namespace": home})


def test_an_end_that_moves_leaves_its_addresses_and_master_behind_and_an_undo_gives_them_back() -> None:
    there = [pair("h1:eth0", "p1", index=7, peer={"index": 8}), bridge("br0"), port("p1", "br0", cost=3)]
    view = host(*NODES, *there, address("p1", "10.0.0.1/24"))
    plan = planned(view, cable("h1:eth0", "h2:p1"))
    assert plan.commands[0] == "ip link set dev p1 netns h2"
    assert view.of_type("address") == view.of_type("port") == []
    assert view.values(link_key("h1", "eth0"))["peer"] == link_key("h2", "p1")  # type: ignore[index]
    move = steps(plan)[0]
    assert as_tuple(move)[4][:2] == [("IFLA_IFNAME", "p1"), ("IFLA_NET_NS_FD", NamespaceFd("h2"))]
    back, up, *rest = [as_tuple(undo) for undo in move.undo]
    assert (back[0], back[4][1]) == ("h2", ("IFLA_NET_NS_FD", NamespaceFd("")))
    assert (up[0], up[3]["flags"], up[3]["change"]) == ("", 1, 1)
    assert sorted(undo[1] for undo in rest) == [16, 16, 20]


def test_a_pair_moves_home_into_the_own_namespace() -> None:
    plan = planned(host(*NODES, pair("h1:eth0", "h2:p1")), cable("h1:eth0", "p1"))
    assert plan.commands == ["ip -n h2 link set dev p1 netns $$", "ip link set dev p1 up"]


def test_a_taken_index_is_exchanged_on_the_way() -> None:
    view = host(*NODES, pair("h1:eth0", "p1", index=7, peer={"index": 9}), link("h2:x", index=9))
    move = steps(planned(view, cable("h1:eth0", "h2:p1")))[0]
    assert as_tuple(move)[4][2] == ("IFLA_NEW_IFINDEX", NewIndex(link_key("h2", "p1")))


# -- something else is there


@pytest.mark.parametrize("taken", ["h1:eth0", "h2:eth1"])
@pytest.mark.parametrize(("kind", "called"), [("bridge", "a bridge"), (None, "a physical or loopback interface")])
def test_a_name_taken_by_another_kind_of_link_is_an_error(taken: str, kind: str | None, called: str) -> None:
    with pytest.raises(LabError) as refusal:
        planned(host(*NODES, link(taken, kind)), cable("h1:eth0", "h2:eth1"))
    assert str(refusal.value) == (
        f"veth h1:eth0: {taken} exists and is {called}, not a veth; choose another name or remove it"
    )


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ([("h1:eth0", "h3:x")], "h1:eth0 is connected to h3:x, not to h2:eth1"),
        ([("h3:x", "h2:eth1")], "h2:eth1 is connected to h3:x, not to h1:eth0"),
        ([("h1:eth0", "h3:eth1"), ("h2:eth1", "h4:y")], "h1:eth0 is connected to h3:eth1, not to h2:eth1"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_end_with_another_peer_is_an_error(there: list[tuple[str, str]], told: str, state: str) -> None:
    """A peer cannot be exchanged, and what is at the other end may be somebody's."""
    view = host(*NODES, *(pair(*ends) for ends in there))
    with pytest.raises(LabError) as refusal:
        planned(view, cable("h1:eth0", "h2:eth1", state=state))
    assert str(refusal.value) == f"veth h1:eth0: {told}; remove it first or correct the peer"


def test_a_peer_out_of_sight_asks_for_a_wider_view() -> None:
    view = host(*NODES, link("h1:eth0", "veth"))
    with pytest.raises(WiderView, match="^veth h1:eth0: the other end of h1:eth0 is in a namespace without a name; "):
        planned(view, cable("h1:eth0", "h2:eth1"))


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


# -- absent


@pytest.mark.parametrize("given", [{"name": "eth0"}, {"name": "eth0", "peer": {"name": "eth1", "namespace": "h2"}}])
def test_a_pair_is_deleted_at_one_end(given: dict[str, t.Any]) -> None:
    view = host(*NODES, pair("h1:eth0", "h2:eth1", mtu=1400), address("h2:eth1", "10.0.0.1/24"))
    plan = planned(view, item("veth", namespace="h1", state="absent", **given))
    assert plan.commands == ["ip -n h1 link delete dev eth0"]
    mac = "02:00:00:00:00:0a"
    assert change(plan) == (
        {
            "mac": mac,
            "mtu": 1400,
            "up": True,
            "peer": {"name": "eth1", "namespace": "h2", "mac": mac, "mtu": 1500, "up": True},
        },
        None,
    )
    assert {fact.key[2] for fact in view.of_type("link")} == {"lo"}
    assert view.of_type("address") == []


def test_a_deleted_pair_is_made_again_with_all_that_hung_on_it() -> None:
    there = [
        pair("h1:eth0", "p1", index=7, alias="x y", peer={"index": 8, "up": False, "mtu": 1400}),
        bridge("br0"),
        port("p1", "br0", cost=3),
        address("h1:eth0", "10.0.0.1/24"),
    ]
    plan = planned(host(*NODES, *there), item("veth", namespace="h1", name="eth0", state="absent"))
    undo = [as_tuple(inverse) for step in steps(plan) for inverse in step.undo]
    create = undo[0]
    assert create[:3] == ("h1", 16, 0x600)
    assert create[3]["index"] == 7
    peer = dict(dict(dict(create[4])["IFLA_LINKINFO"]["attrs"])["IFLA_INFO_DATA"]["attrs"])["VETH_INFO_PEER"]
    assert peer["index"] == 8
    assert ("IFLA_MTU", 1400) in peer["attrs"] and ("IFLA_NET_NS_FD", NamespaceFd("")) in peer["attrs"]
    assert [one[:2] for one in undo[1:] if one[1] == 20] == [("h1", 20)]
    assert ("IFLA_IFALIAS", "x y") in [attr for one in undo for attr in one[4]]
    ups = [one[0] for one in undo[1:] if one[3].get("change")]
    assert ups == ["h1"], "only the end that was up"
    assert create[3]["change"] == 0, "it goes up when all else is set"


def test_both_ends_of_a_deleted_pair_get_back_what_the_kernel_does_not_take_for_a_new_one() -> None:
    odd = {"txqueuelen": 9, "arp": False, "promisc": True, "addrgenmode": "none"}
    view = host(*NODES, pair("h1:eth0", "p1", **odd, peer=odd))
    (step,) = steps(planned(view, item("veth", namespace="h1", name="eth0", state="absent")))
    _create, *rest = [as_tuple(inverse) for inverse in step.undo]
    assert [one[0] for one in rest] == ["h1", "h1", "", ""]
    for mode, other in (rest[:2], rest[2:]):
        assert [name for name, _value in mode[4]] == ["IFLA_IFNAME", "IFLA_AF_SPEC"]
        assert ("IFLA_TXQLEN", 9) in other[4]
        assert other[3]["flags"] == other[3]["change"] == 0x1 | 0x80 | 0x100


@pytest.mark.parametrize("given", [{}, {"peer": {"name": "eth1"}}])
def test_a_pair_that_is_not_there_is_absent(given: dict[str, t.Any]) -> None:
    assert nothing(planned(host(), item("veth", namespace="h9", name="eth0", state="absent", **given)))


def test_a_pair_goes_once_though_both_its_ends_are_to_go() -> None:
    view = host(*NODES, pair("h1:eth0", "h2:eth1"))
    ends = [item("veth", state="absent", namespace=n, name=i) for n, i in (("h1", "eth0"), ("h2", "eth1"))]
    assert planned(view, *ends).commands == ["ip -n h1 link delete dev eth0"]


# -- what is asked for


def test_a_peer_must_be_named_for_a_pair_to_be_there() -> None:
    with pytest.raises(SpecError, match="peer"):
        options("veth", name="eth0")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"name": "x" * 16, "peer": {"name": "y"}}, "^the interface name|^name"),
        ({"name": "x", "peer": {"name": "a b"}}, "^peer name 'a b'"),
        ({"name": "x", "peer": {"name": "y", "mtu": 1}}, "^mtu is 1"),
        ({"name": "x", "peer": {"name": "y", "namespace": "../a"}}, "is a path"),
        ({"name": "x", "peer": {"name": "x"}}, "^both ends are x; give the peer another name or namespace$"),
        ({"name": "x", "namespace": "a", "peer": {"name": "x", "namespace": "a"}}, "^both ends are a:x; "),
    ],
)
def test_a_bad_option_is_refused(given: dict[str, t.Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        wish("veth", **given)


def test_ends_of_one_name_in_two_namespaces_are_fine() -> None:
    assert wish("veth", name="x", peer={"name": "x", "namespace": "a"}).namespaces == ("", "a")
