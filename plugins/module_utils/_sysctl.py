# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Settings of a network namespace: ``sysctl``.

/proc/sys/net shows the namespace of the thread that looks at it, so that a thread which enters a namespace for a moment
reads and writes that one's.
"""

from __future__ import annotations

import errno
import ipaddress
import itertools
import os
import re
import stat
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils import _netconf as netconf
from ansible_collections.netns.lab.plugins.module_utils._errors import KernelError, LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Step
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkError
from ansible_collections.netns.lab.plugins.module_utils._steps import HostStep
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._apply import Applier

Path = tuple[str, ...]
"""A key in its parts: ("net", "ipv4", "conf", "eth0", "rp_filter")."""

_ROOT = "/proc/sys"
# The kernel counts in jiffies, and one has ten milliseconds at most.
_JIFFY = 10
_ALL, _DEFAULT = "all", "default"
# These have a folder for each interface, net/FAMILY/conf/INTERFACE/KEY.
_PER_INTERFACE = ("conf", "neigh")
IP_FORWARD: Path = ("net", "ipv4", "ip_forward")
FORWARDING: Path = ("net", "ipv4", "conf", _ALL, "forwarding")  # the same thing
_REDIRECTS: Path = ("net", "ipv4", "conf", _ALL, "accept_redirects")

_CURES = {
    errno.ENOENT: "this namespace has no such setting; the host's first one may have it, or the module that brings it "
    "is not loaded",
    errno.EACCES: "this kernel lets only the host's first namespace set it",
    errno.EPERM: "this kernel lets only the host's first namespace set it",
    errno.EINVAL: "it does not take this value",
    errno.ERANGE: "it does not take this value",
    errno.EROFS: "/proc/sys is read-only here, as in a container without privileges",
}


# -- what users write


def parse(key: str) -> Path:
    """A key as sysctl(8) takes it: the first separator, ``.`` or ``/``, is the one that separates, and the other one
    stands for a dot in a name. In the name of an interface, dots may stay what they are. Raises ValueError."""
    separator = next((c for c in key if c in "./"), ".")
    parts = tuple(key.split(separator))
    if separator == ".":
        parts = tuple(part.replace("/", ".") for part in parts)
        if len(parts) > 5 and parts[2] in _PER_INTERFACE:
            parts = (*parts[:3], ".".join(parts[3:-1]), parts[-1])
    if len(parts) < 3 or parts[0] != "net":
        raise ValueError(f"sysctl {key!r} is none of a network namespace, such as net.ipv4.ip_forward")
    for part in parts:
        if part in ("", ".", "..") or "/" in part or any(not c.isprintable() or c.isspace() for c in part):
            raise ValueError(f"sysctl {key!r} is no name of a setting, such as net.ipv4.ip_forward")
    interface = interface_of(parts)
    if interface is not None:
        interface_name(interface, f"sysctl {key!r}: the interface name")
    return parts


def spelled(path: Path) -> str:
    """How results and commands call it."""
    return ".".join(part.replace(".", "/") for part in path)


def interface_of(path: Path) -> str | None:
    """The interface that a setting is of; None: of all, of those to come, or of the namespace."""
    if len(path) == 5 and path[2] in _PER_INTERFACE and path[3] not in (_ALL, _DEFAULT):
        return path[3]
    return None


def rank(path: Path) -> int:
    """Those of the namespace and of all interfaces come first, as they change those of the interfaces to come, which
    change those of each."""
    if path in (IP_FORWARD, FORWARDING):
        return 0  # sets accept_redirects as well
    if interface_of(path) is not None:
        return 3
    return 2 if len(path) == 5 and path[3] == _DEFAULT else 1


def value_of(key: str, value: t.Any) -> str:
    """A value as YAML has it, as the kernel takes it. Raises ValueError."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        what = "has no value" if value is None else f"is {value!r}"
        raise ValueError(f"sysctl {key!r} {what}; give a number, a boolean or a text")
    if value in ("True", "False"):  # what a template makes of a boolean
        return str(int(value == "True"))
    if any(not c.isprintable() and c != "\t" for c in value.strip()):
        raise ValueError(f"sysctl {key!r} has a value of more than one line, or with characters that cannot be printed")
    return " ".join(value.split())


def same(path: Path, one: str | None, other: str | None) -> bool:
    """Whether two values are one to the kernel, which spells numbers, lists and addresses in its own way."""
    if one is None or other is None:
        return one is other
    if path[-1].endswith("_ms") and one.isdigit() and other.isdigit():
        return abs(int(one) - int(other)) < _JIFFY
    return [_meaning(word) for word in one.split()] == [_meaning(word) for word in other.split()]


def _meaning(word: str) -> t.Any:
    if re.fullmatch(r"[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)+|[0-9]+-[0-9]+", word):
        ranges = [part.partition("-")[::2] for part in word.split(",")]
        return _merged(sorted((int(low), int(high or low)) for low, high in ranges))
    for read in (lambda text: int(text, 0), ipaddress.IPv6Address):
        try:
            return read(word)
        except ValueError:
            continue
    return word


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in ranges:
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


# -- what the kernel has; the thread is in the namespace


def look(path: Path) -> tuple[str | None, str | None]:
    """What is wrong with a setting that is to be set, if that is known beforehand, and its value otherwise. The kernel
    makes a file anew for each namespace, so that it is looked up once. FileNotFoundError: it is of an interface that is
    not here yet."""
    try:
        fd = os.open(_file(path), os.O_RDONLY)
    except OSError:
        found = fault(path)
        if found:
            return found, None
        raise
    try:
        found = _unsettable(os.fstat(fd).st_mode)
        return found, None if found else _content(path, fd)
    finally:
        os.close(fd)


def read(path: Path) -> str | None:
    """A setting's value; None: it has none as yet. OSError when there is no such setting."""
    fd = os.open(_file(path), os.O_RDONLY)
    try:
        return _content(path, fd)
    finally:
        os.close(fd)


def _content(path: Path, fd: int) -> str | None:
    try:
        content = os.read(fd, 1 << 20)  # a setting comes whole
    except OSError as e:
        if e.errno == errno.EIO and path[-1] == "stable_secret":  # until somebody sets it
            return None
        raise
    return " ".join(content.decode("utf-8", "replace").split())


def fault(path: Path) -> str | None:
    """Why it cannot be set in this namespace, where that is known beforehand. What is of an interface, and the
    interface is not here yet, is taken for what interfaces to come have."""
    interface = interface_of(path)
    if interface is not None and not os.path.exists(_file(path[:4])):
        path = (*path[:3], _DEFAULT, path[4])
        if not os.path.exists(_file(path[:4])):
            return None
    try:
        return _unsettable(os.stat(_file(path)).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return "this kernel has no such setting; look for a typing error, or load the module that brings it"


def _unsettable(mode: int) -> str | None:
    if stat.S_ISDIR(mode):
        return "it is a folder of settings; name one of them"
    if not mode & 0o400:
        return "it is a command to the kernel and no setting, as it cannot be read"
    return None if mode & 0o200 else "it cannot be changed in this namespace"


def _write(path: Path, value: str) -> None:
    fd = os.open(_file(path), os.O_WRONLY)
    try:
        os.write(fd, f"{value}\n".encode())
    finally:
        os.close(fd)


def _file(path: Path) -> str:
    return os.path.join(_ROOT, *path)


# -- what one setting does to others


def spreads_to(path: Path) -> t.Callable[[Path], bool]:
    """Which other settings the kernel may change along with one: from all interfaces or those to come to each
    (devinet_conf_proc, neigh_proc_update, addrconf_fixup_forwarding, addrconf_disable_ipv6), and redirects with
    forwarding (inet_forward_change)."""
    if path == IP_FORWARD:
        path = FORWARDING
    if len(path) != 5 or path[2] not in _PER_INTERFACE or path[3] not in (_ALL, _DEFAULT):
        return lambda other: False

    def is_changed(other: Path) -> bool:
        if path == FORWARDING and other in (_REDIRECTS, IP_FORWARD):
            return True
        return len(other) == 5 and other != path and (*other[:3], other[4]) == (*path[:3], path[4])

    return is_changed


def _affected(path: Path) -> list[Path]:
    """The same, of those that the namespace has."""
    if path == IP_FORWARD:
        path = FORWARDING
    is_changed = spreads_to(path)
    if not is_changed(_sibling(path, _DEFAULT if path[-2] == _ALL else _ALL)):
        return []
    names = sorted(os.listdir(_file(path[:3])), key=lambda name: rank((*path[:3], name, path[4])))
    found = [_sibling(path, name) for name in names if name != path[3]]
    return [*([_REDIRECTS] if path == FORWARDING else []), *found]


def _sibling(path: Path, name: str) -> Path:
    return (*path[:-2], name, path[-1])


# -- steps


@dataclass
class SetSysctls(HostStep):
    """As ``sysctl -w``, in order. What a setting that spreads changes elsewhere is taken back with it."""

    partial = True
    namespace: str
    values: dict[Path, str]
    is_new: bool = False
    """The namespace goes when the run is undone, so nothing has to be remembered."""
    lost: list[Step] = field(default_factory=list)
    """What gives back what the kernel takes away on the way."""
    _before: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return [RestoreSysctls(self.namespace, self._before), *self.lost] if self._before else []

    def run(self, applier: Applier) -> None:
        values = self._still_different(applier) if self.is_new else self.values
        with applier.host.inside(self.namespace):
            for path, value in values.items():
                try:
                    if not self.is_new:
                        self._before = _present([path, *_affected(path)]) + self._before
                    _write(path, value)
                except OSError as e:
                    raise _refused(self.namespace, path, value, e) from e

    def _still_different(self, applier: Applier) -> dict[Path, str]:
        """Without the first ones that a new namespace turns out to have: from the next one on, a setting may change
        those behind it."""
        try:
            told = netconf.told(applier.host.socket(self.namespace), self.values)
        except NetlinkError as e:
            raise KernelError(f"netns {self.namespace}: its sysctls", e.code, e.said) from e
        return dict(
            itertools.dropwhile(lambda entry: same(entry[0], told.get(entry[0]), entry[1]), self.values.items())
        )


@dataclass
class RestoreSysctls(HostStep):
    """Writes those that are not as they were."""

    namespace: str
    before: list[tuple[Path, str]]
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        with applier.host.inside(self.namespace):
            for path, value in self.before:
                try:
                    if read(path) != value:
                        _write(path, value)
                except OSError as e:
                    raise _refused(self.namespace, path, value, e) from e


def _present(paths: t.Iterable[Path]) -> list[tuple[Path, str]]:
    found = []
    for path in paths:
        try:
            value = read(path)
        except FileNotFoundError:
            continue
        if value is not None:
            found.append((path, value))
    return found


def _refused(namespace: str, path: Path, value: str, error: OSError) -> LabError:
    return KernelError(
        f"netns {namespace}: sysctl {spelled(path)}={value}", error.errno or 0, "", _CURES.get(error.errno or 0)
    )
