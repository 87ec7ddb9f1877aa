# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._ethtool import SetTxChecksum
from ansible_collections.netns.lab.plugins.module_utils._model import Index, NamespaceFd, link_key
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


@pytest.mark.parametrize(
    ("given", "words", "before"),
    [
        ({"up": True}, "up", {"up": False}),
        ({"mtu": 9000}, "mtu 9000", {"mtu": 1500}),
        ({"mac": "02:00:00:00:00:01"}, "address 02:00:00:00:00:01", {"mac": "02:00:00:00:00:0a"}),
        ({"alias": "it's mine"}, "alias 'it'\"'\"'s mine'", {"alias": ""}),
        ({"txqueuelen": 0}, "txqueuelen 0", {"txqueuelen": 1000}),
        ({"promisc": True}, "promisc on", {"promisc": False}),
        ({"arp": False}, "arp off", {"arp": True}),
        ({"addrgenmode": "none"}, "addrgenmode none", {"addrgenmode": "eui64"}),
        ({"mtu": 1400, "up": True}, "mtu 1400 up", {"mtu": 1500, "up": False}),
    ],
)
def test_an_attribute_is_changed_in_place(given: dict[str, t.Any], words: str, before: dict[str, t.Any]) -> None:
    view = host(link("e0"))
    plan = planned(view, item("netns_link", name="e0", **given))
    assert plan.commands == [f"ip link set dev e0 {words}"]
    assert change(plan) == (before, given)
    assert [request[1:3] for request in requests(plan)] == [(16, 0)]
    assert nothing(planned(view, item("netns_link", name="e0", **given)))


def test_an_undo_sets_each_attribute_back() -> None:
    there = link("e0", up=True, alias="x", arp=False, promisc=True, addrgenmode="random", txqueuelen=7)
    given = {"up": False, "alias": "", "arp": True, "promisc": False, "txqueuelen": 9}
    (step,) = steps(planned(host(there), item("netns_link", name="e0", **given)))
    (undo,) = step.undo
    _namespace, _kind, _flags, header, attrs = as_tuple(undo)
    assert header["flags"] == header["change"] == 0x1 | 0x80 | 0x100
    assert attrs == [("IFLA_IFNAME", "e0"), ("IFLA_TXQLEN", 7), ("IFLA_IFALIAS", "x")]


def test_the_mode_of_addresses_is_set_before_the_link_goes_up_and_taken_back_after() -> None:
    plan = planned(host(link("e0")), item("netns_link", name="e0", addrgenmode="none", mtu=1400, up=True))
    assert plan.commands == ["ip link set dev e0 addrgenmode none", "ip link set dev e0 mtu 1400 up"]
    assert len(plan.levels) == 2


def test_a_link_as_it_should_be_is_left_alone() -> None:
    assert nothing(planned(host(link("e0", up=True, mtu=9000)), item("netns_link", name="e0", up=True, mtu=9000)))
    assert nothing(planned(host(link("e0")), item("netns_link", name="e0")))


@pytest.mark.parametrize("given", [{"up": False}, {"mtu": 1279}])
def test_ipv6_addresses_the_kernel_takes_away_are_given_back_by_an_undo_and_by_the_definition(
    given: dict[str, t.Any],
) -> None:
    there = [link("e0", up=True), address("e0", "2001:db8::1/64"), address("e0", "10.0.0.1/24")]
    view = host(*there)
    (step,) = steps(planned(view, item("netns_link", name="e0", **given)))
    assert [as_tuple(undo)[1] for undo in step.undo] == [16, 20]
    assert ("IFA_LOCAL", "2001:db8::1") in as_tuple(step.undo[1])[4]
    assert {fact.key[3] for fact in view.of_type("address")} == {"10.0.0.1"}
    again = planned(
        host(*there),
        item("netns_address", interface="e0", address="2001:db8::1/64"),
        item("netns_link", name="e0", up=False),
    )
    assert again.commands == ["ip link set dev e0 down", "ip address add 2001:db8::1/64 dev e0"]


@pytest.mark.parametrize("given", [{"mtu": 1280}, {"arp": False}, {"up": True}])
def test_other_changes_leave_ipv6_addresses_alone(given: dict[str, t.Any]) -> None:
    view = host(link("e0", up=True), address("e0", "2001:db8::1/64"))
    planned(view, item("netns_link", name="e0", **given))
    assert len(view.of_type("address")) == 1


def test_a_missing_link_is_an_error_but_in_check_mode() -> None:
    wished = item("netns_link", name="e0", namespace="a", mtu=1400)
    with pytest.raises(LabError, match="^netns_link a:e0: there is no namespace a; create it first"):
        planned(host(), wished)
    with pytest.raises(LabError, match="^netns_link a:e0: there is no interface a:e0; create it first$"):
        planned(host(netns("a")), wished)
    assert planned(host(assuming=True), wished).commands == ["ip -n a link set dev e0 mtu 1400"]


# -- masters


def test_a_link_gets_a_master_of_whatever_kind() -> None:
    view = host(link("vrf0", "vrf"), link("e0"))
    plan = planned(view, item("netns_link", name="e0", master="vrf0"))
    assert plan.commands == ["ip link set dev e0 master vrf0"]
    assert change(plan) == ({"master": None}, {"master": "vrf0"})
    assert requests(plan)[0][4] == [("IFLA_IFNAME", "e0"), ("IFLA_MASTER", Index(link_key("", "vrf0")))]
    assert nothing(planned(view, item("netns_link", name="e0", master="vrf0")))


def test_a_link_changes_over_to_another_master_and_an_undo_gives_back_the_first() -> None:
    plan = planned(
        host(bridge("br0"), bridge("br1"), link("e0"), port("e0", "br0", cost=4)),
        item("netns_link", name="e0", master="br1"),
    )
    assert change(plan) == ({"master": "br0"}, {"master": "br1"})
    undo = [as_tuple(inverse)[4] for inverse in steps(plan)[0].undo]
    assert undo[0] == [("IFLA_IFNAME", "e0"), ("IFLA_MASTER", Index(link_key("", "br0")))]
    assert len(undo) == 2


def test_a_link_is_freed_of_its_master() -> None:
    view = host(bridge("br0"), link("e0"), port("e0", "br0"))
    plan = planned(view, item("netns_link", name="e0", nomaster=True))
    assert plan.commands == ["ip link set dev e0 nomaster"]
    assert change(plan) == ({"master": "br0"}, {"master": None})
    assert nothing(planned(view, item("netns_link", name="e0", nomaster=True)))


def test_a_master_must_be_there() -> None:
    with pytest.raises(LabError, match="^netns_link e0: there is no interface br0; create it first$"):
        planned(host(link("e0")), item("netns_link", name="e0", master="br0"))


# -- moves


def test_a_link_is_moved_and_then_changed() -> None:
    view = host(netns("a"), link("e0", up=True, index=9), address("e0", "10.0.0.1/24"))
    plan = planned(view, item("netns_link", name="e0", namespace="a", from_namespace="", mtu=1400, up=True))
    assert plan.commands == ["ip link set dev e0 netns a", "ip -n a link set dev e0 mtu 1400 up"]
    before, after = change(plan)
    assert (before["namespace"], after["namespace"]) == (None, "a")
    assert (before["mtu"], after["mtu"]) == (1500, 1400)
    assert requests(plan)[0][4] == [("IFLA_IFNAME", "e0"), ("IFLA_NET_NS_FD", NamespaceFd("a"))]
    assert view.of_type("address") == []
    undo = [as_tuple(inverse) for inverse in steps(plan)[0].undo]
    assert [one[:2] for one in undo] == [("a", 16), ("", 16), ("", 20)]


def test_a_link_that_is_there_already_is_not_looked_for_elsewhere() -> None:
    view = host(netns("a"), netns("b"), link("a:e0"))
    assert nothing(planned(view, item("netns_link", name="e0", namespace="a", from_namespace="b")))


def test_a_link_that_is_in_neither_place_is_an_error_but_in_check_mode() -> None:
    wished = item("netns_link", name="e0", namespace="a", from_namespace="b")
    with pytest.raises(LabError, match="^netns_link a:e0: there is no a:e0 and no b:e0 to move there; create the link"):
        planned(host(netns("a"), netns("b")), wished)
    assert planned(host(assuming=True), wished).commands == ["ip -n b link set dev e0 netns a"]


def test_a_moved_end_keeps_its_peer() -> None:
    view = host(netns("a"), netns("b"), pair("e0", "a:e1"))
    planned(view, item("netns_link", name="e0", namespace="b", from_namespace=""))
    assert view.fact(link_key("a", "e1")).values["peer"] == link_key("b", "e0")
    assert view.fact(link_key("b", "e0")).values["peer"] == link_key("a", "e1")


# -- checksums


@pytest.mark.parametrize(("namespace", "command"), [("", "ethtool"), ("a", "ip netns exec a ethtool")])
def test_checksums_are_switched_as_ethtool_does(namespace: str, command: str) -> None:
    where = f"{namespace}:e0" if namespace else "e0"
    wished = item("netns_link", name="e0", namespace=namespace or None, tx_checksum=False)
    view = host(netns("a"), link(where, tx_checksum=True))
    plan = planned(view, wished)
    assert plan.commands == [f"{command} -K e0 tx off"]
    assert change(plan) == ({"tx_checksum": True}, {"tx_checksum": False})
    (step,) = steps(plan)
    assert step == SetTxChecksum(namespace, "e0", False, undo=[SetTxChecksum(namespace, "e0", True)])
    assert nothing(planned(view, wished))


# -- what is asked for


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"namespace": "a", "from_namespace": "a"}, "^from_namespace and namespace are the same"),
        ({"from_namespace": ""}, "^from_namespace and namespace are the same"),
        ({"name": "lo", "namespace": "a", "from_namespace": ""}, "never moves lo"),
        ({"from_namespace": "../a"}, "is a path"),
        ({"master": "e0"}, "^a link cannot be its own master"),
        ({"master": "a b"}, "^master 'a b'"),
        ({"mtu": 65537}, "^mtu is 65537"),
        ({"txqueuelen": -1}, "^txqueuelen is -1"),
        ({"alias": "a\nb"}, "^alias"),
    ],
)
def test_a_bad_option_is_refused(given: dict[str, t.Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        wish("netns_link", **{"name": "e0", **given})


def test_master_and_nomaster_exclude_each_other() -> None:
    with pytest.raises((SpecError, ValueError), match="nomaster"):
        wish("netns_link", name="e0", master="br0", nomaster=True)


def test_an_attribute_that_is_not_given_is_not_in_the_wish() -> None:
    assert wish("netns_link", name="e0").options["values"] == {}
    assert options("netns_link", name="e0")["up"] is None
