# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routed networks, each built with one call, that carry real packets."""

from __future__ import annotations

import json
import socket
import subprocess
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually

Json = dict[str, t.Any]
# A new namespace has the host's settings in part; whoever forwards says so.
ROUTER = {
    "net.ipv4.ip_forward": "1",
    "net.ipv6.conf.all.forwarding": "1",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    # Hashed by ports too, so that many connections between two hosts use both ways.
    "net.ipv4.fib_multipath_hash_policy": "1",
    "net.ipv6.fib_multipath_hash_policy": "1",
    "net.ipv4.icmp_ratelimit": "0",
    "net.ipv6.icmp.ratelimit": "0",
}


def forwards(lab: Lab, *names: str) -> None:
    for name in names:
        for setting, value in ROUTER.items():
            lab.alone(f"ip netns exec {name} sysctl -qw {setting}={value}")


def wire(one: str, one_end: str, other: str, other_end: str, **more: t.Any) -> Json:
    return {"namespace": one, "name": one_end, "peer": {"namespace": other, "name": other_end, **more}, **more}


def at(namespace: str, interface: str, *addresses: str) -> list[Json]:
    where = {"namespace": namespace, "interface": interface}
    return [{**where, "address": address, **({"nodad": True} if ":" in address else {})} for address in addresses]


def ping(lab: Lab, namespace: str, destination: str, *words: str) -> str:
    """What ping says, whether it was answered or not."""
    return lab.alone(f"ip netns exec {namespace} ping -n -c 1 -W 2 {' '.join(words)} {destination} 2>&1 || :")


def reaches(lab: Lab, namespace: str, destination: str, *words: str) -> bool:
    return eventually(lambda: " 0% packet loss" in ping(lab, namespace, destination, *words), 10)


def three_lans() -> Json:
    """h1 - r1 - r2 - h3, and h2 at r1."""
    return {
        "netns": [{"name": name} for name in ("r1", "r2", "h1", "h2", "h3")],
        "veth": [
            wire("h1", "eth0", "r1", "lan1"),
            wire("h2", "eth0", "r1", "lan2"),
            wire("h3", "eth0", "r2", "lan3"),
            wire("r1", "core", "r2", "core"),
        ],
        "netns_address": [
            *(entry for n in (1, 2, 3) for entry in at(f"h{n}", "eth0", f"10.0.{n}.2/24", f"2001:db8:{n}::2/64")),
            *(entry for n in (1, 2) for entry in at("r1", f"lan{n}", f"10.0.{n}.1/24", f"2001:db8:{n}::1/64")),
            *at("r2", "lan3", "10.0.3.1/24", "2001:db8:3::1/64"),
            *at("r1", "core", "10.9.0.1/30", "fe80::1/64"),
            *at("r2", "core", "10.9.0.2/30", "fe80::2/64"),
        ],
        "netns_route": [
            *({"namespace": f"h{n}", "destination": "default", "gateway": f"10.0.{n}.1"} for n in (1, 2, 3)),
            *({"namespace": f"h{n}", "destination": "::/0", "gateway": f"2001:db8:{n}::1"} for n in (1, 2, 3)),
            {"namespace": "r1", "destination": "10.0.3.0/24", "gateway": "10.9.0.2"},
            {"namespace": "r2", "destination": "10.0.0.0/16", "gateway": "10.9.0.1"},
            # IPv6 routers know each other by their link-local addresses.
            {"namespace": "r1", "destination": "2001:db8:3::/64", "gateway": "fe80::2", "interface": "core"},
            {"namespace": "r2", "destination": "2001:db8::/32", "gateway": "fe80::1", "interface": "core"},
        ],
    }


def test_two_routers_join_three_lans(lab: Lab) -> None:
    lab.run("topology", name="t", **three_lans(), without={"replay": "it is about packets"})
    forwards(lab, "r1", "r2")
    for n in (1, 2, 3):
        for other in {1, 2, 3} - {n}:
            assert reaches(lab, f"h{n}", f"10.0.{other}.2")
            assert reaches(lab, f"h{n}", f"2001:db8:{other}::2")
    assert "ttl=62" in ping(lab, "h1", "10.0.3.2") and "ttl=62" in ping(lab, "h1", "2001:db8:3::2")
    assert lab.ip("r1", "-6", "route", "get", "2001:db8:3::2")[0]["gateway"] == "fe80::2"


def test_what_ping_says_of_routes_that_lead_nowhere(lab: Lab) -> None:
    lab.run("topology", name="t", **three_lans(), without={"replay": "it is about packets"})
    forwards(lab, "r1", "r2")
    assert reaches(lab, "h1", "10.0.3.2") and reaches(lab, "h1", "2001:db8:3::2")
    nowhere = {
        "unreachable": ("Destination Host Unreachable", "No route"),
        "prohibit": ("Packet filtered", "Administratively prohibited"),
        "blackhole": ("100% packet loss", "100% packet loss"),
    }
    for kind, said in nowhere.items():
        for host, words in zip(("10.0.3.2", "2001:db8:3::2"), said):
            # In place of one another: the second and third are changes.
            lab.run("netns_route", namespace="r1", destination=host, type=kind, without={"replay": "no twin"})
            answer = ping(lab, "h1", host)
            assert words in answer, f"{kind}: {answer}"
            assert ("errors" in answer) == (kind != "blackhole")
    for destination in ("10.0.3.2/32", "2001:db8:3::2/128"):
        lab.run("netns_route", namespace="r1", destination=destination, state="absent", without={"replay": "no twin"})
    assert reaches(lab, "h1", "10.0.3.2") and reaches(lab, "h1", "2001:db8:3::2")


# -- two ways


def two_ways(weight: int = 1) -> Json:
    """Two routers with two cables between them; r1 sends over both."""
    hops = {
        "10.1.0.0/16": [{"gateway": "10.9.1.2", "weight": weight}, {"gateway": "10.9.2.2"}],
        "2001:db8:1::/48": [
            {"gateway": "fe80::2", "interface": "c1", "weight": weight},
            {"gateway": "fe80::2", "interface": "c2"},
        ],
    }
    return {
        "netns": [{"name": "r1"}, {"name": "r2"}],
        "veth": [wire("r1", "c1", "r2", "c1"), wire("r1", "c2", "r2", "c2")],
        "netns_address": [
            *at("r1", "lo", "10.0.0.1/32", "2001:db8::1/128"),
            *at("r2", "lo", "10.1.0.1/32", "2001:db8:1::1/128"),
            *(entry for n in (1, 2) for entry in at("r1", f"c{n}", f"10.9.{n}.1/30", "fe80::1/64")),
            *(entry for n in (1, 2) for entry in at("r2", f"c{n}", f"10.9.{n}.2/30", "fe80::2/64")),
        ],
        "netns_route": [
            *({"namespace": "r1", "destination": to, "nexthops": ways} for to, ways in hops.items()),
            {"namespace": "r2", "destination": "10.0.0.1/32", "gateway": "10.9.1.1"},
            {"namespace": "r2", "destination": "2001:db8::1/128", "gateway": "fe80::1", "interface": "c1"},
        ],
    }


def in_namespace(namespace: str, family: int) -> socket.socket:
    with Host() as host, host.inside(namespace):
        return socket.socket(family, socket.SOCK_DGRAM)


def received(lab: Lab, interface: str) -> int:
    return t.cast(int, lab.ip("r2", "-s", "link", "show", "dev", interface)[0]["stats64"]["rx"]["packets"])


def shares(lab: Lab, destination: str, count: int) -> list[int]:
    """How many of that many connections come by each cable."""
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    before = [received(lab, name) for name in ("c1", "c2")]
    sender = in_namespace("r1", family)
    receiver = in_namespace("r2", family)
    with sender, receiver:
        receiver.bind((destination, 0))
        for number in range(count):
            # To the receiver or not: every port is a connection of its own.
            sender.sendto(b"x", (destination, 20000 + number))
    return [received(lab, name) - was for name, was in zip(("c1", "c2"), before)]


def test_two_ways_share_the_connections_by_weight(lab: Lab) -> None:
    lab.run("topology", name="t", **two_ways(), without={"replay": "it is about packets"})
    forwards(lab, "r1", "r2")
    for destination in ("10.1.0.1", "2001:db8:1::1"):
        assert reaches(lab, "r1", destination)
        first, second = shares(lab, destination, 400)
        assert first + second >= 400 and min(first, second) > 100, (first, second)
    lab.run("topology", name="t", **two_ways(weight=9), without={"replay": "it is about packets"})
    for destination in ("10.1.0.1", "2001:db8:1::1"):
        first, second = shares(lab, destination, 400)
        assert first > 5 * second > 0, (first, second)


def test_a_change_of_weight_is_one_replace_and_loses_nothing(lab: Lab) -> None:
    lab.run("topology", name="t", **two_ways(), without={"replay": "it is about packets"})
    forwards(lab, "r1", "r2")
    for destination in ("10.1.0.1", "2001:db8:1::1"):
        assert reaches(lab, "r1", destination)
    floods = [
        subprocess.Popen(
            ["ip", "netns", "exec", "r1", "ping", "-n", "-q", "-i", "0.002", "-W", "5", *source, destination],
            stdout=subprocess.PIPE,
            text=True,
        )
        for destination, source in (("10.1.0.1", ["-I", "10.0.0.1"]), ("2001:db8:1::1", ["-I", "2001:db8::1"]))
    ]
    try:
        for weight in (2, 5, 1, 100, 3):
            result = lab.run("topology", name="t", **two_ways(weight), without={"replay": "no twin", "check": "slow"})
            assert len(result.commands) == 2 and all(" route replace " in command for command in result.commands)
    finally:
        for flood in floods:
            flood.send_signal(2)
    for flood in floods:
        told = flood.communicate(timeout=30)[0]
        assert ", 0% packet loss" in told, told
        assert int(told.split(" packets transmitted")[0].split()[-1]) > 50


# -- by source


def test_one_address_on_two_interfaces_and_rules_by_source(lab: Lab) -> None:
    """A server with one service address on both of its uplinks: what it sends from the address of an uplink leaves by
    that, and what it sends from the service address by the second."""
    uplinks = {1: "isp1", 2: "isp2"}
    definition = {
        "netns": [{"name": "server"}, *({"name": name} for name in uplinks.values())],
        "veth": [wire("server", f"up{n}", name, "down") for n, name in uplinks.items()],
        "netns_address": [
            *(entry for n in uplinks for entry in at("server", f"up{n}", f"10.0.{n}.2/24", "192.0.2.1/32")),
            *(entry for n, name in uplinks.items() for entry in at(name, "down", f"10.0.{n}.1/24")),
            *(entry for name in uplinks.values() for entry in at(name, "lo", "198.51.100.1/32")),
        ],
        "netns_route": [
            *(
                {"namespace": "server", "destination": "default", "gateway": f"10.0.{n}.1", "table": f"10{n}"}
                for n in uplinks
            ),
            *(
                {"namespace": name, "destination": "192.0.2.1/32", "gateway": f"10.0.{n}.2"}
                for n, name in uplinks.items()
            ),
        ],
        "netns_rule": [
            *({"namespace": "server", "from": f"10.0.{n}.2", "table": f"10{n}", "priority": n} for n in uplinks),
            {"namespace": "server", "from": "192.0.2.1", "table": "102", "priority": 10},
            {"namespace": "server", "to": "198.51.100.99", "action": "prohibit", "priority": 0},
        ],
    }
    lab.run("topology", name="t", **definition, without={"replay": "it is about packets"})

    def leaves_by(source: str) -> str:
        return t.cast(str, lab.ip("server", "route", "get", "198.51.100.1", "from", source)[0]["dev"])

    assert "Permission denied" in lab.alone("ip -n server route get 198.51.100.99 2>&1 || :")
    assert [leaves_by(source) for source in ("10.0.1.2", "10.0.2.2", "192.0.2.1")] == ["up1", "up2", "up2"]
    for source in ("10.0.1.2", "10.0.2.2", "192.0.2.1"):
        assert reaches(lab, "server", "198.51.100.1", "-I", source)
    assert "unreachable" in ping(lab, "server", "198.51.100.1")  # without a source no rule is for it
    moved = [{**rule, "table": "101"} if rule.get("from") == "192.0.2.1" else rule for rule in definition["netns_rule"]]
    lab.run("topology", name="t", **{**definition, "netns_rule": moved}, without={"replay": "it is about packets"})
    assert leaves_by("192.0.2.1") == "up1" and reaches(lab, "server", "198.51.100.1", "-I", "192.0.2.1")


# -- MTU


def test_the_smallest_mtu_on_the_way_is_found_out(lab: Lab) -> None:
    definition = three_lans()
    definition["veth"][-1] = wire("r1", "core", "r2", "core", mtu=1300)
    lab.run("topology", name="t", **definition, without={"replay": "it is about packets"})
    forwards(lab, "r1", "r2")
    assert reaches(lab, "h1", "10.0.3.2") and reaches(lab, "h1", "2001:db8:3::2")
    assert "mtu = 1300" in ping(lab, "h1", "10.0.3.2", "-M", "do", "-s", "1400")
    assert "mtu=1300" in ping(lab, "h1", "2001:db8:3::2", "-M", "do", "-s", "1400").replace(" ", "")
    for destination in ("10.0.3.2", "2001:db8:3::2"):
        (found,) = lab.ip("h1", "route", "get", destination)
        assert {"mtu": 1300} in [{"mtu": metrics.get("mtu")} for metrics in found["metrics"]], json.dumps(found)
        assert reaches(lab, "h1", destination, "-M", "want", "-s", "1400")


def test_a_route_says_the_mtu_of_the_way(lab: Lab) -> None:
    definition = three_lans()
    for route in definition["netns_route"]:
        if route["namespace"] == "h1":
            route["mtu"] = 1400
    lab.run("topology", name="t", **definition, without={"replay": "it is about packets"})
    forwards(lab, "r1", "r2")
    for destination in ("10.0.3.2", "2001:db8:3::2"):
        assert lab.ip("h1", "route", "get", destination)[0]["metrics"] == [{"mtu": 1400}]
        assert "too long" in ping(lab, "h1", destination, "-M", "do", "-s", "1400")
