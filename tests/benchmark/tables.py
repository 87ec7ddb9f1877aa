# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results as Markdown: ratios first, because they carry over to other machines."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.tests.benchmark.measure import AGAIN, BUILD, CHANGE, PHASES, PING, REMOVE
from ansible_collections.netns.lab.tests.benchmark.results import COLLECTION, HOSTS, Median, Results

Rows = list[list[str]]
TITLES = {
    BUILD: "build",
    AGAIN: "run again, nothing to change",
    CHANGE: "change one address",
    REMOVE: "remove",
}
NOTHING = "–"


def markdown(results: Results, titles: t.Mapping[str, str], machine: str, notes: t.Sequence[str]) -> str:
    """``titles`` are the contenders' names by key, in order."""
    parts = [
        "# Benchmark",
        f"Measured on {machine}",
        "\n".join(f"- {note}" for note in notes),
        "## The budget",
        table(["1000 members, unless it says otherwise", "measured", "at most", ""], goals(results)),
        "## In multiples of the floor",
        "A second run is compared with the floor's build, because the floor cannot run again.",
        _by_phase(results, titles, lambda *key: times(results.to_floor(*key))),
        "## In multiples of this collection",
        _by_phase(results, titles, lambda *key: times(results.to_collection(*key))),
        "## Seconds",
        _by_phase(results, titles, lambda *key: _seconds(results, key)),
        _ping(results),
        "## Peak memory in MiB",
        "Of the process that had most of it, whatever else ran beside it.",
        _by_phase(results, titles, lambda *key: _cell(results, key, lambda found: number(found.peak_mib))),
        *_module(results),
        *_many_hosts(results),
        "## How often, and how far apart",
        "Runs, and the slowest of them in multiples of the fastest.",
        _by_phase(results, titles, lambda *key: _cell(results, key, spread)),
        *_reasons(results, titles),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: t.Sequence[str], rows: t.Sequence[t.Sequence[str]]) -> str:
    """Every column but the first aligned to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(cells: t.Sequence[str]) -> str:
        padded = [cells[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:]))]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * widths[0], *("-" * max(1, width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(head), line(rule), *(line(row) for row in rows)])


def number(value: float | None) -> str:
    """With as many digits as mean something."""
    if value is None:
        return NOTHING
    for digits, limit in ((3, 0.1), (2, 10.0), (1, 100.0)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:.0f}"


def times(value: float | None) -> str:
    return NOTHING if value is None else f"{number(value)} ×"


def spread(found: Median) -> str:
    if found.runs == 1:
        return "1"
    return f"{found.runs}, {times(found.slowest / found.fastest)}" if found.fastest else str(found.runs)


def goals(results: Results) -> Rows:
    verdicts = {True: "kept", False: "MISSED", None: "not measured"}
    return [
        [goal.text, f"{number(goal.measured)} {goal.unit}" if goal.measured is not None else NOTHING]
        + [f"{number(goal.limit)} {goal.unit}", verdicts[goal.met]]
        for goal in results.goals()
    ]


def _by_phase(results: Results, titles: t.Mapping[str, str], cell: t.Callable[[str, int, str], str]) -> str:
    sizes = results.sizes()
    rows = []
    for phase in PHASES:
        for key, title in titles.items():
            cells = [cell(key, size, phase) for size in sizes]
            if any(text != NOTHING for text in cells):
                rows.append([f"{TITLES[phase]}: {title}", *cells])
    return table(["members", *(str(size) for size in sizes)], rows) if rows else ""


def _cell(results: Results, key: tuple[str, int, str], text: t.Callable[[Median], str]) -> str:
    found = results.medians.get(key)
    return text(found) if found else NOTHING


def _seconds(results: Results, key: tuple[str, int, str]) -> str:
    if results.reasons.get(key) == "fails":
        return "fails"
    return _cell(results, key, lambda found: number(found.seconds))


def _ping(results: Results) -> str:
    known = [results.seconds(COLLECTION, size, PING) for size in results.sizes()]
    seconds = [value for value in known if value is not None]
    if not seconds:
        return ""
    return f"`ansible-playbook` with one `ping` task: {number(min(seconds))} s."


def _module(results: Results) -> list[str]:
    rows = []
    for phase in PHASES:
        found = [results.medians.get((COLLECTION, size, phase)) for size in results.sizes()]
        if any(found):
            rows.append([f"{TITLES[phase]}: seconds", *(number(one.module_seconds if one else None) for one in found)])
            rows.append([f"{TITLES[phase]}: MiB", *(number(one.module_peak_mib if one else None) for one in found)])
    if not rows:
        return []
    return [
        "## The collection's module alone",
        "The process on the managed node, from the start of Python to its end.",
        table(["members", *(str(size) for size in results.sizes())], rows),
    ]


def _many_hosts(results: Results) -> list[str]:
    ping = results.hosts(PING)
    if not ping:
        return []
    count = next(size for key, size, _phase in results.medians if key == HOSTS)
    rows = [["`ansible all -m ping`", times(1.0), number(ping.seconds), str(ping.runs)]]
    for phase in (BUILD, AGAIN, REMOVE):
        found = results.hosts(phase)
        if found:
            rows.append([TITLES[phase], times(results.to_ping(phase)), number(found.seconds), str(found.runs)])
    return [
        "## Many hosts",
        f"A lab of ten members on each of {count} hosts, over ssh, with a fork for each host, with pipelining and with"
        " connections that are open already, for ping as well.",
        table(["", "to ping", "seconds", "runs"], rows),
    ]


def _reasons(results: Results, titles: t.Mapping[str, str]) -> list[str]:
    told: dict[str, None] = {}
    for (contender, size, phase), reason in results.reasons.items():
        if reason != "fails":
            where = f" with {size} members" if reason.startswith(("needs", "broke")) and contender != HOSTS else ""
            what = f", {phase}" if reason.startswith("broke") else ""
            told[f"- {titles.get(contender, contender)}{where}{what}: {reason}"] = None
    return ["## What is not there", "\n".join(told)] if told else []
