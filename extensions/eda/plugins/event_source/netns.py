# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source netns.lab.netns."""

from __future__ import annotations

import asyncio
import sys
import typing as t
from pathlib import Path

DOCUMENTATION = r"""
short_description: Tell when network namespaces, and what is in them, change
version_added: 1.0.0
description:
  - Tells of namespaces that are made and deleted on the host where C(ansible-rulebook) runs, as C(ip netns monitor)
    does. On request also of links, addresses and routes inside them, as C(ip monitor) does.
  - An event has RV(object), V(namespace), V(link), V(address) or V(route), and RV(change), V(created), V(changed) or
    V(deleted). The rest of it has the names and values that the module netns.lab.netns_info returns for such an
    object. An event about a change also has RV(before), the fields that were different.
  - A namespace is told of as soon as it can be used, and with everything that is in it by then. When it is deleted,
    that is one event, and what was in it goes without saying.
  - What has not changed is not told, however often the kernel repeats it.
  - If more happens than can be told, the kernel drops messages. The source then reads everything anew and tells what
    is different, after an event whose RV(change) is V(reread). Such events have RV(reread=true). What came and went
    in between remains unknown.
  - It holds what it knows and no more, so its memory does not grow with the number of events. It uses no threads.
options:
  subset:
    description:
      - What to tell of.
      - All but V(namespaces) needs root.
    type: list
    elements: str
    choices: [namespaces, links, addresses, routes]
    default: [namespaces]
  namespaces:
    description:
      - The namespaces of whose links, addresses and routes to tell, as patterns of a shell. V('') stands for the
        namespace that C(ansible-rulebook) itself runs in.
      - Namespaces themselves are told of in any case.
    type: list
    elements: str
    default: ['*']
requirements:
  - python >= 3.9
  - pyroute2 >= 0.7.2, for all but namespaces
author:
  - netns.lab contributors (@netns-lab)
"""

EXAMPLES = r"""
- name: Mend the lab when somebody has changed it
  hosts: localhost
  sources:
    - netns.lab.netns:
        subset: [namespaces, links, addresses]
        namespaces: [a1, a2]
  rules:
    - name: Something differs
      condition: event.change in ["changed", "deleted", "reread"]
      throttle:
        once_after: 2 seconds
        group_by_attributes:
          - event.change
      action:
        run_playbook:
          name: netns.lab.point_to_point
"""

try:
    import ansible_collections.netns.lab  # noqa: F401  pylint: disable=unused-import
except ImportError:
    # ansible-rulebook runs this file and knows nothing of the collection around it.
    sys.path.append(str(Path(__file__).absolute().parents[7]))

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, told
from ansible_collections.netns.lab.plugins.module_utils._host import Host, require_capabilities
from ansible_collections.netns.lab.plugins.module_utils._monitor import NAMESPACES, SUBSETS, Monitor
from ansible_collections.netns.lab.plugins.module_utils._netlink import NetlinkError

_OPTIONS = {"subset": [NAMESPACES], "namespaces": ["*"]}
_OF_RULEBOOK = {"eda_feedback_queue"}


async def main(queue: asyncio.Queue[t.Any], args: dict[str, t.Any]) -> None:
    """Puts events into the queue until it is cancelled."""
    subset, patterns = _options(args)
    if set(subset) - {NAMESPACES}:
        require_capabilities()
    try:
        with Host() as host, Monitor(host, subset, patterns) as monitor:
            await _tell(queue, monitor)
    except (OSError, NetlinkError) as e:
        raise told(e) from e


async def _tell(queue: asyncio.Queue[t.Any], monitor: Monitor) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        while True:
            ready.clear()
            loop.add_reader(monitor.fileno(), ready.set)
            try:
                await asyncio.wait_for(ready.wait(), monitor.patience)
            except asyncio.TimeoutError:
                pass
            # While a full queue is waited for, what can be read would keep the loop spinning.
            loop.remove_reader(monitor.fileno())
            for event in monitor.events():
                await queue.put(event)
    finally:
        loop.remove_reader(monitor.fileno())


def _options(args: dict[str, t.Any]) -> tuple[list[str], list[str]]:
    unknown = sorted(set(args) - set(_OPTIONS) - _OF_RULEBOOK)
    if unknown:
        raise LabError(f"netns.lab.netns: there is no option {unknown[0]}; it has {' and '.join(_OPTIONS)}")
    found = {option: args.get(option, default) for option, default in _OPTIONS.items()}
    for option, value in found.items():
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise LabError(f"netns.lab.netns: {option} is {value!r}; it must be a list of words")
    for word in found["subset"]:
        if word not in SUBSETS:
            raise LabError(f"netns.lab.netns: subset has {word!r}, which is none of {', '.join(SUBSETS)}")
    return found["subset"], found["namespaces"]
