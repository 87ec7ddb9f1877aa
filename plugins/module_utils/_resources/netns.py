# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Named network namespaces, with their settings and their files in /etc/netns."""

from __future__ import annotations

import errno
import os
import time
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _etc as etc
from ansible_collections.netns.lab.plugins.module_utils import _netconf as netconf
from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils import _sysctl as sysctl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._host import (
    RUN_DIR,
    Host,
    held_elsewhere,
    processes_inside,
)
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Key,
    Kind,
    NamespaceFd,
    Operation,
    Request,
    Step,
    Verbatim,
    View,
    Wish,
    link_key,
    link_settings_key,
    netns_key,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import FRESH, change_link, lost_without_ipv6
from ansible_collections.netns.lab.plugins.module_utils._steps import (
    AttachNamespace,
    CreateNamespace,
    DeleteNamespace,
    RemoveName,
)
from ansible_collections.netns.lab.plugins.module_utils._values import namespace_name, whole_number

_AUTO = "auto"
# The kernel takes namespaces down in the background, and their numbers are free only then.
_GRACE = 3.0
_UNASSIGNED = 0xFFFFFFFF  # NETNSA_NSID_NOT_ASSIGNED: the kernel chooses

Values = dict[str, t.Any]


def _loopback(name: str, up: bool = False) -> Fact:
    return Fact(
        link_key(name, "lo"), {**FRESH, "index": 1, "mtu": 65536, "up": up}, (netns_key(name),), mark="1"
    )


class Netns(Kind):
    """``ip netns add``, ``attach``, ``set`` and ``delete``, with the loopback interface up, ``sysctl`` inside, and the
    files that ``ip netns exec`` puts in the place of those in /etc."""

    section = "netns"
    names_namespaces = True
    literal = frozenset({"etc_files"})
    options: t.ClassVar[dict[str, t.Any]] = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "pid": {"type": "int"},
        "path": {"type": "path"},
        "loopback": {"type": "bool", "default": True},
        "nsid": {"type": "str"},
        "sysctls": {"type": "dict"},
        "etc_files": {"type": "dict"},
        "processes": {"type": "str", "choices": ["fail", "keep", "kill"], "default": "fail"},
    }
    mutually_exclusive: t.ClassVar[list[t.Any]] = [("pid", "path")]

    def wish(self, options: dict[str, t.Any]) -> Wish:
        name = namespace_name(options["name"])
        present = options["state"] == "present"
        source = _source(options)
        if source and options["processes"] == "kill":
            raise ValueError("processes: kill is not for a namespace that is somebody else's (pid, path)")
        settings = _sysctls(options["sysctls"] or {})
        files = {etc.file_name(file): etc.file_content(file, v) for file, v in (options["etc_files"] or {}).items()}
        wanted: Values = {"source": source, "pid": options["pid"]}
        if present:
            nsid = None if options["nsid"] is None else _nsid(options["nsid"])
            wanted.update(loopback=options["loopback"], nsid=nsid, sysctls=settings)
        else:
            wanted["processes"] = options["processes"]
        key = netns_key(name)
        removal = {option: options[option] for option in ("pid", "path") if options[option] is not None}
        if options["processes"] != "fail":
            removal["processes"] = options["processes"]
        wish = Wish(
            kind=self,
            item=f"netns {name}",
            name=name,
            identity=("netns", name),
            present=present,
            options=wanted,
            provides=(key, link_key(name, "lo")),
            objects=(key, ("stale-netns", name)),
            namespaces=(name,),
            removal=removal,
            settings={(link_key(name, "lo"), "up"): options["loopback"]} if present else {},
            takes_along=source is None,
        )
        if present:
            interfaces = dict.fromkeys(filter(None, map(sysctl.interface_of, settings)))
            wish.parts += [self._interface_part(wish, interface) for interface in interfaces]
        wish.parts += [self._file_part(wish, file, content) for file, content in files.items()]
        return wish

    def _interface_part(self, wish: Wish, interface: str) -> Wish:
        """The settings of one interface: after it, and before its addresses."""
        settings = wish.options["sysctls"]
        return Wish(
            kind=self,
            item=wish.item,
            name=wish.name,
            identity=("sysctls", wish.name, interface),
            present=True,
            options={"sysctls": {p: value for p, value in settings.items() if sysctl.interface_of(p) == interface}},
            requires=(netns_key(wish.name), link_key(wish.name, interface)),
            provides=(link_settings_key(wish.name, interface),),
            namespaces=wish.namespaces,
        )

    def _file_part(self, wish: Wish, file: str, content: bytes | None) -> Wish:
        """One file; when absent, as far as it has this content (None: whatever it has)."""
        key, folder = etc.file_key(wish.name, file), etc.folder_key(wish.name)
        return Wish(
            kind=self,
            item=wish.item,
            name=wish.name,
            identity=key,
            present=wish.present,
            options={"content": content},
            requires=() if wish.present else (folder,),
            after=(netns_key(wish.name),) if wish.present else (),
            provides=(key,),
            objects=(key, folder, etc.folder_key()) if wish.present else (key,),
            namespaces=wish.namespaces,
        )

    def check(self, wishes: list[Wish]) -> None:
        numbers: dict[int, Wish] = {}
        for wish in wishes:
            nsid = wish.options.get("nsid")
            if isinstance(nsid, int) and numbers.setdefault(nsid, wish) is not wish:
                both = f"{numbers[nsid].item} and {wish.item}"
                raise LabError(f"{both} have the same nsid {nsid}; choose another for one of them")

    # -- reading

    def introduce(self, host: Host, wishes: t.Sequence[Wish]) -> None:
        for wish in wishes:
            if wish.present and wish.options.get("source"):
                host.introduce(wish.name, wish.options["source"])

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        host = reader.host
        found = {name: host.inspect(name) for name in namespaces if name != OWN}
        inside = processes_inside([entry.inode for entry in found.values() if entry])
        held = held_elsewhere(name for name, entry in found.items() if entry)
        for name, entry in found.items():
            if entry is not None:
                key = netns_key(name) if entry else ("stale-netns", name)
                values = {"inode": entry.inode, "processes": inside.get(entry.inode, [])}
                if name in held:
                    values.update(held=True, link=host.link_of(name))
                yield Fact(key, values, mark=entry.mark)
        present = [wish for wish in wishes if wish.present]
        yield from _observe_sources(host, present)
        yield from _observe_nsids(reader, present)
        yield from _observe_sysctls(host, present)
        yield from etc.observe_files(set(namespaces))

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] in ("etc-file", "etc-folder"):
            return {"name": fact.key[1], "etc_files": {}}
        return {"name": fact.key[1]} if fact.key[0] in ("netns", "stale-netns") and fact.key[1] != OWN else None

    def wish_away(self, fact: Fact, **options: t.Any) -> Wish | None:
        if fact.key[0] == "etc-file":
            return self._file_part(_no_longer(self, fact.key), fact.key[2], None)
        if fact.key[0] == "etc-folder":
            return _no_longer(self, fact.key)
        if options.keys() & {"pid", "path"}:
            options.pop("processes", None)  # they are somebody else's, whatever was said of them since
        return super().wish_away(fact, **options)

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        _type, name = fact.key[:2]
        if fact.key[0] != "netns" or name == OWN:
            return None
        lo = view.values(link_key(name, "lo"))
        return {"name": name, **({} if lo is None or lo["up"] else {"loopback": False})}

    # -- planning

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        plan = {
            "netns": self._present if wish.present else self._absent,
            "sysctls": _plan_settings,
            "etc-file": _plan_file if wish.present else _plan_no_file,
            "etc-folder": _plan_no_folder,
        }
        return plan[wish.identity[0]](wish, view)

    def _present(self, wish: Wish, view: View) -> list[Operation]:
        key = netns_key(wish.name)
        options = wish.options
        _check_files(wish, view)
        steps: list[Step] = []
        commands: list[Command] = []
        before: Values = {}
        after: Values = {}
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
        is_named = key in view
        if options["source"]:
            attached = _attach(wish, view)
            after.update({} if is_named else _source_told(options))
            steps += [AttachNamespace(wish.name)] if attached else []
            commands += attached
        elif not is_named:
            steps.append(CreateNamespace(wish.name, options["loopback"]))
            commands.append(ip(OWN, "netns", "add", wish.name))
            if options["loopback"]:
                commands.append(ip(wish.name, "link", "set", "dev", "lo", "up"))
            view.put(Fact(key, {"inode": 0, "processes": []}))
            view.put(_loopback(wish.name, up=options["loopback"]))
        lo = link_key(wish.name, "lo")
        if lo not in view:  # check mode: an earlier task is to make the namespace
            view.put(_loopback(wish.name))
        for part in (_assign(wish, view), _set(wish, view, options["sysctls"], None)):
            steps += part.steps
            commands += part.commands
            before.update(part.before or {})
            after.update(part.after or {})
        is_up = view.fact(lo).values["up"]
        if not is_named or is_up != options["loopback"]:
            before["loopback"], after["loopback"] = is_up, options["loopback"]
        if is_up != options["loopback"]:
            up_steps, up_commands = change_link(lo, view, {"up": options["loopback"]})
            steps += up_steps
            commands += up_commands
        return [Operation(wish, steps, commands, before if is_named else None, after)] if steps else []

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
        # Whoever gave a namespace a name of ours, or a name to a name, keeps the namespace.
        is_others = bool(wish.options["source"] or values.get("link"))
        if inside and wish.options["processes"] == "fail" and not is_others:
            raise LabError(
                f"{wish.item}: {_called(inside)} in it; stop what runs there, or say processes: kill "
                "(or processes: keep, to take only the name away)"
            )
        kill = bool(inside) and wish.options["processes"] == "kill" and not is_others
        if kill and os.getpid() in inside:
            raise LabError(f"{wish.item}: it is the namespace that this module runs in; say processes: keep")
        lives_on = is_others or values.get("held") or bool(inside) and not kill
        if not lives_on and not view.is_whole and _leads_out_of_sight(key, view):
            raise WiderView(f"{wish.item}: a cable leads out of it")
        outside = [] if lives_on else _outside(key, view)
        step = DeleteNamespace(wish.name, values["inode"], kill, outside, values.get("link"))
        before = {"loopback": view.fact(link_key(wish.name, "lo")).values["up"]}
        if values.get("link"):
            # "ip netns delete" unmounts what the link leads to.
            command = [["rm", os.path.join(RUN_DIR, wish.name)]]
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


# -- what users write


def _source(options: Values) -> str | None:
    """Where the namespace is that is to get the name."""
    if options["pid"] is not None:
        return f"/proc/{whole_number(options['pid'], 'pid', 1, 2**22)}/ns/net"
    path: str | None = options["path"]
    if path is not None and (not path.startswith("/") or any(not c.isprintable() for c in path)):
        raise ValueError(f"path {path!r} is no absolute path such as /proc/1234/ns/net")
    return path


def _source_told(options: Values) -> Values:
    return {"path": options["source"]} if options["pid"] is None else {"pid": options["pid"]}


def _nsid(value: str) -> int | str:
    if value == _AUTO:
        return value
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"nsid {value!r} is neither 'auto' nor a number")
    return whole_number(int(value), "nsid", 0, 2**31 - 1)


def _sysctls(given: Values) -> dict[sysctl.Path, str]:
    """In the order in which they are set."""
    found: dict[sysctl.Path, str] = {}
    names: dict[sysctl.Path, str] = {}
    for key, value in given.items():
        path = sysctl.parse(str(key))
        wanted = sysctl.value_of(str(key), value)
        one = sysctl.FORWARDING if path == sysctl.IP_FORWARD else path
        if one in names:
            raise ValueError(f"sysctls {names[one]} and {key} are the same setting; keep one of the two")
        names[one] = str(key)
        found[path] = wanted
    return dict(sorted(found.items(), key=lambda entry: sysctl.rank(entry[0])))


# -- what the kernel has


def _observe_sources(host: Host, wishes: t.Iterable[Wish]) -> t.Iterator[Fact]:
    """The namespaces that are to get names."""
    for wish in wishes:
        source = wish.options.get("source")
        entry = host.look(source) if source else None
        if entry is not None:
            yield Fact(("netns-source", wish.name), {"inode": entry.inode}, mark=entry.mark)


def _observe_nsids(reader: Reader, wishes: t.Iterable[Wish]) -> t.Iterator[Fact]:
    """The number by which the own namespace knows each of those that are asked for, and the numbers among those asked
    for that others have."""
    host = reader.host
    asked = {wish.name: wish.options["nsid"] for wish in wishes if wish.options.get("nsid") is not None}
    names = [name for name in asked if host.opens(name)]
    found: dict[str, int | None] = {}
    for start in range(0, len(names), nl.BATCH):
        batch = names[start : start + nl.BATCH]
        questions = [
            (nl.RTM_GETNSID, 0, nl.encode("nsidmsg", {"rtgen_family": 0}, [("NETNSA_FD", host.fd(name))]))
            for name in batch
        ]
        for name, answer in zip(batch, host.socket(OWN).exchange(questions)):
            if answer.error is not None:
                raise answer.error
            found[name] = _number(answer.messages[0][1])
    yield from (Fact(("nsid", name), {"nsid": nsid}) for name, nsid in found.items())
    new = {nsid for name, nsid in asked.items() if nsid != _AUTO and found.get(name) is None}
    deadline = time.monotonic() + _GRACE
    while new:
        taken = new & set(map(_number, reader.dump(OWN, nl.RTM_GETNSID, "nsidmsg", {"rtgen_family": 0})))
        if not taken or time.monotonic() > deadline:
            yield from (Fact(("taken-nsid", str(nsid)), {}) for nsid in taken)
            return
        time.sleep(0.02)


def _number(message: bytes) -> int | None:
    nsid: int = read("nsidmsg", message).get_attr("NETNSA_NSID")
    return None if nsid == _UNASSIGNED else nsid


def _observe_sysctls(host: Host, wishes: t.Iterable[Wish]) -> t.Iterator[Fact]:
    """Those that are asked for; what is wrong with one, if that is known beforehand. A namespace that is yet to be made
    has those that this one has."""
    faults: dict[sysctl.Path, str | None] = {}
    for wish in wishes:
        if wish.identity[0] != "netns" or not wish.options["sysctls"]:
            continue
        exists = host.opens(wish.name)
        told = netconf.told(host.socket(wish.name), wish.options["sysctls"]) if exists else {}
        yield from (_setting(wish.name, path, value) for path, value in told.items())
        left = [path for path in wish.options["sysctls"] if path not in told]
        with host.inside(wish.name if exists else OWN):
            for path in left:
                key = _setting_key(wish.name, path)
                if not exists:
                    if path not in faults:
                        faults[path] = sysctl.fault(path)
                    if faults[path]:
                        yield Fact(key, {"fault": faults[path]})
                    continue
                try:
                    fault, value = sysctl.look(path)
                except FileNotFoundError:
                    continue  # of an interface that is not here yet
                yield Fact(key, {"fault": fault}) if fault else _setting(wish.name, path, value)


def _setting_key(namespace: str, path: sysctl.Path) -> Key:
    return ("sysctl", namespace, *path)


def _setting(namespace: str, path: sysctl.Path, value: str | None) -> Fact:
    interface = sysctl.interface_of(path)
    home = netns_key(namespace) if interface is None else link_key(namespace, interface)
    return Fact(_setting_key(namespace, path), {"value": value}, (home,), _set_again)


def _set_again(fact: Fact) -> list[Step]:
    """Of an interface that was made anew."""
    value = fact.values.get("value")
    path = fact.key[2:]
    return [] if value is None else [sysctl.RestoreSysctls(fact.key[1], [(path, value)])]


# -- parts of a plan


def _attach(wish: Wish, view: View) -> list[Command]:
    """What gives the namespace its name, if it has not got it."""
    key, source = netns_key(wish.name), wish.options["source"]
    target = view.get(("netns-source", wish.name))
    called = f"process {wish.options['pid']}" if wish.options["pid"] is not None else source
    if target is not None and not target.values["inode"]:
        raise LabError(f"{wish.item}: {called} is no network namespace; give a file such as /proc/1234/ns/net")
    if target is None and not view.assuming:
        missing = f"there is no {called}" if wish.options["pid"] is not None else f"{source} does not exist"
        raise LabError(f"{wish.item}: {missing}, and so no namespace to give the name to")
    for fact in view.of_type("netns") if target else ():
        if fact.key != key and target and fact.values.get("inode") == target.values["inode"]:
            raise LabError(f"{wish.item}: it is the namespace {fact.key[1]} of this definition; use one name for both")
    if key in view:
        if target is not None and view.fact(key).values["inode"] != target.values["inode"]:
            of = f"that of {called}" if wish.options["pid"] is not None else source
            raise LabError(
                f"{wish.item}: the name is that of another namespace than {of}; take it away first (state: absent, "
                "processes: keep), or choose another name"
            )
        return []
    inode, mark = (target.values["inode"], target.mark) if target else (0, "")
    view.put(Fact(key, {"inode": inode, "processes": []}, mark=mark))
    if wish.options["pid"] is not None:
        return [ip(OWN, "netns", "attach", wish.name, str(wish.options["pid"]))]
    # ip takes a process only: the shell that is in the namespace, before it becomes ip.
    script = 'exec ip netns attach "$0" "$$"'
    return [["nsenter", f"--net={source}", "sh", "-c", script, wish.name]]


def _assign(wish: Wish, view: View) -> Operation:
    """The namespace's number."""
    wanted, known = wish.options["nsid"], view.get(("nsid", wish.name))
    nsid = known.values["nsid"] if known else None
    if wanted is None or nsid == wanted or nsid is not None and wanted == _AUTO:
        return Operation(wish, [], [], None, None)
    if nsid is not None:
        raise LabError(
            f"{wish.item}: its nsid is {nsid} and not {wanted}, and the kernel never changes one; ask for {nsid} or "
            "for auto, or delete the namespace first"
        )
    if ("taken-nsid", str(wanted)) in view:
        raise LabError(f"{wish.item}: nsid {wanted} is that of another namespace; ask for another or for auto")
    number = _UNASSIGNED if wanted == _AUTO else wanted
    step = Request(
        OWN,
        "nsidmsg",
        nl.RTM_NEWNSID,
        0,
        {"rtgen_family": 0},
        [("NETNSA_NSID", number), ("NETNSA_FD", NamespaceFd(wish.name))],
        cures={errno.EEXIST: "a namespace's nsid is for good, and no two have the same"},
        # It has got one since, as the kernel gives to the other end of a cable.
        tolerated=(errno.EEXIST,) if wanted == _AUTO else (),
    )
    return Operation(
        wish, [step], [ip(OWN, "netns", "set", wish.name, str(wanted))], {"nsid": None}, {"nsid": wanted}
    )


def _plan_settings(wish: Wish, view: View) -> list[Operation]:
    operation = _set(wish, view, wish.options["sysctls"], wish.identity[2])
    return [operation] if operation.steps else []


def _set(wish: Wish, view: View, settings: dict[sysctl.Path, str], interface: str | None) -> Operation:
    """Those of one interface, or (None) those of none."""
    namespace = wish.name
    for path in settings:
        fault = (view.values(_setting_key(namespace, path)) or {}).get("fault")
        if fault:
            raise LabError(f"{wish.item}: sysctl {sysctl.spelled(path)}: {fault}")
    values: dict[sysctl.Path, str] = {}
    before: Values = {}
    after: Values = {}
    lost: list[Step] = []
    for path, wanted in settings.items():
        if sysctl.interface_of(path) != interface:
            continue
        known = view.values(_setting_key(namespace, path))
        is_same = known is not None and sysctl.same(path, known["value"], wanted)
        if is_same and known is not None and not known.get("shaken"):
            continue
        values[path] = wanted
        if not is_same:
            after[sysctl.spelled(path)] = wanted
            if known is not None:
                before[sysctl.spelled(path)] = known["value"]
        view.put(_setting(namespace, path, wanted))
        is_changed = sysctl.spreads_to(path)
        for fact in view.inside(namespace, "sysctl") if not is_same else ():
            if is_changed(fact.key[2:]):
                view.update(fact.key, shaken=True)
        lost += _lost(namespace, path, wanted, view)
    if not values:
        return Operation(wish, [], [], None, None)
    is_new = not view.fact(netns_key(namespace)).values.get("inode")
    step = sysctl.SetSysctls(namespace, values, is_new, lost)
    commands = [
        ip(OWN, "netns", "exec", namespace, "sysctl", "-w", f"{sysctl.spelled(path)}={value}")
        for path, value in values.items()
    ]
    return Operation(wish, [step], commands, {"sysctls": before} if before else None, {"sysctls": after})


def _lost(namespace: str, path: sysctl.Path, value: str, view: View) -> list[Step]:
    """What gives back the IPv6 addresses and routes that go when IPv6 is switched off."""
    if path[:3] != ("net", "ipv6", "conf") or path[-1] != "disable_ipv6" or path[3] == "default" or value == "0":
        return []
    interface = sysctl.interface_of(path)
    steps: list[Step] = []
    for link in view.inside(namespace, "link"):
        if interface in (None, link.key[2]):
            for fact in lost_without_ipv6(view, link.key):
                steps += fact.restore(fact) if fact.restore else []
                view.forget(fact.key)
    return steps


# -- files


def _check_files(wish: Wish, view: View) -> None:
    for part in wish.parts:
        for key in part.objects:
            fault = (view.values(key) or {}).get("fault")
            if fault:
                raise LabError(f"{wish.item}: {fault}; remove it first")


def _plan_file(wish: Wish, view: View) -> list[Operation]:
    key, content = wish.identity, wish.options["content"]
    present = view.values(key)
    for folder in wish.objects[1:]:
        if folder not in view:
            view.put(Fact(folder, {}))
    if present is not None and present["content"] == content:
        return []
    step: Step
    commands: list[Command] = [["printf", _escaped(content), Verbatim(">"), etc.path_of(key)]]
    if present is None:
        step, before = etc.CreateFile(key, content), None
        view.put(Fact(key, {"content": content}))
        commands.insert(0, ["mkdir", "-p", etc.path_of(key[:2])])
    else:
        step, before = etc.WriteFile(key, content, present["content"]), _file_told(key, present["content"])
        view.update(key, content=content)
    return [Operation(wish, [step], commands, before, _file_told(key, content))]


def _plan_no_file(wish: Wish, view: View) -> list[Operation]:
    """What somebody else has put there since stays."""
    key, content = wish.identity, wish.options["content"]
    present = view.values(key)
    if present is None or "fault" in present or content not in (None, present["content"]):
        return []
    view.forget(key)
    steps: list[Step] = [etc.InTheEnd(etc.RemoveFile(key))]
    commands: list[Command] = [["rm", etc.path_of(key)]]
    folder = etc.folder_key(key[1])
    if content is not None and not _within(folder, view):
        # Of the single module, which has no record of what it made.
        view.forget(folder)
        steps.append(etc.InTheEnd(etc.RemoveFolder(etc.path_of(folder))))
        commands.append(["rmdir", etc.path_of(folder)])
    return [Operation(wish, steps, commands, _file_told(key, present["content"]), None)]


def _plan_no_folder(wish: Wish, view: View) -> list[Operation]:
    key = wish.identity
    if key not in view or _within(key, view):
        return []
    view.forget(key)
    path = etc.path_of(key)
    step = etc.InTheEnd(etc.RemoveFolder(path))
    return [Operation(wish, [step], [["rmdir", path]], {"etc_files": {}}, None)]


def _within(folder: Key, view: View) -> list[Fact]:
    """What is in a folder."""
    if folder == etc.folder_key():
        return [fact for fact in view.of_type("etc-folder") if fact.key != folder]
    return view.inside(folder[1], "etc-file")


def _no_longer(kind: Netns, key: Key) -> Wish:
    """The wish that a folder be gone, once nothing is in it any more."""
    namespace = key[1]
    return Wish(
        kind=kind,
        item=f"netns {namespace}" if namespace else etc.ETC_DIR,
        name=namespace or etc.ETC_DIR,
        identity=etc.folder_key(namespace),
        present=False,
        options={},
        requires=(etc.folder_key(),) if namespace else (),
        provides=(etc.folder_key(namespace),),
        namespaces=(namespace,),
        takes_along=False,
    )


def _file_told(key: Key, content: bytes) -> Values:
    return {"etc_files": {key[2]: etc.shown(content)}}


def _escaped(content: bytes) -> str:
    """For printf."""
    text = etc.shown(content).replace("\\", "\\\\").replace("%", "%%").replace("\n", "\\n").replace("\t", "\\t")
    return f"\\{ord('-'):o}{text[1:]}" if text.startswith("-") else text


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
