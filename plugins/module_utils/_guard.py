# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Keeps a run from cutting off the machine it runs on."""

from __future__ import annotations

import errno
import ipaddress
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Fact, Key, View, Wish, link_key
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader

_RT_TABLE_MAIN = 254


class Guard:
    """Knows the interface with the address of the management connection (SSH_CONNECTION), and those of the default
    routes, in the namespace the module runs in."""

    def __init__(self, reader: Reader, view: View, allow_disconnect: bool) -> None:
        self._carriers: dict[Key, str] = {}
        self._before: dict[Key, Fact | None] = {}
        if allow_disconnect:
            return
        server = _ssh_server_address()
        if server is not None:
            for fact in view.of_type("address"):
                if fact.key[1] == OWN and fact.key[3] == server:
                    link = link_key(OWN, fact.key[2])
                    self._carriers[link] = f"carries this SSH connection ({server})"
                    self._before[fact.key] = fact
        for index, family in _default_route_interfaces(reader):
            link = link_key(OWN, reader.link_names(OWN).get(index, ""))
            # The topology's own default route, over a link it made, is its own to take away.
            if link in view and link not in view.owned:
                self._carriers.setdefault(link, f"carries the {family} default route")
                for fact in view.dependents(link, past="link"):
                    if fact.key[0] == "address" and not ipaddress.ip_address(fact.key[3]).is_link_local:
                        self._before[fact.key] = fact
        for link in self._carriers:
            self._before[link] = view.get(link)
            port = ("port", *link[1:])
            self._before[port] = view.get(port)
        self._was_up = {link: view.values(link)["up"] for link in self._carriers}  # type: ignore[index]

    def watch(self, wish: Wish, view: View) -> None:
        """Raises LabError when the item just planned cuts a carrier off."""
        for key, before in self._before.items():
            link = link_key(OWN, key[2])
            what = self._harm(key, before, view)
            if what:
                raise LabError(
                    f"{wish.item} would {what} {key[2]}, which {self._carriers[link]}; "
                    "say allow_disconnect: true if that is meant"
                )

    def _harm(self, key: Key, before: Fact | None, view: View) -> str:
        now = view.get(key)
        if key[0] == "link":
            if now is None:
                return "delete or move"
            return "take down" if self._was_up[key] and not now.values["up"] else ""
        if key[0] == "port":
            was = before.values["master"] if before else None
            master = now.values["master"] if now else None
            return "change the master of" if was != master else ""
        return f"take the address {key[3]} from" if now is None else ""


def _ssh_server_address() -> str | None:
    """This end's address of the SSH connection, from the environment of this process or of one it descends from: sudo
    keeps SSH_CONNECTION from its commands."""
    pid = "self"
    while pid not in ("0", "1"):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ:
                variables = dict(item.partition(b"=")[::2] for item in environ.read().split(b"\0"))
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                parent = stat.read().rpartition(")")[2].split()[1]
        except OSError:
            return None
        words = variables.get(b"SSH_CONNECTION", b"").decode("ascii", "replace").split()
        if len(words) == 4:
            try:
                address = ipaddress.ip_address(words[2].partition("%")[0])
            except ValueError:
                return None
            mapped = getattr(address, "ipv4_mapped", None)
            return str(mapped or address)
        pid = parent
    return None


def _default_route_interfaces(reader: Reader) -> t.Iterator[tuple[int, str]]:
    for family, name in ((2, "IPv4"), (10, "IPv6")):
        try:
            routes = reader.dump(OWN, nl.RTM_GETROUTE, "rtmsg", {"family": family, "table": _RT_TABLE_MAIN}, [])
        except nl.NetlinkError as e:
            if e.code != errno.ENOENT:
                raise
            continue  # a namespace that never had a route has no such table
        for message in routes:
            if message["dst_len"] == 0 and message["table"] == _RT_TABLE_MAIN and message["type"] == 1:
                index = message.get_attr("RTA_OIF")
                if index:
                    yield index, name
                for hop in message.get_attr("RTA_MULTIPATH") or ():
                    yield hop["oif"], name
