# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts with files of their own, to install things on: each a copy on write of a root, which Ansible enters by chroot.

The root is this machine's without pyroute2 and pip, where stand-ins for package managers and a folder of wheels have
them; or, if NETNS_LAB_DEBIAN names one, that of a real Debian. What is written to /proc/sys stays in files over it.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import typing as t
import zipfile
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers.controller import ansible
from ansible_collections.netns.lab.tests.integration.helpers.hosts import Play

DEBIAN = os.environ.get("NETNS_LAB_DEBIAN", "")
# Whose Ansible is run.
CONTROLLER = os.environ.get("NETNS_LAB_CONTROLLER", sys.executable)
# That of a machine has no pip and no ensurepip to be sure of, but the one below the environment that tests has made it.
PYTHON = "/usr/bin/python3" if DEBIAN else f"{sys.base_prefix}/bin/python{sysconfig.get_python_version()}"
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
# Stands in for the modules of package managers, which only work where the manager is. What a package has lies in
# /srv/packages, and /srv/has names those that the host is offered.
_MANAGER = """\
import pathlib, shutil, sysconfig
from ansible.module_utils.basic import AnsibleModule
names = {"type": "list", "elements": "str", "required": True}
module = AnsibleModule({"name": names, "update_cache": {"type": "bool", "default": False}}, supports_check_mode=True)
wanted = module.params["name"]
if not module.check_mode:
    with open("/srv/asked", "a") as asked:
        print(*wanted, *(["anew"] if module.params["update_cache"] else []), file=asked)
for name in wanted:
    if name not in pathlib.Path("/srv/has").read_text().split():
        module.fail_json(msg=f"No package {name} available.")
    if not module.check_mode:
        package = name.partition("-")[2]
        shutil.copytree(f"/srv/packages/{package}", sysconfig.get_path("purelib"), dirs_exist_ok=True)
module.exit_json(changed=True)
"""
_MANAGERS = ("apt", "dnf", "dnf5", "zypper", "pacman", "apk")


def impossible() -> str | None:
    """Why there can be no such host here."""
    if Path("/proc/self/uid_map").read_text().split()[2] == "1":
        return "the files of the machine are root's, and this sandbox was not made by root"
    if not DEBIAN and os.stat(PYTHON).st_dev != os.stat("/").st_dev:
        return f"{PYTHON} is on another file system than /"
    with tempfile.TemporaryDirectory(dir="/run/tmp") as folder:
        layers = f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work"
        script = f"mkdir upper work root; mount -t overlay -o {layers} overlay root; umount root"
        done = subprocess.run(["sh", "-ec", script], cwd=folder, capture_output=True, text=True, check=False)
    return (
        f"this sandbox may not lay files over those of the machine: {done.stderr.strip()}" if done.returncode else None
    )


class Roots:
    """Its hosts are what ``add`` made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._base = DEBIAN or f"{_stripped(folder)}:/"
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
        (place / "limits").mkdir(parents=True)
        _overlay(self._base, place)
        _sh(f"mount -t proc proc {root}/proc; mount -t tmpfs tmpfs {root}/run; mount -t tmpfs tmpfs {root}/tmp")
        _sh(f"mount --rbind /dev {root}/dev")
        self._keep_limits(root, place / "limits")
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
        return _sh(f"exec {self._folder}/enter {name} {shlex.quote(script)}")

    def limits(self, name: str) -> dict[str, int]:
        sysctls = self._folder / name / "root/proc/sys"
        return {limit: int((sysctls / limit.replace(".", "/")).read_text()) for limit in LIMITS}

    def play(self, tasks: list[dict[str, t.Any]], *arguments: str) -> Play:
        playbook, inventory = self._folder / "playbook.json", self._folder / "inventory.json"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        inventory.write_text(json.dumps({"all": {"hosts": self._hosts, "vars": self._all}}))
        done = ansible(
            *("playbook", "-i", str(inventory), str(playbook), *arguments),
            by=[CONTROLLER],
            ANSIBLE_PIPELINING="1",
            ANSIBLE_FORKS="10",
            ANSIBLE_SSH_TRANSFER_METHOD="piped",
            ANSIBLE_SSH_CONTROL_PATH_DIR=str(self._folder / "c"),
            ANSIBLE_LIBRARY=str(self._folder / "managers"),
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


def bring(root: Path, package: str) -> None:
    """As if it had been there from the beginning."""
    library = _sh(f"{PYTHON} -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))'").strip()
    shutil.copytree(root / "srv/packages" / package, root / library.removeprefix("/"), dirs_exist_ok=True)


def _stripped(folder: Path) -> Path:
    """A layer over this machine that takes pyroute2 and pip from PYTHON and puts them where they can be had."""
    (folder / "managers").mkdir()
    for manager in _MANAGERS:
        (folder / "managers" / f"{manager}.py").write_text(_MANAGER)
    place = folder / "stripped"
    root = _overlay("/", place)
    for library in _libraries():
        for what in ("pyroute2*", "pip", "pip-*", "EXTERNALLY-MANAGED"):
            _sh(f"rm -rf {root}{library}/{what}")
    _sh(f"cd {root}; rm -rf etc/pip.conf etc/xdg/pip root/.config/pip root/.pip srv; mkdir -p srv/wheels srv/packages")
    (root / "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /srv/wheels\n")
    (root / "srv/asked").touch()
    (root / "srv/has").touch()
    for name in ("pyroute2", "pip"):
        distribution = importlib.metadata.distribution(name)
        files = [file for file in distribution.files or () if ".." not in file.parts and file.suffix != ".pyc"]
        for file in files:
            copy = root / "srv/packages" / name / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), copy)
        for installer in (root / "srv/packages" / name).glob("*.dist-info/INSTALLER"):
            installer.write_text("package\n")
        if name == "pyroute2":
            with zipfile.ZipFile(root / f"srv/wheels/{name}-{distribution.version}-py3-none-any.whl", "w") as wheel:
                for file in files:
                    wheel.write(str(file.locate()), str(file))
    _sh(f"umount {root}")
    return place / "upper"


def _libraries() -> list[str]:
    """All folders in which PYTHON looks for modules."""
    script = "import sys, sysconfig; print(*sys.path, sysconfig.get_path('stdlib'), sep='\\n')"
    done = subprocess.run([PYTHON, "-c", script], capture_output=True, text=True, check=True, cwd="/")
    return sorted({path for path in done.stdout.splitlines() if path.startswith("/")})


def _overlay(base: str, place: Path) -> Path:
    for part in ("upper", "work", "root"):
        (place / part).mkdir(parents=True, exist_ok=True)
    _sh(f"mount -t overlay -o lowerdir={base},upperdir={place}/upper,workdir={place}/work overlay {place}/root")
    return place / "root"


def _sh(script: str) -> str:
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
    return done.stdout
