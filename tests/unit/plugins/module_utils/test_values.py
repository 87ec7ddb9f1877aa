# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils._resources import _attributes as attributes
from ansible_collections.netns.lab.plugins.module_utils._values import (
    address,
    interface_address,
    interface_name,
    mac_address,
    namespace_name,
    whole_number,
)

any_text = st.text(st.characters(), max_size=300) | st.text("/.\0\n\t :%\u00e0\u3000\ud800a1-", max_size=20)


def dev_valid_name(name: str) -> bool:
    """net/core/dev.c, with isspace() of lib/ctype.c: it looks at bytes, and takes 0xa0 for a space."""
    raw = name.encode()
    if not raw or len(raw) >= 16 or raw in (b".", b".."):
        return False
    return not any(byte in b"/:\t\n\v\f\r \xa0" for byte in raw)


# -- names of namespaces


@pytest.mark.parametrize(
    "name",
    ["a", "ns1", "1a", "...", "..a", "-n", "$(reboot)", "a b", "caf\u00e9", "\u540d\u524d", "x" * 255, "\u00e9" * 127],
)
def test_a_namespace_can_have_any_name_a_file_can_have(name: str) -> None:
    assert namespace_name(name) == name


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "is empty"),
        (".", "is a path"),
        ("..", "is a path"),
        ("/", "is a path"),
        ("../../etc/passwd", "is a path"),
        ("a/b", "is a path"),
        ("1", "all digits"),
        ("0123456789", "all digits"),
        ("x" * 256, "has 256 bytes"),
        ("\u00e9" * 128, "has 256 bytes"),
        ("a\nb", "cannot be printed"),
        ("a\0b", "cannot be printed"),
        ("a\x1b[2J", "cannot be printed"),
        ("a\u202eb", "cannot be printed"),
        ("a\u200bb", "cannot be printed"),
        ("a\ud800b", "cannot be printed"),
    ],
)
def test_a_namespace_name_is_refused_with_its_reason(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refusal:
        namespace_name(name)
    assert str(refusal.value).startswith("the namespace name ")


@given(any_text)
@example("..")
@example("a/../..")
def test_an_accepted_namespace_name_is_one_file_directly_in_run_netns(name: str) -> None:
    try:
        accepted = namespace_name(name)
    except ValueError:
        return
    path = os.path.join("/run/netns", accepted)
    assert os.path.normpath(path) == path
    assert os.path.dirname(path) == "/run/netns"
    assert len(os.fsencode(os.path.basename(path))) <= 255
    assert "\0" not in path
    assert not re.fullmatch("[0-9]+", accepted)


# -- names of interfaces


@pytest.mark.parametrize(
    "name", ["a", "eth0", "x" * 15, "a.b", "...", "-x", "veth-a_b", "\u00e9" * 7, "1", "$(x)", "'"]
)
def test_an_interface_can_have_any_name_the_kernel_takes(name: str) -> None:
    assert dev_valid_name(name)
    assert interface_name(name) == name


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "is empty"),
        ("x" * 16, "has 16 bytes; 15 is the most"),
        ("\u00e9" * 8, "has 16 bytes; 15 is the most"),
        (".", "does not take"),
        ("..", "does not take"),
        ("a/b", "does not take"),
        ("eth0:1", "does not take"),
        ("a b", "does not take"),
        ("a\tb", "cannot be printed"),
        ("a\n", "cannot be printed"),
        ("a\u3000b", "cannot be printed"),
        ("\u00e0", "takes for white space"),  # UTF-8 of it ends with the byte 0xa0
        ("eth%d", "pattern"),
        ("all", "reserved"),
        ("default", "reserved"),
        ("a\x1bb", "cannot be printed"),
        ("a\0b", "cannot be printed"),
        ("a\ud800b", "cannot be printed"),
    ],
)
def test_an_interface_name_is_refused_with_its_reason(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refusal:
        interface_name(name, "peer name")
    assert str(refusal.value).startswith("peer name ")


@given(any_text | st.text(max_size=6))
@example("\u00e0")
@example("\u00a0")
def test_the_kernel_takes_every_accepted_interface_name(name: str) -> None:
    try:
        accepted = interface_name(name)
    except ValueError as refusal:
        assert str(refusal).startswith("the interface name ")
        return
    assert accepted == name
    assert dev_valid_name(name)
    assert "%" not in name
    assert name.isprintable()


# -- MAC addresses


@pytest.mark.parametrize(
    ("written", "mac"),
    [
        ("02:00:00:00:00:01", "02:00:00:00:00:01"),
        ("02-00-5E-10-00-FF", "02:00:5e:10:00:ff"),
        ("fe:ff:ff:ff:ff:ff", "fe:ff:ff:ff:ff:ff"),
        ("00:00:00:00:00:01", "00:00:00:00:00:01"),
    ],
)
def test_a_mac_address_gets_the_kernels_spelling(written: str, mac: str) -> None:
    assert mac_address(written) == mac


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("", "not six bytes"),
        ("02:00:00:00:00", "not six bytes"),
        ("02:00:00:00:00:01:02", "not six bytes"),
        ("2:0:0:0:0:1", "not six bytes"),
        ("0200.0000.0001", "not six bytes"),
        ("02:00:00:00:00:0g", "not six bytes"),
        ("02:00:00:00:00:01\n", "not six bytes"),
        ("\u0660\u0662:00:00:00:00:01", "not six bytes"),
        ("01:00:5e:00:00:01", "multicast"),
        ("ff:ff:ff:ff:ff:ff", "multicast"),
        ("00:00:00:00:00:00", "no address"),
    ],
)
def test_a_mac_address_is_refused_with_its_reason(written: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refusal:
        mac_address(written)
    assert str(refusal.value).startswith("mac ")


@given(any_text | st.from_regex(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}", fullmatch=True))
def test_an_accepted_mac_address_is_unicast_and_its_own_spelling(written: str) -> None:
    try:
        mac = mac_address(written)
    except ValueError:
        return
    assert re.fullmatch("[0-9a-f]{2}(:[0-9a-f]{2}){5}", mac)
    assert int(mac.replace(":", ""), 16) == int(re.sub("[:-]", "", written), 16) != 0
    assert not int(mac[:2], 16) & 1
    assert mac_address(mac) == mac


# -- numbers


@given(st.integers(), st.integers(), st.integers())
def test_a_number_is_accepted_within_both_bounds_and_them_alone(value: int, low: int, high: int) -> None:
    if low <= value <= high:
        assert whole_number(value, "mtu", low, high) == value
    else:
        with pytest.raises(ValueError, match=f"^mtu is {value}; it must be from {low} to {high}$"):
            whole_number(value, "mtu", low, high)


@pytest.mark.parametrize("value", [68, 65536])
def test_bounds_are_within(value: int) -> None:
    assert whole_number(value, "mtu", 68, 65536) == value


# -- addresses


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("192.0.2.1/24", "192.0.2.1/24"),
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.1/32", "192.0.2.1/32"),
        ("192.0.2.0/31", "192.0.2.0/31"),
        ("127.0.0.1/8", "127.0.0.1/8"),
        ("2001:DB8::1/64", "2001:db8::1/64"),
        ("2001:0db8:0:0::0001", "2001:db8::1/128"),
        ("::1/128", "::1/128"),
        ("fe80::1/64", "fe80::1/64"),
    ],
)
def test_an_address_of_an_interface_is_brought_into_one_form(written: str, accepted: str) -> None:
    assert interface_address(written).with_prefixlen == accepted


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("", "is not an address"),
        ("localhost", "is not an address"),
        ("192.0.2", "is not an address"),
        ("192.0.2.256/24", "is not an address"),
        ("192.0.2.01/24", "is not an address"),
        ("192.0.2.1/33", "is not an address"),
        ("192.0.2.1/-1", "is not an address"),
        ("192.0.2.1/", "is not an address"),
        ("192.0.2.1/24/24", "is not an address"),
        (" 192.0.2.1/24", "is not an address"),
        ("192.0.2.1/24\n", "is not an address"),
        ("192.0.2.1/\u0662\u0664", "is not an address"),
        ("\u0661\u0669\u0662.0.2.1", "is not an address"),
        ("2001:db8::1/129", "is not an address"),
        ("2001:db8:::1", "is not an address"),
        ("3221225985", "is not an address"),
        ("192.0.2.1/255.255.255.0", "write its length, as in 192.0.2.1/24"),
        ("192.0.2.1/0.0.0.255", "write its length, as in 192.0.2.1/24"),
        ("fe80::1%eth0/64", "has a zone"),
        ("224.0.0.1/24", "cannot be the address"),
        ("ff02::1/64", "cannot be the address"),
        ("0.0.0.0/24", "cannot be the address"),
        ("0.0.0.0", "cannot be the address"),
        ("::/64", "cannot be the address"),
    ],
)
def test_an_address_of_an_interface_is_refused_with_its_reason(written: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refusal:
        interface_address(written, "peer")
    assert str(refusal.value).startswith("peer ")


@given(st.ip_addresses(), st.integers(0, 128))
def test_an_accepted_address_of_an_interface_keeps_its_meaning(ip: object, length: int) -> None:
    written = f"{ip}/{length}"
    try:
        accepted = interface_address(written)
    except ValueError:
        return
    assert accepted.ip == ip
    assert accepted.network.prefixlen == length
    assert interface_address(accepted.with_prefixlen) == accepted


@given(any_text | st.text("0123456789./:abcdef%", max_size=20))
def test_whatever_is_written_for_an_address_ends_in_an_address_or_in_half_a_sentence(written: str) -> None:
    for accept in (interface_address, address):
        try:
            assert accept(written, "gateway").version in (4, 6)
        except ValueError as refusal:
            assert str(refusal).startswith("gateway ")


@pytest.mark.parametrize("written", ["192.0.2.1", "2001:db8::1"])
def test_an_address_without_a_prefix_length_is_accepted(written: str) -> None:
    assert str(address(written, "gateway")) == written


@pytest.mark.parametrize("written", ["192.0.2.1/24", "", "x", "2001:db8::1/64"])
def test_an_address_that_must_have_no_prefix_length_is_refused_with_one(written: str) -> None:
    with pytest.raises(ValueError, match="^gateway .* is not an address such as"):
        address(written, "gateway")


# -- the bounds in the tables of attributes

BOUNDS = [
    (attributes.LINK, "mtu", 68, 65536),
    (attributes.LINK, "txqueuelen", 0, 2**31 - 1),
    (attributes.BRIDGE, "forward_delay", 0, 30),
    (attributes.BRIDGE, "hello_time", 1, 10),
    (attributes.BRIDGE, "max_age", 6, 40),
    (attributes.BRIDGE, "ageing_time", 0, 21474836),
    (attributes.BRIDGE, "priority", 0, 65535),
    (attributes.BRIDGE, "vlan_default_pvid", 0, 4094),
    (attributes.PORT, "cost", 1, 65535),
    (attributes.PORT, "priority", 0, 63),
]


@pytest.mark.parametrize(("table", "name", "low", "high"), BOUNDS)
def test_an_attribute_is_accepted_up_to_its_bounds_and_not_beyond(
    table: attributes.Attributes, name: str, low: int, high: int
) -> None:
    check = table[name].check
    assert (check(low), check(high)) == (low, high)
    for beyond in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"is {beyond}; it must be from {low} to {high}"):
            check(beyond)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 30.01, -0.01])
def test_seconds_beyond_their_bounds_are_refused_even_where_they_are_no_number(value: float) -> None:
    with pytest.raises(ValueError, match="^forward_delay is .*; it must be from 0 to 30 seconds"):
        attributes.BRIDGE["forward_delay"].check(value)


@pytest.mark.parametrize(("value", "ticks"), [(0, 0), (0.01, 1), (2, 200), (2.5, 250), (0.29, 29), (29.999, 3000)])
def test_seconds_reach_the_kernel_as_hundredths(value: float, ticks: int) -> None:
    delay = attributes.BRIDGE["forward_delay"]
    checked = delay.check(value)
    assert delay.write(checked) == ("IFLA_BR_FORWARD_DELAY", ticks)
    assert delay.words(checked) == ["forward_delay", str(ticks)]
    assert delay.read(_Nested(IFLA_BR_FORWARD_DELAY=ticks)) == checked


@pytest.mark.parametrize("value", [0, 8, 16, 0xFFF8])
def test_a_group_fwd_mask_without_the_three_lowest_bits_is_accepted(value: int) -> None:
    assert attributes.BRIDGE["group_fwd_mask"].check(value) == value


@pytest.mark.parametrize("value", [1, 2, 4, 7, 9, 0xFFFF, 0x10000, -8])
def test_a_group_fwd_mask_the_kernel_refuses_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="^group_fwd_mask "):
        attributes.BRIDGE["group_fwd_mask"].check(value)


@pytest.mark.parametrize("value", ["", "x" * 254, "\u00e9" * 127, "two words; $(reboot)"])
def test_an_alias_is_accepted(value: str) -> None:
    assert attributes.LINK["alias"].check(value) == value


@pytest.mark.parametrize("value", ["x" * 256, "\u00e9" * 128, "a\nb", "a\0b", "a\ud800b"])
def test_an_alias_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="^alias "):
        attributes.LINK["alias"].check(value)


# -- every attribute: written as it is read


class _Nested(dict):  # type: ignore[type-arg]
    """Attributes as pyroute2 has them decoded."""

    def __init__(self, flags: int = 0, **attrs: object) -> None:
        super().__init__(flags=flags)
        self._attrs = attrs

    def get_attr(self, name: str) -> object:
        value = self._attrs.get(name)
        return _Nested(**dict(value["attrs"])) if isinstance(value, dict) else value


SAMPLES = {
    "mac": ["02:00:00:00:00:01"],
    "alias": ["", "x"],
    "addrgenmode": ["eui64", "none", "stable_secret", "random"],
    "port_state": ["disabled", "listening", "learning", "forwarding", "blocking"],
    "group_fwd_mask": [0, 8],
    **{name: [low, high] for _table, name, low, high in BOUNDS if name != "priority"},
    "priority": [0, 63],
}


@pytest.mark.parametrize(
    ("table", "name"),
    [(table, name) for table in (attributes.LINK, attributes.BRIDGE, attributes.PORT) for name in table],
)
def test_an_attribute_is_read_as_it_was_written(table: attributes.Attributes, name: str) -> None:
    attribute = table[name]
    for value in SAMPLES.get(name, [True, False]):
        target, encoded = attribute.write(value)
        if target == "flags":
            bits_set, bits_cleared = encoded
            message = _Nested(flags=(0xFFFF & ~bits_cleared) | bits_set)
            assert bin(bits_set | bits_cleared).count("1") == 1
        else:
            message = _Nested(**{target: encoded})
        assert attribute.read(message) == value
        assert all(isinstance(word, str) for word in attribute.words(value))


@pytest.mark.parametrize("table", [attributes.BRIDGE, attributes.PORT])
def test_an_attribute_the_kernel_does_not_tell_is_not_known(table: attributes.Attributes) -> None:
    assert set(attributes.read_all(_Nested(), table).values()) == {None}


WORDS = [
    (attributes.LINK, "mac", "02:00:00:00:00:01", "address 02:00:00:00:00:01"),
    (attributes.LINK, "mtu", 1400, "mtu 1400"),
    (attributes.LINK, "txqueuelen", 10, "txqueuelen 10"),
    (attributes.LINK, "alias", "x", "alias x"),
    (attributes.LINK, "addrgenmode", "none", "addrgenmode none"),
    (attributes.LINK, "promisc", True, "promisc on"),
    (attributes.LINK, "promisc", False, "promisc off"),
    (attributes.LINK, "arp", True, "arp on"),
    (attributes.LINK, "arp", False, "arp off"),
    (attributes.LINK, "up", True, "up"),
    (attributes.LINK, "up", False, "down"),
    (attributes.BRIDGE, "stp", True, "stp_state 1"),
    (attributes.BRIDGE, "priority", 4096, "priority 4096"),
    (attributes.BRIDGE, "forward_delay", 4, "forward_delay 400"),
    (attributes.BRIDGE, "hello_time", 1.5, "hello_time 150"),
    (attributes.BRIDGE, "max_age", 20, "max_age 2000"),
    (attributes.BRIDGE, "ageing_time", 300, "ageing_time 30000"),
    (attributes.BRIDGE, "vlan_filtering", False, "vlan_filtering 0"),
    (attributes.BRIDGE, "vlan_default_pvid", 1, "vlan_default_pvid 1"),
    (attributes.BRIDGE, "mcast_snooping", True, "mcast_snooping 1"),
    (attributes.BRIDGE, "group_fwd_mask", 8, "group_fwd_mask 8"),
    (attributes.PORT, "cost", 4, "cost 4"),
    (attributes.PORT, "priority", 32, "priority 32"),
    (attributes.PORT, "hairpin", True, "hairpin on"),
    (attributes.PORT, "isolated", False, "isolated off"),
    (attributes.PORT, "learning", True, "learning on"),
    (attributes.PORT, "flood", True, "flood on"),
    (attributes.PORT, "mcast_flood", True, "mcast_flood on"),
    (attributes.PORT, "bcast_flood", True, "bcast_flood on"),
    (attributes.PORT, "bpdu_guard", True, "guard on"),
    (attributes.PORT, "root_block", True, "root_block on"),
    (attributes.PORT, "fast_leave", True, "mcast_fast_leave on"),
    (attributes.PORT, "neigh_suppress", True, "neigh_suppress on"),
    (attributes.PORT, "proxy_arp", True, "proxy_arp on"),
    (attributes.PORT, "port_state", "forwarding", "state 3"),
]


@pytest.mark.parametrize(("table", "name", "value", "words"), WORDS)
def test_an_attribute_has_the_words_of_iproute2(
    table: attributes.Attributes, name: str, value: object, words: str
) -> None:
    assert " ".join(attributes.words({name: value}, table)) == words


def test_every_attribute_has_its_words_tested() -> None:
    for table in (attributes.LINK, attributes.BRIDGE, attributes.PORT):
        assert {name for tested, name, _value, _words in WORDS if tested is table} == set(table)


# include/uapi/linux/if_link.h and if.h
WIRE = [
    (attributes.LINK, "up", True, ("flags", (0x1, 0))),
    (attributes.LINK, "up", False, ("flags", (0, 0x1))),
    (attributes.LINK, "arp", True, ("flags", (0, 0x80))),
    (attributes.LINK, "arp", False, ("flags", (0x80, 0))),
    (attributes.LINK, "promisc", True, ("flags", (0x100, 0))),
    (attributes.LINK, "txqueuelen", 9, ("IFLA_TXQLEN", 9)),
    (attributes.LINK, "alias", "x", ("IFLA_IFALIAS", "x")),
    (
        attributes.LINK,
        "addrgenmode",
        "random",
        ("IFLA_AF_SPEC", {"attrs": [("AF_INET6", {"attrs": [("IFLA_INET6_ADDR_GEN_MODE", 3)]})]}),
    ),
    (attributes.BRIDGE, "stp", True, ("IFLA_BR_STP_STATE", 1)),
    (attributes.PORT, "hairpin", True, ("IFLA_BRPORT_MODE", 1)),
    (attributes.PORT, "bpdu_guard", True, ("IFLA_BRPORT_GUARD", 1)),
    (attributes.PORT, "root_block", True, ("IFLA_BRPORT_PROTECT", 1)),
    (attributes.PORT, "flood", False, ("IFLA_BRPORT_UNICAST_FLOOD", 0)),
    (attributes.PORT, "port_state", "blocking", ("IFLA_BRPORT_STATE", 4)),
]


@pytest.mark.parametrize(("table", "name", "value", "wire"), WIRE)
def test_an_attribute_has_the_kernels_number(
    table: attributes.Attributes, name: str, value: object, wire: object
) -> None:
    assert table[name].write(value) == wire
