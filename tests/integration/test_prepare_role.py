# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role prepare installs, by each way there is, and sets limits; on hosts that are none of this machine's files."""

from __future__ import annotations

import os
import shutil
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers import roots
from ansible_collections.netns.lab.tests.integration.helpers.roots import Roots

pytestmark = pytest.mark.skipif(bool(roots.impossible()), reason=str(roots.impossible()))

# Further hosts, which show what the unit tests show as well, or a part of what another shows.
MORE = "NETNS_LAB_SOAK" in os.environ
FILE = "etc/sysctl.d/90-netns-lab.conf"
VENV = "/opt/netns lab"
PREPARE = {"name": "Prepare", "ansible.builtin.import_role": {"name": "netns.lab.prepare"}}
FACTS = {"name": "Facts", "ansible.builtin.debug": {"msg": "{{ ansible_facts.os_family }} {{ ansible_facts.pkg_mgr }}"}}
# With the Python that the role has left for the rest of the run.
USE = {"name": "Use", "netns.lab.netns_info": {"gather_subset": ["links"]}}
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
    found: str = "/usr/lib"


SYSTEMS = {
    "fedora": System(
        "RedHat",
        "dnf5",
        {"etc/redhat-release": "Fedora release 42 (Adams)\n", "usr/bin/dnf5": "", "usr/bin/dnf": "-> dnf5"},
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
        "/usr/local/lib",
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
    # Whose packages nobody has told the role.
    "gentoo": System(
        "Gentoo",
        "portage",
        {"etc/os-release": 'NAME="Gentoo"\nID=gentoo\n', "etc/gentoo-release": "Gentoo Base\n", "usr/bin/emerge": ""},
        "",
        [],
        "/usr/local/lib",
    ),
}
# Stands in for the module of each of these managers, which only works where the manager is.
STAND_IN = """\
import pathlib, shutil
from ansible.module_utils.basic import AnsibleModule
names = {"type": "list", "elements": "str", "required": True}
module = AnsibleModule({"name": names, "update_cache": {"type": "bool", "default": False}})
wanted = module.params["name"]
with open("/srv/asked", "a") as asked:
    print(*wanted, *(["anew"] if module.params["update_cache"] else []), file=asked)
if not set(wanted) <= set(pathlib.Path("/srv/has").read_text().split()):
    module.fail_json(msg=f"No package {wanted[0]} available.")
if "pyroute2" in wanted[0]:
    shutil.copytree("/srv/package/usr", "/usr", dirs_exist_ok=True)
else:
    pathlib.Path("/usr/lib/python3/dist-packages/pip").symlink_to("/srv/pip")
module.exit_json(changed=True)
"""


@pytest.fixture(scope="module")
def hosts() -> t.Iterator[Roots]:
    with roots.roots() as found:
        yield found


def place_of(hosts: Roots, host: str, python: str = roots.PYTHON) -> str:
    """Where the modules have pyroute2 from; empty if they do not."""
    return hosts.sh(host, f"'{python}' -c 'import pyroute2; print(pyroute2.__file__)' 2>/dev/null || :").strip()


def test_it_installs_where_it_is_told_to(hosts: Roots) -> None:
    hosts.add("package")
    hosts.add("venv", prepare_pyroute2="pip", prepare_virtualenv=VENV)
    hosts.add("kept", prepare_pyroute2="pip")
    pip = int(bool(roots.DEBIAN))  # is not there before the role
    changed = {"package": 1, "venv": pip + 2, "kept": pip}
    if MORE:
        hosts.add("system", prepare_pyroute2="pip", prepare_break_system_packages=True)
        hosts.add("nothing", prepare_pyroute2="none")
        changed.update(system=pip + 1, nothing=0)
    play = hosts.play([PREPARE, USE])
    assert play.changed == changed, play.output
    assert place_of(hosts, "package").startswith("/usr/lib/python3/dist-packages/")
    assert hosts.sh("package", "dpkg-query --show --showformat '${Status}' python3-pyroute2") == "install ok installed"
    assert place_of(hosts, "venv", f"{VENV}/bin/python").startswith(f"{VENV}/lib/")
    assert [place_of(hosts, host) for host in ("venv", "kept")] == ["", ""]
    assert (
        "pip cannot install pyroute2>=0.7.2 for /usr/bin/python3: the distribution keeps that Python for its own"
        " packages. Set prepare_virtualenv, or prepare_break_system_packages if it may be mixed."
    ) in play.output
    if MORE:
        assert place_of(hosts, "system").startswith("/usr/local/lib/")
        assert place_of(hosts, "nothing") == ""
        assert (
            "The modules need pyroute2 0.7.2 or newer, and /usr/bin/python3 finds none. Install it, or leave that to"
            " the role with prepare_pyroute2."
        ) in play.output
    assert play.failed == {"kept", "nothing"} & set(changed)


def test_it_raises_limits_and_lowers_none(hosts: Roots) -> None:
    limits = {"kernel.pid_max": 40000}
    root = hosts.add("limits", prepare_set_limits=True, prepare_namespaces=100, prepare_limits=limits)
    (root / "etc/sysctl.d").mkdir(exist_ok=True)
    (root / FILE).write_text(f"# by hand\n{LARGE}=50000\nvm.swappiness = 10\n")
    (root / "proc/sys/kernel/pid_max").write_text("50000\n")
    (root / "proc/sys/net/ipv6/neigh/default/gc_thresh2").write_text("9000\n")
    before, written = hosts.limits("limits"), (root / FILE).read_text()
    checked = hosts.play([PREPARE], "--check", "--limit", "limits")
    assert not checked.failed, checked.output
    assert (hosts.limits("limits"), (root / FILE).read_text(), place_of(hosts, "limits")) == (before, written, "")

    play = hosts.play([PREPARE], "--limit", "limits")
    assert not play.failed, play.output
    raised = {**NEEDED, LARGE: 50000}
    del raised["net.ipv6.neigh.default.gc_thresh2"]
    assert hosts.limits("limits") == {**before, **raised}
    lines = (root / FILE).read_text().splitlines()
    assert lines[0] == "# by hand"
    assert sorted(lines[1:]) == sorted([*(f"{name} = {value}" for name, value in raised.items()), "vm.swappiness = 10"])


def test_the_second_time_it_changes_nothing(hosts: Roots) -> None:
    play = hosts.play([PREPARE, USE], "--limit", "package,venv,system,limits")
    assert not play.failed and set(play.changed.values()) == {0}, play.output
    assert {"package", "venv", "limits"} <= set(play.changed)


@pytest.mark.skipif(bool(roots.DEBIAN), reason="nothing of it is Debian's")
def test_it_knows_the_packages_of_each_system(hosts: Roots, tmp_path: Path) -> None:
    systems = SYSTEMS if MORE else {name: SYSTEMS[name] for name in ("fedora", "rocky", "gentoo")}
    for name, system in systems.items():
        (tmp_path / f"{system.manager}.py").write_text(STAND_IN)
        root = hosts.add(name)
        disguise(root, system)
    play = hosts.play([PREPARE, FACTS, USE], "--limit", ",".join(systems), ANSIBLE_LIBRARY=str(tmp_path))
    assert not play.failed, play.output
    for name, system in systems.items():
        assert f'ok: [{name}] => {{\n    "msg": "{system.family} {system.manager}"\n}}' in play.output
        assert hosts.sh(name, "cat /srv/asked").splitlines() == system.asked, name
        assert place_of(hosts, name).startswith(f"{system.found}/python3"), name


def disguise(root: Path, system: System) -> None:
    for file in ("debian_version", "lsb-release", "os-release"):
        (root / "etc" / file).unlink(missing_ok=True)
    (root / "usr/lib/os-release").unlink(missing_ok=True)
    for file in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        file.unlink()
    for path, content in system.files.items():
        if content.startswith("-> "):
            (root / path).symlink_to(content[3:])
        else:
            (root / path).write_text(content)
    (root / "srv/has").write_text(system.has)
    (root / "srv/asked").touch()
    if "pip" in system.has:
        shutil.move(root / "usr/lib/python3/dist-packages/pip", root / "srv/pip")
