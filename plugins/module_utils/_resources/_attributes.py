# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Attributes of links as tables: how each is read from a message, written into one, and called by iproute2."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._values import mac_address, whole_number

IFF_UP = 0x1
IFF_NOARP = 0x80
IFF_PROMISC = 0x100
IFF_LOWER_UP = 0x10000
AF_INET6 = 10

# include/uapi/linux/if_link.h, enum in6_addr_gen_mode; ip-link(8) has the words.
_ADDRGENMODES = {"eui64": 0, "none": 1, "stable_secret": 2, "random": 3}
_PORT_STATES = {"disabled": 0, "listening": 1, "learning": 2, "forwarding": 3, "blocking": 4}


class Attribute(t.NamedTuple):
    """One attribute of a link."""

    read: t.Callable[[t.Any], t.Any]
    """From the decoded message (or the nested attributes it belongs to) to the option's value; None: not told."""
    write: t.Callable[[t.Any], tuple[str, t.Any]]
    """From the option's value to what goes into the message: an attribute, or bits to set and to clear of "flags" or of
    an attribute that has a mask."""
    words: t.Callable[[t.Any], list[str]]
    """From the option's value to iproute2's words."""
    check: t.Callable[[t.Any], t.Any] = lambda value: value
    """From what the user wrote to the option's value; raises ValueError."""


Attributes = dict[str, Attribute]


def _on_off(value: bool) -> str:
    return "on" if value else "off"


def _flag(bit: int, word: str | None, inverted: bool = False) -> Attribute:
    def words(value: bool) -> list[str]:
        return [word, _on_off(value)] if word else ["up" if value else "down"]

    return Attribute(
        read=lambda message: bool(message["flags"] & bit) != inverted,
        write=lambda value: ("flags", (bit, 0) if value != inverted else (0, bit)),
        words=words,
    )


def plain(nla: str, word: str, check: t.Callable[[t.Any], t.Any]) -> Attribute:
    return Attribute(
        read=lambda message: message.get_attr(nla),
        write=lambda value: (nla, value),
        words=lambda value: [word, str(value)],
        check=check,
    )


def number(nla: str, word: str, low: int, high: int) -> Attribute:
    return plain(nla, word, lambda value: whole_number(value, word, low, high))


def switch(nla: str, word: str, spelled: bool = False) -> Attribute:
    def read(message: t.Any) -> bool | None:
        value = message.get_attr(nla)
        return None if value is None else bool(value)

    return Attribute(
        read=read,
        write=lambda value: (nla, int(value)),
        words=lambda value: [word, _on_off(value) if spelled else str(int(value))],
    )


def keyword(nla: str, word: str) -> Attribute:
    """A switch that iproute2 calls ``word`` or ``noword``."""
    return switch(nla, word)._replace(words=lambda value: [word if value else f"no{word}"])


def mark(nla: str, word: str) -> Attribute:
    """What is on by being there."""
    return Attribute(
        read=lambda message: message.get_attr(nla) or None,
        write=lambda value: (nla, b""),
        words=lambda value: [word],
    )


def choice(nla: str, word: str, numbers: dict[str, int]) -> Attribute:
    spelled = {number: choice for choice, number in numbers.items()}
    return Attribute(
        read=lambda message: spelled.get(message.get_attr(nla)),
        write=lambda value: (nla, numbers[value]),
        words=lambda value: [word, value],
    )


def _seconds(nla: str, word: str, low: float, high: float) -> Attribute:
    """The kernel counts in hundredths (USER_HZ)."""

    def tidy(value: float) -> float | int:
        return int(value) if float(value).is_integer() else value

    def read(message: t.Any) -> float | int | None:
        ticks = message.get_attr(nla)
        return None if ticks is None else tidy(ticks / 100)

    def check(value: float) -> float | int:
        if not low <= value <= high:
            raise ValueError(f"{word} is {tidy(value)}; it must be from {tidy(low)} to {tidy(high)} seconds")
        return tidy(round(value * 100) / 100)

    return Attribute(
        read=read,
        write=lambda value: (nla, round(value * 100)),
        words=lambda value: [word, str(round(value * 100))],
        check=check,
    )


def _read_addrgenmode(message: t.Any) -> str | None:
    families = message.get_attr("IFLA_AF_SPEC")
    ipv6 = families.get_attr("AF_INET6") if families else None
    mode = ipv6.get_attr("IFLA_INET6_ADDR_GEN_MODE") if ipv6 else None
    return next((word for word, number in _ADDRGENMODES.items() if number == mode), None)


def _check_alias(value: str) -> str:
    if any(not c.isprintable() for c in value):
        raise ValueError(f"alias {value!r} has characters that cannot be printed")
    if len(value.encode()) > 254:
        raise ValueError("alias has more than 254 bytes")
    return value


def _check_group_fwd_mask(value: int) -> int:
    if value & 7:
        # BR_GROUPFWD_RESTRICTED, net/bridge/br_private.h
        raise ValueError(f"group_fwd_mask {value} has a bit of 0 to 2 (STP, pause, LACP), which the kernel refuses")
    return whole_number(value, "group_fwd_mask", 0, 65535)


# Of every link.
LINK: Attributes = {
    "mac": plain("IFLA_ADDRESS", "address", mac_address),
    # The least of an Ethernet device is 68, the most of any is lo's 65536; between, the kernel knows the device's own.
    "mtu": number("IFLA_MTU", "mtu", 68, 65536),
    "txqueuelen": number("IFLA_TXQLEN", "txqueuelen", 0, 2**31 - 1),
    "alias": Attribute(
        read=lambda message: message.get_attr("IFLA_IFALIAS") or "",
        write=lambda value: ("IFLA_IFALIAS", value),
        words=lambda value: ["alias", value],
        check=_check_alias,
    ),
    "addrgenmode": Attribute(
        read=_read_addrgenmode,
        write=lambda value: (
            "IFLA_AF_SPEC",
            {"attrs": [("AF_INET6", {"attrs": [("IFLA_INET6_ADDR_GEN_MODE", _ADDRGENMODES[value])]})]},
        ),
        words=lambda value: ["addrgenmode", value],
    ),
    "promisc": _flag(IFF_PROMISC, "promisc"),
    "arp": _flag(IFF_NOARP, "arp", inverted=True),
    "up": _flag(IFF_UP, None),
}

# Of a bridge (IFLA_INFO_DATA). The bounds are the kernel's: net/bridge/br_private_stp.h, br_netlink.c.
BRIDGE: Attributes = {
    "forward_delay": _seconds("IFLA_BR_FORWARD_DELAY", "forward_delay", 0, 30),
    "hello_time": _seconds("IFLA_BR_HELLO_TIME", "hello_time", 1, 10),
    "max_age": _seconds("IFLA_BR_MAX_AGE", "max_age", 6, 40),
    "ageing_time": _seconds("IFLA_BR_AGEING_TIME", "ageing_time", 0, 2**31 / 100),
    "stp": switch("IFLA_BR_STP_STATE", "stp_state"),
    "priority": number("IFLA_BR_PRIORITY", "priority", 0, 65535),
    "vlan_filtering": switch("IFLA_BR_VLAN_FILTERING", "vlan_filtering"),
    "vlan_default_pvid": number("IFLA_BR_VLAN_DEFAULT_PVID", "vlan_default_pvid", 0, 4094),
    "mcast_snooping": switch("IFLA_BR_MCAST_SNOOPING", "mcast_snooping"),
    "group_fwd_mask": plain("IFLA_BR_GROUP_FWD_MASK", "group_fwd_mask", _check_group_fwd_mask),
}

# Of a port of a bridge (IFLA_INFO_SLAVE_DATA).
PORT: Attributes = {
    "cost": number("IFLA_BRPORT_COST", "cost", 1, 65535),
    "priority": number("IFLA_BRPORT_PRIORITY", "priority", 0, 63),
    "hairpin": switch("IFLA_BRPORT_MODE", "hairpin", spelled=True),
    "bpdu_guard": switch("IFLA_BRPORT_GUARD", "guard", spelled=True),
    "root_block": switch("IFLA_BRPORT_PROTECT", "root_block", spelled=True),
    "fast_leave": switch("IFLA_BRPORT_FAST_LEAVE", "mcast_fast_leave", spelled=True),
    "learning": switch("IFLA_BRPORT_LEARNING", "learning", spelled=True),
    "flood": switch("IFLA_BRPORT_UNICAST_FLOOD", "flood", spelled=True),
    "mcast_flood": switch("IFLA_BRPORT_MCAST_FLOOD", "mcast_flood", spelled=True),
    "bcast_flood": switch("IFLA_BRPORT_BCAST_FLOOD", "bcast_flood", spelled=True),
    "proxy_arp": switch("IFLA_BRPORT_PROXYARP", "proxy_arp", spelled=True),
    "neigh_suppress": switch("IFLA_BRPORT_NEIGH_SUPPRESS", "neigh_suppress", spelled=True),
    "isolated": switch("IFLA_BRPORT_ISOLATED", "isolated", spelled=True),
    "port_state": Attribute(
        read=lambda message: {n: w for w, n in _PORT_STATES.items()}.get(message.get_attr("IFLA_BRPORT_STATE")),
        write=lambda value: ("IFLA_BRPORT_STATE", _PORT_STATES[value]),
        words=lambda value: ["state", str(_PORT_STATES[value])],
    ),
}


def given(options: dict[str, t.Any], attributes: Attributes) -> dict[str, t.Any]:
    """The attributes a user asked for, checked; ValueError says which is wrong."""
    return {
        name: attribute.check(options[name])
        for name, attribute in attributes.items()
        if options.get(name) is not None
    }


def read_all(message: t.Any, attributes: Attributes) -> dict[str, t.Any]:
    return {name: attribute.read(message) for name, attribute in attributes.items()}


def words(values: dict[str, t.Any], attributes: Attributes) -> list[str]:
    return [word for name, value in values.items() for word in attributes[name].words(value)]


def differing(wanted: dict[str, t.Any], present: dict[str, t.Any]) -> dict[str, t.Any]:
    """What has to change."""
    return {name: value for name, value in wanted.items() if not _same(value, present.get(name))}


def _same(wanted: t.Any, present: t.Any) -> bool:
    if isinstance(wanted, float) and present is not None:
        return bool(abs(wanted - present) < 0.015)  # the kernel counts in jiffies, up to a hundredth of a second long
    return bool(wanted == present)


def unlike(usual: dict[str, t.Any], present: dict[str, t.Any], names: t.Iterable[str]) -> dict[str, t.Any]:
    """What a definition has to say, because it is not as usual."""
    return {name: present[name] for name in names if present.get(name) not in (None, usual[name])}


def without_none(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: value for name, value in options.items() if value is not None}
