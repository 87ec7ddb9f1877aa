# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the collection's time goes: profiles of its module and of ansible-playbook, for every phase of one lab."""

from __future__ import annotations

import io
import os
import pstats
import shutil
import subprocess
import sys
from pathlib import Path

LINES = 40


def profile(size: int, programs: Path, output: Path) -> None:
    """A folder for each phase, of which the first does nothing but ping."""
    folder = output / f"profile-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    sandbox = Path(__file__).resolve().parent.parent / "sandbox"
    session = [sys.executable, "-m", f"{__package__}.session", "collection", str(size), "1", str(programs), "1"]
    subprocess.run(
        [str(sandbox), *session],
        env={**os.environ, "NETNS_LAB_PROFILE": str(folder)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    for file in sorted(folder.glob("*/*.prof"), key=lambda found: found.stat().st_mtime):
        text = io.StringIO()
        stats = pstats.Stats(str(file), stream=text)
        for order in ("tottime", "cumtime"):
            stats.sort_stats(order).print_stats(LINES)
        file.with_suffix(".txt").write_text(text.getvalue())
        print(f"{file.with_suffix('.txt').relative_to(output)}: {_summary(text.getvalue())}")


def _summary(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if "function calls" in line), "")
