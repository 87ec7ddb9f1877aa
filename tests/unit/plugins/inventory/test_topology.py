# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin, as Ansible's own inventory manager calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.netns.lab.plugins.module_utils import _engine

COLLECTIONS = Path(_engine.__file__).parents[5]
LAB: dict[str, t.Any] = {
    "plugin": "netns.lab.topology",
    "lab_name": "small",
    "lab_nodes": {
        "r1": {"forwarding": True},
        "h[1:2]": {"group": "desks", "labels": {"floor": "first"}},
        "sw1": {"kind": "bridge", "namespace": None},
    },
    "lab_links": [["h[1:2]", "sw1"], ["r1:lan", "sw1"]],
    "lab_pools": {"lan": "172.16.0.0/16"},
}
MACHINES = """
[machines]
m1 ansible_host=192.0.2.1
m2
[machines:vars]
ansible_user=joe
ansible_become_password=secret
ansible_become_method=su
purpose=lab
"""
# Asks Ansible's inventory manager for everything at once.
SCRIPT = """
import json, sys
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
found = InventoryManager(loader=DataLoader(), sources=sys.argv[1:])
hosts = {name: host.get_vars() for name, host in found.hosts.items()}
groups = {name: [host.name for host in group.get_hosts()] for name, group in found.groups.items()}
print(json.dumps({"hosts": hosts, "groups": groups}, default=str))
"""


class Inventory(t.NamedTuple):
    hosts: dict[str, dict[str, t.Any]]
    groups: dict[str, list[str]]
    said: str


def inventory(*sources: Path, **settings: str) -> Inventory:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, sources)],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "PYTHONPATH": str(COLLECTIONS), **settings},
        cwd=sources[0].parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Inventory(**json.loads(done.stdout), said=done.stderr)


def write(folder: Path, definition: dict[str, t.Any], name: str = "small.netns.yml") -> Path:
    file = folder / name
    file.write_text(yaml.safe_dump(definition, sort_keys=False))
    return file


def machines(folder: Path) -> Path:
    file = folder / "hosts.ini"
    file.write_text(MACHINES)
    return file


def test_without_machines_the_nodes_are_here(tmp_path: Path) -> None:
    found = inventory(write(tmp_path, LAB))
    assert list(found.hosts) == ["r1", "h1", "h2", "sw1"]
    h1 = found.hosts["h1"]
    assert (h1["ansible_connection"], h1["ansible_netns"]) == ("local", "h1")
    assert (h1["ansible_become"], h1["ansible_become_method"]) == (True, "netns.lab.netns")
    assert h1["lab_node"] == {
        "name": "h1",
        "lab": "small",
        "kind": "linux",
        "machine": "localhost",
        "namespace": "h1",
        "labels": {"floor": "first"},
        "loopback_addresses": [],
        "interfaces": {
            "eth0": {
                "mac": h1["lab_node"]["interfaces"]["eth0"]["mac"],
                "addresses": ["172.16.0.1/24"],
                "peer": h1["lab_node"]["interfaces"]["eth0"]["peer"],
            }
        },
    }
    # What is in the machine's own namespace is the machine.
    assert "ansible_netns" not in found.hosts["sw1"] and "ansible_become" not in found.hosts["sw1"]
    assert {name: hosts for name, hosts in found.groups.items() if name not in ("all", "ungrouped")} == {
        "lab_nodes": ["r1", "h1", "h2", "sw1"],
        "lab_small": ["r1", "h1", "h2", "sw1"],
        "kind_linux": ["r1", "h1", "h2"],
        "kind_bridge": ["sw1"],
        "machine_localhost": ["r1", "h1", "h2", "sw1"],
        "desks": ["h1", "h2"],
    }


def test_nodes_have_the_connection_of_their_machine(tmp_path: Path) -> None:
    folder = tmp_path / "host_vars"
    folder.mkdir()
    (folder / "m2.yml").write_text("ansible_port: 2222\nansible_host: '{{ purpose }}.example'\n")
    nodes = {**LAB["lab_nodes"], "h[1:2]": {"host": "m2"}, "r1": {"host": "m1"}}
    found = inventory(machines(tmp_path), write(tmp_path, {**LAB, "lab_nodes": nodes}))
    r1, h1 = found.hosts["r1"], found.hosts["h1"]
    assert (r1["ansible_host"], r1["ansible_user"], r1["ansible_become_password"]) == ("192.0.2.1", "joe", "secret")
    assert r1["ansible_become_method"] == "netns.lab.netns" and "purpose" not in r1
    assert (h1["ansible_host"], h1["ansible_port"]) == ("{{ purpose }}.example", 2222)
    assert found.groups["machine_m2"] == ["h1", "h2", "sw1@m2"]
    assert found.groups["machines"] == ["m1", "m2"]


def test_a_node_that_is_on_several_machines_is_several_hosts(tmp_path: Path) -> None:
    found = inventory(machines(tmp_path), write(tmp_path, {**LAB, "lab_placement": "each"}))
    nodes = ("r1", "h1", "h2", "sw1")
    assert list(found.hosts)[2:] == [f"{node}@{machine}" for node in nodes for machine in ("m1", "m2")]
    assert found.hosts["h1@m2"]["ansible_host"] == "m2"


def test_machines_can_be_named_in_the_file(tmp_path: Path) -> None:
    found = inventory(machines(tmp_path), write(tmp_path, {**LAB, "lab_hosts": ["m2", "elsewhere"]}))
    assert {host["lab_node"]["machine"] for host in found.hosts.values() if "lab_node" in host} == {"m2", "elsewhere"}
    assert found.hosts[found.groups["machine_elsewhere"][0]]["ansible_host"] == "elsewhere"


def test_constructed_variables_and_groups(tmp_path: Path) -> None:
    options = {
        "compose": {"address": "lab_node.interfaces.values() | map(attribute='addresses') | flatten | first"},
        "groups": {"with_lan": "'lan' in lab_node.interfaces"},
        "keyed_groups": [{"key": "lab_node.labels.floor", "prefix": "floor"}],
    }
    found = inventory(write(tmp_path, {**LAB, **options}))
    assert found.hosts["h2"]["address"] == "172.16.0.2/24"
    assert (found.groups["with_lan"], found.groups["floor_first"]) == (["r1"], ["h1", "h2"])
    strict = inventory(write(tmp_path, {**LAB, **options, "strict": True}))
    assert "floor" in strict.said and "Failed to parse" in strict.said


def test_the_lab_can_be_in_another_file(tmp_path: Path) -> None:
    write(tmp_path, {name: value for name, value in LAB.items() if name != "plugin"}, "campus.yml")
    found = inventory(write(tmp_path, {"plugin": "netns.lab.topology", "lab_file": "campus.yml"}))
    assert list(found.hosts) == ["r1", "h1", "h2", "sw1"]


def test_the_cache_serves_what_has_not_changed(tmp_path: Path) -> None:
    settings = {
        "ANSIBLE_INVENTORY_CACHE": "1",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(tmp_path / "cache"),
    }
    first = inventory(write(tmp_path, LAB), **settings)
    (kept,) = (tmp_path / "cache").iterdir()
    assert inventory(tmp_path / "small.netns.yml", **settings).hosts == first.hosts
    # That it was asked shows where it is not true.
    kept.write_text(kept.read_text().replace("172.16.0.1/24", "172.16.0.77/24"))
    assert inventory(tmp_path / "small.netns.yml", **settings).hosts["h1"] != first.hosts["h1"]
    changed = {**LAB, "lab_nodes": {**LAB["lab_nodes"], "late": {}}}
    assert "late" in inventory(write(tmp_path, changed), **settings).hosts


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"plugin": LAB["plugin"], "lab_nodes": {"h1": None}, "lab_links": [["h1", "h9"]]},
         "small.netns.yml:6: lab_links[0][1]: node 'h9' is unknown"),
        ({**LAB, "lab_nods": {}}, "lab_nods: option 'lab_nods' is unknown; is 'lab_nodes' meant?"),
        ({**LAB, "lab_nodes": {"m1": {}}, "lab_links": []}, "node m1 has the name of a host of another inventory"),
        ({**LAB, "lab_nodes": {"h1": {"forward": True}}}, "small.netns.yml:5: lab_nodes.h1.forward: option 'forward'"),
        ({"plugin": "netns.lab.topology", "lab_file": "m.yml", "lab_name": "x"}, "lab_name: it is to be in m.yml"),
    ],
)
def test_a_bad_file_is_told_with_the_place(tmp_path: Path, definition: dict[str, t.Any], said: str) -> None:
    (tmp_path / "m.yml").write_text("lab_nodes: {}\n")
    found = inventory(machines(tmp_path), write(tmp_path, definition))
    assert said in " ".join(found.said.split())


def test_other_files_are_for_other_plugins(tmp_path: Path) -> None:
    found = inventory(write(tmp_path, LAB, "other.yml"))
    assert found.hosts == {}
