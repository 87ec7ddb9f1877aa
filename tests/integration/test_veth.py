# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module veth: both ends, option by option, and wherever they are found."""

from __future__ import annotations

import subprocess
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

NAMESPACES = "ip netns add a1; ip netns add a2"
# Where a pair can be: namespace and name of each end.
PLACES = [
    (("a1", "eth0"), ("a2", "eth0")),
    (("", "x"), ("a2", "eth0")),
    (("a1", "eth0"), ("", "y")),
    (("", "x"), ("", "y")),
    (("a1", "x"), ("a1", "y")),
]
PLACE_IDS = ["two namespaces", "own and named", "named and own", "both own", "both in one"]

OPTIONS: list[tuple[str, t.Any, t.Any, t.Any, t.Any, t.Callable[[Json], t.Any]]] = [
    ("mac", "02:00:00:00:00:01", "02:00:00:00:00:01", "02-00-00-00-00-AA", "02:00:00:00:00:aa", lambda x: x["address"]),
    ("mtu", 68, 68, 65535, 65535, lambda x: x["mtu"]),
    ("up", False, False, True, True, lambda x: "UP" in x["flags"]),
    ("up", True, True, False, False, lambda x: "UP" in x["flags"]),
]


def end(place: tuple[str, str], **options: t.Any) -> dict[str, t.Any]:
    """The options that say where an end is."""
    return {**({"namespace": place[0]} if place[0] else {}), "name": place[1], **options}


@pytest.mark.parametrize(("near", "far"), PLACES, ids=PLACE_IDS)
def test_a_pair_is_made_up_at_both_ends_and_taken_away(lab: Lab, near: tuple[str, str], far: tuple[str, str]) -> None:
    lab.sh(NAMESPACES)
    lab.run("veth", **end(near), peer=end(far))
    assert lab.peer(*near) == far and lab.peer(*far) == near
    assert lab.is_up(*near) and lab.is_up(*far)
    # The same cable seen from its other end.
    lab.unchanged("veth", **end(far), peer=end(near))
    lab.run("veth", **end(near), peer=end(far), state="absent")
    assert lab.links("") | lab.links("a1") | lab.links("a2") == set()
    lab.unchanged("veth", **end(near), peer=end(far), state="absent")


@pytest.mark.parametrize(("near", "far"), PLACES[:3], ids=PLACE_IDS[:3])
@pytest.mark.parametrize("at_peer", [False, True], ids=["near end", "far end"])
@pytest.mark.parametrize(
    ("option", "first", "told_first", "second", "told_second", "told"),
    OPTIONS,
    ids=[f"{row[0]}-{row[1]}" for row in OPTIONS],
)
def test_option_is_set_changed_in_place_and_left_alone_at_either_end(
    lab: Lab,
    near: tuple[str, str],
    far: tuple[str, str],
    at_peer: bool,
    option: str,
    first: t.Any,
    told_first: t.Any,
    second: t.Any,
    told_second: t.Any,
    told: t.Callable[[Json], t.Any],
) -> None:
    lab.sh(NAMESPACES)

    def with_value(value: t.Any) -> dict[str, t.Any]:
        given = {option: value}
        return {**end(near), "peer": end(far, **given)} if at_peer else {**end(near, **given), "peer": end(far)}

    place = far if at_peer else near
    lab.run("veth", **with_value(first))
    assert told(lab.link(*place)) == told_first
    indexes = lab.index(*near), lab.index(*far)

    result = lab.run("veth", **with_value(second))
    assert told(lab.link(*place)) == told_second
    assert (lab.index(*near), lab.index(*far)) == indexes
    assert len(result.commands) == 1

    if option != "up":
        lab.unchanged("veth", **end(near), peer=end(far))
        assert told(lab.link(*place)) == told_second


def test_all_options_at_both_ends_in_one_run(lab: Lab) -> None:
    lab.sh(NAMESPACES)
    lab.run(
        "veth",
        **end(("a1", "eth0"), mac="02:00:00:00:00:01", mtu=1400, up=False),
        peer=end(("a2", "eth1"), mac="02:00:00:00:00:02", mtu=9000, up=True),
    )
    near, far = lab.link("a1", "eth0"), lab.link("a2", "eth1")
    assert (near["address"], near["mtu"], "UP" in near["flags"]) == ("02:00:00:00:00:01", 1400, False)
    assert (far["address"], far["mtu"], "UP" in far["flags"]) == ("02:00:00:00:00:02", 9000, True)


@pytest.mark.parametrize("keep", [{"peer": end(("a2", "eth1"))}, {}], ids=["with its peer", "by one end alone"])
def test_a_pair_is_taken_away_by_either_end(lab: Lab, keep: dict[str, t.Any]) -> None:
    lab.sh(NAMESPACES)
    for near in (("a1", "eth0"), ("a2", "eth1")):
        lab.sh("ip -n a1 link add name eth0 type veth peer name eth1 netns a2")
        peer = {"peer": end(("a1", "eth0") if near[0] == "a2" else ("a2", "eth1"))} if keep else {}
        lab.run("veth", **end(near), **peer, state="absent")
        assert lab.links("a1") | lab.links("a2") == set()


@pytest.mark.parametrize(
    "script",
    [
        "ip link add name eth0 type veth peer name eth1",
        "ip -n a1 link add name eth0 type veth peer name eth1",
        "ip -n a2 link add name eth0 type veth peer name eth1",
        "ip link add name eth0 type veth peer name eth1 netns a2",
        "ip -n a1 link add name eth0 type veth peer name eth1 netns '$$'",
    ],
    ids=["own", "first's", "second's", "own and second's", "first's and own"],
)
def test_a_pair_made_elsewhere_is_moved_to_its_place_not_made_anew(lab: Lab, script: str) -> None:
    lab.sh(NAMESPACES)
    lab.sh(script.replace("'$$'", "$$"))
    macs = {lab_link["address"] for place in ("", "a1", "a2") for lab_link in lab.ip(place, "link", "show")}
    result = lab.run("veth", name="eth0", namespace="a1", peer={"name": "eth1", "namespace": "a2"})
    assert lab.peer("a1", "eth0") == ("a2", "eth1")
    assert lab.is_up("a1", "eth0") and lab.is_up("a2", "eth1")
    assert not any("link add" in command for command in result.commands)
    assert {lab.link("a1", "eth0")["address"], lab.link("a2", "eth1")["address"]} < macs
    assert lab.links("") == set()


def test_ends_of_one_name_are_told_apart_by_what_they_are_connected_to(lab: Lab) -> None:
    """Indexes coincide: each of these eth0 has the same, and so has each port's peer."""
    lab.sh("for n in a1 a2 a3 a4; do ip netns add $n; done")
    lab.run("veth", name="eth0", namespace="a1", peer={"name": "eth0", "namespace": "a2"})
    lab.run("veth", name="eth0", namespace="a3", peer={"name": "eth0", "namespace": "a4"})
    assert len({lab.index(name, "eth0") for name in ("a1", "a2", "a3", "a4")}) == 1
    for near, far in (("a1", "a2"), ("a3", "a4")):
        lab.unchanged("veth", name="eth0", namespace=near, peer={"name": "eth0", "namespace": far})
    msg = lab.fails("veth", name="eth0", namespace="a1", peer={"name": "eth0", "namespace": "a4"})
    assert "a1:eth0 is connected to a2:eth0, not to a4:eth0" in msg


def test_a_peer_with_another_name_is_an_error_naming_both(lab: Lab) -> None:
    lab.sh(NAMESPACES + "; ip -n a1 link add name eth0 type veth peer name other netns a2")
    msg = lab.fails("veth", name="eth0", namespace="a1", peer={"name": "eth1", "namespace": "a2"})
    assert "a1:eth0 is connected to a2:other, not to a2:eth1" in msg


@pytest.mark.parametrize("taken", ["near", "far"])
def test_a_name_taken_by_another_kind_is_an_error_and_stays(lab: Lab, taken: str) -> None:
    lab.sh(NAMESPACES)
    namespace = "a1" if taken == "near" else "a2"
    lab.sh(f"ip -n {namespace} link add name eth0 type bridge")
    msg = lab.fails("veth", name="eth0", namespace="a1", peer={"name": "eth0", "namespace": "a2"})
    assert f"{namespace}:eth0 exists and is a bridge, not a veth" in msg


def test_absent_never_deletes_what_is_no_veth(lab: Lab) -> None:
    lab.sh("ip link add name br0 type bridge")
    assert "is a bridge, not a veth" in lab.fails("veth", name="br0", state="absent")


def test_an_end_whose_peer_is_in_a_namespace_without_a_name_is_an_error_that_says_so(lab: Lab) -> None:
    lab.sh(NAMESPACES)
    stranger = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    try:
        assert eventually(lambda: b"sleep" in open(f"/proc/{stranger.pid}/cmdline", "rb").read())
        lab.alone(f"ip -n a1 link add name eth0 type veth peer name eth1 netns {stranger.pid}")
        msg = lab.fails("veth", name="eth0", namespace="a1", peer={"name": "eth1", "namespace": "a2"})
        assert "the other end of a1:eth0 is in a namespace without a name" in msg
    finally:
        stranger.kill()
        stranger.wait()


def test_an_end_whose_peer_is_in_a_namespace_that_nobody_named_here_is_found(lab: Lab) -> None:
    lab.sh(NAMESPACES + "; ip netns add far; ip -n a1 link add name eth0 type veth peer name eth1 netns far")
    result = lab.run("veth", name="eth0", namespace="a1", peer={"name": "eth1", "namespace": "a2"})
    assert lab.peer("a1", "eth0") == ("a2", "eth1")
    assert "ip -n far link set dev eth1 netns a2" in result.commands
    lab.run("veth", name="eth0", namespace="a1", state="absent")


@pytest.mark.parametrize("name", ["type", "dev", "-x", "a'b", "$x", ";id", "ü" * 7, "*", 'a"b', "1", "netns", "#x"])
def test_any_name_the_kernel_takes_reaches_ip_unharmed(lab: Lab, name: str) -> None:
    lab.sh(NAMESPACES)
    lab.run("veth", name=name, namespace="a1", peer={"name": name, "namespace": "a2"}, mtu=1400)
    assert lab.links("a1") == {name}
    lab.run("veth", name=name, namespace="a1", peer={"name": name, "namespace": "a2"}, mtu=1300)
    lab.run("veth", name=name, namespace="a1", state="absent")


@pytest.mark.parametrize("missing", ["a1", "a2"])
def test_a_missing_namespace_is_an_error_naming_it_and_is_not_made_by_looking(lab: Lab, missing: str) -> None:
    lab.sh(f"ip netns add {'a2' if missing == 'a1' else 'a1'}")
    msg = lab.fails_missing("veth", name="eth0", namespace="a1", peer={"name": "eth0", "namespace": "a2"})
    assert f"there is no namespace {missing}" in msg
    lab.unchanged("veth", name="eth0", namespace=missing, state="absent")
    assert missing not in lab.namespaces()
