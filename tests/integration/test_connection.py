# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No task cuts off the machine it runs on, unless that is what it was told to do."""

from __future__ import annotations

import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, launch, result_of
from ansible_collections.netns.lab.tests.integration.helpers.remote import (
    BEHIND,
    INTERFACE,
    IPV4,
    IPV6,
    USER,
    Remote,
    Task,
    add_user,
    impossible,
    no_users,
    remote,
)

CURE = "; say allow_disconnect: true if that is meant"
# A machine as it may be, beside the interface for management: another way out, a bridge, a namespace.
FURNITURE = (
    "ip netns add lab; ip link add name br0 up type bridge;"
    "ip link add name dmz up type veth peer name dmz0; ip link set dev dmz0 up; ip address add 198.18.7.1/24 dev dmz"
)


@pytest.fixture
def connected(lab: Lab, tmp_path: Path) -> t.Iterator[tuple[Lab, Remote]]:
    reason = impossible()
    if reason:
        pytest.skip(reason)
    lab.sh(FURNITURE)
    with remote(tmp_path) as far:
        yield lab, far


def refuses_all(
    connected: tuple[Lab, Remote], where: dict[str, str], cases: list[tuple[str, dict[str, t.Any], str]]
) -> None:
    """Each task fails with its sentence, and after all of them the machine is as it was and answers."""
    lab, far = connected
    before = lab.exact()
    tasks: list[Task] = [(module, options) for module, options, _said in cases]
    # A task that does nothing, as the last one: the connection that was there all the time still is.
    results = far.play(**where, tasks=[*tasks, ("netns", {"name": "lab", "loopback": False})])
    assert [result.get("msg") for result in results[:-1]] == [said + CURE for _module, _options, said in cases]
    assert not results[-1]["changed"] and not results[-1].get("failed")
    assert "Traceback" not in str(results)
    lab.same(before, lab.exact(), "every task was refused")


def would(module: str, interface: str, harm: str, carrier: str, **options: t.Any) -> tuple[str, dict[str, t.Any], str]:
    """A case: a task about an interface, and what is said to it."""
    named = {"bridge_port": "interface"}.get(module, "name")
    return module, {named: interface, **options}, f"{module} {interface} would {harm} {carrier}"


def harms(server: str, others: str = "") -> list[tuple[str, dict[str, t.Any], str]]:
    """What would cut off a connection that ends at an address of ``INTERFACE``."""
    carrier = f"{INTERFACE}, which carries this SSH connection ({server})"
    address = f"{server}/{64 if ':' in server else 24}"
    good = {"netns": [{"name": "good"}], "veth": [{"name": "v1", "namespace": "good", "peer": {"name": "v2"}}]}
    return [
        would("bridge_port", INTERFACE, "change the master of", carrier, bridge="br0"),
        would("netns_link", INTERFACE, "change the master of", carrier, master="br0"),
        (
            "netns_link",
            {"name": INTERFACE, "namespace": "lab", "from_namespace": ""},
            f"netns_link lab:{INTERFACE} would delete or move {carrier}",
        ),
        would("netns_link", INTERFACE, "take down", carrier, up=False),
        would("veth", INTERFACE, "delete or move", carrier, state="absent"),
        (
            "netns_address",
            {"interface": INTERFACE, "address": address, "state": "absent"},
            f"netns_address {INTERFACE} {address} would take the address {server} from {carrier}",
        ),
        (
            "topology",
            {"name": "t", **good, "bridge_port": [{"interface": INTERFACE, "bridge": "br0"}]},
            f"bridge_port {INTERFACE} would change the master of {carrier}",
        ),
        (
            "topology",
            {"name": "t", **good, "netns_link": [{"name": INTERFACE, "up": False}]},
            f"netns_link {INTERFACE} would take down {carrier}",
        ),
    ]


def test_as_root_over_ipv4_with_the_client_on_the_cable(connected: tuple[Lab, Remote]) -> None:
    way = f"lead the way to the SSH client ({IPV4[1]}) away from {INTERFACE}"
    refuses_all(
        connected,
        {"address": IPV4[0]},
        [
            *harms(IPV4[0]),
            (
                "netns_route",
                {"destination": f"{IPV4[1]}/32", "type": "blackhole"},
                f"netns_route {IPV4[1]}/32 would {way}",
            ),
            (
                "netns_address",
                {"interface": "dmz", "address": "198.18.0.9/28"},
                f"netns_address dmz 198.18.0.9/28 would {way}",
            ),
        ],
    )


def test_as_a_user_with_sudo_over_ipv6(connected: tuple[Lab, Remote]) -> None:
    lab, far = connected
    reason = no_users()
    if reason:
        pytest.skip(reason)
    add_user(far.folder)
    carrier = f"{INTERFACE}, which carries this SSH connection ({IPV6[0]})"
    refuses_all(
        connected,
        {"address": IPV6[0], "user": USER},
        [
            *harms(IPV6[0]),
            # IPv6 leaves an interface whose MTU is below 1280.
            (
                "netns_link",
                {"name": INTERFACE, "mtu": 576},
                f"netns_link {INTERFACE} would take the address {IPV6[0]} from {carrier}",
            ),
        ],
    )


def test_from_behind_a_router_the_way_back_is_kept(connected: tuple[Lab, Remote]) -> None:
    """Over the route that leads to the client, whether it is the default route or another."""
    lab, far = connected
    lab.alone(f"ip route add default via {IPV4[1]} dev {INTERFACE} metric 100")
    way = f"would lead the way to the SSH client ({BEHIND}) away from {INTERFACE}"
    cases: list[tuple[str, dict[str, t.Any], str]] = [
        (
            "netns_route",
            {"destination": "default", "metric": 100, "state": "absent"},
            "netns_route default metric 100 would take away the default route over mgmt",
        ),
        (
            "netns_route",
            {"destination": "default", "metric": 100, "gateway": "198.18.7.2"},
            f"netns_route default metric 100 {way}",
        ),
        ("netns_route", {"destination": "default", "gateway": "198.18.7.2"}, f"netns_route default {way}"),
        ("netns_route", {"destination": "198.18.88.0/24", "type": "prohibit"}, f"netns_route 198.18.88.0/24 {way}"),
    ]
    refuses_all(connected, {"address": IPV4[0], "source": BEHIND}, cases)

    lab.alone(f"ip route add 198.18.88.0/24 via {IPV4[1]} dev {INTERFACE}; ip route delete default metric 100")
    refuses_all(
        connected,
        {"address": IPV4[0], "source": BEHIND},
        [
            (
                "netns_route",
                {"destination": "198.18.88.0/24", "state": "absent"},
                f"netns_route 198.18.88.0/24 {way}",
            ),
            (
                "netns_route",
                {"destination": "198.18.88.0/24", "interface": "dmz"},
                f"netns_route 198.18.88.0/24 {way}",
            ),
            (
                "netns_route",
                {"destination": f"{BEHIND}/32", "type": "unreachable"},
                f"netns_route {BEHIND}/32 {way}",
            ),
        ],
    )


def test_a_bridge_with_the_address_keeps_its_ports_for_nothing_tells_which_of_them_it_is(
    connected: tuple[Lab, Remote],
) -> None:
    lab, far = connected
    lab.alone(
        f"ip link add name br9 up type bridge; ip link set dev {INTERFACE} master br9;"
        f"ip address delete {IPV4[0]}/24 dev {INTERFACE}; ip address add {IPV4[0]}/24 dev br9"
    )
    carrier = f"br9, which carries this SSH connection ({IPV4[0]})"
    port = f"{INTERFACE}, which is a port of {carrier}"
    refuses_all(
        connected,
        {"address": IPV4[0]},
        [
            would("bridge", "br9", "delete or move", carrier, state="absent"),
            would("bridge", "br9", "take down", carrier, up=False),
            (
                "netns_address",
                {"interface": "br9", "address": f"{IPV4[0]}/24", "state": "absent"},
                f"netns_address br9 {IPV4[0]}/24 would take the address {IPV4[0]} from {carrier}",
            ),
            would("bridge_port", INTERFACE, "change the master of", port, state="absent"),
            would("bridge_port", INTERFACE, "change the master of", port, bridge="br0"),
            would("netns_link", INTERFACE, "change the master of", port, nomaster=True),
            would("netns_link", INTERFACE, "take down", port, up=False),
            would("veth", INTERFACE, "delete or move", port, state="absent"),
        ],
    )
    # A lab may connect its own ports to it, and take them away.
    definition = {
        "netns": [{"name": "node"}],
        "veth": [{"name": "p1", "peer": {"name": "eth0", "namespace": "node"}}],
        "bridge_port": [{"interface": "p1", "bridge": "br9"}],
    }
    before = lab.exact()
    results = far.play(
        IPV4[0],
        [
            ("topology", {"name": "t", **definition}),
            ("topology", {"name": "t", **definition, "bridge_port": []}),
            ("topology", {"name": "t", "state": "absent"}),
        ],
    )
    assert [result["changed"] for result in results] == [True, True, True]
    lab.same(before, lab.exact(), "the lab is gone")


# -- without SSH: the default route

LOCAL = "ip link add name eth0 up type veth peer name far0; ip link set dev far0 up"
DEFAULT = {"IPv4": ("198.18.1.1/24", "198.18.1.2", "default"), "IPv6": ("2001:db8:1::1/64", "2001:db8:1::2", "::/0")}


def local(lab: Lab, family: str) -> None:
    address, gateway, _destination = DEFAULT[family]
    lab.sh(f"{FURNITURE}; {LOCAL}; ip address add {address} dev eth0 nodad")
    lab.sh(f"ip route add default via {gateway} dev eth0")


def local_harms(family: str) -> list[tuple[str, dict[str, t.Any], str]]:
    address, _gateway, destination = DEFAULT[family]
    carrier = "eth0, which carries the default route"
    route = "netns_route -6 default" if family == "IPv6" else "netns_route default"
    return [
        would("bridge_port", "eth0", "change the master of", carrier, bridge="br0"),
        would("netns_link", "eth0", "change the master of", carrier, master="br0"),
        (
            "netns_link",
            {"name": "eth0", "namespace": "lab", "from_namespace": ""},
            f"netns_link lab:eth0 would delete or move {carrier}",
        ),
        would("netns_link", "eth0", "take down", carrier, up=False),
        would("veth", "eth0", "delete or move", carrier, state="absent"),
        (
            "netns_address",
            {"interface": "eth0", "address": address, "state": "absent"},
            f"netns_address eth0 {address} would take the address {address.partition('/')[0]} from {carrier}",
        ),
        (
            "netns_route",
            {"destination": destination, "state": "absent"},
            f"{route} would take away the default route over eth0",
        ),
        (
            "netns_route",
            {"destination": destination, "interface": "dmz"},
            f"{route} would lead the {family} default route away from eth0",
        ),
        (
            "netns_route",
            {"destination": destination, "type": "blackhole"},
            f"{route} would lead the {family} default route away from eth0",
        ),
        (
            "netns_route",
            {"destination": destination, "metric": 1, "interface": "dmz"},
            f"{route}{' metric 1'} would lead the {family} default route away from eth0",
        ),
    ]


LOCAL_HARMS = [
    pytest.param(family, *row, id=f"{family}-{row[0]}-{number}")
    for family in DEFAULT
    for number, row in enumerate(local_harms(family))
    # There is no metric below that of a route without one.
    if not (family == "IPv4" and row[1].get("metric"))
]


@pytest.mark.parametrize(("family", "module", "options", "said"), LOCAL_HARMS)
def test_without_ssh_the_default_route_is_kept_unless_allow_disconnect_says_otherwise(
    lab: Lab, family: str, module: str, options: dict[str, t.Any], said: str
) -> None:
    local(lab, family)
    assert lab.fails(module, **options) == said + CURE
    assert lab.run(module, **options, allow_disconnect=True).changed


def test_a_default_route_elsewhere_is_nobodys_connection(lab: Lab) -> None:
    lab.sh(
        "ip netns add a; ip -n a link add name eth0 up type veth peer name far0; ip -n a link set dev far0 up;"
        "ip -n a address add 198.18.1.1/24 dev eth0; ip -n a route add default via 198.18.1.2"
    )
    lab.run("netns_route", namespace="a", destination="default", state="absent")
    lab.run("netns_link", namespace="a", name="eth0", up=False)


def test_a_lab_takes_away_its_own_default_route_over_its_own_link(lab: Lab) -> None:
    definition: dict[str, t.Any] = {
        "netns": [{"name": "router"}],
        "veth": [{"name": "up0", "peer": {"name": "eth0", "namespace": "router"}}],
        "netns_address": [{"interface": "up0", "address": "198.18.1.1/24"}],
    }
    route = {"netns_route": [{"destination": "default", "gateway": "198.18.1.2"}]}
    lab.run("topology", name="t", **definition, **route)
    lab.run("topology", name="t", **definition)
    lab.run("topology", name="t", **definition, **route)
    lab.run("topology", name="t", state="absent")
    assert lab.links("") == set()


def test_a_lab_does_not_put_itself_before_a_default_route_that_was_there(lab: Lab) -> None:
    local(lab, "IPv6")
    definition: dict[str, t.Any] = {
        "netns": [{"name": "router"}],
        "veth": [{"name": "up0", "peer": {"name": "eth0", "namespace": "router"}}],
    }
    route = {"netns_route": [{"destination": "::/0", "interface": "up0", "metric": 1}]}
    said = "netns_route -6 default metric 1 would lead the IPv6 default route away from eth0"
    assert lab.fails("topology", name="t", **definition, **route) == said + CURE
    behind = {"netns_route": [{"destination": "::/0", "interface": "up0", "metric": 5000}]}
    lab.run("topology", name="t", **definition, **behind)
    lab.run("topology", name="t", state="absent")


# -- what SSH_CONNECTION may look like


# As sudo is, between a shell that has the variable and the module.
FORGETFUL = ("sh", "-c", 'env -u SSH_CONNECTION "$@"; exit $?', "-")


def taken_down_with(connection: str, *wrapper: str) -> Result:
    """A check run that takes eth0 down, in a process with that environment, or of one that descends from it."""
    arguments = {"name": "eth0", "up": False, "_ansible_check_mode": True, "_ansible_diff": True}
    interpreter = ["env", f"SSH_CONNECTION={connection}", *wrapper, sys.executable]
    return result_of(launch(interpreter, "netns_link", arguments).stdout)


@pytest.mark.parametrize(
    ("connection", "server"),
    [
        ("198.18.1.2 50000 198.18.1.1 22", "198.18.1.1"),
        ("::ffff:198.18.1.2 50000 ::ffff:198.18.1.1 22", "198.18.1.1"),
        ("2001:db8:1::2 50000 2001:db8:1::1 22", "2001:db8:1::1"),
        ("2001:DB8:1:0::2 50000 2001:DB8:1:0:0::1 22", "2001:db8:1::1"),
        ("fe80::2%eth0 50000 fe80::1%eth0 22", "fe80::1"),
    ],
)
@pytest.mark.parametrize("wrapper", [(), FORGETFUL], ids=["", "forgotten"])
def test_the_address_of_the_connection_is_known_in_any_spelling(
    lab: Lab, connection: str, server: str, wrapper: tuple[str, ...]
) -> None:
    lab.sh(
        f"{LOCAL}; ip address add 198.18.1.1/24 dev eth0; ip address add 2001:db8:1::1/64 dev eth0 nodad;"
        "ip address add fe80::1/64 dev eth0 nodad"
    )
    said = f"netns_link eth0 would take down eth0, which carries this SSH connection ({server})"
    assert taken_down_with(connection, *wrapper).msg == said + CURE


@pytest.mark.parametrize(
    "connection", ["", "a b c d", "1 2 3", "198.18.1.2 50000 elsewhere 22", "203.0.113.1 1 203.0.113.2 22"]
)
def test_a_connection_that_ends_nowhere_here_is_none(lab: Lab, connection: str) -> None:
    lab.sh(f"{LOCAL}; ip address add 198.18.1.1/24 dev eth0")
    assert taken_down_with(connection).changed
