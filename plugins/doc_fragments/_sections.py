# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The sections of topology, read from the documentation of the modules whose items they take."""

from __future__ import annotations

import ast
import re
import typing as t
from pathlib import Path

import yaml

_MODULES = Path(__file__).resolve().parent.parent / "modules"
_OWN_OPTION = re.compile(r"\bO\((?![^)]*#)")


def _fragment() -> str:
    modules = {file.stem: ast.parse(file.read_bytes()) for file in sorted(_MODULES.glob("[!_]*.py"))}
    first_version = yaml.safe_load(_documentation("topology", modules["topology"]))["version_added"]
    sections = {
        name: _section(name, _documentation(name, module), first_version)
        for name, module in modules.items()
        if _is_for_one_item(module)
    }
    seealso = [{"module": f"netns.lab.{name}"} for name in sections]
    return str(yaml.safe_dump({"options": sections, "seealso": seealso}, sort_keys=False))


def _is_for_one_item(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "run_item"
        for node in ast.walk(module)
    )


def _documentation(name: str, module: ast.Module) -> str:
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION":
            return t.cast(str, ast.literal_eval(node.value))
    raise ValueError(f"{name}.py has no DOCUMENTATION")


def _section(name: str, documentation: str, first_version: str) -> dict[str, t.Any]:
    # What the module calls O(peer.mtu) is O(veth[].peer.mtu) here.
    docs = yaml.safe_load(_OWN_OPTION.sub(f"O({name}[].", documentation))
    return {
        "description": [
            f"{docs['short_description']}.",
            f"Each item takes the options of M(netns.lab.{name}).",
        ],
        "type": "list",
        "elements": "dict",
        "default": [],
        "suboptions": docs["options"],
        **({} if docs["version_added"] == first_version else {"version_added": docs["version_added"]}),
    }


class ModuleDocFragment:
    # With its type, because ansible-test's yamllint takes every assignment without one for a string in the source.
    DOCUMENTATION: str = _fragment()
