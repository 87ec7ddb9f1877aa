# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns: names for network namespaces."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, process_in
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute

TWIN_HAS_OTHER_PROCESSES = {"replay": "the twin has other processes"}


def test_a_namespace_is_made_with_its_loopback_up_and_taken_away(lab: Lab) -> None:
    result = lab.run("netns", name="mario")
    assert lab.namespaces() == ["mario"]
    assert lab.is_up("mario", "lo")
    assert result.commands == ["ip netns add mario", "ip -n mario link set dev lo up"]
    assert result.diff == {"before": {}, "after": {"netns": {"mario": {"loopback": True}}}}
    result = lab.run("netns", name="mario", state="absent")
    assert lab.namespaces() == []
    assert result.diff == {"before": {"netns": {"mario": {"loopback": True}}}, "after": {}}
    lab.unchanged("netns", name="mario", state="absent")


def test_loopback_is_left_down_set_up_and_set_down_in_place(lab: Lab) -> None:
    lab.run("netns", name="mario", loopback=False)
    assert not lab.is_up("mario", "lo")
    inode = os.stat("/run/netns/mario").st_ino
    assert lab.run("netns", name="mario", loopback=True).commands == ["ip -n mario link set dev lo up"]
    assert lab.is_up("mario", "lo")
    lab.run("netns", name="mario", loopback=False)
    assert not lab.is_up("mario", "lo")
    assert os.stat("/run/netns/mario").st_ino == inode


def test_a_namespace_made_by_ip_is_the_same_thing(lab: Lab) -> None:
    lab.sh("ip netns add mario")
    assert lab.run("netns", name="mario").commands == ["ip -n mario link set dev lo up"]
    lab.run("netns", name="mario", state="absent")


def test_a_namespace_made_by_the_module_is_one_for_ip(lab: Lab) -> None:
    lab.run("netns", name="mario")
    lab.sh("ip netns exec mario true; ip netns delete mario")
    assert lab.namespaces() == []
    lab.unchanged("netns", name="mario", state="absent")


@pytest.mark.parametrize(
    "name", ["a b", "$(reboot)", "'; true", '"', "*", "-x", "--help", ".hidden", "ä" * 127, "x" * 255, "a\\b", "~"]
)
def test_any_name_that_a_file_can_have_reaches_ip_and_never_the_shell(lab: Lab, name: str) -> None:
    lab.run("netns", name=name)
    assert lab.namespaces() == [name]
    lab.run("netns", name=name, state="absent")
    assert lab.namespaces() == []


def test_names_of_which_one_begins_the_other_are_never_confused(lab: Lab) -> None:
    for name in ("mario2", "mario", "mari"):
        lab.run("netns", name=name)
    lab.run("netns", name="mario", state="absent")
    assert lab.namespaces() == ["mari", "mario2"]
    lab.unchanged("netns", name="mario", state="absent")
    lab.run("netns", name="mario", loopback=False)
    assert lab.is_up("mario2", "lo") and lab.is_up("mari", "lo") and not lab.is_up("mario", "lo")


@pytest.mark.parametrize("make", ["touch /run/netns/x", "ln -s nowhere /run/netns/x", "mkdir /run/netns/x"])
def test_what_is_no_namespace_is_reported_by_present(lab: Lab, make: str) -> None:
    lab.sh(make)
    msg = lab.fails("netns", name="x")
    assert msg.startswith("netns x: /run/netns/x is a file and no namespace")
    assert "state: absent" in msg


@pytest.mark.parametrize("make", ["touch /run/netns/x", "ln -s nowhere /run/netns/x"])
def test_a_stale_file_is_removed_by_absent(lab: Lab, make: str) -> None:
    lab.sh(make)
    lab.run("netns", name="x", state="absent")
    assert lab.namespaces() == []
    lab.run("netns", name="x")


def test_a_namespace_of_another_type_is_no_network_namespace(lab: Lab) -> None:
    lab.sh("touch /run/netns/x; mount --bind /proc/self/ns/uts /run/netns/x")
    assert "no namespace" in lab.fails("netns", name="x")
    lab.run("netns", name="x", state="absent")


def test_a_namespace_with_a_process_inside_is_not_deleted_unless_asked(lab: Lab) -> None:
    lab.run("netns", name="mario")
    with process_in("mario") as child:
        msg = lab.fails("netns", name="mario", state="absent")
        assert f"process {child.pid} runs in it" in msg
        assert "processes: kill" in msg and "processes: keep" in msg
        assert child.poll() is None
        assert lab.fails("netns", name="mario", state="absent", processes="fail") == msg


def test_processes_keep_takes_only_the_name(lab: Lab) -> None:
    lab.run("netns", name="mario")
    inode = os.stat("/run/netns/mario").st_ino
    with process_in("mario") as child:
        start = time.monotonic()
        result = lab.run("netns", name="mario", state="absent", processes="keep")
        assert time.monotonic() - start < 5
        assert result.commands == ["ip netns delete mario"]
        assert lab.namespaces() == []
        assert child.poll() is None
        assert os.stat(f"/proc/{child.pid}/ns/net").st_ino == inode


def test_processes_kill_ends_them_and_says_which(lab: Lab) -> None:
    lab.run("netns", name="mario")
    with process_in("mario") as one, process_in("mario") as two, process_in("mario") as three:
        # Nobody else reaps them while the module waits for them to be gone.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            result = lab.run("netns", name="mario", state="absent", processes="kill", without=TWIN_HAS_OTHER_PROCESSES)
        finally:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        pids = sorted(child.pid for child in (one, two, three))
        assert result.diff["before"]["netns"]["mario"]["processes"] == pids
        assert result.commands == [f"kill -KILL {' '.join(map(str, pids))}", "ip netns delete mario"]
        assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_processes_kill_leaves_processes_of_other_namespaces_alone(lab: Lab) -> None:
    lab.run("netns", name="mario")
    lab.run("netns", name="mario2")
    with process_in("mario2") as child:
        lab.run("netns", name="mario", state="absent", processes="kill")
        assert child.poll() is None


@pytest.mark.parametrize("where", ["", "luigi"], ids=["own", "named"])
def test_after_deleting_a_namespace_the_names_of_the_other_ends_are_free_at_once(lab: Lab, where: str) -> None:
    # Not through the helpers, which give the kernel a moment.
    for name in ("mario", "luigi"):
        execute("netns", {"name": name})
    for _round in range(5):
        execute("netns", {"name": "mario"})
        execute("veth", {"name": "eth0", "namespace": "mario", "peer": {"name": "port", "namespace": where or None}})
        assert "port" in lab.links(where)
        execute("netns", {"name": "mario", "state": "absent"})
        assert "port" not in lab.links(where)


def test_deleting_a_namespace_by_hand_and_making_it_again_is_a_new_one(lab: Lab) -> None:
    lab.run("netns", name="mario")
    lab.sh("ip netns delete mario")
    assert lab.run("netns", name="mario").changed


def test_run_netns_is_made_where_there_is_none_and_shared_as_ip_does(lab: Lab) -> None:
    lab.sh("umount /run/netns; rmdir /run/netns 2>/dev/null || mount -t tmpfs -o mode=755 tmpfs /run")
    try:
        assert not Path("/run/netns").exists()
        lab.run("netns", name="mario")
        assert Path("/run/netns/mario").exists()
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        lines = [line for line in mounts if line.split()[4] == "/run/netns"]
        assert len(lines) == 1 and "shared:" in lines[0]
        lab.run("netns", name="mario", state="absent")
    finally:
        lab.sh("umount -l /run/netns; umount -l /run 2>/dev/null; mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns")


def test_what_a_topology_says_of_processes_on_removal_counts_there_and_then(lab: Lab) -> None:
    lab.run("topology", name="bros", netns=[{"name": "mario"}])
    with process_in("mario") as child:
        assert "runs in it" in lab.fails("topology", name="bros", state="absent")
        lab.run("topology", name="bros", state="absent", netns=[{"name": "mario", "processes": "keep"}])
        assert lab.namespaces() == []
        assert child.poll() is None
