# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
import threading
import typing as t
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils import _message
from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl

HEADER = struct.Struct("=IHHII")
ERROR, DONE = 2, 3
DUMP_INTR, CAPPED, ACK_TLVS, MULTI = 0x10, 0x100, 0x200, 2


class Sent(t.NamedTuple):
    kind: int
    flags: int
    sequence: int
    port: int
    body: bytes


class FakeSocket:
    """What a netlink socket is sent, and answers to it. An answer is made by ``kernel`` from a request; it is a list
    of datagrams."""

    def __init__(self, kernel: t.Callable[[Sent], list[bytes]]) -> None:
        self.kernel = kernel
        self.datagrams: list[bytes] = []
        self.sent: list[Sent] = []
        self.waiting: deque[bytes] = deque()

    def sendto(self, data: bytes, where: tuple[int, int]) -> None:
        assert where == (0, 0), "to the kernel"
        self.datagrams.append(bytes(data))
        for request in apart(bytes(data)):
            self.sent.append(request)
            self.waiting += self.kernel(request)

    def recv_into(self, buffer: memoryview, size: int, how: int) -> int:
        assert len(buffer) >= 1 << 15, "the kernel sends dumps in pieces of up to 32 KiB"
        assert not size and not how, "takes what there is, and waits for it"
        assert self.waiting, "would wait for ever"
        datagram = self.waiting.popleft()
        buffer[: len(datagram)] = datagram
        return len(datagram)


def apart(data: bytes) -> list[Sent]:
    """Strictly: every message is whole and begins where it must."""
    found = []
    while data:
        length, kind, flags, sequence, port = HEADER.unpack_from(data)
        assert HEADER.size <= length <= len(data)
        found.append(Sent(kind, flags, sequence, port, data[HEADER.size : length]))
        data = data[(length + 3) & ~3 :]
    return found


def message(kind: int, sequence: int, body: bytes, flags: int = 0) -> bytes:
    length = HEADER.size + len(body)
    return HEADER.pack(length, kind, flags, sequence, 4711) + body + bytes(-length % 4)


def ack(request: Sent, code: int = 0, text: str = "", capped: bool = True, more: bytes = b"") -> bytes:
    """NLMSG_ERROR as netlink_ack() of the kernel writes it."""
    original = HEADER.pack(HEADER.size + len(request.body), *request[:4])
    flags = 0
    body = struct.pack("=i", -code) + original
    if capped:
        flags |= CAPPED
    else:
        body += request.body + bytes(-len(request.body) % 4)
    if text or more:
        flags |= ACK_TLVS
        body += more
        if text:
            body += attribute(1, text.encode() + b"\0")
    return message(ERROR, request.sequence, body, flags)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def connected(kernel: t.Callable[[Sent], list[bytes]]) -> tuple[nl.NetlinkSocket, FakeSocket]:
    opened = nl.NetlinkSocket.__new__(nl.NetlinkSocket)
    fake = FakeSocket(kernel)
    opened._socket = fake  # type: ignore[assignment]
    opened._sequence = 0
    return opened, fake


def accepts(request: Sent) -> list[bytes]:
    return [ack(request)]


# -- requests


def test_a_request_asks_for_an_ack_and_keeps_its_own_flags() -> None:
    opened, fake = connected(accepts)
    (answer,) = opened.exchange([(nl.RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, b"body")])
    assert answer == nl.Answer([])
    assert fake.sent == [Sent(16, 0x400 | 0x200 | 0x1 | 0x4, 1, 0, b"body")]


@given(st.lists(st.binary(max_size=9), max_size=40))
def test_requests_of_any_length_lie_aligned_in_one_datagram(bodies: list[bytes]) -> None:
    opened, fake = connected(accepts)
    answers = opened.exchange([(nl.RTM_NEWADDR, 0, body) for body in bodies])
    assert [request.body for request in fake.sent] == bodies
    assert len(answers) == len(bodies)
    assert len(fake.datagrams) == (1 if bodies else 0)
    assert all(len(datagram) % 4 == 0 for datagram in fake.datagrams)


@pytest.mark.parametrize(
    ("count", "datagrams"), [(0, 0), (1, 1), (nl.BATCH, 1), (nl.BATCH + 1, 2), (3 * nl.BATCH, 3)]
)
def test_many_requests_go_in_batches_and_keep_their_order(count: int, datagrams: int) -> None:
    opened, fake = connected(lambda request: [ack(request, int.from_bytes(request.body, "big") % 3)])
    answers = opened.exchange([(nl.RTM_NEWLINK, 0, index.to_bytes(4, "big")) for index in range(count)])
    assert len(fake.datagrams) == datagrams
    assert [answer.error.code if answer.error else 0 for answer in answers] == [index % 3 for index in range(count)]
    assert [request.sequence for request in fake.sent] == list(range(1, count + 1))


def test_sequence_numbers_go_on_from_exchange_to_exchange_and_dump() -> None:
    def kernel(request: Sent) -> list[bytes]:
        return pieces()(request) if request.kind == nl.RTM_GETLINK else accepts(request)

    opened, fake = connected(kernel)
    opened.exchange([(nl.RTM_NEWLINK, 0, b"")] * 2)
    opened.dump(nl.RTM_GETLINK, b"")
    opened.exchange([(nl.RTM_NEWLINK, 0, b"")])
    assert [request.sequence for request in fake.sent] == [1, 2, 3, 4]


# -- acks


def scrambled(order: t.Sequence[int], together: int) -> tuple[nl.NetlinkSocket, FakeSocket]:
    """Answers only once all of the batch are there: in this order, several to a datagram."""
    requests: list[Sent] = []

    def kernel(request: Sent) -> list[bytes]:
        requests.append(request)
        if len(requests) < len(order):
            return []
        acks = [ack(requests[index], index) for index in order]
        return [b"".join(acks[start : start + together]) for start in range(0, len(acks), together)]

    return connected(kernel)


@given(st.permutations(range(6)), st.integers(1, 6))
def test_acks_find_their_requests_by_sequence_in_whatever_order_and_datagram(order: list[int], together: int) -> None:
    opened, _fake = scrambled(order, together)
    answers = opened.exchange([(nl.RTM_NEWLINK, 0, b"")] * 6)
    assert [answer.error.code if answer.error else 0 for answer in answers] == list(range(6))


def test_a_refused_request_does_not_keep_the_rest_from_being_answered() -> None:
    opened, _fake = connected(lambda request: [ack(request, errno.EEXIST if request.sequence == 2 else 0)])
    answers = opened.exchange([(nl.RTM_NEWLINK, 0, b"")] * 3)
    assert [answer.error is None for answer in answers] == [True, False, True]


def test_a_question_is_answered_with_a_message_and_then_an_ack() -> None:
    opened, _fake = connected(lambda request: [message(nl.RTM_NEWLINK, request.sequence, b"link"), ack(request)])
    assert opened.exchange([(nl.RTM_GETLINK, 0, b"")] * 2) == [nl.Answer([(16, b"link")]), nl.Answer([(16, b"link")])]


def test_a_question_can_do_without_the_ack() -> None:
    def kernel(request: Sent) -> list[bytes]:
        refused = request.sequence == 2
        return [ack(request, errno.EPERM) if refused else message(nl.RTM_NEWNSID, request.sequence, request.body)]

    opened, fake = connected(kernel)
    answers = opened.exchange([(nl.RTM_GETNSID, 0, name) for name in (b"a", b"b", b"c")], told=True)
    assert [answer.messages for answer in answers] == [[(88, b"a")], [], [(88, b"c")]]
    assert [answer.error is None for answer in answers] == [True, False, True]
    assert {request.flags for request in fake.sent} == {0x1}, "asks for no ack"


def test_stray_answers_to_earlier_and_foreign_requests_are_passed_over() -> None:
    def kernel(request: Sent) -> list[bytes]:
        stray = message(nl.RTM_NEWLINK, request.sequence - 1, b"old") + message(ERROR, request.sequence + 7, bytes(20))
        return [stray, message(DONE, 0, bytes(4)) + ack(request)]

    opened, _fake = connected(kernel)
    assert opened.exchange([(nl.RTM_NEWLINK, 0, b"")]) == [nl.Answer([])]
    assert opened.exchange([(nl.RTM_NEWLINK, 0, b"")]) == [nl.Answer([])]


# -- errors


@pytest.mark.parametrize("capped", [True, False])
@pytest.mark.parametrize("body", [b"", b"abc", b"abcd", bytes(77)])
@pytest.mark.parametrize("text", ["", "x", "abc", "Invalid MTU", "\u00e4"])
def test_the_extended_ack_is_read_behind_a_capped_and_a_whole_request(capped: bool, body: bytes, text: str) -> None:
    opened, _fake = connected(lambda request: [ack(request, errno.EINVAL, text, capped)])
    (answer,) = opened.exchange([(nl.RTM_NEWLINK, 0, body)])
    assert answer.error is not None
    assert (answer.error.code, answer.error.said) == (errno.EINVAL, text)


def test_the_text_is_found_among_other_attributes_of_the_extended_ack() -> None:
    offset_and_policy = attribute(2, struct.pack("=I", 36)) + attribute(4, b"policy.")
    opened, _fake = connected(lambda request: [ack(request, errno.EINVAL, "Bad", more=offset_and_policy)])
    (answer,) = opened.exchange([(nl.RTM_NEWLINK, 0, b"")])
    assert answer.error is not None
    assert answer.error.said == "Bad"


def test_an_extended_ack_without_text_says_nothing() -> None:
    opened, _fake = connected(lambda request: [ack(request, errno.EINVAL, more=attribute(2, bytes(4)))])
    (answer,) = opened.exchange([(nl.RTM_NEWLINK, 0, b"")])
    assert answer.error is not None
    assert answer.error.said == ""


def test_a_warning_beside_success_is_no_error() -> None:
    opened, _fake = connected(lambda request: [ack(request, 0, "deprecated")])
    assert opened.exchange([(nl.RTM_NEWLINK, 0, b"")]) == [nl.Answer([])]


def test_a_text_that_is_no_unicode_and_an_attribute_without_length_are_survived() -> None:
    opened, _fake = connected(
        lambda request: [ack(request, errno.EINVAL, more=bytes(4) + attribute(1, b"\xff!\0"))]
    )
    (answer,) = opened.exchange([(nl.RTM_NEWLINK, 0, b"")])
    assert answer.error is not None
    assert answer.error.said == "\ufffd!"


# -- dumps


def pieces(
    *bodies: bytes, flags: int = 0, done_flags: int = 0, done: bytes = bytes(4)
) -> t.Callable[[Sent], list[bytes]]:
    """A dump in one datagram for each message, the end in a datagram of its own."""

    def kernel(request: Sent) -> list[bytes]:
        found = [message(nl.RTM_NEWLINK, request.sequence, body, MULTI | flags) for body in bodies]
        return [*found, message(DONE, request.sequence, done, MULTI | done_flags)]

    return kernel


def test_a_dump_is_asked_for_with_its_flags_and_body() -> None:
    opened, fake = connected(pieces())
    assert opened.dump(nl.RTM_GETLINK, b"filter") == []
    assert fake.sent == [Sent(nl.RTM_GETLINK, 0x1 | 0x300, 1, 0, b"filter")]


def test_a_dump_is_read_over_several_datagrams() -> None:
    opened, _fake = connected(pieces(b"one", b"two", b"three!!!"))
    assert opened.dump(nl.RTM_GETLINK, b"") == [b"one", b"two", b"three!!!"]


def test_a_dump_is_not_disturbed_by_one_that_another_thread_reads() -> None:
    other, _fake = connected(pieces(b"other"))
    opened, fake = connected(pieces(b"one", b"two"))
    receive = fake.recv_into

    def disturbed(buffer: memoryview, size: int, how: int) -> int:
        taken = receive(buffer, size, how)
        read = threading.Thread(target=other.dump, args=(nl.RTM_GETLINK, b""))
        read.start()
        read.join()
        return taken

    fake.recv_into = disturbed  # type: ignore[method-assign]
    assert opened.dump(nl.RTM_GETLINK, b"") == [b"one", b"two"]


def test_a_dump_is_read_with_several_messages_in_a_datagram() -> None:
    opened, _fake = connected(lambda request: [b"".join(pieces(b"one", b"two")(request))])
    assert opened.dump(nl.RTM_GETLINK, b"") == [b"one", b"two"]


@pytest.mark.parametrize("where", ["flags", "done_flags"])
def test_an_interrupted_dump_is_read_again_and_only_the_whole_one_counts(where: str) -> None:
    tries: list[Sent] = []

    def kernel(request: Sent) -> list[bytes]:
        tries.append(request)
        broken = {where: DUMP_INTR} if len(tries) < 3 else {}
        return pieces(b"%d" % len(tries), **broken)(request)

    opened, _fake = connected(kernel)
    assert opened.dump(nl.RTM_GETLINK, b"") == [b"3"]
    assert len({request.sequence for request in tries}) == 3


def test_a_dump_that_is_always_interrupted_ends_in_an_error() -> None:
    opened, fake = connected(pieces(b"x", done_flags=DUMP_INTR))
    with pytest.raises(nl.NetlinkError, match="kept changing") as refusal:
        opened.dump(nl.RTM_GETLINK, b"")
    assert refusal.value.code == errno.EINTR
    assert 3 <= len(fake.sent) <= 100


def test_a_refused_dump_is_an_error_with_the_kernels_words() -> None:
    opened, _fake = connected(lambda request: [ack(request, errno.EINVAL, "Invalid header for dump request")])
    with pytest.raises(nl.NetlinkError) as refusal:
        opened.dump(nl.RTM_GETLINK, b"")
    assert (refusal.value.code, refusal.value.said) == (errno.EINVAL, "Invalid header for dump request")


def test_a_dump_that_fails_on_the_way_is_an_error_and_no_short_list() -> None:
    """netlink_dump() puts what the dump ended with into the last message; checks of the request fail there, too."""
    opened, _fake = connected(pieces(b"one", done=struct.pack("=i", -errno.EMSGSIZE)))
    with pytest.raises(nl.NetlinkError) as refusal:
        opened.dump(nl.RTM_GETLINK, b"")
    assert refusal.value.code == errno.EMSGSIZE


def test_the_extended_ack_of_a_dump_that_fails_on_the_way_is_read() -> None:
    failed = struct.pack("=i", -errno.EINVAL) + attribute(1, b"Unknown attribute\0")
    opened, _fake = connected(pieces(done=failed, done_flags=ACK_TLVS))
    with pytest.raises(nl.NetlinkError) as refusal:
        opened.dump(nl.RTM_GETADDR, b"")
    assert (refusal.value.code, refusal.value.said) == (errno.EINVAL, "Unknown attribute")


def test_a_dump_answered_with_an_ack_is_an_error_and_no_endless_wait() -> None:
    opened, _fake = connected(accepts)
    with pytest.raises(nl.NetlinkError) as refusal:
        opened.dump(nl.RTM_GETLINK, b"")
    assert refusal.value.code == errno.EPROTO


def test_the_rest_of_a_dump_that_was_given_up_is_no_part_of_the_next() -> None:
    """A refusal in the middle leaves messages behind; the next dump and the next exchange pass them over."""
    first: list[Sent] = []

    def kernel(request: Sent) -> list[bytes]:
        if not first:
            first.append(request)
            return [ack(request, errno.ENOBUFS), *pieces(b"old", b"old")(request)]
        return pieces(b"new")(request)

    opened, fake = connected(kernel)
    with pytest.raises(nl.NetlinkError):
        opened.dump(nl.RTM_GETLINK, b"")
    assert fake.waiting
    assert opened.dump(nl.RTM_GETLINK, b"") == [b"new"]
    assert not fake.waiting


# -- is a link operational


@pytest.mark.parametrize(
    ("flags", "state", "told"),
    [(0x1 | 0x10000, 6, True), (0x1 | 0x10000, 2, False), (0x1 | 0x10000, 0, False), (0x1, 6, None), (0, 2, None)],
)
def test_a_link_is_operational_once_it_has_carrier_and_says_so(flags: int, state: int, told: bool | None) -> None:
    body = struct.pack("=BxHiII", 0, 0, 5, flags, 0) + attribute(16, bytes([state]))
    opened, fake = connected(lambda request: [message(nl.RTM_NEWLINK, request.sequence, body), ack(request)])
    assert opened.is_operational("eth0") is told
    assert fake.sent[0].kind == nl.RTM_GETLINK
    assert fake.sent[0].body.endswith(attribute(3, b"eth0\0"))


def test_a_link_that_is_not_there_is_not_operational() -> None:
    opened, _fake = connected(lambda request: [ack(request, errno.ENODEV)])
    assert opened.is_operational("eth0") is None


# -- encoding


MESSAGES: list[tuple[str, dict[str, t.Any], list[t.Any]]] = [
    ("ifinfmsg", {"family": 0, "flags": 1, "change": 0x81}, [("IFLA_IFNAME", "eth0"), ("IFLA_MTU", 1400)]),
    ("ifinfmsg", {"family": 0}, [("IFLA_IFNAME", "eth0"), ("IFLA_MASTER", 7), ("IFLA_NET_NS_FD", 5)]),
    ("ifinfmsg", {"family": 0}, [("IFLA_ADDRESS", "02:00:00:00:00:01"), ("IFLA_TXQLEN", 9), ("IFLA_IFALIAS", "x y")]),
    ("ifinfmsg", {"family": 0, "index": 12}, []),
    ("ifinfmsg", {"family": 0}, [("IFLA_EXT_MASK", 8)]),
    (
        "ifinfmsg",
        {"family": 0},
        [("IFLA_AF_SPEC", {"attrs": [("AF_INET6", {"attrs": [("IFLA_INET6_ADDR_GEN_MODE", 3)]})]})],
    ),
    (
        "ifinfmsg",
        {"family": 0},
        [
            (
                "IFLA_LINKINFO",
                {
                    "attrs": [
                        ("IFLA_INFO_KIND", "veth"),
                        (
                            "IFLA_INFO_DATA",
                            {"attrs": [("VETH_INFO_PEER", {"attrs": [("IFLA_IFNAME", "p0"), ("IFLA_NET_NS_FD", 4)]})]},
                        ),
                    ]
                },
            )
        ],
    ),
    (
        "ifinfmsg",
        {"family": 0},
        [
            (
                "IFLA_LINKINFO",
                {
                    "attrs": [
                        ("IFLA_INFO_KIND", "bridge"),
                        (
                            "IFLA_INFO_DATA",
                            {
                                "attrs": [
                                    ("IFLA_BR_FORWARD_DELAY", 400),
                                    ("IFLA_BR_STP_STATE", 1),
                                    ("IFLA_BR_PRIORITY", 4096),
                                    ("IFLA_BR_GROUP_FWD_MASK", 8),
                                    ("IFLA_BR_VLAN_DEFAULT_PVID", 1),
                                    ("IFLA_BR_MCAST_SNOOPING", 0),
                                ]
                            },
                        ),
                    ]
                },
            )
        ],
    ),
    (
        "ifinfmsg",
        {"family": 0},
        [
            (
                "IFLA_LINKINFO",
                {
                    "attrs": [
                        ("IFLA_INFO_SLAVE_KIND", "bridge"),
                        (
                            "IFLA_INFO_SLAVE_DATA",
                            {
                                "attrs": [
                                    ("IFLA_BRPORT_COST", 4),
                                    ("IFLA_BRPORT_PRIORITY", 63),
                                    ("IFLA_BRPORT_STATE", 3),
                                    ("IFLA_BRPORT_ISOLATED", 1),
                                ]
                            },
                        ),
                    ]
                },
            )
        ],
    ),
    (
        "ifaddrmsg",
        {"family": 2, "prefixlen": 24, "flags": 0, "scope": 253, "index": 3},
        [
            ("IFA_LOCAL", "192.0.2.1"),
            ("IFA_ADDRESS", "192.0.2.1"),
            ("IFA_BROADCAST", "192.0.2.255"),
            ("IFA_LABEL", "eth0:1"),
            ("IFA_FLAGS", 0x200),
            ("IFA_RT_PRIORITY", 2**32 - 1),
            ("IFA_CACHEINFO", {"ifa_preferred": 0, "ifa_valid": 0xFFFFFFFF, "cstamp": 0, "tstamp": 0}),
        ],
    ),
    (
        "ifaddrmsg",
        {"family": 10, "prefixlen": 64, "flags": 0, "scope": 0, "index": 3},
        [("IFA_LOCAL", "2001:db8::1"), ("IFA_ADDRESS", "2001:db8::2"), ("IFA_FLAGS", 2)],
    ),
    ("nsidmsg", {"rtgen_family": 0}, [("NETNSA_FD", 5)]),
]


def same(decoded: t.Any, attrs: list[t.Any]) -> None:
    for name, value in attrs:
        found = decoded.get_attr(name)
        if isinstance(value, dict) and "attrs" in value:
            same(found, value["attrs"])
        elif isinstance(value, dict):
            assert {field: found[field] for field in value} == value
        else:
            assert (found["value"] if isinstance(found, dict) else found) == value, name


@pytest.mark.parametrize(("schema", "header", "attrs"), MESSAGES)
def test_a_message_is_decoded_as_it_was_encoded(schema: str, header: dict[str, t.Any], attrs: list[t.Any]) -> None:
    decoded = nl.decode(schema, nl.encode(schema, header, attrs))
    assert {field: decoded[field] for field in header} == header
    same(decoded, attrs)


def test_a_message_has_the_kernels_layout() -> None:
    """struct ifinfomsg, then attributes; no netlink header."""
    body = nl.encode("ifinfmsg", {"family": 0, "index": 5, "flags": 1, "change": 3}, [("IFLA_IFNAME", "eth0")])
    assert body == struct.pack("=BxHiII", 0, 0, 5, 1, 3) + attribute(3, b"eth0\0")
    body = nl.encode("ifaddrmsg", {"family": 2, "prefixlen": 24, "scope": 253, "index": 9}, [("IFA_LOCAL", "10.0.0.1")])
    assert body == struct.pack("=BBBBI", 2, 24, 0, 253, 9) + attribute(2, bytes([10, 0, 0, 1]))


def test_encoding_leaves_what_it_is_given_alone_and_is_the_same_each_time() -> None:
    for schema, header, attrs in MESSAGES:
        known = repr((header, attrs))
        assert nl.encode(schema, header, attrs) == nl.encode(schema, header, attrs)
        assert repr((header, attrs)) == known


@pytest.mark.parametrize(("schema", "header", "attrs"), MESSAGES)
def test_a_form_is_trusted_once_pyroute2_has_written_the_same(
    schema: str, header: dict[str, t.Any], attrs: list[t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_message, "_trusted", {})
    first = nl.encode(schema, header, attrs)
    assert all(_message._trusted.values())
    trusted = bool(_message._trusted)  # else pyroute2 alone can write it
    monkeypatch.setattr(_message, "_encoded_by_pyroute2", None if trusted else _message._encoded_by_pyroute2)
    assert nl.encode(schema, header, attrs) == first


@pytest.mark.parametrize(("schema", "header", "attrs"), MESSAGES)
def test_a_message_is_read_as_pyroute2_reads_it(schema: str, header: dict[str, t.Any], attrs: list[t.Any]) -> None:
    read = _message.read(schema, nl.encode(schema, header, attrs))
    assert {field: read[field] for field in header} == header
    same(read, attrs)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.ip_addresses(network="::ffff:0:0/96")))
def test_an_address_is_read_as_it_is_spelled_everywhere_else(address: ipaddress.IPv4Address) -> None:
    body = nl.encode("ifaddrmsg", {"family": socket.AF_UNSPEC}, [("IFA_LOCAL", str(address))])
    assert _message.read("ifaddrmsg", body).get_attr("IFA_LOCAL") == str(address)


# Attributes of one length, so that messages of one length have others, or have them elsewhere.
FORM: list[tuple[str, t.Any]] = [
    ("IFA_ADDRESS", "192.0.2.1"),
    ("IFA_LOCAL", "192.0.2.2"),
    ("IFA_LABEL", "x12"),
    ("IFA_FLAGS", 640),
]
SOME = st.tuples(st.permutations(FORM), st.integers(0, len(FORM))).map(lambda drawn: drawn[0][: drawn[1]])


@given(st.lists(SOME, max_size=9), st.integers(0, 7))
def test_messages_of_one_length_are_told_apart(messages: list[list[t.Any]], index: int) -> None:
    for attrs in messages:
        read = _message.read("ifaddrmsg", nl.encode("ifaddrmsg", {"family": 2, "index": index}, attrs))
        assert read["index"] == index
        assert {name: read.get_attr(name) for name, _value in FORM} == {**dict.fromkeys(dict(FORM)), **dict(attrs)}


@given(st.binary(max_size=90))
def test_bytes_that_are_no_attributes_are_survived(data: bytes) -> None:
    read = _message.read("ifaddrmsg", bytes(8) + data)
    assert read["family"] == 0
    read.raw("IFA_LABEL")


def test_what_pyroute2_does_not_know_is_no_attribute() -> None:
    read = _message.read("ifaddrmsg", bytes(8))
    with pytest.raises(KeyError):
        read.get_attr("IFA_TYPO")


def test_a_form_that_comes_out_otherwise_is_left_to_pyroute2(monkeypatch: pytest.MonkeyPatch) -> None:
    message = ("ifinfmsg", {"family": 0, "index": 5}, [("IFLA_IFNAME", "eth0")])
    right = nl.encode(*message)
    monkeypatch.setattr(_message, "_trusted", {})
    monkeypatch.setitem(_message._ENCODERS, "asciiz", lambda value: b"something else")
    assert [nl.encode(*message), nl.encode(*message)] == [right, right]


def test_the_commonest_requests_are_written_without_pyroute2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand of each are what a large lab is made of."""
    peer = {"index": 7, "attrs": [("IFLA_IFNAME", "eth0"), ("IFLA_NET_NS_FD", 12)]}
    info = [("IFLA_INFO_KIND", "veth"), ("IFLA_INFO_DATA", {"attrs": [("VETH_INFO_PEER", peer)]})]
    requests: list[tuple[str, dict[str, t.Any], list[t.Any]]] = [
        ("ifinfmsg", {"index": 5}, [("IFLA_IFNAME", "a1"), ("IFLA_LINKINFO", {"attrs": info})]),
        ("ifinfmsg", {"flags": 1, "change": 1}, [("IFLA_IFNAME", "eth0")]),
        ("ifinfmsg", {}, [("IFLA_IFNAME", "a1"), ("IFLA_MASTER", 3)]),
        ("ifaddrmsg", {"family": 2, "prefixlen": 24, "index": 7}, [("IFA_LOCAL", "192.0.2.1"), ("IFA_ADDRESS", "::1")]),
    ]
    for request in requests:
        nl.encode(*request)
    monkeypatch.setattr(_message, "_encoded_by_pyroute2", None)
    for request in requests:
        assert nl.encode(*request)
