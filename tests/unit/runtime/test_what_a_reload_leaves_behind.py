"""What a changed project may not change under a run, and what is told of messages that nobody takes any more."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.beginning import beginning
from crossdock.cli.console import engine
from crossdock.cli.main import crossdock
from crossdock.errors import ConfigError
from crossdock.journal.contract import Entry, Post
from crossdock.message import Inline, Message
from crossdock.ops.changes.sources import that_run
from crossdock.runtime.deployed import deploy
from crossdock.runtime.engine import Engine
from crossdock.runtime.reloading import left_behind
from crossdock.runtime.roles import Role
from crossdock.runtime.whereabouts import refuse_elsewhere

ROUTE = "from: {file: {path: in}}\nto:\n  - file: {path: out}\n  - {name: copy, file: {path: copies}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "routes").mkdir()
    (tmp_path / "crossdock.yaml").write_text("name: shop\n")
    (tmp_path / "routes" / "r.yaml").write_text(ROUTE)
    return tmp_path


def send(opened: Engine, queue: str) -> None:
    id = opened.new_id()
    message = Message(id=id, correlation=id, route="r", body=Inline(b"x"))
    with closing(opened.open_journal()) as journal:
        journal.accept([Entry(message=message, scope="test", identity=id, posts=(Post(queue=queue),))])


def test_a_removed_route_and_a_removed_destination_are_told_with_what_is_open(root: Path) -> None:
    before = engine(root)
    for queue in ("r", "r/copy", "r/copy"):
        send(before, queue)
    (root / "routes" / "r.yaml").write_text(ROUTE.partition("  - {name")[0])
    (one,) = left_behind(before, engine(root))
    assert "destination 'copy' of route 'r' is removed while 2 messages of it are open" in str(one)
    (root / "routes" / "r.yaml").unlink()
    assert [str(finding.place) for finding in left_behind(before, engine(root))] == ["routes/r.yaml:1:1"] * 2


def test_nothing_is_told_where_nothing_is_open(root: Path) -> None:
    before = engine(root)
    (root / "routes" / "r.yaml").unlink()
    assert left_behind(before, engine(root)) == []


def test_another_journal_is_refused_at_its_line(root: Path) -> None:
    before = engine(root)
    (root / "crossdock.yaml").write_text("name: shop\njournal: other.db\n")
    with pytest.raises(ConfigError) as caught:
        refuse_elsewhere(before, engine(root))
    assert str(caught.value.findings[0].place) == "crossdock.yaml:2:1"
    refuse_elsewhere(before, before)


def test_the_journal_keeps_the_files_that_were_deployed_last(root: Path) -> None:
    opened = engine(root)
    with closing(opened.open_journal()) as journal:
        deploy(journal, opened)
        (root / "routes" / "s.yaml").write_bytes(ROUTE.replace("in}", "in2}").encode())
        (root / "routes" / "r.yaml").unlink()
        deploy(journal, engine(root))
        found = that_run(journal)
    assert found is not None
    assert list(found.texts) == ["crossdock.yaml", "routes/s.yaml"]
    shown = CliRunner().invoke(crossdock, ["notes", "list", "--project", str(root), "--json"])
    assert shown.stdout.strip() == "[]", "they are no notes of a connector"


def test_a_run_says_what_it_runs_where_it_takes_from_and_where_it_answers(root: Path) -> None:
    (root / "crossdock.yaml").write_text("name: shop\nhealth: 127.0.0.1:9480\n")
    (root / "routes" / "h.yaml").write_text("from: {http: {path: /orders}}\nto:\n  - file: {path: out}\n")
    (root / "routes" / "off.yaml").write_text("enabled: false\n" + ROUTE)
    first, *rest = beginning(engine(root), watched=True)
    assert first.endswith("runs 'shop': 2 routes, 1 switched off, 1 worker")
    assert rest == [
        "sources: r (file)",
        "answers at http://127.0.0.1:8080 /orders; http://127.0.0.1:9480 /live, /ready",
        "logs follow as lines of JSON; changed files take effect; Ctrl-C stops it",
    ]
    (only, *_) = beginning(engine(root, roles=frozenset({Role.WORKER})), watched=False)
    assert only.endswith("2 routes, 1 switched off, 1 worker, only as worker")
