# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of labs as names of units."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from ansible_collections.netns.lab.plugins.module_utils._systemd import (
    TEMPLATE_CONTENT,
    enabling_link,
    escape,
    is_template,
    unescape,
)


@pytest.mark.parametrize(
    "name, escaped",
    [
        ("office", "office"),
        ("my lab", r"my\x20lab"),
        ("a-b", r"a\x2db"),
        ("a.b_c:d", "a.b_c:d"),
        ("ü", r"\xc3\xbc"),
        ("$HOME%n", r"\x24HOME\x25n"),
        ("\\x20", r"\x5cx20"),
    ],
)
def test_names_are_escaped_as_systemd_escape_does(name: str, escaped: str) -> None:
    assert escape(name) == escaped


@given(strategies.text(strategies.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1))
def test_a_name_comes_back_and_is_one_word_of_plain_letters(name: str) -> None:
    assert unescape(escape(name)) == name
    assert escape(name).isascii() and not set(escape(name)) & set(" /%$-\"'@")


def test_the_link_is_where_systemd_looks() -> None:
    assert enabling_link("a b") == r"/etc/systemd/system/multi-user.target.wants/netns-lab@a\x20b.service"


def test_the_template_is_known_again() -> None:
    assert is_template(TEMPLATE_CONTENT)
    assert not is_template(b"[Unit]\n")
