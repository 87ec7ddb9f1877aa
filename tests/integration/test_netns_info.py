# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_info: what it tells, held against iproute2."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import typing as t
from collections import Counter
from pathlib import Path

import pytest
import yaml

from ansible_collections.netns.lab.plugins.modules import netns_info
from ansible_collections.netns.lab.tests.integration.helpers import told_by_ip
from ansible_collections.netns.lab.tests.integration.helpers.campus import campus
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute, launch, result_of
from ansible_collections.netns.lab.tests.integration.helpers.state import OWN, Json
from ansible_collections.netns.lab.tests.integration.test_whole_way import drop_capabilities

# What the campus has not: of each subset something more.
BY_HAND = r"""
ip -n n3 address add 10.3.0.1 peer 10.3.0.2/32 dev eth0 label eth0:p scope link
ip -n n3 address add 10.3.1.1/24 broadcast + dev eth0 valid_lft 9000 preferred_lft 8000 metric 7 noprefixroute
ip -n n3 address add fd03::1/64 dev eth0 preferred_lft 0 nodad
ip -n n3 address add fd03::2/64 dev eth0
ip -n n3 route add 198.18.0.0/15 via inet6 fe80::1 dev eth0 mtu 1400
ip -n n3 route add default table 100 via 10.0.0.1 src 10.0.0.4 proto bird metric 5 onlink dev eth0
ip -n n3 route add unreachable fd97::/16 metric 9
ip -n n3 route add prohibit 198.51.100.7
ip -n n3 rule add from 10.3.0.0/24 to 10.9.0.1 iif eth0 fwmark 3/0xff priority 77 table 100
ip -n n3 rule add not from 10.4.0.0/16 ipproto udp sport 5-9 dport 53 priority 78 prohibit
ip -n n3 rule add uidrange 5-7 suppress_prefixlength 0 priority 79 table main
ip -n n3 rule add priority 80 goto 32766
ip -n n3 -6 rule add from fd03::/64 oif eth0 priority 81 table 5
ip -n n3 neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev eth0
ip -n n3 neigh add fd00::77 lladdr 02:00:00:00:00:78 nud reachable router dev eth0
ip -n n3 neigh add proxy 10.0.0.78 dev eth0
bridge fdb add 02:00:00:00:00:99 dev p3 master static
bridge fdb add 02:00:00:00:00:98 dev p4 master permanent sticky
ip link set dev lan type bridge group_fwd_mask 8
ip -n n5 link set dev eth0 down
ip -n n6 link set dev eth0 arp off promisc on group 7
ip link add name vx type vxlan id 7 dstport 4789 dev lan
ip link set dev vx up
bridge fdb append 00:00:00:00:00:00 dev vx dst 10.0.0.9 port 4790 vni 8 via lan
ip link add name mv link lan type macvlan mode bridge
ip link set dev mv netns n7
"""

FAMILIES = {"inet": "-4", "inet6": "-6"}


def info(**options: t.Any) -> Json:
    """What the module answers, a check run too."""
    result = execute("netns_info", options)
    assert not result.failed, result.msg
    assert not result.changed
    return result.answer


def one(**options: t.Any) -> Json:
    """The only namespace that it tells of."""
    (found,) = info(**options)["namespaces"]
    return t.cast(Json, found)


def names(answer: Json) -> list[str | None]:
    return [found["name"] for found in answer["namespaces"]]


def difference(told: t.Iterable[Json], expected: t.Iterable[Json]) -> tuple[list[str], list[str]]:
    """What is only told and what is only expected, by the words that iproute2 has too."""
    expected = list(expected)
    words = set().union(*expected)
    alike = Counter(_canonical({word: value for word, value in found.items() if word in words}) for found in told)
    wanted = Counter(_canonical(found) for found in expected)
    return list((alike - wanted).elements()), list((wanted - alike).elements())


def _canonical(found: Json) -> str:
    def plain(value: t.Any, word: str = "") -> t.Any:
        if isinstance(value, dict):
            return {word: plain(inner, word) for word, inner in value.items()}
        if isinstance(value, (list, set)):
            parts = [plain(inner) for inner in value]
            return sorted(parts) if word == "flags" else parts
        if word in ("valid_lft", "preferred_lft") and value != "forever":
            return -(-value // 300)  # some seconds pass in between
        if word == "state" and value in _PASSING:
            return "in turn"
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return json.dumps(plain(found), sort_keys=True)


# States of neighbours between which time alone changes.
_PASSING = {"reachable", "stale", "delay", "probe"}
SAME: tuple[list[str], list[str]] = ([], [])


@pytest.fixture
def rich(lab: Lab) -> Lab:
    result = execute("topology", {"name": "campus", **campus("first")})
    assert not result.failed, result.msg
    lab.alone(BY_HAND)
    # Nothing that comes of itself is to come in between.
    assert eventually(lambda: not any(_is_tentative(lab, f"n{number}") for number in range(20)), seconds=20)
    return lab


def _is_tentative(lab: Lab, namespace: str) -> bool:
    return "tentative" in json.dumps(lab.ip(namespace, "address"))


def test_everything_is_told_as_iproute2_tells_it(rich: Lab) -> None:
    before = rich.exact()
    answer = info(own=True, table="all")
    rich.same(before, rich.exact(), "it only looked")
    assert names(answer) == [None, *sorted(f"n{number}" for number in range(20))]
    for found in answer["namespaces"]:
        namespace = found["name"] or OWN
        where = [] if namespace == OWN else ["-n", namespace]
        assert difference(found["links"], map(told_by_ip.link, rich.ip(namespace, "link"))) == SAME, namespace
        assert (
            difference(
                found["addresses"],
                (address for link in rich.ip(namespace, "address") for address in told_by_ip.addresses(link)),
            )
            == SAME
        ), namespace
        routes = [
            told_by_ip.route(route, family)
            for family, option in FAMILIES.items()
            for route in rich.ip(namespace, option, "route", "show", "table", "all")
        ]
        assert difference(found["routes"], routes) == SAME, namespace
        rules = [
            told_by_ip.rule(rule, family)
            for family, option in FAMILIES.items()
            for rule in rich.ip(namespace, option, "rule")
        ]
        assert difference(found["rules"], rules) == SAME, namespace
        neighbors = [
            told_by_ip.neighbor(neighbor, bool(proxy))
            for proxy in ([], ["proxy"])
            for neighbor in rich.ip(namespace, "neigh", "show", *proxy)
        ]
        assert difference(found["neighbors"], neighbors) == SAME, namespace
        entries = json.loads(rich.alone(" ".join(["bridge", *where, "-j", "fdb"])) or "[]")
        assert difference(found["fdb"], map(told_by_ip.fdb, entries)) == SAME, namespace
    # That the comparison was of something.
    third = next(found for found in answer["namespaces"] if found["name"] == "n3")
    assert {route["gateway"] for route in third["routes"]} >= {"fe80::1", "10.0.0.1"}
    assert [rule["fwmask"] for rule in third["rules"] if rule["priority"] == 77] == [0xFF]
    assert {neighbor["proxy"] for neighbor in third["neighbors"]} == {True, False}


def test_other_ends_are_told_by_name_and_namespace(rich: Lab) -> None:
    answer = info(gather_subset=["links"])
    told = {(found["name"], link["name"]): link["peer"] for found in answer["namespaces"] for link in found["links"]}
    for namespace, name in (("n0", "eth0"), ("n3", "x3"), ("n13", "y3")):
        assert (told[namespace, name]["namespace"] or OWN, told[namespace, name]["name"]) == rich.peer(namespace, name)
    assert told["n10", "sw"] is None
    # Of a namespace alone, too, and from the own one.
    assert {link["name"]: link["peer"] for link in one(namespaces=["n3"])["links"]}["x3"] == told["n3", "x3"]
    own = {link["name"]: link["peer"] for link in one(namespaces=[], own=True)["links"]}
    assert (own["p3"]["namespace"], own["p3"]["name"]) == ("n3", "eth0")
    macvlan = next(link for link in one(namespaces=["n7"])["links"] if link["name"] == "mv")
    assert (macvlan["link"]["namespace"], macvlan["link"]["name"], macvlan["peer"]) == (None, "lan", None)


def test_ends_of_the_same_index_everywhere_are_told_apart(lab: Lab) -> None:
    count = 12
    lab.alone(
        "\n".join(
            f"ip netns add a{n}; ip netns add b{n}; ip -n a{n} link add name eth0 type veth peer name eth0 netns b{n}"
            for n in range(count)
        )
    )
    found = {entry["name"]: entry["links"][1] for entry in info(gather_subset=["links"])["namespaces"]}
    assert len({(link["index"], link["peer"]["index"]) for link in found.values()}) == 1
    for number, (here, there) in itertools.product(range(count), ("ab", "ba")):
        peer = found[f"{here}{number}"]["peer"]
        assert (peer["name"], peer["namespace"]) == ("eth0", f"{there}{number}")


def documented() -> Json:
    return t.cast(Json, yaml.safe_load(netns_info.RETURN))


def undocumented(found: t.Any, documentation: Json, where: str) -> t.Iterator[str]:
    """Where an answer and its documentation part."""
    for name in found.keys() - documentation.keys():
        yield f"{where}{name} is not documented"
    for name, entry in documentation.items():
        if name not in found:
            if entry["returned"] == "always":
                yield f"{where}{name} is missing"
            continue
        value = found[name]
        kinds = {
            "str": str,
            "int": int,
            "bool": bool,
            "list": list,
            "dict": dict,
            "float": (int, float),
            "raw": (int, str),
        }
        if value is not None and (
            not isinstance(value, kinds[entry["type"]]) or (entry["type"] == "int") is True is value
        ):
            yield f"{where}{name} is {value!r}"
        for part in value if isinstance(value, list) else [value]:
            if "contains" in entry and part is not None:
                yield from undocumented(part, entry["contains"], f"{where}{name}.")


def test_the_same_message_means_another_link_in_another_namespace(lab: Lab) -> None:
    for name, link in (("n1", "east"), ("n2", "west")):
        lab.sh(
            f"""
            ip netns add {name}
            ip -n {name} link add name {link} address 02:00:00:00:00:01 index 77 type bridge
            ip -n {name} link set dev {link} up
            ip -n {name} address add 10.3.0.1/24 dev {link}
            ip -n {name} neigh add 10.3.0.2 lladdr 02:00:00:00:00:02 dev {link}
            ip -n {name} route add 198.51.100.0/24 via 10.3.0.2 dev {link}
            ip -n {name} route add 203.0.113.0/24 nexthop dev {link} nexthop via 10.3.0.2 dev {link}
            """
        )
    for subset in (["all"], ["addresses", "routes", "neighbors", "fdb"]):
        told = execute("netns_info", {"gather_subset": subset}).answer["namespaces"]
        for found, link in zip(told, ("east", "west")):
            for objects in ("addresses", "routes", "neighbors", "fdb"):
                own = [seen for seen in found[objects] if seen["interface"] != "lo"]
                assert own, objects
                hops = [hop for seen in own for hop in seen.get("nexthops", ())]
                assert {seen["interface"] for seen in [*own, *hops] if seen["interface"]} == {link}


def test_everything_that_is_told_is_documented(rich: Lab) -> None:
    answer = info(own=True, as_topology=True, gather_subset=["all"], table="all")
    left = {name: value for name, value in answer.items() if name not in ("changed", "invocation")}
    assert sorted(set(undocumented(left, documented(), ""))) == []


def test_the_own_namespace_is_told_of_on_request(lab: Lab) -> None:
    lab.alone("ip netns add a1")
    assert names(info()) == ["a1"]
    answer = info(own=True)
    assert [(found["name"], found["own"]) for found in answer["namespaces"]] == [(None, True), ("a1", False)]
    assert names(info(namespaces=[], own=True)) == [None]
    # It may have a name, too.
    lab.alone("touch /run/netns/me; mount --bind /proc/self/ns/net /run/netns/me")
    assert [(found["name"], found["own"]) for found in info()["namespaces"]] == [("a1", False), ("me", True)]


def test_subsets_are_chosen_and_left_out(lab: Lab) -> None:
    lab.alone("ip netns add a1")
    always = {"name", "own", "stale", "inode", "nsid"}
    every = {"links", "addresses", "routes", "rules", "neighbors", "fdb", "processes"}
    for subset, expected in (
        (None, every),
        (["all"], every),
        (["min"], set()),
        ([], every),
        (["links", "rules"], {"links", "rules"}),
        (["!fdb", "!processes"], every - {"fdb", "processes"}),
        (["all", "!links"], every - {"links"}),
        (["!all"], set()),
    ):
        options = {} if subset is None else {"gather_subset": subset}
        assert one(**options).keys() - always == expected, subset
    assert "nsids" not in info(gather_subset=["links"])


def test_the_table_is_chosen(lab: Lab) -> None:
    lab.alone("ip netns add a1; ip -n a1 link set dev lo up; ip -n a1 route add blackhole 192.0.2.0/24 table 77")

    def tables(table: str) -> set[str]:
        found = one(gather_subset=["routes"], table=table)["routes"]
        return {route["table"] for route in found}

    assert tables("77") == {"77"}
    assert tables("local") == tables("255") == {"local"}
    assert tables("all") >= {"77", "local"}
    assert tables("4000000000") == set()
    assert one(gather_subset=["routes"])["routes"] == [] or tables("main") == {"main"}


def test_numbers_are_those_of_list_id(lab: Lab) -> None:
    lab.alone(
        "ip netns add a1; ip netns add a2; ip netns add a3; ip netns set a2 77;"
        "ip link add name x type veth peer name y netns a1"
    )
    answer = info(gather_subset=["nsids"])
    told = {entry["nsid"]: entry["name"] for entry in answer["nsids"]}
    expected = {entry["nsid"]: entry.get("name") for entry in lab.ip(OWN, "netns", "list-id")}
    assert told == expected
    assert told[77] == "a2"
    assert {found["name"]: found["nsid"] for found in answer["namespaces"]} == {
        "a1": next(nsid for nsid, name in expected.items() if name == "a1"),
        "a2": 77,
        "a3": None,
    }


@pytest.fixture
def sleepers(lab: Lab) -> t.Iterator[dict[str, int]]:
    """Processes: in a1, in a namespace without a name, and in the own one."""
    lab.alone("ip netns add a1; ip netns add a2; touch /run/netns/b1; mount --bind /run/netns/a1 /run/netns/b1")
    commands = {
        "a1": ["nsenter", "--net=/run/netns/a1"],
        "nowhere": ["unshare", "--net"],
        "own": [],
    }
    started = {where: subprocess.Popen([*command, "sleep", "600"]) for where, command in commands.items()}
    try:
        running = [Path(f"/proc/{process.pid}/comm") for process in started.values()]
        assert eventually(lambda: all(comm.read_text() == "sleep\n" for comm in running), seconds=20)
        yield {where: process.pid for where, process in started.items()}
    finally:
        for process in started.values():
            process.kill()
            process.wait()


def test_the_namespace_of_a_process_is_identified(lab: Lab, sleepers: dict[str, int]) -> None:
    found = info(pid=sleepers["a1"], gather_subset=["min"])
    assert names(found) == ["a1", "b1"]
    assert set(lab.alone(f"ip netns identify {sleepers['a1']}").split()) <= {"a1", "b1"}
    found = one(pid=sleepers["own"], gather_subset=["min"])
    assert (found["name"], found["own"]) == (None, True)
    found = one(pid=sleepers["nowhere"])
    assert (found["name"], found["own"]) == (None, False)
    assert sleepers["nowhere"] in found["processes"]
    assert [link["name"] for link in found["links"]] == ["lo"]
    assert found["inode"] == Path(f"/proc/{sleepers['nowhere']}/ns/net").stat().st_ino


def test_processes_are_told_as_ip_netns_pids_tells_them(lab: Lab, sleepers: dict[str, int]) -> None:
    found = {entry["name"]: entry["processes"] for entry in info(gather_subset=["processes"])["namespaces"]}
    assert found == {"a1": [sleepers["a1"]], "a2": [], "b1": [sleepers["a1"]]}
    assert [int(pid) for pid in lab.alone("ip netns pids a1").split()] == found["a1"]


def test_namespaces_without_a_name_are_told_of_on_request(lab: Lab, sleepers: dict[str, int]) -> None:
    lab.alone(f"ip link add name x type veth peer name y netns {sleepers['nowhere']}")
    assert names(info()) == ["a1", "a2", "b1"]
    found = info(unnamed=True)["namespaces"]
    (unnamed,) = [entry for entry in found if sleepers["nowhere"] in entry["processes"]]
    assert unnamed["name"] is None
    (end,) = [link for link in unnamed["links"] if link["name"] == "y"]
    assert (end["peer"]["name"], end["peer"]["namespace"]) == ("x", None)
    # Its inside stays out of sight unless it was asked for.
    (here,) = [link for link in one(namespaces=[], own=True)["links"] if link["name"] == "x"]
    assert here["peer"]["name"] is None and here["peer"]["nsid"] is not None


def test_a_name_that_is_no_namespace_is_stale(lab: Lab) -> None:
    lab.alone("ip netns add a1; touch /run/netns/broken; ln -s /nowhere /run/netns/gone; mkdir /run/netns/folder")
    found = {entry["name"]: entry for entry in info()["namespaces"]}
    assert {name for name, entry in found.items() if entry["stale"]} == {"broken", "gone", "folder"}
    assert (found["broken"]["inode"], found["broken"]["links"], found["broken"]["processes"]) == (None, [], [])


def test_a_namespace_that_does_not_exist_is_left_out(lab: Lab) -> None:
    lab.alone("ip netns add a1")
    assert names(info(namespaces=["a1", "a9", "a1"])) == ["a1"]
    assert names(info(namespaces=["a9"])) == []


def test_looking_makes_nothing(lab: Lab) -> None:
    before = lab.exact()
    for options in ({}, {"namespaces": ["a9"]}, {"as_topology": True}, {"unnamed": True, "own": True}):
        info(**options)
        assert lab.namespaces() == [] and not Path("/run/netns-lab").exists()
    lab.same(before, lab.exact(), "it only looked")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"namespaces": ["a/b"]}, "netns_info: the namespace name 'a/b' is a path"),
        ({"namespaces": [""]}, "netns_info: the namespace name is empty"),
        ({"gather_subset": ["link"]}, "netns_info: gather_subset 'link' is none of all, min, links, "),
        ({"gather_subset": ["!"]}, "netns_info: gather_subset '!' is none of "),
        ({"table": "mine"}, "netns_info: table 'mine' is none of main, default, local, no number, and no name in "),
        ({"table": "4294967296"}, "netns_info: table is 4294967296; it must be from 1 to "),
        ({"pid": 0}, "netns_info: pid is 0; it must be from 1 to "),
        ({"pid": 4194304}, "netns_info: there is no process 4194304"),
        ({"pid": 1, "own": True}, "netns_info: pid asks for one namespace; leave own and unnamed out"),
        ({"pid": 1, "as_topology": True}, "netns_info: pid asks whose namespace it is"),
        ({"pid": 1, "namespaces": ["a1"]}, "mutually exclusive"),
        ({"as_topology": True, "unnamed": True}, "netns_info: a topology has no place for namespaces without a name"),
    ],
)
def test_bad_input_is_an_error_that_says_what_to_do(lab: Lab, options: dict[str, t.Any], said: str) -> None:
    assert said in lab.fails("netns_info", **options)


def without_rights(**options: t.Any) -> t.Any:
    return result_of(launch([sys.executable], "netns_info", options, preexec=drop_capabilities).stdout)


def test_without_root_it_tells_what_anybody_may_see(lab: Lab) -> None:
    lab.alone("ip netns add a1; ip link add name br0 type bridge")
    result = without_rights(gather_subset=["min"])
    assert not result.failed, result.msg
    assert result.answer["namespaces"][0]["inode"] == one(gather_subset=["min"])["inode"]
    result = without_rights(namespaces=[], own=True, gather_subset=["all", "!processes"])
    assert not result.failed, result.msg
    assert [link["name"] for link in result.answer["namespaces"][0]["links"]] == ["lo", "br0"]
    for options in ({}, {"namespaces": ["a1"]}, {"as_topology": True}, {"unnamed": True, "gather_subset": ["min"]}):
        result = without_rights(**options)
        assert result.failed and "become: true" in result.msg and "\n" not in result.msg
