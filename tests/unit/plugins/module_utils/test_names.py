# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils import _names as names
from ansible_collections.netns.lab.plugins.module_utils._resources._scope import scope
from ansible_collections.netns.lab.plugins.module_utils._resources._table import table_number, table_word

DEBIAN = """\
#
# reserved values
#
255\tlocal
254\tmain
253\tdefault
0\tunspec
#
# local
#
#1\tinr.ruhep
"""


@pytest.fixture(name="host")
def _host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str, str], None]:
    """Writes a file of a host that has no other."""
    monkeypatch.setattr(names, "_FOLDERS", (str(tmp_path / "usr"), str(tmp_path / "etc")))

    def write(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (DEBIAN, [(255, "local"), (254, "main"), (253, "default"), (0, "unspec")]),
        ("100 blue\n0x65 red # the other way out\n  102\tgreen#1\n", [(100, "blue"), (101, "red"), (102, "green#1")]),
        ("010 ten", [(10, "ten")]),
        ("", []),
        ("100\n100 # no name\nblue 100\n-1 minus\n1.5 half\n0x none\n1_0 odd\n\u0663 three\n", []),
        ("100 blue sky\n101 red", [(101, "red")]),
    ],
)
def test_a_file_is_read_as_iproute2_reads_it(text: str, found: list[tuple[int, str]]) -> None:
    assert names.parse(text) == found


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    assert all(number >= 0 and name for number, name in names.parse(text))


def test_a_host_without_files_has_no_names(host: t.Any) -> None:
    assert names.number_of("rt_tables", "blue") is None
    assert names.name_of("rt_tables", 100) is None
    assert table_word(100) == "100"


def test_the_administrators_file_stands_for_that_of_the_distribution(host: t.Callable[[str, str], None]) -> None:
    host("usr/rt_protos", "42 usual\n43 other\n")
    assert names.name_of("rt_protos", 42) == "usual"
    host("etc/rt_protos", "42 mine\n")
    assert names.name_of("rt_protos", 42) == "mine"
    assert names.name_of("rt_protos", 43) is None


def test_a_folder_adds_to_the_file_and_a_file_of_the_same_name_replaces(host: t.Callable[[str, str], None]) -> None:
    host("etc/rt_tables", "100 blue\n")
    host("usr/rt_tables.d/lab.conf", "101 red\n102 green\n")
    host("usr/rt_tables.d/more.conf", "103 grey\n")
    host("etc/rt_tables.d/notes.txt", "104 no\n")
    host("etc/rt_tables.d/.hidden.conf", "105 no\n")
    assert {word: names.number_of("rt_tables", word) for word in ("blue", "red", "grey", "no")} == {
        "blue": 100,
        "red": 101,
        "grey": 103,
        "no": None,
    }
    host("etc/rt_tables.d/lab.conf", "100 azure\n")
    assert names.number_of("rt_tables", "red") is None
    assert names.name_of("rt_tables", 100) == "azure", "the last one counts"
    assert names.number_of("rt_tables", "blue") == 100, "but both stand for it"


def test_what_cannot_be_read_has_no_names(host: t.Callable[[str, str], None]) -> None:
    host("etc/rt_tables/is/a/folder", "")
    host("etc/rt_tables.d", "is a file")
    assert names.number_of("rt_tables", "blue") is None


def test_a_table_is_called_by_its_name(host: t.Callable[[str, str], None]) -> None:
    host("etc/rt_tables", "0 unspec\n100 blue\n254 haupt\n5 main\n4294967296 beyond\n")
    assert [table_number(word) for word in ("blue", "100", "main", "haupt")] == [100, 100, 254, 254]
    assert [table_word(number) for number in (100, 254, 7)] == ["blue", "main", "7"]
    for word in ("unspec", "beyond", "Blue", ""):
        with pytest.raises(ValueError, match="no number, and no name in /etc/iproute2/rt_tables"):
            table_number(word)


def test_a_scope_is_called_by_its_name(host: t.Callable[[str, str], None]) -> None:
    host("etc/rt_scopes", "0 universe\n150 campus\n300 beyond\n")
    assert [scope(word) for word in ("campus", "universe", "site")] == ["150", "global", "site"]
    with pytest.raises(ValueError, match="no number up to 255, and no name in /etc/iproute2/rt_scopes"):
        scope("beyond")
