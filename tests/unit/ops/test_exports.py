"""Messages as lines of JSON: which ones, what stands in a line, and that it is the message."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crossdock.delivery.states import State
from crossdock.errors import Retry
from crossdock.journal.contract import Query
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.message import read_all
from crossdock.ops.exporting import Wanted, export
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, id_of
from crossdock.testing.journal_suite.populated import LARGE, populate


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    clock = ManualClock()
    with closing(SqliteJournal(tmp_path / "journal.db", clock, synchronous="OFF")) as journal:
        populate(journal, clock)
        yield journal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.ndjson"


def _lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_everything_that_is_known_of_a_message_stands_in_its_line(journal: SqliteJournal, file: Path) -> None:
    assert export(journal, Wanted(keys=(id_of(5),)), file) == 1
    (line,) = _lines(file)
    assert line["id"] == line["correlation"] == id_of(5)
    assert (line["text"], line["size"], line["headers"]) == ("payload", 7, {"file.name": "5.edi"})
    (stay,) = line["work"] if isinstance(line["work"], list) else []
    assert (stay["queue"], stay["state"], stay["code"]) == ("orders", "held", "R403")


def test_a_payload_that_is_no_text_is_in_base64(journal: SqliteJournal, file: Path) -> None:
    export(journal, Wanted(keys=(id_of(42),)), file)
    (line,) = _lines(file)
    assert "text" not in line or line["text"] is None
    found = journal.message(id_of(42))
    assert found is not None
    assert read_all(found.body) == LARGE
    assert line["size"] == len(LARGE)


def test_a_business_key_names_messages_and_lineage_leads_to_the_first(journal: SqliteJournal, file: Path) -> None:
    assert export(journal, Wanted(keys=("PO-20",)), file) == 1
    (line,) = _lines(file)
    assert line["lineage"] == [id_of(20)]
    assert isinstance(line["work"], list)
    assert len(line["work"]) == 2


@pytest.mark.parametrize("state", list(State))
def test_a_state_names_what_is_in_it(journal: SqliteJournal, file: Path, state: State) -> None:
    count = export(journal, Wanted(states=(state,)), file)
    assert count == len({item.message.id for item in journal.items(Query(states=(state,)))})
    assert len(_lines(file)) == count


def test_a_message_in_several_queues_is_there_once(journal: SqliteJournal, file: Path) -> None:
    export(journal, Wanted(route="orders"), file)
    ids = [line["id"] for line in _lines(file)]
    assert len(ids) == len(set(ids))


def test_a_span_of_time_has_its_beginning_and_not_its_end(journal: SqliteJournal, file: Path, tmp_path: Path) -> None:
    at = min(item.accepted for item in journal.items(Query()))
    assert export(journal, Wanted(since=at, until=at + 1), file) > 0
    assert export(journal, Wanted(until=at), tmp_path / "before") == 0
    assert export(journal, Wanted(since=at + 1), tmp_path / "after") == 0


def test_more_than_a_page_is_exported_whole(journal: SqliteJournal, file: Path) -> None:
    journal.accept([arrival(number) for number in range(1000, 2200)])
    assert export(journal, Wanted(states=(State.WAITING,), route="orders"), file) >= 1200
    assert {id_of(1000), id_of(2199)} <= {line["id"] for line in _lines(file)}


def test_only_its_owner_can_read_it_and_nothing_is_written_over(journal: SqliteJournal, file: Path) -> None:
    export(journal, Wanted(keys=(id_of(5),)), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Retry, match="E752"):
        export(journal, Wanted(keys=(id_of(6),)), file)
    assert _lines(file)[0]["id"] == id_of(5)
