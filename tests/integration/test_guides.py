# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""README and the guides in docs/ do what they say."""

from __future__ import annotations

import os
import shutil
import subprocess
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.guide import Reader, blocks
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT

GUIDES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
# Where guides put something that no sandbox keeps to itself. FRR keeps its diary in the first, by process IDs.
FOLDERS = ["/var/tmp", "/usr/local/sbin"]


@pytest.fixture
def reader(lab: Lab, tmp_path: Path) -> t.Iterator[Reader]:
    for folder in FOLDERS:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
    files = {folder: set(Path("/etc", folder).glob("*")) for folder in ("netns", "frr", "netns-lab")}
    # A host on which systemd has started: it has this folder.
    os.makedirs("/run/systemd/system")
    yield Reader(tmp_path)
    shutil.rmtree("/run/systemd")
    lab.alone("for node in $(ip netns list | cut -d ' ' -f 1); do ip netns pids $node; done | xargs -r kill")
    for folder in FOLDERS:
        subprocess.run(["umount", "--lazy", folder], check=True)
    for name, before in files.items():
        for left in set(Path("/etc", name).glob("*")) - before:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.mark.patience
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_does_what_it_says(reader: Reader, guide: Path) -> None:
    if not os.path.isdir("/etc/netns"):
        pytest.skip("/etc is the machine's own here, and has no netns")
    resolver = Path("/etc/resolv.conf").read_bytes()
    for block in blocks(guide):
        reader.follow(block)
    assert Path("/etc/resolv.conf").read_bytes() == resolver
    if reader.lacking:
        pytest.skip(f"all but what needs {', '.join(sorted(reader.lacking))} was done")
