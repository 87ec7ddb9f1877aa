# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _pyroute2

COLLECTIONS = str(Path(__file__).resolve().parents[4] / ".build")
THE_SCHEMAS = ["ifinfmsg", "ifaddrmsg", "nsidmsg", "netconfmsg"]

PREAMBLE = """
import platform, sys
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class

def of_pyroute2():
    return sorted(name for name in sys.modules if name.partition(".")[0] == "pyroute2")
"""


def run(code: str, *search: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a Python of its own: what is imported there is imported for the first time."""
    setup = f"import sys; sys.path[:0] = {[*search, COLLECTIONS]!r}\n"
    return subprocess.run(
        [sys.executable, "-c", setup + PREAMBLE + code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def passes(code: str, *search: str) -> None:
    done = run(code, *search)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("schema", THE_SCHEMAS)
def test_a_message_class_is_got_and_nothing_of_pyroute2_stays_imported(schema: str) -> None:
    passes(f"""
uname, architecture = platform.uname, platform.architecture
assert message_class({schema!r}).__name__ == {schema!r}
assert of_pyroute2() == []
assert platform.uname is uname and platform.architecture is architecture
assert message_class({schema!r}) is message_class({schema!r})
""")


def test_only_a_few_modules_of_pyroute2_are_loaded() -> None:
    passes("""
from ansible_collections.netns.lab.plugins.module_utils import _pyroute2
for schema in ("ifinfmsg", "ifaddrmsg", "nsidmsg"):
    message_class(schema)
assert len(_pyroute2._loaded) < 80, sorted(_pyroute2._loaded)
assert "pyroute2.iproute" not in _pyroute2._loaded
assert "asyncio" not in sys.modules, "the heaviest of what the whole of pyroute2 brings along"
""")


def test_pyroute2_can_be_imported_whole_afterwards() -> None:
    passes("""
message_class("ifinfmsg")
import pyroute2
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
assert pyroute2.IPRoute and pyroute2.__version__
assert message_class("ifinfmsg").__name__ == "ifinfmsg"
assert message_class("ifaddrmsg").__name__ == "ifaddrmsg"
assert "pyroute2.iproute" in " ".join(of_pyroute2())
""")


def test_a_pyroute2_imported_before_is_used_and_left_alone() -> None:
    passes("""
import pyroute2
before = {name: sys.modules[name] for name in of_pyroute2()}
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
assert issubclass(message_class("ifinfmsg"), ifinfmsg)
assert all(sys.modules.get(name) is module for name, module in before.items())
assert sys.modules["pyroute2"].IPRoute
""")


def test_a_message_encodes_the_same_either_way() -> None:
    passes("""
def encoded():
    message = message_class("ifinfmsg")()
    message["attrs"] = [("IFLA_IFNAME", "eth0"), ("IFLA_LINKINFO", {"attrs": [("IFLA_INFO_KIND", "veth")]})]
    message.encode()
    return bytes(message.data)

alone = encoded()
from ansible_collections.netns.lab.plugins.module_utils import _pyroute2
_pyroute2._loaded.clear()
message_class.cache_clear()
import pyroute2
assert encoded() == alone
""")


def test_a_missing_pyroute2_is_an_import_error() -> None:
    passes("""
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "pyroute2" else find(name, *rest)
try:
    message_class("ifinfmsg")
except ImportError as e:
    assert "pyroute2" in str(e)
else:
    raise AssertionError
assert of_pyroute2() == []
""")


def test_a_broken_pyroute2_is_an_import_error_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    package = tmp_path / "pyroute2"
    package.mkdir()
    (package / "__init__.py").write_text("")
    passes(
        """
uname, architecture = platform.uname, platform.architecture
for _again in range(2):
    try:
        message_class("ifinfmsg")
    except ImportError:
        pass
    else:
        raise AssertionError
    assert of_pyroute2() == []
    assert platform.uname is uname and platform.architecture is architecture
""",
        str(tmp_path),
    )


def test_no_other_process_is_started() -> None:
    passes("""
started = []
def watch(event, args):
    if event in ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "subprocess.Popen"):
        started.append((event, args))
sys.addaudithook(watch)
for schema in ("ifinfmsg", "ifaddrmsg", "nsidmsg"):
    message_class(schema)
assert started == []
import os
if os.fork() == 0:
    os._exit(0)
os.wait()
assert started, "the watch itself works"
""")


def test_what_pyroute2_asks_the_platform_for_is_answered_without_a_child() -> None:
    """pyroute2.config of 0.7 and 0.8 reads these while it is imported."""
    passes("""
from ansible_collections.netns.lab.plugins.module_utils import _pyroute2
started = []
sys.addaudithook(lambda event, args: started.append(event) if event in ("subprocess.Popen", "os.fork") else None)
with _pyroute2._no_child_for_platform():
    name = platform.uname()
    bits, _linkage = platform.architecture()
import os
assert tuple(name)[:5] == tuple(os.uname())
assert (name.system, name.machine, name.release) == (os.uname().sysname, os.uname().machine, os.uname().release)
assert name.processor == ""
assert bits == ("64bit" if sys.maxsize > 2**32 else "32bit")
assert started == []
""")


@pytest.mark.parametrize("known", [10, 12, 13], ids=["0.7.2", "0.8.1", "0.9"])
def test_neighbours_have_the_attributes_that_older_versions_lack(known: int) -> None:
    names = ["UNSPEC", "DST", "LLADDR", "CACHEINFO", "PROBES", "VLAN", "PORT", "VNI", "IFINDEX", "MASTER"]
    names += ["LINK_NETNSID", "SRC_VNI", "PROTOCOL"]
    whole = tuple((f"NDA_{name}", "none") for name in names)
    found = type("ndmsg", (), {"nla_map": whole[:known]})
    mended = _pyroute2._ndmsg(found, None)
    assert [name for name, _kind in mended.nla_map] == [name for name, _kind in whole]
