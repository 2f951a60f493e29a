"""What is simulated: a small project of real routes, loaded by the engine as any other, and systems of every class.

* ``orders`` come several to a file, are split, recognised when they come twice, and published;
* ``spread`` delivers each to one system of every effect class, and in batches to two;
* ``events`` must keep their sequence by customer all the way.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NoReturn

from pydantic import BaseModel, ConfigDict

from crossdock import document_json
from crossdock.codecs.contract import AnyCodecKind, CodecKind, Part
from crossdock.connector import Connector, Effect, SinkKind, SourceKind, Surroundings
from crossdock.errors import Finding
from crossdock.message import Document, Payload, read_all
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project
from crossdock.testing.simulation.process import Poisoned

ATTEMPTS = 6
RETRY = f"retry: {{attempts: {ATTEMPTS}, first: 2s, factor: 2, max: 60s}}"
ROUTES = {
    "orders": """\
about: Orders, several to a file.
from:
  sim: {name: orders}
steps:
  - decode: lines
  - split: lines
  - once: {key: number, within: 90d}
to:
  - topic: order.received
""",
    "spread": f"""\
about: Each order goes to a system of every class.
from:
  topic: order.received
to:
  - sim: {{name: provable, effect: provable}}
    name: provable
    {RETRY}
  - sim: {{name: keyed, effect: keyed}}
    name: keyed
    {RETRY}
  - sim: {{name: transactional, effect: transactional}}
    name: transactional
    {RETRY}
  - sim: {{name: opaque, effect: opaque}}
    name: opaque
    {RETRY}
  - sim: {{name: batched, effect: provable}}
    name: batched
    batch: {{count: 3, wait: 5s}}
    {RETRY}
  - sim: {{name: gathered, effect: keyed}}
    name: gathered
    batch: {{count: 3, wait: 5s}}
    {RETRY}
""",
    "events": f"""\
about: Events of one customer keep their sequence.
from:
  sim: {{name: events}}
steps:
  - decode: lines
to:
  - sim: {{name: ordered, effect: keyed}}
    name: ordered
    {RETRY}
order: {{by: customer}}
""",
}
#: Where each route's documents must arrive.
DESTINATIONS = {
    "orders": ("provable", "keyed", "transactional", "opaque", "batched", "gathered"),
    "events": ("ordered",),
}
EFFECTS = {
    "provable": Effect.PROVABLE,
    "keyed": Effect.KEYED,
    "transactional": Effect.TRANSACTIONAL,
    "opaque": Effect.OPAQUE,
    "batched": Effect.PROVABLE,
    "gathered": Effect.KEYED,
    "ordered": Effect.KEYED,
}


class SinkOptions(BaseModel):
    """A system by name, and the promise it makes."""

    model_config = ConfigDict(extra="forbid")
    name: str
    effect: Literal["provable", "keyed", "transactional", "opaque"]


class SourceOptions(BaseModel):
    """A place by name."""

    model_config = ConfigDict(extra="forbid")
    name: str


class LineOptions(BaseModel):
    """Nothing to choose."""

    model_config = ConfigDict(extra="forbid")


class Deadly(tuple[Finding, ...]):
    """The findings about a document that is the death of the process that works on it."""

    __slots__ = ()

    def __iter__(self) -> NoReturn:
        """Every route begins by looking at them."""
        raise Poisoned


@dataclass
class Lines:
    """One JSON document a line. One with ``kills`` is the death of whoever works on it, one with ``bad`` is refused."""

    parts: str = "lines"
    content_type: str = "application/x-ndjson"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """See ``Codec``."""
        for position, line in enumerate(read_all(payload).splitlines(), start=1):
            yield self._part(line, position)

    def whole(self, payload: Payload) -> Part:
        """See ``Codec``."""
        return self._part(read_all(payload), 1)

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """See ``Codec``."""
        for document in documents:
            yield document_json.encode(document) + b"\n"

    def _part(self, line: bytes, position: int) -> Part:
        document = json.loads(line)
        findings: tuple[Finding, ...] = (
            (Finding(code="T215", message="a line nobody can read"),) if document.get("bad") else ()
        )
        if document.get("kills"):
            findings = Deadly((Finding(code="T215", message="the end of whoever reads this"),))
        return Part(position=position, document=document, raw=lambda: line, findings=findings)


def _opened_elsewhere(options: BaseModel, around: Surroundings) -> NoReturn:
    """The simulation opens sinks and sources itself: they belong to a simulated process."""
    raise RuntimeError(f"{around.name} of the simulation is not opened through its connector")


@cache
def project() -> LoadedProject:
    """The project, loaded once per process."""
    sink = SinkKind(options=SinkOptions, open=_opened_elsewhere, effect=lambda options: Effect(options.effect))
    source = SourceKind(options=SourceOptions, open=_opened_elsewhere)
    sim = Connector(name="sim", about="A system of the simulation.", source=source, sink=sink)
    lines: AnyCodecKind = CodecKind(
        name="lines",
        about="JSON lines.",
        options=LineOptions,
        open=lambda options, resources: Lines(),
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "routes").mkdir()
        (root / "crossdock.yaml").write_text("name: simulation\n", encoding="utf-8")
        for name, text in ROUTES.items():
            (root / "routes" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_project(
            root,
            environment={},
            connectors=Registry("crossdock.connectors", Connector, {"sim": sim}),
            codecs=Registry("crossdock.codecs", CodecKind, {"lines": lines}),
        )
