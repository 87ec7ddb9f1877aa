# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Reads namespaces. What several kinds need is read once."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._message import Message, read

_EXT_MASK_SKIP_STATS = 1 << 3


class Reader:
    """A host as it is at one moment."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._requests: dict[tuple[t.Any, ...], bytes] = {}
        self._links: dict[str, list[Message]] = {}
        self._names: dict[str, dict[int, str]] = {}

    def dump(
        self, namespace: str, kind: int, schema: str, header: dict[str, t.Any], attrs: t.Sequence[t.Any] = ()
    ) -> list[bytes]:
        """The messages of a dump (``kind``: RTM_GET..., asked for with the same attributes each time), undecoded, since
        decoding is what takes the time."""
        request = (kind, *header.values())
        if request not in self._requests:
            self._requests[request] = nl.encode(schema, header, list(attrs))
        return self.host.socket(namespace).dump(kind, self._requests[request])

    def links(self, namespace: str) -> list[Message]:
        """The RTM_NEWLINK messages of a namespace."""
        if namespace not in self._links:
            raw = self.dump(
                namespace, nl.RTM_GETLINK, "ifinfmsg", {"family": 0}, [("IFLA_EXT_MASK", _EXT_MASK_SKIP_STATS)]
            )
            self._links[namespace] = [read("ifinfmsg", message) for message in raw]
        return self._links[namespace]

    def link_names(self, namespace: str) -> dict[int, str]:
        """The names of a namespace's links by index."""
        if namespace not in self._names:
            self._names[namespace] = {
                message["index"]: message.get_attr("IFLA_IFNAME") for message in self.links(namespace)
            }
        return self._names[namespace]

    def link_name(self, namespace: str, index: int) -> str | None:
        """The name of a single link; not all are read for it."""
        if namespace in self._links:
            return self.link_names(namespace).get(index)
        return self.host.socket(namespace).link_name(index)
