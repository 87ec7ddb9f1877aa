# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.netns.lab.tests.benchmark.measure import Record, Sample
from ansible_collections.netns.lab.tests.benchmark.results import Goal, Results


def record(
    contender: str, size: int, phase: str, seconds: float, run: int = 1, module_mib: int | None = None
) -> Record:
    peak = None if module_mib is None else module_mib * 1024
    return Record(contender, size, phase, run, Sample(seconds, 2048, None if peak is None else seconds / 2, peak))


def goal(results: Results, text: str) -> Goal:
    (found,) = (goal for goal in results.goals() if goal.text == text)
    return found


def test_the_middle_of_several_runs_counts_and_the_outer_ones_are_kept() -> None:
    runs = [record("floor", 10, "build", seconds, run) for run, seconds in enumerate((9.0, 1.0, 2.0), start=1)]
    found = Results(runs).medians["floor", 10, "build"]
    assert (found.seconds, found.fastest, found.slowest, found.runs, found.peak_mib) == (2.0, 1.0, 9.0, 3, 2.0)
    assert found.module_seconds is None and found.module_peak_mib is None


def test_the_module_has_medians_of_its_own() -> None:
    runs = [record("collection", 10, "build", float(run), run, module_mib=run * 10) for run in (1, 2, 3)]
    found = Results(runs).medians["collection", 10, "build"]
    assert (found.module_seconds, found.module_peak_mib) == (1.0, 20.0)


def test_the_same_lab_as_a_graph_has_the_same_budget_and_is_no_peer() -> None:
    runs = [record("floor", 1000, "build", 2.0), record("floor", 1000, "remove", 1.0)]
    took = {"build": 5.0, "again": 2.0, "remove": 2.0}
    runs += [record("lab", 1000, phase, seconds) for phase, seconds in took.items()]
    results = Results(runs)
    found = [one for one in results.goals() if one.text.startswith("as a graph: ")]
    assert [(one.measured, one.met) for one in found] == [(2.5, False), (1.0, True), (2.0, True)]
    assert not any("to lab" in one.text for one in results.goals())


def test_a_second_run_is_compared_with_the_build_of_the_floor() -> None:
    results = Results([record("floor", 10, "build", 2.0), record("collection", 10, "again", 3.0)])
    assert results.to_floor("collection", 10, "again") == 1.5
    assert results.to_floor("collection", 10, "build") is None
    assert results.to_collection("floor", 10, "build") is None


def test_the_budget_knows_what_is_kept_missed_and_not_measured() -> None:
    results = Results(
        [
            record("floor", 1000, "build", 2.0),
            record("floor", 1000, "remove", 1.0),
            record("collection", 1000, "build", 4.0, module_mib=144),
            record("collection", 1000, "again", 2.0),
            record("collection", 1000, "change", 2.3),
            record("collection", 3000, "build", 13.0),
            record("batch", 1000, "build", 10.0),
            record("hosts", 20, "ping", 2.0),
            record("hosts", 20, "build", 3.0),
        ]
    )
    verdicts = {goal.text: goal.met for goal in results.goals()}
    assert verdicts == {
        "build, to the floor's build": True,
        "run again, to the floor's build": True,
        "change one address, to run again": False,
        "remove, to the floor's remove": None,
        "as a graph: build, to the floor's build": None,
        "as a graph: run again, to the floor's build": None,
        "as a graph: remove, to the floor's remove": None,
        "build 3000, to build 1000": True,
        "peak memory of the module": False,
        "build 1000, to batch": True,
        "many hosts: build, to ping": True,
        "many hosts: run again, to ping": None,
        "many hosts: remove, to ping": None,
    }
    assert goal(results, "build 3000, to build 1000").measured == 3.25


def test_only_what_ansible_drives_is_a_rival_at_ten_members() -> None:
    results = Results([record(key, 10, "build", 1.0) for key in ("collection", "batch", "commands", "shell")])
    assert [found.text for found in results.goals() if found.text.startswith("build 10,")] == ["build 10, to commands"]


def test_the_hosts_are_no_size_of_a_lab() -> None:
    assert Results([record("floor", 10, "build", 1.0), record("hosts", 20, "ping", 1.0)]).sizes() == [10]


def test_what_cannot_be_measured_keeps_its_reason() -> None:
    results = Results(
        [Record("shell", 10, "again", 1, None, "fails"), Record("mininet", 10, "build", 1, None, "broke: no pty")]
    )
    assert not results.medians
    assert results.broken() == [(("mininet", 10, "build"), "broke: no pty")]


@pytest.mark.parametrize("found", [record("floor", 10, "build", 1.0), Record("shell", 10, "again", 2, None, "fails")])
def test_records_survive_their_way_out_of_the_sandbox(found: Record) -> None:
    assert Record.from_json(json.loads(json.dumps(found.as_json()))) == found
