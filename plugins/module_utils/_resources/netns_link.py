# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Attributes of any link, whoever made it."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._ethtool import SetTxChecksum, tx_checksum
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
    link_up_key,
    members_key,
    netns_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    LINK,
    differing,
    given,
    unlike,
    without_none,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link import (
    FRESH,
    assumed_link,
    change_link,
    master_again,
    master_request,
    move_link,
    observe_links,
    port_fact,
    port_key,
)
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name, namespace_name

_LOOPBACK_MTU = 65536
_CURES = {
    errno.EOPNOTSUPP: "this kind of link does not take it",
    errno.EAFNOSUPPORT: "there is no IPv6 on this interface (it needs an MTU of 1280 or more)",
}


class NetnsLink(Kind):
    """``ip link set``."""

    section = "netns_link"
    options: t.ClassVar[dict[str, t.Any]] = {
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "from_namespace": {"type": "str"},
        "up": {"type": "bool"},
        "mtu": {"type": "int"},
        "mac": {"type": "str"},
        "alias": {"type": "str"},
        "txqueuelen": {"type": "int"},
        "promisc": {"type": "bool"},
        "arp": {"type": "bool"},
        "addrgenmode": {"type": "str", "choices": ["eui64", "none", "stable_secret", "random"]},
        "tx_checksum": {"type": "bool"},
        "master": {"type": "str"},
        "nomaster": {"type": "bool", "default": False},
    }

    literal = frozenset({"alias"})
    ends_in_namespace = False  # cables do not

    def wish(self, options: dict[str, t.Any]) -> Wish:
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        source = options["from_namespace"]
        if source:
            namespace_name(source)
        if source == namespace:
            raise ValueError("from_namespace and namespace are the same; leave from_namespace out")
        name = interface_name(options["name"])
        key = link_key(namespace, name)
        if source is not None and name == "lo":
            raise ValueError("the kernel never moves lo to another namespace")
        values = given(options, LINK)
        master = None if options["master"] is None else interface_name(options["master"], "master")
        if master and options["nomaster"]:
            raise ValueError("master and nomaster contradict each other; give one of them")
        if master == name:
            raise ValueError("a link cannot be its own master")
        settings: dict[tuple[Key, str], t.Any] = {(key, option): value for option, value in values.items()}
        if master or options["nomaster"]:
            settings[key, "master"] = master
        moves = () if source is None else (link_key(source, name),)
        return Wish(
            kind=self,
            item=f"netns_link {place(namespace, name)}",
            name=place(namespace, name),
            identity=("netns_link", namespace, name),
            present=True,
            objects=(port_key(namespace, name),) if master else (),
            options={
                "key": key,
                "source": source,
                "values": values,
                "tx_checksum": options["tx_checksum"],
                "master": master,
                "nomaster": options["nomaster"],
            },
            requires=(
                netns_key(namespace),
                *((netns_key(source),) if source is not None else (key,)),
                *((link_key(namespace, master),) if master else ()),
            ),
            after=moves,
            provides=(
                *((key,) if moves else ()),
                *((link_up_key(namespace, name),) if values else ()),
                *((port_key(namespace, name),) if master or options["nomaster"] else ()),
                *((members_key(namespace, master),) if master else ()),
            ),
            takes=moves,
            namespaces=(namespace,) if source is None else (namespace, source),
            settings=settings,
        )

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        facts = observe_links(reader, namespaces)
        asked = {
            link_key(namespace, wish.options["key"][2])
            for wish in wishes
            if wish.options["tx_checksum"] is not None
            for namespace in wish.namespaces
        }
        for fact in facts:
            if fact.key in asked:
                fact.values["tx_checksum"] = tx_checksum(reader.host, fact.key[1], fact.key[2])
        return facts

    def definition(self, fact: Fact, view: View) -> dict[str, t.Any] | None:
        """Only what the module that makes a link has no option for; of a link that nobody makes, the rest as well."""
        if fact.key[0] != "link":
            return None
        _type, namespace, name = fact.key
        options = unlike(FRESH, fact.values, ("alias", "txqueuelen", "promisc", "arp", "addrgenmode"))
        if fact.values["kind"] is None:
            options.update(unlike({"mtu": _LOOPBACK_MTU if name == "lo" else FRESH["mtu"]}, fact.values, ("mtu",)))
            if namespace == OWN:  # elsewhere, lo is the namespace's matter
                options["up"] = fact.values["up"]
        if fact.values.get("tx_checksum") is False:
            options["tx_checksum"] = False
        return without_none({"name": name, "namespace": namespace or None, **options}) if options else None

    def is_meant(self, wish: Wish, fact: Fact, view: View) -> bool:
        return fact.key in wish.objects

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        options = wish.options
        key, source = options["key"], options["source"]
        _type, namespace, name = key
        steps: list[Step] = []
        commands: list[Command] = []
        before: dict[str, t.Any] = {}
        after: dict[str, t.Any] = {}
        if key not in view and source is not None:
            steps, commands = _fetch(wish, view)
            before["namespace"], after["namespace"] = source or None, namespace or None
        values = view.fact(key).values
        changes = differing(options["values"], values)
        if changes:
            before.update({option: values.get(option) for option in changes})
            after.update(changes)
            changed_steps, changed_commands = change_link(key, view, changes, cures=_CURES)
            steps += changed_steps
            commands += changed_commands
        wanted = options["tx_checksum"]
        if wanted is not None and values.get("tx_checksum", not wanted) != wanted:
            before["tx_checksum"], after["tx_checksum"] = not wanted, wanted
            steps.append(SetTxChecksum(namespace, name, wanted, undo=[SetTxChecksum(namespace, name, not wanted)]))
            command = ["ethtool", "-K", name, "tx", "on" if wanted else "off"]
            commands.append(ip(OWN, "netns", "exec", namespace, *command) if namespace else command)
            view.update(key, tx_checksum=wanted)
        fact = view.get(port_key(namespace, name))
        master = fact.values["master"] if fact else None
        if (options["master"] or options["nomaster"]) and master != options["master"]:
            before["master"], after["master"] = master, options["master"]
            steps.append(master_request(namespace, name, options["master"], undo=master_again(key, view)))
            words = ["master", options["master"]] if options["master"] else ["nomaster"]
            commands.append(ip(namespace, "link", "set", "dev", name, *words))
            view.forget(port_key(namespace, name))
            if options["master"]:
                view.put(port_fact(namespace, name, options["master"], {}))
        return [Operation(wish, steps, commands, before, after)] if steps else []


def _fetch(wish: Wish, view: View) -> tuple[list[Step], list[Command]]:
    _type, namespace, name = wish.options["key"]
    origin = link_key(wish.options["source"], name)
    if origin not in view:
        if not view.assuming:
            raise LabError(
                f"{wish.item}: there is no {place(namespace, name)} and no {place(wish.options['source'], name)} "
                "to move there; create the link first"
            )
        view.put(assumed_link(origin))
    return move_link(origin, namespace, view)
