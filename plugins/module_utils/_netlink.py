# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""A netlink socket that sends requests in batches and reads dumps: the transport; pyroute2 encodes and decodes."""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
import threading
import typing as t
from dataclasses import dataclass

# Under this name, because it is for those who import this as well.
from ansible_collections.netns.lab.plugins.module_utils._message import encode as encode  # pylint: disable=useless-import-alias
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class

NLM_F_REQUEST = 0x1
NLM_F_ACK = 0x4
NLM_F_DUMP = 0x300
NLM_F_REPLACE = 0x100
NLM_F_EXCL = 0x200
NLM_F_CREATE = 0x400
NLM_F_APPEND = 0x800

RTM_NEWLINK = 16
RTM_DELLINK = 17
RTM_GETLINK = 18
RTM_SETLINK = 19
RTM_NEWADDR = 20
RTM_DELADDR = 21
RTM_GETADDR = 22
RTM_NEWROUTE = 24
RTM_DELROUTE = 25
RTM_GETROUTE = 26
RTM_NEWNEIGH = 28
RTM_DELNEIGH = 29
RTM_GETNEIGH = 30
RTM_NEWRULE = 32
RTM_DELRULE = 33
RTM_GETRULE = 34
RTM_GETNETCONF = 82
RTM_NEWNSID = 88
RTM_NEWQDISC = 36
RTM_DELQDISC = 37
RTM_GETQDISC = 38
RTM_GETNEIGHTBL = 66
RTM_GETNSID = 90

DELETIONS = (RTM_DELLINK, RTM_DELADDR, RTM_DELROUTE, RTM_DELNEIGH, RTM_DELRULE)

_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_NLM_F_DUMP_INTR = 0x10
_NLM_F_CAPPED = 0x100
_NLM_F_ACK_TLVS = 0x200
_NLMSGERR_ATTR_MSG = 1

_IFF_UP = 0x1
_IFF_LOWER_UP = 0x10000
_IF_OPER_UP = 6

_SOL_NETLINK = 270
_NETLINK_CAP_ACK = 10
_NETLINK_EXT_ACK = 11
_NETLINK_GET_STRICT_CHK = 12
_SO_RCVBUFFORCE = 33

_SIOCGIFNAME = 0x8910  # netdevice(7)
_SIOCSIFFLAGS = 0x8914
_IFREQ = struct.Struct("=16si20x")
_IFREQ_FLAGS = struct.Struct("=16sH22x")

_HEADER = struct.Struct("=IHHII")
# An ack that finds the receive buffer full is lost (netlink_ack sends with MSG_DONTWAIT), so a batch stays small
# enough for all of its answers to fit.
_RECEIVE_BUFFER = 4 << 20
BATCH = 128
_TRIES = 20


class NetlinkError(Exception):
    """``code``: a positive errno; ``said``: the extended ack's text or nothing."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said


class Unheard(Exception):
    """Something was told faster than it was read, and is lost: what is known has to be read anew."""


@dataclass
class Answer:
    """What came back for one request: messages (type and bytes without the netlink header), or the error."""

    messages: list[tuple[int, bytes]]
    error: NetlinkError | None = None


def decode(schema: str, body: bytes) -> t.Any:
    """A message of pyroute2 out of a body without the netlink header."""
    message = message_class(schema)(_HEADER.pack(_HEADER.size + len(body), 0, 0, 0, 0) + body)
    message.decode()
    return message


class _Memory(threading.local):
    """What one read takes. The same memory each time: to get and give back as much costs more than most dumps."""

    def __init__(self) -> None:
        self.received = memoryview(bytearray(1 << 18))


_memory = _Memory()


class NetlinkSocket:
    """A route netlink socket of the namespace the thread is in while it is made."""

    def __init__(self, groups: int = 0) -> None:
        """``groups``: a mask of the multicast groups (RTMGRP_*) that it hears, which leaves it no use for requests."""
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        self._sequence = 0
        try:
            for option in (_NETLINK_CAP_ACK, _NETLINK_EXT_ACK, _NETLINK_GET_STRICT_CHK):
                try:
                    self._socket.setsockopt(_SOL_NETLINK, option, 1)
                except OSError:
                    pass  # kernels before 4.20 lack the last one; the answers are the same, only longer
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
            except PermissionError:
                # In a user namespace the host's own limit (net.core.rmem_max) holds.
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            self._socket.bind((0, groups))
        except BaseException:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def heard(self) -> list[tuple[int, int, bytes]]:
        """What its groups have told since the last call, as far as one read takes: type, flags and body. Raises
        Unheard when the kernel had to leave something out."""
        try:
            told = self._receive(socket.MSG_DONTWAIT)
            return [(kind, flags, body) for kind, flags, _sequence, body in told]
        except BlockingIOError:
            return []
        except OSError as e:
            if e.errno != errno.ENOBUFS:
                raise
            raise Unheard from e

    def exchange(self, requests: t.Sequence[tuple[int, int, bytes]], told: bool = False) -> list[Answer]:
        """Sends requests (type, flags, body) and returns their answers in order. Each is acknowledged or refused by
        itself: a failed one does not keep the rest from being carried out. ``told``: each asks for just one message,
        which is acknowledgement enough."""
        answers: list[Answer] = []
        for start in range(0, len(requests), BATCH):
            answers += self._exchange_batch(requests[start : start + BATCH], told)
        return answers

    def _exchange_batch(self, requests: t.Sequence[tuple[int, int, bytes]], told: bool) -> list[Answer]:
        usual = NLM_F_REQUEST if told else NLM_F_REQUEST | NLM_F_ACK
        first = self._sequence + 1
        packet = bytearray()
        for kind, flags, body in requests:
            self._sequence += 1
            length = _HEADER.size + len(body)
            packet += _HEADER.pack(length, kind, flags | usual, self._sequence, 0)
            packet += body
            packet += bytes(-length % 4)
        self._socket.sendto(packet, (0, 0))
        answers = [Answer([]) for request in requests]
        open_requests = len(requests)
        while open_requests:
            for kind, flags, sequence, body in self._receive():
                if not first <= sequence <= self._sequence:
                    continue  # the rest of a dump that was given up
                answer = answers[sequence - first]
                if kind == _NLMSG_ERROR:
                    answer.error = _error(flags, body)
                    open_requests -= 1
                else:
                    answer.messages.append((kind, body))
                    open_requests -= told
        return answers

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        """All messages of a dump, read again as long as the kernel says that the list changed underneath."""
        for _try in range(_TRIES):
            try:
                return self._dump_once(kind, body)
            except InterruptedError:
                continue
        raise NetlinkError(errno.EINTR, "the list kept changing while it was read")

    def is_operational(self, name: str) -> bool | None:
        """Whether a link is operationally up (RFC 2863); None: it is down or its cable's other end is."""
        answer = self.exchange([(RTM_GETLINK, 0, encode("ifinfmsg", {"family": 0}, [("IFLA_IFNAME", name)]))])[0]
        if answer.error is not None:
            return None
        message = read("ifinfmsg", answer.messages[0][1])
        if not message["flags"] & _IFF_LOWER_UP:
            return None
        state = message.get_attr("IFLA_OPERSTATE")  # a structure of one field
        return state is not None and bool(state["value"] == _IF_OPER_UP)

    def set_up(self, name: str) -> None:
        """Sets a link up that has no other flags, such as a new one, for a small part of what a message costs."""
        fcntl.ioctl(self._socket, _SIOCSIFFLAGS, _IFREQ_FLAGS.pack(name.encode(), _IFF_UP))

    def link_name(self, index: int) -> str | None:
        """The name of the link with an index, as cheaply; None: there is none."""
        try:
            found = fcntl.ioctl(self._socket, _SIOCGIFNAME, _IFREQ.pack(b"", index))
        except OSError as e:
            if e.errno != errno.ENODEV:
                raise
            return None
        return found[:16].rstrip(b"\0").decode("utf-8", "replace")

    def _dump_once(self, kind: int, body: bytes) -> list[bytes]:
        self._sequence += 1
        header = _HEADER.pack(_HEADER.size + len(body), kind, NLM_F_REQUEST | NLM_F_DUMP, self._sequence, 0)
        self._socket.sendto(header + body, (0, 0))
        messages: list[bytes] = []
        interrupted = False
        while True:
            for message_kind, flags, sequence, payload in self._receive():
                if sequence != self._sequence:
                    continue
                interrupted |= bool(flags & _NLM_F_DUMP_INTR)
                if message_kind == _NLMSG_DONE:
                    # With what the dump ended: it may have failed on the way, or not have begun (strict checks).
                    error = _failure(payload, 4) if len(payload) >= 4 else None
                    if error is not None:
                        raise error
                    if interrupted:
                        raise InterruptedError
                    return messages
                if message_kind == _NLMSG_ERROR:
                    raise _error(flags, payload) or NetlinkError(errno.EPROTO, "a dump was answered with an ack")
                messages.append(payload)

    def _receive(self, how: int = 0) -> list[tuple[int, int, int, bytes]]:
        """Type, flags, sequence number and body of each message that one read takes."""
        received = _memory.received
        data = bytes(received[: self._socket.recv_into(received, 0, how)])
        unpack, head, offset = _HEADER.unpack_from, _HEADER.size, 0
        end = len(data) - head
        found = []
        while offset <= end:
            length, kind, flags, sequence, _port = unpack(data, offset)
            found.append((kind, flags, sequence, data[offset + head : offset + length]))
            offset += (length + 3) & ~3
        return found


def _error(flags: int, body: bytes) -> NetlinkError | None:
    """Of an NLMSG_ERROR, which is an ack when its code is 0."""
    attributes = len(body)
    if flags & _NLM_F_ACK_TLVS:
        # The refused request follows the code, only its header where it is capped; then the attributes.
        attributes = 4 + (_HEADER.size if flags & _NLM_F_CAPPED else struct.unpack_from("=I", body, 4)[0])
    return _failure(body, attributes)


def _failure(body: bytes, attributes: int) -> NetlinkError | None:
    """What a code that begins a message says, with the text of the extended ack that may follow at an offset."""
    code = -t.cast(int, struct.unpack_from("=i", body)[0])
    if code <= 0:
        return None
    said = ""
    offset = (attributes + 3) & ~3
    while offset + 4 <= len(body):
        length, attribute = struct.unpack_from("=HH", body, offset)
        if attribute == _NLMSGERR_ATTR_MSG:
            said = body[offset + 4 : offset + length].rstrip(b"\0").decode(errors="replace")
        offset += max((length + 3) & ~3, 4)
    return NetlinkError(code, said)
