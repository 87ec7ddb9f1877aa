# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Index, Request, link_key
from ansible_collections.netns.lab.plugins.module_utils._plan import plan
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
    planned,
    requests,
    steps,
    wish,
)

LINK = link("e0", "veth", up=True)


def wished(written: str, **given: t.Any) -> t.Any:
    return item("netns_address", interface="e0", address=written, **given)


# -- made


@pytest.mark.parametrize(
    ("written", "given", "words", "after"),
    [
        ("10.0.0.1/24", {}, "10.0.0.1/24 dev e0", {"address": "10.0.0.1/24"}),
        ("10.0.0.1", {}, "10.0.0.1/32 dev e0", {"address": "10.0.0.1/32"}),
        ("127.0.0.2/8", {}, "127.0.0.2/8 scope host dev e0", {"address": "127.0.0.2/8"}),
        ("2001:DB8::1/64", {}, "2001:db8::1/64 dev e0", {"address": "2001:db8::1/64"}),
        (
            "10.0.0.1",
            {"peer": "10.0.0.2/30"},
            "10.0.0.1 peer 10.0.0.2/30 dev e0",
            {"address": "10.0.0.1 peer 10.0.0.2/30"},
        ),
        (
            "10.0.0.1/24",
            {"broadcast": "+", "scope": "link", "label": "e0:1", "metric": 7, "noprefixroute": True},
            "10.0.0.1/24 broadcast 10.0.0.255 label e0:1 scope link dev e0 metric 7 noprefixroute",
            {
                "address": "10.0.0.1/24",
                "broadcast": "10.0.0.255",
                "scope": "link",
                "label": "e0:1",
                "noprefixroute": True,
                "metric": 7,
            },
        ),
        (
            "2001:db8::1/64",
            {"nodad": True, "valid_lft": "60", "preferred_lft": "0"},
            "2001:db8::1/64 dev e0 valid_lft 60 preferred_lft 0 nodad",
            {"address": "2001:db8::1/64", "nodad": True, "valid_lft": 60, "preferred_lft": 0},
        ),
        (
            "2001:db8::1/64",
            {"preferred_lft": "0"},
            "2001:db8::1/64 dev e0 valid_lft forever preferred_lft 0",
            {"address": "2001:db8::1/64", "valid_lft": "forever", "preferred_lft": 0},
        ),
    ],
)
def test_a_missing_address_is_added(written: str, given: t.Any, words: str, after: t.Any) -> None:
    plan = planned(host(LINK), wished(written, **given))
    assert plan.commands == [f"ip address add {words}"]
    assert change(plan) == (None, after)


def test_the_message_that_adds_an_ipv4_address() -> None:
    given = {"broadcast": "-", "scope": "9", "label": "e0:x", "metric": 5, "noprefixroute": True, "valid_lft": "60"}
    plan = planned(host(netns("a"), link("a:e0")), wished("10.0.0.1/24", namespace="a", **given))
    assert requests(plan) == [
        (
            "a",
            20,
            0x400 | 0x200,
            {"family": 2, "prefixlen": 24, "flags": 0, "scope": 9, "index": Index(link_key("a", "e0"))},
            [
                ("IFA_LOCAL", "10.0.0.1"),
                ("IFA_ADDRESS", "10.0.0.1"),
                ("IFA_FLAGS", 0x200),
                ("IFA_BROADCAST", "10.0.0.0"),
                ("IFA_LABEL", "e0:x"),
                ("IFA_RT_PRIORITY", 5),
                ("IFA_CACHEINFO", {"ifa_valid": 60, "ifa_preferred": 60, "cstamp": 0, "tstamp": 0}),
            ],
        )
    ]
    (undo,) = steps(plan)[0].undo
    assert as_tuple(undo)[1:3] == (21, 0)
    assert as_tuple(undo)[4] == [("IFA_LOCAL", "10.0.0.1"), ("IFA_ADDRESS", "10.0.0.1")]
    assert errno.EADDRNOTAVAIL in undo.tolerated  # type: ignore[attr-defined]


def test_the_message_that_adds_an_ipv6_address_with_a_peer() -> None:
    plan = planned(host(LINK), wished("2001:db8::1", peer="2001:db8::2/127", nodad=True))
    ((_n, _k, _f, header, attrs),) = requests(plan)
    assert (header["family"], header["prefixlen"], header["scope"]) == (10, 127, 0)
    assert attrs == [("IFA_LOCAL", "2001:db8::1"), ("IFA_ADDRESS", "2001:db8::2"), ("IFA_FLAGS", 2)]


def test_a_link_without_ipv6_is_told_of() -> None:
    (step,) = steps(planned(host(LINK), wished("2001:db8::1/64")))
    assert isinstance(step, Request)
    assert "IPv6 is off" in step.cures[errno.ENODEV]
    (step,) = steps(planned(host(LINK), wished("10.0.0.1/24")))
    assert isinstance(step, Request)
    assert not step.cures


def test_the_link_must_be_there_but_in_check_mode() -> None:
    with pytest.raises(LabError, match=r"^netns_address e0 10.0.0.1/24: there is no interface e0; create it first$"):
        planned(host(), wished("10.0.0.1/24"))
    assert planned(host(assuming=True), wished("10.0.0.1/24")).commands == ["ip address add 10.0.0.1/24 dev e0"]


# -- there already


@pytest.mark.parametrize(
    ("there", "item_"),
    [
        (address("e0", "10.0.0.1/24"), wished("10.0.0.1/24")),
        (address("e0", "10.0.0.1/24", metric=7, valid_lft=60), wished("10.0.0.1/24")),
        (address("e0", "10.0.0.1/30", peer="10.0.0.2"), wished("10.0.0.1", peer="10.0.0.2/30")),
        (address("e0", "2001:db8::1/64", nodad=True), wished("2001:db8:0::1/64", nodad=True)),
        (address("e0", "10.0.0.1/24", scope="link"), wished("10.0.0.1/24", scope="253")),
        (address("e0", "10.0.0.1/24", valid_lft=59, preferred_lft=58), wished("10.0.0.1/24", valid_lft="60")),
        (address("e0", "10.0.0.1/24"), wished("10.0.0.1/24", valid_lft="forever", nodad=True)),
    ],
)
def test_an_address_as_it_should_be_is_left_alone(there: t.Any, item_: t.Any) -> None:
    assert nothing(planned(host(LINK, there), item_))


@pytest.mark.parametrize(
    ("there", "written", "given", "words", "before", "after"),
    [
        ({}, "10.0.0.1/24", {"metric": 9}, "metric 9", {"metric": 0}, {"metric": 9}),
        ({"metric": 9}, "10.0.0.1/24", {"metric": 0}, "", {"metric": 9}, {"metric": 0}),
        (
            {},
            "10.0.0.1/24",
            {"valid_lft": "60"},
            "valid_lft 60 preferred_lft 60",
            {"valid_lft": "forever", "preferred_lft": "forever"},
            {"valid_lft": 60, "preferred_lft": 60},
        ),
        (
            {},
            "2001:db8::1/64",
            {"noprefixroute": True},
            "valid_lft forever preferred_lft forever noprefixroute",
            {"noprefixroute": False},
            None,
        ),
        ({"metric": 3}, "2001:db8::1/64", {"metric": 9}, "metric 9", {"metric": 3}, {"metric": 9}),
    ],
)
def test_what_the_kernel_changes_in_place_is_replaced(
    there: t.Any, written: str, given: t.Any, words: str, before: t.Any, after: t.Any
) -> None:
    view = host(LINK, address("e0", written, **there))
    plan = planned(view, wished(written, **given))
    (command,) = plan.commands
    assert command.startswith(f"ip address replace {written} dev e0 {words}".rstrip())
    assert change(plan) == (before, after or given)
    (step,) = requests(plan)
    assert step[1:3] == (20, 0x100)
    for undo in steps(plan)[0].undo:
        assert as_tuple(undo)[1:3] == (20, 0x100)
    assert nothing(planned(view, wished(written, **given)))


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("10.0.0.1/24", {"broadcast": "+"}),
        ("10.0.0.1/24", {"scope": "link"}),
        ("10.0.0.1/24", {"label": "e0:1"}),
        ("10.0.0.1/24", {"noprefixroute": True}),
        ("2001:db8::1/64", {"nodad": True}),
        ("2001:db8::1/48", {}),
        ("2001:db8::1", {"peer": "2001:db8::2/64"}),
    ],
)
def test_what_the_kernel_settles_once_is_made_anew(written: str, given: t.Any) -> None:
    own = written.partition("/")[0]
    there = f"{own}/64" if ":" in own else f"{own}/24"
    view = host(LINK, address("e0", there, metric=7))
    plan = planned(view, wished(written, **given))
    assert [request[1:3] for request in requests(plan)] == [(21, 0), (20, 0x600)]
    assert plan.commands[0] == f"ip address delete {there} dev e0"
    assert plan.commands[1].startswith(f"ip address add {own}")
    assert "metric 7" in plan.commands[1], "what was not given is kept"
    assert [[step for _o, step in level] for level in plan.levels] == [steps(plan)]
    assert as_tuple(steps(plan)[0].undo[0])[1:3] == (20, 0x500)
    assert as_tuple(steps(plan)[1].undo[0])[1] == 21
    assert nothing(planned(view, wished(written, **given)))


@pytest.mark.parametrize("other", ["10.0.0.1/16", "10.0.0.2/24"])
def test_ipv4_addresses_that_differ_in_length_or_host_stand_side_by_side(other: str) -> None:
    plan = planned(host(LINK, address("e0", other)), wished("10.0.0.1/24"))
    assert plan.commands == ["ip address add 10.0.0.1/24 dev e0"]


# -- absent


@pytest.mark.parametrize(
    ("there", "item_", "words"),
    [
        (address("e0", "10.0.0.1/24"), {"address": "10.0.0.1/24"}, "10.0.0.1/24"),
        (
            address("e0", "10.0.0.1/30", peer="10.0.0.2"),
            {"address": "10.0.0.1", "peer": "10.0.0.2/30"},
            "10.0.0.1 peer 10.0.0.2/30",
        ),
        (address("e0", "2001:db8::1/64", metric=5), {"address": "2001:db8::1/64"}, "2001:db8::1/64"),
    ],
)
def test_an_address_is_deleted(there: t.Any, item_: dict[str, str], words: str) -> None:
    view = host(LINK, there)
    plan = planned(view, item("netns_address", interface="e0", state="absent", **item_))
    assert plan.commands == [f"ip address delete {words} dev e0"]
    assert change(plan) == ({"address": words}, None)
    assert [request[1] for request in requests(plan)] == [21]
    (undo,) = steps(plan)[0].undo
    assert as_tuple(undo)[1:3] == (20, 0x500)
    assert view.of_type("address") == []


@pytest.mark.parametrize(
    "there", [[], address("e0", "10.0.0.1/16"), address("e0", "10.0.0.1/24", peer="10.0.0.9"), address("e0", "::5/64")]
)
def test_an_address_that_is_not_there_like_this_is_absent(there: t.Any) -> None:
    assert nothing(planned(host(LINK, there), wished("10.0.0.1/24", state="absent")))


def test_an_address_with_another_prefix_length_is_not_the_one_to_be_absent() -> None:
    assert nothing(planned(host(LINK, address("e0", "2001:db8::1/48")), wished("2001:db8::1/64", state="absent")))


def test_an_address_on_a_missing_link_is_absent() -> None:
    assert nothing(planned(host(), wished("10.0.0.1/24", namespace="no-such", state="absent")))


# -- what the kernel takes along

CROWD = [
    LINK,
    address("e0", "10.0.0.1/24"),
    address("e0", "10.0.0.2/24", secondary=True, metric=3),
    address("e0", "10.0.0.3/24", secondary=True),
    address("e0", "10.1.0.1/24"),
    address("e0", "2001:db8::1/64"),
]


def test_the_secondary_addresses_of_a_deleted_primary_one_are_put_back() -> None:
    plan = planned(host(*CROWD), wished("10.0.0.1/24", state="absent"))
    assert plan.commands == [
        "ip address delete 10.0.0.1/24 dev e0",
        "ip address replace 10.0.0.2/24 dev e0 metric 3 valid_lft forever preferred_lft forever",
        "ip address replace 10.0.0.3/24 dev e0 valid_lft forever preferred_lft forever",
    ]
    assert [len(level) for level in plan.levels] == [1, 1, 1]


def test_the_secondary_addresses_of_one_made_anew_are_put_back_behind_it() -> None:
    plan = planned(host(*CROWD), wished("10.0.0.1/24", label="e0:1"))
    assert [" ".join(command.split()[2:4]) for command in plan.commands] == [
        "delete 10.0.0.1/24",
        "add 10.0.0.1/24",
        "replace 10.0.0.2/24",
        "replace 10.0.0.3/24",
    ]
    assert [[as_tuple(step)[1:3] for _o, step in level] for level in plan.levels] == [
        [(21, 0), (20, 0x600)],
        [(20, 0x500)],
        [(20, 0x500)],
    ]


def test_an_address_that_has_just_become_a_secondary_one_is_put_back_as_well() -> None:
    view = host(LINK, address("e0", "10.0.0.1/24"))
    plan = planned(view, wished("10.0.0.2/24"), wished("10.0.0.1/24", label="e0:1"))
    assert [" ".join(command.split()[2:4]) for command in plan.commands] == [
        "add 10.0.0.2/24",
        "delete 10.0.0.1/24",
        "add 10.0.0.1/24",
        "replace 10.0.0.2/24",
    ]


def test_a_secondary_address_is_deleted_alone() -> None:
    plan = planned(host(*CROWD), wished("10.0.0.2/24", state="absent"))
    assert plan.commands == ["ip address delete 10.0.0.2/24 dev e0"]


def test_the_next_address_is_the_primary_one_afterwards() -> None:
    """So it takes the third along when it goes as well, and that is put back once more."""
    gone = [wished("10.0.0.1/24", state="absent"), wished("10.0.0.2/24", state="absent")]
    view = host(*CROWD)
    commands = [" ".join(command.split()[2:4]) for command in planned(view, *gone).commands]
    assert commands == [
        "delete 10.0.0.1/24",
        "replace 10.0.0.2/24",
        "replace 10.0.0.3/24",
        "delete 10.0.0.2/24",
        "replace 10.0.0.3/24",
    ]
    assert {fact.key[3] for fact in view.of_type("address")} == {"10.0.0.3", "10.1.0.1", "2001:db8::1"}


def test_an_address_waits_until_what_was_taken_along_is_back() -> None:
    """Deleted in the same breath as the primary one, it would be put back afterwards, for good."""
    gone = [wished("10.0.0.1/24", state="absent"), wished("10.0.0.2/24", state="absent")]
    plan = planned(host(*CROWD), *gone)
    assert [[as_tuple(step)[1] for _o, step in level] for level in plan.levels] == [[21], [20], [20], [21], [20]]


def test_addresses_of_other_links_do_not_wait() -> None:
    view = host(LINK, link("e1"), address("e0", "10.0.0.1/24"), address("e1", "10.0.0.2/24"))
    gone = [
        wished("10.0.0.1/24", state="absent"),
        item("netns_address", interface="e1", address="10.0.0.2/24", state="absent"),
    ]
    assert [len(level) for level in planned(view, *gone).levels] == [2]


def test_many_new_addresses_of_a_link_go_in_one_level() -> None:
    plan = planned(host(LINK), *(wished(f"10.0.0.{number}/24") for number in range(1, 100)))
    assert [len(level) for level in plan.levels] == [99]


# -- what is asked for


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"address": "10.0.0.1", "peer": "2001:db8::1"}, "are of different families"),
        ({"address": "10.0.0.1/24", "peer": "10.0.0.2/30"}, "write 10.0.0.1 and peer: 10.0.0.2/30"),
        ({"address": "2001:db8::1/64", "broadcast": "+"}, "^broadcast is for IPv4 addresses only"),
        ({"address": "2001:db8::1/64", "label": "e0:1"}, "^label is for IPv4 addresses only"),
        ({"address": "2001:db8::1/64", "scope": "link"}, "^scope is for IPv4 addresses only"),
        ({"address": "10.0.0.1/24", "broadcast": "x"}, "^broadcast 'x' is not an address"),
        ({"address": "10.0.0.1/24", "broadcast": "::1"}, "^broadcast '::1' is no IPv4 address"),
        ({"address": "10.0.0.1/24", "scope": "256"}, "^scope '256'"),
        ({"address": "10.0.0.1/24", "scope": "-1"}, "^scope '-1'"),
        ({"address": "10.0.0.1/24", "scope": "\u0661"}, "^scope "),
        ({"address": "10.0.0.1/24", "label": "x"}, "^label 'x' must be 'e0' or that and a suffix"),
        ({"address": "10.0.0.1/24", "label": "e0:" + "x" * 13}, "in 15 bytes"),
        ({"address": "10.0.0.1/24", "label": "e0 1"}, "^label"),
        ({"address": "10.0.0.1/24", "metric": -1}, "^metric is -1"),
        ({"address": "10.0.0.1/24", "metric": 2**32}, "^metric is 4294967296"),
        ({"address": "10.0.0.1/24", "valid_lft": "0"}, "^valid_lft is 0"),
        ({"address": "10.0.0.1/24", "valid_lft": "1h"}, "neither 'forever' nor a number"),
        ({"address": "10.0.0.1/24", "valid_lft": "4294967295"}, "^valid_lft is 4294967295"),
        ({"address": "10.0.0.1/24", "valid_lft": "9", "preferred_lft": "10"}, "is longer than"),
        ({"address": "10.0.0.1/24", "valid_lft": "9", "preferred_lft": "forever"}, "is longer than"),
        ({"address": "10.0.0.1/24", "preferred_lft": "10"}, "lost on an IPv4 address that is valid forever"),
        ({"address": "10.0.0.1/24", "interface": "a b"}, "^interface "),
    ],
)
def test_a_bad_option_is_refused(given: dict[str, t.Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        wish("netns_address", **{"interface": "e0", **given})


@pytest.mark.parametrize("label", ["e0", "e0:1", "e0:" + "x" * 12])
def test_a_label_that_begins_with_the_interfaces_name_is_accepted(label: str) -> None:
    assert wish("netns_address", interface="e0", address="10.0.0.1/24", label=label).options["label"] == label


@pytest.mark.parametrize("metric", [0, 2**32 - 1])
def test_a_metric_is_accepted_up_to_its_bounds(metric: int) -> None:
    assert wish("netns_address", interface="e0", address="10.0.0.1/24", metric=metric).options["metric"] == metric


# -- an object by its options


@pytest.mark.parametrize(
    ("there", "given"),
    [
        (address("a:e0", "10.0.0.1/24"), {"namespace": "a", "address": "10.0.0.1/24", "peer": None}),
        (
            address("e0", "10.0.0.1/30", peer="10.0.0.2"),
            {"namespace": None, "address": "10.0.0.1", "peer": "10.0.0.2/30"},
        ),
        (address("e0", "2001:db8::1/64"), {"namespace": None, "address": "2001:db8::1/64", "peer": None}),
    ],
)
def test_an_address_is_named_by_its_options_and_can_be_wished_away(there: t.Any, given: dict[str, t.Any]) -> None:
    (fact,) = there
    assert KIND["netns_address"].item(fact) == {"interface": "e0", **given}
    away = KIND["netns_address"].wish_away(fact)
    assert away is not None and not away.present
    assert away.identity == fact.key
    view = host(LINK, netns("a"), link("a:e0"), there)
    assert len(plan([away], view).operations) == 1
    assert view.of_type("address") == []


@pytest.mark.parametrize("other", [LINK, netns("a")])
def test_what_is_no_address_is_none(other: t.Any) -> None:
    assert [KIND["netns_address"].item(fact) for fact in other] == [None] * len(other)


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("10.0.0.1/24", {"preferred_lft": "0"}),
        ("10.0.0.1/24", {"preferred_lft": "forever"}),
        ("10.0.0.1/24", {"preferred_lft": "10", "valid_lft": "10"}),
        ("2001:db8::1/64", {"preferred_lft": "10"}),
    ],
)
def test_lifetimes_that_go_together_are_accepted(written: str, given: dict[str, str]) -> None:
    assert "preferred_lft" in wish("netns_address", interface="e0", address=written, **given).options
