# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is where, and how much of it: modules are thin, a kind is one file, and README knows of everything."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(ROOT.glob("plugins/modules/[!_]*.py"))
# Lines of code in a module.
LONGEST = 60
KINDS = sorted(file.stem for file in ROOT.glob("plugins/module_utils/_resources/[!_]*.py"))
# Where each thing is, and how README calls it.
NAMED = {
    "modules": "plugins/modules/[!_]*.py",
    "become plugins": "plugins/become/[!_]*.py",
    "inventory plugins": "plugins/inventory/[!_]*.py",
    "roles": "roles/*",
    "playbooks": "playbooks/*.yml",
}


def code_of(file: Path) -> list[int]:
    """The lines of code: without documentation, comments and empty lines."""
    found: set[int] = set()
    for node in ast.parse(file.read_text()).body:
        is_documentation = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper()
        if not (is_documentation and isinstance(node.value, ast.Constant)):
            found |= {part.lineno for part in ast.walk(node) if hasattr(part, "lineno")}
    return sorted(found)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_a_module_is_thin(file: Path) -> None:
    assert 0 < len(code_of(file)) < LONGEST


def test_only_its_own_files_know_a_kind_by_its_name() -> None:
    """Adding a kind touches the file of its engine and its module."""
    everywhere = ROOT.glob("plugins/module_utils/*.py")
    pattern = re.compile(rf"_resources\.({'|'.join(KINDS)}) import")
    found = {file.name: pattern.findall(file.read_text()) for file in everywhere}
    assert {name: kinds for name, kinds in found.items() if kinds} == {}


@pytest.mark.parametrize("what", NAMED)
def test_readme_names_everything(what: str) -> None:
    text = (ROOT / "README.md").read_text()
    names = sorted(path.stem for path in ROOT.glob(NAMED[what]) if path.is_file() or what == "roles")
    missing = [name for name in names if not re.search(rf"`(netns\.lab\.)?{name}`", text)]
    assert names
    assert not missing


def test_how_it_works_names_every_file_of_the_engine() -> None:
    text = (ROOT / "docs/how-it-works.md").read_text()
    files = [file.name for file in ROOT.glob("plugins/module_utils/_*.py") if file.name != "__init__.py"]
    assert files
    assert [name for name in files if f"`{name}`" not in text] == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/*/README.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {link}"
        for document in documents
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
        if link != "CHANGELOG.md" and not (document.parent / link).exists()
    ]
    assert broken == []
