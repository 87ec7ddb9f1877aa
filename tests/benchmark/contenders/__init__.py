# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who takes part, in the order of the tables."""

from __future__ import annotations

from ansible_collections.netns.lab.tests.benchmark.contenders.base import Contender
from ansible_collections.netns.lab.tests.benchmark.contenders.batch import Batch
from ansible_collections.netns.lab.tests.benchmark.contenders.collection import Collection
from ansible_collections.netns.lab.tests.benchmark.contenders.commands import Commands
from ansible_collections.netns.lab.tests.benchmark.contenders.floor import Floor
from ansible_collections.netns.lab.tests.benchmark.contenders.lab import LabRole
from ansible_collections.netns.lab.tests.benchmark.contenders.mininet import Mininet
from ansible_collections.netns.lab.tests.benchmark.contenders.shell import Shell

CONTENDERS: dict[str, type[Contender]] = {
    contender.key: contender for contender in (Floor, Collection, LabRole, Batch, Mininet, Shell, Commands)
}
