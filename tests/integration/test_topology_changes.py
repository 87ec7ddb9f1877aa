# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From one definition to the next: what one object's change does to others."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.campus import VERSIONS, campus
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute
from ansible_collections.netns.lab.tests.integration.helpers.state import without_port_numbers

A1, A2 = {"name": "a1"}, {"name": "a2"}
CABLE = {"name": "e0", "namespace": "a1", "peer": {"name": "p0"}}
WIRE = {"name": "e1", "namespace": "a1", "peer": {"name": "e0", "namespace": "a2"}}
# The kernel refuses it, whatever else there is.
REFUSED = {"namespace": "a1", "destination": "203.0.113.0/24", "gateway": "198.51.100.1"}


def topology(lab: Lab, **sections: t.Any) -> list[str]:
    return lab.run("topology", name="lab", **sections).commands


@pytest.mark.parametrize("mtu", [1400, 1500])
def test_the_mtu_of_a_bridge_stays_when_ports_come(lab: Lab, mtu: int) -> None:
    # The kernel lets a bridge's MTU follow its ports' until somebody sets it.
    port = {"name": "p0", "mtu": 1450, "peer": {"name": "p1", "mtu": 1450}}
    topology(
        lab,
        bridge=[{"name": "br0", "mtu": mtu}],
        veth=[port],
        bridge_port=[{"bridge": "br0", "interface": "p0"}],
    )
    assert lab.link("", "br0")["mtu"] == mtu


def test_a_route_of_several_hops_outlives_the_address_behind_one_of_them(lab: Lab) -> None:
    route = {
        "namespace": "a1",
        "destination": "203.0.113.0/24",
        "nexthops": [{"gateway": "10.0.0.1", "interface": "e0"}, {"gateway": "10.1.0.1", "interface": "e1"}],
    }
    sections = {
        "netns": [A1, A2],
        "veth": [CABLE, WIRE],
        "netns_route": [route],
        "netns_address": [
            {"namespace": "a1", "interface": "e0", "address": "10.0.0.2/24"},
            {"namespace": "a1", "interface": "e1", "address": "10.1.0.2/24"},
        ],
    }
    topology(lab, **sections)
    sections["netns_address"][0]["address"] = "10.0.0.3/24"
    assert [command for command in topology(lab, **sections) if "route" in command] == []
    sections["netns_address"][0]["address"] = "10.0.0.4/24"
    del sections["netns_route"]
    topology(lab, **sections)
    assert lab.ip("a1", "route", "show", "203.0.113.0/24") == []


@pytest.mark.parametrize("down", [{"up": False}, {"mtu": 1000}], ids=["down", "without IPv6"])
def test_routes_of_several_hops_and_a_link_that_goes_down(lab: Lab, down: dict[str, t.Any]) -> None:
    def hops(network: str) -> list[dict[str, str]]:
        return [{"gateway": network.format(number), "interface": f"e{number}"} for number in (0, 1)]

    sections: dict[str, t.Any] = {
        "netns": [A1, A2],
        "veth": [{**CABLE, "up": True}, WIRE],
        "netns_route": [
            {"namespace": "a1", "destination": "203.0.113.0/24", "nexthops": hops("10.{}.0.1")},
            {"namespace": "a1", "destination": "198.51.100.0/24", "gateway": "10.0.0.1"},
            {"namespace": "a1", "destination": "2001:db8::/64", "nexthops": hops("fd0{}::1")},
        ],
        "netns_address": [
            {"namespace": "a1", "interface": f"e{number}", "address": address, "nodad": True}
            for number in (0, 1)
            for address in (f"10.{number}.0.2/24", f"fd0{number}::2/64")
        ],
    }
    topology(lab, **sections)
    del sections["netns_route"]
    sections["netns_address"] = sections["netns_address"][2:]
    sections["veth"] = [{**CABLE, **down}, WIRE]
    topology(lab, **sections)
    assert lab.ip("a1", "-4", "route", "show", "proto", "boot") == []
    assert lab.ip("a1", "-6", "route", "show", "proto", "boot") == []


def test_a_route_of_the_same_destination_takes_the_place_of_one_that_goes_with_another_namespace(lab: Lab) -> None:
    default = {"namespace": "a1", "destination": "default"}
    topology(lab, netns=[A1, A2], veth=[WIRE], netns_route=[{**default, "interface": "e1"}])
    topology(
        lab,
        netns=[A1],
        veth=[CABLE],
        netns_address=[{"namespace": "a1", "interface": "e0", "address": "10.0.0.2/24"}],
        netns_route=[{**default, "gateway": "10.0.0.1"}],
    )
    assert lab.ip("a1", "route", "show", "default")[0]["dev"] == "e0"


def test_a_gateway_is_not_sought_behind_a_link_that_goes_with_another_namespace(lab: Lab) -> None:
    def address(interface: str) -> dict[str, str]:
        return {"namespace": "a1", "interface": interface, "address": "10.0.0.2/24"}

    default = {"namespace": "a1", "destination": "default", "gateway": "10.0.0.1"}
    topology(lab, netns=[A1, A2], veth=[WIRE], netns_address=[address("e1")])
    topology(lab, netns=[A1], veth=[CABLE], netns_address=[address("e0")], netns_route=[default])
    assert lab.ip("a1", "route", "show", "default")[0]["dev"] == "e0"


def test_a_namespace_and_the_cables_into_it_come_back_when_a_later_step_fails(lab: Lab) -> None:
    cables = [{**CABLE, "mac": "02:00:00:00:00:01"}, WIRE]
    topology(
        lab,
        netns=[A1, A2],
        bridge=[{"name": "br0"}],
        veth=cables,
        bridge_port=[{"bridge": "br0", "interface": "p0", "cost": 7}],
        netns_address=[{"namespace": "a2", "interface": "e0", "address": "10.0.0.2/24"}],
    )
    msg = lab.fails_for_real(
        "topology",
        name="lab",
        netns=[A1],
        # One cable's names are needed again at once, the other's are not.
        veth=[{"name": "p0", "peer": {"name": "p1"}}],
        netns_route=[REFUSED],
    )
    assert msg.endswith("What this run had changed was taken back")


@pytest.mark.parametrize("before", [None, *VERSIONS])
@pytest.mark.parametrize("after", VERSIONS)
def test_a_lab_of_some_size_becomes_another_and_comes_back_when_the_last_step_fails(
    lab: Lab, before: str | None, after: str
) -> None:
    definition = campus(after)
    if before is not None:
        assert execute("topology", {"name": "lab", **campus(before)}).changed
    refused = {"name": "lab", **definition, "netns_route": [*definition["netns_route"], {**REFUSED, "namespace": "n0"}]}
    was = without_port_numbers(lab.exact())
    result = execute("topology", refused)
    assert result.failed and result.msg.endswith(("was taken back", "Nothing was changed")), result.msg
    lab.same(was, without_port_numbers(lab.exact()), "it was taken back")
    lab.run("topology", name="lab", **definition, without={"replay": "ports get their numbers in another order"})
