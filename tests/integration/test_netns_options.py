# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module netns beyond making namespaces: names for those of others, numbers, settings, files in /etc/netns."""

from __future__ import annotations

import errno
import itertools
import os
import re
import subprocess
import typing as t
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _host, _netconf, _syscalls
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.machine import ETC_DIR, RUN_DIR

ALONE = {"replay": "the twin has no such process"}


@contextmanager
def container() -> t.Iterator[int]:
    """A process in a namespace of its own, which has no name; its number."""
    own = os.stat("/proc/self/ns/net").st_ino
    child = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    try:
        assert eventually(lambda: os.stat(f"/proc/{child.pid}/ns/net").st_ino != own)
        yield child.pid
    finally:
        child.kill()
        child.wait()


def inode(pid: int) -> int:
    return os.stat(f"/proc/{pid}/ns/net").st_ino


def inside(lab: Lab, pid: int, script: str) -> str:
    return lab.alone(f"nsenter --net=/proc/{pid}/ns/net sh -c '{script}'")


# -- names for the namespaces of others


@pytest.mark.parametrize("way", ["pid", "path"])
def test_a_namespace_of_a_process_gets_a_name_and_loses_it_again(lab: Lab, way: str) -> None:
    with container() as pid:
        source: dict[str, t.Any] = {"pid": pid} if way == "pid" else {"path": f"/proc/{pid}/ns/net"}
        result = lab.run("netns", name="web", **source)
        assert result.diff == {"before": {}, "after": {"netns": {"web": {"loopback": True, **source}}}}
        assert os.stat(f"{RUN_DIR}/web").st_ino == inode(pid)
        assert lab.is_up("web", "lo")
        lab.unchanged("netns", name="web")
        lab.sh("ip netns exec web true")

        result = lab.run("netns", name="web", state="absent", **source)
        assert result.commands == ["ip netns delete web"]
        assert lab.namespaces() == []
        assert "UP" in inside(lab, pid, "ip link show lo"), "the namespace is as it was, but for its name"


def test_a_name_of_another_namespace_is_an_error(lab: Lab) -> None:
    lab.sh("ip netns add web")
    with container() as pid:
        msg = lab.fails("netns", name="web", pid=pid)
        assert msg.startswith(f"netns web: the name is that of another namespace than that of process {pid}")
        assert "processes: keep" in msg


def test_what_is_no_namespace_gets_no_name(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    lab.sh(f"touch {tmp_path}/uts; mount --bind /proc/self/ns/uts {tmp_path}/uts")
    for name in ("file", "fifo", "uts", "", "file/x"):
        assert "is no network namespace" in lab.fails("netns", name="web", path=f"{tmp_path}/{name}")
    lab.sh(f"umount {tmp_path}/uts")
    msg = lab.fails_missing("netns", name="web", path=f"{tmp_path}/missing")
    assert msg == f"netns web: {tmp_path}/missing does not exist, and so no namespace to give the name to"
    with container() as pid:
        pass
    assert f"there is no process {pid}" in lab.fails_missing("netns", name="web", pid=pid)
    assert "mutually exclusive" in lab.fails("netns", name="web", pid=1, path="/proc/1/ns/net")
    assert "is no absolute path" in lab.fails("netns", name="web", path="proc/1/ns/net")
    assert "processes: kill is not for" in lab.fails("netns", name="web", pid=1, processes="kill")


def test_what_is_in_it_can_be_used_and_added_to_in_the_same_run(lab: Lab) -> None:
    with container() as pid:
        inside(lab, pid, "ip link add theirs type bridge; ip address add 10.9.0.1/24 dev theirs")
        lab.run(
            "topology",
            without=ALONE,
            name="lab",
            netns=[{"name": "web", "pid": pid}],
            veth=[{"name": "p0", "peer": {"name": "eth0", "namespace": "web"}}],
            netns_link=[{"name": "theirs", "namespace": "web", "up": True}],
            netns_address=[
                {"namespace": "web", "interface": "theirs", "address": "10.9.0.1/24"},
                {"namespace": "web", "interface": "theirs", "address": "10.9.0.2/24"},
                {"namespace": "web", "interface": "eth0", "address": "10.0.0.1/24"},
            ],
        )
        assert lab.links("web") == {"theirs", "eth0"}
        lab.run("topology", name="lab", state="absent", without=ALONE)
        assert lab.namespaces() == []
        left = inside(lab, pid, "ip -br address show")
        assert "10.9.0.1/24" in left and "10.9.0.2" not in left and "eth0" not in left
        assert lab.links("") == set()


@pytest.mark.parametrize("how", ["absent", "prune", "kill"])
def test_a_topology_takes_away_the_name_and_what_it_made_and_nothing_of_others(lab: Lab, how: str) -> None:
    """Cables between two namespaces of others have no end where a wider look would be needed."""
    with container() as one, container() as two:
        cable = "ip link add out type veth peer name in netns"
        inside(lab, one, f"{cable} {two}; ip link set out up")
        netns: list[dict[str, t.Any]] = [{"name": "one", "pid": one}, {"name": "two", "path": f"/proc/{two}/ns/net"}]
        lab.run(
            "topology",
            without=ALONE,
            name="lab",
            netns=netns,
            veth=[{"name": "x", "namespace": "one", "peer": {"name": "y", "namespace": "two"}}],
            bridge=[{"name": "br0", "namespace": "two"}],
            netns_address=[{"namespace": "two", "interface": "in", "address": "10.0.0.1/24"}],
            netns_route=[{"namespace": "two", "destination": "192.0.2.0/24", "type": "blackhole"}],
        )
        if how == "prune":
            lab.run("topology", name="lab", bridge=[{"name": "other"}], without=ALONE)
        elif how == "kill":
            # As if they were the topology's own: the record knows better.
            kill = [{"name": name, "processes": "kill"} for name in ("one", "two")]
            lab.run("topology", name="lab", state="absent", netns=kill, without=ALONE)
        else:
            lab.run("topology", name="lab", state="absent", without=ALONE)
        assert lab.namespaces() == []
        for pid, link in ((one, "out"), (two, "in")):
            left = inside(lab, pid, "ip -br link show; ip address show; ip route show")
            assert link in left and "br0" not in left and " x@" not in left and " y@" not in left
            assert "10.0.0.1" not in left and "blackhole" not in left


def test_one_namespace_has_one_name_in_a_definition(lab: Lab) -> None:
    with container() as pid:
        netns = [{"name": "one", "pid": pid}, {"name": "two", "path": f"/proc/{pid}/ns/net"}]
        msg = lab.fails("topology", name="lab", netns=netns)
        assert msg == "netns two: it is the namespace one of this definition; use one name for both"
        lab.run("netns", name="one", pid=pid, without=ALONE)
        lab.run("netns", name="two", pid=pid, without=ALONE)
        assert lab.fails("topology", name="lab", netns=netns)


def test_a_run_that_fails_takes_the_name_back_with_all_it_did_inside(lab: Lab) -> None:
    with container() as pid:
        inside(lab, pid, "ip link add theirs type bridge; ip address add 10.9.0.1/24 dev theirs; ip link set lo up")
        before = inside(lab, pid, "ip address show; ip route show")
        lab.fails_for_real(
            "topology",
            name="lab",
            netns=[{"name": "web", "pid": pid}],
            netns_address=[
                {"namespace": "web", "interface": "theirs", "address": "10.9.0.1/24", "state": "absent"},
                {"namespace": "web", "interface": "theirs", "address": "10.9.0.2/24"},
            ],
            bridge=[{"name": "outer"}, {"name": "inner"}],
            bridge_port=[{"bridge": "outer", "interface": "inner"}],
        )
        assert inside(lab, pid, "ip address show; ip route show") == before


def test_a_namespace_that_a_file_elsewhere_keeps_survives_the_loss_of_its_name(lab: Lab, tmp_path: Path) -> None:
    """As container runtimes do; with the module alone, which has no record."""
    place = tmp_path / "with space"
    place.touch()
    lab.alone("ip netns add a1; ip link add left type veth peer name right netns a1")
    lab.alone(f"mount --bind /run/netns/a1 '{place}'")
    try:
        lab.run("netns", name="web", path=str(place), without=ALONE)
        for name in ("web", "a1"):
            lab.run("netns", name=name, state="absent", without=ALONE)
        assert lab.namespaces() == []
        assert "left" in lab.links("")
    finally:
        lab.alone(f"umount '{place}'")


def test_a_symbolic_link_is_a_namespace_and_only_itself_is_removed(lab: Lab) -> None:
    with container() as pid:
        lab.sh(f"ln -s /proc/{pid}/ns/net {RUN_DIR}/doc")
        lab.unchanged("netns", name="doc", loopback=False)
        lab.unchanged("netns", name="doc", pid=pid, loopback=False)
        lab.run("bridge", name="br0", namespace="doc", without={"replay": "it is the same namespace for the twin"})
        lab.sh(f"ip netns add other; ln -s {RUN_DIR}/other {RUN_DIR}/alias")
        lab.fails_for_real(
            "topology",
            name="lab",
            netns=[{"name": "doc", "state": "absent"}],
            bridge=[{"name": "outer"}, {"name": "inner"}],
            bridge_port=[{"bridge": "outer", "interface": "inner"}],
        )
        assert os.readlink(f"{RUN_DIR}/doc") == f"/proc/{pid}/ns/net"
        assert lab.run("netns", name="doc", state="absent").commands == [f"rm {RUN_DIR}/doc"]
        assert "br0" in inside(lab, pid, "ip link show")
        lab.run("netns", name="alias", state="absent", processes="kill")
        assert lab.namespaces() == ["other"]


# -- numbers


def test_a_namespace_gets_the_number_that_is_asked_for_and_keeps_it(lab: Lab) -> None:
    result = lab.run("netns", name="a1", nsid="7")
    assert result.commands == ["ip netns add a1", "ip -n a1 link set dev lo up", "ip netns set a1 7"]
    assert lab.ip("", "netns", "list") == [{"name": "a1", "id": 7}]
    lab.unchanged("netns", name="a1", nsid="auto")
    msg = lab.fails("netns", name="a1", nsid="8")
    assert msg.startswith("netns a1: its nsid is 7 and not 8, and the kernel never changes one")
    assert "nsid 7 is that of another namespace" in lab.fails("netns", name="a2", nsid="7")
    lab.run("netns", name="a2")
    assert lab.run("netns", name="a2", nsid="8").diff == {
        "before": {"netns": {"a2": {"nsid": None}}},
        "after": {"netns": {"a2": {"nsid": 8}}},
    }
    lab.run("netns", name="a3", nsid="auto")
    assert {entry["name"]: entry.get("id") for entry in lab.ip("", "netns", "list")}["a3"] is not None
    assert "neither 'auto' nor a number" in lab.fails("netns", name="a4", nsid="-1")
    both = [{"name": "b1", "nsid": "4"}, {"name": "b2", "nsid": "4"}]
    assert "netns b1 and netns b2 have the same nsid 4" in lab.fails("topology", name="lab", netns=both)


def test_a_number_is_set_before_a_cable_makes_the_kernel_choose_one(lab: Lab) -> None:
    lab.run(
        "topology",
        name="lab",
        veth=[{"name": "p0", "peer": {"name": "eth0", "namespace": "a1"}}],
        netns=[{"name": "a1", "nsid": "30"}],
    )
    assert lab.link("", "p0")["link_netnsid"] == 30


# -- settings


def setting(lab: Lab, namespace: str, key: str) -> str:
    return lab.alone(f"ip netns exec {namespace} sysctl -n {key}").strip()


ROUTER: dict[str, t.Any] = {
    "net.ipv4.ip_forward": True,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.conf.all.accept_redirects": True,
    "net.ipv4.conf.all.send_redirects": False,
    "net.ipv4.conf.default.arp_ignore": 1,
    "net.ipv4.tcp_rmem": "4096\t 131073   6291456",
    "net.ipv4.ip_local_reserved_ports": "8081,8080,9148-9149",
    "net/ipv6/conf/lo/accept_ra": 0,
}


def test_settings_are_made_repeated_changed_and_left_when_no_longer_named(lab: Lab) -> None:
    result = lab.run("netns", name="r1", sysctls=ROUTER)
    assert "ip netns exec r1 sysctl -w net.ipv4.ip_forward=1" in result.commands
    assert "ip netns exec r1 sysctl -w 'net.ipv4.tcp_rmem=4096 131073 6291456'" in result.commands
    assert result.diff["after"]["netns"]["r1"]["sysctls"]["net.ipv6.conf.lo.accept_ra"] == "0"
    assert setting(lab, "r1", "net.ipv4.conf.all.accept_redirects") == "1"
    result = lab.run("netns", name="r1", sysctls={**ROUTER, "net.ipv4.conf.all.rp_filter": 2})
    assert result.diff == {
        "before": {"netns": {"r1": {"sysctls": {"net.ipv4.conf.all.rp_filter": "0"}}}},
        "after": {"netns": {"r1": {"sysctls": {"net.ipv4.conf.all.rp_filter": "2"}}}},
    }
    lab.unchanged("netns", name="r1", sysctls={"net.ipv4.ip_forward": "0x1", "net.ipv4.conf.all.rp_filter": "2"})
    lab.unchanged("netns", name="r1")
    assert setting(lab, "r1", "net.ipv4.ip_forward") == "1"


def test_forwarding_that_changes_what_was_right_already_leaves_it_right(lab: Lab) -> None:
    """The kernel sets accept_redirects with it, and the forwarding of each interface."""
    lab.sh("ip netns add r1; ip -n r1 link set lo up; ip -n r1 link add eth0 type bridge")
    sysctls = {
        "net.ipv4.conf.eth0.forwarding": 0,
        "net.ipv4.conf.all.accept_redirects": 1,
        "net.ipv4.conf.default.forwarding": 0,
        "net.ipv4.ip_forward": 1,
    }
    lab.sh("ip netns exec r1 sysctl -w net.ipv4.conf.all.accept_redirects=1")
    result = lab.run("netns", name="r1", sysctls=sysctls)
    assert list(result.diff["after"]["netns"]["r1"]["sysctls"]) == ["net.ipv4.ip_forward"]
    for key, value in sysctls.items():
        assert setting(lab, "r1", key) == str(value), key


def test_a_lab_is_what_it_says_on_a_hostile_host(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new namespace inherits the host's settings (devconf_inherit_init_net), which only the first one has: so the
    ones of this test are made hostile the moment they come to be."""
    hostile = {"rp_filter": 1, "forwarding": 0, "accept_redirects": 0, "arp_ignore": 8, "disable_policy": 0}
    make = _host.Host.make

    def make_hostile(self: _host.Host, loopbacks: t.Mapping[str, bool]) -> dict[str, _host.Entry]:
        entries = make(self, loopbacks)
        for name in entries:
            with self.inside(name):
                for key, value in hostile.items():
                    for where in ("all", "default", "lo"):
                        Path(f"/proc/sys/net/ipv4/conf/{where}/{key}").write_text(str(value))
                Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
        return entries

    monkeypatch.setattr(_host.Host, "make", make_hostile)
    router = {
        "net.ipv4.ip_forward": 1,
        "net.ipv4.conf.all.rp_filter": 0,
        "net.ipv4.conf.default.rp_filter": 0,
        "net.ipv4.conf.all.arp_ignore": 0,
        "net.ipv4.conf.default.arp_ignore": 0,
        "net.ipv6.conf.default.disable_ipv6": 0,
    }
    cables = [{"name": f"p{n}", "namespace": "r", "peer": {"name": "eth0", "namespace": f"h{n}"}} for n in (1, 2)]
    ends = [{"namespace": f"h{n}", "interface": "eth0", "address": f"10.0.{n}.2/24"} for n in (1, 2)]
    gateways = [{"namespace": "r", "interface": f"p{n}", "address": f"10.0.{n}.1/24"} for n in (1, 2)]
    lab.run(
        "topology",
        without={"replay": "the twin's namespaces are not hostile"},
        name="lab",
        netns=[{"name": name, "sysctls": router} for name in ("r", "h1", "h2")],
        veth=cables,
        netns_address=[
            *ends,
            *gateways,
            {"namespace": "h1", "interface": "eth0", "address": "fd00::1/64", "nodad": True},
        ],
        netns_route=[{"namespace": f"h{n}", "destination": "default", "gateway": f"10.0.{n}.1"} for n in (1, 2)],
    )
    for namespace in ("r", "h1", "h2"):
        for key, value in router.items():
            assert setting(lab, namespace, key) == str(value), key
    for interface in ("p1", "p2"):
        assert setting(lab, "r", f"net.ipv4.conf.{interface}.rp_filter") == "0"
        assert setting(lab, "r", f"net.ipv4.conf.{interface}.forwarding") == "1"
    lab.alone("ip netns exec h1 ping -c 1 -W 5 10.0.2.2")


def test_settings_of_an_interface_come_after_it_and_before_its_addresses(lab: Lab) -> None:
    dotted = "eth0.100"
    result = lab.run(
        "topology",
        name="lab",
        netns_address=[{"namespace": "a1", "interface": dotted, "address": "fd00::1/64", "nodad": True}],
        veth=[{"name": "p0", "peer": {"name": dotted, "namespace": "a1"}}],
        netns=[
            {
                "name": "a1",
                "sysctls": {
                    f"net.ipv6.conf.{dotted}.accept_ra": 0,
                    f"net/ipv4/conf/{dotted}/rp_filter": 2,
                    "net.ipv4.neigh.eth0/100.base_reachable_time_ms": 12345,
                    "net.ipv6.conf.default.disable_ipv6": 1,
                    f"net.ipv6.conf.{dotted}.disable_ipv6": 0,
                },
            }
        ],
    )
    words = " ".join(result.commands)
    assert words.index("default.disable_ipv6") < words.index("link add") < words.index("eth0/100.disable_ipv6")
    assert words.index("eth0/100.disable_ipv6") < words.index("address add")
    told = result.diff["after"]["netns"]["a1"]["sysctls"]
    assert told["net.ipv4.conf.eth0/100.rp_filter"] == "2" and told["net.ipv6.conf.default.disable_ipv6"] == "1"
    assert abs(int(setting(lab, "a1", "net.ipv4.neigh.eth0/100.base_reachable_time_ms")) - 12345) < 10


def test_settings_of_a_missing_interface_wait_for_it(lab: Lab) -> None:
    lab.run("netns", name="a1")
    msg = lab.fails_missing("netns", name="a1", sysctls={"net.ipv4.conf.eth0.rp_filter": 2})
    assert msg == "netns a1: there is no interface a1:eth0; create it first"
    lab.sh("ip -n a1 link add eth0 type bridge")
    lab.run("netns", name="a1", sysctls={"net.ipv4.conf.eth0.rp_filter": 2})


def test_an_interface_made_anew_gets_its_settings_again(lab: Lab) -> None:
    lab_ = {
        "name": "lab",
        "netns": [{"name": "a1", "sysctls": {"net.ipv4.conf.eth0.rp_filter": 2}}],
        "bridge": [{"name": "eth0", "namespace": "a1"}],
    }
    lab.run("topology", **lab_)
    lab.run("topology", **{**lab_, "bridge": [], "veth": [{"name": "eth0", "namespace": "a1", "peer": {"name": "p"}}]})
    assert setting(lab, "a1", "net.ipv4.conf.eth0.rp_filter") == "2"


@pytest.mark.parametrize("exists", [False, True], ids=["new", "existing"])
@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("net.ipv4.ip_forwad", 1, "this kernel has no such setting"),
        ("net.ipv4.conf.eth0.rp_filer", 1, "this kernel has no such setting"),
        ("net.ipv4.conf.all", 1, "it is a folder of settings"),
        ("net.ipv4.route.flush", 1, "it is a command to the kernel"),
        ("kernel.hostname", "x", "is none of a network namespace"),
        ("net.ipv4.conf.../../../x", 1, "this kernel has no such setting"),
        ("net/ipv4/conf/../../x", 1, "is no name of a setting"),
        ("net/../kernel/hostname", "x", "is no name of a setting"),
        ("net.ipv4.ip_forward", None, "has no value"),
        ("net.ipv4.ip_forward", "1\n2", "more than one line"),
        ("net.ipv4.ip_forward", [1], "give a number"),
        ("net.ipv4.conf.eth/0.rp_filter.", 1, "is no name of a setting"),
    ],
)
def test_a_setting_that_cannot_be_is_an_error_beforehand(
    lab: Lab, exists: bool, key: str, value: t.Any, says: str
) -> None:
    if exists:
        lab.sh("ip netns add a1")
    assert says in lab.fails("netns", name="a1", sysctls={"net.ipv4.tcp_syncookies": 0, key: value})


def test_a_setting_is_there_once(lab: Lab) -> None:
    for other in ("net/ipv4/ip_forward", "net.ipv4.conf.all.forwarding"):
        assert "are the same setting" in lab.fails("netns", name="a1", sysctls={"net.ipv4.ip_forward": 1, other: 1})


@pytest.mark.parametrize(
    "failing", [{"net.ipv4.conf.lo.forwarding": "many"}, {"net.ipv4.tcp_congestion_control": "x"}], ids=str
)
def test_settings_are_taken_back_when_the_kernel_refuses_one(lab: Lab, failing: dict[str, t.Any]) -> None:
    lab.sh("ip netns add a1; ip -n a1 link add eth0 type bridge; ip -n a1 link set eth0 up; ip -n a1 link set lo up")
    lab.sh("ip -n a1 address add fd00::1/64 dev eth0 nodad; ip -n a1 route add fd01::/64 via fd00::2")
    lab.sh("ip netns exec a1 sysctl -w net.ipv4.conf.eth0.forwarding=1 net.ipv4.conf.all.accept_redirects=0")
    show = "ip netns exec a1 sysctl -a 2>/dev/null | grep -E '[.](conf|neigh)[.]|ip_forward|tcp_sync'"
    show += "; ip -n a1 -6 route"
    before = lab.alone(show)
    msg = lab.fails_for_real(
        "netns",
        name="a1",
        sysctls={
            "net.ipv4.ip_forward": 1,
            "net.ipv4.conf.default.rp_filter": 2,
            "net.ipv6.conf.all.forwarding": 1,
            "net.ipv6.conf.all.disable_ipv6": 1,
            "net.ipv4.tcp_syncookies": 0,
            **failing,
        },
    )
    ((key, value),) = failing.items()
    assert msg.startswith(f"netns a1: sysctl {key}={value}: the kernel says: ")
    assert lab.alone(show) == before


def test_ipv6_that_is_switched_off_takes_addresses_along(lab: Lab) -> None:
    lab.sh("ip netns add a1; ip -n a1 link add eth0 type bridge; ip -n a1 link set eth0 up; ip -n a1 link set lo up")
    lab.sh("ip -n a1 address add fd00::1/64 dev eth0 nodad")
    lab.run("netns", name="a1", sysctls={"net.ipv6.conf.eth0.disable_ipv6": True})
    assert lab.addresses("a1", "eth0") == []


# -- files in /etc/netns

CONTENT = "nameserver 192.0.2.53\n# 100 % 'sure' $HOME \\ tab\there\n"
FILE = Path(ETC_DIR, "a1", "resolv.conf")


def test_a_file_is_made_changed_in_place_and_removed_with_its_folder(lab: Lab) -> None:
    result = lab.run("netns", name="a1", etc_files={"resolv.conf": CONTENT, "hosts": ""})
    assert FILE.read_text() == CONTENT and FILE.stat().st_mode & 0o777 == 0o644
    assert result.diff["after"]["netns"]["a1"]["etc_files"] == {"resolv.conf": CONTENT, "hosts": ""}
    assert "nameserver" in lab.alone("ip netns exec a1 cat /etc/resolv.conf")
    inode_ = FILE.stat().st_ino
    result = lab.run("netns", name="a1", etc_files={"resolv.conf": "-short", "hosts": ""})
    assert result.diff == {
        "before": {"netns": {"a1": {"etc_files": {"resolv.conf": CONTENT}}}},
        "after": {"netns": {"a1": {"etc_files": {"resolv.conf": "-short"}}}},
    }
    assert FILE.read_text() == "-short" and FILE.stat().st_ino == inode_
    lab.unchanged("netns", name="a1")
    lab.run("netns", name="a1", state="absent", etc_files={"resolv.conf": "other", "hosts": ""})
    assert lab.files() == {"a1": None, "a1/resolv.conf": "-short"}
    lab.run("netns", name="a1", state="absent", etc_files={"resolv.conf": "-short"})
    assert lab.files() == {}


def test_a_topology_removes_the_files_it_made_and_leaves_those_of_others(lab: Lab) -> None:
    lab.sh("mkdir -p /etc/netns/a2; echo theirs > /etc/netns/a2/hosts; echo theirs > /etc/netns/a2/resolv.conf")
    netns = [{"name": name, "etc_files": {"resolv.conf": "x[1:2]\n", "hosts": "y"}} for name in ("a1", "a2")]
    lab.run("topology", name="lab", netns=netns)
    assert lab.files()["a2/hosts"] == "y" and lab.files()["a1/resolv.conf"] == "x[1:2]\n"
    lab.sh("echo more > /etc/netns/a2/services")
    # What is no longer named.
    lab.run("topology", name="lab", netns=[{"name": "a1", "etc_files": {"hosts": "y"}}, {"name": "a2"}])
    assert set(lab.files()) == {"a1", "a1/hosts", "a2", "a2/hosts", "a2/resolv.conf", "a2/services"}
    # Edited in place it is ours, replaced by another file it is not.
    lab.sh("echo edited >> /etc/netns/a1/hosts")
    lab.run("topology", name="lab", state="absent")
    assert set(lab.files()) == {"a2", "a2/hosts", "a2/resolv.conf", "a2/services"}
    lab.run("topology", name="lab", netns=netns[:1])
    lab.sh("rm /etc/netns/a1/hosts; echo own > /etc/netns/a1/hosts")
    lab.run("topology", name="lab", state="absent")
    assert lab.files()["a1/hosts"] == "own\n"


def test_two_topologies_share_a_folder_and_the_last_one_takes_it_away(lab: Lab) -> None:
    lab.run("topology", name="one", netns=[{"name": "a1", "etc_files": {"hosts": "1", "both": "b"}}])
    lab.run("topology", name="two", netns=[{"name": "a1", "etc_files": {"resolv.conf": "2", "both": "b"}}])
    lab.run("topology", name="one", state="absent")
    assert set(lab.files()) == {"a1", "a1/both", "a1/resolv.conf"}
    lab.run("topology", name="two", state="absent")
    assert lab.files() == {} and lab.namespaces() == []


def test_the_folder_of_all_is_made_and_removed_too(lab: Lab) -> None:
    lab.sh("umount -l /etc/netns || :")
    lab.sh("umount -l /etc/netns 2>/dev/null; rmdir /etc/netns 2>/dev/null || :")
    assert not os.path.exists(ETC_DIR)
    try:
        without = {"replay": "the twin has the same folder"}
        netns = [{"name": name, "etc_files": {"hosts": "1"}} for name in ("a1", "a2")]
        lab.run("topology", name="lab", netns=netns, without=without)
        assert lab.files()["a2/hosts"] == "1"
        lab.run("topology", name="lab", state="absent", without=without)
        assert not os.path.exists(ETC_DIR)
    finally:
        lab.alone("mkdir -p /etc/netns; mount -t tmpfs -o mode=755 tmpfs /etc/netns")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("mkdir -p /etc/netns/a1; ln -s /etc/passwd /etc/netns/a1/resolv.conf", "is no regular file"),
        ("mkdir -p /etc/netns/a1/resolv.conf", "is no regular file"),
        ("mkdir -p /etc/netns/a1; mkfifo /etc/netns/a1/resolv.conf", "is no regular file"),
        ("ln -s /etc /etc/netns/a1", "is no folder, or a symbolic link"),
        ("touch /etc/netns/a1", "is no folder, or a symbolic link"),
    ],
)
def test_nothing_but_plain_files_in_plain_folders_is_touched(lab: Lab, script: str, says: str) -> None:
    lab.sh(script)
    assert says in lab.fails("netns", name="a1", etc_files={"resolv.conf": CONTENT})


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", ".", "..", "", "a\nb", "x" * 256])
def test_a_file_has_a_plain_name(lab: Lab, name: str) -> None:
    assert "etc_files: " in lab.fails("netns", name="a1", etc_files={name: "x"})
    assert lab.files() == {}


def test_files_are_as_before_when_a_run_fails(lab: Lab) -> None:
    lab.sh("mkdir -p /etc/netns/a1; printf old > /etc/netns/a1/hosts; chmod 600 /etc/netns/a1/hosts")
    lab.run("topology", name="lab", netns=[{"name": "a2", "etc_files": {"hosts": "1", "services": "2"}}])
    lab.fails_for_real(
        "topology",
        name="lab",
        netns=[
            {"name": "a1", "etc_files": {"hosts": "new", "resolv.conf": CONTENT}},
            {"name": "a2", "etc_files": {"hosts": "3"}},
            {"name": "a3", "etc_files": {"hosts": "3"}},
        ],
        bridge=[{"name": "outer"}, {"name": "inner"}],
        bridge_port=[{"bridge": "outer", "interface": "inner"}],
    )
    assert set(lab.files()) == {"a1", "a1/hosts", "a2", "a2/hosts", "a2/services"}
    lab.run("topology", name="lab", state="absent")
    assert set(lab.files()) == {"a1", "a1/hosts"}


def test_netlink_tells_the_same_of_a_routers_settings_as_their_files(lab: Lab) -> None:
    lab.sh("ip netns add r1; ip -n r1 link add x type veth peer name y")
    paths = sorted(_netconf._SETTINGS)
    seen: dict[_netconf.Path, set[str]] = {path: set() for path in paths}
    with _host.Host() as host:
        for value in (1, 0, 2):
            for path in paths:
                wanted = min(value, 1) if path[-1] != "rp_filter" else value
                lab.sh(f"ip netns exec r1 sysctl -w {'.'.join(path)}={wanted}")
            told = _netconf.told(host.socket("r1"), [*paths, ("net", "ipv4", "ip_default_ttl")])
            assert told == {path: setting(lab, "r1", ".".join(path)) for path in paths}
            for path in paths:
                seen[path].add(told[path])
    assert all(len(values) > 1 for values in seen.values()), seen


def test_a_new_namespace_that_has_the_settings_already_is_as_asked_for(lab: Lab) -> None:
    """What is told of later ones is true no more once an earlier one is set: forwarding spreads to those to come."""
    settings = {"net.ipv4.ip_forward": 1, "net.ipv4.conf.default.forwarding": 0, "net.ipv4.conf.all.rp_filter": 0}
    lab.run("netns", name="r1", sysctls=settings)
    for key, value in settings.items():
        assert setting(lab, "r1", key) == str(value), key
    assert not lab.run("netns", name="r1", sysctls=settings).changed


def test_a_setting_that_spreads_is_not_set_anew_at_the_other_ends_of_cables(lab: Lab) -> None:
    """It spreads to the interfaces of its own namespace, and not beyond."""
    spreading, spread = "net.ipv4.conf.all.forwarding", "net.ipv4.conf.eth0.forwarding"
    definition: dict[str, t.Any] = {
        "name": "lab",
        "veth": [{"name": "p1", "namespace": "r1", "peer": {"name": "eth0", "namespace": "h1"}}],
    }
    h1 = {"name": "h1", "sysctls": {spread: 1}}
    lab.run("topology", **definition, netns=[{"name": "r1", "sysctls": {spreading: 0}}, h1])
    result = lab.run("topology", **definition, netns=[{"name": "r1", "sysctls": {spreading: 1}}, h1])
    assert result.commands == [f"ip netns exec r1 sysctl -w {spreading}=1"]
    assert setting(lab, "h1", spread) == "1"


def test_one_of_many_new_namespaces_cannot_be_made(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when user.max_net_namespaces is reached, which counts those of the whole machine."""
    unshare, calls = _syscalls.unshare, itertools.count(1)

    def refused_once(flags: int) -> None:
        if next(calls) == 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        unshare(flags)

    monkeypatch.setattr(_syscalls, "unshare", refused_once)
    before = os.stat("/proc/thread-self/ns/net").st_ino
    descriptors = len(os.listdir("/proc/self/fd"))
    said = lab.fails_for_real("topology", name="lab", netns=[{"name": "h[1:8]"}])
    assert re.match(r"netns h[1-8]: ", said), said
    assert lab.namespaces() == []
    assert os.stat("/proc/thread-self/ns/net").st_ino == before
    assert len(os.listdir("/proc/self/fd")) == descriptors
