# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""To be imported for its effect, before the files that are many: modules in a zip file, as AnsiballZ sends them, are
compiled once.

zipimport compiles each of them twice, one right after the other: a module's spec asks get_filename(), which compiles it
to see where it comes from, and to run it get_code() is asked (CPython 3.9 to 3.13). Compiling is most of what it takes
to start a module of this collection.
"""

from __future__ import annotations

import functools
import zipimport

_NAME = "_compile_source"

if hasattr(zipimport, _NAME) and not hasattr(getattr(zipimport, _NAME), "cache_info"):
    setattr(zipimport, _NAME, functools.lru_cache(maxsize=1)(getattr(zipimport, _NAME)))
