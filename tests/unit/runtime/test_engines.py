"""Which journal and which bus a project has: two URLs decide, and say what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from crossdock.bus.embedded import EmbeddedBus
from crossdock.errors import Halt
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.route.project import Project
from crossdock.runtime.engines import Engines
from crossdock.testing.clock import ManualClock


def engines(root: Path, **settings: str) -> Engines:
    given = {
        name: SecretStr(url) for name, url in settings.items()
    }  # as ``move --to`` does: the project has not seen it
    return Engines(root, Project().model_copy(update=given), ManualClock(), lambda name: None)


def test_without_a_word_it_is_a_file_and_what_comes_with_it(tmp_path: Path) -> None:
    made = engines(tmp_path)
    journal = made.journal()
    assert isinstance(journal, SqliteJournal)
    assert isinstance(made.bus(journal, queues=["r"], name="a", consume=True), EmbeddedBus)
    assert made.journal_file() == tmp_path / ".crossdock/journal.db"
    journal.close()


def test_a_journal_of_a_server_has_no_file(tmp_path: Path) -> None:
    assert engines(tmp_path, journal="postgresql://h/d").journal_file() is None


def test_a_journal_nobody_knows_is_refused_and_its_password_not_shown(tmp_path: Path) -> None:
    with pytest.raises(Halt, match="E721: 'mysql' is no journal") as refused:
        engines(tmp_path, journal="mysql://me:secret@h/d").journal()
    assert "secret" not in str(refused.value)


def test_a_bus_nobody_knows_is_refused_and_its_password_not_shown(tmp_path: Path) -> None:
    made, journal = engines(tmp_path, bus="kafka://me:secret@h"), MemoryJournal(ManualClock())
    with pytest.raises(Halt, match="E722: 'kafka' is no bus") as refused:
        made.bus(journal, queues=[], name="a", consume=True)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("bus", "code"), [("kafka://me:secret@h", "E722"), ("amqp://me:secret@h:bad/x", "B101")])
def test_a_bus_that_can_never_be_opened_is_refused_before_anything_runs(tmp_path: Path, bus: str, code: str) -> None:
    with pytest.raises(Halt, match=code) as refused:
        engines(tmp_path, bus=bus).refuse_no_bus()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("bus", ["embedded", "amqp://me:secret@127.0.0.1:1/"])
def test_a_bus_that_is_only_away_is_not_refused(tmp_path: Path, bus: str) -> None:
    engines(tmp_path, bus=bus).refuse_no_bus()


def test_a_driver_that_is_not_installed_is_asked_for_by_the_name_of_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ("crossdock.journal.postgres", "crossdock.postgres", "psycopg")
    for name in [name for name in sys.modules if name.startswith(ours)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Halt, match=r"E760: .*'psycopg.*crossdock\[postgres\]"):
        engines(tmp_path, journal="postgresql://h/d").journal()
