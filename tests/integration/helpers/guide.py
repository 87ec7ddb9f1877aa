# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Does what README or a guide in docs/ says, one block of code after the other, in an empty folder.

- A block whose first line is a comment with a file's name is that file.
- A block of ``sh`` is run and must succeed. A block of ``text`` right behind it shows lines that it prints.
- A block of ``console`` is what one types behind ``$`` and lines that it prints.
- A block of ``yaml`` without a name is a list of tasks, and run on this machine; or else an excerpt, and only read.
- A block behind ``<!-- Not run: reason -->`` is only read; one behind ``<!-- Part of: file -->`` is in that file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml

from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT

_BLOCK = re.compile(
    r"^(?:<!-- (?P<note>Not run|Part of): (?P<about>[^>]+) -->\n+)?"
    r"```(?P<language>\w+)\n(?P<code>.*?)^```\n"
    r"(?:\n```text\n(?P<shown>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_FILE_NAME = re.compile(r"(?:# |\{# )(\S+\.\w+)(?: #\})?\n")
_PROMPT = re.compile(r"root@\S+ \(\d+\)\[f:\d+\]\$ |\$ ")
# What differs from run to run: indexes, after which ip fills up the column, and times.
_CHANCE = re.compile(r"@if\d+ *|(?<=time[= ])[\d.]+ ?ms|\d\d:\d\d:\d\d$|(?<=mdev = )\S+ ms")
# By words of a script: the program it needs beside what all need.
_PROGRAMS = {"firewall.yml": "iptables", "routing.yml": "/usr/lib/frr/bgpd", "--become-user": "runuser"}
# Where a user is the root of the sandbox, sudo cannot do what that root can.
_SUDO = """\
#!/bin/sh
while :; do
    case $1 in
    -u | -p) shift 2 ;;
    -*) shift ;;
    *) exec "$@" ;;
    esac
done
"""


class Block(t.NamedTuple):
    language: str
    code: str
    shown: str
    """What a script prints, in part."""
    note: str
    about: str


def blocks(guide: Path) -> list[Block]:
    text = guide.read_text()
    found = list(_BLOCK.finditer(text))
    fences = len(re.findall(r"^```", text, re.MULTILINE))
    assert fences == sum(4 if match["shown"] else 2 for match in found), f"{guide} has a block that none sees"
    return [
        Block(match["language"], match["code"], match["shown"] or "", match["note"] or "", match["about"] or "")
        for match in found
    ]


class Reader:
    """Somebody who follows a guide to the letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lacking: set[str] = set()
        """What could not be done here, for want of a program."""
        (folder / "ansible.cfg").write_text("[defaults]\n")
        self._environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin:/sbin",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_PIPELINING": "1",
            "LC_ALL": "C.UTF-8",
        }
        if subprocess.run(["sudo", "-n", "true"], env=self._environment, capture_output=True, check=False).returncode:
            self._replace_sudo()

    def follow(self, block: Block) -> None:
        file_name = _FILE_NAME.match(block.code)
        if block.note == "Part of":
            assert block.code in (ROOT / block.about).read_text(), f"{block.about} has changed: {block.code}"
        elif file_name:
            (self.folder / file_name[1]).write_text(block.code[file_name.end() :])
        elif block.language == "yaml":
            self._do_tasks(yaml.safe_load(block.code), is_run=not block.note)
        elif block.note or self._lacks_a_program(block.code):
            return
        elif block.language == "sh":
            self._compare(block.code, block.shown.splitlines(), self.run(block.code))
        elif block.language == "console":
            self._type(block.code)
        else:
            assert block.language in ("text", "mermaid", "ini"), f"what to do with {block.language}?"

    def run(self, script: str, **options: t.Any) -> str:
        """What a script prints; it must succeed."""
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **({"stdin": subprocess.DEVNULL} if "input" not in options else {}),
            **options,
            check=False,
        )
        assert not done.returncode, f"{script}\n{done.stdout}"
        return done.stdout

    def _do_tasks(self, found: t.Any, is_run: bool) -> None:
        is_tasks = isinstance(found, list) and not any("hosts" in entry for entry in found)
        if is_run and is_tasks:
            play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": found}]
            (self.folder / "tasks.yml").write_text(yaml.safe_dump(play, sort_keys=False))
            self.run("ansible-playbook -i localhost, tasks.yml")

    def _type(self, transcript: str) -> None:
        """A session in a shell, or in what its first command starts."""
        lines = transcript.splitlines()
        prompts = [line for line in lines if _PROMPT.match(line)]
        typed = [_PROMPT.sub("", line, count=1) for line in prompts]
        if all(line.startswith("$ ") for line in prompts):
            printed = self.run("\n".join(typed))
        else:
            # Without a terminal, what is typed does not show behind the prompt.
            printed = self.run(typed[0], input="\n".join([*typed[1:], "exit", ""]))
            lines = [line for line in lines if not line.startswith("$ ")]
        shown = [line[: match.end()] if (match := _PROMPT.match(line)) else line for line in lines]
        self._compare(transcript, [line for line in shown if line != "$ "], printed)

    @staticmethod
    def _compare(script: str, shown: list[str], printed: str) -> None:
        """Each line that is shown is printed, or as the prompt of a console begins one."""
        printed = re.sub(r"\x1b\[[\d;]*m|[\x01\x02]", "", printed)
        printed = re.sub(r"root@\S+ \(\d+\)\[f:\d+\]\$ ", "\\g<0>\n", printed)
        found = [_comparable(line) for line in printed.splitlines()]
        for line in map(_comparable, shown):
            is_there = line == "..." or any(other.startswith(line) for other in found)
            assert is_there, f"{script}\n{line!r} is not in\n{printed}"

    def _lacks_a_program(self, script: str) -> bool:
        path = self._environment["PATH"]
        needed = {program for word, program in _PROGRAMS.items() if word in script}
        lacking = {program for program in needed if not shutil.which(program, path=path)}
        self.lacking |= lacking
        return bool(lacking)

    def _replace_sudo(self) -> None:
        folder = self.folder / ".bin"
        folder.mkdir()
        (folder / "sudo").write_text(_SUDO)
        (folder / "sudo").chmod(0o755)
        self._environment["PATH"] = f"{folder}:{self._environment['PATH']}"


def _comparable(line: str) -> str:
    return " ".join(_CHANCE.sub("@", line).split())
