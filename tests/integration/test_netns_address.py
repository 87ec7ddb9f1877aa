# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_address, option by option."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

CABLE = (
    "ip netns add a1; ip netns add a2;"
    "ip -n a1 link add name eth0 up type veth peer name eth0 netns a2; ip -n a2 link set dev eth0 up"
)
WHERE = {"namespace": "a1", "interface": "eth0"}
FOREVER = 4294967295
# Each option with the address, two values, each with what ip says for it, and what ip calls it; whether the kernel
# changes it in place.
OPTIONS: list[tuple[str, str, t.Any, t.Any, t.Any, t.Any, str, bool]] = [
    ("broadcast", "10.0.0.1/24", "+", "10.0.0.255", "10.0.0.127", "10.0.0.127", "broadcast", False),
    ("scope", "10.0.0.1/24", "link", "link", "site", "site", "scope", False),
    ("scope", "10.0.0.1/24", "host", "host", "200", "site", "scope", False),
    ("label", "10.0.0.1/24", "eth0:one", "eth0:one", "eth0:2", "eth0:2", "label", False),
    ("noprefixroute", "10.0.0.1/24", True, True, False, None, "noprefixroute", False),
    ("noprefixroute", "2001:db8::1/64", True, True, False, None, "noprefixroute", True),
    ("nodad", "2001:db8::1/64", True, True, False, None, "nodad", False),
    ("metric", "10.0.0.1/24", 100, 100, 200, 200, "metric", True),
    ("metric", "2001:db8::1/64", 100, 100, 200, 200, "metric", True),
    ("metric", "10.0.0.1/24", 300, 300, 0, None, "metric", True),
    ("metric", "2001:db8::1/64", 300, 300, 0, None, "metric", False),
    ("valid_lft", "10.0.0.1/24", "1000", 1000, "forever", FOREVER, "valid_life_time", True),
    ("valid_lft", "2001:db8::1/64", "1000", 1000, "5000", 5000, "valid_life_time", True),
    ("preferred_lft", "10.0.0.1/24", "0", True, "forever", None, "deprecated", True),
    ("preferred_lft", "2001:db8::1/64", "0", 0, "1000", 1000, "preferred_life_time", True),
]


def told(lab: Lab, address: str) -> Json:
    """What ip says of the one address that is written so."""
    local = address.partition("/")[0]
    return next(found for found in lab.addresses("a1", "eth0") if found["local"] == local)


def about(value: t.Any) -> t.Any:
    """Lifetimes run."""
    return pytest.approx(value, abs=5) if isinstance(value, int) and value > 500 else value


@pytest.mark.parametrize(
    ("option", "address", "first", "told_first", "second", "told_second", "word", "in_place"),
    OPTIONS,
    ids=[f"{row[0]}-{row[2]}-{'IPv6' if ':' in row[1] else 'IPv4'}" for row in OPTIONS],
)
def test_option_is_set_changed_left_alone_and_gone(
    lab: Lab,
    option: str,
    address: str,
    first: t.Any,
    told_first: t.Any,
    second: t.Any,
    told_second: t.Any,
    word: str,
    in_place: bool,
) -> None:
    lab.sh(CABLE)
    lab.sh("ip -n a1 address add 10.9.0.1/24 dev eth0; ip -n a1 address add 2001:db8:9::1/64 dev eth0")
    lab.run("netns_address", **WHERE, address=address, **{option: first})
    assert told(lab, address).get(word) == about(told_first)

    result = lab.run("netns_address", **WHERE, address=address, **{option: second})
    assert told(lab, address).get(word) == about(told_second)
    assert [command.split()[4] for command in result.commands] == (["replace"] if in_place else ["delete", "add"])
    assert list(result.diff["after"]["netns_address"]) == [f"a1:eth0 {address}"]

    # IPv4's scope has a default, as it has for ip.
    if option != "scope":
        lab.unchanged("netns_address", **WHERE, address=address)
        assert told(lab, address).get(word) == about(told_second)

    lab.run("netns_address", **WHERE, address=address, state="absent")
    assert [found["local"] for found in lab.addresses("a1", "eth0")] == ["10.9.0.1", "2001:db8:9::1"]
    lab.unchanged("netns_address", **WHERE, address=address, state="absent")


@pytest.mark.parametrize(
    ("address", "peer", "local", "remote", "length"),
    [
        ("10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.2", 32),
        ("10.0.0.1/32", "10.1.0.0/24", "10.0.0.1", "10.1.0.0", 24),
        ("2001:db8::1", "2001:db8::2", "2001:db8::1", "2001:db8::2", 128),
        ("2001:DB8::1/128", "2001:DB8:0:1::/64", "2001:db8::1", "2001:db8:0:1::", 64),
    ],
)
def test_an_address_has_a_peer(lab: Lab, address: str, peer: str, local: str, remote: str, length: int) -> None:
    lab.sh(CABLE)
    lab.run("netns_address", **WHERE, address=address, peer=peer)
    (found,) = lab.addresses("a1", "eth0")
    assert (found["local"], found["address"], found["prefixlen"]) == (local, remote, length)
    lab.run("netns_address", **WHERE, address=address, peer=peer, state="absent")
    assert lab.addresses("a1", "eth0") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:DB8::1/64", "2001:db8::1/64"),
        ("2001:db8:0:0::1/64", "2001:0db8::0001/64"),
        ("::ffff:10.0.0.1/128", "::ffff:a00:1/128"),
        ("10.0.0.1", "10.0.0.1/32"),
        ("2001:db8::1", "2001:db8::1/128"),
    ],
)
def test_an_address_written_otherwise_is_the_same_address(lab: Lab, one: str, other: str) -> None:
    lab.sh(CABLE)
    lab.run("netns_address", **WHERE, address=one)
    lab.unchanged("netns_address", **WHERE, address=other)
    lab.run("netns_address", **WHERE, address=other, state="absent")
    lab.run("netns_address", **WHERE, address=other)
    lab.unchanged("netns_address", **WHERE, address=one)
    lab.run("netns_address", **WHERE, address=one, state="absent")


def test_an_ipv4_address_with_another_prefix_length_is_another_address(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("netns_address", **WHERE, address="10.0.0.1/24")
    lab.run("netns_address", **WHERE, address="10.0.0.1/16")
    assert [found["prefixlen"] for found in lab.addresses("a1", "eth0")] == [24, 16]
    lab.unchanged("netns_address", **WHERE, address="10.0.0.1/8", state="absent")
    lab.run("netns_address", **WHERE, address="10.0.0.1/24", state="absent")
    assert [found["prefixlen"] for found in lab.addresses("a1", "eth0")] == [16]


def test_an_ipv6_address_with_another_prefix_length_is_made_anew(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("netns_address", **WHERE, address="2001:db8::1/64")
    lab.run("netns_address", **WHERE, address="2001:db8::1/48")
    assert [found["prefixlen"] for found in lab.addresses("a1", "eth0")] == [48]


def test_removing_a_primary_address_keeps_the_secondary_ones_of_its_subnet(lab: Lab) -> None:
    lab.sh(CABLE)
    for number in (1, 2, 3):
        lab.run("netns_address", **WHERE, address=f"10.0.0.{number}/24")
    assert [bool(found.get("secondary")) for found in lab.addresses("a1", "eth0")] == [False, True, True]
    lab.run("netns_address", **WHERE, address="10.0.0.1/24", state="absent")
    assert [found["local"] for found in lab.addresses("a1", "eth0")] == ["10.0.0.2", "10.0.0.3"]
    assert [bool(found.get("secondary")) for found in lab.addresses("a1", "eth0")] == [False, True]


def test_removing_a_primary_address_keeps_the_options_of_the_secondary_ones(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("netns_address", **WHERE, address="10.0.0.1/24")
    lab.run("netns_address", **WHERE, address="10.0.0.2/24", label="eth0:x", broadcast="+", metric=7, valid_lft="9000")
    lab.run("netns_address", **WHERE, address="10.0.0.1/24", state="absent")
    found = told(lab, "10.0.0.2")
    assert (found["label"], found["broadcast"], found["metric"]) == ("eth0:x", "10.0.0.255", 7)
    assert 8000 < found["valid_life_time"] <= 9000


def test_a_loopback_address_has_the_scope_that_ip_gives_it(lab: Lab) -> None:
    lab.sh("ip netns add a1; ip -n a1 link set dev lo up")
    lab.run("netns_address", namespace="a1", interface="lo", address="127.0.0.2/8")
    assert [found["scope"] for found in lab.addresses("a1", "lo")] == ["host", "host", "host"]


def test_lifetimes_that_have_run_for_a_while_are_no_difference(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("netns_address", **WHERE, address="10.0.0.1/24", valid_lft="100", preferred_lft="50")
    lab.run("netns_address", **WHERE, address="2001:db8::1/64", valid_lft="100", preferred_lft="50")
    lab.run("netns_address", **WHERE, address="2001:db8::2/64", valid_lft="100", preferred_lft="0")
    time.sleep(3.3)
    lab.unchanged("netns_address", **WHERE, address="10.0.0.1/24", valid_lft="100", preferred_lft="50")
    lab.unchanged("netns_address", **WHERE, address="2001:db8::1/64", valid_lft="100", preferred_lft="50")
    lab.unchanged("netns_address", **WHERE, address="2001:db8::2/64", valid_lft="100", preferred_lft="0")
    assert told(lab, "10.0.0.1")["valid_life_time"] < 98


def test_an_address_on_an_interface_of_the_own_namespace(lab: Lab) -> None:
    lab.sh("ip link add name br0 up type bridge")
    result = lab.run("netns_address", interface="br0", address="192.0.2.1/24")
    assert result.commands == ["ip address add 192.0.2.1/24 dev br0"]
    lab.run("netns_address", interface="br0", address="192.0.2.1/24", state="absent")


def test_absent_on_a_missing_interface_or_namespace_is_no_change(lab: Lab) -> None:
    lab.unchanged("netns_address", interface="eth9", address="10.0.0.1/24", state="absent")
    lab.unchanged("netns_address", interface="eth9", namespace="nowhere", address="10.0.0.1/24", state="absent")


def test_both_lifetimes_of_an_ipv4_address(lab: Lab) -> None:
    lab.sh(CABLE)
    for valid, preferred in (("5000", "2000"), ("5000", "0"), ("9000", "9000"), ("forever", "forever")):
        wanted = {**WHERE, "address": "10.0.0.1/24", "valid_lft": valid, "preferred_lft": preferred}
        checked = lab.check("netns_address", **wanted)
        result = lab.run("netns_address", without={"check": "what is left counts down between the two"}, **wanted)
        assert (checked.commands, checked.diff["after"]) == (result.commands, result.diff["after"])
        found = told(lab, "10.0.0.1")
        assert found["valid_life_time"] == about(FOREVER if valid == "forever" else int(valid))
        assert found["preferred_life_time"] == about(FOREVER if preferred == "forever" else int(preferred))
    assert "give both" in lab.fails("netns_address", **WHERE, address="10.0.0.1/24", preferred_lft="100")


def test_ipv6_where_it_is_switched_off_is_an_error_with_its_reason(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.sh("nsenter --net=/run/netns/a1 sh -c 'echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6'")
    msg = lab.fails_for_real("netns_address", **WHERE, address="2001:db8::1/64")
    assert "disable_ipv6" in msg and "root" not in msg


def test_ipv6_on_an_interface_too_narrow_for_it_is_an_error_with_its_reason(lab: Lab) -> None:
    lab.sh(CABLE + "; ip -n a1 link set dev eth0 mtu 1000")
    msg = lab.fails_for_real("netns_address", **WHERE, address="2001:db8::1/64")
    assert msg.startswith("netns_address a1:eth0 2001:db8::1/64: the kernel says: ")
    assert "MTU below 1280" in msg
