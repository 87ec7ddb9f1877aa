# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the contenders have in common that ansible-playbook runs, and what it takes without a lab."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.netns.lab.tests.benchmark.contenders.base import FOLDER
from ansible_collections.netns.lab.tests.benchmark.measure import Failure, Sample, Stopwatch

PROBE = FOLDER / "probe"
PLAYBOOKS = FOLDER / "playbooks"


def command(playbook: str, variables: t.Mapping[str, t.Any]) -> list[str]:
    return ["ansible-playbook", "-i", "localhost,", "-c", "local", playbook, "-e", json.dumps(variables)]


def run(stopwatch: Stopwatch, playbook: str, variables: t.Mapping[str, t.Any], changed: bool | None) -> Sample:
    """Measures a playbook, and with it the processes of its modules: their time together, and their highest peak.

    They tell for themselves (probe/sitecustomize.py): seen from outside, the peak of a forked process includes that
    of ansible-playbook.
    """
    told = stopwatch.output.with_name("probe")
    told.unlink(missing_ok=True)
    environment = {"PYTHONPATH": str(PROBE), "NETNS_LAB_PROBE": str(told)}
    sample = stopwatch.run(command(playbook, variables), environment=environment)
    found = recap(stopwatch.output.read_text())
    if changed is not None and (found.get("changed", 0) > 0) != changed:
        raise Failure(f"{playbook} reports changed={found.get('changed')}")
    modules = [line.split() for line in told.read_text().splitlines()] if told.exists() else []
    if not modules:
        raise Failure("no module has told how long it took")
    return Sample(
        sample.seconds,
        sample.peak_kib,
        sum(float(seconds) for seconds, _peak in modules),
        max(int(peak) for _seconds, peak in modules),
    )


def ping(stopwatch: Stopwatch) -> Sample:
    """A play of one task that does nothing."""
    return run(stopwatch, str(PLAYBOOKS / "ping.yml"), {}, changed=False)


def recap(output: str) -> dict[str, int]:
    """The sums over all hosts in the last lines of a run."""
    sums: dict[str, int] = {}
    for word, count in re.findall(r"(\w+)=(\d+)", output.rpartition("PLAY RECAP")[2]):
        sums[word] = sums.get(word, 0) + int(count)
    return sums
