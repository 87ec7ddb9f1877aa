# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test holds in its hands: a machine, the modules, iproute2 as the oracle, and a twin of the machine on which
iproute2 does what the modules say they did."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import time
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers import state
from ansible_collections.netns.lab.tests.integration.helpers.machine import ETC_DIR, RECORDS_DIR, RUN_DIR
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute
from ansible_collections.netns.lab.tests.integration.helpers.shell import Shell
from ansible_collections.netns.lab.tests.integration.helpers.state import OWN, Json

_PROOFS = {"check", "repeat", "replay"}


class Lab:
    def __init__(self) -> None:
        self._shell = Shell()
        self._twin = Shell("unshare", "--net", "--mount")
        self._twin.do("mount -t tmpfs -o mode=755 tmpfs /run/netns")
        self._twin.do("if [ -d /etc/netns ]; then mount -t tmpfs -o mode=755 tmpfs /etc/netns; fi")

    def close(self) -> None:
        self._twin.close()
        self._shell.close()

    # -- doing

    def sh(self, script: str) -> str:
        """By hand, on the machine and on its twin."""
        self._twin.do(script)
        return self._shell.do(script)

    def alone(self, script: str) -> str:
        """By hand, on the machine and not on its twin, where the two must differ."""
        return self._shell.do(script)

    def can(self, script: str, undo: str = "true") -> bool:
        """Whether a script succeeds by hand on the machine. If so, it is undone again."""
        try:
            self.alone(script)
        except AssertionError:
            return False
        self.alone(undo)
        return True

    def on_the_twin(self, script: str) -> str:
        """By hand, on the twin only, for what a module does on the machine."""
        return self._twin.do(script)

    def on_both(self, script: str) -> tuple[str, str]:
        """What a script says on the machine and on its twin."""
        return self._shell.do(script), self._twin.do(script)

    def run(self, module: str, without: dict[str, str] | None = None, **options: t.Any) -> Result:
        """Runs a module that must succeed, and proves on the way that

        - check: a check run before says the same and touches nothing,
        - the machine has changed if and only if the module says so,
        - repeat: a second run changes nothing,
        - replay: the commands do the same to the twin.

        ``without`` names proofs to leave out, each with the reason.
        """
        left_out = without or {}
        assert set(left_out) <= _PROOFS, left_out
        before = self.exact()
        if "check" not in left_out:
            checked = self._check(module, options, before)
        result = execute(module, options)
        assert not result.failed, result.msg
        if "check" not in left_out:
            assert (checked.changed, checked.diff, checked.commands) == (result.changed, result.diff, result.commands)
        self._judge(result)
        after = state.read(self._shell)
        if not result.changed:
            self.same(before, self.exact(), f"{module} said that it changed nothing")
        if "repeat" not in left_out:
            before = self.exact()
            again = execute(module, options)
            assert not again.failed, again.msg
            assert not again.changed and not again.commands, f"the second run changes again: {again.commands}"
            self.same(before, self.exact(), f"{module}, run again, changed nothing")
        if "replay" not in left_out:
            for command in result.commands:
                done = self._twin.run(command)
                assert not done.status, f"{command}\nis refused by iproute2: {done.output}"
            self.is_like_the_twin(after, f"the commands do the same: {result.commands}")
            for question in _questions(result.commands):
                one, other = self.on_both(question)
                assert one == other, f"{question} says {one!r}, and {other!r} where the commands were replayed"
        return result

    def is_like_the_twin(self, found: dict[str, Json], why: str, numbered: bool = True) -> None:
        """``found``: the machine as ``state.read`` has it. "ip netns delete" does not wait until the kernel has taken
        down what was in the namespace, so the twin has some time for it. ``numbered``: with the numbers of ports."""
        compared = state.comparable if numbered else lambda seen: state.without_port_numbers(state.comparable(seen))
        expected, seen = compared(found), {}

        def is_like() -> bool:
            seen.clear()
            seen.update(compared(state.read(self._twin)))
            return seen == expected

        eventually(is_like, seconds=20)
        self.same(seen, expected, why)

    def unchanged(self, module: str, **options: t.Any) -> None:
        """The module finds everything as asked."""
        assert self.run(module, **options).commands == []

    def check(self, module: str, **options: t.Any) -> Result:
        """A check run that must succeed; it touches nothing."""
        checked = self._check(module, options, self.exact())
        assert not checked.failed, checked.msg
        return checked

    def fails(self, module: str, **options: t.Any) -> str:
        """The sentence with which a module fails, check run or not; the machine stays as it is."""
        before = self.exact()
        checked = self._check(module, options, before)
        msg = self.fails_for_real(module, **options)
        assert checked.failed, f"the check run succeeds where the real one says: {msg}"
        assert checked.msg == msg
        return msg

    def fails_for_real(self, module: str, **options: t.Any) -> str:
        """The same for what only the kernel can know. The whole machine is then as it was, to the last index."""
        before = self.exact()
        result = execute(module, options)
        assert result.failed, f"it should have failed, but did {result.commands}"
        assert result.msg and "\n" not in result.msg and "Traceback" not in result.msg, result.msg
        self.same(before, self.exact(), f"{module} failed with {result.msg!r}")
        return result.msg

    def fails_missing(self, module: str, **options: t.Any) -> str:
        """The same for what an earlier task of the play may be to make: the check run says what would happen."""
        assert self.check(module, **options).changed
        return self.fails_for_real(module, **options)

    def _check(self, module: str, options: dict[str, t.Any], before: dict[str, Json]) -> Result:
        checked = execute(module, options, check=True)
        self.same(before, self.exact(), f"{module} in check mode")
        if not checked.failed:
            self._judge(checked)
        return checked

    @staticmethod
    def _judge(result: Result) -> None:
        assert result.changed == bool(result.commands), result.answer
        assert result.changed == (result.diff["before"] != result.diff["after"]), result.answer
        assert set(result.diff) == {"before", "after"}

    @staticmethod
    def same(one: dict[str, Json], other: dict[str, Json], why: str) -> None:
        found = state.difference(one, other)
        assert not found, f"{why}, but:\n{found}"

    # -- the oracle

    def exact(self) -> dict[str, Json]:
        """The machine as it is to the last index, and what the collection has written down about it."""
        return {**self.exact_network(), RECORDS_DIR: self.records(), ETC_DIR: self.files()}

    def exact_network(self) -> dict[str, Json]:
        return state.exact(state.read(self._shell))

    def read(self) -> dict[str, Json]:
        """The machine as ``state.read`` has it."""
        return state.read(self._shell)

    def comparable(self) -> dict[str, Json]:
        """The machine without indexes, random MACs and the like, to compare with what was made a second time."""
        return state.comparable(state.read(self._shell))

    @staticmethod
    def records() -> Json:
        folder = Path(RECORDS_DIR)
        files = folder.iterdir() if folder.exists() else ()
        return {file.name: json.loads(file.read_text()) if file.suffix == ".json" else "" for file in files}

    @staticmethod
    def files() -> Json:
        """What is in /etc/netns; of a folder None."""
        return {
            str(path.relative_to(ETC_DIR)): path.read_text(errors="surrogateescape") if path.is_file() else None
            for path in sorted(Path(ETC_DIR).rglob("*"))
        }

    def ip(self, namespace: str, *words: str) -> t.Any:
        """``ip -j -d`` in a namespace of the machine."""
        return json.loads(self._shell.do(shlex.join(["ip", *self._where(namespace), "-j", "-d", *words])) or "[]")

    def tc(self, namespace: str, *words: str) -> t.Any:
        """``tc -j -d`` in a namespace of the machine."""
        return json.loads(self._shell.do(shlex.join(["tc", *self._where(namespace), "-j", "-d", *words])) or "[]")

    def link(self, namespace: str, name: str) -> Json:
        """A link that is there."""
        return t.cast(Json, self.ip(namespace, "link", "show", "dev", name)[0])

    def links(self, namespace: str) -> set[str]:
        """The names of all links but lo."""
        return {link["ifname"] for link in self.ip(namespace, "link", "show")} - {"lo"}

    def index(self, namespace: str, name: str) -> int:
        return t.cast(int, self.link(namespace, name)["ifindex"])

    def is_up(self, namespace: str, name: str) -> bool:
        return "UP" in self.link(namespace, name)["flags"]

    def port(self, namespace: str, name: str) -> Json:
        """A link as a port of a bridge, as ``ip`` tells it."""
        return t.cast(Json, self.link(namespace, name)["linkinfo"].get("info_slave_data", {}))

    def addresses(self, namespace: str, interface: str) -> list[Json]:
        """All but the automatic link-local ones."""
        found = self.ip(namespace, "address", "show", "dev", interface)[0]["addr_info"]
        return [address for address in found if not state.is_automatic(address)]

    def peer(self, namespace: str, name: str) -> tuple[str, str]:
        """The namespace and the name of a veth's other end."""
        link = next(link for link in state.read(self._shell)[namespace]["links"] if link["ifname"] == name)
        return (link["peer"][0], link["peer"][1])

    def peer_of_index(self, namespace: str, name: str) -> str:
        """The name of the link of the own namespace that a veth's other end is; for labs too big to be read whole."""
        index = self.link(namespace, name)["link_index"]
        return next(t.cast(str, link["ifname"]) for link in self.ip(OWN, "link", "show") if link["ifindex"] == index)

    def namespaces(self) -> list[str]:
        """All that is in /run/netns."""
        return self._shell.do("ls -A1 /run/netns 2>/dev/null || :").splitlines()

    @staticmethod
    def _where(namespace: str) -> list[str]:
        return [] if namespace == OWN else ["-n", namespace]


def _questions(commands: list[str]) -> t.Iterator[str]:
    """For what ``ip`` does not tell of."""
    if any("/etc/netns" in command for command in commands):
        yield "cd /etc/netns; find . -type d | sort; find . -type f -exec cksum {} + | sort"
    for command in commands:
        words = shlex.split(command)
        if words[4:6] == ["sysctl", "-w"]:
            yield shlex.join([*words[:5], "-n", words[6].partition("=")[0]])


@contextlib.contextmanager
def process_in(namespace: str) -> t.Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing, inside a namespace."""
    child = subprocess.Popen(["nsenter", f"--net={RUN_DIR}/{namespace}", "sleep", "600"])
    try:
        inode = os.stat(f"{RUN_DIR}/{namespace}").st_ino
        assert eventually(lambda: os.stat(f"/proc/{child.pid}/ns/net").st_ino == inode)
        yield child
    finally:
        child.kill()
        child.wait()


def eventually(condition: t.Callable[[], t.Any], seconds: float = 5.0) -> bool:
    """Whether something becomes true that takes the kernel a moment."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
