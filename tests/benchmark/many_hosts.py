# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""many_hosts.py HOSTS ROUNDS PROGRAMS PATIENCE

A lab of ten members on each of many hosts that ansible-playbook reaches over ssh, against `ansible all -m ping` on the
same hosts with the same settings. The hosts are namespaces with a real sshd, with interfaces and a /run of their own.
The last line that this writes is what was measured, as JSON.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.benchmark import quiet
from ansible_collections.netns.lab.tests.benchmark.contenders.ansible import recap
from ansible_collections.netns.lab.tests.benchmark.layout import layout_of
from ansible_collections.netns.lab.tests.benchmark.measure import (
    AGAIN,
    BUILD,
    PING,
    REMOVE,
    Failure,
    Record,
    Sample,
    Stopwatch,
)

KEY = "hosts"
MEMBERS = 10
NEEDS = ("sshd", "ssh", "ssh-keygen", "ansible-playbook")
NEEDS_ROOT = "left out, because sshd needs root, and its users"

CONFIG = """\
HostKey /run/ssh/host_key
AuthorizedKeysFile /run/ssh/authorized_keys
PermitRootLogin yes
PasswordAuthentication no
StrictModes no
UsePAM no
UseDNS no
PidFile none
LogLevel ERROR
"""
# Its /run is filled before it takes the place of the sandbox's. The cable comes from outside.
HOST = """\
set -e
mkdir run && mount -t tmpfs -o mode=755 tmpfs run
mkdir run/netns run/sshd run/ssh run/home
cp -p config host_key authorized_keys run/ssh
mount -n --move run /run
ip link set lo up
until ip link show dev eth0 >/dev/null 2>&1; do sleep 0.02; done
ip addr add "$1/16" dev eth0
ip link set eth0 up
exec "$2" -D -e -f /run/ssh/config
"""
SSH = "-F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"


def may_run_sshd() -> bool:
    """sshd changes to a user of its own, whom a user namespace of somebody else's making does not have."""
    users = sum(int(line.split()[2]) for line in Path("/proc/self/uid_map").read_text().splitlines())
    return os.geteuid() == 0 and users >= 65536


class Hosts:
    """They end with the sandbox."""

    def __init__(self, count: int, folder: Path) -> None:
        self._folder = folder
        self.addresses = [f"10.99.{number >> 8}.{number & 255}" for number in range(1, count + 1)]
        self._make_keys()
        sh("ip link add lan up type bridge && ip addr add 10.99.255.254/16 dev lan")
        sshd = sh("command -v sshd").strip()
        self._processes = [self._start(number, sshd) for number in range(count)]
        for number in range(count):
            self._plug_in(number)
        for number, address in enumerate(self.addresses):
            if not answers(address):
                raise Failure(f"no sshd answers at {address}: {self._log(number).read_text()}")

    @property
    def inventory(self) -> Path:
        file = self._folder / "inventory.ini"
        lines = [f"host{number} ansible_host={address}" for number, address in enumerate(self.addresses, start=1)]
        lines += ["[all:vars]", "ansible_user=root", f"ansible_ssh_private_key_file={self._folder / 'key'}"]
        lines += [f"ansible_ssh_common_args='{SSH}'"]
        file.write_text("\n".join(lines) + "\n")
        return file

    @property
    def pids(self) -> list[int]:
        """The sshd of each of them."""
        return [process.pid for process in self._processes]

    def close(self) -> None:
        """Ends them before the sandbox does."""
        for process in self._processes:
            process.kill()
            process.wait()

    def namespaces(self) -> list[int]:
        """How many names there are on each of them."""
        return [len(os.listdir(f"/proc/{process.pid}/root/run/netns")) for process in self._processes]

    def _make_keys(self) -> None:
        for name in ("host_key", "key"):
            sh(f"ssh-keygen -q -t ed25519 -N '' -f '{self._folder / name}'")
        (self._folder / "authorized_keys").write_text((self._folder / "key.pub").read_text())
        (self._folder / "config").write_text(CONFIG)

    def _start(self, number: int, sshd: str) -> subprocess.Popen[bytes]:
        place = self._folder / f"host{number}"
        place.mkdir()
        for name in ("config", "host_key", "authorized_keys"):
            os.link(self._folder / name, place / name)
        command = ["unshare", "--net", "--mount", "sh", "-c", HOST, "sh", self.addresses[number], sshd]
        with self._log(number).open("w") as log:
            return subprocess.Popen(command, cwd=place, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _log(self, number: int) -> Path:
        return self._folder / f"host{number}" / "log"

    def _plug_in(self, number: int) -> None:
        process = self._processes[number]
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{process.pid}/ns/net") == own:
            time.sleep(0.01)
        sh(f"ip link add h{number} up master lan type veth peer name eth0 netns {process.pid}")


def sh(script: str) -> str:
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{script}: {done.stderr.strip()}")
    return done.stdout


def answers(address: str, seconds: float = 30) -> bool:
    """Whether an sshd introduces itself within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, 22), timeout=1) as connection:
                if connection.recv(4) == b"SSH-":
                    return True
        except OSError:
            time.sleep(0.05)
    return False


class ManyHosts:
    def __init__(self, hosts: Hosts, stopwatch: Stopwatch) -> None:
        self._hosts = hosts
        self._stopwatch = stopwatch
        self._inventory = str(hosts.inventory)
        # For both alike. Connections stay open between the runs, as Ansible has it by default.
        stopwatch.environment.update(ANSIBLE_PIPELINING="1", ANSIBLE_FORKS=str(len(hosts.addresses)))

    def ping(self) -> Sample:
        return self._stopwatch.run(["ansible", "all", "-i", self._inventory, "-m", "ping"])

    def run(self, phase: str) -> Sample:
        """Measures a phase, and does not believe what the playbook says of it."""
        if phase == PING:
            return self.ping()
        count = len(self._hosts.addresses)
        (bridge,) = layout_of(MEMBERS).bridges
        variables: dict[str, t.Any] = {
            "bridged_member_count": bridge.members,
            "bridged_subnet": [bridge.subnet],
            "verify": False,
        }
        if phase == REMOVE:
            variables["bridged_state"] = "absent"
        sample = self._stopwatch.run(
            ["ansible-playbook", "-i", self._inventory, "netns.lab.bridged", "-e", json.dumps(variables)]
        )
        changed = recap(self._stopwatch.output.read_text()).get("changed", 0)
        if changed != (0 if phase == AGAIN else count):
            raise Failure(f"{phase} changed {changed} hosts of {count}")
        if self._hosts.namespaces() != [0 if phase == REMOVE else MEMBERS] * count:
            raise Failure(f"after {phase} the hosts have {self._hosts.namespaces()} namespaces")
        return sample


def measure(count: int, rounds: int, programs: Path, patience: float) -> list[Record]:
    records: list[Record] = []
    # Short, because the sockets of ssh are in it.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            session = ManyHosts(Hosts(count, folder), Stopwatch(programs / "stopwatch", folder))
            session.ping()  # opens the connections
            for run in range(1, rounds + 1):
                for phase in (PING, BUILD, AGAIN, REMOVE):
                    quiet.wait_for_quiet(patience)
                    records.append(Record(KEY, count, phase, run, session.run(phase)))
        except Failure as e:
            records.append(Record(KEY, count, BUILD, 0, None, f"broke: {e}"))
    return records


def main() -> None:
    count, rounds, programs, patience = sys.argv[1:]
    records = measure(int(count), int(rounds), Path(programs), float(patience))
    print(json.dumps([record.as_json() for record in records]), flush=True)
    # The hosts hold on to what is to be cleared away; the sandbox ends them.
    os._exit(0)


if __name__ == "__main__":
    main()
