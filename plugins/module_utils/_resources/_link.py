# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What all kinds of links share: reading them, creating, changing, moving and deleting them."""

from __future__ import annotations

import errno
import functools
import socket
import sys
import typing as t
from dataclasses import replace

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip, target_namespace
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
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
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    IFF_LOWER_UP,
    LINK,
    PORT,
    Attributes,
    read_all,
    words,
)

_AF_UNSPEC = 0
_IPV6_MTU = 1280
_NO_NSID = 2**32 - 1  # NETNSA_NSID_NOT_ASSIGNED

# What a link is like that was just made. Check mode starts from it where an earlier task is to make the link.
FRESH: dict[str, t.Any] = {
    "kind": None,
    "index": None,
    "peer": None,
    "lower": None,
    "mtu": 1500,
    "up": False,
    "promisc": False,
    "arp": True,
    "alias": "",
    "txqueuelen": 1000,
    "addrgenmode": "eui64",
    "data": {},
}
# What rtnl_create_link() does not take, or not for a veth's peer.
_SET_LATER = ("txqueuelen", "alias", "addrgenmode", "promisc", "arp")


class Nature(t.NamedTuple):
    """What is particular to the messages of a kind of link."""

    attributes: Attributes
    """Those of IFLA_INFO_DATA."""
    lower: str
    """The attribute with the index of the link below. What is not IFLA_LINK is one of IFLA_INFO_DATA."""


_UNKNOWN = Nature({}, "IFLA_LINK")
_NATURES: dict[str | None, Nature] = {}


def describe(kind: str, attributes: Attributes, lower: str) -> None:
    """Makes a kind of link known, so that its links are read, and can be made again, with all that is theirs."""
    _NATURES[kind] = Nature(attributes, lower)


# -- reading


def observe_links(reader: Reader, namespaces: t.Sequence[str]) -> list[Fact]:
    """Every link of the namespaces, veth ends with the place of their peer and others with that of the link below as
    far as it is among them, and for each link with a master a fact of its own: what it is as a port."""
    found: list[dict[str, t.Any]] = []
    for namespace in namespaces:
        links = [_read(message) for message in reader.links(namespace)]
        names = {link["index"]: link["name"] for link in links}
        for link in links:
            link["namespace"] = namespace
            link["master"] = names.get(link["master"])
        found += links
    _find_peers(reader.host, found)
    _find_lower(reader.host, found)
    return [fact for link in found for fact in _facts(link)]


def _read(message: t.Any) -> dict[str, t.Any]:
    info = message.get_attr("IFLA_LINKINFO")
    kind = info.get_attr("IFLA_INFO_KIND") if info else None
    data = info.get_attr("IFLA_INFO_DATA") if info else None
    port = info.get_attr("IFLA_INFO_SLAVE_DATA") if info else None
    nature = _NATURES.get(kind, _UNKNOWN)
    return {
        **read_all(message, LINK),
        "index": message["index"],
        "name": message.get_attr("IFLA_IFNAME"),
        "kind": kind,
        "carrier": bool(message["flags"] & IFF_LOWER_UP),
        "master": message.get_attr("IFLA_MASTER"),
        # Of a veth the peer's index, of others that of the link below, in the namespace that this namespace knows by
        # that nsid (None: in this one).
        "link_index": (message if nature.lower == "IFLA_LINK" or not data else data).get_attr(nature.lower),
        "link_nsid": message.get_attr("IFLA_LINK_NETNSID"),
        "data": read_all(data, nature.attributes) if data and nature.attributes else {},
        "port": read_all(port, PORT) if port and info.get_attr("IFLA_INFO_SLAVE_KIND") == "bridge" else {},
    }


def _find_peers(host: Host, links: list[dict[str, t.Any]]) -> None:
    """Indexes repeat from namespace to namespace, so that two ends that name each other's index may still be no pair:
    the namespace's own number for the other (nsid) decides."""
    ends: dict[tuple[int, int], list[dict[str, t.Any]]] = {}
    for link in links:
        link["peer"] = None
        if link["kind"] == "veth" and link["link_index"]:
            ends.setdefault((link["index"], link["link_index"]), []).append(link)
    questions: dict[str, dict[str, None]] = {}
    pairs: list[tuple[dict[str, t.Any], dict[str, t.Any]]] = []
    for (index, peer_index), here in ends.items():
        for link in here:
            for other in ends.get((peer_index, index), ()):
                if link["link_nsid"] is None:
                    if other["namespace"] == link["namespace"] and other["link_nsid"] is None:
                        link["peer"] = link_key(other["namespace"], other["name"])
                elif other["link_nsid"] is not None and link["peer"] is None:
                    pairs.append((link, other))
    # Ask once per pair, in the namespace that comes first: it sees its own nsid, and the other end follows.
    pairs = [(a, b) for a, b in pairs if (a["namespace"], a["index"]) < (b["namespace"], b["index"])]
    for link, other in pairs:
        questions.setdefault(link["namespace"], {})[other["namespace"]] = None
    numbers = {
        (namespace, other): nsid
        for namespace, others in questions.items()
        for other, nsid in zip(others, nsids(host, namespace, list(others)))
    }
    for link, other in pairs:
        if numbers[link["namespace"], other["namespace"]] == link["link_nsid"]:
            link["peer"] = link_key(other["namespace"], other["name"])
            other["peer"] = link_key(link["namespace"], link["name"])


def _find_lower(host: Host, links: list[dict[str, t.Any]]) -> None:
    """Where a link is based: the namespace of the link below, or that of its own socket, as far as it is among those
    that were read."""
    names = {(link["namespace"], link["index"]): link["name"] for link in links}
    abroad: dict[str, list[dict[str, t.Any]]] = {}
    for link in links:
        link["base"] = None if link["kind"] == "veth" or link["link_nsid"] is not None else link["namespace"]
        if link["kind"] != "veth" and link["link_nsid"] is not None:
            abroad.setdefault(link["namespace"], []).append(link)
    read = list(dict.fromkeys(link["namespace"] for link in links))
    for namespace, guests in abroad.items():
        # Most often it is the own one. Elsewhere only if need be, as there may be a thousand.
        others_read = [other for other in read if other != namespace]
        for others in ([other for other in others_read if other == OWN], [o for o in others_read if o != OWN]):
            unknown = [link for link in guests if link["base"] is None]
            for other, nsid in zip(others, nsids(host, namespace, others) if unknown else ()):
                for link in unknown:
                    if link["link_nsid"] == nsid:
                        link["base"] = other
    for link in links:
        below = (link["base"], link["link_index"])
        is_other = below in names and below != (link["namespace"], link["index"])
        link["lower"] = link_key(link["base"], names[below]) if is_other else None


def nsids(host: Host, namespace: str, others: t.Sequence[str]) -> list[int | None]:
    """The numbers by which a namespace knows others; None: it has given them none."""
    found: list[int | None] = []
    blank = _nsid_request()
    for start in range(0, len(others), nl.BATCH):
        fds = [host.fd(other) for other in others[start : start + nl.BATCH]]
        requests = [(nl.RTM_GETNSID, 0, blank + fd.to_bytes(4, sys.byteorder)) for fd in fds]
        for answer in host.socket(namespace).exchange(requests, told=True):
            if answer.error is not None:
                raise answer.error
            number = read("nsidmsg", answer.messages[0][1]).get_attr("NETNSA_NSID") if answer.messages else None
            found.append(None if number is None or number == _NO_NSID else number)
    return found


@functools.cache
def _nsid_request() -> bytes:
    """But for the descriptor, which comes last."""
    return nl.encode("nsidmsg", {"rtgen_family": 0}, [("NETNSA_FD", 0)])[:-4]


def _facts(link: dict[str, t.Any]) -> t.Iterator[Fact]:
    namespace, name = link.pop("namespace"), link.pop("name")
    master, port = link.pop("master"), link.pop("port")
    yield link_fact(link_key(namespace, name), link)
    if master is not None:
        yield port_fact(namespace, name, master, port)


def link_fact(key: Key, values: dict[str, t.Any]) -> Fact:
    """A link, which goes with its namespace, its peer, and what it is based on."""
    base = values.get("base")  # of a veth there is none
    below = values.get("lower") or (netns_key(base) if base is not None else None)
    needed = (netns_key(key[1]), values["peer"], below)
    requires = tuple(dict.fromkeys(required for required in needed if required))
    return Fact(key, values, requires, mark=str(values["index"] or ""))


def port_fact(namespace: str, name: str, master: str, values: dict[str, t.Any]) -> Fact:
    """A link as a port of its master."""
    requires = (link_key(namespace, name), link_key(namespace, master))
    return Fact(
        port_key(namespace, name),
        {"master": master, **values},
        requires,
        _enslave_again,
        restore_commands=_enslave_commands,
    )


def port_key(namespace: str, name: str) -> Key:
    return ("port", namespace, name)


def assumed_link(key: Key) -> Fact:
    """A link that is to be there by the time this is done for real."""
    return Fact(key, {**FRESH, "assumed": True}, (netns_key(key[1]),))


# -- requests


def link_request(
    namespace: str,
    name: str,
    values: dict[str, t.Any],
    *,
    flags: int = 0,
    index: int | NewIndex = 0,
    kind: str | None = None,
    data: t.Sequence[tuple[str, t.Any]] = (),
    port: t.Sequence[tuple[str, t.Any]] = (),
    more: t.Sequence[tuple[str, t.Any]] = (),
    undo: t.Sequence[Step] = (),
    cures: dict[int, str] | None = None,
    said: dict[str, str] | None = None,
) -> Request:
    """RTM_NEWLINK: changes a link, or with NLM_F_CREATE makes one, with that index. ``values`` are attributes of
    ``LINK``."""
    header, attrs = _compose(values, LINK)
    info: list[tuple[str, t.Any]] = []
    if kind:
        info.append(("IFLA_INFO_KIND", kind))
    if data:
        info.append(("IFLA_INFO_DATA", {"attrs": list(data)}))
    if port:
        info += [("IFLA_INFO_SLAVE_KIND", "bridge"), ("IFLA_INFO_SLAVE_DATA", {"attrs": list(port)})]
    if info:
        attrs.append(("IFLA_LINKINFO", {"attrs": info}))
    return Request(
        namespace,
        "ifinfmsg",
        nl.RTM_NEWLINK,
        flags,
        {"family": _AF_UNSPEC, "index": index, **header},
        [("IFLA_IFNAME", name), *attrs, *more],
        undo=list(undo),
        partial=not flags & nl.NLM_F_CREATE,
        cures=cures or {},
        cures_by_text=said or {},
    )


def nested(values: dict[str, t.Any], attributes: Attributes) -> list[tuple[str, t.Any]]:
    """Attributes of a kind or a port, for ``data`` and ``port`` of a request."""
    return _compose(values, attributes)[1]


def _compose(values: dict[str, t.Any], attributes: Attributes) -> tuple[dict[str, int], list[tuple[str, t.Any]]]:
    bits = {"flags": (0, 0)}
    attrs: list[tuple[str, t.Any]] = []
    for name, value in values.items():
        target, encoded = attributes[name].write(value)
        if isinstance(encoded, tuple):
            on, off = bits.get(target, (0, 0))
            bits[target] = on | encoded[0], off | encoded[1]
        else:
            attrs.append((target, encoded))
    on, off = bits.pop("flags")
    attrs += [(target, {"flags": on, "mask": on | off}) for target, (on, off) in bits.items()]
    return {"flags": on, "change": on | off}, attrs


def make_request(
    key: Key,
    kind: str,
    values: dict[str, t.Any],
    data: dict[str, t.Any],
    *,
    base: str,
    lower: Key | None = None,
    index: int | NewIndex = 0,
    cures: dict[int, str] | None = None,
    said: dict[str, str] | None = None,
) -> Request:
    """RTM_NEWLINK that makes a link. It is sent where the link is based, and the kernel puts the link where it is to
    be: rtnl_newlink() gives the kind the namespace of the request for its sockets and for the link below."""
    _type, namespace, name = key
    nature = _NATURES.get(kind, _UNKNOWN)
    below: list[tuple[str, t.Any]] = [(nature.lower, Index(lower))] if lower else []
    is_outer = nature.lower == "IFLA_LINK"
    return link_request(
        base,
        name,
        values,
        flags=nl.NLM_F_CREATE | nl.NLM_F_EXCL,
        index=index,
        kind=kind,
        data=[*nested(data, nature.attributes), *(below if not is_outer else ())],
        more=[
            *(below if is_outer else ()),
            *([("IFLA_NET_NS_FD", NamespaceFd(namespace))] if namespace != base else []),
        ],
        undo=[delete_request(namespace, name)],
        cures=cures,
        said=said,
    )


def make_again(key: Key, view: View, values: dict[str, t.Any], data: dict[str, t.Any]) -> list[Step]:
    """Makes a link that was deleted, with the index it had and as far as the kernel takes it in one request, down."""
    present = view.fact(key).values
    base, index = present.get("base", key[1]), present["index"]
    if base is None:
        return []  # it is based in a namespace that has no name
    made = {option: value for option, value in values.items() if option != "up" and value is not None}
    is_taken = base != key[1] and any(fact.values["index"] == index for fact in view.inside(base, "link"))
    create = make_request(key, present["kind"], made, data, base=base, lower=present["lower"], index=index)
    if not is_taken:
        return [create]
    # The kernel looks for the index where the request is sent: so the link is made there under another, and moved.
    stay = [attr for attr in create.attrs if attr[0] != "IFLA_NET_NS_FD"]
    away = [("IFLA_NET_NS_FD", NamespaceFd(key[1])), ("IFLA_NEW_IFINDEX", index)]
    there = replace(create, header={**create.header, "index": 0}, attrs=stay)
    return [there, link_request(base, key[2], {}, more=away)]


def delete_request(namespace: str, name: str, undo: t.Sequence[Step] = ()) -> Request:
    return Request(
        namespace,
        "ifinfmsg",
        nl.RTM_DELLINK,
        0,
        {"family": _AF_UNSPEC},
        [("IFLA_IFNAME", name)],
        undo=list(undo),
        tolerated=(errno.ENODEV,),
    )


# -- changes


def change_link(
    key: Key,
    view: View,
    wanted: dict[str, t.Any],
    *,
    kind: str | None = None,
    data: dict[str, t.Any] | None = None,
    lower: Key | None = None,
    cures: dict[int, str] | None = None,
) -> tuple[list[Step], list[Command]]:
    """Sets attributes of an existing link, those of its kind included, in one request."""
    _type, namespace, name = key
    values = view.fact(key).values
    if "addrgenmode" in wanted and len(wanted) > 1:
        # The kernel sets it last (do_setlink): too late for the address it gives to a link that goes up, and refused
        # once the MTU is too small for IPv6. Undone last, when the MTU is what it was.
        first, first_command = change_link(key, view, {"addrgenmode": wanted["addrgenmode"]}, cures=cures)
        rest = {option: value for option, value in wanted.items() if option != "addrgenmode"}
        then, then_command = change_link(key, view, rest, kind=kind, data=data, lower=lower, cures=cures)
        return first + then, first_command + then_command
    data = data or {}
    nature = _NATURES.get(kind, _UNKNOWN)

    def request(
        link_values: dict[str, t.Any], kind_values: dict[str, t.Any], below: list[t.Any], undo: t.Sequence[Step]
    ) -> Request:
        return link_request(
            namespace,
            name,
            link_values,
            kind=kind if kind_values or below else None,
            data=[*nested(kind_values, nature.attributes), *below],
            undo=undo,
            cures=cures,
        )

    below = [(nature.lower, Index(lower))] if lower else []
    below_before = [(nature.lower, Index(values["lower"]) if values["lower"] else 0)] if lower else []
    undo: list[Step] = [request(_previous(wanted, values), _previous(data, values["data"]), below_before, ())]
    if wanted.get("mtu", _IPV6_MTU) < _IPV6_MTU <= values["mtu"]:
        undo += _lose(view, lost_without_ipv6(view, key))
    if "mac" in wanted or "arp" in wanted and wanted.get("up", values["up"]):
        undo += _lose(view, _lost_with_mac(view, key))
    if wanted.get("up") is False and values["up"]:
        undo += _lose(view, _lost_when_down(view, key))
    if wanted.get("up") and not values["up"]:
        # Taken down again, it would lose the addresses it was given while it was down.
        undo += _restored(_lost_when_down(view, key))
    if name == "lo" and wanted.get("up") and ("address", namespace, "lo", "127.0.0.1", "8", "") not in view:
        undo.append(_without_loopback_address(key))
    steps: list[Step] = [request(wanted, data, below, undo)]
    command = ip(namespace, "link", "set", "dev", name, *words(wanted, LINK))
    if data or lower:
        command += ["type", kind or "", *words(data, nature.attributes), *(["dev", lower[2]] if lower else [])]
    changed = {**wanted, "data": {**values["data"], **data}, "lower": lower or values["lower"]}
    view.put(link_fact(key, {**values, **changed}))
    return steps, [command]


def _without_loopback_address(lo: Key) -> Step:
    """The kernel gives lo its address when it is first set up (inetdev_event), and leaves it there when it goes
    down."""
    return Request(
        lo[1],
        "ifaddrmsg",
        nl.RTM_DELADDR,
        0,
        {"family": socket.AF_INET, "prefixlen": 8, "flags": 0, "scope": 254, "index": Index(lo)},
        [("IFA_LOCAL", "127.0.0.1"), ("IFA_ADDRESS", "127.0.0.1")],
        tolerated=(errno.EADDRNOTAVAIL,),
    )


def move_link(key: Key, namespace: str, view: View) -> tuple[list[Step], list[Command]]:
    """Moves a link to another namespace under its name. The kernel takes it down and strips it of its master and its
    addresses on the way (__dev_change_net_namespace)."""
    _type, source, name = key
    values = view.fact(key).values
    moved = link_key(namespace, name)
    lost = view.hanging_on(key)
    home: list[tuple[str, t.Any]] = [("IFLA_NET_NS_FD", NamespaceFd(source))]
    if values["index"]:
        home.append(("IFLA_NEW_IFINDEX", values["index"]))
    back: list[Step] = [link_request(namespace, name, {}, more=home)]
    back.append(link_request(source, name, {"up": values["up"]}))
    back += _restored(lost)
    taken = any(fact.values["index"] == values["index"] for fact in view.inside(namespace, "link"))
    step = link_request(
        source,
        name,
        {},
        more=[
            ("IFLA_NET_NS_FD", NamespaceFd(namespace)),
            *([("IFLA_NEW_IFINDEX", NewIndex(moved))] if taken else []),
        ],
        undo=back,
        cures={errno.EEXIST: f"the name {name} is taken in {namespace or 'the own namespace'}"},
    )
    step.partial = False  # it moves or it does not; to move back what never came could only hit another link
    for fact in lost:
        view.forget(fact.key)
    view.move(key, link_fact(moved, {**values, "index": None if taken else values["index"], "up": False}))
    for other in view.of_type("link"):
        if other.values["peer"] == key:
            view.put(link_fact(other.key, {**other.values, "peer": moved}))
        elif other.values.get("lower") == key:
            view.put(link_fact(other.key, {**other.values, "lower": moved, "base": namespace}))
    return [step], [ip(source, "link", "set", "dev", name, "netns", target_namespace(namespace))]


def master_request(namespace: str, name: str, master: str | None, undo: t.Sequence[Step] = ()) -> Request:
    """Makes a link a port of a master; None: of nothing."""
    index: t.Any = Index(link_key(namespace, master)) if master is not None else 0
    request = link_request(namespace, name, {}, more=[("IFLA_MASTER", index)], undo=undo)
    if master is not None:
        request.turn = link_key(namespace, master)  # ports are numbered as they come
    return request


def master_again(key: Key, view: View) -> list[Step]:
    """What gives a link the master it has now, or none, with all that it loses as a port."""
    _type, namespace, name = key
    fact = view.get(port_key(namespace, name))
    if fact is None:
        return [master_request(namespace, name, None)]
    return _enslave_again(fact) + _lose(view, view.hanging_on(fact.key))


def _enslave_again(fact: Fact) -> list[Step]:
    """In two requests: the kernel takes a port's attributes only once it is one. Its state is the kernel's to keep."""
    _type, namespace, name = fact.key
    steps: list[Step] = [master_request(namespace, name, fact.values["master"])]
    values = _kept_by_a_port(fact)
    return steps + ([link_request(namespace, name, {}, port=nested(values, PORT))] if values else [])


def _enslave_commands(fact: Fact) -> list[Command]:
    _type, namespace, name = fact.key
    commands = [ip(namespace, "link", "set", "dev", name, "master", fact.values["master"])]
    told = words(_kept_by_a_port(fact), PORT)
    return commands + ([ip(namespace, "link", "set", "dev", name, "type", "bridge_slave", *told)] if told else [])


def _kept_by_a_port(fact: Fact) -> dict[str, t.Any]:
    return {option: value for option, value in _known(fact.values).items() if option in PORT and option != "port_state"}


def recreate_steps(key: Key, view: View, create: t.Sequence[Step] = ()) -> list[Step]:
    """What brings a deleted link back: what makes it, down and with no more than what the kernel takes then; what it
    takes afterwards; then everything that hung on the link, and the links that stood on it. Without ``create``, of a
    link that is back."""
    _type, namespace, name = key
    steps = [*create, *(link_request(namespace, name, later) for later in _set_later(view.fact(key).values))]
    steps += _restored(view.hanging_on(key))
    for upper in view.dependents(key):
        if upper.key[0] == "link" and upper.values.get("lower") == key and upper.values["kind"] in _NATURES:
            own = {option: upper.values.get(option) for option in ("mac", "mtu")}
            steps += recreate_steps(upper.key, view, make_again(upper.key, view, own, _known(upper.values["data"])))
    return steps


def recreate_commands(key: Key, view: View) -> list[Command]:
    """What ``recreate_steps`` does once the link is back, but for links that stood on it."""
    _type, namespace, name = key
    laters = _set_later(view.fact(key).values)
    return [
        *(ip(namespace, "link", "set", "dev", name, *words(later, LINK)) for later in laters),
        *(
            command
            for fact in view.hanging_on(key)
            if fact.restore_commands
            for command in fact.restore_commands(fact)
        ),
    ]


def _set_later(values: dict[str, t.Any]) -> t.Iterator[dict[str, t.Any]]:
    later = {option: values[option] for option in _SET_LATER if values.get(option) not in (None, FRESH[option])}
    if "addrgenmode" in later:  # before the link goes up, as in change_link
        yield {"addrgenmode": later.pop("addrgenmode")}
    if values["up"]:
        later["up"] = True
    if later:
        yield later


def other_kind(key: Key, view: View, kind: str) -> str | None:
    """What takes a name, in words, when it is no link of this kind."""
    values = view.values(key)
    if values is None or values.get("assumed") or values["kind"] == kind:
        return None
    return f"{place(key[1], key[2])} exists and is {_called(values['kind'])}, not a {kind}"


def _called(kind: str | None) -> str:
    return f"a {kind}" if kind else "a physical or loopback interface"


def _known(values: dict[str, t.Any]) -> dict[str, t.Any]:
    return {option: value for option, value in values.items() if value is not None}


def _previous(wanted: dict[str, t.Any], values: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: values[name] for name in wanted if values.get(name) is not None}


def _restored(facts: t.Iterable[Fact]) -> list[Step]:
    return [step for fact in facts if fact.restore for step in fact.restore(fact)]


def has_another_way(fact: Fact, link: Key, view: View) -> bool:
    """Whether a route has a next hop behind another link that is up: it then outlives this one's going down."""
    for hop in fact.values.get("nexthops") or ():
        other = view.values(link_key(link[1], hop["interface"] or ""))
        if other is not None and other["up"] and hop["interface"] != link[2]:
            return True
    return False


def _lost_when_down(view: View, key: Key) -> list[Fact]:
    """What the kernel removes with a link that goes down: its IPv6 addresses (addrconf_ifdown) and the routes that
    lead nowhere else (fib_disable_ip, rt6_disable_ip)."""
    around = view.hanging_on(key)
    return [fact for fact in around if fact.values.get("lost_when_down") and not has_another_way(fact, key, view)]


def lost_without_ipv6(view: View, key: Key) -> list[Fact]:
    """What it removes with a link that gets too small an MTU for IPv6, as if the link were gone."""
    around = view.hanging_on(key)
    return [fact for fact in around if fact.values.get("lost_when_down") and fact.values.get("version") != 4]


def _lost_with_mac(view: View, key: Key) -> list[Fact]:
    """What it removes with a link that gets another MAC, or stops or begins to ask for others' (neigh_changeaddr)."""
    return [fact for fact in view.hanging_on(key) if fact.values.get("lost_with_mac")]


def _lose(view: View, lost: list[Fact]) -> list[Step]:
    for fact in lost:
        view.forget(fact.key)
    return _restored(lost)
