# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a module in a zip file is compiled."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

COLLECTIONS = str(Path(__file__).resolve().parents[4] / ".build")

COUNT = """
import builtins, collections, sys

counts = collections.Counter()
compile_for_real = builtins.compile

def counted(source, file, *args, **options):
    counts[file.rpartition("/")[2]] += 1
    return compile_for_real(source, file, *args, **options)

builtins.compile = counted
sys.path[:0] = sys.argv[1:]
from ansible_collections.netns.lab.plugins.module_utils import _zipimport
import one
assert (one.WHAT, one.two.WHAT, one.__file__.rpartition("/")[2]) == ("one", "two", "one.py")
print(counts["one.py"], counts["two.py"])
"""


def test_modules_in_a_zip_file_are_compiled_once_and_are_what_they_say(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "modules.zip", "w") as archive:
        archive.writestr("one.py", "import two\nWHAT = 'one'\n")
        archive.writestr("two.py", "WHAT = 'two'\n")
    done = subprocess.run(
        [sys.executable, "-c", COUNT, COLLECTIONS, str(tmp_path / "modules.zip")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1 1\n", "")
