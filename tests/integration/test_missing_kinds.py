# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of links that not every kernel has: what they do where it has them, and what is said where it does not."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.state import Json

WIRE = "ip netns add a; ip -n a link add name e0 up type veth peer name e1; ip -n a link set dev e1 up"
KINDS: list[tuple[str, Json, str, str]] = [
    ("dummy", {"name": "d0", "namespace": "a"}, "type dummy", "CONFIG_DUMMY, module dummy"),
    (
        "vlan",
        {"name": "v0", "namespace": "a", "link": "e0", "id": 10},
        "link e0 type vlan id 10",
        "CONFIG_VLAN_8021Q, module 8021q",
    ),
]
EACH = pytest.mark.parametrize(("kind", "options", "words", "config"), KINDS, ids=[row[0] for row in KINDS])


def kernel_has(lab: Lab, words: str) -> bool:
    return lab.can(f"ip -n a link add name probe {words}", "ip -n a link delete dev probe")


@EACH
def test_a_kernel_without_the_kind_is_told_of_and_all_is_undone(
    lab: Lab, kind: str, options: Json, words: str, config: str
) -> None:
    lab.sh(WIRE)
    if kernel_has(lab, words):
        pytest.skip(f"this kernel has {kind} links")
    msg = lab.fails_for_real(kind, **options)
    assert msg == (
        f"{kind} a:{options['name']}: the kernel says: Operation not supported (Unknown device type); "
        f"this kernel has no {kind} links ({config}). Nothing was changed"
    )
    sections: dict[str, t.Any] = {"bridge": [{"name": "br0", "namespace": "a"}], kind: [options]}
    assert config in lab.fails_for_real("topology", name="lacking", **sections)
    assert lab.links("a") == {"e0", "e1"}
    lab.unchanged(kind, **options, state="absent")


@EACH
def test_the_kind_where_the_kernel_has_it(lab: Lab, kind: str, options: Json, words: str, config: str) -> None:
    lab.sh(WIRE)
    if not kernel_has(lab, words):
        pytest.skip(f"this kernel has no {kind} links ({config})")
    lab.run(kind, **options)
    assert lab.link("a", options["name"])["linkinfo"]["info_kind"] == kind
    lab.run(kind, **options, mac="02:00:00:00:00:0a", mtu=1300, up=False)
    lab.run(kind, **options, state="absent")
