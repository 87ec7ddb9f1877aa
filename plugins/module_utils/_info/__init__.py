# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What is told of a network: the words for each object that the kernel tells of, the same whether netns_info returns it
or an event carries it. They are the words of the modules' options wherever an option means the same, and those of
``ip -j`` where there is no such option.

One file an object, each with ``told(message, names)``: from a message of _message.py, and the names of the namespace's
links by index, to what is told.
"""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils import _zipimport  # noqa: F401  # pylint: disable=unused-import
