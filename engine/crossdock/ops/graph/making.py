"""The graph of a loaded project, or of one of its routes with its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel

from crossdock.errors import ConfigError, Finding
from crossdock.ops.graph.model import Edge, Graph, Kind, Node
from crossdock.route.compiled import CompiledRoute
from crossdock.route.destination import Destination
from crossdock.route.load import LoadedProject
from crossdock.route.partners.known import FOLDER as PARTNERS
from crossdock.route.topic import SYSTEM, matches
from crossdock.yaml_source import load, suggest

#: Options that say where a connector reads or writes, in the order in which they tell most.
_WHERE = ("path", "url", "get", "post", "put", "patch", "delete", "folder", "mailbox", "bucket", "queue", "exchange",
          "table", "call", "host", "to", "run", "command", "cron", "interval", "name")  # fmt: skip
_WORDS = {"when", "steps", "to", "otherwise"}
_LONG = 34  # characters of a label; the whole text is told on asking
_CROWD = 8  # so many partners at one entrance are shown one by one


def project_graph(project: LoadedProject) -> Graph:
    """Everything: places, routes, topics, partners. What a profile makes is the partner, not routes of its own."""
    graph = Graph(project.settings.name)
    topics = _topics(project.routes.values())
    for route in project.routes.values():
        own = _partner(graph, route) if route.file.startswith(f"{PARTNERS}/") else _route(graph, route)
        _ways_in(graph, route, own, topics)
        _ways_out(graph, route, own)
    _exchanges(graph, project)
    return graph


def route_graph(project: LoadedProject, name: str) -> Graph:
    """One route, its steps one by one, between what it reads and where it sends. Raises ``ConfigError`` G120."""
    route = project.routes.get(name)
    if route is None:
        told = Finding(
            code="G120", message=f"there is no route '{name}'", hint=suggest(name, project.routes) or "crossdock graph"
        )
        raise ConfigError.of([told])
    graph = Graph(name)
    own = _route(graph, route)
    _ways_in(graph, route, own, _topics(project.routes.values()))
    written = load(project.files.get(route.file, b""), route.file).value
    if route.file.startswith(f"{PARTNERS}/") or not isinstance(written, dict):
        _ways_out(graph, route, own)
    else:
        _Steps(graph, route).all(own, written)
    return graph


def _topics(routes: Iterable[CompiledRoute]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(topic for route in routes for topic in route.published), *SYSTEM)))


# --- nodes ------------------------------------------------------------------------------------------------------------


def _route(graph: Graph, route: CompiledRoute) -> str:
    off = "" if route.enabled else "not enabled"
    own = graph.node(Node(f"route {route.name}", Kind.ROUTE, route.name, off, route.about, route.enabled))
    graph.waits_in(own, route.name)
    return own


def _partner(graph: Graph, route: CompiledRoute) -> str:
    name = route.file.removeprefix(f"{PARTNERS}/").rpartition(".")[0]
    own = graph.node(Node(f"partner {name}", Kind.PARTNER, name, "partner"))
    graph.waits_in(own, route.name)
    for destination in route.destinations:
        graph.waits_in(own, f"{route.name}/{destination.slot}")
    return own


def _topic(graph: Graph, name: str) -> str:
    return graph.node(Node(f"topic {name}", Kind.TOPIC, name))


def _place(graph: Graph, connector: str, options: BaseModel | Mapping[str, object]) -> str:
    where = _where(options)
    label = where if len(where) <= _LONG else f"{where[: _LONG - 1]}…"
    return graph.node(
        Node(f"place {connector} {where}", Kind.PLACE, label or connector, connector if where else "", where)
    )


def _where(options: BaseModel | Mapping[str, object]) -> str:
    """What tells the place best, with nothing of a URL that may be a secret."""
    for name in _WHERE:
        value = options.get(name) if isinstance(options, Mapping) else getattr(options, name, None)
        text = getattr(value, "text", value)
        if isinstance(text, (str, int, float)) and not isinstance(text, bool) and str(text):
            return _bare(str(text)).rstrip("/") or "/"
    return ""


def _bare(text: str) -> str:
    if "://" not in text:
        return text
    parts = urlsplit(text)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


# --- edges ------------------------------------------------------------------------------------------------------------


def _ways_in(graph: Graph, route: CompiledRoute, own: str, published: Iterable[str]) -> None:
    label = _set(route) if graph.nodes[own].kind is Kind.PARTNER else ""
    if route.source is not None and graph.nodes[own].kind is Kind.ROUTE:
        graph.edge(Edge(_place(graph, route.source.connector, route.source.options), own))
    if route.endpoint is not None:
        graph.edge(Edge(_place(graph, "http", {"path": route.endpoint.path}), own))
    for pattern in route.topics:
        read = [topic for topic in published if matches(pattern, topic)] or [pattern]
        for topic in read:
            graph.edge(Edge(_topic(graph, topic), own, label, route.name))


def _set(route: CompiledRoute) -> str:
    """The set a partner is sent by a route of its profile: the last word of the route's name."""
    word = route.name.rpartition("-")[2]
    return "" if word == "acknowledgements" else word.upper()


def _ways_out(graph: Graph, route: CompiledRoute, own: str) -> None:
    for topic in route.published:
        graph.edge(Edge(own, _topic(graph, topic)))
    if graph.nodes[own].kind is Kind.PARTNER:
        return
    for destination in route.destinations:
        _way_out(graph, route, own, destination)
    if route.rejects is not None:
        place = _place(graph, route.rejects.connector, route.rejects.options)
        graph.edge(Edge(own, place, "rejected", f"{route.name}/{route.rejects.slot}"))


def _way_out(graph: Graph, route: CompiledRoute, own: str, destination: Destination, label: str = "") -> None:
    asks = "asks" if destination.asking is not None else label
    place = _place(graph, destination.connector, destination.options)
    graph.edge(Edge(own, place, asks, f"{route.name}/{destination.slot}"))


def _exchanges(graph: Graph, project: LoadedProject) -> None:
    """Which partners' documents come in at the routes that take interchanges of everybody."""
    for route in project.routes.values():
        if route.source is None or route.opening.reader is None:
            continue
        senders = [
            name for name, one in project.partners.roster.partners.items() if any(True for _ in one.profile.received())
        ]
        entrance = _place(graph, route.source.connector, route.source.options)
        if len(senders) > _CROWD:
            crowd = Node("partner *", Kind.PARTNER, f"{len(senders)} partners", "", ", ".join(senders))
            graph.edge(Edge(graph.node(crowd), entrance))
            continue
        for name in senders:
            sender = Node(f"from partner {name}", Kind.PARTNER, name, "partner")
            graph.edge(Edge(graph.node(sender), entrance))


# --- the steps of one route -------------------------------------------------------------------------------------------


class _Steps:
    """Draws what a route's file says, step by step; destinations are met in the order in which they were compiled."""

    def __init__(self, graph: Graph, route: CompiledRoute) -> None:
        self._graph, self._route = graph, route
        self._left = [one for one in route.destinations if one.asking is None]
        self._asking = [one for one in route.destinations if one.asking is not None]
        self._number = 0

    def all(self, own: str, written: Mapping[str, object]) -> None:
        last = self._chain(own, _maps(written.get("steps")), "")
        self._targets(last, _maps(written.get("to")), "")

    def _chain(self, before: str, steps: list[Mapping[str, object]], label: str) -> str:
        """The node after the last of some steps; ``label`` is on the way to the first."""
        for step in steps:
            before, label = self._step(before, step, label), ""
        return before

    def _step(self, before: str, step: Mapping[str, object], label: str) -> str:
        word = next(iter(step), "")
        self._number += 1
        kind = Kind.CHOICE if word == "choose" else Kind.STEP
        told = "" if word == "choose" else _short(step[word])
        node = self._graph.node(Node(f"step {self._number}", kind, word, told, _long(step[word])))
        self._graph.edge(Edge(before, node, label))
        if word in ("call", "enrich") and self._asking:
            _way_out(self._graph, self._route, node, self._asking.pop(0))
        if word == "tap":
            self._graph.edge(Edge(node, _topic(self._graph, told)))
        if word == "choose":
            for branch in _maps(step[word]):
                self._branch(node, branch)
        return node

    def _branch(self, choice: str, branch: Mapping[str, object]) -> None:
        last = branch.get("otherwise")
        body = last if isinstance(last, Mapping) else branch
        label = "otherwise" if last is not None else str(branch.get("when", ""))
        steps = _maps(body.get("steps"))
        end = self._chain(choice, steps, label)
        self._targets(end, _maps(body.get("to")), "" if steps else label)

    def _targets(self, node: str, targets: list[Mapping[str, object]], label: str) -> None:
        for target in targets:
            told = str(target.get("when", "")) or label
            if "topic" in target:
                self._graph.edge(Edge(node, _topic(self._graph, _short(target["topic"])), told))
            elif self._left:
                _way_out(self._graph, self._route, node, self._left.pop(0), told)


def _maps(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _short(value: object) -> str:
    text = value if isinstance(value, str) else _long(value)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _long(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_long(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_long(one) for one in value)
    return str(value)
