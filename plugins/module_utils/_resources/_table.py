# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Routing tables, by the names that every host has for them, and those of the host's own."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._names import ETC, name_of, number_of
from ansible_collections.netns.lab.plugins.module_utils._values import whole_number

MAIN = 254
LOCAL = 255
TABLES = {"main": MAIN, "default": 253, "local": LOCAL}
_WORDS = {number: word for word, number in TABLES.items()}
_FILE = "rt_tables"


def table_number(value: str) -> int:
    """Raises ValueError with half a sentence."""
    if value in TABLES:
        return TABLES[value]
    if value.isascii() and value.isdigit():
        return whole_number(int(value), "table", 1, 2**32 - 1)
    found = number_of(_FILE, value)
    if found is not None and 0 < found < 2**32:
        return found
    raise ValueError(f"table {value!r} is none of {', '.join(TABLES)}, no number, and no name in {ETC}/{_FILE}")


def table_word(number: int) -> str:
    """As ``ip`` tells it."""
    return _WORDS.get(number) or name_of(_FILE, number) or str(number)
