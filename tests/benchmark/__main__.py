# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures how long labs take to build, to run again, to change and to remove, with this collection and with others,
and writes tables and a plot. Run it with `make bench`; it hands on ARGS."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
import typing as t
from dataclasses import asdict
from pathlib import Path

from ansible_collections.netns.lab.tests.benchmark import machine, many_hosts, profiling, quiet, tables
from ansible_collections.netns.lab.tests.benchmark.contenders import CONTENDERS
from ansible_collections.netns.lab.tests.benchmark.layout import layout_of
from ansible_collections.netns.lab.tests.benchmark.measure import BUILD, Record
from ansible_collections.netns.lab.tests.benchmark.results import Results

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
OUTPUT = ROOT / "tests" / "output" / "benchmark"
SANDBOX = ROOT / "tests" / "sandbox"
SANDBOX_IMPOSSIBLE = 77
PACKAGE = "ansible_collections.netns.lab.tests.benchmark"
TITLES = {key: contender.title for key, contender in CONTENDERS.items()}
KEYS = [*CONTENDERS, many_hosts.KEY]


def arguments(argv: t.Sequence[str]) -> argparse.Namespace:
    def numbers(text: str) -> list[int]:
        sizes = [int(word) for word in text.split(",")]
        for size in sizes:
            layout_of(size)
        return sizes

    def keys(text: str) -> list[str]:
        found = text.split(",")
        unknown = sorted(set(found) - set(KEYS))
        if unknown:
            raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(KEYS)}")
        return found

    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=numbers, default=[10, 100, 1000, 3000], help="members: %(default)s")
    parser.add_argument("--runs", type=int, default=3, help="of each, fewer of slow ones: %(default)s")
    parser.add_argument("--contenders", type=keys, default=KEYS, help=f"some of {','.join(KEYS)}")
    parser.add_argument("--hosts", type=int, default=20, help="how many hosts over ssh: %(default)s")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder for the results")
    parser.add_argument(
        "--patience", type=float, default=20, help="most seconds to wait for idle processors before each measurement"
    )
    parser.add_argument("--profile", action="store_true", help="profile the collection instead")
    return parser.parse_args(argv)


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.records: list[Record] = []
        self.programs: Path = options.output / "programs"
        self.machine = machine.describe()

    def compile(self) -> None:
        self.programs.mkdir(parents=True, exist_ok=True)
        for name in ("stopwatch", "floor"):
            command = ["cc", "-O2", "-Wall", "-Wextra", "-o", str(self.programs / name), str(FOLDER / f"{name}.c")]
            subprocess.run(command, check=True)

    def run(self) -> None:
        for run in range(1, self.options.runs + 1):
            for size in self.options.sizes:
                for key in self._turn(run):
                    self._measure(key, size, run)
        if many_hosts.KEY in self.options.contenders:
            self._measure_hosts()

    def _turn(self, run: int) -> list[str]:
        """Who is first takes turns, so that nobody always runs on what another has left behind."""
        keys = [key for key in CONTENDERS if key in self.options.contenders]
        shift = run % len(keys) if keys else 0
        return keys[shift:] + keys[:shift]

    def _measure(self, key: str, size: int, run: int) -> None:
        contender = CONTENDERS[key]
        missing = contender.missing()
        reason = f"left out, because there is no {', '.join(missing)}" if missing else contender.impossible(size)
        if reason:
            if run == 1:
                self._add([Record(key, size, BUILD, run, None, reason)])
        elif run <= contender.runs(size, self.options.runs):
            self._add(self._session("session", key, size, run, self.programs, self.options.patience))

    def _measure_hosts(self) -> None:
        count = self.options.hosts
        missing = [program for program in many_hosts.NEEDS if shutil.which(program) is None]
        if missing:
            reason = f"left out, because there is no {', '.join(missing)}"
        elif not many_hosts.may_run_sshd():
            reason = many_hosts.NEEDS_ROOT
        else:
            rest = (count, self.options.runs, self.programs, self.options.patience)
            self._add(self._session("many_hosts", *rest))
            return
        self._add([Record(many_hosts.KEY, count, BUILD, 0, None, reason)])

    def _session(self, name: str, *words: object) -> list[Record]:
        subprocess.run([str(SANDBOX), str(FOLDER / "settle")], check=True)
        done = in_sandbox(name, *words)
        if done.returncode:
            raise SystemExit(f"{name} {' '.join(map(str, words))} ended with {done.returncode}")
        return [Record.from_json(found) for found in json.loads(done.stdout.splitlines()[-1])]

    def _add(self, records: list[Record]) -> None:
        self.records += records
        first = records[0]
        told = ", ".join(
            f"{record.phase} {record.sample.seconds:.2f} s" if record.sample else f"{record.phase}: {record.reason}"
            for record in records
        )
        print(f"{first.contender} {first.size}, run {first.run}: {told}", flush=True)
        self.write()  # so that a run that is interrupted has told what it knew

    def write(self) -> str:
        results = Results(self.records)
        folder: Path = self.options.output
        found = {
            "machine": self.machine,
            "titles": {key: title for key, title in TITLES.items() if key in self.options.contenders},
            "medians": [
                {"contender": key, "size": size, "phase": phase, **asdict(median)}
                for (key, size, phase), median in results.medians.items()
            ],
            "goals": [{**asdict(goal), "met": goal.met} for goal in results.goals()],
            "records": [record.as_json() for record in self.records],
        }
        (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n")
        text = tables.markdown(results, TITLES, machine.in_words(self.machine), NOTES)
        (folder / "results.md").write_text(text)
        return text

    def plot(self) -> None:
        python = OUTPUT / "environment" / "bin" / "python"
        if not python.exists():
            print("There is no plot, because matplotlib could not be installed.")
            return
        folder = self.options.output
        subprocess.run([str(python), str(FOLDER / "plot.py"), str(folder / "results.json"), str(folder)], check=True)


NOTES = (
    "A lab is so many namespaces, each with lo and one veth pair up and with one IPv4 address, on a bridge that is up"
    " and has an address; 3000 members are on three bridges.",
    "Whole processes, from start to end, one after the other. Removing lasts until the kernel has let go of all"
    " interfaces, whether the contender waits for that or not.",
    "Each contender and size has a sandbox of its own, in which the lab is built, built again, changed (the bridge gets"
    " another address) and removed; before each of them the kernel has finished with the one before. What is there is"
    " checked afterwards.",
    "`ansible-playbook` has its default settings and a local connection. Mininet's times are those of its Python API in"
    " one process, the start of Python included; its hosts have shells instead of names.",
)


def in_sandbox(name: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [str(SANDBOX), sys.executable, "-m", f"{PACKAGE}.{name}", *map(str, words)]
    return subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False)


def main() -> int:
    options = arguments(sys.argv[1:])
    options.output = options.output.resolve()
    if subprocess.run([str(SANDBOX), "true"], check=False).returncode == SANDBOX_IMPOSSIBLE:
        return SANDBOX_IMPOSSIBLE
    bench = Bench(options)
    bench.compile()
    if options.profile:
        for size in options.sizes:
            profiling.profile(size, bench.programs, options.output)
        return 0
    if not quiet.wait_for_quiet(2):
        print("The processors are busy with something else. What is measured now says little.", flush=True)
    start = time.monotonic()
    bench.run()
    print("\n" + bench.write())
    bench.plot()
    print(f"All of it took {(time.monotonic() - start) / 60:.1f} minutes.")
    return 1 if Results(bench.records).broken() else 0


if __name__ == "__main__":
    sys.exit(main())
