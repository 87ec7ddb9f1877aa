# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Changes as the iproute2 commands that make them."""

from __future__ import annotations

import shlex
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Command, Verbatim


def ip(namespace: str, *words: str) -> Command:
    """``ip`` within a namespace."""
    return ["ip", *(["-n", namespace] if namespace != OWN else []), *words]


def bridge_tool(namespace: str, *words: str) -> Command:
    """``bridge`` within a namespace."""
    return ["bridge", *(["-n", namespace] if namespace != OWN else []), *words]


def tc_tool(namespace: str, *words: str) -> Command:
    """``tc`` within a namespace."""
    return ["tc", *(["-n", namespace] if namespace != OWN else []), *words]


def target_namespace(namespace: str) -> str:
    """What ``ip link set ... netns`` takes. The own namespace has no name that works everywhere (``1`` means the one
    of PID 1), so it is told by the process that runs the command: the shell."""
    return namespace if namespace != OWN else Verbatim("$$")


def quoted(command: t.Iterable[str]) -> str:
    """A command for a shell."""
    return " ".join(word if isinstance(word, Verbatim) else shlex.quote(word) for word in command)
