# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests can fail: a module that breaks a promise is found out."""

from __future__ import annotations

import subprocess
import typing as t

import pytest

from ansible_collections.netns.lab.tests.integration.helpers import lab as lab_module
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result

ADD = "ip link add name br0 type bridge"
SAID: dict[str, t.Any] = {"changed": True, "commands": [ADD], "diff": {"before": {}, "after": {"bridge": {"br0": {}}}}}
NOTHING: dict[str, t.Any] = {"diff": {"before": {}, "after": {}}}


def sh(script: str) -> None:
    subprocess.run(["sh", "-c", script], check=True)


class Liar:
    """Makes a bridge, honestly but for one thing."""

    def __init__(self, lie: str) -> None:
        self.lie = lie
        self.is_done = False

    def __call__(self, module: str, options: dict[str, t.Any], check: bool = False) -> Result:
        if self.lie == "fails with something left" and not check:
            sh(ADD)
            return Result(failed=True, msg="sorry")
        if self.is_done and self.lie != "changes again":
            return Result(**NOTHING)
        if check:
            if self.lie == "check touches":
                sh("ip netns add looked-at")
            return Result(**NOTHING) if self.lie == "check says another thing" else Result(**SAID)
        self.is_done = True
        if self.lie == "does nothing":
            return Result(**SAID)
        sh("ip link show br0 >/dev/null 2>&1 || " + ADD)
        if self.lie == "does more than it says":
            sh("ip link set dev br0 mtu 1400")
        if self.lie == "changes in silence":
            return Result(**NOTHING)
        if self.lie == "says what ip refuses":
            return Result(**{**SAID, "commands": ["ip link add name br0 type nonsense"]})
        return Result(**SAID)


@pytest.mark.parametrize(
    ("lie", "found"),
    [
        ("check touches", "in check mode, but"),
        ("check says another thing", "assert"),
        ("changes again", "the second run changes again"),
        ("does nothing", "the commands do the same"),
        ("does more than it says", "the commands do the same"),
        ("says what ip refuses", ""),
        ("changes in silence", ""),
    ],
)
def test_a_lie_is_found_out(lab: Lab, monkeypatch: pytest.MonkeyPatch, lie: str, found: str) -> None:
    monkeypatch.setattr(lab_module, "execute", Liar(lie))
    with pytest.raises(AssertionError) as caught:
        lab.run("bridge", name="br0")
    assert found in str(caught.value) or found == "assert"


def test_what_a_failure_leaves_behind_is_found_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_module, "execute", Liar("fails with something left"))
    with pytest.raises(AssertionError, match="br0"):
        lab.fails_for_real("bridge", name="br0")


def test_honesty_passes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_module, "execute", Liar("none"))
    assert lab.run("bridge", name="br0").commands == [ADD]


def test_machines_do_not_see_each_other(lab: Lab) -> None:
    assert lab.namespaces() == [] and lab.links("") == set()
    lab.alone("ip netns add here; ip link add name br0 type bridge")


test_machines_do_not_see_each_other_either = test_machines_do_not_see_each_other
