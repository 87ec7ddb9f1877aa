# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input is answered with one sentence and touches nothing; odd input that is legal does what it says, and nothing
in it ever reaches a shell."""

from __future__ import annotations

import math
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netns.lab.tests.integration.helpers.bad_input import (
    LEFT_OUT,
    MISSING,
    REFUSED,
    REFUSED_BY_ANSIBLE,
    Json,
    item_of,
)
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import machine
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute, launch, result_of

RECORDS = Path("/run/netns-lab")
LONGEST = 700


class Standing(t.NamedTuple):
    """A machine with something on it."""

    lab: Lab
    before: Json


@pytest.fixture(scope="module")
def standing() -> t.Iterator[Standing]:
    """One for all bad input together: none of it leaves a trace."""
    with machine():
        lab = Lab()
        try:
            lab.sh(
                "ip netns add kept; ip link add name keep type veth peer name keep netns kept;"
                "ip link add name v9 type bridge; ip address add 192.0.2.1/24 dev keep"
            )
            yield Standing(lab, lab.exact())
        finally:
            lab.close()


def rows(table: dict[str, list[tuple[Json, t.Any]]]) -> list[t.Any]:
    return [
        pytest.param(module, item_of(module, options), said, id=f"{module}-{number}-{_id(options)}")
        for module, found in table.items()
        for number, (options, said) in enumerate(found)
    ]


def _id(options: Json) -> str:
    return "-".join(f"{name}={value!a:.12}" for name, value in options.items() if value is not LEFT_OUT)[:40]


def is_one_sentence(result: Result) -> None:
    assert result.failed, result.answer
    assert "exception" not in result.answer
    assert result.msg and "\n" not in result.msg and len(result.msg) < LONGEST
    assert "Traceback" not in result.msg and "MODULE FAILURE" not in result.msg
    assert not result.msg.endswith((".", ";", ":")) or result.msg.startswith(("Unsupported", "value of"))


def refused(standing: Standing, module: str, options: Json) -> Result:
    result = execute(module, options)
    is_one_sentence(result)
    is_untouched(standing)
    return result


def is_untouched(standing: Standing) -> None:
    assert standing.lab.exact() == standing.before
    assert not RECORDS.exists()


@pytest.mark.parametrize(("module", "options", "said"), rows(REFUSED))
def test_bad_input_is_answered_with_a_sentence_that_names_the_item(
    standing: Standing, module: str, options: Json, said: str
) -> None:
    checked = execute(module, options, check=True)
    assert checked.failed and checked.msg == said
    assert refused(standing, module, options).msg == said


@pytest.mark.parametrize(("module", "options", "words"), rows(REFUSED_BY_ANSIBLE))
def test_what_ansible_finds_names_the_option(
    standing: Standing, module: str, options: Json, words: tuple[str, ...]
) -> None:
    msg = refused(standing, module, options).msg
    assert [word for word in words if word not in msg] == [], msg


@pytest.mark.parametrize(("module", "options", "said"), rows(MISSING))
def test_what_is_missing_is_named(standing: Standing, module: str, options: Json, said: str) -> None:
    assert refused(standing, module, options).msg == said


def test_there_are_as_many_as_were_asked_for() -> None:
    assert sum(len(found) for table in (REFUSED, REFUSED_BY_ANSIBLE, MISSING) for found in table.values()) >= 150


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("netns", {"name": "a\udcff"}),
        ("netns_link", {"name": "eth0", "mtu": math.inf}),
        ("bridge", {"name": "br0", "forward_delay": math.nan}),
        ("veth", {"name": "v1", "peer": None}),
        ("topology", {"name": "../x"}),
        ("topology", {"name": "x", "netns": [{"name": "a"}, {"name": "a/b"}]}),
    ],
    ids=["surrogate", "infinity", "nan", "no-value", "path", "second-item"],
)
def test_a_module_in_a_process_of_its_own_says_it_as_json_and_nothing_beside(
    standing: Standing, module: str, options: Json
) -> None:
    done = launch([sys.executable], module, {**options, "_ansible_check_mode": False, "_ansible_diff": True})
    assert done.stderr == ""
    is_one_sentence(result_of(done.stdout))
    is_untouched(standing)


# -- odd, and yet legal

ODD_NAMESPACES = [
    *("a b", " a", "a ", "$(touch pwned)", "`touch pwned`", ";touch pwned", "a;touch pwned;", "|touch pwned", "&"),
    *("'", '"', "'; touch pwned; '", '"; touch pwned; "', "*", "?", "~", "#a", "!!", "a\\", "\\n", "%s", "{{ a }}"),
    *("-a", "--help", "-", "all", "default", "lo", "ünïcödé", "名前", "🦊", "é", ".a", "...", "1a", "x" * 255),
]
ODD_INTERFACES = [
    *("$(id)", "`id`", ";id", "|id", "&", "'", '"', "';id;'", "*", "?", "~", "#a", "!!", "a\\", "{{a}}", "$$", "$HOME"),
    *("-a", "--help", "-", "up", "dev", "type", "名前", "🦊", "é", ".a", "...", "1", "x" * 15),
]


@pytest.fixture
def nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[None]:
    """The shells of the machine and its twin start in an empty folder, which stays empty."""
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ODD_NAMESPACES)
def test_an_odd_name_of_a_namespace_is_only_a_name(nothing_is_executed: None, lab: Lab, name: str) -> None:
    definition = {
        "netns": [{"name": name}],
        "veth": [{"name": "v1", "namespace": name, "peer": {"name": "v2"}}],
        "bridge": [{"name": "br0", "namespace": name}],
        "bridge_port": [{"interface": "v1", "bridge": "br0", "namespace": name, "hairpin": True}],
        "netns_address": [{"interface": "br0", "namespace": name, "address": "10.0.0.1/24"}],
        "netns_route": [{"destination": "default", "gateway": "10.0.0.2", "namespace": name}],
    }
    assert lab.run("topology", name="odd", **definition).changed
    assert lab.namespaces() == [name]
    assert lab.links(name) == {"v1", "br0"}
    lab.run("topology", name="odd", state="absent")
    assert lab.namespaces() == []
    assert not RECORDS.exists()


@pytest.mark.parametrize("name", ODD_INTERFACES)
def test_an_odd_name_of_an_interface_is_only_a_name(nothing_is_executed: None, lab: Lab, name: str) -> None:
    definition = {
        "netns": [{"name": "a"}],
        "veth": [{"name": name, "namespace": "a", "peer": {"name": name}}],
        "bridge": [{"name": "br0", "namespace": "a"}],
        "bridge_port": [{"interface": name, "bridge": "br0", "namespace": "a"}],
        "netns_link": [{"name": name, "mtu": 1400, "txqueuelen": 10}],
        "netns_address": [{"interface": name, "address": "10.0.0.1/24"}],
        "netns_route": [{"destination": "198.51.100.0/24", "interface": name}],
    }
    assert lab.run("topology", name="odd", **definition).changed
    assert lab.links("") == {name}
    lab.run("topology", name="odd", state="absent")
    assert lab.links("") == set()


@pytest.mark.parametrize(
    "alias",
    [
        *("$(touch pwned)", "`touch pwned`", "; touch pwned", "'; touch pwned; '", '";touch pwned;"', "a|touch pwned"),
        *("> pwned", "-n", "--help", "\\", "*", "{{ a }}", "%s", "名前 🦊", " a  b ", "x" * 254, "ä" * 127),
    ],
)
def test_an_alias_is_only_text(nothing_is_executed: None, lab: Lab, alias: str) -> None:
    lab.sh("ip link add name v1 type veth peer name v2")
    lab.run("netns_link", name="v1", alias=alias)
    assert lab.link("", "v1")["ifalias"] == alias
    lab.run("netns_link", name="v1", alias="")
    assert "ifalias" not in lab.link("", "v1")


@pytest.mark.parametrize("name", ["a b", "$(touch pwned)", "'", "-x", "名前", "x" * 200, "x.json", "a.new", "lock"])
def test_an_odd_name_of_a_topology_is_only_a_name(nothing_is_executed: None, lab: Lab, name: str) -> None:
    lab.run("topology", name=name, netns=[{"name": "a"}])
    lab.unchanged("topology", name=name, netns=[{"name": "a"}])
    lab.run("topology", name="other", netns=[{"name": "b"}])
    lab.run("topology", name=name, state="absent")
    assert lab.namespaces() == ["b"]
    lab.run("topology", name="other", state="absent")
    assert not RECORDS.exists()
