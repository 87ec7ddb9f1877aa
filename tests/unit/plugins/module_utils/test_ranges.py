# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges: one item for many alike ones."""

from __future__ import annotations

import ipaddress
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils._ranges import expand


def test_an_item_without_a_range_stands_for_itself() -> None:
    item = {"name": "eth0", "mtu": 1500, "peer": {"name": "x[1]", "up": True}, "vlans": ["[:]"], "mac": None}
    assert expand(item) == [item]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("h[1:3]", ["h1", "h2", "h3"]),
        ("h[08:10]", ["h08", "h09", "h10"]),
        ("h[0:10:5]", ["h0", "h5", "h10"]),
        ("h[0:9:5]", ["h0", "h5"]),
        ("[a:c]-in", ["a-in", "b-in", "c-in"]),
        ("r[1:2]p[3:4]", ["r1p3", "r2p4"]),
        ("h[7:7]", ["h7"]),
        ("10.0.0.0/16[255:257]", ["10.0.0.255/16", "10.0.1.0/16", "10.0.1.1/16"]),
        ("2001:db8::/64[1:2]", ["2001:db8::1/64", "2001:db8::2/64"]),
        ("10.[0:1].0.1/24", ["10.0.0.1/24", "10.1.0.1/24"]),
    ],
)
def test_a_range_counts_as_ansibles_inventory_does_and_behind_a_network_its_addresses(
    text: str, values: list[str]
) -> None:
    assert [item["name"] for item in expand({"name": text})] == values


def test_the_ranges_of_an_item_advance_together_however_deep_they_are() -> None:
    assert expand({"name": "p[1:2]", "peer": {"namespace": "h[01:02]", "up": True}, "via": [{"dev": "e[5:6]"}]}) == [
        {"name": "p1", "peer": {"namespace": "h01", "up": True}, "via": [{"dev": "e5"}]},
        {"name": "p2", "peer": {"namespace": "h02", "up": True}, "via": [{"dev": "e6"}]},
    ]


def test_text_that_is_the_users_own_is_taken_as_it_is() -> None:
    assert expand({"name": "p[1:2]", "alias": "[1:9]"}, literal={"alias"}) == [
        {"name": "p1", "alias": "[1:9]"},
        {"name": "p2", "alias": "[1:9]"},
    ]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"a": "x[1:3]", "b": "y[1:2]"}, "its ranges differ in length: 'x[1:3]' has 3, 'y[1:2]' has 2"),
        ({"a": "x[3:1]"}, "range [3:1] is empty; put the lower end first"),
        ({"a": "x[1:3:0]"}, "range [1:3:0] has a step of 0"),
        ({"a": "x[a:3]"}, "range [a:3] mixes a number and a letter"),
        ({"a": "x[1:999999999999]"}, "range [1:999999999999] stands for 999999999999 items; 100000 is the most"),
        ({"a": "10.0.0.0/30[1:9]"}, "10.0.0.0/30 has no address number 9; take a larger network"),
        ({"a": "10.0.0.1/8[1:9]"}, "'10.0.0.1/8' before the range is no network such as 10.0.0.0/16"),
        ({"a": "10.0.0.0/8[a:c]"}, "'10.0.0.0/8' before the range is no network such as 10.0.0.0/16"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused_with_the_reason(item: dict[str, t.Any], said: str) -> None:
    with pytest.raises(ValueError) as refused:
        expand(item)
    assert str(refused.value) == said


@given(first=st.integers(0, 500), count=st.integers(1, 200), step=st.integers(1, 9), length=st.integers(8, 16))
def test_counted_addresses_are_in_the_network_in_order_and_as_far_apart_as_the_step(
    first: int, count: int, step: int, length: int
) -> None:
    network = ipaddress.ip_network(f"10.0.0.0/{length}")
    last = first + (count - 1) * step
    items = expand({"address": f"{network}[{first}:{last}:{step}]"})
    addresses = [ipaddress.ip_interface(item["address"]) for item in items]
    assert len(addresses) == count
    assert all(address.network == network for address in addresses)
    assert [int(address.ip) - int(network[0]) for address in addresses] == list(range(first, last + 1, step))
