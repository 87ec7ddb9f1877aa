# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way: a module as a process of its own, and as ansible-playbook runs it."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT, bare_python, launch, result_of

_PR_CAPBSET_DROP = 24
MODULES: dict[str, dict[str, t.Any]] = {
    "netns": {"name": "mario"},
    "veth": {"name": "x", "peer": {"name": "y"}},
    "bridge": {"name": "br0"},
    "bridge_port": {"interface": "x", "bridge": "br0"},
    "netns_address": {"interface": "x", "address": "10.0.0.1/24"},
    "netns_link": {"name": "x"},
    "topology": {"name": "lab", "netns": [{"name": "mario"}]},
}


def drop_capabilities() -> None:
    """What is run after this has no rights left, as a user has none; a sandbox may have no other user to become."""
    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def play(tmp_path: Path, tasks: list[dict[str, t.Any]], **options: t.Any) -> tuple[int, str]:
    """Runs tasks with ansible-playbook; its status and what it says."""
    playbook = tmp_path / "play.yml"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    config = tmp_path / "ansible.cfg"
    config.touch()
    python = options.pop("interpreter", sys.executable)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ansible.cli.playbook"),
            *("--inventory", "localhost,", "--connection", "local", "--extra-vars"),
            *(json.dumps({"ansible_python_interpreter": python}), str(playbook)),
            *options.pop("arguments", ()),
        ],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ANSIBLE_CONFIG": str(config),
            "ANSIBLE_STDOUT_CALLBACK": "default",
            "LC_ALL": "C.UTF-8",
        },
        **options,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("module", MODULES)
def test_without_root_the_error_names_become(lab: Lab, module: str) -> None:
    done = launch([sys.executable], module, MODULES[module], preexec=drop_capabilities)
    result = result_of(done.stdout)
    assert done.returncode == 1 and result.failed
    assert "become: true" in result.msg and "\n" not in result.msg
    assert lab.namespaces() == []


@pytest.mark.parametrize("module", MODULES)
def test_without_pyroute2_the_error_names_the_package(module: str) -> None:
    done = launch(bare_python(), module, MODULES[module])
    result = result_of(done.stdout)
    assert done.returncode == 1 and result.failed
    assert result.msg.startswith("Failed to import the required Python library (pyroute2")
    assert "python3-pyroute2" in result.msg


def test_a_module_is_a_program_that_takes_its_arguments_from_its_input(lab: Lab) -> None:
    done = launch([sys.executable], "netns", {"name": "mario"})
    assert done.returncode == 0 and result_of(done.stdout).changed
    assert lab.namespaces() == ["mario"] and lab.is_up("mario", "lo")
    again = launch([sys.executable], "netns", {"name": "mario"})
    assert not result_of(again.stdout).changed


def test_a_play_builds_a_lab_and_finds_nothing_to_do_the_second_time(lab: Lab, tmp_path: Path) -> None:
    tasks = [
        {"netns.lab.netns": {"name": "mario"}},
        {"netns.lab.veth": {"name": "eth0", "namespace": "mario", "peer": {"name": "to-mario"}}},
        {"netns.lab.netns_address": {"namespace": "mario", "interface": "eth0", "address": "10.0.0.1/24"}},
    ]
    status, said = play(tmp_path, tasks, arguments=["--check", "--diff"])
    assert status == 0 and "changed=3" in said, said
    assert lab.namespaces() == []
    status, said = play(tmp_path, tasks)
    assert status == 0 and "changed=3" in said, said
    assert lab.peer("mario", "eth0") == ("", "to-mario")
    assert [found["local"] for found in lab.addresses("mario", "eth0")] == ["10.0.0.1"]
    status, said = play(tmp_path, tasks, arguments=["--check"])
    assert status == 0 and "changed=0" in said, said


def test_a_topology_can_be_asked_for_in_the_background(lab: Lab, tmp_path: Path) -> None:
    topology = {"netns.lab.topology": {"name": "lab", "netns": [{"name": "mario"}]}, "async": 30}
    status, said = play(tmp_path, [{**topology, "poll": 1}])
    assert status == 0 and "changed=1" in said, said
    assert lab.namespaces() == ["mario"]
    wait = {"ansible.builtin.async_status": {"jid": "{{ begun.ansible_job_id }}"}, "until": "ended is finished"}
    wait.update({"register": "ended", "retries": 60, "delay": 1, "failed_when": "ended.changed"})
    status, said = play(tmp_path, [{**topology, "poll": 0, "register": "begun"}, wait])
    assert status == 0, said


def test_the_group_of_modules_has_its_defaults(lab: Lab, tmp_path: Path) -> None:
    tasks = [{"netns.lab.netns": {}}, {"netns.lab.topology": {"netns": [{"name": "luigi"}]}}]
    status, said = play(tmp_path, [{"block": tasks, "module_defaults": {"group/netns.lab.lab": {"name": "mario"}}}])
    assert status == 0 and "changed=2" in said, said
    assert lab.namespaces() == ["luigi", "mario"]


def test_a_play_without_root_says_become(lab: Lab, tmp_path: Path) -> None:
    status, said = play(tmp_path, [{"netns.lab.netns": {"name": "mario"}}], preexec_fn=drop_capabilities)
    assert status == 2
    assert "for example with become: true" in said
    assert lab.namespaces() == []


def test_a_play_on_a_host_without_pyroute2_says_what_to_install(lab: Lab, tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    status, said = play(tmp_path, [{"netns.lab.netns": {"name": "mario"}}], interpreter=str(python))
    assert status == 2
    assert "Failed to import the required Python library (pyroute2 (python3-pyroute2" in said
