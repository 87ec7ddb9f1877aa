# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""Many alike items as one: ranges in the syntax of Ansible's inventory.

``h[1:3]`` stands for h1, h2, h3; ``h[01:10]`` pads, ``h[0:10:5]`` steps, ``h[a:c]`` counts letters. A range behind a
network, ``10.0.0.0/16[1:1000]``, counts the addresses in it. The ranges of one item advance together.
"""

from __future__ import annotations

import ipaddress
import re
import string
import typing as t

_RANGE = re.compile(r"\[(?P<first>\d+|[A-Za-z]):(?P<last>\d+|[A-Za-z])(?::(?P<step>\d+))?\]")
_MOST = 100_000


def expand(item: dict[str, t.Any], literal: t.Collection[str] = ()) -> list[dict[str, t.Any]]:
    """The items that one stands for, itself where it has no range. Options in ``literal`` are taken as they are.
    Raises ValueError with half a sentence."""
    lengths: dict[str, int] = {}
    _measure(item, literal, lengths)
    if not lengths:
        return [item]
    count = max(lengths.values())
    for text, length in lengths.items():
        if length != count:
            longest = next(other for other, number in lengths.items() if number == count)
            raise ValueError(f"its ranges differ in length: {longest!r} has {count}, {text!r} has {length}")
    columns = _columns(item, literal, count)
    return [{option: column[place] for option, column in columns.items()} for place in range(count)]


def _measure(value: t.Any, literal: t.Collection[str], lengths: dict[str, int]) -> None:
    if isinstance(value, str):
        if "[" in value:
            for match in _RANGE.finditer(value):
                lengths[value] = len(_values(match))
    elif isinstance(value, dict):
        for option, inner in value.items():
            if option not in literal:
                _measure(inner, literal, lengths)
    elif isinstance(value, list):
        for inner in value:
            _measure(inner, literal, lengths)


def _columns(item: dict[str, t.Any], literal: t.Collection[str], count: int) -> dict[str, t.Sequence[t.Any]]:
    """Each option's values, one for each item to come."""
    return {
        option: [value] * count if option in literal else _column(value, literal, count)
        for option, value in item.items()
    }


def _column(value: t.Any, literal: t.Collection[str], count: int) -> t.Sequence[t.Any]:
    if isinstance(value, str) and "[" in value:
        return _spelled_out(value) or [value] * count
    if isinstance(value, dict):
        columns = _columns(value, literal, count)
        return [{option: column[place] for option, column in columns.items()} for place in range(count)]
    if isinstance(value, list):
        inner = [_column(part, literal, count) for part in value]
        return [[column[place] for column in inner] for place in range(count)]
    return [value] * count


def _spelled_out(text: str) -> list[str]:
    matches = list(_RANGE.finditer(text))
    if len(matches) == 1 and matches[0].end() == len(text):
        network = text[: matches[0].start()]
        if "/" in network:
            return _addresses(network, _values(matches[0]))
    result: list[str] = []
    for numbers in zip(*(_values(match) for match in matches)):
        replacements = iter(numbers)
        result.append(_RANGE.sub(lambda match: next(replacements), text))  # noqa: B023  # called at once
    return result


def _addresses(text: str, numbers: list[str]) -> list[str]:
    try:
        network = ipaddress.ip_network(text)
        positions = [int(number) for number in numbers]
    except ValueError:
        raise ValueError(f"{text!r} before the range is no network such as 10.0.0.0/16") from None
    if positions and max(positions) >= network.num_addresses:
        raise ValueError(f"{network} has no address number {max(positions)}; take a larger network")
    first = int(network.network_address)
    made = type(network.network_address)
    return [f"{made(first + position)}/{network.prefixlen}" for position in positions]


def _values(match: re.Match[str]) -> list[str]:
    first, last, step = match["first"], match["last"], int(match["step"] or 1)
    if step < 1:
        raise ValueError(f"range {match[0]} has a step of 0")
    if first.isdigit() != last.isdigit():
        raise ValueError(f"range {match[0]} mixes a number and a letter")
    if first.isdigit():
        numbers = range(int(first), int(last) + 1, step)
        if len(numbers) > _MOST:
            raise ValueError(f"range {match[0]} stands for {len(numbers)} items; {_MOST} is the most")
        width = len(first) if first.startswith("0") else 0
        found = [str(number).zfill(width) for number in numbers]
    else:
        letters = string.ascii_letters
        found = list(letters[letters.index(first) : letters.index(last) + 1 : step])
    if not found:
        raise ValueError(f"range {match[0]} is empty; put the lower end first")
    return found
