# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Routing tables, by the names that every host has for them."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._values import whole_number

MAIN = 254
LOCAL = 255
TABLES = {"main": MAIN, "default": 253, "local": LOCAL}


def table_number(value: str) -> int:
    """Raises ValueError with half a sentence."""
    if value in TABLES:
        return TABLES[value]
    if value.isascii() and value.isdigit():
        return whole_number(int(value), "table", 1, 2**32 - 1)
    raise ValueError(f"table {value!r} is none of {', '.join(TABLES)} and no number")
