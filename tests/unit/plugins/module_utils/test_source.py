# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a managed node's Python must understand, and what holds for every source file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
OLDEST_PYTHON = (3, 9)
FILES = sorted([*PLUGINS.glob("module_utils/**/*.py"), *PLUGINS.glob("modules/*.py")])


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=OLDEST_PYTHON)


@pytest.fixture(params=FILES, ids=lambda file: str(file.relative_to(PLUGINS)))
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_files_are_found() -> None:
    assert {"_plan.py", "_netlink.py", "veth.py", "topology.py"} <= {file.name for file in FILES}


def test_the_oldest_python_understands_the_file(file: Path) -> None:
    tree = parsed(file)
    for node in ast.walk(tree):
        assert not isinstance(node, getattr(ast, "Match", ())), "match is of Python 3.10"
        assert not isinstance(node, getattr(ast, "TryStar", ())), "except* is of Python 3.11"
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            keywords = {keyword.arg for keyword in node.keywords}
            assert not (name == "zip" and "strict" in keywords), "zip(strict=) is of Python 3.10"
            assert not (name == "dataclass" and {"slots", "kw_only"} & keywords), "these are of Python 3.10"
            is_class_check = name in ("isinstance", "issubclass")
            assert not (is_class_check and isinstance(node.args[1], ast.BinOp)), "X | Y there is of Python 3.10"


def test_annotations_are_not_evaluated(file: Path) -> None:
    """As `str | None` would fail before Python 3.10."""
    imports = [node for node in parsed(file).body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert "annotations" in [alias.name for node in imports for alias in node.names]


def test_imports_are_there_in_the_oldest_python(file: Path) -> None:
    too_new = {"tomllib", "typing_extensions", "typing.Self", "typing.assert_never", "typing.ParamSpec", "enum.StrEnum"}
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            assert not too_new & {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not too_new & {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}


def test_module_utils_import_ansible_only_where_a_module_meets_it(file: Path) -> None:
    """The engine can be run and tested without Ansible; pyroute2 is loaded only when it is needed."""
    for node in ast.walk(parsed(file)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert not name.startswith("pyroute2")
            meets = file.name == "_command.py" or file.name.endswith("_module.py")
            assert meets or file.parent.name == "modules" or not name.startswith("ansible.")
