# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is really there: nobody is believed who says that the lab stands, or that it is gone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import typing as t

from ansible_collections.netns.lab.tests.benchmark.layout import Layout
from ansible_collections.netns.lab.tests.benchmark.measure import Failure

Json = t.Any
# How long the kernel may take to let go of the interfaces of a lab.
PATIENCE = 600.0


def check_ports(layout: Layout, bridges: t.Sequence[str]) -> None:
    """Every bridge is up and has its ports, and they are up."""
    links = ip("link", "show")
    for bridge, name in zip(layout.bridges, bridges):
        if not any(link["ifname"] == name and "UP" in link["flags"] for link in links):
            raise Failure(f"bridge {name} is not up")
        ports = [link for link in links if link.get("master") == name and "UP" in link["flags"]]
        if len(ports) != bridge.members:
            raise Failure(f"bridge {name} has {len(ports)} ports that are up, not {bridge.members}")


def check_names(layout: Layout) -> None:
    names = set(os.listdir("/run/netns"))
    wanted = set(layout.namespaces)
    if names != wanted:
        raise Failure(f"{len(wanted - names)} namespaces are missing, {len(names - wanted)} are too many")


def check_members(layout: Layout, interface: t.Callable[[int], str], inside: t.Callable[[int], list[str]]) -> None:
    """Samples: the first, the one in the middle and the last of every bridge. Counted over all bridges, ``interface``
    is what a member calls its interface, and ``inside`` is `ip` as it works in its namespace."""
    before = 0
    for bridge in layout.bridges:
        for number in sorted({1, (bridge.members + 1) // 2, bridge.members}):
            count = before + number
            found = {link["ifname"]: link for link in ask([*inside(count), "-j", "address", "show"])}
            for name, address in ((interface(count), bridge.member_address(number)), ("lo", "127.0.0.1/8")):
                if name not in found or "UP" not in found[name]["flags"] or address not in _addresses(found[name]):
                    raise Failure(f"member {count} has no interface {name} that is up and has {address}")
        before += bridge.members


def check_bridge_address(name: str, address: str) -> None:
    (link,) = ip("address", "show", "dev", name)
    if _addresses(link) != [address]:
        raise Failure(f"bridge {name} has {_addresses(link)}, not {address}")


def wait_until_gone() -> float:
    """How many seconds the kernel takes, from now on, to let go of all interfaces of this sandbox but lo."""
    start = time.monotonic()
    while len(socket.if_nameindex()) > 1:
        if time.monotonic() - start > PATIENCE:
            raise Failure(f"{len(socket.if_nameindex()) - 1} interfaces are still there")
        time.sleep(0.005)
    return time.monotonic() - start


def check_no_names() -> None:
    left = os.listdir("/run/netns")
    if left:
        raise Failure(f"{len(left)} namespaces are still there")


def ip(*arguments: str) -> list[dict[str, Json]]:
    return ask(["ip", "-j", *arguments])


def ask(command: list[str]) -> list[dict[str, Json]]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(done.stderr.strip())
    return t.cast("list[dict[str, Json]]", json.loads(done.stdout or "[]"))


def _addresses(link: dict[str, Json]) -> list[str]:
    return [f"{info['local']}/{info['prefixlen']}" for info in link["addr_info"] if info["family"] == "inet"]
