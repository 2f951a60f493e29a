from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crossdock.cli.console import load
from crossdock.route.load import LoadedProject

ROUTES = {
    "orders-in": """\
about: Orders come in.
from:
  file: {path: inbox}
steps:
  - decode: json
  - choose:
      - {when: "kind == 'return'", to: [topic: return.received]}
      - {when: "kind == 'quote'", steps: [set: {fields: {asked: "`true`"}}], to: [file: {path: quotes, name: "{number}.json"}]}
      - {otherwise: {to: [topic: order.received]}}
""",
    "orders-out": """\
from: {topic: order.*}
to:
  - file: {path: outbox, name: "{number}.json"}
    when: "total > `100`"
  - {file: {path: inbox, name: "{number}.again"}, name: again}
""",
    "returns": """\
from: {topic: return.received}
enabled: false
to:
  - file: {path: returns, name: "{$id}.json"}
""",
}


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., LoadedProject]:
    """A project of these routes, loaded."""

    def written(**routes: str) -> LoadedProject:
        (tmp_path / "routes").mkdir(exist_ok=True)
        (tmp_path / "crossdock.yaml").write_text("name: little\n")
        for name, text in (routes or ROUTES).items():
            (tmp_path / "routes" / f"{name.replace('_', '-')}.yaml").write_text(text)
        return load(tmp_path)

    return written


@pytest.fixture
def project(make: Callable[..., LoadedProject]) -> LoadedProject:
    """Two routes over a topic, one of them with branches, and one that is not enabled."""
    return make()
