# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_neighbor, option by option."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import INTERPRETER, execute
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

CABLE = (
    "ip netns add a; ip netns add b;"
    "ip -n a link add name e address 02:00:00:00:00:e0 up type veth peer name f address 02:00:00:00:00:f0 netns b;"
    "ip -n b link set f up;"
    "ip -n a address add 10.0.0.1/24 dev e; ip -n a address add 2001:db8::1/64 dev e nodad"
)
WHERE = {"namespace": "a", "interface": "e"}
ONE, OTHER = "02:00:00:00:00:01", "02:00:00:00:00:02"
FAMILIES = pytest.mark.parametrize("address", ["10.0.0.2", "2001:db8::2"])


def neighbours(lab: Lab, address: str) -> list[Json]:
    found = json.loads(lab.alone("ip -n a -j neigh show nud all"))
    return [
        {key: value for key, value in entry.items() if key not in ("dst", "dev")}
        for entry in found
        if entry["dst"] == address
    ]


def proxies(lab: Lab) -> list[str]:
    return sorted(entry["dst"] for entry in json.loads(lab.alone("ip -n a -j neigh show proxy") or "[]"))


@FAMILIES
def test_a_neighbour_is_made_changed_and_gone(lab: Lab, address: str) -> None:
    lab.sh(CABLE)
    result = lab.run("netns_neighbor", **WHERE, address=address, mac=ONE.upper())
    assert neighbours(lab, address) == [{"lladdr": ONE, "state": ["PERMANENT"]}]
    assert result.diff["after"]["netns_neighbor"] == {f"a:e {address}": {"mac": ONE, "nud": "permanent"}}
    result = lab.run("netns_neighbor", **WHERE, address=address, mac=OTHER)
    assert result.diff == {
        "before": {"netns_neighbor": {f"a:e {address}": {"mac": ONE}}},
        "after": {"netns_neighbor": {f"a:e {address}": {"mac": OTHER}}},
    }
    lab.run("netns_neighbor", **WHERE, address=address, mac=OTHER, nud="noarp")
    assert neighbours(lab, address) == [{"lladdr": OTHER, "state": ["NOARP"]}]
    lab.unchanged("netns_neighbor", **WHERE, address=address, mac=OTHER)
    lab.unchanged("netns_neighbor", **WHERE, address=address, mac=ONE, state="absent")
    lab.run("netns_neighbor", **WHERE, address=address, state="absent")
    assert neighbours(lab, address) == []
    lab.unchanged("netns_neighbor", **WHERE, address=address, state="absent")


def test_router_is_set_left_alone_and_taken_away(lab: Lab) -> None:
    lab.sh(CABLE)
    options = {**WHERE, "address": "2001:db8::2"}
    lab.run("netns_neighbor", **options, mac=ONE, router=True)
    assert neighbours(lab, "2001:db8::2") == [{"lladdr": ONE, "router": None, "state": ["PERMANENT"]}]
    lab.run("netns_neighbor", **options, mac=OTHER)
    assert "router" in neighbours(lab, "2001:db8::2")[0]
    lab.run("netns_neighbor", **options, mac=OTHER, router=False)
    assert "router" not in neighbours(lab, "2001:db8::2")[0]


@FAMILIES
def test_a_proxy_entry_is_one_of_its_own(lab: Lab, address: str) -> None:
    lab.sh(CABLE)
    lab.run("netns_neighbor", **WHERE, address=address, mac=ONE)
    lab.run("netns_neighbor", **WHERE, address=address, proxy=True)
    assert proxies(lab) == [address] and neighbours(lab, address) == [{"lladdr": ONE, "state": ["PERMANENT"]}]
    lab.run("netns_neighbor", **WHERE, address=address, proxy=True, state="absent")
    assert proxies(lab) == [] and neighbours(lab, address)
    lab.unchanged("netns_neighbor", **WHERE, address=address, proxy=True, state="absent")


@FAMILIES
@pytest.mark.parametrize("found_out", ["reachable", "stale"])
def test_what_was_found_out_is_made_to_stay_and_told(lab: Lab, address: str, found_out: str) -> None:
    lab.sh(CABLE)
    lab.sh(f"ip -n a neigh add {address} lladdr {ONE} nud {found_out} dev e")
    lab.unchanged("netns_neighbor", **WHERE, address=address, state="absent")
    assert neighbours(lab, address)
    result = lab.run("netns_neighbor", **WHERE, address=address, mac=ONE)
    assert result.diff["before"]["netns_neighbor"] == {f"a:e {address}": {"nud": "found out"}}
    assert neighbours(lab, address) == [{"lladdr": ONE, "state": ["PERMANENT"]}]


def test_one_that_did_not_answer_is_set(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.alone("ip netns exec a ping -c 1 -W 1 10.0.0.2 || :")
    lab.run("netns_neighbor", **WHERE, address="10.0.0.2", mac=ONE)
    assert neighbours(lab, "10.0.0.2") == [{"lladdr": ONE, "state": ["PERMANENT"]}]


def test_ipv6_that_is_off_is_named(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.sh("ip -n a link set e mtu 1000")
    msg = lab.fails_for_real("netns_neighbor", **WHERE, address="2001:db8::2", mac=ONE)
    assert "the kernel says: Invalid argument" in msg and "IPv6 is off on this interface" in msg


def definition(**more: t.Any) -> dict[str, t.Any]:
    return {
        "netns": [{"name": "a"}],
        "veth": [{"name": "e", "namespace": "a", "peer": {"name": "f", "namespace": "a"}}],
        "netns_address": [{**WHERE, "address": "10.0.0.1/24"}],
        "netns_neighbor": [{**WHERE, "address": f"10.0.0.{number}", "mac": ONE} for number in (2, 3)],
        **more,
    }


def test_a_topology_makes_prunes_and_removes_neighbours(lab: Lab) -> None:
    lab.sh("ip netns add a; ip -n a link add name e type veth peer name f")
    lab.sh(f"ip -n a neigh add 10.0.0.9 lladdr {OTHER} nud permanent dev e")
    lab.run("topology", name="t", **definition())
    lab.run("topology", name="t", **definition(netns_neighbor=definition()["netns_neighbor"][:1]))
    assert neighbours(lab, "10.0.0.2") and not neighbours(lab, "10.0.0.3") and neighbours(lab, "10.0.0.9")
    lab.run("topology", name="t", state="absent", without={"replay": "the last address goes with the neighbours"})
    assert not neighbours(lab, "10.0.0.2")


def test_a_link_that_changes_keeps_the_neighbours_that_are_asked_for(lab: Lab) -> None:
    """The kernel drops them when the MAC changes; one run has it all right again."""
    lab.run("topology", name="t", **definition())
    link = [{"name": "e", "namespace": "a", "mac": OTHER, "addrgenmode": "none"}]
    lab.run("topology", name="t", **definition(netns_link=link))
    lab.run("topology", name="t", **definition(netns_link=[{**link[0], "arp": False}]))
    assert neighbours(lab, "10.0.0.2") == neighbours(lab, "10.0.0.3") == [{"lladdr": ONE, "state": ["PERMANENT"]}]


def test_a_bridge_that_takes_its_mac_from_a_port_keeps_its_neighbours(lab: Lab) -> None:
    bridged = {
        "netns": [{"name": "a"}],
        "netns_neighbor": [{"namespace": "a", "interface": "br0", "address": "10.0.0.2", "mac": ONE}],
        "bridge_port": [{"interface": "e", "bridge": "br0", "namespace": "a"}],
        "veth": definition()["veth"],
        "bridge": [{"name": "br0", "namespace": "a"}],
    }
    lab.run("topology", name="t", **bridged)
    assert neighbours(lab, "10.0.0.2") == [{"lladdr": ONE, "state": ["PERMANENT"]}]


@pytest.mark.parametrize(
    "change",
    [
        {"veth": [{"name": "e", "namespace": "a", "state": "absent"}]},
        {"netns_link": [{"name": "e", "namespace": "a", "up": False}]},
        {"netns_link": [{"name": "e", "from_namespace": "a"}]},
        {"netns_link": [{"name": "e", "namespace": "a", "mac": OTHER}]},
        {"netns_link": [{"name": "e", "namespace": "a", "arp": False}]},
        {"netns_link": [{"name": "e", "namespace": "a", "mtu": 1000}]},
        {"netns_address": [{**WHERE, "address": "10.0.0.1/24", "state": "absent"}]},
        {"netns_address": [{**WHERE, "address": "10.0.0.1/24", "label": "e:1"}]},
        {"netns_neighbor": [{**WHERE, "address": "10.0.0.2", "mac": OTHER}]},
        {"netns_neighbor": [{**WHERE, "address": "2001:db8::2", "state": "absent"}]},
        {"netns_neighbor": [{**WHERE, "address": "2001:db8::4", "mac": OTHER}]},
    ],
    ids=["deleted", "down", "moved", "mac", "arp", "mtu", "address", "label", "changed", "absent", "new"],
)
def test_neighbours_are_back_when_what_took_them_along_is_undone(lab: Lab, change: dict[str, t.Any]) -> None:
    """With them, the ones that nobody asked for."""
    lab.sh(CABLE)
    for address in ("10.0.0.2", "2001:db8::2"):
        lab.sh(f"ip -n a neigh add {address} lladdr {ONE} nud permanent dev e; ip -n a neigh add proxy {address} dev e")
    lab.sh(f"ip -n a neigh add 2001:db8::3 lladdr {ONE} nud noarp dev e router")
    impossible = {"destination": "198.51.100.0/24", "gateway": "203.0.113.1", "namespace": "b"}
    msg = lab.fails_for_real("topology", name="t", **change, netns_route=[impossible])
    assert "What this run had changed was taken back" in msg
    lab.run("topology", name="t", **change)


@pytest.mark.skipif(INTERPRETER is not None, reason="the modules run in another process")
def test_neighbours_entries_and_rules_are_read_only_where_they_matter(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumped: list[int] = []
    dump = nl.NetlinkSocket.dump

    def recorded(self: nl.NetlinkSocket, kind: int, body: bytes) -> list[bytes]:
        dumped.append(kind)
        return dump(self, kind, body)

    monkeypatch.setattr(nl.NetlinkSocket, "dump", recorded)

    def read(**given: t.Any) -> list[int]:
        dumped.clear()
        assert not execute("topology", {"name": "t", **given}).failed
        return [kind for kind in dumped if kind in (nl.RTM_GETNEIGH, nl.RTM_GETRULE)]

    plain = {section: items for section, items in definition().items() if section != "netns_neighbor"}
    plain["netns"] = [{"name": name} for name in ("a", "b", "c")]
    assert read(**plain) == []
    assert read(**plain) == []
    # A link changes, and something could go with it: both kinds of neighbours, and entries of bridges.
    assert read(**plain, netns_link=[{"name": "e", "namespace": "a", "mac": OTHER}]).count(nl.RTM_GETNEIGH) == 3
    # Two families of rules in one namespace.
    assert read(**plain, netns_rule=[{"namespace": "b", "table": "7"}]) == [nl.RTM_GETRULE] * 2
    assert read(**plain) == [nl.RTM_GETRULE] * 2  # what the record names
