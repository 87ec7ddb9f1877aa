# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns_wait: it returns when something is there, and not before."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute

DELAY = 0.25
CABLE = """
ip netns add a
ip link add p type veth peer name eth0 netns a
"""


@contextlib.contextmanager
def meanwhile(script: str) -> t.Iterator[None]:
    """Somebody does something a little later, in a process of their own."""
    child = subprocess.Popen(["sh", "-c", f"sleep {DELAY}; {script}"])
    try:
        yield
    finally:
        assert child.wait(20) == 0, script


def waits(script: str, **options: t.Any) -> Result:
    """It waits until the script has run, is woken by it, and says what is there then."""
    looked = execute("netns_wait", {**options, "timeout": 0})
    assert looked.failed and "after 0.0 s, " in looked.msg, looked.answer
    checked = execute("netns_wait", {**options, "timeout": 20}, check=True)
    assert not checked.failed and not checked.changed and checked.answer["met"] is False
    with meanwhile(script):
        result = execute("netns_wait", {**options, "timeout": 20})
    assert not result.failed, result.msg
    assert not result.changed and result.answer["met"] is True
    assert DELAY * 0.8 <= result.answer["elapsed"] < 15
    return result


def found(result: Result) -> t.Any:
    (condition,) = result.answer["conditions"]
    return condition["found"][0] if condition["found"] else None


def test_a_namespace_comes_and_goes(lab: Lab) -> None:
    seen = found(waits("ip netns add a", namespace="a"))
    assert seen == {"name": "a", "inode": os.stat("/run/netns/a").st_ino}
    waits("ip netns delete a", namespace="a", state="absent")
    assert not lab.namespaces()


def test_a_namespace_comes_where_there_is_no_folder_yet(lab: Lab) -> None:
    lab.alone("umount /run/netns; mv /run/netns /run/kept")
    try:
        waits("ip netns add a; touch /run/netns/b", namespace="a")
    finally:
        lab.alone(
            "ip netns delete a; umount /run/netns; rm -r /run/netns; mv /run/kept /run/netns;"
            "mount -t tmpfs tmpfs /run/netns"
        )


def test_a_file_is_no_namespace(lab: Lab) -> None:
    lab.alone("touch /run/netns/a")
    assert "there is no such namespace" in execute("netns_wait", {"namespace": "a", "timeout": 0.1}).msg
    waits("ip netns delete a; ip netns add a", namespace="a")


def test_a_link_comes_in_a_namespace_that_comes(lab: Lab) -> None:
    assert found(waits(CABLE, namespace="a", interface="eth0"))["name"] == "eth0"
    waits("ip -n a link delete eth0", namespace="a", interface="eth0", state="absent")


def test_a_link_gets_up_and_carrier_and_is_operational(lab: Lab) -> None:
    lab.alone(CABLE)
    waits("ip -n a link set eth0 up", namespace="a", interface="eth0", up=True)
    waits("ip link set p up", namespace="a", interface="eth0", carrier=True)
    assert execute("netns_wait", {"namespace": "a", "interface": "eth0", "operstate": "up"}).answer["met"]
    waits("ip link set p down", namespace="a", interface="eth0", carrier=False)
    waits("ip link set p up", namespace="a", interface="eth0", state="absent", carrier=False)
    msg = execute("netns_wait", {"interface": "p", "up": False, "timeout": 0.1}).msg
    assert "interface p is not as asked: up is true, not false" in msg


def test_a_port_forwards(lab: Lab) -> None:
    lab.alone(
        CABLE + "ip link add br type bridge forward_delay 200 stp_state 1; ip link set br up".replace("br ", "br0 ")
    )
    lab.alone("ip -n a link set eth0 up")
    waits("ip link set p master br0", interface="p", master="br0")
    seen = found(waits("ip link set p up", interface="p", port_state="forwarding"))
    assert seen["port"]["bridge"] == "br0" and lab.port("", "p")["state"] == "forwarding"
    waits("ip link set p nomaster", interface="p", master="")


def test_an_address_is_there_when_it_can_be_used(lab: Lab) -> None:
    lab.alone(CABLE + "ip link set p up; ip -n a link set eth0 up")
    assert eventually(lambda: lab.link("a", "eth0")["operstate"] == "UP")
    waits("ip -n a address add 192.0.2.1/24 dev eth0", namespace="a", interface="eth0", address="192.0.2.1/24")
    waits("ip -n a address add 192.0.2.2/24 dev eth0", namespace="a", address="192.0.2.2")
    lab.alone("ip -n a address add 2001:db8::1/64 dev eth0")
    result = execute("netns_wait", {"namespace": "a", "address": "2001:db8::1", "timeout": 20})
    assert not result.failed and found(result)["tentative"] is False
    (info,) = [a for a in lab.addresses("a", "eth0") if a["local"] == "2001:db8::1"]
    assert "tentative" not in info
    waits("ip -n a address del 192.0.2.2/24 dev eth0", namespace="a", address="192.0.2.2", state="absent")


def test_a_duplicate_address_is_told(lab: Lab) -> None:
    lab.alone(CABLE + "ip link set p up; ip -n a link set eth0 up; ip address add 2001:db8::1/64 dev p nodad")
    lab.alone("ip -n a address add 2001:db8::1/64 dev eth0")
    assert eventually(lambda: "dadfailed" in lab.alone("ip -n a address show dev eth0"), 20)
    msg = execute("netns_wait", {"namespace": "a", "address": "2001:db8::1", "timeout": 0.1}).msg
    assert "another host has the same address" in msg


def test_a_route_a_neighbour_and_a_process(lab: Lab) -> None:
    lab.alone(CABLE + "ip link set p up; ip -n a link set eth0 up; ip -n a address add 192.0.2.1/24 dev eth0")
    waits("ip -n a route add default via 192.0.2.9", namespace="a", route="default", gateway="192.0.2.9")
    waits("ip -n a route add 2001:db8::/32 dev eth0", namespace="a", route="2001:db8::/32", interface="eth0")
    waits("ip -n a route del default", namespace="a", route="0.0.0.0/0", state="absent")
    lab.alone("ip address add 192.0.2.7/24 dev p")
    seen = found(waits("ip netns exec a ping -c 1 -W 5 192.0.2.7 >/dev/null", namespace="a", neighbor="192.0.2.7"))
    assert seen["mac"] == lab.link("", "p")["address"]
    seen = found(waits("ip netns exec a sleep 3 & sleep 1", namespace="a", process="slee?"))
    assert seen["name"] == "sleep" and seen["command"] == ["sleep", "3"]
    assert execute("netns_wait", {"namespace": "a", "process": "*", "state": "absent", "timeout": 20}).answer["met"]


def test_many_conditions_are_met_at_once(lab: Lab) -> None:
    script = "; ".join(
        f"ip netns add h{n}; ip -n h{n} link set lo up; ip -n h{n} address add 10.0.0.{n}/16 dev lo"
        for n in range(1, 21)
    )
    result = waits(
        script,
        conditions=[
            {"namespace": "h[1:20]"},
            {"namespace": "h[1:20]", "interface": "lo", "up": True},
            {"namespace": "h[1:20]", "address": "10.0.0.0/16[1:20]"},
        ],
    )
    assert len(result.answer["conditions"]) == 60
    assert result.answer["conditions"][-1]["condition"] == "address 10.0.0.20/16 in namespace h20"
    lab.alone("ip -n h7 link set lo down; ip netns delete h9")
    msg = execute(
        "netns_wait", {"conditions": [{"namespace": "h[1:20]", "interface": "lo", "up": True}], "timeout": 0.1}
    ).msg
    assert "interface h7:lo is not as asked: up is false, not true; interface h9:lo is not as asked: " in msg


def test_waiting_keeps_no_namespace_alive(lab: Lab) -> None:
    lab.alone(CABLE)
    with meanwhile("ip netns delete a"):
        # The other end goes only when the namespace does.
        options = [{"namespace": "a", "interface": "eth0", "state": "absent"}, {"interface": "p", "state": "absent"}]
        result = execute("netns_wait", {"conditions": options, "timeout": 20})
    assert not result.failed, result.msg


def test_it_costs_nothing_and_leaves_nothing(lab: Lab) -> None:
    lab.alone(CABLE)
    before, descriptors, start = lab.exact(), sorted(os.listdir("/proc/self/fd")), time.process_time()
    assert execute("netns_wait", {"namespace": "a", "interface": "x", "timeout": 2.5}).failed
    assert time.process_time() - start < 1
    assert sorted(os.listdir("/proc/self/fd")) == descriptors
    Lab.same(before, lab.exact(), "it only waits")


@pytest.mark.parametrize(
    "options, told",
    [
        ({}, "nothing to wait for is named"),
        ({"namespace": "a/b"}, "is a path"),
        ({"namespace": "a", "up": True}, "up is about an interface; name one"),
        (
            {"namespace": "a", "interface": "x", "address": "10.0.0.1", "up": True},
            "up is about an interface; leave up or address out",
        ),
        ({"namespace": "a", "gateway": "10.0.0.1"}, "gateway needs route"),
        ({"address": "10.0.0.300"}, "is not an address"),
        ({"route": "10.0.0.1/8"}, "has host bits set"),
        ({"address": "10.0.0.1", "route": "default"}, "mutually exclusive"),
        ({"conditions": [{"namespace": "a"}], "namespace": "b"}, "mutually exclusive"),
        ({"conditions": [{"namespace": "a"}, {"interface": "x" * 16}]}, "condition 2: the interface name"),
        ({"namespace": "a", "timeout": float("nan")}, "timeout"),
        ({"namespace": "a", "timeout": -1}, "timeout is -1"),
    ],
)
def test_bad_input_is_told_at_once(lab: Lab, options: dict[str, t.Any], told: str) -> None:
    assert told in lab.fails("netns_wait", **options)
