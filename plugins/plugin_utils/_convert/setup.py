# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Commands that set up a node, as far as they are plain: addresses, routes, links that come up, sysctls."""

from __future__ import annotations

import ipaddress
import re
import shlex
import typing as t
from dataclasses import dataclass, field

Route = dict[str, t.Any]

# What a shell does more with than to split it into words and commands.
_SHELL = re.compile(r"[|<>$`*?~(){}\[\]\"'\\#]|(?<!&)&(?!&)")
_SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash")
_PROGRAMS = ("ip", "/sbin/ip", "/usr/sbin/ip", "/bin/ip")


@dataclass
class Setup:
    """What the commands of a node come to."""

    interfaces: t.Collection[str]
    """Those that it has from its links."""
    addresses: dict[str, list[str]] = field(default_factory=dict)
    """By interface, ``lo`` among them."""
    routes: list[Route] = field(default_factory=list)
    sysctls: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)
    """Those that are not plain, to be run as they are."""
    notes: list[str] = field(default_factory=list)

    def take(self, command: str) -> None:
        try:
            words = shlex.split(command)
        except ValueError:
            words = []
        commands = _of_shell(words) if len(words) == 3 and words[0] in _SHELLS and words[1] == "-c" else [words]
        trial = Setup(self.interfaces, {k: list(v) for k, v in self.addresses.items()}, list(self.routes))
        # A script is understood as a whole or not at all: its commands may need each other.
        if commands and all(trial._takes(one) for one in commands):
            self.addresses, self.routes = trial.addresses, trial.routes
            self.sysctls.update(trial.sysctls)
            self.notes += trial.notes
        else:
            self.rest.append(command)

    def _takes(self, words: list[str]) -> bool:
        if not words:
            return False
        if words[0] in _PROGRAMS:
            return self._takes_ip(words[1:])
        if words[0] in ("sysctl", "/sbin/sysctl", "/usr/sbin/sysctl"):
            return self._takes_sysctl([word for word in words[1:] if word not in ("-w", "-q", "-qw", "-wq")])
        return False

    def _takes_sysctl(self, settings: list[str]) -> bool:
        pairs = [setting.partition("=") for setting in settings]
        if not pairs or not all(name and separator and not name.startswith("-") for name, separator, _value in pairs):
            return False
        self.sysctls.update({name.replace("/", "."): value for name, _separator, value in pairs})
        return True

    def _takes_ip(self, words: list[str]) -> bool:
        version = None
        while words and words[0] in ("-4", "-6"):
            version, words = int(words[0][1]), words[1:]
        if len(words) < 3:
            return False
        what, action, rest = words[0], words[1], words[2:]
        # iproute2 takes any beginning of a word (matches() in ip.c).
        if what and "address".startswith(what) or what == "addr":
            return action in ("add", "replace") and self._takes_address(rest, version)
        if what and "link".startswith(what):
            return action == "set" and self._takes_link(rest)
        if what and "route".startswith(what):
            if action in ("add", "replace", "append"):
                return self._takes_route(rest, version)
            if action in ("del", "delete") and rest[0] == "default" and rest[-2:] in (["dev", "eth0"], ["default"]):
                defaults = [route for route in self.routes if route["destination"] == "default"]
                if "eth0" not in self.interfaces and not defaults:
                    self.notes.append("there is no default route of a management network to delete")
                    return True
        return False

    def _takes_address(self, words: list[str], version: int | None) -> bool:
        text, options = words[0], _pairs(words[1:])
        if options is None or not {"dev"} <= options.keys() <= {"dev", "brd", "broadcast"}:
            return False
        if options.get("brd", options.get("broadcast", "+")) != "+":
            return False
        try:
            address = ipaddress.ip_interface(text)
        except ValueError:
            return False
        if (version or address.version) != address.version or options["dev"] not in (*self.interfaces, "lo"):
            return False
        found = self.addresses.setdefault(options["dev"], [])
        if str(address) not in found:
            found.append(str(address))
        return True

    def _takes_link(self, words: list[str]) -> bool:
        """All links come up by themselves."""
        words = [word for word in words if word != "dev"]
        return len(words) == 2 and "up" in words and {*words} - {"up"} <= {*self.interfaces, "lo"}

    def _takes_route(self, words: list[str], version: int | None) -> bool:
        destination, options = words[0], _pairs(words[1:])
        if options is None or not options or not options.keys() <= {"via", "dev", "metric"}:
            return False
        route: Route = {"destination": destination}
        try:
            networks = {} if destination == "default" else {ipaddress.ip_network(destination, strict=False).version}
            if "via" in options:
                gateway = ipaddress.ip_address(options["via"])
                # One that is only reached with what is not understood has to wait for that.
                if not self._reaches(gateway, options.get("dev")) or {*networks, gateway.version} != {gateway.version}:
                    return False
                networks = {gateway.version}
                route["gateway"] = str(gateway)
            if "metric" in options:
                route["metric"] = int(options["metric"])
        except ValueError:
            return False
        if version is not None and {*networks} != {version}:
            return False
        if destination == "default" and "gateway" not in route and version == 6:
            route["destination"] = "::/0"
        if "dev" in options:
            if options["dev"] not in self.interfaces:
                return False
            route["interface"] = options["dev"]
        if route not in self.routes:
            self.routes.append(route)
        return True

    def _reaches(self, gateway: t.Any, interface: str | None) -> bool:
        if gateway.is_link_local:
            return interface is not None
        return any(
            gateway in ipaddress.ip_interface(address).network
            for name, addresses in self.addresses.items()
            for address in addresses
            if name != "lo" and interface in (None, name)
        )


def _of_shell(words: list[str]) -> list[list[str]]:
    """The commands of a script that is nothing but a list of them; none if it is more."""
    script = words[2]
    if _SHELL.search(script):
        return []
    return [part.split() for part in re.split(r"&&|;|\n", script) if part.strip()]


def _pairs(words: list[str]) -> dict[str, str] | None:
    if len(words) % 2:
        return None
    return dict(zip(words[::2], words[1::2]))
