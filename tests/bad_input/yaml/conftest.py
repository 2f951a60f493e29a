"""A project in a temporary folder: the real codecs, and one connector that opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector, Effect, SinkKind, SourceKind, Surroundings
from crossdock.errors import ConfigError
from crossdock.registry import Registry
from crossdock.route.load import load_project

Findings = Callable[[Mapping[str, str | bytes]], list[str]]


class FileOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: str
    match: str = "*"
    name: str = "{id}"
    password: SecretStr | None = None


class LooseOptions(BaseModel):
    path: str


def _unopened(options: BaseModel, around: Surroundings) -> object:
    raise AssertionError("a project that is only checked opens nothing")


SOURCE = SourceKind(options=FileOptions, open=_unopened)  # type: ignore[arg-type]  # never opened here
SINK = SinkKind(options=FileOptions, open=_unopened, effect=lambda options: Effect.PROVABLE)  # type: ignore[arg-type]  # same
LOOSE = SinkKind(options=LooseOptions, open=_unopened, effect=lambda options: Effect.OPAQUE)  # type: ignore[arg-type]  # same

CONNECTORS = {
    "file": Connector(name="file", about="Files.", source=SOURCE, sink=SINK),
    "mailbox": Connector(name="mailbox", about="Only brings.", source=SOURCE),
    "printer": Connector(name="printer", about="Only takes.", sink=LOOSE),
}


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    """Writes the files, loads the project, and gives each finding as text."""

    def told(files: Mapping[str, str | bytes]) -> list[str]:
        for name, text in {"crossdock.yaml": "", **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        connectors = Registry("crossdock.test.none", Connector, CONNECTORS)
        codecs = Registry("crossdock.codecs", CodecKind)
        try:
            found = load_project(tmp_path, environment={}, connectors=connectors, codecs=codecs).warnings
        except ConfigError as error:
            found = error.findings
        return [str(finding) for finding in found]

    return told
