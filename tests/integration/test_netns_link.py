# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_link, option by option."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

CABLE = "ip netns add a1; ip netns add a2; ip -n a1 link add name eth0 type veth peer name eth0 netns a2"
WHERE = {"namespace": "a1", "name": "eth0"}


def flag(name: str) -> t.Callable[[Json], bool]:
    return lambda link: name in link["flags"]


OPTIONS: list[tuple[str, t.Any, t.Any, t.Any, t.Any, t.Callable[[Json], t.Any]]] = [
    ("up", True, True, False, False, flag("UP")),
    ("mtu", 68, 68, 65535, 65535, lambda link: link["mtu"]),
    ("mac", "02:00:00:00:00:0A", "02:00:00:00:00:0a", "02-00-00-00-00-0b", "02:00:00:00:00:0b", lambda x: x["address"]),
    ("alias", "to the rack; $HOME", "to the rack; $HOME", "two", "two", lambda link: link["ifalias"]),
    ("alias", "ä" * 127, "ä" * 127, "", None, lambda link: link.get("ifalias")),
    ("txqueuelen", 0, None, 500, 500, lambda link: link.get("txqlen")),
    ("promisc", True, True, False, False, flag("PROMISC")),
    ("arp", False, True, True, False, flag("NOARP")),
    ("addrgenmode", "none", "none", "eui64", "eui64", lambda link: link["inet6_addr_gen_mode"]),
    ("addrgenmode", "random", "random", "none", "none", lambda link: link["inet6_addr_gen_mode"]),
]


@pytest.mark.parametrize(
    ("option", "first", "told_first", "second", "told_second", "told"),
    OPTIONS,
    ids=[f"{row[0]}-{str(row[1])[:8]}" for row in OPTIONS],
)
def test_option_is_set_changed_in_place_and_left_alone(
    lab: Lab,
    option: str,
    first: t.Any,
    told_first: t.Any,
    second: t.Any,
    told_second: t.Any,
    told: t.Callable[[Json], t.Any],
) -> None:
    lab.sh(CABLE)
    index = lab.index("a1", "eth0")
    lab.run("netns_link", **WHERE, **{option: first})
    assert told(lab.link("a1", "eth0")) == told_first
    result = lab.run("netns_link", **WHERE, **{option: second})
    assert told(lab.link("a1", "eth0")) == told_second
    assert len(result.commands) == 1
    assert list(result.diff["after"]["netns_link"]["a1:eth0"]) == [option]
    lab.unchanged("netns_link", **WHERE)
    assert told(lab.link("a1", "eth0")) == told_second
    assert lab.index("a1", "eth0") == index


def test_all_options_in_one_run(lab: Lab) -> None:
    lab.sh(CABLE)
    rows = {row[0]: row for row in OPTIONS}
    # An MTU of 68 leaves no IPv6 for addrgenmode.
    lab.run("netns_link", **WHERE, **{**{option: row[1] for option, row in rows.items()}, "mtu": 1280})
    link = lab.link("a1", "eth0")
    assert {option: row[5](link) for option, row in rows.items()} == {
        **{option: row[2] for option, row in rows.items()},
        "mtu": 1280,
    }


def test_addrgenmode_none_makes_no_link_local_address(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n a2 link set dev eth0 up")
    lab.run("netns_link", **WHERE, addrgenmode="none", up=True)
    assert lab.ip("a1", "address", "show", "dev", "eth0")[0]["addr_info"] == []


def test_tx_checksum_is_switched_off_and_on(lab: Lab) -> None:
    lab.sh(CABLE)
    # iproute2 tells nothing of it, and ethtool may not be installed.
    hidden = {"replay": "there may be no ethtool"}
    result = lab.run("netns_link", without=hidden, **WHERE, tx_checksum=False)
    assert result.commands == ["ip netns exec a1 ethtool -K eth0 tx off"]
    result = lab.run("netns_link", without=hidden, **WHERE, tx_checksum=True)
    assert result.commands == ["ip netns exec a1 ethtool -K eth0 tx on"]
    lab.unchanged("netns_link", **WHERE, tx_checksum=True)


def test_a_link_gets_a_master_another_and_none(lab: Lab) -> None:
    lab.sh("ip link add name br0 type bridge; ip link add name br1 type bridge; ip link add name x type veth peer y")
    index = lab.index("", "x")
    for bridge in ("br0", "br1"):
        lab.run("netns_link", name="x", master=bridge)
        assert lab.link("", "x")["master"] == bridge
    lab.unchanged("netns_link", name="x")
    lab.run("netns_link", name="x", nomaster=True)
    assert "master" not in lab.link("", "x")
    assert lab.index("", "x") == index


def test_a_link_is_moved_here_from_a_namespace_and_set_up_there(lab: Lab) -> None:
    lab.sh(CABLE + "; ip netns add a3")
    result = lab.run("netns_link", name="eth0", namespace="a3", from_namespace="a1", up=True, mtu=1400)
    assert lab.links("a1") == set()
    assert lab.peer("a3", "eth0") == ("a2", "eth0")
    assert lab.is_up("a3", "eth0") and lab.link("a3", "eth0")["mtu"] == 1400
    assert result.commands[0] == "ip -n a1 link set dev eth0 netns a3"
    # Back into the own namespace, which has no name.
    lab.run("netns_link", name="eth0", from_namespace="a3")
    assert lab.links("") == {"eth0"}


def test_a_link_moved_into_a_namespace_where_its_name_is_taken_stays(lab: Lab) -> None:
    lab.sh(CABLE + "; ip netns add a3; ip -n a3 link add name eth0 type bridge")
    # What is in a3 already is taken for the link that was asked for.
    lab.unchanged("netns_link", name="eth0", namespace="a3", from_namespace="a1")


def test_lo_and_bridges_are_links_too(lab: Lab) -> None:
    lab.sh("ip netns add a1; ip -n a1 link add name br0 type bridge")
    lab.run("netns_link", name="lo", namespace="a1", up=True, mtu=9000)
    assert lab.is_up("a1", "lo") and lab.link("a1", "lo")["mtu"] == 9000
    lab.run("netns_link", name="br0", namespace="a1", txqueuelen=7, mac="02:00:00:00:00:01")
    assert lab.link("a1", "br0")["txqlen"] == 7


def test_a_missing_link_is_an_error_naming_it(lab: Lab) -> None:
    msg = lab.fails_missing("netns_link", name="eth9", up=True)
    assert msg.startswith("netns_link eth9: there is no interface eth9")
    lab.sh("ip netns add a1; ip netns add a2")
    msg = lab.fails_missing("netns_link", name="eth9", namespace="a1", from_namespace="a2")
    assert "there is no a1:eth9 and no a2:eth9 to move there" in msg


def test_an_mtu_the_kernel_refuses_leaves_everything_else_as_it_was(lab: Lab) -> None:
    lab.sh("ip netns add a1; ip -n a1 link add name br0 type bridge")
    msg = lab.fails_for_real("netns_link", name="br0", namespace="a1", mtu=65536, alias="x", up=True, txqueuelen=3)
    assert msg.startswith("netns_link a1:br0: the kernel says: ")


def test_addrgenmode_without_ipv6_is_an_error_with_its_reason_and_all_is_as_before(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n a1 link set dev eth0 mtu 1000")
    msg = lab.fails_for_real("netns_link", **WHERE, addrgenmode="none", alias="x")
    assert "it needs an MTU of 1280 or more" in msg


def test_the_indexes_of_moved_links_are_kept(lab: Lab) -> None:
    lab.sh(CABLE + "; ip netns add a3")
    index = lab.index("a1", "eth0")
    lab.run("netns_link", name="eth0", namespace="a3", from_namespace="a1")
    assert lab.index("a3", "eth0") == index
