# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: netns
short_description: Run tasks inside a network namespace
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Runs any module inside a network namespace of the host, so that a namespace is a host of the inventory like any
    other. It works over any connection that gives a POSIX shell, such as P(ansible.builtin.ssh#connection) and
    P(ansible.builtin.local#connection).
  - Inside, everything is as C(ip netns exec) makes it. The network is that of the namespace, C(/sys) shows it too,
    and each file in C(/etc/netns/NAME) stands in the place of the one in C(/etc) that has its name. All other files,
    the processes and the users are those of the host.
  - Entering a namespace needs root. A login as another user goes through sudo first; a login as root does not,
    and needs no sudo.
options:
  namespace:
    description:
      - The name of the namespace under C(/run/netns), as C(ip netns list) shows it.
      - It has to be set for each host. It does not follow from the name of the host, because that is another
        host's in a task with C(delegate_to).
    type: str
    ini:
      - section: netns_become_plugin
        key: namespace
    vars:
      - name: ansible_netns
    env:
      - name: ANSIBLE_NETNS
  become_user:
    description:
      - The user inside the namespace, on whose behalf C(runuser), or else C(su), runs the task.
      - It may also be the user that Ansible logs in as.
    type: str
    default: root
    ini:
      - section: privilege_escalation
        key: become_user
      - section: netns_become_plugin
        key: user
    vars:
      - name: ansible_become_user
      - name: ansible_netns_user
    env:
      - name: ANSIBLE_BECOME_USER
      - name: ANSIBLE_NETNS_USER
    keyword:
      - name: become_user
  become_exe:
    description:
      - The program that makes a user who is not root one, with its arguments.
    type: str
    default: sudo
    ini:
      - section: privilege_escalation
        key: become_exe
      - section: netns_become_plugin
        key: executable
    vars:
      - name: ansible_become_exe
      - name: ansible_netns_exe
    env:
      - name: ANSIBLE_BECOME_EXE
      - name: ANSIBLE_NETNS_EXE
    keyword:
      - name: become_exe
  become_flags:
    description:
      - Options for that program. With a password, C(-n) is left out of them.
    type: str
    default: -H -S -n
    ini:
      - section: privilege_escalation
        key: become_flags
      - section: netns_become_plugin
        key: flags
    vars:
      - name: ansible_become_flags
      - name: ansible_netns_flags
    env:
      - name: ANSIBLE_BECOME_FLAGS
      - name: ANSIBLE_NETNS_FLAGS
    keyword:
      - name: become_flags
  become_pass:
    description:
      - The password for sudo.
    type: str
    ini:
      - section: netns_become_plugin
        key: password
    vars:
      - name: ansible_become_password
      - name: ansible_become_pass
      - name: ansible_netns_pass
    env:
      - name: ANSIBLE_BECOME_PASS
      - name: ANSIBLE_NETNS_PASS
notes:
  - The managed node needs C(ip) of iproute2, or else C(nsenter), C(unshare), C(mount) and C(umount), which util-linux
    and BusyBox have.
  - A daemon that a service manager starts, as M(ansible.builtin.service) and M(ansible.builtin.systemd_service) have
    it do, is a child of the service manager and not in the namespace. Run the daemon itself, see the examples.
  - A file that is bound from C(/etc/netns/NAME) can be written but not replaced. Modules such as
    M(ansible.builtin.copy) need C(unsafe_writes=true) for it.
  - With C(ansible_become) among the variables of a host, C(become=false) of a task has no effect, because variables
    come before keywords. Use C(delegate_to) for a task on the machine itself.
  - Where O(become_user) is neither root nor the login, modules that are not pipelined need what Ansible needs in
    order to become an unprivileged user, for example C(setfacl).
seealso:
  - name: Namespaces as hosts
    description: Recipes.
    link: https://github.com/netns-lab/netns.lab/blob/main/docs/namespaces-as-hosts.md
  - module: netns.lab.netns
"""

EXAMPLES = r"""
# An inventory in which two namespaces of one machine are hosts
machines:
  hosts:
    lab1:
      ansible_host: 192.0.2.10
nodes:
  hosts:
    r1:
      ansible_netns: r1
    r2:
      ansible_netns: r2
  vars:
    ansible_host: 192.0.2.10
    ansible_become: true
    ansible_become_method: netns.lab.netns
"""

import json
import re
import shlex
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.become import BecomeBase
from ansible.plugins.become.sudo import BecomeModule as Sudo

from ansible_collections.netns.lab.plugins.module_utils._values import namespace_file

_SELF = "netns.lab.netns"  # $0 of the scripts, and what begins their messages

# The scripts below are POSIX, and one line each, because the shells of some logins take no newline within quotes. What
# differs from task to task comes in arguments, or in variables that stand quoted before the script. A refusal is what a
# module answers that has failed, so that it reaches the user over any connection.
_REFUSE = "refuse() { printf '%s\\n' \"$1\"; exit 1; }; "

# As the login. Arguments: how many words go before the command for it to run as root, these words, the command.
_BECOME_ROOT = _REFUSE + (
    'words=$1; shift; [ "$(id -u)" != 0 ] || shift "$words"; '
    'command -v "$1" >/dev/null 2>&1 || refuse "$no_program"; '
    'exec "$@"'
)

# As root. Arguments: the namespace, the user inside, the command.
_ENTER = _REFUSE + (
    "namespace=$1; user=$2; shift 2; "
    # PATH may lack these two, and the command is to get it as it is.
    'find() ( PATH=$PATH:/usr/sbin:/sbin; command -v "$1" ); '
    '[ "$(id -u)" = 0 ] || refuse "$no_root"; '
    '[ -e "/run/netns/$namespace" ] || refuse "$no_namespace"; '
    'if [ "$user" != root ]; then '
    'id -u -- "$user" >/dev/null 2>&1 || refuse "$no_user"; '
    # Without -s, both take the account's shell, which may be nologin.
    'set -- "$(find runuser || echo su)" -s /bin/sh -c \'exec "$0" "$@"\' -- "$user" "$@"; '
    "fi; "
    # BusyBox has an ip that knows no namespaces.
    'if ip=$(find ip); then case $("$ip" -V 2>/dev/null) in '
    '*iproute2*) exec "$ip" netns exec "$namespace" "$@";; '
    "esac; fi; "
    'for tool in nsenter unshare mount umount; do find "$tool" >/dev/null || refuse "$no_tool"; done; '
    'exec "$(find nsenter)" --net="/run/netns/$namespace" "$(find unshare)" --mount --propagation slave '
    '/bin/sh -c "$mounts" "$0" "$namespace" "$@"'
)

# In the namespace. Arguments: its name, the command. As netns_switch() and bind_etc() of iproute2 do.
_MOUNTS = (
    "etc=/etc/netns/$1; shift; "
    "umount -l /sys 2>/dev/null; "
    "mount -t sysfs sysfs /sys 2>/dev/null || mount -t sysfs -o ro sysfs /sys || "
    '{ echo "mount of /sys failed" >&2; exit 1; }; '
    'for file in "$etc"/* "$etc"/.[!.]* "$etc"/..?*; do '
    '[ ! -e "$file" ] || mount -o bind "$file" "/etc/${file##*/}" 2>/dev/null || '
    'printf "Bind %s -> %s failed\\n" "$file" "/etc/${file##*/}" >&2; '
    "done; "
    'exec "$@"'
)

# What sudo, ip or nsenter say when they give up; a connection that waits for success reads it line by line.
_GIVEN_UP = re.compile(
    rb"\S+ is not in the sudoers file"
    rb"|Sorry, user \S+ (is not allowed to execute|may not run sudo)"
    rb"|(Cannot open|setting the) network namespace .*"
    rb'|("mount --make-rslave /"|mount of /sys|unshare) failed.*'
    rb"|(nsenter|unshare): .*"
)


class _User(str):
    """Ansible leaves a become plugin out where ``become_user != remote_user`` is not so, as there is nobody to become.
    There still is a namespace to enter."""

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class BecomeModule(BecomeBase):
    # What Ansible calls the password that it asks for, and where translations of the messages are.
    name = Sudo.name
    fail = Sudo.fail
    missing = Sudo.missing

    def __init__(self) -> None:
        super().__init__()
        self._refusals: dict[bytes, str] = {}
        self._is_inside = False

    def get_option(self, option: str, *args: t.Any, **kwargs: t.Any) -> t.Any:
        value = super().get_option(option, *args, **kwargs)
        if option == "become_user":
            return _User(value or "root")
        return value

    def build_become_command(self, cmd: str, shell: t.Any) -> str:
        super().build_become_command(cmd, shell)
        self._is_inside = False
        if not cmd:
            return cmd
        namespace = self._namespace()
        user = str(self.get_option("become_user"))
        as_root = self._as_root()
        enter = _with_variables(
            _ENTER,
            no_root=self._refusal(
                f"'{as_root[0]}' does not lead to root, which entering the network namespace {namespace!r} needs; "
                "see become_exe and become_flags"
            ),
            no_namespace=self._refusal(
                f"there is no network namespace {namespace!r} on this host; create it first, or set ansible_netns to "
                "a name that 'ip netns list' shows"
            ),
            no_user=self._refusal(
                f"there is no user {user!r} on this host to run tasks as in the network namespace {namespace!r}; "
                "see become_user"
            ),
            no_tool=self._refusal(
                f"this host has neither iproute2 nor util-linux to enter the network namespace {namespace!r} with; "
                "install iproute2 (ip netns exec)"
            ),
            mounts=_MOUNTS,
        )
        become_root = _with_variables(
            _BECOME_ROOT,
            no_program=self._refusal(
                f"this host has no program {as_root[0]!r}, by which the login could become root to enter the network "
                f"namespace {namespace!r}; install it, or log in as root"
            ),
        )
        words = ["/bin/sh", "-c", become_root, _SELF, str(len(as_root)), *as_root]
        words += ["/bin/sh", "-c", enter, _SELF, namespace, user]
        # The rest is quoted there already.
        return f"{shlex.join(words)} {self._build_success_command(cmd, shell)}"

    def check_success(self, b_output: bytes) -> bool:
        """Also where a connection waits for success and would have its own, lesser, words for a refusal."""
        for line in bytes(b_output).splitlines():
            refusal = self._refusals.get(line.strip())
            if refusal:
                raise AnsibleError(refusal)
        is_success = super().check_success(b_output)
        self._is_inside = self._is_inside or is_success
        return bool(is_success)

    def check_incorrect_password(self, b_output: bytes) -> bool:
        # What comes after success is from the task.
        given_up = None if self._is_inside else _GIVEN_UP.match(b_output.strip())
        if given_up:
            said = given_up[0].decode(errors="replace")
            raise AnsibleError(f"{_SELF}: the network namespace {self._namespace()!r} cannot be entered: {said}")
        return bool(super().check_incorrect_password(b_output))

    def _namespace(self) -> str:
        namespace = self.get_option("namespace")
        if not namespace:
            raise AnsibleError(
                f"{_SELF}: there is no namespace to enter; "
                "set the variable ansible_netns of this host to the name of one"
            )
        try:
            return namespace_file(str(namespace))
        except ValueError as e:
            raise AnsibleError(f"{_SELF}: {e}") from None

    def _as_root(self) -> list[str]:
        """What goes before a command to run it as root. Unlike sudo's plugin, this takes nothing for shell."""
        words = self._words("become_exe") or ["sudo"]
        flags = self._words("become_flags")
        if self.get_option("become_pass"):
            self.prompt = f"[sudo via ansible, key={self._id}] password:"
            flags = [_without_n(flag) for flag in flags if flag not in ("-n", "--non-interactive")]
            flags += ["-p", self.prompt]
        return [*words, *flags, "-u", "root"]

    def _words(self, option: str) -> list[str]:
        value = self.get_option(option) or ""
        try:
            return shlex.split(value)
        except ValueError as e:
            raise AnsibleError(f"{_SELF}: {option} {value!r} cannot be split into words: {e}") from None

    def _refusal(self, sentence: str) -> str:
        """The line by which a script refuses."""
        answer = json.dumps({"failed": True, "msg": f"{_SELF}: {sentence}"})
        self._refusals[answer.encode()] = f"{_SELF}: {sentence}"
        return answer


def _without_n(flag: str) -> str:
    """``-HSn`` without the ``n``, by which sudo asks for no password."""
    return flag if flag.startswith("--") else re.sub(r"^(-\w*)n(\w*.*)", r"\1\2", flag)


def _with_variables(script: str, **variables: str) -> str:
    assignments = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    return f"{assignments}; {script}"
