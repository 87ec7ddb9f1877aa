# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""Pictures in the languages of Graphviz and Mermaid. Whatever a user has named is text in them, and never more."""

from __future__ import annotations

import html
import string
import typing as t

from ansible_collections.netns.lab.plugins.plugin_utils._lab.drift import CHANGED, MISSING, SAME, SURPLUS
from ansible_collections.netns.lab.plugins.plugin_utils._lab.picture import BRIDGE, NODE, ROUTER, Box, Line, Picture

FONT = "Helvetica,Arial,sans-serif"
# Of each kind of box the brackets of Mermaid, and its fill and border.
_BRACKETS = {NODE: '["{}"]', ROUTER: '{{{{"{}"}}}}', BRIDGE: '(["{}"])'}
FILLS = {NODE: ("#eef4ff", "#5b7db1"), ROUTER: ("#fff3d6", "#b58a2b"), BRIDGE: ("#e9f5ec", "#5a9a6b")}
# Of what is not as defined. None of it is told by colour alone.
COLOURS = {MISSING: "#c62828", CHANGED: "#e67700", SURPLUS: "#7b1fa2"}
_DASHED = {MISSING, SURPLUS}


def dot(picture: Picture) -> str:
    lines = [
        "graph lab {",
        f'  graph [rankdir=LR fontname="{FONT}" fontsize=13 nodesep=0.25 ranksep=0.9 bgcolor="white"];',
        f'  node [shape=box style="rounded,filled" fontname="{FONT}" fontsize=13 margin="0.14,0.08"];',
        f'  edge [color="#6b7280" penwidth=1.4 fontname="{FONT}" fontsize=10];',
    ]
    for number, machine in enumerate(picture.machines, 1):
        lines.append(f"  subgraph cluster_{number} {{")
        look = 'style="rounded,filled" color="#cbd5e1" fillcolor="#f8fafc"'
        lines.append(f"    graph [label=<{_markup(machine)}> {look}];")
        lines += [f"    {_dot_box(box)}" for box in picture.boxes if box.machine == machine]
        lines.append("  }")
    lines += [f"  {_dot_box(box)}" for box in picture.boxes if box.machine is None]
    lines += [f"  {_dot_line(line)}" for line in picture.lines]
    return "\n".join([*lines, "}", ""])


def _dot_box(box: Box) -> str:
    fill, border = FILLS[box.kind]
    label = f"<B>{_markup(box.name)}</B>"
    said = list(box.lines) if box.state in (SAME, SURPLUS) else [*box.lines, box.state]
    if said:
        label += f'<BR/><FONT POINT-SIZE="10">{"<BR/>".join(map(_markup, said))}</FONT>'
    style = "filled" if box.kind == ROUTER else "rounded,filled"
    options = f'fillcolor="{fill}" color="{COLOURS.get(box.state, border)}"'
    if box.state != SAME:
        style += ",dashed" if box.state in _DASHED else ""
        options += " penwidth=2.5"
    return f'{box.id} [label=<{label}> style="{style}" {options}];'


def _dot_line(line: Line) -> str:
    options = []
    if line.crosses or line.state in _DASHED:
        options.append("style=dashed")
    said = ["VXLAN" if line.crosses else "", line.said, "" if line.state == SAME else line.state]
    if line.state != SAME:
        options.append(f'color="{COLOURS[line.state]}" fontcolor="{COLOURS[line.state]}" penwidth=2.5')
    if any(said):
        options.append(f"label=<{'<BR/>'.join(map(_markup, filter(None, said)))}>")
    return f"{line.one} -- {line.two}" + (f" [{' '.join(options)}];" if options else ";")


def _markup(text: str) -> str:
    """For a label that is like HTML. Graphviz reads entities in it, and ``\\N`` as the box's id (escString)."""
    return html.escape(text).replace("\\", "\\\\") or " "


def mermaid(picture: Picture) -> str:
    lines = ["flowchart TB"]
    for number, machine in enumerate(picture.machines, 1):
        lines.append(f'  subgraph m{number}["{_entities(machine)}"]')
        lines += [f"    {_mermaid_box(box)}" for box in picture.boxes if box.machine == machine]
        lines.append("  end")
    lines += [f"  {_mermaid_box(box)}" for box in picture.boxes if box.machine is None]
    for line in picture.lines:
        said = [_entities(line.said), "" if line.state == SAME else line.state]
        label = f'|"{"<br/>".join(filter(None, said))}"|' if any(said) else ""
        lines.append(f"  {line.one} {'-.-' if line.crosses else '---'}{label} {line.two}")
    lines += [f"  classDef {kind} fill:{fill},stroke:{border},color:#111" for kind, (fill, border) in FILLS.items()]
    for kind in FILLS:
        lines += _class(kind, [box.id for box in picture.boxes if box.kind == kind])
    for state, colour in COLOURS.items():
        boxes = [box.id for box in picture.boxes if box.state == state]
        dashes = ",stroke-dasharray:5 3" if state in _DASHED else ""
        if boxes:
            name = state.replace(" ", "")
            lines += [f"  classDef {name} stroke:{colour},stroke-width:3px{dashes}", *_class(name, boxes)]
        numbers = [str(number) for number, line in enumerate(picture.lines) if line.state == state]
        if numbers:
            lines.append(f"  linkStyle {','.join(numbers)} stroke:{colour},stroke-width:3px{dashes}")
    return "\n".join([*lines, ""])


def _class(name: str, boxes: list[str]) -> t.Iterator[str]:
    if boxes:
        yield f"  class {','.join(boxes)} {name}"


def _mermaid_box(box: Box) -> str:
    said = [box.name, *box.lines, *([] if box.state in (SAME, SURPLUS) else [box.state])]
    return box.id + _BRACKETS[box.kind].format("<br/>".join(map(_entities, said)))


def _entities(text: str) -> str:
    """Mermaid's own way to say a character by its number. It also reads Markdown, HTML and links out of plain text, so
    only what can be none of these stays as it is."""
    plain = string.ascii_letters + string.digits + " .:/-"
    return "".join(char if char in plain else f"#{ord(char)};" for char in text)
