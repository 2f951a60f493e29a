"""A graph as text for programs that draw themselves: Mermaid flowcharts, and DOT of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossdock.ops.graph.live import Count
from crossdock.ops.graph.model import Graph, Kind, Node
from crossdock.ops.graph.svg import sum_of

_MERMAID = {
    Kind.PLACE: ('[("', '")]'),
    Kind.ROUTE: ('["', '"]'),
    Kind.TOPIC: ('(["', '"])'),
    Kind.PARTNER: ('[["', '"]]'),
    Kind.STEP: ('("', '")'),
    Kind.CHOICE: ('{"', '"}'),
}
_DOT = {
    Kind.PLACE: "cylinder",
    Kind.ROUTE: "box",
    Kind.TOPIC: "oval",
    Kind.PARTNER: "house",
    Kind.STEP: "box",
    Kind.CHOICE: "diamond",
}


def mermaid(graph: Graph, counts: Mapping[str, Count] | None = None) -> str:
    """A ``flowchart LR``."""
    ids = {name: f"n{number}" for number, name in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for name, node in graph.nodes.items():
        opened, closed = _MERMAID[node.kind]
        lines.append(f"    {ids[name]}{opened}{'<br/>'.join(map(_mermaid, _lines(graph, node, counts)))}{closed}")
    for edge in graph.edges:
        label = f'|"{_mermaid(edge.label)}"|' if edge.label else ""
        lines.append(f"    {ids[edge.tail]} -->{label} {ids[edge.head]}")
    return "\n".join(lines) + "\n"


def dot(graph: Graph, counts: Mapping[str, Count] | None = None) -> str:
    """A ``digraph``."""
    lines = [f"digraph {_quoted(graph.title)} {{", "    rankdir=LR;", "    node [fontname=sans];"]
    for name, node in graph.nodes.items():
        label = "\\n".join(_escaped(line) for line in _lines(graph, node, counts))
        lines.append(f'    {_quoted(name)} [shape={_DOT[node.kind]}, label="{label}"];')
    for edge in graph.edges:
        label = f" [label={_quoted(edge.label)}]" if edge.label else ""
        lines.append(f"    {_quoted(edge.tail)} -> {_quoted(edge.head)}{label};")
    return "\n".join([*lines, "}", ""])


def _lines(graph: Graph, node: Node, counts: Mapping[str, Count] | None) -> Iterator[str]:
    yield node.label
    if node.detail:
        yield node.detail
    count = sum_of(graph, node.id, counts) if counts is not None else None
    if count is not None:
        yield count.text()


def _mermaid(text: str) -> str:
    """Entities by number, as Mermaid wants them: ``#quot;`` and its kin would end a label or begin a tag."""
    return "".join(one if one.isalnum() or one in " ._-/·,:" else f"#{ord(one)};" for one in text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'
