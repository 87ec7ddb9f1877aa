# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The host: its named namespaces, and netlink sockets inside them. No fork and no thread: the calling thread enters a
namespace, opens a socket there and comes back; the socket stays."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import resource
import threading
import time
import typing as t
from collections import OrderedDict

from ansible_collections.netns.lab.plugins.module_utils import _syscalls as syscalls
from ansible_collections.netns.lab.plugins.module_utils._errors import KernelError, LabError
from ansible_collections.netns.lab.plugins.module_utils._model import OWN
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkSocket

RUN_DIR = "/run/netns"
_SELF = "/proc/thread-self/ns/net"
_NS_GET_NSTYPE = 0xB703  # ioctl_ns(2)
_CAP_NET_ADMIN = 12
_CAP_SYS_ADMIN = 21
# Of sockets and of namespaces; what is asked for in turn should all fit, or each is opened again each time.
_MOST_OPEN = 4096
_SPARE = 256
_LOOKS = 3
# Threads that make namespaces at the same time. The kernel does much of it under one lock: a thousand took two of them
# two thirds of the time of one, and three no less.
_MAKERS = 2


class Entry(t.NamedTuple):
    """A name in /run/netns. False when it is no namespace."""

    inode: int
    mark: str
    """What no other namespace has: inode numbers come again, a number made at the same moment does not."""

    def __bool__(self) -> bool:
        return self.inode != 0


_STALE = Entry(0, "")


def require_capabilities(what: str = "working with network namespaces") -> None:
    """Says at once what would otherwise be the third error of the kernel's."""
    with open("/proc/thread-self/status", encoding="ascii") as status:
        effective = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff:"))
    if not (effective >> _CAP_NET_ADMIN & 1 and effective >> _CAP_SYS_ADMIN & 1):
        raise LabError(
            f"{what} needs root (CAP_SYS_ADMIN and CAP_NET_ADMIN); "
            "run the task as root, for example with become: true"
        )


class Host:
    """Use as a context: on leaving, every descriptor is closed and the thread is where it was."""

    def __init__(self) -> None:
        self._own = os.open(_SELF, os.O_RDONLY)
        self._own_id = _identity(os.fstat(self._own))
        self._sockets: OrderedDict[str, NetlinkSocket] = OrderedDict()
        self._fds: OrderedDict[str, int] = OrderedDict()
        self._unnamed: dict[str, int] = {}
        self._introduced: dict[str, int] = {}
        self.drafts: dict[str, int] = {}
        """Files that have no name yet, by the path that each is to get."""
        soft, hard = self._limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._most_open = min(_MOST_OPEN, max((hard - _SPARE) // 3, _SPARE))

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close_descriptors()
        os.close(self._own)
        resource.setrlimit(resource.RLIMIT_NOFILE, self._limits)

    def close_descriptors(self) -> None:
        """Lets go of every namespace but the own one: an open socket keeps a deleted namespace alive."""
        while self._sockets:
            self._sockets.popitem()[1].close()
        for fds in (self._fds, self._unnamed, self._introduced, self.drafts):
            while fds:
                os.close(fds.popitem()[1])

    # -- namespaces

    @staticmethod
    def names() -> list[str]:
        """Everything in /run/netns, namespace or not."""
        try:
            return sorted(os.listdir(RUN_DIR))
        except FileNotFoundError:
            return []

    def inspect(self, name: str) -> Entry | None:
        """A named namespace; None when there is no such name, and what is false for a file that is no namespace."""
        found = self.look(_path(name))
        for _look in range(_LOOKS - 1):
            if found is None or found:
                break
            # "ip netns add" makes the file first, and "ip netns delete" removes it last.
            time.sleep(0.01)
            found = self.look(_path(name))
        return found

    def look(self, path: str) -> Entry | None:
        """The same for any path."""
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return _STALE if os.path.islink(path) else None
        except OSError as e:
            if e.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
            return _STALE
        if found.st_dev != self._own_id[0]:
            return _STALE  # not on nsfs
        try:
            fd = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            found = os.fstat(fd)
            if found.st_dev != self._own_id[0]:
                return _STALE
            return _entry(found) if fcntl.ioctl(fd, _NS_GET_NSTYPE) == syscalls.CLONE_NEWNET else _STALE
        finally:
            os.close(fd)

    def opens(self, namespace: str) -> bool:
        """Whether there is such a namespace; it can be read from then on even if somebody else deletes it."""
        if namespace == OWN or namespace in self._introduced:
            return True
        try:
            if not self.inspect(namespace):
                return False
            self.socket(namespace)
            return True
        except OSError as e:
            # Its file is there for a moment before and after the namespace is.
            if e.errno not in (errno.ENOENT, errno.EINVAL):
                raise
            return False

    def fd(self, namespace: str) -> int:
        """An open descriptor of a namespace, kept until some hundreds of others have been asked for."""
        if namespace == OWN:
            return self._own
        for fds in (self._unnamed, self._introduced):
            if namespace in fds:
                return fds[namespace]
        if namespace not in self._fds:
            # O_CREAT, which pyroute2 sets, would make a namespace by looking at it.
            self._fds[namespace] = os.open(_path(namespace), os.O_RDONLY)
            while len(self._fds) > self._most_open:
                os.close(self._fds.popitem(last=False)[1])
        self._fds.move_to_end(namespace)
        return self._fds[namespace]

    def introduce(self, name: str, path: str) -> None:
        """By ``name``, which nothing has yet, the namespace at a path is meant from now on, if there is one."""
        try:
            if name not in self._introduced and self.look(path) and not self.inspect(name):
                self._introduced[name] = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # its last process ended just now
            return

    def identity(self, namespace: str) -> int:
        """The inode of a namespace that has been opened."""
        return os.fstat(self.fd(namespace)).st_ino

    def of_process(self, pid: int) -> tuple[str, int]:
        """Opens the namespace that a process is in, whether it has a name or not: what to call it here, and its
        inode."""
        called = f"/proc/{pid}/ns/net"
        if called not in self._unnamed:
            self._unnamed[called] = os.open(called, os.O_RDONLY)
        return called, os.fstat(self._unnamed[called]).st_ino

    @contextlib.contextmanager
    def inside(self, namespace: str) -> t.Iterator[None]:
        """The calling thread is in the namespace."""
        if namespace != OWN:
            syscalls.setns(self.fd(namespace), syscalls.CLONE_NEWNET)
        try:
            yield
        finally:
            if namespace != OWN:
                syscalls.setns(self._own, syscalls.CLONE_NEWNET)

    def socket(self, namespace: str) -> NetlinkSocket:
        """A netlink socket in the namespace. The longest unused one is closed when there are too many."""
        found = self._sockets.get(namespace)
        if found is None:
            with self.inside(namespace):
                found = NetlinkSocket()
            self._keep(namespace, found)
        self._sockets.move_to_end(namespace)
        return found

    def _keep(self, namespace: str, opened: NetlinkSocket) -> None:
        self._sockets[namespace] = opened
        while len(self._sockets) > self._most_open:
            self._sockets.popitem(last=False)[1].close()

    def release(self, namespace: str) -> None:
        """Lets go of a namespace."""
        opened = self._sockets.pop(namespace, None)
        if opened is not None:
            opened.close()
        fd = self._fds.pop(namespace, None)
        if fd is not None:
            os.close(fd)

    # -- changes

    @contextlib.contextmanager
    def naming(self) -> t.Iterator[None]:
        """Holds the lock that ``ip netns add`` takes, with /run/netns ready to take names."""
        os.makedirs(RUN_DIR, mode=0o755, exist_ok=True)
        lock = os.open(RUN_DIR, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _share()
            yield
        finally:
            os.close(lock)

    def make(self, loopbacks: t.Mapping[str, bool]) -> dict[str, Entry]:
        """New namespaces, with their loopback interfaces up or down, without their names as yet: each ends with this
        process unless it gets its own. Raises KernelError."""
        parts = [dict(list(loopbacks.items())[start::_MAKERS]) for start in range(_MAKERS)]
        makers = [_Maker(part) for part in parts if part]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        found: dict[str, Entry] = {}
        for maker in makers:
            for name, (fd, opened) in maker.made.items():
                self._unnamed[name] = fd
                self._keep(name, opened)
                found[name] = _entry(os.fstat(fd))
        for maker in makers:
            if maker.failure is not None:
                raise maker.failure
        return found

    def name(self, name: str) -> None:
        """Gives a new namespace its name, as ``ip netns add``; to be called within ``naming()``."""
        self.bind(name, self._unnamed[name])
        os.close(self._unnamed.pop(name))

    def attach(self, name: str) -> None:
        """Gives a namespace the name by which it was introduced; to be called within ``naming()``."""
        self.bind(name, self._introduced[name])

    @staticmethod
    def link_of(name: str) -> str | None:
        """Where a name leads that is a symbolic link."""
        return os.readlink(_path(name)) if os.path.islink(_path(name)) else None

    def unname(self, name: str) -> None:
        """As ``ip netns delete``: takes the name away. The namespace lives on while something is open in it."""
        self.release(name)
        path = _path(name)
        if not os.path.islink(path):
            try:
                syscalls.umount(path, syscalls.MNT_DETACH)
            except OSError as e:
                if e.errno not in (errno.EINVAL, errno.ENOENT):  # it was not a mount point
                    raise
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)

    def hold(self, name: str) -> int:
        """A descriptor that keeps a namespace alive whatever becomes of its name."""
        return os.open(_path(name), os.O_RDONLY)

    def bind_again(self, name: str, fd: int, link: str | None = None) -> None:
        """Gives it back a name that ``unname`` took away, or half of it; ``link`` is where it led as a symbolic
        link."""
        entry = self.inspect(name)
        if entry is not None and not entry:
            os.unlink(_path(name))
        if entry != _entry(os.fstat(fd)):
            if link is None:
                self.bind(name, fd)
            else:
                os.symlink(link, _path(name))

    def bind(self, name: str, fd: int) -> None:
        """Gives the namespace of a descriptor a name."""
        path = _path(name)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0))
        try:
            syscalls.mount(f"/proc/thread-self/fd/{fd}", path, syscalls.MS_BIND)
        except BaseException:
            os.unlink(path)
            raise


class _Maker(threading.Thread):
    """Makes namespaces, and ends in the last one."""

    def __init__(self, loopbacks: dict[str, bool]) -> None:
        super().__init__()
        self._loopbacks = loopbacks
        self.made: dict[str, tuple[int, NetlinkSocket]] = {}
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for name, loopback in self._loopbacks.items():
                try:
                    self.made[name] = self._make(loopback)
                except OSError as e:
                    raise KernelError(f"netns {name}", e.errno or 0) from e
        except BaseException as e:
            self.failure = e

    @staticmethod
    def _make(loopback: bool) -> tuple[int, NetlinkSocket]:
        syscalls.unshare(syscalls.CLONE_NEWNET)
        opened = NetlinkSocket()
        try:
            if loopback:
                opened.set_up("lo")
            return os.open(_SELF, os.O_RDONLY), opened
        except BaseException:
            opened.close()
            raise


class _Mount(t.NamedTuple):
    root: str
    place: str
    parent: str
    group: str
    """Of mounts that are copied to each other's places; none: nowhere."""


def held_elsewhere(names: t.Iterable[str]) -> set[str]:
    """Those of the names whose namespace has something else to live on: the target of a symbolic link, or a second
    mount."""
    mounts = _mounts()
    of_namespaces: dict[str, list[_Mount]] = {}
    places: dict[str, _Mount] = {}
    for mount in mounts.values():
        if mount.root.startswith("net:["):
            of_namespaces.setdefault(mount.root, []).append(mount)
            places[mount.place] = mount
    result = set()
    for name in names:
        own = places.get(_path(name))
        if own is None:
            if os.path.islink(_path(name)):
                result.add(name)
        elif any(
            other.place != own.place and not _is_copy(other, own, mounts) for other in of_namespaces[own.root]
        ):
            result.add(name)
    return result


def _mounts() -> dict[str, _Mount]:
    """All of this mount namespace, by number: proc(5), /proc/PID/mountinfo."""
    found = {}
    with open("/proc/thread-self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            words = line.split(" ")
            group = next((word for word in words[6 : words.index("-")] if word.startswith("shared:")), "")
            found[words[0]] = _Mount(words[3], _unescaped(words[4]), words[1], group)
    return found


def _is_copy(other: _Mount, own: _Mount, mounts: dict[str, _Mount]) -> bool:
    """Whether the kernel has copied a name to another place where /run/netns is mounted: it goes with the name."""
    one, two = mounts.get(own.parent), mounts.get(other.parent)
    is_shared = one is not None and two is not None and bool(one.group) and one.group == two.group
    return is_shared and os.path.basename(other.place) == os.path.basename(own.place)


def _unescaped(path: str) -> str:
    """Of /proc/.../mountinfo, which writes white space and backslashes in octal."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)


def processes_inside(inodes: t.Collection[int]) -> dict[int, list[int]]:
    """The processes in each of the namespaces, as ``ip netns pids`` finds them, but for those that only look in: runs
    of these modules enter a namespace for a moment to open a socket there."""
    found = _processes_inside(os.listdir("/proc"), inodes)
    for _look in range(_LOOKS - 1):
        pids = [str(pid) for inside in found.values() for pid in inside]
        if not pids:
            break
        time.sleep(0.01)
        found = _processes_inside(pids, inodes)
    return found


def processes_elsewhere(inodes: t.Collection[int]) -> dict[int, list[int]]:
    """The processes in network namespaces other than these, by inode."""
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):  # it ended in between
                inode = os.stat(f"/proc/{entry}/ns/net").st_ino
                if inode not in inodes:
                    found.setdefault(inode, []).append(int(entry))
    return found


def _processes_inside(entries: t.Iterable[str], inodes: t.Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {inode: [] for inode in inodes}
    for entry in entries:
        if entry.isdigit():
            with contextlib.suppress(OSError):  # it ended in between
                inode = os.stat(f"/proc/{entry}/ns/net").st_ino
                if inode in found:
                    found[inode].append(int(entry))
    return found


def _path(name: str) -> str:
    return os.path.join(RUN_DIR, name)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _entry(found: os.stat_result) -> Entry:
    # nsfs sets the time when it first shows a namespace, and keeps it while something holds the namespace.
    return Entry(found.st_ino, f"{found.st_ino}.{found.st_ctime_ns}")


def _share() -> None:
    """Makes /run/netns a shared mount, so that names appear and vanish in every mount namespace: the same steps as
    iproute2's netns_add()."""
    try:
        syscalls.mount("", RUN_DIR, syscalls.MS_SHARED | syscalls.MS_REC)
        return
    except OSError as e:
        if e.errno != errno.EINVAL:  # not a mount point yet
            raise
    syscalls.mount(RUN_DIR, RUN_DIR, syscalls.MS_BIND | syscalls.MS_REC)
    # Private in between, or the new mount would be a peer of the one below and each name be mounted twice.
    syscalls.mount("", RUN_DIR, syscalls.MS_PRIVATE | syscalls.MS_REC)
    syscalls.mount("", RUN_DIR, syscalls.MS_SHARED | syscalls.MS_REC)
