# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Carries a plan out, level by level, in batches; on a fault takes back what was done."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import signal
import struct
import time
import typing as t
from dataclasses import replace

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import KernelError, LabError, told
from ansible_collections.netns.lab.plugins.module_utils._host import Host, processes_inside
from ansible_collections.netns.lab.plugins.module_utils._model import (
    Index,
    Key,
    NamespaceFd,
    NewIndex,
    Request,
    Step,
    View,
    link_key,
    netns_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._plan import Plan, leaves_links
from ansible_collections.netns.lab.plugins.module_utils._steps import CreateNamespace, DeleteNamespace, HostStep

# The kernel takes namespaces down in the background; hosts with many processors were seen to take 8 to 60 s.
_PATIENCE = 90.0
# After this, what should have gone with a namespace is deleted for itself: something keeps the namespace open.
_GRACE = 5.0
_IFINFOMSG_INDEX = struct.Struct("=4xi")


class Applier:
    """Carries out one plan."""

    def __init__(self, host: Host, view: View) -> None:
        """``view``: the host before the plan."""
        self.host = host
        self._indexes: dict[Key, int] = {
            fact.key: fact.values["index"] for fact in view.of_type("link") if fact.values["index"]
        }
        self._chosen: dict[Key, int] = {}
        self._done: list[tuple[str, Step]] = []
        self._held: dict[str, tuple[int, DeleteNamespace]] = {}
        self._naming = contextlib.ExitStack()
        self._is_naming = False

    def prepare(self, plan: Plan, view: View, choose_indexes: bool) -> None:
        """Makes the new namespaces, as yet without names, and chooses the indexes of new links, so that ``view`` (the
        host after the plan) tells beforehand what marks everything will have. Nothing shows on the host."""
        steps = [(operation.wish.item, step) for level in plan.levels for operation, step in level]
        made = self.host.make({step.name: step.loopback for _item, step in steps if isinstance(step, CreateNamespace)})
        for name, entry in made.items():
            fact = view.fact(netns_key(name))
            view.put(replace(fact, values={**fact.values, "inode": entry.inode}, mark=entry.mark))
        for item, step in steps:
            if isinstance(step, HostStep):
                try:
                    step.prepare(self, view)
                except OSError as e:
                    raise KernelError(item, e.errno or 0) from e
        last = {name: _unlikely_index(set()) for name in made}
        taken: dict[str, set[int]] = {}
        links = view.of_type("link")
        for fact in links:
            taken.setdefault(fact.key[1], set()).add(fact.values["index"])
        for fact in links:
            namespace, base = fact.key[1], fact.values.get("base")
            # A link that is made from another namespace is looked up there, and by its name if it has no index.
            places = [namespace] if base in (None, namespace) else [namespace, base]
            if fact.values["index"] is None and (choose_indexes or len(places) > 1):
                if namespace in last and len(places) == 1:
                    # One after the other, so that they are listed in the order in which they were asked for.
                    index = last[namespace] = _next_index(last[namespace], taken[namespace])
                else:
                    index = _unlikely_index(*(taken.get(place, set()) for place in places))
                for place in places:
                    taken.setdefault(place, set()).add(index)
                self._chosen[fact.key] = index
                view.put(replace(fact, values={**fact.values, "index": index}, mark=str(index)))

    def run(self, plan: Plan, await_effects: t.Callable[[], None] = lambda: None) -> None:
        """Raises LabError when a step fails, or what ``await_effects`` waits for does not come; the host is then as it
        was, or the error says what is not."""
        try:
            try:
                for level in plan.levels:
                    self._run_level([(operation.wish.item, step) for operation, step in level])
                await_effects()
            except BaseException as e:
                failures = self._undo()
                if not isinstance(e, (LabError, OSError, nl.NetlinkError)):
                    raise
                error = LabError(f"{told(e)}. {_told(failures, bool(self._done))}")
                error.is_undone = not failures
                error.undone = list(dict.fromkeys(item for item, _step in reversed(self._done)))
                raise error from e
            finally:
                self._stop_naming()
            self._finish()
        finally:
            for fd, _step in self._held.values():
                os.close(fd)

    # -- what steps call

    @contextlib.contextmanager
    def naming(self) -> t.Iterator[None]:
        """The lock for names in /run/netns, kept from the first new name of a level to the last."""
        if not self._is_naming:
            self._naming.enter_context(self.host.naming())
            self._is_naming = True
        yield

    def hold(self, step: DeleteNamespace) -> None:
        """Keeps a namespace alive that is about to lose its name."""
        self._held[step.name] = (self.host.hold(step.name), step)

    def give_back(self, name: str, link: str | None) -> None:
        """The opposite: the namespace has its name again, if it has not still; as a symbolic link if it was one."""
        fd, _step = self._held.pop(name)
        try:
            self.host.bind_again(name, fd, link)
        finally:
            os.close(fd)

    # -- steps

    def _run_level(self, steps: list[tuple[str, Step]]) -> None:
        requests: dict[str, list[tuple[str, Request]]] = {}
        others: list[tuple[str, HostStep]] = []
        for item, step in steps:
            if isinstance(step, Request):
                requests.setdefault(step.namespace, []).append((item, step))
            else:
                others.append((item, t.cast(HostStep, step)))
        for namespace, batch in requests.items():
            for start in range(0, len(batch), nl.BATCH):
                self._send(namespace, batch[start : start + nl.BATCH])
        # Last, so that they are undone first: what is made again may reach into a namespace that gets its name back.
        for item, other in others:
            self._run_host_step(item, other)
        self._stop_naming()

    def _run_host_step(self, item: str, step: HostStep) -> None:
        if step.partial:
            self._done.append((item, step))
        try:
            step.run(self)
        except OSError as e:
            raise KernelError(item, e.errno or 0) from e
        if isinstance(step, DeleteNamespace):
            self._indexes.clear()
        if not step.partial:
            self._done.append((item, step))

    def _send(self, namespace: str, batch: list[tuple[str, Request]]) -> None:
        self._learn_indexes([step for _item, step in batch])
        failed: KernelError | None = None
        for (item, step), error in zip(batch, self._exchange(namespace, [step for _item, step in batch])):
            if error is None or error.code in step.tolerated:
                self._done.append((item, step))
                continue
            if step.partial:
                self._done.append((item, step))
            elif step.type in nl.DELETIONS:
                # It may go all the same, with something else that this batch deletes.
                self._done.append((item, _undone_if_need_be(step)))
            failed = failed or KernelError(item, error.code, error.said, _cure(step, error))
        if failed is not None:
            raise failed

    def _exchange(self, namespace: str, steps: list[Request]) -> list[nl.NetlinkError | None]:
        encoded = [
            (step.type, step.flags, nl.encode(step.schema, self._resolve(step.header), self._resolve(attrs)))
            for step in steps
            for attrs in [[attr for attr in step.attrs if not self._is_left_to_the_kernel(attr)]]
        ]
        if any(_changes_places(step) for step in steps):
            self._indexes.clear()
        errors = [answer.error for answer in self.host.socket(namespace).exchange(encoded)]
        for step, error in zip(steps, errors):
            if error is None:
                for placeholder in _placeholders((step.header, step.attrs)):
                    if isinstance(placeholder, NewIndex) and placeholder.link in self._chosen:
                        self._indexes[placeholder.link] = self._chosen[placeholder.link]
        return errors

    def _is_left_to_the_kernel(self, attr: t.Any) -> bool:
        # As an attribute, unlike in the header, 0 is out of range.
        return isinstance(attr[1], NewIndex) and attr[1].link not in self._chosen

    def _resolve(self, value: t.Any) -> t.Any:
        """A message with its placeholders filled in."""
        if isinstance(value, (str, int)):  # as most are
            return value
        if isinstance(value, Index):
            return self._indexes[value.link]
        if isinstance(value, NewIndex):
            return self._chosen.get(value.link, 0)  # 0: the kernel chooses
        if isinstance(value, NamespaceFd):
            return self.host.fd(value.namespace)
        if isinstance(value, dict):
            return {key: self._resolve(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self._resolve(inner) for inner in value)
        return value

    def _learn_indexes(self, steps: list[Request]) -> None:
        unknown: dict[str, dict[Key, None]] = {}
        for step in steps:
            for placeholder in _placeholders((step.header, step.attrs)):
                if isinstance(placeholder, Index) and placeholder.link not in self._indexes:
                    unknown.setdefault(placeholder.link[1], {})[placeholder.link] = None
        for namespace, keys in unknown.items():
            questions = [
                (nl.RTM_GETLINK, 0, nl.encode("ifinfmsg", {"family": 0}, [("IFLA_IFNAME", key[2])])) for key in keys
            ]
            for key, answer in zip(keys, self.host.socket(namespace).exchange(questions)):
                if answer.error is not None:
                    raise KernelError(f"interface {place(*key[1:])}", answer.error.code, answer.error.said)
                self._indexes[key] = _IFINFOMSG_INDEX.unpack_from(answer.messages[0][1])[0]

    # -- the end, one way or the other

    def _finish(self) -> None:
        """Lets go of the namespaces that lost their names, and of all else that was kept to be given back: from here on
        nothing can be taken back, and what fails is left to the next run."""
        for item, step in self._done:
            if isinstance(step, HostStep):
                try:
                    step.finish(self)
                except (LabError, OSError) as e:
                    fault = told(e) if isinstance(e, LabError) else KernelError(item, e.errno or 0)
                    fault.is_undone = False
                    raise fault from e
        if not self._held:
            return
        held = dict(self._held)
        _kill({step.inode for _fd, step in held.values() if step.kill})
        self.host.close_descriptors()
        for name in held:
            os.close(self._held.pop(name)[0])
        waiting: dict[str, list[tuple[str, str, int]]] = {}
        for name, (_fd, step) in held.items():
            for (_type, namespace, interface), index in step.outside:
                if namespace not in held:
                    waiting.setdefault(namespace, []).append((name, interface, index))
        deadline = time.monotonic() + _PATIENCE
        for namespace, links in waiting.items():
            self._await_gone(namespace, links, deadline)

    def _await_gone(self, namespace: str, links: list[tuple[str, str, int]], deadline: float) -> None:
        """``links``: the namespace with which each goes, its own name and its index."""
        grace = time.monotonic() + _GRACE
        delay = 0.001
        while links:
            is_late = time.monotonic() > grace
            requests = [
                (
                    nl.RTM_DELLINK if is_late else nl.RTM_GETLINK,
                    0,
                    nl.encode("ifinfmsg", {"family": 0, "index": index}, [("IFLA_IFNAME", interface)]),
                )
                for _name, interface, index in links[: nl.BATCH]
            ]
            answers = self.host.socket(namespace).exchange(requests)
            left = [
                link
                for link, answer in zip(links, answers)
                if answer.error is None or answer.error.code != errno.ENODEV
            ]
            if left and time.monotonic() > deadline:
                fault = LabError(
                    f"netns {left[0][0]}: its name is gone, but something still keeps the namespace open, "
                    "so that the links out of it remain; end what uses it, and run this again"
                )
                fault.is_undone = False
                raise fault
            if len(left) == len(requests):
                time.sleep(delay)
                delay = min(delay * 2, 0.05)
            links = left + links[len(requests) :]

    def _undo(self) -> list[str]:
        """Returns what could not be taken back."""
        failures: list[str] = []
        lost: set[Key] = set()
        self._stop_naming()
        for inverse in (inverse for _item, step in reversed(self._done) for inverse in step.undo):
            links = _links(inverse)
            # What a link had that does not come back would go to a stranger's of its name.
            if lost.isdisjoint(links):
                try:
                    self._undo_one(inverse)
                    continue
                except (LabError, OSError, nl.NetlinkError) as e:
                    failures.append(str(e))
            if isinstance(inverse, Request) and not leaves_links(inverse):
                lost |= links
        return failures

    def _undo_one(self, step: Step) -> None:
        if not isinstance(step, Request):
            t.cast(HostStep, step).run(self)
            self._stop_naming()
            return
        self._learn_indexes([step])
        error = self._exchange(step.namespace, [step])[0]
        if error is not None and error.code not in step.tolerated:
            raise KernelError(f"undo in {step.namespace or 'the own namespace'}", error.code, error.said, "")

    def _stop_naming(self) -> None:
        self._naming.close()
        self._is_naming = False


def _cure(step: Request, error: nl.NetlinkError) -> str | None:
    return step.cures_by_text.get(error.said.rstrip("."), step.cures.get(error.code))


def _next_index(last: int, taken: set[int]) -> int:
    return next(index for index in itertools.count(last + 1) if index not in taken)


def _unlikely_index(*taken: set[int]) -> int:
    """Far from where the kernel counts, so that no stranger's link has it by chance."""
    while True:
        index = 100_000 + int.from_bytes(os.urandom(4), "little") % 900_000
        if not any(index in indexes for indexes in taken):
            return index


def _undone_if_need_be(step: Request) -> Request:
    undo = [
        replace(inverse, tolerated=(*inverse.tolerated, errno.EEXIST)) if isinstance(inverse, Request) else inverse
        for inverse in step.undo
    ]
    return replace(step, undo=undo)


def _placeholders(values: t.Any) -> t.Iterator[Index | NewIndex]:
    """Those in a dict, a list or a tuple, however deep."""
    for value in values.values() if isinstance(values, dict) else values:
        if isinstance(value, (dict, list, tuple)):
            yield from _placeholders(value)
        elif isinstance(value, (Index, NewIndex)):
            yield value


def _links(step: Step) -> set[Key]:
    """Those that a request is about, in the namespace where they are to be."""
    if not isinstance(step, Request):
        return set()
    indexed = {placeholder.link for placeholder in _placeholders((step.header, step.attrs))}
    return indexed | set(_named_links(step.namespace, step.attrs))


def _named_links(namespace: str, attrs: list[t.Any]) -> t.Iterator[Key]:
    found = dict(attrs)
    if "IFLA_IFNAME" in found:
        there = found.get("IFLA_NET_NS_FD")
        yield link_key(there.namespace if there else namespace, found["IFLA_IFNAME"])
    for value in found.values():
        if isinstance(value, dict) and "attrs" in value:
            yield from _named_links(namespace, value["attrs"])


def _changes_places(step: Request) -> bool:
    """Whether indexes known before may be wrong afterwards."""
    return step.type == nl.RTM_DELLINK or any(name == "IFLA_NET_NS_FD" for name, _value in step.attrs)


def _kill(inodes: set[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while inodes and time.monotonic() < deadline:
        left = [pid for pids in processes_inside(inodes).values() for pid in pids]
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _told(failures: list[str], was_changed: bool) -> str:
    if failures:
        return "Not everything could be taken back: " + "; ".join(failures)
    return "What this run had changed was taken back" if was_changed else "Nothing was changed"
