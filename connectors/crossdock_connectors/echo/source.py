"""The source: what the options say, once."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import JsonValue

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.message import Inline
from crossdock_connectors.echo.options import SourceOptions


class EchoSource:
    """Brings each thing until it is settled. ``settled`` holds the verdicts, by identity."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._name = surroundings.name
        self.settled: dict[str, Verdict] = {}

    def poll(self) -> Iterator[Arrival]:
        """What has not been settled yet, in order."""
        for time in range(self._options.times):
            for position, thing in enumerate(self._options.bring):
                identity = f"{self._name}|{time}|{position}"
                if identity not in self.settled:
                    yield self._arrival(identity, thing)

    def _arrival(self, identity: str, thing: JsonValue) -> Arrival:
        plain = isinstance(thing, str)
        return Arrival(
            identity=identity,
            payload=Inline(thing.encode() if isinstance(thing, str) else json.dumps(thing).encode()),
            content_type=self._options.content_type or ("text/plain" if plain else "application/json"),
            headers=self._options.headers,
        )

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It is not brought again."""
        self.settled[arrival.identity] = verdict

    def close(self) -> None:
        """Nothing is held."""
