# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The sections of topology, read from the documentation of the modules whose items they take, fragments included."""

from __future__ import annotations

import ast
import re
import typing as t
from pathlib import Path

import yaml

_FRAGMENTS = Path(__file__).resolve().parent
_MODULES = _FRAGMENTS.parent / "modules"
_OWN_OPTION = re.compile(r"\bO\((?![^)]*#)")
_Docs = dict[str, t.Any]


def _fragment() -> str:
    modules = {file.stem: ast.parse(file.read_bytes()) for file in sorted(_MODULES.glob("[!_]*.py"))}
    topology = yaml.safe_load(_text(modules["topology"].body, "DOCUMENTATION"))
    sections = {name: _section(name, module, topology) for name, module in modules.items() if _is_for_one_item(module)}
    seealso = [{"module": f"netns.lab.{name}"} for name in sections]
    return str(yaml.safe_dump({"options": sections, "seealso": seealso}, sort_keys=False))


def _is_for_one_item(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "run_item"
        for node in ast.walk(module)
    )


def _text(body: list[ast.stmt], name: str) -> str:
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return t.cast(str, ast.literal_eval(node.value))
    raise ValueError(f"there is no {name}")


def _section(name: str, module: ast.Module, topology: _Docs) -> _Docs:
    docs = _docs_of(name, _text(module.body, "DOCUMENTATION"))
    options = docs.get("options", {})
    # What topology has as well is about a task, not about an item.
    for slug in docs["extends_documentation_fragment"]:
        if slug not in topology["extends_documentation_fragment"]:
            for option, described in _docs_of(name, _fragment_text(slug))["options"].items():
                # As ansible-core merges them: what is there already counts.
                options[option] = {**described, **options.get(option, {})}
    return {
        "description": [
            f"{docs['short_description']}.",
            f"Each item takes the options of M(netns.lab.{name}).",
        ],
        "type": "list",
        "elements": "dict",
        "default": [],
        "suboptions": options,
        **({} if docs["version_added"] == topology["version_added"] else {"version_added": docs["version_added"]}),
    }


def _docs_of(section: str, text: str) -> _Docs:
    # What the module calls O(peer.mtu) is O(veth[].peer.mtu) here.
    return t.cast(_Docs, yaml.safe_load(_OWN_OPTION.sub(f"O({section}[].", text)))


def _fragment_text(slug: str) -> str:
    name, _dot, part = slug.removeprefix("netns.lab.").partition(".")
    file = ast.parse(_FRAGMENTS.joinpath(f"{name}.py").read_bytes())
    (fragment,) = (node for node in file.body if isinstance(node, ast.ClassDef))
    return _text(fragment.body, part.upper() or "DOCUMENTATION")


class ModuleDocFragment:
    # With its type, because ansible-test's yamllint takes every assignment without one for a string in the source.
    DOCUMENTATION: str = _fragment()
