# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netns.lab.tests.benchmark import machine, tables
from ansible_collections.netns.lab.tests.benchmark.measure import Record, Sample
from ansible_collections.netns.lab.tests.benchmark.results import Results

TITLES = {"floor": "the floor", "collection": "this collection", "shell": "a shell"}


def text_of(*records: Record) -> str:
    return tables.markdown(Results(records), TITLES, "a machine.", ["A note."])


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0042, "0.004"), (0.25, "0.25"), (2.0, "2.00"), (12.34, "12.3"), (123.4, "123"), (1500.0, "1500")],
)
def test_numbers_have_the_digits_that_mean_something(value: float | None, text: str) -> None:
    assert tables.number(value) == text


def test_a_table_is_aligned_and_has_a_rule_below_its_head() -> None:
    assert tables.table(["a", "long"], [["b", "1"], ["longer", "22"]]).splitlines() == [
        "| a      | long |",
        "| ------ | ---: |",
        "| b      |    1 |",
        "| longer |   22 |",
    ]


def test_ratios_come_before_seconds_and_gaps_are_left_out() -> None:
    text = text_of(
        Record("floor", 10, "build", 1, Sample(0.5, 1024)),
        Record("collection", 10, "build", 1, Sample(1.0, 2048, 0.4, 1024)),
        Record("collection", 100, "build", 1, Sample(2.0, 2048, 0.4, 1024)),
    )
    assert text.index("multiples of the floor") < text.index("multiples of this collection") < text.index("## Seconds")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    assert ["members", "10", "100"] in rows
    assert ["build: this collection", "2.00 ×", "–"] in rows
    assert ["build: this collection", "1.00", "2.00"] in rows
    assert not any("remove: " in line for line in text.splitlines())


def test_who_cannot_run_again_fails_in_the_table_of_seconds_alone() -> None:
    text = text_of(
        Record("shell", 10, "build", 1, Sample(0.5, 1024)),
        Record("shell", 10, "again", 1, None, "fails"),
    )
    assert text.count("fails") == 1
    assert "What is not there" not in text


def test_reasons_are_told_once() -> None:
    told = "measured with 10 members only"
    text = text_of(
        Record("shell", 100, "build", 1, None, told),
        Record("shell", 1000, "build", 1, None, told),
        Record("floor", 1000, "build", 1, None, "broke: no memory"),
    )
    assert text.count(told) == 1
    assert "- the floor with 1000 members, build: broke: no memory" in text


def test_a_budget_that_is_not_kept_is_easy_to_see() -> None:
    text = text_of(
        Record("floor", 1000, "build", 1, Sample(1.0, 1024)),
        Record("collection", 1000, "build", 1, Sample(9.0, 1024)),
    )
    (line,) = (line for line in text.splitlines() if line.startswith("| build, to the floor's build"))
    assert "9.00 ×" in line and "MISSED" in line


def test_the_spread_is_told_where_there_are_several_runs() -> None:
    text = text_of(*(Record("floor", 10, "build", run, Sample(float(run), 1024)) for run in (1, 2, 3)))
    assert "3, 3.00 ×" in text


def test_the_machine_is_described_without_its_name() -> None:
    described = machine.describe()
    words = machine.in_words(described)
    assert words.startswith(described["processors"] + " processors, ")
    assert described["kernel"].startswith("Linux ") and described["kernel"][6:].replace(".", "").isdigit()
    assert "/" not in words.replace("GNU/Linux", "")
