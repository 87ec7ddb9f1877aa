# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What pings found, as people read it: ping's own lines for a few, a matrix for many; and as data."""

from __future__ import annotations

import math
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._checks import Pair

_FEW = 12
# Characters of a matrix; of a larger one only the rows with differences are shown.
_LARGEST = 40_000

Rtt = dict[str, float]


def rtt(seconds: t.Sequence[float]) -> Rtt | None:
    """In milliseconds; mdev is the standard deviation, as ping computes it."""
    if not seconds:
        return None
    mean = sum(seconds) / len(seconds)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in seconds) / len(seconds))
    told = {"min": min(seconds), "avg": mean, "max": max(seconds), "mdev": deviation}
    return {name: round(value * 1000, 3) for name, value in told.items()}


def loss(pair: Pair) -> float:
    """In per cent, with as many digits as ping prints."""
    return float(f"{pair.loss:g}")


def result(pair: Pair, look_at: t.Sequence[str] = ()) -> dict[str, t.Any]:
    """One pair as the module returns it."""
    ping, failure = pair.ping, pair.ping.failure
    found: dict[str, t.Any] = {
        "namespace": ping.namespace,
        "destination": pair.destination,
        "source": None if ping.source is None else str(ping.source),
        "sent": ping.sent,
        "received": ping.received,
        "loss": loss(pair),
        "rtt": rtt(ping.rtts),
        "reachable": ping.received > 0,
        "expected": pair.reachable,
        "ok": pair.is_as_expected,
        "reason": None if failure is None else failure.reason,
    }
    if failure is not None:
        found["message"] = failure.message if failure.by is None else f"From {failure.by}: {failure.message}"
        found.update({name: value for name, value in (("by", failure.by), ("mtu", failure.mtu)) if value is not None})
    if ping.duplicates:
        found["duplicates"] = ping.duplicates
    if ping.errors:
        found["errors"] = ping.errors
    if look_at:
        found["look_at"] = list(look_at)
    return found


def difference(pair: Pair, look_at: t.Sequence[str]) -> str:
    """One line for a pair that is not as expected."""
    hints = f"; look at: {'; '.join(look_at)}" if look_at else ""
    return f"{_way(pair)}: {_verdict(pair)}{hints}"


def _verdict(pair: Pair) -> str:
    ping, failure = pair.ping, pair.ping.failure
    if not pair.reachable:
        return f"expected to be unreachable, but {ping.received} of {ping.sent} requests were answered"
    reason = failure.reason if failure is not None else "loss"
    if ping.received:
        return f"{loss(pair):g}% packet loss, more than {pair.max_loss:g}% ({reason})"
    return f"not reachable ({reason})"


def _way(pair: Pair) -> str:
    return f"{_name(pair)} -> {pair.destination}"


def _name(pair: Pair) -> str:
    return pair.ping.namespace or "(own namespace)"


def report(pairs: t.Sequence[Pair], notes: t.Sequence[str], differences: t.Sequence[str]) -> str:
    """All of it."""
    lines = _like_ping(pairs) if len(pairs) <= _FEW else _matrix(pairs)
    lines += [summary(pairs), *notes]
    if differences:
        lines += ["", "not as expected:", *(f"  {line}" for line in differences)]
    return "\n".join(lines)


def summary(pairs: t.Sequence[Pair]) -> str:
    sent, received = sum(pair.ping.sent for pair in pairs), sum(pair.ping.received for pair in pairs)
    reached = sum(pair.ping.received > 0 for pair in pairs)
    differing = sum(not pair.is_as_expected for pair in pairs)
    times = rtt([seconds for pair in pairs for seconds in pair.ping.rtts])
    return (
        f"{len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'}: {reached} reachable, {len(pairs) - reached} not; "
        + ("all as expected; " if not differing else f"{differing} not as expected; ")
        + f"{sent} packets transmitted, {received} received"
        + (f"; {_times(times)}" if times else "")
    )


def _times(found: Rtt) -> str:
    return "rtt min/avg/max/mdev = " + "/".join(f"{value:.3f}" for value in found.values()) + " ms"


def _like_ping(pairs: t.Sequence[Pair]) -> list[str]:
    lines: list[str] = []
    for pair in pairs:
        ping = pair.ping
        duplicates = f", +{ping.duplicates} duplicates" if ping.duplicates else ""
        errors = f", +{ping.errors} errors" if ping.errors else ""
        lines.append(f"--- {_way(pair)} ping statistics ---")
        lines.append(
            f"{ping.sent} packets transmitted, {ping.received} received{duplicates}{errors}, "
            f"{loss(pair):g}% packet loss"
        )
        times = rtt(ping.rtts)
        if times:
            lines.append(_times(times))
        if ping.failure is not None:
            by = f"From {ping.failure.by}: " if ping.failure.by else ""
            expected = "" if pair.reachable else ", as expected" if pair.is_as_expected else ""
            lines.append(f"{by}{ping.failure.message} ({ping.failure.reason}{expected})")
        lines.append("")
    return lines


def _matrix(pairs: t.Sequence[Pair]) -> list[str]:
    """A row for each namespace, a column for each destination."""
    columns = {name: number for number, name in enumerate(dict.fromkeys(pair.destination for pair in pairs))}
    rows: dict[str, list[str]] = {}
    differing: set[str] = set()
    for pair in pairs:
        row = rows.setdefault(_name(pair), [" "] * len(columns))
        row[columns[pair.destination]] = _cell(pair)
        if not pair.is_as_expected:
            differing.add(_name(pair))
    width = max(map(len, rows))
    is_large = len(rows) * (width + len(columns)) > _LARGEST
    shown = [name for name in rows if not is_large or name in differing]
    lines = [". answered   - not reachable, as expected   X not reachable   ! reachable against expectation   % loss"]
    if is_large:
        lines.append(f"{len(rows)} rows; shown are those with a difference")
        columns = {
            pair.destination: columns[pair.destination]
            for pair in pairs
            if not pair.is_as_expected
        }
    if shown and columns:
        numbers = [str(number + 1) for number in range(len(columns))]
        for place in range(len(numbers[-1])):
            digits = (number.rjust(len(numbers[-1]))[place] for number in numbers)
            lines.append(f"{'':{width}} |{''.join(digits)}")
        lines += [f"{name:{width}} |{''.join(rows[name][at] for at in columns.values())}" for name in shown]
        lines.append("columns: " + ", ".join(f"{number} {name}" for number, name in zip(numbers, columns)))
    return [*lines, ""]


def _cell(pair: Pair) -> str:
    if pair.is_as_expected:
        return "." if pair.ping.received else "-"
    if not pair.reachable:
        return "!"
    return "%" if pair.ping.received else "X"
