# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._resources import netns_address
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import machine


@pytest.fixture
def lab() -> t.Iterator[Lab]:
    """A machine for this test alone."""
    with machine():
        found = Lab()
        try:
            yield found
        finally:
            found.close()


@pytest.fixture(autouse=True)
def impatience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel takes up to two seconds to find that nobody else has an IPv6 address. Tests that send nothing from
    one do not wait for that, those marked with ``patience`` do."""
    if request.node.get_closest_marker("patience") is None:
        monkeypatch.setattr(netns_address, "await_usable", lambda host, awaited, view: None)
