# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What files of other tools come to, and that a lab comes back as it was."""

from __future__ import annotations

import json
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings

from ansible_collections.netns.lab.plugins.filter import (
    lab_from_containerlab,
    lab_from_json2netns,
    lab_to_containerlab,
)
from ansible_collections.netns.lab.plugins.plugin_utils._lab.compiler import compile_host
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab
from ansible_collections.netns.lab.tests.unit.plugins.plugin_utils.lab.graphs import definitions


def of_containerlab(document: t.Any) -> tuple[dict[str, t.Any], list[str]]:
    (function,) = lab_from_containerlab.FilterModule().filters().values()
    found = function(document)
    return found["definition"], found["notes"]


def of_json2netns(document: t.Any, **options: t.Any) -> tuple[dict[str, t.Any], list[str]]:
    (function,) = lab_from_json2netns.FilterModule().filters().values()
    found = function(document, **options)
    return found["definition"], found["notes"]


def to_containerlab(definition: dict[str, t.Any], **options: t.Any) -> tuple[dict[str, t.Any], list[str]]:
    (function,) = lab_to_containerlab.FilterModule().filters().values()
    found = function(definition, **options)
    return found["document"], found["notes"]


def node(*commands: str, **options: t.Any) -> tuple[dict[str, t.Any], list[str]]:
    """What becomes of a node h that has a link, and of what it runs."""
    nodes = {"h": {"kind": "linux", "exec": [*commands], **options}, "o": {"kind": "linux"}}
    found, notes = of_containerlab({"topology": {"nodes": nodes, "links": [{"endpoints": ["h:eth1", "o:eth1"]}]}})
    (end, _other) = found["lab_links"][0]["endpoints"]
    addresses = {"addresses": end["addresses"]} if "addresses" in end else {}
    return {**found["lab_nodes"]["h"], **addresses}, [note for note in notes if note.startswith("node h")]


class TestCommands:
    @pytest.mark.parametrize(
        "command",
        [
            "ip addr add 192.0.2.1/24 dev eth1",
            "ip a add 192.0.2.1/24 dev eth1",
            "ip -4 address add 192.0.2.1/24 brd + dev eth1",
            "/sbin/ip address replace 192.0.2.1/24 dev eth1",
            "sh -c 'ip link set eth1 up; ip addr add 192.0.2.1/24 dev eth1'",
            "bash -c 'ip addr add 192.0.2.1/24 dev eth1 && ip link set dev eth1 up'",
        ],
    )
    def test_an_address(self, command: str) -> None:
        assert node(command) == ({"addresses": ["192.0.2.1/24"]}, [])

    def test_an_address_of_the_loopback(self) -> None:
        assert node("ip addr add 2001:db8::1 dev lo") == ({"loopback_addresses": ["2001:db8::1/128"]}, [])

    @pytest.mark.parametrize("command", ["ip link set eth1 up", "ip link set up dev eth1", "ip l set lo up"])
    def test_links_are_up(self, command: str) -> None:
        assert node(command) == ({}, [])

    @pytest.mark.parametrize(
        ("words", "route"),
        [
            ("default via 192.0.2.254", {"destination": "default", "gateway": "192.0.2.254"}),
            ("10.0.0.0/8 dev eth1", {"destination": "10.0.0.0/8", "interface": "eth1"}),
            (
                "10.0.0.0/8 via 192.0.2.9 dev eth1 metric 7",
                {"destination": "10.0.0.0/8", "gateway": "192.0.2.9", "metric": 7, "interface": "eth1"},
            ),
        ],
    )
    def test_a_route(self, words: str, route: dict[str, t.Any]) -> None:
        found, notes = node("ip addr add 192.0.2.1/24 dev eth1", f"ip route add {words}")
        assert (found["routes"], notes) == ([route], [])

    def test_a_route_of_ipv6(self) -> None:
        found, _notes = node("ip addr add 2001:db8::2/64 dev eth1", "ip -6 route replace default via 2001:db8::1")
        assert found["routes"] == [{"destination": "default", "gateway": "2001:db8::1"}]

    def test_sysctls(self) -> None:
        found, notes = node("sysctl -w net.ipv4.tcp_ecn=1", sysctls={"net.ipv4.ip_forward": 1})
        assert (found, notes) == ({"forwarding": True, "sysctls": {"net.ipv4.tcp_ecn": "1"}}, [])

    def test_the_default_route_of_the_management_network(self) -> None:
        found, notes = node("ip route del default via 172.20.20.1 dev eth0")
        assert "exec" not in found and "there is no default route" in notes[0]

    @pytest.mark.parametrize(
        "command",
        [
            "vtysh -b",
            "ip addr add 192.0.2.1/24 dev eth1.10",
            "ip addr add 192.0.2.1/24 dev eth1 label x",
            "ip addr add 192.0.2.999/24 dev eth1",
            "ip addr del 192.0.2.1/24 dev eth1",
            "ip -6 addr add 192.0.2.1/24 dev eth1",
            "ip link set eth1 mtu 1400",
            "ip link set eth1 down",
            "ip route add default via 198.51.100.1",
            "ip route add 10.0.0.0/8 dev eth9",
            "ip route add blackhole 10.0.0.0/8",
            "ip route add 10.0.0.0/8 dev eth1 mtu 1400",
            "ip rule add from 10.0.0.0/8 table 9",
            "ip addr",
            "ip",
            "",
            "ip addr add 'x",
            "sysctl -p",
            "sysctl -w net.ipv4.tcp_ecn",
            "sh -c 'ip addr add 192.0.2.1/24 dev eth1; vtysh -b'",
            "sh -c 'for n in 1 2; do ip addr add 192.0.2.$n/24 dev eth1; done'",
            "sh -c 'ip addr add 192.0.2.1/24 dev eth1 || true'",
        ],
    )
    def test_what_is_not_plain_stays_a_command(self, command: str) -> None:
        found, notes = node(command)
        assert found == {"exec": [command]}
        assert notes == [f"node h: left as commands to run after the build: {command}"]


class TestContainerlab:
    def test_what_nodes_inherit_adds_up(self) -> None:
        topology = {
            "defaults": {"exec": ["a"], "labels": {"x": 1}, "sysctls": {"net.ipv4.tcp_ecn": 0}},
            "kinds": {"linux": {"exec": ["b"]}},
            "groups": {"g": {"exec": ["c"], "labels": {"y": 2}}},
            "nodes": {"h": {"group": "g", "exec": ["d"], "sysctls": {"net.ipv4.tcp_ecn": 2}}},
        }
        found, _notes = of_containerlab({"name": "n", "topology": topology})
        assert found["lab_nodes"]["h"] == {
            **{"group": "g", "labels": {"x": "1", "y": "2"}},
            **{"sysctls": {"net.ipv4.tcp_ecn": "2"}, "exec": ["a", "b", "c", "d"]},
        }

    def test_links_in_long_form(self) -> None:
        ends = [{"node": "a", "interface": "e1", "mac": "02:00:00:00:00:01", "ipv4": "192.0.2.1/24"}]
        ends.append({"node": "b", "interface": "e1", "ipv6": "2001:db8::1/64"})
        link = {"type": "veth", "endpoints": ends, "mtu": 1400, "vars": {"x": 1}}
        found, notes = of_containerlab({"topology": {"nodes": {"a": None, "b": None}, "links": [link]}})
        one, two = found["lab_links"][0]["endpoints"]
        assert found["lab_links"][0]["mtu"] == 1400
        assert (one["mac"], one["addresses"]) == ("02:00:00:00:00:01", ["192.0.2.1/24"])
        assert two["addresses"] == ["2001:db8::1/64"]
        assert notes == ["link 0: vars has no meaning here and is left out"]

    def test_nothing_is_dropped_silently(self) -> None:
        links = [
            {"endpoints": ["a:e1", "br:p1"]},
            {"endpoints": ["a:e2", "host:p2"]},
            {"type": "vxlan", "endpoint": {"node": "a"}},
        ]
        nodes = {"a": {"kind": "nokia_srlinux", "image": "i", "binds": []}, "br": {"kind": "bridge"}}
        found, notes = of_containerlab({"mgmt": {}, "topology": {"nodes": nodes, "links": links}})
        text = "\n".join(notes)
        for told in ("the file: mgmt", "link 1: it leads to host", "link 2: there is no type vxlan", "node a: of kind"):
            assert told in text
        assert "node a: image, binds" in text and "node br: in containerlab" in text and "9500" in text
        assert found["lab_nodes"] == {"a": {}, "br": {"kind": "bridge"}} and len(found["lab_links"]) == 1

    def test_who_has_several_links_forwards(self) -> None:
        nodes: dict[str, t.Any] = {"a": {}, "b": {"sysctls": {"net.ipv4.ip_forward": 0}}}
        links = [{"endpoints": [f"a:e{number}", f"b:e{number}"]} for number in (1, 2)]
        found, notes = of_containerlab({"topology": {"nodes": nodes, "links": links}})
        assert found["lab_nodes"] == {"a": {"forwarding": True}, "b": {}}
        assert any(note.startswith("node a: it has several links") for note in notes)

    def test_the_same_subnet_in_two_places(self) -> None:
        commands = [f"ip addr add 192.0.2.{number}/24 dev e{number}" for number in (1, 2)]
        nodes = {"a": {"exec": commands}, "b": {}, "c": {}}
        links = [{"endpoints": ["a:e1", "b:e1"]}, {"endpoints": ["a:e2", "c:e1"]}]
        found, notes = of_containerlab({"topology": {"nodes": nodes, "links": links}})
        assert found["lab_overlapping_subnets"] is True and any("same subnet" in note for note in notes)

    @pytest.mark.parametrize(
        ("document", "told"),
        [
            ("a: [", "the file is neither YAML nor JSON"),
            ("nodes: {}", "topology: it is missing; is this a topology file"),
            ("topology: {nodes: []}", "topology.nodes: it must be a mapping"),
            ("topology: {nodes: {a: {}}, links: [{endpoints: [a:e1, b:e1]}]}", "there is no node 'b'"),
            ("topology: {nodes: {a: {}}, links: [{endpoints: [a, a:e1]}]}", "'a' is not NODE:INTERFACE"),
            ("topology: {nodes: {a: {}, b: {}}, links: [{endpoints: [a:e1, a:e1]}]}", "a:e1 is used twice"),
            ("topology: {nodes: {a b: {}}}", "has a character that no node can have"),
        ],
    )
    def test_what_is_wrong_is_told(self, document: str, told: str) -> None:
        with pytest.raises(AnsibleFilterError) as e:
            of_containerlab(document)
        assert told in str(e.value)

    def test_what_is_exported(self) -> None:
        nodes: dict[str, t.Any] = {"r": {"forwarding": True, "host": "w1"}, "h": {"etc_files": {"x": "y"}}}
        nodes["sw"] = {"kind": "bridge", "stp": True}
        definition = {
            **{"lab_nodes": nodes, "lab_links": [["r", "sw"], {"endpoints": ["h", "sw"], "mtu": 1400, "loss": 1}]},
            **{"lab_pools": {"lan": "172.16.0.0/16"}, "lab_routing": "static"},
            **{"lab_expect": [{"from": "h", "to": "r"}]},
        }
        document, notes = to_containerlab(definition, image="x:1")
        assert document["topology"]["nodes"]["h"] == {
            **{"kind": "linux", "image": "x:1", "network-mode": "none", "sysctls": {"net.ipv4.ip_forward": "0"}},
            "exec": [
                "ip link set eth0 up",
                "ip address add 172.16.0.2/24 dev eth0",
                "ip route add default via 172.16.0.1",
            ],
        }
        assert [link["mtu"] for link in document["topology"]["links"]] == [1500, 1400]
        text = "\n".join(notes)
        for told in ("node r: host has", "node h: etc_files has", "node sw: stp has", "ip link add sw", "lab_expect"):
            assert told in text
        assert "h:eth0: loss is left out" in text and "containerlab tools netem set" in text


def built(definition: dict[str, t.Any]) -> dict[str, t.Any]:
    """What a host builds, as far as containerlab can have it."""
    lab = read_lab(definition)
    sections = compile_host(lab, place(lab, ["w"]), "w").sections
    for item in sections["netns"]:
        sysctls = item.get("sysctls", {})
        item["sysctls"] = {
            key: str(value)
            for key, value in sysctls.items()
            if key.endswith("ip_forward") or (lab.has_ipv6 and key.endswith("all.forwarding"))
        }
    for item in sections.get("veth", []):
        for end in (item, item["peer"]):
            if end.get("mtu") == 1500:
                del end["mtu"]
    # The bridges' own addresses have been told of as left out.
    return {name: sorted(items, key=json.dumps) for name, items in sections.items() if name not in ("bridge",)}


class TestThereAndBack:
    @settings(max_examples=20, deadline=None)
    @given(definitions(lab_routing="static"))
    def test_a_lab_comes_back_as_it_was(self, definition: dict[str, t.Any]) -> None:
        # A bridge comes back in a namespace of its own.
        for name, said in definition["lab_nodes"].items():
            if said.get("kind") == "bridge":
                said["namespace"] = name
        document, _notes = to_containerlab(definition)
        back, _notes = of_containerlab(yaml.safe_dump(document, sort_keys=False))
        assert built(back) == built(definition)
        assert all("exec" not in said for said in back["lab_nodes"].values())


J2: dict[str, t.Any] = {
    "namespaces": {
        "left": {
            "id": 1,
            "interfaces": {
                "lo": {"type": "loopback", "prefixes": ["10.6.9.1/32"]},
                "left0": {"type": "veth", "peer_name": "right0", "prefixes": ["10.1.1.1/24", "fd00::1/64"]},
            },
            "oob": True,
            "routes": {"d": {"dest_prefix": "0.0.0.0/0", "next_hop_ip": "10.1.1.2", "egress_if_name": "left0"}},
        },
        "right": {
            "id": 2,
            "interfaces": {"right0": {"type": "veth", "peer_name": "left0", "prefixes": ["10.1.1.2/24", "fd00::2/64"]}},
            "oob": False,
            "routes": {},
        },
    },
    "oob": {"prefixes": ["10.0.0.0/24"]},
    "physical_int": "eth0",
}


class TestJson2netns:
    def test_a_file(self) -> None:
        found, notes = of_json2netns(json.dumps(J2), name="pair")
        assert found == {
            "lab_name": "pair",
            "lab_nodes": {
                "left": {
                    "loopback_addresses": ["10.6.9.1/32"],
                    "routes": [{"destination": "default", "gateway": "10.1.1.2", "interface": "left0"}],
                },
                "right": {},
            },
            "lab_links": [
                {
                    "endpoints": [
                        {"node": "left", "interface": "left0", "addresses": ["10.1.1.1/24", "fd00::1/64"]},
                        {"node": "right", "interface": "right0", "addresses": ["10.1.1.2/24", "fd00::2/64"]},
                    ]
                }
            ],
        }
        assert len(notes) == 3 and any("(oob)" in note for note in notes)

    def test_both_ends_have_to_agree(self) -> None:
        broken = json.loads(json.dumps(J2).replace('"peer_name": "left0"', '"peer_name": "left9"'))
        with pytest.raises(AnsibleFilterError, match="peer_name: no other namespace has an interface 'right0'"):
            of_json2netns(broken)

    @pytest.mark.parametrize(
        ("document", "told"),
        [
            ("{}", "namespaces: it is missing"),
            ('{"namespaces": {"a": {"interfaces": {"x": {"type": "gre"}}}}}', "'gre' is none of veth"),
            ('{"namespaces": {"a": {"routes": {"x": {}}}}}', "dest_prefix is missing"),
        ],
    )
    def test_what_is_wrong_is_told(self, document: str, told: str) -> None:
        with pytest.raises(AnsibleFilterError) as e:
            of_json2netns(document)
        assert told in str(e.value)
