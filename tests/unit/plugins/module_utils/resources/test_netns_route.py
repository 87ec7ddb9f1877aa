# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Index, link_key
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    SpecError,
    address,
    as_tuple,
    change,
    host,
    item,
    link,
    netns,
    nothing,
    options,
    planned,
    requests,
    steps,
    wish,
)

LINKS = [link("e0", up=True), link("e1", up=True)]
HOPS = [{"gateway": "10.0.0.2", "weight": 2}, {"gateway": "10.1.0.2", "interface": "e1"}]
ANEW, REPLACED, GONE = (24, 0x600), (24, 0x500), (25, 0)


def route(destination: str, **given: t.Any) -> t.Any:
    return item("netns_route", destination=destination, **given)


# -- made, as it should be, gone


@pytest.mark.parametrize(
    ("destination", "given", "words"),
    [
        ("10.9.0.0/16", {"interface": "e0"}, "route add 10.9.0.0/16 dev e0"),
        ("10.9.0.0/16", {"gateway": "10.0.0.2"}, "route add 10.9.0.0/16 via 10.0.0.2"),
        ("default", {"gateway": "10.0.0.2"}, "route add 0.0.0.0/0 via 10.0.0.2"),
        ("default", {"gateway": "2001:db8::2"}, "-6 route add ::/0 via 2001:db8::2"),
        (
            "2001:db8:9::/48",
            {"gateway": "fe80::1", "interface": "e0", "metric": 5},
            "-6 route add 2001:db8:9::/48 via fe80::1 dev e0 metric 5",
        ),
        (
            "10.9.0.0/16",
            {"gateway": "10.0.0.2", "interface": "e0", "onlink": True, "table": "7", "metric": 5, "mtu": 1400},
            "route add 10.9.0.0/16 via 10.0.0.2 dev e0 table 7 metric 5 mtu 1400 onlink",
        ),
        (
            "10.9.0.0/16",
            {"interface": "e0", "source": "10.0.0.1", "scope": "host"},
            "route add 10.9.0.0/16 dev e0 src 10.0.0.1 scope host",
        ),
        ("10.9.0.0/16", {"type": "blackhole"}, "route add blackhole 10.9.0.0/16"),
        ("2001:db8:9::/48", {"type": "prohibit"}, "-6 route add prohibit 2001:db8:9::/48"),
        (
            "10.9.0.0/16",
            {"nexthops": HOPS},
            "route add 10.9.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop via 10.1.0.2 dev e1 weight 1",
        ),
    ],
)
def test_a_route_is_made_then_left_alone_and_deleted(destination: str, given: dict[str, t.Any], words: str) -> None:
    view = host(*LINKS)
    plan = planned(view, route(destination, **given))
    assert plan.commands == [f"ip {words}"]
    assert [request[1:3] for request in requests(plan)] == [ANEW]
    (undo,) = steps(plan)[0].undo
    assert as_tuple(undo)[1:3] == GONE
    assert nothing(planned(view, route(destination, **given)))
    gone = planned(view, route(destination, state="absent", **given))
    assert [request[1:3] for request in requests(gone)] == [GONE]
    assert steps(gone)[0].tolerated == (errno.ESRCH,)  # type: ignore[attr-defined]
    assert [as_tuple(inverse)[1:3] for inverse in steps(gone)[0].undo] == [REPLACED]
    assert view.of_type("route") == []
    assert nothing(planned(view, route(destination, state="absent", **given)))


def test_the_message_that_makes_a_route() -> None:
    over = {"gateway": "10.0.0.2", "interface": "e0", "source": "10.0.0.1"}
    wished = route("10.9.0.0/16", namespace="a", table="300", metric=5, mtu=1400, **over)
    plan = planned(host(netns("a"), link("a:e0", up=True)), wished)
    ((namespace, kind, flags, header, attrs),) = requests(plan)
    assert (namespace, kind, flags) == ("a", *ANEW)
    assert header == {
        "family": 2,
        "dst_len": 16,
        "src_len": 0,
        "tos": 0,
        "table": 0,
        "proto": 3,
        "scope": 0,
        "type": 1,
        "flags": 0,
    }
    assert attrs == [
        ("RTA_TABLE", 300),
        ("RTA_DST", "10.9.0.0"),
        ("RTA_PRIORITY", 5),
        ("RTA_PREFSRC", "10.0.0.1"),
        ("RTA_METRICS", {"attrs": [("RTAX_MTU", 1400)]}),
        ("RTA_GATEWAY", "10.0.0.2"),
        ("RTA_OIF", Index(link_key("a", "e0"))),
    ]


def test_a_route_over_several_gateways_has_each_with_its_weight_and_can_be_encoded() -> None:
    ((_n, _k, _f, header, attrs),) = requests(planned(host(*LINKS), route("10.9.0.0/16", nexthops=HOPS)))
    hops = dict(attrs)["RTA_MULTIPATH"]
    assert [(hop["hops"], hop["oif"], hop["attrs"]) for hop in hops] == [
        (1, 0, [("RTA_GATEWAY", "10.0.0.2")]),
        (0, Index(link_key("", "e1")), [("RTA_GATEWAY", "10.1.0.2")]),
    ]
    for hop in hops:
        hop["oif"] = 7
    body = nl.encode("rtmsg", header, attrs)
    decoded = nl.decode("rtmsg", body)
    assert [(hop["hops"], hop["oif"], hop.get_attr("RTA_GATEWAY")) for hop in decoded.get_attr("RTA_MULTIPATH")] == [
        (1, 7, "10.0.0.2"),
        (0, 7, "10.1.0.2"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "words", "before", "after"),
    [
        (
            {"interface": "e0"},
            {"interface": "e1"},
            "10.9.0.0/16 dev e1",
            {"nexthops": [{"interface": "e0"}]},
            {"nexthops": [{"interface": "e1"}]},
        ),
        (
            {"interface": "e0"},
            {"interface": "e0", "mtu": 1400},
            "10.9.0.0/16 dev e0 mtu 1400",
            {"mtu": None},
            {"mtu": 1400},
        ),
        (
            {"interface": "e0"},
            {"type": "blackhole"},
            "blackhole 10.9.0.0/16",
            {"type": "unicast"},
            {"type": "blackhole"},
        ),
    ],
)
def test_a_route_is_replaced(
    first: dict[str, t.Any], second: dict[str, t.Any], words: str, before: dict[str, t.Any], after: dict[str, t.Any]
) -> None:
    view = host(*LINKS)
    planned(view, route("10.9.0.0/16", **first))
    plan = planned(view, route("10.9.0.0/16", **second))
    assert plan.commands == [f"ip route replace {words}"]
    told_before, told_after = change(plan)
    assert {name: told_before[name] for name in before} == before
    assert {name: told_after[name] for name in after} == after
    assert [request[1:3] for request in requests(plan)] == [REPLACED]
    assert [as_tuple(undo)[1:3] for undo in steps(plan)[0].undo] == [REPLACED]
    assert nothing(planned(view, route("10.9.0.0/16", **second)))


def test_a_route_of_another_type_leads_nowhere_any_more() -> None:
    """The kernel refuses a gateway or an interface beside such a type."""
    view = host(*LINKS)
    planned(view, route("10.9.0.0/16", gateway="10.0.0.2", interface="e0"))
    ((_n, _k, _f, header, attrs),) = requests(planned(view, route("10.9.0.0/16", type="unreachable")))
    assert header["type"] == 7
    assert not {"RTA_OIF", "RTA_GATEWAY", "RTA_MULTIPATH"} & {name for name, _value in attrs}


@pytest.mark.parametrize("other", [{"table": "7"}, {"metric": 5}, {"namespace": "a"}])
def test_routes_of_other_tables_metrics_and_namespaces_stand_side_by_side(other: dict[str, t.Any]) -> None:
    view = host(*LINKS, netns("a"), link("a:e0", up=True))
    planned(view, route("10.9.0.0/16", interface="e0"))
    assert "route add" in planned(view, route("10.9.0.0/16", interface="e0", **other)).commands[0]


# -- order


def test_a_route_comes_after_the_addresses_and_routes_its_gateway_is_reached_by() -> None:
    items = [
        route("10.99.0.0/16", gateway="10.9.0.1"),
        route("10.9.0.0/16", interface="e0"),
        item("netns_address", interface="e0", address="10.0.0.1/24"),
        item("netns_link", name="e0", up=True),
    ]
    plan = planned(host(link("e0")), *items)
    assert [command.split()[1] for command in plan.commands] == ["link", "address", "route", "route"]
    assert plan.commands[-1] == "ip route add 10.99.0.0/16 via 10.9.0.1"
    assert [[step for _o, step in level] for level in plan.levels] == [steps(plan)]


def test_a_route_goes_with_its_link_and_with_the_addresss_it_sends_from() -> None:
    view = host(*LINKS, address("e0", "10.0.0.1/24"), address("e0", "10.1.0.1/24"))
    planned(view, route("10.9.0.0/16", interface="e0", source="10.0.0.1"), route("10.8.0.0/16", interface="e0"))
    plan = planned(view, item("netns_address", interface="e0", address="10.0.0.1/24", state="absent"))
    assert [fact.key[2] for fact in view.of_type("route")] == ["10.8.0.0/16"]
    assert REPLACED in [as_tuple(undo)[1:3] for undo in steps(plan)[0].undo]
    view.remove(link_key("", "e0"))
    assert view.of_type("route") == []


def test_a_route_needs_its_link_but_in_check_mode() -> None:
    with pytest.raises(LabError, match=r"^netns_route 10.9.0.0/16: there is no interface e9; create it first$"):
        planned(host(), route("10.9.0.0/16", interface="e9"))
    assert len(planned(host(assuming=True), route("10.9.0.0/16", interface="e9")).commands) == 1


# -- what is asked for


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"destination": "x"}, "neither 'default' nor a network"),
        ({"destination": "10.0.0.1/24"}, "the network is 10.0.0.0/24"),
        ({"destination": "10.0.0.0/24"}, "leads nowhere"),
        ({"destination": "2001:db8:9::/48", "gateway": "10.0.0.1"}, "not of the destination's family"),
        ({"destination": "10.0.0.0/24", "gateway": "x"}, "^gateway 'x' is not an address"),
        ({"destination": "10.0.0.0/24", "interface": "e0", "source": "::1"}, "^source ::1 is not of"),
        ({"destination": "10.0.0.0/24", "gateway": "10.9.0.1", "onlink": True}, "needs an interface beside it"),
        ({"destination": "::/0", "gateway": "fe80::1"}, "needs an interface beside it"),
        ({"destination": "10.0.0.0/24", "interface": "e0", "type": "blackhole"}, "has neither gateway nor"),
        ({"destination": "10.0.0.0/24", "interface": "e0", "table": "0"}, "^table is 0"),
        ({"destination": "10.0.0.0/24", "interface": "e0", "table": "x"}, "^table 'x'"),
        ({"destination": "10.0.0.0/24", "interface": "e0", "metric": -1}, "^metric is -1"),
        ({"destination": "10.0.0.0/24", "interface": "e0", "mtu": 67}, "^mtu is 67"),
        ({"destination": "2001:db8::/64", "interface": "e0", "mtu": 1279}, "^mtu is 1279"),
        ({"destination": "2001:db8::/64", "interface": "e0", "scope": "link"}, "^scope is for IPv4"),
        ({"destination": "10.0.0.0/24", "nexthops": [{"weight": 1}]}, "neither gateway nor interface"),
        ({"destination": "10.0.0.0/24", "nexthops": [{"interface": "e0", "weight": 257}]}, "^weight is 257"),
        ({"destination": "10.0.0.0/24", "nexthops": [{"interface": "e0"}, {"interface": "e0"}]}, "twice"),
    ],
)
def test_a_bad_option_is_refused(given: dict[str, t.Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        wish("netns_route", **given)


@pytest.mark.parametrize("given", [{"gateway": "10.0.0.2"}, {"interface": "e0"}])
def test_one_way_and_several_exclude_each_other(given: dict[str, str]) -> None:
    with pytest.raises(SpecError, match="mutually exclusive"):
        options("netns_route", destination="10.0.0.0/24", nexthops=HOPS, **given)


def test_a_routes_written_in_other_words_are_the_same_one() -> None:
    one = wish("netns_route", destination="0.0.0.0/0", interface="e0", table="254", metric=0)
    assert one.identity == wish("netns_route", destination="default", interface="e0", table="main").identity
    six = wish("netns_route", destination="::/0", interface="e0", metric=1024)
    assert six.identity == wish("netns_route", destination="0::0/0", interface="e0").identity


def test_a_route_that_an_address_made_anew_takes_along_is_set_again() -> None:
    view = host(LINKS[0], address("e0", "10.0.0.1/24"))
    planned(view, route("10.9.0.0/16", interface="e0", source="10.0.0.1"))
    plan = planned(view, item("netns_address", interface="e0", address="10.0.0.1/24", label="e0:1"))
    assert [command.split()[1:3] for command in plan.commands] == [
        ["address", "delete"],
        ["address", "add"],
        ["route", "replace"],
    ]
    assert [request[1:3] for request in requests(plan)][2] == REPLACED
