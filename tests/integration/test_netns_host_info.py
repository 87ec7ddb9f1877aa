# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""netns_host_info tells what iproute2 finds possible, and leaves nothing of it."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.plugins.module_utils._abilities import QDISCS, SYSCTLS
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import bare_python, execute, launch, result_of

# What ip and tc have to be told to make one.
_WORDS = {"vlan": "link e0 type vlan id 5", "macvlan": "link e0 type macvlan", "vxlan": "type vxlan id 5 dstport 4789"}
_SHAPES = {"tbf": "tbf rate 1mbit burst 2000 latency 1ms", "netem": "netem delay 1ms", "htb": "htb"}


@pytest.mark.skipif(Path("/proc/modules").exists(), reason="the oracle would load modules of this machine's kernel")
def test_it_tells_what_iproute2_can_do(lab: Lab) -> None:
    found = execute("netns_host_info", {}).answer
    assert {"bridge", "veth"} < found["links"].keys()
    lab.alone("ip netns add a; ip -n a link add e0 up type veth peer name e1")
    for kind in found["links"]:
        attempt = f"ip -n a link add name probe {_WORDS.get(kind, f'type {kind}')}"
        can = lab.can(attempt, "ip -n a link delete dev probe")
        assert found["links"][kind] == can, kind
    for kind in QDISCS:
        can = lab.can(f"tc -n a qdisc replace dev e0 root {_SHAPES[kind]}")
        assert found["qdiscs"][kind] == can, kind
    lab.alone("ip -n a link add name br type bridge")
    (bridge,) = json.loads(lab.alone("ip -n a -d -j link show dev br"))
    assert found["bridge_vlan_filtering"] == ("vlan_filtering" in bridge["linkinfo"]["info_data"])


def test_it_leaves_nothing_and_is_the_same_in_check_mode(lab: Lab) -> None:
    before = lab.exact()
    options = {"needed": {"net.ipv4.ip_forward": 1, "kernel.ostype": 1, "net.no.such": 1, "fs.file-max": 1}}
    found = execute("netns_host_info", options)
    checked = execute("netns_host_info", options, check=True)
    lab.same(before, lab.exact(), "it only looks")
    assert not found.failed and not found.changed
    assert checked.answer == found.answer
    assert found.answer["sysctls"]["net.ipv4.ip_forward"] == 0
    assert found.answer["sysctls"]["kernel.ostype"] == "Linux"
    assert found.answer["sysctls"]["net.no.such"] is None
    assert found.answer["lacking"] == {"net.ipv4.ip_forward": 1}
    assert set(SYSCTLS) < set(found.answer["sysctls"])
    assert found.answer["kernel"] == lab.alone("uname -r").strip()


def test_it_works_without_pyroute2_and_says_so() -> None:
    found = result_of(launch(bare_python(), "netns_host_info", {}).stdout).answer
    assert found["pyroute2"] is None
    assert set(found["links"].values()) == set(found["qdiscs"].values()) == {None}
    assert found["sysctls"]["fs.file-max"] > 0


def test_a_host_is_judged_for_so_many_namespaces(lab: Lab) -> None:
    most = int(Path("/proc/sys/user/max_net_namespaces").read_text())
    assert "user.max_net_namespaces" not in execute("netns_host_info", {"namespaces": 1}).answer["lacking"]
    found = execute("netns_host_info", {"namespaces": most}).answer["lacking"]
    assert found["user.max_net_namespaces"] == 2 * most + 1024


@pytest.mark.parametrize("name", ["../../etc/passwd", "net", "a b.c", "net.ipv4.", "net..ipv4", ""])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    found = execute("netns_host_info", {"needed": {name: 1}})
    assert found.failed and found.msg == (
        f"netns_host_info: {name!r} is no name of a sysctl, such as net.core.somaxconn"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"namespaces": -1}, "namespaces is -1; it must be from 0 to 1000000"),
        ({"needed": {"fs.file-max": "many"}}, "fs.file-max is to be 'many', which is no whole number"),
    ],
)
def test_a_number_that_is_none_is_refused(options: dict[str, t.Any], said: str) -> None:
    assert execute("netns_host_info", options).msg == f"netns_host_info: {said}"
