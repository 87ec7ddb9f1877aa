# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a topology made it may take away, and nothing else: not what others made beside it, in it, or under the same
name later, and not what another topology still needs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _apply
from ansible_collections.netns.lab.tests.integration.helpers.campus import campus
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually, process_in
from ansible_collections.netns.lab.tests.integration.helpers.machine import RECORDS_DIR, RUN_DIR
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute
from ansible_collections.netns.lab.tests.integration.helpers.state import Json
from ansible_collections.netns.lab.tests.integration.helpers.whole import everything, same, strangers

Sections = dict[str, list[dict[str, t.Any]]]

# A namespace with a bridge in it, one on a bridge of the host, a cable between the two.
LAB: Sections = {
    "netns": [{"name": "a1"}, {"name": "a2"}],
    "bridge": [{"name": "br0"}, {"name": "in", "namespace": "a1"}],
    "veth": [
        {"name": "p1", "peer": {"name": "e0", "namespace": "a1"}},
        {"name": "x1", "namespace": "a1", "peer": {"name": "x2", "namespace": "a2"}},
    ],
    "bridge_port": [{"bridge": "br0", "interface": "p1"}],
    "netns_address": [{"namespace": "a1", "interface": "e0", "address": "10.0.0.1/24"}],
    "netns_route": [{"namespace": "a1", "destination": "default", "gateway": "10.0.0.9"}],
}


@pytest.fixture
def machine_before(lab: Lab) -> dict[str, Json]:
    """With somebody else's things on it."""
    strangers(lab)
    return everything(lab)


def topology(name: str = "lab", **options: t.Any) -> Result:
    result = execute("topology", {"name": name, **options})
    assert not result.failed, result.msg
    return result


def absent(name: str = "lab") -> Result:
    return topology(name, state="absent")


def without(sections: Sections, section: str, **options: t.Any) -> Sections:
    """A definition without the items that have these options."""
    kept = [item for item in sections[section] if any(item.get(name) != value for name, value in options.items())]
    assert len(kept) < len(sections[section])
    return {**sections, section: kept}


def renamed(sections: Sections, prefix: str) -> Sections:
    """The same under other names."""
    text = json.dumps(sections)
    for name in ("a1", "a2", "br0", "p1"):
        text = text.replace(f'"{name}"', f'"{prefix}{name}"')
    return t.cast(Sections, json.loads(text))


def part(found: dict[str, Json], *namespaces: str) -> dict[str, Json]:
    return {namespace: found[namespace] for namespace in namespaces}


# -- beside the lab


def test_things_with_names_like_the_labs_are_never_touched(lab: Lab, machine_before: dict[str, Json]) -> None:
    theirs = ("n", "n00", "n1x")
    links = ("lan0", "p", "p00")
    for version in ("first", "second", "other", "first"):
        topology(**campus(version))
        found = everything(lab)
        same(part(machine_before, *theirs), part(found, *theirs), f"the lab became {version}")
        assert all(machine_before[""]["links"][link] == found[""]["links"][link] for link in links)
    absent()
    same(machine_before, everything(lab), "the lab is gone")


# -- in the lab

BY_HAND = {
    "an address": ("ip -n a1 address add 10.9.0.1/24 dev e0", "ip -n a1 address show dev e0 to 10.9.0.1 | grep inet"),
    "an IPv6 address": (
        "ip -n a1 address add fd09::1/64 dev e0 nodad",
        "ip -n a1 address show dev e0 to fd09::1 | grep inet6",
    ),
    "a route": ("ip -n a1 route add 10.10.0.0/16 via 10.0.0.8", "ip -n a1 route show 10.10.0.0/16"),
    "a route beside the lab's": (
        "ip -n a1 route add default via 10.0.0.8 metric 7",
        "ip -n a1 route show default metric 7",
    ),
    "a port": (
        "ip link add mine type veth peer name mine2; ip link set mine master br0",
        "ip link show mine master br0",
    ),
    "a bridge": ("ip -n a1 link add mine type bridge", "ip -n a1 link show mine"),
    "a cable": ("ip -n a1 link add mine type veth peer name mine netns a2", "ip -n a2 link show mine"),
    "a forwarding entry": (
        "bridge fdb add 02:00:00:00:00:77 dev p1 master static",
        "bridge fdb show dev p1 | grep 02:00:00:00:00:77",
    ),
    "a neighbour": (
        # An address beside it, because with a link's last one the kernel forgets its neighbours (arp_ifdown).
        "ip -n a1 address add 10.9.0.1/24 dev e0; ip -n a1 neighbour add 10.0.0.7 lladdr 02:00:00:00:00:07 dev e0",
        "ip -n a1 neighbour show 10.0.0.7",
    ),
    "a rule": ("ip -n a1 rule add from 10.0.0.0/24 table 9", "ip -n a1 rule show from 10.0.0.0/24"),
}
CHANGED: Sections = {
    **without(LAB, "veth", name="x1"),
    "bridge": [{"name": "br0", "stp": True, "priority": 1}, {"name": "in", "namespace": "a1", "up": False}],
    "netns_link": [{"name": "e0", "namespace": "a1", "mtu": 1400, "alias": "changed"}],
    "netns_address": [{"namespace": "a1", "interface": "e0", "address": "10.0.0.1/24", "label": "e0:1"}],
    "netns_route": [{"namespace": "a1", "destination": "default", "gateway": "10.0.0.5", "mtu": 1300}],
}


@pytest.mark.parametrize("thing", BY_HAND)
def test_what_somebody_put_into_the_lab_stays_through_changes(lab: Lab, thing: str) -> None:
    make, look = BY_HAND[thing]
    topology(**LAB)
    lab._shell.do(make)
    there = lab._shell.do(look)
    assert there.strip()
    for sections in (LAB, CHANGED, LAB):
        topology(**sections)
        assert lab._shell.run(look).output == there
    assert not topology(**LAB).changed


def test_somebodys_port_outlives_the_labs_bridge_without_a_master(lab: Lab, machine_before: dict[str, Json]) -> None:
    lab._shell.do("ip link add mine type veth peer name mine2; ip link set mine up")
    before = everything(lab)
    topology(**LAB)
    lab._shell.do("ip link set mine master br0; ip address add 10.9.0.9/24 dev mine")
    absent()
    assert "master" not in lab.link("", "mine")
    assert [address["local"] for address in lab.addresses("", "mine")] == ["10.9.0.9"]
    lab._shell.do("ip address delete 10.9.0.9/24 dev mine")
    same(before, everything(lab), "the lab is gone")


def test_with_a_namespace_goes_all_that_is_in_it_and_the_other_ends_of_cables_into_it(
    lab: Lab, machine_before: dict[str, Json]
) -> None:
    """As with "ip netns delete". A cable of somebody's between two other namespaces is not concerned."""
    topology(**LAB)
    lab._shell.do(
        "ip link add mine type veth peer name mine netns a1; ip -n a1 link add other type bridge;"
        "ip link add theirs type veth peer name theirs netns n"
    )
    absent()
    assert "mine" not in lab.links("") and "theirs" in lab.links("") and "theirs" in lab.links("n")


# -- under the lab's names, later


@pytest.mark.parametrize("how", ["absent", "prune"])
def test_a_strangers_namespace_of_an_owned_name_stays_even_with_the_same_inode(lab: Lab, how: str) -> None:
    topology(**LAB)
    inode = os.stat(f"{RUN_DIR}/a2").st_ino
    lab._shell.do("ip netns delete a2")
    time.sleep(0.05)
    if not name_one_with(inode, "a2"):
        # Somebody else got the number. Then it is as if the lab's had had this one's.
        lab._shell.do("ip netns add a2")
        record = Path(RECORDS_DIR, "lab.json")
        record.write_text(record.read_text().replace(f'"{inode}.', f'"{os.stat(f"{RUN_DIR}/a2").st_ino}.'))
    lab._shell.do("ip -n a2 link add theirs type bridge")
    if how == "absent":
        absent()
    else:
        topology(**without(without(LAB, "netns", name="a2"), "veth", name="x1"))
    assert "a2" in lab.namespaces() and lab.links("a2") == {"theirs"}
    absent()
    assert lab.namespaces() == ["a2"]


def name_one_with(inode: int, name: str) -> bool:
    """Makes namespaces until one gets a number that is free again, and names that one."""
    own = os.stat("/proc/self/ns/net").st_ino
    makers: list[subprocess.Popen[bytes]] = []

    def found() -> int:
        return os.stat(f"/proc/{makers[-1].pid}/ns/net").st_ino

    try:
        for _try in range(300):
            makers.append(subprocess.Popen(["unshare", "--net", "sleep", "60"]))
            assert eventually(lambda: found() != own)
            if found() == inode:
                subprocess.run(["ip", "netns", "attach", name, str(makers[-1].pid)], check=True)
                return True
        return False
    finally:
        for maker in makers:
            maker.kill()
            maker.wait()


REPLACED = {
    "a bridge of the host": ("", "br0", "ip link delete br0; ip link add br0 type bridge", ("bridge", "br0")),
    "a cable of the host": (
        "",
        "p1",
        "ip link delete p1; ip link add p1 type veth peer name e9 netns a1",
        ("veth", "p1"),
    ),
    "a cable by a bridge": ("", "p1", "ip link delete p1; ip link add p1 type bridge", ("veth", "p1")),
    "a bridge in a namespace": (
        "a1",
        "in",
        "ip -n a1 link delete in; ip -n a1 link add in type bridge",
        ("bridge", "in"),
    ),
    "a cable in a namespace": (
        "a1",
        "x1",
        "ip -n a1 link delete x1; ip -n a1 link add x1 type veth peer name x2 netns a2",
        ("veth", "x1"),
    ),
}


@pytest.mark.parametrize("thing", REPLACED)
def test_a_strangers_link_of_an_owned_name_is_not_pruned(lab: Lab, thing: str) -> None:
    namespace, name, replace, (section, item) = REPLACED[thing]
    topology(**LAB)
    lab._shell.do(replace)
    index = lab.index(namespace, name)
    sections = without(LAB, section, name=item)
    if item in ("p1", "br0"):
        sections = {**sections, "bridge_port": [], "netns_address": [], "netns_route": []}
    topology(**sections)
    assert lab.index(namespace, name) == index


@pytest.mark.parametrize("wanted_again", [False, True], ids=["removed", "built again and removed"])
def test_a_strangers_bridge_of_an_owned_name_outlives_the_lab(lab: Lab, wanted_again: bool) -> None:
    topology(**LAB)
    lab._shell.do("ip link delete br0; ip link add br0 type bridge")
    index = lab.index("", "br0")
    if wanted_again:
        topology(**LAB)
        assert lab.link("", "p1")["master"] == "br0"
    absent()
    assert lab.namespaces() == [] and lab.index("", "br0") == index


# -- what was there before


def test_what_was_there_is_brought_to_what_is_asked_and_left_when_the_lab_goes(lab: Lab) -> None:
    lab.sh(
        "ip netns add a1; ip link add br0 type bridge; ip link add p1 type veth peer name e0 netns a1;"
        "ip -n a1 address add 10.0.0.1/24 dev e0; ip -n a1 link set e0 up;"
        "ip -n a1 route add default via 10.0.0.9"
    )
    identity = os.stat(f"{RUN_DIR}/a1").st_ino, lab.index("", "br0"), lab.index("", "p1")
    lab.run("topology", name="lab", **LAB)
    lab.run("topology", name="lab", **CHANGED)
    lab.run("topology", name="lab", state="absent")
    assert identity == (os.stat(f"{RUN_DIR}/a1").st_ino, lab.index("", "br0"), lab.index("", "p1"))
    assert lab.namespaces() == ["a1"] and lab.links("a1") == {"e0"}
    assert lab.link("a1", "e0")["mtu"] == 1400
    # What the lab set there stays, too: how it was, nobody knows any more.
    assert [address["local"] for address in lab.addresses("a1", "e0")] == ["10.0.0.1"]
    assert lab.ip("a1", "route", "show", "default")[0]["gateway"] == "10.0.0.5"
    assert not os.path.exists(RECORDS_DIR)


def test_what_the_lab_added_to_what_was_there_goes_with_the_lab(lab: Lab) -> None:
    lab.sh("ip netns add a1; ip link add br0 type bridge")
    before = lab.exact()
    lab.run("topology", name="lab", **LAB)
    absent()
    after = lab.exact()
    for found in (before, after):
        found["a1"]["links"].pop("lo")  # it is up now
        found["a1"]["addresses"].pop("lo", None)
        found["a1"]["routes"] = [route for route in found["a1"]["routes"] if '"lo"' not in route]
    before[""]["links"]["br0"] = after[""]["links"]["br0"]  # so is the bridge
    Lab.same(before, after, "the lab is gone")


# -- several labs


@pytest.mark.parametrize("first", ["one", "two"])
def test_the_same_definition_twice_under_two_prefixes(
    lab: Lab, machine_before: dict[str, Json], first: str
) -> None:
    second = {"one": "two", "two": "one"}[first]
    prefix = {"one": "u-", "two": "v-"}
    for name in prefix:
        topology(name, **renamed(LAB, prefix[name]))
    found = everything(lab)
    assert not topology("one", **renamed(LAB, "u-")).changed
    topology(first, **renamed(CHANGED, prefix[first]))
    theirs = [f"{prefix[second]}a1", f"{prefix[second]}a2"]
    same(part(found, *theirs), part(everything(lab), *theirs), "the other lab changed")
    absent(first)
    same(part(found, *theirs), part(everything(lab), *theirs), "the other lab is gone")
    assert not topology(second, **renamed(LAB, prefix[second])).changed
    absent(second)
    same(machine_before, everything(lab), "both labs are gone")


def member(name: str, hub: bool = True) -> Sections:
    """A namespace on a bridge in a namespace that several labs share. ``hub``: with the two of them as items."""
    return {
        "netns": [{"name": name}, *([{"name": "hub"}] if hub else [])],
        "bridge": [{"name": "lan", "namespace": "hub"}] if hub else [],
        "veth": [{"name": name, "namespace": "hub", "peer": {"name": "eth0", "namespace": name}}],
        "bridge_port": [{"bridge": "lan", "namespace": "hub", "interface": name}],
        "netns_address": [{"namespace": name, "interface": "eth0", "address": f"10.0.0.{len(name)}/24"}],
    }


@pytest.mark.parametrize("hub", [True, False], ids=["as items", "only used"])
@pytest.mark.parametrize("order", [("a", "bb", "ccc"), ("ccc", "a", "bb"), ("bb", "a", "ccc"), ("a", "ccc", "bb")])
def test_what_labs_share_stays_until_the_last_is_gone(
    lab: Lab, machine_before: dict[str, Json], order: tuple[str, ...], hub: bool
) -> None:
    topology("a", **member("a"))
    for name in ("bb", "ccc"):
        topology(name, **member(name, hub))
    identity = os.stat(f"{RUN_DIR}/hub").st_ino, lab.index("hub", "lan")
    left = ["a", "bb", "ccc"]
    for name in order[:-1]:
        absent(name)
        left.remove(name)
        assert identity == (os.stat(f"{RUN_DIR}/hub").st_ino, lab.index("hub", "lan"))
        assert lab.links("hub") == {"lan", *left}
        for other in left:
            assert not topology(other, **member(other, hub or other == "a")).changed
    absent(order[-1])
    same(machine_before, everything(lab), "all labs are gone")


def test_what_a_lab_lets_go_of_passes_to_the_lab_that_uses_it(lab: Lab, machine_before: dict[str, Json]) -> None:
    topology("a", **member("a"))
    topology("bb", **member("bb"))
    topology("a", netns=[{"name": "a"}])
    assert lab.links("hub") == {"lan", "bb"}
    absent("a")
    assert lab.links("hub") == {"lan", "bb"}
    absent("bb")
    same(machine_before, everything(lab), "both labs are gone")


def test_what_a_lab_makes_in_a_namespace_of_another_goes_with_the_other(lab: Lab) -> None:
    """When its owner says so by name; that the lab needs it keeps it only from going unasked."""
    topology("a", **member("a"))
    topology("bb", **member("bb", hub=False))
    topology("a", netns=[{"name": "a"}, {"name": "hub", "state": "absent"}])
    assert "hub" not in lab.namespaces() and lab.links("bb") == set()
    assert absent("bb").changed
    absent("a")
    assert lab.namespaces() == [] and not os.path.exists(RECORDS_DIR)


def test_prune_false_leaves_what_is_not_named_and_forgets_none_of_it(
    lab: Lab, machine_before: dict[str, Json]
) -> None:
    topology(**LAB)
    found = everything(lab)
    assert not topology(netns=[{"name": "a1"}], prune=False).changed
    same(part(found, "", "a1", "a2"), part(everything(lab), "", "a1", "a2"), "nothing was pruned")
    topology(netns=[{"name": "a3"}], prune=False)
    assert {"a1", "a2", "a3"} <= set(lab.namespaces())
    topology(netns=[{"name": "a3"}])
    assert {"a1", "a2"} & set(lab.namespaces()) == set()
    absent()
    same(machine_before, everything(lab), "the lab is gone")


# -- records

FAULTY_RECORDS = {
    "not JSON": "{",
    "empty": "",
    "a list": "[]",
    "a number": "7",
    "no version": "{}",
    "bytes": b"\xff\xfe",
    "entries that are none": json.dumps(
        {"version": 1, "topology": "bad", "owns": [7], "was": [], "uses": [], "removal": []}
    ),
    "short entries": json.dumps(
        {"version": 1, "topology": "bad", "owns": [["netns", "x"]], "was": [], "uses": [], "removal": []}
    ),
    "nested entries": json.dumps(
        {"version": 1, "topology": "bad", "owns": [["netns", ["x"], "1"]], "was": [], "uses": [], "removal": []}
    ),
    "removal that is none": json.dumps(
        {"version": 1, "topology": "bad", "owns": [], "was": [], "uses": [], "removal": [["netns", "x", 7]]}
    ),
    "somebody else's": json.dumps({"version": 1, "owns": {}}),
}


@pytest.mark.parametrize("name", ["lab", "other"], ids=["own", "another's"])
@pytest.mark.parametrize("fault", FAULTY_RECORDS)
def test_a_faulty_record_is_named_with_a_cure_and_nothing_is_touched(lab: Lab, fault: str, name: str) -> None:
    topology(**LAB)
    content = FAULTY_RECORDS[fault]
    path = Path(RECORDS_DIR, "bad.json")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if name == "lab":
        path = path.rename(Path(RECORDS_DIR, "lab.json"))
    before = everything(lab) if fault == "somebody else's" else raw(lab)
    for options in ({"state": "absent"}, CHANGED):
        for check in (True, False):
            result = execute("topology", {"name": "lab", **options}, check=check)
            assert result.failed and "Traceback" not in str(result.answer)
            assert str(path) in result.msg and "move it away" in result.msg and "\n" not in result.msg, result.msg
    after = everything(lab) if fault == "somebody else's" else raw(lab)
    same(before, after, result.msg)
    path.unlink()
    assert not execute("topology", {"name": "lab", **LAB}).failed


def raw(lab: Lab) -> dict[str, Json]:
    """The machine with its records as they are."""
    files = {path.name: str(path.read_bytes()) for path in Path(RECORDS_DIR).iterdir()}
    return {**lab.exact_network(), RECORDS_DIR: files}


def test_a_record_of_another_version_is_named_with_a_cure(lab: Lab) -> None:
    topology(**LAB)
    path = Path(RECORDS_DIR, "lab.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 2}))
    before = raw(lab)
    result = execute("topology", {"name": "lab", "state": "absent"})
    assert str(path) in result.msg and "another version" in result.msg and "by hand" in result.msg
    same(before, raw(lab), result.msg)


def test_a_record_under_another_name_is_no_record(lab: Lab) -> None:
    topology(**LAB)
    path = Path(RECORDS_DIR, "copy.json")
    path.write_bytes(Path(RECORDS_DIR, "lab.json").read_bytes())
    result = execute("topology", {"name": "lab", "state": "absent"})
    assert result.failed and str(path) in result.msg


@pytest.mark.parametrize("make", ["mkdir", "mkfifo", "ln -s nowhere"])
def test_what_is_no_file_is_no_record(lab: Lab, make: str) -> None:
    topology(**LAB)
    lab._shell.do(f"{make} {RECORDS_DIR}/bad.json")
    before = lab.exact_network()
    result = execute("topology", {"name": "lab", "state": "absent"})
    assert result.failed and f"{RECORDS_DIR}/bad.json" in result.msg and "Traceback" not in str(result.answer)
    Lab.same(before, lab.exact_network(), result.msg)


def test_other_files_among_the_records_are_left_alone(lab: Lab) -> None:
    os.makedirs(f"{RECORDS_DIR}/folder")
    Path(RECORDS_DIR, "notes.txt").write_text("mine")
    topology(**LAB)
    absent()
    assert sorted(os.listdir(RECORDS_DIR)) == ["folder", "notes.txt"]


def test_where_the_records_should_be_is_something_else(lab: Lab) -> None:
    for make in (f"touch {RECORDS_DIR}", f"ln -s nowhere {RECORDS_DIR}"):
        lab._shell.do(make)
        for check in (True, False):
            result = execute("topology", {"name": "lab", **LAB}, check=check)
            if not check:
                assert result.failed and RECORDS_DIR in result.msg and "Traceback" not in str(result.answer)
        assert lab.namespaces() == []
        os.unlink(RECORDS_DIR)


# -- by name alone


def test_a_lab_goes_by_its_name_alone(lab: Lab, machine_before: dict[str, Json]) -> None:
    topology(**LAB)
    assert execute("topology", {"name": "lab", "state": "absent"}, check=True).changed
    assert absent().changed
    same(machine_before, everything(lab), "the lab is gone")
    assert not absent().changed
    same(machine_before, everything(lab), "it was gone already")


def test_a_lab_nobody_knows_is_gone_already(lab: Lab, machine_before: dict[str, Json]) -> None:
    topology("lab2", **renamed(LAB, "u-"))
    before = everything(lab)
    for name in ("lab", "lab2.json", "lab22", "la"):
        assert not absent(name).changed
    same(before, everything(lab), "nobody knows those")


# -- processes inside


def test_processes_fail_is_what_counts_when_nothing_else_was_said(lab: Lab) -> None:
    topology(**LAB)
    with process_in("a1") as child:
        before = everything(lab)
        result = execute("topology", {"name": "lab", "state": "absent"})
        assert result.failed and f"process {child.pid} runs in it" in result.msg
        same(before, everything(lab), result.msg)
    absent()
    assert lab.namespaces() == []


@pytest.mark.parametrize("how", ["absent", "prune"])
def test_processes_keep_is_remembered(lab: Lab, how: str) -> None:
    topology(netns=[{"name": "a1", "processes": "keep"}, {"name": "a2"}])
    with process_in("a1") as child:
        if how == "absent":
            absent()
        else:
            topology(netns=[{"name": "a2"}])
        assert "a1" not in lab.namespaces()
        assert child.poll() is None
        absent()


@pytest.mark.parametrize("how", ["absent", "prune"])
def test_processes_kill_is_remembered(lab: Lab, how: str) -> None:
    sections = {**LAB, "netns": [{"name": "a1", "processes": "kill"}, {"name": "a2"}]}
    topology(**sections)
    topology(**sections)
    with process_in("a1") as child, process_in("a1") as other:
        start = time.monotonic()
        if how == "absent":
            absent()
        else:
            topology(netns=[{"name": "a2"}])
        assert time.monotonic() - start < 10
        assert child.wait(1) == other.wait(1) == -9
        assert "a1" not in lab.namespaces() and "p1" not in lab.links("")
    absent()


def test_what_was_said_last_of_processes_counts(lab: Lab) -> None:
    topology(netns=[{"name": "a1", "processes": "kill"}])
    topology(netns=[{"name": "a1"}])
    with process_in("a1"):
        result = execute("topology", {"name": "lab", "state": "absent"})
        assert result.failed and "runs in it" in result.msg
    absent()


# -- namespaces that something keeps open


@contextlib.contextmanager
def kept_open(namespace: str, how: str) -> t.Iterator[None]:
    path = f"{RUN_DIR}/{namespace}"
    if how == "descriptor":
        fd = os.open(path, os.O_RDONLY)
        try:
            yield
        finally:
            os.close(fd)
        return
    subprocess.run(["sh", "-c", f"touch /run/kept && mount --bind {path} /run/kept"], check=True)
    try:
        yield
    finally:
        subprocess.run(["sh", "-c", "umount /run/kept && rm /run/kept"], check=True)


@pytest.mark.parametrize("how", ["descriptor", "mount"])
def test_a_lab_goes_though_something_keeps_a_namespace_of_it_open(
    lab: Lab, machine_before: dict[str, Json], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_apply, "_GRACE", 0.3)
    topology(**LAB)
    with kept_open("a1", how):
        absent()
        assert lab.links("") & {"br0", "p1"} == set() and "a1" not in lab.namespaces()
        # The names are free again.
        topology(**LAB)
        assert not topology(**LAB).changed
        absent()
    same(machine_before, everything(lab), "the lab is gone")


def test_names_are_free_again_when_a_run_ends(lab: Lab) -> None:
    for _round in range(10):
        topology(**LAB)
        absent()
        assert execute("veth", {"name": "p1", "peer": {"name": "p2"}}).changed
        assert execute("veth", {"name": "p1", "state": "absent"}).changed
