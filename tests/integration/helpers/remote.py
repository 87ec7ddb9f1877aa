# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real SSH connection to the machine: an sshd in its namespace, and a client in another at the end of a cable."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers import controller

PORT = 2222
USER = "netns-lab-user"
INTERFACE = "mgmt"
# The machine's first. The last pair is not of one network: the client has it behind its end of the cable.
IPV4 = ("198.18.0.1", "198.18.0.2")
IPV6 = ("2001:db8:18::1", "2001:db8:18::2")
BEHIND = "198.18.88.2"

Task = tuple[str, dict[str, t.Any]]


def impossible() -> str | None:
    """Why there can be no sshd here."""
    if not _program("sshd"):
        return "there is no sshd (Debian has it in openssh-server)"
    return one_user()


def one_user() -> str | None:
    """Why nobody but root can be somebody here."""
    with open("/proc/self/uid_map", encoding="ascii") as uid_map:
        if uid_map.read().split()[2] == "1":
            return "this takes more than one user, and this sandbox was not made by root"
    return None


def no_users() -> str | None:
    """Why there can be no user to log in as who is not root."""
    if not _program("sudo"):
        return "there is no sudo"
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        if not any(line.split()[4] == "/etc" and " overlay " in line for line in mounts):
            return "/etc is the machine's own here, so no user is added to it"
    return None


@dataclass
class Remote:
    """The client's side."""

    namespace: int
    """The process that keeps the client's namespace."""
    folder: Path

    def play(self, address: str, tasks: list[Task], user: str = "root", source: str = "") -> list[dict[str, t.Any]]:
        """Runs tasks over SSH, one after the other, whether they fail or not, and then one over a connection that is
        new. Returns the results; AssertionError when the connection is lost."""
        results = self.folder / "results.json"
        playbook = self.folder / "playbook.json"
        names = [f"result_{number}" for number in range(len(tasks))]
        steps: list[dict[str, t.Any]] = [
            {"name": f"{module} {options}", f"netns.lab.{module}": options, "register": name, "ignore_errors": True}
            for name, (module, options) in zip(names, tasks)
        ]
        steps += [{"meta": "reset_connection"}, {"ansible.builtin.ping": {}}]
        content = f"{{{{ [{', '.join(names)}] | to_json }}}}"
        steps.append(
            {
                "ansible.builtin.copy": {"content": content, "dest": str(results)},
                "delegate_to": "localhost",
                "become": False,
                "vars": {"ansible_connection": "local"},
            }
        )
        play = {"hosts": "all", "gather_facts": False, "become": user != "root", "tasks": steps}
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        results.unlink(missing_ok=True)
        inventory = self.folder / "inventory.json"
        host = self.login(address, user, source)
        inventory.write_text(json.dumps({"all": {"hosts": {"machine": host}}}), encoding="utf-8")
        done = self.ansible("playbook", "-i", str(inventory), str(playbook), ANSIBLE_PIPELINING="1")
        log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{log}"
        found: list[dict[str, t.Any]] = json.loads(results.read_text(encoding="utf-8"))
        return found

    def login(self, address: str, user: str = "root", source: str = "") -> dict[str, t.Any]:
        """Variables of a host by which Ansible reaches the machine."""
        return {
            "ansible_host": address,
            "ansible_port": PORT,
            "ansible_user": user,
            "ansible_connection": "ssh",
            "ansible_ssh_private_key_file": str(self.folder / "key"),
            "ansible_ssh_common_args": f"-o BindAddress={source}" if source else "",
            "ansible_python_interpreter": sys.executable,
            "ansible_remote_tmp": f"/run/tmp/ansible-{user}",
        }

    def ansible(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of Ansible's where the client is."""
        return controller.ansible(
            *arguments,
            by=["nsenter", f"--net=/proc/{self.namespace}/ns/net", sys.executable],
            ANSIBLE_HOST_KEY_CHECKING="0",
            # A socket's path is short; another test's connection leads to another machine.
            ANSIBLE_SSH_CONTROL_PATH_DIR=f"/run/tmp/control-{self.namespace}",
            # The file of known hosts is that of the user who tests, whatever HOME says.
            ANSIBLE_SSH_ARGS="-o ControlMaster=auto -o ControlPersist=10s -o UserKnownHostsFile=/dev/null",
            ANSIBLE_TIMEOUT="10",
            **environment,
        )


@contextlib.contextmanager
def remote(folder: Path) -> t.Iterator[Remote]:
    """Adds ``INTERFACE`` to the machine, and what is behind it."""
    client = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    daemon: subprocess.Popen[bytes] | None = None
    try:
        _wait_for_a_namespace_of_its_own(client.pid)
        _run("ip", "link", "set", "dev", "lo", "up")
        peer = ("peer", "name", "c0", "netns", str(client.pid))
        _run("ip", "link", "add", "name", INTERFACE, "up", "type", "veth", *peer)
        _run("ip", "address", "add", f"{IPV4[0]}/24", "dev", INTERFACE)
        _run("ip", "address", "add", f"{IPV6[0]}/64", "dev", INTERFACE, "nodad")
        inside = ("nsenter", f"--net=/proc/{client.pid}/ns/net", "ip")
        _run(*inside, "link", "set", "dev", "lo", "up")
        _run(*inside, "link", "set", "dev", "c0", "up")
        _run(*inside, "address", "add", f"{IPV4[1]}/24", "dev", "c0")
        _run(*inside, "address", "add", f"{IPV6[1]}/64", "dev", "c0", "nodad")
        _run(*inside, "address", "add", f"{BEHIND}/32", "dev", "lo")
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key"))
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "host_key"))
        daemon = _sshd(folder)
        yield Remote(client.pid, folder)
    finally:
        for process in (daemon, client):
            if process is not None:
                process.kill()
                process.wait()


def add_user(folder: Path, name: str = USER, uid: int = 61001, hashed: str = "*", rule: str = "NOPASSWD: ALL") -> None:
    """An ordinary user, who may use sudo by ``rule``, in the sandbox's /etc. ``hashed`` is the password's hash."""
    home = _public_folder(folder) / f"home-{name}"
    home.mkdir(exist_ok=True)
    for file, line in (
        ("passwd", f"{name}:x:{uid}:{uid}::{home}:/bin/sh\n"),
        ("group", f"{name}:x:{uid}:\n"),
        ("shadow", f"{name}:{hashed}:20000:0:99999:7:::\n"),
    ):
        path = Path("/etc", file)
        if not path.read_text(encoding="utf-8").count(f"{name}:"):
            with path.open("a", encoding="utf-8") as opened:
                opened.write(line)
    os.chown(home, uid, uid)
    if rule:
        sudoers = Path("/etc/sudoers.d", name)
        sudoers.write_text(f"{name} ALL=(ALL) {rule}\n", encoding="ascii")
        sudoers.chmod(0o440)


def _sshd(folder: Path) -> subprocess.Popen[bytes]:
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where it locks in what it does not trust
    public = _public_folder(folder)
    shutil.copy(folder / "key.pub", public)
    config = folder / "sshd_config"
    lines = [
        f"Port {PORT}",
        f"HostKey {folder}/host_key",
        f"AuthorizedKeysFile {public}/key.pub",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PermitRootLogin prohibit-password",
        "UseDNS no",
        "Subsystem sftp internal-sftp",
    ]
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    with open(folder / "log", "wb") as log:
        daemon = subprocess.Popen([str(_program("sshd")), "-D", "-e", "-f", str(config)], stderr=log)
    deadline = time.monotonic() + 10
    while True:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection((IPV4[0], PORT)):
            return daemon
        assert daemon.poll() is None and time.monotonic() < deadline, (folder / "log").read_text(encoding="utf-8")
        time.sleep(0.02)


def _public_folder(folder: Path) -> Path:
    """One that every user may enter, unlike those of pytest."""
    public = Path("/run/tmp", f"{folder.name}-public")
    public.mkdir(mode=0o755, exist_ok=True)
    return public


def _wait_for_a_namespace_of_its_own(pid: int) -> None:
    own = os.stat("/proc/thread-self/ns/net").st_ino
    deadline = time.monotonic() + 5
    while os.stat(f"/proc/{pid}/ns/net").st_ino == own:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}"
