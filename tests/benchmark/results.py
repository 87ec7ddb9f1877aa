# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What many measurements come down to: medians, ratios, and whether the budget is kept."""

from __future__ import annotations

import statistics
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.tests.benchmark.measure import AGAIN, BUILD, CHANGE, PING, REMOVE, Record

FLOOR, COLLECTION, LAB, HOSTS = "floor", "collection", "lab", "hosts"
Key = tuple[str, int, str]
"""Contender, size, phase."""


@dataclass(frozen=True)
class Median:
    seconds: float
    fastest: float
    slowest: float
    runs: int
    peak_mib: float
    module_seconds: float | None = None
    module_peak_mib: float | None = None


@dataclass(frozen=True)
class Goal:
    text: str
    measured: float | None
    """None if that was not measured."""
    limit: float
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        return None if self.measured is None else self.measured <= self.limit


class Results:
    def __init__(self, records: t.Iterable[Record]) -> None:
        grouped: dict[Key, list[Record]] = {}
        for record in records:
            grouped.setdefault((record.contender, record.size, record.phase), []).append(record)
        self.medians = {key: median(found) for key, found in grouped.items() if any(one.sample for one in found)}
        self.reasons = {key: one.reason for key, found in grouped.items() for one in found if one.sample is None}

    def sizes(self) -> list[int]:
        return sorted({size for contender, size, _phase in self.medians | self.reasons if contender != HOSTS})

    def seconds(self, contender: str, size: int, phase: str) -> float | None:
        found = self.medians.get((contender, size, phase))
        return found.seconds if found else None

    def to_floor(self, contender: str, size: int, phase: str) -> float | None:
        """The floor cannot run again; a second run is compared with its build."""
        counterpart = BUILD if phase == AGAIN else phase
        return ratio(self.seconds(contender, size, phase), self.seconds(FLOOR, size, counterpart))

    def to_collection(self, contender: str, size: int, phase: str) -> float | None:
        return ratio(self.seconds(contender, size, phase), self.seconds(COLLECTION, size, phase))

    def hosts(self, phase: str) -> Median | None:
        found = (key for key in self.medians if key[0] == HOSTS and key[2] == phase)
        return next((self.medians[key] for key in found), None)

    def to_ping(self, phase: str) -> float | None:
        found, ping = self.hosts(phase), self.hosts(PING)
        return ratio(found.seconds, ping.seconds) if found and ping else None

    def broken(self) -> list[tuple[Key, str]]:
        return [(key, reason) for key, reason in self.reasons.items() if reason.startswith("broke")]

    def goals(self) -> list[Goal]:
        """The performance budget, for a thousand members unless it says otherwise."""
        member = (COLLECTION, 1000)
        built_in, again_in = self.seconds(*member, BUILD), self.seconds(*member, AGAIN)
        built = self.medians.get((*member, BUILD))
        peers = sorted({key for key, _size, _phase in self.medians} - {FLOOR, COLLECTION, LAB, HOSTS})
        return [
            Goal("build, to the floor's build", self.to_floor(*member, BUILD), 2.0),
            Goal("run again, to the floor's build", self.to_floor(*member, AGAIN), 1.25),
            Goal("change one address, to run again", ratio(self.seconds(*member, CHANGE), again_in), 1.1),
            Goal("remove, to the floor's remove", self.to_floor(*member, REMOVE), 2.0),
            Goal("as a graph: build, to the floor's build", self.to_floor(LAB, 1000, BUILD), 2.0),
            Goal("as a graph: run again, to the floor's build", self.to_floor(LAB, 1000, AGAIN), 1.25),
            Goal("as a graph: remove, to the floor's remove", self.to_floor(LAB, 1000, REMOVE), 2.0),
            Goal("build 3000, to build 1000", ratio(self.seconds(COLLECTION, 3000, BUILD), built_in), 3.5),
            Goal("peak memory of the module", _in_mb(built.module_peak_mib) if built else None, 150.0, "MB"),
            *(
                Goal(f"build {size}, to {peer}", self._to_peer(size, peer), 1.0)
                for size in (10, 100, 1000, 3000)
                for peer in peers
                if (size >= 100 or peer == "commands") and (peer, size, BUILD) in self.medians
            ),
            Goal("many hosts: build, to ping", self.to_ping(BUILD), 2.0),
            Goal("many hosts: run again, to ping", self.to_ping(AGAIN), 2.0),
            Goal("many hosts: remove, to ping", self.to_ping(REMOVE), 2.0),
        ]

    def _to_peer(self, size: int, peer: str) -> float | None:
        return ratio(self.seconds(COLLECTION, size, BUILD), self.seconds(peer, size, BUILD))


def median(records: t.Sequence[Record]) -> Median:
    samples = [record.sample for record in records if record.sample]
    seconds = [sample.seconds for sample in samples]
    return Median(
        seconds=statistics.median(seconds),
        fastest=min(seconds),
        slowest=max(seconds),
        runs=len(seconds),
        peak_mib=statistics.median(sample.peak_kib for sample in samples) / 1024,
        module_seconds=_median_of_known(sample.module_seconds for sample in samples),
        module_peak_mib=_in_mib(_median_of_known(sample.module_peak_kib for sample in samples)),
    )


def ratio(value: float | None, to: float | None) -> float | None:
    return value / to if value is not None and to else None


def _median_of_known(values: t.Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _in_mb(mib: float | None) -> float | None:
    return None if mib is None else mib * 2**20 / 1e6


def _in_mib(kib: float | None) -> float | None:
    return None if kib is None else kib / 1024
