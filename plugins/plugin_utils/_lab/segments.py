# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Which links belong together on layer 2."""

from __future__ import annotations

from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Endpoint, Lab, Link, Node, Segment


class _Joined:
    """Nodes in sets that grow together."""

    def __init__(self) -> None:
        self._above: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        while node in self._above:
            node = self._above[node]
        return node

    def join(self, one: Node, two: Node) -> bool:
        """Whether they were apart before."""
        above, below = self.root(one), self.root(two)
        if above is not below:
            self._above[below] = above
        return above is not below


def join_segments(lab: Lab) -> None:
    """Finds the segments, in the order of their first links; bridges without any link are the last."""
    joined = _Joined()
    for link in lab.links:
        bridges = _bridges(link)
        if len(bridges) == 2:
            joined.join(*bridges)
    found: dict[Node | Link, Segment] = {}
    for link in lab.links:
        bridges = _bridges(link)
        link.segment = found.setdefault(joined.root(bridges[0]) if bridges else link, Segment())
        link.segment.links.append(link)
    for node in lab.nodes.values():
        if node.is_bridge:
            found.setdefault(joined.root(node), Segment()).bridges.append(node)
    lab.segments = list(found.values())
    _refuse_loops(lab)
    for segment in lab.segments:
        _refuse_doubles(segment)


def _bridges(link: Link) -> list[Node]:
    return [end.node for end in link.ends if end.node.is_bridge]


def _refuse_doubles(segment: Segment) -> None:
    """Who has whose MAC address gets whose frames."""
    seen: dict[str, Endpoint] = {}
    for end in segment.ends:
        other = seen.setdefault(end.mac, end)
        if other is not end:
            raise Fault(end.path, f"mac {end.mac} is that of {other.place} on the same link or LAN; take another one")


def _refuse_loops(lab: Lab) -> None:
    """A frame that is flooded in a loop never ends. One bridge that runs the spanning tree protocol opens it, as the
    others hand on its messages (br_handle_frame in net/bridge/br_input.c)."""
    joined = _Joined()
    for link in lab.links:
        bridges = _bridges(link)
        if len(bridges) == 2 and not any(bridge.options.get("stp") for bridge in bridges):
            if not joined.join(*bridges):
                names = " and ".join(dict.fromkeys(f"bridge {bridge.name}" for bridge in bridges))
                raise Fault(
                    link.path,
                    f"it closes a layer-2 loop over {names}; say stp: true at a bridge of the loop, or leave the link "
                    "out",
                )
