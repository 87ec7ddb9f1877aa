# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import re

import pytest

from ansible_collections.netns.lab.plugins.module_utils._errors import _CURES, KernelError, LabError, told
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkError


def test_an_error_of_the_kernels_names_the_item_says_its_words_and_the_cure() -> None:
    error = KernelError("veth a1:eth0", errno.EEXIST)
    assert str(error) == (
        "veth a1:eth0: the kernel says: File exists; "
        "something of that name or address exists already; choose another or remove it first"
    )
    assert (error.item, error.code) == ("veth a1:eth0", errno.EEXIST)
    assert isinstance(error, LabError)


def test_the_extended_ack_stands_beside_the_reason() -> None:
    error = KernelError("bridge br0", errno.EINVAL, "Invalid MTU.")
    assert str(error) == "bridge br0: the kernel says: Invalid argument (Invalid MTU)"


def test_a_kind_that_knows_better_gives_its_own_cure() -> None:
    error = KernelError("bridge_port p0", errno.EBUSY, cure="turn stp off")
    assert str(error) == "bridge_port p0: the kernel says: Device or resource busy; turn stp off"


def test_an_empty_cure_leaves_the_general_one_out() -> None:
    assert str(KernelError("undo in a", errno.EBUSY, cure="")) == (
        "undo in a: the kernel says: Device or resource busy"
    )


def test_a_refusal_without_a_known_cure_is_told_nevertheless() -> None:
    assert str(KernelError("veth e0", errno.EXDEV)) == "veth e0: the kernel says: Invalid cross-device link"


@pytest.mark.parametrize("code", sorted(_CURES))
@pytest.mark.parametrize("said", ["", "Device does not exist.", "Device does not exist"])
def test_each_known_refusal_is_one_sentence_with_a_cure(code: int, said: str) -> None:
    text = str(KernelError("netns_link a1:eth0", code, said))
    assert text.startswith(f"netns_link a1:eth0: the kernel says: {os.strerror(code)}")
    assert said.rstrip(".") in text
    assert text.endswith(_CURES[code])
    assert not re.search(r"\.(\s|\)|$)|\n", text), "one sentence, to which the caller adds the full stop"


@pytest.mark.parametrize("code", [errno.EPERM, errno.EACCES])
def test_missing_rights_are_cured_with_become(code: int) -> None:
    assert "become: true" in str(KernelError("netns a", code))


# -- errors that no item is to blame for


def test_an_error_of_ours_is_told_as_it_is() -> None:
    error = LabError("it is so")
    assert told(error) is error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/run/netns/a"),
            "/run/netns/a: the kernel says: Permission denied; run the task as root, for example with become: true",
        ),
        (OSError(errno.EXDEV, "x"), "this host: the kernel says: Invalid cross-device link"),
        (NetlinkError(errno.EXDEV, "Bad."), "this host: the kernel says: Invalid cross-device link (Bad)"),
        (OSError("no number"), "this host: no number"),
    ],
)
def test_an_error_of_files_or_of_reading_is_one_sentence_too(error: Exception, text: str) -> None:
    assert str(told(error)) == text
