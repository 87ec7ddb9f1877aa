# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Settings of routers that the kernel tells by netlink as well (ip-netconf(8)), in a tenth of the time that it takes to
look into /proc/sys of yet another namespace: it makes the folders and files there when somebody first asks for them."""

from __future__ import annotations

import errno
import socket
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._message import read

Path = tuple[str, ...]
_Place = tuple[int, int]
"""Address family, and the interface or one of the numbers that stand for several."""

_ALL, _DEFAULT = -1, -2  # NETCONFA_IFINDEX_ALL and _DEFAULT
_FORWARDING, _RP_FILTER = "NETCONFA_FORWARDING", "NETCONFA_RP_FILTER"

_SETTINGS: dict[Path, tuple[_Place, str]] = {
    ("net", "ipv4", "ip_forward"): ((socket.AF_INET, _ALL), _FORWARDING),
    ("net", "ipv4", "conf", "all", "forwarding"): ((socket.AF_INET, _ALL), _FORWARDING),
    ("net", "ipv4", "conf", "default", "forwarding"): ((socket.AF_INET, _DEFAULT), _FORWARDING),
    ("net", "ipv4", "conf", "all", "rp_filter"): ((socket.AF_INET, _ALL), _RP_FILTER),
    ("net", "ipv4", "conf", "default", "rp_filter"): ((socket.AF_INET, _DEFAULT), _RP_FILTER),
    ("net", "ipv6", "conf", "all", "forwarding"): ((socket.AF_INET6, _ALL), _FORWARDING),
    ("net", "ipv6", "conf", "default", "forwarding"): ((socket.AF_INET6, _DEFAULT), _FORWARDING),
}


def told(asked: nl.NetlinkSocket, paths: t.Iterable[Path]) -> dict[Path, str]:
    """The values of those settings that the kernel tells of, in the namespace of the socket. Raises NetlinkError."""
    known = {path: _SETTINGS[path] for path in paths if path in _SETTINGS}
    places = list(dict.fromkeys(place for place, _attribute in known.values()))
    questions = [
        (nl.RTM_GETNETCONF, 0, nl.encode("netconfmsg", {"family": family}, [("NETCONFA_IFINDEX", index)]))
        for family, index in places
    ]
    answers = {}
    for place, answer in zip(places, asked.exchange(questions, told=True) if questions else ()):
        if answer.error is None:
            answers[place] = read("netconfmsg", answer.messages[0][1])
        elif answer.error.code != errno.EOPNOTSUPP:  # as without IPv6
            raise answer.error
    values = {
        path: answers[place].get_attr(attribute) for path, (place, attribute) in known.items() if place in answers
    }
    return {path: str(value) for path, value in values.items() if value is not None}
