# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept of a definition is what was written, and means the same."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils._sections import given, listed, sections_spec

WRITTEN: list[dict[str, t.Any]] = [
    {},
    {"netns": [{"name": "h[1:3]"}]},
    {"netns": [{"name": "a", "loopback": False, "processes": "kill"}]},
    {"veth": [{"name": "p[1:3]", "up": False, "peer": {"name": "eth0", "namespace": "h[1:3]", "mtu": 1400}}]},
    {
        "netns_route": [
            {"destination": "default", "nexthops": [{"gateway": "10.0.0.1", "weight": 3}, {"gateway": "10.0.0.2"}]}
        ]
    },
    {"netns_address": [{"interface": "e", "address": "10.0.0.0/16[1:3]", "state": "absent"}]},
]


def validated(sections: dict[str, t.Any]) -> dict[str, t.Any]:
    checked = ArgumentSpecValidator(sections_spec()).validate(sections)
    assert checked.error_messages == []
    return t.cast(dict[str, t.Any], checked.validated_parameters)


@pytest.mark.parametrize("sections", WRITTEN, ids=json.dumps)
def test_a_definition_is_kept_as_it_was_written(sections: dict[str, t.Any]) -> None:
    assert given(validated(sections)) == sections


@pytest.mark.parametrize("sections", WRITTEN, ids=json.dumps)
def test_what_is_kept_stands_for_the_same_items(sections: dict[str, t.Any]) -> None:
    kept = json.loads(json.dumps(given(validated(sections))))

    assert list(listed(validated(kept))) == list(listed(validated(sections)))
