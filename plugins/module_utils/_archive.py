# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""This engine as a program of its own: a Python archive (zipapp) of the files that Ansible has sent with the module,
so that a host applies a definition at boot with the engine that made it. pyroute2 stays the host's."""

from __future__ import annotations

import functools
import io
import os
import sys
import typing as t
import zipfile
import zipimport

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError

_COLLECTION = "ansible_collections.netns.lab.plugins.module_utils"
_MAIN = f"""\
from {_COLLECTION}._command import main

main()
"""
# At the end of the file, where a reader of the archive looks first. It tells our program from another of its name.
MARK = b"netns.lab"
_LONGEST_INTERPRETER = 120  # the kernel reads 127 bytes of a script's first line (BINPRM_BUF_SIZE) in all its versions


@functools.cache
def packed() -> bytes:
    """The program, byte for byte the same for the same sources."""
    # Named here, so that Ansible sends them: nothing else of the module needs them.
    from ansible_collections.netns.lab.plugins.module_utils import _command  # noqa: F401

    files = _sources()
    for name in list(files):
        folder = os.path.dirname(name)
        while folder:
            files.setdefault(f"{folder}/__init__.py", b"")
            folder = os.path.dirname(folder)
    files["__main__.py"] = _MAIN.encode()
    archive = io.BytesIO()
    archive.write(b"#!" + os.fsencode(_interpreter()) + b"\n")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as target:
        target.comment = MARK
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980, so that equal files make equal archives
            entry.external_attr = 0o644 << 16
            target.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _interpreter() -> str:
    path = sys.executable
    if not path or len(os.fsencode(path)) > _LONGEST_INTERPRETER or any(c.isspace() for c in path):
        raise LabError(
            f"the path of Python ({path!r}) cannot begin a script; name another with ansible_python_interpreter, "
            "or leave persistent out"
        )
    return path


def _sources() -> dict[str, bytes]:
    loader = sys.modules[__name__].__spec__.loader  # type: ignore[union-attr]
    if isinstance(loader, zipimport.zipimporter):
        return _from_archive(loader.archive)
    # Run from a folder, as for debugging: what has been loaded is what is needed.
    found: dict[str, bytes] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith((f"{_COLLECTION}.", "ansible.module_utils.")) or name in ("ansible", "ansible.module_utils"):
            path = t.cast(t.Optional[str], getattr(module, "__file__", None))
            if path is not None:
                stem = name.replace(".", "/")
                is_package = os.path.basename(path) == "__init__.py"
                with open(path, "rb") as file:
                    found[f"{stem}/__init__.py" if is_package else f"{stem}.py"] = file.read()
    found["ansible/__init__.py"] = b""  # the controller's own names its release, and nothing of it is needed
    return found


def _from_archive(path: str) -> dict[str, bytes]:
    """Of what Ansible has sent, all but the module itself."""
    with zipfile.ZipFile(path) as source:
        return {
            name: source.read(name)
            for name in source.namelist()
            if name.startswith(("ansible/module_utils/", f"{_COLLECTION.replace('.', '/')}/")) and name.endswith(".py")
        }
