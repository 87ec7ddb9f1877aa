# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules say of themselves is what they do: documentation, examples and action group."""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path
from unittest import mock

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils import _checks, _engine, _sections, _wait_module
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS

COLLECTION = Path(_engine.__file__).parents[2]
GROUP = "netns.lab.lab"
MODULES = sorted(file.stem for file in COLLECTION.glob("plugins/modules/[!_]*.py"))
# What an option is where nothing is said.
UNSAID = {"type": "str", "elements": None, "required": False, "default": None, "choices": [], "aliases": []}
SECTIONS = {kind.section: kind for kind in KINDS}
# Those that change the host.
CHANGING = [name for name in MODULES if name in SECTIONS or name == "topology"]


class Called(Exception):
    """Carries what a module hands to AnsibleModule."""


@functools.cache
def declared(name: str) -> dict[str, t.Any]:
    """What a module tells Ansible: its argument spec and what goes with it."""

    def called(self: AnsibleModule, **kwargs: t.Any) -> None:
        raise Called(kwargs)

    module = importlib.import_module(f"ansible_collections.netns.lab.plugins.modules.{name}")
    with mock.patch.object(AnsibleModule, "__init__", called), pytest.raises(Called) as caught:
        module.main()
    return caught.value.args[0]


@functools.cache
def all_documentation() -> dict[str, t.Any]:
    """As users see it, with all fragments."""
    command = [sys.executable, "-m", "ansible", "doc", "--metadata-dump", "--no-fail-on-errors", "--type", "module"]
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTION.parents[2]), "LC_ALL": "C.UTF-8"}
    dump = subprocess.run([*command, "netns.lab"], env=env, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(dump)["all"]["module"]


def documented(name: str) -> dict[str, t.Any]:
    found = all_documentation()[f"netns.lab.{name}"]
    assert "error" not in found, found["error"]
    return found


def differences(spec: dict[str, t.Any], options: dict[str, t.Any], where: str) -> t.Iterator[str]:
    """Where an argument spec and the documentation of options part."""
    for name in sorted(spec.keys() ^ options.keys()):
        yield f"{where}{name} is only {'declared' if name in spec else 'documented'}"
    for name in sorted(spec.keys() & options.keys()):
        for key, unsaid in UNSAID.items():
            known, told = spec[name].get(key, unsaid), options[name].get(key, unsaid)
            if key == "choices":
                known, told = sorted(known), sorted(told)
            if known != told:
                yield f"{where}{name} has {key} {known!r} and is documented with {told!r}"
        if not options[name].get("description"):
            yield f"{where}{name} has no description"
        inner = spec[name].get("options") or {}, options[name].get("suboptions") or {}
        yield from differences(*inner, f"{where}{name}.")


def tasks(entries: list[dict[str, t.Any]], defaults: dict[str, t.Any]) -> t.Iterator[tuple[str, str, dict[str, t.Any]]]:
    """From an example: the name of each task with one of the modules, the module, and its options."""
    for entry in entries:
        inherited = {**defaults, **entry.get("module_defaults", {}).get(f"group/{GROUP}", {})}
        yield from tasks(entry.get("block", []), inherited)
        for key, options in entry.items():
            if key.startswith("netns.lab."):
                for item in entry.get("loop", [""]):
                    text = json.dumps({**inherited, **(options or {})}).replace("{{ item }}", item)
                    yield entry["name"], key.rpartition(".")[2], json.loads(text)


def check_items(module: str, options: dict[str, t.Any]) -> None:
    """What is wrong with an example beyond its argument spec."""
    if module == "netns_ping":
        _checks.wanted(options)
    else:
        _engine.wishes_of(items(module, options))


def items(module: str, options: dict[str, t.Any]) -> list[_engine.Item]:
    if module in SECTIONS:
        return [(SECTIONS[module], options)]
    if module == "netns_wait":
        assert _wait_module.conditions_of(options)
        return []
    return list(_sections.listed(options))


@pytest.mark.parametrize("name", MODULES)
def test_options_are_documented_as_they_are(name: str) -> None:
    found = differences(declared(name)["argument_spec"], documented(name)["doc"]["options"], "")

    assert list(found) == []


@pytest.mark.parametrize("name", MODULES)
def test_options_that_are_mentioned_exist(name: str) -> None:
    options = documented(name)["doc"]["options"]
    for mentioned in re.findall(r"\bO\(([^)=#]+)[)=]", json.dumps(documented(name))):
        inner = options
        for part in mentioned.split("."):
            assert part.removesuffix("[]") in inner, mentioned
            inner = inner[part.removesuffix("[]")].get("suboptions", {})


@pytest.mark.parametrize("name", MODULES)
def test_modules_that_are_mentioned_exist(name: str) -> None:
    text = json.dumps(documented(name))

    assert set(re.findall(r"\bM\(netns\.lab\.(\w+)\)", text)) <= set(MODULES)
    assert {entry["module"] for entry in documented(name)["doc"]["seealso"] if "module" in entry} <= {
        f"netns.lab.{other}" for other in MODULES
    }


@pytest.mark.parametrize("name", MODULES)
def test_promises_are_kept(name: str) -> None:
    attributes = documented(name)["doc"]["attributes"]

    assert (attributes["check_mode"]["support"] == "full") == declared(name)["supports_check_mode"]
    assert attributes["action_group"]["membership"] == [GROUP]
    assert attributes["platform"]["platforms"] == "linux"


@pytest.mark.parametrize("name", [*CHANGING, "netns_ping"])
def test_results_are_documented(name: str) -> None:
    results = {"report", "differences", "results"} if name == "netns_ping" else {"diff", "commands", "undone"}
    assert results <= documented(name)["return"].keys()


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_valid(name: str) -> None:
    shown = set()
    for title, module, options in tasks(yaml.safe_load(documented(name)["examples"]), {}):
        rules = dict(declared(module))
        del rules["supports_check_mode"]
        checked = ArgumentSpecValidator(**rules).validate(options)
        assert checked.error_messages == [], title
        if not module.endswith("_info"):
            check_items(module, checked.validated_parameters)
        assert title[0].isupper(), title
        shown.add(module)

    assert name in shown


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load(COLLECTION.joinpath("meta", "runtime.yml").read_text())

    assert runtime["action_groups"]["lab"] == MODULES


@pytest.mark.parametrize("section", SECTIONS)
def test_every_kind_has_a_module_of_its_name(section: str) -> None:
    assert section in MODULES
    assert declared(section)["argument_spec"].items() >= SECTIONS[section].options.items()


@pytest.mark.parametrize("section", SECTIONS)
def test_topology_describes_items_as_their_modules_do(section: str) -> None:
    options = documented(section)["doc"]["options"]
    section_options = documented("topology")["doc"]["options"][section]["suboptions"]

    of_module = {option: options[option] for option in SECTIONS[section].options}
    assert json.loads(json.dumps(section_options).replace(f"O({section}[].", "O(")) == of_module
