# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""pyroute2's message classes and nothing else of it.

``import pyroute2`` loads some 200 modules in 0.2 s, and up to 0.8 runs ``uname`` and ``file`` on the way. The message
classes need about 25 of them. So the packages above are passed over while the classes are imported; whoever imports
pyroute2 in this interpreter before or after gets all of it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
import platform
import sys
import types
import typing as t


class _Uname(t.NamedTuple):
    system: str
    node: str
    release: str
    version: str
    machine: str
    processor: str


_loaded: dict[str, types.ModuleType] = {}


_NLA_F_NESTED = 0x8000


@functools.cache
def message_class(name: str) -> t.Any:
    """The class ``name`` of the module ``pyroute2.netlink.rtnl.name``; ImportError when pyroute2 is missing."""
    if name in _MISSING:
        return type(name, (_module("pyroute2.netlink").nlmsg,), _MISSING[name])
    module = _module(f"pyroute2.netlink.rtnl.{name}")
    found = getattr(module, name)
    mended = _MENDED.get(name)
    return mended(found, module) if mended else found


def _module(path: str) -> t.Any:
    if path not in _loaded:
        with _only_the_messages():
            _loaded[path] = importlib.import_module(path)
    return _loaded[path]


def _ifaddrmsg(found: t.Any, module: t.Any) -> t.Any:
    # 0.7.2 does not know the attribute behind its last one (include/uapi/linux/if_addr.h).
    if len(found.nla_map) > 9:
        return found
    return type("ifaddrmsg", (found,), {"nla_map": (*found.nla_map, ("IFA_RT_PRIORITY", "uint32"))})


# include/uapi/linux/neighbour.h, in its order behind NDA_MASTER.
_LATER_NDA = (("NDA_LINK_NETNSID", "uint32"), ("NDA_SRC_VNI", "uint32"), ("NDA_PROTOCOL", "uint8"))
_NDA_MASTER = 9


def _ndmsg(found: t.Any, module: t.Any) -> t.Any:
    # 0.7.2 knows none of the later attributes, 0.8.1 two of them.
    missing = _LATER_NDA[len(found.nla_map) - _NDA_MASTER - 1 :]
    return type("ndmsg", (found,), {"nla_map": (*found.nla_map, *missing)}) if missing else found


def _ifinfmsg(found: t.Any, module: t.Any) -> t.Any:
    # br_setlink() takes IFLA_PROTINFO for the single byte of old programs unless it is marked as nested.
    nested = type("protinfo_bridge", (module.protinfo_bridge,), {"nla_flags": _NLA_F_NESTED})
    return type("ifinfmsg", (found,), {"protinfo": staticmethod(lambda *args, **options: nested)})


_MENDED: dict[str, t.Callable[[t.Any, t.Any], t.Any]] = {
    "ifaddrmsg": _ifaddrmsg,
    "ifinfmsg": _ifinfmsg,
    "ndmsg": _ndmsg,
}

# What pyroute2 has no class for.
_MISSING: dict[str, dict[str, t.Any]] = {
    "netconfmsg": {  # include/uapi/linux/netconf.h
        "fields": (("family", "B"), ("__pad", "3x")),
        "prefix": "NETCONFA_",
        "nla_map": (
            ("NETCONFA_UNSPEC", "none"),
            ("NETCONFA_IFINDEX", "int32"),
            ("NETCONFA_FORWARDING", "int32"),
            ("NETCONFA_RP_FILTER", "int32"),
        ),
    },
}


@contextlib.contextmanager
def _only_the_messages() -> t.Iterator[None]:
    if "pyroute2" in sys.modules:
        yield
        return
    spec = importlib.util.find_spec("pyroute2")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("No module named 'pyroute2'")
    bare = types.ModuleType("pyroute2")
    bare.__path__ = list(spec.submodule_search_locations)
    bare.__spec__ = spec
    sys.modules.update(_loaded)
    sys.modules["pyroute2"] = bare
    try:
        with _no_child_for_platform():
            yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "pyroute2"]:
            _loaded[name] = sys.modules.pop(name)
        _loaded.pop("pyroute2", None)


@contextlib.contextmanager
def _no_child_for_platform() -> t.Iterator[None]:
    # pyroute2.config up to 0.8 asks for fields that platform finds out through child processes.
    uname, architecture = platform.uname, platform.architecture
    platform.uname = lambda: _Uname(*os.uname(), "")  # type: ignore[assignment,return-value]
    platform.architecture = lambda *a, **k: ("64bit" if sys.maxsize > 2**32 else "32bit", "")
    try:
        yield
    finally:
        platform.uname, platform.architecture = uname, architecture
