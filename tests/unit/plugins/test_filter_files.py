# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible loads to find one filter: the files of all. And what a lab needs beside that."""

from __future__ import annotations

import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

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


READ = """
import sys
sys.path.insert(0, sys.argv[1])
from ansible_collections.netns.lab.plugins.filter.lab_part import FilterModule
lab_part = FilterModule().filters()["lab_part"]
nodes = {"h[1:3]": {"sysctls": {"net.ipv4.ip_default_ttl": 1}}, "sw": {"kind": "bridge"}, **eval(sys.argv[2])}
assert "h3" in lab_part({"lab_nodes": nodes, "lab_links": [["h[1:3]", "sw"]]}, "a", ["a"])["sections"]
found = sorted(name.rpartition("_resources.")[2] for name in sys.modules if "_resources." in name)
print([name for name in found if not name.startswith("_")])
"""


@pytest.mark.parametrize(
    ("more", "loaded"),
    [
        ({}, []),
        ({"b": {"kind": "bridge", "stp": True}}, ["bridge"]),
        ({"r": {"etc_files": {"a": "b"}}}, ["bridge", "netns"]),
    ],
    ids=["no options of modules", "of bridge", "of netns, looked for in all"],
)
def test_a_lab_loads_the_engine_files_of_what_it_names(more: dict[str, t.Any], loaded: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(ROOT / ".build"), repr(more)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (f"{loaded}\n", "")


def test_the_files_of_filters_load_nothing_else_of_the_collection() -> None:
    names = sorted(file.stem for file in ROOT.glob("plugins/filter/[!_]*.py"))
    assert len(names) > 5
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(ROOT / ".build"), *names], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
