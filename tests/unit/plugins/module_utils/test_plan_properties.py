# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every definition on every host, tried with random ones on a small kernel."""

from __future__ import annotations

import copy
import itertools
import os
import random
import time
import typing as t
from unittest import mock

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ansible_collections.netns.lab.plugins.module_utils._apply import Applier
from ansible_collections.netns.lab.plugins.module_utils._engine import Item, wishes_of
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._info.definition import sections
from ansible_collections.netns.lab.plugins.module_utils._model import OWN, Key, Operation, Request, Step, View
from ansible_collections.netns.lab.plugins.module_utils._plan import Plan, plan
from ansible_collections.netns.lab.plugins.module_utils._resources import netns
from ansible_collections.netns.lab.plugins.module_utils._resources._kinds import KINDS
from ansible_collections.netns.lab.tests.unit.helpers.kernel import FakeHost, FakeKernel, Link
from ansible_collections.netns.lab.tests.unit.helpers.lab import KIND, contents, item, options

NAMESPACES = ["a", "b", "c"]
BRIDGES = [(OWN, "br0"), ("a", "br0")]
# A ring, pairs within one namespace, ends of the same name: two ends meet in one pair only here.
PAIRS = [
    (("a", "e0"), ("b", "e1")),
    (("b", "e0"), ("c", "e1")),
    (("c", "e0"), ("a", "e1")),
    (("a", "p0"), (OWN, "pa")),
    ((OWN, "y0"), (OWN, "y1")),
]
ENDS = [end for pair in PAIRS for end in pair]
ADDRESSES = ["10.0.0.1/24", "10.0.0.2/24", "10.0.0.3/24", "10.0.0.1/16", "2001:db8::1/64", "fd00::1/48"]
DISJOINT = ["10.0.0.1/24", "10.1.0.1/24", "10.9.0.1/30", "2001:db8::1/64", "fd00::1/48"]

# The same examples each time, so that a run of all tests does not fail by chance; others, and more, with `make soak`.
SOAK = bool(os.environ.get("NETNS_LAB_SOAK"))
quick = settings(
    max_examples=1000 if SOAK else 15,
    derandomize=not SOAK,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

# The values an option may be given, or None to leave it out.
END = {
    "mac": [None, "02:00:00:00:00:01", "02:00:00:00:00:02"],
    "mtu": [None, 1280, 1400],
    "up": [True, False],
}
OPTIONS: dict[str, dict[str, list[t.Any]]] = {
    "netns": {"loopback": [True, False]},
    "bridge": {
        **END,
        "stp": [None, True, False],
        "forward_delay": [None, 2.0, 4.5],
        "priority": [None, 0, 4096],
    },
    "veth": END,
    "bridge_port": {"cost": [None, 1, 9], "isolated": [None, True, False], "hairpin": [None, True]},
    "netns_link": {
        "alias": [None, "", "x y"],
        "txqueuelen": [None, 0, 500],
        "promisc": [None, True, False],
        "arp": [None, True, False],
        "addrgenmode": [None, "eui64", "none", "random"],
    },
    "netns_address": {
        "noprefixroute": [None, True, False],
        "metric": [None, 0, 100],
        "valid_lft": [None, "forever", "9000"],
    },
}


def chosen(seed: int, values: dict[str, list[t.Any]]) -> dict[str, t.Any]:
    """A value for each option, all from one number: it is much faster than to draw each of them. 0 gives the first."""
    chance = random.Random(seed)
    return {name: chance.choice(choices) if seed else choices[0] for name, choices in values.items()}


def with_defaults(spec: dict[str, t.Any], given: dict[str, t.Any]) -> dict[str, t.Any]:
    """As AnsibleModule fills them in, only faster."""
    return {name: given.get(name, option.get("default")) for name, option in spec.items()}


@st.composite
def definitions(draw: st.DrawFn, addresses: t.Sequence[str], absent: bool) -> list[Item]:
    """Items that do not contradict each other; some are to be absent if that is asked for."""
    items: list[Item] = []
    there: set[tuple[str, str]] = set()
    namespaces = {OWN}
    seeds = st.integers(0, 999)

    def decide(section: str, where: str = OWN, **given: t.Any) -> bool:
        """Adds an item, or none; says whether it is to be present."""
        can_go = absent and section != "netns_link"
        state = draw(st.sampled_from(["left out", "present", "present", *(["absent"] if can_go else [])]))
        if state == "left out":
            return False
        kind = KIND[section]
        options: dict[str, t.Any] = {"namespace": where or None, **given}
        if state == "present":
            options.update(chosen(draw(seeds), OPTIONS[section]))
        if section == "veth":
            spec = kind.options["peer"]["options"]
            options["peer"] = with_defaults(spec, {**given["peer"], **chosen(draw(seeds), END)})
        items.append((kind, with_defaults(kind.options, {**options, "state": state})))
        return state == "present"

    for name in NAMESPACES:
        if decide("netns", name=name):
            namespaces.add(name)
    for namespace, name in BRIDGES:
        if namespace in namespaces and decide("bridge", namespace, name=name):
            there.add((namespace, name))
    for near, far in PAIRS:
        peer = {"name": far[1], "namespace": far[0] or None}
        if {near[0], far[0]} <= namespaces and decide("veth", near[0], name=near[1], peer=peer):
            there |= {near, far}
    for namespace, name in ENDS:
        if (namespace, name) in there:
            for bridge_namespace, bridge in BRIDGES:
                if bridge_namespace == namespace and (namespace, bridge) in there:
                    decide("bridge_port", namespace, interface=name, bridge=bridge)
    for namespace, name in sorted(there):
        decide("netns_link", namespace, name=name)
        for address in draw(st.lists(st.sampled_from(addresses), max_size=3, unique=True)):
            decide("netns_address", namespace, interface=name, address=address)
    return items


class Case(t.NamedTuple):
    """A host on which an earlier definition was made, and a definition for it."""

    kernel: FakeKernel
    items: list[Item]
    earlier: list[Item]

    def __repr__(self) -> str:
        def listed(items: list[Item]) -> str:
            return "".join(f"\n  {kind.section} {_short(options)}" for kind, options in items)

        promotes = self.kernel.promote_secondaries
        return f"promote_secondaries={promotes}, on top of:{listed(self.earlier)}\nthere shall be:{listed(self.items)}"


def _short(options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        name: _short(value) if isinstance(value, dict) else value
        for name, value in options.items()
        if value is not None
    }


@st.composite
def cases(draw: st.DrawFn, addresses: t.Sequence[str] = tuple(ADDRESSES), absent: bool = True) -> Case:
    kernel = FakeKernel(promote_secondaries=draw(st.booleans()))
    earlier = draw(definitions(addresses, absent=False))
    carry_out(kernel, earlier)
    return Case(kernel, draw(definitions(addresses, absent)), earlier)


@pytest.fixture(autouse=True, scope="module")
def still() -> t.Iterator[None]:
    """No process is in a namespace of the fake kernel, and the time that lifetimes are counted by stands still."""
    with mock.patch.object(netns, "processes_inside", lambda inodes: {}):
        with mock.patch.object(time, "clock_gettime", lambda clock: 1000.0):
            yield


def planned(kernel: FakeKernel, items: t.Sequence[Item], assuming: bool = False) -> Plan:
    return plan(wishes_of(items), kernel.view(assuming), KINDS)


def carry_out(kernel: FakeKernel, items: t.Sequence[Item], choose_indexes: bool = False) -> Plan:
    """A whole run."""
    view = kernel.view()
    found = plan(wishes_of(items), view, KINDS)
    kernel.carry_out(found, view, choose_indexes)
    return found


def told(plan_: Plan) -> str:
    """For a failed assertion."""
    return "\n".join(plan_.commands)


# -- a run leads to what was wished for


@quick
@given(cases(), st.booleans())
def test_a_second_run_finds_nothing_to_do(case: Case, choose_indexes: bool) -> None:
    kernel, items, _earlier = case
    first = carry_out(kernel, items, choose_indexes)
    event(f"{min(len(first.operations), 10)} operations")
    assert told(planned(kernel, items)) == ""
    assert planned(kernel, items).operations == []


@quick
@given(cases())
def test_the_view_after_planning_has_nothing_left_to_do(case: Case) -> None:
    kernel, items, _earlier = case
    view = kernel.view()
    plan(wishes_of(items), view, KINDS)
    again = plan(wishes_of(items), view, KINDS)
    assert told(again) == ""
    assert again.operations == [] and again.levels == []


def known(value: t.Any) -> t.Any:
    """The part of a fact that can be foretold: not what the kernel makes up."""
    made_up = ("index", "peer_index", "peer_nsid", "inode", "secondary", "name")
    return {name: inner for name, inner in value.items() if name not in made_up}


def foreseeable(view: View) -> dict[Key, t.Any]:
    """All there is but the addresses that the kernel gives of itself."""
    return {key: found for key, found in contents(view).items() if (key[0], key[2:3]) != ("address", ("lo",))}


@quick
@given(cases())
def test_the_host_is_afterwards_as_the_plan_foretold(case: Case) -> None:
    kernel, items, _earlier = case
    view = kernel.view()
    kernel.carry_out(plan(wishes_of(items), view, KINDS), view)
    foretold, found = foreseeable(view), foreseeable(kernel.view())
    assert set(foretold) == set(found)
    for key, (values, requires) in foretold.items():
        real_values, real_requires = found[key]
        assert requires == real_requires, key
        for name, value in known(values).items():
            if name == "data":
                assert value == {option: real_values["data"][option] for option in value}, key
            elif value is not None:
                assert real_values.get(name) == value, (key, name)


@quick
@given(cases())
def test_what_the_definition_does_not_name_stays_as_it_is(case: Case) -> None:
    kernel, items, _earlier = case
    named = {key[:3] for wish in wishes_of(items) for key in (*wish.objects, *wish.provides, *wish.requires)}
    gone = {(key[1],) for key in named if key[0] == "netns"}
    before = kernel.view()
    carry_out(kernel, items)
    after = kernel.view()
    for fact in before.of_type("link"):
        peer = fact.values["peer"]
        if fact.key in named or peer in named or fact.key[1:2] in gone or (peer and peer[1:2] in gone):
            continue
        assert after.get(fact.key) is not None, fact.key
        assert after.get(fact.key).values == fact.values  # type: ignore[union-attr]
    for fact in before.of_type("address"):
        link = ("link", *fact.key[1:3])
        wanted = {wish.identity for wish in wishes_of(items)}
        if link not in named and fact.key not in wanted and link in after:
            assert fact.key in after


@st.composite
def crowded(draw: st.DrawFn) -> Case:
    """One link with addresses of one network: the kernel makes all but the first of them secondary ones."""
    kernel = FakeKernel(promote_secondaries=draw(st.booleans()))
    pool = [f"10.0.0.{number}/24" for number in range(1, 5)]
    pair = (KIND["veth"], options("veth", name="y0", peer={"name": "y1"}))

    def addresses(states: list[str]) -> list[Item]:
        found = []
        for address in draw(st.permutations(pool)):
            state = draw(st.sampled_from(states))
            if state != "left out":
                given = chosen(draw(st.integers(0, 99)), OPTIONS["netns_address"]) if state == "present" else {}
                found.append(item("netns_address", interface="y0", address=address, state=state, **given))
        return found

    earlier = [pair, *addresses(["left out", "present"])]
    carry_out(kernel, earlier)
    return Case(kernel, addresses(["left out", "present", "absent"]), earlier)


@quick
@given(crowded())
def test_of_addresses_in_one_network_just_those_asked_for_come_and_go(case: Case) -> None:
    kernel, items, _earlier = case
    before = {fact.key for fact in kernel.view().of_type("address")}
    wishes = wishes_of(items)
    carry_out(kernel, items)
    after = {fact.key for fact in kernel.view().of_type("address")}
    absent = {wish.identity for wish in wishes if not wish.present}
    assert after == (before - absent) | {wish.identity for wish in wishes if wish.present}
    assert told(planned(kernel, items)) == ""


@quick
@given(crowded(), st.data())
def test_of_addresses_in_one_network_a_failed_run_puts_all_back(case: Case, data: st.DataObject) -> None:
    fails_anywhere(case, data)


# -- planning is pure


@quick
@given(cases())
def test_the_same_host_and_definition_give_the_same_plan(case: Case) -> None:
    kernel, items, _earlier = case
    one, other = planned(kernel, items), planned(kernel, items)
    assert one.commands == other.commands
    assert one.diff() == other.diff()
    assert [[step for _o, step in level] for level in one.levels] == [
        [step for _o, step in level] for level in other.levels
    ]


@quick
@given(cases())
def test_planning_changes_neither_the_wishes_nor_the_copy_of_a_view_nor_the_host(
    case: Case,
) -> None:
    kernel, items, _earlier = case
    wishes = wishes_of(items)
    view = kernel.view()
    copy = view.copy()
    state, before, wished = repr(kernel.state()), contents(view), repr(wishes)
    assert contents(copy) == before
    plan(wishes, view, KINDS)
    assert contents(copy) == before
    assert repr(kernel.state()) == state
    assert repr(wishes) == wished


@quick
@given(cases())
def test_check_mode_says_what_the_run_will_say(case: Case) -> None:
    kernel, items, _earlier = case
    real, check = planned(kernel, items), planned(kernel, items, assuming=True)
    assert check.commands == real.commands
    assert check.diff() == real.diff()


@quick
@given(cases(DISJOINT), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(case: Case, chance: random.Random) -> None:
    kernel, items, _earlier = case
    straight = planned(kernel, items)
    shuffled = items[:]
    chance.shuffle(shuffled)
    other = planned(kernel, shuffled)
    assert sorted(other.commands) == sorted(straight.commands)
    assert other.diff() == straight.diff()
    carry_out(kernel, shuffled)
    assert told(planned(kernel, items)) == ""


# -- what a run has made


@quick
@given(definitions(ADDRESSES, absent=False))
def test_what_a_run_has_made_is_known_and_can_be_taken_away_again(items: list[Item]) -> None:
    kernel = FakeKernel()
    empty = kernel.state()
    view = kernel.view()
    kernel.carry_out(plan(wishes_of(items), view, KINDS), view)
    there = kernel.view()
    assert set(view.owned) == set(foreseeable(there)) - set(foreseeable(FakeKernel().view()))
    away = [kind.wish_away(there.fact(key)) for key in view.owned for kind in KINDS]
    kernel.carry_out(plan([wish for wish in away if wish is not None], there, KINDS), there)
    assert kernel.state() == empty


# -- levels


def everything(plan_: Plan) -> list[Step]:
    return [step for operation in plan_.operations for step in operation.steps]


@quick
@given(cases())
def test_every_step_of_every_operation_is_in_one_level_and_in_its_order(case: Case) -> None:
    kernel, items, _earlier = case
    found = planned(kernel, items)
    place_of = {
        id(step): (number, place)
        for number, level in enumerate(found.levels)
        for place, (_operation, step) in enumerate(level)
    }
    assert sorted(map(id, everything(found))) == sorted(id(step) for level in found.levels for _o, step in level)
    assert all(found.levels), "no level is empty"
    for operation in found.operations:
        assert operation.steps and operation.commands, operation
        places = [place_of[id(step)] for step in operation.steps]
        assert places == sorted(set(places))
        for step, following in zip(operation.steps, operation.steps[1:]):
            if place_of[id(step)][0] == place_of[id(following)][0]:
                assert batch_of(step) == batch_of(following)


def batch_of(step: Step) -> object:
    """What is carried out in its order within a level: the requests to one namespace."""
    return step.namespace if isinstance(step, Request) else id(step)


@quick
@given(cases(DISJOINT), st.randoms(use_true_random=False))
def test_the_batches_of_a_level_can_run_in_any_order(case: Case, chance: random.Random) -> None:
    """No step stands before what it needs, and none needs one of its level but in its batch: the kernel would refuse
    it."""
    kernel, items, _earlier = case
    view = kernel.view()
    found = plan(wishes_of(items), view, KINDS)
    for level in found.levels:
        batches: dict[object, list[tuple[Operation, Step]]] = {}
        for operation, step in level:
            batches.setdefault(batch_of(step), []).append((operation, step))
        level[:] = itertools.chain(*chance.sample(list(batches.values()), len(batches)))
    kernel.carry_out(found, view)
    assert told(planned(kernel, items)) == ""


def made_by(step: Step) -> set[Key]:
    """What a step makes, told from the messages alone."""
    if type(step).__name__ == "CreateNamespace":
        return {("netns", step.name)}  # type: ignore[attr-defined]
    if not isinstance(step, Request) or step.type != 16 or not step.flags & 0x400:
        return set()
    made = {("link", step.namespace, dict(step.attrs)["IFLA_IFNAME"])}
    info = dict(dict(step.attrs)["IFLA_LINKINFO"]["attrs"])
    if info["IFLA_INFO_KIND"] == "veth":
        peer = dict(dict(info["IFLA_INFO_DATA"])["attrs"])["VETH_INFO_PEER"]
        attrs = dict(peer["attrs"])
        there = attrs["IFLA_NET_NS_FD"].namespace if "IFLA_NET_NS_FD" in attrs else step.namespace
        made.add(("link", there, attrs["IFLA_IFNAME"]))
    return made


def needed_by(step: Step) -> set[Key]:
    """What must be there when a step runs, told from the messages alone."""
    if not isinstance(step, Request):
        return set()
    needed: set[Key] = {("netns", step.namespace)}
    waiting: list[t.Any] = [step.header, step.attrs]
    while waiting:
        value = waiting.pop()
        if type(value).__name__ == "Index":
            needed.add(value.link)
        elif type(value).__name__ == "NamespaceFd":
            needed.add(("netns", value.namespace))
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
    if step.schema == "ifinfmsg" and step.type == 16 and not step.flags & 0x400:
        needed.add(("link", step.namespace, dict(step.attrs)["IFLA_IFNAME"]))
    return needed


@quick
@given(definitions(ADDRESSES, absent=False))
def test_nothing_stands_in_or_before_the_level_that_makes_what_it_needs(items: list[Item]) -> None:
    found = planned(FakeKernel(), items)
    there: set[Key] = {("netns", OWN)}
    for level in found.levels:
        made = set()
        for _operation, step in level:
            for key in needed_by(step):
                lo = key[0] == "link" and key[2] == "lo" and ("netns", key[1]) in there
                assert key in there or lo, (key, step)
            made |= made_by(step)
        there |= made


# -- what is there can be told as a definition


def lasting(items: list[Item]) -> list[Item]:
    """Addresses with a lifetime are not told."""
    return [(kind, {**options, "valid_lft": None} if "valid_lft" in options else options) for kind, options in items]


def definition_of(kernel: FakeKernel) -> list[Item]:
    found, left_out = sections(kernel.view(), KINDS, NAMESPACES, own=True)
    assert left_out == []
    return [item(section, **given) for section, listed in found.items() for given in listed]


@quick
@given(cases(absent=False))
def test_what_is_told_as_a_definition_changes_nothing_and_makes_the_same_elsewhere(case: Case) -> None:
    kernel = FakeKernel(case.kernel.promote_secondaries)
    carry_out(kernel, lasting(case.items))
    items = definition_of(kernel)
    event(f"{min(len(items), 10)} items")
    assert told(planned(kernel, items)) == ""
    elsewhere = FakeKernel(kernel.promote_secondaries)
    carry_out(elsewhere, items)
    assert differences(alike(kernel), alike(elsewhere)) == []


def alike(kernel: FakeKernel) -> t.Any:
    """What two kernels on which the same was made agree on."""
    state = kernel.state()
    for links in state.values():
        for link in links.values():
            del link["index"]
    return state


# -- taking back


def changes_of(kernel: FakeKernel, items: list[Item]) -> int:
    """How many changes a run makes."""
    trial = copy.deepcopy(kernel)
    before = trial.changes
    carry_out(trial, items)
    return trial.changes - before


@quick
@given(cases(), st.data())
def test_a_run_that_fails_anywhere_leaves_the_host_as_it_was(case: Case, data: st.DataObject) -> None:
    fails_anywhere(case, data)


def differences(one: t.Any, other: t.Any, where: str = "") -> list[str]:
    """What differs between two states, in few words."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted({*one, *other}, key=str)
        return [d for name in names for d in differences(one.get(name), other.get(name), f"{where}/{name}")]
    return [] if one == other else [f"{where}: {one!r} is now {other!r}"]


def fails_anywhere(case: Case, data: st.DataObject) -> None:
    kernel, items, _earlier = case
    before, changes = kernel.state(), changes_of(kernel, items)
    if not changes:
        return
    kernel.fault = kernel.changes + data.draw(st.integers(0, changes - 1), label="changes before the fault")
    with pytest.raises(LabError) as failure:
        carry_out(kernel, items)
    assert failure.value.is_undone, str(failure.value)
    assert differences(before, kernel.state()) == []
    event(f"{min(len(failure.value.undone), 5)} items undone")
    assert told(planned(kernel, items)) != ""


def test_a_fault_is_told_with_its_item_and_what_was_put_back() -> None:
    kernel = FakeKernel()
    items = [
        item("netns", name="a"),
        item("bridge", name="br0"),
        item("veth", name="e0", namespace="a", peer={"name": "pa"}),
        item("bridge_port", interface="pa", bridge="br0"),
        item("netns_address", interface="e0", namespace="a", address="10.0.0.1/24"),
    ]
    before = kernel.state()
    kernel.fault = kernel.changes + changes_of(kernel, items) - 1
    with pytest.raises(LabError) as failure:
        carry_out(kernel, items)
    assert kernel.state() == before
    assert str(failure.value) == (
        "bridge_port pa: the kernel says: Input/output error (a fault for the test). "
        "What this run had changed was taken back"
    )
    address = "netns_address a:e0 10.0.0.1/24"
    assert set(failure.value.undone) == {"netns a", "bridge br0", "veth a:e0", address, "bridge_port pa"}


def test_of_a_batch_the_first_fault_is_told_and_what_came_behind_it_is_taken_back() -> None:
    kernel = FakeKernel()
    carry_out(kernel, [item("veth", name="e0", up=False, peer={"name": "e1"})])
    items = [
        item("netns_link", name="e0", up=True),
        item("netns_address", interface="e0", address="10.0.0.1/24"),
        item("netns_address", interface="e0", address="fd00::1/64"),
        item("netns_link", name="e1", mtu=1400),
    ]
    assert [[step.type for _o, step in level] for level in planned(kernel, items).levels] == [[16, 20, 20, 16]]  # type: ignore[attr-defined]
    before = kernel.state()
    kernel.fault = kernel.changes
    with pytest.raises(LabError, match=r"^netns_link e0: the kernel says: Input/output error") as failure:
        carry_out(kernel, items)
    addresses = [f"netns_address e0 {address}" for address in ("fd00::1/64", "10.0.0.1/24")]
    assert failure.value.undone == ["netns_link e1", *addresses, "netns_link e0"]
    assert kernel.state() == before


def test_what_would_put_back_something_that_failed_before_it_is_not_in_its_batch() -> None:
    """The first address made anew would take the second along, and put it back even if it never came."""
    kernel = FakeKernel()
    pair = item("veth", name="e0", peer={"name": "e1"})
    carry_out(kernel, [pair, item("netns_address", interface="e0", address="10.0.0.1/24")])
    before = kernel.state()
    kernel.fault = kernel.changes
    with pytest.raises(LabError, match=r"^netns_address e0 10.0.0.2/24: the kernel says: Input/output error"):
        carry_out(
            kernel,
            [
                item("netns_address", interface="e0", address="10.0.0.2/24"),
                item("netns_address", interface="e0", address="10.0.0.1/24", label="e0:1"),
            ],
        )
    assert differences(before, kernel.state()) == []


# -- somebody else works on the host in between


class Stranger:
    """Makes a bridge in a named namespace right before one of the changes of a run."""

    def __init__(self, kernel: FakeKernel, moment: int, namespace: str, name: str, index: int = 0) -> None:
        self.kernel, self.namespace, self.name, self.index = kernel, namespace, name, index
        self.moment = kernel.changes + moment
        self.is_guest = namespace not in kernel.names
        """Whether the run makes the namespace, which then goes with all that is in it."""
        self.made: Link | None = None
        """None: it came too late, or the namespace had no name."""
        kernel.on_change = self.come

    def come(self) -> None:
        links = self.kernel.names.get(self.namespace)
        if self.kernel.changes != self.moment or links is None:
            return
        if self.name in links or any(link.index == self.index for link in links.values()):
            return
        self.made = links[self.name] = self._bridge()

    def _bridge(self) -> Link:
        return Link(self.name, self.index or 5000, "bridge", "02:77:00:00:00:01")

    def goes(self) -> None:
        """With its bridge, if that is as it was made."""
        assert self.made is not None
        if not self.is_guest:
            assert self.kernel.names[self.namespace].pop(self.name) is self.made
            assert vars(self.made) == vars(self._bridge())


def links_made(plan_: Plan) -> list[Key]:
    steps = [step for level in plan_.levels for _operation, step in level]
    return sorted(key for step in steps for key in made_by(step) if key[0] == "link")


@quick
@given(cases(), st.booleans(), st.data())
def test_a_stranger_that_takes_a_name_in_between_is_left_alone_and_all_taken_back(
    case: Case, choose_indexes: bool, data: st.DataObject
) -> None:
    kernel, items, _earlier = case
    made, changes = links_made(planned(kernel, items)), changes_of(kernel, items)
    if not made:
        return
    key = data.draw(st.sampled_from(made), label="what the stranger makes")
    moment = data.draw(st.integers(1, changes), label="before which change")
    before = kernel.state()
    stranger = Stranger(kernel, moment, *key[1:])
    try:
        carry_out(kernel, items, choose_indexes)
    except LabError as e:
        assert e.is_undone, str(e)
        stranger.goes()
        assert differences(before, kernel.state()) == []
    else:
        assert stranger.made is None or stranger.moment == kernel.changes  # it took the name after that was given up
    event(f"the stranger came in time: {stranger.made is not None}")


@quick
@given(cases(), st.data())
def test_a_stranger_that_takes_an_index_in_between_is_left_alone_and_all_taken_back(
    case: Case, data: st.DataObject
) -> None:
    kernel, items, _earlier = case
    view = kernel.view()
    found = plan(wishes_of(items), view, KINDS)
    made, changes = links_made(found), changes_of(kernel, items)
    if not made:
        return
    key = data.draw(st.sampled_from(made), label="whose index the stranger takes")
    moment = data.draw(st.integers(1, changes), label="before which change")
    before = kernel.state()
    applier = Applier(FakeHost(kernel), kernel.view())  # type: ignore[arg-type]
    applier.prepare(found, view, choose_indexes=True)
    if key not in view:
        return
    stranger = Stranger(kernel, moment, key[1], "stranger", view.fact(key).values["index"])
    try:
        applier.run(found)
    except LabError as e:
        assert e.is_undone, str(e)
        stranger.goes()
        assert differences(before, kernel.state()) == []
    else:
        assert stranger.made is None
    event(f"the stranger came in time: {stranger.made is not None}")
