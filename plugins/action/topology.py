# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller does for a task with ``netns.lab.topology``."""

from __future__ import annotations

import typing as t

from ansible.plugins.action.normal import ActionModule as AnyModule

from ansible_collections.netns.lab.plugins.module_utils._garbage import no_garbage_collection


class ActionModule(AnyModule):
    """The same as for any other module, and sooner: to pack one, Ansible parses all files that it needs, in a process
    that has much in its memory already. Looking for garbage in it takes a third of that time, for each host anew."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        with no_garbage_collection():
            return t.cast("dict[str, t.Any]", super().run(tmp, task_vars))
