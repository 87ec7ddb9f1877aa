# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""netns_info with as_topology: what it returns changes nothing where it came from, and builds the same elsewhere."""

from __future__ import annotations

import json
import os
import typing as t

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from ansible_collections.netns.lab.tests.integration.helpers import state
from ansible_collections.netns.lab.tests.integration.helpers.campus import VERSIONS, campus
from ansible_collections.netns.lab.tests.integration.helpers.definitions import Definition, definitions
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.machine import machine
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute
from ansible_collections.netns.lab.tests.integration.helpers.shell import Shell
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

SOAK = bool(os.environ.get("NETNS_LAB_SOAK"))
# Numbers that each machine counts for itself, and what a bridge only makes of its priority and MAC once it has a port.
_OWN_AFFAIR = {"ifindex", "identity", "bridge_id"}


def topology(**options: t.Any) -> tuple[Definition, list[str]]:
    result = execute("netns_info", {"as_topology": True, **options})
    assert not result.failed, result.msg
    assert not result.changed
    # As it is after it has been written down.
    return yaml.safe_load(yaml.safe_dump(result.answer["topology"], sort_keys=False)), result.answer["left_out"]


def network() -> dict[str, Json]:
    """All of the machine that two machines can agree on, MAC addresses among it."""
    shell = Shell()
    try:
        found = state.without_port_numbers(state.exact(state.read(shell)))
    finally:
        shell.close()
    return t.cast("dict[str, Json]", _without_numbers(found))


def _without_numbers(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _without_numbers(inner) for key, inner in value.items() if key not in _OWN_AFFAIR}
    return [_without_numbers(inner) for inner in value] if isinstance(value, list) else value


def changes_nothing(definition: Definition) -> None:
    found = execute("topology", {"name": "again", **definition}, check=True)
    assert not found.failed, found.msg
    assert not found.changed, found.commands


def builds(definition: Definition, expected: dict[str, Json], prepare: str = "") -> None:
    """On a machine that has nothing."""
    with machine():
        shell = Shell()
        shell.do(prepare or ":")
        shell.close()
        result = execute("topology", {"name": "elsewhere", **definition})
        assert not result.failed, result.msg
        same = eventually(lambda: network() == expected, seconds=5)
        assert same, state.difference(expected, network())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_campus_is_built_again_from_what_is_seen(lab: Lab, version: str) -> None:
    result = execute("topology", {"name": "campus", **campus(version)})
    assert not result.failed, result.msg
    definition, left_out = topology()
    assert left_out == []
    changes_nothing(definition)
    builds(definition, network())


def test_what_is_returned_reads_as_people_would_write_it(lab: Lab) -> None:
    written: Definition = {
        "netns": [{"name": "a1"}, {"name": "a2", "loopback": False}],
        "bridge": [{"name": "br0", "mac": "02:00:00:00:00:01", "stp": True, "forward_delay": 4}],
        "veth": [
            {
                "name": "p1",
                "mac": "02:00:00:00:00:02",
                "peer": {"name": "eth0", "namespace": "a1", "mac": "02:00:00:00:00:03", "mtu": 1400},
            },
            {
                "name": "eth1",
                "namespace": "a1",
                "mac": "02:00:00:00:00:04",
                "up": False,
                "peer": {"name": "eth1", "namespace": "a2", "mac": "02:00:00:00:00:05"},
            },
        ],
        "bridge_port": [{"interface": "p1", "bridge": "br0", "isolated": True}],
        "netns_link": [{"name": "eth0", "namespace": "a1", "alias": "uplink"}],
        "netns_address": [
            {"interface": "br0", "address": "192.0.2.1/24"},
            {"interface": "eth0", "namespace": "a1", "address": "192.0.2.2/24", "broadcast": "192.0.2.255"},
            {"interface": "eth0", "namespace": "a1", "address": "10.255.0.1", "peer": "10.255.0.2/32"},
            {"interface": "eth0", "namespace": "a1", "address": "2001:db8::2/64", "nodad": True},
            {"interface": "lo", "namespace": "a1", "address": "10.0.0.1/32"},
        ],
        "netns_route": [
            {"destination": "198.51.100.0/24", "interface": "br0"},
            {"destination": "default", "namespace": "a1", "gateway": "192.0.2.1", "interface": "eth0"},
            {
                "destination": "10.9.0.0/16",
                "namespace": "a1",
                "table": "100",
                "metric": 5,
                "nexthops": [
                    {"gateway": "192.0.2.1", "interface": "eth0", "weight": 3},
                    {"gateway": "192.0.2.9", "interface": "eth0"},
                ],
            },
            {"destination": "10.8.0.0/16", "namespace": "a1", "type": "blackhole"},
            {"destination": "default", "namespace": "a1", "gateway": "2001:db8::1", "interface": "eth0", "mtu": 1300},
        ],
    }
    result = execute("topology", {"name": "written", **written})
    assert not result.failed, result.msg
    definition, left_out = topology()
    assert left_out == []
    assert list(definition) == [section for section in execute_order() if section in written]

    def in_any_order(sections: Definition) -> dict[str, list[str]]:
        return {name: sorted(json.dumps(item, sort_keys=True) for item in items) for name, items in sections.items()}

    assert in_any_order(definition) == in_any_order(written)


def execute_order() -> list[str]:
    return ["netns", "bridge", "veth", "bridge_port", "netns_link", "netns_address", "netns_route"]


HOST = """
ip link add name eth0 type veth peer name uplink
ip link set dev eth0 up; ip link set dev uplink up
ip address add 198.51.100.2/24 dev eth0
ip netns add a1; ip netns add a2
ip link add name br0 type bridge; ip link set dev br0 up; ip address add 192.0.2.1/24 dev br0
ip link add name br1 type bridge; ip link add name br9 type bridge
for n in 1 2; do
    ip link add name p$n type veth peer name eth0 netns a$n
    ip link set dev p$n master br0; ip link set dev p$n up; ip -n a$n link set dev eth0 up
done
ip link add name c0 type veth peer name c1; ip link set dev c0 master br0; ip link set dev c1 master br1
ip route add 203.0.113.0/24 via 192.0.2.2; ip route add 203.0.114.0/24 via 198.51.100.1
"""


def names(definition: Definition, section: str) -> set[str]:
    return {item.get("name") or item["interface"] for item in definition.get(section, ())}


def test_of_the_own_namespace_there_is_what_belongs_to_the_others(lab: Lab) -> None:
    lab.alone(HOST)
    definition, left_out = topology()
    assert left_out == []
    assert names(definition, "bridge") == {"br0", "br1"}
    assert names(definition, "veth") == {"p1", "p2", "c0"}
    assert names(definition, "bridge_port") == {"p1", "p2", "c0", "c1"}
    assert [item["address"] for item in definition["netns_address"]] == ["192.0.2.1/24"]
    assert [item["destination"] for item in definition["netns_route"]] == ["203.0.113.0/24"]
    changes_nothing(definition)


def test_the_whole_own_namespace_is_there_on_request(lab: Lab) -> None:
    lab.alone(HOST)
    definition, left_out = topology(own=True)
    assert left_out == []
    assert names(definition, "bridge") == {"br0", "br1", "br9"}
    assert names(definition, "veth") == {"p1", "p2", "c0", "eth0"}
    assert {item["address"] for item in definition["netns_address"]} == {"192.0.2.1/24", "198.51.100.2/24"}
    changes_nothing(definition)
    builds(definition, network())


def test_of_some_namespaces_only_what_is_within_reach(lab: Lab) -> None:
    lab.alone(HOST + "ip -n a1 link add name x type veth peer name y netns a2; ip -n a1 address add 10.0.0.1/8 dev x")
    definition, left_out = topology(namespaces=["a1"])
    assert names(definition, "netns") == {"a1"}
    assert names(definition, "veth") == {"p1", "c0"}
    assert {item["address"] for item in definition["netns_address"]} == {"192.0.2.1/24"}
    assert left_out == ["a1:x: its other end is in a2, which was not asked for"]
    changes_nothing(definition)


def test_what_no_module_makes_is_left_out_with_what_is_on_it(lab: Lab) -> None:
    lab.alone(
        "ip netns add a1; ip -n a1 link add name ipt type ipip remote 10.0.0.9 local 10.0.0.8 2>/dev/null ||"
        " ip -n a1 tuntap add dev ipt mode tap; ip -n a1 address add 10.1.0.1/24 dev ipt; ip -n a1 link set dev ipt up"
    )
    definition, left_out = topology()
    assert names(definition, "netns") == {"a1"} and "netns_address" not in definition
    assert any(entry.startswith("a1:ipt: no module makes a ") for entry in left_out), left_out


def test_what_comes_by_itself_is_left_out(lab: Lab) -> None:
    lab.alone(
        "ip netns add a1; ip netns add a2; ip -n a1 link set dev lo up;"
        "ip -n a1 link add name x type veth peer name x netns a2;"
        "ip -n a1 link set dev x up; ip -n a2 link set dev x up; ip -n a1 address add 10.0.0.1/8 dev x;"
        "ip -n a1 address add 10.7.0.1/16 dev x valid_lft 900 preferred_lft 900;"
        "ip -n a1 address add fe80::7/64 dev x nodad;"
        "ip -n a1 route add 10.9.0.0/16 via 10.0.0.2 proto bird; ip -n a1 route add 10.8.0.0/16 via 10.0.0.2 proto ra"
    )
    definition, _left_out = topology()
    assert {item["address"] for item in definition["netns_address"]} == {"10.0.0.1/8", "fe80::7/64"}
    assert "netns_route" not in definition
    changes_nothing(definition)


def test_stale_names_are_no_part_of_it(lab: Lab) -> None:
    lab.alone("ip netns add a1; touch /run/netns/broken")
    assert topology()[0] == {"netns": [{"name": "a1", "loopback": False}]}


@settings(
    max_examples=500 if SOAK else 12,
    deadline=None,
    database=None,
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
)
@given(definitions())
def test_any_topology_is_built_again_from_what_is_seen(definition: Definition) -> None:
    with machine():
        result = execute("topology", {"name": "first", **_lasting(definition)})
        assert not result.failed, result.msg
        seen, left_out = topology(own=True)
        assert left_out == []
        changes_nothing(seen)
        builds(seen, network())


def _lasting(definition: Definition) -> Definition:
    """What has a lifetime is no part of what is seen."""
    items = [
        {option: value for option, value in item.items() if option not in ("valid_lft", "preferred_lft")}
        for item in definition.get("netns_address", [])
    ]
    return {**definition, "netns_address": items}
