# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs Ansible as a user does, with this collection and without the settings of whoever tests."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT


def ansible(
    *arguments: str, by: t.Sequence[str] = (sys.executable,), cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """``arguments``: the program (playbook, doc, ...; of "ansible" itself an option or a host) and its own. ``by``: the
    Python that has Ansible, behind what it is run by."""
    return subprocess.run(
        [*by, "-m", "ansible", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ANSIBLE_CONFIG": str(ROOT / ".build" / "ansible.cfg"),
            "LC_ALL": "C.UTF-8",
            **environment,
        },
        check=False,
    )
