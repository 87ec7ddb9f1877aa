# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shell that stays: commands cost no new process but their own."""

from __future__ import annotations

import shlex
import subprocess
import typing as t


class Done(t.NamedTuple):
    status: int
    output: str


class Shell:
    """``sh`` in the namespaces this thread is in, or behind a command such as ``unshare --net``."""

    def __init__(self, *wrapper: str) -> None:
        self._process = subprocess.Popen(
            [*wrapper, "sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._input = t.cast(t.IO[bytes], self._process.stdin)
        self._output = t.cast(t.IO[bytes], self._process.stdout)

    def run(self, script: str) -> Done:
        """What a script prints, errors included, and its status."""
        # In a subshell, so that "exit" and "cd" are the script's own affair; $$ stays this shell.
        framed = f"( eval {shlex.quote(script)} ) </dev/null; printf '\\0%d\\n' $?\n"
        self._input.write(framed.encode())
        self._input.flush()
        found = b""
        while True:
            line = self._output.readline()
            if not line:
                raise RuntimeError(f"the shell ended after {script!r}: {found.decode(errors='replace')}")
            found += line
            output, end, status = found.rpartition(b"\0")
            if end and status.endswith(b"\n"):
                return Done(int(status), output.decode(errors="replace"))

    def do(self, script: str) -> str:
        """The same for a script that must succeed."""
        done = self.run(script)
        if done.status:
            raise AssertionError(f"{script}\nended with {done.status}: {done.output}")
        return done.output

    def close(self) -> None:
        self._input.close()
        self._output.close()
        self._process.kill()
        self._process.wait()
