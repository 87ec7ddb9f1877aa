# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several hosts on one cable, each a namespace with a real sshd and a /run of its own, and Ansible to reach them."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.benchmark.many_hosts import Hosts
from ansible_collections.netns.lab.tests.integration.helpers import controller


class Play(t.NamedTuple):
    """What a run of ansible-playbook said."""

    status: int
    output: str

    @property
    def changed(self) -> dict[str, int]:
        """By host."""
        return {host: int(count) for host, count in re.findall(r"^(\S+)\s+: ok=.* changed=(\d+)", self.output, re.M)}

    @property
    def failed(self) -> set[str]:
        return set(re.findall(r"^(\S+)\s+: ok=.* failed=[1-9]", self.output, re.M))


class Fleet:
    """Hosts called host1, host2, ..."""

    def __init__(self, count: int, folder: Path) -> None:
        self._folder = folder
        self._hosts = Hosts(count, folder)
        self.addresses = {f"host{number}": address for number, address in enumerate(self._hosts.addresses, 1)}
        self.inventory = self._hosts.inventory
        for host in self.addresses:
            # Facts have the interfaces from there.
            self.sh(host, "mount -t sysfs sysfs /sys")

    def play(self, variables: dict[str, t.Any], *arguments: str) -> Play:
        """The playbook of the role lab, without its pings unless ``variables`` say so. Fails the test if it does."""
        played = self.attempt(variables, *arguments)
        assert played.status == 0, played.output
        return played

    def attempt(self, variables: dict[str, t.Any], *arguments: str) -> Play:
        return self.ansible("playbook", "netns.lab.lab", *self._said({"verify": False, **variables}), *arguments)

    def picture(self, variables: dict[str, t.Any], folder: Path) -> None:
        """Draws what is there."""
        wanted = {**variables, "live": True, "picture_folder": str(folder)}
        drawn = self.ansible("playbook", "netns.lab.lab_picture", *self._said(wanted))
        assert drawn.status == 0, drawn.output

    def _said(self, variables: dict[str, t.Any]) -> tuple[str, ...]:
        file = self._folder / "variables.json"
        file.write_text(json.dumps(variables), encoding="utf-8")
        return "-e", f"@{file}"

    def ansible(self, program: str, *arguments: str) -> Play:
        done = controller.ansible(
            *(program, "-i", str(self.inventory), *arguments),
            ANSIBLE_PIPELINING="1",
            ANSIBLE_PYTHON_INTERPRETER=sys.executable,
            # A socket's path is short.
            ANSIBLE_SSH_CONTROL_PATH_DIR=str(self._folder / "c"),
        )
        return Play(done.returncode, done.stdout + done.stderr)

    def sh(self, host: str, script: str) -> str:
        """A script on a host, past Ansible. It must succeed."""
        pid = self._hosts.pids[int(host.removeprefix("host")) - 1]
        done = subprocess.run(
            ["nsenter", f"--target={pid}", "--net", "--mount", "sh", "-c", script],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{host}: {script}: {done.stdout}{done.stderr}"
        return done.stdout

    def namespaces(self) -> dict[str, list[str]]:
        return {host: sorted(self.sh(host, "ls -A1 /run/netns").split()) for host in self.addresses}

    def residue(self) -> dict[str, str]:
        """What is on the hosts beside what they came with."""
        script = "ls -A1 /run/netns; ls -A1 /run/netns-lab 2>/dev/null; ip -o link | grep -v -e ' lo:' -e ' eth0@' || :"
        return {host: found for host in self.addresses if (found := self.sh(host, script))}

    def close(self) -> None:
        self._hosts.close()


@contextlib.contextmanager
def fleet(count: int) -> t.Iterator[Fleet]:
    # Short, because the sockets of ssh are in it.
    with tempfile.TemporaryDirectory(dir="/run/tmp", ignore_cleanup_errors=True) as folder:
        found = Fleet(count, Path(folder))
        try:
            yield found
        finally:
            found.close()
