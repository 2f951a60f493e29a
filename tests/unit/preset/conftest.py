"""A peer that plays what vendors document, and places of presets that are opened to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from crossdock.connector import Arrival, Connector, NotesInMemory, Parcel, Surroundings, Verdict
from crossdock.document_json import encode
from crossdock.errors import CrossdockError
from crossdock.message import Document, Inline
from crossdock.preset.found import installed, read
from crossdock.registry import Registry
from crossdock.testing.servers.http_peer import Fault, HttpPeer

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"

_REGISTRY = Registry("crossdock.connectors", Connector)


def connector(name: str) -> Connector:
    """A shipped preset."""
    return read(name, installed()[name], _REGISTRY.get).connector


def answer(body: object, *, path: str = "/", status: int = 200, headers: Mapping[str, str] | None = None) -> Fault:
    """What the peer says once."""
    return Fault(kind="status", path=path, status=status, body=json.dumps(body), headers=dict(headers or {}))


def parcel(document: Document, *, key: str = "0e3b1d8c-key", headers: Mapping[str, str] | None = None) -> Parcel:
    return Parcel(
        key=key,
        message=MESSAGE,
        payload=Inline(encode(document)),
        document=document,
        content_type="application/json",
        headers=dict(headers or {}),
    )


class Ground:
    """The peer, and the places that are opened to it."""

    def __init__(self, peer: HttpPeer, root: Path) -> None:
        self.peer, self.root, self.notes = peer, root, NotesInMemory()
        self._opened: list[Any] = []

    @property
    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="route/preset", now=lambda: NOW, notes=self.notes)

    def options(self, preset: str, role: str, place: str, **given: object) -> BaseModel:
        kind = getattr(connector(preset), role)
        reached = {"allow_private": True, "timeout": "5s"} if role != "endpoint" else {}
        address = {"address": self.peer.url} if "address" not in given and role != "endpoint" else {}
        written = {key: value for key, value in {**reached, **address, **given}.items() if value is not None}
        read_as: BaseModel = kind.options.model_validate({place: written})
        return read_as

    def kind(self, preset: str, role: str) -> Any:  # noqa: ANN401 - by its role
        return getattr(connector(preset), role)

    def parcel(self, document: Document, headers: Mapping[str, str] | None = None) -> Parcel:
        return parcel(document, headers=headers)

    def opened(self, preset: str, role: str, place: str, **given: object) -> Any:  # noqa: ANN401 - by its role
        kind = getattr(connector(preset), role)
        one = kind.open(self.options(preset, role, place, **given), self.around)
        self._opened.append(one)
        return one

    def polled(self, source: Any) -> list[Arrival]:  # noqa: ANN401 - a source
        arrivals = list(source.poll())
        for arrival in arrivals:
            self.notes.write(dict(arrival.notes))
            source.settle(arrival, Verdict.ACCEPTED)
        return arrivals

    def documents(self, source: Any) -> list[Any]:  # noqa: ANN401 - a source
        return [json.loads(b"".join(one.payload.chunks())) for one in self.polled(source)]

    def sent(self, sink: Any, *documents: Mapping[str, object]) -> list[object]:  # noqa: ANN401 - a sink
        plain = [json.loads(json.dumps(one)) for one in documents]
        return list(sink.send([parcel(one, key=f"key-{number}") for number, one in enumerate(plain, start=1)]))

    def asked(self, call: Any, document: Document = None) -> Document | CrossdockError:  # noqa: ANN401 - a call
        found: Document | CrossdockError = call.ask(parcel(document))
        return found

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(str(one["body"])) for one in self.peer.seen if one["body"]]

    @property
    def seen(self) -> list[Any]:
        return list(self.peer.seen)

    def close(self) -> None:
        for one in self._opened:
            one.close()


@pytest.fixture
def ground(http_peer: HttpPeer, tmp_path: Path) -> Iterator[Ground]:
    made = Ground(http_peer.fresh(), tmp_path)
    yield made
    made.close()
