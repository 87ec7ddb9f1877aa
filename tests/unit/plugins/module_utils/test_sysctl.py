# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils import _sysctl as sysctl

CONF = ("net", "ipv4", "conf")
KEY = (*CONF, "eth0.100", "rp_filter")


@pytest.mark.parametrize(
    ("key", "path", "spelled"),
    [
        ("net.ipv4.ip_forward", ("net", "ipv4", "ip_forward"), "net.ipv4.ip_forward"),
        ("net/ipv4/ip_forward", ("net", "ipv4", "ip_forward"), "net.ipv4.ip_forward"),
        ("net.ipv4.conf.eth0/100.rp_filter", KEY, "net.ipv4.conf.eth0/100.rp_filter"),
        ("net/ipv4/conf/eth0.100/rp_filter", KEY, "net.ipv4.conf.eth0/100.rp_filter"),
        ("net.ipv4.conf.eth0.100.rp_filter", KEY, "net.ipv4.conf.eth0/100.rp_filter"),
        ("net.ipv6.neigh.a.b.c.ucast_solicit", ("net", "ipv6", "neigh", "a.b.c", "ucast_solicit"), None),
        ("net.mpls.conf.eth0.input", ("net", "mpls", "conf", "eth0", "input"), "net.mpls.conf.eth0.input"),
    ],
)
def test_a_key_is_read_as_sysctl_does(key: str, path: sysctl.Path, spelled: str | None) -> None:
    assert sysctl.parse(key) == path
    assert sysctl.spelled(path) == (spelled or "net.ipv6.neigh.a/b/c.ucast_solicit")


@given(st.lists(st.text("ab.0-", min_size=1, max_size=8).filter(lambda part: part.strip(".")), min_size=2, max_size=4))
def test_a_key_spelled_by_us_is_read_as_the_same(parts: list[str]) -> None:
    path = ("net", *parts)
    assert sysctl.parse(sysctl.spelled(path)) == path


@pytest.mark.parametrize(
    "key",
    ["", "net", "net.core", "kernel.hostname", "net/../kernel/hostname", "net.ipv4..x", "net.ipv4.", "net/ipv4/x y"]
    + ["net.ipv4.conf.a-name-too-long-for-it.rp_filter", "/net/ipv4/ip_forward", "net/./ipv4/x", "net.ipv4.a\nb"],
)
def test_what_is_no_key_of_a_namespace_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="^sysctl "):
        sysctl.parse(key)


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "1"), (False, "0"), ("True", "1"), (7, "7"), (-1, "-1"), (" 1\t2  3\n", "1 2 3"), ("", ""), ("x", "x")],
)
def test_a_value_is_what_yaml_makes_of_it(value: t.Any, text: str) -> None:
    assert sysctl.value_of("k", value) == text


@pytest.mark.parametrize("value", [None, 1.5, [1], {"a": 1}, "a\nb", "a\0"])
def test_what_is_no_value_is_refused(value: t.Any) -> None:
    with pytest.raises(ValueError, match="^sysctl 'k' "):
        sysctl.value_of("k", value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1", "0x1", True),
        ("1", "2", False),
        ("4096 131072 6291456", "4096\t131072\t6291456", True),
        ("8081,8080,9148-9149", "8080-8081,9148-9149", True),
        ("1-3", "1,2,3", True),
        ("1-3", "1-4", False),
        ("fe80::1", "fe80:0000:0000:0000:0000:0000:0000:0001", True),
        ("cubic", "reno", False),
        ("", "", True),
        ("0", None, False),
        (None, None, True),
    ],
)
def test_values_are_compared_by_what_they_mean(one: str, other: str | None, same: bool) -> None:
    assert sysctl.same(KEY, one, other) is same
    assert sysctl.same(KEY, other, one) is same


def test_milliseconds_are_jiffies_to_the_kernel() -> None:
    path = ("net", "ipv4", "neigh", "eth0", "base_reachable_time_ms")
    assert sysctl.same(path, "12345", "12348") and not sysctl.same(path, "12345", "12355")
    assert not sysctl.same(KEY, "12345", "12348")


def test_what_changes_others_comes_before_them() -> None:
    keys = ["net.ipv4.conf.eth0.forwarding", "net.ipv4.conf.default.forwarding", "net.ipv4.conf.all.accept_redirects"]
    paths = [sysctl.parse(key) for key in [*keys, "net.ipv4.ip_forward"]]
    assert sorted(paths, key=sysctl.rank) == paths[::-1]


def test_what_spreads_is_known() -> None:
    def spreads(one: str, other: str) -> bool:
        return sysctl.spreads_to(sysctl.parse(one))(sysctl.parse(other))

    assert spreads("net.ipv4.ip_forward", "net.ipv4.conf.eth0.forwarding")
    assert spreads("net.ipv4.ip_forward", "net.ipv4.conf.default.forwarding")
    assert spreads("net.ipv4.conf.all.forwarding", "net.ipv4.conf.all.accept_redirects")
    assert spreads("net.ipv4.conf.default.rp_filter", "net.ipv4.conf.eth0.rp_filter")
    assert not spreads("net.ipv4.conf.eth0.rp_filter", "net.ipv4.conf.eth1.rp_filter")
    assert not spreads("net.ipv4.conf.all.rp_filter", "net.ipv6.conf.all.rp_filter")
    assert not spreads("net.core.somaxconn", "net.ipv4.ip_forward")
