# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that the host's administrator gave to routing tables, protocols and scopes."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute

FOLDER = "/etc/iproute2"
COPY = "/run/iproute2"
FILES = f"""
cp -a {FOLDER} {COPY}
mkdir -p {COPY}/rt_tables.d
echo '150 campus' >>{COPY}/rt_scopes
echo '77 robot' >>{COPY}/rt_protos
printf '100 blue # the way out\\n0x65 red\\n' >{COPY}/rt_tables.d/lab.conf
"""
NETWORK = "198.51.100.0/24"


@pytest.fixture(name="named")
def _named(lab: Lab) -> t.Iterator[Lab]:
    """A machine with a cable and such names. What the host itself has is hidden, not touched."""
    if Path("/etc").is_mount():  # the sandbox's own; iproute2 has moved its files to /usr
        Path(FOLDER).mkdir(exist_ok=True)
    elif not Path(FOLDER).is_dir():
        pytest.skip(f"this kernel has no overlayfs for the sandbox, and there is no {FOLDER} to put another one over")
    lab.alone(FILES)
    lab.sh(f"mount --bind {COPY} {FOLDER}")
    try:
        lab.sh("ip link add name x1 up type veth peer name x2; ip link set dev x2 up")
        lab.sh("ip address add 10.3.0.1/24 dev x1")
        yield lab
    finally:
        lab.alone(f"umount {FOLDER}; rm -r {COPY}")


def test_a_table_is_meant_by_its_name_and_by_its_number(named: Lab) -> None:
    route = {"destination": NETWORK, "gateway": "10.3.0.2"}
    done = named.run("netns_route", **route, table="blue")
    assert [command.split()[-2:] for command in done.commands] == [["table", "100"]]
    named.unchanged("netns_route", **route, table="100")
    rule = {"from": "10.3.0.0/24", "priority": 77}
    named.run("netns_rule", **rule, table="red")
    named.unchanged("netns_rule", **rule, table="101")
    named.run("netns_rule", **rule, table="blue")
    named.run("netns_rule", table="100", state="absent")
    named.run("netns_route", **route, table="blue", state="absent")


def test_a_scope_is_meant_by_its_name_and_by_its_number(named: Lab) -> None:
    address = {"interface": "x1", "address": "10.3.1.1/24"}
    named.run("netns_address", **address, scope="campus")
    named.unchanged("netns_address", **address, scope="150")
    named.run("netns_route", destination=NETWORK, interface="x1", scope="campus")
    named.unchanged("netns_route", destination=NETWORK, interface="x1", scope="150")


def test_a_name_that_the_host_does_not_have_is_an_error(named: Lab) -> None:
    assert named.fails("netns_route", destination=NETWORK, interface="x1", table="green") == (
        "netns_route item 1: table 'green' is none of main, default, local, no number, and no name in "
        "/etc/iproute2/rt_tables"
    )


def test_names_are_told_as_ip_tells_them(named: Lab) -> None:
    named.sh(
        f"""
        ip route add {NETWORK} dev x1 table blue proto robot scope campus
        ip address add 10.3.1.1/24 dev x1 scope campus
        ip rule add from 10.3.0.0/24 priority 77 table red
        """
    )
    told = execute("netns_info", {"own": True, "namespaces": [], "table": "blue"}).answer["namespaces"][0]
    (route,) = told["routes"]
    (seen,) = json.loads(named.sh("ip -j -d route show table blue"))
    assert {word: route[word] for word in ("protocol", "scope")} == {word: seen[word] for word in ("protocol", "scope")}
    assert (route["table"], route["protocol"], route["scope"]) == ("blue", "robot", "campus")
    (rule,) = [rule for rule in told["rules"] if rule["priority"] == 77]
    assert rule["table"] == "red"
    (address,) = [address for address in told["addresses"] if address["local"] == "10.3.1.1"]
    assert address["scope"] == "campus"


def test_a_definition_for_elsewhere_has_the_numbers(named: Lab) -> None:
    named.sh(f"ip route add {NETWORK} dev x1 table blue; ip rule add from 10.3.0.0/24 priority 77 table red")
    topology = execute("netns_info", {"own": True, "namespaces": [], "as_topology": True}).answer["topology"]
    assert [item["table"] for section in ("netns_route", "netns_rule") for item in topology[section]] == ["100", "101"]
