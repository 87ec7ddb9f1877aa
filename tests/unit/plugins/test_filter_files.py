# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible loads to find one filter: the files of all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

LOAD = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
names = sys.argv[2:]
found = {}
for name in names:
    module = importlib.import_module(f"ansible_collections.netns.lab.plugins.filter.{name}")
    found.update(module.FilterModule().filters())
assert sorted(found) == sorted(names), found
print(sorted(name for name in sys.modules if ".plugins.plugin_utils" in name or ".plugins.module_utils" in name))
"""


def test_the_files_of_filters_load_nothing_else_of_the_collection() -> None:
    names = sorted(file.stem for file in ROOT.glob("plugins/filter/[!_]*.py"))
    assert len(names) > 5
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(ROOT / ".build"), *names], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
