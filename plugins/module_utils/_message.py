# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Reads and writes messages by pyroute2's tables.

pyroute2 makes an object of every attribute of a message, 0.4 ms a link read and 0.1 ms a link written: seconds for a
thousand namespaces. Here a message is cut into its attributes, 0.002 ms when one of the same form came before, and one
is decoded when somebody wants it; and a message to send is put together from its values at once. Which number and
which type a name has, and which class describes what is nested, pyroute2's classes say. The first message of each form
is written by pyroute2 as well, and only a form that comes out the same is trusted from then on.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import struct
import types
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class

_ATTRIBUTE = struct.Struct("=HH")
_NLMSGHDR = 16
_TYPE_MASK = 0x3FFF  # NLA_TYPE_MASK: without the flags for nested and big-endian


def _integer(layout: str) -> t.Callable[[bytes], t.Any]:
    unpack = struct.Struct(layout).unpack_from
    return lambda data: unpack(data)[0]


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("utf-8", "replace")


def _link_layer_address(data: bytes) -> str:
    return data.hex(":")


def _ip_address(data: bytes) -> str:
    """As the ipaddress module spells it, which is how items are spelled."""
    text = socket.inet_ntop(socket.AF_INET6 if len(data) == 16 else socket.AF_INET, data)
    # An IPv4 address within an IPv6 one is the one thing that the C library spells otherwise.
    return str(ipaddress.IPv6Address(data)) if ":" in text and "." in text else text


def _packed(layout: str) -> t.Callable[[t.Any], bytes]:
    return struct.Struct(layout).pack


def _ip_bytes(value: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in value else socket.AF_INET, value)


def _link_layer_bytes(value: str) -> bytes:
    return bytes.fromhex(value.replace(":", ""))


_ENCODERS: dict[str, t.Callable[[t.Any], bytes]] = {
    "uint8": _packed("=B"),
    "uint16": _packed("=H"),
    "be16": _packed(">H"),
    "uint32": _packed("=I"),
    "uint64": _packed("=Q"),
    "int32": _packed("=i"),
    "asciiz": lambda value: value.encode() + b"\0",
    "l2addr": _link_layer_bytes,
    "lladdr": _link_layer_bytes,
    "ipaddr": _ip_bytes,
    "target": _ip_bytes,
}

_DECODERS: dict[str, t.Callable[[bytes], t.Any]] = {
    "uint8": _integer("=B"),
    "uint16": _integer("=H"),
    "be16": _integer(">H"),
    "uint32": _integer("=I"),
    "uint64": _integer("=Q"),
    "int32": _integer("=i"),
    "asciiz": _text,
    "l2addr": _link_layer_address,
    "lladdr": _link_layer_address,
    "ipaddr": _ip_address,
    "target": _ip_address,
    "ip4addr": _ip_address,
    "ip6addr": _ip_address,
    "flag": lambda data: data != b"\0",  # some tell it as a number instead
}


class _Layout:
    """What a class of pyroute2 says of its messages, ready for use."""

    def __init__(self, source: t.Any) -> None:
        self.source = source
        fields = [(name, form) for name, form in source.fields if form[-1] != "x"]
        forms = "".join(form for _name, form in source.fields)
        self.header = struct.Struct((">" if ">" in forms else "=") + forms.replace(">", ""))
        self.start = (self.header.size + 3) & ~3
        """Where the attributes begin."""
        self.names = [name for name, _form in fields]
        self.fields = {name: position for position, name in enumerate(self.names)}
        self.keys = {*self.names, "attrs"}
        self.attributes: dict[str, tuple[int, str]] = {
            entry[-2]: (entry[0] if len(entry) == 3 else number, entry[-1])
            for number, entry in enumerate(source.nla_map or ())
        }
        self.forms: dict[tuple[int, bytes, bool], list[_Form]] = {}
        """By the length of a message, the head of its first attribute, and whether it has fields of its own."""
        self._nests: dict[str, t.Any] = {}

    def nested(self, kind: str, of_sibling: t.Callable[[str], t.Any]) -> t.Any:
        """The class of an attribute that has others in it; None when there is none. What is in some depends on the
        kind of link beside it."""
        if kind == "info_data":
            return self.source.data_map.get(of_sibling("IFLA_INFO_KIND"))
        if kind == "info_slave_data":
            return getattr(self.source, f"{of_sibling('IFLA_INFO_SLAVE_KIND')}_slave_data", None)
        if kind == "get_options":  # of a qdisc, by its kind
            return self.source.get_plugin(types.SimpleNamespace(get_attr=of_sibling), "options")
        if kind not in self._nests:
            found = self.source.af_spec_inet if kind == "af_spec" else getattr(self.source, kind)
            # Some classes are told by a function, of which only those fail here that want to see the message first.
            self._nests[kind] = found(None) if isinstance(found, types.FunctionType) else found
        return self._nests[kind]


@functools.cache
def _layout(source: t.Any) -> _Layout:
    return _Layout(source)


class _Form:
    """Messages that have attributes of the same kinds and lengths in the same order."""

    __slots__ = ("heads", "layout", "places", "spans", "unpack")

    def __init__(self, layout: _Layout, data: bytes, start: int) -> None:
        self.layout = layout
        self.places: dict[str, _Place | None] = {}
        self.spans: dict[int, slice] = {}
        heads: list[bytes] = []
        parts = [f"={start}x"]
        end = len(data)
        offset = start
        while offset < end - 3:
            length, kind = _ATTRIBUTE.unpack_from(data, offset)
            self.spans[kind & _TYPE_MASK] = slice(offset + _ATTRIBUTE.size, offset + length)
            heads.append(data[offset : offset + _ATTRIBUTE.size])
            following = min(offset + (((length + 3) & ~3) or 4), end)
            parts.append(f"4s{following - offset - _ATTRIBUTE.size}x")
            offset = following
        self.unpack = struct.Struct("".join(parts)).unpack_from
        self.heads = tuple(heads)

    def place(self, name: str) -> _Place | None:
        """Where the value of an attribute is, how it is decoded, and its type by name; None: it is not there."""
        number, kind = self.layout.attributes[name]
        span = self.spans.get(number)
        found = self.places[name] = None if span is None else (span, _DECODERS.get(kind), kind)
        return found


_Place = tuple[slice, t.Optional[t.Callable[[bytes], t.Any]], str]


class Message:
    """A message, or a nest of attributes in one: fields by index, attributes by ``get_attr``, as pyroute2 has it."""

    __slots__ = ("_data", "_fields", "_form")

    def __init__(self, layout: _Layout, data: bytes, has_header: bool) -> None:
        start = 0
        if has_header:
            self._fields = layout.header.unpack_from(data)
            start = layout.start
        self._data = data
        known = layout.forms.setdefault((len(data), data[start : start + 4], has_header), [])
        for form in known:
            if form.unpack(data) == form.heads:
                break
        else:
            form = _Form(layout, data, min(start, len(data)))
            known.append(form)
        self._form = form

    def __getitem__(self, field: str) -> t.Any:
        return self._fields[self._form.layout.fields[field]]

    def get_attr(self, name: str) -> t.Any:
        """An attribute's value; None when it is not there."""
        form = self._form
        place = form.places[name] if name in form.places else form.place(name)
        if place is None:
            return None
        span, decode, kind = place
        data = self._data[span]
        return decode(data) if decode else self._nested(kind, data)

    def attrs(self) -> list[tuple[str, t.Any]]:
        """All attributes that have a name, with their values."""
        names = self._form.layout.attributes
        return [(name, self.get_attr(name)) for name in names if self._form.place(name)]

    def raw(self, name: str) -> bytes | None:
        """An attribute as it came; None when it is not there."""
        place = self._form.place(name)
        return None if place is None else self._data[place[0]]

    def _nested(self, kind: str, data: bytes) -> t.Any:
        nested = self._form.layout.nested(kind, self.get_attr)
        if nested is None:
            return None
        layout = _layout(nested)
        if not layout.attributes:  # a plain structure
            return dict(zip(layout.names, layout.header.unpack_from(data)))
        return Message(layout, data, has_header=bool(layout.names))


def read(schema: str, body: bytes) -> Message:
    """A message of one of pyroute2's classes, from its body without the netlink header."""
    return Message(_layout(message_class(schema)), body, has_header=True)


def attributes(schema: str, data: bytes) -> Message:
    """Attributes in the way of one of pyroute2's classes, without its header."""
    return Message(_layout(message_class(schema)), data, has_header=False)


# -- writing

_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")
_trusted: dict[tuple[str, ...], bool] = {}


def encode(schema: str, header: dict[str, t.Any], attrs: t.Sequence[t.Any]) -> bytes:
    """The body of a message, without the netlink header: its fixed fields, and pairs of attributes and values. What is
    nested is a dict of its own fields, and of ``attrs``."""
    form = [schema]
    try:
        body = _encoded(_layout(message_class(schema)), {**header, "attrs": attrs}, form)
    except (LookupError, TypeError, ValueError, AttributeError, OSError, struct.error):
        return _encoded_by_pyroute2(schema, header, attrs)
    is_trusted = _trusted.get(tuple(form))
    if is_trusted:
        return body
    reference = _encoded_by_pyroute2(schema, header, attrs)
    if is_trusted is None:
        _trusted[tuple(form)] = body == reference
    return reference


def _encoded(layout: _Layout, value: dict[str, t.Any], form: list[str]) -> bytes:
    """Notes in ``form`` what there is."""
    attrs = value.get("attrs", ())
    fields = [value.get(name, 0) for name in layout.names]
    if not value.keys() <= layout.keys:
        raise LookupError
    packed = layout.header.pack(*fields)
    parts = [packed, _PADDING[len(packed) & 3]]
    for name, inner in attrs:
        number, kind = layout.attributes[name]
        form.append(name)
        encoder = _ENCODERS.get(kind)
        if encoder is not None:
            data = encoder(inner)
        else:
            source = layout.nested(kind, lambda sibling: dict(attrs)[sibling])
            form.append(str(source))
            nested = _layout(source)
            data = _encoded(nested, inner if isinstance(inner, dict) else {"value": inner}, form)
            number |= source.nla_flags
        parts += (_ATTRIBUTE.pack(len(data) + 4, number), data, _PADDING[len(data) & 3])
    form.append("")
    return b"".join(parts)


def _encoded_by_pyroute2(schema: str, header: dict[str, t.Any], attrs: t.Sequence[t.Any]) -> bytes:
    message = message_class(schema)()
    for field, value in header.items():
        message[field] = value
    message["attrs"] = list(attrs)
    message.encode()
    return bytes(message.data[_NLMSGHDR :])
