# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""What a definition may say, and of which type it is. Where an option is one of a module, the module's own spec and its
own checks have the say, so that both take the same."""

from __future__ import annotations

import functools
import importlib
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.netns.lab.plugins.module_utils._values import Interface, interface_address, is_plain
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, Path, unknown
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import BRIDGE, LINUX

if t.TYPE_CHECKING:
    from ansible_collections.netns.lab.plugins.module_utils._model import Kind

Option = dict[str, t.Any]

_RESOURCES = "ansible_collections.netns.lab.plugins.module_utils._resources"
# What a definition says in another place, or the role for all of a lab.
_SAID_ELSEWHERE = {
    "netns": {"name", "state", "loopback", "processes", "pid", "path"},
    "bridge": {"name", "namespace", "state"},
    "bridge_port": {"interface", "bridge", "namespace", "state"},
    "netns_qdisc": {"interface", "namespace", "state"},
}


class Spec(t.Mapping[str, Option]):
    """Options by name, each as in an argument spec: some of the definition's own, and some that modules have.

    Ansible compiles what a filter imports anew in each of its processes, and with the engine's files for ``modules``
    that takes longer than to read a lab. They are loaded when something is named that is none of the ``own``.
    """

    def __init__(self, own: dict[str, Option], *modules: str) -> None:
        self._own = own
        self._modules = modules
        self.unsaid = {name: option for name, option in own.items() if "default" in option or option.get("required")}
        """Those of which something is to be known even if nothing is said."""

    def __getitem__(self, name: str) -> Option:
        if name in self._own:
            return self._own[name]
        for section in self._modules:
            if name in _of_module(section):
                return _of_module(section)[name]
        raise KeyError(name)

    def __iter__(self) -> t.Iterator[str]:
        return iter(dict.fromkeys([*self._own, *(name for section in self._modules for name in _of_module(section))]))

    def __len__(self) -> int:
        return sum(1 for _name in self)

    def of_module(self, section: str, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Of some options those that a module has, and not the definition itself."""
        others = {name: value for name, value in options.items() if name not in self._own}
        return {name: value for name, value in others.items() if name in _of_module(section)}


@functools.cache
def _kind(section: str) -> Kind:
    """One whose options a definition has as well. The registry would load all the others too."""
    module = importlib.import_module(f"{_RESOURCES}.{section}")
    return t.cast("Kind", getattr(module, section.title().replace("_", ""))())


@functools.cache
def _of_module(section: str) -> dict[str, Option]:
    # What a module takes for granted is for a definition to leave open.
    return {
        name: {key: value for key, value in option.items() if key != "default"}
        for name, option in _kind(section).options.items()
        if name not in _SAID_ELSEWHERE[section]
    }


_OF_NODE: dict[str, Option] = {
    "kind": {"type": "str", "choices": [LINUX, BRIDGE]},
    "group": {"type": "list", "elements": "str"},
    "namespace": {"type": "str"},
    "host": {"type": "str"},
    "mtu": {"type": "int"},
    "labels": {"type": "dict"},
}
_OF_LINUX: dict[str, Option] = {
    **_OF_NODE,
    "forwarding": {"type": "bool"},
    "sysctls": {"type": "dict"},
    "loopback_addresses": {"type": "list", "elements": "str"},
    "routes": {"type": "list", "elements": "dict"},
    "exec": {"type": "list", "elements": "str"},
}
_OF_BRIDGE: dict[str, Option] = {
    **_OF_NODE,
    "bridge": {"type": "str"},
    "addresses": {"type": "list", "elements": "str"},
}
NODE = {LINUX: Spec(_OF_LINUX, "netns"), BRIDGE: Spec(_OF_BRIDGE, "bridge")}
ANY_NODE = Spec({**_OF_BRIDGE, **_OF_LINUX}, "bridge", "netns")
# Their text is the user's own, where what looks like a range is none.
LITERAL = frozenset({"exec", "etc_files"})
# Said in several places, they add up.
MERGED = ("sysctls", "labels", "etc_files")

END = Spec(
    {
        "node": {"type": "str", "required": True},
        "interface": {"type": "str"},
        "addresses": {"type": "list", "elements": "str"},
        "mac": {"type": "str"},
        "mtu": {"type": "int"},
    },
    "bridge_port",
    "netns_qdisc",
)
LINK = Spec(
    {
        "endpoints": {"type": "list", "elements": "raw", "required": True},
        "mtu": {"type": "int"},
        "vni": {"type": "int"},
    },
    "netns_qdisc",
)
EXPECTATION = Spec(
    {
        "from": {"type": "str", "required": True},
        "to": {"type": "str", "required": True},
        "reachable": {"type": "bool", "default": True},
    }
)
POOL = Spec({"subnet": {"type": "str", "required": True}, "prefix": {"type": "int"}})


def mapping(value: t.Any, path: Path, what: str) -> dict[str, t.Any]:
    """A mapping with names as keys; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, t.Mapping):
        raise Fault(path, f"{what} must be a mapping, and is {_called(value)}")
    for key in value:
        if not isinstance(key, str):
            raise Fault(path, f"{key!r} is {_called(key)} and no name; put it in quotes")
    return dict(value)


def sequence(value: t.Any, path: Path, what: str) -> list[t.Any]:
    """A list; nothing is an empty one."""
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, t.Sequence):
        raise Fault(path, f"{what} must be a list, and is {_called(value)}")
    return list(value)


def known(options: t.Mapping[str, t.Any], spec: Spec, path: Path) -> None:
    """Refuses options that there are not."""
    for name in options:
        if name not in spec:
            raise Fault((*path, name), unknown("option", name, spec))


def typed(options: t.Mapping[str, t.Any], spec: Spec, path: Path) -> dict[str, t.Any]:
    """The options that have a value, in the type that they should have."""
    known(options, spec, path)
    result = {
        name: _typed(name, value, spec[name], (*path, name)) for name, value in options.items() if value is not None
    }
    for name, option in spec.unsaid.items():
        if name not in result:
            if "default" not in option:
                raise Fault(path, f"{name} is missing")
            result[name] = option["default"]
    return result


def _typed(name: str, value: t.Any, option: dict[str, t.Any], path: Path) -> t.Any:
    # Most values are of their type already, and labs can be large.
    if not {"choices", "options"} & option.keys() and is_plain(value, option.get("type", "str")):
        if not isinstance(value, list):
            return value
        if all(is_plain(inner, option.get("elements", "raw")) for inner in value):
            return list(value)
    if name in LITERAL and isinstance(value, str):
        return [value]  # with its commas
    if name == "mac" and isinstance(value, int):  # one like 12:34:56:... is a time to YAML
        raise Fault(path, f"mac is {_called(value)} to YAML; put it in quotes")
    if option.get("type") == "list" and isinstance(value, dict):
        raise Fault(path, f"{name} must be a list, and is {_called(value)}")
    checked = ArgumentSpecValidator({name: {**option, "required": False}}).validate({name: value})
    if checked.error_messages:
        raise Fault(path, checked.error_messages[0].rstrip("."))
    return checked.validated_parameters[name]


def check_item(section: str, options: t.Mapping[str, t.Any], path: Path) -> None:
    """Whether a module takes these options for one item, whatever else is in the lab."""
    kind = _kind(section)
    validator = ArgumentSpecValidator(
        kind.options, required_if=kind.required_if, mutually_exclusive=kind.mutually_exclusive
    )
    checked = validator.validate(dict(options))
    if checked.error_messages:
        raise Fault(path, checked.error_messages[0].rstrip("."))
    with at(path):
        kind.wish(checked.validated_parameters)


class at:
    """Gives half a sentence of a ValueError its place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: t.Any, error: BaseException | None, _traceback: t.Any) -> None:
        if isinstance(error, ValueError) and not isinstance(error, Fault):
            raise Fault(self._path, str(error)) from None


def addresses(values: t.Iterable[str], path: Path) -> list[Interface]:
    found: list[Interface] = []
    for number, text in enumerate(values):
        with at((*path, number)):
            address = interface_address(text)
            if address in found:
                raise ValueError(f"address {text} is named twice")
            found.append(address)
    return found


def _called(value: t.Any) -> str:
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}"
    return "a mapping" if isinstance(value, t.Mapping) else f"{value!r}"
