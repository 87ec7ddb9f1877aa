# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from unittest import mock

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _host

# /run/netns, shared, and where it is mounted a second time.
FOLDERS = """\
20 1 0:20 / /run/netns rw shared:7 - tmpfs tmpfs rw
21 1 0:20 / /mnt/run rw shared:7 - tmpfs tmpfs rw
22 1 0:22 / /var/lib rw - ext4 /dev/sda rw
"""
NAME = "30 20 0:4 net:[401] /run/netns/a1 rw shared:9 - nsfs nsfs rw\n"


@pytest.mark.parametrize(
    ("more", "is_held"),
    [
        ("", False),
        ("31 21 0:4 net:[401] /mnt/run/a1 rw shared:9 - nsfs nsfs rw\n", False),
        ("31 20 0:4 net:[401] /run/netns/a2 rw shared:9 - nsfs nsfs rw\n", True),
        ("31 22 0:4 net:[401] /var/lib/with\\040space rw shared:9 - nsfs nsfs rw\n", True),
        ("31 22 0:4 net:[402] /var/lib/other rw - nsfs nsfs rw\n", False),
    ],
    ids=["alone", "a copy of the folder", "a second name", "elsewhere", "another namespace"],
)
def test_a_namespace_with_a_second_mount_is_held(more: str, is_held: bool) -> None:
    with mock.patch("builtins.open", mock.mock_open(read_data=FOLDERS + NAME + more)):
        assert _host.held_elsewhere(["a1", "missing"]) == ({"a1"} if is_held else set())


def test_white_space_in_a_place_is_read() -> None:
    assert _host._unescaped(r"/a\040b\134") == "/a b\\"
