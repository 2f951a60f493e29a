"""A peer that speaks OData, and connectors that reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.http_out.conftest import NOW

from crossdock.connector import Notes, NotesInMemory, Surroundings
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock_connectors.odata.call import ODataCall
from crossdock_connectors.odata.options import CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.odata.sink import ODataSink
from crossdock_connectors.odata.source import ODataSource


class Ground:
    """The peer, and what is opened to it with short time-outs."""

    def __init__(self, peer: HttpPeer, root: Path) -> None:
        self.peer, self.root = peer, root
        self.notes: Notes = NotesInMemory()
        self._opened: list[ODataSink | ODataCall | ODataSource] = []

    @property
    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/odata", now=lambda: NOW, notes=self.notes)

    def _given(self, options: dict[str, object]) -> dict[str, object]:
        version = options.get("version", "v4")
        usual = {"allow_private": True, "timeout": "1500ms", "stall": "400ms", "entity": "Orders"}
        return {**usual, "service": f"{self.peer.url}/odata/{version}", **options}

    def sink(self, **options: object) -> ODataSink:
        made = ODataSink(SinkOptions.model_validate(self._given(options)), self.around)
        self._opened.append(made)
        return made

    def call(self, **options: object) -> ODataCall:
        made = ODataCall(CallOptions.model_validate(self._given(options)), self.around)
        self._opened.append(made)
        return made

    def source(self, clock: Callable[[], float] = lambda: 0.0, **options: object) -> ODataSource:
        made = ODataSource(SourceOptions.model_validate(self._given(options)), self.around, clock=clock)
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
