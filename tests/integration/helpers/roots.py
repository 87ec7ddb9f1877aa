# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts with files of their own, to install things on: each a copy on write of a root, which Ansible enters by chroot.

The root is this machine's, with nothing to install from but a repository and a folder of wheels made here, or, if
NETNS_LAB_DEBIAN names one, a Debian's with what Debian has. Whatever they write to /proc/sys stays in files over it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
import typing as t
import zipfile
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers.hosts import Play
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT

DEBIAN = os.environ.get("NETNS_LAB_DEBIAN", "")
PYTHON = "/usr/bin/python3"
WHEELS = "srv/wheels"
# As the first namespace of a machine has them.
LIMITS = {
    **{
        f"net.{family}.neigh.default.gc_thresh{number}": value
        for family in ("ipv4", "ipv6")
        for number, value in ((1, 128), (2, 512), (3, 1024))
    },
    "user.max_net_namespaces": 512,
    "fs.inotify.max_user_instances": 128,
    "kernel.pid_max": 32768,
}
# Called as ssh is: the last words are the host and the command.
_ENTER = r"""#!/bin/sh
for word; do host=$command; command=$word; done
exec env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    chroot {folder}/$host/root /bin/sh -c "$command"
"""
_CONTROL = """\
Package: python3-pyroute2
Version: {version}
Architecture: all
Maintainer: netns.lab contributors
Depends: python3
Description: pyroute2 of the environment that tests
"""


def impossible() -> str | None:
    """Why there can be no such host here."""
    if os.geteuid() or Path("/proc/self/uid_map").read_text().split()[2] == "1":
        return "apt installs as root alone, and this sandbox was not made by root"
    if not DEBIAN and not all(shutil.which(program) for program in ("apt-get", "dpkg-deb")):
        return "this machine's own packages are not Debian's"
    command = [PYTHON, "-c", "import apt, ensurepip, pip, venv"]
    if not DEBIAN and subprocess.run(command, capture_output=True, check=False).returncode:
        return f"{PYTHON} lacks what is in python3-apt, python3-pip and python3-venv"
    return None


class Roots:
    """Its hosts are what ``add`` made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._base = DEBIAN or "/"
        self._hosts: dict[str, dict[str, t.Any]] = {}
        enter = folder / "enter"
        enter.write_text(_ENTER.format(folder=folder))
        enter.chmod(0o755)
        self._all = {
            "ansible_connection": "ssh",
            "ansible_ssh_executable": str(enter),
            "ansible_python_interpreter": PYTHON,
            "ansible_become": False,
        }

    def add(self, name: str, **variables: t.Any) -> Path:
        """Returns the host's root."""
        place = self._folder / name
        root = place / "root"
        for part in ("upper", "work", "root", "limits"):
            (place / part).mkdir(parents=True)
        layers = f"lowerdir={self._base},upperdir={place}/upper,workdir={place}/work"
        _sh(f"mount -t overlay -o {layers} overlay {root}")
        _sh(f"mount -t proc proc {root}/proc; mount -t tmpfs tmpfs {root}/run; mount -t tmpfs tmpfs {root}/tmp")
        _sh(f"mount --rbind /dev {root}/dev")
        self._keep_limits(root, place / "limits")
        if not DEBIAN:
            _offer(root)
        self._hosts[name] = variables
        return root

    def _keep_limits(self, root: Path, kept: Path) -> None:
        """What is written to them stays in a file. All others cannot be written to."""
        sysctls = root / "proc/sys"
        _sh(f"mount --bind {sysctls} {sysctls}; mount -o remount,bind,ro {sysctls}")
        for family in ("ipv4", "ipv6"):
            # There is no such folder outside the first namespace.
            _sh(f"mount -t tmpfs tmpfs {sysctls}/net/{family}/neigh; mkdir {sysctls}/net/{family}/neigh/default")
        for name, value in LIMITS.items():
            file = sysctls / name.replace(".", "/")
            if "neigh" in name:
                file.touch()
            else:
                (kept / name).touch()
                _sh(f"mount --bind {kept / name} {file}")
            file.write_text(f"{value}\n")

    def sh(self, name: str, script: str) -> str:
        return _sh(f"exec {self._folder}/enter {name} {_quoted(script)}")

    def limits(self, name: str) -> dict[str, int]:
        sysctls = self._folder / name / "root/proc/sys"
        return {limit: int((sysctls / limit.replace(".", "/")).read_text()) for limit in LIMITS}

    def play(self, tasks: list[dict[str, t.Any]], *arguments: str, **environment: str) -> Play:
        playbook, inventory = self._folder / "playbook.json", self._folder / "inventory.json"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        inventory.write_text(json.dumps({"all": {"hosts": self._hosts, "vars": self._all}}))
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory), str(playbook), *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
                "ANSIBLE_CONFIG": str(ROOT / ".build" / "ansible.cfg"),
                "ANSIBLE_PIPELINING": "1",
                "ANSIBLE_FORKS": "10",
                "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._folder / "c"),
                "LC_ALL": "C.UTF-8",
                **environment,
            },
            check=False,
        )
        return Play(done.returncode, done.stdout + done.stderr)


@contextlib.contextmanager
def roots() -> t.Iterator[Roots]:
    # Not on the machine's disk: an overlay cannot write into what it reads from.
    with tempfile.TemporaryDirectory(dir="/run/tmp") as folder:
        try:
            yield Roots(Path(folder))
        finally:
            mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
            for mount in reversed([mount for mount in mounts if mount.startswith(f"{folder}/")]):
                _sh(f"umount -l {mount}")


def _offer(root: Path) -> None:
    """This machine without pyroute2 and without its ways to the network, and where else to install from."""
    _sh(
        f"chroot {root} dpkg --purge --force-depends python3-pyroute2 2>&1; cd {root};"
        " rm -rf usr/local/lib/python3*/dist-packages/pyroute2* usr/lib/python3/dist-packages/pyroute2*"
        " etc/pip.conf etc/xdg/pip root/.config/pip root/.pip etc/apt var/lib/apt/lists;"
        " mkdir -p etc/apt/apt.conf.d etc/apt/preferences.d etc/apt/trusted.gpg.d var/lib/apt/lists/partial;"
        f" mkdir -p srv/repository {WHEELS}"
    )
    (root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/repository ./\n")
    (root / "etc/pip.conf").write_text(f"[global]\nno-index = true\nfind-links = /{WHEELS}\n")
    distribution = importlib.metadata.distribution("pyroute2")
    files = [file for file in distribution.files or () if ".." not in file.parts and "__pycache__" not in file.parts]
    with zipfile.ZipFile(root / WHEELS / f"pyroute2-{distribution.version}-py3-none-any.whl", "w") as wheel:
        for file in files:
            wheel.write(str(file.locate()), str(file))
    package = root / "srv/package"
    for file in files:
        copy = package / "usr/lib/python3/dist-packages" / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(file.locate()), copy)
    (package / "DEBIAN").mkdir()
    control = _CONTROL.format(version=distribution.version)
    (package / "DEBIAN/control").write_text(control)
    deb = root / "srv/repository/python3-pyroute2.deb"
    _sh(f"dpkg-deb --root-owner-group -Znone --build {package} {deb}")
    checksum = hashlib.sha256(deb.read_bytes()).hexdigest()
    described = f"{control}Filename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {checksum}\n"
    (root / "srv/repository/Packages").write_text(described)


def _sh(script: str) -> str:
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
    return done.stdout


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
