# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many runs on one host at the same time. NETNS_LAB_SEED=NUMBER repeats what each of them wants."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import tempfile
import time
import traceback
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils._lock import locked
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.machine import RECORDS_DIR
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute
from ansible_collections.netns.lab.tests.integration.helpers.whole import everything, same, strangers

SECONDS = 60 if "NETNS_LAB_SOAK" in os.environ else 20
SEED = int(os.environ.get("NETNS_LAB_SEED", random.SystemRandom().randrange(10**6)))
TOPOLOGIES = 6
LOCKED = "another run is at work on this host"
# What a module for one item may meet when the namespace it works in goes meanwhile.
GONE = (
    "there is no namespace hub",
    "there is no interface",
    "No such file or directory",
    "No such device",
    "is in a namespace without a name",  # a hub that is going
)

Action = t.Callable[[random.Random], "dict[str, t.Any] | None"]
"""Does something and tells what went wrong."""


# -- who does what


def definition(number: int, version: int) -> dict[str, t.Any]:
    """Two namespaces of its own, and a third and a bridge in it that all labs share; whoever comes first makes them."""
    name = f"t{number}"
    members = [f"{name}-{member}" for member in range(1 + version)]
    return {
        "name": name,
        "netns": [{"name": "hub"}, *({"name": member} for member in members)],
        "bridge": [{"name": "lan", "namespace": "hub"}],
        "veth": [
            *(
                {"name": f"{member}p", "namespace": "hub", "peer": {"name": "eth0", "namespace": member}}
                for member in members
            ),
            {"name": f"{name}x", "peer": {"name": f"y{version}", "namespace": members[0]}},
        ],
        "bridge_port": [{"bridge": "lan", "namespace": "hub", "interface": f"{member}p"} for member in members],
        "netns_address": [
            {"namespace": member, "interface": "eth0", "address": f"10.0.{number}.{place + 1}/16"}
            for place, member in enumerate(members)
        ],
        "netns_route": [{"namespace": member, "destination": "default", "interface": "eth0"} for member in members],
    }


def topologies(names: t.Sequence[int]) -> Action:
    """Builds, changes, removes and looks at labs."""

    def act(dice: random.Random) -> dict[str, t.Any] | None:
        number = dice.choice(names)
        options = definition(number, dice.randint(1, 2)) if dice.random() < 0.7 else removal(number)
        impatient = dice.random() < 0.2
        options["lock_timeout"] = 0.01 if impatient else 120
        result = execute("topology", options, check=dice.random() < 0.2)
        if not result.failed or impatient and result.msg.startswith(LOCKED):
            return None
        return result.answer

    return act


def removal(number: int) -> dict[str, t.Any]:
    return {"name": f"t{number}", "state": "absent"}


def single_items(number: int) -> Action:
    """Makes and takes away things of its own beside the labs, and cables into what they share."""
    name = f"m{number}"
    cable = {"name": name, "namespace": "hub", "peer": {"name": "eth0", "namespace": name}}
    address = {"namespace": name, "interface": "eth0", "address": "10.0.99.1/16"}
    steps: tuple[tuple[str, dict[str, t.Any], bool], ...] = (
        ("netns", {"name": name}, False),
        ("veth", cable, True),
        ("bridge_port", {"bridge": "lan", "interface": name, "namespace": "hub"}, True),
        ("netns_address", address, True),
        ("netns_address", {**address, "state": "absent"}, True),
        ("veth", {**cable, "state": "absent"}, True),
        ("netns", {"name": name, "state": "absent"}, False),
    )

    def act(dice: random.Random) -> dict[str, t.Any] | None:
        for module, options, in_hub in steps:
            result = execute(module, options)
            if result.failed and not (in_hub and any(words in result.msg for words in GONE)):
                return {"module": module, **result.answer}
        return None

    return act


# -- all at once


@contextlib.contextmanager
def processes(actions: t.Sequence[Action], seconds: float) -> t.Iterator[list[Path]]:
    """Each action again and again in a process of its own; yields where each tells what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder, str(number)) for number in range(len(actions))]
        pids = []
        deadline = time.monotonic() + seconds
        for number, (action, report) in enumerate(zip(actions, reports)):
            pid = os.fork()
            if not pid:
                _work(action, random.Random(SEED * 100 + number), deadline, report)
            pids.append(pid)
        for pid in pids:
            os.waitpid(pid, 0)
        yield reports


def _work(action: Action, dice: random.Random, deadline: float, report: Path) -> t.NoReturn:
    done, wrong = 0, None
    try:
        while wrong is None and time.monotonic() < deadline:
            wrong = action(dice)
            done += 1
    except BaseException:
        wrong = {"msg": traceback.format_exc()}
    finally:
        report.write_text(json.dumps({"done": done, "wrong": wrong}))
        os._exit(0)


def run(actions: t.Sequence[Action], seconds: float) -> int:
    """Returns how many runs there were; all went well."""
    with processes(actions, seconds) as reports:
        found = [json.loads(report.read_text()) for report in reports]
    wrong = [report["wrong"] for report in found if report["wrong"]]
    for answer in wrong:
        answer.pop("invocation", None)
    assert not wrong, f"NETNS_LAB_SEED={SEED}: " + "\n".join(map(str, wrong))
    return sum(report["done"] for report in found)


def clean_up() -> None:
    for number in range(TOPOLOGIES):
        result = execute("topology", removal(number))
        assert not result.failed, result.msg


@pytest.mark.parametrize(
    "actions",
    [
        [topologies([number % TOPOLOGIES]) for number in range(8)],
        [*(topologies(range(TOPOLOGIES)) for _process in range(5)), *(single_items(number) for number in range(3))],
    ],
    ids=["eight labs, some with the same name", "any lab, and single items"],
)
def test_eight_processes_at_once_get_along_and_leave_nothing(lab: Lab, actions: list[Action]) -> None:
    strangers(lab)
    before = everything(lab)
    assert run(actions, SECONDS / 2) > 20
    clean_up()
    same(before, everything(lab), f"NETNS_LAB_SEED={SEED}: nothing stays behind")


def test_eight_processes_that_build_the_same_lab_build_it_once(lab: Lab) -> None:
    def build(dice: random.Random) -> dict[str, t.Any] | None:
        result = execute("topology", definition(0, 2))
        return result.answer if result.failed else None

    for _round in range(3):
        run([build] * 8, 0.3)
        lab.run("topology", **definition(0, 2), without={"replay": "the lab is there already"})
        assert not execute("topology", definition(0, 2)).changed
        clean_up()


def test_single_items_of_many_processes_at_once(lab: Lab) -> None:
    """The same few namespaces and addresses: whoever comes second finds it done."""

    def act(dice: random.Random) -> dict[str, t.Any] | None:
        name = f"s{dice.randrange(3)}"
        state = dice.choice(["present", "absent"])
        result = execute("netns", {"name": name, "state": state})
        # Between the look and the deed somebody else was there.
        raced = ("File exists", "No such file or directory", "is a file and no namespace", "resource busy")
        return result.answer if result.failed and not any(words in result.msg for words in raced) else None

    before = everything(lab)
    run([act] * 8, SECONDS / 5)
    for number in range(3):
        assert not execute("netns", {"name": f"s{number}", "state": "absent"}).failed
    lab.sh("ip netns add x; ip netns delete x")
    found = everything(lab)
    found["/proc/self/mountinfo"] = before["/proc/self/mountinfo"]
    same(before, found, "nothing stays behind")


# -- the lock


@contextlib.contextmanager
def holder(topology: str) -> t.Iterator[int]:
    """A process that holds the lock until it is killed."""
    ready, told = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            with locked(topology, 5, read_only=False):
                os.write(told, b"!")
                time.sleep(600)
        finally:
            os._exit(1)
    os.close(told)
    try:
        assert os.read(ready, 1) == b"!"
        yield pid
    finally:
        os.close(ready)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@pytest.mark.parametrize("check", [False, True], ids=["run", "check run"])
@pytest.mark.parametrize("timeout", [0, 0.5])
def test_a_run_waits_as_long_as_it_may_and_says_for_whom(lab: Lab, timeout: float, check: bool) -> None:
    with holder("campus") as pid:
        before = everything(lab)
        start = time.monotonic()
        result = execute("topology", {**definition(0, 1), "lock_timeout": timeout}, check=check)
        waited = time.monotonic() - start
        assert result.failed
        assert f"{LOCKED} (topology campus, process {pid}, for " in result.msg
        assert f"it did not end within {timeout:g} s" in result.msg and "lock_timeout" in result.msg
        assert timeout <= waited < timeout + 5
        same(before, everything(lab), "it only waited")


def test_the_lock_of_a_killed_run_is_free_and_the_next_holder_is_named(lab: Lab) -> None:
    before = everything(lab)
    with holder("one") as pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert os.path.exists(f"{RECORDS_DIR}/lock")
        with holder("two") as other:
            msg = execute("topology", {**definition(0, 1), "lock_timeout": 0}).msg
            assert f"(topology two, process {other}, for 0 s)" in msg
    start = time.monotonic()
    assert execute("topology", definition(0, 1)).changed
    assert time.monotonic() - start < 5
    clean_up()
    lab.sh("ip netns add x; ip netns delete x")
    found = everything(lab)
    found["/proc/self/mountinfo"] = before["/proc/self/mountinfo"]
    same(before, found, "nothing stays behind")


@pytest.mark.parametrize("check", [False, True], ids=["run", "check run"])
def test_a_run_that_waited_goes_on_as_soon_as_the_lock_is_free(lab: Lab, check: bool) -> None:
    with holder("campus") as pid:
        waiting = os.fork()
        if not waiting:
            status = 1
            try:
                result = execute("topology", {"name": "lab", "netns": [{"name": "a1"}]}, check=check)
                status = 0 if result.changed and not result.failed else 2
            finally:
                os._exit(status)
        time.sleep(0.3)
        assert os.waitpid(waiting, os.WNOHANG) == (0, 0)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        start = time.monotonic()
        assert os.waitpid(waiting, 0)[1] == 0
        assert time.monotonic() - start < 10
    assert lab.namespaces() == ([] if check else ["a1"])
    assert check == (not os.path.exists(RECORDS_DIR))


def test_check_runs_make_no_lock(lab: Lab) -> None:
    with holder("campus") as pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    # What a killed run left of a lock, a check run that had to look at it takes away.
    assert execute("topology", definition(0, 1), check=True).changed
    assert eventually(lambda: not os.path.exists(RECORDS_DIR))
    assert execute("topology", definition(0, 1), check=True).changed
    assert not os.path.exists(RECORDS_DIR)
