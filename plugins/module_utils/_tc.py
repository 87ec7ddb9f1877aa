# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""Rates, sizes, times and probabilities as tc reads and writes them (tc/tc_util.c, lib/utils_math.c of iproute2).
Functions that read raise ValueError with half a sentence."""

from __future__ import annotations

import re
import typing as t

# include/net/pkt_sched.h: the kernel counts in units of 64 ns (PSCHED_SHIFT).
_NS_PER_TICK = 64
_MOST = 2**32 - 1
# Below, two full packets take longer than it can count.
_LEAST_RATE = 125

_PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
# In bytes a second.
_RATES = {
    **{f"{prefix}bit": factor / 8 for prefix, factor in {**_PREFIXES, **_BINARY}.items()},
    **{f"{prefix}bps": factor for prefix, factor in {**_PREFIXES, **_BINARY}.items()},
    "": 1 / 8,
}
_SIZES = {
    **{"": 1, "b": 1, "k": 2**10, "kb": 2**10, "m": 2**20, "mb": 2**20, "g": 2**30, "gb": 2**30},
    **{"kbit": 2**10 / 8, "mbit": 2**20 / 8, "gbit": 2**30 / 8},
}
# In nanoseconds; a number alone is in microseconds.
_TIMES = {
    **{"": 1000, "us": 1000, "usec": 1000, "usecs": 1000, "ns": 1, "nsec": 1, "nsecs": 1},
    **{"ms": 10**6, "msec": 10**6, "msecs": 10**6, "s": 10**9, "sec": 10**9, "secs": 10**9},
}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)", re.ASCII)


def _quantity(value: str, what: str, units: t.Mapping[str, float], example: str) -> float:
    match = _QUANTITY.fullmatch(value)
    factor = units.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise ValueError(f"{what} {value!r} is not a number with a unit such as {example}")
    return float(match[1]) * factor


def _within(number: float, value: str, what: str, low: int, most: int) -> int:
    if not low <= number <= most:
        raise ValueError(f"{what} {value!r} is too {'small' if number < low else 'large'} for the kernel")
    return int(number)


def rate(value: str, what: str = "rate") -> int:
    """Bytes a second, of bits (``10mbit``) or bytes (``1mbps``)."""
    found = _quantity(value, what, _RATES, "10mbit (bits) or 1mbps (bytes)")
    return _within(found, value, what, _LEAST_RATE, _MOST - 1)


def size(value: str, what: str) -> int:
    """Bytes. A unit is of 1024."""
    return _within(_quantity(value, what, _SIZES, "32kb"), value, what, 1, _MOST)


def duration(value: str, what: str, low: int = 0) -> int:
    """Nanoseconds, as exact as the kernel's clock for it."""
    found = _quantity(value, what, _TIMES, "50ms")
    return to_ns(_within(found / _NS_PER_TICK, value, what, low, _MOST))


def share(value: str, what: str) -> int:
    """A probability out of 2**32 - 1."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%?", value, re.ASCII)
    if match is None or float(match[1]) > 100:
        raise ValueError(f"{what} {value!r} is not a percentage such as 0.5%")
    return round(float(match[1]) / 100 * _MOST)


def to_ticks(ns: int) -> int:
    return ns // _NS_PER_TICK


def to_ns(ticks: int) -> int:
    return ticks * _NS_PER_TICK


def ticks_to_send(size_in_bytes: int, bytes_a_second: int) -> int:
    """How long a number of bytes takes at a rate, as tc has it (tc_calc_xmittime)."""
    return int(10**6 * (size_in_bytes / bytes_a_second) * (1000 / _NS_PER_TICK))


def bytes_sent(ticks: int, bytes_a_second: int) -> int:
    """The opposite, as tc tells it (tc_calc_xmitsize)."""
    return round(bytes_a_second * (ticks * _NS_PER_TICK / 10**9))


def rate_word(bytes_a_second: int) -> str:
    bits = bytes_a_second * 8
    for prefix, factor in reversed(_PREFIXES.items()):
        if bits % factor == 0:
            return f"{bits // factor}{prefix}bit"
    raise AssertionError


def duration_word(ns: int) -> str:
    for unit, factor in (("s", 10**9), ("ms", 10**6), ("us", 1000)):
        if ns % factor == 0:
            return f"{ns // factor}{unit}"
    return f"{ns}ns"


def share_word(probability: int) -> str:
    return f"{probability / _MOST * 100:.7g}%"
