# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""VXLANs: Ethernet over UDP."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Wish
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    Attribute,
    choice,
    keyword,
    mark,
    number,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link_kind import LinkKind, Values, link_options
from ansible_collections.netns.lab.plugins.module_utils._values import address

_DF = {"unset": 0, "set": 1, "inherit": 2}
_PORT = 4789  # IANA's; the kernel's own default is an older one
_NOBODY = ("0.0.0.0", "::")
_ENDS = ("local", "remote")


def _is_group(value: str) -> bool:
    return ipaddress.ip_address(value).is_multicast


def _endpoint(nla: str, word: str) -> Attribute:
    """An address of either family. None is told as the unspecified one of the link's family, which sets none."""

    def read(message: t.Any) -> str:
        found = message.get_attr(nla) or message.get_attr(f"{nla}6")
        is_ipv6 = any(message.get_attr(other) for other in ("IFLA_VXLAN_GROUP6", "IFLA_VXLAN_LOCAL6"))
        return t.cast(str, found) or _NOBODY[is_ipv6]

    return Attribute(
        read=read,
        write=lambda value: (nla + ("6" if ":" in value else ""), value),
        words=lambda value: [] if value in _NOBODY else ["group" if _is_group(value) else word, value],
        check=lambda value: str(address(value, word)),
    )


def _tos_words(value: int) -> list[str]:
    return ["tos", "inherit" if value == 1 else hex(value)]


class Vxlan(LinkKind):
    """``ip link add ... type vxlan``."""

    section = "vxlan"
    options = link_options(
        vni={"type": "int"},
        local={"type": "str"},
        remote={"type": "str"},
        group={"type": "str"},
        dev={"type": "str"},
        underlay_namespace={"type": "str"},
        port={"type": "int"},
        ttl={"type": "int"},
        tos={"type": "int"},
        df={"type": "str", "choices": list(_DF)},
        learning={"type": "bool"},
        ageing={"type": "int"},
        limit={"type": "int"},
        proxy={"type": "bool"},
        rsc={"type": "bool"},
        l2miss={"type": "bool"},
        l3miss={"type": "bool"},
        udp_checksum={"type": "bool"},
        udp6_zero_checksum_tx={"type": "bool"},
        udp6_zero_checksum_rx={"type": "bool"},
    )
    required_if = [("state", "present", ["vni"])]
    mutually_exclusive = [("remote", "group")]
    # In the order in which "ip link help vxlan" has them.
    attributes = {
        "vni": number("IFLA_VXLAN_ID", "vni", 0, 2**24 - 1)._replace(words=lambda value: ["id", str(value)]),
        "local": _endpoint("IFLA_VXLAN_LOCAL", "local"),
        "remote": _endpoint("IFLA_VXLAN_GROUP", "remote"),
        "ttl": number("IFLA_VXLAN_TTL", "ttl", 0, 255),
        "ttl_inherit": mark("IFLA_VXLAN_TTL_INHERIT", "ttl")._replace(words=lambda value: ["ttl", "inherit"]),
        "tos": number("IFLA_VXLAN_TOS", "tos", 0, 255)._replace(words=_tos_words),
        "df": choice("IFLA_VXLAN_DF", "df", _DF),
        "source_ports": Attribute(
            read=lambda message: message.get_attr("IFLA_VXLAN_PORT_RANGE"),
            write=lambda value: ("IFLA_VXLAN_PORT_RANGE", value),
            words=lambda value: ["srcport", str(value["low"]), str(value["high"])],
        ),
        "port": number("IFLA_VXLAN_PORT", "port", 1, 65535)._replace(words=lambda value: ["dstport", str(value)]),
        "learning": keyword("IFLA_VXLAN_LEARNING", "learning"),
        "proxy": keyword("IFLA_VXLAN_PROXY", "proxy"),
        "rsc": keyword("IFLA_VXLAN_RSC", "rsc"),
        "l2miss": keyword("IFLA_VXLAN_L2MISS", "l2miss"),
        "l3miss": keyword("IFLA_VXLAN_L3MISS", "l3miss"),
        "udp_checksum": keyword("IFLA_VXLAN_UDP_CSUM", "udpcsum"),
        "udp6_zero_checksum_tx": keyword("IFLA_VXLAN_UDP_ZERO_CSUM6_TX", "udp6zerocsumtx"),
        "udp6_zero_checksum_rx": keyword("IFLA_VXLAN_UDP_ZERO_CSUM6_RX", "udp6zerocsumrx"),
        "ageing": number("IFLA_VXLAN_AGEING", "ageing", 1, 2**32 - 1),
        "limit": number("IFLA_VXLAN_LIMIT", "limit", 0, 2**32 - 1)._replace(
            words=lambda value: ["maxaddress", str(value)]
        ),
        "gbp": mark("IFLA_VXLAN_GBP", "gbp"),
        "gpe": mark("IFLA_VXLAN_GPE", "gpe"),
    }
    made_with = {"port": _PORT}
    # vxlan_nl2conf() and vxlan_nl2flag(), drivers/net/vxlan/vxlan_core.c
    fixed = frozenset(attributes) - {"local", "remote", "ttl", "tos", "df", "learning", "ageing"}
    config = ("CONFIG_VXLAN", "vxlan")
    lower_option = "dev"
    lower_attribute = "IFLA_VXLAN_LINK"
    base_option = "underlay_namespace"
    said = {
        "A VXLAN device with the specified VNI already exists": (
            "there is one VXLAN for a VNI and a port in a namespace; give another vni or port, or remove the other one"
        ),
    }

    def data(self, options: Values) -> Values:
        remote, group = options["remote"], options["group"]
        values = super().data({**options, "remote": remote if group is None else group})
        if remote is not None and _is_group(values["remote"]):
            raise ValueError(f"remote {remote} is a multicast address; call it group, and name the interface (dev)")
        if group is not None and not _is_group(values["remote"]):
            raise ValueError(f"group {group} is no multicast address; call it remote")
        if group is not None and options["dev"] is None:
            raise ValueError("group needs dev, the interface that joins it")
        ends = [values[end] for end in _ENDS if end in values]
        if len({":" in end for end in ends}) > 1:
            raise ValueError(f"{' and '.join(ends)} are of different families")
        for end in ends:
            if end in _NOBODY:
                raise ValueError(f"{end} is no address to send from or to; leave it out")
        if "local" in values and _is_group(values["local"]):
            raise ValueError(f"local {values['local']} is a multicast address")
        return values

    def check(self, wishes: list[Wish]) -> None:
        known: dict[tuple[t.Any, ...], Wish] = {}
        for wish in wishes:
            data = {**self.made_with, **wish.options["data"]}
            if wish.present:
                family = any(":" in data.get(end, "") for end in _ENDS)
                other = known.setdefault((wish.options["base"], data["vni"], data["port"], family), wish)
                if other is not wish:
                    raise LabError(
                        f"{other.item} and {wish.item} have the same VNI {data['vni']} on port {data['port']} of "
                        f"{wish.options['base'] or 'the own namespace'}; give one of them another vni or port"
                    )

    def must_be_made_anew(self, changes: Values, present: Values) -> bool:
        was = any(":" in present.get(end, "") for end in _ENDS)
        changes_family = any(end in changes and (":" in changes[end]) != was for end in _ENDS)
        return changes_family or super().must_be_made_anew(changes, present)

    def told(self, values: Values) -> Values:
        return _by_option(super().told(values))

    def options_of(self, data: Values) -> Values:
        by_default = {
            **{"port": _PORT, "ttl": 0, "tos": 0, "df": "unset", "learning": True, "ageing": 300, "limit": 0},
            **dict.fromkeys(("proxy", "rsc", "l2miss", "l3miss"), False),
            **{"udp_checksum": True, "udp6_zero_checksum_tx": False, "udp6_zero_checksum_rx": False},
        }
        return _by_option(
            {
                option: value
                for option, value in super().options_of(data).items()
                if by_default.get(option) != value and value not in _NOBODY
            }
        )

    def kept(self, data: Values, wanted: Values) -> Values:
        families = {":" in wanted[end] for end in _ENDS if end in wanted}
        return {
            option: value
            for option, value in data.items()
            if option not in _ENDS or value not in _NOBODY and families in (set(), {":" in value})
        }

    def mtu_above(self, mtu: int, data: Values) -> int:
        # VXLAN_HEADROOM and VXLAN6_HEADROOM, include/net/vxlan.h
        return mtu - (70 if any(":" in data.get(end, "") for end in _ENDS) else 50)


def _by_option(values: Values) -> Values:
    """With a multicast address called as the option for it."""
    return {
        "group" if option == "remote" and value not in (None, *_NOBODY) and _is_group(value) else option: value
        for option, value in values.items()
    }
