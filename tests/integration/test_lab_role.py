# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role lab on one host, and its nodes as hosts of the inventory."""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.netns.lab.plugins.filter import lab_part
from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import VARIABLES, read_lab
from ansible_collections.netns.lab.tests.integration.helpers import controller
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import ROOT, Result, execute

LABS = ROOT / "playbooks" / "labs"


class Done(t.NamedTuple):
    status: int
    output: str


def ansible(folder: Path, program: str, *arguments: str) -> Done:
    """Not through SSH, but the whole way otherwise."""
    done = controller.ansible(program, *arguments, cwd=folder, ANSIBLE_PYTHON_INTERPRETER=sys.executable)
    return Done(done.returncode, done.stdout + done.stderr)


def play(folder: Path, *arguments: str) -> str:
    done = ansible(folder, "playbook", "-i", "localhost,", "-c", "local", "netns.lab.lab", *arguments)
    assert done.status == 0, done.output
    return done.output


def defined(file: Path) -> dict[str, t.Any]:
    return {name: value for name, value in yaml.safe_load(file.read_text()).items() if name in VARIABLES}


def unreached(lab: Lab, definition: dict[str, t.Any]) -> list[str]:
    """What is expected to reach something and does not, or the other way about."""
    script = []
    for expected in read_lab(definition).expectations:
        ping = f"ip netns exec {expected.source.namespace} ping -n -q -c 1 -W 2 {expected.destination} >/dev/null"
        script.append(f"{ping} || echo {expected.source.name} {expected.destination} &")
    return lab.alone("\n".join([*script, "wait"])).splitlines()


@pytest.mark.parametrize("name", sorted(file.name for file in LABS.glob("*.netns.yml")))
def test_the_labs_to_start_from_work(lab: Lab, tmp_path: Path, name: str) -> None:
    definition = defined(LABS / name)
    proved = play(tmp_path, "-e", f"@{LABS / name}")
    assert "changed=1 " in proved and "all as expected" in proved
    assert unreached(lab, definition) == []
    assert execute("topology", {"name": definition["lab_name"], "state": "absent"}).changed
    assert (lab.namespaces(), lab.links(""), lab.records()) == ([], set(), {})


def test_a_fabric_has_the_size_that_variables_say(lab: Lab, tmp_path: Path) -> None:
    said = ("leaves=2", "hosts_per_leaf=2", "verify=0", "lab_hosts=localhost")
    play(tmp_path, "-e", f"@{LABS / 'leaf_spine.yml'}", *(word for one in said for word in ("-e", one)))
    assert set(lab.namespaces()) == {
        *("spine1", "spine2", "leaf1", "leaf2", "rack1", "rack2", "h1", "h2", "h3", "h4"),
    }
    target = lab.addresses("h4", "eth0")[0]["local"]
    assert " 1 received" in lab.alone(f"ip netns exec h1 ping -n -c 1 -W 5 {target}")


def test_nodes_are_hosts_and_run_their_commands(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "small.netns.yml"
    trace = tmp_path / "trace"
    nodes = {"h[1:2]": {"exec": [f"sh -c 'ip -o link show dev eth0 >>{trace}'"]}, "sw1": {"kind": "bridge"}}
    definition = {
        "plugin": "netns.lab.topology",
        "lab_name": "small",
        "lab_nodes": nodes,
        "lab_links": [["h[1:2]", "sw1"]],
        "lab_pools": {"lan": "172.16.0.0/16"},
    }
    file.write_text(json.dumps(definition))

    assert "skipping" in play(tmp_path, "-e", f"@{file}", "--check")
    assert not trace.exists() and lab.namespaces() == []
    play(tmp_path, "-e", f"@{file}")
    macs = [lab.link(node, "eth0")["address"] for node in ("h1", "h2")]
    assert [mac in trace.read_text() for mac in macs] == [True, True]
    # Nothing has changed, so nothing is run; on request it is.
    assert "changed=0 " in play(tmp_path, "-e", f"@{file}")
    assert len(trace.read_text().splitlines()) == 2
    play(tmp_path, "-e", f"@{file}", "-e", "lab_exec=always")
    assert len(trace.read_text().splitlines()) == 4

    asked = ansible(tmp_path, "adhoc", "-i", str(file), "kind_linux", "-m", "command", "-a", "ip -j -4 address")
    assert asked.status == 0, asked.output
    assert "172.16.0.1" in asked.output and "172.16.0.2" in asked.output and "127.0.0.1" in asked.output
    pinged = ansible(tmp_path, "adhoc", "-i", str(file), "h1", "-m", "command", "-a", "ping -n -c 1 -W 5 172.16.0.2")
    assert " 1 received" in pinged.output, pinged.output


def qdisc(lab: Lab, namespace: str, interface: str) -> dict[str, t.Any]:
    (found,) = json.loads(lab.alone(f"ip netns exec {namespace} tc -j qdisc show dev {interface} root"))
    return t.cast("dict[str, t.Any]", found)


def build(links: list[t.Any]) -> Result:
    definition = {"lab_nodes": {"h[1:2]": {}, "sw": {"kind": "bridge"}}, "lab_links": links}
    return execute("topology", {"name": "lab", "sections": lab_part._filter(definition, "w", ["w"])["sections"]})


def test_links_are_impaired(lab: Lab) -> None:
    links: list[t.Any] = [
        {"endpoints": ["h1", "sw:p1"], "rate": "10mbit"},
        {"endpoints": ["h2", {"node": "sw", "interface": "p2", "rate": "1mbit"}], "rate": "5mbit", "burst": "20kb"},
    ]
    assert build(links).changed
    rates = {
        place: qdisc(lab, *place)["options"]["rate"]
        for place in (("h1", "eth0"), ("sw", "p1"), ("h2", "eth0"), ("sw", "p2"))
    }
    assert [rate * 8 for rate in rates.values()] == [10_000_000, 10_000_000, 5_000_000, 1_000_000]
    assert not build(links).changed
    # What is not said any more is gone.
    assert build([["h1", "sw:p1"], ["h2", "sw:p2"]]).changed
    assert qdisc(lab, "h1", "eth0")["kind"] == "noqueue"


def test_an_impairment_that_the_kernel_lacks_is_told(lab: Lab) -> None:
    built = build([{"endpoints": ["h1", "h2"], "delay": "10ms", "loss": "1%"}])
    if not built.failed:
        assert qdisc(lab, "h1", "eth0")["kind"] == "netem"
        return
    assert "netns_qdisc h1:eth0" in built.msg
    assert "no network emulator (CONFIG_NET_SCH_NETEM, module sch_netem)" in built.msg
    assert lab.namespaces() == []


def test_a_mistake_is_told_and_nothing_is_touched(lab: Lab, tmp_path: Path) -> None:
    broken = {"lab_nodes": {"h1": {}}, "lab_links": [["h1", "h2"]]}
    done = ansible(
        *(tmp_path, "playbook", "-i", "localhost,", "-c", "local", "netns.lab.lab"), *("-e", json.dumps(broken))
    )
    assert done.status != 0 and "lab_links[0][1]: node 'h2' is unknown" in done.output
    assert lab.namespaces() == []
