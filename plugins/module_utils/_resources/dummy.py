# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""Interfaces that lead nowhere."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._resources._link_kind import LinkKind, link_options


class Dummy(LinkKind):
    """``ip link add ... type dummy``."""

    section = "dummy"
    options = link_options()
    config = ("CONFIG_DUMMY", "dummy")
