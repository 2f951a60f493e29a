"""kill -9 around the commit of an arrival: the watermark that came with it is never ahead of what was taken, nor behind."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crossdock.journal.contract import Journal
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.runtime.clock import SystemClock
from crossdock.testing.servers.postgres import PostgresAddress

ROWS = 450  # more than four batches
ROUTE = 'from:\n  rows: {path: rows.txt}\nto:\n  - file: {path: out, name: "{$header.row}.txt"}\n'

#: A source that leaves what it takes where it is, and knows by its watermark alone how far it has come.
SOURCE = """
from pathlib import Path
from pydantic import BaseModel, ConfigDict
from crossdock.connector import Arrival, Connector, SourceKind
from crossdock.message import Inline


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    path: Path
    every: float = 0.05


class Rows:
    def __init__(self, path, notes):
        self.path, self.notes = path, notes

    def poll(self):
        done = int(self.notes.read(["watermark"]).get("watermark", "0"))
        for number, row in enumerate(self.path.read_text().splitlines(), start=1):
            if number > done:
                identity = str(number)
                payload, notes = Inline(row.encode()), {"watermark": identity}
                yield Arrival(identity=identity, payload=payload, headers={"row": identity}, notes=notes)

    def settle(self, arrival, verdict):
        pass

    def close(self):
        pass


def open_(options, around):
    return Rows(around.root / options.path, around.notes)


CONNECTORS = [Connector(name="rows", about="Rows of a file.", source=SourceKind(options=Options, open=open_))]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("routes", "plugins"):
        (tmp_path / folder).mkdir()
    (tmp_path / "plugins" / "rows.py").write_text(SOURCE)
    (tmp_path / "routes" / "rows-in.yaml").write_text(ROUTE)
    (tmp_path / "rows.txt").write_text("".join(f"row {number}\n" for number in range(1, ROWS + 1)))
    return tmp_path


@pytest.mark.parametrize(
    ("engine", "point"),
    [
        ("sqlite", "accept.before_commit:2"),
        ("sqlite", "intake.before_settle:3"),
        ("postgresql", "accept.before_commit:2"),
        ("postgresql", "accept.after_commit:2"),
    ],
)
def test_a_watermark_is_where_the_last_accepted_row_is(
    project: Path, postgres: PostgresAddress, engine: str, point: str
) -> None:
    url = ".crossdock/journal.db" if engine == "sqlite" else postgres.fresh()
    (project / "crossdock.yaml").write_text(f"name: rows\njournal: {url}\nplugins: [plugins/rows.py]\nworkers: 1\n")
    once = project / "fired"

    with _running(project, CROSSDOCK_FAIL=point, CROSSDOCK_FAIL_ONCE=str(once)) as run:
        run.wait(timeout=90)

    assert once.exists()
    with closing(_journal(project, url)) as journal:
        assert journal.notes("rows-in", ["watermark"]) == {"watermark": str(ROWS)}
        account = journal.audit()
        assert account.balanced
        assert account.accepted == ROWS
    assert sorted(int(path.stem) for path in (project / "out").iterdir()) == list(range(1, ROWS + 1))


def _running(project: Path, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "crossdock", "run", "--until-idle"]
    return subprocess.Popen(command, cwd=project, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)


def _journal(project: Path, url: str) -> Journal:
    clock = SystemClock()
    return PostgresJournal(url, clock) if "://" in url else SqliteJournal(project / url, clock)
