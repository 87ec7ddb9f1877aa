# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Keeps a run from cutting off the machine it runs on."""

from __future__ import annotations

import ipaddress

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Fact, Key, View, Wish, link_key

_RT_TABLE_MAIN = 254


class Guard:
    """Knows the interface with the address of the management connection (SSH_CONNECTION), and those of the default
    routes, in the namespace the module runs in."""

    def __init__(self, view: View, allow_disconnect: bool) -> None:
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
        for route in _default_routes(view):
            for hop in route.values["nexthops"]:
                link = link_key(OWN, hop["interface"] or "")
                # The topology's own default route, over a link it made, is its own to take away.
                if link in view and link not in view.owned:
                    self._carriers.setdefault(link, "carries the default route")
                    self._before[route.key] = route
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
            harm = self._harm(key, before, view)
            if harm:
                raise LabError(f"{wish.item} would {harm}; say allow_disconnect: true if that is meant")

    def _harm(self, key: Key, before: Fact | None, view: View) -> str:
        now = view.get(key)
        if key[0] == "route":
            if now is None:
                return "take away the default route"
            same = before is not None and now.values["nexthops"] == before.values["nexthops"]
            return "" if same else "lead the default route elsewhere"
        carrier = f"{key[2]}, which {self._carriers[link_key(OWN, key[2])]}"
        if key[0] == "link":
            if now is None:
                return f"delete or move {carrier}"
            return f"take down {carrier}" if self._was_up[key] and not now.values["up"] else ""
        if key[0] == "port":
            was = before.values["master"] if before else None
            return f"change the master of {carrier}" if was != (now.values["master"] if now else None) else ""
        return f"take the address {key[3]} from {carrier}" if now is None else ""


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


def _default_routes(view: View) -> list[Fact]:
    return [
        fact
        for fact in view.of_type("route")
        if fact.key[1] == OWN
        and fact.key[2] in ("0.0.0.0/0", "::/0")
        and fact.key[3] == str(_RT_TABLE_MAIN)
        and fact.key not in view.owned
    ]
