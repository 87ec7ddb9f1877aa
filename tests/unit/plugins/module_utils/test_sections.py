# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A definition as one text is checked as Ansible would; what is kept of it is what was written, and means the same."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given as drawn
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._sections import given, listed, sections_spec
from ansible_collections.netns.lab.plugins.module_utils._topology_module import checked

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


# -- the text

OF_TYPE: dict[str, st.SearchStrategy[t.Any]] = {
    "str": st.sampled_from(["a", "eth0", "present", "fail", "1"]),
    "bool": st.booleans(),
    "int": st.integers(0, 3),
    "dict": st.just({"x": "y"}),
}
ODD = st.sampled_from([None, "", "yes", "7", 1.5, True, 0, [], ["a"], {}, {"name": "a"}])


@st.composite
def an_item(draw: t.Callable[..., t.Any], options: dict[str, dict[str, t.Any]]) -> dict[str, t.Any]:
    """Most often with all that it has to have, and of the right types."""
    item: dict[str, t.Any] = {}
    for name, option in options.items():
        if not draw(st.booleans()) and not (option.get("required") and draw(st.integers(0, 5))):
            continue
        value = OF_TYPE.get(option.get("type", "str"), ODD)
        if option.get("type") == "dict" and "options" in option:
            value = an_item(option["options"])
        elif "choices" in option:
            value = st.sampled_from(option["choices"])
        item[name] = draw(value if draw(st.integers(0, 9)) else ODD)
    if not draw(st.integers(0, 9)):
        item["nothing"] = 1
    return item


SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        **{kind.section: st.lists(an_item(kind.options) | st.just({}) | ODD, max_size=3) for kind in KINDS},
        "nothing": ODD,
    },
)


@drawn(SECTIONS)
def test_a_text_is_checked_as_ansible_would(sections: dict[str, t.Any]) -> None:
    written = json.dumps(sections)
    read = json.loads(written)
    try:
        theirs = ArgumentSpecValidator(sections_spec()).validate(json.loads(written))
    except TypeError:
        with pytest.raises(ValueError, match="has a value of the wrong type"):
            checked(read)
        return
    if theirs.error_messages:
        with pytest.raises(ValueError) as caught:
            checked(read)
        assert str(caught.value) == "; ".join(theirs.error_messages)
    else:
        assert checked(read) == theirs.validated_parameters
    assert json.dumps(read) == written, "it is not changed"


@pytest.mark.parametrize("sections", WRITTEN, ids=json.dumps)
def test_a_text_says_the_same_as_lists(sections: dict[str, t.Any]) -> None:
    assert checked(sections) == validated(sections)
