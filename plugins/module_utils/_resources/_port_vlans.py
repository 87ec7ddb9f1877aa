# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""The VLANs of a bridge's port."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import bridge_tool
from ansible_collections.netns.lab.plugins.module_utils._model import Command, Fact, Index, Key, Request, Step, link_key
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._resources._link import port_key
from ansible_collections.netns.lab.plugins.module_utils._values import whole_number

_AF_BRIDGE = 7
_RTEXT_FILTER_BRVLAN_COMPRESSED = 1 << 2
# include/uapi/linux/if_bridge.h
_PVID, _UNTAGGED, _RANGE_BEGIN, _RANGE_END = 1 << 1, 1 << 2, 1 << 3, 1 << 4
_FLAGS = {"pvid": _PVID, "untagged": _UNTAGGED}
_CURES = {errno.EOPNOTSUPP: "this kernel has no VLAN filtering in bridges (CONFIG_BRIDGE_VLAN_FILTERING)"}

Vlans = dict[int, int]
"""The flags of each VLAN that a port is in."""

OPTION: dict[str, t.Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "vid": {"type": "str", "required": True},
        "pvid": {"type": "bool", "default": False},
        "untagged": {"type": "bool", "default": False},
    },
}


def vlans_of(items: t.Sequence[dict[str, t.Any]]) -> Vlans:
    """What users write; raises ValueError."""
    found: Vlans = {}
    for item in items:
        flags = sum(flag for option, flag in _FLAGS.items() if item[option])
        low, high = _range(item["vid"])
        for vid in range(low, high + 1):
            if vid in found:
                raise ValueError(f"VLAN {vid} is there twice; keep one of the two")
            found[vid] = flags
    pvids = [vid for vid, flags in found.items() if flags & _PVID]
    if len(pvids) > 1:
        raise ValueError(f"VLANs {pvids[0]} and {pvids[1]} are both pvid; there is one for what comes in untagged")
    return dict(sorted(found.items()))


def _range(value: str) -> tuple[int, int]:
    low, dash, high = value.partition("-")
    if not all(part.isascii() and part.isdigit() for part in (low, high or low)) or dash and not high:
        raise ValueError(f"vid {value!r} is not a VLAN such as 10 or a range such as 10-20")
    first, last = (whole_number(int(part), "vid", 1, 4094) for part in (low, high or low))
    if first > last:
        raise ValueError(f"vid {value!r} ends before it begins")
    return first, last


def key_of_vlans(namespace: str, name: str) -> Key:
    return ("port-vlans", namespace, name)


def vlans_fact(key: Key, vlans: Vlans) -> Fact:
    return Fact(key, {"vlans": vlans}, (port_key(*key[1:]),), _restore, restore_commands=_restore_commands)


def observe_vlans(reader: Reader, namespace: str, asked: t.Collection[str]) -> t.Iterator[Fact]:
    """The VLANs of the ports asked for."""
    mask = [("IFLA_EXT_MASK", _RTEXT_FILTER_BRVLAN_COMPRESSED)]
    body = nl.encode("ifinfmsg", {"family": _AF_BRIDGE}, mask)
    names = reader.link_names(namespace)
    for raw in reader.host.socket(namespace).dump(nl.RTM_GETLINK, body):
        message = nl.decode("ifinfmsg", raw)
        name = names.get(message["index"])
        if name is not None and name in asked and message.get_attr("IFLA_MASTER"):
            families = message.get_attr("IFLA_AF_SPEC")
            infos = families.get_attrs("IFLA_BRIDGE_VLAN_INFO") if families else []
            yield vlans_fact(key_of_vlans(namespace, name), _spelled_out(infos))


def _spelled_out(infos: t.Iterable[dict[str, int]]) -> Vlans:
    found: Vlans = {}
    first = 0
    for info in infos:
        vid, flags = info["vid"], info["flags"]
        if flags & _RANGE_BEGIN:
            first = vid
            continue
        for each in range(first if flags & _RANGE_END else vid, vid + 1):
            found[each] = flags & (_PVID | _UNTAGGED)
    return found


def _ranges(vlans: Vlans) -> list[tuple[int, int, int]]:
    """First, last and flags of neighbours that are alike."""
    found: list[tuple[int, int, int]] = []
    for vid, flags in sorted(vlans.items()):
        if found and found[-1][1] == vid - 1 and found[-1][2] == flags and not flags & _PVID:
            found[-1] = (found[-1][0], vid, flags)
        else:
            found.append((vid, vid, flags))
    return found


def _differences(present: Vlans, wanted: Vlans) -> tuple[Vlans, Vlans]:
    """What to delete and what to add. What is there is added again to change its flags."""
    return (
        {vid: 0 for vid in present if vid not in wanted},
        {vid: flags for vid, flags in wanted.items() if present.get(vid) != flags},
    )


def change_vlans(key: Key, present: Vlans, wanted: Vlans) -> list[Step]:
    gone, new = _differences(present, wanted)
    steps = _steps(key, gone, new)
    for step in steps:
        step.partial = True
    _gone, again = _differences(wanted, present)  # pylint: disable=arguments-out-of-order
    steps[0].undo = list(_steps(key, {vid: 0 for vid in wanted if vid not in present}, again))
    return list(steps)


def _steps(key: Key, gone: Vlans, new: Vlans) -> list[Request]:
    return [
        Request(
            key[1],
            "ifinfmsg",
            kind,
            0,
            {"family": _AF_BRIDGE, "index": Index(link_key(*key[1:]))},
            [("IFLA_AF_SPEC", {"attrs": [("IFLA_BRIDGE_VLAN_INFO", info) for info in _infos(vlans)]})],
            cures=_CURES,
            tolerated=(errno.ENOENT,) if kind == nl.RTM_DELLINK else (),
        )
        for kind, vlans in ((nl.RTM_DELLINK, gone), (nl.RTM_SETLINK, new))
        if vlans
    ]


def _infos(vlans: Vlans) -> t.Iterator[dict[str, int]]:
    for first, last, flags in _ranges(vlans):
        if first == last:
            yield {"flags": flags, "vid": first}
        else:
            yield {"flags": flags | _RANGE_BEGIN, "vid": first}
            yield {"flags": flags | _RANGE_END, "vid": last}


def vlan_commands(key: Key, present: Vlans, wanted: Vlans) -> list[Command]:
    gone, new = _differences(present, wanted)
    return [
        bridge_tool(
            key[1],
            *("vlan", verb, "dev", key[2], "vid", _spelled(first, last)),
            *(word for word, flag in _FLAGS.items() if flags & flag),
        )
        for verb, vlans in (("delete", gone), ("add", new))
        for first, last, flags in _ranges(vlans)
    ]


def _spelled(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def told_vlans(vlans: Vlans) -> list[dict[str, t.Any]]:
    """In a result, as users write it."""
    return [
        {"vid": _spelled(first, last), **{word: True for word, flag in _FLAGS.items() if flags & flag}}
        for first, last, flags in _ranges(vlans)
    ]


# A port that is back has the bridge's default VLAN, whichever that is.
_ALL = dict.fromkeys(range(1, 4095), 0)


def _restore(fact: Fact) -> list[Step]:
    return list(_steps(fact.key, _ALL, fact.values["vlans"]))


def _restore_commands(fact: Fact) -> list[Command]:
    return vlan_commands(fact.key, _ALL, fact.values["vlans"])
