# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What netns_info answers: the namespaces of a host and what is in them. It changes nothing and makes nothing."""

from __future__ import annotations

import contextlib
import errno
import gc
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, told
from ansible_collections.netns.lab.plugins.module_utils._host import (
    Entry,
    Host,
    processes_elsewhere,
    processes_inside,
    require_capabilities,
)
from ansible_collections.netns.lab.plugins.module_utils._info import address, fdb, link, neighbor, route, rule
from ansible_collections.netns.lab.plugins.module_utils._info.definition import sections
from ansible_collections.netns.lab.plugins.module_utils._info.ends import Ends
from ansible_collections.netns.lab.plugins.module_utils._message import Message, read
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Kind
from ansible_collections.netns.lab.plugins.module_utils._observe import Observer
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import nsids
from ansible_collections.netns.lab.plugins.module_utils._resources._table import table_number
from ansible_collections.netns.lab.plugins.module_utils._values import namespace_name, whole_number

SUBSETS = ("links", "addresses", "routes", "rules", "neighbors", "fdb", "processes", "nsids")
OPTIONS: dict[str, t.Any] = {
    "namespaces": {"type": "list", "elements": "str"},
    "own": {"type": "bool", "default": False},
    "unnamed": {"type": "bool", "default": False},
    "pid": {"type": "int"},
    "gather_subset": {"type": "list", "elements": "str"},
    "table": {"type": "str", "default": "main"},
    "as_topology": {"type": "bool", "default": False},
}
MUTUALLY_EXCLUSIVE = [("pid", "namespaces")]

_MOST_PIDS = 2**22  # PID_MAX_LIMIT
_AF_BRIDGE = 7
_NTF_PROXY = 8

Told = dict[str, t.Any]


@dataclass
class _Subject:
    """One sort of object, as it is asked for and told."""

    kind: int
    schema: str
    header: Told
    told: t.Callable[[Message, dict[int, str]], Told]
    counts: t.Callable[[bytes], bool] = lambda raw: True
    """Whether a message is about what was asked for."""


_SUBJECTS: dict[str, list[_Subject]] = {
    "addresses": [_Subject(nl.RTM_GETADDR, "ifaddrmsg", {"family": 0}, address.told)],
    "routes": [_Subject(nl.RTM_GETROUTE, "rtmsg", {"family": 0}, route.told, route.is_route)],
    "rules": [_Subject(nl.RTM_GETRULE, "fibmsg", {"family": 0}, rule.told, rule.is_rule)],
    "neighbors": [
        _Subject(nl.RTM_GETNEIGH, "ndmsg", {"family": 0}, neighbor.told, neighbor.is_neighbor),
        _Subject(nl.RTM_GETNEIGH, "ndmsg", {"family": 0, "flags": _NTF_PROXY}, neighbor.told, neighbor.is_neighbor),
    ],
    "fdb": [_Subject(nl.RTM_GETNEIGH, "ndmsg", {"family": _AF_BRIDGE}, fdb.told)],
}


def answer(params: Told, kinds: t.Sequence[Kind]) -> Told:
    """What a module of these ``OPTIONS`` returns; raises LabError."""
    try:
        question = _question(params)
    except ValueError as e:
        raise LabError(f"netns_info: {e}") from None
    try:
        with Host() as host, _keeping_everything():
            return _Answer(host, question, kinds).told()
    except (OSError, nl.NetlinkError) as e:
        raise told(e) from e


@contextlib.contextmanager
def _keeping_everything() -> t.Iterator[None]:
    """All that is made in here is returned, and Python need not look through it for garbage again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass
class _Question:
    names: list[str] | None
    own: bool
    unnamed: bool
    pid: int | None
    subsets: set[str]
    table: int | None
    as_topology: bool


def _question(params: Told) -> _Question:
    names = params["namespaces"]
    if names is not None:
        names = [namespace_name(name) for name in dict.fromkeys(names)]
    pid = params["pid"]
    if pid is not None:
        whole_number(pid, "pid", 1, _MOST_PIDS)
        if params["own"] or params["unnamed"]:
            raise ValueError("pid asks for one namespace; leave own and unnamed out")
        if params["as_topology"]:
            raise ValueError("pid asks whose namespace it is; give its name in namespaces to have it as_topology")
    if params["as_topology"] and params["unnamed"]:
        raise ValueError("a topology has no place for namespaces without a name; leave unnamed out")
    asked = params["gather_subset"]
    table = None if params["table"] == "all" else table_number(params["table"])
    return _Question(
        names,
        params["own"],
        params["unnamed"],
        pid,
        _subsets((["min"] if params["as_topology"] else ["all"]) if asked is None else asked),
        table,
        params["as_topology"],
    )


def _subsets(asked: list[str]) -> set[str]:
    """In the way of ansible.builtin.setup: what is named, without what is named behind a "!"; with nothing but
    those, all but them."""
    chosen: set[str] = set()
    excluded: set[str] = set()
    for word in asked:
        name = word.removeprefix("!")
        if name not in ("all", "min", *SUBSETS):
            raise ValueError(f"gather_subset {word!r} is none of {', '.join(('all', 'min', *SUBSETS))}")
        meant = set(SUBSETS) if name == "all" else {name} - {"min"}
        (excluded if word != name else chosen).update(meant)
    if all(word.startswith("!") for word in asked):
        chosen = set(SUBSETS)
    return chosen - excluded


def _has_vanished(error: OSError) -> bool:
    """Whether it says no more than that a namespace is not there: its file is, for a moment before and after it."""
    return error.errno in (errno.ENOENT, errno.EINVAL)


class _Asking:
    """Asks namespace after namespace for one sort of object."""

    def __init__(self, subject: _Subject, body: bytes) -> None:
        self._subject = subject
        self._body = body
        self._known: dict[bytes, tuple[Told, dict[int, str | None]]] = {}

    def answers(self, opened: nl.NetlinkSocket, names: _Names) -> list[Told]:
        counts = self._subject.counts
        return [self._told(raw, names) for raw in opened.dump(self._subject.kind, self._body) if counts(raw)]

    def _told(self, raw: bytes, names: _Names) -> Told:
        """Much is the same in most namespaces: the rules, and what lo has. The same message means the same, but for
        the names of the links that it tells by index."""
        if raw in self._known:
            seen, named = self._known[raw]
            if all(names.get(index) == name for index, name in named.items()):
                return seen
        asked = names.asked = {}
        seen = self._subject.told(read(self._subject.schema, raw), names)
        self._known[raw] = seen, asked
        return seen


class _Names(dict[int, str]):
    """Names of a namespace's links by index, and which were asked for."""

    def __init__(self, reader: Reader, namespace: str) -> None:
        super().__init__()
        self._reader = reader
        self._namespace = namespace
        self._known: dict[int, str | None] = {}
        self.asked: dict[int, str | None] = {}

    def get(self, index: int) -> str | None:  # type: ignore[override]
        if index not in self._known:
            self._known[index] = self._reader.link_name(self._namespace, index)
        name = self.asked[index] = self._known[index]
        return name


class _Answer:
    def __init__(self, host: Host, question: _Question, kinds: t.Sequence[Kind]) -> None:
        self.host = host
        self.question = question
        self.kinds = kinds
        self.reader = Reader(host)
        self._own_inode = host.identity(OWN)
        self._bodies = {
            name: [_Asking(part, nl.encode(part.schema, part.header, self._filter(name))) for part in parts]
            for name, parts in _SUBJECTS.items()
            if name in question.subsets
        }
        self._known_numbers: dict[str, int | None] = {}

    def _filter(self, subset: str) -> list[tuple[str, t.Any]]:
        table = self.question.table
        return [("RTA_TABLE", table)] if subset == "routes" and table is not None else []

    def told(self) -> Told:
        question = self.question
        self._require_rights()
        entries: dict[str, Told] = {}
        for called, entry in self._chosen():
            seen = self._entry(called, entry)
            if entry and not self._look_into(called, seen):
                continue
            entries[called] = seen
        self._number(entries)
        if "links" in question.subsets:
            numbers = {called: seen["nsid"] for called, seen in entries.items() if called != OWN}
            Ends(self.reader, {called: seen["links"] for called, seen in entries.items()}, numbers).name()
        if "processes" in question.subsets:
            inside = processes_inside([seen["inode"] for seen in entries.values() if seen["inode"]])
            for seen in entries.values():
                seen["processes"] = inside.get(seen["inode"], [])
        result: Told = {"namespaces": list(entries.values())}
        if "nsids" in question.subsets:
            result["nsids"] = self._nsids()
        if question.as_topology:
            result.update(self._topology())
        return result

    # -- who is asked

    def _require_rights(self) -> None:
        """What /run/netns shows and what is in the own namespace, anybody may see."""
        question = self.question
        if question.subsets - {"nsids"} and (question.names != [] or "processes" in question.subsets):
            require_capabilities("looking into other network namespaces and at their processes")
        if question.unnamed or question.as_topology:
            require_capabilities("looking at all network namespaces")

    def _chosen(self) -> t.Iterator[tuple[str, Entry]]:
        """What to call each namespace here, and what is known of it from outside."""
        question = self.question
        if question.pid is not None:
            yield from self._of_process(question.pid)
            return
        if question.own:
            yield OWN, Entry(self._own_inode, "")
        known = {self._own_inode}
        for name in self.host.names() if question.names is None or question.unnamed else question.names:
            entry = self._inspect(name)
            if entry is not None:
                known.add(entry.inode)
                if question.names is None or name in question.names:
                    yield name, entry
        if question.unnamed:
            for inode, pids in sorted(processes_elsewhere(known).items()):
                for pid in pids:
                    with contextlib.suppress(OSError):
                        called, found = self.host.of_process(pid)
                        if found == inode:
                            yield called, Entry(inode, "")
                            break

    def _of_process(self, pid: int) -> t.Iterator[tuple[str, Entry]]:
        try:
            called, inode = self.host.of_process(pid)
        except OSError as e:
            if e.errno == errno.ENOENT:
                raise LabError(f"netns_info: there is no process {pid}") from None
            require_capabilities("looking at the processes of others")
            raise
        names = [(name, entry) for name in self.host.names() if (entry := self._inspect(name)) and entry.inode == inode]
        if names:
            yield from names
        else:
            yield OWN if inode == self._own_inode else called, Entry(inode, "")

    def _inspect(self, name: str) -> Entry | None:
        try:
            return self.host.inspect(name)
        except OSError as e:
            if not _has_vanished(e):
                raise
            return None

    # -- what is told

    def _entry(self, called: str, entry: Entry) -> Told:
        seen: Told = {
            "name": None if called == OWN or "/" in called else called,
            "own": entry.inode == self._own_inode,
            "stale": not entry,
            "inode": entry.inode or None,
            "nsid": None,
        }
        for subset in ("links", *_SUBJECTS):
            if subset in self.question.subsets:
                seen[subset] = []
        return seen

    def _look_into(self, called: str, seen: Told) -> bool:
        """False: it has vanished."""
        if not (self._bodies or "links" in seen):
            return True
        try:
            opened = self.host.socket(called)
        except OSError as e:
            if not _has_vanished(e):
                raise
            return False
        if "links" in seen:
            names_of_links = self.reader.link_names(called)
            seen["links"] = [link.told(message, names_of_links) for message in self.reader.links(called)]
        names = _Names(self.reader, called)
        for subset, parts in self._bodies.items():
            for part in parts:
                seen[subset] += part.answers(opened, names)
        return True

    def _number(self, entries: dict[str, Told]) -> None:
        """The numbers by which the own namespace knows the others."""
        found = self._numbers([called for called, seen in entries.items() if seen["inode"]])
        for called, number in found.items():
            entries[called]["nsid"] = number

    def _numbers(self, called: list[str]) -> dict[str, int | None]:
        known = self._known_numbers
        unknown = [one for one in called if one not in known]
        try:
            known.update(zip(unknown, nsids(self.host, OWN, unknown)))
        except OSError:
            # One of them has vanished.
            for one in unknown:
                with contextlib.suppress(OSError):
                    known[one] = nsids(self.host, OWN, [one])[0]
        return {one: known[one] for one in called if one in known}

    def _nsids(self) -> list[Told]:
        names = [name for name in self.host.names() if name in self._known_numbers or self._inspect(name)]
        called = {number: name for name, number in reversed(self._numbers(names).items()) if number is not None}
        raw = self.host.socket(OWN).dump(nl.RTM_GETNSID, nl.encode("nsidmsg", {"rtgen_family": 0}, []))
        numbers = sorted(read("nsidmsg", message).get_attr("NETNSA_NSID") for message in raw)
        return [{"nsid": number, "name": called.get(number)} for number in numbers]

    def _topology(self) -> Told:
        names = self.host.names()
        view = Observer(self.reader, self.kinds).observe([OWN, *names])
        chosen = set(names if self.question.names is None else self.question.names)
        found, left_out = sections(view, self.kinds, chosen, self.question.own)
        return {"topology": found, "left_out": left_out}
