# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pictures of labs, looked at in a browser, and labs from other tools, built."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.test_lab_role import ansible, play, unreached

SMALL: dict[str, t.Any] = {
    "lab_name": "small",
    "lab_nodes": {"r1": {"forwarding": True}, "h[1:3]": {}, "sw": {"kind": "bridge"}},
    "lab_links": [["r1", "sw"], ["h[1:2]", "sw"], ["r1", "h3"]],
    "lab_pools": {"lan": "172.16.0.0/16", "p2p": "10.1.0.0/16"},
    "lab_routing": "static",
    "lab_expect": [{"from": "all", "to": "all"}],
}
CONTAINERLAB = """
name: wire
topology:
  nodes:
    pc1:
      kind: linux
      exec:
        - ip link set eth1 up
        - ip addr add 192.0.2.2/24 dev eth1
        - ip route add default via 192.0.2.1
    router:
      kind: linux
      sysctls: {net.ipv4.ip_forward: 1}
      exec:
        - sh -c "ip addr add 192.0.2.1/24 dev eth1 && ip addr add 198.51.100.1/24 dev eth2"
    pc2:
      kind: linux
      exec:
        - ip addr add 198.51.100.2/24 dev eth1
        - ip route add 192.0.2.0/24 via 198.51.100.1
        - touch MARK
    lan: {kind: bridge}
  links:
    - endpoints: ["pc1:eth1", "lan:p1"]
    - endpoints: ["router:eth1", "lan:p2"]
    - endpoints: ["router:eth2", "pc2:eth1"]
"""
JSON2NETNS = {
    "namespaces": {
        "left": {
            "interfaces": {"left0": {"type": "veth", "peer_name": "right0", "prefixes": ["10.1.1.1/24"]}},
            "routes": {"d": {"dest_prefix": "10.9.9.9/32", "next_hop_ip": "10.1.1.2", "egress_if_name": "left0"}},
        },
        "right": {
            "interfaces": {
                "lo": {"type": "loopback", "prefixes": ["10.9.9.9/32"]},
                "right0": {"type": "veth", "peer_name": "left0", "prefixes": ["10.1.1.2/24"]},
            },
        },
    }
}
# What a reader sees, written where it can be read: sizes and colours as the browser has come to them.
PROBE = """
<script>
const seen = (element) => { const box = element.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
const all = (selector) => [...document.querySelectorAll(selector)];
const colours = (selector) => [...new Set(all(selector).map((cell) => getComputedStyle(cell).backgroundColor))];
const found = {
  nodes: all('svg g.node').filter(seen).length,
  links: all('svg g.edge path').filter((path) => path.getTotalLength() > 0).length,
  texts: all('svg text').filter(seen).map((text) => text.textContent),
  red: all('svg g.edge path').filter((path) => getComputedStyle(path).stroke === 'rgb(198, 40, 40)').length,
  rows: all('#addresses tbody tr').filter(seen).length,
  good: all('td.reached').filter(seen).length, green: colours('td.reached'),
  bad: all('td.bad').filter(seen).length, alarm: colours('td.bad'),
  wide: document.documentElement.scrollWidth > innerWidth,
};
document.body.innerHTML = '';
document.body.textContent = 'PROBE' + JSON.stringify(found) + 'PROBE';
</script>
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shell says it, from which the playbooks know where their user is."""
    monkeypatch.setenv("PWD", str(tmp_path))


def browse(folder: Path, page: str, *arguments: str) -> str:
    """What a real browser makes of a page."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    done = subprocess.run(
        [
            "chromium",
            *options,
            f"--user-data-dir={folder / 'profile'}",
            "--window-size=1200,2000",
            *arguments,
            f"file://{file}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "HOME": str(folder)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def all_programs_but(name: str, folder: Path) -> Path:
    """A folder for PATH."""
    folder.mkdir()
    for place in os.environ["PATH"].split(":"):
        for program in Path(place).glob("*"):
            if program.name != name and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    return folder


def picture(folder: Path, definition: dict[str, t.Any], *arguments: str) -> str:
    variables = ["-e", json.dumps(definition), "-e", f"picture_folder={folder}", *arguments]
    done = ansible(folder, "playbook", "-i", "localhost,", "-c", "local", "netns.lab.lab_picture", *variables)
    assert done.status == 0, done.output
    return done.output


def convert(folder: Path, *arguments: str) -> str:
    done = ansible(folder, "playbook", "netns.lab.lab_convert", *arguments)
    assert done.status == 0, done.output
    return done.output


@pytest.mark.skipif(
    not (shutil.which("dot") and shutil.which("chromium")),
    reason="Graphviz and Chromium (dot, chromium) are not installed",
)
def test_a_lab_that_has_been_broken_is_looked_at(lab: Lab, tmp_path: Path) -> None:
    play(tmp_path, "-e", json.dumps(SMALL), "-e", "verify=false")
    lab.alone("ip -n h1 link del eth0; ip netns del h2")
    before = lab.exact()
    output = picture(tmp_path, SMALL, "-e", "live=true")
    lab.same(before, lab.exact(), "a picture changed something")
    assert "small.html" in output
    assert {file.suffix for file in tmp_path.glob("small.*")} == {".html", ".mmd", ".dot", ".svg"}
    page = (tmp_path / "small.html").read_text()

    probe = page.replace("default-src 'none'", "default-src 'unsafe-inline'").replace("</body>", PROBE + "</body>")
    found = json.loads(browse(tmp_path, probe, "--dump-dom").split("PROBE")[1])
    assert {"r1", "h1", "h2", "h3", "sw", "missing"} <= {*found.pop("texts")}
    # Both links that are gone are red. r1 and h3 still reach each other, and nobody else does.
    assert found == {
        **{"nodes": 5, "links": 4, "red": 2, "rows": 6, "wide": False},
        **{"good": 2, "green": ["rgb(200, 230, 201)"], "bad": 10, "alarm": ["rgb(229, 57, 53)"]},
    }

    # As it is, no script runs in it, and it has a face.
    screenshot = f"--screenshot={tmp_path / 'small.png'}"
    quiet = browse(tmp_path, page.replace("</body>", PROBE + "</body>"), screenshot, "--dump-dom")
    assert 'id="addresses"' in quiet.partition("<script>")[0] and "PROBE{" not in quiet
    assert (tmp_path / "small.png").read_bytes().startswith(b"\x89PNG")


def test_pictures_without_graphviz(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(all_programs_but("dot", tmp_path / "bin")))
    output = picture(tmp_path, SMALL)
    files = {file.suffix: file.read_text() for file in tmp_path.glob("small.*")}
    assert files.keys() == {".html", ".mmd", ".dot"}
    assert "<svg" not in files[".html"] and "flowchart TB" in files[".html"]
    assert "Graphviz (the program dot) is not on this machine" in output
    assert lab.namespaces() == []


def test_a_lab_of_containerlab_is_built_and_pings(lab: Lab, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "wire.clab.yml").write_text(CONTAINERLAB.replace("MARK", str(mark)))
    said = convert(
        tmp_path, "-e", "convert_from=containerlab", "-e", "source=wire.clab.yml", "-e", "destination=wire.netns.yml"
    )
    assert f"node pc2: left as commands to run after the build: touch {mark}" in said
    play(tmp_path, "-e", f"@{tmp_path / 'wire.netns.yml'}")
    assert mark.exists()
    assert " 1 received" in lab.alone("ip netns exec pc1 ping -n -c 1 -W 5 198.51.100.2")


def test_a_lab_of_json2netns_is_built_and_pings(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "pair.json").write_text(json.dumps(JSON2NETNS))
    convert(tmp_path, *("-e", "convert_from=json2netns", "-e", "source=pair.json", "-e", "destination=pair.netns.yml"))
    definition = yaml.safe_load((tmp_path / "pair.netns.yml").read_text())
    definition.pop("plugin")
    definition["lab_expect"] = [{"from": "left", "to": "10.9.9.9"}]
    play(tmp_path, "-e", json.dumps({**definition, "verify": False}))
    assert unreached(lab, definition) == []
