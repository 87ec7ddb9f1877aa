# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of the kernel, and what is not, so that it loads nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _abilities
from ansible_collections.netns.lab.plugins.module_utils._abilities import Kernel
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_qdisc import _MISSING

RELEASE = "6.1.0"
NETEM = _abilities.QDISCS["netem"]


def never() -> bool:
    raise AssertionError("this would load the module")


def machine(root: Path, **files: str) -> Kernel:
    """A machine with these files."""
    paths = {
        "config": "proc/config.gz",
        "boot": f"boot/config-{RELEASE}",
        "dep": f"lib/modules/{RELEASE}/modules.dep",
        "modules": "proc/modules",
        "loaded": "sys/module/sch_netem/refcnt",
    }
    for name, content in files.items():
        path = root / paths[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode()
        path.write_bytes(gzip.compress(data) if name == "config" else data)
    return Kernel(str(root), RELEASE)


DEP = "kernel/net/sched/sch_netem.ko.xz: kernel/a.ko\nkernel/net/bridge/bridge.ko: kernel/net/llc.ko\n"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"config": "CONFIG_NET_SCH_NETEM=m\n"},
        {"modules": "", "config": "CONFIG_NET_SCH_NETEM=y\n"},
        {"modules": "", "config": "# CONFIG_NET_SCH_NETEM is not set\n"},
        {"modules": "", "boot": "CONFIG_NET_SCH_NETEM=y\n"},
        {"modules": "", "dep": "kernel/net/bridge/bridge.ko:\n"},
        # The package with the module is not installed.
        {"modules": "", "config": "CONFIG_NET_SCH_NETEM=m\n", "dep": "kernel/net/bridge/bridge.ko:\n"},
        {"modules": "", "config": "CONFIG_NET_SCH_NETEM=m\n", "loaded": "1"},
        {"modules": "", "dep": DEP, "loaded": "1"},
    ],
)
@pytest.mark.parametrize("can", [True, False])
def test_it_is_tried_where_nothing_can_be_loaded(tmp_path: Path, files: dict[str, str], can: bool) -> None:
    assert machine(tmp_path, **files).has(*NETEM, lambda: can) is can


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"modules": "", "dep": DEP}, True),
        ({"modules": "", "config": "CONFIG_NET_SCH_NETEM=m\n", "dep": DEP}, True),
        # A container has no files of the machine's.
        ({"modules": "", "config": "CONFIG_NET_SCH_NETEM=m\n"}, True),
        ({"modules": ""}, None),
    ],
    ids=["file", "file and configuration", "configuration", "nothing known"],
)
def test_it_is_not_tried_where_a_module_could_be_loaded(
    tmp_path: Path, files: dict[str, str], expected: bool | None
) -> None:
    assert machine(tmp_path, **files).has(*NETEM, never) is expected


def test_every_queueing_discipline_is_told_of() -> None:
    assert set(_MISSING) <= set(_abilities.QDISCS)
    for kind, cure in _MISSING.items():
        for word in _abilities.QDISCS[kind]:
            assert word in cure
