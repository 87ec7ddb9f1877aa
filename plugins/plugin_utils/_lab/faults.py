# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""What is wrong with a definition, and where."""

from __future__ import annotations

import difflib
import typing as t

# From a variable inwards: ("lab_links", 3, "endpoints", 0)
Path = tuple[t.Union[str, int], ...]


class Fault(ValueError):
    """Something that a user has to put right. ``sentence`` goes behind its place."""

    def __init__(self, path: Path, sentence: str) -> None:
        self.path = path
        self.sentence = sentence
        super().__init__(f"{spelled(path)}: {sentence}" if path else sentence)


def spelled(path: Path) -> str:
    """A path as a template would have it: ``lab_links[3].endpoints[0]``, ``lab_nodes['h[1:3]']``."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words.append(f"[{part}]")
        elif part.replace("_", "a").isidentifier():
            words.append(f".{part}" if words else part)
        else:
            words.append(f"[{part!r}]")
    return "".join(words)


def unknown(what: str, name: t.Any, known: t.Iterable[str]) -> str:
    """That there is no such thing, and what may be meant."""
    choices = sorted({*known})
    close = difflib.get_close_matches(str(name), choices, 1)
    if close:
        return f"{what} {name!r} is unknown; is {close[0]!r} meant?"
    listed = ", ".join(choices[:12]) + (", ..." if len(choices) > 12 else "")
    return f"{what} {name!r} is unknown" + (f"; there are {listed}" if choices else "")
