# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules leave nothing behind in the process, and start none."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import threading
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT, execute

ROUND: list[tuple[str, dict[str, t.Any]]] = [
    ("netns", {"name": "a1"}),
    ("netns", {"name": "a2"}),
    ("veth", {"name": "x", "namespace": "a1", "peer": {"name": "x", "namespace": "a2"}}),
    ("bridge", {"name": "br0", "namespace": "a1"}),
    ("bridge_port", {"interface": "x", "bridge": "br0", "namespace": "a1"}),
    ("netns_address", {"interface": "x", "namespace": "a2", "address": "10.0.0.1/24"}),
    ("netns_link", {"name": "x", "namespace": "a2", "mtu": 1400, "tx_checksum": False}),
    ("netns_route", {"namespace": "a2", "destination": "default", "gateway": "10.0.0.254"}),
    ("veth", {"name": "y", "namespace": "nowhere", "peer": {"name": "x"}}),
    ("netns", {"name": ".."}),
    ("bridge_port", {"interface": "br0", "bridge": "x", "namespace": "a1"}),
    ("topology", {"name": "lab", "netns": [{"name": "a3"}], "veth": [{"name": "t", "peer": {"name": "u"}}]}),
    ("topology", {"name": "lab", "netns": [{"name": "a3"}], "bridge_port": [{"interface": "t", "bridge": "u"}]}),
    ("topology", {"name": "lab", "state": "absent"}),
    ("netns", {"name": "a1", "state": "absent"}),
    ("netns", {"name": "a2", "state": "absent"}),
]


def remains() -> dict[str, t.Any]:
    """What a call could leave behind in this process."""
    gc.collect()
    return {
        "descriptors": {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)},
        "children": Path("/proc/thread-self/children").read_text(),
        "namespaces": {name: os.readlink(f"/proc/thread-self/ns/{name}") for name in ("net", "mnt", "pid", "user")},
        "directory": os.getcwd(),
        "threads": threading.active_count(),
        "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
        "mask": Path("/proc/thread-self/status").read_text().split("Umask:")[1].split()[0],
        "environment": dict(os.environ),
    }


def _is_open(fd: str) -> bool:
    return os.path.exists(f"/proc/self/fd/{fd}") and not os.readlink(f"/proc/self/fd/{fd}").startswith("/proc/")


def test_two_hundred_calls_leave_nothing_behind_in_the_process(lab: Lab) -> None:
    before_machine = lab.exact()
    for module, options in ROUND:  # what is loaded once stays loaded
        execute(module, options)
    before = remains()
    for _round in range(13):
        for module, options in ROUND:
            execute(module, options)
            execute(module, options, check=True)
    assert remains() == before
    lab.same(before_machine, lab.exact(), "everything was taken away again")


# Run by itself, because an audit hook stays for good.
_WATCHED = """
import contextlib, importlib, io, json, os, sys
from ansible.module_utils.testing import patch_module_args
seen = []
NAMES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn", "pty.spawn",
         "_thread.start_new_thread")
sys.addaudithook(lambda event, args: seen.append(f"{event} {args}") if event in NAMES else None)
os.register_at_fork(before=lambda: seen.append("fork"))
for module, options in json.loads(sys.argv[1]):
    main = importlib.import_module(f"ansible_collections.netns.lab.plugins.modules.{module}").main
    for check in (True, False):
        with patch_module_args({**options, "_ansible_check_mode": check}), contextlib.redirect_stdout(io.StringIO()):
            with contextlib.suppress(SystemExit):
                main()
print(json.dumps(seen))
"""


def test_no_module_starts_a_process_or_a_thread(lab: Lab) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, json.dumps(ROUND)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / ".build"), "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_watch_sees_what_it_watches_for() -> None:
    watched = _WATCHED.replace(
        "for module, options", "import subprocess; subprocess.run(['true'])\nfor module, options"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched, "[]"], capture_output=True, text=True, check=True, env=os.environ.copy()
    )
    assert "subprocess.Popen" in done.stdout
