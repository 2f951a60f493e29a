"""Connectors find their notes again: in the journal, each place by itself, whatever the text."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.main import crossdock
from crossdock.errors import Retry
from crossdock.journal.contract import Journal
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.runtime.clock import SystemClock
from crossdock.runtime.notebooks import Notebooks
from crossdock.testing.clock import ManualClock

FILE = "out/\udcff\udce9.edi"  # a name that is no UTF-8, as Python shows it


def test_notes_outlive_the_process(tmp_path: Path) -> None:
    def opened() -> Notebooks:
        return Notebooks(lambda: SqliteJournal(tmp_path / "journal.db", SystemClock()))

    with closing(opened()) as notebooks:
        notebooks.of("orders-in").write({"watermark": "2026-11-20", FILE: "seen"})
    with closing(opened()) as notebooks:
        found = notebooks.of("orders-in").read(["watermark", FILE, "other"])
    assert found == {"watermark": "2026-11-20", FILE: "seen"}


def test_nothing_is_opened_before_somebody_asks() -> None:
    def refuse() -> Journal:
        raise AssertionError

    Notebooks(refuse).of("orders-in")


def test_a_journal_that_is_away_is_asked_again() -> None:
    journal = MemoryJournal(ManualClock())
    away = iter([True, False])

    def open_() -> Journal:
        if next(away):
            raise Retry("E731", "away")
        return journal

    notes = Notebooks(open_).of("orders-in")
    with pytest.raises(Retry, match="E731"):
        notes.read(["watermark"])
    notes.write({"watermark": "1"})
    assert journal.notes("orders-in", ["watermark"]) == {"watermark": "1"}


def test_many_threads_share_the_connection_of_a_process(tmp_path: Path) -> None:
    notebooks = Notebooks(lambda: SqliteJournal(tmp_path / "journal.db", SystemClock(), synchronous="OFF"))

    def work(number: int) -> str:
        notes = notebooks.of(f"route-{number}")
        for turn in range(20):
            notes.write({"watermark": str(turn)})
        return notes.read(["watermark"])["watermark"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(16))) == {"19"}
    notebooks.close()


class TestCommands:
    """``crossdock notes``."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        (tmp_path / "crossdock.yaml").write_text("name: noted\n")
        journal = SqliteJournal(tmp_path / ".crossdock" / "journal.db", SystemClock())
        journal.note("orders-in", {"watermark": "2026-11-20", "etag": "5-a"})
        journal.close()
        return tmp_path

    def _run(self, project: Path, *words: str) -> str:
        result = CliRunner().invoke(crossdock, ["notes", *words, "--project", str(project)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def test_places_and_their_notes_are_shown(self, project: Path) -> None:
        assert [one["place"] for one in json.loads(self._run(project, "list", "--json"))] == ["orders-in"]
        shown = json.loads(self._run(project, "show", "orders-in", "--json"))
        assert [(one["key"], one["text"]) for one in shown] == [("etag", "5-a"), ("watermark", "2026-11-20")]
        assert "watermark" in self._run(project, "show", "orders-in")
        assert "orders-in" in self._run(project, "list")

    def test_a_watermark_is_set_back_and_the_reason_is_kept(self, project: Path) -> None:
        self._run(project, "set", "orders-in", "watermark", "2026-11-01", "--reason", "November came incomplete")
        (decision,) = json.loads(self._run(project, "decisions", "--json"))
        assert decision["reason"] == "November came incomplete"
        assert (decision["was"], decision["is"]) == ({"watermark": "2026-11-20"}, {"watermark": "2026-11-01"})
        assert "November" in self._run(project, "decisions")

    def test_notes_are_forgotten_one_by_one_or_all(self, project: Path) -> None:
        assert "1 notes" in self._run(project, "forget", "orders-in", "etag", "--reason", "why not")
        assert "1 notes" in self._run(project, "forget", "orders-in", "--all", "--reason", "begin anew")
        assert json.loads(self._run(project, "list", "--json")) == []
        assert len(json.loads(self._run(project, "decisions", "--json"))) == 2

    def test_what_to_forget_must_be_said(self, project: Path) -> None:
        words = ["notes", "forget", "orders-in", "--reason", "x", "--project", str(project)]
        assert CliRunner().invoke(crossdock, words).exit_code == 2

    def test_a_change_needs_a_reason(self, project: Path) -> None:
        words = ["notes", "forget", "orders-in", "--all", "--project", str(project)]
        assert CliRunner().invoke(crossdock, words).exit_code == 2
