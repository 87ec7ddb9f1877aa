# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source: what iproute2's monitors tell beside it, and what got lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import runpy
import subprocess
import tracemalloc
import typing as t
from collections import Counter
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT, execute

SOURCE = ROOT / ".build" / "ansible_collections/netns/lab/extensions/eda/plugins/event_source/netns.py"
BURST = 1000 if os.environ.get("NETNS_LAB_SOAK") else 150
EVERYTHING = {"subset": ["namespaces", "links", "addresses", "routes"]}
CABLE = "ip netns add a; ip -n a link set lo up; ip link add p type veth peer name eth0 netns a"

Event = dict[str, t.Any]


class Source:
    """The source as ansible-rulebook runs it, in the loop of the test."""

    def __init__(self, queue: asyncio.Queue[Event], task: asyncio.Task[None]) -> None:
        self._queue = queue
        self._task = task

    async def after(self, script: str, until: t.Callable[[list[Event]], bool]) -> list[Event]:
        """What is told of a script, up to what ends it."""
        child = await asyncio.create_subprocess_shell(script)
        found: list[Event] = []
        while not until(found):
            if self._task.done():
                self._task.result()
            try:
                found.append(await asyncio.wait_for(self._queue.get(), 30))
            except asyncio.TimeoutError:
                raise AssertionError(f"{script}: nothing more is told after {[*map(brief, found)]}") from None
        assert await child.wait() == 0, script
        return found

    async def quiet(self) -> bool:
        """Whether nothing more is told."""
        await asyncio.sleep(0.3)
        return self._queue.empty()


def run(script: t.Callable[[Source], t.Awaitable[None]], options: Event, size: int = 0) -> None:
    async def all_of_it() -> None:
        queue: asyncio.Queue[Event] = asyncio.Queue(size)
        main = runpy.run_path(str(SOURCE))["main"]
        task = asyncio.create_task(main(queue, options))
        await asyncio.sleep(0.1)
        try:
            await script(Source(queue, task))
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    descriptors = sorted(os.listdir("/proc/self/fd"))
    asyncio.run(all_of_it())
    assert sorted(os.listdir("/proc/self/fd")) == descriptors, "it leaves nothing open"


def count(number: int) -> t.Callable[[list[Event]], bool]:
    return lambda found: len(found) >= number


def last(**fields: t.Any) -> t.Callable[[list[Event]], bool]:
    return lambda found: bool(found) and found[-1].items() >= fields.items()


def brief(event: Event) -> tuple[t.Any, ...]:
    what = event.get("name") or event.get("address") or event.get("destination")
    return event["object"], event["change"], event.get("namespace"), what


@contextlib.contextmanager
def beside(*command: str) -> t.Iterator[Path]:
    """A monitor of iproute2's that runs beside; what it prints is in the file."""
    path = Path("/run/tmp/monitor")
    with path.open("w") as file:
        child = subprocess.Popen(["stdbuf", "-oL", *command], stdout=file)
        try:
            yield path
        finally:
            child.kill()
            child.wait()


def test_a_burst_is_told_once_and_in_order_as_ip_netns_monitor_does(lab: Lab) -> None:
    # Of one process, so that the order is known; half of them are gone before anybody can look.
    script = "ip -batch /run/tmp/burst"
    lines = [f"netns add n{number}\nnetns delete n{number}\n" for number in range(BURST)]
    Path("/run/tmp/burst").write_text("".join(lines))
    expected = [(f"n{number}", change) for number in range(BURST) for change in ("created", "deleted")]

    async def burst(source: Source) -> None:
        with beside("ip", "netns", "monitor") as monitor:
            assert eventually(lambda: "inotify" in _links_of_children(), 10)
            tracemalloc.start()
            found = await source.after(script, count(2 * BURST))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert await source.quiet()
            assert [(event["name"], event["change"]) for event in found] == expected
            assert not any(event["reread"] for event in found)
            words = {"created": "add", "deleted": "delete"}
            told = [f"{words[change]} {name}" for name, change in expected]
            assert eventually(lambda: monitor.read_text().splitlines() == told, 10)
            # The events themselves, which the test keeps, are half a kilobyte each.
            assert peak < 1_000_000 + 1500 * len(found)

    run(burst, {})


def _links_of_children() -> str:
    found = []
    for pid in [entry for entry in os.listdir("/proc") if entry.isdigit()]:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text() == "ip\n":
                found += [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    return " ".join(found)


def test_a_namespace_is_told_when_it_can_be_used(lab: Lab) -> None:
    async def script(source: Source) -> None:
        found = await source.after("ip netns add a; ip netns delete a; ip netns add b", count(3))
        assert [event["change"] for event in found] == ["created", "deleted", "created"]
        assert found[-1]["inode"] == os.stat("/run/netns/b").st_ino
        found = await source.after("touch /run/netns/file", count(1))
        assert found[0]["name"] == "file" and found[0]["inode"] is None

    run(script, {})


def test_what_is_in_namespaces_is_told_as_ip_monitor_does(lab: Lab) -> None:
    async def script(source: Source) -> None:
        wanted = {("link", "created", "a", "eth0"), ("address", "created", "a", "::1/128")}
        found = await source.after(CABLE, lambda found: wanted <= set(map(brief, found)))
        assert ("namespace", "created", None, "a") in map(brief, found)
        assert Counter(brief(event)[3] for event in found if event["object"] == "address") == {
            "127.0.0.1/8": 1,
            "::1/128": 1,
        }
        with beside("ip", "-n", "a", "monitor", "link", "address", "route") as monitor:
            assert eventually(lambda: "socket" in _links_of_children(), 10)
            steps: list[tuple[str, Event, str]] = [
                (
                    "ip -n a link set eth0 mtu 1400",
                    {"change": "changed", "mtu": 1400},
                    "mtu 1400",
                ),
                (
                    "ip -n a address add 192.0.2.1/24 dev eth0",
                    {"object": "address", "change": "created", "address": "192.0.2.1/24", "interface": "eth0"},
                    "192.0.2.1/24",
                ),
                ("ip -n a link set eth0 up", {"object": "route", "destination": "192.0.2.0/24"}, "192.0.2.0/24"),
                (
                    "ip -n a route add default via 192.0.2.2",
                    {"object": "route", "change": "created", "destination": "default", "gateway": "192.0.2.2"},
                    "default via 192.0.2.2",
                ),
                (
                    "ip -n a route replace default via 192.0.2.3",
                    {"object": "route", "change": "changed", "destination": "default", "gateway": "192.0.2.3"},
                    "default via 192.0.2.3",
                ),
                (
                    "ip -n a route delete default",
                    {"object": "route", "change": "deleted", "destination": "default"},
                    "Deleted default",
                ),
                (
                    "ip -n a address delete 192.0.2.1/24 dev eth0",
                    {"object": "address", "change": "deleted", "address": "192.0.2.1/24"},
                    "inet 192.0.2.1/24",
                ),
                ("ip -n a link delete eth0", {"object": "link", "change": "deleted", "name": "eth0"}, "Deleted"),
            ]
            for command, expected, told in steps:
                found = await source.after(command, last(**expected))
                assert all(event["namespace"] == "a" for event in found), found
                assert eventually(lambda told=told: told in monitor.read_text(), 10), told
        found = await source.after("ip netns delete a", count(1))
        assert [brief(event) for event in found] == [("namespace", "deleted", None, "a")]
        assert await source.quiet()

    run(script, EVERYTHING)


def test_routes_that_go_with_a_link_are_told_though_the_kernel_does_not(lab: Lab) -> None:
    lab.alone(CABLE + "; ip link set p up; ip -n a link set eth0 up; ip -n a address add 192.0.2.1/24 dev eth0")
    lab.alone("ip -n a route add default via 192.0.2.2")

    async def script(source: Source) -> None:
        gone = {("route", "deleted", "a", destination) for destination in ("192.0.2.0/24", "default")}
        await source.after("ip -n a link set eth0 down", lambda found: gone <= set(map(brief, found)))

    run(script, {"subset": ["routes"], "namespaces": ["a"]})


def test_only_what_is_asked_for_is_told(lab: Lab) -> None:
    lab.alone("ip netns add a; ip netns add b1")

    async def script(source: Source) -> None:
        found = await source.after(
            "ip -n a link set lo up; ip -n b1 link set lo up; ip link add p type veth peer name q; ip netns add b2",
            last(object="link", namespace="b2"),
        )
        assert [brief(event) for event in found] == [("link", "changed", "b1", "lo"), ("link", "created", "b2", "lo")]
        assert await source.quiet()

    run(script, {"subset": ["links"], "namespaces": ["b*"]})


def test_a_port_tells_of_its_bridge_and_the_own_namespace_can_be_watched(lab: Lab) -> None:
    lab.alone("ip link add name br0 type bridge; ip link add p type veth peer name q")

    async def script(source: Source) -> None:
        found = await source.after("ip link set p master br0", lambda found: any(e.get("port") for e in found))
        (event,) = [event for event in found if event.get("port")]
        assert event["namespace"] is None and event["port"]["bridge"] == "br0"
        found = await source.after("ip link set p nomaster", last(name="br0"))
        assert not any(event["change"] == "deleted" for event in found), "the link itself is still there"

    run(script, {"subset": ["links"], "namespaces": [""]})


def test_names_that_got_lost_are_found_by_reading_anew(lab: Lab) -> None:
    """The kernel keeps so many events of a folder and no more."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())

    async def script(source: Source) -> None:
        # Nobody takes the first events, so that all others stay in the kernel.
        lab.alone("ip netns add first; ip netns add second")
        await asyncio.sleep(0.2)
        for _file in range(limit // 2 + 1):
            os.close(os.open("/run/netns/x", os.O_CREAT))
            os.unlink("/run/netns/x")
        lab.alone("ip netns delete first; ip netns add third")
        found = await source.after(":", last(change="created", name="third"))
        assert "reread" in [event["change"] for event in found], "it says so"
        assert [brief(event)[1::2] for event in found if event["name"] not in ("x", None)] == [
            ("created", "first"),
            ("created", "second"),
            ("deleted", "first"),
            ("created", "third"),
        ]
        assert found[-1]["reread"] is True and found[-1]["inode"] == os.stat("/run/netns/third").st_ino
        assert await source.quiet()

    run(script, {}, size=1)


def test_messages_that_got_lost_are_found_by_reading_anew(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_netlink, "_RECEIVE_BUFFER", 2048)  # the kernel takes twice as much, a few messages
    lab.alone(CABLE)
    Path("/run/tmp/burst").write_text("".join(f"address add 10.0.{n}.1/24 dev eth0\n" for n in range(200)))

    async def script(source: Source) -> None:
        lab.alone("ip -n a -batch /run/tmp/burst")  # all of it before the source can read
        found = await source.after(
            ":", lambda found: len({e["address"] for e in found if e["change"] == "created"}) >= 200
        )
        assert [brief(event)[:3] for event in found if event["change"] == "reread"][:1] == [
            ("namespace", "reread", None)
        ]
        assert any(event["reread"] for event in found if event["object"] == "address")
        assert Counter(event["address"] for event in found if event["change"] == "created").most_common(1)[0][1] == 1
        assert await source.quiet()

    run(script, {"subset": ["addresses"], "namespaces": ["a"]})


def test_memory_is_that_of_what_is_there(lab: Lab) -> None:
    lab.alone(CABLE)
    script = "for i in 1 2 3 4 5 6 7 8 9 10; do ip -n a link set eth0 mtu 1400; ip -n a link set eth0 mtu 1500; done"

    async def flapping(source: Source) -> None:
        await source.after(script, count(20))
        tracemalloc.start()
        await source.after(script, count(20))
        before = tracemalloc.get_traced_memory()[0]
        for _round in range(4):
            await source.after(script, count(20))
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert after - before < 50_000

    run(flapping, {"subset": ["links"]})


def test_watching_keeps_no_namespace_alive(lab: Lab) -> None:
    lab.alone(CABLE)

    async def script(source: Source) -> None:
        await source.after("ip netns delete a", count(1))
        for _try in range(200):
            if not lab.links(""):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the other end of the cable is still there")

    run(script, EVERYTHING)


@pytest.mark.parametrize(
    "options, told",
    [
        ({"subset": ["cables"]}, "subset has 'cables', which is none of namespaces, links, addresses, routes"),
        ({"subset": "links"}, "subset is 'links'; it must be a list of words"),
        ({"namespaces": [1]}, "namespaces is [1]"),
        ({"interval": 1}, "there is no option interval"),
    ],
)
def test_bad_options_are_told(lab: Lab, options: Event, told: str) -> None:
    async def script(source: Source) -> None:
        with pytest.raises(LabError, match="netns.lab.netns: ") as caught:
            await source.after(":", count(1))
        assert told in str(caught.value)
        source._task = asyncio.create_task(asyncio.sleep(0))

    run(script, options)


def test_a_lab_that_drifts_is_told_and_its_mending_ends(lab: Lab) -> None:
    """The example of the documentation: what mends it changes things, too, but only once."""
    sections: dict[str, t.Any] = {
        "netns": [{"name": "a"}, {"name": "b"}],
        "veth": [{"name": "a", "namespace": "a", "peer": {"name": "b", "namespace": "b"}}],
        "netns_address": [{"namespace": "a", "interface": "a", "address": "192.0.2.1/24"}],
    }
    assert not execute("topology", {"name": "office", **sections}).failed
    drifts = ["ip -n a address flush dev a", "ip -n b link set dev b down", "ip netns delete b"]

    async def script(source: Source) -> None:
        for drift in drifts:
            await source.after(drift, lambda found: any(e["change"] in ("changed", "deleted") for e in found))
            assert execute("topology", {"name": "office", **sections}).changed
            while not await source.quiet():
                while not source._queue.empty():
                    source._queue.get_nowait()
            assert not execute("topology", {"name": "office", **sections}).changed
            assert await source.quiet(), "a run that changes nothing is no event"

    run(script, EVERYTHING)
