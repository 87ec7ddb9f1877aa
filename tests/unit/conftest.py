# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same examples in every test run, so that a failure is of the change at hand, and no failure for a slow machine;
soaking (NETNS_LAB_SOAK=1) looks for other examples."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=not os.environ.get("NETNS_LAB_SOAK"))
settings.load_profile("steady")
