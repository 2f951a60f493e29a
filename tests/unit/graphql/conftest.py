"""A peer that speaks GraphQL, and connectors that reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.http_out.conftest import NOW

from crossdock.connector import Notes, NotesInMemory, Surroundings
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock_connectors.graphql.asking import GraphQlCall, GraphQlSink
from crossdock_connectors.graphql.options import CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.graphql.source import GraphQlSource

CREATE = (
    "mutation Create($input: OrderInput!, $key: String) {"
    " orderCreate(input: $input, key: $key) { order { id } userErrors { field message code } } }"
)
LIST = (
    "query Orders($first: Int, $after: String, $since: String) {"
    " orders(first: $first, after: $after, since: $since) {"
    " nodes { id updated total } pageInfo { hasNextPage endCursor } } }"
)


class Ground:
    """The peer, and what is opened to it with short time-outs."""

    def __init__(self, peer: HttpPeer, root: Path) -> None:
        self.peer, self.root = peer, root
        self.notes: Notes = NotesInMemory()
        self._opened: list[GraphQlSink | GraphQlCall | GraphQlSource] = []

    @property
    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/graphql", now=lambda: NOW, notes=self.notes)

    def _given(self, options: dict[str, object]) -> dict[str, object]:
        usual = {"allow_private": True, "timeout": "1500ms", "stall": "400ms", "post": f"{self.peer.url}/graphql"}
        return {**usual, **options}

    def sink(self, **options: object) -> GraphQlSink:
        given = {"mutation": CREATE, "variables": {"input": "@"}, **options}
        made = GraphQlSink(SinkOptions.model_validate(self._given(given)), self.around)
        self._opened.append(made)
        return made

    def call(self, **options: object) -> GraphQlCall:
        made = GraphQlCall(CallOptions.model_validate(self._given(options)), self.around)
        self._opened.append(made)
        return made

    def source(self, clock: Callable[[], float] = lambda: 0.0, **options: object) -> GraphQlSource:
        given = {"query": LIST, "items": "orders.nodes", "paging": {"info": "orders.pageInfo"}, **options}
        made = GraphQlSource(SourceOptions.model_validate(self._given(given)), self.around, clock=clock)
        self._opened.append(made)
        return made

    def close(self) -> None:
        for one in self._opened:
            one.close()


@pytest.fixture
def ground(http_peer: HttpPeer, tmp_path: Path) -> Iterator[Ground]:
    made = Ground(http_peer.fresh(), tmp_path)
    yield made
    made.close()
