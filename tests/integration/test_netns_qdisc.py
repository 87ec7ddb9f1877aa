# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module netns_qdisc, option by option, and what becomes of real packets."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import CLONE_NEWNET, call
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

WIRE = (
    "ip netns add a; ip netns add b; ip -n a link add name e0 up type veth peer name e0 netns b;"
    "ip -n b link set dev e0 up; ip -n a address add 10.0.0.1/24 dev e0; ip -n b address add 10.0.0.2/24 dev e0"
)
WHERE = {"namespace": "a", "interface": "e0"}


def qdisc(lab: Lab) -> Json:
    return lab.tc("a", "qdisc", "show", "dev", "e0", "root")[0]


def kernel_has_netem(lab: Lab) -> bool:
    return lab.can("tc -n a qdisc add dev lo root netem delay 1ms", "tc -n a qdisc delete dev lo root")


def test_a_rate_is_set_changed_in_place_left_alone_and_gone(lab: Lab) -> None:
    lab.sh(WIRE)
    lab.run("netns_qdisc", **WHERE, rate="10mbit")
    found = qdisc(lab)
    assert (found["kind"], found["options"]["rate"], found["options"]["lat"]) == ("tbf", 1250000, 50000)
    handle = found["handle"]
    result = lab.run("netns_qdisc", **WHERE, rate="1mbps", burst="32kb", latency="20ms")
    found = qdisc(lab)
    assert (found["handle"], found["options"]["rate"], found["options"]["lat"]) == (handle, 1000000, 20000)
    assert found["options"]["burst"].startswith("32Kb")
    assert result.diff["before"]["netns_qdisc"]["a:e0"]["rate"] == "10mbit"
    lab.unchanged("netns_qdisc", **WHERE, rate="8mbit")
    lab.run("netns_qdisc", **WHERE, rate="8mbit", limit="30000")
    lab.run("netns_qdisc", **WHERE, state="absent")
    assert qdisc(lab)["kind"] == "noqueue"
    lab.unchanged("netns_qdisc", **WHERE, state="absent")


@pytest.mark.parametrize(
    "options",
    [
        {"rate": "1kbit"},
        {"rate": "12345678bit", "burst": "5k", "latency": "7ms"},
        {"rate": "34gbit", "burst": "1mb", "limit": "2mb"},
        {"rate": "3mibit", "latency": "1s"},
    ],
)
def test_any_rate_is_found_again_as_it_was_asked_for(lab: Lab, options: Json) -> None:
    lab.sh(WIRE)
    lab.run("netns_qdisc", **WHERE, **options)
    lab.run("netns_qdisc", **WHERE, rate="2mbit")


def test_a_topology_owns_it_puts_it_back_and_takes_it_away(lab: Lab) -> None:
    lab.sh(WIRE)
    section = [{**WHERE, "rate": "5mbit"}]
    lab.run("topology", name="shaped", netns_qdisc=section)
    # Last of all, what the kernel refuses.
    refused = {"vlan": [{"name": "no", "namespace": "b", "link": "e0", "id": 1}]}
    faster = [{**WHERE, "rate": "6mbit"}]
    assert "CONFIG_VLAN_8021Q" in lab.fails_for_real("topology", name="shaped", netns_qdisc=faster, **refused)
    # With its link, and back with it.
    lab.sh("ip -n b link add name e9 type veth peer name e8")
    refused = {"vlan": [{"name": "no", "namespace": "b", "link": "e9", "id": 1}]}
    gone = [{"name": "e0", "namespace": "a", "state": "absent"}]
    assert "CONFIG_VLAN_8021Q" in lab.fails_for_real("topology", name="shaped", veth=gone, **refused)
    lab.run("topology", name="shaped", netns_qdisc=[])
    assert qdisc(lab)["kind"] == "noqueue"
    lab.run("topology", name="shaped", netns_qdisc=section)
    lab.run("topology", name="shaped", state="absent")
    assert qdisc(lab)["kind"] == "noqueue"


def test_one_that_somebody_else_made_is_told_of_and_put_back_or_refused(lab: Lab) -> None:
    lab.sh(WIRE + "; ip netns exec a tc qdisc add dev e0 root handle 5: tbf rate 3mbit burst 10k limit 20k")
    result = lab.run("netns_qdisc", **WHERE, rate="4mbit")
    assert result.diff["before"]["netns_qdisc"]["a:e0"]["rate"] == "3mbit"
    lab.sh("ip netns exec a tc qdisc replace dev e0 root handle 6: htb default 1")
    assert 'remove it first, with "tc -n a qdisc delete dev e0 root"' in lab.fails("netns_qdisc", **WHERE, rate="4mbit")
    lab.unchanged("netns_qdisc", **WHERE, state="absent")
    assert qdisc(lab)["kind"] == "htb"


NETEM: list[tuple[Json, Json]] = [
    ({"delay": "10ms"}, {"delay": "20ms", "jitter": "5ms"}),
    ({"loss": "1%"}, {"loss": "0.5"}),
    ({"duplicate": "1%"}, {"corrupt": "2%"}),
    ({"delay": "10ms", "reorder": "25%"}, {"delay": "10ms", "reorder": "0"}),
    ({"delay": "10ms", "rate": "1mbit"}, {"delay": "10ms", "rate": "2mbit", "limit": "50"}),
]


@pytest.mark.parametrize(("first", "second"), NETEM)
def test_netem_where_the_kernel_has_it(lab: Lab, first: Json, second: Json) -> None:
    lab.sh(WIRE)
    if not kernel_has_netem(lab):
        pytest.skip("this kernel has no network emulator (CONFIG_NET_SCH_NETEM)")
    lab.run("netns_qdisc", **WHERE, **first)
    assert qdisc(lab)["kind"] == "netem"
    lab.run("netns_qdisc", **WHERE, **second)
    lab.run("netns_qdisc", **WHERE, rate="1mbit")
    assert qdisc(lab)["kind"] == "tbf"
    lab.run("netns_qdisc", **WHERE, state="absent")


def test_netem_on_a_kernel_without_it_is_a_clear_error(lab: Lab) -> None:
    lab.sh(WIRE)
    if kernel_has_netem(lab):
        pytest.skip("this kernel has a network emulator")
    msg = lab.fails_for_real("netns_qdisc", **WHERE, delay="10ms")
    assert msg.startswith("netns_qdisc a:e0: the kernel says: No such file or directory (")
    assert "no network emulator (CONFIG_NET_SCH_NETEM, module sch_netem)" in msg
    # Nor does it lose the rate that there was.
    lab.run("netns_qdisc", **WHERE, rate="3mbit")
    lab.fails_for_real("netns_qdisc", **WHERE, loss="1%")


@contextlib.contextmanager
def inside(namespace: str) -> t.Iterator[None]:
    own, there = (os.open(path, os.O_RDONLY) for path in ("/proc/thread-self/ns/net", f"/run/netns/{namespace}"))
    try:
        call("setns", there, CLONE_NEWNET)
        yield
    finally:
        call("setns", own, CLONE_NEWNET)
        os.close(own)
        os.close(there)


@contextlib.contextmanager
def sending() -> t.Iterator[None]:
    """TCP sends from a to b as fast as it may."""
    with inside("b"):
        server = socket.create_server(("10.0.0.2", 5001))
    with inside("a"):
        client = socket.create_connection(("10.0.0.2", 5001), timeout=5)
    receiver, _address = server.accept()
    client.settimeout(None)

    def send() -> None:
        with contextlib.suppress(OSError):
            while True:
                client.send(bytes(1 << 14))

    def receive() -> None:
        with contextlib.suppress(OSError):
            while receiver.recv(1 << 16):
                pass

    workers = [threading.Thread(target=work) for work in (send, receive)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for opened in (receiver, client, server):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        for worker in workers:
            worker.join()


def let_through(lab: Lab) -> float:
    """Bits a second that leave the queue, headers and all, as the kernel counts them."""
    earliest = time.monotonic()
    before = lab.tc("a", "-s", "qdisc", "show", "dev", "e0", "root")[0]["bytes"]
    time.sleep(1)
    after = lab.tc("a", "-s", "qdisc", "show", "dev", "e0", "root")[0]["bytes"]
    return float(after - before) * 8 / (time.monotonic() - earliest)


@pytest.mark.parametrize("rate", [8, 40])
def test_real_traffic_obeys_the_rate(lab: Lab, rate: int) -> None:
    lab.sh(WIRE)
    assert not execute("netns_qdisc", {**WHERE, "rate": f"{rate}mbit"}).failed
    with sending():
        # TCP finds its pace first, and is slower while the machine is busy; nothing makes it faster.
        found = [let_through(lab) / 1e6 / rate]
        while found[-1] < 0.9 and len(found) < 20:
            found.append(let_through(lab) / 1e6 / rate)
    assert found[-1] >= 0.9 and max(found) < 1.1, found
