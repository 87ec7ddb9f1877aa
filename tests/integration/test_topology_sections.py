# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of topology that are told as one text."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab

SECTIONS: dict[str, t.Any] = {
    "netns": [{"name": "h[1:2]"}],
    "veth": [{"name": "eth0", "namespace": "h1", "peer": {"name": "eth0", "namespace": "h2"}}],
    "netns_address": [{"namespace": "h[1:2]", "interface": "eth0", "address": "10.0.0.0/24[1:2]"}],
}


def test_a_text_is_as_good_as_lists(lab: Lab) -> None:
    told = lab.run("topology", name="lab", sections=json.dumps(SECTIONS))
    assert told.changed
    # The answer repeats what the task has said, and nothing besides.
    said = told.answer["invocation"]["module_args"]
    assert json.loads(said["sections"]) == SECTIONS and not said["netns"] and not said["veth"]
    assert [found["local"] for found in lab.addresses("h2", "eth0")] == ["10.0.0.2"]
    lab.unchanged("topology", name="lab", **SECTIONS)
    lab.unchanged("topology", name="lab", netns=SECTIONS["netns"], sections={**SECTIONS, "netns": []})
    lab.run("topology", name="lab", sections="{}")
    assert lab.namespaces() == []


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ("[]", "sections: it is no dictionary of sections"),
        ("{", "sections: Expecting property name"),
        ('{"nets": []}', "sections: nets. Supported parameters include: "),
        ('{"netns": [{"nam": "x"}]}', "sections: "),
        ('{"netns": 5}', "sections: "),
        ('{"netns": [{"name": "a/b"}]}', "netns item 1: the namespace name 'a/b' is a path"),
    ],
)
def test_a_text_is_checked_like_lists(lab: Lab, sections: str, said: str) -> None:
    assert lab.fails("topology", name="lab", sections=sections).startswith(said)
    assert lab.namespaces() == []
