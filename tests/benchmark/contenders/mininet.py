# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mininet with LinuxBridge, through its Python API. A network lives as long as its process, which is therefore told by
lines when to go on."""

from __future__ import annotations

import json
import subprocess
import time
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.benchmark import state
from ansible_collections.netns.lab.tests.benchmark.contenders.base import FOLDER, Contender
from ansible_collections.netns.lab.tests.benchmark.measure import AGAIN, BUILD, CHANGE, REMOVE, Failure, Sample

# Debian's package is for Debian's Python.
PYTHON = "/usr/bin/python3"
PTY_LIMIT = Path("/proc/sys/kernel/pty/max")
PTYS_OF_OTHERS = 64


class Mininet(Contender):
    key = "mininet"
    title = "Mininet, LinuxBridge"
    needs = ("mnexec", "brctl", "ifconfig")
    without: t.Mapping[str, str] = {AGAIN: "has no second run: the network ends with its process"}
    _process: subprocess.Popen[str] | None = None

    @classmethod
    def impossible(cls, size: int) -> str:
        limit = int(PTY_LIMIT.read_text()) if PTY_LIMIT.exists() else 0
        if size + PTYS_OF_OTHERS > limit:
            return f"needs a pseudo terminal for each member, and kernel.pty.max is {limit}"
        return ""

    @classmethod
    def runs(cls, size: int, wanted: int) -> int:
        return wanted if size <= 100 else 1

    def bridges(self) -> list[str]:
        return [f"s{at}" for at in range(1, len(self.layout.bridges) + 1)]

    def run(self, phase: str) -> Sample:
        start = time.monotonic()
        if phase == BUILD:
            self._start()
        else:
            self._say(phase)
        self._hear()
        peak = self._peak()
        if phase == REMOVE:
            self._say("end")
            assert self._process
            self._process.wait()
        return Sample(time.monotonic() - start, peak)

    def check(self, phase: str) -> None:
        if phase == REMOVE:
            return  # it has no names, and that the interfaces are gone is seen anyway
        first = self.layout.bridges[0]
        state.check_ports(self.layout, self.bridges())
        state.check_members(self.layout, self.interface, self.inside)
        state.check_bridge_address(self.bridges()[0], first.other_address if phase == CHANGE else first.address)

    def interface(self, member: int) -> str:
        return f"h{member}-eth0"

    def inside(self, member: int) -> list[str]:
        """A host is a shell that tells its name in its arguments."""
        wanted = f"mininet:h{member}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            if wanted in (process / "cmdline").read_bytes().split(b"\0"):
                return ["nsenter", f"--net={process / 'ns' / 'net'}", "ip"]
        raise Failure(f"there is no host h{member}")

    def close(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        bridges = [[bridge.net, bridge.members, bridge.address, bridge.other_address] for bridge in self.layout.bridges]
        with self.stopwatch.output.open("w") as errors:
            self._process = subprocess.Popen(
                [PYTHON, str(FOLDER / "mininet_network.py"), json.dumps(bridges)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=self.stopwatch.environment,
            )

    def _say(self, line: str) -> None:
        assert self._process and self._process.stdin
        print(line, file=self._process.stdin, flush=True)

    def _hear(self) -> None:
        assert self._process and self._process.stdout
        if not self._process.stdout.readline():
            raise Failure(f"Mininet ended: {self.stopwatch.last_words()}")

    def _peak(self) -> int:
        assert self._process
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
