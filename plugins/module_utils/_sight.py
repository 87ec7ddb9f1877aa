# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What decides whether packets get through, as it is seen now: the objects the engine knows, and with them what changes
by itself, such as carrier. From it, what has not settled yet."""

from __future__ import annotations

import ipaddress
import socket
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.plugins.module_utils._message import Message, read
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Key, View, link_key, place
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._resources._link import port_key
from ansible_collections.netns.lab.plugins.module_utils._values import Interface

_IFF_LOWER_UP = 0x10000
_OPERATIONAL = (0, 6)  # IF_OPER_UNKNOWN, which is lo's, and IF_OPER_UP
_IFA_F_DADFAILED, _IFA_F_TENTATIVE = 0x08, 0x40
_POLL = 0.05
# The kernel may tell of a carrier up to a second late (linkwatch). What it has not told by then stays so by itself.
_SOON = 3.0


@dataclass
class Sight:
    """Some namespaces at one moment."""

    view: View
    carrier: dict[Key, bool] = field(default_factory=dict)
    operational: dict[Key, bool] = field(default_factory=dict)
    """Whether the kernel has taken note of the carrier (RFC 2863)."""
    tentative: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Of an address that cannot be used (its namespace and the address): True while duplicate address detection is at
    work, False once it has found a duplicate."""
    forwarding: dict[tuple[str, int], bool] = field(default_factory=dict)
    """Whether a namespace forwards packets of an IP version."""


def look(host: Host, namespaces: t.Iterable[str], with_forwarding: bool = False) -> Sight:
    """Sees those of the namespaces that exist."""
    existing = [namespace for namespace in dict.fromkeys(namespaces) if host.opens(namespace)]
    reader = Reader(host)
    sight = Sight(View(fact for kind in KINDS for fact in kind.observe(reader, existing, ())))
    for namespace in existing:
        for link in reader.links(namespace):
            key = link_key(namespace, link.get_attr("IFLA_IFNAME"))
            sight.carrier[key] = bool(link["flags"] & _IFF_LOWER_UP)
            sight.operational[key] = _operational(link)
        _find_tentative(host, namespace, sight)
        if with_forwarding:
            for version in (4, 6):
                sight.forwarding[namespace, version] = _forwards(host, namespace, version)
    return sight


def _operational(link: Message) -> bool:
    state = link.get_attr("IFLA_OPERSTATE")  # a structure of one field
    return state is None or state["value"] in _OPERATIONAL


def _find_tentative(host: Host, namespace: str, sight: Sight) -> None:
    request = nl.encode("ifaddrmsg", {"family": socket.AF_INET6}, [])
    for raw in host.socket(namespace).dump(nl.RTM_GETADDR, request):
        message = read("ifaddrmsg", raw)
        flags = message.get_attr("IFA_FLAGS") or message["flags"]
        own = str(ipaddress.ip_address(message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")))
        if flags & _IFA_F_DADFAILED:
            sight.tentative[namespace, own] = False
        elif flags & _IFA_F_TENTATIVE:
            sight.tentative[namespace, own] = True


def _forwards(host: Host, namespace: str, version: int) -> bool:
    name = "ipv4/ip_forward" if version == 4 else "ipv6/conf/all/forwarding"
    try:
        with host.inside(namespace), open(f"/proc/sys/net/{name}", encoding="ascii") as setting:
            return setting.read().strip() != "0"
    except OSError:  # without IPv6, or with a /proc that others have made smaller
        return False


def addresses(sight: Sight, namespace: str) -> list[Interface]:
    """Those of a namespace that others can reach."""
    found = [
        ipaddress.ip_interface(f"{fact.key[3]}/{fact.values['prefixlen']}")
        for fact in sight.view.inside(namespace, "address")
    ]
    return [interface for interface in found if not interface.ip.is_loopback and not interface.ip.is_link_local]


# -- settling


def settle(host: Host, concerned: t.Collection[str], around: t.Iterable[str], timeout: float) -> list[str]:
    """Waits until nothing is about to change by itself in the namespaces ``concerned``, nor with the ports in those
    ``around`` them that lead there. Returns what had not settled at the end."""
    start = time.monotonic()
    namespaces = list(dict.fromkeys([*concerned, *around]))
    while True:
        sight = look(host, namespaces)
        waited = time.monotonic() - start
        waiting = unsettled(sight, concerned, is_late=waited > _SOON)
        if not waiting or waited >= timeout:
            return waiting
        time.sleep(min(_POLL, timeout - waited))


def unsettled(sight: Sight, concerned: t.Collection[str], is_late: bool = False) -> list[str]:
    """What is about to change by itself; ``is_late`` leaves out what takes a second at most."""
    found: list[str] = []
    view = sight.view
    for fact in view.of_type("link"):
        _type, namespace, name = fact.key
        peer = view.get(fact.values["peer"]) if fact.values["peer"] else None
        leads_there = peer is not None and peer.key[1] in concerned
        if not fact.values["up"] or (namespace not in concerned or namespace == OWN) and not leads_there:
            continue
        where = place(namespace, name)
        is_cabled = peer is not None and peer.values["up"]
        if not is_late:
            if is_cabled and not sight.carrier.get(fact.key):
                found.append(f"{where} has no carrier yet")
            elif sight.carrier.get(fact.key) and not sight.operational.get(fact.key, True):
                found.append(f"{where} is not operational yet")
        port = view.values(port_key(namespace, name))
        master = view.values(link_key(namespace, port["master"])) if port else None
        if port is None or master is None or not master["up"] or not sight.carrier.get(fact.key):
            continue
        state = port.get("port_state")
        if state in ("listening", "learning") or state == "disabled" and not is_late:
            found.append(f"port {where} is still {state}")
    for (namespace, own), is_tentative in sight.tentative.items():
        if is_tentative and namespace in concerned and namespace != OWN and _has_carrier(sight, namespace, own):
            found.append(f"{own} in {namespace} is still tentative")
    return found


def _has_carrier(sight: Sight, namespace: str, own: str) -> bool:
    """Duplicate address detection waits for it, however long."""
    return any(
        fact.key[3] == own and sight.carrier.get(link_key(namespace, fact.key[2]))
        for fact in sight.view.inside(namespace, "address")
    )
