# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is drawn of a lab, and that names are nothing but text in it."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.netns.lab.plugins.filter import lab_drawing
from ansible_collections.netns.lab.plugins.module_utils import _engine

COLLECTIONS = Path(_engine.__file__).parents[5]
LAB: dict[str, t.Any] = {
    "lab_name": "small",
    "lab_nodes": {"r1": {"forwarding": True}, "h[1:2]": {}, "sw": {"kind": "bridge"}},
    "lab_links": [["r1", "sw"], ["h1", "sw"], ["r1", "h2"]],
    "lab_pools": {"lan": "172.16.0.0/16", "p2p": "10.1.0.0/16"},
    "lab_expect": [{"from": "h1", "to": "all"}, {"from": "h2", "to": "h1", "reachable": False}],
}
HOSTILE = '</svg><script>alert(1)</script>"]\\N<&>`;#x'
NOTHING: dict[str, t.Any] = {"before": {}, "after": {}}


def drawn(definition: dict[str, t.Any], format: str, **options: t.Any) -> str:
    (function,) = lab_drawing.FilterModule().filters().values()
    return function(definition, format=format, **options)


def hostile() -> dict[str, t.Any]:
    name = HOSTILE.replace("]", "").replace("/", "")
    return {"lab_nodes": {name: {}, "h": {}}, "lab_links": [{"endpoints": [{"node": name}, "h"]}]}


class TestEveryFormat:
    def test_the_same_lab_is_drawn_the_same_on_every_controller(self) -> None:
        script = (
            f"from {lab_drawing.__name__} import _filter\n"
            f"for format in ('dot', 'mermaid', 'html'): print(_filter({LAB!r}, format, ['w1', 'w2', 'w3']))"
        )
        texts = {
            subprocess.run(
                [sys.executable, "-c", script],
                env={**os.environ, "PYTHONPATH": str(COLLECTIONS), "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(texts) == 1 and "flowchart" in texts.pop()

    def test_another_format_is_refused(self) -> None:
        with pytest.raises(AnsibleFilterError, match="format: format 'png' is unknown"):
            drawn(LAB, "png")

    def test_what_is_no_diff_is_refused(self) -> None:
        with pytest.raises(AnsibleFilterError, match="drift.w1: it is not the diff"):
            drawn(LAB, "dot", drift={"w1": {}})

    def test_what_are_no_results_is_refused(self) -> None:
        with pytest.raises(AnsibleFilterError, match="pings.w1: these are not the results"):
            drawn(LAB, "html", pings={"w1": [{"ok": True}]})

    def test_what_is_no_svg_is_refused(self) -> None:
        with pytest.raises(AnsibleFilterError, match="svg: it is no SVG"):
            drawn(LAB, "html", svg="graph {}")


class TestMermaid:
    def test_a_lab(self) -> None:
        assert drawn(LAB, "mermaid").splitlines()[:8] == [
            "flowchart TB",
            '  n1{{"r1<br/>eth0 172.16.0.1/24<br/>eth1 10.1.0.1/30"}}',
            '  n2["h1<br/>eth0 172.16.0.2/24"]',
            '  n3["h2<br/>eth0 10.1.0.2/30"]',
            '  n4(["sw<br/>172.16.0.0/24"])',
            "  n1 --- n4",
            "  n2 --- n4",
            "  n1 --- n3",
        ]

    def test_over_several_hosts(self) -> None:
        pinned = {"r1": {"host": "w1"}, "h1": {"host": "w 2"}}
        text = drawn({"lab_nodes": pinned, "lab_links": [["r1", "h1"]]}, "mermaid", hosts=["w1", "w 2"])
        assert '  subgraph m1["w1"]\n    n1["r1<br/>eth0"]\n  end\n  subgraph m2["w 2"]' in text
        assert "  n1 -.- n2" in text

    def test_impairments_are_told(self) -> None:
        two = {"node": "h2", "loss": "2%", "delay": None}
        links = [{"endpoints": ["h1", "sw"], "delay": "10ms", "loss": 1}, {"endpoints": ["h1", two], "delay": "5ms"}]
        text = drawn({**LAB, "lab_links": links, "lab_expect": []}, "mermaid")
        assert '  n2 ---|"delay 10ms loss 1"| n4' in text
        assert '  n2 ---|"from h1:eth1: delay 5ms#59; from h2:eth0: loss 2#37;"| n3' in text

    def test_copies_are_drawn_once(self) -> None:
        text = drawn({**LAB, "lab_placement": "each"}, "mermaid", hosts=["w1", "w2"])
        assert text == drawn(LAB, "mermaid")

    def test_names_are_text(self) -> None:
        text = drawn(hostile(), "mermaid")
        (box,) = re.findall(r'n1\["(.*)"\]', text)
        decoded = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), box.removesuffix("<br/>eth0"))
        assert decoded == next(iter(hostile()["lab_nodes"]))
        assert not re.search(r'[<>"`\\&]', box.removesuffix("<br/>eth0"))


class TestDrift:
    DIFF: t.ClassVar[dict[str, t.Any]] = {
        "before": {"netns": {"old": {}}, "netns_address": {"h2:eth0 10.9.9.9/24": {}}},
        "after": {
            "netns": {"h1": {}},
            "veth": {"sw:h1": {}},
            "netns_address": {"h1:eth0 172.16.0.2/24": {}},
            "netns_route": {"r1 default": {}},
        },
    }

    def test_it_is_marked_where_it_is(self) -> None:
        text = drawn(LAB, "mermaid", drift={"w1": self.DIFF})
        assert '  n2["h1<br/>eth0 172.16.0.2/24<br/>missing"]' in text
        assert '  n2 ---|"missing"| n4' in text and "  linkStyle 1 stroke" in text
        assert '  n5["old<br/>left over"]' in text
        assert "  class n1,n3 different" in text and "  class n2 missing" in text and "  class n5 leftover" in text

    def test_graphviz_has_the_same(self) -> None:
        text = drawn(LAB, "dot", drift={"w1": self.DIFF})
        assert "n2 -- n4 [style=dashed" in text and "label=<missing>" in text
        assert text.count("dashed") == 3 and text.count("penwidth=2.5") == 5

    def test_a_link_that_is_impaired_otherwise_is_there_all_the_same(self) -> None:
        links = [{"endpoints": ["h1", "h2"], "rate": "1mbit"}]
        diff = {"before": {}, "after": {"netns_qdisc": {"h1:eth0": {"rate": "1mbit"}}}}
        text = drawn({**LAB, "lab_links": links, "lab_expect": []}, "dot", drift={"w1": diff})
        assert "label=<rate 1mbit<BR/>different>" in text and "missing" not in text

    def test_a_page_lists_it(self) -> None:
        text = drawn(LAB, "html", drift={"w1": self.DIFF})
        table = text.partition('id="drift"')[2].partition("</table>")[0]
        assert table.count("<tr>") == 1 + 6
        assert "<code>h2:eth0 10.9.9.9/24</code></td><td" in table and ">left over<" in table

    def test_bridges_of_the_host_and_colons(self) -> None:
        nodes = {"sw": {"kind": "bridge", "namespace": None}, "h": {"namespace": "a:b"}}
        definition = {"lab_nodes": nodes, "lab_links": [["h", "sw"]]}
        after = {"bridge": {"sw": {}}, "netns_route": {"a:b fd00::/64": {}}}
        text = drawn(definition, "mermaid", drift={"w1": {"before": {}, "after": after}})
        assert "class n1 missing" in text and "class n2 different" in text

    def test_nothing_differs(self) -> None:
        assert drawn(LAB, "mermaid", drift={"w1": NOTHING}) == drawn(LAB, "mermaid")
        assert "Everything is as defined." in drawn(LAB, "html", drift={"w1": NOTHING})
        assert "Everything is as defined." not in drawn(LAB, "html")


def ping(namespace: str, destination: str, reachable: bool, expected: bool = True) -> dict[str, t.Any]:
    ok = reachable == expected
    reason = None if reachable else "timeout"
    return {
        **{"namespace": namespace, "destination": destination, "reachable": reachable, "expected": expected},
        **{"ok": ok, "reason": reason},
    }


class TestPage:
    PINGS: t.ClassVar[list[dict[str, t.Any]]] = [
        ping("h1", "172.16.0.1", True),
        ping("h1", "10.1.0.2", False),
        ping("h2", "172.16.0.2", False, expected=False),
    ]

    def test_it_is_complete_in_itself(self) -> None:
        text = drawn(LAB, "html", pings={"w1": self.PINGS})
        assert not re.search(r"<(script|link|img|iframe|object|a)\b|@import|url\(", text)
        assert "default-src 'none'" in text
        # The drawing is told in another way without Graphviz, and that is said.
        assert "Graphviz" in text and '<pre id="mermaid">flowchart TB' in text
        rows = text.partition('id="addresses"')[2].count("<tr>")
        assert rows == 1 + 5

    def test_who_reaches_whom(self) -> None:
        text = drawn(LAB, "html", pings={"w1": self.PINGS})
        matrix = text.partition('<table class="matrix">')[2].partition("</table>")[0]
        assert re.findall(r'<td class="(\w+)"', matrix) == ["reached", "none", "bad", "none", "closed", "none"]
        assert 'title="10.1.0.2: not reached (timeout), expected to be reached"' in matrix

    def test_who_is_missing_reaches_nobody(self) -> None:
        diff = {"before": {}, "after": {"netns": {"h1": {}}}}
        text = drawn(LAB, "html", pings={"w1": [self.PINGS[2]]}, drift={"w1": diff})
        matrix = text.partition('<table class="matrix">')[2].partition("</table>")[0]
        assert matrix.count('class="bad"') == 2 and "there is no namespace h1" in matrix

    def test_every_copy_has_its_matrix(self) -> None:
        text = drawn(
            {**LAB, "lab_placement": "each"}, "html", hosts=["w1", "w2"], pings={"w1": self.PINGS, "w2": self.PINGS}
        )
        assert text.count('<table class="matrix">') == 2 and "<h3>w2</h3>" in text

    def test_names_are_text(self) -> None:
        text = drawn(hostile(), "html", hosts=["<b>w1</b>", "w2"])
        assert html.escape(next(iter(hostile()["lab_nodes"])), quote=False).replace('"', "&#34;") in text
        assert "<script" not in text and "<b>" not in text


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz (the program dot) is not installed")
class TestGraphviz:
    @staticmethod
    def svg(text: str) -> str:
        done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return done.stdout

    def texts(self, text: str) -> list[str]:
        root = ElementTree.fromstring(self.svg(text))
        return ["".join(found.itertext()) for found in root.iter("{http://www.w3.org/2000/svg}text")]

    def test_it_draws_all_of_a_lab(self) -> None:
        found = self.texts(drawn(LAB, "dot"))
        assert {"r1", "h1", "h2", "sw", "eth0 172.16.0.2/24", "172.16.0.0/24"} <= {*found}

    def test_names_are_text(self) -> None:
        text = drawn(hostile(), "dot", hosts=["<b>w1&lt;</b>", "w2"])
        found = [text.replace("\xa0", " ") for text in self.texts(text)]
        assert next(iter(hostile()["lab_nodes"])) in found and "<b>w1&lt;</b>" in found
        page = drawn(hostile(), "html", svg=self.svg(text))
        assert page.count("<svg") == 1 and "<script" not in page and "<?xml" not in page

    def test_drift_and_hosts_are_drawn(self) -> None:
        found = self.texts(drawn(LAB, "dot", hosts=["w1", "w2"], drift={"w1": TestDrift.DIFF}))
        assert {"w1", "w2", "missing", "different", "left over"} <= {*found}
