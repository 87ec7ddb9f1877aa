# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every mistake that a definition can have is told with its place."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.plugin_utils._lab.compiler import Underlay, compile_host
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab

NODES: dict[str, t.Any] = {"h1": {}, "h2": None, "h3": {}, "sw1": {"kind": "bridge"}, "sw2": {"kind": "bridge"}}


def end(node: str, *addresses: str, **options: t.Any) -> dict[str, t.Any]:
    return {"node": node, **({"addresses": list(addresses)} if addresses else {}), **options}


def linked(*links: t.Any, **more: t.Any) -> dict[str, t.Any]:
    return {"lab_nodes": NODES, "lab_links": list(links), **more}


def noded(**nodes: t.Any) -> dict[str, t.Any]:
    return {"lab_nodes": nodes}


FAULTS: list[tuple[dict[str, t.Any], str]] = [
    # of the whole
    ({"lab_nods": {}}, "lab_nods: option 'lab_nods' is unknown; is 'lab_nodes' meant?"),
    ({"lab_name": "a/b"}, "lab_name: 'a/b' cannot be a file's name"),
    ({"lab_placement": "here"}, "lab_placement: value of lab_placement must be one of: each, spread, got: here"),
    ({"lab_nodes": ["h1"]}, "lab_nodes: lab_nodes must be a mapping, and is ['h1']"),
    ({"lab_links": {"h1": "h2"}}, "lab_links: lab_links must be a list, and is a mapping"),
    # of nodes
    ({"lab_nodes": {1: {}}}, "lab_nodes: 1 is the number 1 and no name; put it in quotes"),
    ({"lab_nodes": {True: {}}}, "lab_nodes: True is the truth value true and no name; put it in quotes"),
    (noded(h1="x"), "lab_nodes.h1: node h1 must be a mapping, and is the text 'x'"),
    (noded(h1={"forward": True}), "lab_nodes.h1.forward: option 'forward' is unknown; is 'forwarding' meant?"),
    (noded(h1={"kind": "router"}), "lab_nodes.h1.kind: kind 'router' is unknown; there are bridge, linux"),
    (noded(h1={"kind": "bridge", "forwarding": True}), "lab_nodes.h1.forwarding: option 'forwarding' is unknown"),
    (noded(h1={"stp": True}), "lab_nodes.h1.stp: option 'stp' is unknown"),
    (noded(h1={"forwarding": "perhaps"}), "lab_nodes.h1.forwarding: argument 'forwarding' is of type"),
    (noded(**{"12": {}}), "lab_nodes['12']: the namespace name '12' is all digits"),
    (noded(**{"a/b": {}}), "lab_nodes['a/b']: the namespace name 'a/b' is a path"),
    (noded(**{"a b": {}}), "lab_nodes['a b']: node 'a b' has a character that no node can have"),
    (noded(**{"a:b": {}}), "lab_nodes['a:b']: node 'a:b' has a character that no node can have"),
    (noded(h1={"namespace": ".."}), "lab_nodes.h1: the namespace name '..' is a path"),
    (noded(h1={"namespace": None}), "lab_nodes.h1: only a bridge can be in the host's namespace"),
    (noded(h1={}, h2={"namespace": "h1"}), "lab_nodes.h2: namespace 'h1' is that of node h1 already"),
    (noded(**{"h[1:2]": {}, "h2": {}}), "lab_nodes.h2: node h2 is there twice"),
    (noded(**{"h[2:1]": {}}), "lab_nodes['h[2:1]']: range [2:1] is empty"),
    (noded(**{"h[1:2]": {"host": "w[1:3]"}}), "lab_nodes['h[1:2]']: its ranges differ in length"),
    (noded(h1={"host": "w[1:3]"}), "lab_nodes.h1: there is a range in what it is told, and none in its name"),
    (noded(h1={"mtu": 20}), "lab_nodes.h1: mtu is 20; it must be from 68 to 65535"),
    (noded(h1={"loopback_addresses": ["10.0.0.300/32"]}), "lab_nodes.h1.loopback_addresses[0]: address '10.0.0"),
    (
        noded(h1={"loopback_addresses": ["10.0.0.1/32"]}, h2={"loopback_addresses": ["10.0.0.1/32"]}),
        "lab_nodes.h2: loopback address 10.0.0.1 is that of node h1 already",
    ),
    (noded(h1={"routes": [{"destination": "default"}]}), "lab_nodes.h1.routes[0]: it leads nowhere"),
    (noded(h1={"routes": [{"dest": "default"}]}), "lab_nodes.h1.routes[0]: "),
    (noded(h1={"routes": [{"destination": "default", "namespace": "x"}]}), "lab_nodes.h1.routes[0]: a route of a node"),
    (noded(**{"a-bridge-too-long": {"kind": "bridge"}}), "lab_nodes['a-bridge-too-long']: the name of the bridge"),
    (noded(sw={"kind": "bridge", "forward_delay": 99}), "lab_nodes.sw: forward_delay is 99"),
    (noded(sw={"kind": "bridge", "mac": "01:00:5e:00:00:01"}), "lab_nodes.sw: mac"),
    ({"lab_kinds": {"router": {}}}, "lab_kinds.router: kind 'router' is unknown"),
    ({"lab_kinds": {"linux": {"stp": True}}}, "lab_kinds.linux.stp: option 'stp' is unknown"),
    ({"lab_groups": {"g": {"group": ["x"]}}}, "lab_groups.g.group: a group is in no other group"),
    ({"lab_defaults": {"fast": True}}, "lab_defaults.fast: option 'fast' is unknown"),
    # of links
    (linked(["h1", "h9"]), "lab_links[0][1]: node 'h9' is unknown; there are h1"),
    (linked(["h1", "h2"], {"endpoints": ["h1", "x1:eth0"]}), "lab_links[1].endpoints[1]: node 'x1' is unknown"),
    (linked(["h1"]), "lab_links[0]: a link has two ends, and this one has 1"),
    (linked({"endpoints": ["h1", "h2", "h3"]}), "lab_links[0].endpoints: a link has two ends, and this one has 3"),
    (linked("h1 h2"), "lab_links[0]: a link is a list of two ends such as [h1, sw1], and not the text 'h1 h2'"),
    (linked({"mtu": 1400}), "lab_links[0]: endpoints is missing"),
    (linked({"endpoints": ["h1", "h2"], "mtu": 60}), "lab_links[0].mtu: mtu is 60"),
    (linked({"endpoints": ["h1", "h2"], "vni": 0}), "lab_links[0].vni: vni is 0"),
    (linked({"endpoints": ["h1", "h2"], "speed": 1}), "lab_links[0].speed: option 'speed' is unknown"),
    (linked([{"node": "h1", "inteface": "x"}, "h2"]), "lab_links[0][0].inteface: option 'inteface' is unknown; is"),
    (linked([{"interface": "x"}, "h2"]), "lab_links[0][0]: node is missing"),
    (linked(["h1:0123456789abcdef", "h2"]), "lab_links[0][0]: the interface name '0123456789abcdef' has 16 bytes"),
    (linked(["h1:", "h2"]), "lab_links[0][0]: the interface name is empty"),
    (linked(["h1:a b", "h2"]), "lab_links[0][0]: the interface name 'a b' has a character the kernel does not take"),
    (linked(["h1:lo", "h2"]), "lab_links[0][0]: lo is in every namespace already"),
    (
        linked(["h1:eth0", "h2:eth0"], ["h1:eth0", "h3"]),
        "lab_links[1][0]: interface 'eth0' is used twice in namespace 'h1'; it is an interface of node h1 already;",
    ),
    (linked(["h1", "sw1:sw1"]), "lab_links[0][1]: interface 'sw1' is used twice in namespace 'sw1'; it is the bridge"),
    (linked([{"node": "h1", "mac": 9462996610}, "h2"]), "lab_links[0][0].mac: mac is the number 9462996610 to YAML;"),
    (linked([{"node": "h1", "mac": "02:00"}, "h2"]), "lab_links[0][0]: mac '02:00'"),
    (linked([{"node": "h1", "cost": 5}, "h2"]), "lab_links[0][0]: cost is for ports of a bridge, and node h1 is none"),
    (linked(["h1", {"node": "sw1", "cost": 0}]), "lab_links[0][1]: cost is 0"),
    (linked(["h1", end("sw1", "10.0.0.1/24")]), "lab_links[0][1]: a port of a bridge has no addresses"),
    (linked(["h[1:3]", "h[2:3]"]), "lab_links[0]: its ranges differ in length"),
    (
        linked([end("h1", mtu=1400), end("h2", mtu=1300)]),
        "lab_links[0][1]: its ends are asymmetric: one has mtu 1400 and the other 1300",
    ),
    (
        linked([end("h1", "10.0.0.1/24"), end("h2", "10.0.1.2/24")]),
        "lab_links[0]: its ends are asymmetric: h1:eth0 is in 10.0.0.0/24 and h2:eth0 in 10.0.1.0/24",
    ),
    (
        linked([end("h1", "10.0.0.1/24"), "sw1"], [end("h2", "10.0.0.1/24"), "sw1"]),
        "lab_links[1][0]: address 10.0.0.1 is on sw1 already, at lab_links[0][0]; take",
    ),
    (
        linked([end("h1", "10.0.0.1/24"), "sw1"], [end("h2", "10.0.0.2/25"), "sw1"]),
        "lab_links[1][0]: address 10.0.0.2/25 and those at lab_links[0][0] disagree about their subnet (10.0.0.0/24)",
    ),
    (
        linked([end("h1", "10.0.0.1/24"), "sw1"], [end("h2", "10.0.0.2/24"), "sw2"]),
        "lab_links[1][0]: subnet 10.0.0.0/24 of sw2 overlaps with 10.0.0.0/24 of sw1",
    ),
    (
        linked([end("h1", "10.0.0.1/16"), "sw1"], [end("h2", "10.0.7.2/24"), "sw2"]),
        "lab_links[1][0]: subnet 10.0.7.0/24 of sw2 overlaps with 10.0.0.0/16 of sw1",
    ),
    (linked([end("h1", "10.0.0.1"), "h2"]), "lab_links[0][0].addresses[0]: address '10.0.0.1' has no prefix length;"),
    (noded(sw={"kind": "bridge", "addresses": ["fd00::1"]}), "lab_nodes.sw.addresses[0]: address 'fd00::1' has no"),
    (linked([end("h1", "10.0.0.0/24"), "h2"]), "lab_links[0][0]: address 10.0.0.0/24 is the network's own address"),
    (linked([end("h1", "10.0.0.255/24"), "sw1"]), "lab_links[0][0]: address 10.0.0.255/24 is the broadcast address"),
    (
        linked([end("h1", mac="02:00:00:00:00:01"), "sw1"], [end("h2", mac="02:00:00:00:00:01"), "sw1"]),
        "lab_links[1][0]: mac 02:00:00:00:00:01 is that of h1:eth0 on the same link or LAN; take another one",
    ),
    (linked(["sw1", "sw1"]), "lab_links[0]: it closes a layer-2 loop over bridge sw1;"),
    (linked(["sw1", "sw2"], ["sw2", "sw1"]), "lab_links[1]: it closes a layer-2 loop over bridge sw2 and bridge sw1;"),
    (
        linked({"endpoints": ["h1", "h2"], "vni": 5}, {"endpoints": ["h1", "h3"], "vni": 5}),
        "lab_links[1]: vni 5 is used twice",
    ),
    # of impairments
    (linked({"endpoints": ["h1", "h2"], "delay": "soon"}), "lab_links[0]: delay 'soon' is not"),
    (linked({"endpoints": ["h1", "h2"], "loss": 101}), "lab_links[0]: loss '101' is not a percentage such as 0.5%"),
    (linked({"endpoints": ["h1", "h2"], "jitter": "1ms"}), "lab_links[0]: jitter needs a delay"),
    (linked({"endpoints": ["h1", "h2"], "dely": "1s"}), "lab_links[0].dely: option 'dely' is unknown; is 'delay'"),
    (linked(["h1", {"node": "h2", "rate": "fast"}]), "lab_links[0][1]: rate 'fast' is not"),
    (
        linked({"endpoints": ["h1", end("h2", delay="5ms")], "rate": "1mbit", "burst": "10kb"}),
        "lab_links[0].endpoints[1]: burst belongs to a rate alone; beside delay only the limit counts",
    ),
    # of pools
    ({"lab_pools": {"wan": "10.0.0.0/8"}}, "lab_pools.wan: pool 'wan' is unknown"),
    ({"lab_pools": {"lan": "10.0.0.1/8"}}, "lab_pools.lan: 10.0.0.1/8 has host bits set"),
    ({"lab_pools": {"lan": ["10.0.0.0/8", "11.0.0.0/8"]}}, "lab_pools.lan: there are two networks of IPv4"),
    ({"lab_pools": {"lan": {"subnet": "10.0.0.0/8", "prefix": 7}}}, "lab_pools.lan.prefix: prefix is 7"),
    ({"lab_pools": {"lan": "10.0.0.0/8", "p2p": "10.1.0.0/16"}}, "lab_pools.p2p: pool 10.1.0.0/16 overlaps with 10."),
    (
        linked(["h1", "h2"], ["h2", "h3"], lab_pools={"p2p": "10.0.0.0/30"}),
        "lab_pools.p2p: pool 10.0.0.0/30 has no subnet of /30 left for h2:eth1--h3:eth0",
    ),
    (
        linked([end("h1", "10.0.0.1/32"), "h2"], lab_pools={"p2p": "10.1.0.0/24"}),
        "lab_links[0][1]: subnet 10.0.0.1/32 has no address left for h2:eth0",
    ),
    (
        {"lab_nodes": {"r[1:3]": {"forwarding": True}}, "lab_pools": {"loopback": "10.0.0.0/31"}},
        "lab_pools.loopback: pool 10.0.0.0/31 has no address left for r3",
    ),
    # of expectations
    (linked(lab_expect=[{"from": "h1"}]), "lab_expect[0]: to is missing"),
    (linked(lab_expect=[{"from": "h9", "to": "h1"}]), "lab_expect[0].from: node or group 'h9' is unknown"),
    (linked(lab_expect=[{"from": "h1", "to": "sw1"}]), "lab_expect[0].to: node sw1 is a bridge"),
    (linked(lab_expect=[{"from": "h1", "to": "h2"}]), "lab_expect[0].to: node h2 has no address"),
    (linked(["h1", "h2"], lab_expect=[{"from": "h1", "to": "h2:x"}]), "lab_expect[0].to: interface of node h2 'x' is"),
    (linked(["h1", "h2"], lab_expect=[{"from": "h1", "to": "h2:eth0"}]), "lab_expect[0].to: h2:eth0 has no address"),
    # of placement
    (noded(h1={"host": "w9"}), "lab_nodes.h1.host: host 'w9' is unknown; there are elsewhere, w1"),
    (
        {**linked(["h1", "h2"]), "lab_nodes": {"h1": {}, "h2": {"host": "elsewhere"}}, "lab_placement": "each"},
        "lab_links[0]: node h2 is on elsewhere, and that host has no copy of the other end",
    ),
    (
        {"lab_nodes": {"h1": {"host": "w1"}, "sw1": {"kind": "bridge", "namespace": "h1", "host": "w2"}}},
        "lab_nodes.sw1: it is in the namespace of node h1, which is on host w1",
    ),
    # of what a host builds
    (
        {"lab_nodes": {"h[1:1024]": {"host": "w1"}, "sw1": {"kind": "bridge"}}, "lab_links": [["h[1:1024]", "sw1"]]},
        "lab_nodes.sw1: bridge sw1 would have 1024 ports on one host",
    ),
    (
        {"lab_nodes": {"h1": {"host": "w1"}, "h2": {"host": "w3"}}, "lab_links": [["h1", "h2"]]},
        "lab_underlay_address: the address at which other hosts reach w3 is not known",
    ),
]


@pytest.mark.parametrize(("definition", "said"), FAULTS, ids=[said[:60] for _definition, said in FAULTS])
def test_a_mistake_is_told_with_its_place(definition: dict[str, t.Any], said: str) -> None:
    with pytest.raises(Fault) as caught:
        lab = read_lab(definition)
        underlay = Underlay({"w1": "192.0.2.1", "w2": "192.0.2.2"})
        compile_host(lab, place(lab, ["w1", "w2", "w3"], ["elsewhere"]), "w1", underlay)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_bridge_that_runs_the_spanning_tree_protocol_may_be_in_a_loop() -> None:
    nodes = {"sw1": {"kind": "bridge"}, "sw2": {"kind": "bridge", "stp": True}, "sw3": {"kind": "bridge"}}
    assert read_lab({"lab_nodes": nodes, "lab_links": [["sw1", "sw2"], ["sw2", "sw3"], ["sw3", "sw1"]]})


def test_subnets_may_overlap_where_that_is_meant() -> None:
    links = [[end("h1", "10.0.0.1/24"), "sw1"], [end("h2", "10.0.0.1/24"), "sw2"]]
    lab = read_lab(linked(*links, lab_overlapping_subnets=True))
    assert [str(a) for node in ("h1", "h2") for a in lab.nodes[node].ends[0].addresses] == ["10.0.0.1/24"] * 2
