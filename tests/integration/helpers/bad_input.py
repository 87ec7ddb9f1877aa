# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input, and what is said to it: by module, the options that differ from the usual ones and the whole message."""

from __future__ import annotations

import math
import typing as t

Json = dict[str, t.Any]
NAN, INF = math.nan, math.inf
NO_TABLE = "is none of main, default, local, no number, and no name in /etc/iproute2/rt_tables"
NO_SCOPE = "is none of global, site, link, host, no number up to 255, and no name in /etc/iproute2/rt_scopes"

LEFT_OUT: t.Any = object()

# What is given unless a row says otherwise.
USUAL: dict[str, Json] = {
    "netns": {},
    "veth": {"name": "v1", "peer": {"name": "p1"}},
    "bridge": {"name": "br0"},
    "bridge_port": {"interface": "v1", "bridge": "br0"},
    "netns_address": {"interface": "eth0", "address": "10.0.0.1/24"},
    "netns_link": {"name": "eth0"},
    "netns_neighbor": {"interface": "eth0", "address": "10.0.0.2", "mac": "02:00:00:00:00:01"},
    "netns_fdb": {"interface": "eth0", "mac": "02:00:00:00:00:01"},
    "netns_route": {"destination": "198.51.100.0/24"},
    "netns_rule": {"table": "100"},
    "dummy": {"name": "d0"},
    "vlan": {"name": "v0", "link": "e0", "id": 10},
    "macvlan": {"name": "m0", "link": "e0"},
    "vxlan": {"name": "x0", "vni": 10},
    "netns_qdisc": {"interface": "e0", "rate": "1mbit"},
    "topology": {"name": "bad"},
}

REFUSED: dict[str, list[tuple[Json, str]]] = {
    "netns": [
        (
            {"name": ""},
            "netns item 1: the namespace name is empty; leave the option out for the namespace the module itself "
            "runs in",
        ),
        (
            {"name": "."},
            "netns item 1: the namespace name '.' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"name": ".."},
            "netns item 1: the namespace name '..' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"name": "a/b"},
            "netns item 1: the namespace name 'a/b' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"name": "../../etc/passwd"},
            "netns item 1: the namespace name '../../etc/passwd' is a path; give the name of a namespace under "
            "/run/netns",
        ),
        (
            {"name": "/run/netns/a"},
            "netns item 1: the namespace name '/run/netns/a' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"name": "123"},
            "netns item 1: the namespace name '123' is all digits, which ip takes for a process ID; put a letter in it",
        ),
        (
            {"name": 7},
            "netns item 1: the namespace name '7' is all digits, which ip takes for a process ID; put a letter in it",
        ),
        (
            {"name": "\uff11\uff12\uff13"},
            "netns item 1: the namespace name '\uff11\uff12\uff13' is all digits, which ip takes for a process ID; "
            "put a letter in it",
        ),
        (
            {"name": "\u0663\u0663"},
            "netns item 1: the namespace name '\u0663\u0663' is all digits, which ip takes for a process ID; put a "
            "letter in it",
        ),
        ({"name": "a\nb"}, "netns item 1: the namespace name 'a\\nb' has characters that cannot be printed"),
        ({"name": "a\x00b"}, "netns item 1: the namespace name 'a\\x00b' has characters that cannot be printed"),
        ({"name": "a\tb"}, "netns item 1: the namespace name 'a\\tb' has characters that cannot be printed"),
        ({"name": "a\rb"}, "netns item 1: the namespace name 'a\\rb' has characters that cannot be printed"),
        (
            {"name": "\x1b[31mred\x1b[0m"},
            "netns item 1: the namespace name '\\x1b[31mred\\x1b[0m' has characters that cannot be printed",
        ),
        ({"name": "a\u202eb"}, "netns item 1: the namespace name 'a\\u202eb' has characters that cannot be printed"),
        ({"name": "\u2066a"}, "netns item 1: the namespace name '\\u2066a' has characters that cannot be printed"),
        ({"name": "a\u200bb"}, "netns item 1: the namespace name 'a\\u200bb' has characters that cannot be printed"),
        ({"name": "\ufeffa"}, "netns item 1: the namespace name '\\ufeffa' has characters that cannot be printed"),
        ({"name": "a\u2028b"}, "netns item 1: the namespace name 'a\\u2028b' has characters that cannot be printed"),
        ({"name": "\ud800"}, "'\\ud800' is no text that UTF-8 can hold; leave out what is no character"),
        ({"name": "a\udcffb"}, "'a\\udcffb' is no text that UTF-8 can hold; leave out what is no character"),
        (
            {"name": "x" * 256},
            "netns item 1: the namespace name 'xxxxxxxxxxxxxxxxxxxx'... has 256 bytes; 255 is the most a file name "
            "can have",
        ),
        (
            {"name": "\xe4" * 128},
            "netns item 1: the namespace name "
            "'\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4'... has 256 bytes; "
            "255 is the most a file name can have",
        ),
        (
            {"name": "x" * 100000},
            "netns item 1: the namespace name 'xxxxxxxxxxxxxxxxxxxx'... has 100000 bytes; 255 is the most a file "
            "name can have",
        ),
        (
            {"name": None},
            "netns item 1: the namespace name is empty; leave the option out for the namespace the module itself "
            "runs in",
        ),
    ],
    "veth": [
        ({"name": ""}, "veth item 1: name is empty"),
        (
            {"name": "xxxxxxxxxxxxxxxx"},
            "veth item 1: name 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"name": "\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4"},
            "veth item 1: name '\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4' has 16 bytes; 15 is the most the kernel takes",
        ),
        ({"name": "a b"}, "veth item 1: name 'a b' has a character the kernel does not take ('/', ':' or white space)"),
        ({"name": "a\tb"}, "veth item 1: name 'a\\tb' has characters that cannot be printed"),
        ({"name": "a\nb"}, "veth item 1: name 'a\\nb' has characters that cannot be printed"),
        ({"name": "a/b"}, "veth item 1: name 'a/b' has a character the kernel does not take ('/', ':' or white space)"),
        ({"name": "a:b"}, "veth item 1: name 'a:b' has a character the kernel does not take ('/', ':' or white space)"),
        ({"name": "."}, "veth item 1: name '.' has a character the kernel does not take ('/', ':' or white space)"),
        ({"name": ".."}, "veth item 1: name '..' has a character the kernel does not take ('/', ':' or white space)"),
        ({"name": "all"}, "veth item 1: name 'all' is reserved by the kernel"),
        ({"name": "default"}, "veth item 1: name 'default' is reserved by the kernel"),
        ({"name": "eth%d"}, "veth item 1: name 'eth%d' has a '%', which the kernel takes for a pattern"),
        ({"name": "\xe0"}, "veth item 1: name '\xe0' has a letter the kernel takes for white space; leave it out"),
        ({"name": "a\xa0b"}, "veth item 1: name 'a\\xa0b' has characters that cannot be printed"),
        ({"name": "a\u202eb"}, "veth item 1: name 'a\\u202eb' has characters that cannot be printed"),
        ({"name": "\ud800"}, "'\\ud800' is no text that UTF-8 can hold; leave out what is no character"),
        ({"name": "a\x00"}, "veth item 1: name 'a\\x00' has characters that cannot be printed"),
        (
            {"name": "x" * 100000},
            "veth item 1: name '" + "x" * 40 + "' has 100000 bytes; 15 is the most the kernel takes",
        ),
        ({"peer": None}, "veth item 1: peer has no value"),
        ({"peer": {"name": "v1"}}, "veth item 1: both ends are v1; give the peer another name or namespace"),
        ({"peer": {"name": ""}}, "veth item 1: peer name is empty"),
        (
            {"peer": {"name": "xxxxxxxxxxxxxxxx"}},
            "veth item 1: peer name 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"peer": {"name": "p1", "namespace": ".."}},
            "veth item 1: the namespace name '..' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"peer": {"name": "p1", "namespace": ""}},
            "veth item 1: the namespace name is empty; leave the option out for the namespace the module itself runs "
            "in",
        ),
        ({"peer": {"name": "p1", "mtu": 1}}, "veth item 1: mtu is 1; it must be from 68 to 65536"),
        (
            {"peer": {"name": "p1", "mac": "01:00:5e:00:00:01"}},
            "veth item 1: mac '01:00:5e:00:00:01' is a multicast address; make the first byte even",
        ),
        (
            {"namespace": ""},
            "veth item 1: the namespace name is empty; leave the option out for the namespace the module itself runs "
            "in",
        ),
        (
            {"namespace": "a/b"},
            "veth item 1: the namespace name 'a/b' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"namespace": "99"},
            "veth item 1: the namespace name '99' is all digits, which ip takes for a process ID; put a letter in it",
        ),
        ({"mac": ""}, "veth item 1: mac '' is not six bytes in hexadecimal such as 02:00:00:00:00:01"),
        (
            {"mac": "01:00:00:00:00:01"},
            "veth item 1: mac '01:00:00:00:00:01' is a multicast address; make the first byte even",
        ),
        ({"mac": "00:00:00:00:00:00"}, "veth item 1: mac '00:00:00:00:00:00' is no address of an interface"),
        (
            {"mac": "ff:ff:ff:ff:ff:ff"},
            "veth item 1: mac 'ff:ff:ff:ff:ff:ff' is a multicast address; make the first byte even",
        ),
        (
            {"mac": "02:00:00:00:00"},
            "veth item 1: mac '02:00:00:00:00' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        (
            {"mac": "02:00:00:00:00:0g"},
            "veth item 1: mac '02:00:00:00:00:0g' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        (
            {"mac": "020000000001"},
            "veth item 1: mac '020000000001' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        (
            {"mac": "02:00:00:00:00:01\n"},
            "veth item 1: mac '02:00:00:00:00:01\\n' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        (
            {"mac": "02:00:00:00:00:01;reboot"},
            "veth item 1: mac '02:00:00:00:00:01;reboot' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        ({"mac": 2}, "veth item 1: mac '2' is not six bytes in hexadecimal such as 02:00:00:00:00:01"),
        (
            {"mac": "\uff102:00:00:00:00:01"},
            "veth item 1: mac '\uff102:00:00:00:00:01' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        (
            {"mac": "x" * 100000},
            "veth item 1: mac '"
            + "x" * 245
            + "..."
            + "x" * 191
            + "' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        ({"mtu": 0}, "veth item 1: mtu is 0; it must be from 68 to 65536"),
        ({"mtu": -1}, "veth item 1: mtu is -1; it must be from 68 to 65536"),
        ({"mtu": 67}, "veth item 1: mtu is 67; it must be from 68 to 65536"),
        ({"mtu": 65537}, "veth item 1: mtu is 65537; it must be from 68 to 65536"),
        ({"mtu": 10**30}, "veth item 1: mtu is 1000000000000000000000000000000; it must be from 68 to 65536"),
        ({"mtu": INF}, "a number is infinite where a whole number is asked for"),
        ({"mtu": True}, "veth item 1: mtu is true; it must be a number from 68 to 65536"),
    ],
    "dummy": [
        ({"name": ""}, "dummy item 1: the interface name is empty"),
        ({"mtu": 67}, "dummy item 1: mtu is 67; it must be from 68 to 65536"),
    ],
    "vlan": [
        ({"id": 4095}, "vlan item 1: id is 4095; it must be from 0 to 4094"),
        ({"id": True}, "vlan item 1: id is true; it must be a number from 0 to 4094"),
        ({"id": None}, "vlan item 1: id has no value"),
        ({"link": "v0"}, "vlan item 1: link is the link itself"),
        ({"link": ""}, "vlan item 1: link is empty"),
    ],
    "macvlan": [
        ({"link": "m0"}, "macvlan item 1: link is the link itself"),
        (
            {"link": "a/b"},
            "macvlan item 1: link 'a/b' has a character the kernel does not take ('/', ':' or white space)",
        ),
        (
            {"parent_namespace": ".."},
            "macvlan item 1: the namespace name '..' is a path; give the name of a namespace under /run/netns",
        ),
    ],
    "vxlan": [
        ({"vni": -1}, "vxlan item 1: vni is -1; it must be from 0 to 16777215"),
        ({"vni": 16777216}, "vxlan item 1: vni is 16777216; it must be from 0 to 16777215"),
        ({"vni": None}, "vxlan item 1: vni has no value"),
        ({"port": 0}, "vxlan item 1: port is 0; it must be from 1 to 65535"),
        ({"ttl": 256}, "vxlan item 1: ttl is 256; it must be from 0 to 255"),
        ({"ageing": 0}, "vxlan item 1: ageing is 0; it must be from 1 to 4294967295"),
        ({"remote": "there"}, "vxlan item 1: remote 'there' is not an address such as 192.0.2.1 or 2001:db8::1"),
        (
            {"remote": "239.1.1.1"},
            "vxlan item 1: remote 239.1.1.1 is a multicast address; call it group, and name the interface (dev)",
        ),
        ({"group": "10.0.0.1", "dev": "e0"}, "vxlan item 1: group 10.0.0.1 is no multicast address; call it remote"),
        ({"group": "239.1.1.1"}, "vxlan item 1: group needs dev, the interface that joins it"),
        (
            {"local": "10.0.0.1", "remote": "2001:db8::1"},
            "vxlan item 1: 10.0.0.1 and 2001:db8::1 are of different families",
        ),
        ({"local": "0.0.0.0"}, "vxlan item 1: 0.0.0.0 is no address to send from or to; leave it out"),
        ({"local": "224.0.0.1"}, "vxlan item 1: local 224.0.0.1 is a multicast address"),
        ({"dev": "x0"}, "vxlan item 1: dev is the link itself"),
    ],
    "netns_qdisc": [
        (
            {"rate": LEFT_OUT},
            "netns_qdisc item 1: it says nothing to do; give a rate, or what is to happen to packets, such as delay or "
            "loss",
        ),
        (
            {"rate": "fast"},
            "netns_qdisc item 1: rate 'fast' is not a number with a unit such as 10mbit (bits) or 1mbps (bytes)",
        ),
        (
            {"rate": "10m"},
            "netns_qdisc item 1: rate '10m' is not a number with a unit such as 10mbit (bits) or 1mbps (bytes)",
        ),
        ({"rate": "10bit"}, "netns_qdisc item 1: rate '10bit' is too small for the kernel"),
        ({"rate": "35gbit"}, "netns_qdisc item 1: rate '35gbit' is too large for the kernel"),
        ({"burst": "-1"}, "netns_qdisc item 1: burst '-1' is not a number with a unit such as 32kb"),
        ({"latency": "0"}, "netns_qdisc item 1: latency '0' is too small for the kernel"),
        ({"rate": "1kbit", "burst": "1mb"}, "netns_qdisc item 1: burst '1mb' takes minutes at 1kbit; make it smaller"),
        ({"loss": "101%"}, "netns_qdisc item 1: loss '101%' is not a percentage such as 0.5%"),
        ({"jitter": "5ms"}, "netns_qdisc item 1: jitter needs a delay"),
        ({"reorder": "5%"}, "netns_qdisc item 1: reorder needs a delay"),
        (
            {"burst": "5k", "delay": "1ms"},
            "netns_qdisc item 1: burst belongs to a rate alone; beside delay only the limit counts",
        ),
        ({"delay": "1ms", "limit": "5k"}, "netns_qdisc item 1: limit '5k' is not a number of packets"),
    ],
    "bridge": [
        ({"name": ""}, "bridge item 1: the interface name is empty"),
        (
            {"name": "xxxxxxxxxxxxxxxx"},
            "bridge item 1: the interface name 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"name": "b r"},
            "bridge item 1: the interface name 'b r' has a character the kernel does not take ('/', ':' or white "
            "space)",
        ),
        ({"forward_delay": -1}, "bridge item 1: forward_delay is -1; it must be from 0 to 30 seconds"),
        ({"forward_delay": 31}, "bridge item 1: forward_delay is 31; it must be from 0 to 30 seconds"),
        ({"forward_delay": NAN}, "bridge item 1: forward_delay is nan; it must be from 0 to 30 seconds"),
        ({"forward_delay": INF}, "bridge item 1: forward_delay is inf; it must be from 0 to 30 seconds"),
        ({"forward_delay": -INF}, "bridge item 1: forward_delay is -inf; it must be from 0 to 30 seconds"),
        ({"stp": True, "forward_delay": 1}, "bridge item 1: forward_delay is 1; with stp it must be from 2 seconds on"),
        ({"hello_time": 0}, "bridge item 1: hello_time is 0; it must be from 1 to 10 seconds"),
        ({"hello_time": 0.5}, "bridge item 1: hello_time is 0.5; it must be from 1 to 10 seconds"),
        ({"hello_time": 11}, "bridge item 1: hello_time is 11; it must be from 1 to 10 seconds"),
        ({"max_age": 5}, "bridge item 1: max_age is 5; it must be from 6 to 40 seconds"),
        ({"max_age": 41}, "bridge item 1: max_age is 41; it must be from 6 to 40 seconds"),
        ({"ageing_time": -1}, "bridge item 1: ageing_time is -1; it must be from 0 to 21474836.48 seconds"),
        (
            {"ageing_time": 1000000000000.0},
            "bridge item 1: ageing_time is 1000000000000; it must be from 0 to 21474836.48 seconds",
        ),
        ({"priority": -1}, "bridge item 1: priority is -1; it must be from 0 to 65535"),
        ({"priority": 65536}, "bridge item 1: priority is 65536; it must be from 0 to 65535"),
        ({"priority": True}, "bridge item 1: priority is true; it must be a number from 0 to 65535"),
        (
            {"group_fwd_mask": 1},
            "bridge item 1: group_fwd_mask 1 has a bit of 0 to 2 (STP, pause, LACP), which the kernel refuses",
        ),
        (
            {"group_fwd_mask": 2},
            "bridge item 1: group_fwd_mask 2 has a bit of 0 to 2 (STP, pause, LACP), which the kernel refuses",
        ),
        (
            {"group_fwd_mask": 4},
            "bridge item 1: group_fwd_mask 4 has a bit of 0 to 2 (STP, pause, LACP), which the kernel refuses",
        ),
        (
            {"group_fwd_mask": 7},
            "bridge item 1: group_fwd_mask 7 has a bit of 0 to 2 (STP, pause, LACP), which the kernel refuses",
        ),
        ({"group_fwd_mask": 65536}, "bridge item 1: group_fwd_mask is 65536; it must be from 0 to 65535"),
        ({"group_fwd_mask": -8}, "bridge item 1: group_fwd_mask is -8; it must be from 0 to 65535"),
        ({"vlan_default_pvid": -1}, "bridge item 1: vlan_default_pvid is -1; it must be from 0 to 4094"),
        ({"vlan_default_pvid": 4095}, "bridge item 1: vlan_default_pvid is 4095; it must be from 0 to 4094"),
        ({"mtu": 67}, "bridge item 1: mtu is 67; it must be from 68 to 65536"),
        (
            {"mac": "03:00:00:00:00:01"},
            "bridge item 1: mac '03:00:00:00:00:01' is a multicast address; make the first byte even",
        ),
    ],
    "bridge_port": [
        ({"bridge": "v1"}, "bridge_port item 1: a bridge cannot be a port of itself"),
        ({"bridge": ""}, "bridge_port item 1: bridge is empty"),
        ({"interface": ""}, "bridge_port item 1: interface is empty"),
        (
            {"bridge": "xxxxxxxxxxxxxxxx"},
            "bridge_port item 1: bridge 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"interface": "a b"},
            "bridge_port item 1: interface 'a b' has a character the kernel does not take ('/', ':' or white space)",
        ),
        (
            {"namespace": "."},
            "bridge_port item 1: the namespace name '.' is a path; give the name of a namespace under /run/netns",
        ),
        ({"cost": 0}, "bridge_port item 1: cost is 0; it must be from 1 to 65535"),
        ({"cost": -1}, "bridge_port item 1: cost is -1; it must be from 1 to 65535"),
        ({"cost": 65536}, "bridge_port item 1: cost is 65536; it must be from 1 to 65535"),
        ({"cost": True}, "bridge_port item 1: cost is true; it must be a number from 1 to 65535"),
        ({"priority": -1}, "bridge_port item 1: priority is -1; it must be from 0 to 63"),
        ({"priority": 64}, "bridge_port item 1: priority is 64; it must be from 0 to 63"),
        ({"priority": False}, "bridge_port item 1: priority is false; it must be a number from 0 to 63"),
        ({"bridge": None}, "bridge_port item 1: bridge has no value"),
        ({"vlans": [{"vid": "0"}]}, "bridge_port item 1: vid is 0; it must be from 1 to 4094"),
        ({"vlans": [{"vid": "10-4095"}]}, "bridge_port item 1: vid is 4095; it must be from 1 to 4094"),
        ({"vlans": [{"vid": "20-10"}]}, "bridge_port item 1: vid '20-10' ends before it begins"),
        (
            {"vlans": [{"vid": "ten"}]},
            "bridge_port item 1: vid 'ten' is not a VLAN such as 10 or a range such as 10-20",
        ),
        (
            {"vlans": [{"vid": "10-"}]},
            "bridge_port item 1: vid '10-' is not a VLAN such as 10 or a range such as 10-20",
        ),
        (
            {"vlans": [{"vid": "10-20"}, {"vid": "15"}]},
            "bridge_port item 1: VLAN 15 is there twice; keep one of the two",
        ),
        (
            {"vlans": [{"vid": "10-20", "pvid": True}]},
            "bridge_port item 1: VLANs 10 and 11 are both pvid; there is one for what comes in untagged",
        ),
    ],
    "netns_address": [
        ({"address": ""}, "netns_address item 1: address '' is not an address such as 192.0.2.1/24 or 2001:db8::1/64"),
        (
            {"address": " "},
            "netns_address item 1: address ' ' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "eth0"},
            "netns_address item 1: address 'eth0' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/33"},
            "netns_address item 1: address '10.0.0.1/33' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.256/24"},
            "netns_address item 1: address '10.0.0.256/24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0/24"},
            "netns_address item 1: address '10.0.0/24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/255.255.255.0"},
            "netns_address item 1: address '10.0.0.1/255.255.255.0' has a mask; write its length, as in 10.0.0.1/24",
        ),
        (
            {"address": "10.0.0.1/0.0.0.255"},
            "netns_address item 1: address '10.0.0.1/0.0.0.255' has a mask; write its length, as in 10.0.0.1/24",
        ),
        (
            {"address": "2001:db8::1/129"},
            "netns_address item 1: address '2001:db8::1/129' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "2001:db8:::1/64"},
            "netns_address item 1: address '2001:db8:::1/64' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "fe80::1%eth0/64"},
            "netns_address item 1: address 'fe80::1%eth0/64' has a zone; name the interface with its own option",
        ),
        (
            {"address": "224.0.0.1/24"},
            "netns_address item 1: address '224.0.0.1/24' cannot be the address of an interface",
        ),
        ({"address": "ff02::1/64"}, "netns_address item 1: address 'ff02::1/64' cannot be the address of an interface"),
        ({"address": "0.0.0.0/24"}, "netns_address item 1: address '0.0.0.0/24' cannot be the address of an interface"),
        ({"address": "::/64"}, "netns_address item 1: address '::/64' cannot be the address of an interface"),
        (
            {"address": "10.0.0.1/-1"},
            "netns_address item 1: address '10.0.0.1/-1' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/"},
            "netns_address item 1: address '10.0.0.1/' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/ 24"},
            "netns_address item 1: address '10.0.0.1/ 24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": " 10.0.0.1/24"},
            "netns_address item 1: address ' 10.0.0.1/24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/24\n"},
            "netns_address item 1: address '10.0.0.1/24\\n' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/24/24"},
            "netns_address item 1: address '10.0.0.1/24/24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "010.0.0.1/24"},
            "netns_address item 1: address '010.0.0.1/24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "\uff110.0.0.1/24"},
            "netns_address item 1: address '\uff110.0.0.1/24' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/\uff12\uff14"},
            "netns_address item 1: address '10.0.0.1/\uff12\uff14' is not an address such as 192.0.2.1/24 or "
            "2001:db8::1/64",
        ),
        (
            {"address": 167772161},
            "netns_address item 1: address '167772161' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": "10.0.0.1/24; reboot"},
            "netns_address item 1: address '10.0.0.1/24; reboot' is not an address such as 192.0.2.1/24 or "
            "2001:db8::1/64",
        ),
        (
            {"address": "$(reboot)"},
            "netns_address item 1: address '$(reboot)' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        ({"address": "\ud800"}, "'\\ud800' is no text that UTF-8 can hold; leave out what is no character"),
        (
            {"address": "x" * 100000},
            "netns_address item 1: address '"
            + "x" * 241
            + "..."
            + "x" * 192
            + "' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"address": True},
            "netns_address item 1: address 'True' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        ({"interface": ""}, "netns_address item 1: interface is empty"),
        (
            {"interface": "a b"},
            "netns_address item 1: interface 'a b' has a character the kernel does not take ('/', ':' or white space)",
        ),
        (
            {"namespace": "a/b"},
            "netns_address item 1: the namespace name 'a/b' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"peer": "2001:db8::1"},
            "netns_address item 1: peer 2001:db8::1 and address 10.0.0.1 are of different families",
        ),
        (
            {"address": "10.0.0.1", "peer": "nobody"},
            "netns_address item 1: peer 'nobody' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"peer": "10.0.0.2"},
            "netns_address item 1: beside a peer the prefix length belongs to the peer; write 10.0.0.1 and peer: "
            "10.0.0.2/32",
        ),
        (
            {"address": "10.0.0.1", "peer": "224.0.0.1"},
            "netns_address item 1: peer '224.0.0.1' cannot be the address of an interface",
        ),
        (
            {"broadcast": "all"},
            "netns_address item 1: broadcast 'all' is not an address such as 192.0.2.1 or 2001:db8::1",
        ),
        ({"broadcast": "2001:db8::1"}, "netns_address item 1: broadcast '2001:db8::1' is no IPv4 address"),
        ({"address": "2001:db8::1/64", "broadcast": "+"}, "netns_address item 1: broadcast is for IPv4 addresses only"),
        ({"address": "2001:db8::1/64", "scope": "link"}, "netns_address item 1: scope is for IPv4 addresses only"),
        ({"address": "2001:db8::1/64", "label": "eth0:1"}, "netns_address item 1: label is for IPv4 addresses only"),
        ({"scope": ""}, f"netns_address item 1: scope '' {NO_SCOPE}"),
        (
            {"scope": "galaxy"},
            f"netns_address item 1: scope 'galaxy' {NO_SCOPE}",
        ),
        (
            {"scope": "256"},
            f"netns_address item 1: scope '256' {NO_SCOPE}",
        ),
        (
            {"scope": "-1"},
            f"netns_address item 1: scope '-1' {NO_SCOPE}",
        ),
        (
            {"scope": "1.5"},
            f"netns_address item 1: scope '1.5' {NO_SCOPE}",
        ),
        (
            {"scope": "\uff12"},
            f"netns_address item 1: scope '\uff12' {NO_SCOPE}",
        ),
        ({"label": ""}, "netns_address item 1: label '' must be 'eth0' or that and a suffix such as ':1', in 15 bytes"),
        (
            {"label": "eth1"},
            "netns_address item 1: label 'eth1' must be 'eth0' or that and a suffix such as ':1', in 15 bytes",
        ),
        (
            {"label": "eth0:" + "x" * 11},
            "netns_address item 1: label 'eth0:xxxxxxxxxxx' must be 'eth0' or that and a suffix such as ':1', in 15 "
            "bytes",
        ),
        (
            {"label": "eth0: 1"},
            "netns_address item 1: label 'eth0: 1' must be 'eth0' or that and a suffix such as ':1', in 15 bytes",
        ),
        (
            {"label": "eth0\n"},
            "netns_address item 1: label 'eth0\\n' must be 'eth0' or that and a suffix such as ':1', in 15 bytes",
        ),
        ({"label": "eth0:\ud800"}, "'eth0:\\ud800' is no text that UTF-8 can hold; leave out what is no character"),
        (
            {"label": "eth0\x00"},
            "netns_address item 1: label 'eth0\\x00' must be 'eth0' or that and a suffix such as ':1', in 15 bytes",
        ),
        ({"metric": -1}, "netns_address item 1: metric is -1; it must be from 0 to 4294967295"),
        ({"metric": 4294967296}, "netns_address item 1: metric is 4294967296; it must be from 0 to 4294967295"),
        ({"metric": True}, "netns_address item 1: metric is true; it must be a number from 0 to 4294967295"),
        ({"valid_lft": ""}, "netns_address item 1: valid_lft '' is neither 'forever' nor a number of seconds"),
        ({"valid_lft": "0"}, "netns_address item 1: valid_lft is 0; it must be from 1 to 4294967294"),
        ({"valid_lft": "-1"}, "netns_address item 1: valid_lft '-1' is neither 'forever' nor a number of seconds"),
        ({"valid_lft": "1.5"}, "netns_address item 1: valid_lft '1.5' is neither 'forever' nor a number of seconds"),
        ({"valid_lft": "soon"}, "netns_address item 1: valid_lft 'soon' is neither 'forever' nor a number of seconds"),
        ({"valid_lft": 4294967295}, "netns_address item 1: valid_lft is 4294967295; it must be from 1 to 4294967294"),
        (
            {"valid_lft": 10**30},
            "netns_address item 1: valid_lft is 1000000000000000000000000000000; it must be from 1 to 4294967294",
        ),
        ({"valid_lft": INF}, "netns_address item 1: valid_lft 'inf' is neither 'forever' nor a number of seconds"),
        (
            {"valid_lft": "\u0663"},
            "netns_address item 1: valid_lft '\u0663' is neither 'forever' nor a number of seconds",
        ),
        ({"valid_lft": 10, "preferred_lft": 20}, "netns_address item 1: preferred_lft 20 is longer than valid_lft 10"),
        (
            {"preferred_lft": 10},
            "netns_address item 1: preferred_lft 10 is lost on an IPv4 address that is valid forever; give both",
        ),
        (
            {"preferred_lft": "-1"},
            "netns_address item 1: preferred_lft '-1' is neither 'forever' nor a number of seconds",
        ),
        (
            {"address": "fe80::1", "peer": "fe80::2%eth0"},
            "netns_address item 1: peer 'fe80::2%eth0' has a zone; name the interface with its own option",
        ),
    ],
    "netns_link": [
        ({"name": ""}, "netns_link item 1: the interface name is empty"),
        (
            {"name": "xxxxxxxxxxxxxxxx"},
            "netns_link item 1: the interface name 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"name": "../eth0"},
            "netns_link item 1: the interface name '../eth0' has a character the kernel does not take ('/', ':' or "
            "white space)",
        ),
        (
            {"namespace": ""},
            "netns_link item 1: the namespace name is empty; leave the option out for the namespace the module "
            "itself runs in",
        ),
        (
            {"namespace": "1"},
            "netns_link item 1: the namespace name '1' is all digits, which ip takes for a process ID; put a letter "
            "in it",
        ),
        (
            {"from_namespace": ".."},
            "netns_link item 1: the namespace name '..' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {"from_namespace": "a", "namespace": "a"},
            "netns_link item 1: from_namespace and namespace are the same; leave from_namespace out",
        ),
        (
            {"from_namespace": ""},
            "netns_link item 1: from_namespace and namespace are the same; leave from_namespace out",
        ),
        ({"name": "lo", "from_namespace": "a"}, "netns_link item 1: the kernel never moves lo to another namespace"),
        ({"master": "eth0"}, "netns_link item 1: a link cannot be its own master"),
        ({"master": ""}, "netns_link item 1: master is empty"),
        (
            {"master": "xxxxxxxxxxxxxxxx"},
            "netns_link item 1: master 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"master": "br0", "nomaster": True},
            "netns_link item 1: master and nomaster contradict each other; give one of them",
        ),
        ({"alias": "x" * 255}, "netns_link item 1: alias has more than 254 bytes"),
        ({"alias": "\xe4" * 128}, "netns_link item 1: alias has more than 254 bytes"),
        ({"alias": "a\nb"}, "netns_link item 1: alias 'a\\nb' has characters that cannot be printed"),
        ({"alias": "a\x00b"}, "netns_link item 1: alias 'a\\x00b' has characters that cannot be printed"),
        ({"alias": "a\u202eb"}, "netns_link item 1: alias 'a\\u202eb' has characters that cannot be printed"),
        ({"alias": "\ud800"}, "'\\ud800' is no text that UTF-8 can hold; leave out what is no character"),
        ({"alias": "x" * 100000}, "netns_link item 1: alias has more than 254 bytes"),
        ({"txqueuelen": -1}, "netns_link item 1: txqueuelen is -1; it must be from 0 to 2147483647"),
        ({"txqueuelen": 2147483648}, "netns_link item 1: txqueuelen is 2147483648; it must be from 0 to 2147483647"),
        ({"txqueuelen": True}, "netns_link item 1: txqueuelen is true; it must be a number from 0 to 2147483647"),
        ({"txqueuelen": INF}, "a number is infinite where a whole number is asked for"),
        ({"mtu": 0}, "netns_link item 1: mtu is 0; it must be from 68 to 65536"),
        ({"mac": "x"}, "netns_link item 1: mac 'x' is not six bytes in hexadecimal such as 02:00:00:00:00:01"),
    ],
    "netns_route": [
        (
            {"destination": "", "type": "blackhole"},
            "netns_route item 1: destination '' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "somewhere", "type": "blackhole"},
            "netns_route item 1: destination 'somewhere' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "10.0.0.1/24", "type": "blackhole"},
            "netns_route item 1: destination '10.0.0.1/24' has bits behind its prefix length; the network is "
            "10.0.0.0/24",
        ),
        (
            {"destination": "10.0.0.0/33", "type": "blackhole"},
            "netns_route item 1: destination '10.0.0.0/33' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "2001:db8::1/64", "type": "blackhole"},
            "netns_route item 1: destination '2001:db8::1/64' has bits behind its prefix length; the network is "
            "2001:db8::/64",
        ),
        (
            {"destination": "2001:db8::/129", "type": "blackhole"},
            "netns_route item 1: destination '2001:db8::/129' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "10.0.0.0/8\n", "type": "blackhole"},
            "netns_route item 1: destination '10.0.0.0/8\\n' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "10.0.0.0 /8", "type": "blackhole"},
            "netns_route item 1: destination '10.0.0.0 /8' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "default6", "type": "blackhole"},
            "netns_route item 1: destination 'default6' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "fe80::%eth0/64", "type": "blackhole"},
            "netns_route item 1: destination 'fe80::%eth0/64' has a zone; name the interface with its own option",
        ),
        (
            {"destination": "-6", "type": "blackhole"},
            "netns_route item 1: destination '-6' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": "\ud800", "type": "blackhole"},
            "'\\ud800' is no text that UTF-8 can hold; leave out what is no character",
        ),
        (
            {"destination": "x" * 100000, "type": "blackhole"},
            "netns_route item 1: destination '"
            + "x" * 237
            + "..."
            + "x" * 193
            + "' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        (
            {"destination": 0, "type": "blackhole"},
            "netns_route item 1: destination '0' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        ({}, "netns_route item 1: it leads nowhere; give it a gateway, an interface or nexthops"),
        (
            {"destination": "2001:db8:9::/48", "gateway": "10.0.0.1"},
            "netns_route item 1: gateway 10.0.0.1 is not of the destination's family",
        ),
        ({"gateway": "me"}, "netns_route item 1: gateway 'me' is not an address such as 192.0.2.1 or 2001:db8::1"),
        ({"gateway": ""}, "netns_route item 1: it leads nowhere; give it a gateway, an interface or nexthops"),
        (
            {"gateway": "10.0.0.1/24"},
            "netns_route item 1: gateway '10.0.0.1/24' is not an address such as 192.0.2.1 or 2001:db8::1",
        ),
        ({"interface": ""}, "netns_route item 1: it leads nowhere; give it a gateway, an interface or nexthops"),
        (
            {"interface": "a b"},
            "netns_route item 1: interface 'a b' has a character the kernel does not take ('/', ':' or white space)",
        ),
        (
            {"type": "blackhole", "gateway": "10.0.0.1"},
            "netns_route item 1: a route of type blackhole has neither gateway nor interface",
        ),
        (
            {"type": "blackhole", "interface": "eth0"},
            "netns_route item 1: a route of type blackhole has neither gateway nor interface",
        ),
        ({"nexthops": []}, "netns_route item 1: it leads nowhere; give it a gateway, an interface or nexthops"),
        ({"nexthops": [{}]}, "netns_route item 1: a next hop has neither gateway nor interface"),
        ({"nexthops": [{"weight": 2}]}, "netns_route item 1: a next hop has neither gateway nor interface"),
        (
            {"nexthops": [{"gateway": "10.0.0.1"}, {"gateway": "10.0.0.1", "weight": 2}]},
            "netns_route item 1: nexthops has one of them twice; give it more weight instead",
        ),
        (
            {
                "destination": "2001:db8:9::/48",
                "nexthops": [{"gateway": "10.0.0.1"}, {"gateway": "fe80::1", "interface": "eth0"}],
            },
            "netns_route item 1: gateway 10.0.0.1 is not of the destination's family",
        ),
        (
            {"nexthops": [{"gateway": "10.0.0.1", "weight": 0}]},
            "netns_route item 1: weight is 0; it must be from 1 to 256",
        ),
        (
            {"nexthops": [{"gateway": "10.0.0.1", "weight": 257}]},
            "netns_route item 1: weight is 257; it must be from 1 to 256",
        ),
        (
            {"nexthops": [{"gateway": "10.0.0.1", "weight": -1}]},
            "netns_route item 1: weight is -1; it must be from 1 to 256",
        ),
        (
            {"nexthops": [{"gateway": "10.0.0.1", "weight": True}]},
            "netns_route item 1: weight is true; it must be a number from 1 to 256",
        ),
        (
            {"destination": "2001:db8::/32", "gateway": "fe80::1"},
            "netns_route item 1: gateway fe80::1 needs an interface beside it, as it is not looked up in the routes",
        ),
        (
            {"gateway": "10.0.0.1", "onlink": True},
            "netns_route item 1: gateway 10.0.0.1 needs an interface beside it, as it is not looked up in the routes",
        ),
        ({"gateway": "224.0.0.1"}, "netns_route item 1: gateway 224.0.0.1 is no address of a router"),
        ({"gateway": "0.0.0.0"}, "netns_route item 1: gateway 0.0.0.0 is no address of a router"),
        ({"type": "blackhole", "metric": -1}, "netns_route item 1: metric is -1; it must be from 0 to 4294967295"),
        (
            {"type": "blackhole", "metric": 4294967296},
            "netns_route item 1: metric is 4294967296; it must be from 0 to 4294967295",
        ),
        (
            {"type": "blackhole", "metric": True},
            "netns_route item 1: metric is true; it must be a number from 0 to 4294967295",
        ),
        (
            {"type": "blackhole", "table": ""},
            f"netns_route item 1: table '' {NO_TABLE}",
        ),
        ({"type": "blackhole", "table": "0"}, "netns_route item 1: table is 0; it must be from 1 to 4294967295"),
        (
            {"type": "blackhole", "table": "weird"},
            f"netns_route item 1: table 'weird' {NO_TABLE}",
        ),
        (
            {"type": "blackhole", "table": "-1"},
            f"netns_route item 1: table '-1' {NO_TABLE}",
        ),
        (
            {"type": "blackhole", "table": 4294967296},
            "netns_route item 1: table is 4294967296; it must be from 1 to 4294967295",
        ),
        (
            {"type": "blackhole", "table": "main "},
            f"netns_route item 1: table 'main ' {NO_TABLE}",
        ),
        (
            {"type": "blackhole", "table": "\u0663"},
            f"netns_route item 1: table '\u0663' {NO_TABLE}",
        ),
        (
            {"type": "blackhole", "table": "1; reboot"},
            f"netns_route item 1: table '1; reboot' {NO_TABLE}",
        ),
        (
            {"gateway": "10.0.0.1", "source": "2001:db8::1"},
            "netns_route item 1: source 2001:db8::1 is not of the destination's family",
        ),
        (
            {"gateway": "10.0.0.1", "source": "me"},
            "netns_route item 1: source 'me' is not an address such as 192.0.2.1 or 2001:db8::1",
        ),
        ({"interface": "eth0", "mtu": 0}, "netns_route item 1: mtu is 0; it must be from 68 to 65535"),
        ({"interface": "eth0", "mtu": 67}, "netns_route item 1: mtu is 67; it must be from 68 to 65535"),
        ({"interface": "eth0", "mtu": 65536}, "netns_route item 1: mtu is 65536; it must be from 68 to 65535"),
        ({"interface": "eth0", "mtu": True}, "netns_route item 1: mtu is true; it must be a number from 68 to 65535"),
        (
            {"destination": "2001:db8::/32", "interface": "eth0", "mtu": 1279},
            "netns_route item 1: mtu is 1279; it must be from 1280 to 65535",
        ),
        (
            {"destination": "2001:db8::/32", "interface": "eth0", "scope": "link"},
            "netns_route item 1: scope is for IPv4 routes only",
        ),
        (
            {"interface": "eth0", "scope": "galaxy"},
            f"netns_route item 1: scope 'galaxy' {NO_SCOPE}",
        ),
        (
            {"interface": "eth0", "scope": "256"},
            f"netns_route item 1: scope '256' {NO_SCOPE}",
        ),
        (
            {"namespace": "a\nb", "type": "blackhole"},
            "netns_route item 1: the namespace name 'a\\nb' has characters that cannot be printed",
        ),
        (
            {"destination": "default", "gateway": "x"},
            "netns_route item 1: gateway 'x' is not an address such as 192.0.2.1 or 2001:db8::1",
        ),
        (
            {"destination": "default"},
            "netns_route item 1: it leads nowhere; give it a gateway, an interface or nexthops",
        ),
        (
            {"gateway": "fe80::1%eth0", "interface": "eth0"},
            "netns_route item 1: gateway 'fe80::1%eth0' has a zone; name the interface with its own option",
        ),
        (
            {"destination": "2001:db8::/32", "gateway": "fe80::1%eth0", "interface": "eth0"},
            "netns_route item 1: gateway 'fe80::1%eth0' has a zone; name the interface with its own option",
        ),
        (
            {"destination": "fe80::1%eth0/64", "interface": "eth0"},
            "netns_route item 1: destination 'fe80::1%eth0/64' has a zone; name the interface with its own option",
        ),
        (
            {"interface": "eth0", "source": "0.0.0.0"},
            "netns_route item 1: source 0.0.0.0 is no address of an interface",
        ),
    ],
    "netns_neighbor": [
        ({"address": ""}, "netns_neighbor item 1: address '' is not an address such as 192.0.2.1 or 2001:db8::1"),
        (
            {"address": "10.0.0.2/24"},
            "netns_neighbor item 1: address '10.0.0.2/24' is not an address such as 192.0.2.1 or 2001:db8::1",
        ),
        ({"address": "224.0.0.1"}, "netns_neighbor item 1: address 224.0.0.1 is not that of one neighbour"),
        ({"address": "::"}, "netns_neighbor item 1: address :: is not that of one neighbour"),
        (
            {"address": "fe80::1%eth0"},
            "netns_neighbor item 1: address 'fe80::1%eth0' has a zone; name the interface with its own option",
        ),
        ({"interface": ""}, "netns_neighbor item 1: interface is empty"),
        (
            {"interface": "a b"},
            "netns_neighbor item 1: interface 'a b' has a character the kernel does not take ('/', ':' or white "
            "space)",
        ),
        (
            {"namespace": "a/b"},
            "netns_neighbor item 1: the namespace name 'a/b' is a path; give the name of a namespace under "
            "/run/netns",
        ),
        (
            {"mac": LEFT_OUT},
            "netns_neighbor item 1: it needs the mac of the neighbour, or proxy: true to answer for it",
        ),
        ({"mac": ""}, "netns_neighbor item 1: mac '' is not six bytes in hexadecimal such as 02:00:00:00:00:01"),
        (
            {"mac": "02:00:00:00:00"},
            "netns_neighbor item 1: mac '02:00:00:00:00' is not six bytes in hexadecimal such as "
            "02:00:00:00:00:01",
        ),
        (
            {"mac": "01:00:5e:00:00:01"},
            "netns_neighbor item 1: mac '01:00:5e:00:00:01' is a multicast address; make the first byte even",
        ),
        ({"mac": "00:00:00:00:00:00"}, "netns_neighbor item 1: mac '00:00:00:00:00:00' is no address of an interface"),
        ({"proxy": True}, "netns_neighbor item 1: a proxy entry has no mac; the interface answers with its own MAC"),
        (
            {"mac": LEFT_OUT, "proxy": True, "nud": "noarp"},
            "netns_neighbor item 1: a proxy entry has no nud; the interface answers with its own MAC",
        ),
        ({"router": True}, "netns_neighbor item 1: router is for IPv6 neighbours only"),
    ],
    "netns_fdb": [
        ({"mac": ""}, "netns_fdb item 1: mac '' is not six bytes in hexadecimal such as 02:00:00:00:00:01"),
        (
            {"mac": "02:00:00:00:00:0g"},
            "netns_fdb item 1: mac '02:00:00:00:00:0g' is not six bytes in hexadecimal such as 02:00:00:00:00:01",
        ),
        ({"mac": "00:00:00:00:00:00"}, "netns_fdb item 1: an entry for everything (00:00:00:00:00:00) needs dst"),
        (
            {"interface": "xxxxxxxxxxxxxxxx"},
            "netns_fdb item 1: interface 'xxxxxxxxxxxxxxxx' has 16 bytes; 15 is the most the kernel takes",
        ),
        (
            {"namespace": "."},
            "netns_fdb item 1: the namespace name '.' is a path; give the name of a namespace under /run/netns",
        ),
        ({"dst": "me"}, "netns_fdb item 1: dst 'me' is not an address such as 192.0.2.1 or 2001:db8::1"),
        ({"dst": "0.0.0.0"}, "netns_fdb item 1: dst 0.0.0.0 is no address of a host"),
        (
            {"dst": "10.0.0.1/32"},
            "netns_fdb item 1: dst '10.0.0.1/32' is not an address such as 192.0.2.1 or 2001:db8::1",
        ),
        (
            {"dst": "10.0.0.1", "master": True},
            "netns_fdb item 1: dst is for entries of a VXLAN interface itself, not for those of its bridge; leave"
            " master out",
        ),
        ({"dst": "10.0.0.1", "vlan": 5}, "netns_fdb item 1: vlan is for entries of a bridge only"),
        ({"vlan": 0}, "netns_fdb item 1: vlan is 0; it must be from 1 to 4094"),
        ({"vlan": 4095}, "netns_fdb item 1: vlan is 4095; it must be from 1 to 4094"),
        ({"vni": 5}, "netns_fdb item 1: vni has no meaning without dst"),
        ({"dst": "10.0.0.1", "vni": 16777216}, "netns_fdb item 1: vni is 16777216; it must be from 1 to 16777215"),
        ({"dst": "10.0.0.1", "vni": 0}, "netns_fdb item 1: vni is 0; it must be from 1 to 16777215"),
        ({"dst": "10.0.0.1", "port": 65536}, "netns_fdb item 1: port is 65536; it must be from 1 to 65535"),
        ({"dst": "10.0.0.1", "via": ""}, "netns_fdb item 1: via is empty"),
        ({"dst": "10.0.0.1", "sticky": True}, "netns_fdb item 1: sticky is for static entries of a bridge only"),
        ({"sticky": True, "type": "local"}, "netns_fdb item 1: sticky is for static entries of a bridge only"),
    ],
    "netns_rule": [
        ({"table": LEFT_OUT}, "netns_rule item 1: it needs table, or another action than lookup"),
        ({"table": ""}, f"netns_rule item 1: table '' {NO_TABLE}"),
        ({"table": "0"}, "netns_rule item 1: table is 0; it must be from 1 to 4294967295"),
        ({"table": "isp1"}, f"netns_rule item 1: table 'isp1' {NO_TABLE}"),
        ({"priority": -1}, "netns_rule item 1: priority is -1; it must be from 0 to 4294967295"),
        ({"priority": 4294967296}, "netns_rule item 1: priority is 4294967296; it must be from 0 to 4294967295"),
        ({"priority": True}, "netns_rule item 1: priority is true; it must be a number from 0 to 4294967295"),
        ({"from": ""}, "netns_rule item 1: from '' is no network such as 192.0.2.0/24 or 2001:db8::/64"),
        (
            {"from": "10.0.0.1/8"},
            "netns_rule item 1: from '10.0.0.1/8' has bits behind its prefix length; the network is 10.0.0.0/8",
        ),
        (
            {"from": "10.0.0.0/33"},
            "netns_rule item 1: from '10.0.0.0/33' is no network such as 192.0.2.0/24 or 2001:db8::/64",
        ),
        (
            {"from": "fe80::%eth0/64"},
            "netns_rule item 1: from 'fe80::%eth0/64' has a zone; name the interface with iif or oif",
        ),
        ({"from": "10.0.0.1", "to": "2001:db8::1"}, "netns_rule item 1: from, to and family are not of one family"),
        ({"from": "10.0.0.1", "family": "ipv6"}, "netns_rule item 1: from, to and family are not of one family"),
        ({"tos": "3"}, "netns_rule item 1: tos is 3; it must be from 4 to 252"),
        ({"tos": "5"}, "netns_rule item 1: tos '5' has one of the last two bits, which are those of ECN"),
        ({"tos": "x"}, "netns_rule item 1: tos 'x' is no number"),
        (
            {"fwmark": "0"},
            "netns_rule item 1: fwmark 0 without a mask is not told apart from none; give it a mask, as in "
            "0/0xffffffff",
        ),
        (
            {"fwmark": "0x10/0x1"},
            "netns_rule item 1: fwmark '0x10/0x1' has bits outside its mask, so that no packet has it",
        ),
        ({"fwmark": "1/0"}, "netns_rule item 1: the mask of fwmark is 0; it must be from 1 to 4294967295"),
        ({"fwmark": "mark"}, "netns_rule item 1: fwmark 'mark' is no number"),
        ({"fwmark": "-1"}, "netns_rule item 1: fwmark '-1' is no number"),
        ({"iif": ""}, "netns_rule item 1: iif is empty"),
        (
            {"oif": "a/b"},
            "netns_rule item 1: oif 'a/b' has a character the kernel does not take ('/', ':' or white space)",
        ),
        (
            {"ipproto": "http"},
            "netns_rule item 1: ipproto 'http' is none of icmp, igmp, tcp, udp, ipv6-icmp, sctp and no number",
        ),
        ({"ipproto": "0"}, "netns_rule item 1: ipproto is 0; it must be from 1 to 255"),
        ({"ipproto": "icmp", "dport": "80"}, "netns_rule item 1: ipproto icmp has no ports"),
        ({"dport": "0"}, "netns_rule item 1: dport is 0; it must be from 1 to 65534"),
        ({"dport": "65535"}, "netns_rule item 1: dport is 65535; it must be from 1 to 65534"),
        ({"sport": "2000-1000"}, "netns_rule item 1: sport '2000-1000' ends before it begins"),
        ({"sport": "80:90"}, "netns_rule item 1: sport '80:90' is neither a number nor a range such as 1000-2000"),
        ({"uidrange": "root"}, "netns_rule item 1: uidrange 'root' is neither a number nor a range such as 1000-2000"),
        ({"action": "goto"}, "netns_rule item 1: table has no meaning with action goto"),
        ({"action": "prohibit"}, "netns_rule item 1: table has no meaning with action prohibit"),
        ({"goto": 5}, "netns_rule item 1: table has no meaning with action goto"),
        (
            {"table": LEFT_OUT, "goto": 5, "priority": 5},
            "netns_rule item 1: goto 5 leads back; the kernel goes on only",
        ),
        ({"suppress_prefixlength": 129}, "netns_rule item 1: suppress_prefixlength is 129; it must be from 0 to 128"),
        ({"suppress_prefixlength": -1}, "netns_rule item 1: suppress_prefixlength is -1; it must be from 0 to 128"),
        (
            {"table": LEFT_OUT, "state": "absent"},
            "netns_rule item 1: it names no rule; give a priority, or what the rule selects or does",
        ),
        (
            {"table": LEFT_OUT, "state": "absent", "family": "ipv6"},
            "netns_rule item 1: it names no rule; give a priority, or what the rule selects or does",
        ),
        ({"fwmark": "1_0"}, "netns_rule item 1: fwmark '1_0' is no number"),
        (
            {"table": LEFT_OUT, "action": "nop", "suppress_ifgroup": 1},
            "netns_rule item 1: suppress_ifgroup is for rules that look a table up",
        ),
    ],
    "topology": [
        (
            {"name": "", "netns": [{"name": "good"}]},
            "topology: name '' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": ".", "netns": [{"name": "good"}]},
            "topology: name '.' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "..", "netns": [{"name": "good"}]},
            "topology: name '..' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": ".hidden", "netns": [{"name": "good"}]},
            "topology: name '.hidden' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "a/b", "netns": [{"name": "good"}]},
            "topology: name 'a/b' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "../../tmp/x", "netns": [{"name": "good"}]},
            "topology: name '../../tmp/x' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "/etc/passwd", "netns": [{"name": "good"}]},
            "topology: name '/etc/passwd' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "a\x00b", "netns": [{"name": "good"}]},
            "topology: name 'a\\x00b' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "a\nb", "netns": [{"name": "good"}]},
            "topology: name 'a\\nb' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "a\u202eb", "netns": [{"name": "good"}]},
            "topology: name 'a\\u202eb' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"name": "\ud800", "netns": [{"name": "good"}]},
            "'\\ud800' is no text that UTF-8 can hold; leave out what is no character",
        ),
        (
            {"name": "x" * 201, "netns": [{"name": "good"}]},
            "topology: name 'xxxxxxxxxxxxxxxxxxxx'... has more than 200 bytes",
        ),
        (
            {"name": "\xe4" * 101, "netns": [{"name": "good"}]},
            "topology: name '\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4'... "
            "has more than 200 bytes",
        ),
        (
            {"name": "x" * 100000, "netns": [{"name": "good"}]},
            "topology: name 'xxxxxxxxxxxxxxxxxxxx'... has more than 200 bytes",
        ),
        (
            {"name": "../x", "state": "absent"},
            "topology: name '../x' cannot be a file's name; use letters, digits, '-', '_' and '.'",
        ),
        (
            {"lock_timeout": -1, "netns": [{"name": "good"}]},
            "topology: lock_timeout is -1; it must be a number of seconds from 0 on",
        ),
        (
            {"lock_timeout": NAN, "netns": [{"name": "good"}]},
            "topology: lock_timeout is nan; it must be a number of seconds from 0 on",
        ),
        (
            {"lock_timeout": INF, "netns": [{"name": "good"}]},
            "topology: lock_timeout is inf; it must be a number of seconds from 0 on",
        ),
        (
            {"lock_timeout": -INF, "netns": [{"name": "good"}]},
            "topology: lock_timeout is -inf; it must be a number of seconds from 0 on",
        ),
        (
            {"netns_route": [{"destination": "default"}], "netns": [{"name": "good"}]},
            "netns_route item 1: it leads nowhere; give it a gateway, an interface or nexthops",
        ),
        ({"netns": [{"name": "good"}, {"name": "good"}]}, "netns good is there twice; keep one of the two"),
        (
            {"netns": [{"name": "good"}, {"name": "a/b"}]},
            "netns item 2: the namespace name 'a/b' is a path; give the name of a namespace under /run/netns",
        ),
        (
            {
                "netns": [{"name": "good"}, {"name": "bad", "state": "absent"}],
                "veth": [{"name": "v1", "namespace": "bad", "peer": {"name": "p1", "namespace": "good"}}],
            },
            "veth bad:v1 is to be present and needs netns bad, which is to be absent",
        ),
        (
            {
                "netns": [{"name": "good"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}, {"name": "v1", "peer": {"name": "p2"}}],
            },
            "veth v1 is there twice; keep one of the two",
        ),
        (
            {"veth": [{"name": "v1", "peer": {"name": "p1"}}, {"name": "p1", "peer": {"name": "v1"}}]},
            "veth v1 and veth p1 are both about p1; keep one of the two",
        ),
        (
            {"veth": [{"name": "v1", "peer": {"name": "p1"}}, {"name": "v2", "peer": {"name": "p1"}}]},
            "veth v1 and veth v2 are both about p1; keep one of the two",
        ),
        (
            {"bridge": [{"name": "v1"}], "veth": [{"name": "v1", "peer": {"name": "p1"}}]},
            "bridge v1 and veth v1 are both about v1; keep one of the two",
        ),
        ({"bridge": [{"name": "br0"}, {"name": "br0", "stp": True}]}, "bridge br0 is there twice; keep one of the two"),
        (
            {
                "veth": [{"name": "v1", "mtu": 1400, "peer": {"name": "p1"}}],
                "netns_link": [{"name": "v1", "mtu": 1500}],
            },
            "veth v1 and netns_link v1 contradict each other: mtu of v1 is 1400 for one and 1500 for the other",
        ),
        (
            {"veth": [{"name": "v1", "peer": {"name": "p1"}}], "netns_link": [{"name": "p1", "up": False}]},
            "veth v1 and netns_link p1 contradict each other: up of p1 is true for one and false for the other",
        ),
        (
            {"netns": [{"name": "good"}], "netns_link": [{"name": "lo", "namespace": "good", "up": False}]},
            "netns good and netns_link good:lo contradict each other: up of good:lo is true for one and false for "
            "the other",
        ),
        (
            {
                "netns": [{"name": "good"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}],
                "netns_link": [{"name": "v1", "namespace": "good", "from_namespace": ""}],
            },
            "veth v1 puts v1 where netns_link good:v1 takes it away",
        ),
        (
            {"netns_link": [{"name": "v1", "alias": "a"}, {"name": "v1", "alias": "b"}]},
            "netns_link v1 is there twice; keep one of the two",
        ),
        (
            {
                "bridge": [{"name": "b1"}, {"name": "b2"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}],
                "bridge_port": [{"interface": "v1", "bridge": "b1"}, {"interface": "v1", "bridge": "b2"}],
            },
            "bridge_port v1 is there twice; keep one of the two",
        ),
        (
            {
                "bridge": [{"name": "b1"}, {"name": "b2"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}],
                "bridge_port": [{"interface": "v1", "bridge": "b1"}],
                "netns_link": [{"name": "v1", "master": "b2"}],
            },
            "bridge_port v1 and netns_link v1 contradict each other: master of v1 is b1 for one and b2 for the other",
        ),
        (
            {
                "bridge": [{"name": "b1"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}],
                "bridge_port": [{"interface": "v1", "bridge": "b1"}],
                "netns_link": [{"name": "v1", "nomaster": True}],
            },
            "bridge_port v1 and netns_link v1 contradict each other: master of v1 is b1 for one and none for the other",
        ),
        (
            {
                "bridge": [{"name": "b1", "state": "absent"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}],
                "bridge_port": [{"interface": "v1", "bridge": "b1"}],
            },
            "bridge_port v1 is to be present and needs bridge b1, which is to be absent",
        ),
        (
            {
                "netns_address": [
                    {"interface": "lo", "address": "10.0.0.1/24"},
                    {"interface": "lo", "address": "10.0.0.1/24", "label": "lo:1"},
                ],
            },
            "netns_address lo 10.0.0.1/24 is there twice; keep one of the two",
        ),
        (
            {
                "netns_address": [
                    {"interface": "lo", "address": "2001:db8::1/64"},
                    {"interface": "lo", "address": "2001:DB8:0::0001/56"},
                ],
            },
            "netns_address lo 2001:db8::1/56 is there twice; keep one of the two",
        ),
        (
            {
                "netns_address": [
                    {"interface": "lo", "address": "10.0.0.1/24"},
                    {"interface": "lo", "address": "10.0.0.1/24", "state": "absent"},
                ],
            },
            "netns_address lo 10.0.0.1/24 is there twice; keep one of the two",
        ),
        (
            {
                "netns_route": [
                    {"destination": "default", "type": "blackhole"},
                    {"destination": "0.0.0.0/0", "type": "prohibit"},
                ],
            },
            "netns_route default is there twice; keep one of the two",
        ),
        (
            {
                "netns_route": [
                    {"destination": "2001:db8::/32", "type": "blackhole"},
                    {"destination": "2001:DB8:0::/32", "type": "blackhole", "metric": 1024},
                ],
            },
            "netns_route 2001:db8::/32 is there twice; keep one of the two",
        ),
        (
            {
                "bridge": [{"name": "br0"}],
                "bridge_port": [{"interface": f"p{number}", "bridge": "br0"} for number in range(1024)],
            },
            "bridge_port: 1024 ports for bridge br0, where the kernel allows 1023; put the rest on a second bridge "
            "and connect the two",
        ),
        ({"netns": [{"name": "good"}] * 5000}, "netns good is there twice; keep one of the two"),
        (
            {
                "veth": [{"name": "v1", "peer": {"name": "p1", "namespace": "gone"}}],
                "netns": [{"name": "gone", "state": "absent"}],
            },
            "veth v1 is to be present and needs netns gone, which is to be absent",
        ),
        (
            {
                "netns": [{"name": "good"}],
                "veth": [{"name": "v1", "peer": {"name": "p1"}}],
                "bridge_port": [{"interface": "v1", "bridge": "p1"}],
            },
            "bridge_port v1: p1 is no bridge; name a bridge or create it",
        ),
        (
            {"netns": [{"name": "good"}], "bridge": [{"name": "lo", "namespace": "good"}]},
            "netns good and bridge good:lo are both about good:lo; keep one of the two",
        ),
        (
            {"netns": [{"name": "good"}], "veth": [{"name": "lo", "namespace": "good", "peer": {"name": "p1"}}]},
            "netns good and veth good:lo are both about good:lo; keep one of the two",
        ),
        (
            {"netns": [{"name": "good"}], "netns_link": [{"name": "lo", "namespace": "good", "master": "lo"}]},
            "netns_link item 1: a link cannot be its own master",
        ),
        (
            {"netns": [{"name": None}]},
            "netns item 1: the namespace name is empty; leave the option out for the namespace the module itself "
            "runs in",
        ),
        ({"veth": [{"name": "v1", "peer": None}]}, "veth item 1: peer has no value"),
        ({"veth": [{"name": "v1", "peer": {"name": None}}]}, "veth item 1: peer name is empty"),
        ({"bridge_port": [{"interface": "v1", "bridge": None}]}, "bridge_port item 1: bridge has no value"),
        ({"bridge_port": [{"interface": None, "bridge": "b1"}]}, "bridge_port item 1: interface is empty"),
        (
            {"netns_address": [{"interface": "lo", "address": None}]},
            "netns_address item 1: address '' is not an address such as 192.0.2.1/24 or 2001:db8::1/64",
        ),
        (
            {"netns_route": [{"destination": None, "type": "blackhole"}]},
            "netns_route item 1: destination '' is neither 'default' nor a network such as 192.0.2.0/24",
        ),
        ({"name": None}, "topology: name '' cannot be a file's name; use letters, digits, '-', '_' and '.'"),
        (
            {"netns_route": [{"destination": "10.0.0.0/8", "gateway": "fe80::1%eth0"}]},
            "netns_route item 1: gateway 'fe80::1%eth0' has a zone; name the interface with its own option",
        ),
    ],
}

# What Ansible itself finds before a module begins, in words that differ from version to version.
REFUSED_BY_ANSIBLE: dict[str, list[tuple[Json, tuple[str, ...]]]] = {
    "netns": [
        ({}, ("missing required arguments: name",)),
        ({"name": "a", "state": "gone"}, ("value of state must be one of",)),
        ({"name": "a", "loopback": "maybe"}, ("argument 'loopback'", "convert to bool")),
        ({"name": "a", "processes": "murder"}, ("value of processes must be one of",)),
        ({"name": "a", "nmae": "b"}, ("Unsupported parameters", "nmae")),
        ({"name": "a", "allow_disconnect": "perhaps"}, ("argument 'allow_disconnect'", "convert to bool")),
        ({"name": "a", "state": None}, ("value of state must be one of",)),
    ],
    "veth": [
        ({"peer": LEFT_OUT}, ("state is present but all of the following are missing: peer",)),
        ({"peer": {}}, ("missing required arguments: name found in peer",)),
        ({"peer": "p1"}, ("dictionary requested, could not parse JSON or key=value",)),
        ({"peer": ["p1"]}, ("dictionary requested, could not parse JSON or key=value",)),
        ({"peer": {"name": "p1", "colour": "blue"}}, ("Unsupported parameters", "peer.colour")),
        ({"peer": {"name": "p1", "up": "half"}}, ("argument 'up'", "convert to bool", "peer")),
        ({"mtu": ""}, ("argument 'mtu'", "convert to int")),
        ({"mtu": "big"}, ("argument 'mtu'", "convert to int")),
        ({"mtu": 1.5}, ("argument 'mtu'", "convert to int")),
        ({"mtu": NAN}, ("argument 'mtu'", "convert to int")),
        ({"mtu": [1500]}, ("argument 'mtu'", "convert to int")),
        ({"mtu": {"mtu": 1500}}, ("argument 'mtu'", "convert to int")),
        ({"mtu": "1500; reboot"}, ("argument 'mtu'", "convert to int")),
        ({"mtu": "0x5dc"}, ("argument 'mtu'", "convert to int")),
        ({"up": "sideways"}, ("argument 'up'", "convert to bool")),
        ({"up": 2}, ("argument 'up'", "convert to bool")),
        ({"state": "there"}, ("value of state must be one of",)),
    ],
    "bridge": [
        ({"forward_delay": "soon"}, ("argument 'forward_delay'", "convert to float")),
        ({"forward_delay": [2]}, ("argument 'forward_delay'", "convert to float")),
        ({"priority": "high"}, ("argument 'priority'", "convert to int")),
        ({"priority": 1.5}, ("argument 'priority'", "convert to int")),
        ({"group_fwd_mask": "0x8"}, ("argument 'group_fwd_mask'", "convert to int")),
        ({"stp": "sure"}, ("argument 'stp'", "convert to bool")),
        ({"vlan_filtering": "x"}, ("argument 'vlan_filtering'", "convert to bool")),
        ({"mcast_snooping": []}, ("argument 'mcast_snooping'", "convert to bool")),
    ],
    "bridge_port": [
        ({"bridge": LEFT_OUT}, ("state is present but all of the following are missing: bridge",)),
        ({"interface": LEFT_OUT}, ("missing required arguments: interface",)),
        ({"cost": "low"}, ("argument 'cost'", "convert to int")),
        ({"port_state": "asleep"}, ("value of port_state must be one of",)),
        ({"port_state": 3}, ("value of port_state must be one of",)),
        ({"hairpin": "x"}, ("argument 'hairpin'", "convert to bool")),
        ({"isolated": 5}, ("argument 'isolated'", "convert to bool")),
        ({"state": "up"}, ("value of state must be one of",)),
    ],
    "netns_address": [
        ({"interface": LEFT_OUT}, ("missing required arguments: interface",)),
        ({"address": LEFT_OUT}, ("missing required arguments: address",)),
        ({"metric": "low"}, ("argument 'metric'", "convert to int")),
        ({"metric": 1.5}, ("argument 'metric'", "convert to int")),
        ({"metric": NAN}, ("argument 'metric'", "convert to int")),
        ({"nodad": "x"}, ("argument 'nodad'", "convert to bool")),
        ({"noprefixroute": {}}, ("argument 'noprefixroute'", "convert to bool")),
    ],
    "netns_link": [
        ({"state": "absent"}, ("Unsupported parameters", "state")),
        ({"txqueuelen": "long"}, ("argument 'txqueuelen'", "convert to int")),
        ({"addrgenmode": ""}, ("value of addrgenmode must be one of",)),
        ({"addrgenmode": "eui48"}, ("value of addrgenmode must be one of",)),
        ({"addrgenmode": 0}, ("value of addrgenmode must be one of",)),
        ({"tx_checksum": "x"}, ("argument 'tx_checksum'", "convert to bool")),
        ({"promisc": "x"}, ("argument 'promisc'", "convert to bool")),
        ({"arp": "x"}, ("argument 'arp'", "convert to bool")),
    ],
    "netns_route": [
        ({"destination": LEFT_OUT}, ("missing required arguments: destination",)),
        ({"type": "local"}, ("value of type must be one of",)),
        (
            {"gateway": "10.0.0.1", "nexthops": [{"gateway": "10.0.0.2"}]},
            ("parameters are mutually exclusive: nexthops|gateway",),
        ),
        ({"nexthops": "10.0.0.1"}, ("dictionary requested, could not parse JSON or key=value",)),
        ({"nexthops": {"gateway": "10.0.0.1"}}, ("argument 'nexthops'", "convert to list")),
        (
            {"nexthops": [{"gateway": "10.0.0.1", "weight": "much"}]},
            ("argument 'weight'", "convert to int", "nexthops"),
        ),
        ({"type": "blackhole", "metric": "low"}, ("argument 'metric'", "convert to int")),
        ({"type": "blackhole", "metric": NAN}, ("argument 'metric'", "convert to int")),
        ({"interface": "eth0", "onlink": "x"}, ("argument 'onlink'", "convert to bool")),
    ],
    "netns_neighbor": [
        ({"interface": LEFT_OUT}, ("missing required arguments: interface",)),
        ({"address": LEFT_OUT}, ("missing required arguments: address",)),
        ({"nud": "reachable"}, ("value of nud must be one of",)),
        ({"proxy": "x"}, ("argument 'proxy'", "convert to bool")),
    ],
    "netns_fdb": [
        ({"mac": LEFT_OUT}, ("missing required arguments: mac",)),
        ({"type": "permanent"}, ("value of type must be one of",)),
        ({"vlan": "ten"}, ("argument 'vlan'", "convert to int")),
    ],
    "netns_rule": [
        ({"family": "inet"}, ("value of family must be one of",)),
        ({"action": "drop"}, ("value of action must be one of",)),
        ({"priority": "first"}, ("argument 'priority'", "convert to int")),
    ],
    "topology": [
        ({"name": LEFT_OUT}, ("missing required arguments: name",)),
        ({"name": LEFT_OUT, "state": "absent"}, ("missing required arguments: name",)),
        ({"state": "here"}, ("value of state must be one of",)),
        ({"prune": "x"}, ("argument 'prune'", "convert to bool")),
        ({"lock_timeout": "soon", "netns": [{"name": "good"}]}, ("argument 'lock_timeout'", "convert to float")),
        ({"lock_timeout": "", "netns": [{"name": "good"}]}, ("argument 'lock_timeout'", "convert to float")),
        ({"lock_timeout": [1], "netns": [{"name": "good"}]}, ("argument 'lock_timeout'", "convert to float")),
        ({"lock_timeout": {}, "netns": [{"name": "good"}]}, ("argument 'lock_timeout'", "convert to float")),
        ({"allow_disconnect": "x"}, ("argument 'allow_disconnect'", "convert to bool")),
        ({"vethes": []}, ("Unsupported parameters", "vethes")),
        ({"netns": "a"}, ("dictionary requested, could not parse JSON or key=value",)),
        ({"netns": {"name": "a"}}, ("argument 'netns'", "convert to list")),
        ({"netns": ["a"]}, ("dictionary requested, could not parse JSON or key=value",)),
        ({"netns": [["a"]]}, ("sub parameter field", "'netns'")),
        ({"netns": [None]}, ("sub parameter field", "'netns'")),
        ({"netns": [{}]}, ("missing required arguments: name found in netns",)),
        ({"netns": [{"name": "good"}, {"nmae": "a"}]}, ("missing required arguments: name found in netns",)),
        ({"netns": 5}, ("sub parameter field", "'netns'")),
        ({"veth": [{"name": "v1"}]}, ("state is present but all of the following are missing: peer found in veth",)),
        ({"netns": [{"name": "a", "state": None}]}, ("value of state must be one of",)),
        (
            {"netns_route": [{"destination": "10.0.0.0/8", "nexthops": [{"gateway": "10.0.0.1", "weight": None}]}]},
            ("argument 'weight'", "convert to int", "netns_route -> nexthops"),
        ),
        ({"netns_route": [{"destination": "10.0.0.0/8", "nexthops": [None]}]}, ("sub parameter field", "'nexthops'")),
        ({"netns": None}, ("argument 'netns'", "convert to list")),
        ({"lock_timeout": None}, ("argument 'lock_timeout'", "convert to float")),
    ],
}

# What an earlier task may be to make, so that a check run takes it for granted.
MISSING: dict[str, list[tuple[Json, str]]] = {
    "topology": [
        (
            {
                "netns": [{"name": "good"}],
                "netns_address": [{"interface": "eth9", "namespace": "good", "address": "10.0.0.1/24"}],
            },
            "netns_address good:eth9 10.0.0.1/24: there is no interface good:eth9; create it first",
        ),
        (
            {
                "netns": [{"name": "good"}],
                "bridge": [{"name": "br0", "namespace": "good"}],
                "bridge_port": [{"interface": "eth9", "bridge": "br0", "namespace": "good"}],
            },
            "bridge_port good:eth9: there is no interface good:eth9; create it first",
        ),
        (
            {
                "netns": [{"name": "good"}],
                "netns_route": [{"destination": "10.0.0.0/8", "namespace": "good", "interface": "eth9"}],
            },
            "netns_route good 10.0.0.0/8: there is no interface good:eth9; create it first",
        ),
        (
            {
                "netns": [{"name": "good"}],
                "netns_neighbor": [
                    {"address": "10.0.0.2", "namespace": "good", "interface": "eth9", "mac": "02:00:00:00:00:01"}
                ],
            },
            "netns_neighbor good:eth9 10.0.0.2: there is no interface good:eth9; create it first",
        ),
        (
            {"netns": [{"name": "good"}], "netns_fdb": [{"interface": "vx", "mac": "02:00:00:00:00:01"}]},
            "netns_fdb vx 02:00:00:00:00:01: there is no interface vx; create it first",
        ),
        (
            {"netns": [{"name": "good"}], "netns_rule": [{"namespace": "nowhere", "table": "100"}]},
            "netns_rule nowhere all lookup 100: there is no namespace nowhere; create it first, with netns.lab.netns "
            "or \"ip netns add\"",
        ),
        (
            {"netns": [{"name": "good"}], "veth": [{"name": "v1", "namespace": "nowhere", "peer": {"name": "p1"}}]},
            "veth nowhere:v1: there is no namespace nowhere; create it first, with netns.lab.netns or \"ip netns add\"",
        ),
    ],
}
