"""The peer as tests hold it: started, killed, told what to do, and asked what it has seen."""

from __future__ import annotations

import http.client
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Self, TypeAlias

from crossdock.document_json import decode, encode
from crossdock.message import Document
from crossdock.testing.servers.server import LOOPBACK, Server

CLIENT = "crossdock"
SECRET = "client-secret"

_PATIENCE = 10.0

Kind: TypeAlias = Literal["status", "hang", "close", "reset", "cut", "drip", "drip_head", "bomb", "large"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one request whose path begins with ``path``; ``effect``: after it was done.

    ``status`` answers so with ``headers`` and ``body``; ``hang`` says nothing; ``close`` and ``reset`` end the
    connection without an answer; ``cut`` in the middle of the body; ``drip`` and ``drip_head`` send a byte now and
    then; ``bomb`` is a body of 40 MB that comes packed, ``large`` one of 200 MB that does not.
    """

    kind: Kind
    path: str = "/"
    effect: bool = False
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


class HttpPeer(Server):
    """The peer. With ``tls`` (certificate, key) it speaks TLS; with ``clients`` (authorities) it wants a certificate."""

    name = "http_peer"

    def __init__(
        self, folder: Path | None = None, tls: tuple[Path, Path] | None = None, clients: Path | None = None
    ) -> None:
        super().__init__(folder)
        self._tls, self._clients = tls, clients

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{LOOPBACK}:{self.port}"

    def fresh(self) -> Self:
        """As at the beginning: what was done there is forgotten, and so are the keys."""
        self.start()
        self._tell("fresh", None)
        return self

    def plan(self, *faults: Fault) -> None:
        """Forget what was planned, and let these go wrong: each once, in this order for each path."""
        self._tell("plan", [_plain(fault) for fault in faults])

    def items(self, *items: Mapping[str, Document]) -> None:
        """What ``/items``, ``/document`` and ``/lookup`` answer from now on."""
        self._tell("items", [dict(item) for item in items])

    def entities(self, **entities: Mapping[str, Document]) -> None:
        """What the services of OData have, by path: ``Orders('1')``."""
        self._tell("entities", {name: dict(entity) for name, entity in entities.items()})

    @property
    def stored(self) -> dict[str, Document]:
        """The entities as they are now."""
        found = self._tell("stored", None)
        return found if isinstance(found, dict) else {}

    def behave(self, **settings: Document) -> None:
        """Settings: ``loop`` (the cursor never ends), ``cap`` (items of a page at most), ``token_life`` (seconds)."""
        self._tell("behave", settings)

    def revoke(self) -> None:
        """No token that was given counts any more."""
        self._tell("revoke", None)

    @property
    def seen(self) -> list[dict[str, Document]]:
        """Every request: ``method``, ``path``, ``query``, ``headers`` (lower case), ``body``, ``connection``."""
        found = self._tell("seen", None)
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []

    @property
    def effects(self) -> Counter[str]:
        """How often each thing was done, by its key (or by its body, where none was sent)."""
        return Counter(key for key, _ in self.done)

    @property
    def done(self) -> list[tuple[str, bytes]]:
        """Every effect, by its key, with the body it was asked for with."""
        path = self.folder / "effects"
        lines = path.read_text().splitlines() if path.exists() else []
        pairs = (line.partition("\t") for line in lines)
        return [(key, b64decode(body)) for key, _, body in pairs]

    def _tell(self, what: str, value: Document) -> Document:
        connection = http.client.HTTPConnection(LOOPBACK, self._control, timeout=_PATIENCE)
        try:
            connection.request("POST", f"/{what}", encode(value))
            return decode(connection.getresponse().read())
        finally:
            connection.close()

    @property
    def _control(self) -> int:
        return int((self.folder / "control").read_text())

    def _make(self) -> None:
        """Nothing is to be written first."""

    def _command(self) -> list[str | Path]:
        (self.folder / "control").unlink(missing_ok=True)
        files: Sequence[Path] = (*(self._tls or ()), *([self._clients] if self._clients else []))
        program = "crossdock.testing.servers.http_peer.program"
        return [sys.executable, "-m", program, str(self.port), str(self.folder), *files]

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "PYTHONPATH": ":".join(path for path in sys.path if path)}

    def _ready(self) -> bool:
        return (self.folder / "control").exists()


def _plain(fault: Fault) -> Document:
    fields: dict[str, Document] = {**asdict(fault), "headers": {**fault.headers}}
    return fields
