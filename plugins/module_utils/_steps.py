# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Steps that are no netlink requests: each says how it is done on a host; what takes it back is its ``undo``."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._model import Key, Step, View

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._apply import Applier


class HostStep(Step):
    """A step that carries itself out."""

    partial: t.ClassVar[bool] = False
    """A part of it may be done when it fails, so that is undone as well."""

    def prepare(self, applier: Applier, view: View) -> None:
        """Does what shows nowhere, before anything is recorded, so that ``view`` (the host after the plan) tells what
        marks everything will have."""

    def run(self, applier: Applier) -> None:
        raise NotImplementedError

    def finish(self, applier: Applier) -> None:
        """What is left to do once all else has succeeded, as it cannot be undone."""


@dataclass
class CreateNamespace(HostStep):
    """As ``ip netns add``, with or without ``ip link set lo up`` in it. The namespace itself is made beforehand
    (Applier.prepare)."""

    name: str
    loopback: bool

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return [RemoveName(self.name)]

    def run(self, applier: Applier) -> None:
        with applier.naming():
            applier.host.name(self.name)


@dataclass
class AttachNamespace(HostStep):
    """As ``ip netns attach``: gives a name to the namespace that the host was told is meant by it."""

    name: str

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return [RemoveName(self.name)]

    def run(self, applier: Applier) -> None:
        with applier.naming():
            applier.host.attach(self.name)


@dataclass
class RemoveName(HostStep):
    """Takes a name away for good."""

    name: str
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        applier.host.unname(self.name)


@dataclass
class DeleteNamespace(HostStep):
    """As ``ip netns delete``, but the namespace itself is held until all else has succeeded: so it can get its name
    back with everything in it. The run then waits until the kernel has let go of ``outside``, the links in other
    namespaces whose peer goes with it, with their indexes."""

    name: str
    inode: int
    kill: bool
    outside: list[tuple[Key, int]]
    link: str | None = None
    """Where the name leads, if it is a symbolic link."""

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return [RestoreName(self.name, self.link)]

    def run(self, applier: Applier) -> None:
        applier.hold(self)
        try:
            applier.host.unname(self.name)
        except OSError:
            applier.give_back(self.name, self.link)
            raise


@dataclass
class RestoreName(HostStep):
    """Gives a namespace that was to be deleted its name again."""

    name: str
    link: str | None = None
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        applier.give_back(self.name, self.link)


@dataclass
class AwaitCarrier(HostStep):
    """Waits until a link that has carrier is known to have it: the kernel tells a bridge of a new carrier a moment
    later (linkwatch), and enables the port then, whatever had been set in between (br_port_carrier_check)."""

    namespace: str
    name: str
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        deadline = time.monotonic() + 3
        while applier.host.socket(self.namespace).is_operational(self.name) is False and time.monotonic() < deadline:
            time.sleep(0.01)
