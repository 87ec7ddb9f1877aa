# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""The words in which labs are told: nodes, the links between them, and what follows from both.

All collections are in the order of the definition, so whatever walks them does so the same way every time.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._values import Interface
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Path

LINUX = "linux"
BRIDGE = "bridge"


@dataclass(eq=False)
class Node:
    """A namespace with interfaces (``linux``), or a bridge."""

    name: str
    kind: str
    namespace: str | None
    """Its network namespace; None for that of the host, which only a bridge can be in."""
    path: Path
    options: dict[str, t.Any] = field(default_factory=dict)
    """All that was said of it, what it inherits from its groups, its kind and the defaults included."""
    ends: list[Endpoint] = field(default_factory=list)
    """Its interfaces, those of a bridge being its ports."""
    loopback_addresses: list[Interface] = field(default_factory=list)
    addresses: list[Interface] = field(default_factory=list)
    """Of the bridge itself."""
    mac: str = ""
    """Of the bridge itself."""
    routes: list[dict[str, t.Any]] = field(default_factory=list)
    """Those of the definition and those derived, as items of ``netns_route`` without a namespace."""

    @property
    def is_bridge(self) -> bool:
        return self.kind == BRIDGE

    @property
    def forwards(self) -> bool:
        return bool(self.options.get("forwarding"))

    @property
    def host(self) -> str | None:
        """The inventory host that the definition puts it on."""
        return self.options.get("host")

    @property
    def groups(self) -> list[str]:
        return list(self.options.get("group", ()))

    @property
    def bridge(self) -> str:
        """The name of the bridge's interface."""
        return str(self.options.get("bridge", self.name))


@dataclass(eq=False)
class Endpoint:
    """One end of a link: an interface of a node."""

    node: Node
    path: Path
    interface: str = ""
    mac: str = ""
    given: list[Interface] | None = None
    """The addresses that the definition names; None if it names none."""
    addresses: list[Interface] = field(default_factory=list)
    port: dict[str, t.Any] = field(default_factory=dict)
    """Attributes of the port, at a bridge."""
    impairments: dict[str, t.Any] = field(default_factory=dict)
    """What happens to the packets that it sends, as options of ``netns_qdisc``."""
    link: Link = field(init=False, repr=False)

    @property
    def other(self) -> Endpoint:
        """What is at the other end of the link."""
        one, two = self.link.ends
        return two if one is self else one

    @property
    def place(self) -> str:
        return f"{self.node.name}:{self.interface}"


@dataclass(eq=False)
class Link:
    """A cable between two interfaces."""

    ends: tuple[Endpoint, Endpoint]
    path: Path
    mtu: int | None = None
    vni: int | None = None
    """Of the VXLAN that it becomes between two hosts, if the definition names one."""
    segment: Segment = field(init=False, repr=False)


@dataclass(eq=False)
class Segment:
    """What belongs together on layer 2: a link between two namespaces, or bridges with all that is plugged in."""

    links: list[Link] = field(default_factory=list)
    bridges: list[Node] = field(default_factory=list)

    @property
    def is_lan(self) -> bool:
        return bool(self.bridges)

    @property
    def pool(self) -> str:
        """The pool its addresses are from."""
        return "lan" if self.is_lan else "p2p"

    @property
    def ends(self) -> list[Endpoint]:
        """The interfaces that can have addresses."""
        return [end for link in self.links for end in link.ends if not end.node.is_bridge]

    @property
    def addresses(self) -> list[tuple[Interface, Path]]:
        """All addresses on it, and where they come from."""
        found = [(address, bridge.path) for bridge in self.bridges for address in bridge.addresses]
        return found + [(address, end.path) for end in self.ends for address in end.addresses]

    @property
    def name(self) -> str:
        if self.is_lan:
            return self.bridges[0].name
        return "--".join(end.place for end in self.links[0].ends)


@dataclass
class Pool:
    """A network from which subnets are taken, each of ``prefix`` length."""

    network: t.Any
    prefix: int
    path: Path


@dataclass
class Expectation:
    """That something reaches something else, or does not."""

    source: Node
    destination: str
    """An address."""
    target: str
    """What the definition calls it."""
    reachable: bool = True


@dataclass
class Lab:
    """A whole lab, wherever its nodes are."""

    name: str
    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    pools: dict[str, list[Pool]] = field(default_factory=dict)
    expectations: list[Expectation] = field(default_factory=list)
    placement: str = "spread"
    routing: str = "none"

    @property
    def has_ipv6(self) -> bool:
        if any(pool.network.version == 6 for pools in self.pools.values() for pool in pools):
            return True
        if any(address.version == 6 for segment in self.segments for address, _path in segment.addresses):
            return True
        return any(
            address.version == 6 for node in self.nodes.values() for address in node.loopback_addresses
        )
