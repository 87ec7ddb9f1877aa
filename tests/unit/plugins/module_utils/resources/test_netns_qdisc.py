# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils import _tc as tc
from ansible_collections.netns.lab.plugins.module_utils._message import read
from ansible_collections.netns.lab.plugins.module_utils._model import Request, View
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_qdisc import _fact, _read
from ansible_collections.netns.lab.tests.unit.helpers.lab import KIND, host, item, nothing, pair, planned, steps

KEY = ("qdisc", "", "e0")
WIRE = pair("e0", "e1")


def values_of(step: t.Any) -> dict[str, t.Any]:
    """What the kernel would have, as the engine reads it."""
    assert isinstance(step, Request)
    message = read("tcmsg", nl.encode("tcmsg", {**step.header, "index": 5}, step.attrs))
    return _read(message)


def after(**options: t.Any) -> View:
    view = host(WIRE)
    planned(view, item("netns_qdisc", interface="e0", **options))
    return view


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate": "10mbit"}, "tbf rate 10mbit burst 12500 limit 75000"),
        ({"rate": "1mbps", "burst": "32kb", "latency": "20ms"}, "tbf rate 8mbit burst 32768 limit 52768"),
        ({"rate": "1mibit", "limit": "64kb"}, "tbf rate 1048576bit burst 3028 limit 65536"),
        ({"delay": "20ms", "jitter": "5ms"}, "netem limit 1000 delay 20ms 5ms"),
        ({"delay": "100"}, "netem limit 1000 delay 99968ns"),
        ({"loss": "0.5%", "limit": "50"}, "netem limit 50 loss 0.5%"),
        (
            {"delay": "80ms", "duplicate": "1", "corrupt": "2%", "reorder": "25%", "rate": "2mbit"},
            "netem limit 1000 delay 80ms duplicate 1% corrupt 2% reorder 25% rate 2mbit",
        ),
    ],
)
def test_what_is_asked_for_is_one_request_and_one_command(options: dict[str, t.Any], words: str) -> None:
    plan = planned(host(WIRE), item("netns_qdisc", interface="e0", **options))
    assert plan.commands == [f"tc qdisc replace dev e0 root {words}"]
    (step,) = steps(plan)
    assert isinstance(step, Request)
    assert (step.type, step.flags, step.header["parent"]) == (nl.RTM_NEWQDISC, 0x500, 0xFFFFFFFF)
    known = host(WIRE, [_fact(KEY, values_of(step))])
    assert nothing(planned(known, item("netns_qdisc", interface="e0", **options)))
    found = KIND["netns_qdisc"].definition(known.fact(KEY), known)
    assert nothing(planned(known, item("netns_qdisc", **t.cast("dict[str, t.Any]", found))))


@given(st.integers(125, 2**32 - 2), st.integers(1514, 2**24), st.integers(1, 2 * 10**6))
def test_any_rate_burst_and_latency_is_found_again(rate: int, burst: int, latency: int) -> None:
    options = {"rate": f"{rate * 8}bit", "latency": f"{latency}us"}
    if burst / rate < 250:
        options["burst"] = str(burst)
    wished = item("netns_qdisc", interface="e0", **options)
    (step,) = steps(planned(host(WIRE), wished))
    there = host(WIRE, [_fact(KEY, values_of(step))])
    assert nothing(planned(there, wished))
    assert nothing(planned(there, item("netns_qdisc", interface="e0", rate=options["rate"])))


@pytest.mark.parametrize(("options", "config"), [({"rate": "1mbit"}, "NET_SCH_TBF"), ({"loss": "1"}, "NET_SCH_NETEM")])
def test_a_kernel_without_it_is_told_of(options: dict[str, t.Any], config: str) -> None:
    (step,) = steps(planned(host(WIRE), item("netns_qdisc", interface="e0", **options)))
    assert config in step.cures[errno.ENOENT]  # type: ignore[attr-defined]


def test_what_was_there_is_what_undoes_it() -> None:
    view = after(rate="1mbit")
    before = dict(view.fact(KEY).values)
    (step,) = steps(planned(view, item("netns_qdisc", interface="e0", loss="1%", delay="5ms")))
    assert values_of(step.undo[0]) == before
    (step,) = steps(planned(after(rate="1mbit"), item("netns_qdisc", interface="e0", state="absent")))
    assert step.type == nl.RTM_DELQDISC and values_of(step.undo[0]) == before  # type: ignore[attr-defined]


def test_what_is_left_out_stays() -> None:
    view = after(delay="5ms", loss="1%")
    assert nothing(planned(view, item("netns_qdisc", interface="e0", delay="5ms")))
    plan = planned(view, item("netns_qdisc", interface="e0", delay="5ms", loss="0"))
    assert plan.commands == ["tc qdisc replace dev e0 root netem limit 1000 delay 5ms"]


@pytest.mark.parametrize(
    ("read_by", "text", "number"),
    [
        (tc.rate, "1kbit", 125),
        (tc.rate, "8000", 1000),
        (tc.rate, "1.5Mbps", 1500000),
        (tc.rate, "1gibit", 2**27),
        (tc.size, "32k", 32768),
        (tc.size, "1mbit", 131072),
        (tc.size, "1600", 1600),
        (tc.duration, "1s", 10**9),
        (tc.duration, "1ms", 10**6),
        (tc.duration, "1", 960),
        (tc.share, "100%", 2**32 - 1),
        (tc.share, "0", 0),
    ],
)
def test_units_are_tcs(read_by: t.Callable[[str, str], int], text: str, number: int) -> None:
    assert read_by(text, "it") == number
