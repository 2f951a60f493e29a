"""A graph of a project: nodes of a few kinds, and edges along which messages go."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Kind(enum.StrEnum):
    """What a node stands for."""

    PLACE = "place"  # of a system outside: a folder, an address, a table; read, written, or both
    ROUTE = "route"
    TOPIC = "topic"
    PARTNER = "partner"
    STEP = "step"  # of one route
    CHOICE = "choice"  # a step with branches


@dataclass(frozen=True, slots=True)
class Node:
    """``label`` names it, ``detail`` is a line below in small, ``about`` what is told of it when one asks."""

    id: str
    kind: Kind
    label: str
    detail: str = ""
    about: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """Messages go from ``tail`` to ``head``. ``queue`` is where they wait for it, if they wait."""

    tail: str
    head: str
    label: str = ""
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id, in the order of the project's files, and edges. ``queues`` are those behind a node."""

    title: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    queues: dict[str, list[str]] = field(default_factory=dict)

    def node(self, node: Node) -> str:
        """Add a node unless it is there; its id."""
        self.nodes.setdefault(node.id, node)
        return node.id

    def edge(self, edge: Edge) -> None:
        """Add an edge. One between the same nodes gets the label as well, so that no two lie on each other."""
        for number, one in enumerate(self.edges):
            if (one.tail, one.head) == (edge.tail, edge.head):
                labels = list(dict.fromkeys(filter(None, (*one.label.split(", "), edge.label))))
                self.edges[number] = Edge(one.tail, one.head, ", ".join(labels), one.queue or edge.queue)
                return
        self.edges.append(edge)

    def waits_in(self, node: str, queue: str) -> None:
        """Say that what a queue holds is counted at a node."""
        self.queues.setdefault(node, []).append(queue)

    def around(self, names: set[str]) -> Graph:
        """The part within one step of some nodes."""
        edges = [edge for edge in self.edges if edge.tail in names or edge.head in names]
        kept = names | {end for edge in edges for end in (edge.tail, edge.head)}
        return Graph(self.title, {key: one for key, one in self.nodes.items() if key in kept}, edges, self.queues)
