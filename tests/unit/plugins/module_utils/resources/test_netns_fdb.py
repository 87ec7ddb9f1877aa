# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._model import Fact
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_fdb import NetnsFdb, _facts_of, _key
from ansible_collections.netns.lab.tests.unit.helpers.lab import host, item, link, planned, requests, wish

MAC, EVERYTHING = "02:00:00:00:00:01", "00:00:00:00:00:00"
VX = link("vx", kind="vxlan", up=True)


def entry(mac: str = MAC, **values: t.Any) -> list[Fact]:
    known = {"mac": mac, "master": "dst" not in values, "type": "static", **values}
    return _facts_of(_key("", "vx", known), known, "br0" if known["master"] else None)


@pytest.mark.parametrize(
    ("mac", "flags", "word"), [(MAC, nl.NLM_F_REPLACE, "add"), (EVERYTHING, nl.NLM_F_APPEND, "append")]
)
def test_the_messages_of_an_entry(mac: str, flags: int, word: str) -> None:
    plan = planned(
        host(VX), item("netns_fdb", interface="vx", mac=mac, dst="192.0.2.2", vni=7, port=4790, type="static")
    )
    ((_namespace, kind, sent, header, attrs),) = requests(plan)
    assert (kind, sent) == (nl.RTM_NEWNEIGH, nl.NLM_F_CREATE | flags)
    assert (header["family"], header["state"], header["flags"]) == (7, 0x42, 0x02)
    assert attrs == [("NDA_LLADDR", mac), ("NDA_DST", "192.0.2.2"), ("NDA_PORT", 4790), ("NDA_VNI", 7)]
    assert plan.commands == [f"bridge fdb {word} {mac} dev vx dst 192.0.2.2 vni 7 port 4790 self static"]


@pytest.mark.parametrize(
    "values",
    [{}, {"type": "local"}, {"sticky": True}, {"vlan": 10}, {"dst": "192.0.2.2"}, {"dst": "192.0.2.2", "vni": 7}],
)
@pytest.mark.parametrize("mac", [MAC, EVERYTHING])
def test_a_definition_makes_the_same_entry(mac: str, values: dict[str, t.Any]) -> None:
    if mac == EVERYTHING and "dst" not in values:
        mac = MAC
    fact = entry(mac, **values)[0]
    definition = NetnsFdb().definition(fact, host(VX))
    assert definition is not None
    made = wish("netns_fdb", **definition)
    assert made.identity == fact.key
    assert {**made.options, "type": made.options.get("type", fact.values["type"])} == fact.values


def test_what_comes_by_itself_has_no_definition() -> None:
    for values in ({"type": "dynamic"}, {"type": "local", "comes_by_itself": True}):
        assert NetnsFdb().definition(entry(**values)[0], host(VX)) is None
