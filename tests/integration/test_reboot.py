# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reboot: a Debian is booted with its own systemd in namespaces, a play keeps labs there, and it is booted again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import eventually
from ansible_collections.netns.lab.tests.integration.helpers.machine import call
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT

DEBIAN = ROOT / ".cache" / "debian"
HOST = Path("/run/debian")
UNITS = "/etc/systemd/system"
BOOT = """
set -e
root=$1
mount --make-rprivate /
mount -t proc proc $root/proc
mount -t sysfs sysfs $root/sys
if grep -q name=systemd /proc/self/cgroup; then
    mount -t tmpfs tmpfs $root/sys/fs/cgroup
    mkdir $root/sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd cgroup $root/sys/fs/cgroup/systemd
else
    mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
fi
mount -t tmpfs -o mode=755 tmpfs $root/run
mount -t tmpfs -o mode=755 tmpfs $root/dev
mkdir $root/dev/pts $root/dev/shm
for device in null zero full random urandom tty; do
    : >$root/dev/$device
    mount --bind /dev/$device $root/dev/$device
done
ln -s /proc/self/fd $root/dev/fd
cd $root
pivot_root . mnt
umount -l /mnt
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init </dev/null
"""
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - netns.lab.topology:
        name: campus lab
        persistent: true
        netns: [{name: "h[1:20]"}, {name: r}]
        bridge: [{name: lan, priority: 4096}]
        veth:
          - {name: "p[1:20]", peer: {name: eth0, namespace: "h[1:20]", mtu: 1400}, mtu: 1400}
          - {name: up, peer: {name: wan, namespace: r, mac: "02:00:00:00:00:01"}}
        bridge_port: [{bridge: lan, interface: "p[1:20]", cost: 7}, {bridge: lan, interface: up}]
        netns_address:
          - {namespace: "h[1:20]", interface: eth0, address: "10.0.0.0/16[1:20]"}
          - {namespace: r, interface: wan, address: 10.0.1.1/16}
          - {namespace: r, interface: wan, address: "fd00::1/64"}
        netns_route: [{namespace: "h[1:20]", destination: default, gateway: 10.0.1.1}]
    - netns.lab.topology:
        name: second
        persistent: true
        netns: [{name: s1}]
"""
# Everything that iproute2 tells but for what is chosen anew: indexes, random MACs and IDs made of them, timers.
ORACLE = r"""
for n in "" $(ip netns | cut -d' ' -f1 | sort); do
    ip ${n:+-n $n} -d -o link | sed -E "s/^[0-9]+: //; s/@[^:]*//
        s/link-netns(id)? [^ ]+//; s/(timer|left) +[0-9.]+//g
        /02:00:00:00:00:01/!s/ether [^ ]*//; s/[0-9a-f]{4}\.[0-9a-f:]+//g; s/permaddr [^ ]+//
        s/designated_port [0-9]+//
        s/port_(id|no) [^ ]+//g; s/root_port [0-9]+//; s/^/$n /"
    { ip ${n:+-n $n} -o address; ip ${n:+-n $n} route; ip ${n:+-n $n} -6 route; } |
        grep -v fe80: | sed -E "s/^[0-9]+: //; s/^/$n /"
done | sort
"""


class Debian:
    """A machine that is on or off."""

    def __init__(self) -> None:
        self._groups = Path("/run/cgroup")
        self._groups.mkdir()
        is_old = "name=systemd" in Path("/proc/self/cgroup").read_text()
        subprocess.run(
            ["mount", "-t", *(["cgroup", "-o", "none,name=systemd"] if is_old else ["cgroup2"]), "cg", self._groups],
            check=True,
        )
        self._group = self._groups / f"netns-lab-{os.getpid()}-{time.monotonic_ns()}"
        self._group.mkdir()

    def boot(self) -> None:
        namespaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]
        join = f'echo $$ >{self._group}/cgroup.procs; exec unshare {" ".join(namespaces)} sh -c "$0" sh {HOST}'
        self._outside = subprocess.Popen(["sh", "-c", join, BOOT], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            time.sleep(0.3)
            children = Path(f"/proc/{self._outside.pid}/task/{self._outside.pid}/children").read_text().split()
            if children:
                self._init = int(children[0])
                state = self.run("systemctl is-system-running 2>/dev/null").stdout.strip()
                if state in ("running", "degraded"):
                    return
        raise AssertionError("it does not come up")

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        enter = ["nsenter", "-t", str(self._init), "--all", "sh", "-c", script]
        return subprocess.run(enter, capture_output=True, text=True, check=False)

    def do(self, script: str) -> str:
        done = self.run(script)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def settles_as(self, state: str) -> bool:
        """Carriers and the search for duplicate addresses take a moment."""
        eventually(lambda: self.do(ORACLE) == state, 20)
        assert self.do(ORACLE) == state
        return True

    def reboot(self) -> None:
        self.run("systemctl reboot")
        self._outside.wait(120)
        self.boot()

    def play(self) -> str:
        """What ansible-playbook says in the end, with the modules run by this machine's own Python."""
        python, play = Path("/run/tmp/python"), Path("/run/tmp/play.yml")
        python.write_text(f'#!/bin/sh\nexec nsenter -t {self._init} --all /usr/bin/python3 "$@"\n')
        python.chmod(0o755)
        play.write_text(PLAY)
        command = [sys.executable, "-m", "ansible", "playbook", "-c", "local"]
        done = subprocess.run(
            [*command, "-e", f"ansible_python_interpreter={python}", str(play)],
            env={**os.environ, "ANSIBLE_PIPELINING": "1", "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()[-2]

    def close(self) -> None:
        if hasattr(self, "_outside") and self._outside.poll() is None:
            os.kill(self._init, signal.SIGKILL)
            self._outside.wait(60)
        for folder, _folders, _files in os.walk(self._group, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        subprocess.run(["umount", self._groups], check=True)
        self._groups.rmdir()


@pytest.fixture
def debian() -> t.Iterator[Debian]:
    if not os.environ.get("NETNS_LAB_SOAK"):
        pytest.skip("boots a whole Debian; run make soak")
    if not DEBIAN.exists():
        pytest.skip("there is no Debian to boot; make soak makes one where it is run as root and has debootstrap")
    HOST.mkdir()
    for name in ("upper", "work"):
        Path(f"/run/debian-{name}").mkdir()
    layers = f"lowerdir={DEBIAN},upperdir=/run/debian-upper,workdir=/run/debian-work"
    call("mount", "overlay", str(HOST), "overlay", 0, layers.encode())
    machine = Debian()
    try:
        yield machine
    finally:
        machine.close()
        call("umount2", str(HOST), 2)
        for path in (HOST, Path("/run/debian-upper"), Path("/run/debian-work")):
            shutil.rmtree(path)


def test_labs_are_the_same_after_a_reboot(debian: Debian) -> None:
    debian.boot()
    assert "changed=2" in debian.play()
    unit = "'netns-lab@campus\\x20lab.service'"
    assert debian.do(f"systemctl is-enabled {unit}") == "enabled\n"
    assert eventually(lambda: "tentative" not in debian.do(ORACLE) and "state DOWN" not in debian.do(ORACLE), 20)
    before = debian.do(ORACLE)
    assert len(before.splitlines()) > 150
    for name, content in (("corrupt", '{"version": 1, broken'), ("old", '{"version": 0, "name": "old"}')):
        debian.do(f"echo '{content}' >/etc/netns-lab/{name}.json")
        debian.do(f"systemctl enable netns-lab@{name}")

    debian.reboot()
    assert debian.settles_as(before)
    assert debian.do(f"systemctl is-active {unit} netns-lab@second") == "active\nactive\n"
    failed = debian.do("systemctl --failed --plain --no-legend")
    assert [line.split()[0] for line in failed.splitlines()] == ["netns-lab@corrupt.service", "netns-lab@old.service"]
    journal = debian.do("journalctl -b -o cat -u netns-lab@corrupt -u netns-lab@old")
    assert "/etc/netns-lab/corrupt.json is no definition of a lab" in journal
    assert "/etc/netns-lab/old.json was written by another version of netns.lab" in journal
    assert "Traceback" not in journal
    assert debian.do("ip netns exec h1 ping -c 1 -W 5 10.0.0.20").count(" 0% packet loss") == 1
    assert "changed=0" in debian.play()

    debian.do(f"ip netns delete h7; systemctl reload {unit}")
    assert debian.settles_as(before)
    debian.do(f"systemctl stop {unit}")
    assert debian.do("ip netns").split()[0] == "s1" and "h1" not in debian.do("ip netns")
    debian.do(f"systemctl start {unit}")
    assert debian.settles_as(before)
