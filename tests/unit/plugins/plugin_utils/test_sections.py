# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ipaddress
import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.filter import bridged_sections as bridged
from ansible_collections.netns.lab.plugins.filter import point_to_point_sections as point_to_point
from ansible_collections.netns.lab.plugins.module_utils._ranges import expand
from ansible_collections.netns.lab.plugins.plugin_utils._sections import counted_members

BRIDGE = {"name": "wq"}
NAMES = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="/:%["), min_size=1, max_size=15
)
PREFIXES = st.text(st.characters(exclude_characters="/[", exclude_categories=["Cs"]), max_size=60)
BRIDGE_NAMES = NAMES.filter(lambda name: len(name.encode()) <= 15)


def filtered(plugin: t.Any, *args: t.Any, **kwargs: t.Any) -> dict[str, t.Any]:
    (function,) = plugin.FilterModule().filters().values()
    return function(*args, **kwargs)


def counted(
    count: int, subnet: t.Any = "10.0.0.0/16", bridge: str = "wq", prefix: str = "a", taken: t.Any = ()
) -> t.Any:
    """The members one by one."""
    items = counted_members(count, subnet, prefix, {"name": bridge}, taken)
    return [member for item in items for member in expand(item)]


def addresses(*args: t.Any, **kwargs: t.Any) -> list[t.Any]:
    return [member["addresses"] for member in counted(*args, **kwargs)]


class TestPointToPoint:
    def test_each_end_has_what_it_was_given(self) -> None:
        near = {"namespace": "r1", "interface": "eth0", "addresses": ["192.0.2.1/30", "2001:db8::1/64"]}
        far = {"namespace": "r2", "interface": "eth1", "mac": "02:00:00:00:00:02"}
        assert filtered(point_to_point, [near, far], mtu=1400) == {
            "netns": [{"name": "r1", "processes": "fail"}, {"name": "r2", "processes": "fail"}],
            "veth": [
                {
                    "name": "eth0",
                    "namespace": "r1",
                    "mtu": 1400,
                    "peer": {"name": "eth1", "namespace": "r2", "mac": "02:00:00:00:00:02", "mtu": 1400},
                }
            ],
            "netns_address": [
                {"namespace": "r1", "interface": "eth0", "address": "192.0.2.1/30"},
                {"namespace": "r1", "interface": "eth0", "address": "2001:db8::1/64"},
            ],
        }

    def test_an_end_without_a_namespace_is_the_hosts(self) -> None:
        sections = filtered(point_to_point, [{"interface": "lab"}, {"namespace": "a", "interface": "eth0"}])
        assert sections["netns"] == [{"name": "a", "processes": "fail"}]
        assert sections["veth"] == [{"name": "lab", "peer": {"name": "eth0", "namespace": "a"}}]

    def test_both_ends_in_one_namespace_make_it_once(self) -> None:
        ends = [{"namespace": "a", "interface": name} for name in ("x", "y")]
        assert filtered(point_to_point, ends, processes="kill")["netns"] == [{"name": "a", "processes": "kill"}]

    @pytest.mark.parametrize("number", [0, 1, 3])
    def test_any_number_of_ends_but_two_is_refused(self, number: int) -> None:
        with pytest.raises(AnsibleFilterError, match=f"point_to_point_ends has {number} items"):
            filtered(point_to_point, [{"interface": "x"}] * number)


class TestBridged:
    def test_a_member_is_a_namespace_a_pair_a_port_and_addresses(self) -> None:
        member = {
            "namespace": "a1",
            "interface": "a12wq",
            "port": "wq2a1",
            "addresses": "192.168.1.100/24",
            "mac": "02:00:00:00:00:01",
            "cost": 7,
            "isolated": True,
        }
        assert filtered(bridged, [member], bridge={"name": "wq", "stp": False}) == {
            "netns": [{"name": "a1", "processes": "fail"}],
            "bridge": [{"name": "wq", "stp": False}],
            "veth": [{"name": "wq2a1", "peer": {"name": "a12wq", "namespace": "a1", "mac": "02:00:00:00:00:01"}}],
            "bridge_port": [{"interface": "wq2a1", "bridge": "wq", "cost": 7, "isolated": True}],
            "netns_address": [{"namespace": "a1", "interface": "a12wq", "address": "192.168.1.100/24"}],
        }

    def test_the_bridges_namespace_has_bridge_ports_and_its_addresses(self) -> None:
        bridge = {"name": "wq", "namespace": "switch"}
        member = {"namespace": "a1", "interface": "eth0", "port": "p1"}
        sections = filtered(bridged, [member], bridge=bridge, addresses=["10.0.0.1/24"])
        assert [item["name"] for item in sections["netns"]] == ["switch", "a1"]
        assert sections["bridge"] == [bridge]
        assert sections["veth"][0]["namespace"] == sections["bridge_port"][0]["namespace"] == "switch"
        assert sections["netns_address"] == [{"namespace": "switch", "interface": "wq", "address": "10.0.0.1/24"}]

    def test_a_member_has_its_own_mtu_or_the_bridges(self) -> None:
        members = [{"interface": "x", "port": "p1"}, {"interface": "y", "port": "p2", "mtu": 1300}]
        first, second = filtered(bridged, members, bridge={"name": "wq", "mtu": 1400})["veth"]
        assert (first["mtu"], first["peer"]["mtu"]) == (1400, 1400)
        assert (second["mtu"], second["peer"]["mtu"]) == (1300, 1300)

    def test_counted_members_take_the_place_of_the_others(self) -> None:
        others = [{"namespace": "b", "interface": "x", "port": "y"}]
        # From the command line a number is a string.
        sections = filtered(bridged, others, bridge=BRIDGE, member_count="2", subnet="10.0.0.0/24")
        assert sections["netns"] == [{"name": "a[1:2]", "processes": "fail"}]
        assert filtered(bridged, others, bridge=BRIDGE, member_count="0")["netns"][0]["name"] == "b"

    def test_a_mistake_is_told_by_the_filter(self) -> None:
        with pytest.raises(AnsibleFilterError, match="bridged_member_count is 1024; it must be from 0 to 1023"):
            filtered(bridged, [], bridge=BRIDGE, member_count=1024, subnet="10.0.0.0/16")


class TestCounted:
    def test_however_many_are_one_item_and_one_more_for_each_address_passed_over(self) -> None:
        assert counted_members(1000, "10.0.0.0/16", "a", BRIDGE, ()) == [
            {
                "namespace": "a[1:1000]",
                "interface": "eth0",
                "port": "wq2a[1:1000]",
                "addresses": ["10.0.0.0/16[1:1000]"],
            }
        ]
        runs = counted_members(9, ["10.0.0.0/16", "2001:db8::/64"], "a", BRIDGE, ["10.0.0.4/16"])
        assert [run["addresses"] for run in runs] == [
            ["10.0.0.0/16[1:3]", "2001:db8::/64[1:3]"],
            ["10.0.0.0/16[5:10]", "2001:db8::/64[4:9]"],
        ]

    def test_names_that_would_read_as_ranges_are_refused(self) -> None:
        with pytest.raises(ValueError, match="reads as a range"):
            counted(2, prefix="a[1:2]")

    def test_names(self) -> None:
        assert counted(2, "10.0.0.0/24") == [
            {"namespace": "a1", "interface": "eth0", "port": "wq2a1", "addresses": ["10.0.0.1/24"]},
            {"namespace": "a2", "interface": "eth0", "port": "wq2a2", "addresses": ["10.0.0.2/24"]},
        ]

    @pytest.mark.parametrize(
        ("bridge", "prefix"), [("wq", "12345678"), ("wq", "12345678" + "9"), ("b" * 15, "n" * 250)]
    )
    def test_long_names_are_shortened_whatever_the_number(self, bridge: str, prefix: str) -> None:
        short = len(bridge) + len(prefix) <= 10
        for member in (counted(1, bridge=bridge, prefix=prefix)[0], counted(1023, bridge=bridge, prefix=prefix)[-1]):
            assert member["port"].startswith(f"{bridge}2{prefix}") is short
            assert len(member["port"]) <= 15

    @given(BRIDGE_NAMES, PREFIXES, st.integers(1, 1023), st.integers(1, 1023))
    def test_ports_are_distinct_fit_and_stay(self, bridge: str, prefix: str, few: int, many: int) -> None:
        few, many = sorted((few, many))
        ports = [member["port"] for member in counted(many, bridge=bridge, prefix=prefix)]
        assert len(set(ports)) == many
        assert bridge not in ports
        assert all(len(port.encode()) <= 15 for port in ports)
        assert ports[:few] == [member["port"] for member in counted(few, bridge=bridge, prefix=prefix)]

    @given(st.lists(st.tuples(BRIDGE_NAMES, PREFIXES), min_size=2, max_size=2, unique=True))
    def test_shortened_ports_of_two_labs_are_distinct(self, labs: list[tuple[str, str]]) -> None:
        stems = [counted(1, bridge=f"{bridge}"[:5] + "-" * 6, prefix=prefix)[0]["port"] for bridge, prefix in labs]
        same = labs[0][0][:5] == labs[1][0][:5] and labs[0][1] == labs[1][1]
        assert (len(set(stems)) == 1) is same

    @pytest.mark.parametrize(
        ("subnet", "room", "first", "last"),
        [
            ("10.0.0.0/24", 254, "10.0.0.1/24", "10.0.0.254/24"),
            ("10.0.0.128/29", 6, "10.0.0.129/29", "10.0.0.134/29"),
            ("10.0.0.0/31", 2, "10.0.0.0/31", "10.0.0.1/31"),
            ("10.0.0.9/32", 1, "10.0.0.9/32", "10.0.0.9/32"),
            ("2001:db8::/124", 15, "2001:db8::1/124", "2001:db8::f/124"),
            ("2001:db8::/127", 2, "2001:db8::/127", "2001:db8::1/127"),
            ("2001:db8::/64", 1023, "2001:db8::1/64", "2001:db8::3ff/64"),
            ("10.0.0.0/8", 1023, "10.0.0.1/8", "10.0.3.255/8"),
        ],
    )
    def test_a_subnet_is_used_up_to_its_last_address(self, subnet: str, room: int, first: str, last: str) -> None:
        found = [item for (item,) in addresses(room, subnet)]
        assert (found[0], found[-1], len(set(found))) == (first, last, room)
        hosts = iter(ipaddress.ip_network(subnet).hosts())
        assert [ipaddress.ip_interface(item).ip for item in found] == [next(hosts) for _item in found]
        if room < 1023:
            with pytest.raises(ValueError, match=f"{subnet} has addresses for {room} members .* is {room + 1};"):
                addresses(room + 1, subnet)

    def test_several_subnets_give_an_address_each(self) -> None:
        expected = [["10.0.0.1/24", "2001:db8::1/64"], ["10.0.0.2/24", "2001:db8::2/64"]]
        assert addresses(2, ["10.0.0.0/24", "2001:db8::/64"]) == expected
        assert addresses(2, "10.0.0.0/24, 2001:db8::/64") == expected

    def test_addresses_of_the_bridge_are_passed_over_and_not_counted(self) -> None:
        taken = ["10.0.0.2/29", "192.0.2.1/24"]
        assert addresses(5, "10.0.0.0/29", taken=taken) == [[f"10.0.0.{number}/29"] for number in (1, 3, 4, 5, 6)]
        with pytest.raises(ValueError, match="has addresses for 5 members"):
            addresses(6, "10.0.0.0/29", taken=taken)

    @pytest.mark.parametrize("subnet", ["10.0.0.1/24", "lan", "10.0.0.0/33", ""])
    def test_what_is_no_subnet_is_refused(self, subnet: str) -> None:
        with pytest.raises(ValueError, match=r"bridged_subnet: .*write a subnet such as 192\.168\.1\.0/24"):
            addresses(1, subnet)

    def test_what_is_no_address_of_the_bridge_is_refused(self) -> None:
        with pytest.raises(ValueError, match="bridged_bridge_addresses: 'gateway' does not appear to be"):
            addresses(1, taken=["gateway"])
