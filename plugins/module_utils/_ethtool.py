# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Checksum offload, which netlink does not carry in rtnetlink: the SIOCETHTOOL ioctl."""

from __future__ import annotations

import array
import errno
import fcntl
import socket
import struct
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._model import Step
from ansible_collections.netns.lab.plugins.module_utils._steps import HostStep

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._apply import Applier

_SIOCETHTOOL = 0x8946
_ETHTOOL_GTXCSUM = 0x16
_ETHTOOL_STXCSUM = 0x17


def tx_checksum(host: Host, namespace: str, name: str) -> bool | None:
    """Whether the link's hardware (or what stands for it) computes checksums; None: it has no say in it."""
    try:
        return bool(_ethtool(host, namespace, name, _ETHTOOL_GTXCSUM, 0))
    except OSError as e:
        if e.errno == errno.EOPNOTSUPP:
            return None
        raise


@dataclass
class SetTxChecksum(HostStep):
    """As ``ethtool -K NAME tx on|off``."""

    namespace: str
    name: str
    value: bool
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        _ethtool(applier.host, self.namespace, self.name, _ETHTOOL_STXCSUM, int(self.value))


def _ethtool(host: Host, namespace: str, name: str, command: int, data: int) -> int:
    # struct ethtool_value behind the pointer in struct ifreq
    value = array.array("B", struct.pack("=II", command, data))
    request = struct.pack("16sP16x", name.encode(), value.buffer_info()[0])
    with host.inside(namespace), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, _SIOCETHTOOL, request)
    return t.cast(int, struct.unpack("=II", value.tobytes())[1])
