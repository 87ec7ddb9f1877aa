# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the roles say of themselves is so, and is what the modules take."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.facts.system.distribution import Distribution
from ansible.module_utils.facts.system.pkg_mgr import PKG_MGRS

from ansible_collections.netns.lab.plugins.module_utils import _engine, _module
from ansible_collections.netns.lab.plugins.module_utils._checks import CHECK, MANNER, MANNER_DEFAULTS, MATRIX
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge import Bridge
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge_port import BridgePort
from ansible_collections.netns.lab.plugins.module_utils._resources.netns import Netns
from ansible_collections.netns.lab.plugins.plugin_utils._lab.compiler import Underlay, compile_host
from ansible_collections.netns.lab.plugins.plugin_utils._lab.options import ANY_NODE, NODE
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import VARIABLES, read_lab

ROLES = Path(_engine.__file__).parents[2] / "roles"
LABS = ROLES.parent / "playbooks" / "labs"
NAMES = sorted(path.name for path in ROLES.iterdir())
# What they build can hold processes when it goes.
BUILDERS = [name for name in NAMES if name not in ("prepare", "verify")]


def read(role: str, path: str) -> t.Any:
    return yaml.safe_load((ROLES / role / path).read_text())


def spec(role: str) -> dict[str, t.Any]:
    return read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def essence(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        name: {key: value for key, value in option.items() if key in ("type", "choices", "default", "required")}
        for name, option in options.items()
    }


def declared_by_netns_ping() -> dict[str, t.Any]:
    return {"checks": {"options": CHECK}, "matrix": {"options": MATRIX}, "settle_timeout": {}, **{
        option: {**declared, "default": MANNER_DEFAULTS.get(option)} for option, declared in MANNER.items()
    }}


@pytest.mark.parametrize("role", NAMES)
def test_defaults_are_those_of_the_argument_spec(role: str) -> None:
    assert read(role, "defaults/main.yml") == {name: option["default"] for name, option in spec(role).items()}


@pytest.mark.parametrize("role", NAMES)
def test_variables_have_the_roles_prefix(role: str) -> None:
    assert [name for name in spec(role) if not name.startswith(f"{role}_")] == []


@pytest.mark.parametrize("role", BUILDERS)
def test_a_role_has_one_call_of_topology(role: str) -> None:
    assert sum("netns.lab.topology" in task for task in read(role, "tasks/main.yml")) == 1


@pytest.mark.parametrize("role", NAMES)
def test_the_readme_names_every_variable(role: str) -> None:
    readme = (ROLES / role / "README.md").read_text()
    assert [name for name in spec(role) if f"| `{name}` |" not in readme] == []


@pytest.mark.parametrize("role", BUILDERS)
def test_processes_are_those_of_the_netns_module(role: str) -> None:
    assert essence(spec(role))[f"{role}_processes"] == essence(Netns.options)["processes"]


def test_a_lab_is_defined_by_what_its_reader_knows() -> None:
    options = spec("lab")
    assert read("lab", "vars/main.yml")["lab_definition"] == {name: f"{{{{ {name} }}}}" for name in VARIABLES}
    for name, option in essence(VARIABLES).items():
        assert option.get("choices") == options[name].get("choices")
        assert option.get("default", options[name]["default"]) == options[name]["default"]


def test_the_readme_of_lab_names_every_option_of_a_node() -> None:
    readme = (ROLES / "lab" / "README.md").read_text()
    of_bridge = set(NODE["bridge"].of_module("bridge", ANY_NODE)) - {"stp", "priority", "mac"}
    assert [name for name in ANY_NODE if f"`{name}`" not in readme and name not in of_bridge] == []


@pytest.mark.parametrize("name", sorted(file.name for file in LABS.glob("*.netns.yml")))
def test_the_labs_to_start_from_are_valid(name: str) -> None:
    written = yaml.safe_load((LABS / name).read_text())
    definition = {variable: value for variable, value in written.items() if variable in VARIABLES}
    lab = read_lab(definition)
    assert lab.expectations
    underlay = Underlay({"a": "192.0.2.1", "b": "192.0.2.2"})
    assert all(compile_host(lab, place(lab, ["a", "b"]), host, underlay).sections for host in ("a", "b"))


def test_the_bridge_takes_what_the_bridge_module_takes() -> None:
    module = {name: option for name, option in Bridge.options.items() if name != "state"}
    assert essence(spec("bridged")["bridged_bridge"]["options"]) == essence(module)


def test_a_member_takes_what_the_bridge_port_module_takes() -> None:
    own = {"namespace", "interface", "port", "addresses", "mac", "mtu"}
    member = spec("bridged")["bridged_members"]["options"]
    module = {
        name: option
        for name, option in BridgePort.options.items()
        if name not in ("bridge", "interface", "namespace", "state")
    }
    assert essence({name: option for name, option in member.items() if name not in own}) == essence(module)


def test_verify_is_one_call_of_netns_ping_and_a_report_whatever_comes_of_it() -> None:
    (block,) = read("verify", "tasks/main.yml")
    (call,), (shown,) = block["block"], block["always"]
    assert call["netns.lab.netns_ping"].keys() <= declared_by_netns_ping().keys()
    assert "verify_result.report" in shown["ansible.builtin.debug"]["msg"]


def test_an_expectation_takes_what_a_check_takes() -> None:
    checks = declared_by_netns_ping()["checks"]["options"]
    names = {alias: name for name, option in checks.items() for alias in option.get("aliases", [name])}
    expectation = essence(spec("verify")["verify_expect"]["options"])
    assert {names[name]: option for name, option in expectation.items()} == essence(checks)


def test_the_defaults_of_verify_are_those_of_netns_ping() -> None:
    module, role = declared_by_netns_ping(), spec("verify")
    for option in ("count", "interval", "timeout", "size", "max_loss"):
        assert role[f"verify_{option}"]["default"] == module[option]["default"]
        assert role[f"verify_{option}"]["type"] == module[option]["type"]


def test_each_package_manager_has_all_that_the_tasks_of_prepare_ask_for() -> None:
    managers = read("prepare", "vars/main.yml")["prepare_managers"]
    tasks = "".join(path.read_text() for path in (ROLES / "prepare" / "tasks").iterdir())
    asked = set(re.findall(r"prepare_packages\.(\w+)", tasks))
    assert set(managers) <= {manager["name"] for manager in PKG_MGRS}
    for manager, packages in managers.items():
        assert packages.keys() == asked, manager
        assert all(isinstance(names, list) and names for names in packages.values()), manager


@pytest.mark.parametrize(
    ("family", "manager"),
    [
        ("Debian", "apt"),
        ("RedHat", "dnf"),
        ("RedHat", "dnf5"),
        ("Suse", "zypper"),
        ("Archlinux", "pacman"),
        ("Alpine", "apk"),
    ],
)
def test_the_readme_of_prepare_names_each_family_whose_packages_are_known(family: str, manager: str) -> None:
    assert family in Distribution.OS_FAMILY_MAP
    assert manager in read("prepare", "vars/main.yml")["prepare_managers"]
    named = {"RedHat": "Fedora and RHEL", "Suse": "SUSE", "Archlinux": "Arch Linux"}
    assert named.get(family, family) in " ".join((ROLES / "prepare" / "README.md").read_text().split())


def test_prepare_asks_for_the_versions_that_the_collection_needs() -> None:
    oldest = read("prepare", "vars/main.yml")["prepare_oldest"]
    needed = _module._LIBRARY.rpartition(" ")[2]
    assert oldest["pyroute2"] == needed
    assert spec("prepare")["prepare_pip_requirement"]["default"] == f"pyroute2>={needed}"
    assert oldest["python"] == "3.9"
