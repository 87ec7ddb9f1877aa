# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits until the kernel has finished what is no longer in the way of anybody but would slow the next measurement."""

from __future__ import annotations

import time
from pathlib import Path

IDLE = 0.9
"""The share of all processors' time that has to be idle."""
GLANCE = 0.3


def wait_for_quiet(patience: float) -> bool:
    """Whether the processors have become idle. A lab that has just been built is not done: its interfaces look for
    others with their IPv6 addresses, and bridges hand that on to all their ports."""
    deadline = time.monotonic() + patience
    idle, total = _ticks()
    while True:
        time.sleep(GLANCE)
        idle_now, total_now = _ticks()
        if total_now > total and (idle_now - idle) / (total_now - total) >= IDLE:
            return True
        if time.monotonic() > deadline:
            return False
        idle, total = idle_now, total_now


def _ticks() -> tuple[int, int]:
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return fields[3] + fields[4], sum(fields)
