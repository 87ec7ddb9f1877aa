# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the checkout, for what follows no link or leaves something behind."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is no part of the source, or none that matters to others.
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "output", "*.tar.gz")


def copy_checkout(target: Path) -> None:
    """In the place of what is there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT, target, ignore=_LEFT_OUT)
