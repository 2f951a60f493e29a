"""What PostgreSQL makes different: texts without NUL, counters per writer, settings that never leave a transaction."""

from __future__ import annotations

from dataclasses import replace

from crossdock.delivery.states import Event
from crossdock.errors import Finding
from crossdock.journal.contract import Fate, Outcome, Query, Result
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.journal.postgres.rows import plain, table_of
from crossdock.runtime.clock import SystemClock
from crossdock.testing.journal_suite.bench import QUEUE, arrival, id_of


def test_a_nul_is_shown_by_its_symbol_and_what_looks_like_one_stays() -> None:
    assert plain("a\0b") == "a\u2400b"
    assert table_of([{"text": "a\0b \\u0000"}]) == '[{"text":"a\u2400b \\\\u0000"}]'


def test_a_nul_anywhere_stops_nothing(journal: PostgresJournal) -> None:
    entry = arrival(1, identity="file\0")
    odd = replace(entry.message, headers={"file.name": "a\0b"}, partner="p\0")
    assert journal.accept([replace(entry, message=odd)]) == [id_of(1)]
    assert journal.accept([arrival(2, identity="file\0")]) == [id_of(1)]
    (work,) = journal.claim(QUEUE, owner="a\0", limit=1, lease=60.0)
    found = (Finding(code="R1", message="nul \0"),)
    fate = Fate(event=Event.HOLD, code="R1", reason="why\0", findings=found)
    assert journal.commit([Result(work=work, outcome=Outcome(fate=fate, keys=("PO\0",)))]) == [True]
    journal.refuse("r\0", "i\0", found)
    assert [one.id for one in journal.named("PO\0", 10)] == [id_of(1)]
    assert journal.message("no\0") is None


def test_what_a_writer_counted_is_in_the_sums_before_and_after_it_left(url: str) -> None:
    writer, reader = PostgresJournal(url, SystemClock()), PostgresJournal(url, SystemClock())
    writer.accept([arrival(1), arrival(2)])
    before = reader.audit()
    writer.close()
    assert reader._session.value("SELECT count(*) FROM tally") == 0
    assert reader.audit() == before
    assert (before.accepted, before.sums[0].posted, before.balanced) == (2, 2, True)
    reader.close()


def test_the_tallies_of_a_writer_that_was_killed_are_taken_over(url: str) -> None:
    writer, reader = PostgresJournal(url, SystemClock()), PostgresJournal(url, SystemClock())
    writer.accept([arrival(1)])
    writer._session._lose()
    reader._session.rows("UPDATE writer SET at = 0 RETURNING 1")
    reader.purge(messages_before=0.0, limit=10)
    assert reader._session.value("SELECT count(*) FROM tally") == 0
    assert reader.audit().balanced
    reader.close()


def test_only_what_may_be_lost_with_the_server_is_not_flushed(journal: PostgresJournal) -> None:
    flushed: dict[str, str] = {}

    def look(name: str) -> None:
        if name.endswith(".before_commit"):
            found = journal._session.connected().execute("SHOW synchronous_commit").fetchone()
            assert found
            flushed[name.partition(".")[0]] = found[0]

    journal._session.reach = look
    journal.accept([arrival(1)])
    works = journal.claim(QUEUE, owner="a", limit=1, lease=60.0)
    journal.renew(works, 60.0)
    journal.give_back(owner="a", crashed=False)
    (work,) = journal.claim(QUEUE, owner="a", limit=1, lease=60.0)
    journal.commit([Result(work=work, outcome=Outcome(fate=Fate(event=Event.REJECT)))])
    journal.decide(work.row, Event.DISCARD, None)
    journal.purge(messages_before=0.0, limit=1)
    on = {name for name, setting in flushed.items() if setting == "on"}
    off = {name for name, setting in flushed.items() if setting == "off"}
    assert on >= {"accept", "commit", "decide", "purge"}
    assert off >= {"claim", "renew", "give_back"}
    assert list(journal.items(Query(limit=1)))
