# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""session.py CONTENDER SIZE RUN PROGRAMS PATIENCE

One contender builds one lab, runs again, changes it and takes it away, in a sandbox of its own. The last line that this
writes is what was measured, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from ansible_collections.netns.lab.tests.benchmark import quiet, state
from ansible_collections.netns.lab.tests.benchmark.contenders import CONTENDERS
from ansible_collections.netns.lab.tests.benchmark.contenders.base import Contender
from ansible_collections.netns.lab.tests.benchmark.layout import layout_of
from ansible_collections.netns.lab.tests.benchmark.measure import (
    AGAIN,
    PING,
    REMOVE,
    Failure,
    Record,
    Sample,
    Stopwatch,
)

PROFILE = "NETNS_LAB_PROFILE"


def measure(contender: Contender, phase: str) -> tuple[Sample | None, str]:
    """What a phase took, or why there is nothing to tell."""
    if phase in contender.without:
        return None, contender.without[phase]
    if phase == AGAIN and contender.fails_again:
        if not contender.refuses_again():
            raise Failure("a second run should have failed")
        return None, "fails"
    sample = contender.run(phase)
    if phase == REMOVE:
        # Some end before the interfaces are gone; nobody can build the lab again until they are.
        sample = sample.plus(state.wait_until_gone())
    if phase != PING:
        contender.check(phase)
    return sample, ""


def session(key: str, size: int, run: int, programs: Path, patience: float) -> list[Record]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stopwatch = Stopwatch(programs / "stopwatch", folder)
        contender = CONTENDERS[key](layout_of(size), stopwatch, folder, programs)
        records: list[Record] = []
        try:
            for phase in contender.phases():
                if PROFILE in os.environ:
                    stopwatch.environment[PROFILE] = str(Path(os.environ[PROFILE]) / phase)
                    Path(stopwatch.environment[PROFILE]).mkdir(parents=True)
                quiet.wait_for_quiet(patience)
                try:
                    sample, reason = measure(contender, phase)
                except Failure as e:
                    return [*records, Record(key, size, phase, run, None, f"broke: {e}")]
                records.append(Record(key, size, phase, run, sample, reason))
            return records
        finally:
            contender.close()


def main() -> None:
    key, size, run, programs, patience = sys.argv[1:]
    records = session(key, int(size), int(run), Path(programs), float(patience))
    print(json.dumps([record.as_json() for record in records]))


if __name__ == "__main__":
    main()
