"""A project in a temporary folder, with small fakes for what a route refers to."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from crossdock import document_json
from crossdock.codecs.contract import AnyCodecKind, Codec, CodecKind, Part, Resources
from crossdock.connector import CallKind, Connector, Effect, SinkKind, SourceKind, Surroundings
from crossdock.errors import ConfigError, Finding, Reject
from crossdock.message import Document, Inline, Message, Payload, read_all, root_id
from crossdock.registry import Registry
from crossdock.route.compiled import CompiledRoute
from crossdock.route.load import LoadedProject, load_project
from crossdock.route.plan import Plan


class AskOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    get: str | None = None
    post: str | None = None
    effect: Effect = Effect.KEYED


class FolderOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: str
    match: str = "*"
    name: str = "{id}"
    password: SecretStr | None = None
    done: Literal["archive", "delete"] = "archive"


def _unopened(options: FolderOptions, around: Surroundings) -> object:
    raise AssertionError("a route that is only compiled opens nothing")


class LineOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    layout: str | None = None


@dataclass(frozen=True)
class Lines:
    """A codec: one JSON document a line; a line that is none is a part with a finding."""

    parts: str = "lines"
    content_type: str = "application/x-ndjson"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        for position, line in enumerate(read_all(payload).splitlines(), start=1):
            yield _part(line, position)

    def whole(self, payload: Payload) -> Part:
        part = _part(read_all(payload), 1)
        if part.findings:
            raise Reject.of(part.findings)
        return part

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        for document in documents:
            yield document_json.encode(document) + b"\n"


def _part(line: bytes, position: int) -> Part:
    if not line.startswith((b"{", b"[")):
        return Part(position=position, document={}, raw=lambda: line, findings=(Finding(code="L1", message="bad"),))
    return Part(position=position, document=document_json.decode(line), raw=lambda: line)


def _open(options: LineOptions, resources: Resources) -> Codec:
    if options.layout is not None:
        resources.layout(options.layout)
    return Lines()


def connectors() -> Registry[Connector]:
    source = SourceKind(options=FolderOptions, open=_unopened)  # type: ignore[arg-type]  # never opened here
    sink = SinkKind(options=FolderOptions, open=_unopened, effect=lambda options: Effect.PROVABLE)  # type: ignore[arg-type]  # same
    asked = CallKind(
        options=AskOptions,
        open=_unopened,  # type: ignore[arg-type]  # same
        effect=lambda options: options.effect if options.post else None,
    )
    found = {
        "folder": Connector(name="folder", about="Files.", source=source, sink=sink),
        "mailbox": Connector(name="mailbox", about="Only brings.", source=source),
        "printer": Connector(name="printer", about="Only takes.", sink=sink),
        "http": Connector(name="http", about="Is asked.", call=asked),
    }
    return Registry("crossdock.test.none", Connector, found)


def codecs() -> Registry[AnyCodecKind]:
    kind = CodecKind(name="lines", about="JSON lines.", options=LineOptions, open=_open, shorthand="layout")
    other = CodecKind(name="paper", about="Never used.", options=LineOptions, open=_open)
    return Registry("crossdock.test.none", CodecKind, {"lines": kind, "paper": other})


Files = Mapping[str, str]
Make = Callable[..., Message]
Decide = Callable[..., Any]


@dataclass(frozen=True)
class Workshop:
    """Writes files and loads them as a project."""

    root: Path
    environment: dict[str, str]

    def write(self, files: Files) -> None:
        for name, text in {"crossdock.yaml": "", **files}.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def load(self, files: Files) -> LoadedProject:
        self.write(files)
        return load_project(self.root, environment=self.environment, connectors=connectors(), codecs=codecs())

    def findings(self, files: Files) -> list[str]:
        """Each finding as text, errors and warnings alike."""
        try:
            found: Iterable[Finding] = self.load(files).warnings
        except ConfigError as error:
            found = error.findings
        return [str(finding) for finding in found]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, {})


NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Bench:
    """One route over a topic, from its steps as YAML text: decides documents without a worker."""

    workshop: Workshop
    now: datetime = NOW

    def route(self, text: str, **files: str) -> Any:  # noqa: ANN401 - tests look into what they know it is
        """The route ``r``; ``files`` adds mappings (``order``), tables (``units_csv``) and partners (``acme_partner``)."""
        named = {_path(name): body for name, body in files.items()}
        return self.workshop.load({"routes/r.yaml": text, **named}).routes["r"]

    def plan(self, steps: str, document: Any, *, released: frozenset[str] = frozenset(), **files: str) -> Any:  # noqa: ANN401 - as above
        """What becomes of the document after ``steps`` (a YAML list), with one destination ``folder``."""
        text = f"from: {{topic: t}}\nsteps:\n{textwrap.indent(steps, '  ')}\nto:\n  - folder: {{path: out}}\n"
        return decided(self.route(text, **files), document, released=released)


def _path(name: str) -> str:
    if name.endswith("_csv"):
        return f"mappings/tables/{name[:-4]}.csv"
    return f"partners/{name[:-8]}.yaml" if name.endswith("_partner") else f"mappings/{name}.yaml"


def message(body: bytes, **more: str) -> Message:
    identity = root_id(1_700_000_000_000, b"0123456789")
    return Message(id=identity, correlation=identity, route="r", body=Inline(body), **more)  # type: ignore[arg-type]  # only text fields are given


def decided(route: CompiledRoute, document: Document, *, released: frozenset[str] = frozenset()) -> Plan:
    arrived = message(document_json.encode(document), content_type="application/json")
    (part,) = route.parts(arrived, NOW)
    assert isinstance(part, Part)
    return route.decide(arrived, part, NOW, released)


@pytest.fixture
def bench(workshop: Workshop) -> Bench:
    return Bench(workshop)


@pytest.fixture(name="message")
def _message() -> Callable[..., Message]:
    return message


@pytest.fixture(name="decided")
def _decided() -> Callable[..., Plan]:
    return decided
