# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any topology, and any that comes after it: what the module says, does and leaves, held against iproute2."""

from __future__ import annotations

import contextlib
import os
import shutil
import typing as t
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ansible_collections.netns.lab.tests.integration.helpers import state
from ansible_collections.netns.lab.tests.integration.helpers.definitions import Definition, additions, changes
from ansible_collections.netns.lab.tests.integration.helpers.lab import Lab
from ansible_collections.netns.lab.tests.integration.helpers.machine import machine
from ansible_collections.netns.lab.tests.integration.helpers.modules import Result, execute
from ansible_collections.netns.lab.tests.integration.helpers.oracle import faults

NAME = "any"
RECORDS = Path("/run/netns-lab")
# NETNS_LAB_SOAK=1 is for nights.
SOAK = bool(os.environ.get("NETNS_LAB_SOAK"))
EXAMPLES = 1000 if SOAK else 80

any_topology = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=True,
    # The same examples every time, so that a failure is of the change at hand; soaking looks for others.
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
)


class Bench:
    """A machine, its twin, and what is known of them."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        lab.sh("ip link set dev lo up")
        self.empty = self.read()
        # Whether the twin's ports have the same numbers: "ip netns delete" leaves theirs to them for a while.
        self._is_numbered = True
        self._mounts = _mounts()

    def read(self) -> dict[str, t.Any]:
        return state.read(self._lab._shell)

    def apply(self, definition: Definition) -> Result:
        result = execute("topology", {"name": NAME, **definition})
        assert not result.failed, result.msg
        assert result.changed == bool(result.commands) == (result.diff["before"] != result.diff["after"])
        return result

    def by_hand(self, commands: list[str]) -> None:
        """Somebody else does it, on the machine and on its twin."""
        self._lab.sh("\n".join(commands))

    def remove(self) -> Result:
        result = execute("topology", {"name": NAME, "state": "absent"})
        assert not result.failed, result.msg
        return result

    def check(self, definition: Definition) -> Result:
        result = execute("topology", {"name": NAME, **definition}, check=True)
        assert not result.failed, result.msg
        return result

    def is_unchanged_by(self, definition: Definition) -> None:
        again = self.apply(definition)
        assert not again.changed, f"the second run changes again: {again.commands}"

    def replay(self, commands: list[str]) -> None:
        """iproute2 does the same on the twin."""
        for command in commands:
            self._is_numbered &= not command.startswith("ip netns delete ")
            done = self._lab._twin.run(command)
            assert not done.status, f"{command}\nis refused by iproute2: {done.output}"

    def is_like_the_twin(self, found: dict[str, t.Any]) -> None:
        self._lab.is_like_the_twin(found, "the commands do the same", self._is_numbered)

    def is_as(self, definition: Definition, found: dict[str, t.Any]) -> None:
        wrong = faults(definition, found, self.empty)
        assert not wrong, "\n".join(wrong)

    @staticmethod
    def is_same(one: dict[str, t.Any], other: dict[str, t.Any], why: str) -> None:
        difference = state.difference(state.exact(one), state.exact(other))
        assert not difference, f"{why}, but:\n{difference}"

    def is_empty(self, found: dict[str, t.Any]) -> None:
        self.is_same(self.empty, found, "absent leaves the machine as it was")
        assert not RECORDS.exists(), sorted(RECORDS.iterdir())
        assert not Lab.files()
        assert _mounts() == self._mounts


def _mounts() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    return sorted(line.split()[4] for line in lines)


@any_topology
@given(changes())
def test_any_definition_and_any_that_follows(pair: tuple[Definition, Definition]) -> None:
    with _bench() as bench:
        _one_after_the_other(bench, *pair)


@settings(any_topology, max_examples=EXAMPLES // 4)
@given(additions())
def test_what_was_there_already_is_part_of_a_lab_and_outlives_it(pair: tuple[Definition, Definition]) -> None:
    there, everything = pair
    with _bench() as bench:
        bench.by_hand(bench.check(there).commands)
        bench.is_as(there, bench.read())
        bench.replay(bench.apply(everything).commands)
        found = bench.read()
        bench.is_as(everything, found)
        bench.is_like_the_twin(found)
        bench.is_unchanged_by(everything)
        bench.replay(bench.remove().commands)
        found = bench.read()
        bench.is_as(there, found)
        bench.is_like_the_twin(found)
        assert not RECORDS.exists()


def _one_after_the_other(bench: Bench, first: Definition, second: Definition) -> None:
    built = bench.apply(first)
    after_first = bench.read()
    bench.is_as(first, after_first)
    bench.replay(built.commands)
    bench.is_like_the_twin(after_first)

    bench.is_unchanged_by(first)
    checked = bench.check(second)
    bench.is_same(after_first, bench.read(), "neither the same again nor a check run touches anything")

    changed = bench.apply(second)
    assert (changed.changed, changed.diff, changed.commands) == (checked.changed, checked.diff, checked.commands)
    after_second = bench.read()
    bench.is_as(second, after_second)
    bench.replay(changed.commands)
    bench.is_like_the_twin(after_second)
    bench.is_unchanged_by(second)

    gone = bench.remove()
    after_all = bench.read()
    bench.is_empty(after_all)
    bench.replay(gone.commands)
    bench.is_like_the_twin(after_all)


@contextlib.contextmanager
def _bench() -> t.Iterator[Bench]:
    with machine():
        lab = Lab()
        try:
            yield Bench(lab)
        finally:
            lab.close()
            shutil.rmtree(RECORDS, ignore_errors=True)


# -- what the above found, in small

NODES = [{"name": "n1"}, {"name": "n2"}]


@pytest.mark.parametrize("given", [["bridge_port"], ["netns_link"], ["bridge_port", "netns_link"]], ids="+".join)
def test_a_link_with_a_master_keeps_it_whichever_section_says_so(lab: Lab, given: list[str]) -> None:
    ports = {
        "bridge_port": [{"interface": "x1", "namespace": "n1", "bridge": "br0"}],
        "netns_link": [{"name": "x1", "namespace": "n1", "master": "br0"}],
    }
    definition = {
        "netns": NODES,
        "bridge": [{"name": "br0", "namespace": "n1"}],
        "veth": [{"name": "x1", "namespace": "n1", "peer": {"name": "x1", "namespace": "n2"}}],
    }
    lab.run("topology", name=NAME, **definition, **{section: ports[section] for section in given})
    assert lab.link("n1", "x1")["master"] == "br0"
    lab.run("topology", name=NAME, **definition)
    assert "master" not in lab.link("n1", "x1")


@pytest.mark.parametrize("where", [{"namespace": "n1"}, {}], ids=["n1", "own"])
def test_a_route_is_removed_before_its_link_goes_with_the_other_end(lab: Lab, where: dict[str, str]) -> None:
    route = {"destination": "2001:db8:100::/48", **where}
    address = {"interface": "lo", "namespace": "n2", "address": "192.0.2.1/32"}
    lab.run(
        "topology",
        name=NAME,
        netns=NODES,
        veth=[{"name": "x1", "namespace": "n2", "peer": {"name": "x1", **where}}],
        netns_address=[address],
        netns_route=[{**route, "interface": "x1"}],
    )
    # What is done in n2 is done before all in n1.
    gone = {"netns_address": [{**address, "state": "absent"}], "netns_route": [{**route, "state": "absent"}]}
    lab.run("topology", name=NAME, netns=NODES, **gone)
    assert lab.links("n1") == lab.links("n2") == set()


def test_several_next_hops_have_the_scope_that_ip_gives_them(lab: Lab) -> None:
    lab.run(
        "topology",
        name=NAME,
        netns=NODES,
        veth=[{"name": x, "namespace": "n1", "peer": {"name": x, "namespace": "n2"}} for x in ("x1", "x2")],
        netns_route=[
            {
                "destination": "198.51.100.0/24",
                "namespace": "n1",
                "nexthops": [{"interface": "x1"}, {"interface": "x2", "weight": 2}],
            }
        ],
    )


def test_a_pair_of_two_names_is_not_taken_from_another_item(lab: Lab) -> None:
    here: Definition = {"veth": [{"name": "x1", "peer": {"name": "x2"}}]}
    there: Definition = {"veth": [{"name": "x1", "namespace": "n1", "peer": {"name": "x2", "namespace": "n1"}}]}
    lab.run("topology", name=NAME, netns=NODES[:1], veth=here["veth"] + there["veth"])
    assert lab.links("") == lab.links("n1") == {"x1", "x2"}


def test_ports_are_numbered_in_the_order_of_the_definition(lab: Lab) -> None:
    """Whichever of them could have come first: a cable of two namespaces is ready before one within the same."""
    names = ["x1", "x2", "x3"]
    lab.run(
        "topology",
        name=NAME,
        netns=NODES,
        bridge=[{"name": "br0"}],
        veth=[
            {"name": "x1", "namespace": "n1", "peer": {"name": "x1"}},
            {"name": "x2", "peer": {"name": "x2", "namespace": "n1"}},
            {"name": "x3", "up": False, "peer": {"name": "x3", "namespace": "n2", "up": False}},
        ],
        bridge_port=[{"interface": name, "bridge": "br0"} for name in names],
    )
    assert [lab.port("", name)["no"] for name in names] == ["0x1", "0x2", "0x3"]


@pytest.mark.parametrize("there", ["veth", "bridge"])
def test_a_pair_does_not_lend_an_end_whose_name_goes_to_something_else(lab: Lab, there: str) -> None:
    lab.run("topology", name=NAME, veth=[{"name": "x1", "peer": {"name": "x2"}}])
    taken: Definition = (
        {"bridge": [{"name": "x1"}]}
        if there == "bridge"
        else {"veth": [{"name": "x1", "peer": {"name": "x4", "namespace": "n1"}}]}
    )
    pair = {"name": "x1", "namespace": "n1", "peer": {"name": "x2"}}
    lab.run("topology", name=NAME, netns=NODES[:1], **{**taken, "veth": [*taken.get("veth", []), pair]})


CABLE = "ip link add name x1 up type veth peer name x2; ip link set dev x2 up"


def test_an_ipv6_address_that_would_run_out_takes_its_route_along(lab: Lab) -> None:
    lab.sh(CABLE)
    before = lab.exact()
    where = {"interface": "x1", "address": "2001:db8::1/64"}
    lab.run("netns_address", **where, valid_lft="5000")
    lab.run("netns_address", **where, state="absent")
    lab.same(before, lab.exact(), "the address is gone")


def test_an_ipv6_route_keeps_its_source_when_the_address_is_made_anew(lab: Lab) -> None:
    lab.sh(CABLE)
    route = {"destination": "2001:db8:100::/48", "interface": "x1", "source": "2001:db8::1"}
    for length in (64, 56):
        address = {"interface": "x1", "address": f"2001:db8::1/{length}", "nodad": True, "valid_lft": "5000"}
        lab.run("topology", name=NAME, netns_address=[address], netns_route=[route])
    address["address"], route["source"] = "2001:db8::2/56", "2001:db8::2"
    lab.run("topology", name=NAME, netns_address=[address], netns_route=[route])


HIDES = {"priority": 10, "action": "blackhole"}
BEHIND_A_GATEWAY: Definition = {
    "netns_address": [{"interface": "x1", "address": "10.1.0.1/24"}],
    "netns_route": [{"destination": "198.51.100.0/24", "gateway": "10.1.0.99"}],
}


def test_routes_are_set_before_a_rule_that_hides_their_gateways(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("topology", name=NAME, **BEHIND_A_GATEWAY, netns_rule=[HIDES])
    lab.run("topology", name=NAME, state="absent")


@pytest.mark.parametrize("rules", [[{**HIDES, "state": "absent"}], []], ids=["absent", "pruned"])
def test_routes_are_set_after_such_a_rule_is_gone(lab: Lab, rules: list[dict[str, t.Any]]) -> None:
    lab.sh(CABLE)
    lab.run("topology", name=NAME, netns_rule=[HIDES])
    lab.run("topology", name=NAME, **BEHIND_A_GATEWAY, netns_rule=rules)


def test_a_single_next_hop_has_no_weight(lab: Lab) -> None:
    lab.sh(CABLE)
    lab.run("netns_route", destination="198.51.100.0/24", nexthops=[{"interface": "x1", "weight": 7}])


def test_an_interface_without_a_queue_of_its_own_stays_so_with_a_shaper(lab: Lab) -> None:
    """The kernel takes a length of 0 for a mistake when a qdisc comes (qdisc_create)."""
    lab.sh(CABLE)
    shaper = {"interface": "x1", "rate": "1mbit"}
    lab.run("topology", name=NAME, netns_link=[{"name": "x1", "txqueuelen": 0}], netns_qdisc=[shaper])
    assert lab.link("", "x1").get("txqlen", 0) == 0
    lab.run("netns_qdisc", **shaper, state="absent")
    lab.run("netns_qdisc", **shaper)
    assert lab.link("", "x1").get("txqlen", 0) == 0


def test_a_bridge_leaves_the_spanning_tree_before_its_delay_becomes_too_short_for_it(lab: Lab) -> None:
    lab.sh("ip link add name br0 type bridge stp_state 1")
    lab.run("bridge", name="br0", stp=False, forward_delay=0, ageing_time=60)
    lab.run("bridge", name="br0", stp=True, forward_delay=2)
