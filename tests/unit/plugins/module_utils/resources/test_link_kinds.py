# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of links that are a table of attributes: the messages they send."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, Index, NamespaceFd, NewIndex, Request, View
from ansible_collections.netns.lab.plugins.module_utils._resources._link import link_fact
from ansible_collections.netns.lab.tests.unit.helpers.lab import (
    KIND,
    address,
    as_tuple,
    at,
    change,
    host,
    item,
    key,
    link,
    netns,
    nothing,
    pair,
    planned,
    requests,
    steps,
)

CREATE = 0x600
WIRE = [*netns("a"), *netns("b"), *pair("a:e0", "b:e0", index=4)]


def stacked(where: str, kind: str, lower: str | None = None, **values: t.Any) -> list[Fact]:
    """A link based in its own namespace, or in that of the link below."""
    (fact,) = link(where, kind, **values)
    below = key(lower) if lower else None
    base = values.get("base", below[1] if below else at(where)[0])
    return [link_fact(fact.key, {**fact.values, "lower": below, "base": base})]


def there(*facts: list[Fact]) -> View:
    return host(WIRE, *facts)


def data_of(request: tuple[t.Any, ...]) -> dict[str, t.Any]:
    info = dict(dict(request[4])["IFLA_LINKINFO"]["attrs"])
    return dict(info["IFLA_INFO_DATA"]["attrs"]) if "IFLA_INFO_DATA" in info else {}


def test_a_dummy_is_made_with_what_all_links_have() -> None:
    plan = planned(there(), item("dummy", name="d0", namespace="a", mtu=1400))
    (request,) = requests(plan)
    assert request[:3] == ("a", 16, CREATE)
    assert request[4] == [
        ("IFLA_IFNAME", "d0"),
        ("IFLA_MTU", 1400),
        ("IFLA_LINKINFO", {"attrs": [("IFLA_INFO_KIND", "dummy")]}),
    ]
    assert plan.commands == ["ip -n a link add name d0 mtu 1400 up type dummy"]


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("dummy", "CONFIG_DUMMY"),
        ("vlan", "CONFIG_VLAN_8021Q"),
        ("macvlan", "CONFIG_MACVLAN"),
        ("vxlan", "CONFIG_VXLAN"),
    ],
)
def test_a_kernel_without_the_kind_is_told_of(kind: str, config: str) -> None:
    more = {"dummy": {}, "vlan": {"link": "e0", "id": 5}, "macvlan": {"link": "e0"}, "vxlan": {"vni": 5}}[kind]
    (step,) = steps(planned(there(), item(kind, name="x", namespace="a", **more)))
    assert isinstance(step, Request)
    assert config in step.cures_by_text["Unknown device type"]


def test_a_vlan_is_made_with_its_flags_in_one_attribute() -> None:
    options = {"id": 10, "protocol": "802.1ad", "reorder_hdr": False, "gvrp": True, "loose_binding": True}
    plan = planned(there(), item("vlan", name="v0", namespace="a", link="e0", **options))
    (request,) = requests(plan)
    assert data_of(request) == {
        "IFLA_VLAN_ID": 10,
        "IFLA_VLAN_PROTOCOL": 0x88A8,
        "IFLA_VLAN_FLAGS": {"flags": 6, "mask": 7},
    }
    assert ("IFLA_LINK", Index(key("a:e0"))) in request[4]
    assert plan.commands == [
        "ip -n a link add link e0 name v0 up type vlan protocol 802.1ad id 10 reorder_hdr off gvrp on loose_binding on"
    ]


def test_a_vlans_flags_are_changed_in_place_and_its_id_is_not() -> None:
    known = {"id": 10, "protocol": "802.1Q", "reorder_hdr": True, "gvrp": False, "loose_binding": False, "mvrp": False}
    vlan = stacked("a:v0", "vlan", "a:e0", index=7, up=True, data=known)
    wished = {"name": "v0", "namespace": "a", "link": "e0", "id": 10}
    assert nothing(planned(there(vlan), item("vlan", **wished)))
    plan = planned(there(vlan), item("vlan", **wished, gvrp=True))
    assert plan.commands == ["ip -n a link set dev v0 type vlan gvrp on"]
    (step,) = steps(plan)
    assert data_of(as_tuple(step.undo[0])) == {"IFLA_VLAN_FLAGS": {"flags": 0, "mask": 2}}
    plan = planned(there(vlan, address("a:v0", "10.0.0.1/24")), item("vlan", **{**wished, "id": 11}))
    assert plan.commands[:2] == [
        "ip -n a link delete dev v0",
        "ip -n a link add link e0 name v0 address 02:00:00:00:00:0a type vlan protocol 802.1Q id 11 reorder_hdr on "
        "gvrp off loose_binding off mvrp off",
    ]
    assert plan.commands[2:] == ["ip -n a link set dev v0 up", "ip -n a address replace 10.0.0.1/24 dev v0 "
                                 "valid_lft forever preferred_lft forever"]
    assert change(plan) == ({"id": 10}, {"id": 11})


def test_a_link_is_made_from_where_it_is_based() -> None:
    wished = item("vxlan", name="x0", namespace="b", vni=5, underlay_namespace="a", dev="e0", remote="10.0.0.2")
    (request,) = requests(planned(there(), wished))
    assert request[0] == "a" and request[3]["index"] == NewIndex(key("b:x0"))
    assert ("IFLA_NET_NS_FD", NamespaceFd("b")) in request[4]
    assert data_of(request) == {
        "IFLA_VXLAN_ID": 5,
        "IFLA_VXLAN_GROUP": "10.0.0.2",
        "IFLA_VXLAN_PORT": 4789,
        "IFLA_VXLAN_LINK": Index(key("a:e0")),
    }


def test_it_goes_with_what_it_stands_on_and_is_put_back() -> None:
    vxlan = stacked("b:x0", "vxlan", "a:e0", index=4, up=True, data={"vni": 5, "port": 4789})
    view = there(vxlan, address("b:x0", "10.0.0.1/24"))
    (step,) = steps(planned(view, item("veth", name="e0", namespace="a", state="absent")))
    assert key("b:x0") not in view and not view.of_type("address")
    made = [as_tuple(undo) for undo in step.undo]
    # a:e0 has the same index, so that it is made under another and moved.
    create = next(request for request in made if dict(request[4]).get("IFLA_IFNAME") == "x0")
    assert create[0] == "a" and create[3]["index"] == 0 and data_of(create)["IFLA_VXLAN_ID"] == 5
    assert any(("IFLA_NEW_IFINDEX", 4) in request[4] and request[0] == "a" for request in made)
    assert any(request[1] == 20 and request[0] == "b" for request in made)


def test_one_that_is_based_out_of_sight_asks_for_a_wider_view() -> None:
    vxlan = stacked("b:x0", "vxlan", base=None, data={"vni": 5, "port": 4789})
    with pytest.raises(WiderView):
        planned(there(vxlan), item("vxlan", name="x0", namespace="b", vni=5))
    with pytest.raises(WiderView):
        planned(there(vxlan), item("vxlan", name="x0", namespace="b", state="absent"))


def test_what_stands_on_it_keeps_it_from_being_made_anew() -> None:
    below = stacked("a:x0", "vxlan", data={"vni": 5, "port": 4789})
    above = stacked("a:x1", "vxlan", "a:x0", data={"vni": 6, "port": 4789})
    with pytest.raises(LabError, match="would take away a:x1; remove that first"):
        planned(there(below, above), item("vxlan", name="x0", namespace="a", vni=7))


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        ("dummy", {}, {}),
        ("macvlan", {"mode": "bridge"}, {"mode": "bridge", "link": "e0", "parent_namespace": "b"}),
        (
            "vlan",
            {"id": 10, "protocol": "802.1Q", "reorder_hdr": True, "gvrp": True},
            {"id": 10, "gvrp": True, "link": "e0", "parent_namespace": "b"},
        ),
        (
            "vxlan",
            {"vni": 5, "port": 4789, "remote": "239.1.1.1", "local": "0.0.0.0", "learning": False, "gbp": None},
            {"vni": 5, "group": "239.1.1.1", "learning": False, "dev": "e0", "underlay_namespace": "b"},
        ),
    ],
)
def test_the_definition_of_a_link_makes_it_again(kind: str, data: dict[str, t.Any], told: dict[str, t.Any]) -> None:
    below = "b:e0" if kind != "dummy" else None
    made = stacked("a:x0", kind, below, up=True, data=data, mtu=1450 if kind == "vxlan" else 1500)
    view = there(made)
    found = KIND[kind].definition(view.fact(key("a:x0")), view)
    assert found == {"name": "x0", "namespace": "a", "mac": "02:00:00:00:00:0a", **told}
    assert nothing(planned(view, item(kind, **found)))
