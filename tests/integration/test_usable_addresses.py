# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv6 addresses can be used when a module returns: none is tentative any more, and none is a duplicate."""

from __future__ import annotations

import time
import typing as t
from unittest import mock

import pytest

from ansible_collections.netns.lab.plugins.module_utils import _dad, _netlink
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab, eventually
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute

pytestmark = pytest.mark.patience

CABLE = (
    "ip netns add a1; ip netns add a2; ip link add name p1 type veth peer name eth0 netns a1;"
    "ip -n a1 link set dev eth0 up; ip link set dev p1 up"
)
HERE = {"namespace": "a1", "interface": "eth0"}


def flags(lab: Lab, namespace: str, interface: str, address: str) -> set[str]:
    """Of what is not over and done with."""
    (found,) = (a for a in lab.addresses(namespace, interface) if a["local"] == address)
    return {word for word in ("tentative", "dadfailed") if found.get(word)}


def looks(module: str, **options: t.Any) -> int:
    """How often a run that succeeds looks whether addresses are usable yet."""
    with mock.patch.object(_dad._Look, "_flags", autospec=True, side_effect=_dad._Look._flags) as look:
        result = execute(module, options)
    assert not result.failed, result.msg
    return look.call_count


def test_an_address_is_usable_when_the_module_returns(lab: Lab) -> None:
    lab.sh(CABLE)
    assert looks("netns_address", **HERE, address="2001:db8::1/64") >= 1
    assert flags(lab, "a1", "eth0", "2001:db8::1") == set()
    # Nothing to do, and nothing to look at.
    assert looks("netns_address", **HERE, address="2001:db8::1/64") == 0


def test_all_addresses_of_a_run_are_waited_for_together_and_can_be_pinged_at_once(lab: Lab) -> None:
    count = 8
    options: dict[str, t.Any] = {
        "name": "lab",
        "netns": [{"name": "h[1:8]"}],
        "bridge": [{"name": "br0"}],
        "veth": [{"name": "p[1:8]", "peer": {"name": "eth0", "namespace": "h[1:8]"}}],
        "bridge_port": [{"bridge": "br0", "interface": "p[1:8]"}],
        "netns_address": [
            {"namespace": "h[1:8]", "interface": "eth0", "address": "2001:db8::/64[1:8]"},
            {"interface": "br0", "address": "2001:db8::ff/64"},
        ],
    }
    start = time.monotonic()
    result = execute("topology", options)
    took = time.monotonic() - start
    assert not result.failed, result.msg
    assert all(flags(lab, f"h{n}", "eth0", f"2001:db8::{n}") == set() for n in range(1, count + 1))
    # A bridge has carrier a moment after its ports, and is waited for.
    assert flags(lab, "", "br0", "2001:db8::ff") == set()
    assert took < 1.5 * count, "not one after the other"
    lab.alone("ip netns exec h1 ping -c 1 -W 5 2001:db8::8; ip netns exec h1 ping -c 1 -W 5 2001:db8::ff")
    assert looks("topology", **options) == 0


def test_what_is_found_tentative_is_waited_for_without_a_change(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.alone("ip -n a1 address add 2001:db8::1/64 dev eth0")
    result = execute("netns_address", {**HERE, "address": "2001:db8::1/64"})
    assert not result.changed and not result.failed
    assert flags(lab, "a1", "eth0", "2001:db8::1") == set()


@pytest.mark.parametrize(
    ("script", "options"),
    [
        ("", {"address": "2001:db8::1/64", "nodad": True}),
        ("", {"address": "192.0.2.1/24"}),
        ("ip -n a1 link set dev eth0 down", {"address": "2001:db8::1/64"}),
    ],
    ids=["nodad", "IPv4", "down"],
)
def test_what_needs_no_wait_is_not_looked_at(lab: Lab, script: str, options: dict[str, t.Any]) -> None:
    lab.sh(CABLE)
    lab.sh(script)
    assert looks("netns_address", **HERE, **options) == 0


def test_without_carrier_nothing_is_waited_for(lab: Lab) -> None:
    lab.sh(CABLE + "; ip link set dev p1 down")
    assert looks("netns_address", **HERE, address="2001:db8::1/64") == 1
    assert flags(lab, "a1", "eth0", "2001:db8::1") == {"tentative"}
    assert looks("netns_address", **HERE, address="2001:db8::1/64") == 1


def duplicate(lab: Lab) -> None:
    """What a1 has is what p1, at the other end, has already."""
    lab.sh(CABLE + "; ip address add 2001:db8::1/64 dev p1 nodad")
    lab.alone("ip -n a1 address add 2001:db8::1/64 dev eth0")
    assert eventually(lambda: flags(lab, "a1", "eth0", "2001:db8::1") == {"tentative", "dadfailed"}, seconds=20)


def test_a_duplicate_is_found_repaired_and_reported(lab: Lab) -> None:
    duplicate(lab)
    lab.alone("ip address del 2001:db8::1/64 dev p1")
    without = {"replay": "the twin never had the duplicate"}
    result = lab.run("netns_address", **HERE, address="2001:db8::1/64", without=without)
    assert result.diff == {
        "before": {"netns_address": {"a1:eth0 2001:db8::1/64": {"dadfailed": True}}},
        "after": {"netns_address": {"a1:eth0 2001:db8::1/64": {"dadfailed": False}}},
    }
    assert result.commands == [
        "ip -n a1 address delete 2001:db8::1/64 dev eth0",
        "ip -n a1 address add 2001:db8::1/64 dev eth0",
    ]
    assert flags(lab, "a1", "eth0", "2001:db8::1") == set()


def test_one_that_is_a_duplicate_still_is_an_error(lab: Lab) -> None:
    duplicate(lab)
    msg = lab.fails_for_real("netns_address", **HERE, address="2001:db8::1/64")
    assert msg.startswith("netns_address a1:eth0 2001:db8::1/64: duplicate address: ")
    assert msg.endswith("What this run had changed was taken back")


def test_a_new_duplicate_is_an_error_and_everything_is_undone(lab: Lab) -> None:
    both = [{"namespace": name, "interface": "eth0", "address": "2001:db8::1/64"} for name in ("a1", "a2")]
    msg = lab.fails_for_real(
        "topology",
        name="lab",
        netns=[{"name": "a1"}, {"name": "a2"}],
        veth=[{"name": "eth0", "namespace": "a1", "peer": {"name": "eth0", "namespace": "a2"}}],
        netns_address=both,
    )
    assert "duplicate address" in msg and ":eth0 2001:db8::1/64" in msg
    assert lab.namespaces() == []


def test_what_takes_too_long_is_an_error_and_everything_is_undone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dad, "_PATIENCE", 0.3)
    lab.sh(CABLE)
    lab.alone("ip netns exec a1 sysctl -w net.ipv6.conf.eth0.dad_transmits=50")
    msg = lab.fails_for_real("netns_address", **HERE, address="2001:db8::1/64")
    assert "still tentative after 0.3 s" in msg and "dad_transmits" in msg


def test_a_fault_while_waiting_undoes_everything(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.sh(CABLE)

    def flags_(self: t.Any) -> t.Any:
        raise _netlink.NetlinkError(12, "a test's fault")

    monkeypatch.setattr(_dad._Look, "_flags", flags_)
    assert "a test's fault" in lab.fails_for_real("netns_address", **HERE, address="2001:db8::1/64")
