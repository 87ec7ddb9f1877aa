# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Scopes of addresses and routes, by the names that every host has for them, and those of the host's own."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._names import ETC, number_of

_FILE = "rt_scopes"
_SCOPES = {"global": 0, "site": 200, "link": 253, "host": 254}


def scope(value: str) -> str:
    """A scope in its usual spelling; raises ValueError."""
    if value in _SCOPES:
        return value
    if value.isascii() and value.isdigit() and int(value) <= 255:
        return scope_word(int(value))
    found = number_of(_FILE, value)
    if found is not None and found <= 255:
        return scope_word(found)
    raise ValueError(
        f"scope {value!r} is none of {', '.join(_SCOPES)}, no number up to 255, and no name in {ETC}/{_FILE}"
    )


def scope_word(number: int) -> str:
    return next((word for word, known in _SCOPES.items() if known == number), str(number))


def scope_number(word: str) -> int:
    return _SCOPES[word] if word in _SCOPES else int(word)
