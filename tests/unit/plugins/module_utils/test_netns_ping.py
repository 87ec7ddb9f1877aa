# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pure parts of netns_ping: packets, checks, statistics, diagnosis."""

from __future__ import annotations

import errno
import ipaddress
import socket
import statistics
import struct
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils import _echo as echo
from ansible_collections.netns.lab.plugins.module_utils import _ping_report as told
from ansible_collections.netns.lab.plugins.module_utils._checks import MANNER, Endpoint, Pair, pairs_of, wanted
from ansible_collections.netns.lab.plugins.module_utils._diagnosis import Diagnosis
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Fact
from ansible_collections.netns.lab.plugins.module_utils._ping import Ping
from ansible_collections.netns.lab.plugins.module_utils._sight import Sight, unsettled
from ansible_collections.netns.lab.tests.unit.helpers.lab import address, bridge, host, key, link, netns, pair, port

FAMILIES = [socket.AF_INET, socket.AF_INET6]


# -- packets


def checksum(data: bytes) -> int:
    """RFC 1071, by the book."""
    total = sum(int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(size=st.integers(0, 200), identifier=st.integers(0, 65535), sequence=st.integers(0, 65535))
def test_a_request_adds_up(size: int, identifier: int, sequence: int) -> None:
    packet = echo.Request(socket.AF_INET, size, b"12345678").packet(identifier, sequence)
    assert len(packet) == 8 + size and packet[0] == 8
    assert checksum(packet) == 0xFFFF
    assert echo.request(socket.AF_INET, packet) == (identifier, sequence)


@given(identifier=st.integers(0, 65535), sequence=st.integers(0, 65535), options=st.integers(0, 10))
def test_a_reply_is_found_behind_its_header(identifier: int, sequence: int, options: int) -> None:
    header = bytes([0x45 + options]) + bytes(19 + 4 * options)
    body = struct.pack("!BBHHH", 0, 0, 0, identifier, sequence) + b"payload"
    assert echo.reply(socket.AF_INET, header + body) == (identifier, sequence, b"payload")
    assert echo.reply(socket.AF_INET6, bytes([129]) + body[1:]) == (identifier, sequence, b"payload")


@given(data=st.binary(max_size=80), family=st.sampled_from(FAMILIES))
def test_no_packet_is_too_broken_to_be_read(data: bytes, family: int) -> None:
    echo.reply(family, data)
    echo.request(family, data)


def control(code: int, origin: int, kind: int, icmp_code: int, info: int, offender: bytes = b"") -> bytes:
    return struct.pack("=IBBBxII", code, origin, kind, icmp_code, info, 0) + offender


def test_errors_are_told_in_the_words_of_ping() -> None:
    router4 = struct.pack("=HH", socket.AF_INET, 0) + socket.inet_aton("10.0.0.1") + bytes(8)
    router6 = struct.pack("=HHI", socket.AF_INET6, 0, 0) + socket.inet_pton(socket.AF_INET6, "2001:db8::1") + bytes(4)
    assert echo.failure(socket.AF_INET, control(errno.EMSGSIZE, 2, 3, 4, 1400, router4)) == echo.Failure(
        "frag needed", "Frag needed and DF set (mtu = 1400)", "10.0.0.1", 1400
    )
    assert echo.failure(socket.AF_INET6, control(errno.EMSGSIZE, 3, 2, 0, 1400, router6)) == echo.Failure(
        "frag needed", "Packet too big: mtu=1400", "2001:db8::1", 1400
    )
    assert echo.failure(socket.AF_INET, control(errno.EMSGSIZE, 1, 0, 0, 1500)) == echo.Failure(
        "frag needed", "local error: message too long, mtu=1500", None, 1500
    )
    assert echo.failure(socket.AF_INET, control(0, 2, 3, 99, 0)).reason == "refused"
    assert echo.refused(errno.ENETUNREACH) == echo.Failure("no route", "sendmsg: Network is unreachable")


def test_the_filter_lets_nothing_but_replies_in() -> None:
    _level, _name, mask = echo.filter_for(socket.AF_INET)
    assert [bit for bit in range(32) if not int.from_bytes(mask, "little") >> bit & 1] == [0]
    _level, _name, mask = echo.filter_for(socket.AF_INET6)
    words = struct.unpack("=8I", mask)
    assert [bit for bit in range(256) if not words[bit >> 5] >> (bit & 31) & 1] == [129]


# -- checks


def asked(**params: t.Any) -> t.Any:
    matrix = [
        {**dict.fromkeys(("topology", "to", "from")), **dict.fromkeys(MANNER), "same_subnet": False,
         "pairs": "auto", "reachable": True, **item}
        for item in params.pop("matrix", [])
    ]  # fmt: skip
    for item in matrix:
        item["to"] = item["to"] and [{"namespace": None, "address": None, **end} for end in item["to"]]
    checks = [
        {**dict.fromkeys(("namespace", "source", "interface")), **dict.fromkeys(MANNER), "reachable": True,
         **item}
        for item in params.pop("checks", [])
    ]  # fmt: skip
    return wanted({**dict.fromkeys(MANNER), "checks": checks, "matrix": matrix, **params})


def ways(found: list[Pair]) -> list[tuple[str, str]]:
    return [(pair.ping.namespace, pair.destination) for pair in found]


def interfaces(*texts: str) -> list[t.Any]:
    return [ipaddress.ip_interface(text) for text in texts]


def test_ranges_of_a_check_advance_together() -> None:
    pairs, _notes = pairs_of(asked(checks=[{"namespace": "h[1:3]", "destination": "10.0.0.0/24[4:6]"}]), {}, {})
    assert ways(pairs) == [("h1", "10.0.0.4"), ("h2", "10.0.0.5"), ("h3", "10.0.0.6")]


def test_a_namespace_stands_for_all_its_addresses() -> None:
    question = asked(checks=[{"namespace": "h1", "destination": "h2", "count": 7}], count=2)
    assert question.unaddressed() == ["h2"]
    pairs, _notes = pairs_of(question, {"h2": interfaces("10.0.0.2/24", "2001:db8::2/64")}, {})
    assert ways(pairs) == [("h1", "10.0.0.2"), ("h1", "2001:db8::2")]
    assert {pair.ping.count for pair in pairs} == {7}
    (nobody,), _notes = pairs_of(question, {"h2": []}, {})
    assert nobody.missing == "h2" and not nobody.is_as_expected


def test_a_matrix_pairs_everybody_with_everybody_else() -> None:
    to = [{"namespace": "h[1:100]", "address": "10.0.0.0/16[1:100]"}]
    pairs, notes = pairs_of(asked(matrix=[{"to": to}]), {}, {})
    assert len(set(ways(pairs))) == len(pairs) == 9900 and not notes
    assert all(pair.ping.owner != pair.ping.namespace for pair in pairs)


def test_a_matrix_asks_for_no_family_that_a_namespace_lacks() -> None:
    ends = [Endpoint("a", *interfaces("10.0.0.1/24")), Endpoint("b", *interfaces("10.0.0.2/24")),
            Endpoint("b", *interfaces("2001:db8::2/64")), Endpoint("c", *interfaces("2001:db8::3/64"))]  # fmt: skip
    pairs, _notes = pairs_of(asked(matrix=[{"topology": "x"}]), {}, {"x": ends})
    assert set(ways(pairs)) == {("a", "10.0.0.2"), ("b", "10.0.0.1"), ("b", "2001:db8::3"), ("c", "2001:db8::2")}


def test_a_matrix_can_stay_within_subnets_and_start_from_some() -> None:
    ends = [Endpoint("a", *interfaces("10.0.0.1/24")), Endpoint("r", *interfaces("10.0.0.9/24")),
            Endpoint("r", *interfaces("10.0.1.9/24")), Endpoint("b", *interfaces("10.0.1.1/24"))]  # fmt: skip
    pairs, _notes = pairs_of(asked(matrix=[{"topology": "x", "same_subnet": True}]), {}, {"x": ends})
    assert set(ways(pairs)) == {("a", "10.0.0.9"), ("r", "10.0.0.1"), ("r", "10.0.1.1"), ("b", "10.0.1.9")}
    pairs, _notes = pairs_of(asked(matrix=[{"topology": "x", "from": ["b"]}]), {}, {"x": ends})
    assert set(ways(pairs)) == {("b", "10.0.0.1"), ("b", "10.0.0.9"), ("b", "10.0.1.9")}


@given(count=st.integers(2, 40))
def test_in_a_ring_everybody_reaches_and_is_reached(count: int) -> None:
    to = [{"namespace": f"h[1:{count}]", "address": f"10.0.0.0/16[1:{count}]"}]
    pairs, _notes = pairs_of(asked(matrix=[{"to": to, "pairs": "ring"}]), {}, {})
    assert len(pairs) == count
    assert {pair.ping.namespace for pair in pairs} == {pair.ping.owner for pair in pairs}
    assert all(pair.ping.owner != pair.ping.namespace for pair in pairs)


def test_a_large_matrix_becomes_a_ring_and_says_so() -> None:
    to = [{"namespace": "h[1:1000]", "address": "10.0.0.0/16[1:1000]"}]
    pairs, notes = pairs_of(asked(matrix=[{"to": to}]), {}, {})
    assert len(pairs) == 1000
    assert notes == ["matrix item 1: of 1000000 pairs, each namespace and its next one; say pairs: all for all of them"]


def test_more_pings_than_identifiers_are_refused() -> None:
    check = {"namespace": "a", "destination": "10.0.0.0/8[1:65537]"}
    with pytest.raises(LabError, match="more than 65536 pings from namespace a"):
        pairs_of(asked(checks=[check]), {}, {})


# -- statistics


@given(st.lists(st.floats(0, 10), min_size=1, max_size=20))
def test_mdev_is_the_standard_deviation(times: list[float]) -> None:
    found = told.rtt(times)
    assert found is not None
    assert found["mdev"] == pytest.approx(statistics.pstdev(times) * 1000, abs=0.001)
    assert found["min"] <= found["avg"] + 0.001 and found["avg"] <= found["max"] + 0.001


def answered(namespace: str, destination: str, received: int = 3, sent: int = 3, **options: t.Any) -> Pair:
    failure = options.pop("failure", None)
    ping = Ping(namespace, ipaddress.ip_address(destination), sent=sent, rtts=[0.001] * received, failure=failure,
                owner=options.pop("owner", None))  # fmt: skip
    return Pair(ping, **options)


def test_loss_has_the_digits_of_ping_and_counts_up_to_what_is_tolerated() -> None:
    assert told.loss(answered("a", "10.0.0.1", 2)) == 33.3333
    assert answered("a", "10.0.0.1", 2, max_loss=34).is_as_expected
    assert not answered("a", "10.0.0.1", 2).is_as_expected
    assert not answered("a", "10.0.0.1", 1, reachable=False).is_as_expected
    assert not answered("a", "10.0.0.1", 0, max_loss=99.9).is_as_expected


def test_many_pairs_are_a_matrix() -> None:
    dead = echo.Failure("timeout", "no answer")
    pairs = [
        answered(f"h{a}", f"10.0.0.{b}", 0 if 7 in (a, b) else 3, failure=dead if 7 in (a, b) else None)
        for a in range(1, 8) for b in range(1, 8) if a != b
    ]  # fmt: skip
    lines = told.report(pairs, [], ["one"]).splitlines()
    rows = {line.split(" |")[0]: line.split(" |")[1] for line in lines if " |" in line and line[0] == "h"}
    columns = next(line for line in lines if line.startswith("columns: "))
    assert columns.startswith("columns: 1 10.0.0.2, 2 10.0.0.3,")
    assert rows["h1"] == ".....X " and rows["h7"] == "XXXXX X" and rows["h2"] == " ....X."
    assert "42 pairs: 30 reachable, 12 not; 12 not as expected" in "\n".join(lines)
    assert lines[-1] == "  one"


def test_of_a_very_large_matrix_only_what_differs_is_shown() -> None:
    ring = [answered(f"h{n}", f"10.{n >> 8}.{n & 255}.1", 0 if n == 500 else 3) for n in range(1000)]
    report = told.report(ring, [], [])
    assert len(report) < 1000 and "1000 rows" in report and "h500 |X" in report


# -- diagnosis


def sight(*facts: list[Fact], without_carrier: t.Sequence[str] = (), **values: t.Any) -> Sight:
    view = host(*facts)
    carrier = {fact.key: fact.values["up"] for fact in view.of_type("link")}
    carrier.update(dict.fromkeys(map(key, without_carrier), False))
    return Sight(view, carrier, dict(carrier), **values)


def lan(first: dict[str, t.Any] | None = None, second: dict[str, t.Any] | None = None) -> list[list[Fact]]:
    """Two members of a bridge; the values are of their ports."""
    return [
        netns("a"), netns("b"), bridge("br0"),
        pair("a:eth0", "p1"), pair("b:eth0", "p2"),
        port("p1", "br0", **{"port_state": "forwarding", **(first or {})}),
        port("p2", "br0", **{"port_state": "forwarding", **(second or {})}),
        address("a:eth0", "10.0.0.1/24"), address("b:eth0", "10.0.0.2/24"),
    ]  # fmt: skip


def missed(seen: Sight, **options: t.Any) -> str:
    dead = echo.Failure("timeout", "no answer")
    return "; ".join(Diagnosis(seen).causes(answered("a", "10.0.0.2", 0, **{"failure": dead, **options})))


def test_causes_are_named() -> None:
    assert "both isolated" in missed(sight(*lan({"isolated": True}, {"isolated": True})))
    assert missed(sight(*lan({"isolated": True}))).startswith("links and routes look right")
    assert missed(sight(*lan({"port_state": "blocking"}))) == "port p1 of bridge br0 is in state blocking"
    assert missed(sight(*lan(), without_carrier=["a:eth0"])) == "a:eth0 has no carrier"
    assert missed(sight(*lan(), bridge("br0", up=False))) == "bridge br0 is down"
    assert "b:eth0 is down" in missed(sight(*lan(), pair("b:eth0", "p2", up=False)))
    assert missed(sight(*lan(), port("p2", "br1"))) == "p1 is a port of bridge br0, and p2 one of br1"
    assert "a does not have" in missed(sight(*lan()), failure=echo.refused(errno.EADDRNOTAVAIL))
    alone = sight(netns("a"), link("a:eth0", up=True), address("a:eth0", "10.0.0.1/24"))
    assert missed(alone) == "no namespace of this host has the address 10.0.0.2"
    assert "is still tentative" in missed(sight(*lan(), tentative={("b", "10.0.0.2"): True}))


def test_why_somebody_is_reached_against_expectation() -> None:
    causes = Diagnosis(sight(*lan({"isolated": True}))).causes(answered("a", "10.0.0.2", reachable=False))
    assert causes == ["p1 and p2 are ports of the same bridge br0, and not isolated: p2"]


def test_what_is_about_to_change_is_unsettled() -> None:
    assert unsettled(sight(*lan()), ["a", "b"]) == []
    assert unsettled(sight(*lan({"port_state": "learning"})), ["a"]) == ["port p1 is still learning"]
    assert unsettled(sight(*lan({"port_state": "learning"})), ["b"]) == []
    assert unsettled(sight(*lan({"port_state": "disabled"})), ["a"]) == ["port p1 is still disabled"]
    assert unsettled(sight(*lan({"port_state": "disabled"})), ["a"], is_late=True) == []
    waiting = sight(*lan(), without_carrier=["a:eth0"])
    assert unsettled(waiting, ["a"]) == ["a:eth0 has no carrier yet"]
    assert unsettled(waiting, ["a"], is_late=True) == []
