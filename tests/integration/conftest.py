# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

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
