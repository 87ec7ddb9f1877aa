# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that is a program of its own answers as one in a reused interpreter does, whatever its Python and pyroute2
are: those of NETNS_LAB_PYTHON, if that is set."""

from __future__ import annotations

import sys
import typing as t

from ansible_collections.netns.lab.tests.integration.helpers.machine import machine
from ansible_collections.netns.lab.tests.integration.helpers.modules import (
    INTERPRETER,
    Result,
    in_process,
    launch,
    result_of,
)
from ansible_collections.netns.lab.tests.integration.helpers.round import ROUND


def own_process(module: str, arguments: dict[str, t.Any]) -> str:
    done = launch([INTERPRETER or sys.executable], module, arguments)
    assert done.stdout, f"{module}: {done.stderr}"
    return done.stdout


def answered(call: t.Callable[[str, dict[str, t.Any]], str]) -> list[tuple[str, Result]]:
    with machine():
        return [(module, result_of(call(module, {**options, "_ansible_diff": True}))) for module, options in ROUND]


def test_it_answers_the_same() -> None:
    for (module, own), (_module, reused) in zip(answered(own_process), answered(in_process)):
        assert (own.changed, own.failed, own.msg) == (reused.changed, reused.failed, reused.msg), module
        assert own.commands == reused.commands, module
        assert own.answer.keys() - {"exception"} == reused.answer.keys() - {"exception"}, module
