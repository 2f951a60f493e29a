"""A peer that speaks SOAP, and connectors that reach it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.http_out.conftest import NOW

from crossdock.connector import Surroundings
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock_connectors.soap.asking import SoapCall, SoapSink
from crossdock_connectors.soap.options import CallOptions, SinkOptions


class Ground:
    """The peer, and what is opened to it with short time-outs."""

    def __init__(self, peer: HttpPeer, root: Path) -> None:
        self.peer, self.root = peer, root
        self._opened: list[SoapSink | SoapCall] = []

    @property
    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/soap", now=lambda: NOW)

    def _given(self, options: dict[str, object]) -> dict[str, object]:
        usual = {"allow_private": True, "timeout": "1500ms", "stall": "400ms", "post": f"{self.peer.url}/soap"}
        return {**usual, **options}

    def sink(self, **options: object) -> SoapSink:
        made = SoapSink(SinkOptions.model_validate(self._given(options)), self.around)
        self._opened.append(made)
        return made

    def call(self, **options: object) -> SoapCall:
        made = SoapCall(CallOptions.model_validate(self._given(options)), self.around)
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
