# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils._iproute2 import bridge_tool, ip, quoted, target_namespace
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Verbatim

words = st.lists(st.text(st.characters(codec="utf-8")) | st.text("'\"\\$`!*?~;&|<>() \t\n#=-", max_size=20))


@given(words)
def test_a_shell_takes_a_quoted_command_apart_into_its_words(command: list[str]) -> None:
    assert shlex.split(quoted(command)) == command


@pytest.mark.parametrize("word", ["", "a b", "$$", "$(id)", "`id`", "'", '"', "\\", "\n", "*", "~", "!x", "-n", "a=b"])
def test_a_real_shell_hands_on_a_quoted_word_unchanged(word: str) -> None:
    done = subprocess.run(["sh", "-c", quoted(["printf", "%s", word])], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == word


def test_only_a_verbatim_word_is_left_to_the_shell() -> None:
    assert quoted([Verbatim("$$"), "$$"]) == "$$ '$$'"


def test_a_name_that_looks_like_the_placeholder_is_quoted() -> None:
    assert quoted(ip(OWN, "link", "set", "dev", "$$", "netns", target_namespace("$$"))) == (
        "ip link set dev '$$' netns '$$'"
    )


def test_the_own_namespace_as_a_target_is_the_shell_itself() -> None:
    assert quoted(ip("a", "link", "set", "dev", "eth0", "netns", target_namespace(OWN))) == (
        "ip -n a link set dev eth0 netns $$"
    )
    assert isinstance(target_namespace(OWN), Verbatim)


@given(st.text(min_size=1))
def test_a_namespaces_name_is_never_left_to_the_shell(name: str) -> None:
    assert not any(isinstance(word, Verbatim) for word in ip(name, "link", "show", target_namespace(name)))


def test_ip_acts_in_the_own_namespace_without_an_option_and_in_others_with_n() -> None:
    assert ip(OWN, "link", "show") == ["ip", "link", "show"]
    assert ip("a", "link", "show") == ["ip", "-n", "a", "link", "show"]
    assert bridge_tool(OWN, "link", "show") == ["bridge", "link", "show"]
    assert bridge_tool("a", "link", "show") == ["bridge", "-n", "a", "link", "show"]
