# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the collection's modules: each through its own main(), with arguments as Ansible hands them over."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import ansible
from ansible.module_utils.testing import patch_module_args

COLLECTION = "ansible_collections.netns.lab"
ROOT = Path(__file__).resolve().parents[3]
# Another interpreter, with another pyroute2, to run the modules with.
INTERPRETER = os.environ.get("NETNS_LAB_PYTHON")


@dataclass
class Result:
    """What a module answered."""

    changed: bool = False
    failed: bool = False
    msg: str = ""
    diff: dict[str, t.Any] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    answer: dict[str, t.Any] = field(default_factory=dict)
    """All of it."""


def execute(module: str, options: dict[str, t.Any], check: bool = False) -> Result:
    """Runs a module in this process, or with ``INTERPRETER``."""
    arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
    if INTERPRETER:
        done = launch([INTERPRETER], module, arguments)
        output = done.stdout
        if not output.strip():
            raise AssertionError(f"{module} said nothing: {done.stderr}")
    else:
        output = in_process(module, arguments)
    return result_of(output)


def result_of(output: str) -> Result:
    answer = json.loads(output)
    known = {name: answer[name] for name in ("changed", "failed", "msg", "diff", "commands") if name in answer}
    return Result(**known, answer=answer)


def in_process(module: str, arguments: dict[str, t.Any]) -> str:
    main = importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").main
    printed = io.StringIO()
    with patch_module_args(arguments), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        main()
    return printed.getvalue()


def launch(
    interpreter: list[str],
    module: str,
    arguments: dict[str, t.Any],
    preexec: t.Callable[[], None] | None = None,
    prelude: str = "",
) -> subprocess.CompletedProcess[str]:
    """Runs a module in a process of its own, its file being the program. Of this environment, the interpreter sees
    Ansible's module_utils and the collection only. ``prelude`` is Python to run before."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "ansible").symlink_to(Path(ansible.__file__).parent)
        run = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
        return subprocess.run(
            [*interpreter, "-c", f"{prelude}\n{run}", str(ROOT / "plugins" / "modules" / f"{module}.py")],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}),
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join([folder, str(ROOT / ".build")])},
            preexec_fn=preexec,
            check=False,
        )


def bare_python() -> list[str]:
    """This interpreter without any installed package, pyroute2 among them."""
    return [sys.executable, "-S"]
