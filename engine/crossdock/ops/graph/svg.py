"""A graph drawn as one SVG file (SVG 2, W3C Candidate Recommendation of 4 October 2018): no script, no font, no network."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from itertools import pairwise

from crossdock.ops.graph.layout import Box, Way, lay_out
from crossdock.ops.graph.live import Count
from crossdock.ops.graph.model import Edge, Graph, Kind, Node

_MARGIN = 28.0
_HEAD = 56.0  # for the title
_LINE = 15.0
_PAD = 12.0
_PORT = 7.0  # between ways at the side of a node
_BOLD, _WIDE, _NARROW = 8.1, 7.2, 6.1  # of a letter of a name, of the small line below it: a little more than they are
_BROAD = 0x1100  # from this letter on (Hangul, then Han, Kana, pictures) most are broad
_LABEL = 46  # characters of an edge's label; the rest is told on asking
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

_STYLE = """
svg{font:13px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--page:#fbfbfd;--ink:#1d2433;--soft:#667085;--line:#98a2b3;--route:#e8f0fe;--route-line:#3b6fd4;--topic:#fdf1dc;
--topic-line:#c98a16;--place:#ffffff;--place-line:#98a2b3;--partner:#e5f5ec;--partner-line:#2f9461;--bad:#c4320a;--wait:#9a6700}
@media (prefers-color-scheme:dark){svg{--page:#12151c;--ink:#e7eaf0;--soft:#98a2b3;--line:#566075;--route:#1b2a47;
--route-line:#6d9bf1;--topic:#3a2c10;--topic-line:#e0a63a;--place:#1c212c;--place-line:#566075;--partner:#12301f;
--partner-line:#4fbf86;--bad:#ff8a65;--wait:#e3b341}}
.page{fill:var(--page)}text{fill:var(--ink)}.title{font-size:17px;font-weight:600}.small{font-size:11px;fill:var(--soft)}
.box{stroke-width:1.3}.route .box,.step .box{fill:var(--route);stroke:var(--route-line)}
.topic .box{fill:var(--topic);stroke:var(--topic-line)}.place .box{fill:var(--place);stroke:var(--place-line)}
.partner .box{fill:var(--partner);stroke:var(--partner-line)}.choice .box{fill:var(--topic);stroke:var(--route-line)}
.route text.name{font-weight:600}.off{opacity:.5}.off .box{stroke-dasharray:4 3}
.way{fill:none;stroke:var(--line);stroke-width:1.3}.tip{fill:var(--line)}
.on{font-size:11px;fill:var(--soft);paint-order:stroke;stroke:var(--page);stroke-width:4px}
.wait{fill:var(--wait)}.bad{fill:var(--bad);font-weight:600}
.edge:hover .way{stroke:var(--route-line);stroke-width:2.4}.node:hover .box{stroke-width:2.6}
"""
_TIP = """<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>"""


def svg(graph: Graph, counts: Mapping[str, Count] | None = None) -> str:
    """The picture. ``counts`` by queue are written into the nodes and on the edges that wait for them."""
    told = {name: sum_of(graph, name, counts) for name in graph.nodes} if counts is not None else {}
    labels = {edge: _label(edge, counts) for edge in graph.edges}
    ends = Counter(end for edge, (text, _) in labels.items() for end in _ends(edge, text))
    sizes = {name: _size(node, told.get(name), ends) for name, node in graph.nodes.items()}
    written = {(edge.tail, edge.head): _measure(text, _NARROW) for edge, (text, _) in labels.items()}
    drawing = lay_out(sizes, written)
    width = max(drawing.width + 2 * _MARGIN, 360.0)
    height = drawing.height + 2 * _MARGIN + _HEAD
    body = [_edge(edge, drawing.ways[edge.tail, edge.head], *labels[edge]) for edge in graph.edges]
    body += [_node(node, drawing.boxes[name], told.get(name)) for name, node in graph.nodes.items()]
    size = f'width="{width:.0f}" height="{height:.0f}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" {size} role="img">',
        f"<title>{_text(graph.title)}</title>",
        f"<style>{_STYLE}</style>",
        _TIP,
        f'<rect class="page" {size}/>',
        f'<text class="title" x="{_MARGIN}" y="36">{_text(graph.title)}</text>',
        f'<g transform="translate({_MARGIN} {_HEAD + _MARGIN / 2})">',
        *body,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def sum_of(graph: Graph, name: str, counts: Mapping[str, Count]) -> Count | None:
    """What the queues behind a node hold together; None where it has none."""
    queues = graph.queues.get(name)
    return sum((counts.get(queue, Count()) for queue in queues), Count()) if queues else None


def _ends(edge: Edge, label: str) -> tuple[tuple[str, str], ...]:
    """The sides a way touches; one that bears a label touches the head's twice, as it needs the room."""
    head = ("head", edge.head)
    return (("tail", edge.tail), head, head) if label else (("tail", edge.tail), head)


def _size(node: Node, count: Count | None, ends: Counter[tuple[str, str]]) -> tuple[float, float]:
    below = [node.detail, count.text() if count is not None else ""]
    letter = _BOLD if node.kind is Kind.ROUTE else _WIDE
    width = max(_measure(node.label, letter), *(_measure(line, _NARROW) for line in below))
    lines = 1 + sum(bool(line) for line in below)
    busy = max(ends["tail", node.id], ends["head", node.id])
    return width + 2 * _PAD + (16 if node.kind is Kind.TOPIC else 0), max(lines * _LINE + 15, _PORT * (busy + 1))


def _measure(text: str, letter: float) -> float:
    """A width: letters of East Asian scripts and pictures take about twice as much."""
    return sum(letter * (1.0 if ord(one) < _BROAD else 1.9) for one in text)


def _node(node: Node, box: Box, count: Count | None) -> str:
    round_ = {Kind.TOPIC: min(box.height / 2, 16.0), Kind.PLACE: 2.0, Kind.CHOICE: 14.0}.get(node.kind, 7.0)
    lines = [("name", node.label), ("small", node.detail)]
    if count is not None:
        lines.append((f"small {count.tone()}".strip(), count.text()))
    shown = [(style, text) for style, text in lines if text]
    middle, top = box.x + box.width / 2, box.y + 15 + (box.height - 15 - len(shown) * _LINE) / 2 + 4
    texts = "".join(
        f'<text class="{style}" text-anchor="middle" x="{middle:.1f}" y="{top + number * _LINE:.1f}">{_text(text)}</text>'
        for number, (style, text) in enumerate(shown)
    )
    off = "" if node.enabled else " off"
    about = f"{node.kind} {node.label}" + (f": {node.about}" if node.about else "")
    return (
        f'<g class="node {node.kind}{off}"><title>{_text(about)}</title><rect class="box" x="{box.x:.1f}" '
        f'y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{round_:.1f}"/>{texts}</g>'
    )


def _label(edge: Edge, counts: Mapping[str, Count] | None) -> tuple[str, str]:
    """What is written on a way, and in which style."""
    label = edge.label if len(edge.label) <= _LABEL else f"{edge.label[: _LABEL - 1]}…"
    if counts is None or edge.queue is None or "/" not in edge.queue:  # only what waits for a destination waits here
        return label, "on"
    count = counts.get(edge.queue, Count())
    return " · ".join(filter(None, (label, count.text()))), f"on {count.tone()}".strip()


def _edge(edge: Edge, points: Way, label: str, style: str) -> str:
    x, y = points[-1]
    told = (
        f'<text class="{style}" text-anchor="end" x="{x - 12:.1f}" y="{y - 5:.1f}">{_text(label)}</text>'
        if label
        else ""
    )
    about = " → ".join(end.partition(" ")[2] for end in (edge.tail, edge.head))
    title = _text(f"{about}: {edge.label}" if edge.label else about)
    return f'<g class="edge"><title>{title}</title><path class="way" marker-end="url(#tip)" d="{_curve(points)}"/>{told}</g>'


def _curve(points: Way) -> str:
    """Smooth between layers, straight through them."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        bend = max(abs(to_x - x) / 2, 24.0 if to_x < x else 0.0)
        path.append(f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
    return " ".join(path)


def _text(text: str) -> str:
    """Text for XML, without what XML 1.0 (2.2) does not allow and without what turns reading order around."""
    return escape(_UNPRINTABLE.sub("�", text))
