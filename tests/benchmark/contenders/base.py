# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a contender is."""

from __future__ import annotations

import shutil
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.benchmark import state
from ansible_collections.netns.lab.tests.benchmark.layout import Bridge, Layout
from ansible_collections.netns.lab.tests.benchmark.measure import (
    AGAIN,
    BUILD,
    CHANGE,
    PHASES,
    REMOVE,
    Sample,
    Stopwatch,
)

FOLDER = Path(__file__).resolve().parent.parent


class Contender:
    """One way to build a lab. An object is for one lab in one sandbox."""

    key: str
    title: str
    needs: tuple[str, ...] = ()
    """Programs."""
    fails_again = False
    """Whether a second run fails because the lab is there."""
    without: t.Mapping[str, str] = {}
    """Phases that there are not, each with the reason."""

    def __init__(self, layout: Layout, stopwatch: Stopwatch, folder: Path, built: Path) -> None:
        self.layout = layout
        self.stopwatch = stopwatch
        self.folder = folder
        """For what it has to write; outside of what is measured."""
        self.built = built
        """Where the compiled programs are."""

    @classmethod
    def missing(cls) -> list[str]:
        return [program for program in cls.needs if shutil.which(program) is None]

    @classmethod
    def impossible(cls, size: int) -> str:
        """Why it cannot build so large a lab, or nothing."""
        return ""

    @classmethod
    def runs(cls, size: int, wanted: int) -> int:
        """How often it is measured: less if it is so slow that its spread does not matter."""
        return wanted

    def phases(self) -> tuple[str, ...]:
        return PHASES

    def run(self, phase: str) -> Sample:
        raise NotImplementedError

    def refuses_again(self) -> bool:
        raise NotImplementedError

    def close(self) -> None:
        """Ends what is still running."""

    # -- what it calls things

    def bridges(self) -> list[str]:
        return [bridge.name for bridge in self.layout.bridges]

    def interface(self, member: int) -> str:
        """Of a member, counted over all bridges from 1."""
        return "eth0"

    def inside(self, member: int) -> list[str]:
        """`ip` as it works in its namespace."""
        return ["ip", "-n", self.layout.namespaces[member - 1]]

    # -- whether it did what it was asked

    def check(self, phase: str) -> None:
        first = self.layout.bridges[0]
        if phase in (BUILD, AGAIN):
            state.check_ports(self.layout, self.bridges())
            state.check_names(self.layout)
            state.check_members(self.layout, self.interface, self.inside)
            state.check_bridge_address(self.bridges()[0], first.address)
        elif phase == CHANGE:
            state.check_ports(self.layout, self.bridges())
            state.check_bridge_address(self.bridges()[0], first.other_address)
        elif phase == REMOVE:
            state.check_no_names()


class Script(Contender):
    """A shell script for each phase, written beforehand."""

    fails_again = True
    shell: t.ClassVar[list[str]] = ["sh", "-e"]

    def run(self, phase: str) -> Sample:
        return self.stopwatch.run([*self.shell, self._file(phase)])

    def refuses_again(self) -> bool:
        return self.stopwatch.fails([*self.shell, self._file(BUILD)])

    def script(self, phase: str, bridge: Bridge) -> str:
        raise NotImplementedError

    def _file(self, phase: str) -> str:
        # One thing is changed, not one for every bridge.
        bridges = self.layout.bridges[:1] if phase == CHANGE else self.layout.bridges
        file = self.folder / f"{phase}.sh"
        file.write_text("".join(self.script(phase, bridge) for bridge in bridges))
        return str(file)
