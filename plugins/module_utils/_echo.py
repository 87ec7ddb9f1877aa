# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Echo requests and what comes back for them: ICMP (RFC 792) and ICMPv6 (RFC 4443), told in ping's words."""

from __future__ import annotations

import errno
import os
import socket
import struct
from dataclasses import dataclass

_ECHO = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence
_ECHO_REQUEST: dict[int, int] = {socket.AF_INET: 8, socket.AF_INET6: 128}
_ECHO_REPLY: dict[int, int] = {socket.AF_INET: 0, socket.AF_INET6: 129}
# struct sock_extended_err, include/uapi/linux/errqueue.h: errno, origin, type, code, padding, info, data
_EXTENDED_ERROR = struct.Struct("=IBBBxII")
_ORIGIN_LOCAL = 1
_HEADER_SIZE = _ECHO.size

NO_ROUTE = "no route"
PROHIBITED = "prohibited"
HOST_UNREACHABLE = "host unreachable"
TOO_BIG = "frag needed"
TTL_EXCEEDED = "ttl exceeded"
TIMEOUT = "timeout"
NO_ADDRESS = "no address"
NO_INTERFACE = "no interface"
NO_BUFFERS = "no buffer space"
REFUSED = "refused"

# ICMP type and code -> the reason and ping's words (pr_icmph in iputils, ping.c and ping6_common.c).
_ICMP = {
    (3, 0): (NO_ROUTE, "Destination Net Unreachable"),
    (3, 1): (HOST_UNREACHABLE, "Destination Host Unreachable"),
    (3, 2): (HOST_UNREACHABLE, "Destination Protocol Unreachable"),
    (3, 3): (HOST_UNREACHABLE, "Destination Port Unreachable"),
    (3, 4): (TOO_BIG, "Frag needed and DF set"),
    (3, 5): (HOST_UNREACHABLE, "Source Route Failed"),
    (3, 6): (NO_ROUTE, "Destination Net Unknown"),
    (3, 7): (HOST_UNREACHABLE, "Destination Host Unknown"),
    (3, 9): (PROHIBITED, "Destination Net Prohibited"),
    (3, 10): (PROHIBITED, "Destination Host Prohibited"),
    (3, 13): (PROHIBITED, "Packet filtered"),
    (11, 0): (TTL_EXCEEDED, "Time to live exceeded"),
    (11, 1): (TIMEOUT, "Frag reassembly time exceeded"),
}
_ICMPV6 = {
    (1, 0): (NO_ROUTE, "Destination unreachable: No route"),
    (1, 1): (PROHIBITED, "Destination unreachable: Administratively prohibited"),
    (1, 2): (NO_ROUTE, "Destination unreachable: Beyond scope of source address"),
    (1, 3): (HOST_UNREACHABLE, "Destination unreachable: Address unreachable"),
    (1, 4): (HOST_UNREACHABLE, "Destination unreachable: Port unreachable"),
    (1, 5): (PROHIBITED, "Destination unreachable: Source address failed ingress/egress policy"),
    (1, 6): (NO_ROUTE, "Destination unreachable: Reject route to destination"),
    (2, 0): (TOO_BIG, "Packet too big"),
    (3, 0): (TTL_EXCEEDED, "Time exceeded: Hop limit"),
    (3, 1): (TIMEOUT, "Time exceeded: Defragmentation failure"),
}
# What the kernel says when it does not even send (ip_route_output_key, ip6_route_output, netfilter).
_ERRNO = {
    errno.ENETUNREACH: NO_ROUTE,
    errno.EHOSTUNREACH: HOST_UNREACHABLE,
    errno.EACCES: PROHIBITED,
    errno.EPERM: PROHIBITED,
    errno.EMSGSIZE: TOO_BIG,
    errno.EADDRNOTAVAIL: NO_ADDRESS,
    errno.ENODEV: NO_INTERFACE,
    errno.ENXIO: NO_INTERFACE,
    errno.ENOBUFS: NO_BUFFERS,
    errno.ENOMEM: NO_BUFFERS,
}


@dataclass(frozen=True)
class Failure:
    """Why there was no answer."""

    reason: str
    message: str
    """In ping's words."""
    by: str | None = None
    """The address of who said so."""
    mtu: int | None = None


class Request:
    """Makes echo requests of one size; the payload begins with what no other program's has."""

    def __init__(self, family: int, size: int, cookie: bytes) -> None:
        self._type = _ECHO_REQUEST[family]
        self._payload = (cookie + bytes(number & 0xFF for number in range(len(cookie), max(size, len(cookie)))))[:size]
        # ICMPv6 checksums cover addresses, so that the kernel does them (RFC 3542, section 3.1).
        self._sum = _words(self._payload) + (self._type << 8) if family == socket.AF_INET else None

    def packet(self, identifier: int, sequence: int) -> bytes:
        checksum = 0
        if self._sum is not None:
            total = self._sum + identifier + sequence
            while total >> 16:
                total = (total & 0xFFFF) + (total >> 16)
            checksum = ~total & 0xFFFF
        return _ECHO.pack(self._type, 0, checksum, identifier, sequence) + self._payload


def _words(data: bytes) -> int:
    """The sum of 16-bit words (RFC 1071), before it is folded."""
    data += bytes(len(data) % 2)
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def reply(family: int, data: bytes) -> tuple[int, int, bytes] | None:
    """The identifier, sequence and payload of an echo reply, as a raw socket hands it over: IPv4 with its header."""
    start = (data[0] & 0xF) * 4 if family == socket.AF_INET and data else 0
    if len(data) < start + _HEADER_SIZE:
        return None
    kind, _code, _checksum, identifier, sequence = _ECHO.unpack_from(data, start)
    return (identifier, sequence, data[start + _HEADER_SIZE :]) if kind == _ECHO_REPLY[family] else None


def request(family: int, data: bytes) -> tuple[int, int] | None:
    """The identifier and sequence of an echo request of one's own that comes back with an error."""
    if len(data) < _HEADER_SIZE:
        return None
    kind, _code, _checksum, identifier, sequence = _ECHO.unpack_from(data)
    return (identifier, sequence) if kind == _ECHO_REQUEST[family] else None


def failure(family: int, control: bytes) -> Failure:
    """Out of the control message of an error queue (IP_RECVERR, see ip(7))."""
    code, origin, icmp_type, icmp_code, info, _data = _EXTENDED_ERROR.unpack_from(control)
    if origin == _ORIGIN_LOCAL:
        return refused(code, info)
    reason, words = (_ICMPV6 if family == socket.AF_INET6 else _ICMP).get(
        (icmp_type, icmp_code), (REFUSED, f"type {icmp_type}, code {icmp_code}")
    )
    mtu = None
    if reason == TOO_BIG:
        mtu = info
        words += f": mtu={mtu}" if family == socket.AF_INET6 else f" (mtu = {mtu})"
    return Failure(reason, words, _offender(control[_EXTENDED_ERROR.size :]), mtu)


def _offender(address: bytes) -> str | None:
    """struct sockaddr_in or sockaddr_in6 behind the error (SO_EE_OFFENDER)."""
    family = struct.unpack_from("=H", address)[0] if len(address) >= 2 else 0
    if family == socket.AF_INET and len(address) >= 8:
        return socket.inet_ntop(socket.AF_INET, address[4:8])
    if family == socket.AF_INET6 and len(address) >= 24:
        return socket.inet_ntop(socket.AF_INET6, address[8:24])
    return None


def refused(code: int, mtu: int | None = None) -> Failure:
    """The kernel did not send at all."""
    if code == errno.EMSGSIZE:
        told = f", mtu={mtu}" if mtu else ""
        return Failure(TOO_BIG, f"local error: message too long{told}", mtu=mtu or None)
    return Failure(_ERRNO.get(code, REFUSED), f"sendmsg: {os.strerror(code)}")


def filter_for(family: int) -> tuple[int, int, bytes]:
    """The socket option (level, name, value) that keeps everything but echo replies from a raw socket; a bit that is
    set keeps a type out (raw(7), and ipv6(7) for ICMP6_FILTER)."""
    wanted = _ECHO_REPLY[family]
    words = [0xFFFFFFFF] * (8 if family == socket.AF_INET6 else 1)
    words[wanted >> 5] &= ~(1 << (wanted & 31)) & 0xFFFFFFFF
    level = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else 255  # SOL_RAW
    return level, 1, struct.pack(f"={len(words)}I", *words)
