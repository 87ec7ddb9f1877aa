# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each single request, file operation and system call of a run fails once: the first, the second, ... the last. The
module says so in one sentence, and the machine is as it was.

Once the namespaces that lost their names are let go, at the very end, nothing can be taken back. What fails then is
reported, the next run completes the work, and the one that takes all away leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute
from ansible_collections.netns.lab.tests.integration.helpers.moments import Run, touched
from ansible_collections.netns.lab.tests.integration.helpers.shell import Shell
from ansible_collections.netns.lab.tests.integration.helpers.state import Json
from ansible_collections.netns.lab.tests.integration.helpers.whole import everything, same, strangers

SOAK = "NETNS_LAB_SOAK" in os.environ
CODES = (errno.EPERM, errno.ENOMEM)
PACKETS = (1, 128) if SOAK else (128,)
MAC = "02:00:00:00:02:{:02x}"

ONE: dict[str, t.Any] = {
    "name": "lab",
    "netns": [
        {
            "name": "a1",
            "nsid": "20",
            "sysctls": {
                "net.ipv4.ip_forward": 1,
                "net.ipv4.conf.default.rp_filter": 0,
                "net.ipv4.conf.e0.rp_filter": 2,
                "net.ipv6.conf.e0.accept_ra": 0,
            },
            "etc_files": {"resolv.conf": "nameserver 10.0.0.1\n", "hosts": "10.0.0.2 a2\n"},
        },
        {"name": "a2", "etc_files": {"hosts": "10.0.0.1 a1\n"}},
        {"name": "a3"},
        {"name": "held", "path": "/run/held"},
    ],
    "bridge": [
        {"name": "br0", "mac": MAC.format(0)},
        {"name": "br1", "namespace": "a2", "mac": MAC.format(1), "mtu": 1400},
    ],
    "veth": [
        {"name": "p1", "peer": {"name": "e0", "namespace": "a1"}},
        {"name": "p2", "peer": {"name": "e0", "namespace": "a2"}},
        {"name": "p3", "peer": {"name": "e0", "namespace": "a3"}},
        {"name": "x", "namespace": "a1", "peer": {"name": "y", "namespace": "a2"}},
        {"name": "z", "namespace": "a1", "mtu": 1300, "peer": {"name": "z", "namespace": "a2", "mtu": 1300}},
    ],
    "bridge_port": [
        {"bridge": "br0", "interface": "p1", "cost": 5, "hairpin": True},
        {"bridge": "br0", "interface": "p2", "isolated": True},
        {"bridge": "br0", "interface": "p3"},
        {"bridge": "br1", "interface": "z", "namespace": "a2", "learning": False},
    ],
    "netns_link": [
        {"name": "e0", "namespace": "a1", "alias": "uplink", "txqueuelen": 50, "promisc": True},
        {"name": "e0", "namespace": "a2", "mtu": 1500},
    ],
    "netns_address": [
        {"namespace": "a1", "interface": "e0", "address": "10.0.0.1/24"},
        {"namespace": "a1", "interface": "e0", "address": "10.0.0.11/24"},
        {"namespace": "a1", "interface": "e0", "address": "fd00::1/64", "nodad": True},
        {"namespace": "a2", "interface": "e0", "address": "10.0.0.2/24"},
        {"namespace": "a2", "interface": "e0", "address": "fd00::2/64", "nodad": True},
        {"namespace": "a1", "interface": "x", "address": "10.1.0.1/24"},
        {"namespace": "a2", "interface": "y", "address": "10.1.0.2/24"},
        {"namespace": "a2", "interface": "y", "address": "fd01::2/64", "nodad": True},
        {"interface": "br0", "address": "10.0.0.254/24"},
    ],
    "netns_route": [
        {"namespace": "a1", "destination": "default", "gateway": "10.0.0.2"},
        {"namespace": "a1", "destination": "fd99::/64", "gateway": "fd00::2"},
        {
            "namespace": "a1",
            "destination": "172.16.0.0/16",
            "nexthops": [{"gateway": "10.0.0.2"}, {"gateway": "10.1.0.2", "weight": 3}],
        },
        {"namespace": "a2", "destination": "192.0.2.0/24", "type": "blackhole"},
        {"namespace": "a2", "destination": "198.51.100.0/24", "interface": "y", "table": "100"},
    ],
}

TWO: dict[str, t.Any] = {
    "name": "lab",
    "netns": [
        {
            "name": "a1",
            "nsid": "20",  # for good
            "sysctls": {
                "net.ipv4.ip_forward": 0,
                "net.ipv4.conf.default.rp_filter": 1,
                "net.ipv4.conf.e0.rp_filter": 0,
                "net.ipv4.conf.x.forwarding": 1,
            },
            "etc_files": {"resolv.conf": "nameserver 10.0.0.2\n", "services": "lab 7777/tcp\n"},
        },
        {"name": "a2", "loopback": False},
        {"name": "a4", "etc_files": {"hosts": "10.0.0.1 a1\n"}},
    ],
    "bridge": [{"name": "br0", "mac": MAC.format(9), "stp": True, "priority": 4096}, {"name": "br2"}],
    "veth": [
        {"name": "p1", "mtu": 1280, "peer": {"name": "e0", "namespace": "a1", "mac": MAC.format(3)}},
        {"name": "p2", "up": False, "peer": {"name": "e0", "namespace": "a2"}},
        # The other end was in a namespace that goes.
        {"name": "p3", "peer": {"name": "e0", "namespace": "a4"}},
        # This end moves.
        {"name": "x", "namespace": "a1", "peer": {"name": "y", "namespace": "a4"}},
        # A bridge was called so.
        {"name": "br1", "namespace": "a2", "peer": {"name": "w", "namespace": "a1"}},
    ],
    "bridge_port": [
        {"bridge": "br0", "interface": "p1", "cost": 9},
        {"bridge": "br2", "interface": "p2"},
        {"bridge": "br0", "interface": "p3"},
    ],
    "netns_link": [
        {"name": "e0", "namespace": "a1", "alias": "down", "promisc": False, "tx_checksum": False},
        {"name": "e0", "namespace": "a2", "mtu": 1000},
        {"name": "x", "namespace": "a1", "addrgenmode": "none", "arp": False},
    ],
    "netns_address": [
        # Made anew: it takes the second one and the routes along.
        {"namespace": "a1", "interface": "e0", "address": "10.0.0.1/24", "label": "e0:1"},
        {"namespace": "a1", "interface": "e0", "address": "10.0.0.11/24"},
        {"namespace": "a1", "interface": "e0", "address": "fd00::1/80", "nodad": True},
        # Changed in place.
        {"namespace": "a2", "interface": "e0", "address": "10.0.0.2/24", "metric": 50},
        {"namespace": "a1", "interface": "x", "address": "10.1.0.1/24"},
        {"interface": "br0", "address": "10.0.0.253/24"},
    ],
    "netns_route": [
        {"namespace": "a1", "destination": "default", "gateway": "10.0.0.3", "mtu": 1200},
        {"namespace": "a1", "destination": "203.0.113.0/24", "interface": "x"},
        {"namespace": "a2", "destination": "192.0.2.0/24", "type": "prohibit"},
    ],
}

ABSENT: dict[str, t.Any] = {"name": "lab", "state": "absent"}

# Beside the strangers of every test: by hand, on the lab's own things.
BY_HAND = """
ip link add mine type veth peer name mine2
ip link set mine master br0
ip link set mine up
ip -n a1 address add 10.9.0.1/24 dev e0
ip -n a1 route add 10.10.0.0/16 via 10.0.0.9
ip -n a1 route add fd98::/64 dev e0
ip -n a3 link add own type bridge
ip -n a3 address add 10.9.0.3/24 dev own
ip -n a2 link set y alias by-hand
"""

# What a run starts from, and what it wants.
PHASES: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "build": (ABSENT, ONE),
    "change": (ONE, TWO),
    "change back": (TWO, ONE),
    "remove": (ONE, ABSENT),
}


class Faults:
    """Lets one after another of a run's touches fail."""

    def __init__(self, lab: Lab, phase: str) -> None:
        self.lab = lab
        self.start, self.target = PHASES[phase]
        self.shell = Shell()
        strangers(lab)
        # Something holds a namespace for which the lab has a name.
        self.shell.do("ip netns add held && touch /run/held && mount --bind /run/netns/held /run/held")
        self.shell.do("ip netns delete held && nsenter --net=/run/held ip link add theirs type bridge")
        self.alone = everything(lab)
        self.before = self.prepare()

    def prepare(self) -> dict[str, Json]:
        result = execute("topology", self.start)
        assert not result.failed, result.msg
        if self.start is ONE:
            self.shell.do(BY_HAND)
        return everything(self.lab)

    def close(self) -> None:
        self.shell.do("umount /run/held; rm /run/held")
        self.shell.close()

    def hit(self, result: Result, fault: Fault) -> None:
        """One fault has been."""
        what = fault.what
        if not result.failed:
            # Such as a look whether something is gone yet.
            assert fault.was_let_go, f"{what} failed, and nobody noticed: {result.answer}"
        else:
            msg = result.msg
            assert msg and "\n" not in msg and len(msg) < 400, f"{what}: {msg}"
            assert "Traceback" not in str(result.answer), f"{what}: {result.answer}"
        if fault.was_let_go:
            self.complete(what)
        else:
            same(self.before, everything(self.lab), f"{what} failed, and the run said: {result.msg}")

    def complete(self, what: str) -> None:
        """A run completes the work of another that could not be taken back, and one takes all away."""
        result = execute("topology", self.target)
        assert not result.failed, f"{what} failed, and the next run too: {result.msg}"
        again = execute("topology", self.target, check=True)
        assert not again.failed and not again.changed, f"{what} failed, and the next run left {again.commands}"
        result = execute("topology", ABSENT)
        assert not result.failed, result.msg
        self.shell.do("ip link delete mine 2>/dev/null || :")
        same(self.alone, everything(self.lab), f"{what} failed, and at the end something stayed")
        self.before = self.prepare()


class Fault:
    """Hits one touch of a run, by its number."""

    def __init__(self, number: int, code: int) -> None:
        self.number = number
        self.code = code
        self.count = 0
        self.what = ""
        self.was_let_go = False
        self.run = Run()

    def hits(self, what: str) -> bool:
        self.count += 1
        if self.count != self.number:
            return False
        self.what = f"{what} {self.number}"
        self.was_let_go = self.run.let_go
        return True

    def request(self) -> int | None:
        return self.code if self.hits("request") else None

    def touch(self, what: str) -> None:
        if self.hits(what):
            raise OSError(self.code, os.strerror(self.code))


def hit_each(faults: Faults, codes: tuple[int, ...], requests: bool) -> None:
    for number in range(1, 10000):
        fault = Fault(number, codes[number % len(codes)])
        hooks = (lambda what: None, fault.request) if requests else (fault.touch,)
        with touched(*hooks) as fault.run:
            result = execute("topology", faults.target)
        if not fault.what:
            assert not result.failed, result.msg
            assert number > 20
            break
        faults.hit(result, fault)
    faults.complete("nothing")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("packet", PACKETS)
@pytest.mark.parametrize("codes", [CODES, CODES[::-1]] if SOAK else [CODES], ids=str)
def test_the_kernel_refuses_one_request_and_all_is_as_it_was_or_once_let_go_the_next_run_completes_it(
    lab: Lab, phase: str, packet: int, codes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_netlink, "BATCH", packet)
    with contextlib.closing(Faults(lab, phase)) as faults:
        hit_each(faults, codes, requests=True)


@pytest.mark.parametrize("phase", PHASES)
def test_one_file_operation_or_system_call_fails_and_all_is_as_it_was_or_once_let_go_the_next_run_completes_it(
    lab: Lab, phase: str
) -> None:
    with contextlib.closing(Faults(lab, phase)) as faults:
        hit_each(faults, (errno.EIO, errno.ENOSPC), requests=False)
