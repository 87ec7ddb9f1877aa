# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bridge, option by option."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json


def data(link: Json) -> Json:
    return t.cast(Json, link["linkinfo"]["info_data"])


def is_up(link: Json) -> bool:
    return "UP" in link["flags"]


# Each option with two values, each with what ip says for it, and where it says it.
OPTIONS: list[tuple[str, t.Any, t.Any, t.Any, t.Any, t.Callable[[Json], t.Any]]] = [
    ("up", False, False, True, True, is_up),
    ("up", True, True, False, False, is_up),
    ("mac", "02:00:00:00:00:0a", "02:00:00:00:00:0a", "02-00-00-00-00-0B", "02:00:00:00:00:0b", lambda x: x["address"]),
    ("mtu", 68, 68, 65535, 65535, lambda x: x["mtu"]),
    ("stp", True, 1, False, 0, lambda x: data(x)["stp_state"]),
    ("forward_delay", 2, 200, 30, 3000, lambda x: data(x)["forward_delay"]),
    ("hello_time", 1, 100, 10, 1000, lambda x: data(x)["hello_time"]),
    ("max_age", 6, 600, 40, 4000, lambda x: data(x)["max_age"]),
    ("ageing_time", 0, 0, 1200.5, 120050, lambda x: data(x)["ageing_time"]),
    ("priority", 0, 0, 65535, 65535, lambda x: data(x)["priority"]),
    ("mcast_snooping", False, 0, True, 1, lambda x: data(x)["mcast_snooping"]),
    ("group_fwd_mask", 8, "0x8", 65528, "0xfff8", lambda x: data(x)["group_fwd_mask"]),
]


@pytest.mark.parametrize(
    ("option", "first", "told_first", "second", "told_second", "told"), OPTIONS, ids=[row[0] for row in OPTIONS]
)
def test_option_is_set_changed_in_place_left_alone_and_gone(
    lab: Lab,
    option: str,
    first: t.Any,
    told_first: t.Any,
    second: t.Any,
    told_second: t.Any,
    told: t.Callable[[Json], t.Any],
) -> None:
    lab.run("netns", name="sw")
    # "up" has a default; it is given along so that leaving it out does not mean something else.
    where = {"name": "br0", "namespace": "sw"}
    lab.run("bridge", **where, **{option: first})
    assert told(lab.link("sw", "br0")) == told_first
    index = lab.index("sw", "br0")

    result = lab.run("bridge", **where, **{option: second})
    assert told(lab.link("sw", "br0")) == told_second
    assert lab.index("sw", "br0") == index
    assert len(result.commands) == 1 and result.commands[0].startswith("ip -n sw link set dev br0 ")
    assert list(result.diff["after"]["bridge"]["sw:br0"]) == [option]

    if option != "up":
        lab.unchanged("bridge", **where)
        assert told(lab.link("sw", "br0")) == told_second

    lab.run("bridge", **where, state="absent")
    assert lab.links("sw") == set()
    lab.unchanged("bridge", **where, state="absent")


@pytest.mark.parametrize("option", ["forward_delay", "hello_time", "max_age", "ageing_time"])
def test_a_time_between_two_ticks_of_the_kernel_does_not_change_again(lab: Lab, option: str) -> None:
    lab.run("bridge", name="br0", **{option: 8.01})
    lab.run("bridge", name="br0", **{option: 8.99})
    assert 898 <= data(lab.link("", "br0"))[option] <= 900


def test_all_options_in_one_run_are_one_command_and_another_for_the_mtu(lab: Lab) -> None:
    options = {row[0]: row[1] for row in OPTIONS if row[0] != "up"}
    assert len(lab.run("bridge", name="br0", **options).commands) == 2
    link = lab.link("", "br0")
    assert {row[0]: row[5](link) for row in OPTIONS if row[0] != "up"} == {
        row[0]: row[2] for row in OPTIONS if row[0] != "up"
    }
    assert is_up(link)
    # And to the others in one command.
    others = {row[0]: row[3] for row in OPTIONS if row[0] != "up"}
    assert len(lab.run("bridge", name="br0", **others, up=False).commands) == 1
    assert not lab.is_up("", "br0")


def kernel_has_vlan_filtering(lab: Lab) -> bool:
    return lab.can("ip link add name probe type bridge vlan_filtering 1", "ip link delete dev probe")


@pytest.mark.parametrize(("option", "first", "second"), [("vlan_filtering", True, False), ("vlan_default_pvid", 7, 0)])
def test_vlan_option_is_set_and_changed_in_place(lab: Lab, option: str, first: t.Any, second: t.Any) -> None:
    if not kernel_has_vlan_filtering(lab):
        pytest.skip("this kernel has no VLAN filtering in bridges (CONFIG_BRIDGE_VLAN_FILTERING)")
    for value in (first, second):
        lab.run("bridge", name="br0", **{option: value})
        assert data(lab.link("", "br0"))[option] == int(value)


@pytest.mark.parametrize("option", ["vlan_filtering", "vlan_default_pvid"])
def test_vlan_option_on_a_kernel_without_vlan_filtering_is_a_clear_error(lab: Lab, option: str) -> None:
    if kernel_has_vlan_filtering(lab):
        pytest.skip("this kernel has VLAN filtering in bridges")
    msg = lab.fails_for_real("bridge", name="br0", **{option: 1})
    assert msg.startswith("bridge br0: the kernel says: ")
    assert "no VLAN filtering" in msg
    # Nor does a bridge that is there take it.
    lab.sh("ip link add name br1 type bridge")
    assert "no VLAN filtering" in lab.fails_for_real("bridge", name="br1", **{option: 1})


def test_a_name_taken_by_another_kind_is_an_error_and_stays(lab: Lab) -> None:
    lab.sh("ip link add name x type veth peer name y")
    for state in ("present", "absent"):
        msg = lab.fails("bridge", name="x", state=state)
        assert "x exists and is a veth, not a bridge" in msg
    msg = lab.fails("bridge", name="lo")
    assert "physical or loopback" in msg


def test_deleting_a_bridge_leaves_its_ports_and_says_what_it_was(lab: Lab) -> None:
    lab.sh("ip link add name br0 type bridge stp_state 1; ip link add name x type veth peer name y")
    lab.sh("ip link set dev x master br0")
    result = lab.run("bridge", name="br0", state="absent")
    assert lab.links("") == {"x", "y"}
    assert result.diff["before"]["bridge"]["br0"]["stp"] is True
    assert result.diff["after"] == {}


def test_stp_timers_that_the_kernel_refuses_while_stp_is_on_fail_and_leave_the_rest(lab: Lab) -> None:
    lab.run("bridge", name="br0", stp=True)
    msg = lab.fails_for_real("bridge", name="br0", forward_delay=1, hello_time=5, mtu=1400)
    assert msg.startswith("bridge br0: the kernel says: ")


@pytest.mark.parametrize("mtu", [1280, 1500, 9000])
def test_a_bridge_keeps_the_mtu_it_was_given_whatever_its_ports_have(lab: Lab, mtu: int) -> None:
    cables = [
        {"name": f"p{number}", "namespace": "sw", "mtu": mtu_of_port, "peer": {"name": f"q{number}", "namespace": "sw"}}
        for number, mtu_of_port in enumerate((1400, 1500, 4000))
    ]
    definition: dict[str, list[Json]] = {
        "netns": [{"name": "sw"}],
        "bridge": [{"name": "br0", "namespace": "sw", "mtu": mtu}],
        "veth": cables,
        "bridge_port": [{"interface": cable["name"], "namespace": "sw", "bridge": "br0"} for cable in cables],
    }
    lab.run("topology", name="ports", **definition)
    assert lab.link("sw", "br0")["mtu"] == mtu
    lab.run("topology", name="ports", **{**definition, "bridge_port": definition["bridge_port"][:1]})
    assert lab.link("sw", "br0")["mtu"] == mtu
