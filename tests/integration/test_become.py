# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Namespaces as hosts: tasks that the become plugin runs inside namespaces, over a local connection and over SSH."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible.plugins.shell.sh import ShellModule

from ansible_collections.netns.lab.plugins.become.netns import BecomeModule
from ansible_collections.netns.lab.tests.integration.helpers.controller import ansible
from ansible_collections.netns.lab.tests.integration.helpers.hostile import WORDS
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.remote import (
    IPV4,
    USER,
    Remote,
    add_user,
    impossible,
    no_users,
    one_user,
    remote,
)

NODES = {"r1": "10.0.0.1", "r2": "10.0.0.2"}
# Two nodes on one cable, r1 with files of its own in /etc.
TWO_NODES = (
    "ip netns add r1; ip netns add r2; ip -n r1 link set dev lo up; ip -n r2 link set dev lo up;"
    "ip -n r1 link add name eth0 up type veth peer name eth0 netns r2; ip -n r2 link set dev eth0 up;"
    "ip -n r1 address add 10.0.0.1/24 dev eth0; ip -n r2 address add 10.0.0.2/24 dev eth0"
)
AWKWARD = 'it\'s "awkward" $HOME `id` $(id) \\n; & | * ? # ! é'
NAMED = "to a name that 'ip netns list' shows"
PASSWORD = "pass 'word$"
HASHED = "$6$netnslab$i5yb13iMHgsTAumznC5th4N7BskA6Y26lLtiKGYbs8jka3DXfz3CZoSNsh5oiBUq/Po1AtAqZDTnXTOEkPatZ1"
INSIDE: dict[str, t.Any] = {"ansible_become": True, "ansible_become_method": "netns.lab.netns"}

Task = dict[str, t.Any]
Results = dict[str, list[dict[str, t.Any]]]


def play(
    folder: Path, hosts: dict[str, dict[str, t.Any]], tasks: list[Task], ansible: t.Callable[..., t.Any]
) -> Results:
    """Runs tasks on every host, whether they fail or not. Returns what each host has answered to each."""
    inventory, playbook, results = (folder / f"become-{name}.json" for name in ("inventory", "playbook", "results"))
    inventory.write_text(json.dumps({"nodes": {"hosts": hosts, "vars": INSIDE}}))
    names = [f"result_{number}" for number in range(len(tasks))]
    steps = [{**task, "register": name, "ignore_errors": True} for name, task in zip(names, tasks, strict=True)]
    answers = ", ".join(f"hostvars[item].{name}" for name in names)
    collect = {
        "ansible.builtin.copy": {"content": "{{ dict(groups.nodes | zip(answers)) | to_json }}", "dest": str(results)},
        "vars": {
            "answers": "{% set found = [] %}{% for item in groups.nodes %}{% set _ = found.append("
            f"[{answers}]"
            ") %}{% endfor %}{{ found }}"
        },
    }
    plays = [
        {"hosts": "nodes", "gather_facts": False, "tasks": steps},
        {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [collect]},
    ]
    playbook.write_text(json.dumps(plays))
    done = ansible("playbook", "-i", str(inventory), "--forks", "10", str(playbook))
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stdout + done.stderr
    found: Results = json.loads(results.read_text())
    return found


def local_nodes(**variables: t.Any) -> dict[str, dict[str, t.Any]]:
    """r1 without pipelining, r2 with it."""
    return {
        name: {
            "ansible_connection": "local",
            "ansible_netns": name,
            "ansible_pipelining": name == "r2",
            "ansible_python_interpreter": sys.executable,
            "ansible_remote_tmp": "/run/tmp/ansible-local",
            "ansible_async_dir": "/run/tmp/ansible-async",
            **variables,
        }
        for name in NODES
    }


@contextlib.contextmanager
def own_etc(*nodes: str) -> t.Iterator[None]:
    """What the nodes have instead of files in /etc."""
    if not os.path.isdir("/etc/netns"):
        pytest.skip("/etc is the machine's own here, and has no netns")
    try:
        for node in nodes:
            own = Path("/etc/netns", node)
            own.mkdir()
            own.joinpath("resolv.conf").write_text(f"nameserver 192.0.2.53 # {node}\n")
        yield
    finally:
        for node in nodes:
            shutil.rmtree(f"/etc/netns/{node}")


def inode(namespace: str) -> str:
    return f"net:[{os.stat(f'/run/netns/{namespace}').st_ino}]"


def resolver() -> bytes | None:
    file = Path("/etc/resolv.conf")
    return file.read_bytes() if file.exists() else None


def system_python() -> str:
    """One that every user may run, unlike that of the tests."""
    found = shutil.which("python3", path="/usr/bin:/bin:/usr/local/bin")
    if not found:
        pytest.skip("there is no Python for all users (Debian has it in python3)")
    return found


# -- what tasks do inside


def counted(lab: Lab, node: str) -> int:
    (link,) = json.loads(lab.alone(f"ip -n {node} -json -stats link show dev eth0"))
    return int(link["stats64"]["rx"]["bytes"])


def test_modules_of_every_kind_run_inside(lab: Lab, tmp_path: Path) -> None:
    lab.alone(TWO_NODES)
    host_resolver = resolver()
    (tmp_path / "template.j2").write_text("{{ ansible_netns }} {{ awkward }}\n")
    (tmp_path / "script.sh").write_text('#!/bin/sh\nreadlink /proc/self/ns/net; printf "%s|" "$@"\n')
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "page").write_text("x" * 200_000)
    public = Path(f"/run/tmp/{tmp_path.name}-www")
    shutil.copytree(tmp_path / "www", public)
    quoted = shlex.quote(AWKWARD)
    only_r1, only_r2 = {"when": "ansible_netns == 'r1'"}, {"when": "ansible_netns == 'r2'"}
    iptables = shutil.which("iptables", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    tasks: dict[str, Task] = {
        "facts": {"ansible.builtin.setup": {"gather_subset": ["!all", "!min", "network"]}},
        "command": {"ansible.builtin.command": {"argv": ["ls", "/sys/class/net"]}},
        "shell": {"ansible.builtin.shell": {"cmd": f"readlink /proc/self/ns/net; printf %s {quoted} | cat"}},
        "raw": {"ansible.builtin.raw": f"readlink /proc/self/ns/net; printf %s {quoted}"},
        "script": {"ansible.builtin.script": {"cmd": f"{tmp_path}/script.sh {quoted} two"}},
        "copy": {"ansible.builtin.copy": {"content": "{{ awkward }}", "dest": f"{tmp_path}/{{{{ ansible_netns }}}} c"}},
        "template": {
            "ansible.builtin.template": {
                "src": f"{tmp_path}/template.j2",
                "dest": f"{tmp_path}/{{{{ ansible_netns }}}} t",
            }
        },
        "resolver": {"ansible.builtin.command": {"argv": ["cat", "/etc/resolv.conf"]}},
        "own": {
            "ansible.builtin.copy": {
                "content": "nameserver 192.0.2.54\n",
                "dest": "/etc/resolv.conf",
                "unsafe_writes": True,
            }
        },
        "firewall": {
            "ansible.builtin.iptables": {"chain": "INPUT", "source": NODES["r2"], "jump": "ACCEPT"},
            "when": ["ansible_netns == 'r1'", bool(iptables)],
        },
        "services": {"ansible.builtin.service_facts": {}, **only_r1},
        "async": {
            "ansible.builtin.command": {"argv": ["readlink", "/proc/self/ns/net"]},
            "async": 30,
            "poll": 1,
            **only_r1,
        },
        "nobody": {
            "ansible.builtin.shell": {"cmd": f"id -un; readlink /proc/self/ns/net; echo ~; printf %s {quoted}"},
            "become_user": "nobody",
            "vars": {"ansible_python_interpreter": system_python(), "ansible_remote_tmp": "/run/tmp/ansible-nobody"},
            "when": not one_user(),
        },
        "elsewhere": {
            "ansible.builtin.command": {"argv": ["readlink", "/proc/self/ns/net"]},
            "delegate_to": "localhost",
            **only_r1,
        },
        "server": {
            "ansible.builtin.command": {
                "argv": [sys.executable, "-m", "http.server", "--bind", NODES["r1"], "--directory", str(public), "80"]
            },
            "async": 60,
            "poll": 0,
            **only_r1,
        },
        "client": {
            "ansible.builtin.get_url": {"url": f"http://{NODES['r1']}/page", "dest": f"{tmp_path}/fetched"},
            "retries": 50,
            "delay": 0.1,
            "until": "result_15 is succeeded",
            **only_r2,
        },
    }
    hosts = local_nodes(awkward=AWKWARD)
    traffic = counted(lab, "r2")
    with own_etc("r1", "r2"):
        found = play(tmp_path, hosts, list(tasks.values()), ansible)
        written = [Path("/etc/netns", node, "resolv.conf").read_text() for node in NODES]
    for node in NODES:
        answer = dict(zip(tasks, found[node], strict=True))
        assert not [name for name in tasks if answer[name].get("failed")], answer
        facts = answer["facts"]["ansible_facts"]
        assert sorted(facts["ansible_interfaces"]) == ["eth0", "lo"]
        assert facts["ansible_eth0"]["ipv4"]["address"] == NODES[node]
        assert answer["command"]["stdout_lines"] == ["eth0", "lo"]
        assert answer["shell"]["stdout"] == answer["raw"]["stdout"].replace("\r", "") == f"{inode(node)}\n{AWKWARD}"
        assert answer["script"]["stdout"] == f"{inode(node)}\n{AWKWARD}|two|"
        assert (tmp_path / f"{node} c").read_text() == AWKWARD
        assert (tmp_path / f"{node} t").read_text() == f"{node} {AWKWARD}\n"
        assert answer["resolver"]["stdout"] == f"nameserver 192.0.2.53 # {node}"
        assert answer["own"]["changed"]
        home = pwd.getpwnam("nobody").pw_dir
        assert one_user() or answer["nobody"]["stdout"] == f"nobody\n{inode(node)}\n{home}\n{AWKWARD}"
    lab.alone("ip netns pids r1 | xargs kill")
    in_r1 = dict(zip(tasks, found["r1"], strict=True))
    assert isinstance(in_r1["services"]["ansible_facts"]["services"], dict)
    assert in_r1["async"]["stdout"] == inode("r1")
    assert in_r1["elsewhere"]["stdout"] == os.readlink("/proc/thread-self/ns/net")
    if iptables:
        rules = [lab.alone(f"{where} iptables -S INPUT") for where in ("ip netns exec r1", "ip netns exec r2", "")]
        assert rules == [f"-P INPUT ACCEPT\n-A INPUT -s {NODES['r2']}/32 -j ACCEPT\n", *["-P INPUT ACCEPT\n"] * 2]
        # A packet from r2 has met it.
        assert " 0 " not in lab.alone("ip netns exec r1 iptables -vxnL INPUT | grep 10.0.0.2").partition("ACCEPT")[0]
    assert written == ["nameserver 192.0.2.54\n"] * 2
    assert host_resolver == resolver()
    # The page went from node to node, and by no other way.
    assert (tmp_path / "fetched").stat().st_size == 200_000 < counted(lab, "r2") - traffic


# -- logins


@pytest.fixture
def far(lab: Lab, tmp_path: Path) -> t.Iterator[Remote]:
    """A machine with two nodes, and its users, at the other end of an SSH connection."""
    reason = impossible() or no_users()
    if reason:
        pytest.skip(reason)
    lab.alone(TWO_NODES)
    with remote(tmp_path) as found:
        add_user(tmp_path)
        add_user(tmp_path, "netns-lab-password", 61002, HASHED, "ALL")
        add_user(tmp_path, "netns-lab-nobody", 61003, HASHED, rule="")
        yield found


def test_root_and_users_with_sudo_get_inside_over_ssh(far: Remote, tmp_path: Path) -> None:
    probe = f"readlink /proc/self/ns/net; id -un; printf %s {shlex.quote(AWKWARD)}"
    python = system_python()
    root, user = far.login(IPV4[0]), far.login(IPV4[0], USER)
    password = {**far.login(IPV4[0], "netns-lab-password"), "ansible_become_password": PASSWORD}
    as_user = {"ansible_become_user": USER, "ansible_python_interpreter": python}
    hosts: dict[str, dict[str, t.Any]] = {
        "root": root,
        "root, pipelined": root,
        "user with sudo": user,
        "user with sudo, pipelined": user,
        "user with password": password,
        "user with password, pipelined": password,
        # For the login's own user Ansible sees nothing to become.
        "user as the same": {**user, **as_user},
        "root as another": {**root, **as_user, "ansible_remote_tmp": "/run/tmp/ansible-other"},
    }
    for name, variables in hosts.items():
        hosts[name] = {**variables, "ansible_netns": "r2", "ansible_pipelining": name.endswith("pipelined")}
    tasks: list[Task] = [
        {"ansible.builtin.shell": {"cmd": probe}},
        {"ansible.builtin.raw": probe},
        {"ansible.builtin.copy": {"content": AWKWARD, "dest": "/run/tmp/{{ inventory_hostname }}"}},
    ]
    found = play(tmp_path, hosts, tasks, far.ansible)
    for name, (shell, raw, copied) in found.items():
        user = USER if " as " in name else "root"
        # On the terminal that tasks without pipelining have, sudo ends the line of the password.
        said = [str(answer.get("stdout", answer)).replace("\r", "").lstrip() for answer in (shell, raw)]
        assert said == [f"{inode('r2')}\n{user}\n{AWKWARD}"] * 2, name
        copy = Path("/run/tmp", name)
        assert copied["changed"] and copy.read_text() == AWKWARD and copy.owner() == user, (name, copied)


def test_what_is_missing_is_said_over_ssh(far: Remote, lab: Lab, tmp_path: Path) -> None:
    lab.alone("touch /run/netns/stale")
    root, user, password, nobody = (
        {**far.login(IPV4[0], name), "ansible_netns": "r1"}
        for name in ("root", USER, "netns-lab-password", "netns-lab-nobody")
    )
    nowhere = f"there is no network namespace 'nowhere' on this host; create it first, or set ansible_netns {NAMED}"
    denied = "the network namespace 'r1' cannot be entered: netns-lab-nobody is not in the sudoers file"
    cases: dict[str, tuple[dict[str, t.Any], str]] = {
        "namespace": ({**root, "ansible_netns": "nowhere"}, nowhere),
        "namespace, pipelined": ({**user, "ansible_netns": "nowhere"}, nowhere),
        "stale": (
            {**root, "ansible_netns": "stale"},
            "the network namespace 'stale' cannot be entered: "
            'setting the network namespace "stale" failed: Invalid argument',
        ),
        "password": (password, "Missing sudo password"),
        "right password, pipelined": ({**password, "ansible_become_password": "wrong"}, "Incorrect sudo password"),
        "right password": ({**password, "ansible_become_password": "wrong"}, "Incorrect sudo password"),
        "rights": ({**nobody, "ansible_become_password": PASSWORD}, denied),
        "rights, pipelined": ({**nobody, "ansible_become_password": PASSWORD}, denied),
        "program, pipelined": (
            {**user, "ansible_become_exe": "no-such-sudo"},
            "this host has no program 'no-such-sudo', by which the login could become root to enter the network "
            "namespace 'r1'; install it, or log in as root",
        ),
        "root, pipelined": (
            {**user, "ansible_become_exe": "env", "ansible_become_flags": ""},
            "'env' does not lead to root, which entering the network namespace 'r1' needs; "
            "see become_exe and become_flags",
        ),
        "user, pipelined": (
            {**root, "ansible_become_user": "no-such-user"},
            "there is no user 'no-such-user' on this host to run tasks as in the network namespace 'r1'; "
            "see become_user",
        ),
    }
    hosts = {
        name: {**variables, "ansible_pipelining": name.endswith("pipelined")}
        for name, (variables, _said) in cases.items()
    }
    found = play(tmp_path, hosts, [{"ansible.builtin.ping": {}}], far.ansible)
    for name, (_variables, said) in cases.items():
        (answer,) = found[name]
        # Before 2.19, ansible-core put nothing before the sentence.
        msg = answer["msg"].removeprefix("Task failed: ").removeprefix("netns.lab.netns: ")
        assert answer["failed"] and msg == said, (name, answer)


def test_what_is_missing_is_said_locally(lab: Lab, tmp_path: Path) -> None:
    lab.alone("ip netns add r1; touch /run/netns/stale")
    hosts: dict[str, dict[str, t.Any]] = {
        "missing": {"ansible_netns": "nowhere"},
        "path": {"ansible_netns": "../netns/r1"},
        "unsaid": {},
        "stale": {"ansible_netns": "stale"},
    }
    for variables in hosts.values():
        variables.update(ansible_connection="local", ansible_python_interpreter=sys.executable)
    found = play(tmp_path, hosts, [{"ansible.builtin.ping": {}}], ansible)
    said = {name: answer["msg"].removeprefix("Task failed: ") for name, (answer,) in found.items()}
    assert said["missing"].startswith("netns.lab.netns: there is no network namespace 'nowhere' on this host;")
    assert said["path"].startswith("netns.lab.netns: the namespace name '../netns/r1' is a path;")
    assert said["unsaid"].startswith("netns.lab.netns: there is no namespace to enter; set the variable ansible_netns")
    # The local connection has its own words around it, and that of ansible-core 2.18 has it beside its own.
    everything = said["stale"] + found["stale"][0].get("module_stderr", "")
    assert 'setting the network namespace "stale" failed: Invalid argument' in everything


# -- the command alone, without the rest of Ansible


def become_command(command: str, **options: t.Any) -> str:
    plugin, shell = BecomeModule(), ShellModule()
    plugin._options = {"become_exe": "sudo", "become_flags": "-H -S -n", "become_pass": None, **options}
    shell.executable = "/bin/sh"
    return plugin.build_become_command(command, shell)


def executed(command: str, *wrapper: str, cwd: Path) -> str:
    """What a command prints that succeeds and has nothing to complain about."""
    line = [*wrapper, "/bin/sh", "-c", command]
    done = subprocess.run(
        line, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
    )
    marker, _end, said = os.fsdecode(done.stdout).partition("\n")
    assert not done.returncode and marker.startswith("BECOME-SUCCESS-"), (command, marker, said)
    return said


@contextlib.contextmanager
def no_iproute2() -> t.Iterator[None]:
    """An ip that is not of iproute2, as BusyBox has one."""
    ip = os.path.realpath(str(shutil.which("ip", path=os.environ["PATH"] + ":/usr/sbin:/sbin")))
    subprocess.run(["mount", "--bind", "/bin/false", ip], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", ip], check=True)


@pytest.mark.parametrize("way", [contextlib.nullcontext, no_iproute2], ids=["ip", "nsenter"])
def test_a_hundred_words_stay_what_they_are_as_names_and_in_commands(
    lab: Lab, tmp_path: Path, way: t.Callable[[], t.ContextManager[None]]
) -> None:
    """Through sh, sudo, ip or nsenter, and runuser, all of them real."""
    assert len(set(WORDS)) == len(WORDS) > 100
    words = WORDS if way is not no_iproute2 else WORDS[::4]
    tmp_path.chmod(0o777)
    ordinary: tuple[str, ...] = ()
    if not (impossible() or no_users()):
        add_user(tmp_path)
        ordinary = ("setpriv", "--reuid=61001", "--regid=61001", "--clear-groups")
    for word in words:
        subprocess.run(["ip", "netns", "add", word], check=True)
    with way():
        for number, word in enumerate(words):
            user = USER if ordinary and number % 2 else "root"
            other = words[-number]
            probe = f"readlink /proc/self/ns/net; id -un; printf %s {shlex.quote(other)}"
            command = become_command(probe, namespace=word, become_user=user)
            said = executed(command, *(ordinary if number % 3 else ()), cwd=tmp_path)
            assert said == f"{inode(word)}\n{user}\n{other}"
    assert sorted(os.listdir("/run/netns")) == sorted(words)
    assert not [file for file in os.listdir(tmp_path) if "CANARY" in file]


@pytest.mark.parametrize("way", [contextlib.nullcontext, no_iproute2], ids=["ip", "nsenter"])
def test_what_is_inside_is_the_same_with_and_without_iproute2(
    lab: Lab, tmp_path: Path, way: t.Callable[[], t.ContextManager[None]]
) -> None:
    lab.alone(TWO_NODES)
    mounts = Path("/proc/self/mountinfo").read_text()
    host = resolver()
    with own_etc("r1"), way():
        Path("/etc/netns/r1/.pwd.lock").write_text("hidden files as well")
        probe = "ls /sys/class/net; cat /etc/resolv.conf /etc/.pwd.lock; mount -t tmpfs none /mnt; echo $PATH"
        command = become_command(probe, namespace="r1", become_user="root")
        said = executed(command, "env", "PATH=/usr/bin:/bin", cwd=tmp_path)
    assert said == "eth0\nlo\nnameserver 192.0.2.53 # r1\nhidden files as well/usr/bin:/bin\n"
    assert resolver() == host
    if way is contextlib.nullcontext:
        assert Path("/proc/self/mountinfo").read_text() == mounts


@pytest.mark.parametrize("way", [contextlib.nullcontext, no_iproute2], ids=["ip", "nsenter"])
def test_a_file_that_only_the_node_has_is_told_and_does_no_harm(
    lab: Lab, tmp_path: Path, way: t.Callable[[], t.ContextManager[None]]
) -> None:
    lab.alone("ip netns add r1")
    with own_etc("r1"), way():
        Path("/etc/netns/r1/only here").touch()
        command = become_command("cat /etc/resolv.conf", namespace="r1", become_user="root")
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[1:] == ["nameserver 192.0.2.53 # r1"]
    assert done.stderr.startswith("Bind /etc/netns/r1/only here -> /etc/only here failed")


def test_without_any_program_for_it_the_error_names_the_package(lab: Lab, tmp_path: Path) -> None:
    lab.alone("ip netns add r1")
    nsenter = str(shutil.which("nsenter"))
    command = become_command("touch CANARY", namespace="r1", become_user="root")
    hidden = tmp_path / "hidden"
    hidden.touch()  # a program that may not be executed is none
    with no_iproute2():
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", f'mount --bind {hidden} {nsenter} && exec sh -c "$1"', "-", command],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            check=False,
        )
    answer = json.loads(done.stdout)
    assert done.returncode == 1 and answer["failed"]
    assert answer["msg"] == (
        "netns.lab.netns: this host has neither iproute2 nor util-linux to enter the network namespace 'r1' with; "
        "install iproute2 (ip netns exec)"
    )
    assert not (tmp_path / "CANARY").exists()
