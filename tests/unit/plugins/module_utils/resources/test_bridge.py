# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import NewIndex, Request, link_key
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    address,
    as_tuple,
    bridge,
    change,
    host,
    item,
    link,
    netns,
    nothing,
    pair,
    planned,
    port,
    steps,
    wish,
)


def only_step(*facts: t.Any, **given: t.Any) -> Request:
    (step,) = steps(planned(host(*facts), item("bridge", name="br0", **given)))
    assert isinstance(step, Request)
    return step


# -- made


@pytest.mark.parametrize(
    ("given", "command", "after"),
    [
        ({}, "ip link add name br0 up type bridge", {"up": True}),
        ({"up": False}, "ip link add name br0 down type bridge", {"up": False}),
        ({"namespace": "a"}, "ip -n a link add name br0 up type bridge", {"up": True}),
        (
            {"mac": "02-00-00-00-00-0A"},
            "ip link add name br0 address 02:00:00:00:00:0a up type bridge",
            {"mac": "02:00:00:00:00:0a", "up": True},
        ),
        (
            {"stp": True, "forward_delay": 2.5, "hello_time": 1, "max_age": 6, "ageing_time": 0, "priority": 0},
            "ip link add name br0 up type bridge "
            "forward_delay 250 hello_time 100 max_age 600 ageing_time 0 stp_state 1 priority 0",
            {
                "up": True,
                "stp": True,
                "forward_delay": 2.5,
                "hello_time": 1,
                "max_age": 6,
                "ageing_time": 0,
                "priority": 0,
            },
        ),
    ],
)
def test_a_missing_bridge_is_made(given: dict[str, t.Any], command: str, after: dict[str, t.Any]) -> None:
    plan = planned(host(netns("a")), item("bridge", name="br0", **given))
    assert plan.commands == [command]
    assert change(plan) == (None, after)


@pytest.mark.parametrize(
    ("mtu", "command"),
    [
        (1400, "ip link add name br0 up type bridge"),
        (1500, "ip link add name br0 mtu 1499 up type bridge"),
    ],
)
def test_a_given_mtu_is_a_change_so_that_the_kernel_does_not_fit_it_to_the_ports(mtu: int, command: str) -> None:
    plan = planned(host(), item("bridge", name="br0", mtu=mtu))
    assert plan.commands == [command, f"ip link set dev br0 mtu {mtu}"]
    assert change(plan) == (None, {"mtu": mtu, "up": True})


def test_the_message_that_makes_a_bridge() -> None:
    step = only_step(mac="02:00:00:00:00:01", stp=False, forward_delay=0)
    key = link_key("", "br0")
    assert as_tuple(step) == (
        "",
        16,
        0x400 | 0x200,
        {"family": 0, "index": NewIndex(key), "flags": 1, "change": 1},
        [
            ("IFLA_IFNAME", "br0"),
            ("IFLA_ADDRESS", "02:00:00:00:00:01"),
            (
                "IFLA_LINKINFO",
                {
                    "attrs": [
                        ("IFLA_INFO_KIND", "bridge"),
                        ("IFLA_INFO_DATA", {"attrs": [("IFLA_BR_FORWARD_DELAY", 0), ("IFLA_BR_STP_STATE", 0)]}),
                    ]
                },
            ),
        ],
    )
    (undo,) = step.undo
    assert as_tuple(undo)[:3] == ("", 17, 0)
    assert undo.attrs == [("IFLA_IFNAME", "br0")]  # type: ignore[attr-defined]
    assert not step.partial


def test_a_kernel_without_bridges_is_told_of() -> None:
    assert "CONFIG_BRIDGE" in only_step().cures_by_text["Unknown device type"]
    assert "VLAN" in only_step(vlan_filtering=True).cures[errno.EOPNOTSUPP]


# -- there already


def test_a_bridge_as_it_should_be_is_left_alone() -> None:
    there = bridge("br0", stp=True, priority=4096, forward_delay=2, link_values={"mtu": 1400})
    wished = item("bridge", name="br0", stp=True, priority=4096, forward_delay=2.0, mtu=1400)
    assert nothing(planned(host(there), wished))


def test_what_was_not_given_is_left_alone() -> None:
    assert nothing(planned(host(bridge("br0", stp=True, priority=1)), item("bridge", name="br0")))


@pytest.mark.parametrize(
    ("given", "words", "before", "after"),
    [
        ({"up": False}, "down", {"up": True}, {"up": False}),
        ({"mtu": 1400}, "mtu 1400", {"mtu": 1500}, {"mtu": 1400}),
        ({"stp": False}, "type bridge stp_state 0", {"stp": True}, {"stp": False}),
        ({"forward_delay": 4}, "type bridge forward_delay 400", {"forward_delay": 15}, {"forward_delay": 4}),
        (
            {"mtu": 1400, "stp": False, "priority": 1},
            "mtu 1400 type bridge stp_state 0 priority 1",
            {"mtu": 1500, "stp": True, "priority": 32768},
            {"mtu": 1400, "stp": False, "priority": 1},
        ),
        ({"mcast_snooping": True}, "type bridge mcast_snooping 1", {"mcast_snooping": None}, {"mcast_snooping": True}),
    ],
)
def test_a_bridge_is_changed_in_place(
    given: dict[str, t.Any], words: str, before: dict[str, t.Any], after: dict[str, t.Any]
) -> None:
    there = bridge("br0", stp=True, forward_delay=15, priority=32768)
    plan = planned(host(there), item("bridge", name="br0", **given))
    assert plan.commands == [f"ip link set dev br0 {words}"]
    assert change(plan) == (before, after)
    (step,) = steps(plan)
    assert isinstance(step, Request)
    assert (step.type, step.flags, step.partial) == (16, 0, True)


def test_a_change_is_undone_with_the_values_from_before() -> None:
    step = only_step(bridge("br0", stp=True, priority=7), stp=False, priority=1, up=False)
    (undo,) = step.undo
    assert isinstance(undo, Request)
    assert (undo.header["flags"], undo.header["change"]) == (1, 1)
    assert dict(undo.attrs)["IFLA_LINKINFO"] == {
        "attrs": [
            ("IFLA_INFO_KIND", "bridge"),
            ("IFLA_INFO_DATA", {"attrs": [("IFLA_BR_STP_STATE", 1), ("IFLA_BR_PRIORITY", 7)]}),
        ]
    }


@pytest.mark.parametrize(("kind", "called"), [("veth", "a veth"), ("vlan", "a vlan"), (None, "a physical or loopback")])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_name_taken_by_something_else_is_an_error(kind: str | None, called: str, state: str) -> None:
    with pytest.raises(LabError, match=f"^bridge br0: br0 exists and is {called}.*choose another name or remove it$"):
        planned(host(link("br0", kind)), item("bridge", name="br0", state=state))


def test_a_missing_namespace_is_an_error_and_in_check_mode_one_that_an_earlier_task_makes() -> None:
    wished = item("bridge", name="br0", namespace="a")
    with pytest.raises(LabError, match="^bridge a:br0: there is no namespace a; create it first"):
        planned(host(), wished)
    assert planned(host(assuming=True), wished).commands == ["ip -n a link add name br0 up type bridge"]


# -- absent


def test_a_bridge_that_is_not_there_is_absent() -> None:
    assert nothing(planned(host(), item("bridge", name="br0", state="absent")))
    assert nothing(planned(host(), item("bridge", name="br0", namespace="no-such", state="absent")))


def test_a_bridge_is_deleted() -> None:
    view = host(bridge("br0", stp=False), pair("p0", "p1"), port("p0", "br0"), address("br0", "10.0.0.1/24"))
    plan = planned(view, item("bridge", name="br0", state="absent"))
    assert plan.commands == ["ip link delete dev br0"]
    assert change(plan) == ({"mac": "02:00:00:00:00:0a", "mtu": 1500, "up": True, "stp": False}, None)
    (step,) = steps(plan)
    assert as_tuple(step)[1] == 17
    assert step.tolerated == (errno.ENODEV,)  # type: ignore[attr-defined]
    assert {fact.key for fact in view.of_type("link")} == {("link", "", "p0"), ("link", "", "p1")}
    assert view.of_type("port") == view.of_type("address") == []


def test_a_deleted_bridge_is_made_again_with_its_addresses_and_ports() -> None:
    there = [
        bridge("br0", stp=True, link_values={"mtu": 1400, "index": 5}),
        pair("p0", "p1"),
        port("p0", "br0", cost=7, port_state="forwarding"),
        address("br0", "10.0.0.1/24"),
    ]
    (step,) = steps(planned(host(*there), item("bridge", name="br0", state="absent")))
    create, *rest = [as_tuple(undo) for undo in step.undo]
    assert create[1:3] == (16, 0x600)
    assert create[3] == {"family": 0, "index": 5, "flags": 0, "change": 0}
    assert ("IFLA_MTU", 1400) in create[4]
    up = rest.pop(0)
    assert (up[3]["flags"], up[3]["change"], up[4]) == (1, 1, [("IFLA_IFNAME", "br0")])
    made = [(kind, dict(attrs).get("IFLA_IFNAME") or dict(attrs)["IFA_LOCAL"]) for _n, kind, _f, _h, attrs in rest]
    assert sorted(made[:-1]) == [(16, "p0"), (16, "p0"), (20, "10.0.0.1")]
    assert made[-1] == (16, "br0"), "its ports may have given it another MTU"
    assert "IFLA_BRPORT_STATE" not in str(rest), "a port's state is the kernel's to keep"


def test_a_deleted_bridge_gets_back_what_the_kernel_does_not_take_for_a_new_one() -> None:
    """The mode of its addresses first: a link that goes up makes one by it."""
    odd = {"alias": "x y", "txqueuelen": 9, "arp": False, "promisc": True, "addrgenmode": "none"}
    (step,) = steps(planned(host(bridge("br0", link_values=odd)), item("bridge", name="br0", state="absent")))
    _create, mode, rest, _mtu = [as_tuple(undo) for undo in step.undo]
    assert [name for name, _value in mode[4]] == ["IFLA_IFNAME", "IFLA_AF_SPEC"]
    assert rest[4] == [("IFLA_IFNAME", "br0"), ("IFLA_TXQLEN", 9), ("IFLA_IFALIAS", "x y")]
    assert rest[3]["flags"] == rest[3]["change"] == 0x1 | 0x80 | 0x100


# -- what is asked for


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"name": "a/b"}, "does not take"),
        ({"namespace": ""}, "is empty"),
        ({"mac": "ff:ff:ff:ff:ff:ff"}, "multicast"),
        ({"mtu": 67}, "mtu is 67"),
        ({"forward_delay": 31}, "forward_delay is 31"),
        ({"vlan_default_pvid": 4095}, "vlan_default_pvid is 4095"),
        ({"group_fwd_mask": 1}, "group_fwd_mask 1"),
    ],
)
def test_a_bad_option_is_refused(given: dict[str, t.Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        wish("bridge", **{"name": "br0", **given})
