# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""reading.py MEMBERS ROUNDS

netns_info on a lab of so many namespaces behind a bridge, as whole processes, against what cannot be saved: the dumps
alone, undecoded, and the start of an interpreter with the module and nothing to read. It is all work for the processor,
so the time of that is measured, which others on the machine disturb least. To be run in a sandbox:

    tests/sandbox python -m ansible_collections.netns.lab.tests.benchmark.reading 1000 5
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
import typing as t

from ansible_collections.netns.lab.plugins.module_utils import _netlink as nl
from ansible_collections.netns.lab.plugins.module_utils._host import Host
from ansible_collections.netns.lab.tests.integration.helpers.modules import execute, launch

DUMPS: dict[str, list[tuple[int, str, dict[str, int], list[t.Any]]]] = {
    "links": [(nl.RTM_GETLINK, "ifinfmsg", {"family": 0}, [("IFLA_EXT_MASK", 8)])],
    "addresses": [(nl.RTM_GETADDR, "ifaddrmsg", {"family": 0}, [])],
    "routes": [(nl.RTM_GETROUTE, "rtmsg", {"family": 0}, [("RTA_TABLE", 254)])],
    "rules": [(nl.RTM_GETRULE, "fibmsg", {"family": 0}, [])],
    "neighbors": [
        (nl.RTM_GETNEIGH, "ndmsg", {"family": 0}, []),
        (nl.RTM_GETNEIGH, "ndmsg", {"family": 0, "flags": 8}, []),
    ],
    "fdb": [(nl.RTM_GETNEIGH, "ndmsg", {"family": 7}, [])],
}
# What is asked of the module, and which dumps that takes.
QUESTIONS: dict[str, tuple[list[str], list[str]]] = {
    "all": (["all"], list(DUMPS)),
    "links": (["links"], ["links"]),
    "links and addresses": (["links", "addresses"], ["links", "addresses"]),
    "routes": (["routes"], ["routes"]),
    "names only": (["min"], []),
}


def build(members: int) -> None:
    result = execute(
        "topology",
        {
            "name": "reading",
            "netns": [{"name": f"m[1:{members}]"}],
            "bridge": [{"name": "hall"}],
            "veth": [{"name": f"p[1:{members}]", "peer": {"name": "eth0", "namespace": f"m[1:{members}]"}}],
            "bridge_port": [{"bridge": "hall", "interface": f"p[1:{members}]"}],
            "netns_address": [
                {"namespace": f"m[1:{members}]", "interface": "eth0", "address": f"10.0.0.0/16[1:{members}]"}
            ],
        },
    )
    if result.failed:
        raise SystemExit(result.msg)


def raw(subjects: list[str]) -> float:
    """Seconds of processor for the dumps alone."""
    requests = [
        (kind, nl.encode(schema, header, attrs))
        for subject in subjects
        for kind, schema, header, attrs in DUMPS[subject]
    ]
    started = time.process_time()
    with Host() as host:
        for name in host.names() if requests else ():
            opened = host.socket(name)
            for kind, body in requests:
                opened.dump(kind, body)
    return time.process_time() - started


def whole(options: dict[str, t.Any]) -> float:
    """Seconds of processor from the start of the module's process to its end."""
    started = _children()
    done = launch([sys.executable], "netns_info", options)
    elapsed = _children() - started
    answer = json.loads(done.stdout)
    if answer.get("failed"):
        raise SystemExit(answer["msg"])
    return elapsed


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    members, rounds = (int(argument) for argument in sys.argv[1:3])
    build(members)
    time.sleep(5)  # duplicate address detection
    whole({})
    starts: list[float] = []
    dumps: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    modules: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    topologies: list[float] = []
    for _round in range(rounds):
        starts.append(whole({"namespaces": [], "gather_subset": ["min"]}))
        for name, (subset, subjects) in QUESTIONS.items():
            dumps[name].append(raw(subjects))
            modules[name].append(whole({"gather_subset": subset}))
        topologies.append(whole({"as_topology": True}))
    start = statistics.median(starts)
    print(f"start {start:.3f} s")
    for name in QUESTIONS:
        dump, module = statistics.median(dumps[name]), statistics.median(modules[name])
        factor = f", {(module - start) / dump:.2f} times the dumps" if QUESTIONS[name][1] else ""
        print(f"{name}: dumps {dump:.3f} s, module {module:.3f} s, without its start {module - start:.3f} s{factor}")
    print(f"as_topology: {statistics.median(topologies):.3f} s")


if __name__ == "__main__":
    main()
