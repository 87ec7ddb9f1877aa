# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab that everybody has to build: members on a bridge, or on several."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

# A bridge takes at most 1023 ports.
MOST_ON_ONE_BRIDGE = 1000


@dataclass(frozen=True)
class Bridge:
    """A bridge with an address of its own, and namespaces on it with one address each."""

    name: str
    prefix: str
    """Of the names of its namespaces, which are counted from 1."""
    net: int
    """The second byte of its addresses: everything is in 10.net.0.0/16."""
    members: int

    @property
    def subnet(self) -> str:
        return f"10.{self.net}.0.0/16"

    @property
    def address(self) -> str:
        return f"10.{self.net}.255.254/16"

    @property
    def other_address(self) -> str:
        """What the address is changed to."""
        return f"10.{self.net}.255.253/16"

    def namespace(self, number: int) -> str:
        return f"{self.prefix}{number}"

    def port(self, number: int) -> str:
        return f"{self.name}2{self.prefix}{number}"

    def member_address(self, number: int) -> str:
        return f"10.{self.net}.{number >> 8}.{number & 255}/16"

    def numbers(self) -> t.Iterator[int]:
        return iter(range(1, self.members + 1))


@dataclass(frozen=True)
class Layout:
    bridges: tuple[Bridge, ...]

    @property
    def size(self) -> int:
        return sum(bridge.members for bridge in self.bridges)

    @property
    def namespaces(self) -> list[str]:
        return [bridge.namespace(number) for bridge in self.bridges for number in bridge.numbers()]


def layout_of(size: int) -> Layout:
    """Of so many members in all, on as many bridges as that takes."""
    if size < 1:
        raise ValueError(f"{size} members are no lab")
    count = -(-size // MOST_ON_ONE_BRIDGE)
    if count > 3:
        raise ValueError(f"{size} members are more than three bridges of {MOST_ON_ONE_BRIDGE}")
    if size % count:
        raise ValueError(f"{size} members cannot be shared out evenly over {count} bridges")
    if count == 1:
        return Layout((Bridge("wq", "a", 1, size),))
    return Layout(tuple(Bridge(f"wq{at}", "abc"[at - 1], at, size // count) for at in range(1, count + 1)))
