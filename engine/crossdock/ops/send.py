"""Sending a file into a route by hand: the same durable intake as a source's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossdock.connector import Arrival
from crossdock.errors import ConfigError, Finding
from crossdock.journal.contract import WorkStore
from crossdock.message import CHUNK
from crossdock.runtime.engine import Engine
from crossdock.runtime.intake import entry
from crossdock.yaml_source import suggest


@dataclass(frozen=True, slots=True)
class FilePayload:
    """A file that a person named; read when it is needed."""

    path: Path

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.path.stat().st_size

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning."""
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def send_into(
    engine: Engine, journal: WorkStore, route: str, payload: FilePayload, name: str, *, again: bool
) -> tuple[str, bool]:
    """Accept ``payload`` for ``route``: the id it is known by, and whether it is new. Raises ``ConfigError``."""
    known = engine.routes.get(route)
    if known is None:
        hint = suggest(route, engine.routes)
        raise ConfigError.of([Finding(code="E611", message=f"there is no route '{route}'", hint=hint)])
    id = engine.new_id()
    digest = hashlib.sha256()
    for chunk in payload.chunks():
        digest.update(chunk)
    identity = id if again else f"send:{digest.hexdigest()}"
    kind = "application/json" if known.topics else "application/octet-stream"  # a topic carries documents
    arrival = Arrival(identity=identity, payload=payload, content_type=kind, headers={"file.name": name})
    found = journal.accept([entry(known, arrival, id, engine.project.settings.retention.keys)])[0]
    return found, found == id
