# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import VARIABLES, read_lab
from ansible_collections.netns.lab.tests.benchmark import __main__ as main
from ansible_collections.netns.lab.tests.benchmark.contenders import CONTENDERS
from ansible_collections.netns.lab.tests.benchmark.contenders.ansible import recap
from ansible_collections.netns.lab.tests.benchmark.contenders.base import Script
from ansible_collections.netns.lab.tests.benchmark.contenders.batch import Batch
from ansible_collections.netns.lab.tests.benchmark.contenders.lab import LabRole
from ansible_collections.netns.lab.tests.benchmark.contenders.shell import Shell
from ansible_collections.netns.lab.tests.benchmark.layout import layout_of
from ansible_collections.netns.lab.tests.benchmark.measure import Stopwatch


def script(kind: type[Script], phase: str, size: int, folder: Path) -> str:
    contender = kind(layout_of(size), Stopwatch(folder / "stopwatch", folder), folder, folder)
    return Path(contender._file(phase)).read_text()


def test_the_sums_of_a_recap_are_over_all_hosts() -> None:
    output = "changed=7\nPLAY RECAP ***\na : ok=1 changed=1 failed=0\nb : ok=1 changed=1 failed=0\n"
    assert recap(output) == {"ok": 2, "changed": 2, "failed": 0}


@pytest.mark.parametrize("kind", [Batch, Shell])
def test_a_script_changes_one_thing_however_many_bridges_there_are(kind: type[Script], tmp_path: Path) -> None:
    text = script(kind, "change", 3000, tmp_path)
    assert "10.1.255.253/16" in text and "10.2." not in text


def test_a_batch_names_every_member_once_as_a_namespace_and_once_as_a_pair(tmp_path: Path) -> None:
    text = script(Batch, "build", 3000, tmp_path)
    assert text.count("netns add ") == text.count("type veth ") == text.count("address add ") - 3 == 3000


@pytest.mark.parametrize("size", [10, 3000])
def test_as_a_graph_it_is_the_same_lab(size: int, tmp_path: Path) -> None:
    layout = layout_of(size)
    contender = LabRole(layout, Stopwatch(tmp_path / "stopwatch", tmp_path), tmp_path, tmp_path)
    _playbook, variables = contender._definition("build")
    lab = read_lab({name: value for name, value in variables.items() if name in VARIABLES})
    assert [node.namespace for node in lab.nodes.values() if not node.is_bridge] == layout.namespaces
    assert [str(node.addresses[0]) for node in lab.nodes.values() if node.is_bridge] == [
        bridge.address for bridge in layout.bridges
    ]
    assert [str(end.addresses[0]) for segment in lab.segments for end in segment.ends] == [
        bridge.member_address(number) for bridge in layout.bridges for number in bridge.numbers()
    ]


def test_contenders_are_known_by_their_keys() -> None:
    assert {key: contender.key for key, contender in CONTENDERS.items()} == {key: key for key in CONTENDERS}


def test_looped_tasks_are_for_ten_members_alone() -> None:
    assert not CONTENDERS["commands"].impossible(10)
    assert "10 members only" in CONTENDERS["commands"].impossible(100)


def test_slow_contenders_are_measured_less_often() -> None:
    assert [CONTENDERS["shell"].runs(size, 3) for size in (10, 100, 1000)] == [3, 3, 1]
    assert CONTENDERS["collection"].runs(3000, 3) == 3


def test_arguments_narrow_the_benchmark() -> None:
    options = main.arguments(["--sizes", "10,100", "--runs", "1", "--contenders", "collection,floor"])
    assert (options.sizes, options.runs, options.contenders) == ([10, 100], 1, ["collection", "floor"])


@pytest.mark.parametrize("wrong", [["--sizes", "5000"], ["--sizes", "ten"], ["--contenders", "nobody"]])
def test_arguments_that_mean_nothing_are_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        main.arguments(wrong)


def test_everyone_is_first_in_turn() -> None:
    bench = main.Bench(main.arguments(["--contenders", "floor,collection,batch"]))
    turns = [bench._turn(run) for run in (1, 2, 3)]
    assert {turn[0] for turn in turns} == {"floor", "collection", "batch"}
    assert all(sorted(turn) == ["batch", "collection", "floor"] for turn in turns)
