# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Duplicate address detection (RFC 4862): waits until IPv6 addresses can be used."""

from __future__ import annotations

import socket
import time
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import Key, View

_IFF_LOWER_UP = 0x10000
_IFA_F_DADFAILED = 0x08
_IFA_F_TENTATIVE = 0x40

_PATIENCE = 30.0
# Within which the kernel tells a bridge of its ports' carrier (linkwatch), so that it has carrier itself.
_CARRIER_GRACE = 3.0
_SHORTEST, _LONGEST = 0.02, 0.2
_MOST_NAMED = 5


def await_usable(host: Host, awaited: dict[Key, str], view: View) -> None:
    """Waits for addresses (key to item) together, except those on links without carrier, where the kernel does not
    begin. Raises LabError when one is a duplicate, or takes too long."""
    waiting: dict[str, dict[Key, str]] = {}
    for key, item in awaited.items():
        waiting.setdefault(key[1], {})[key] = item
    start = time.monotonic()
    delay = _SHORTEST
    while True:
        begin = time.monotonic()
        duplicates: list[str] = []
        for namespace, here in list(waiting.items()):
            left = _Look(host, namespace, view, begin < start + _CARRIER_GRACE).unusable(here, duplicates)
            if left:
                waiting[namespace] = left
            else:
                del waiting[namespace]
        if duplicates:
            raise LabError(
                f"{_listed(duplicates)}: duplicate address: something else on the link has it already "
                "(IPv6 duplicate address detection failed); choose another, or say nodad: true"
            )
        if not waiting:
            return
        now = time.monotonic()
        if now > start + _PATIENCE:
            late = [item for here in waiting.values() for item in here.values()]
            raise LabError(
                f"{_listed(late)}: still tentative after {_PATIENCE:g} s; see how long the sysctls dad_transmits and "
                "router_solicitation_delay of the interface make it take, or say nodad: true"
            )
        time.sleep(max(delay, now - begin))  # at most half of the time is spent looking
        delay = min(delay * 1.5, _LONGEST)


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _MOST_NAMED} more" if len(items) > _MOST_NAMED else ""
    return ", ".join(items[:_MOST_NAMED]) + more


class _Look:
    """At one namespace."""

    def __init__(self, host: Host, namespace: str, view: View, is_patient: bool) -> None:
        self._socket = host.socket(namespace)
        self._namespace = namespace
        self._view = view
        self._is_patient = is_patient

    def unusable(self, awaited: dict[Key, str], duplicates: list[str]) -> dict[Key, str]:
        """Those that are still to be waited for; the items of the duplicates are added to those."""
        flags = self._flags()
        links = self._links({key[2] for key in awaited})
        left: dict[Key, str] = {}
        for key, item in awaited.items():
            index, has_carrier = links.get(key[2], (0, False))
            found = flags.get((index, key[3]), 0)
            if found & _IFA_F_DADFAILED:
                duplicates.append(item)
            elif found & _IFA_F_TENTATIVE and (has_carrier or self._is_patient and self._port_has_carrier(key[2])):
                left[key] = item
        return left

    def _flags(self) -> dict[tuple[int, str], int]:
        """Of each address, by its link's index."""
        body = nl.encode("ifaddrmsg", {"family": socket.AF_INET6}, [])
        found: dict[tuple[int, str], int] = {}
        for raw in self._socket.dump(nl.RTM_GETADDR, body):
            message = read("ifaddrmsg", raw)
            own = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
            flags = message.get_attr("IFA_FLAGS")
            found[message["index"], own] = message["flags"] if flags is None else flags
        return found

    def _links(self, names: t.Collection[str]) -> dict[str, tuple[int, bool]]:
        """The index of each, and whether it has carrier."""
        questions = [(nl.RTM_GETLINK, 0, nl.encode("ifinfmsg", {"family": 0}, [("IFLA_IFNAME", n)])) for n in names]
        found: dict[str, tuple[int, bool]] = {}
        for name, answer in zip(names, self._socket.exchange(questions)):
            if answer.error is None:
                message = read("ifinfmsg", answer.messages[0][1])
                found[name] = (message["index"], bool(message["flags"] & _IFF_LOWER_UP))
        return found

    def _port_has_carrier(self, master: str) -> bool:
        ports = {
            fact.key[2]
            for fact in self._view.inside(self._namespace, "port")
            if fact.values["master"] == master
        }
        return any(has_carrier for _index, has_carrier in self._links(ports).values())
