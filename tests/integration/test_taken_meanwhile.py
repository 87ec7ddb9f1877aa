# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After a run has looked at the host, and right before it makes or moves a link, somebody else takes the name or the
index. The kernel refuses the run's request and goes on with the rest of the batch: none of it may hit theirs."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netns.lab.plugins.module_utils._apply import Applier
from ansible_collections.netns.lab.plugins.module_utils._model import Request, link_key
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute
from ansible_collections.netns.lab.tests.integration.helpers.whole import everything, same

MADE: dict[str, t.Any] = {
    "name": "lab",
    "netns": [{"name": "a"}],
    "bridge": [{"name": "sw", "namespace": "hub"}],
    "veth": [
        {"name": "p", "namespace": "hub", "peer": {"name": "e0", "namespace": "a"}},
        {"name": "x", "namespace": "hub", "peer": {"name": "y", "namespace": "hub"}},
    ],
    "bridge_port": [{"bridge": "sw", "namespace": "hub", "interface": name, "cost": 9} for name in ("p", "y")],
    "netns_link": [{"name": "x", "namespace": "hub", "alias": "ours", "arp": False}],
    "netns_address": [
        {"namespace": "hub", "interface": "sw", "address": "10.0.0.1/24"},
        {"namespace": "hub", "interface": "x", "address": "10.1.0.1/24"},
        {"namespace": "hub", "interface": "y", "address": "fd00::1/64", "nodad": True},
        {"namespace": "a", "interface": "e0", "address": "10.0.0.2/24"},
    ],
    "netns_route": [{"namespace": "hub", "destination": "10.9.0.0/16", "gateway": "10.1.0.9", "interface": "x"}],
}
# What was a bridge is a pair then, and a link comes from elsewhere.
CHANGED: dict[str, t.Any] = {
    "name": "lab",
    "netns": [{"name": "a"}],
    "veth": [{"name": "sw", "namespace": "hub", "peer": {"name": "y", "namespace": "hub"}}],
    "netns_link": [{"name": "guest", "namespace": "hub", "from_namespace": "", "up": True}],
    "netns_address": [
        {"namespace": "hub", "interface": "sw", "address": "10.0.0.1/24"},
        {"namespace": "hub", "interface": "guest", "address": "10.2.0.1/24"},
    ],
}


class Stranger:
    """Comes right before the batch in which a run makes or moves a link."""

    def __init__(self, lab: Lab, monkeypatch: pytest.MonkeyPatch, link: str, by_index: bool = False) -> None:
        self.lab = lab
        self.link = link
        self.taken = "theirs" if by_index else link
        self.by_index = by_index
        self.made = ""
        send = Applier._send

        def sent(applier: Applier, namespace: str, batch: list[tuple[str, Request]]) -> None:
            if not self.made and any(self.is_about(step) for _item, step in batch):
                self.come(applier._chosen.get(link_key("hub", link)))
            send(applier, namespace, batch)

        monkeypatch.setattr(Applier, "_send", sent)

    def is_about(self, step: Request) -> bool:
        attrs = dict(step.attrs)
        is_made = bool(step.flags & 0x400) and "IFLA_LINKINFO" in attrs
        return (is_made or "IFLA_NET_NS_FD" in attrs) and f"('IFLA_IFNAME', '{self.link}')" in repr(step.attrs)

    def come(self, index: int | None) -> None:
        number = f"index {index}" if self.by_index else ""
        self.lab.alone(f"ip -n hub link add name {self.taken} {number} mtu 1300 type bridge ageing_time 7700")
        self.made = self.told()

    def told(self) -> str:
        dev = f"dev {self.taken}"
        return self.lab.alone(f"ip -n hub -j address show {dev} && ip -n hub -j route show table all {dev}")

    def goes(self) -> None:
        assert self.made, "came too late"
        assert self.told() == self.made
        self.lab.alone(f"ip -n hub link delete {self.taken}")


@pytest.mark.parametrize("by_index", [False, True], ids=["name", "index"])
@pytest.mark.parametrize(
    ("link", "item"), [("sw", "bridge hub:sw"), ("p", "veth hub:p"), ("x", "veth hub:x"), ("y", "veth hub:x")]
)
def test_what_somebody_else_has_made_in_the_place_of_a_new_link_is_left_alone(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, link: str, item: str, by_index: bool
) -> None:
    lab.alone("ip netns add hub && ip -n hub link set lo up")
    before = everything(lab)
    stranger = Stranger(lab, monkeypatch, link, by_index)
    result = execute("topology", MADE)
    assert result.failed and result.msg.startswith(f"{item}: the kernel says: "), result.msg
    assert result.msg.endswith("What this run had changed was taken back"), result.msg
    stranger.goes()
    same(before, everything(lab), result.msg)


@pytest.mark.parametrize(("link", "item"), [("sw", "veth hub:sw"), ("guest", "netns_link hub:guest")])
def test_what_somebody_else_has_made_in_the_place_of_a_link_made_anew_or_moved_is_left_alone(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, link: str, item: str
) -> None:
    lab.alone("ip netns add hub && ip -n hub link set lo up && ip link add name guest type veth peer name other")
    assert not execute("topology", MADE).failed
    before = everything(lab)
    stranger = Stranger(lab, monkeypatch, link)
    result = execute("topology", CHANGED)
    assert result.failed and result.msg.startswith(f"{item}: the kernel says: File exists"), result.msg
    if link == "guest":
        stranger.goes()
        same(before, everything(lab), result.msg)
    else:
        # The old one cannot come back where theirs is now, which is said.
        assert "Not everything could be taken back" in result.msg
        assert stranger.told() == stranger.made
