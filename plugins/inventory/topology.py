# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: topology
short_description: The nodes of a lab as hosts
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Reads a lab file, which says what the role P(netns.lab.lab#role) builds, and makes each node a host that any module
    can run on. Tasks run on the machine that the node is on, within the network namespace of the node, through the
    become plugin P(netns.lab.netns#become).
  - The file has the variables of the role, O(lab_nodes), O(lab_links) and so on, beside the options of this plugin. So
    it can be given to C(ansible-playbook) as an inventory, and with C(-e @FILE) as the variables of the role as well.
  - Its name ends in C(netns.yml), C(netns.yaml), C(lab.yml) or C(lab.yaml).
  - The machines are hosts of inventories that are named before this one. A node has the connection of its machine,
    which is all its variables whose names begin with C(ansible_), and its password for C(sudo). Without any other
    inventory, the nodes are on the machine that Ansible runs on.
  - A node that is on one machine has its own name. A node that is on several, as every node is with
    O(lab_placement=each), is several hosts, called C(NODE@MACHINE).
  - A bridge in the namespace of the machine (C(namespace=null)) is a host that is the machine itself.
  - All nodes are in the group C(lab_nodes), and each is in C(lab_) with the name of the lab behind it, in C(kind_) with
    its kind, in C(machine_) with the name of its machine, and in the groups that its own option C(group) names.
  - Each has the variable C(lab_node), a dictionary with C(name), C(lab), C(kind), C(machine), C(namespace), C(labels),
    C(loopback_addresses), and C(interfaces), which has for each interface C(mac), C(addresses) and C(peer).
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - Tells Ansible that the file is for this plugin.
    type: str
    required: true
    choices:
      - netns.lab.topology
  lab_file:
    description:
      - Another file that has the variables of the role, relative to this one.
      - Without it, they are in this file.
    type: str
  lab_hosts:
    description:
      - The machines that have a copy of the lab, or among which its nodes are shared out, as for the role.
      - Without it, all hosts of the inventories before this one.
    type: list
    elements: str
    default: []
  lab_name:
    description: See P(netns.lab.lab#role).
    type: str
  lab_prefix:
    description: See P(netns.lab.lab#role).
    type: str
  lab_nodes:
    description: See P(netns.lab.lab#role).
    type: dict
  lab_links:
    description: See P(netns.lab.lab#role).
    type: list
    elements: raw
  lab_defaults:
    description: See P(netns.lab.lab#role).
    type: dict
  lab_kinds:
    description: See P(netns.lab.lab#role).
    type: dict
  lab_groups:
    description: See P(netns.lab.lab#role).
    type: dict
  lab_pools:
    description: See P(netns.lab.lab#role).
    type: dict
  lab_routing:
    description: See P(netns.lab.lab#role).
    type: str
  lab_expect:
    description: See P(netns.lab.lab#role).
    type: list
    elements: dict
  lab_overlapping_subnets:
    description: See P(netns.lab.lab#role).
    type: bool
  lab_placement:
    description: See P(netns.lab.lab#role).
    type: str
"""

EXAMPLES = r"""
# campus.netns.yml
#
#   ansible-playbook -i campus.netns.yml -i localhost, -c local netns.lab.lab -e target=localhost -e @campus.netns.yml
#   ansible -i campus.netns.yml h1 -m command -a 'ping -c 1 172.16.0.2'
plugin: netns.lab.topology
lab_name: campus
lab_nodes:
  r1: {forwarding: true}
  h[1:3]: {group: desks}
  sw1: {kind: bridge}
lab_links:
  - ["h[1:3]", sw1]
  - [r1, sw1]
lab_pools:
  lan: 172.16.0.0/16
keyed_groups:
  - key: lab_node.labels.floor
    prefix: floor
"""

import hashlib
import json
import os
import typing as t

from ansible.errors import AnsibleParserError
from ansible.inventory.helpers import get_group_vars
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.vars import combine_vars
from ansible.vars.plugins import get_vars_from_inventory_sources

from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, unknown
from ansible_collections.netns.lab.plugins.plugin_utils._lab.lines import line_of
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab, Node
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import VARIABLES, read_lab

_NAMES = ("netns.yml", "netns.yaml", "lab.yml", "lab.yaml")
_GROUP = "lab_nodes"
_HERE = "localhost"
# Of a host that is not one of its facts but says how to get to it, and yet is the node's own affair.
_NOT_OF_CONNECTION = ("ansible_become", "ansible_netns", "ansible_facts")
_PASSWORDS = ("ansible_become_password", "ansible_become_pass")
# Of the role, which share the file.
_OF_ROLE = ("lab_state", "lab_underlay_mtu", "lab_vxlan_port", "lab_exec", "lab_processes", "lab_persistent")

Record = dict[str, t.Any]


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Nodes as hosts."""

    NAME = "netns.lab.topology"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(_NAMES)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        for record in self._records(config, path, cache):
            self._add(record, path)

    def _records(self, config: t.Mapping[str, t.Any], path: str, cache: bool) -> list[Record]:
        """The nodes, from the cache if neither the files nor the machines have changed."""
        definition, file = self._definition(config, path)
        machines = self.get_option("lab_hosts") or self._machines() or [_HERE]
        state = json.dumps([definition, machines, self._machines()], default=str, sort_keys=True)
        digest = hashlib.sha256(state.encode()).hexdigest()
        key = self.get_cache_key(path)
        if cache and self.get_option("cache"):
            try:
                cached = self._cache[key]
            except KeyError:
                cached = {}
            if cached.get("digest") == digest:
                return t.cast("list[Record]", cached["nodes"])
        try:
            records = _records_of(definition, machines, self._machines())
        except Fault as e:
            raise AnsibleParserError(_placed(e, file)) from None
        if self.get_option("cache"):
            self._cache[key] = {"digest": digest, "nodes": records}
        return records

    def _definition(self, config: t.Mapping[str, t.Any], path: str) -> tuple[dict[str, t.Any], str]:
        """The variables, and the file they are in."""
        other = self.get_option("lab_file")
        if other:
            file = os.path.join(os.path.dirname(os.path.abspath(path)), other)
            found = self.loader.load_from_file(file)
            if not isinstance(found, t.Mapping):
                raise AnsibleParserError(f"{file}: there are no variables in it")
            both = [name for name in config if name in VARIABLES]
            if both:
                raise AnsibleParserError(_placed(Fault((both[0],), f"it is to be in {other}, as lab_file says"), path))
            return {name: value for name, value in found.items() if name in VARIABLES}, file
        for name in config:
            if str(name).startswith("lab_") and name not in {*VARIABLES, *_OF_ROLE, "lab_hosts", "lab_file"}:
                raise AnsibleParserError(_placed(Fault((name,), unknown("option", name, VARIABLES)), path))
        return {name: value for name, value in config.items() if name in VARIABLES}, path

    def _machines(self) -> list[str]:
        return [name for name, host in self.inventory.hosts.items() if "lab_node" not in host.vars]

    def _add(self, record: Record, path: str) -> None:
        name, machine = record["host"], record["node"]["machine"]
        if name in self._machines():
            raise AnsibleParserError(f"{path}: node {name} has the name of a host of another inventory; rename one")
        self.inventory.add_host(name)
        for variable, value in {**self._connection(machine), **record["variables"]}.items():
            self.inventory.set_variable(name, variable, value)
        self.inventory.set_variable(name, "lab_node", record["node"])
        for group in (_GROUP, *record["groups"]):
            self.inventory.add_child(self.inventory.add_group(self._sanitize_group_name(group)), name)
        host = self.inventory.hosts[name]
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), self._variables(host), name, strict=strict)
        variables = self._variables(host)
        for option, add in (
            ("groups", self._add_host_to_composed_groups),
            ("keyed_groups", self._add_host_to_keyed_groups),
        ):
            add(self.get_option(option), variables, name, strict=strict, fetch_hostvars=False)

    @staticmethod
    def _variables(host: t.Any) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", combine_vars(get_group_vars(host.get_groups()), host.get_vars()))

    def _connection(self, machine: str) -> dict[str, t.Any]:
        """How the machine is reached."""
        host = self.inventory.hosts.get(machine)
        if host is None:
            return {"ansible_connection": "local"} if machine == _HERE else {"ansible_host": machine}
        sources = getattr(self.inventory, "processed_sources", [])
        groups = host.get_groups()
        variables: dict[str, t.Any] = {}
        for layer in (
            get_group_vars(groups),
            get_vars_from_inventory_sources(self.loader, sources, groups, "all"),
            host.vars,
            get_vars_from_inventory_sources(self.loader, sources, [host], "all"),
        ):
            variables = combine_vars(variables, layer)
        found = {
            name: value
            for name, value in variables.items()
            if name.startswith("ansible_") and (name in _PASSWORDS or not name.startswith(_NOT_OF_CONNECTION))
        }
        if found.get("ansible_connection") != "local":
            found.setdefault("ansible_host", machine)
        return found


def _records_of(definition: t.Mapping[str, t.Any], machines: t.Sequence[str], known: t.Sequence[str]) -> list[Record]:
    lab = read_lab(definition)
    named = [node.host for node in lab.nodes.values() if node.host is not None]
    # A machine that no inventory has can still be one that its name leads to.
    placement = place(lab, machines, [*known, *named])
    return [
        _record(lab, node, machine, len(hosts) > 1)
        for node, hosts in placement.of_node.items()
        for machine in hosts
    ]


def _record(lab: Lab, node: Node, machine: str, is_one_of_several: bool) -> Record:
    variables: dict[str, t.Any] = {}
    if node.namespace is not None:
        variables = {
            "ansible_netns": node.namespace,
            "ansible_become": True,
            "ansible_become_method": "netns.lab.netns",
        }
    return {
        "host": f"{node.name}@{machine}" if is_one_of_several else node.name,
        "groups": [f"lab_{lab.name}", f"kind_{node.kind}", f"machine_{machine}", *node.groups],
        "variables": variables,
        "node": {
            "name": node.name,
            "lab": lab.name,
            "kind": node.kind,
            "machine": machine,
            "namespace": node.namespace,
            "labels": node.options.get("labels", {}),
            "loopback_addresses": [str(address) for address in node.loopback_addresses],
            "interfaces": {
                end.interface: {
                    "mac": end.mac,
                    "addresses": [str(address) for address in end.addresses],
                    "peer": end.other.place,
                }
                for end in node.ends
            },
        },
    }


def _placed(fault: Fault, file: str) -> str:
    """A fault with its place in the file."""
    line = None
    try:
        with open(file, encoding="utf-8") as opened:
            line = line_of(opened.read(), fault.path)
    except (OSError, UnicodeError):
        pass
    return f"{file}:{line}: {fault}" if line else f"{file}: {fault}"
