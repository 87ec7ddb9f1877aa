# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_ping against ping itself, and against networks that are broken on purpose."""

from __future__ import annotations

import re
import shlex
import time
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute

# h1 - r - h2, and what is behind them; the second cable takes 1400 bytes.
ROUTED = """
ip netns add h1; ip netns add r; ip netns add h2
for n in h1 r h2; do ip -n $n link set lo up; done
ip -n h1 link add eth0 type veth peer name eth0 netns r
ip -n h2 link add eth0 mtu 1400 type veth peer name eth1 mtu 1400 netns r
ip -n h1 addr add 10.1.0.1/24 dev eth0; ip -n r addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.2.0.2/24 dev eth1; ip -n h2 addr add 10.2.0.1/24 dev eth0
ip -n h1 addr add 2001:db8:1::1/64 dev eth0 nodad; ip -n r addr add 2001:db8:1::2/64 dev eth0 nodad
ip -n r addr add 2001:db8:2::2/64 dev eth1 nodad; ip -n h2 addr add 2001:db8:2::1/64 dev eth0 nodad
ip netns exec r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
for n in h1 r h2; do ip -n $n link set eth0 up; done; ip -n r link set eth1 up
ip -n h1 route add default via 10.1.0.2; ip -n h2 route add default via 10.2.0.2
ip -n h1 route add default via 2001:db8:1::2; ip -n h2 route add default via 2001:db8:2::2
ip -n r route add unreachable 10.9.1.0/24; ip -n r route add prohibit 10.9.2.0/24
ip -n r route add prohibit 2001:db8:9::/64
"""
# Three members of a bridge, each port in the own namespace.
BRIDGED = """
ip link add br0 up type bridge
for i in 1 2 3; do
  ip netns add h$i; ip -n h$i link set lo up
  ip link add p$i master br0 type veth peer name eth0 netns h$i; ip link set p$i up
  ip -n h$i addr add 10.0.0.$i/24 dev eth0; ip -n h$i link set eth0 up
done
"""
HOSTS = [{"namespace": "h[1:3]", "address": "10.0.0.0/24[1:3]"}]
FAST = {"interval": 0.01, "timeout": 0.5}


class Statistics(t.NamedTuple):
    """What ping prints at the end."""

    sent: int
    received: int
    loss: float
    times: list[float]
    output: str


def by_ping(lab: Lab, namespace: str, destination: str, *words: str) -> Statistics:
    command = ["ip", "netns", "exec", namespace, "ping", "-n", *words, destination]
    output = lab.alone(shlex.join(command) + " 2>&1 || :")
    found = re.search(r"(\d+) packets transmitted, (\d+) received.* ([\d.]+)% packet loss", output)
    assert found, output
    times = re.search(r"= ([\d.]+)/([\d.]+)/([\d.]+)/([\d.]+) ms", output)
    return Statistics(
        int(found[1]), int(found[2]), float(found[3]), [float(word) for word in times.groups()] if times else [], output
    )


def ping(lab: Lab, *, fails: bool = False, check: bool = False, **options: t.Any) -> Result:
    """Runs the module, which changes nothing."""
    before = lab.exact()
    result = execute("netns_ping", options, check=check)
    lab.same(before, lab.exact(), "netns_ping changes nothing")
    assert result.failed == fails, result.answer.get("report", result.msg)
    assert not result.changed
    return result


def one(lab: Lab, namespace: str, destination: str, **options: t.Any) -> dict[str, t.Any]:
    """The result of one pair, whether it is as expected or not."""
    check = {"namespace": namespace, "destination": destination, **options}
    result = execute("netns_ping", {"checks": [check]})
    (found,) = result.answer["results"]
    return t.cast("dict[str, t.Any]", found)


def settled(lab: Lab, *namespaces: str) -> None:
    """Every interface has carrier, every port forwards, and every address can be used."""
    def is_settled() -> bool:
        links = [link for name in ("", *namespaces) for link in lab.ip(name, "link", "show")]
        states = {link.get("linkinfo", {}).get("info_slave_data", {}).get("state", "forwarding") for link in links}
        cabled = [link for link in links if link["ifname"] != "lo"]
        addressed = [link for name in ("", *namespaces) for link in lab.ip(name, "address", "show")]
        is_usable = not any(info.get("tentative") for link in addressed for info in link["addr_info"])
        return states == {"forwarding"} and all(link["operstate"] == "UP" for link in cabled) and is_usable

    assert eventually(is_settled, seconds=10)


# -- ping is the oracle


@pytest.mark.parametrize("destination", ["10.2.0.1", "2001:db8:2::1"])
def test_a_good_path_is_as_ping_sees_it(lab: Lab, destination: str) -> None:
    lab.alone(ROUTED)
    settled(lab, "h1", "h2", "r")
    by_ping(lab, "h1", destination, "-c", "2", "-W", "3")  # the first ones wait for the neighbours
    expected = by_ping(lab, "h1", destination, "-c", "20", "-i", "0.01")
    found = one(lab, "h1", destination, count=20, interval=0.01)
    assert (found["sent"], found["received"], found["loss"]) == (20, 20, 0.0)
    assert (expected.sent, expected.received, expected.loss) == (20, 20, 0.0)
    rtt = found["rtt"]
    assert 0 < rtt["min"] <= rtt["avg"] <= rtt["max"]
    # On a machine at work only the shortest time says something of the path.
    assert rtt["min"] < 10 * expected.times[0] + 1 and expected.times[0] < 10 * rtt["min"] + 1


@pytest.mark.parametrize(
    ("family", "protocol", "destination"), [("ip", "icmp", "10.2.0.1"), ("ip6", "icmpv6", "2001:db8:2::1")]
)
def test_a_lossy_path_is_as_ping_sees_it(lab: Lab, family: str, protocol: str, destination: str) -> None:
    lab.alone(ROUTED)
    settled(lab, "h1", "h2", "r")
    lab.alone(
        f"ip netns exec h2 nft 'add table {family} t; add chain {family} t in {{ type filter hook input priority 0; }};"
        f" add rule {family} t in {protocol} type echo-request numgen inc mod 4 0 drop'"
    )
    expected = by_ping(lab, "h1", destination, "-c", "8", "-i", "0.01", "-W", "1")
    found = one(lab, "h1", destination, count=8, **FAST)
    assert (found["sent"], found["received"], found["loss"]) == (expected.sent, expected.received, expected.loss)
    assert found["loss"] == 25.0 and found["reachable"] and not found["ok"] and found["reason"] == "timeout"
    assert one(lab, "h1", destination, count=8, max_loss=25, **FAST)["ok"]
    assert not one(lab, "h1", destination, count=8, reachable=False, **FAST)["ok"]


# Destination, how ping is told, how the module is; the reason, ping's words, and who says so.
TOO_BIG: dict[str, t.Any] = {"dont_fragment": True, "size": 1400}
REFUSALS: list[tuple[str, str, dict[str, t.Any], str, str, str]] = [
    ("10.9.1.1", "", {}, "host unreachable", "From 10.1.0.2 .*Destination Host Unreachable", "10.1.0.2"),
    ("10.9.2.1", "", {}, "prohibited", "From 10.1.0.2 .*Packet filtered", "10.1.0.2"),
    ("10.7.7.7", "", {}, "no route", "From 10.1.0.2 .*Destination Net Unreachable", "10.1.0.2"),
    ("2001:db8:9::1", "", {}, "prohibited", "Administratively prohibited", "2001:db8:1::2"),
    ("2001:db8:7::1", "", {}, "no route", "Destination unreachable: No route", "2001:db8:1::2"),
    ("10.2.0.1", "-t 1", {"ttl": 1}, "ttl exceeded", "Time to live exceeded", "10.1.0.2"),
    ("2001:db8:2::1", "-t 1", {"ttl": 1}, "ttl exceeded", "Time exceeded: Hop limit", "2001:db8:1::2"),
    ("10.2.0.1", "-M do -s 1400", TOO_BIG, "frag needed", r"mtu ?= ?1400", "10.1.0.2"),
    ("2001:db8:2::1", "-M do -s 1400", TOO_BIG, "frag needed", r"mtu ?= ?1400", "2001:db8:1::2"),
]


def test_a_refusal_on_the_way_is_as_ping_sees_it(lab: Lab) -> None:
    lab.alone(ROUTED)
    # Routers answer no more often than once a second and to each, unless they are told to.
    for setting in ("ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit"):
        lab.alone(f"ip netns exec r sh -c 'echo 0 >/proc/sys/net/{setting}'")
    settled(lab, "h1", "h2", "r")
    for destination, words, options, reason, said, by in REFUSALS:
        found = one(lab, "h1", destination, count=1, **options)
        # The kernel has learned the MTU of the path from it, and would not even send.
        lab.alone("ip -n h1 route flush cache; ip -n h1 -6 route flush cache")
        # A router has tokens for five answers at once, and gets one a second (ip_error()).
        told_by_ping = [by_ping(lab, "h1", destination, "-c", "1", "-W", "1", *words.split())]
        while not re.search(said, told_by_ping[-1].output) and len(told_by_ping) < 5:
            time.sleep(1)
            told_by_ping.append(by_ping(lab, "h1", destination, "-c", "1", "-W", "1", *words.split()))
        expected = told_by_ping[-1]
        assert re.search(said, expected.output), expected.output
        assert (found["sent"], found["received"], found["loss"]) == (expected.sent, expected.received, expected.loss)
        assert (found["reason"], found["by"], found["errors"]) == (reason, by, 1)
        told = found["message"].split(": ", 1)[1].partition(" (")[0].partition(": mtu")[0]
        assert told in expected.output
        assert found.get("mtu") == (1400 if reason == "frag needed" else None)


@pytest.mark.parametrize("destination", ["10.3.0.1", "2001:db8:3::1"])
def test_what_the_kernel_does_not_even_send(lab: Lab, destination: str) -> None:
    lab.alone(ROUTED)
    lab.alone("ip -n h1 route del default; ip -n h1 -6 route del default")
    found = one(lab, "h1", destination, count=2, interval=0)
    assert (found["reason"], found["sent"], found["received"], found["errors"]) == ("no route", 2, 0, 2)
    assert "Network is unreachable" in lab.alone(f"ip netns exec h1 ping -c 1 {destination} 2>&1 || :")
    lab.alone(f"ip -n h1 route add prohibit {destination}")
    assert one(lab, "h1", destination, count=1)["reason"] == "prohibited"


def test_what_does_not_fit_into_the_own_interface_is_told_with_its_mtu(lab: Lab) -> None:
    lab.alone(ROUTED)
    settled(lab, "h1", "h2", "r")
    for destination, fits in (("10.1.0.2", 1472), ("2001:db8:1::2", 1452)):
        assert one(lab, "h1", destination, count=1, size=fits, dont_fragment=True)["ok"]
        found = one(lab, "h1", destination, count=1, size=fits + 1, dont_fragment=True)
        assert (found["reason"], found["mtu"], found["received"]) == ("frag needed", 1500, 0)
        assert one(lab, "h1", destination, count=1, size=fits + 1)["ok"]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 56, 4000, 65507])
def test_any_size_is_answered(lab: Lab, size: int) -> None:
    lab.alone("ip link set lo up")
    assert one(lab, "", "127.0.0.1", size=size, count=2, interval=0)["received"] == 2
    assert one(lab, "", "::1", size=size, count=2, interval=0)["received"] == 2


def test_source_and_interface_are_used(lab: Lab) -> None:
    lab.alone(ROUTED)
    lab.alone("ip -n h1 addr add 10.1.0.9/24 dev eth0; ip -n r addr add fe80::2/64 dev eth0 nodad")
    settled(lab, "h1", "h2", "r")
    lab.alone(
        "ip netns exec r nft 'add table ip t; add chain ip t in { type filter hook input priority 0; };"
        " add rule ip t in ip saddr 10.1.0.9 drop'"
    )
    assert one(lab, "h1", "10.1.0.2", count=1)["ok"]
    assert one(lab, "h1", "10.1.0.2", count=1, source="10.1.0.9", **FAST)["reason"] == "timeout"
    assert one(lab, "h1", "10.1.0.2", count=1, source="10.1.0.77")["reason"] == "no address"
    assert one(lab, "h1", "10.1.0.2", count=1, interface="eth0")["ok"]
    assert one(lab, "h1", "10.1.0.2", count=1, interface="eth9")["reason"] == "no interface"
    assert eventually(lambda: one(lab, "h1", "fe80::2", count=1, interface="eth0", **FAST)["ok"])


def test_a_ping_beside_it_is_not_taken_for_its_own(lab: Lab) -> None:
    lab.alone(ROUTED)
    settled(lab, "h1", "h2", "r")
    lab.alone("ip netns exec h1 ping -q -c 200 -i 0.005 10.2.0.1 >/dev/null 2>&1 & ")
    for _round in range(5):
        found = one(lab, "h1", "10.2.0.1", count=10, interval=0.01)
        assert (found["received"], "duplicates" in found) == (10, False)


# -- isolation


def test_each_way_to_part_two_members_turns_the_expectation_and_names_the_cause(lab: Lab) -> None:
    lab.alone(BRIDGED)
    ping(lab, matrix=[{"to": HOSTS}], settle_timeout=10, count=1)
    checks = [{"namespace": "h1", "destination": "h2"}, {"namespace": "h2", "destination": "10.0.0.1"}]
    apart = [{**check, "reachable": False} for check in checks]
    for broken, mended, cause in (
        (
            "for p in p1 p2; do ip link set $p type bridge_slave isolated on; done",
            "for p in p1 p2; do ip link set $p type bridge_slave isolated off; done",
            r"ports p[12] and p[12] of bridge br0 are both isolated",
        ),
        ("ip -n h1 route del 10.0.0.0/24", "ip -n h1 route add 10.0.0.0/24 dev eth0", None),
        ("ip link set p1 down", "ip link set p1 up", "h1:eth0 has no carrier, because its peer p1 is down"),
        ("ip -n h1 link set eth0 down", "ip -n h1 link set eth0 up", r"h1:eth0 is down"),
        ("ip link set p1 nomaster", "ip link set p1 master br0", "the other end of h1:eth0, is a port of no bridge"),
        ("ip link set br0 down", "ip link set br0 up", "bridge br0 is down"),
    ):  # fmt: skip
        lab.alone(broken)
        result = ping(lab, checks=checks, count=1, timeout=0.4, fails=True)
        assert result.answer["pairs"] == 2 and len(result.answer["differences"]) == 2
        for line in result.answer["differences"]:
            assert cause is None or re.search(cause, line), f"{broken}: {line}"
            assert line in result.msg and line in result.answer["report"]
        ping(lab, checks=apart, count=1, timeout=0.4)
        lab.alone(mended)
        assert eventually(
            lambda: not execute("netns_ping", {"checks": checks, "count": 1, "timeout": 1, "settle_timeout": 5}).failed,
            seconds=15,
        ), broken
        result = ping(lab, checks=apart, count=1, fails=True)
        assert "p1 and p2 are ports of the same bridge br0" in result.msg


def test_a_missing_route_back_and_a_router_that_does_not_forward_are_named(lab: Lab) -> None:
    lab.alone(ROUTED)
    settled(lab, "h1", "h2", "r")
    check = [{"namespace": "h1", "destination": "10.2.0.1"}]
    lab.alone("ip -n h2 route del default")
    assert "h2 has no route back to 10.1.0.1" in ping(lab, checks=check, count=1, timeout=0.3, fails=True).msg
    lab.alone("ip -n h2 route add default via 10.2.0.2; ip netns exec r sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'")
    assert "r does not forward" in ping(lab, checks=check, count=1, timeout=0.3, fails=True).msg
    lab.alone("ip -n h2 address del 10.2.0.1/24 dev eth0")
    msg = ping(lab, checks=check, count=1, timeout=0.3, fails=True).msg
    assert "no namespace of this host has the address 10.2.0.1" in msg


# -- many


def test_a_full_matrix_with_one_dead_member_is_reported_exactly(lab: Lab) -> None:
    """1,056 pairs, more than there is room for neighbours; of 64 the dead one is a part."""
    members = 33
    topology: dict[str, t.Any] = {
        "name": "many",
        "netns": [{"name": f"h[1:{members}]"}],
        "bridge": [{"name": "br0"}],
        "veth": [{"name": f"p[1:{members}]", "peer": {"name": "eth0", "namespace": f"h[1:{members}]"}}],
        "bridge_port": [{"bridge": "br0", "interface": f"p[1:{members}]"}],
        "netns_address": [
            {"namespace": f"h[1:{members}]", "interface": "eth0", "address": f"10.0.0.0/24[1:{members}]"}
        ],
    }
    assert not execute("topology", topology).failed
    matrix = [{"topology": "many"}]
    result = execute("netns_ping", {"matrix": matrix, "settle_timeout": 20, "timeout": 10})
    assert not result.failed, result.msg
    assert result.answer["pairs"] == members * (members - 1)
    assert result.answer["results"] == []
    lab.alone("ip link set p7 down")
    result = execute("netns_ping", {"matrix": matrix, "count": 1, "timeout": 4})
    differing = {(found["namespace"], found["destination"]) for found in result.answer["results"]}
    others = [number for number in range(1, members + 1) if number != 7]
    assert differing == {("h7", f"10.0.0.{n}") for n in others} | {(f"h{n}", "10.0.0.7") for n in others}
    assert all("because its peer p7 is down" in line for line in result.answer["differences"])
    assert "and 44 more" in result.msg


def test_neighbours_of_before_stay_and_those_of_a_large_matrix_go(lab: Lab) -> None:
    members = 24
    lab.alone("ip link add br0 up type bridge")
    for number in range(1, members + 1):
        lab.alone(
            f"ip netns add h{number}; ip link add p{number} up master br0 type veth peer name eth0 netns h{number};"
            f"ip -n h{number} addr add 10.0.0.{number}/24 dev eth0; ip -n h{number} link set eth0 up"
        )
    settled(lab, "h1", f"h{members}")
    lab.alone("ip -n h1 neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev eth0 nud permanent")
    lab.alone("ip netns exec h1 ping -c 1 10.0.0.2")
    to = [{"namespace": f"h[1:{members}]", "address": f"10.0.0.0/24[1:{members}]"}]
    result = execute("netns_ping", {"matrix": [{"to": to}], "count": 1, "timeout": 4})
    assert {found["destination"] for found in result.answer["results"] if found["namespace"] == "h1"} == {"10.0.0.5"}
    assert {entry["dst"] for entry in lab.ip("h1", "neigh", "show")} >= {"10.0.0.2", "10.0.0.5"}
    left = sum(len(lab.ip(f"h{number}", "-4", "neigh", "show")) for number in range(2, members + 1))
    assert left < members * (members - 1), left


# -- settling


def test_it_waits_for_the_spanning_tree_within_a_bound(lab: Lab) -> None:
    lab.alone("ip link add br0 up type bridge stp_state 1 forward_delay 200")
    lab.alone(BRIDGED.split("\n", 2)[2])
    check = [{"namespace": "h1", "destination": "h2"}]
    assert eventually(lambda: lab.port("", "p1").get("state") in ("listening", "learning"), seconds=10)
    result = ping(lab, checks=check, count=1, timeout=0.1, settle_timeout=0.2, fails=True)
    assert re.search(r"port p[12] of bridge br0 is in state (listening|learning)", result.msg), result.msg
    assert "not settled within 0.2 seconds" in result.answer["report"]
    ping(lab, checks=check, count=1, settle_timeout=20)


def test_it_waits_for_ipv6_addresses(lab: Lab) -> None:
    lab.alone(BRIDGED + "for i in 1 2; do ip -n h$i addr add 2001:db8::$i/64 dev eth0; done")
    start = time.monotonic()
    ping(lab, checks=[{"namespace": "h1", "destination": "2001:db8::2"}], count=1, settle_timeout=20)
    assert time.monotonic() - start < 15


# -- what it takes


def test_check_mode_pings_but_skips_what_is_still_to_be_made(lab: Lab) -> None:
    lab.alone("ip netns add h1; ip -n h1 link set lo up")
    checks = [{"namespace": "h1", "destination": "127.0.0.1"}]
    assert ping(lab, checks=checks, count=1, check=True).answer["pairs"] == 1
    for options, missing in (
        ({"checks": [*checks, {"namespace": "h9", "destination": "127.0.0.1"}]}, "namespace h9"),
        ({"matrix": [{"topology": "lab9"}]}, "topology lab9"),
    ):
        skipped = ping(lab, check=True, **options)
        assert skipped.answer["skipped"] and missing in skipped.msg
        assert missing in ping(lab, fails=True, **options).msg
    assert lab.namespaces() == ["h1"]


def test_a_namespace_without_an_address_is_not_reachable(lab: Lab) -> None:
    lab.alone("ip netns add h1; ip netns add h2")
    result = ping(lab, checks=[{"namespace": "h1", "destination": "h2"}], fails=True)
    assert "h1 -> h2: not reachable (no address); look at: h2 has no address" in result.msg
    ping(lab, checks=[{"namespace": "h1", "destination": "h2", "reachable": False}])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "there is nothing to check"),
        ({"checks": [{"destination": "10.0.0.1/"}]}, "is not an address"),
        ({"checks": [{"destination": "a/b"}]}, "neither an address nor the name of a namespace"),
        ({"checks": [{"destination": "224.0.0.1"}]}, "is no address of one host"),
        ({"checks": [{"destination": "fe80::1"}]}, "give it an interface"),
        ({"checks": [{"destination": "10.0.0.1", "source": "::1"}]}, "of different families"),
        ({"checks": [{"destination": "10.0.0.1", "namespace": "a/b"}]}, "is a path"),
        ({"checks": [{"destination": "10.0.0.1", "interface": "x y"}]}, "the kernel does not take"),
        ({"checks": [{"destination": "10.0.0.1", "count": 0}]}, "count is 0; it must be from 1"),
        ({"checks": [{"destination": "10.0.0.1", "size": 70000}]}, "size is 70000; it must be from 0 to 65507"),
        ({"checks": [{"destination": "10.0.0.1", "ttl": 256}]}, "ttl is 256"),
        ({"checks": [{"destination": "10.0.0.1", "interval": -1}]}, "interval is -1"),
        ({"checks": [{"destination": "10.0.0.1", "timeout": float("nan")}]}, "timeout is nan"),
        ({"checks": [{"destination": "10.0.0.1", "max_loss": 100}]}, "max_loss is 100"),
        ({"checks": [{"destination": "10.0.0.0/24[1:3]", "namespace": "h[1:2]"}]}, "its ranges differ in length"),
        ({"matrix": [{}]}, "it needs either a topology or to"),
        ({"matrix": [{"to": []}]}, "to is an empty list"),
        ({"matrix": [{"topology": "../x"}]}, "cannot be a file's name"),
        ({"checks": [{"destination": "10.0.0.1"}], "settle_timeout": -1}, "settle_timeout is -1"),
    ],
)
def test_bad_input_is_one_sentence(lab: Lab, options: dict[str, t.Any], said: str) -> None:
    msg = ping(lab, fails=True, **options).msg
    assert said in msg and "\n" not in msg, msg
