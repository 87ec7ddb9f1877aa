# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The words the engine is written in: keys, facts, the view of the host, wishes, steps and operations.

    wishes (what should be) + View (what is) -> plan -> operations, each with its steps
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._host import Host
    from ansible_collections.netns.lab.plugins.module_utils._reader import Reader

# The namespace the module itself runs in, wherever a namespace's name stands.
OWN = ""

# What identifies an object of the kernel: its type, then its place, as in ("link", "a1", "eth0").
Key = tuple[str, ...]


def netns_key(name: str) -> Key:
    return ("netns", name)


def link_key(namespace: str, name: str) -> Key:
    return ("link", namespace, name)


def link_up_key(namespace: str, name: str) -> Key:
    """Only orders steps: what wants the link up comes after what puts it up."""
    return ("link-up", namespace, name)


def members_key(namespace: str, name: str) -> Key:
    """Only orders steps: what a bridge loses when it takes its MAC from a new port comes after its ports."""
    return ("members", namespace, name)


def link_settings_key(namespace: str, name: str) -> Key:
    """Only orders steps: what the settings of a link (sysctls) have a say in comes after them."""
    return ("link-settings", namespace, name)


def addresses_key(namespace: str) -> Key:
    """Only orders steps: what reaches something through a namespace's addresses comes after them."""
    return ("addresses", namespace)


def routes_key(namespace: str) -> Key:
    """Only orders steps: rules come after the routes of a namespace, whose gateways the kernel looks for by its rules
    (fib_check_nh_v4_gw)."""
    return ("routes", namespace)


def place(namespace: str, name: str) -> str:
    """How an interface is called in results and errors: ``eth0`` here, ``a1:eth0`` in namespace a1."""
    return f"{namespace}:{name}" if namespace else name


@dataclass
class Fact:
    """An object of the kernel as it was read, or as it will be once the operations before have run."""

    key: Key
    values: dict[str, t.Any]
    requires: tuple[Key, ...] = ()
    """What this object cannot exist without: when the kernel takes that away, this goes with it."""
    restore: t.Callable[[Fact], list[Step]] | None = None
    """The steps that make the object again on what it requires."""
    mark: str = ""
    """What tells the object from another of the same name, beside the mark of the first that it requires."""
    restore_commands: t.Callable[[Fact], list[Command]] | None = None
    """What ``restore`` does, as iproute2 would."""


class View:
    """The objects known of the host. The planner changes its own as it goes, so that each wish meets the host as the
    operations before will have left it."""

    def __init__(self, facts: t.Iterable[Fact] = (), assuming: bool = False) -> None:
        """``assuming``: what is missing may be made by an earlier task, as in check mode."""
        self.assuming = assuming
        self.is_whole = False
        """Whether it shows every namespace that has a name."""
        self.owned: dict[Key, None] = {}
        """What the topology at hand has made."""
        self.made: list[Key] = []
        self.gone: list[Key] = []
        """What came and went since these lists were emptied."""
        self.adopted: dict[Key, None] = {}
        """What came, but only from elsewhere, and was not this topology's there."""
        self.asked: dict[str, None] = {}
        """The namespaces where it mattered what hangs on a link."""
        self._facts: dict[Key, Fact] = {}
        self._dependents: dict[Key, dict[Key, None]] = {}
        self._places: dict[Key, dict[Key, None]] = {}
        """By type and namespace."""
        self.put(Fact(netns_key(OWN), {"loopback": True}))
        for fact in facts:
            self.put(fact)

    def copy(self) -> View:
        """A view that can be changed without changing this one."""
        facts = [replace(fact, values=dict(fact.values)) for fact in self._facts.values()]
        view = View(facts, self.assuming)
        view.owned = dict(self.owned)
        view.is_whole = self.is_whole
        view.made.clear()
        return view

    def __contains__(self, key: Key) -> bool:
        return key in self._facts

    def __iter__(self) -> t.Iterator[Fact]:
        return iter(self._facts.values())

    def get(self, key: Key) -> Fact | None:
        return self._facts.get(key)

    def fact(self, key: Key) -> Fact:
        """An object that is known to be there."""
        return self._facts[key]

    def values(self, key: Key) -> dict[str, t.Any] | None:
        fact = self._facts.get(key)
        return None if fact is None else fact.values

    def of_type(self, object_type: str) -> list[Fact]:
        return [fact for key, fact in self._facts.items() if key[0] == object_type]

    def inside(self, namespace: str, object_type: str) -> list[Fact]:
        """Those of a type in one namespace."""
        return [self._facts[key] for key in self._places.get((object_type, namespace), ())]

    def ancestors(self, key: Key) -> list[Key]:
        """All that an object needs, however far up."""
        found: dict[Key, None] = {}
        waiting = [key]
        while waiting:
            fact = self._facts.get(waiting.pop())
            for required in fact.requires if fact else ():
                if required not in found:
                    found[required] = None
                    waiting.append(required)
        return list(found)

    def token(self, key: Key) -> str | None:
        """What tells an object from a stranger's of the same name; None when there is none of the name."""
        marks: list[str] = []
        fact = self._facts.get(key)
        if fact is None:
            return None
        while fact is not None:
            marks.append(fact.mark)
            fact = self._facts.get(fact.requires[0]) if fact.requires else None
        return "/".join(reversed(marks))

    def put(self, fact: Fact) -> None:
        if fact.key in self._facts:
            self._detach(fact.key)
        else:
            self.made.append(fact.key)
            self._places.setdefault(fact.key[:2], {})[fact.key] = None
        self._facts[fact.key] = fact
        for required in fact.requires:
            self._dependents.setdefault(required, {})[fact.key] = None

    def move(self, key: Key, fact: Fact) -> None:
        """The object of ``key`` is now ``fact``, in another place."""
        was_owned = key in self.owned
        self.forget(key)
        self.put(fact)
        if was_owned:
            self.owned[fact.key] = None
        else:
            self.adopted[fact.key] = None

    def update(self, key: Key, **values: t.Any) -> None:
        fact = self._facts[key]
        fact.values = {**fact.values, **values}

    def forget(self, key: Key) -> None:
        """Drop one object and nothing else."""
        if key in self._facts:
            self._detach(key)
            del self._facts[key]
            del self._places[key[:2]][key]
            self.owned.pop(key, None)
            self.gone.append(key)

    def _detach(self, key: Key) -> None:
        for required in self._facts[key].requires:
            self._dependents[required].pop(key, None)

    def dependents(self, key: Key, past: str = "") -> list[Fact]:
        """All that the kernel takes away with the object, nearest first; objects of type ``past`` are left out with
        all that hangs on them."""
        found: dict[Key, Fact] = {}
        waiting = [key]
        while waiting:
            for dependent in self._dependents.get(waiting.pop(0), ()):
                if dependent not in found and dependent != key and dependent[0] != past:
                    found[dependent] = self._facts[dependent]
                    waiting.append(dependent)
        return list(found.values())

    def hanging_on(self, key: Key) -> list[Fact]:
        """What the kernel may take from a link or a port that is about to change, other links left out. What is read
        on demand only is read for it."""
        self.asked[key[1]] = None
        return self.dependents(key, past="link")

    def remove(self, key: Key) -> list[Fact]:
        """Drop an object and all that goes with it; returns what went with it."""
        gone = self.dependents(key)
        for fact in gone:
            self.forget(fact.key)
        self.forget(key)
        return gone


class Step:
    """One thing done to the host. ``_apply.py`` carries it out."""

    undo: list[Step]
    """What takes it back, in order."""
    turn: Key | None = None
    """Steps of the same turn are done in the order in which they were planned."""


@dataclass
class Request(Step):
    """A netlink request, sent in ``namespace``.

    ``schema`` is the message class of pyroute2's rtnl package (``ifinfmsg``, ``ifaddrmsg``, ...), ``header`` its fixed
    fields. Values may be an ``Index`` or a ``NamespaceFd`` anywhere: they are looked up when the request is sent.
    """

    namespace: str
    schema: str
    type: int
    flags: int
    header: dict[str, t.Any]
    attrs: list[t.Any]
    undo: list[Step] = field(default_factory=list)
    partial: bool = False
    """The kernel may have done a part of it when it reports a failure (do_setlink), so that is undone as well."""
    cures: dict[int, str] = field(default_factory=dict)
    """What to do about an errno, where the item's kind knows better than the general list."""
    cures_by_text: dict[str, str] = field(default_factory=dict)
    """The same about what the kernel says (the extended ack), which knows more than the errno does."""
    tolerated: tuple[int, ...] = ()
    """Errnos that mean it is done already."""
    turn: Key | None = None


@dataclass(frozen=True)
class Index:
    """Stands for the index of a link that may not exist yet."""

    link: Key


@dataclass(frozen=True)
class NewIndex:
    """Stands for the index that a link is made with, chosen beforehand so that it can be recorded."""

    link: Key


@dataclass(frozen=True)
class NamespaceFd:
    """Stands for an open descriptor of a namespace."""

    namespace: str


class Verbatim(str):
    """A word of a command that the shell is to expand."""


Command = list[str]


@dataclass
class Wish:
    """One item of a definition, checked and in canonical form."""

    kind: Kind
    item: str
    """How errors call it: ``veth a1:eth0``."""
    name: str
    """How results call it within its section: ``a1:eth0``."""
    identity: Key
    """What makes it this one. Two items with one identity are a mistake."""
    present: bool
    options: dict[str, t.Any]
    """What was asked for; an option that was not given is not in it."""
    requires: tuple[Key, ...] = ()
    """What must exist before; when absent, what it would go with."""
    after: tuple[Key, ...] = ()
    """What comes before if the definition has it at all."""
    provides: tuple[Key, ...] = ()
    """What exists afterwards."""
    objects: tuple[Key, ...] = ()
    """The objects of the kernel that this item is."""
    takes: tuple[Key, ...] = ()
    """What no longer exists afterwards, though the item is present: what it moves elsewhere."""
    namespaces: tuple[str, ...] = ()
    """Where to look."""
    removal: dict[str, t.Any] = field(default_factory=dict)
    """The options to remember for the day the objects are taken away."""
    settings: dict[tuple[Key, str], t.Any] = field(default_factory=dict)
    """Attributes that other items could set too: two that disagree are a mistake."""
    takes_along: bool = True
    """When absent: whether what needs its objects goes with them. If not, that goes first and for itself."""
    parts: list[Wish] = field(default_factory=list)
    """What the item asks for beside this, at other places of the order."""


@dataclass
class Operation:
    """One change for one wish: how it is done, how it is told."""

    wish: Wish
    steps: list[Step]
    commands: list[Command]
    before: dict[str, t.Any] | None
    """The attributes concerned as they were; None: it did not exist."""
    after: dict[str, t.Any] | None
    """The attributes concerned as they will be; None: it will not exist."""


class Kind:
    """A kind of resource: all the engine knows of it."""

    section: t.ClassVar[str]
    """Its module, and its section of ``topology``."""
    options: t.ClassVar[dict[str, t.Any]]
    """The argument spec of one item."""
    required_if: t.ClassVar[list[t.Any]] = []
    mutually_exclusive: t.ClassVar[list[t.Any]] = []
    config: t.ClassVar[tuple[str, str] | None] = None
    """Of a kind of link, the option that a kernel which has it is built with, and its module."""
    literal: t.ClassVar[frozenset[str]] = frozenset()
    """Options whose text is the user's own, where what looks like a range is none."""
    names_namespaces: t.ClassVar[bool] = False
    """Whether ``observe`` is told of namespaces that do not exist, too."""
    ends_in_namespace: t.ClassVar[bool] = True
    """Whether what this kind reads of a namespace reaches no other, so that it need not be known when the namespace
    goes as a whole."""
    on_demand: t.ClassVar[str] = ""
    """The type of this kind's objects, where few labs have any: they are read only in namespaces where a wish or a
    record names one, and where the plan may take some along."""

    def wish(self, options: dict[str, t.Any]) -> Wish:
        """Checks an item; raises ValueError with half a sentence."""
        raise NotImplementedError

    def lacking(self, options: dict[str, t.Any]) -> list[str]:
        """The options that ``required_if`` asks for and that have no value."""
        return [
            name
            for option, value, needed in self.required_if
            if options[option] == value
            for name in needed
            if options[name] is None
        ]

    def check(self, wishes: list[Wish]) -> None:
        """What can be wrong only with all items of this kind together; raises LabError."""

    def introduce(self, host: Host, wishes: t.Sequence[Wish]) -> None:
        """Tells the host which namespaces are meant by names that they are yet to get. ``wishes`` are those of this
        kind."""

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        """Reads the objects of the kernel that are this kind's to read, in existing namespaces. ``wishes`` are those
        of this kind."""
        return ()

    def resolve(self, wish: Wish, view: View) -> None:
        """Completes ``objects`` of a wish where only the host tells which object is meant."""

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        """The options that name an object of this kind; None for one that is not of this kind."""
        return None

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        """The item that would make an object of this kind as it is, options at their default left out; None for one
        that is not of this kind, or that comes by itself with something else."""
        return None

    def is_meant(self, wish: Wish, fact: Fact, view: View) -> bool:
        """Whether an object is the one that the wish, which has it among its ``objects``, is about."""
        return self.item(fact) is not None

    def wish_away(self, fact: Fact, **options: t.Any) -> Wish | None:
        """The wish that an object of this kind be absent."""
        item = self.item(fact)
        if item is None:
            return None
        defaults = {name: spec.get("default") for name, spec in self.options.items()}
        return self.wish({**defaults, **item, **options, "state": "absent"})

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        """What leads from the view to the wish, and changes the view accordingly."""
        raise NotImplementedError

    def await_effect(self, host: Host, wishes: t.Sequence[Wish], changed: t.Container[Key], view: View) -> None:
        """Waits for what takes the kernel a moment, once every step is done and while all can still be taken back.
        ``wishes`` are those of this kind that are present, ``changed`` the identities of those that the run changed.
        Raises LabError when it does not come."""
