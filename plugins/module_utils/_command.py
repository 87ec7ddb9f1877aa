# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The host's own command, netns-lab: the engine without Ansible, on the definitions that this host keeps."""

# A program of its own, and no module: it prints, and has an exit status.
# pylint: disable=ansible-bad-function

from __future__ import annotations

import argparse
import json
import os
import sys
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.netns.lab.plugins.module_utils import _definitions as definitions
from ansible_collections.netns.lab.plugins.module_utils import _records as records
from ansible_collections.netns.lab.plugins.module_utils._engine import Item, Result, Topology, run, wishes_of
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._persistence import forgotten
from ansible_collections.netns.lab.plugins.module_utils._pyroute2 import message_class
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.plugins.module_utils._sections import listed, sections_spec
from ansible_collections.netns.lab.plugins.module_utils._systemd import enabling_link, unescape, unit

_SAME, _DIFFERS, _TROUBLE = 0, 1, 2

_DESCRIPTION = """\
Applies, checks and removes the network labs that this host keeps: those that a
play has built with netns.lab.topology and persistent: true, or with a role and
its variable of that name. Their definitions are in /etc/netns-lab, one file a
lab. It is the engine of the Ansible collection netns.lab, as that play had it.
"""
_EPILOG = """\
exit status:
  0  done; for check: everything is as defined
  1  for check: something differs
  2  an error, told on standard error; the lab is then as it was

files:
  /etc/netns-lab/NAME.json   the definition of a lab
  /run/netns-lab/NAME.json   what the lab has made since the last boot
  /etc/systemd/system/netns-lab@.service
                             what systemd does with a lab

examples:
  netns-lab list
  netns-lab check --diff office     what differs from the definition
  netns-lab apply office            mends it
  netns-lab remove office           takes it away until the next boot
  systemctl status netns-lab@office

see also:
  ansible-doc netns.lab.topology, ip-netns(8), systemctl(1)
"""


def main() -> None:
    """Runs with the arguments of the process, and ends it."""
    sys.exit(_run(_parser().parse_args()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="netns-lab",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = commands.add_parser("list", help="list the labs of this host")
    listing.set_defaults(act=_list)
    listing.add_argument("--json", action="store_true", help="print JSON")

    for name, act, told in (
        ("apply", _apply, "make a lab what its definition says"),
        ("check", _check, "tell whether a lab is what its definition says, and touch nothing"),
        ("remove", _remove, "take away what a lab has made; the definition stays"),
    ):
        command = commands.add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}.")
        command.set_defaults(act=act)
        which = command.add_mutually_exclusive_group(required=True)
        which.add_argument("name", metavar="NAME", nargs="?", help="the lab, as netns-lab list calls it")
        which.add_argument("--all", action="store_true", help="every lab that has a definition, one after the other")
        command.add_argument("--escaped", action="store_true", help="NAME is escaped as systemd-escape(1) does it")
        command.add_argument("--diff", action="store_true", help="print what changes, as it was and as it is")
        command.add_argument("--commands", action="store_true", help="print the changes as commands of iproute2")
        command.add_argument("--json", action="store_true", help="print changed, diff and commands as JSON")
        command.add_argument(
            "--lock-timeout",
            metavar="SECONDS",
            type=float,
            default=300.0,
            help="how long to wait for another run on this host (default: 300)",
        )
        if name == "remove":
            command.add_argument("--forget", action="store_true", help="remove the definition, too")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    try:
        message_class("ifinfmsg")
    except ImportError:
        return _complain(LabError(f"pyroute2 is missing for {sys.executable}; install python3-pyroute2 >= 0.7.2"))
    try:
        return t.cast(int, arguments.act(arguments))
    except LabError as e:
        return _complain(e)


def _complain(error: LabError) -> int:
    print(f"netns-lab: {error}", file=sys.stderr)
    return _TROUBLE


# -- commands


def _apply(arguments: argparse.Namespace) -> int:
    return _each(arguments, lambda name: (_changed(name, arguments, check_mode=False), _SAME))


def _check(arguments: argparse.Namespace) -> int:
    def check(name: str) -> tuple[Result, int]:
        result = _changed(name, arguments, check_mode=True)
        return result, _DIFFERS if result.changed else _SAME

    return _each(arguments, check)


def _remove(arguments: argparse.Namespace) -> int:
    def remove(name: str) -> tuple[Result, int]:
        if name not in definitions.kept_labs() and name not in records.load_all():
            raise LabError(f"lab {name}: this host has none of that name; netns-lab list shows those it has")
        try:
            items, allow_disconnect = _definition(name)
        except LabError:
            items, allow_disconnect = [], False  # the record alone says what is to go
        itself = (forgotten(name),) if arguments.forget else ()
        topology = Topology(name, present=False, lock_timeout=arguments.lock_timeout, itself=itself)
        return run(items, KINDS, False, topology, allow_disconnect), _SAME

    return _each(arguments, remove)


def _changed(name: str, arguments: argparse.Namespace, check_mode: bool) -> Result:
    items, allow_disconnect = _definition(name)
    return run(items, KINDS, check_mode, Topology(name, lock_timeout=arguments.lock_timeout), allow_disconnect)


def _definition(name: str) -> tuple[list[Item], bool]:
    """A lab's items, checked as the module checks them."""
    definition = definitions.load(name)
    checked = ArgumentSpecValidator(sections_spec()).validate(definition.sections)
    try:
        for error in checked.errors:
            kind = "Unsupported parameters: " if isinstance(error, UnsupportedError) else ""
            raise LabError(f"{kind}{error}".rstrip("."))
        items = list(listed(checked.validated_parameters))
        wishes_of(items)
    except LabError as e:
        raise LabError(
            f"{definitions.definition_path(name)}: {e}; this version of netns.lab cannot apply it, so run the play "
            "that made the lab again"
        ) from None
    return items, definition.allow_disconnect


def _each(arguments: argparse.Namespace, act: t.Callable[[str], tuple[Result, int]]) -> int:
    """One lab that cannot be done does not keep the others from it."""
    status = _SAME
    results: dict[str, t.Any] = {}
    for name in _names(arguments):
        try:
            result, found = act(name)
        except LabError as e:
            found = _complain(e)
            results[name] = {"failed": True, "msg": str(e)}
        else:
            results[name] = {"changed": result.changed, "diff": result.diff, "commands": result.commands}
            if not arguments.json:
                _tell(name, result, arguments)
        status = max(status, found)
    if arguments.json:
        print(json.dumps(results if arguments.all else next(iter(results.values()), {}), indent=1))
    return status


def _names(arguments: argparse.Namespace) -> list[str]:
    if arguments.all:
        return definitions.kept_labs()
    try:
        return [records.topology_name(unescape(arguments.name) if arguments.escaped else arguments.name)]
    except ValueError as e:
        raise LabError(f"lab: {e}") from None


def _tell(name: str, result: Result, arguments: argparse.Namespace) -> None:
    count = len(result.commands)
    print(f"{name}: {f'{count} change' + 's' * (count != 1) if result.changed else 'nothing to change'}")
    for command in result.commands if arguments.commands else ():
        print(f"  {command}")
    for side, sign in (("before", "-"), ("after", "+")) if arguments.diff else ():
        for section, items in result.diff[side].items():
            for item, values in items.items():
                print(f"{sign} {section} {item}: {json.dumps(values)}")


def _list(arguments: argparse.Namespace) -> int:
    kept = definitions.kept_labs()
    built = records.load_all()
    labs = [_lab(name, name in kept, built.get(name)) for name in sorted({*kept, *built})]
    if arguments.json:
        print(json.dumps(labs, indent=1))
        return _SAME
    rows = [("NAME", "BUILT", "NAMESPACES", "AT BOOT")]
    rows += [
        (lab["name"], _word(lab["built"]), str(len(lab["namespaces"])), lab["unit"] or ("kept" if lab["kept"] else "-"))
        for lab in labs
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return _SAME


def _lab(name: str, is_kept: bool, record: records.Record | None) -> dict[str, t.Any]:
    return {
        "name": name,
        "kept": is_kept,
        "built": record is not None,
        "namespaces": sorted(key[1] for key in record.owns if key[0] == "netns") if record else [],
        "unit": unit(name) if os.path.islink(enabling_link(name)) else None,
    }


def _word(value: bool) -> str:
    return "yes" if value else "no"
