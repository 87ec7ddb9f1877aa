# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Reads messages by pyroute2's tables, but only what is asked for.

pyroute2 makes an object of every attribute of a message, 0.4 ms a link: more than a second for a thousand namespaces.
Here a message is cut into its attributes, 0.01 ms, and one is decoded when somebody wants it. Which number and which
type a name has, and which class describes what is nested, pyroute2's classes say.
"""

from __future__ import annotations

import functools
import socket
import struct
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class

_ATTRIBUTE = struct.Struct("=HH")
_TYPE_MASK = 0x3FFF  # NLA_TYPE_MASK: without the flags for nested and big-endian


def _integer(layout: str) -> t.Callable[[bytes], t.Any]:
    unpack = struct.Struct(layout).unpack_from
    return lambda data: unpack(data)[0]


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("utf-8", "replace")


def _link_layer_address(data: bytes) -> str:
    return data.hex(":")


def _ip_address(data: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET6 if len(data) == 16 else socket.AF_INET, data)


_DECODERS: dict[str, t.Callable[[bytes], t.Any]] = {
    "uint8": _integer("=B"),
    "uint16": _integer("=H"),
    "uint32": _integer("=I"),
    "uint64": _integer("=Q"),
    "int32": _integer("=i"),
    "asciiz": _text,
    "l2addr": _link_layer_address,
    "lladdr": _link_layer_address,
    "ipaddr": _ip_address,
    "target": _ip_address,
}


class _Layout:
    """What a class of pyroute2 says of its messages, ready for use."""

    def __init__(self, source: t.Any) -> None:
        self.source = source
        fields = [(name, form) for name, form in source.fields if not form.endswith("x")]
        self.header = struct.Struct("=" + "".join(form for _name, form in source.fields))
        self.names = [name for name, _form in fields]
        self.attributes: dict[str, tuple[int, str]] = {
            entry[-2]: (entry[0] if len(entry) == 3 else number, entry[-1])
            for number, entry in enumerate(source.nla_map or ())
        }


@functools.cache
def _layout(source: t.Any) -> _Layout:
    return _Layout(source)


class Message:
    """A message, or a nest of attributes in one: fields by index, attributes by ``get_attr``, as pyroute2 has it."""

    __slots__ = ("_attributes", "_fields", "_layout")

    def __init__(self, layout: _Layout, data: bytes, has_header: bool) -> None:
        self._layout = layout
        offset = 0
        self._fields: dict[str, t.Any] = {}
        if has_header:
            self._fields = dict(zip(layout.names, layout.header.unpack_from(data)))
            offset = (layout.header.size + 3) & ~3
        self._attributes: dict[int, bytes] = {}
        attributes = self._attributes
        end = len(data) - 3
        while offset < end:
            length, kind = _ATTRIBUTE.unpack_from(data, offset)
            attributes[kind & _TYPE_MASK] = data[offset + 4 : offset + length]
            offset += ((length + 3) & ~3) or 4

    def __getitem__(self, field: str) -> t.Any:
        return self._fields[field]

    def get_attr(self, name: str) -> t.Any:
        """An attribute's value; None when it is not there."""
        number, kind = self._layout.attributes[name]
        data = self._attributes.get(number)
        if data is None:
            return None
        decode = _DECODERS.get(kind)
        return decode(data) if decode else self._nested(kind, data)

    def raw(self, name: str) -> bytes | None:
        """An attribute as it came; None when it is not there."""
        return self._attributes.get(self._layout.attributes[name][0])

    def _nested(self, kind: str, data: bytes) -> t.Any:
        source = self._layout.source
        if kind in ("info_data", "info_slave_data"):
            # What is in there depends on the kind of link beside it.
            prefix = "IFLA_INFO_SLAVE_KIND" if kind == "info_slave_data" else "IFLA_INFO_KIND"
            suffix = kind.replace("info", "", 1)
            nested = getattr(source, f"{self.get_attr(prefix)}{suffix}", None)
            return None if nested is None else Message(_layout(nested), data, has_header=False)
        nested = source.af_spec_inet if kind == "af_spec" else getattr(source, kind)
        layout = _layout(nested)
        if not layout.attributes:  # a plain structure
            return dict(zip(layout.names, layout.header.unpack_from(data)))
        return Message(layout, data, has_header=False)


def read(schema: str, body: bytes) -> Message:
    """A message of one of pyroute2's classes, from its body without the netlink header."""
    return Message(_layout(message_class(schema)), body, has_header=True)


def attributes(schema: str, data: bytes) -> Message:
    """Attributes in the way of one of pyroute2's classes, without its header."""
    return Message(_layout(message_class(schema)), data, has_header=False)
