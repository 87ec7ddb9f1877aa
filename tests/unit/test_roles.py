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

from ansible_collections.netns.lab.plugins.module_utils import _engine, _module
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge import Bridge
from ansible_collections.netns.lab.plugins.module_utils._resources.bridge_port import BridgePort
from ansible_collections.netns.lab.plugins.module_utils._resources.netns import Netns

ROLES = Path(_engine.__file__).parents[2] / "roles"
NAMES = sorted(path.name for path in ROLES.iterdir())
# What they build can hold processes when it goes.
BUILDERS = [name for name in NAMES if name != "prepare"]


def read(role: str, path: str) -> t.Any:
    return yaml.safe_load((ROLES / role / path).read_text())


def spec(role: str) -> dict[str, t.Any]:
    return read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def essence(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        name: {key: value for key, value in option.items() if key in ("type", "choices", "default", "required")}
        for name, option in options.items()
    }


@pytest.mark.parametrize("role", NAMES)
def test_defaults_are_those_of_the_argument_spec(role: str) -> None:
    assert read(role, "defaults/main.yml") == {name: option["default"] for name, option in spec(role).items()}


@pytest.mark.parametrize("role", NAMES)
def test_variables_have_the_roles_prefix(role: str) -> None:
    assert [name for name in spec(role) if not name.startswith(f"{role}_")] == []


@pytest.mark.parametrize("role", BUILDERS)
def test_a_role_is_one_call_of_topology(role: str) -> None:
    (task,) = read(role, "tasks/main.yml")
    assert "netns.lab.topology" in task


@pytest.mark.parametrize("role", NAMES)
def test_the_readme_names_every_variable(role: str) -> None:
    readme = (ROLES / role / "README.md").read_text()
    assert [name for name in spec(role) if f"| `{name}` |" not in readme] == []


@pytest.mark.parametrize("role", BUILDERS)
def test_processes_are_those_of_the_netns_module(role: str) -> None:
    assert essence(spec(role))[f"{role}_processes"] == essence(Netns.options)["processes"]


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


def test_every_family_has_all_the_packages_that_the_tasks_of_prepare_ask_for() -> None:
    families = read("prepare", "vars/main.yml")["prepare_families"]
    tasks = "".join(path.read_text() for path in (ROLES / "prepare" / "tasks").iterdir())
    asked = set(re.findall(r"prepare_packages\.(\w+)", tasks))
    assert {"Debian", "RedHat"} < set(families)
    for family, packages in families.items():
        assert packages.keys() == asked, family
        assert all(isinstance(names, list) and names for names in packages.values()), family


def test_prepare_asks_for_the_versions_that_the_collection_needs() -> None:
    oldest = read("prepare", "vars/main.yml")["prepare_oldest"]
    needed = _module._LIBRARY.rpartition(" ")[2]
    assert oldest["pyroute2"] == needed
    assert spec("prepare")["prepare_pip_requirement"]["default"] == f"pyroute2>={needed}"
    assert oldest["python"] == "3.9"
