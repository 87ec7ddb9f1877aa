# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users install is all that they need, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT

# What Ansible looks for, what people read, and the licence of what can say none itself.
FOLDERS = {"LICENSES", "changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles"}
FILES = {"CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "COPYING", "README.md", "REUSE.toml"}
WRITTEN = {"FILES.json", "MANIFEST.json"}
SUFFIXES = {"", ".j2", ".json", ".md", ".py", ".svg", ".toml", ".txt", ".yaml", ".yml"}


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artifact")
    galaxy("build", "--output-path", str(folder), str(ROOT))
    (built,) = folder.glob("*.tar.gz")
    return built


def galaxy(*arguments: str) -> None:
    program = str(Path(sys.executable).parent / "ansible-galaxy")
    # Not where the checkout is, which would do in the place of the artifact.
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": ""}
    command = [program, "collection", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def test_the_artifact_has_what_users_need_and_nothing_else(artifact: Path) -> None:
    with tarfile.open(artifact) as archive:
        members = archive.getmembers()
    files = [Path(member.name) for member in members if not member.isdir()]
    assert all(member.isfile() or member.isdir() for member in members), "links"
    assert {file.parts[0] for file in files if len(file.parts) > 1} <= FOLDERS
    assert {file.name for file in files if len(file.parts) == 1} - WRITTEN <= FILES
    assert {file.suffix for file in files} <= SUFFIXES
    assert not [file for file in files if any(part.startswith(".") for part in file.parts)]
    tracked = {str(file.relative_to(ROOT)) for folder in ("plugins", "roles") for file in (ROOT / folder).rglob("*.*")}
    wanted = {name for name in tracked if not name.endswith(".pyc")}
    assert wanted - {str(file) for file in files} == set()
    assert artifact.stat().st_size < 1_000_000


def test_the_artifact_works_where_there_is_nothing_else(artifact: Path, tmp_path: Path, lab: Lab) -> None:
    galaxy("install", "--offline", "--collections-path", str(tmp_path), str(artifact))
    (tmp_path / "ansible.cfg").write_text("")
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}:/usr/sbin:/sbin",
        "ANSIBLE_COLLECTIONS_PATH": str(tmp_path),
        "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    command = ["ansible-playbook", "-i", "localhost,", "-c", "local", "netns.lab.point_to_point"]

    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=False)

    assert not done.returncode, done.stdout
    assert "changed=1 " in done.stdout
    assert [found["local"] for found in lab.addresses("a1", "a1")] == ["192.168.1.100"]
    assert " 0% packet loss" in lab.alone("ip netns exec a1 ping -c 1 192.168.1.101")
