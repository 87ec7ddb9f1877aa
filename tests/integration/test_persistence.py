# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labs that are there after a reboot: what is kept, what goes again, and the host's own command."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _apply
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.machine import call
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute

FOLDER = Path("/etc/netns-lab")
UNITS = Path("/etc/systemd/system")
TEMPLATE = UNITS / "netns-lab@.service"
SBIN = "/usr/local/sbin"
COMMAND = Path(SBIN, "netns-lab")
SECTIONS: dict[str, t.Any] = {
    "netns": [{"name": "h[1:3]"}],
    "bridge": [{"name": "lan", "priority": 4096}],
    "veth": [{"name": "p[1:3]", "peer": {"name": "eth0", "namespace": "h[1:3]", "mtu": 1400}, "mtu": 1400}],
    "bridge_port": [{"bridge": "lan", "interface": "p[1:3]", "cost": 7}],
    "netns_address": [{"namespace": "h[1:3]", "interface": "eth0", "address": "10.0.0.0/16[1:3]"}],
    "netns_route": [{"namespace": "h[1:3]", "destination": "default", "gateway": "10.0.9.9"}],
}
# The twin has no bridge ID of the machine's, and the like is proved elsewhere.
FILES = {"replay": "files are not iproute2's"}


@pytest.fixture
def host(lab: Lab) -> t.Iterator[Lab]:
    """A machine that systemd runs, as far as can be seen, with nothing of ours in /etc and /usr/local."""
    if not os.access("/etc/systemd", os.W_OK):
        pytest.skip("this sandbox has no /etc of its own (the kernel grants it no overlayfs)")
    os.makedirs("/run/systemd/system")
    call("mount", "tmpfs", SBIN, "tmpfs", 0, "mode=755")
    try:
        yield lab
    finally:
        call("umount2", SBIN, 2)
        shutil.rmtree("/run/systemd")
        shutil.rmtree(FOLDER, ignore_errors=True)
        for path in (TEMPLATE, *UNITS.glob("*.wants/netns-lab@*")):
            path.unlink(missing_ok=True)


def kept() -> dict[str, t.Any]:
    """Every file that could be kept, with its mode and its content."""
    paths = [COMMAND, TEMPLATE, *FOLDER.glob("*"), *UNITS.glob("multi-user.target.wants/netns-lab@*")]
    return {
        str(path): os.readlink(path) if path.is_symlink() else (oct(path.stat().st_mode), path.read_bytes())
        for path in paths
        if os.path.lexists(path)
    }


def link(instance: str) -> Path:
    return UNITS / "multi-user.target.wants" / f"netns-lab@{instance}.service"


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """As the host would call it: with nothing of this environment but what the first line of the program names."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run([str(COMMAND), *words], capture_output=True, text=True, env=env, cwd="/", check=False)


def reboot(lab: Lab) -> None:
    """What a reboot leaves of namespaces, links and /run: nothing."""
    lab.alone("for n in $(ls /run/netns); do ip netns delete $n; done; ip link delete lan 2>/dev/null || :")
    shutil.rmtree("/run/netns-lab")
    assert eventually(lambda: not lab.namespaces() and not lab.links(""))


def test_a_lab_is_kept_and_forgotten_with_the_task_that_says_so(host: Lab) -> None:
    result = host.run("topology", name="office", persistent=True, without=FILES, **SECTIONS)
    files = kept()
    assert set(files) == {str(COMMAND), str(TEMPLATE), str(FOLDER / "office.json"), str(link("office"))}
    assert set(result.diff["after"]["persistent"]["office"]) == set(files)
    assert files[str(FOLDER / "office.json")][0] == "0o100600"
    assert files[str(COMMAND)][0] == "0o100755"
    assert files[str(link("office"))] == str(TEMPLATE)
    assert json.loads(files[str(FOLDER / "office.json")][1])["sections"] == SECTIONS, "ranges stay compact"
    result = host.run("topology", name="office", persistent=False, without=FILES, **SECTIONS)
    assert set(result.diff["before"]) == {"persistent"} and result.diff["after"] == {}
    assert kept() == {} and not FOLDER.exists()
    assert len(host.namespaces()) == 3


def test_a_check_run_writes_nothing(host: Lab) -> None:
    host.check("topology", name="office", persistent=True, **SECTIONS)
    assert kept() == {} and not FOLDER.exists()


def test_removing_the_lab_removes_what_was_kept(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, without=FILES, **SECTIONS)
    host.run("topology", name="office", state="absent", without=FILES)
    assert kept() == {} and not host.namespaces()


def test_what_labs_share_goes_with_the_last_of_them(host: Lab) -> None:
    for name in ("one", "two"):
        host.run("topology", name=name, persistent=True, netns=[{"name": name}], without=FILES)
    host.run("topology", name="one", state="absent", without=FILES)
    assert set(kept()) == {str(COMMAND), str(TEMPLATE), str(FOLDER / "two.json"), str(link("two"))}
    host.run("topology", name="two", state="absent", without=FILES)
    assert kept() == {}


def test_a_change_of_the_lab_is_kept(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    result = host.run("topology", name="office", persistent=True, netns=[{"name": "b"}], without=FILES)
    assert list(result.diff["after"]["persistent"]["office"]) == [str(FOLDER / "office.json")]
    assert json.loads((FOLDER / "office.json").read_text())["sections"] == {"netns": [{"name": "b"}]}


def test_a_part_of_a_lab_says_nothing_about_the_whole(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    before = kept()
    host.run("topology", name="office", prune=False, netns=[{"name": "b"}], without=FILES)
    assert kept() == before
    msg = host.fails("topology", name="office", prune=False, persistent=True, netns=[{"name": "b"}])
    assert "name all of it in one task" in msg


def test_a_fault_takes_back_what_was_written(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    before = kept()
    host.sh("ip link add name x type bridge")
    # The kernel refuses a bridge in a bridge, and only when it is asked.
    wrong = {"netns": [{"name": "b"}], "bridge": [{"name": "y"}], "netns_link": [{"name": "x", "master": "y"}]}
    msg = host.fails_for_real("topology", name="office", persistent=True, **wrong)
    assert "the kernel says" in msg
    assert kept() == before


def test_a_folder_that_cannot_be_written_to_undoes_the_lab(host: Lab) -> None:
    call("mount", "tmpfs", SBIN, "tmpfs", 1, "mode=755")  # MS_RDONLY
    try:
        msg = host.fails_for_real("topology", name="office", persistent=True, **SECTIONS)
    finally:
        call("umount2", SBIN, 2)
    assert f"{COMMAND} cannot be written (Read-only file system)" in msg
    assert kept() == {} and not host.namespaces()


@pytest.mark.parametrize("place", range(4))
def test_a_write_that_fails_anywhere_leaves_everything_as_it_was(
    host: Lab, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    calls = iter(range(100))
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if "/run/" not in target and next(calls) == place:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(_apply.os, "replace", failing)
    msg = host.fails_for_real("topology", name="office", persistent=True, **SECTIONS)
    assert "No space left on device" in msg and "was taken back" in msg
    assert kept() == {} and not FOLDER.exists() and not host.namespaces()


@pytest.mark.parametrize("path", [COMMAND, TEMPLATE])
def test_a_strangers_file_is_never_touched(host: Lab, path: Path) -> None:
    path.write_text("mine")
    assert f"{path} is not of netns.lab's making" in host.fails("topology", name="office", persistent=True, **SECTIONS)
    host.run("topology", name="office", netns=[{"name": "a"}])
    host.run("topology", name="office", state="absent")
    assert path.read_text() == "mine"


def test_without_systemd_the_command_to_call_is_told(host: Lab) -> None:
    os.rmdir("/run/systemd/system")
    msg = host.fails("topology", name="office", persistent=True, **SECTIONS)
    assert "/usr/local/sbin/netns-lab apply --all" in msg and "service_manager: none" in msg
    host.run("topology", name="office", persistent=True, service_manager="none", without=FILES, **SECTIONS)
    assert set(kept()) == {str(COMMAND), str(FOLDER / "office.json")}
    before = host.comparable()
    reboot(host)
    assert command("apply", "--all").returncode == 0
    Lab.same(before, host.comparable(), "the lab is back")
    os.mkdir("/run/systemd/system")


def test_any_name_reaches_the_lab_through_the_unit(host: Lab) -> None:
    name = "my lab-$HOME %n ü"
    host.run("topology", name=name, persistent=True, netns=[{"name": "a"}], without=FILES)
    (path,) = (UNITS / "multi-user.target.wants").glob("netns-lab@*")
    instance = path.name[len("netns-lab@") : -len(".service")]
    assert instance == host.alone(f"systemd-escape '{name}'").strip() if shutil.which("systemd-escape") else True
    assert command("check", "--escaped", instance).stdout == f"{name}: nothing to change\n"
    too_long = host.fails("topology", name="-" * 200, persistent=True, netns=[{"name": "a"}])
    assert "too long for a unit" in too_long


# -- the command


def test_the_lab_is_the_same_after_a_reboot_and_the_play_changes_nothing(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, without=FILES, **SECTIONS)
    before = host.comparable()
    reboot(host)
    done = command("apply", "--escaped", "office")
    assert (done.returncode, done.stderr) == (0, ""), done
    Lab.same(before, host.comparable(), "the lab is back")
    again = execute("topology", {"name": "office", "persistent": True, **SECTIONS})
    assert not again.failed and not again.changed, again.answer
    host.run("topology", name="office", state="absent", without=FILES)
    assert not host.namespaces() and not host.links("")


def test_what_ansible_sends_is_all_that_the_command_needs(host: Lab, tmp_path: Path) -> None:
    """The other tests run the modules in this process, where nothing is sent."""
    task = [sys.executable, "-m", "ansible", "adhoc", "localhost", "-c", "local", "-m", "netns.lab.topology"]
    arguments = json.dumps({"name": "office", "persistent": True, **SECTIONS})
    env = {**os.environ, "ANSIBLE_PYTHON_INTERPRETER": sys.executable, "ANSIBLE_NOCOLOR": "1"}
    for expected in ("localhost | CHANGED", "localhost | SUCCESS"):
        done = subprocess.run([*task, "-a", arguments], env=env, capture_output=True, text=True, check=False)
        assert done.stdout.startswith(expected), done.stdout + done.stderr
    # Of all that is installed, it sees pyroute2 only.
    (tmp_path / "pyroute2").symlink_to(Path(t.cast(str, importlib.util.find_spec("pyroute2").origin)).parent)  # type: ignore[union-attr]
    alone = {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-S", COMMAND, "check", "office"]
    done = subprocess.run(command, env=alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "office: nothing to change\n", "")
    done = subprocess.run([sys.executable, "-S", COMMAND, "list"], env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith("netns-lab: pyroute2 is missing")
    execute("topology", {"name": "office", "state": "absent"})


def test_check_tells_by_its_status_and_touches_nothing(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, without=FILES, **SECTIONS)
    assert (command("check", "office").returncode, command("check", "office").stdout) == (
        0,
        "office: nothing to change\n",
    )
    host.alone("ip -n h2 link set dev eth0 mtu 1300")
    before = host.exact()
    done = command("check", "--diff", "--commands", "office")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "office: 1 change",
        "  ip -n h2 link set dev eth0 mtu 1400",
        '- veth p2: {"peer": {"mtu": 1300}}',
        '+ veth p2: {"peer": {"mtu": 1400}}',
    ]
    assert json.loads(command("check", "--json", "office").stdout)["changed"] is True
    Lab.same(before, host.exact(), "it was a check")
    assert command("apply", "office").returncode == 0
    assert command("check", "--all").returncode == 0


def test_list_shows_what_is_kept_and_what_is_built(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    host.run("topology", name="passing", netns=[{"name": "b"}], without=FILES)
    assert command("list").stdout.splitlines() == [
        "NAME     BUILT  NAMESPACES  AT BOOT",
        "office   yes    1           netns-lab@office.service",
        "passing  yes    1           -",
    ]
    assert command("remove", "office").returncode == 0
    assert host.namespaces() == ["b"]
    assert [lab["built"] for lab in json.loads(command("list", "--json").stdout)] == [False, True]


def test_remove_takes_the_lab_away_and_forgets_it_when_told_to(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, without=FILES, **SECTIONS)
    before = kept()
    assert command("remove", "office").returncode == 0
    assert not host.namespaces() and not host.links("") and kept() == before
    assert command("remove", "office").stdout == "office: nothing to change\n"
    assert command("remove", "--forget", "office").returncode == 0
    assert kept() == {}


BAD = [
    ("", "is no definition of a lab (Expecting value"),
    ("{", "is no definition of a lab (Expecting property name"),
    ("[]", "is no definition of a lab"),
    ("null", "is no definition of a lab"),
    ("\0\1", "is no definition of a lab"),
    ('{"version": 1}', "it has no 'name'"),
    ('{"version": 1, "name": "x", "allow_disconnect": false, "sections": {}}', "it is that of lab 'x'"),
    ('{"version": 1, "name": "bad", "allow_disconnect": 1, "sections": {}}', "of the wrong type"),
    ('{"version": 0, "name": "bad"}', "was written by another version"),
    ('{"version": 99, "name": "bad"}', "was written by a newer version"),
    (
        '{"version": 1, "name": "bad", "allow_disconnect": false, "sections": {"netns": [{"name": "x", "nome": 1}]}}',
        "Unsupported parameters: netns.nome",
    ),
    (
        '{"version": 1, "name": "bad", "allow_disconnect": false, "sections": {"netns": [{"name": "a/b"}]}}',
        "/etc/netns-lab/bad.json: netns item 1: the namespace name 'a/b' is a path",
    ),
]


def test_a_definition_that_is_none_is_told_and_other_labs_are_started(host: Lab) -> None:
    host.run("topology", name="good", persistent=True, netns=[{"name": "a"}], without=FILES)
    reboot(host)
    for content, told in BAD:
        (FOLDER / "bad.json").write_text(content)
        done = command("apply", "--all")
        assert done.returncode == 2 and done.stderr.startswith("netns-lab: ") and told in done.stderr, done.stderr
        assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
        assert host.namespaces() == ["a"] and "good: " in done.stdout
    assert command("apply", "bad").returncode == 2
    assert command("list").returncode == 0
    assert command("remove", "--forget", "bad").returncode == 0
    assert not (FOLDER / "bad.json").exists() and COMMAND.exists()


def test_a_name_that_is_none_is_told(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    for words in (["apply", "elsewhere"], ["check", "elsewhere"]):
        done = command(*words)
        assert done.returncode == 2 and "lab elsewhere: there is no /etc/netns-lab/elsewhere.json" in done.stderr
    assert "this host has none of that name" in command("remove", "elsewhere").stderr
    assert "cannot be a file's name" in command("apply", "../etc").stderr
    assert command("apply").returncode == 2
    assert command("apply", "office", "--all").returncode == 2


def test_the_help_is_a_manual(host: Lab) -> None:
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    text = command("--help").stdout
    for part in ("list", "apply", "check", "remove", "exit status:", "files:", "examples:", "see also:"):
        assert part in text


def test_systemd_understands_the_unit(host: Lab) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("this machine has no systemd-analyze (Debian: systemd)")
    host.run("topology", name="office", persistent=True, netns=[{"name": "a"}], without=FILES)
    done = host.alone(f"systemd-analyze --man=no verify {TEMPLATE} netns-lab@office.service 2>&1")
    assert "netns-lab" not in done, done
