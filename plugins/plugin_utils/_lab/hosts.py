# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""A lab on the hosts of a play: what the inventory says of them."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.plugin_utils._lab.compiler import hosts_of_tunnels
from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault
from ansible_collections.netns.lab.plugins.plugin_utils._lab.model import Lab
from ansible_collections.netns.lab.plugins.plugin_utils._lab.placement import Placement, place
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab

HostVars = t.Mapping[str, t.Any]


@dataclass
class PlacedLab:
    """A lab, where its nodes are, and how the hosts reach each other."""

    lab: Lab
    placement: Placement
    addresses: dict[str, str]
    """Those of the hosts with links to others, as far as they are known."""
    unknown: list[str]
    """The hosts with links to others whose address is not known."""


def placed_lab(
    definition: t.Mapping[str, t.Any],
    hosts: t.Sequence[str],
    known: t.Sequence[str] = (),
    hostvars: t.Mapping[str, HostVars] | None = None,
    limited: bool = False,
) -> PlacedLab:
    hostvars = {} if hostvars is None else hostvars
    lab = read_lab(definition)
    placement = place(lab, hosts, known, _weights(hosts, hostvars), limited)
    tunnels = hosts_of_tunnels(lab, placement)
    addresses = underlay_addresses(tunnels, hostvars)
    return PlacedLab(lab, placement, addresses, [host for host in tunnels if host not in addresses])


def underlay_addresses(hosts: t.Iterable[str], hostvars: t.Mapping[str, HostVars]) -> dict[str, str]:
    """The addresses at which the hosts reach each other, as far as they are known."""
    found = {host: _underlay_address(host, hostvars[host] if host in hostvars else {}) for host in hosts}
    return {host: address for host, address in found.items() if address is not None}


def _underlay_address(host: str, of_host: HostVars) -> str | None:
    """That which is given, or else that of the interface which is given, of the connection, or of the default route."""
    given = of_host.get("lab_underlay_address")
    if given:
        try:
            return str(ipaddress.ip_address(given))
        except ValueError as e:
            raise Fault(("lab_underlay_address",), f"of host {host}: {e}") from None
    facts = of_host.get("ansible_facts") or {}
    interface = of_host.get("lab_underlay_interface")
    if interface:
        of_interface = facts.get(interface.replace("-", "_").replace(".", "_").replace(":", "_")) or {}
        every = [of_interface.get("ipv4") or {}, *(of_interface.get("ipv6") or [])]
        return next((entry["address"] for entry in every if _is_global(entry)), None)
    for name in (of_host.get("ansible_host"), host, (facts.get("default_ipv4") or {}).get("address")):
        address = _literal(name)
        if address is not None:
            return address
    return None


def _is_global(entry: t.Mapping[str, t.Any]) -> bool:
    return "address" in entry and entry.get("scope") != "link"


def _literal(text: t.Any) -> str | None:
    """An address that others can reach; names are for facts to resolve, as every host may know them differently."""
    try:
        address = ipaddress.ip_address(str(text))
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else str(address)


def _weights(hosts: t.Iterable[str], hostvars: t.Mapping[str, HostVars]) -> dict[str, float]:
    """How much of a spread lab each host takes."""
    found: dict[str, float] = {}
    for host in hosts:
        given = hostvars[host].get("lab_weight") if host in hostvars else None
        if given is not None:
            try:
                found[host] = float(given)
            except (TypeError, ValueError):
                raise Fault(("lab_weight",), f"of host {host}: {given!r} is no number") from None
    return found
