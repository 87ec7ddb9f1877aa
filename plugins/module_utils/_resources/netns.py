# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Named network namespaces."""

from __future__ import annotations

import typing as t

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._host import RUN_DIR, processes_inside
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Key,
    Kind,
    Operation,
    Step,
    View,
    Wish,
    link_key,
    netns_key,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import FRESH, change_link
from ansible_collections.netns.lab.plugins.module_utils._steps import CreateNamespace, DeleteNamespace, RemoveName
from ansible_collections.netns.lab.plugins.module_utils._values import namespace_name


def _loopback(name: str) -> Fact:
    return Fact(
        link_key(name, "lo"), {**FRESH, "index": 1, "mtu": 65536}, (netns_key(name),), mark="1"
    )


class Netns(Kind):
    """``ip netns add`` and ``ip netns delete``, with the loopback interface up."""

    section = "netns"
    names_namespaces = True
    options: t.ClassVar[dict[str, t.Any]] = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "loopback": {"type": "bool", "default": True},
        "processes": {"type": "str", "choices": ["fail", "keep", "kill"], "default": "fail"},
    }

    def wish(self, options: dict[str, t.Any]) -> Wish:
        name = namespace_name(options["name"])
        present = options["state"] == "present"
        wanted = {"loopback": options["loopback"]} if present else {"processes": options["processes"]}
        key = netns_key(name)
        return Wish(
            kind=self,
            item=f"netns {name}",
            name=name,
            identity=("netns", name),
            present=present,
            options=wanted,
            provides=(key, link_key(name, "lo")),
            objects=(key, ("stale-netns", name)),
            namespaces=(name,),
            removal={"processes": options["processes"]} if options["processes"] != "fail" else {},
            settings={(link_key(name, "lo"), "up"): options["loopback"]} if present else {},
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        found = {name: reader.host.inspect(name) for name in namespaces if name != OWN}
        inside = processes_inside([entry.inode for entry in found.values() if entry])
        for name, entry in found.items():
            if entry is not None:
                key = netns_key(name) if entry else ("stale-netns", name)
                yield Fact(key, {"inode": entry.inode, "processes": inside.get(entry.inode, [])}, mark=entry.mark)

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        return {"name": fact.key[1]} if fact.key[0] in ("netns", "stale-netns") and fact.key[1] != OWN else None

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        _type, name = fact.key[:2]
        if fact.key[0] != "netns" or name == OWN:
            return None
        lo = view.values(link_key(name, "lo"))
        return {"name": name, **({} if lo is None or lo["up"] else {"loopback": False})}

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        return self._present(wish, view) if wish.present else self._absent(wish, view)

    def _present(self, wish: Wish, view: View) -> list[Operation]:
        key = netns_key(wish.name)
        steps: list[Step] = []
        commands: list[Command] = []
        before = None
        stale = ("stale-netns", wish.name)
        if stale in view:
            if stale not in view.owned:
                raise LabError(
                    f"{wish.item}: {RUN_DIR}/{wish.name} is a file and no namespace, as an interrupted "
                    '"ip netns add" leaves behind; remove it with state: absent first'
                )
            # An interrupted run of this very topology left it.
            steps.append(RemoveName(wish.name))
            commands.append(ip(OWN, "netns", "delete", wish.name))
            view.forget(stale)
        if key not in view:
            steps.append(CreateNamespace(wish.name))
            commands.append(ip(OWN, "netns", "add", wish.name))
            view.put(Fact(key, {"inode": 0, "processes": []}))
            view.put(_loopback(wish.name))
        lo = link_key(wish.name, "lo")
        if lo not in view:  # check mode: an earlier task is to make the namespace
            view.put(_loopback(wish.name))
        is_up = view.fact(lo).values["up"]
        if steps:
            after = {"loopback": wish.options["loopback"]}
        elif is_up != wish.options["loopback"]:
            before, after = {"loopback": is_up}, {"loopback": wish.options["loopback"]}
        else:
            return []
        if is_up != wish.options["loopback"]:
            up_steps, up_commands = change_link(lo, view, {"up": wish.options["loopback"]})
            steps += up_steps
            commands += up_commands
        return [Operation(wish, steps, commands, before, after)]

    def _absent(self, wish: Wish, view: View) -> list[Operation]:
        key = netns_key(wish.name)
        stale = view.values(("stale-netns", wish.name))
        command = [ip(OWN, "netns", "delete", wish.name)]
        if stale is not None:
            view.forget(("stale-netns", wish.name))
            return [Operation(wish, [RemoveName(wish.name)], command, {"file": "stale"}, None)]
        values = view.values(key)
        if values is None:
            return []
        inside = values["processes"]
        if inside and wish.options["processes"] == "fail":
            raise LabError(
                f"{wish.item}: {_called(inside)} in it; stop what runs there, or say processes: kill "
                "(or processes: keep, to take only the name away)"
            )
        kill = bool(inside) and wish.options["processes"] == "kill"
        lives_on = bool(inside) and not kill
        if not lives_on and not view.is_whole and _leads_out_of_sight(key, view):
            raise WiderView(f"{wish.item}: a cable leads out of it")
        step = DeleteNamespace(wish.name, values["inode"], kill, [] if lives_on else _outside(key, view))
        before = {"loopback": view.fact(link_key(wish.name, "lo")).values["up"]}
        if kill:
            before["processes"] = inside
            # "ip netns pids" prints what to kill; there is no command of ip's own.
            command.insert(0, ["kill", "-KILL", *map(str, inside)])
        if lives_on:
            # Out of reach is what is inside; the other ends of its cables stay where they are.
            for fact in view.dependents(key):
                if fact.key[1] == wish.name:
                    view.forget(fact.key)
            view.forget(key)
        else:
            view.remove(key)
        return [Operation(wish, [step], command, before, None)]


def _called(processes: list[int]) -> str:
    numbers = ", ".join(map(str, processes[:5])) + (", ..." if len(processes) > 5 else "")
    return f"process {numbers} runs" if len(processes) == 1 else f"{len(processes)} processes ({numbers}) run"


def _leads_out_of_sight(key: Key, view: View) -> bool:
    return any(
        fact.key[0] == "link" and fact.values["kind"] == "veth" and fact.values["peer"] is None
        for fact in view.dependents(key)
    )


def _outside(key: Key, view: View) -> list[tuple[Key, int]]:
    """Links elsewhere that go with a namespace, because their peer is in it."""
    return [
        (fact.key, fact.values["index"])
        for fact in view.dependents(key)
        if fact.key[0] == "link" and fact.key[1] != key[1] and fact.values["index"]
    ]
