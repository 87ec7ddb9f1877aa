# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Forwarding entries of bridges and of VXLAN interfaces."""

from __future__ import annotations

import errno
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import bridge_tool
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Index,
    Key,
    Kind,
    Operation,
    Request,
    Step,
    View,
    Wish,
    addresses_key,
    link_key,
    link_up_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import port_key
from ansible_collections.netns.lab.plugins.module_utils._values import (
    address,
    ethernet_address,
    interface_name,
    namespace_name,
    whole_number,
)

_AF_BRIDGE = 7
_NTF_SELF, _NTF_MASTER, _NTF_STICKY = 0x02, 0x04, 0x40
_NUD_REACHABLE, _NUD_NOARP, _NUD_PERMANENT = 0x02, 0x40, 0x80
# bridge(8): what it calls them, and the states it sets for them (fdb_modify in iproute2's bridge/fdb.c). NUD_NOARP
# alone is enough for a bridge, but not for a VXLAN interface (vxlan_fdb_add).
_TYPES = {"static": _NUD_NOARP | _NUD_REACHABLE, "local": _NUD_PERMANENT, "dynamic": _NUD_REACHABLE}
_NDMSG = struct.Struct("=BxxxiHBx")
_FIRST_ATTRIBUTE = struct.Struct("=12xHH6s")
_NDA_LLADDR = 2
_BARE = 24  # the length of a message that tells nothing but a MAC
_ANYTHING = "00:00:00:00:00:00"
_OF_VXLAN = ("dst", "vni", "port", "via", "src_vni")
_MOST_VNI = 2**24 - 1
_CURES = {
    errno.EOPNOTSUPP: "the interface keeps no such entries; say master: true for the bridge's, and name a VXLAN "
    "interface for entries with dst",
    errno.EAFNOSUPPORT: "dst is not of the family of the VXLAN interface's own address",
    errno.ENOENT: "the entry is not there any more",
    errno.EINVAL: "the kernel takes no such entry there; an entry for everything (00:00:00:00:00:00) needs a VXLAN "
    "interface and dst, and vlan a bridge that filters VLANs",
}

Values = dict[str, t.Any]


class NetnsFdb(Kind):
    """``bridge fdb``."""

    section = "netns_fdb"
    on_demand = "fdb"
    options: t.ClassVar[dict[str, t.Any]] = {
        "mac": {"type": "str", "required": True},
        "interface": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "master": {"type": "bool"},
        "type": {"type": "str", "choices": list(_TYPES)},
        "sticky": {"type": "bool"},
        "vlan": {"type": "int"},
        "dst": {"type": "str"},
        "vni": {"type": "int"},
        "port": {"type": "int"},
        "via": {"type": "str"},
        "src_vni": {"type": "int"},
    }

    def wish(self, options: dict[str, t.Any]) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        interface = interface_name(options["interface"], "interface")
        values = _values(options)
        key = _key(namespace, interface, values)
        via = (link_key(namespace, values["via"]),) if values.get("via") else ()
        name = f"{place(namespace, interface)} {_spelled(key)}"
        return Wish(
            kind=self,
            item=f"netns_fdb {name}",
            name=name,
            identity=key,
            present=present,
            objects=(key,),
            options=values,
            requires=(link_key(namespace, interface), *via),
            after=(
                link_up_key(namespace, interface),
                port_key(namespace, interface),
                addresses_key(namespace),
            ),
            namespaces=(namespace,),
            # The kernel has one type for all destinations of a MAC.
            settings={(("fdb", namespace, f"{interface} {values['mac']}"), "type"): values["type"]}
            if present and _has_several(key) and "type" in values
            else {},
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        wanted: dict[str, set[bytes]] = {}
        for wish in wishes:
            for namespace in wish.namespaces:
                wanted.setdefault(namespace, set()).add(bytes.fromhex(wish.options["mac"].replace(":", "")))
        for namespace in namespaces:
            yield from _facts(reader, namespace, wanted.get(namespace, set()))

    def item(self, fact: Fact) -> dict[str, t.Any] | None:
        if fact.key[0] != "fdb":
            return None
        _type, namespace, interface, table, mac, *_rest = fact.key
        named = {option: fact.values[option] for option in ("vlan", *_OF_VXLAN) if fact.values.get(option) is not None}
        where = {"interface": interface, "namespace": namespace or None, "mac": mac, "master": table == "master"}
        return {**where, **named}

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        item = self.item(fact)
        if item is None or fact.values["type"] == "dynamic" or fact.values.get("comes_by_itself"):
            return None
        if fact.key != _key(fact.key[1], fact.key[2], fact.values):
            return None  # what an item cannot name
        if item["master"] is not bool(item.get("dst")):
            del item["master"]
        if fact.values.get("type") != _usual_type(fact.key, view):
            item["type"] = fact.values["type"]
        if fact.values.get("sticky"):
            item["sticky"] = True
        return {option: value for option, value in item.items() if value is not None}

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        key, wanted = wish.identity, wish.options
        present = view.values(key)
        if not wish.present:
            if present is None or any(not _same(present, option, wanted[option]) for option in _given(wanted)):
                return []
            return [self._delete(wish, view)]
        _check_place(wish, view)
        if present is None:
            return [self._create(wish, view)]
        changes = {option: wanted[option] for option in _given(wanted) if not _same(present, option, wanted[option])}
        if "type" not in wanted and present["type"] == "dynamic":
            changes["type"] = _usual_type(key, view)
        _occupy(wish, view)
        return [self._change(wish, view, changes)] if changes else []

    def _create(self, wish: Wish, view: View) -> Operation:
        key = wish.identity
        elsewhere = _occupy(wish, view)
        values = {"type": _usual_type(key, view), **wish.options}
        verb = "append" if _has_several(key) else "replace" if key[3] == "master" else "add"
        undo: list[Step] = [_delete(key, values, view)]
        before = None
        if elsewhere is not None:
            undo = _restore(elsewhere)
            before = {"interface": elsewhere.key[2], "type": elsewhere.values["type"]}
            view.remove(elsewhere.key)
        step = _add(key, values, view, undo)
        for fact in _made(key, values, view):
            view.put(fact)
        told = _told(values)
        if before is not None:
            told = {"interface": key[2], **told}
        return Operation(wish, [step], [_command(verb, key, values, view)], before, told)

    def _change(self, wish: Wish, view: View, changes: Values) -> Operation:
        key = wish.identity
        present = view.fact(key).values
        values = {**present, **changes}
        back = _add(key, present, view, ())
        undo: list[Step] = [back] if present["type"] != "dynamic" else [_delete(key, values, view)]
        if _has_several(key) and set(changes) - {"type"}:
            # Where a MAC has several destinations, the kernel changes none: it is exchanged.
            steps: list[Step] = [
                _delete(key, present, view, undo=[back]),
                _add(key, values, view, [_delete(key, values, view)]),
            ]
            commands = [_command("del", key, present, view), _command("append", key, values, view)]
        else:
            steps = [_add(key, values, view, undo)]
            commands = [_command("append" if _has_several(key) else "replace", key, values, view)]
        for fact in _made(key, values, view):
            view.put(fact)
        return Operation(wish, steps, commands, {option: present.get(option) for option in changes}, changes)

    def _delete(self, wish: Wish, view: View) -> Operation:
        key = wish.identity
        fact = view.fact(key)
        step = _delete(key, fact.values, view, undo=_restore(fact))
        command = _command("del", key, fact.values, view)
        view.remove(key)
        return Operation(wish, [step], [command], _told(fact.values), None)


# -- what users write


def _values(options: dict[str, t.Any]) -> Values:
    values: Values = {"mac": ethernet_address(options["mac"])}
    of_vxlan = [option for option in _OF_VXLAN if options[option] is not None]
    master = not of_vxlan if options["master"] is None else options["master"]
    values["master"] = master
    if master and of_vxlan:
        raise ValueError(f"{of_vxlan[0]} is for entries of a VXLAN interface itself, not for those of its bridge; "
                         "leave master out")
    if options["vlan"] is not None:
        if not master:
            raise ValueError("vlan is for entries of a bridge only")
        values["vlan"] = whole_number(options["vlan"], "vlan", 1, 4094)
    if options["dst"] is not None:
        dst = address(options["dst"], "dst")
        if dst.is_unspecified:
            raise ValueError(f"dst {dst} is no address of a host")
        values["dst"] = str(dst)
    elif of_vxlan:
        raise ValueError(f"{of_vxlan[0]} has no meaning without dst")
    if values["mac"] == _ANYTHING and "dst" not in values:
        raise ValueError(f"an entry for everything ({_ANYTHING}) needs dst")
    for option, most in (("vni", _MOST_VNI), ("src_vni", _MOST_VNI), ("port", 65535)):
        if options[option] is not None:
            values[option] = whole_number(options[option], option, 1, most)
    if options["via"] is not None:
        values["via"] = interface_name(options["via"], "via")
    if options["type"] is not None:
        values["type"] = options["type"]
    if options["sticky"] is not None:
        if options["sticky"] and not (master and options["type"] in (None, "static")):
            raise ValueError("sticky is for static entries of a bridge only")
        values["sticky"] = options["sticky"]
    return values


def _key(namespace: str, interface: str, values: Values) -> Key:
    """A bridge knows a MAC once in each VLAN, a VXLAN interface once or, if it stands for several, once for each
    destination."""
    mac = values["mac"]
    if values["master"]:
        return ("fdb", namespace, interface, "master", mac, str(values.get("vlan") or ""), "")
    dst = values.get("dst", "") if _is_for_several(mac) else ""
    return ("fdb", namespace, interface, "self", mac, str(values.get("src_vni") or ""), dst)


def _is_for_several(mac: str) -> bool:
    return mac == _ANYTHING or bool(int(mac[:2], 16) & 1)


def _has_several(key: Key) -> bool:
    return key[6] != ""


def _spelled(key: Key) -> str:
    _type, _namespace, _interface, table, mac, number, dst = key
    words = [mac]
    if dst:
        words += ["dst", dst]
    if number:
        words += ["vlan" if table == "master" else "src_vni", number]
    return " ".join([*words, *([] if table == "master" or dst else ["self"])])


def _given(wanted: Values) -> list[str]:
    """What is compared, beside what is in the key."""
    return [option for option in ("type", "sticky", "dst", "vni", "port", "via") if option in wanted]


def _same(present: Values, option: str, value: t.Any) -> bool:
    told = present.get(option)
    if told is None:
        told = present.get("by_default", {}).get(option, False if option == "sticky" else None)
    return bool(told == value)


# -- what the kernel has


def _facts(reader: Reader, namespace: str, wanted: set[bytes]) -> t.Iterator[Fact]:
    """Static entries, and any whose MAC is wanted; but not those that come with a link's own MAC or its groups."""
    dump = reader.dump(namespace, nl.RTM_GETNEIGH, "ndmsg", {"family": _AF_BRIDGE})
    if not dump:
        return
    links = {message["index"]: message for message in reader.links(namespace)}
    names = reader.link_names(namespace)
    macs: dict[int, str] = {}
    seen: set[Key] = set()
    for raw in dump:
        _family, index, state, flags = _NDMSG.unpack_from(raw)
        mac_bytes = _mac(raw)
        is_group = flags & _NTF_SELF and mac_bytes[0] & 1 and len(raw) <= _BARE
        if mac_bytes not in wanted and (is_group or not state & (_NUD_NOARP | _NUD_PERMANENT)):
            continue
        if index not in names:
            continue  # a link that somebody made since links were read
        message = read("ndmsg", raw)
        mac = mac_bytes.hex(":")
        master = message.get_attr("NDA_MASTER")
        by_itself = False
        if not flags & _NTF_SELF and state & _NUD_PERMANENT:
            for link in (index, master):
                if link not in macs:
                    macs[link] = links[link].get_attr("IFLA_ADDRESS") if link in links else ""
            by_itself = mac in (macs[index], macs[master])
        if by_itself and mac_bytes not in wanted:
            continue
        values = _seen(message, mac, state, flags, names, links[index])
        if by_itself or is_group or mac == _ANYTHING and values.get("dst") == _remote(links[index]):
            values["comes_by_itself"] = True
        key = _key(namespace, names[index], values)
        if key in seen:  # the same destination again, at another port or under another VNI
            key = (*key[:6], f"{key[6]} {values.get('vni')} {values.get('port')} {values.get('via')}")
        seen.add(key)
        yield from _facts_of(key, values, names.get(master))


def _remote(link: t.Any) -> str | None:
    """Where a VXLAN interface sends by itself what it knows no other way for: it has an entry for that."""
    info = link.get_attr("IFLA_LINKINFO")
    data = info.get_attr("IFLA_INFO_DATA") if info and info.get_attr("IFLA_INFO_KIND") == "vxlan" else None
    return (data.get_attr("IFLA_VXLAN_GROUP") or data.get_attr("IFLA_VXLAN_GROUP6")) if data else None


def _mac(raw: bytes) -> bytes:
    """Decoding is what takes the time, and there are thousands. Behind the number of another namespace only, where a
    VXLAN interface has been moved, the MAC is not the first attribute (vxlan_fdb_info)."""
    _length, attribute, mac = _FIRST_ATTRIBUTE.unpack_from(raw)
    if attribute == _NDA_LLADDR:
        return t.cast(bytes, mac)
    return bytes.fromhex((read("ndmsg", raw).get_attr("NDA_LLADDR") or _ANYTHING).replace(":", ""))


def _seen(message: t.Any, mac: str, state: int, flags: int, names: dict[int, str], link: t.Any) -> Values:
    values: Values = {
        "mac": mac,
        "master": not flags & _NTF_SELF,
        "type": "local" if state & _NUD_PERMANENT else "static" if state & _NUD_NOARP else "dynamic",
    }
    if flags & _NTF_STICKY:
        values["sticky"] = True
    for option, attribute in (
        ("vlan", "NDA_VLAN"),
        ("dst", "NDA_DST"),
        ("vni", "NDA_VNI"),
        ("port", "NDA_PORT"),
        ("src_vni", "NDA_SRC_VNI"),
    ):
        value = message.get_attr(attribute)
        if value:
            values[option] = value
    via = message.get_attr("NDA_IFINDEX")
    if via:
        values["via"] = names.get(via)
    if "dst" in values:
        values["by_default"] = _defaults(link)
    return values


def _defaults(link: t.Any) -> Values:
    """What a VXLAN interface takes where an entry does not say, and then does not tell."""
    info = link.get_attr("IFLA_LINKINFO")
    data = info.get_attr("IFLA_INFO_DATA") if info and info.get_attr("IFLA_INFO_KIND") == "vxlan" else None
    if data is None:
        return {}
    return {"vni": data.get_attr("IFLA_VXLAN_ID"), "port": data.get_attr("IFLA_VXLAN_PORT")}


def _made(key: Key, values: Values, view: View) -> list[Fact]:
    fact = view.get(port_key(*key[1:3]))
    master = fact.values["master"] if fact else None
    if master is None and _is_bridge(key, view):
        master = key[2]
    return _facts_of(key, values, master)


def _facts_of(key: Key, values: Values, master: str | None) -> list[Fact]:
    """An entry; and for one of a bridge, where the bridge has that MAC."""
    _type, namespace, interface, table, mac, number, _dst = key
    link = link_key(namespace, interface)
    if table == "self" or master is None:
        return [Fact(key, values, (link,), _restore)]
    requires = (link,) if master == interface else (link, port_key(namespace, interface))
    return [
        Fact(key, values, requires, _restore),
        Fact(_place_key(namespace, master, mac, number), {"entry": key}, (key,)),
    ]


def _place_key(namespace: str, bridge: str, mac: str, vlan: str) -> Key:
    return ("fdb-place", namespace, bridge, mac, vlan)


def _is_bridge(key: Key, view: View) -> bool:
    values = view.values(link_key(key[1], key[2]))
    return values is not None and values["kind"] == "bridge"


def _usual_type(key: Key, view: View) -> str:
    """As ``bridge fdb`` has it for VXLAN; on a bridge, where a local entry leads to the host itself, static ones are
    what people mean. One more destination of a MAC leaves the type to those that are there."""
    if key[3] == "master":
        return "local" if _is_bridge(key, view) else "static"
    if _has_several(key):
        for fact in view.dependents(link_key(key[1], key[2]), past="link"):
            if fact.key[0] == "fdb" and fact.key[3:6] == key[3:6] and fact.key != key:
                return t.cast(str, fact.values["type"])
    return "local"


def _check_place(wish: Wish, view: View) -> None:
    """Whether there is something that has such entries."""
    _type, namespace, interface = wish.identity[:3]
    link = view.fact(link_key(namespace, interface)).values
    if link.get("assumed"):
        return
    where = place(namespace, interface)
    if wish.options["master"]:
        if link["kind"] != "bridge" and port_key(namespace, interface) not in view:
            raise LabError(f"{wish.item}: {where} is a port of no bridge; make it one first, or name dst on a VXLAN "
                           "interface")
    elif "dst" in wish.options and link["kind"] != "vxlan":
        raise LabError(f"{wish.item}: {where} is no VXLAN interface, so that entries have no dst there; leave dst out")


def _occupy(wish: Wish, view: View) -> Fact | None:
    """Claims a MAC of a bridge; returns the entry of another port that has it."""
    key = wish.identity
    port = view.get(port_key(*key[1:3]))
    if key[3] != "master" or port is None:
        return None
    there = view.values(_place_key(key[1], port.values["master"], key[4], key[5]))
    fact = view.get(there["entry"]) if there and there["entry"] != key else None
    if fact is not None and fact.values.get("wished"):
        raise LabError(
            f"{wish.item}: {fact.values['wished']} has this MAC on another port of {port.values['master']}; "
            "a bridge knows a MAC once, so keep one of the two"
        )
    wish.options["wished"] = wish.item
    if key in view:
        view.update(key, wished=wish.item)
    return fact


# -- requests and words


def _restore(fact: Fact) -> list[Step]:
    if fact.values["type"] == "dynamic" or fact.values.get("comes_by_itself"):
        return []
    return [_request(nl.RTM_NEWNEIGH, _flags(fact.key), fact.key, fact.values, _database(fact.key, fact.requires))]


def _flags(key: Key) -> int:
    return nl.NLM_F_CREATE | (nl.NLM_F_APPEND if _has_several(key) else nl.NLM_F_REPLACE)


def _database(key: Key, requires: t.Sequence[Key]) -> int:
    """Of an entry that is there: the bridge's own are asked for as its, not its master's."""
    return _NTF_MASTER if key[3] == "master" and len(requires) > 1 else _NTF_SELF


def _add(key: Key, values: Values, view: View, undo: t.Sequence[Step]) -> Request:
    request = _request(nl.RTM_NEWNEIGH, _flags(key), key, values, _table(key, view))
    request.undo = list(undo)
    return request


def _delete(key: Key, values: Values, view: View, undo: t.Sequence[Step] = ()) -> Request:
    request = _request(nl.RTM_DELNEIGH, 0, key, values, _table(key, view))
    request.undo = list(undo)
    request.tolerated = (errno.ENOENT,)
    return request


def _table(key: Key, view: View) -> int:
    return _NTF_MASTER if key[3] == "master" and not _is_bridge(key, view) else _NTF_SELF


def _request(kind: int, flags: int, key: Key, values: Values, table: int) -> Request:
    _type, namespace, interface, _table, mac = key[:5]
    attrs: list[tuple[str, t.Any]] = [("NDA_LLADDR", mac)]
    for option, attribute in (
        ("dst", "NDA_DST"),
        ("vlan", "NDA_VLAN"),
        ("port", "NDA_PORT"),
        ("vni", "NDA_VNI"),
        ("src_vni", "NDA_SRC_VNI"),
    ):
        if values.get(option):
            attrs.append((attribute, values[option]))
    if values.get("via"):
        attrs.append(("NDA_IFINDEX", Index(link_key(namespace, values["via"]))))
    return Request(
        namespace,
        "ndmsg",
        kind,
        flags,
        {
            "family": _AF_BRIDGE,
            "ifindex": Index(link_key(namespace, interface)),
            "state": _TYPES[values["type"]],
            "flags": table | (_NTF_STICKY if values.get("sticky") else 0),
            "ndm_type": 0,
        },
        attrs,
        cures=_CURES,
    )


def _command(verb: str, key: Key, values: Values, view: View) -> Command:
    _type, namespace, interface, _table_of, mac = key[:5]
    words = ["fdb", verb, mac, "dev", interface]
    for option in ("dst", "vlan", "src_vni", "vni", "port", "via"):
        if values.get(option):
            words += [option, str(values[option])]
    words.append("master" if _table(key, view) == _NTF_MASTER else "self")
    if verb != "del":
        words.append(values["type"])
        words += ["sticky"] if values.get("sticky") else []
    return bridge_tool(namespace, *words)


def _told(values: Values) -> Values:
    """An entry in a result."""
    return {option: values[option] for option in ("type", "sticky", "vlan", *_OF_VXLAN) if values.get(option)}
