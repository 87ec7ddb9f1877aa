# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Files under /etc/netns/NAME, which ``ip netns exec`` puts in the place of those in /etc. No symbolic link is followed
on the way to them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.netns.lab.plugins.module_utils import _syscalls as syscalls
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Fact, Key, Step, View
from ansible_collections.netns.lab.plugins.module_utils._steps import HostStep

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._apply import Applier

ETC_DIR = "/etc/netns"
MOST_BYTES = 1 << 20
_ROOT = ""


def file_key(namespace: str, name: str) -> Key:
    return ("etc-file", namespace, name)


def folder_key(namespace: str = _ROOT) -> Key:
    """A namespace's folder; without one, that of all of them."""
    return ("etc-folder", namespace)


def path_of(key: Key) -> str:
    return os.path.join(ETC_DIR, *key[1:])


def file_name(value: t.Any) -> str:
    """A plain name. Raises ValueError."""
    if not isinstance(value, str) or not value or "/" in value or value in (".", ".."):
        raise ValueError(f"etc_files: {value!r} is no plain file name such as resolv.conf")
    if any(not c.isprintable() for c in value):
        raise ValueError(f"etc_files: the name {value!r} has characters that cannot be printed")
    if len(value.encode()) > 255:
        raise ValueError(f"etc_files: the name {value[:20]!r}... has more than 255 bytes")
    return value


def file_content(name: str, value: t.Any) -> bytes:
    """What is to be in a file. Raises ValueError."""
    if not isinstance(value, str):
        what = "has no content" if value is None else f"is {value!r}"
        raise ValueError(f"etc_files: {name} {what}; give it as a text")
    content = value.encode()
    if len(content) > MOST_BYTES:
        raise ValueError(f"etc_files: {name} has {len(content)} bytes; {MOST_BYTES} is the most")
    return content


def shown(content: bytes) -> str:
    """For results."""
    return content.decode("utf-8", "replace")


# -- reading


def observe_files(namespaces: t.Collection[str]) -> t.Iterator[Fact]:
    """The folder of all namespaces with what is in it, and everything in the folders of these."""
    try:
        root = _open_folder(ETC_DIR)
    except FileNotFoundError:
        return
    if root is None:
        yield Fact(folder_key(), {"fault": f"{ETC_DIR} is no folder, or a symbolic link, which is not followed"})
        return
    try:
        yield Fact(folder_key(), {})
        for name in sorted(os.listdir(root)):
            yield from _observe_folder(root, name, name in namespaces)
    finally:
        os.close(root)


def _observe_folder(root: int, namespace: str, is_read: bool) -> t.Iterator[Fact]:
    key = folder_key(namespace)
    try:
        folder = _open_folder(namespace, root) if is_read else None
    except FileNotFoundError:
        return
    if folder is None:
        fault = f"{path_of(key)} is no folder, or a symbolic link, which is not followed"
        yield Fact(key, {"fault": fault} if is_read else {})
        return
    try:
        yield Fact(key, {})
        for name in sorted(os.listdir(folder)):
            with contextlib.suppress(FileNotFoundError):
                yield _observe_file(folder, file_key(namespace, name))
    finally:
        os.close(folder)


def _observe_file(folder: int, key: Key) -> Fact:
    found = os.stat(key[2], dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        return Fact(key, {"fault": f"{path_of(key)} is no regular file, and a symbolic link is not followed"})
    if found.st_size > MOST_BYTES:
        return Fact(key, {"fault": f"{path_of(key)} has more than {MOST_BYTES} bytes"})
    fd = os.open(key[2], os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        return Fact(key, {"content": os.pread(fd, MOST_BYTES, 0)}, mark=_mark(fd))
    finally:
        os.close(fd)


def _open_folder(path: str, parent: int | None = None) -> int | None:
    """None: it is none."""
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as e:
        if e.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        return None


@contextlib.contextmanager
def _folder_of(key: Key) -> t.Iterator[int]:
    """The open folder that something is in."""
    root = fd = _open_folder(ETC_DIR)
    try:
        if root is not None and len(key) > 2:
            fd = _open_folder(key[1], root)
        if fd is None:
            raise LabError(f"{os.path.dirname(path_of(key))} is no folder any more")
        yield fd
    finally:
        for opened in {root, fd} - {None}:
            os.close(t.cast(int, opened))


def _mark(fd: int) -> str:
    """What no other file has: inode numbers come again, one of the same moment does not."""
    return f"{os.fstat(fd).st_ino}.{syscalls.birth(fd)}"


# -- steps


@dataclass
class CreateFile(HostStep):
    """Makes a file, with the folders that are missing. It has no name until it is complete, and never replaces
    another."""

    partial = True
    key: Key
    content: bytes
    _undo: list[Step] = field(default_factory=list)

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return self._undo

    def prepare(self, applier: Applier, view: View) -> None:
        # Nearest to its place, as a name can only be given on the same file system.
        folders = (os.path.dirname(path_of(self.key)), ETC_DIR, os.path.dirname(ETC_DIR))
        nearest = next(folder for folder in folders if os.path.exists(folder))
        try:
            fd = os.open(nearest, os.O_TMPFILE | os.O_RDWR, 0o644)
        except OSError as e:
            if e.errno not in (errno.EOPNOTSUPP, errno.EISDIR):
                raise
            raise LabError(
                f"{path_of(self.key)}: the file system of {nearest} cannot make a file without a name (O_TMPFILE); "
                "mount one that can, such as a tmpfs, on it"
            ) from e
        applier.host.drafts[path_of(self.key)] = fd
        os.fchmod(fd, 0o644)
        _write(fd, self.content)
        view.put(replace(view.fact(self.key), mark=_mark(fd)))

    def run(self, applier: Applier) -> None:
        for folder in (ETC_DIR, os.path.dirname(path_of(self.key))):
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o755)
                self._undo.insert(0, RemoveFolder(folder))
        with _folder_of(self.key) as folder_fd:
            draft = applier.host.drafts.pop(path_of(self.key))
            try:
                # With a descriptor as its folder, though not needed, os.link() follows the link in /proc.
                os.link(f"/proc/self/fd/{draft}", self.key[2], src_dir_fd=folder_fd, dst_dir_fd=folder_fd)
            finally:
                os.close(draft)
        self._undo.insert(0, RemoveFile(self.key))


@dataclass
class WriteFile(HostStep):
    """Changes a file in place, so that whoever sees it through a mount sees the change."""

    partial = True
    key: Key
    content: bytes
    before: bytes | None = None

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return [] if self.before is None else [WriteFile(self.key, self.before)]

    def run(self, applier: Applier) -> None:
        with _folder_of(self.key) as folder:
            fd = os.open(self.key[2], os.O_WRONLY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                _write(fd, self.content)
            finally:
                os.close(fd)


def _write(fd: int, content: bytes) -> None:
    offset = 0
    while offset < len(content):
        offset += os.pwrite(fd, content[offset:], offset)
    os.ftruncate(fd, len(content))


@dataclass
class RemoveFile(HostStep):
    """Takes a file away."""

    key: Key
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        with contextlib.suppress(FileNotFoundError), _folder_of(self.key) as folder:
            os.unlink(self.key[2], dir_fd=folder)


@dataclass
class RemoveFolder(HostStep):
    """Takes a folder away, unless something is in it."""

    path: str
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        try:
            os.rmdir(self.path)
        except OSError as e:
            if e.errno not in (errno.ENOENT, errno.ENOTEMPTY):
                raise


@dataclass
class InTheEnd(HostStep):
    """Something that cannot be undone, put off until nothing can fail any more."""

    step: HostStep
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        """Not yet."""

    def finish(self, applier: Applier) -> None:
        self.step.run(applier)
