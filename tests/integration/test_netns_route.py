# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_route, option by option."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

CABLES = (
    "ip netns add a; ip netns add b;"
    "for n in 1 2; do ip -n a link add name e$n up type veth peer name e$n netns b; ip -n b link set e$n up;"
    "ip -n a address add 10.0.$n.1/24 dev e$n; ip -n a address add 2001:db8:$n::1/64 dev e$n nodad; done"
)
TO = {4: "198.51.100.0/24", 6: "2001:db8:100::/48"}
GATEWAYS = {4: "10.0.{}.2", 6: "2001:db8:{}::2"}
VERSIONS = pytest.mark.parametrize("version", [4, 6])


def routes(lab: Lab, version: int, table: str = "main") -> list[Json]:
    return t.cast("list[Json]", lab.ip("a", f"-{version}", "route", "show", TO[version], "table", table))


@VERSIONS
@pytest.mark.parametrize("kind", ["blackhole", "unreachable", "prohibit", "throw"])
def test_a_route_that_leads_nowhere_is_changed_in_place(lab: Lab, version: int, kind: str) -> None:
    lab.sh(CABLES)
    lab.run("netns_route", namespace="a", destination=TO[version], gateway=GATEWAYS[version].format(1))
    result = lab.run("netns_route", namespace="a", destination=TO[version], type=kind)
    assert [route["type"] for route in routes(lab, version)] == [kind]
    assert len(result.commands) == 1 and " replace " in result.commands[0]
    lab.run("netns_route", namespace="a", destination=TO[version], state="absent")
    lab.unchanged("netns_route", namespace="a", destination=TO[version], state="absent")


def test_an_ipv4_route_over_an_ipv6_gateway(lab: Lab) -> None:
    lab.sh(CABLES)
    options = {"namespace": "a", "destination": TO[4]}
    lab.run("netns_route", **options, gateway="2001:db8:1::2")
    assert routes(lab, 4)[0]["via"] == {"family": "inet6", "host": "2001:db8:1::2"}
    lab.run("netns_route", **options, gateway="fe80::9", interface="e2")
    hops = [{"gateway": "fe80::9", "interface": "e2", "weight": 3}, {"gateway": "10.0.1.2"}]
    lab.run("netns_route", **options, nexthops=hops)
    lab.run("netns_route", **options, state="absent")


KEPT = {
    4: "mtu lock 1400 advmss 1000 initcwnd 9 window 5000 congctl reno",
    6: "mtu 1400 advmss 1000 hoplimit 9 pref high",
}


@VERSIONS
def test_what_the_module_has_no_word_for_is_kept(lab: Lab, version: int) -> None:
    """When the route is changed, and when it is put back."""
    lab.sh(CABLES)
    lab.sh(f"ip -n a route add {TO[version]} via {GATEWAYS[version].format(1)} {KEPT[version]}")
    before = routes(lab, version)[0]
    options = {"namespace": "a", "destination": TO[version]}
    impossible = {"destination": "203.0.113.0/24", "gateway": "192.0.2.1", "namespace": "b"}
    lab.fails_for_real("topology", name="t", netns_route=[{**options, "state": "absent"}, impossible])
    lab.fails_for_real("topology", name="t", netns_link=[{"name": "e1", "namespace": "a", "up": False}],
                       netns_route=[impossible])
    lab.run("netns_route", **options, gateway=GATEWAYS[version].format(2))
    (after,) = routes(lab, version)
    assert after["metrics"] == before["metrics"] and after.get("pref") == before.get("pref")
    assert after["gateway"] == GATEWAYS[version].format(2)


@VERSIONS
def test_weights_are_changed_by_one_replace(lab: Lab, version: int) -> None:
    lab.sh(CABLES)
    hops = [{"gateway": GATEWAYS[version].format(n), "interface": f"e{n}"} for n in (1, 2)]
    lab.run("netns_route", namespace="a", destination=TO[version], nexthops=hops)
    heavier = [{**hops[0], "weight": 5}, hops[1]]
    (command,) = lab.run("netns_route", namespace="a", destination=TO[version], nexthops=heavier).commands
    assert " route replace " in command
    assert [hop["weight"] for hop in routes(lab, version)[0]["nexthops"]] == [5, 1]
    (command,) = lab.run("netns_route", namespace="a", destination=TO[version], **hops[1]).commands
    assert " route replace " in command
    assert routes(lab, version)[0]["dev"] == "e2"
