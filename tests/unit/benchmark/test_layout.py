# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ipaddress

import pytest

from ansible_collections.netns.lab.tests.benchmark.layout import layout_of


@pytest.mark.parametrize(("size", "bridges"), [(1, 1), (10, 1), (1000, 1), (3000, 3), (1002, 2)])
def test_members_are_shared_out_over_as_many_bridges_as_it_takes(size: int, bridges: int) -> None:
    layout = layout_of(size)
    assert len(layout.bridges) == bridges
    assert layout.size == size
    assert len(set(layout.namespaces)) == size


@pytest.mark.parametrize("size", [0, -1, 1001, 3001, 4000])
def test_sizes_that_nobody_could_compare_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=str(size)):
        layout_of(size)


def test_all_addresses_differ_and_all_names_fit() -> None:
    layout = layout_of(3000)
    addresses = [bridge.member_address(number) for bridge in layout.bridges for number in bridge.numbers()]
    addresses += [address for bridge in layout.bridges for address in (bridge.address, bridge.other_address)]
    assert len(set(addresses)) == 3000 + 6
    for bridge in layout.bridges:
        network = ipaddress.ip_network(bridge.subnet)
        assert all(
            ipaddress.ip_interface(bridge.member_address(number)).network == network for number in (1, 256, 1000)
        )
        # The longest name that a contender needs.
        assert len(f"{bridge.namespace(1000)}2{bridge.name}") <= 15
