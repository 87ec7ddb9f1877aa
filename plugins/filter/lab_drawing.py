# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lab_drawing
short_description: A drawing of a lab
version_added: 1.0.0
author:
  - netns.lab contributors (@netns-lab)
description:
  - Draws a lab from its definition, in the language of Graphviz or Mermaid or as a page of HTML.
  - With what a check run of the lab has found, it shows how the hosts differ from the definition.
  - The result is a pure function of what goes in. All names are escaped.
  - The playbook C(netns.lab.lab_picture) calls this filter and Graphviz.
positional: _input
extends_documentation_fragment:
  - netns.lab._hosts
options:
  _input:
    description:
      - The definition, as P(netns.lab.lab_part#filter) takes it.
    type: dict
    required: true
  format:
    description:
      - V(dot) is for Graphviz, which makes SVG and other images of it.
      - V(mermaid) is text that viewers of Markdown draw, GitHub's among them.
      - V(html) is a page that loads nothing from elsewhere, with the drawing, the addresses, and what O(drift) and
        O(pings) say.
    type: str
    choices: [dot, mermaid, html]
    default: mermaid
  hosts:
    description:
      - The inventory hosts that have a copy of the lab, or among which its nodes are shared out. Nodes are drawn in
        their hosts if there are several.
      - Without it, nodes are where the definition puts them.
    type: list
    elements: str
    default: []
  drift:
    description:
      - What M(netns.lab.topology) returned as C(diff) in check mode, by inventory host. What such a run would make is
        missing, what it would remove is left over.
    type: dict
  pings:
    description:
      - What M(netns.lab.netns_ping) returned as C(results), by inventory host. For V(html).
    type: dict
    default: {}
  svg:
    description:
      - What C(dot -Tsvg) made of the drawing, to go into the page. Without it, the page has the text for Mermaid.
        For V(html).
      - It is taken as it is, so that it should come from nowhere else.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Write a drawing for GitHub
  ansible.builtin.copy:
    content: "{{ definition | netns.lab.lab_drawing(format='mermaid') }}"
    dest: lab.mmd
    mode: "0644"
  vars:
    definition:
      lab_nodes:
        h[1:2]: {}
      lab_links:
        - [h1, h2]
"""

RETURN = r"""
_value:
  description:
    - The drawing.
  type: str
"""

import typing as t

from ansible.errors import AnsibleFilterError

_FORMATS = ("dot", "html", "mermaid")


def _filter(
    definition: t.Any,
    format: str = "mermaid",
    hosts: t.Sequence[str] = (),
    known: t.Sequence[str] = (),
    hostvars: t.Mapping[str, t.Any] | None = None,
    limited: bool = False,
    drift: t.Mapping[str, t.Any] | None = None,
    pings: t.Mapping[str, t.Any] | None = None,
    svg: str = "",
) -> str:
    # Here, because to find one filter Ansible loads the files of all of them.
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.drift import read_drift
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.faults import Fault, unknown
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.hosts import placed_lab
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.languages import dot, mermaid
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.page import page
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.picture import compose
    from ansible_collections.netns.lab.plugins.plugin_utils._lab.reader import read_lab

    try:
        if format not in _FORMATS:
            raise Fault(("format",), unknown("format", format, _FORMATS))
        if hosts:
            placed = placed_lab(definition, hosts, known, hostvars, limited)
            lab, placement = placed.lab, placed.placement
        else:
            lab, placement = read_lab(definition), None
        found = None if drift is None else read_drift(lab, drift)
        if format == "html":
            return page(lab, placement, found, pings, svg)
        return (dot if format == "dot" else mermaid)(compose(lab, placement, found))
    except Fault as e:
        raise AnsibleFilterError(str(e)) from None


class FilterModule:
    """Tells Ansible of the filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"lab_drawing": _filter}
