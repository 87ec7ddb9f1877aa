# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recipes in docs/namespaces-as-hosts.md, done one after the other as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT

DOCUMENT = ROOT / "docs" / "namespaces-as-hosts.md"
# A block of code, and with one of sh the block of text that shows what it prints.
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
# What the machine must have for a recipe, beside what all need.
PROGRAMS = {"firewall.yml": "iptables", "routing.yml": "/usr/lib/frr/bgpd", "nobody": "runuser"}
FILE_NAME = re.compile(r"(?:# |\{# )(\S+\.\w+)(?: #\})?\n")


@pytest.fixture
def run(lab: Lab, tmp_path: Path) -> t.Iterator[t.Callable[..., str]]:
    """Runs a script in an empty folder; it must succeed."""
    config = tmp_path / "ansible.cfg"
    config.write_text("[defaults]\n")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin:/sbin",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_PIPELINING": "1",
        "LC_ALL": "C.UTF-8",
    }

    def script(text: str, **options: t.Any) -> str:
        done = subprocess.run(
            ["sh", "-e", "-c", text],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        assert not done.returncode, f"{text}\n{done.stdout}"
        return done.stdout

    # FRR keeps its diary there, by process IDs, which are the sandbox's own.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/var/tmp"], check=True)
    yield script
    lab.alone("for node in r1 r2; do ip netns pids $node; done 2>/dev/null | xargs -r kill")
    subprocess.run(["umount", "--lazy", "/var/tmp"], check=True)
    for left in ("/etc/netns/r1", "/etc/frr/r1", "/etc/frr/r2"):
        shutil.rmtree(left, ignore_errors=True)


def comparable(line: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"\d\d:\d\d:\d\d$|time \d+ms$", "", without_indexes(line.strip()))


def without_indexes(text: str) -> str:
    """ip shows the index of a peer, and fills up the column after it."""
    return re.sub(r"@if\d+ +", "@if ", text)


def test_the_recipes_do_what_they_say(run: t.Callable[..., str], tmp_path: Path) -> None:
    if not os.path.isdir("/etc/netns"):
        pytest.skip("/etc is the machine's own here, and has no netns")
    resolver = Path("/etc/resolv.conf").read_bytes()
    blocks = BLOCK.findall(DOCUMENT.read_text())
    assert {language for language, _code, _shown in blocks} == {"yaml", "sh", "console", "jinja"}
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    lacking = [recipe for recipe, program in PROGRAMS.items() if not shutil.which(program, path=path)]
    for language, code, shown in blocks:
        if language in ("yaml", "jinja"):
            name, end = FILE_NAME.match(code), code.find("\n") + 1
            assert name, code
            (tmp_path / name[1]).write_text(code[end:])
        elif language == "sh" and not any(recipe in code for recipe in lacking):
            printed = {comparable(line) for line in run(code, stdin=subprocess.DEVNULL).splitlines()}
            assert {comparable(line) for line in shown.splitlines()} <= printed, (code, printed)
    assert Path("/etc/resolv.conf").read_bytes() == resolver
    console_is_as_shown(run, next(code for language, code, _shown in blocks if language == "console"))
    if lacking:
        pytest.skip(f"all recipes but {', '.join(lacking)} were done; the programs for these are missing")


def console_is_as_shown(run: t.Callable[..., str], transcript: str) -> None:
    start, *lines = transcript.splitlines()
    prompts = [line for line in lines if re.match(r"root@\S+ \(\d+\)\[f:\d+\]\$ ", line)]
    typed = "\n".join(line.partition("$ ")[2] for line in prompts)
    # Without a terminal, what is typed does not show behind the prompt.
    printed = re.sub(r"\x1b\[[\d;]*m|[\x01\x02]", "", run(start.removeprefix("$ "), input=f"{typed}\nexit\n"))
    for line in lines:
        shown = f"{line.partition('$ ')[0]}$ " if line in prompts else line.rstrip()
        assert without_indexes(shown) in without_indexes(printed), (line, printed)
    assert '"address": "10.0.0.2"' in printed
