# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a definition means, example by example."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.netns.lab.plugins.filter import lab_part, lab_unknown_hosts
from ansible_collections.netns.lab.plugins.module_utils import _engine
from ansible_collections.netns.lab.plugins.plugin_utils._lab.lines import line_of
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab, Node
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab

COLLECTIONS = Path(_engine.__file__).parents[5]


def part(definition: dict[str, t.Any], host: str = "w1", hosts: t.Sequence[str] = ("w1",), **options: t.Any) -> t.Any:
    (function,) = lab_part.FilterModule().filters().values()
    found = function(definition, host, list(hosts), **options)
    return {**found, "sections": json.loads(found["sections"])}


def unknown(definition: dict[str, t.Any], hosts: t.Sequence[str], hostvars: dict[str, t.Any]) -> list[str]:
    (function,) = lab_unknown_hosts.FilterModule().filters().values()
    return function(definition, list(hosts), hostvars=hostvars)


def shown(node: Node) -> list[tuple[str, list[str]]]:
    return [(end.interface, [str(address) for address in end.addresses]) for end in node.ends]


class TestSections:
    def test_two_namespaces_and_a_link(self) -> None:
        nodes = {"h1": {"sysctls": {"net.ipv4.tcp_ecn": 1}}, "h2": {}}
        found = part({"lab_nodes": nodes, "lab_links": [["h1", "h2"]], "lab_pools": {"p2p": "10.1.0.0/16"}})
        (cable,) = found["sections"].pop("veth")
        assert cable.pop("mac") != cable["peer"].pop("mac")
        assert cable == {"name": "eth0", "namespace": "h1", "peer": {"name": "eth0", "namespace": "h2"}}
        assert found["sections"] == {
            "netns": [
                {
                    "name": "h1",
                    "processes": "fail",
                    "sysctls": {"net.ipv4.ip_forward": 0, "net.ipv4.tcp_ecn": 1},
                },
                {"name": "h2", "processes": "fail", "sysctls": {"net.ipv4.ip_forward": 0}},
            ],
            "netns_address": [
                {"namespace": "h1", "interface": "eth0", "address": "10.1.0.1/30"},
                {"namespace": "h2", "interface": "eth0", "address": "10.1.0.2/30"},
            ],
        }
        assert found["checks"] == found["commands"] == found["notes"] == []

    def test_a_bridge_in_the_hosts_namespace_has_ports_that_nobody_else_thinks_of(self) -> None:
        definition = {"lab_nodes": {"h[1:2]": {}, "sw1": {"kind": "bridge", "namespace": None, "stp": False}}}
        links = [["h1", {"node": "sw1", "isolated": True}], ["h2", "sw1:mine"]]
        sections = part({**definition, "lab_links": links})["sections"]
        (bridge,) = sections["bridge"]
        assert bridge.pop("mac")
        assert bridge == {"name": "sw1", "stp": False}
        first, second = sections["bridge_port"]
        assert first["interface"].startswith("h1-") and len(first["interface"]) == 11
        assert first["isolated"] is True and "namespace" not in first
        assert second == {"interface": "mine", "bridge": "sw1"}
        other = part({**definition, "lab_links": links, "lab_name": "other"})["sections"]["bridge_port"][0]
        assert other["interface"] != first["interface"]

    def test_what_a_node_runs_and_expects_is_its_hosts(self) -> None:
        nodes = {"h1": {"host": "w1", "exec": ["ip link", "true"]}, "h2": {"host": "w2"}}
        expected = [{"from": "all", "to": "192.0.2.9", "reachable": False}]
        definition = {"lab_nodes": nodes, "lab_expect": expected}
        found = part(definition, hosts=["w1", "w2"])
        assert found["commands"] == [
            {"node": "h1", "namespace": "h1", "command": "ip link"},
            {"node": "h1", "namespace": "h1", "command": "true"},
        ]
        assert found["checks"] == [{"from": "h1", "to": "192.0.2.9", "reachable": False}]
        assert part(definition, "w2", ["w1", "w2"])["checks"][0]["from"] == "h2"
        assert part(definition, "w3", ["w1", "w2", "w3"])["sections"] == {}

    def test_a_prefix_is_before_the_names_of_namespaces(self) -> None:
        nodes = {"h1": {}, "h2": {"namespace": "mine"}}
        sections = part({"lab_prefix": "blue-", "lab_nodes": nodes})["sections"]
        assert [item["name"] for item in sections["netns"]] == ["blue-h1", "mine"]


class TestInheritance:
    def test_node_then_group_then_kind_then_defaults(self) -> None:
        lab = read_lab(
            {
                "lab_defaults": {"mtu": 1200, "labels": {"a": 1, "b": 1}, "forwarding": True},
                "lab_kinds": {"linux": {"mtu": 1300, "labels": {"b": 2, "c": 2}}, "bridge": {"stp": True}},
                "lab_groups": {"x": {"mtu": 1400, "labels": {"c": 3}}, "y": {"mtu": 1350, "kind": "linux"}},
                "lab_nodes": {
                    "plain": {},
                    "grouped": {"group": ["x", "y", "unheard-of"], "labels": {"d": 4}},
                    "own": {"group": "y", "mtu": 1500, "forwarding": False},
                    "sw": {"kind": "bridge"},
                },
            }
        )
        mtus = {name: node.options["mtu"] for name, node in lab.nodes.items()}
        assert mtus == {"plain": 1300, "grouped": 1400, "own": 1500, "sw": 1200}
        assert lab.nodes["grouped"].options["labels"] == {"a": 1, "b": 2, "c": 3, "d": 4}
        assert lab.nodes["grouped"].groups == ["x", "y", "unheard-of"]
        assert [node.name for node in lab.nodes.values() if node.forwards] == ["plain", "grouped"]
        assert lab.nodes["sw"].options["stp"] is True and "forwarding" not in lab.nodes["sw"].options

    def test_the_mtu_of_a_link_is_its_own_or_the_least_of_its_nodes(self) -> None:
        nodes = {"h1": {"mtu": 1400}, "h2": {"mtu": 1300}, "h3": {}}
        links = [["h1", "h2"], {"endpoints": ["h1", "h3"], "mtu": 1280}, ["h3", "h3"]]
        cables = part({"lab_nodes": nodes, "lab_links": links})["sections"]["veth"]
        assert [cable.get("mtu") for cable in cables] == [1300, 1280, None]
        assert [cable["peer"].get("mtu") for cable in cables] == [1300, 1280, None]


class TestAddresses:
    def test_whoever_names_an_address_names_the_subnet(self) -> None:
        lab = read_lab(
            {
                "lab_nodes": {"h[1:3]": {}, "sw1": {"kind": "bridge", "addresses": ["10.9.0.1/28"]}},
                "lab_links": [["h[1:2]", "sw1"], [{"node": "h3", "addresses": []}, "sw1"]],
                "lab_pools": {"lan": ["172.16.0.0/16", "fd00::/48"]},
            }
        )
        assert shown(lab.nodes["h1"]) == [("eth0", ["10.9.0.2/28", "fd00::1/64"])]
        assert shown(lab.nodes["h2"]) == [("eth0", ["10.9.0.3/28", "fd00::2/64"])]
        assert shown(lab.nodes["h3"]) == [("eth0", [])]

    def test_subnets_that_are_named_are_passed_over(self) -> None:
        lab = read_lab(
            {
                "lab_nodes": {"h[1:4]": {"loopback_addresses": ["10.1.0.[9:12]/32"]}},
                "lab_links": [["h1", {"node": "h2", "addresses": ["10.1.0.2/30"]}], ["h2", "h3"], ["h3", "h4"]],
                "lab_pools": {"p2p": "10.1.0.0/24"},
            }
        )
        assert shown(lab.nodes["h1"]) == [("eth0", ["10.1.0.1/30"])]
        assert shown(lab.nodes["h2"]) == [("eth0", ["10.1.0.2/30"]), ("eth1", ["10.1.0.5/30"])]
        # 10.1.0.8/30 and 10.1.0.12/30 have loopbacks in them.
        assert shown(lab.nodes["h4"]) == [("eth0", ["10.1.0.18/30"])]

    @pytest.mark.parametrize(
        ("pool", "near", "far"),
        [
            ({"subnet": "10.1.0.0/16", "prefix": 31}, "10.1.0.0/31", "10.1.0.1/31"),
            ("10.1.0.0/31", "10.1.0.0/31", "10.1.0.1/31"),
            ("fd00:1::/64", "fd00:1::1/126", "fd00:1::2/126"),
        ],
    )
    def test_short_subnets(self, pool: t.Any, near: str, far: str) -> None:
        lab = read_lab({"lab_nodes": {"a": {}, "b": {}}, "lab_links": [["a", "b"]], "lab_pools": {"p2p": pool}})
        assert (shown(lab.nodes["a"]), shown(lab.nodes["b"])) == ([("eth0", [near])], [("eth0", [far])])

    def test_a_large_lan_has_a_large_subnet(self) -> None:
        lab = read_lab(
            {
                "lab_nodes": {"h[1:300]": {}, "x[1:2]": {}, "sw[1:2]": {"kind": "bridge"}},
                "lab_links": [["x1", "sw1"], ["h[1:300]", "sw2"], ["x2", "sw1"]],
                "lab_pools": {"lan": "10.0.0.0/16"},
            }
        )
        assert shown(lab.nodes["x2"]) == [("eth0", ["10.0.0.2/24"])]
        assert shown(lab.nodes["h300"]) == [("eth0", ["10.0.3.44/23"])]


class TestRoutes:
    @staticmethod
    def lab(**nodes: t.Any) -> Lab:
        return read_lab(
            {
                "lab_nodes": {
                    "r[1:3]": {"forwarding": True},
                    "h1": {},
                    "sw1": {"kind": "bridge"},
                    "sw2": {"kind": "bridge"},
                    **nodes,
                },
                "lab_links": [["r1", "r2"], ["r2", "r3"], ["h1", "sw1"], ["r1", "sw1"], ["r3", "sw2"]],
                "lab_pools": {"lan": "172.16.0.0/16", "p2p": "10.1.0.0/16", "loopback": "10.0.0.0/24"},
                "lab_routing": "static",
            }
        )

    def test_one_way_out_is_a_default_route(self) -> None:
        lab = self.lab()
        assert lab.nodes["h1"].routes == [{"destination": "default", "gateway": "172.16.0.2"}]
        assert lab.nodes["r1"].routes == [{"destination": "default", "gateway": "10.1.0.2"}]

    def test_several_ways_are_a_route_for_each_network(self) -> None:
        assert self.lab().nodes["r2"].routes == [
            {"destination": "10.0.0.1/32", "gateway": "10.1.0.1"},
            {"destination": "172.16.0.0/24", "gateway": "10.1.0.1"},
            {"destination": "10.0.0.3/32", "gateway": "10.1.0.6"},
            {"destination": "172.16.1.0/24", "gateway": "10.1.0.6"},
        ]

    def test_what_a_node_says_itself_stays(self) -> None:
        own = [{"destination": "default", "gateway": "172.16.0.77"}]
        assert self.lab(h1={"routes": own}).nodes["h1"].routes == own


class TestPlacement:
    def test_each_has_a_copy_and_what_names_a_host_is_there_only(self) -> None:
        lab = read_lab(
            {
                "lab_placement": "each",
                "lab_nodes": {
                    "h1": {"routes": [{"destination": "default", "gateway": "10.1.0.2"}]},
                    "h2": {},
                    "teacher": {"host": "w2"},
                },
                "lab_links": [["h1", "teacher"], ["h1", "h2"]],
                "lab_pools": {"p2p": "10.1.0.0/16"},
            }
        )
        placement = place(lab, ["w1", "w2", "w3"])
        assert placement.of_node[lab.nodes["h1"]] == ("w1", "w2", "w3")
        assert placement.of_node[lab.nodes["teacher"]] == ("w2",)
        assert placement.of_link == {lab.links[0]: ("w2",), lab.links[1]: ("w1", "w2", "w3")}

    def test_a_copy_without_a_link_has_no_route_over_it(self) -> None:
        definition = {
            "lab_placement": "each",
            "lab_nodes": {
                "h1": {"routes": [{"destination": "default", "gateway": "10.1.0.2"}]},
                "teacher": {"host": "w2"},
            },
            "lab_links": [["h1", "teacher"]],
            "lab_pools": {"p2p": "10.1.0.0/16"},
        }
        assert "netns_route" in part(definition, "w2", ["w1", "w2"])["sections"]
        assert set(part(definition, "w1", ["w1", "w2"])["sections"]) == {"netns"}

    def test_nodes_are_shared_out_by_weight_and_neighbours_stay_together(self) -> None:
        nodes = {f"{name}{number}": {} for number in range(1, 7) for name in ("a", "b")}
        nodes.update({f"sw{name}": {"kind": "bridge"} for name in ("a", "b")})
        links = [[f"{name}{number}", f"sw{name}"] for number in range(1, 7) for name in ("a", "b")]
        lab = read_lab({"lab_nodes": nodes, "lab_links": links})
        placement = place(lab, ["w1", "w2"])
        assert {placement.of_node[node] for node in lab.nodes.values() if node.name[0] == "a"} == {("w1",)}
        assert placement.of_node[lab.nodes["swb"]] == ("w2",)
        weighted = place(lab, ["w1", "w2", "w3"], weights={"w1": 2, "w3": 0})
        counts = [sum(where == (host,) for node, where in weighted.of_node.items() if not node.is_bridge) for host in
                  ("w1", "w2", "w3")]
        assert counts == [8, 4, 0]

    def test_two_bridges_on_the_same_hosts_have_one_cable(self) -> None:
        nodes = {**{f"h{n}": {"host": f"w{n}"} for n in (1, 2)}, "sw1": {"kind": "bridge"}, "sw2": {"kind": "bridge"}}
        definition = {
            "lab_nodes": nodes,
            "lab_links": [["h1", "sw1"], ["h2", "sw1"], ["h1", "sw2"], ["h2", "sw2"], ["sw1", "sw2"]],
        }
        hostvars = {"w1": {"ansible_host": "192.0.2.1"}, "w2": {"ansible_host": "192.0.2.2"}}
        cables = [
            len(part(definition, host, ["w1", "w2"], hostvars=hostvars)["sections"]["veth"]) for host in ("w1", "w2")
        ]
        assert cables == [3, 2]

    def test_a_limited_play_shares_nothing_out(self) -> None:
        with pytest.raises(AnsibleFilterError, match="lab_hosts: the play is limited to some hosts"):
            part({"lab_nodes": {"h1": {}}}, limited=True)
        assert part({"lab_nodes": {"h1": {"host": "w1"}}}, limited=True)["sections"]
        assert part({"lab_nodes": {"h1": {}}, "lab_placement": "each"}, limited=True)["sections"]


class TestUnderlay:
    DEFINITION: t.ClassVar[dict[str, t.Any]] = {
        "lab_nodes": {"h1": {"host": "w1"}, "h2": {"host": "w2"}},
        "lab_links": [{"endpoints": ["h1", "h2"], "vni": 77}],
    }
    HOSTS = ("w1", "w2", "w3")

    @pytest.mark.parametrize(
        ("of_host", "address"),
        [
            ({"lab_underlay_address": "203.0.113.5", "ansible_host": "192.0.2.5"}, "203.0.113.5"),
            ({"ansible_host": "192.0.2.5", "ansible_facts": {"default_ipv4": {"address": "192.0.2.6"}}}, "192.0.2.5"),
            ({"ansible_host": "far.example", "ansible_facts": {"default_ipv4": {"address": "192.0.2.6"}}}, "192.0.2.6"),
            (
                {
                    "ansible_host": "192.0.2.5",
                    "lab_underlay_interface": "eth1.5",
                    "ansible_facts": {"eth1_5": {"ipv4": {"address": "192.0.2.7"}}},
                },
                "192.0.2.7",
            ),
            (
                {
                    "lab_underlay_interface": "eth1",
                    "ansible_facts": {
                        "eth1": {"ipv6": [{"address": "fe80::1", "scope": "link"}, {"address": "2001:db8::7"}]}
                    },
                },
                "2001:db8::7",
            ),
            ({"ansible_host": "127.0.0.1"}, None),
            ({"ansible_host": "far.example"}, None),
            ({"ansible_host": "192.0.2.5", "lab_underlay_interface": "eth1"}, None),
        ],
    )
    def test_where_the_address_comes_from(self, of_host: dict[str, t.Any], address: str | None) -> None:
        hostvars = {"w1": {"ansible_host": "192.0.2.1"}, "w2": of_host}
        assert unknown(self.DEFINITION, self.HOSTS, hostvars) == ([] if address else ["w2"])
        if address is None:
            with pytest.raises(AnsibleFilterError, match="other hosts reach w2 is not known"):
                part(self.DEFINITION, "w1", self.HOSTS, hostvars=hostvars)
            return
        found = part(self.DEFINITION, "w1", self.HOSTS, hostvars=hostvars)
        (tunnel,) = found["sections"]["vxlan"]
        room = 1430 if ":" in address else 1450
        assert tunnel["remote"] == address and tunnel["vni"] == 77 and tunnel["mtu"] == room
        assert found["notes"] == [
            f"h1:eth0--h2:eth0 reaches over several hosts: its MTU is {room} and not 1500, as VXLAN takes {1500 - room}"
            " of the 1500 bytes between them (lab_underlay_mtu)"
        ]

    def test_a_larger_underlay_leaves_the_mtu_alone(self) -> None:
        hostvars = {host: {"ansible_host": f"192.0.2.{host[1]}"} for host in self.HOSTS}
        found = part(self.DEFINITION, "w1", self.HOSTS, hostvars=hostvars, underlay_mtu="9000", vxlan_port="8472")
        assert found["notes"] == []
        assert found["sections"]["vxlan"][0]["mtu"] == 1500
        assert found["sections"]["vxlan"][0]["port"] == 8472

    def test_an_address_that_is_none_is_told(self) -> None:
        with pytest.raises(AnsibleFilterError, match="lab_underlay_address: of host w1: 'far' does not appear to be"):
            part(self.DEFINITION, "w1", self.HOSTS, hostvars={"w1": {"lab_underlay_address": "far"}})


def test_a_command_may_have_commas() -> None:
    found = part({"lab_nodes": {"h1": {"exec": "echo a,b"}}})
    assert found["commands"] == [{"node": "h1", "namespace": "h1", "command": "echo a,b"}]


def test_hosts_are_named_once_where_one_is_unknown() -> None:
    with pytest.raises(AnsibleFilterError, match=r"host 'far' is unknown; there are w1$"):
        part({"lab_nodes": {"h1": {"host": "far"}}}, known=["w1"])


class TestImpairments:
    """Of a link those of both ends; what an end says of itself comes before."""

    NODES: t.ClassVar[dict[str, t.Any]] = {"h[1:2]": {"host": "w[1:2]"}, "h3": {"host": "w1"}, "sw": {"kind": "bridge"}}

    def test_both_ends_have_those_of_the_link(self) -> None:
        links = [{"endpoints": ["h1", "h3"], "rate": "10mbit"}]
        assert part({"lab_nodes": {"h1": {}, "h3": {}}, "lab_links": links})["sections"]["netns_qdisc"] == [
            {"interface": "eth0", "namespace": "h1", "rate": "10mbit"},
            {"interface": "eth0", "namespace": "h3", "rate": "10mbit"},
        ]

    def test_an_end_has_its_own(self) -> None:
        ends = [{"node": "h1", "loss": 1, "delay": None}, {"node": "h3", "rate": "1mbit", "delay": "30ms"}]
        links = [{"endpoints": ends, "delay": "10ms"}]
        assert part({"lab_nodes": {"h1": {}, "h3": {}}, "lab_links": links})["sections"]["netns_qdisc"] == [
            {"interface": "eth0", "namespace": "h1", "loss": "1"},
            {"interface": "eth0", "namespace": "h3", "rate": "1mbit", "delay": "30ms"},
        ]

    def test_an_end_can_be_without(self) -> None:
        links = [{"endpoints": ["h1", {"node": "h3", "delay": None}], "delay": "10ms"}]
        (only,) = part({"lab_nodes": {"h1": {}, "h3": {}}, "lab_links": links})["sections"]["netns_qdisc"]
        assert only["namespace"] == "h1"

    def test_links_between_hosts_and_ports_of_bridges(self) -> None:
        definition = {
            "lab_nodes": self.NODES,
            "lab_links": [
                {"endpoints": ["h1", "h2"], "delay": "10ms"},
                {"endpoints": ["h3:eth7", "sw:p3"], "rate": "1mbit"},
            ],
        }
        hostvars = {host: {"ansible_host": f"192.0.2.{host[1]}"} for host in ("w1", "w2")}
        one, two = (part(definition, host, ["w1", "w2"], hostvars=hostvars)["sections"] for host in ("w1", "w2"))
        assert one["netns_qdisc"] == [
            {"interface": "eth7", "namespace": "h3", "rate": "1mbit"},
            {"interface": "p3", "namespace": "sw", "rate": "1mbit"},
            {"interface": "eth0", "namespace": "h1", "delay": "10ms"},
        ]
        assert two["netns_qdisc"] == [{"interface": "eth0", "namespace": "h2", "delay": "10ms"}]

    def test_they_advance_with_the_link(self) -> None:
        links = [{"endpoints": ["h[1:2]", "sw"], "delay": "[10:20:10]ms"}]
        nodes = {"h[1:2]": {}, "sw": {"kind": "bridge"}}
        found = part({"lab_nodes": nodes, "lab_links": links})["sections"]["netns_qdisc"]
        assert [item["delay"] for item in found] == ["10ms", "10ms", "20ms", "20ms"]


class TestSameEveryTime:
    SCRIPT = """
import json, sys
from ansible_collections.netns.lab.plugins.filter.lab_part import _filter
definition, hosts, hostvars = json.load(sys.stdin)
print(json.dumps([_filter(definition, host, hosts, hostvars=hostvars) for host in hosts]))
"""

    def test_plans_are_equal_to_the_byte_whatever_python_hashes_by(self) -> None:
        hosts = ["w1", "w2", "w3"]
        definition = {
            "lab_nodes": {
                "r[1:6]": {"forwarding": True},
                "h[1:20]": {"group": ["x", "y"]},
                "sw[1:3]": {"kind": "bridge"},
            },
            "lab_links": [
                ["r[1:5]", "r[2:6]"],
                ["r6", "r1"],
                ["r[1:3]", "sw[1:3]"],
                ["h[1:10]", "sw1"],
                ["h[11:20]", "sw2"],
            ],
            "lab_pools": {"lan": ["172.16.0.0/16", "fd00::/48"], "p2p": "10.1.0.0/16", "loopback": "10.0.0.0/24"},
            "lab_routing": "static",
            "lab_expect": [{"from": "x", "to": "all"}],
        }
        hostvars = {host: {"ansible_host": f"192.0.2.{number}"} for number, host in enumerate(hosts)}
        found = set()
        for seed in ("0", "1", "4711"):
            done = subprocess.run(
                [sys.executable, "-c", self.SCRIPT],
                input=json.dumps([definition, hosts, hostvars]),
                env={**os.environ, "PYTHONPATH": str(COLLECTIONS), "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            )
            found.add(done.stdout)
        assert len(found) == 1 and len(found.pop()) > 10_000


class TestLines:
    TEXT = """\
lab_name: x
lab_nodes:
  h1: {}
  "h[2:3]":
    mtu: 1
lab_links:
  - [h1, h2]
  - endpoints:
      - h1
      - node: h9
"""

    @pytest.mark.parametrize(
        ("path", "line"),
        [
            (("lab_nodes", "h1"), 3),
            (("lab_nodes", "h[2:3]", "mtu"), 5),
            (("lab_nodes", "h[2:3]", "missing"), 4),
            (("lab_links", 0, 1), 7),
            (("lab_links", 1, "endpoints", 1), 10),
            (("lab_links", 5), 6),
            (("nothing",), None),
        ],
    )
    def test_a_path_leads_to_a_line(self, path: tuple[t.Any, ...], line: int | None) -> None:
        assert line_of(self.TEXT, path) == line

    def test_what_is_no_yaml_has_no_lines(self) -> None:
        assert line_of("a: [", ("a",)) is None
