# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read from the kernel's messages: links with their peers and masters, addresses, namespaces."""

from __future__ import annotations

import struct
import typing as t
from unittest import mock

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import Entry
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, Key, link_key, netns_key
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources import netns, netns_address
from ansible_collections.netns.lab.plugins.module_utils._resources._link import observe_links
from ansible_collections.netns.lab.tests.unit.helpers.kernel import decoded
from ansible_collections.netns.lab.tests.unit.helpers.lab import KIND


class Host:
    """Namespaces with the messages their dumps give, and the numbers (nsids) they know each other by."""

    def __init__(
        self,
        links: dict[str, list[bytes]],
        addresses: dict[str, list[bytes]] | None = None,
        nsids: dict[tuple[str, str], int] | None = None,
        entries: dict[str, Entry] | None = None,
    ) -> None:
        self.dumps = {nl.RTM_GETLINK: links, nl.RTM_GETADDR: addresses or {}}
        self.nsids = nsids or {}
        self.entries = entries or {}
        self.spaces = list(links)
        self.asked: list[tuple[str, str]] = []

    def inspect(self, name: str) -> Entry | None:
        return self.entries.get(name)

    def fd(self, name: str) -> int:
        return 100 + self.spaces.index(name)

    def socket(self, name: str) -> Socket:
        return Socket(self, name)


class Socket:
    def __init__(self, host: Host, name: str) -> None:
        self.host = host
        self.name = name

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        return self.host.dumps[kind].get(self.name, [])

    def exchange(self, requests: t.Sequence[tuple[int, int, bytes]], told: bool = False) -> list[nl.Answer]:
        answers = []
        for kind, _flags, body in requests:
            assert kind == nl.RTM_GETNSID
            other = self.host.spaces[decoded("nsidmsg", body).get_attr("NETNSA_FD") - 100]
            self.host.asked.append((self.name, other))
            number = self.host.nsids.get((self.name, other), -1)
            message = struct.pack("=B3x", 0) + struct.pack("=HHi", 8, 1, number)
            answers.append(nl.Answer([(88, message)]))
        return answers


def link(index: int, name: str, flags: int = 0, info: list[t.Any] | None = None, **attrs: t.Any) -> bytes:
    found: list[t.Any] = [("IFLA_IFNAME", name), ("IFLA_MTU", 1500), ("IFLA_TXQLEN", 1000), *attrs.items()]
    if info:
        found.append(("IFLA_LINKINFO", {"attrs": info}))
    return nl.encode("ifinfmsg", {"family": 0, "index": index, "flags": flags}, found)


def veth(index: int, name: str, peer: int, nsid: int | None = None) -> bytes:
    attrs: dict[str, t.Any] = {"IFLA_LINK": peer}
    if nsid is not None:
        attrs["IFLA_LINK_NETNSID"] = nsid
    return link(index, name, info=[("IFLA_INFO_KIND", "veth")], **attrs)


def read(links: dict[str, list[bytes]], nsids: dict[tuple[str, str], int] | None = None) -> dict[Key, Fact]:
    found = observe_links(Reader(Host(links, nsids=nsids)), list(links))  # type: ignore[arg-type]
    return {fact.key: fact for fact in found}


def peers(facts: dict[Key, Fact]) -> dict[str, str | None]:
    return {
        f"{key[1]}:{key[2]}": ":".join(fact.values["peer"][1:]) if fact.values["peer"] else None
        for key, fact in facts.items()
    }


# -- links


def test_a_link_is_read_with_its_attributes() -> None:
    inet6 = {"attrs": [("AF_INET6", {"attrs": [("IFLA_INET6_ADDR_GEN_MODE", 1)]})]}
    message = link(
        7,
        "eth0",
        0x1 | 0x80 | 0x100,
        IFLA_ADDRESS="02:00:00:00:00:01",
        IFLA_IFALIAS="x y",
        IFLA_AF_SPEC=inet6,
    )
    fact = read({"a": [message]})["link", "a", "eth0"]
    assert {name: value for name, value in fact.values.items() if not name.startswith("link_")} == {
        "mac": "02:00:00:00:00:01",
        "mtu": 1500,
        "txqueuelen": 1000,
        "alias": "x y",
        "addrgenmode": "none",
        "promisc": True,
        "arp": False,
        "up": True,
        "index": 7,
        "kind": None,
        "carrier": False,
        "peer": None,
        "base": "a",
        "lower": None,
        "data": {},
    }
    assert fact.requires == (netns_key("a"),)
    assert fact.mark == "7"


def test_a_bridge_is_read_with_its_own_attributes() -> None:
    data = [("IFLA_BR_STP_STATE", 1), ("IFLA_BR_FORWARD_DELAY", 450), ("IFLA_BR_PRIORITY", 4096)]
    info = [("IFLA_INFO_KIND", "bridge"), ("IFLA_INFO_DATA", {"attrs": data})]
    values = read({"": [link(2, "br0", info=info)]})["link", "", "br0"].values
    assert values["kind"] == "bridge"
    assert {name: value for name, value in values["data"].items() if value is not None} == {
        "stp": True,
        "forward_delay": 4.5,
        "priority": 4096,
    }


def test_a_port_is_read_beside_its_link_and_hangs_on_link_and_master() -> None:
    data = [("IFLA_BRPORT_COST", 4), ("IFLA_BRPORT_STATE", 3), ("IFLA_BRPORT_ISOLATED", 0)]
    info = [
        ("IFLA_INFO_KIND", "dummy"),
        ("IFLA_INFO_SLAVE_KIND", "bridge"),
        ("IFLA_INFO_SLAVE_DATA", {"attrs": data}),
    ]
    bridge = link(2, "br0", info=[("IFLA_INFO_KIND", "bridge")])
    facts = read({"a": [bridge, link(3, "p0", info=info, IFLA_MASTER=2)]})
    fact = facts["port", "a", "p0"]
    assert {name: value for name, value in fact.values.items() if value is not None} == {
        "master": "br0",
        "cost": 4,
        "port_state": "forwarding",
        "isolated": False,
    }
    assert fact.requires == (link_key("a", "p0"), link_key("a", "br0"))


def test_a_slave_of_something_else_is_a_port_without_a_bridges_attributes() -> None:
    info = [("IFLA_INFO_KIND", "dummy"), ("IFLA_INFO_SLAVE_KIND", "vrf")]
    facts = read({"": [link(2, "red"), link(3, "e0", info=info, IFLA_MASTER=2)]})
    assert facts["port", "", "e0"].values == {"master": "red"}


def test_a_free_link_is_no_port() -> None:
    assert ("port", "", "e0") not in read({"": [link(3, "e0")]})


# -- the two ends of a pair


def test_a_pair_within_one_namespace() -> None:
    facts = read({"a": [veth(2, "x", 3), veth(3, "y", 2)]})
    assert peers(facts) == {"a:x": "a:y", "a:y": "a:x"}
    assert facts["link", "a", "x"].requires == (netns_key("a"), link_key("a", "y"))


def test_a_pair_across_two_namespaces() -> None:
    facts = read({"a": [veth(2, "x", 5, nsid=0)], "b": [veth(5, "y", 2, nsid=9)]}, {("a", "b"): 0, ("b", "a"): 9})
    assert peers(facts) == {"a:x": "b:y", "b:y": "a:x"}


def test_indexes_that_repeat_in_other_namespaces_do_not_confuse_pairs() -> None:
    """Made alike, namespaces have alike indexes: all of these say "index 2 has its peer at 2"."""
    spaces = ["a", "b", "c", "d"]
    links = {
        "a": [veth(2, "e0", 2, nsid=1)],
        "b": [veth(2, "e0", 2, nsid=0)],
        "c": [veth(2, "e0", 2, nsid=3)],
        "d": [veth(2, "e0", 2, nsid=2)],
    }
    nsids = {(one, other): spaces.index(other) for one in spaces for other in spaces}
    assert peers(read(links, nsids)) == {"a:e0": "b:e0", "b:e0": "a:e0", "c:e0": "d:e0", "d:e0": "c:e0"}


def test_a_number_means_another_namespace_in_each_namespace() -> None:
    """For each of them the other end is in number 0."""
    links = {name: [veth(2, "e0", 2, nsid=0)] for name in ("a", "b", "c", "d")}
    nsids = {("a", "c"): 0, ("c", "a"): 0, ("b", "d"): 0, ("d", "b"): 0, ("a", "b"): 5, ("b", "c"): 6, ("a", "d"): 7}
    assert peers(read(links, nsids)) == {"a:e0": "c:e0", "c:e0": "a:e0", "b:e0": "d:e0", "d:e0": "b:e0"}


def test_a_pair_within_a_namespace_beside_one_that_leads_out_of_it_at_the_same_indexes() -> None:
    links = {"a": [veth(2, "x", 3), veth(3, "y", 2)], "b": [veth(2, "z", 3, nsid=4)]}
    assert peers(read(links, {("a", "b"): 1, ("b", "a"): 4})) == {"a:x": "a:y", "a:y": "a:x", "b:z": None}


def test_a_peer_out_of_sight_is_not_known() -> None:
    assert peers(read({"a": [veth(2, "x", 5, nsid=3)]})) == {"a:x": None}
    assert peers(read({"a": [veth(2, "x", 5, nsid=3)], "b": [veth(5, "y", 2, nsid=1)]}, {("a", "b"): 7})) == {
        "a:x": None,
        "b:y": None,
    }


def test_each_pair_of_namespaces_is_asked_about_once() -> None:
    count = 20
    links = {
        "a": [veth(2 + n, f"x{n}", 2 + n, nsid=0) for n in range(count)],
        "b": [veth(2 + n, f"y{n}", 2 + n, nsid=0) for n in range(count)],
    }
    host = Host(links, nsids={("a", "b"): 0})
    facts = {fact.key: fact for fact in observe_links(Reader(host), ["a", "b"])}  # type: ignore[arg-type]
    assert host.asked == [("a", "b")]
    assert peers(facts)["a:x7"] == "b:y7"


def test_a_vlan_over_a_link_of_another_namespace_is_no_pair() -> None:
    vlan = link(2, "v", info=[("IFLA_INFO_KIND", "vlan")], IFLA_LINK=5, IFLA_LINK_NETNSID=0)
    assert peers(read({"a": [vlan], "b": [veth(5, "y", 2, nsid=0)]}, {("a", "b"): 0})) == {"a:v": None, "b:y": None}


# -- addresses


def addresses(*messages: bytes) -> list[Fact]:
    host = Host({"a": [link(1, "lo"), link(2, "e0")]}, {"a": list(messages)})
    with mock.patch.object(netns_address.time, "clock_gettime", lambda clock: 500.0):
        return list(KIND["netns_address"].observe(Reader(host), ["a"], ()))  # type: ignore[arg-type]


def address(local: str | None, remote: str, preferred: int = 0xFFFFFFFF, **more: t.Any) -> bytes:
    family = 10 if ":" in remote else 2
    header = {"family": family, "prefixlen": 24, "scope": more.pop("scope", 0), "index": 2, "flags": 0}
    cache = {"ifa_valid": 0xFFFFFFFF, "ifa_preferred": preferred, "cstamp": 40000, "tstamp": 40000}
    attrs = [*([("IFA_LOCAL", local)] if local else []), ("IFA_ADDRESS", remote), ("IFA_CACHEINFO", cache)]
    return nl.encode("ifaddrmsg", header, attrs + list(more.items()))


def test_an_ipv4_address_is_read() -> None:
    (fact,) = addresses(
        address(
            "10.0.0.1",
            "10.0.0.1",
            scope=253,
            IFA_BROADCAST="10.0.0.255",
            IFA_LABEL="e0:1",
            IFA_FLAGS=0x200 | 0x80 | 1,
            IFA_RT_PRIORITY=7,
        )
    )
    assert fact.key == ("address", "a", "e0", "10.0.0.1", "24", "")
    assert fact.requires == (link_key("a", "e0"),)
    assert fact.values == {
        "prefixlen": 24,
        "peer": None,
        "noprefixroute": True,
        "metric": 7,
        "valid_lft": "forever",
        "preferred_lft": "forever",
        "broadcast": "10.0.0.255",
        "scope": "link",
        "label": "e0:1",
        "secondary": True,
    }


def test_a_peer_is_told_by_a_remote_address_that_differs() -> None:
    (fact,) = addresses(address("10.0.0.1", "10.0.0.2"))
    assert fact.key[3:] == ("10.0.0.1", "24", "10.0.0.2")
    assert fact.values["peer"] == "10.0.0.2"


@pytest.mark.parametrize(("local", "peer"), [(None, None), ("2001:db8::1", "2001:db8::2")])
def test_an_ipv6_address_is_read_with_and_without_a_peer(local: str | None, peer: str | None) -> None:
    (fact,) = addresses(address(local, peer or "2001:db8::1", IFA_FLAGS=2))
    assert fact.key == ("address", "a", "e0", "2001:db8::1")
    assert (fact.values["peer"], fact.values["nodad"], fact.values["lost_when_down"]) == (peer, True, True)
    assert "scope" not in fact.values


@pytest.mark.parametrize(
    ("left", "told"), [(900, 1000), (0xFFFFFFFF, "forever"), (0, 0)], ids=["running", "forever", "run out"]
)
def test_a_lifetime_is_told_as_it_was_set(left: int, told: object) -> None:
    """Set 100 seconds ago by the kernel's clock."""
    (fact,) = addresses(address(None, "2001:db8::1", preferred=left))
    assert (fact.values["valid_lft"], fact.values["preferred_lft"]) == ("forever", told)


# -- namespaces


def test_namespaces_are_read_with_the_processes_inside_and_files_that_are_none_too() -> None:
    host = Host({}, entries={"a": Entry(77, "77.1"), "b": Entry(78, "78.1"), "stale": Entry(0, "")})
    with mock.patch.object(netns, "processes_inside", lambda inodes: {77: [5, 6]} if 77 in inodes else {}):
        facts = list(KIND["netns"].observe(Reader(host), ["", "a", "b", "stale", "gone"], ()))  # type: ignore[arg-type]
    assert [(fact.key, fact.values["inode"], fact.values["processes"], fact.mark) for fact in facts] == [
        (("netns", "a"), 77, [5, 6], "77.1"),
        (("netns", "b"), 78, [], "78.1"),
        (("stale-netns", "stale"), 0, [], ""),
    ]
