# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of a lab of some size, killed at random instants: the next run goes on from there, and nothing stays behind.

Half of the instants are moments of the clock, spread over as long as the run takes. The other half are between two
touches of the host, where the clock would rarely hit: requests, file operations and system calls, each request alone in
its packet or many together. NETNS_LAB_SEED=NUMBER repeats a failed sequence.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _netlink
from ansible_collections.netns.lab.tests.integration.helpers.campus import VERSIONS, campus, size
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import RECORDS_DIR, RUN_DIR
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute, launch
from ansible_collections.netns.lab.tests.integration.helpers.moments import touched
from ansible_collections.netns.lab.tests.integration.helpers.whole import everything, same, strangers

SOAK = "NETNS_LAB_SOAK" in os.environ
RUNS = 400 if SOAK else 200
PROCESSES = 40 if SOAK else 12
GROUPS = 10
SEED = int(os.environ.get("NETNS_LAB_SEED", random.SystemRandom().randrange(10**6)))
NOTHING = "absent"
PACKETS = (1, 128)

Transition = tuple[str, str]
# A lab is built, changed, and removed; the last change is from one that shares nothing but names.
TRANSITIONS: tuple[Transition, ...] = (
    (NOTHING, "first"),
    ("first", "second"),
    ("second", "first"),
    ("first", NOTHING),
    ("second", NOTHING),
    ("other", "second"),
    ("first", "other"),
)


def options(version: str) -> dict[str, t.Any]:
    return {"name": "lab", "state": "absent"} if version == NOTHING else {"name": "lab", **campus(version)}


def bring(version: str) -> None:
    result = execute("topology", options(version))
    assert not result.failed, result.msg


def die_at(last: int, module: str, arguments: dict[str, t.Any]) -> t.NoReturn:
    """Runs a module and kills this process before the touch of that number; 0: not at all."""
    status = 1
    try:
        left = last

        def touch(what: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        with touched(touch) if last else contextlib.nullcontext():
            status = int(execute(module, arguments).failed)
    finally:
        os._exit(status)


class Killer:
    """Knows how long each transition takes, and in how many touches."""

    def __init__(self) -> None:
        self._durations: dict[Transition, float] = {}
        self._touches: dict[tuple[Transition, int], int] = {}

    def kill_by_clock(self, transition: Transition, fraction: float) -> str:
        if transition not in self._durations:
            start = time.monotonic()
            _pid, status = os.waitpid(self._start(transition[1]), 0)
            assert status == 0
            self._durations[transition] = time.monotonic() - start
            bring(transition[0])
        while True:
            instant = fraction * self._durations[transition]
            pid = self._start(transition[1])
            time.sleep(instant)
            os.kill(pid, signal.SIGKILL)
            if self._was_killed(pid):
                return f"after {instant * 1000:.1f} of {self._durations[transition] * 1000:.1f} ms"
            bring(transition[0])
            fraction *= 0.9

    def kill_at_touch(self, transition: Transition, packet: int, fraction: float) -> str:
        key = (transition, packet)
        if key not in self._touches:
            self._touches[key] = self._count(transition[1], packet)
            bring(transition[0])
        while True:
            number = 1 + int(fraction * self._touches[key])
            if self._was_killed(self._start(transition[1], packet, number)):
                return f"at touch {number} of {self._touches[key]}, with {packet} requests at most in a packet"
            # How often a run looks whether something is gone yet is not always the same.
            bring(transition[0])
            fraction *= 0.9

    @staticmethod
    def _was_killed(pid: int) -> bool:
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])

    @staticmethod
    def _start(version: str, packet: int = 0, last: int = 0) -> int:
        pid = os.fork()
        if not pid:
            if packet:
                _netlink.BATCH = packet
            die_at(last, "topology", options(version))
        return pid

    @staticmethod
    def _count(version: str, packet: int) -> int:
        count = 0

        def touch(what: str) -> None:
            nonlocal count
            count += 1

        before, _netlink.BATCH = _netlink.BATCH, packet
        try:
            with touched(touch):
                bring(version)
        finally:
            _netlink.BATCH = before
        return count


KILLER = Killer()


def prove(lab: Lab, before: dict[str, t.Any], after: str) -> None:
    """After a killed run: the next one succeeds, whatever it wants, the one behind it has nothing to do, and a last
    one takes all away."""
    if after != NOTHING:
        bring(after)
        again = execute("topology", options(after), check=True)
        assert not again.failed and not again.changed, again.msg or again.commands
    bring(NOTHING)
    same(before, everything(lab), "nothing stays behind")
    assert not execute("topology", options(NOTHING)).changed


def test_the_lab_is_of_some_size() -> None:
    counts = size(campus("first"))
    assert counts["netns"] >= 20 and counts["veth"] >= 30 and counts["bridge"] >= 1 and counts["netns_route"] >= 20


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_killed_run_is_taken_up_by_the_next_and_leaves_nothing_behind(lab: Lab, group: int) -> None:
    strangers(lab)
    before = everything(lab)
    dice = random.Random(SEED * GROUPS + group)
    for number in range(RUNS // GROUPS):
        transition = TRANSITIONS[(group + number) % len(TRANSITIONS)]
        after = dice.choice([transition[1], transition[1], *VERSIONS, NOTHING, NOTHING])
        story = f"NETNS_LAB_SEED={SEED}, run {number}: {' to '.join(transition)}, killed "
        bring(transition[0])
        if number % 2:
            story += KILLER.kill_by_clock(transition, dice.random())
        else:
            story += KILLER.kill_at_touch(transition, dice.choice(PACKETS), dice.random())
        try:
            prove(lab, before, after)
        except AssertionError as e:
            raise AssertionError(f"{story}, then {after}:\n{e}") from e


def test_a_killed_process_is_taken_up_by_the_next_and_leaves_nothing_behind(lab: Lab) -> None:
    strangers(lab)
    before = everything(lab)
    dice = random.Random(SEED)
    duration, status = timed("first", 60)
    assert status == 0
    bring(NOTHING)
    for number in range(PROCESSES):
        transition = dice.choice(TRANSITIONS)
        after = dice.choice([transition[1], NOTHING])
        bring(transition[0])
        instant = dice.uniform(0, duration)
        timed(transition[1], instant)
        story = f"NETNS_LAB_SEED={SEED}, run {number}: {' to '.join(transition)}, killed after {instant:.3f} s"
        try:
            prove(lab, before, after)
        except AssertionError as e:
            raise AssertionError(f"{story}, then {after}:\n{e}") from e


def timed(version: str, limit: float) -> tuple[float, int]:
    """How long a process of the module's file took, killed at the limit, and its status."""
    start = time.monotonic()
    done = launch(["timeout", "--signal=KILL", f"{limit:.3f}", sys.executable], "topology", options(version))
    return time.monotonic() - start, done.returncode


def test_the_first_namespace_of_a_machine_killed_at_each_touch(lab: Lab) -> None:
    """/run/netns becomes a shared mount of itself then, in several steps, as "ip netns add" makes it."""
    tiny = {"name": "tiny", "netns": [{"name": "n0"}]}
    for number in range(1, 1000):
        while os.path.ismount(RUN_DIR):
            lab.sh(f"umount {RUN_DIR}")
        pid = os.fork()
        if not pid:
            die_at(number, "topology", tiny)
        _pid, status = os.waitpid(pid, 0)
        for _time in range(2):
            result = execute("topology", tiny)
            assert not result.failed, result.msg
        assert not result.changed
        lab.sh("ip netns add n1")
        mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        assert [mounts.count(f"{RUN_DIR}/{name}") for name in ("n0", "n1")] == [1, 1], number
        lab.sh("ip netns delete n1")
        assert execute("topology", {"name": "tiny", "state": "absent"}).changed
        assert os.listdir(RUN_DIR) == [] and not os.path.exists(RECORDS_DIR), number
        if not os.WIFSIGNALED(status):
            assert number > 20
            return


SMALL: dict[str, dict[str, t.Any]] = {
    "nothing": {"state": "absent"},
    "a bridge": {"bridge": [{"name": "x"}], "netns": [{"name": "n0"}]},
    "a cable": {"netns": [{"name": "n0"}], "veth": [{"name": "x", "peer": {"name": "x", "namespace": "n0"}}]},
    "another cable": {"netns": [{"name": "n1"}], "veth": [{"name": "x", "peer": {"name": "y", "namespace": "n1"}}]},
}


@pytest.mark.parametrize(
    ("one", "other"),
    [("a bridge", "a cable"), ("a cable", "a bridge"), ("a cable", "another cable"), ("nothing", "a cable")],
)
def test_a_name_that_passes_to_another_thing_killed_at_each_touch(lab: Lab, one: str, other: str) -> None:
    strangers(lab)
    before = everything(lab)
    for number in range(1, 1000):
        assert not execute("topology", {"name": "lab", **SMALL[one]}).failed
        pid = os.fork()
        if not pid:
            die_at(number, "topology", {"name": "lab", **SMALL[other]})
        _pid, status = os.waitpid(pid, 0)
        if number % 2:
            for _time in range(2):
                result = execute("topology", {"name": "lab", **SMALL[other]})
                assert not result.failed, f"touch {number}: {result.msg}"
            assert not result.changed, result.commands
        bring(NOTHING)
        same(before, everything(lab), f"killed at touch {number}, nothing stays behind")
        if not os.WIFSIGNALED(status):
            assert number > 20
            return
