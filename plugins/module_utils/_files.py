# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Steps that write and remove files. Each is done whole or not at all, and on disk when it is done."""

from __future__ import annotations

import contextlib
import os
import stat
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Step
from ansible_collections.netns.lab.plugins.module_utils._steps import HostStep

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._apply import Applier


@dataclass(frozen=True)
class File:
    """A file as it is or should be: with content and mode, or as a symbolic link."""

    content: bytes = b""
    mode: int = 0o644
    target: str | None = None

    @staticmethod
    def at(path: str) -> File | None:
        """The file of that name; None when there is none. Raises LabError for what is no file."""
        try:
            found = os.lstat(path)
            if stat.S_ISLNK(found.st_mode):
                return File(target=os.readlink(path))
            if not stat.S_ISREG(found.st_mode):
                raise LabError(f"{path} is no file; move it away")
            with open(path, "rb") as file:
                return File(file.read(), stat.S_IMODE(found.st_mode))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as e:
            raise _failed(path, "read", e) from e


@dataclass
class PutFile(HostStep):
    """Writes a file, or removes it (``wanted`` is None); folders are made where they are missing, and those that this
    made go again with the file."""

    path: str
    present: File | None
    wanted: File | None
    folder: str = ""
    """The folder that goes with its last file."""
    _made: list[str] = field(default_factory=list)

    @property
    def undo(self) -> list[Step]:  # type: ignore[override]
        return [_TakeBack(self)]

    def run(self, applier: Applier) -> None:
        try:
            if self.wanted is None:
                os.unlink(self.path)
                if self.folder:
                    with contextlib.suppress(OSError):  # somebody keeps something there
                        os.rmdir(self.folder)
            else:
                self._make_folders()
                _write(self.path, self.wanted)
        except OSError as e:
            self._remove_folders()
            raise _failed(self.path, "removed" if self.wanted is None else "written", e) from e

    def take_back(self) -> None:
        try:
            if self.present is not None:
                if self.folder:
                    os.makedirs(self.folder, mode=0o755, exist_ok=True)
                _write(self.path, self.present)
            else:
                os.unlink(self.path)
                self._remove_folders()
        except OSError as e:
            raise _failed(self.path, "put back", e) from e

    def _make_folders(self) -> None:
        missing: list[str] = []
        folder = os.path.dirname(self.path)
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for folder in reversed(missing):
            os.mkdir(folder, mode=0o755)
            self._made.append(folder)

    def _remove_folders(self) -> None:
        while self._made:
            with contextlib.suppress(OSError):
                os.rmdir(self._made.pop())


@dataclass
class _TakeBack(HostStep):
    step: PutFile
    undo: list[Step] = field(default_factory=list)

    def run(self, applier: Applier) -> None:
        self.step.take_back()


def _write(path: str, file: File) -> None:
    draft = f"{path}.new"
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        if file.target is not None:
            os.symlink(file.target, draft)
        else:
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with open(fd, "wb") as opened:
                opened.write(file.content)
                os.fchmod(opened.fileno(), file.mode)
                opened.flush()
                os.fsync(opened.fileno())
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
    # The name is on disk, too, so that a power cut just after a run does not take it back.
    fd = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _failed(path: str, what: str, error: OSError) -> LabError:
    reason = os.strerror(error.errno or 0)
    return LabError(f"{path} cannot be {what} ({reason}); see that its folder has room and can be written to")
