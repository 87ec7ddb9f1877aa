# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/walkthrough.md has commands and tasks side by side: they do the same."""

from __future__ import annotations

import re
import typing as t

import yaml

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT, execute

GUIDE = ROOT / "docs" / "walkthrough.md"
ROW = re.compile(r"^\| `([^`]+)` \| `netns\.lab\.(\w+): ({[^`]+})` \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, dict[str, t.Any]]]:
    return [(command, module, yaml.safe_load(options)) for command, module, options in ROW.findall(GUIDE.read_text())]


def test_the_whole_way_is_told() -> None:
    assert len(rows()) == sum(line.startswith(("| `ip ", "| `bridge ")) for line in GUIDE.read_text().splitlines())
    assert {module for _command, module, _options in rows()} >= {"netns", "veth", "bridge", "bridge_port", "netns_ping"}


def test_each_task_leaves_the_machine_as_its_command_does(lab: Lab) -> None:
    for command, module, options in rows():
        lab.on_the_twin(command)
        result = execute(module, options)
        assert not result.failed, f"{command}\n{module}: {result.msg}"
        changes = module not in ("netns_info", "netns_ping")
        assert result.changed == changes, f"{module} {options}"
        lab.is_like_the_twin(lab.read(), f"{module} {options} does what {command} does")
