# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.become.sudo import BecomeModule as Sudo
from ansible.plugins.shell.powershell import ShellModule as PowerShell
from ansible.plugins.shell.sh import ShellModule
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.become import netns
from ansible_collections.netns.lab.plugins.become.netns import BecomeModule

COLLECTION = Path(netns.__file__).parents[2]
NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]) | st.sampled_from("'\"\\$`;&|(){}<>#*?~! \n-"),
    min_size=1,
    max_size=60,
).filter(lambda name: name not in (".", ".."))


def plugin_with(**options: t.Any) -> BecomeModule:
    plugin = BecomeModule()
    plugin._options = {
        "namespace": "r1",
        "become_user": "root",
        "become_exe": "sudo",
        "become_flags": "-H -S -n",
        "become_pass": None,
        **options,
    }
    return plugin


def sh(executable: str | None = "/bin/sh") -> ShellModule:
    shell = ShellModule()
    shell.executable = executable
    return shell


def words(command: str = "true", **options: t.Any) -> list[str]:
    return shlex.split(plugin_with(**options).build_become_command(command, sh()))


class TestTheCommand:
    @given(namespace=NAMES, user=NAMES, command=NAMES)
    def test_is_words_and_nothing_else(self, namespace: str, user: str, command: str) -> None:
        found = words(command, namespace=namespace, become_user=user)
        outer, login, count, *rest = found[2:]
        assert found[:2] == ["/bin/sh", "-c"] and login == "netns.lab.netns"
        sudo, rest = rest[: int(count)], rest[int(count) :]
        assert sudo == ["sudo", "-H", "-S", "-n", "-u", "root"]
        assert rest[:2] == ["/bin/sh", "-c"] and rest[3:-3] == ["netns.lab.netns", namespace, user]
        shell, option, script = rest[-3:]
        assert [shell, option] == ["/bin/sh", "-c"]
        assert script.startswith("echo BECOME-SUCCESS-") and script.partition(" ; ")[2] == command

    @given(namespace=NAMES)
    @settings(max_examples=25)
    def test_is_one_that_a_shell_takes(self, namespace: str) -> None:
        """Up to the point where there would have to be such a namespace."""
        namespace = f"no {namespace}"
        command = plugin_with(namespace=namespace, become_exe="env").build_become_command("echo done", sh())
        environment = {**os.environ, "PATH": f"{Path(__file__).parent}/programs:{os.environ['PATH']}"}
        done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, check=False)
        answer = json.loads(done.stdout)
        assert (done.returncode, done.stderr, answer["failed"]) == (1, b"", True)
        assert answer["msg"].startswith(f"netns.lab.netns: there is no network namespace {namespace!r} on this host;")

    @pytest.mark.parametrize("namespace", ["r1", "it's"])
    def test_has_no_newline_of_its_own(self, namespace: str) -> None:
        assert "\n" not in plugin_with(namespace=namespace).build_become_command("true", sh())

    def test_runs_with_the_shell_that_is_asked_for(self) -> None:
        built = plugin_with().build_become_command("true", sh("/bin/bash"))
        assert shlex.split(built)[-3:-1] == ["/bin/bash", "-c"]

    def test_nothing_stays_nothing(self) -> None:
        assert plugin_with().build_become_command("", sh()) == ""

    def test_needs_a_shell_that_takes_commands(self) -> None:
        with pytest.raises(AnsibleError, match="powershell"):
            shell = PowerShell()
            shell._load_name = "powershell"
            plugin_with().build_become_command("true", shell)


class TestTheNamespace:
    @pytest.mark.parametrize("namespace", [None, ""])
    def test_has_to_be_named(self, namespace: str | None) -> None:
        with pytest.raises(AnsibleError, match="set the variable ansible_netns of this host"):
            words(namespace=namespace)

    @pytest.mark.parametrize(
        ("namespace", "said"),
        [
            ("a/b", "is a path"),
            ("/run/netns/a", "is a path"),
            (".", "is a path"),
            ("..", "is a path"),
            ("a\0b", "has a character that no file name can have"),
            ("a\ud800b", "has a character that no file name can have"),
            ("é" * 128, "256 bytes"),
        ],
    )
    def test_is_the_name_of_a_file(self, namespace: str, said: str) -> None:
        with pytest.raises(AnsibleError, match=f"^netns.lab.netns: the namespace name .*{said}"):
            words(namespace=namespace)

    @pytest.mark.parametrize("namespace", ["123", "new\nline", "\x1b[2J", "-all", "\udcff"])
    def test_may_have_a_name_that_the_modules_would_not_give(self, namespace: str) -> None:
        assert namespace in words(namespace=namespace)


class TestTheUser:
    def test_is_root_unless_said(self) -> None:
        assert plugin_with(become_user=None).get_option("become_user") == "root"

    def test_is_never_nobody_to_become_for_ansible(self) -> None:
        """The two comparisons in ActionBase: whether to use the plugin at all, and whether the user has no rights."""
        user = plugin_with(become_user="mario").get_option("become_user")
        assert user != "mario" and user in ["root", "mario"] and user not in ["root", "luigi"]
        assert {user: 1}["mario"] and f"~{user}" == "~mario"


class TestSudo:
    def test_is_asked_for_a_password_only_if_there_is_one(self) -> None:
        plugin = plugin_with(become_pass="secret")
        found = shlex.split(plugin.build_become_command("true", sh()))
        assert found[5:13] == ["sudo", "-H", "-S", "-p", plugin.prompt, "-u", "root", "/bin/sh"]
        assert "secret" not in str(found)
        assert plugin.expect_prompt() and plugin.check_password_prompt(f"{plugin.prompt} ".encode())
        assert not plugin_with().expect_prompt()

    @pytest.mark.parametrize(
        ("flags", "left"),
        [
            ("-HSn", ["-HS"]),
            ("-n", []),
            ("-nH --non-interactive", ["-H"]),
            ("--preserve-env=LANG -E", ["--preserve-env=LANG", "-E"]),
            ("-C 'a b'", ["-C", "a b"]),
            ("", []),
            (None, []),
        ],
    )
    def test_gets_its_flags(self, flags: str | None, left: list[str]) -> None:
        with_password = plugin_with(become_flags=flags, become_pass="x")
        assert with_password._as_root()[1:-4] == left
        assert plugin_with(become_flags=flags)._as_root()[1:-2] == shlex.split(flags or "")

    def test_may_be_another_program_with_arguments(self) -> None:
        found = words(become_exe="/opt/bin/doas -C '/etc/x y'", become_flags="$(touch x) ;")
        assert found[5:14] == ["/opt/bin/doas", "-C", "/etc/x y", "$(touch", "x)", ";", "-u", "root", "/bin/sh"]

    def test_says_of_passwords_what_the_plugin_of_ansible_knows(self) -> None:
        assert (BecomeModule.name, BecomeModule.fail, BecomeModule.missing) == (Sudo.name, Sudo.fail, Sudo.missing)
        assert plugin_with().check_incorrect_password(b"Sorry, try again.\n")
        assert plugin_with().check_missing_password(b"sudo: a password is required\n")


class TestRefusals:
    def test_a_refusal_is_raised_as_the_sentence_it_is(self) -> None:
        plugin = plugin_with()
        plugin.build_become_command("true", sh())
        for line, sentence in plugin._refusals.items():
            for output in (line + b"\n", b"Welcome!\r\n" + line + b"\r\n", bytearray(line)):
                with pytest.raises(AnsibleError) as caught:
                    plugin.check_success(output)
                assert str(caught.value) == sentence
            assert not plugin.check_success(line[:-1])
        assert plugin.check_success(f"{plugin.success}\n".encode())

    @pytest.mark.parametrize(
        "line",
        [
            'setting the network namespace "r1" failed: Invalid argument',
            'Cannot open network namespace "r1": Permission denied',
            "mount of /sys failed: Operation not permitted",
            "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted",
            "mario is not in the sudoers file",
            "Sorry, user mario is not allowed to execute",
            "Sorry, user mario may not run sudo",
        ],
    )
    def test_what_the_programs_say_when_they_give_up_is_raised(self, line: str) -> None:
        with pytest.raises(AnsibleError) as caught:
            plugin_with().check_incorrect_password(line.encode() + b"\r\n")
        assert str(caught.value) == f"netns.lab.netns: the network namespace 'r1' cannot be entered: {line}"

    @pytest.mark.parametrize("line", ["", "Bind /etc/netns/r1/x -> /etc/x failed: No such file or directory", "Welcome"])
    def test_what_they_say_on_the_way_is_not(self, line: str) -> None:
        assert not plugin_with().check_incorrect_password(line.encode())


@pytest.mark.parametrize("script", ["_BECOME_ROOT", "_ENTER", "_MOUNTS"])
def test_scripts_are_of_one_line_and_parse(script: str) -> None:
    text = getattr(netns, script)
    assert "\n" not in text
    subprocess.run(["/bin/sh", "-n", "-c", text], check=True)


def test_the_documentation_names_where_options_come_from() -> None:
    command = [sys.executable, "-m", "ansible", "doc", "--type", "become", "--json", "netns.lab.netns"]
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTION.parents[2]), "LC_ALL": "C.UTF-8"}
    doc = json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout)["netns.lab.netns"]["doc"]
    options = doc["options"]
    assert options.keys() == {"namespace", "become_user", "become_exe", "become_flags", "become_pass"}
    assert [variable["name"] for variable in options["namespace"]["vars"]] == ["ansible_netns"]
    for name, option in options.items():
        assert option["description"] and option["ini"] and option["env"] and option["vars"], name
    assert (options["become_exe"]["default"], options["become_flags"]["default"]) == ("sudo", "-H -S -n")
