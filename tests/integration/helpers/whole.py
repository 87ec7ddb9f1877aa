# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that a run could leave behind or take along: the network as iproute2 tells it, mounts, names, records,
locks, descriptors. Beside it, somebody else's things that have to stay."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import ETC_DIR, RECORDS_DIR, RUN_DIR
from ansible_collections.netns.lab.tests.integration.helpers.state import Json, difference, without_port_numbers

# Names that look like a lab's, addresses and routes out of its networks.
STRANGERS = """
ip netns add n
ip netns add n00
ip netns add n1x
ip link add lan0 type bridge
ip link add p type veth peer name eth0 netns n
ip link add p00 type veth peer name eth0 netns n00
ip -n n link add sw type bridge
ip link set p master lan0
ip link set lan0 up
ip link set p up
ip -n n link set eth0 up
ip -n n00 link set eth0 up
ip address add 10.0.0.1/24 dev lan0
ip -n n address add 10.0.0.1/24 dev eth0
ip -n n address add fd00::1/64 dev eth0 nodad
ip -n n route add default via 10.0.0.2
ip -n n route add 172.16.0.0/16 via 10.0.0.3
ip route add 172.16.0.0/16 via 10.0.0.3
ip -n n00 address add 10.0.0.1/24 dev eth0
"""


def strangers(lab: Lab) -> None:
    """Somebody else's lab. It is also the machine's first use of /run/netns, which iproute2 then makes a shared
    mount."""
    lab.sh(STRANGERS)


def everything(lab: Lab) -> dict[str, Json]:
    """The whole machine, to the last index, inode and byte."""
    return {
        **_without_queues(without_port_numbers(lab.exact())),
        "/proc/self/mountinfo": {"mounts": _mounts()},
        RUN_DIR: {"names": sorted(os.listdir(RUN_DIR))},
        "files": {path: _content(path) for folder in (RECORDS_DIR, ETC_DIR) for path in _files(folder)},
        "limits": {"descriptors": sorted(os.listdir("/proc/self/fd")), "namespace": os.readlink("/proc/self/ns/net")},
    }


def same(before: dict[str, Json], after: dict[str, Json], why: str) -> None:
    found = difference(before, after)
    assert not found, f"{why}, but:\n{found}"


def _without_queues(found: dict[str, Json]) -> dict[str, Json]:
    """A link that was never up has no queue yet; nobody can take it back to that."""
    for raw in found.values():
        for link in raw.get("links", {}).values():
            if link["qdisc"] == "noop":
                link["qdisc"] = "noqueue"
    return found


def _mounts() -> list[str]:
    """What is mounted where, and how it is shared; without numbers, which a mount made again gets anew."""
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        for line in mounts:
            words = line.split()
            shared = [word.partition(":")[0] for word in words[6 : words.index("-")]]
            found.append(" ".join([words[3], words[4], *shared]))
    return sorted(found)


def _files(folder: str) -> t.Iterator[str]:
    if os.path.lexists(folder):
        yield folder
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) and not os.path.islink(folder) else ():
            yield from _files(os.path.join(folder, name))


def _content(path: str) -> str:
    if os.path.isdir(path):
        return "folder"
    with open(path, encoding="utf-8", errors="surrogateescape") as opened:
        return opened.read()
