# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Pings: many destinations from many namespaces at once, in one loop.

One raw socket serves a namespace (and one more each for IPv6 and for requests sent in another manner), so that there is
no process or thread per pair. The kernel notes when an answer came in, so that the loop being busy does not lengthen a
round trip.
"""

from __future__ import annotations

import errno
import heapq
import os
import selectors
import socket
import struct
import time
import typing as t
from collections import deque
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils import _echo as echo
from ansible_collections.netns.lab.plugins.module_utils._echo import Failure
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._neighbours import Neighbours
from ansible_collections.netns.lab.plugins.module_utils._values import Address

# What Python's socket module does not name: include/uapi/linux/in.h, in6.h, asm-generic/socket.h, icmp(7).
_IP_MTU_DISCOVER, _IP_RECVERR, _PMTUDISC_DO = 10, 11, 2
_IPV6_MTU_DISCOVER, _IPV6_RECVERR, _IPV6_RECVPKTINFO, _IPV6_PKTINFO = 23, 25, 49, 50
_SO_TIMESTAMPNS, _SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 35, 32, 33
_MSG_ERRQUEUE = 0x2000
_TIMESPEC = struct.Struct("@ll")
_BUFFER = 4 << 20

# An answer from a namespace next door is there before the next request is sent. More requests on their way than that
# would only fill the queue of each processor (net.core.netdev_max_backlog, 1000 packets), since each first one asks all
# ports of a bridge for a MAC address.
_WINDOW = 8
# How long a request counts as on its way; what comes later is far away or does not come.
_GRACE = 0.02
# The queue of the socket, or the kernel's table of neighbours.
_FULL = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
_AGAIN = 0.01
_TRIES = 3
_CLOCK_STARTS = 0.01
# Of an answer, its headers and the beginning of its payload.
_ENOUGH = 128
_IDENTIFIERS = 1 << 16


@dataclass
class Ping:
    """What is asked of one pair, and what came of it."""

    namespace: str
    destination: Address
    count: int = 3
    interval: float = 0.2
    timeout: float = 4.0
    size: int = 56
    dont_fragment: bool = False
    ttl: int | None = None
    source: Address | None = None
    interface: str | None = None
    owner: str | None = None
    """The namespace that the destination is an address of, where that is known."""

    sent: int = 0
    errors: int = 0
    duplicates: int = 0
    rtts: list[float] = field(default_factory=list)
    """In seconds, as they came."""
    failure: Failure | None = None
    """The last reason why there was no answer."""

    @property
    def received(self) -> int:
        return len(self.rtts)

    @property
    def family(self) -> int:
        return socket.AF_INET if self.destination.version == 4 else socket.AF_INET6


def run(host: Host, pings: t.Sequence[Ping]) -> None:
    """Carries out all of them."""
    loop = _Loop(host, pings)
    try:
        loop.run()
    finally:
        loop.close()


class _Probe:
    """One request on its way."""

    __slots__ = ("in_window", "is_done", "key", "sent_at", "task")

    def __init__(self, task: _Task, key: tuple[int, int]) -> None:
        self.task = task
        self.key = key
        self.sent_at = 0
        self.is_done = False
        self.in_window = False


class _Task:
    """A ping at work."""

    __slots__ = ("address", "channel", "identifier", "open", "own", "patience", "ping", "request")

    def __init__(self, ping: Ping, channel: _Channel, request: echo.Request) -> None:
        self.ping = ping
        self.channel = channel
        self.request = request
        self.address = (str(ping.destination), 0)
        self.identifier = channel.identifiers.next()
        self.open = ping.count
        """Requests of which it is not known what became of them."""
        self.patience = 0.0
        """Until when to go on trying to send one."""
        self.own: str | None = None
        """The address from which it is sent, once an answer came there."""


class _Identifiers:
    """Of one namespace and family: each ping there has its own for as long as they last."""

    def __init__(self) -> None:
        self._next = int.from_bytes(os.urandom(2), "big")

    def next(self) -> int:
        self._next = (self._next + 1) % _IDENTIFIERS
        return self._next


class _Channel:
    """A socket, and the requests that went out through it."""

    def __init__(self, host: Host, ping: Ping, identifiers: _Identifiers) -> None:
        self.family = ping.family
        self.identifiers = identifiers
        self.waiting: dict[tuple[int, int], _Probe] = {}
        self.failure: Failure | None = None
        """Why nothing can be sent through it."""
        protocol = socket.IPPROTO_ICMP if self.family == socket.AF_INET else socket.IPPROTO_ICMPV6
        with host.inside(ping.namespace):
            self.socket = socket.socket(self.family, socket.SOCK_RAW | socket.SOCK_NONBLOCK, protocol)
        try:
            self._set_up(ping)
        except BaseException:
            self.socket.close()
            raise

    def _set_up(self, ping: Ping) -> None:
        opened = self.socket
        opened.setsockopt(*echo.filter_for(self.family))
        opened.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        for option, plain in ((_SO_RCVBUFFORCE, socket.SO_RCVBUF), (_SO_SNDBUFFORCE, socket.SO_SNDBUF)):
            try:
                opened.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
            except PermissionError:
                opened.setsockopt(socket.SOL_SOCKET, plain, _BUFFER)  # in a user namespace the host's limit holds
        if self.family == socket.AF_INET:
            opened.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            if ping.dont_fragment:
                opened.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PMTUDISC_DO)
            if ping.ttl is not None:
                opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ping.ttl)
        else:
            opened.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            opened.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
            if ping.dont_fragment:
                opened.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PMTUDISC_DO)
            if ping.ttl is not None:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ping.ttl)
        try:
            if ping.interface is not None:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, ping.interface.encode())
            if ping.source is not None:
                opened.bind((str(ping.source), 0))
        except OSError as e:
            self.failure = echo.refused(e.errno or 0)


class _Loop:
    def __init__(self, host: Host, pings: t.Sequence[Ping]) -> None:
        self._host = host
        self._selector = selectors.DefaultSelector()
        self._channels: dict[tuple[t.Any, ...], _Channel] = {}
        self._identifiers: dict[tuple[str, int], _Identifiers] = {}
        self._requests: dict[tuple[int, int], echo.Request] = {}
        # Told apart by it: pings of others, and of runs beside this one, that have the same identifier.
        self._cookie = os.urandom(8)
        self._clock = _start_clock()
        self._neighbours = Neighbours(host, pings)
        self._ready = deque(self._neighbours.ordered())
        self._later: list[tuple[float, int, _Task]] = []
        self._deadlines: list[tuple[float, int, _Probe]] = []
        self._window: deque[tuple[float, _Probe]] = deque()
        self._on_the_way = 0
        self._number = 0
        """Keeps what falls due at the same time in order."""

    def close(self) -> None:
        for channel in self._channels.values():
            channel.socket.close()
        self._selector.close()
        self._clock.close()

    def run(self) -> None:
        while self._ready or self._later or self._deadlines:
            now = time.monotonic()
            self._leave_window(now)
            self._send(now)
            for key, _events in self._selector.select(self._pause()):
                self._receive(key.data)
            self._expire(time.monotonic())
        self._neighbours.finish()

    # -- sending

    def _send(self, now: float) -> None:
        while self._on_the_way < _WINDOW:
            if self._later and self._later[0][0] <= now:
                self._send_one(heapq.heappop(self._later)[2])
            elif self._ready and self._neighbours.has_room:
                self._begin(self._ready.popleft())
            else:
                break

    def _begin(self, ping: Ping) -> None:
        self._neighbours.begin(ping)
        task = _Task(ping, self._channel(ping), self._request(ping))
        failure = task.channel.failure
        if failure is None:
            self._send_one(task)
            return
        ping.sent = ping.errors = ping.count
        ping.failure = failure
        self._neighbours.end(ping, None)

    def _channel(self, ping: Ping) -> _Channel:
        place = (ping.namespace, ping.family)
        key = (*place, ping.source, ping.interface, ping.ttl, ping.dont_fragment)
        channel = self._channels.get(key)
        if channel is None:
            identifiers = self._identifiers.setdefault(place, _Identifiers())
            channel = self._channels[key] = _Channel(self._host, ping, identifiers)
            self._selector.register(channel.socket, selectors.EVENT_READ, channel)
        return channel

    def _request(self, ping: Ping) -> echo.Request:
        key = (ping.family, ping.size)
        if key not in self._requests:
            self._requests[key] = echo.Request(*key, self._cookie)
        return self._requests[key]

    def _send_one(self, task: _Task) -> None:
        ping, channel = task.ping, task.channel
        probe = _Probe(task, (task.identifier, (ping.sent + 1) % _IDENTIFIERS))
        packet = task.request.packet(*probe.key)
        channel.waiting[probe.key] = probe
        # The round trip begins here: the answer may be in before sendto() returns.
        probe.sent_at = time.time_ns()
        code = _sendto(channel.socket, packet, task.address)
        now = time.monotonic()
        if code in _FULL:
            # As ping does, some more tries.
            task.patience = task.patience or now + ping.timeout
            if now < task.patience:
                del channel.waiting[probe.key]
                self._put_later(task, now + _AGAIN)
                return
        task.patience = 0.0
        ping.sent += 1
        if ping.sent < ping.count:
            self._put_later(task, now + ping.interval)
        if code:
            told = [failure.mtu for failure in self._read_errors(channel) if failure.by is None and failure.mtu]
            self._fail(probe, echo.refused(code, told[-1] if told else None))
            return
        probe.in_window = True
        self._on_the_way += 1
        self._window.append((now + _GRACE, probe))
        self._number += 1
        heapq.heappush(self._deadlines, (now + ping.timeout, self._number, probe))

    def _put_later(self, task: _Task, when: float) -> None:
        self._number += 1
        heapq.heappush(self._later, (when, self._number, task))

    # -- waiting

    def _pause(self) -> float:
        moments = [first[0][0] for first in (self._window, self._deadlines) if first]
        if self._on_the_way < _WINDOW:
            if self._ready and self._neighbours.has_room:
                return 0.0
            moments += [when for when, _number, _task in self._later[:1]]
        return max(0.0, min(moments, default=0.0) - time.monotonic())

    def _leave_window(self, now: float) -> None:
        while self._window and (self._window[0][0] <= now or self._window[0][1].is_done):
            self._out_of_window(self._window.popleft()[1])

    def _out_of_window(self, probe: _Probe) -> None:
        if probe.in_window:
            probe.in_window = False
            self._on_the_way -= 1

    def _expire(self, now: float) -> None:
        while self._deadlines and (self._deadlines[0][0] <= now or self._deadlines[0][2].is_done):
            probe = heapq.heappop(self._deadlines)[2]
            if not probe.is_done:
                # Forgotten: what comes after its time is no answer.
                del probe.task.channel.waiting[probe.key]
                ping = probe.task.ping
                ping.failure = ping.failure or Failure(echo.TIMEOUT, "no answer")
                self._done(probe)

    # -- receiving

    def _receive(self, channel: _Channel) -> None:
        while True:
            try:
                data, control, _flags, _sender = channel.socket.recvmsg(_ENOUGH, _ENOUGH)
            except BlockingIOError:
                break
            except OSError:
                continue  # what the error queue tells in full
            self._answered(channel, data, control)
        self._read_errors(channel)

    def _answered(self, channel: _Channel, data: bytes, control: t.Iterable[tuple[int, int, bytes]]) -> None:
        found = echo.reply(channel.family, data)
        probe = channel.waiting.get(found[:2]) if found else None
        if found is None or probe is None:
            return
        task = probe.task
        known = self._cookie[: task.ping.size]
        if found[2][: len(known)] != known:
            return
        if probe.is_done:
            task.ping.duplicates += 1
            return
        came = time.time_ns()
        for level, kind, value in control:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
                seconds, nanoseconds = _TIMESPEC.unpack_from(value)
                came = seconds * 1_000_000_000 + nanoseconds
            elif (level, kind) == (socket.IPPROTO_IPV6, _IPV6_PKTINFO):
                task.own = socket.inet_ntop(socket.AF_INET6, value[:16])
        if channel.family == socket.AF_INET:
            task.own = socket.inet_ntop(socket.AF_INET, data[16:20])  # of the header
        task.ping.rtts.append(max(came - probe.sent_at, 0) / 1e9)
        self._done(probe)

    def _read_errors(self, channel: _Channel) -> list[Failure]:
        """Empties the error queue; returns what it told."""
        told: list[Failure] = []
        while True:
            try:
                data, control, _flags, _sender = channel.socket.recvmsg(_ENOUGH, 512, _MSG_ERRQUEUE)
            except OSError:
                return told
            for level, kind, value in control:
                if (level, kind) not in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
                    continue
                failure = echo.failure(channel.family, value)
                told.append(failure)
                key = echo.request(channel.family, data)
                probe = channel.waiting.get(key) if key else None
                if probe is not None and not probe.is_done:
                    self._fail(probe, failure)

    # -- what became of a request

    def _fail(self, probe: _Probe, failure: Failure) -> None:
        del probe.task.channel.waiting[probe.key]
        ping = probe.task.ping
        ping.errors += 1
        ping.failure = failure
        self._done(probe)

    def _done(self, probe: _Probe) -> None:
        probe.is_done = True
        self._out_of_window(probe)
        task = probe.task
        task.open -= 1
        if not task.open:
            self._neighbours.end(task.ping, task.own)


def _start_clock() -> socket.socket:
    """The kernel begins to note when packets come in a moment after the first socket asks for it
    (net_enable_timestamp). Until then it notes when they are read, which is later."""
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asking.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    time.sleep(_CLOCK_STARTS)
    return asking


def _sendto(opened: socket.socket, packet: bytes, address: tuple[str, int]) -> int:
    """The error, or 0. What the socket has kept of an earlier request comes up once in place of this request's own."""
    code = 0
    for _try in range(_TRIES):
        try:
            opened.sendto(packet, address)
            return 0
        except OSError as e:
            code = e.errno or errno.EIO
            if code in _FULL:
                break
    return code
