# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_rule, option by option."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

LAB = "ip netns add a; ip -n a link add name e type veth peer name f"
IPV4, IPV6 = {"from": "10.0.0.0/8"}, {"from": "2001:db8::/32"}


def rules(lab: Lab, family: str = "-4") -> list[Json]:
    """All but the kernel's."""
    found = json.loads(lab.alone(f"ip -n a -j -d {family} rule"))
    return [
        {key: value for key, value in rule.items() if key != "protocol"}
        for rule in found
        if rule["protocol"] != "kernel"
    ]


# Options, and what ip says for them beside the priority.
OPTIONS: list[tuple[dict[str, t.Any], Json]] = [
    ({"from": "10.0.0.1"}, {"src": "10.0.0.1"}),
    ({"from": "2001:db8::/32"}, {"src": "2001:db8::", "srclen": 32}),
    ({"from": "10.0.0.0/8", "to": "192.0.2.0/24"}, {"src": "10.0.0.0", "srclen": 8, "dst": "192.0.2.0", "dstlen": 24}),
    ({"from": "10.0.0.1", "not": True}, {"not": None, "src": "10.0.0.1"}),
    ({"iif": "e"}, {"iif": "e"}),
    ({"oif": "nowhere"}, {"oif": "nowhere", "oif_detached": None}),
    ({"fwmark": "16"}, {"fwmark": "0x10"}),
    ({"fwmark": "0x10/0xf0"}, {"fwmark": "0x10", "fwmask": "0xf0"}),
    ({"tos": "0x10"}, {"tos": "0x10"}),
    ({"ipproto": "tcp", "dport": "80"}, {"ipproto": "tcp", "dport": 80}),
    ({"ipproto": "17", "sport": "1000-2000"}, {"ipproto": "udp", "sport_start": 1000, "sport_end": 2000}),
    ({"uidrange": "1000-1999"}, {"uid_start": 1000, "uid_end": 1999}),
    ({"family": "ipv6", "iif": "lo", "fwmark": "0x1"}, {"iif": "lo", "fwmark": "0x1"}),
]


@pytest.mark.parametrize(("options", "told"), OPTIONS, ids=["-".join(row[0]) for row in OPTIONS])
@pytest.mark.parametrize("priority", [{"priority": 100}, {}], ids=["at-100", "anywhere"])
def test_a_selector_is_made_found_again_and_gone(
    lab: Lab, options: dict[str, t.Any], told: Json, priority: dict[str, int]
) -> None:
    lab.sh(LAB)
    family = "-6" if options.get("family") == "ipv6" or ":" in options.get("from", "") else "-4"
    lab.run("netns_rule", namespace="a", table="100", **options, **priority)
    (found,) = rules(lab, family)
    if told.get("tos"):
        found["tos"] = hex(int(found["tos"], 16)) if str(found["tos"]).startswith("0x") else found["tos"]
        told = {**told, "tos": found["tos"]}
    assert found == {"priority": 100 if priority else 32765, "table": "100", "src": "all", **told}
    lab.run("netns_rule", namespace="a", table="100", **options, **priority, state="absent")
    assert rules(lab, family) == []
    lab.unchanged("netns_rule", namespace="a", table="100", **options, **priority, state="absent")


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ({"table": "main"}, {"table": "main"}),
        ({"table": "100000"}, {"table": "100000"}),
        ({"action": "blackhole"}, {"action": "blackhole"}),
        ({"action": "unreachable"}, {"action": "unreachable"}),
        ({"action": "prohibit"}, {"action": "prohibit"}),
        ({"action": "nop"}, {"nop": None}),
        ({"goto": 32766}, {"goto": 32766}),
        ({"table": "main", "suppress_prefixlength": 0}, {"table": "main", "suppress_prefixlen": 0}),
        ({"table": "main", "suppress_ifgroup": 7}, {"table": "main", "suppress_ifgroup": "7"}),
    ],
)
@pytest.mark.parametrize("network", [IPV4, IPV6], ids=["IPv4", "IPv6"])
def test_an_action_is_exchanged_in_place(
    lab: Lab, network: dict[str, str], action: dict[str, t.Any], told: Json
) -> None:
    lab.sh(LAB)
    lab.run("netns_rule", namespace="a", priority=100, table="7", **network)
    result = lab.run("netns_rule", namespace="a", priority=100, **network, **action)
    (found,) = rules(lab, "-6" if network is IPV6 else "-4")
    assert {key: value for key, value in found.items() if key not in ("priority", "src", "srclen")} == told
    assert [command.split()[command.split().index("rule") + 1] for command in result.commands] == ["add", "delete"]
    (before,) = result.diff["before"]["netns_rule"].values()
    assert before["table"] == "7"


def test_a_rule_without_priority_is_found_at_any(lab: Lab) -> None:
    lab.sh(LAB)
    lab.sh("ip -n a rule add from 10.0.0.0/8 table 100 priority 77")
    lab.unchanged("netns_rule", namespace="a", table="100", **IPV4)
    lab.run("netns_rule", namespace="a", table="101", **IPV4)
    assert [(rule["priority"], rule["table"]) for rule in rules(lab)] == [(76, "101"), (77, "100")]


def test_new_rules_come_where_ip_puts_them(lab: Lab) -> None:
    lab.sh(LAB)
    names = ("10.0.0.1", "10.0.0.2", "10.0.0.3")
    lab.run("topology", name="t", netns_rule=[{"namespace": "a", "from": name, "table": "100"} for name in names])
    found = rules(lab)
    lab.alone("ip netns add b; for n in 1 2 3; do ip -n b rule add from 10.0.0.$n table 100; done")
    by_ip = json.loads(lab.alone("ip -n b -j rule"))
    assert [rule["priority"] for rule in found] == [rule["priority"] for rule in by_ip][1:4]


def test_absent_stands_for_all_that_have_what_is_given(lab: Lab) -> None:
    lab.sh(LAB)
    lab.sh(
        "ip -n a rule add from 10.0.0.1 table 100 priority 7; ip -n a rule add from 10.0.0.2 table 100 priority 7;"
        "ip -n a rule add from 10.0.0.3 table 100 priority 8; ip -n a rule add from 10.0.0.3 table main priority 9"
    )
    lab.run("netns_rule", namespace="a", priority=7, state="absent")
    assert [rule["priority"] for rule in rules(lab)] == [8, 9]
    lab.run("netns_rule", namespace="a", table="100", state="absent")
    lab.run("netns_rule", namespace="a", table="main", state="absent")
    assert rules(lab) == []
    # The kernel's own are meant only where they are named.
    assert len(lab.ip("a", "rule")) == 3
    lab.run("netns_rule", namespace="a", priority=32767, state="absent")
    assert len(lab.ip("a", "rule")) == 2


def test_present_and_absent_contradict_each_other(lab: Lab) -> None:
    lab.sh(LAB)
    wanted = {"namespace": "a", "priority": 7, "table": "100"}
    msg = lab.fails(
        "topology", name="t", netns_rule=[wanted, {"namespace": "a", "table": "100", "state": "absent"}]
    )
    assert msg == (
        "netns_rule a 7: all lookup 100 is to be present, and netns_rule a all lookup 100, which includes it, absent"
    )


def test_a_topology_makes_changes_prunes_and_removes_rules(lab: Lab) -> None:
    lab.sh(LAB)
    lab.sh("ip -n a rule add from 10.0.0.1 table 100 priority 7")  # somebody else's, much alike
    wanted = [{"namespace": "a", "from": "10.0.0.2", "table": "100", "priority": 7}, {"namespace": "a", "table": "200"}]
    lab.run("topology", name="t", netns_rule=wanted)
    changed = [{**wanted[0], "table": "101"}, wanted[1]]
    result = lab.run("topology", name="t", netns_rule=changed)
    assert [command.split()[4] for command in result.commands] == ["add", "delete"]
    lab.run("topology", name="t", netns_rule=changed[:1])
    assert [(rule["src"], rule["table"]) for rule in rules(lab)] == [("10.0.0.1", "100"), ("10.0.0.2", "101")]
    lab.run("topology", name="t", state="absent")
    assert [rule["src"] for rule in rules(lab)] == ["10.0.0.1"]


def test_in_a_new_namespace(lab: Lab) -> None:
    rule = {"namespace": "a", "table": "100"}
    both = [{**rule, "from": "10.0.0.1"}, {**rule, "from": "10.0.0.2"}, {**rule, "family": "ipv6"}]
    lab.run("topology", name="t", netns=[{"name": "a"}], netns_rule=both)
    assert [rule["priority"] for rule in rules(lab)] == [32764, 32765]
    lab.run("topology", name="t", state="absent")


@pytest.mark.parametrize(
    "change",
    [
        {"priority": 7, "state": "absent"},
        {"priority": 7, "from": "10.0.0.1", "table": "101"},
        {"table": "200", "fwmark": "0x1"},
        {"priority": 32767, "state": "absent"},
    ],
    ids=["absent", "changed", "new", "of-kernel"],
)
def test_rules_are_as_they_were_when_a_run_fails(lab: Lab, change: dict[str, t.Any]) -> None:
    lab.sh(LAB)
    lab.sh(
        "ip -n a rule add from 10.0.0.1 table 100 priority 7 protocol 42; ip -n a rule add dport 80 ipproto tcp"
        " uidrange 5-9 fwmark 0x1/0x3 iif e goto 9 priority 7"
    )
    impossible = {"destination": "198.51.100.0/24", "gateway": "203.0.113.1", "namespace": "a"}
    lab.sh("ip netns add b")
    msg = lab.fails_for_real(
        "topology", name="t", netns_rule=[{"namespace": "a", **change}], netns_route=[{**impossible, "namespace": "b"}]
    )
    assert "taken back" in msg or "Nothing was changed" in msg
