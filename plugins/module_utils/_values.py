# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Checks what users write and brings it into one form. Each function that does raises ValueError with half a sentence
that goes behind the item's name."""

from __future__ import annotations

import ipaddress
import re
import typing as t

Interface = t.Union[ipaddress.IPv4Interface, ipaddress.IPv6Interface]
Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

# Python's types, by those of argument specs.
_PLAIN: dict[str, type] = {"str": str, "bool": bool, "int": int, "dict": dict, "list": list}
_MAC = re.compile(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}")


def is_plain(value: t.Any, type_name: str) -> bool:
    """Whether a value is of an option's type already, without a closer look."""
    if type_name == "raw":
        return True
    plain = _PLAIN.get(type_name)
    # A bool is an int as well.
    return plain is not None and isinstance(value, plain) and isinstance(value, bool) == (plain is bool)


def _no_control_characters(what: str, value: str) -> None:
    # One that tells nobody what it shows would also forge lines of the output.
    if any(not c.isprintable() for c in value):
        raise ValueError(f"{what} {value!r} has characters that cannot be printed")


def namespace_name(value: str) -> str:
    """A name for a file in /run/netns, as iproute2 and this collection accept it."""
    what = "the namespace name"
    if not value:
        raise ValueError(f"{what} is empty; leave the option out for the namespace the module itself runs in")
    _no_control_characters(what, value)
    namespace_file(value)
    if value.isdigit():
        # iproute2 takes such a name for a process ID.
        raise ValueError(f"{what} {value!r} is all digits, which ip takes for a process ID; put a letter in it")
    return value


def namespace_file(value: str) -> str:
    """Any name that a file in /run/netns can have, whoever has chosen it."""
    what = "the namespace name"
    if not value or "/" in value or value in (".", ".."):
        raise ValueError(f"{what} {value!r} is a path; give the name of a namespace under /run/netns")
    try:
        size = len(value.encode(errors="surrogateescape"))
    except UnicodeEncodeError:
        size = 0
    if "\0" in value or not size:
        raise ValueError(f"{what} {value!r} has a character that no file name can have")
    if size > 255:
        raise ValueError(f"{what} {value[:20]!r}... has {size} bytes; 255 is the most a file name can have")
    return value


def interface_name(value: str, what: str = "the interface name") -> str:
    """A name that dev_valid_name() of the kernel accepts and iproute2 takes for a name."""
    if not value:
        raise ValueError(f"{what} is empty")
    _no_control_characters(what, value)
    size = len(value.encode())
    if size > 15:
        raise ValueError(f"{what} {value[:40]!r} has {size} bytes; 15 is the most the kernel takes")
    if value in (".", "..") or any(c in "/:" or c.isspace() for c in value):
        raise ValueError(f"{what} {value!r} has a character the kernel does not take ('/', ':' or white space)")
    if b"\xa0" in value.encode():
        # isspace() of the kernel looks at bytes and takes this one of Latin-1 for a space, within UTF-8 as well.
        raise ValueError(f"{what} {value!r} has a letter the kernel takes for white space; leave it out")
    if "%" in value:
        # "eth%d" makes the kernel choose a number, so that the name would never be found again.
        raise ValueError(f"{what} {value!r} has a '%', which the kernel takes for a pattern")
    if value in ("all", "default"):
        # /proc/sys/net/ipv4/conf/{all,default} are not interfaces: sysctl_dev_name_is_allowed() of the kernel.
        raise ValueError(f"{what} {value!r} is reserved by the kernel")
    return value


def ethernet_address(value: str, what: str = "mac") -> str:
    """Any Ethernet address in the kernel's spelling, ``02:00:00:00:00:01``."""
    if not _MAC.fullmatch(value):
        raise ValueError(f"{what} {value!r} is not six bytes in hexadecimal such as 02:00:00:00:00:01")
    return value.lower().replace("-", ":")


def mac_address(value: str, what: str = "mac") -> str:
    """The same of an interface."""
    mac = ethernet_address(value, what)
    if int(mac[:2], 16) & 1:
        raise ValueError(f"{what} {value!r} is a multicast address; make the first byte even")
    if mac == "00:00:00:00:00:00":
        raise ValueError(f"{what} {value!r} is no address of an interface")
    return mac


def whole_number(value: int, what: str, low: int, high: int) -> int:
    """A number within the kernel's bounds."""
    if isinstance(value, bool):  # Ansible takes it for 0 or 1
        raise ValueError(f"{what} is {str(value).lower()}; it must be a number from {low} to {high}")
    if not low <= value <= high:
        raise ValueError(f"{what} is {value}; it must be from {low} to {high}")
    return value


def interface_address(value: str, what: str = "address") -> Interface:
    """An address with its prefix length, ``192.0.2.1/24`` or ``2001:db8::1/64``; without one it is a /32 or /128."""
    try:
        interface = ipaddress.ip_interface(value)
    except ValueError:
        raise ValueError(f"{what} {value!r} is not an address such as 192.0.2.1/24 or 2001:db8::1/64") from None
    if "/" in value and not value.rpartition("/")[2].isdigit():
        raise ValueError(f"{what} {value!r} has a mask; write its length, as in {interface.with_prefixlen}")
    if getattr(interface, "scope_id", None):
        raise ValueError(f"{what} {value!r} has a zone; name the interface with its own option")
    if interface.ip.is_multicast or (interface.ip.is_unspecified and interface.network.prefixlen):
        raise ValueError(f"{what} {value!r} cannot be the address of an interface")
    return interface


def network_of(
    value: str,
    what: str,
    wrong: str = "is no network such as 192.0.2.0/24 or 2001:db8::/64",
    cure_for_zone: str = "name the interface with its own option",
) -> Network:
    """A network, or an address alone as a network of its own."""
    try:
        found = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{what} {value!r} {wrong}") from None
    if "%" in value:
        raise ValueError(f"{what} {value!r} has a zone; {cure_for_zone}")
    if found.network_address != ipaddress.ip_interface(value).ip:
        raise ValueError(f"{what} {value!r} has bits behind its prefix length; the network is {found}")
    return found


def address(value: str, what: str) -> Address:
    """An address without a prefix length."""
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        raise ValueError(f"{what} {value!r} is not an address such as 192.0.2.1 or 2001:db8::1") from None
    if getattr(found, "scope_id", None):
        raise ValueError(f"{what} {value!r} has a zone; name the interface with its own option")
    return found
