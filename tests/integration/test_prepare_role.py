# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role prepare installs, by each way there is, and sets limits; on hosts that are none of this machine's files."""

from __future__ import annotations

import os
import sysconfig
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers import roots
from ansible_collections.netns.lab.tests.integration.helpers.hosts import Play
from ansible_collections.netns.lab.tests.integration.helpers.roots import Roots

IMPOSSIBLE = roots.impossible()
pytestmark = pytest.mark.skipif(IMPOSSIBLE is not None, reason=str(IMPOSSIBLE))

# Further hosts, which show a part of what another shows.
MORE = "NETNS_LAB_SOAK" in os.environ
FILE = "etc/sysctl.d/90-netns-lab.conf"
VENV = "/opt/netns lab"
PREPARE = {"name": "Prepare", "ansible.builtin.import_role": {"name": "netns.lab.prepare"}}
FACTS = {"name": "Facts", "ansible.builtin.debug": {"msg": "{{ ansible_facts.os_family }} {{ ansible_facts.pkg_mgr }}"}}
# With the Python that the role has left for the rest of the run.
USE = {"name": "Use", "netns.lab.netns_info": {"gather_subset": ["links"]}}
LIMITS = {"prepare_set_limits": True, "prepare_namespaces": 100, "prepare_limits": {"kernel.pid_max": 40000}}
# What a hundred namespaces need beside the size of the tables.
NEEDED = {
    **{f"net.{family}.neigh.default.gc_thresh{n}": 800 << n for family in ("ipv4", "ipv6") for n in (1, 2, 3)},
    "user.max_net_namespaces": 1224,
    "fs.inotify.max_user_instances": 228,
}
LARGE = "net.ipv4.neigh.default.gc_thresh3"


@dataclass
class System:
    """By what Ansible knows it, what its manager has, and what the role is to ask it for."""

    family: str
    manager: str
    files: dict[str, str]
    has: str
    asked: list[str]
    installer: str = "package"


ALL_SYSTEMS = {
    "debian": System(
        "Debian",
        "apt",
        {"etc/os-release": 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n', "usr/bin/apt-get": ""},
        "python3-pyroute2",
        ["python3-pyroute2"],
    ),
    # Without EPEL, and therefore with pip.
    "rocky": System(
        "RedHat",
        "dnf",
        {"etc/redhat-release": "Rocky Linux release 9.6 (Blue Onyx)\n", "usr/bin/dnf-3": "", "usr/bin/dnf": "-> dnf-3"},
        "python3-pip",
        ["python3-pyroute2", "python3-pyroute2 anew", "python3-pip"],
        "pip",
    ),
    "fedora": System(
        "RedHat",
        "dnf5",
        {"etc/redhat-release": "Fedora release 42 (Adams)\n", "usr/bin/dnf5": "", "usr/bin/dnf": "-> dnf5"},
        "python3-pyroute2",
        ["python3-pyroute2"],
    ),
    "suse": System(
        "Suse",
        "zypper",
        {"etc/os-release": 'NAME="openSUSE Leap"\nID="opensuse-leap"\nVERSION_ID="15.6"\n', "usr/bin/zypper": ""},
        "python3-pyroute2",
        ["python3-pyroute2"],
    ),
    "arch": System(
        "Archlinux",
        "pacman",
        {"etc/os-release": 'NAME="Arch Linux"\nID=arch\n', "etc/arch-release": "", "usr/bin/pacman": ""},
        "python-pyroute2",
        ["python-pyroute2"],
    ),
    "alpine": System(
        "Alpine",
        "apk",
        {"etc/os-release": 'NAME="Alpine Linux"\nID=alpine\n', "etc/alpine-release": "3.22.1\n", "sbin/apk": ""},
        "py3-pyroute2",
        ["py3-pyroute2"],
    ),
    # Whose packages nobody has told the role, and which has pip.
    "gentoo": System(
        "Gentoo",
        "portage",
        {"etc/os-release": 'NAME="Gentoo"\nID=gentoo\n', "etc/gentoo-release": "Gentoo Base\n", "usr/bin/emerge": ""},
        "",
        [],
        "pip",
    ),
}
# Of a real Debian nothing can be disguised.
SYSTEMS = {} if roots.DEBIAN else ALL_SYSTEMS if MORE else {"rocky": ALL_SYSTEMS["rocky"]}
# The host whose limits are low.
LOW = "debian" if roots.DEBIAN else "rocky"
INSTALLER = """\
import importlib.metadata
for found in importlib.metadata.distributions(name="pyroute2"):
    print("pip" if (found.read_text("INSTALLER") or "").strip() == "pip" else "package")
"""
FACT = 'ok: [{}] => {{\n    "msg": "{} {}"\n}}'


class Prepared(t.NamedTuple):
    """Hosts before the role, after it in check mode on one of them, and after it; and what it said."""

    hosts: Roots
    before: dict[str, t.Any]
    checked: Play
    after_check: dict[str, t.Any]
    play: Play


@pytest.fixture(scope="module")
def prepared() -> t.Iterator[Prepared]:
    with roots.roots() as hosts:
        root = hosts.add(LOW, **LIMITS)
        (root / FILE).parent.mkdir(exist_ok=True)
        (root / FILE).write_text(f"# by hand\n{LARGE}=50000\nvm.swappiness = 10\n")
        (root / "proc/sys/kernel/pid_max").write_text("50000\n")
        (root / "proc/sys/net/ipv6/neigh/default/gc_thresh2").write_text("9000\n")
        hosts.add("venv", prepare_pyroute2="pip", prepare_virtualenv=VENV)
        for name, system in SYSTEMS.items():
            disguise(root if name == LOW else hosts.add(name), system)
        if MORE:
            keep(hosts.add("kept", prepare_pyroute2="pip"))
            keep(hosts.add("mixed", prepare_pyroute2="pip", prepare_break_system_packages=True))
            hosts.add("nothing", prepare_pyroute2="none")
            offer(hosts.add("no-folder", **LIMITS, prepare_limits_file="/srv/made/limits.conf"), "pyroute2")
            offer(hosts.add("no-file", **LIMITS, prepare_limits_file=""), "pyroute2")
        before = state(hosts)
        checked = hosts.play([PREPARE], "--check", "--limit", f"{LOW},no-folder" if MORE else LOW)
        yield Prepared(hosts, before, checked, state(hosts), hosts.play([PREPARE, FACTS, USE]))


def state(hosts: Roots) -> dict[str, t.Any]:
    return {
        "limits": hosts.limits(LOW),
        "file": hosts.sh(LOW, f"cat /{FILE}"),
        "by": installer(hosts, LOW),
    }


def installer(hosts: Roots, host: str, python: str = roots.PYTHON) -> str:
    """What has installed pyroute2 for it; empty if nothing has."""
    return hosts.sh(host, f"'{python}' -c '{INSTALLER}'").strip()


def keep(root: Path) -> None:
    """As newer distributions do it."""
    if not roots.DEBIAN:
        library = root / sysconfig.get_path("stdlib").removeprefix("/")
        (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=No.\n")
        offer(root, "pip")


def offer(root: Path, package: str) -> None:
    """Whatever this machine's package manager is."""
    if not roots.DEBIAN:
        (root / "srv/has").write_text(" ".join(f"{prefix}-{package}" for prefix in ("python3", "python", "py3")))


def disguise(root: Path, system: System) -> None:
    for file in ("debian_version", "lsb-release", "os-release"):
        (root / "etc" / file).unlink(missing_ok=True)
    (root / "usr/lib/os-release").unlink(missing_ok=True)
    for path, content in system.files.items():
        if content.startswith("-> "):
            (root / path).symlink_to(content[3:])
        else:
            (root / path).write_text(content)
    (root / "srv/has").write_text(system.has)
    if system.installer == "pip" and not system.has:
        roots.bring(root, "pip")


def test_in_check_mode_it_changes_nothing(prepared: Prepared) -> None:
    assert not prepared.checked.failed, prepared.checked.output
    assert prepared.after_check == prepared.before
    assert prepared.before["by"] == ""


def test_it_installs_where_it_is_told_to(prepared: Prepared) -> None:
    hosts, play = prepared.hosts, prepared.play
    assert installer(hosts, LOW) == ("package" if roots.DEBIAN else "pip")
    assert [installer(hosts, "venv", python) for python in (f"{VENV}/bin/python", roots.PYTHON)] == ["pip", ""]
    if MORE:
        assert [installer(hosts, host) for host in ("mixed", "kept", "nothing")] == ["pip", "", ""]
    messages = {
        "kept": f"pip cannot install pyroute2>=0.7.2 for {roots.PYTHON}: the distribution keeps that Python for its own"
        " packages. Set prepare_virtualenv, or prepare_break_system_packages if it may be mixed.",
        "nothing": f"The modules need pyroute2 0.7.2 or newer, and {roots.PYTHON} finds none. Install it, or leave that"
        " to the role with prepare_pyroute2.",
    }
    assert play.failed == (set(messages) if MORE else set()), play.output
    for host in play.failed:
        assert messages[host] in play.output


def test_it_raises_limits_and_lowers_none(prepared: Prepared) -> None:
    hosts = prepared.hosts
    raised = {**NEEDED, LARGE: 50000}
    del raised["net.ipv6.neigh.default.gc_thresh2"]
    assert hosts.limits(LOW) == {**prepared.before["limits"], **raised}
    lines = hosts.sh(LOW, f"cat /{FILE}").splitlines()
    assert lines[:2] == ["# by hand", "vm.swappiness = 10"]
    assert sorted(lines[2:]) == sorted(f"{name} = {value}" for name, value in raised.items())
    assert hosts.limits("venv") == roots.LIMITS
    if MORE:
        for host in ("no-folder", "no-file"):
            assert hosts.limits(host) == {**roots.LIMITS, **NEEDED, "kernel.pid_max": 40000}
        assert len(hosts.sh("no-folder", "cat /srv/made/limits.conf").splitlines()) == len(NEEDED) + 1
        assert hosts.sh("no-file", f"ls -d /{FILE} 2>&1 || :").endswith("No such file or directory\n")


@pytest.mark.parametrize("name", SYSTEMS)
def test_it_knows_the_packages_of_each_system(prepared: Prepared, name: str) -> None:
    system = SYSTEMS[name]
    assert FACT.format(name, system.family, system.manager) in prepared.play.output
    assert prepared.hosts.sh(name, "cat /srv/asked").splitlines() == system.asked
    assert installer(prepared.hosts, name) == system.installer


def test_the_second_time_it_changes_nothing(prepared: Prepared) -> None:
    twice = {LOW, "venv", "mixed", "no-folder"} if MORE else {LOW, "venv"}
    play = prepared.hosts.play([PREPARE], "--limit", ",".join(twice))
    assert not play.failed and play.changed == dict.fromkeys(twice, 0), play.output
