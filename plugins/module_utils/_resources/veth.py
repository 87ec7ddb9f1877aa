# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""veth pairs: a cable with its two ends, each in its namespace."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Key,
    Kind,
    NamespaceFd,
    NewIndex,
    Operation,
    Request,
    Step,
    View,
    Wish,
    link_key,
    link_up_key,
    netns_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    LINK,
    differing,
    given,
    unlike,
    without_none,
    words,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link import (
    FRESH,
    change_link,
    delete_request,
    link_request,
    move_link,
    other_kind,
    recreate_steps,
)
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name, namespace_name

_END = {name: LINK[name] for name in ("mac", "mtu", "up")}


class Veth(Kind):
    """``ip link add ... type veth peer ...``, with both ends where they belong."""

    section = "veth"
    options: t.ClassVar[dict[str, t.Any]] = {
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "peer": {
            "type": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "namespace": {"type": "str"},
                "mac": {"type": "str"},
                "mtu": {"type": "int"},
                "up": {"type": "bool", "default": True},
            },
        },
        "mac": {"type": "str"},
        "mtu": {"type": "int"},
        "up": {"type": "bool", "default": True},
    }
    required_if: t.ClassVar[list[t.Any]] = [("state", "present", ["peer"])]
    config = ("CONFIG_VETH", "veth")

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        near, near_values = _end(options, "name")
        far, far_values = _end(options["peer"], "peer name") if options["peer"] else (None, {})
        if near == far:
            raise ValueError(f"both ends are {place(near[1], near[2])}; give the peer another name or namespace")
        keys = (near, far) if far else (near,)
        namespaces = tuple(key[1] for key in keys)
        return Wish(
            kind=self,
            item=f"veth {place(near[1], near[2])}",
            name=place(near[1], near[2]),
            identity=near,
            present=present,
            options={"near": near, "far": far, "values": {near: near_values, far: far_values}, "ends": set()},
            requires=tuple(dict.fromkeys(netns_key(namespace) for namespace in namespaces)),
            objects=keys,
            provides=(*keys, *(link_up_key(*key[1:]) for key in keys)),
            namespaces=namespaces,
            settings={
                (key, name): value
                for key, values in ((near, near_values), (far, far_values))
                if key and present
                for name, value in values.items()
            },
        )

    def check(self, wishes: list[Wish]) -> None:
        ends = {key for wish in wishes for key in wish.objects}
        for wish in wishes:
            wish.options["ends"] = ends

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "link" or fact.values["kind"] != "veth":
            return None
        return {"name": fact.key[2], "namespace": fact.key[1] or None}

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        """The pair is told of by its first end: the one in the own namespace, as people write it."""
        item, far = self.item(fact), fact.values.get("peer")
        if item is None or far is None or far not in view or far < fact.key:
            return None
        peer = {"name": far[2], "namespace": far[1] or None, **_end_definition(view.fact(far).values)}
        return without_none({**item, "peer": without_none(peer), **_end_definition(fact.values)})

    def is_meant(self, wish: Wish, fact: Fact, view: View) -> bool:
        """A veth with another peer is another veth; one whose peer is only elsewhere is moved, if there is room. One
        whose peer is nowhere, as while the kernel takes the peer's namespace down, is of no use any more."""
        if self.item(fact) is None:
            return False
        near, far, peer = wish.options["near"], wish.options["far"], fact.values["peer"]
        other = far if fact.key == near else near
        if peer is None:
            return not view.is_whole
        return other in (None, peer) or (peer[2] == other[2] and other not in view)

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        return self._present(wish, view) if wish.present else self._absent(wish, view)

    # -- present

    def _present(self, wish: Wish, view: View) -> list[Operation]:
        near, far = wish.options["near"], wish.options["far"]
        found = _find(wish, view)
        if found is None:
            return [self._create(wish, view)]
        steps: list[Step] = []
        commands: list[Command] = []
        before: dict[str, t.Any] = {}
        after: dict[str, t.Any] = {}
        # A move takes an end down: what matters to the user is how it was before.
        original = {target: view.fact(current).values for target, current in zip((near, far), found)}
        for target, current in zip((near, far), found):
            if current != target:
                prefix = "" if target == near else "peer."
                moved_steps, moved_commands = move_link(current, target[1], view)
                steps += moved_steps
                commands += moved_commands
                before[prefix + "namespace"], after[prefix + "namespace"] = current[1] or None, target[1] or None
        for target in (near, far):
            wanted = wish.options["values"][target]
            for option, value in differing(wanted, original[target]).items():
                prefix = "" if target == near else "peer."
                before[prefix + option], after[prefix + option] = original[target].get(option), value
            changes = differing(wanted, view.fact(target).values)
            if changes:
                changed_steps, changed_commands = change_link(target, view, changes)
                steps += changed_steps
                commands += changed_commands
        return [Operation(wish, steps, commands, _nested(before), _nested(after))] if steps else []

    def _create(self, wish: Wish, view: View) -> Operation:
        near, far = wish.options["near"], wish.options["far"]
        values = wish.options["values"]
        # The request is sent where the first end is to be, so that this end needs no further say. Only the first end
        # can be up at once: the kernel refuses the other (ENOTCONN) as long as the pair is not tied.
        first, second = (far, near) if far[1] == OWN and near[1] != OWN else (near, far)
        steps: list[Step] = [_create_request(first, second, values[first], values[second])]
        if values[second]["up"]:
            steps.append(link_request(second[1], second[2], {"up": True}))
        later = {"up"} if values[second]["up"] else set()
        commands = [
            ip(
                first[1],
                *("link", "add", "name", first[2], *words(_without_up(values[first]), LINK)),
                *("type", "veth", "peer", "name", second[2], *words(_without_up(values[second]), LINK)),
                *(["netns", second[1]] if second[1] != first[1] else []),
            ),
            *(
                ip(key[1], "link", "set", "dev", key[2], "up")
                for key in (first, second)
                if values[key]["up"] or later and key == second
            ),
        ]
        for key, other in ((near, far), (far, near)):
            view.put(Fact(key, {**FRESH, "kind": "veth", "peer": other, **values[key]}, (netns_key(key[1]), other)))
        return Operation(wish, steps, commands, None, _told(near, far, values))

    # -- absent

    def _absent(self, wish: Wish, view: View) -> list[Operation]:
        found = _find(wish, view) if not _is_half(wish.options["near"], view) else (wish.options["near"],) * 2
        if found is None:
            return []
        near, far = found
        values = {key: dict(view.fact(key).values) for key in found if key in view}
        undo: list[Step] = []
        if far in values and far != near:
            indexes = values[near]["index"], values[far]["index"]
            create = _create_request(near, far, _made_with(values[near]), _made_with(values[far]), indexes)
            undo = [*recreate_steps(near, view, [create]), *recreate_steps(far, view)]
        step = delete_request(near[1], near[2], undo)
        told = _told(near, far, {key: {name: values[key].get(name) for name in _END} for key in values})
        view.remove(near)
        return [Operation(wish, [step], [ip(near[1], "link", "delete", "dev", near[2])], told, None)]


def _end(options: dict[str, t.Any], what: str) -> tuple[Key, dict[str, t.Any]]:
    namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
    return link_key(namespace, interface_name(options["name"], what)), given(options, _END)


def _end_definition(values: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"mac": values["mac"], **unlike(FRESH, values, ("mtu",)), **({} if values["up"] else {"up": False})}


def _without_up(values: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: value for name, value in values.items() if name != "up"}


def _made_with(values: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: values[name] for name in ("mac", "mtu") if values.get(name) is not None}


def _create_request(
    first: Key,
    second: Key,
    values: dict[str, t.Any],
    peer_values: dict[str, t.Any],
    indexes: tuple[int | NewIndex, int | NewIndex] | None = None,
) -> Request:
    index, peer_index = indexes or (NewIndex(first), NewIndex(second))
    peer = link_request(second[1], second[2], _without_up(peer_values))
    attrs = list(peer.attrs)
    if second[1] != first[1]:
        attrs.append(("IFLA_NET_NS_FD", NamespaceFd(second[1])))
    return link_request(
        first[1],
        first[2],
        values,
        flags=nl.NLM_F_CREATE | nl.NLM_F_EXCL,
        index=index,
        kind="veth",
        data=[("VETH_INFO_PEER", {"index": peer_index, "attrs": attrs})],
        undo=[delete_request(first[1], first[2])],
        cures={errno.EEXIST: f"{first[2]} or {second[2]} is taken by something else; choose another name or remove it"},
    )


def _told(near: Key, far: Key, values: dict[Key, dict[str, t.Any]]) -> dict[str, t.Any]:
    """A pair in a result."""
    peer = {"name": far[2], **({"namespace": far[1]} if far[1] else {}), **values.get(far, {})}
    return {**values[near], "peer": peer}


def _nested(flat: dict[str, t.Any]) -> dict[str, t.Any]:
    """``{"peer.mtu": 1}`` as ``{"peer": {"mtu": 1}}``."""
    result: dict[str, t.Any] = {}
    for name, value in flat.items():
        outer, dot, inner = name.rpartition(".")
        (result.setdefault(outer, {}) if dot else result)[inner] = value
    return result


# -- finding a pair, wherever its ends are


def _find(wish: Wish, view: View) -> tuple[Key, Key] | None:
    """Where the pair's ends are now: the first the one to be ``near``. None: there is no such pair."""
    near, far = wish.options["near"], wish.options["far"]
    for key in (near, far):
        taken = other_kind(key, view, "veth") if key else None
        if taken:
            raise LabError(f"{wish.item}: {taken}; choose another name or remove it")
    if near in view:
        peer = _peer(wish, near, view)
        if far and peer is not None and peer != far:
            _check_names(wish, near, peer, far, view)
        return near, peer or far or near
    if not far:
        return None
    if far in view:
        peer = _peer(wish, far, view)
        if peer is not None:
            _check_names(wish, far, peer, near, view)
        return (peer or near), far
    # Both ends still here, as when a pair is made first and moved later. Nowhere else: in a lab whose nodes call their
    # interfaces alike, a pair with the same two names is most likely another one. Nor one that another item is about.
    here, there = link_key(OWN, near[2]), link_key(OWN, far[2])
    values = view.values(here)
    if (
        wish.present
        and values is not None
        and values["kind"] == "veth"
        and values["peer"] == there
        and not {here, there} & wish.options["ends"]
    ):
        return here, there
    return None


def _is_half(key: Key, view: View) -> bool:
    """Whether the other end of a veth is in a namespace that has no name. It goes with this end all the same."""
    values = view.values(key)
    return view.is_whole and values is not None and values["kind"] == "veth" and values["peer"] is None


def _peer(wish: Wish, key: Key, view: View) -> Key | None:
    """The other end of a veth; None where check mode only assumes the link."""
    values = view.fact(key).values
    if values.get("assumed"):
        return None
    if values["peer"] is None:
        raise WiderView(
            f"{wish.item}: the other end of {place(key[1], key[2])} is in a namespace without a name; "
            "give that namespace a name or remove the link"
        )
    return t.cast(Key, values["peer"])


def _check_names(wish: Wish, here: Key, peer: Key, wanted: Key, view: View) -> None:
    """A veth's peer cannot be exchanged in place; only one that is merely in the wrong namespace can be moved."""
    if peer[2] != wanted[2] or wanted in view:
        raise LabError(
            f"{wish.item}: {place(here[1], here[2])} is connected to {place(peer[1], peer[2])}, "
            f"not to {place(wanted[1], wanted[2])}; remove it first or correct the peer"
        )
