# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""From what is to be checked to what was found: the module netns_ping around its parts. It changes nothing.

    arguments -> checks -> settle -> pairs -> pings -> report
                                                 \\-> what differs -> diagnosis
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils import _echo as echo
from ansible_collections.netns.lab.plugins.module_utils import _ping
from ansible_collections.netns.lab.plugins.module_utils._checks import (
    CHECK,
    MANNER,
    MANNER_DEFAULTS,
    MATRIX,
    Endpoint,
    Pair,
    Wanted,
    pairs_of,
    wanted,
)
from ansible_collections.netns.lab.plugins.module_utils._diagnosis import Diagnosis
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, told
from ansible_collections.netns.lab.plugins.module_utils._host import Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._model import OWN
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkError
from ansible_collections.netns.lab.plugins.module_utils._ping_report import difference, report, result, summary
from ansible_collections.netns.lab.plugins.module_utils._records import load_all
from ansible_collections.netns.lab.plugins.module_utils._sight import addresses, look, settle
from ansible_collections.netns.lab.plugins.module_utils._values import interface_address

OPTIONS: dict[str, t.Any] = {
    "checks": {"type": "list", "elements": "dict", "options": CHECK},
    "matrix": {"type": "list", "elements": "dict", "options": MATRIX},
    **{option: {**spec, "default": MANNER_DEFAULTS.get(option)} for option, spec in MANNER.items()},
    "settle_timeout": {"type": "float", "default": 0.0},
    "results": {"type": "str", "choices": ["auto", "all", "differing"], "default": "auto"},
}
# Up to here every pair is returned, beyond only those that differ.
_FEW_RESULTS = 200
_FEW_DIFFERENCES = 20


@dataclass
class Outcome:
    """What the module returns."""

    pairs: list[Pair] = field(default_factory=list)
    results: list[dict[str, t.Any]] = field(default_factory=list)
    report: str = ""
    differences: list[str] = field(default_factory=list)
    skipped: str = ""
    """Why nothing was checked."""

    @property
    def message(self) -> str:
        """What the module fails with."""
        shown = "\n".join(self.differences[:_FEW_DIFFERENCES])
        more = len(self.differences) - _FEW_DIFFERENCES
        return (
            f"{len(self.differences)} of {len(self.pairs)} {'pair is' if len(self.pairs) == 1 else 'pairs are'} "
            f"not as expected:\n{shown}" + (f"\nand {more} more, see differences" if more > 0 else "")
        )

    @property
    def summary(self) -> str:
        return summary(self.pairs)


def run(params: dict[str, t.Any], check_mode: bool) -> Outcome:
    """Raises LabError for what is wrong with the question; what is wrong with the network is the answer."""
    asked = wanted(params)
    timeout = params["settle_timeout"]
    if not 0 <= timeout <= 3600:
        raise LabError(f"settle_timeout is {timeout:g}; it must be from 0 to 3600 seconds")
    require_capabilities()
    try:
        recorded = _recorded(asked, check_mode)
        with Host() as host:
            concerned = list(
                dict.fromkeys([*asked.namespaces(), *(end.namespace for ends in recorded.values() for end in ends)])
            )
            missing = [name for name in concerned if not host.opens(name)]
            unmade = [name for name in asked.topologies() if name not in recorded]
            if check_mode and (missing or unmade):
                which = f"namespace {missing[0]}" if missing else f"topology {unmade[0]}"
                return Outcome(skipped=f"there is no {which} yet, which an earlier task of the play may make")
            if missing:
                raise LabError(
                    f"there is no namespace {missing[0]} to check; create it first, with netns.lab.netns or "
                    '"ip netns add"'
                )
            return _checked(host, asked, recorded, concerned, params["results"], timeout)
    except (OSError, NetlinkError) as e:
        raise told(e) from e


def _checked(
    host: Host,
    asked: Wanted,
    recorded: dict[str, list[Endpoint]],
    concerned: list[str],
    results: str,
    timeout: float,
) -> Outcome:
    notes = []
    if timeout:
        around = [OWN, *(end.namespace for ends in recorded.values() for end in ends)]
        unsettled = settle(host, concerned, around, timeout)
        notes = [f"not settled within {timeout:g} seconds: {'; '.join(unsettled[:5])}"] if unsettled else []
    live = {}
    if asked.unaddressed():
        sight = look(host, asked.unaddressed())
        live = {namespace: addresses(sight, namespace) for namespace in asked.unaddressed()}
    pairs, more = pairs_of(asked, live, recorded)
    if not pairs:
        raise LabError("there is nothing to check: no namespace has an address that another one could reach")
    for pair in pairs:
        if pair.missing is not None:
            pair.ping.failure = echo.Failure(echo.NO_ADDRESS, "it has no address")
    _ping.run(host, [pair.ping for pair in pairs if pair.missing is None])
    return _outcome(host, pairs, [*more, *notes], results)


def _outcome(host: Host, pairs: list[Pair], notes: list[str], results: str) -> Outcome:
    differing = [pair for pair in pairs if not pair.is_as_expected]
    causes: dict[int, list[str]] = {}
    if differing:
        # A cause may lie in any namespace: a bridge, a router.
        diagnosis = Diagnosis(look(host, [OWN, *host.names()], with_forwarding=True))
        causes = {id(pair): diagnosis.causes(pair) for pair in differing}
    differences = [difference(pair, causes[id(pair)]) for pair in differing]
    is_all = results == "all" or results == "auto" and len(pairs) <= _FEW_RESULTS
    returned = pairs if is_all else differing
    return Outcome(
        pairs=pairs,
        results=[result(pair, causes.get(id(pair), ())) for pair in returned],
        report=report(pairs, notes, differences),
        differences=differences,
    )


def _recorded(asked: Wanted, check_mode: bool) -> dict[str, list[Endpoint]]:
    """The addresses that topologies have made."""
    if not asked.topologies():
        return {}
    records = load_all()
    found: dict[str, list[Endpoint]] = {}
    for name in asked.topologies():
        if name not in records:
            if check_mode:
                continue
            known = ", ".join(sorted(records)) or "none"
            raise LabError(f"there is no topology {name} on this host (those there are: {known})")
        found[name] = [
            Endpoint(key[1], interface_address(f"{key[3]}/{key[4]}" if len(key) > 4 else key[3]))
            for key in records[name].keys()
            if key[0] == "address"
        ]
        found[name] = [end for end in found[name] if end.address is not None and not end.address.ip.is_link_local]
    return found
