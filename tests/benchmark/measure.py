# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One measurement, and how a command is measured."""

from __future__ import annotations

import os
import subprocess
import typing as t
from dataclasses import asdict, dataclass
from pathlib import Path

BUILD, AGAIN, CHANGE, REMOVE = "build", "again", "change", "remove"
PHASES = (BUILD, AGAIN, CHANGE, REMOVE)
# What ansible-playbook takes to do nothing.
PING = "ping"


class Failure(Exception):
    """A contender that cannot do what it is asked; the text says why."""


@dataclass(frozen=True)
class Sample:
    seconds: float
    peak_kib: int
    """Of the process that had most."""
    module_seconds: float | None = None
    module_peak_kib: int | None = None

    def plus(self, seconds: float) -> Sample:
        return Sample(self.seconds + seconds, self.peak_kib, self.module_seconds, self.module_peak_kib)


@dataclass(frozen=True)
class Record:
    """A sample with what it is one of."""

    contender: str
    size: int
    phase: str
    run: int
    sample: Sample | None
    """None if there is nothing to measure; then there is a reason."""
    reason: str = ""

    def as_json(self) -> dict[str, t.Any]:
        return asdict(self)

    @staticmethod
    def from_json(found: dict[str, t.Any]) -> Record:
        sample = found["sample"]
        return Record(**{**found, "sample": None if sample is None else Sample(**sample)})


class Stopwatch:
    """Runs commands as a user's shell would, with nothing of the benchmark's own environment."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._times = folder / "stopwatch"
        self.output = folder / "output"
        """What the last command wrote."""
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(
        self, command: t.Sequence[str], script: str | None = None, environment: t.Mapping[str, str] | None = None
    ) -> Sample:
        """Measures a command that must succeed. It reads the script, if there is one."""
        status = self._start(command, script, environment or {})
        if status:
            raise Failure(f"{' '.join(command[:2])} ended with {status}: {self.last_words()}")
        seconds, peak = self._times.read_text().split()
        return Sample(float(seconds), int(peak))

    def fails(self, command: t.Sequence[str], script: str | None = None) -> bool:
        return self._start(command, script, {}) != 0

    def last_words(self) -> str:
        lines = self.output.read_text(errors="replace").splitlines()
        told = [line for line in lines if "rror" in line or "fatal" in line] or lines
        return " / ".join(line.strip() for line in told[-3:])[-600:]

    def _start(self, command: t.Sequence[str], script: str | None, environment: t.Mapping[str, str]) -> int:
        # Through a file, because a pipe would keep a writer waiting for its reader.
        source = self.output.with_name("script")
        source.write_text(script or "")
        with source.open() as stdin, self.output.open("w") as stdout:
            return subprocess.run(
                [str(self._program), str(self._times), *command],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                env={**self.environment, **environment},
                check=False,
            ).returncode
