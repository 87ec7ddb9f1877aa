# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules leave nothing behind in the process, and start none."""

from __future__ import annotations

import gc
import json
import locale
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
import threading
import typing as t
from pathlib import Path

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import machine
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT, Result, execute
from ansible_collections.netns.lab.tests.integration.helpers.round import ROUND

CABLE = {"name": "z[1:3]", "peer": {"name": "e", "namespace": "z[1:3]"}}
CALLS = 1000
OWN = "/proc/thread-self/ns"


def remains() -> dict[str, t.Any]:
    """What a call could leave behind in this process."""
    gc.collect()
    status = Path("/proc/thread-self/status").read_text()
    return {
        "descriptors": {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)},
        "children": Path("/proc/thread-self/children").read_text(),
        "namespaces": {name: os.readlink(f"{OWN}/{name}") for name in os.listdir(OWN)},
        "directory": os.getcwd(),
        "root": os.readlink("/proc/thread-self/root"),
        "mounts": Path("/proc/thread-self/mountinfo").read_text(),
        "threads": threading.active_count(),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if "RLIMIT" in name},
        "rights and signals": [line for line in status.splitlines() if line.startswith(_KEPT)],
        "handlers": {number: str(signal.getsignal(number)) for number in signal.valid_signals()},
        "timer": signal.getitimer(signal.ITIMER_REAL),
        "environment": dict(os.environ),
        "garbage collection": (gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.get_freeze_count(), gc.callbacks),
        "modules": sorted(sys.modules),
        "path": list(sys.path),
        "importers": [str(finder) for finder in sys.meta_path],
        "streams": [id(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "hooks": [sys.excepthook, sys.unraisablehook, threading.excepthook],
        "locale": locale.setlocale(locale.LC_ALL),
        "patience of sockets": socket.getdefaulttimeout(),
        "the platform": (platform.uname, platform.architecture),
    }


_KEPT = ("Umask", "Uid", "Gid", "Groups", "Cap", "SigBlk", "SigIgn", "SigCgt", "NoNewPrivs")


def _is_open(fd: str) -> bool:
    """All but that of the listing itself."""
    return os.path.exists(f"/proc/self/fd/{fd}") and os.readlink(f"/proc/self/fd/{fd}") != f"/proc/{os.getpid()}/fd"


def test_the_round_has_every_module() -> None:
    modules = {file.stem for file in (ROOT / "plugins" / "modules").glob("[!_]*.py")}
    assert {module for module, _options in ROUND} == modules


def test_a_thousand_calls_leave_nothing_behind_in_the_process(lab: Lab) -> None:
    before_machine = lab.exact()
    for module, options in ROUND:  # what is loaded once stays loaded
        execute(module, options)
        execute(module, options, check=True)
    before, blocks = remains(), sys.getallocatedblocks()
    calls = 0
    while calls < CALLS:
        for module, options in ROUND:
            execute(module, options, check=True)
            execute(module, options)
            calls += 2
    after = remains()
    for what, found in after.items():
        assert found == before[what], what
    # What each call adds to would be a hundred thousand at least; what stays is told once for each form of message.
    assert sys.getallocatedblocks() - blocks < 10 * CALLS
    lab.same(before_machine, lab.exact(), "everything was taken away again")


def test_the_round_succeeds_and_fails(lab: Lab) -> None:
    results = [(module, execute(module, options)) for module, options in ROUND]
    failed = {module for module, result in results if result.failed}
    # What fails before the module has begun shows nothing of it.
    assert [result.msg for _module, result in results if "missing:" in result.msg or "Unsupported" in result.msg] == []
    succeeded = {module for module, result in results if not result.failed}
    assert {module for module, _options in ROUND} - succeeded <= {"dummy", "macvlan", "vlan", "vxlan"}
    assert {"netns", "veth", "bridge_port", "topology", "netns_info", "netns_wait", "netns_ping"} <= failed
    assert not failed & {"bridge", "netns_address", "netns_link", "netns_route", "netns_rule", "netns_neighbor"}


def test_nothing_of_one_host_is_remembered_on_the_next() -> None:
    """A reused interpreter may be in other namespaces when it is called again."""
    answers = []
    for _machine in range(2):
        with machine():
            if answers:  # so that no index and no number is the same
                execute("topology", {"name": "other", "netns": [{"name": "z[1:3]"}], "veth": [CABLE]})
            answers.append([_comparable(execute(module, options)) for module, options in ROUND])
    assert answers[0] == answers[1]


def _comparable(result: Result) -> tuple[t.Any, ...]:
    """Without the diff, which tells of random MAC addresses, and without what netns_info finds."""
    return result.changed, result.failed, result.msg, result.commands


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
        check=False,
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
