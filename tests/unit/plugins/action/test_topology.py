# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of topology is that of any module, without the search for garbage while it lasts."""

from __future__ import annotations

import gc
import typing as t

import pytest
from ansible.plugins.action.normal import ActionModule as AnyModule

from ansible_collections.netns.lab.plugins.action.topology import ActionModule


def an_action(monkeypatch: pytest.MonkeyPatch, run: t.Callable[..., t.Any]) -> ActionModule:
    monkeypatch.setattr(AnyModule, "run", run)
    return ActionModule(None, None, None, None, None, None)


def test_it_hands_on_what_it_is_given_and_what_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[t.Any] = []

    def run(_self: t.Any, tmp: t.Any, task_vars: t.Any) -> dict[str, t.Any]:
        asked.append((tmp, task_vars, gc.isenabled()))
        return {"changed": True}

    assert an_action(monkeypatch, run).run(task_vars={"a": 1}) == {"changed": True}
    assert asked == [(None, {"a": 1}, False)]
    assert gc.isenabled()


def test_what_fails_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_self: t.Any, _tmp: t.Any, _task_vars: t.Any) -> dict[str, t.Any]:
        raise RuntimeError("no connection")

    with pytest.raises(RuntimeError, match="no connection"):
        an_action(monkeypatch, run).run()
    assert gc.isenabled()
