"""Which sources a host polls alone: those that would bring everything to each, and those of routes that keep an order."""

from __future__ import annotations

from pathlib import Path

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.registry import Registry
from crossdock.route.load import load_project
from crossdock.runtime.engine import Engine

FILE = "from:\n  file: {path: inbox}\n"
AMQP = "from:\n  amqp: {url: 'amqp://broker', queue: orders}\n"
ORDER = "order: {by: number}\nsteps:\n  - decode: json\n"
TO = "to:\n  - file: {path: out}\n"


def test_a_queue_is_shared_but_by_a_route_that_keeps_an_order(tmp_path: Path) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "crossdock.yaml").touch()
    for name, text in {"file": FILE, "amqp": AMQP, "amqp-in-order": AMQP + ORDER}.items():
        (tmp_path / "routes" / f"{name}.yaml").write_text(text + TO)
    connectors, codecs = Registry("crossdock.connectors", Connector), Registry("crossdock.codecs", CodecKind)
    engine = Engine(load_project(tmp_path, environment={}, connectors=connectors, codecs=codecs), {})
    assert sorted(engine.sources_of_one()) == ["amqp-in-order", "file"]
