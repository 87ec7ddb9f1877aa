# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""plot.py RESULTS FOLDER

Draws time against members, one picture for each phase side by side, into FOLDER/plot.svg and plot.png. Needs nothing of
the benchmark, because matplotlib is in an environment of its own.
"""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

import matplotlib  # type: ignore[import-not-found]

matplotlib.use("Agg")
# So that the same results give the same file, with text that can be read and found.
matplotlib.rcParams.update({"svg.hashsalt": "netns.lab", "svg.fonttype": "none", "font.size": 9})

import matplotlib.pyplot as plt  # type: ignore[import-not-found]  # noqa: E402

PHASES = {"build": "Build", "again": "Run again", "change": "Change one address", "remove": "Remove"}
MARKERS = "osD^vX"


def draw(medians: list[dict[str, t.Any]], titles: dict[str, str], folder: Path) -> None:
    figure, axes = plt.subplots(2, 2, figsize=(10, 8), layout="constrained", sharex=True, sharey=True)
    for (phase, name), plot in zip(PHASES.items(), axes.flat):
        for at, (key, title) in enumerate(titles.items()):
            found = sorted(
                (one["size"], one["seconds"]) for one in medians if one["contender"] == key and one["phase"] == phase
            )
            if found:
                label = title.replace("`", "")
                plot.plot(*zip(*found), marker=MARKERS[at % len(MARKERS)], color=f"C{at}", label=label)
        plot.set(title=name, xscale="log", yscale="log")
        plot.grid(True, which="major", alpha=0.4)
    ticks = sorted({one["size"] for one in medians if one["contender"] in titles})
    axes[0][0].set_xticks(ticks, [str(size) for size in ticks], minor=False)
    axes[0][0].minorticks_off()
    for plot in axes[1]:
        plot.set_xlabel("members")
    for plot in axes[:, 0]:
        plot.set_ylabel("seconds, whole process")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(folder / "plot.svg", metadata={"Date": None})
    figure.savefig(folder / "plot.png", dpi=150)


def main() -> None:
    results, folder = sys.argv[1:]
    found = json.loads(Path(results).read_text())
    draw(found["medians"], found["titles"], Path(folder))


if __name__ == "__main__":
    main()
