# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As much of the kernel as the engine's requests need: named namespaces, veth pairs, bridges, ports and addresses.

It takes the very bytes the engine sends, refuses what the kernel refuses, and takes along what the kernel takes along:
a pair's other end, a moved link's addresses and master, a downed link's IPv6 addresses, a primary address's secondary
ones. FakeHost stands for _host.py before it, so that the engine's own code reads it, changes it and takes back.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import itertools
import os
import struct
import time
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._apply import Applier
from ansible_collections.netns.lab.plugins.module_utils._host import Entry
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, View
from ansible_collections.netns.lab.plugins.module_utils._plan import Plan
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS

IFF_UP, SECONDARY, FOREVER = 0x1, 0x01, 0xFFFFFFFF
BRIDGE_DEFAULTS = {
    "IFLA_BR_FORWARD_DELAY": 1500,
    "IFLA_BR_HELLO_TIME": 200,
    "IFLA_BR_MAX_AGE": 2000,
    "IFLA_BR_AGEING_TIME": 30000,
    "IFLA_BR_STP_STATE": 0,
    "IFLA_BR_PRIORITY": 32768,
    "IFLA_BR_MCAST_SNOOPING": 1,
}
PORT_DEFAULTS = {"IFLA_BRPORT_COST": 2, "IFLA_BRPORT_PRIORITY": 32, "IFLA_BRPORT_ISOLATED": 0, "IFLA_BRPORT_MODE": 0}
PLAIN = ("IFLA_ADDRESS", "IFLA_MTU", "IFLA_TXQLEN")  # what rtnl_create_link() takes; the alias is not among them


class Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(errno.errorcode[code])
        self.code = code


class Address(t.NamedTuple):
    local: str
    peer: str
    prefixlen: int
    scope: int
    flags: int
    label: str
    broadcast: str
    metric: int
    lifetimes: tuple[int, int]

    @property
    def is_ipv6(self) -> bool:
        return ":" in self.local

    @property
    def network(self) -> t.Any:
        return ipaddress.ip_network(f"{self.peer}/{self.prefixlen}", strict=False)

    @property
    def identity(self) -> tuple[t.Any, ...]:
        return (self.local,) if self.is_ipv6 else (self.local, self.peer, self.prefixlen)


# What the kernel gives lo when it is first set up (inetdev_event), for good.
LOOPBACK = Address("127.0.0.1", "127.0.0.1", 8, 254, 0, "lo", "", 0, (FOREVER, FOREVER))


class Link:
    def __init__(self, name: str, index: int, kind: str | None, mac: str, mtu: int = 1500) -> None:
        self.name, self.index, self.kind = name, index, kind
        self.flags = 0
        self.attrs: dict[str, t.Any] = {"IFLA_ADDRESS": mac, "IFLA_MTU": mtu, "IFLA_TXQLEN": 1000, "IFLA_IFALIAS": ""}
        self.addrgenmode = 0
        self.data = dict(BRIDGE_DEFAULTS) if kind == "bridge" else {}
        self.port: dict[str, t.Any] = {}
        self.master: Link | None = None
        self.peer: Link | None = None
        self.addresses: list[Address] = []

    def enslave(self, master: Link | None) -> None:
        if master is not self.master:
            self.master, self.port = master, dict(PORT_DEFAULTS) if master else {}


Namespace = dict[str, Link]


class FakeKernel:
    def __init__(self, promote_secondaries: bool = False) -> None:
        self.promote_secondaries = promote_secondaries
        self.namespaces: list[Namespace] = []
        """All there ever were; a namespace's place is its number, which serves for inode, descriptor and nsid."""
        self.names: dict[str, Namespace] = {OWN: self.namespace()}
        self.changes = 0
        self.fault: int | None = None
        """How many changes succeed until one fails. Those after it succeed again."""
        self.on_change: t.Callable[[], None] = lambda: None
        """Called before each change, which is counted already."""
        self._macs = itertools.count(1)

    def namespace(self) -> Namespace:
        self.namespaces.append({"lo": Link("lo", 1, None, "00:00:00:00:00:00", 65536)})
        return self.namespaces[-1]

    def number(self, namespace: Namespace) -> int:
        return next(number for number, found in enumerate(self.namespaces) if found is namespace) + 100

    def end(self, namespace: Namespace) -> None:
        """A namespace vanishes, and with it the other ends of its pairs."""
        for link in list(namespace.values()):
            if link.peer:
                self._delete(link)

    def may_fail(self) -> None:
        self.changes += 1
        self.on_change()
        if self.fault is not None and self.changes > self.fault:
            self.fault = None
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    # -- the engine at work on it

    def view(self, assuming: bool = False) -> View:
        """As _engine.py reads the host."""
        view, reader = View(assuming=assuming), Reader(FakeHost(self))  # type: ignore[arg-type]
        for kind in KINDS:
            for fact in kind.observe(reader, list(self.names), ()):
                view.put(fact)
        view.made.clear()
        return view

    def carry_out(self, plan: Plan, after: View, choose_indexes: bool = False) -> None:
        """As _engine.py carries a plan out; LabError as _apply.py raises it. ``after``: the view once planned."""
        applier = Applier(FakeHost(self), self.view())  # type: ignore[arg-type]
        applier.prepare(plan, after, choose_indexes)
        applier.run(plan)

    def state(self) -> t.Any:
        """A copy of all that can be told from outside, to compare."""
        places = {id(link): (space, name) for space, links in self.names.items() for name, link in links.items()}
        return {
            namespace: {
                name: {
                    "index": link.index,
                    "kind": link.kind,
                    "flags": link.flags,
                    "attrs": dict(link.attrs),
                    "addrgenmode": link.addrgenmode,
                    "data": dict(link.data),
                    "port": dict(link.port),
                    "master": places.get(id(link.master)),
                    "peer": places.get(id(link.peer)),
                    "addresses": sorted(link.addresses),
                }
                for name, link in links.items()
            }
            for namespace, links in self.names.items()
        }

    # -- requests

    def request(self, links: Namespace, kind: int, flags: int, body: bytes) -> list[tuple[int, bytes]]:
        """Carries one request out; returns the messages of the answer."""
        if kind == nl.RTM_NEWLINK:
            message = decoded("ifinfmsg", body)
            (self._create if flags & nl.NLM_F_CREATE else self._change)(links, message)
        elif kind == nl.RTM_DELLINK:
            self._delete(self._find(links, decoded("ifinfmsg", body)))
        elif kind == nl.RTM_NEWADDR:
            self._add_address(links, decoded("ifaddrmsg", body), flags)
        elif kind == nl.RTM_DELADDR:
            self._delete_address(links, decoded("ifaddrmsg", body))
        elif kind == nl.RTM_GETLINK:
            link = self._find(links, decoded("ifinfmsg", body))
            return [(nl.RTM_NEWLINK, nl.encode("ifinfmsg", {"family": 0, "index": link.index}, []))]
        else:
            assert kind == nl.RTM_GETNSID
            fd = decoded("nsidmsg", body).get_attr("NETNSA_FD")
            return [(88, nl.encode("nsidmsg", {"rtgen_family": 0}, [("NETNSA_NSID", fd)]))]
        return []

    def _create(self, links: Namespace, message: t.Any) -> None:
        info = message.get_attr("IFLA_LINKINFO")
        kind, data = info.get_attr("IFLA_INFO_KIND"), info.get_attr("IFLA_INFO_DATA")
        name = message.get_attr("IFLA_IFNAME")
        if name in links:
            raise Refused(errno.EEXIST)
        link = self._link(links, name, kind, message)
        if kind == "veth":
            peer = data.get_attr("VETH_INFO_PEER")
            fd = peer.get_attr("IFLA_NET_NS_FD")
            there = links if fd is None else self.by_fd(fd)
            peer_name = peer.get_attr("IFLA_IFNAME")
            if peer_name in there or (there is links and peer_name == name):
                raise Refused(errno.EEXIST)
            assert not peer["flags"], "a peer cannot be up before the pair is tied (ENOTCONN)"
            taken = link.index if there is links else 0
            link.peer = there[peer_name] = self._link(there, peer_name, kind, peer, taken)
            link.peer.peer = link
        elif data is not None:
            link.data.update(data["attrs"])
        link.flags = message["flags"] & message["change"]
        links[name] = link

    def _link(self, links: Namespace, name: str, kind: str | None, message: t.Any, taken: int = 0) -> Link:
        number = next(self._macs)
        index = self._index(links, message["index"], taken)
        link = Link(name, index, kind, f"02:ff:00:00:{number >> 8:02x}:{number & 255:02x}")
        link.attrs.update({name: value for name, value in message["attrs"] if name in PLAIN})
        return link

    @staticmethod
    def _index(links: Namespace, wanted: int, also_taken: int = 0) -> int:
        taken = {also_taken, *(link.index for link in links.values())}
        if wanted and wanted in taken:
            raise Refused(errno.EBUSY)
        return wanted or max(taken) + 1

    def _change(self, links: Namespace, message: t.Any) -> None:
        """do_setlink(), in its order."""
        link = self._find(links, message)
        fd, master = message.get_attr("IFLA_NET_NS_FD"), message.get_attr("IFLA_MASTER")
        info, families = message.get_attr("IFLA_LINKINFO"), message.get_attr("IFLA_AF_SPEC")
        if fd is not None:
            self._move(links, link, self.by_fd(fd), message.get_attr("IFLA_NEW_IFINDEX") is not None)
            links = self.by_fd(fd)
        link.attrs.update({name: value for name, value in message["attrs"] if name in (*PLAIN, "IFLA_IFALIAS")})
        if master is not None:
            link.enslave(self._by_index(links, master) if master else None)
        was_up = link.flags & IFF_UP
        link.flags = link.flags & ~message["change"] | message["flags"] & message["change"]
        if not was_up and link.flags & IFF_UP:
            self.set_up(link)
        if was_up and not link.flags & IFF_UP:
            link.addresses = [found for found in link.addresses if not found.is_ipv6]
        if families:
            link.addrgenmode = families.get_attr("AF_INET6").get_attr("IFLA_INET6_ADDR_GEN_MODE")
        if info and info.get_attr("IFLA_INFO_DATA"):
            if info.get_attr("IFLA_INFO_KIND") != link.kind:
                raise Refused(errno.EOPNOTSUPP)
            link.data.update(info.get_attr("IFLA_INFO_DATA")["attrs"])
        if info and info.get_attr("IFLA_INFO_SLAVE_DATA"):
            if not link.master or link.master.kind != info.get_attr("IFLA_INFO_SLAVE_KIND"):
                raise Refused(errno.EINVAL)
            link.port.update(info.get_attr("IFLA_INFO_SLAVE_DATA")["attrs"])

    @staticmethod
    def set_up(link: Link) -> None:
        link.flags |= IFF_UP
        if link.name == "lo" and LOOPBACK not in link.addresses:
            link.addresses.append(LOOPBACK)

    def _move(self, links: Namespace, link: Link, there: Namespace, renumber: bool) -> None:
        if links is there:
            return
        if link.name == "lo" or link.kind == "bridge":
            raise Refused(errno.EINVAL)
        if link.name in there:
            raise Refused(errno.EEXIST)
        link.enslave(None)
        link.addresses, link.addrgenmode = [], 0
        link.flags &= ~IFF_UP
        if renumber or any(other.index == link.index for other in there.values()):
            link.index = self._index(there, 0)
        there[link.name] = links.pop(link.name)

    def _delete(self, link: Link) -> None:
        if link.name == "lo":
            raise Refused(errno.EOPNOTSUPP)
        for links in self.namespaces:
            for found in list(links.values()):
                if found is link or found is link.peer:
                    del links[found.name]
                elif found.master is link:
                    found.enslave(None)

    def _add_address(self, links: Namespace, message: t.Any, flags: int) -> None:
        link = self._by_index(links, message["index"])
        local = message.get_attr("IFA_LOCAL")
        given = {name: _plain(value) for name, value in message["attrs"]}
        new = Address(
            local,
            given["IFA_ADDRESS"],
            message["prefixlen"],
            message["scope"],
            given.get("IFA_FLAGS", 0),
            given.get("IFA_LABEL", "" if ":" in local else link.name),
            given.get("IFA_BROADCAST", ""),
            given.get("IFA_RT_PRIORITY", 0),
            given.get("IFA_CACHEINFO", (FOREVER, FOREVER)),
        )
        for position, old in enumerate(link.addresses):
            if old.identity == new.identity:
                if not flags & nl.NLM_F_REPLACE:
                    raise Refused(errno.EEXIST)
                link.addresses[position] = old._replace(
                    flags=new.flags if new.is_ipv6 else old.flags,
                    metric=new.metric or (old.metric if new.is_ipv6 else 0),  # to IPv6, 0 is none
                    lifetimes=new.lifetimes,
                )
                return
        if not new.is_ipv6 and any(self._is_secondary(old, new) for old in link.addresses):
            new = new._replace(flags=new.flags | SECONDARY)
        link.addresses.append(new)

    @staticmethod
    def _is_secondary(old: Address, new: Address) -> bool:
        return not old.is_ipv6 and not old.flags & SECONDARY and old.network == new.network

    def _delete_address(self, links: Namespace, message: t.Any) -> None:
        link = self._by_index(links, message["index"])
        local, peer = message.get_attr("IFA_LOCAL"), message.get_attr("IFA_ADDRESS")
        identity = (local,) if ":" in local else (local, peer, message["prefixlen"])
        gone = next((found for found in link.addresses if found.identity == identity), None)
        if gone is None:
            raise Refused(errno.EADDRNOTAVAIL)
        link.addresses.remove(gone)
        if gone.is_ipv6 or gone.flags & SECONDARY:
            return
        left = [found for found in link.addresses if found.flags & SECONDARY and found.network == gone.network]
        for number, found in enumerate(left if self.promote_secondaries else ()):
            if number == 0:
                link.addresses[link.addresses.index(found)] = found._replace(flags=found.flags & ~SECONDARY)
        if not self.promote_secondaries:
            link.addresses = [found for found in link.addresses if found not in left]

    # -- finding

    @staticmethod
    def _find(links: Namespace, message: t.Any) -> Link:
        name, index = message.get_attr("IFLA_IFNAME"), message["index"]
        for link in links.values():
            if link.index == index if index else link.name == name:
                return link
        raise Refused(errno.ENODEV)

    @staticmethod
    def _by_index(links: Namespace, index: int) -> Link:
        for link in links.values():
            if link.index == index:
                return link
        raise Refused(errno.ENODEV)

    def by_fd(self, fd: int) -> Namespace:
        return self.namespaces[fd - 100]


def decoded(schema: str, body: bytes) -> t.Any:
    message = message_class(schema)(struct.pack("=IHHII", 16 + len(body), 0, 0, 0, 0) + body)
    message.decode()
    return message


def _plain(value: t.Any) -> t.Any:
    return (value["ifa_valid"], value["ifa_preferred"]) if hasattr(value, "keys") else value


class FakeHost:
    """A fake kernel by the methods of _host.Host. Descriptors are numbers, but for those that are held: the engine
    closes them itself."""

    def __init__(self, kernel: FakeKernel) -> None:
        self.kernel = kernel
        self._unnamed: dict[str, Namespace] = {}
        self._held: dict[int, Namespace] = {}

    # -- what the engine reads

    def inspect(self, name: str) -> Entry | None:
        return self._entry(self.kernel.names[name]) if name in self.kernel.names else None

    def _entry(self, namespace: Namespace) -> Entry:
        number = self.kernel.number(namespace)
        return Entry(-number, f"#{number}")  # no process of this machine is in a namespace with such an inode

    def fd(self, name: str) -> int:
        return self.kernel.number(self._namespace(name))

    def socket(self, name: str) -> FakeSocket:
        return FakeSocket(self.kernel, self._namespace(name))

    def _namespace(self, name: str) -> Namespace:
        return self._unnamed[name] if name in self._unnamed else self.kernel.names[name]

    # -- what it changes

    @contextlib.contextmanager
    def naming(self) -> t.Iterator[None]:
        yield

    def make(self, loopbacks: t.Mapping[str, bool]) -> dict[str, Entry]:
        for name, loopback in loopbacks.items():
            self._unnamed[name] = self.kernel.namespace()
            if loopback:
                self.kernel.set_up(self._unnamed[name]["lo"])
        return {name: self._entry(self._unnamed[name]) for name in loopbacks}

    def name(self, name: str) -> None:
        self.kernel.may_fail()
        assert name not in self.kernel.names
        self.kernel.names[name] = self._unnamed.pop(name)

    def unname(self, name: str) -> None:
        self.kernel.may_fail()
        del self.kernel.names[name]

    def hold(self, name: str) -> int:
        fd = os.open(os.devnull, os.O_RDONLY)
        self._held[fd] = self.kernel.names[name]
        return fd

    def bind_again(self, name: str, fd: int, link: str | None = None) -> None:
        namespace = self._held.pop(fd)
        assert self.kernel.names.setdefault(name, namespace) is namespace

    bind = bind_again

    def close_descriptors(self) -> None:
        """From here on namespaces without names are gone."""
        for namespace in self._held.values():
            if not any(namespace is named for named in self.kernel.names.values()):
                self.kernel.end(namespace)
        self._held.clear()


class FakeSocket:
    """A netlink socket in a namespace of a fake kernel."""

    def __init__(self, kernel: FakeKernel, links: Namespace) -> None:
        self.kernel = kernel
        self.links = links

    def exchange(self, requests: t.Sequence[tuple[int, int, bytes]], told: bool = False) -> list[nl.Answer]:
        return [self._answer(*request) for request in requests]

    def _answer(self, kind: int, flags: int, body: bytes) -> nl.Answer:
        is_change = kind not in (nl.RTM_GETLINK, nl.RTM_GETNSID)
        try:
            if is_change:
                self.kernel.may_fail()
            return nl.Answer(self.kernel.request(self.links, kind, flags, body))
        except Refused as refusal:
            return nl.Answer([], nl.NetlinkError(refusal.code, ""))
        except OSError as e:
            return nl.Answer([], nl.NetlinkError(e.errno or 0, "a fault for the test"))

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        if kind == nl.RTM_GETLINK:
            return [self._encode(link) for link in self.links.values()]
        if kind == nl.RTM_GETADDR:
            return [self._encode_address(link, found) for link in self.links.values() for found in link.addresses]
        return []

    def _encode(self, link: Link) -> bytes:
        attrs = [("IFLA_IFNAME", link.name), *link.attrs.items()]
        inet6 = {"attrs": [("IFLA_INET6_ADDR_GEN_MODE", link.addrgenmode)]}
        attrs.append(("IFLA_AF_SPEC", {"attrs": [("AF_INET6", inet6)]}))
        info: list[t.Any] = [("IFLA_INFO_KIND", link.kind)] if link.kind else []
        if link.data:
            info.append(("IFLA_INFO_DATA", {"attrs": list(link.data.items())}))
        if link.master:
            attrs.append(("IFLA_MASTER", link.master.index))
            info.append(("IFLA_INFO_SLAVE_KIND", link.master.kind))
            info.append(("IFLA_INFO_SLAVE_DATA", {"attrs": list(link.port.items())}))
        if link.peer:
            attrs.append(("IFLA_LINK", link.peer.index))
            home = next(links for links in self.kernel.namespaces if link.peer in links.values())
            if home is not self.links:
                attrs.append(("IFLA_LINK_NETNSID", self.kernel.number(home)))
        if info:
            attrs.append(("IFLA_LINKINFO", {"attrs": info}))
        return nl.encode("ifinfmsg", {"family": 0, "index": link.index, "flags": link.flags}, attrs)

    @staticmethod
    def _encode_address(link: Link, found: Address) -> bytes:
        now = round(time.clock_gettime(time.CLOCK_MONOTONIC) * 100)
        valid, preferred = found.lifetimes
        attrs: dict[str, t.Any] = {
            "IFA_ADDRESS": found.peer,
            "IFA_FLAGS": found.flags,
            "IFA_CACHEINFO": {"ifa_valid": valid, "ifa_preferred": preferred, "cstamp": now, "tstamp": now},
        }
        if not found.is_ipv6 or found.peer != found.local:
            attrs["IFA_LOCAL"] = found.local
        for name, value in (
            ("IFA_LABEL", found.label),
            ("IFA_BROADCAST", found.broadcast),
            ("IFA_RT_PRIORITY", found.metric),
        ):
            if value:
                attrs[name] = value
        header = {
            "family": 10 if found.is_ipv6 else 2,
            "prefixlen": found.prefixlen,
            "scope": found.scope,
            "index": link.index,
            "flags": found.flags & 0xFF,
        }
        return nl.encode("ifaddrmsg", header, list(attrs.items()))
