# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Python's search for garbage."""

from __future__ import annotations

import contextlib
import gc
import typing as t


@contextlib.contextmanager
def no_garbage_collection() -> t.Iterator[None]:
    """For what makes many small objects that all live to its end, and hardly a cycle: looking for cycles again and
    again takes a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
