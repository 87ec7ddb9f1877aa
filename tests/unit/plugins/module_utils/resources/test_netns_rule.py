# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, netns_key
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_rule import NetnsRule, _fact
from ansible_collections.netns.lab.tests.unit.helpers.lab import host, item, netns, planned, requests, wish

KERNEL = {"family": "ipv4", "action": "lookup", "table": "254", "protocol": 2}


def rule(priority: int, **values: t.Any) -> list[Fact]:
    named = wish("netns_rule", priority=priority, namespace="a", **values).options
    return [_fact(named["key"], named["values"])]


def kernels() -> list[Fact]:
    keys = (("0", "lookup local"), ("32766", "lookup main"), ("32767", "lookup default"))
    requires = (netns_key("a"), ("rules", "a", "ipv4"))
    return [Fact(("rule", "a", "ipv4", number, "", to), KERNEL, requires) for number, to in keys]


def test_the_messages_of_a_rule() -> None:
    plan = planned(
        host(netns("a"), kernels()),
        item(
            "netns_rule",
            **{"namespace": "a", "from": "10.0.0.0/8", "fwmark": "0x10/0xf0", "ipproto": "udp", "dport": "53-54"},
            table="1000",
        ),
    )
    ((namespace, kind, flags, header, attrs),) = requests(plan)
    assert (namespace, kind, flags) == ("a", nl.RTM_NEWRULE, nl.NLM_F_CREATE | nl.NLM_F_EXCL)
    assert (header["src_len"], header["dst_len"], header["table"], header["action"]) == (8, 0, 0, 1)
    assert dict(attrs) == {
        "FRA_PRIORITY": 32765,
        "FRA_SRC": "10.0.0.0",
        "FRA_FWMARK": 0x10,
        "FRA_FWMASK": 0xF0,
        "FRA_IP_PROTO": 17,
        "FRA_DPORT_RANGE": "53:54",
        "FRA_TABLE": 1000,
    }


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"from": "10.0.0.1", "table": "100"}, {"priority": 7, "from": "10.0.0.1/32", "table": "100"}),
        ({"family": "ipv6", "goto": 9}, {"priority": 7, "family": "ipv6", "action": "goto", "goto": 9}),
        ({"iif": "e0", "action": "prohibit"}, {"priority": 7, "iif": "e0", "action": "prohibit"}),
    ],
)
def test_a_definition_makes_the_same_rule(values: dict[str, t.Any], told: dict[str, t.Any]) -> None:
    (fact,) = rule(7, **values)
    definition = NetnsRule().definition(fact, host(netns("a")))
    assert definition == {"namespace": "a", **told}
    assert wish("netns_rule", **definition).options["key"] == fact.key


def test_rules_of_the_kernel_come_by_themselves() -> None:
    view = host(netns("a"), kernels())
    assert [NetnsRule().definition(fact, view) for fact in kernels()] == [None] * 3


def test_pruning_takes_one_rule_and_not_those_that_are_alike() -> None:
    view = host(netns("a"), rule(7, table="100"), rule(7, table="100", **{"from": "10.0.0.1"}))
    (fact,) = rule(7, table="100")
    away = NetnsRule().wish_away(fact)
    assert away is not None
    (operation,) = NetnsRule().plan(away, view)
    assert operation.commands == [["ip", "-n", "a", "rule", "delete", "priority", "7", "lookup", "100"]]
