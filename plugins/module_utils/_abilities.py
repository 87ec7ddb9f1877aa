# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What netns_host_info answers: what this host can do for labs, and its limits.

What the kernel has is tried, in a namespace that has no name and ends with the try. The kernel loads a module as soon
as something asks for what is in it, so that is tried only where nothing can be loaded: what is built in, loaded
already, or not there at all. Of a module that waits to be loaded, its file or the kernel's configuration tells.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import gzip
import importlib.metadata
import os
import platform
import re
import resource
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, told
from ansible_collections.netns.lab.plugins.module_utils._host import Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import Kind
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class

Values = dict[str, t.Any]

# What asks for it, and the kernel's option and module.
QDISCS = {
    "htb": ("CONFIG_NET_SCH_HTB", "sch_htb"),
    "netem": ("CONFIG_NET_SCH_NETEM", "sch_netem"),
    "tbf": ("CONFIG_NET_SCH_TBF", "sch_tbf"),
}
# Those that stand in the way of large labs.
SYSCTLS = (
    *(f"net.{family}.neigh.default.gc_thresh{number}" for family in ("ipv4", "ipv6") for number in (1, 2, 3)),
    "user.max_net_namespaces",
    "fs.file-max",
    "fs.inotify.max_user_instances",
    "fs.inotify.max_user_watches",
    "kernel.pid_max",
    "kernel.threads-max",
)
OPTIONS: Values = {
    "namespaces": {"type": "int", "default": 0},
    "needed": {"type": "dict", "default": {}},
}

_PROBE = "netns_host_info"
_LO = 1
_TC_H_ROOT = 0xFFFFFFFF
_BRIDGED_TO_IPTABLES = "/proc/sys/net/bridge/bridge-nf-call-iptables"
_MOST_NAMESPACES = 1_000_000
_SYSCTL = re.compile(r"[A-Za-z0-9_-]+([./][A-Za-z0-9_:*@-]+)+")


def answer(params: Values, kinds: t.Sequence[Kind]) -> Values:
    """What a module of these ``OPTIONS`` returns; raises LabError."""
    needed = {**_needed_for(params["namespaces"]), **_checked(params["needed"])}
    require_capabilities("looking at what a host can do for labs")
    links = {kind.section: kind.config for kind in kinds if kind.config}
    sysctls = {name: _sysctl(_path(name)) for name in (*SYSCTLS, *needed)}
    found: Values = {
        "python": platform.python_version(),
        "pyroute2": _pyroute2(),
        "kernel": os.uname().release,
        "links": dict.fromkeys(links),
        "qdiscs": dict.fromkeys(QDISCS),
        "bridge_vlan_filtering": None,
        "bridge_netfilter": _sysctl(_BRIDGED_TO_IPTABLES) == 1,
        "sysctls": sysctls,
        "lacking": lacking(sysctls, needed),
        "open_files": dict(zip(("soft", "hard"), resource.getrlimit(resource.RLIMIT_NOFILE))),
    }
    if found["pyroute2"] is not None:
        try:
            found.update(_tried(links))
        except (OSError, nl.NetlinkError) as e:
            raise told(e) from e
    return found


def _pyroute2() -> str | None:
    """Its version; 0 where it is there and does not tell; None where it is not there."""
    try:
        message_class("ifinfmsg")
    except ImportError:
        return None
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("pyroute2")
    return "0"


# -- trying


def _tried(links: dict[str, tuple[str, str]]) -> Values:
    kernel = Kernel()
    with Host() as host:
        host.make({_PROBE: False})
        socket = host.socket(_PROBE)
        has_link = functools.partial(_has_link, socket)
        has_qdisc = functools.partial(_has_qdisc, socket)
        return {
            "links": {kind: kernel.has(*where, functools.partial(has_link, kind)) for kind, where in links.items()},
            "qdiscs": {kind: kernel.has(*where, functools.partial(has_qdisc, kind)) for kind, where in QDISCS.items()},
            "bridge_vlan_filtering": kernel.has(*links["bridge"], lambda: _filters_vlans(socket), None),
        }


def _has_link(socket: nl.NetlinkSocket, kind: str) -> bool:
    """rtnl_newlink() looks for the kind first. Whatever else it refuses, it knows the kind."""
    attrs = [("IFLA_IFNAME", f"p-{kind}"), ("IFLA_LINKINFO", {"attrs": [("IFLA_INFO_KIND", kind)]})]
    body = nl.encode("ifinfmsg", {"family": 0}, attrs)
    (answered,) = socket.exchange([(nl.RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)])
    return answered.error is None or answered.error.code != errno.EOPNOTSUPP


def _has_qdisc(socket: nl.NetlinkSocket, kind: str) -> bool:
    """The same with qdisc_create(). None of them can be made without options, so none is."""
    header = {"family": 0, "index": _LO, "handle": 0, "parent": _TC_H_ROOT}
    body = nl.encode("tcmsg", header, [("TCA_KIND", kind)])
    (answered,) = socket.exchange([(nl.RTM_NEWQDISC, nl.NLM_F_CREATE, body)])
    return answered.error is None or answered.error.code != errno.ENOENT


def _filters_vlans(socket: nl.NetlinkSocket) -> bool:
    """A kernel without it tells nothing of it (br_fill_info). Where there are bridges, one was made before."""
    body = nl.encode("ifinfmsg", {"family": 0}, [("IFLA_IFNAME", "p-bridge")])
    (answered,) = socket.exchange([(nl.RTM_GETLINK, 0, body)])
    if answered.error is not None:
        return False
    data = read("ifinfmsg", answered.messages[0][1]).get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_DATA")
    return data.get_attr("IFLA_BR_VLAN_FILTERING") is not None


class Kernel:
    """What is known of the kernel's modules without asking for them."""

    def __init__(self, root: str = "/", release: str | None = None) -> None:
        self._root = root
        self._release = release or os.uname().release
        self._modules = os.path.join(root, "lib/modules", self._release)
        self._config = self._read_config()
        self._loadable = self._read_loadable()

    def has(
        self,
        option: str,
        module: str,
        attempt: t.Callable[[], bool],
        unloaded: bool | None = True,
    ) -> bool | None:
        """Whether there is that. ``unloaded`` is what to say of a module that waits to be loaded; None: it cannot be
        told without loading it."""
        if not self._may_load(option, module):
            return attempt()
        return None if self._loadable is None and self._config is None else unloaded

    def _may_load(self, option: str, module: str) -> bool:
        """Whether to ask for it could load a module."""
        if not os.path.exists(os.path.join(self._root, "proc/modules")):
            return False  # this kernel has no modules at all
        if os.path.exists(os.path.join(self._root, "sys/module", module)):
            return False
        if self._loadable is not None:
            return module in self._loadable
        return self._config is None or self._config.get(option) == "m"

    def _read_config(self) -> dict[str, str] | None:
        for path in ("proc/config.gz", f"boot/config-{self._release}", f"lib/modules/{self._release}/config"):
            opening = gzip.open if path.endswith(".gz") else open
            with contextlib.suppress(OSError):
                with opening(os.path.join(self._root, path), "rt", encoding="utf-8", errors="replace") as lines:
                    words = (line.rstrip().partition("=") for line in lines if line.startswith("CONFIG_"))
                    return {name: value for name, _is, value in words}
        return None

    def _read_loadable(self) -> set[str] | None:
        """The names of all modules that there are files of. None: nobody knows, as in many containers."""
        with contextlib.suppress(OSError):
            with open(os.path.join(self._modules, "modules.dep"), encoding="utf-8", errors="replace") as lines:
                return {os.path.basename(line.partition(":")[0]).partition(".ko")[0] for line in lines}
        return None


# -- limits


def lacking(present: Values, needed: dict[str, int]) -> dict[str, int]:
    """What is needed of the settings that are lower than that. One that does not exist here is not told."""
    return {name: least for name, least in needed.items() if isinstance(present[name], int) and present[name] < least}


def _needed_for(namespaces: int) -> dict[str, int]:
    if not 0 <= namespaces <= _MOST_NAMESPACES:
        raise LabError(f"netns_host_info: namespaces is {namespaces}; it must be from 0 to {_MOST_NAMESPACES}")
    if not namespaces:
        return {}
    # The tables of neighbours are one for all namespaces of a machine: 64 entries let a member talk to that many.
    tables = {
        f"net.{family}.neigh.default.gc_thresh{number}": share * namespaces
        for family in ("ipv4", "ipv6")
        for number, share in ((1, 16), (2, 32), (3, 64))
    }
    return {
        **tables,
        # Those of containers, and of labs that are just being removed, count as well.
        "user.max_net_namespaces": 2 * namespaces + 1024,
        # For a daemon in each.
        "fs.inotify.max_user_instances": namespaces + 128,
        "kernel.pid_max": 8 * namespaces + 32768,
    }


def _checked(needed: Values) -> dict[str, int]:
    for name, least in needed.items():
        if not _SYSCTL.fullmatch(name):
            raise LabError(f"netns_host_info: {name!r} is no name of a sysctl, such as net.core.somaxconn")
        if not re.fullmatch("[0-9]{1,18}", str(least)):
            raise LabError(f"netns_host_info: {name} is to be {least!r}, which is no whole number")
    return {name: int(least) for name, least in needed.items()}


def _path(sysctl: str) -> str:
    return f"/proc/sys/{sysctl.replace('.', '/')}"


def _sysctl(path: str) -> t.Any:
    """A whole number, or text; None where there is no such setting, as of the neighbour tables outside the first
    namespace."""
    try:
        with open(path, encoding="utf-8", errors="replace") as setting:
            value = setting.read().strip()
    except OSError:
        return None
    return int(value) if re.fullmatch(r"-?[0-9]+", value) else value
