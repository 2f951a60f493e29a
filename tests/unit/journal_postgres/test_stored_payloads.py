"""Large payloads lie in the database: whole or not at all, once, in bounded memory, and swept when nobody needs them."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from crossdock.errors import Halt, Retry
from crossdock.journal.contract import Post
from crossdock.journal.payloads import INLINE_LIMIT
from crossdock.journal.postgres import retention
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.message import CHUNK, Inline, read_all
from crossdock.testing.journal_suite.bench import QUEUE, arrival, id_of

LARGE = bytes(range(256)) * (INLINE_LIMIT // 128)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Bytes that are never all in memory."""

    size: int
    piece: int

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, self.size, self.piece):
            yield bytes(min(self.piece, self.size - start))


def _count(journal: PostgresJournal, table: str) -> object:
    return journal._session.value(
        {"payload": "SELECT count(*) FROM payload", "chunk": "SELECT count(*) FROM chunk"}[table]
    )


def test_a_large_payload_comes_back_as_it_was(journal: PostgresJournal) -> None:
    journal.accept([arrival(1, body=LARGE)])
    (work,) = journal.claim(QUEUE, owner="a", limit=1, lease=60.0)
    assert work.message.body.size == len(LARGE)
    assert read_all(work.message.body) == LARGE
    assert read_all(work.message.body) == LARGE


@pytest.mark.parametrize("piece", [1000, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_however_it_comes_it_is_kept_in_pieces(journal: PostgresJournal, piece: int) -> None:
    size = 2 * CHUNK + 17
    entry = arrival(1)
    journal.accept([replace(entry, message=replace(entry.message, body=_Stream(size, piece)))])
    found = journal.message(id_of(1))
    assert found is not None
    assert [len(chunk) for chunk in found.body.chunks()] == [CHUNK, CHUNK, 17]


def test_the_same_bytes_are_kept_once(journal: PostgresJournal) -> None:
    journal.accept([arrival(1, body=LARGE), arrival(2, body=LARGE)])
    assert (_count(journal, "payload"), _count(journal, "chunk")) == (1, 1)


def test_a_payload_far_larger_than_memory_may_be_passes_through(journal: PostgresJournal) -> None:
    entry = arrival(1)
    tracemalloc.start()
    journal.accept([replace(entry, message=replace(entry.message, body=_Stream(40 * CHUNK, CHUNK)))])
    found = journal.message(id_of(1))
    assert found is not None
    digest = hashlib.sha256()
    for chunk in found.body.chunks():
        digest.update(chunk)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert digest.digest() == hashlib.sha256(bytes(40 * CHUNK)).digest()
    assert most < 12 * CHUNK


def test_bytes_that_are_not_what_their_key_says_are_refused(journal: PostgresJournal) -> None:
    with pytest.raises(Halt) as refused:
        journal._session.payloads.put("0" * 64, [b"something else"])
    assert refused.value.code == "E757"
    assert _count(journal, "payload") == 0


def test_what_nothing_refers_to_is_swept_when_it_is_old(journal: PostgresJournal) -> None:
    payloads = journal._session.payloads
    payloads.keep(Inline(LARGE))
    payloads.sweep(retention.LEFT_BEHIND, 10)
    assert _count(journal, "payload") == 1
    journal._session.rows("UPDATE payload SET at = 0 RETURNING 1")
    payloads.sweep(retention.LEFT_BEHIND, 10)
    assert (_count(journal, "payload"), _count(journal, "chunk")) == (0, 0)


def test_pieces_whose_writer_died_are_swept_when_they_are_old(journal: PostgresJournal) -> None:
    payloads = journal._session.payloads
    payloads._save(77, 0, b"the beginning")
    payloads.sweep(retention.LEFT_BEHIND, 10)
    assert _count(journal, "chunk") == 1
    journal._session.rows("UPDATE chunk SET at = 0 RETURNING 1")
    payloads.sweep(retention.LEFT_BEHIND, 10)
    assert _count(journal, "chunk") == 0


def test_what_a_message_refers_to_is_never_swept(journal: PostgresJournal) -> None:
    journal.accept([arrival(1, Post(queue=QUEUE), body=LARGE)])
    journal._session.rows("UPDATE payload SET at = 0 RETURNING 1")
    journal._session.payloads.sweep(0, 10)
    found = journal.message(id_of(1))
    assert found is not None
    journal._session.payloads.drop([hashlib.sha256(LARGE).hexdigest()])
    assert read_all(found.body) == LARGE


def test_a_payload_that_retention_took_just_now_is_stored_again(journal: PostgresJournal) -> None:
    journal.accept([arrival(1, body=LARGE)])
    found = journal.message(id_of(1))
    assert found is not None
    journal._session.rows("DELETE FROM payload RETURNING 1")
    entry = arrival(2)
    with pytest.raises(Retry) as refused:
        journal.accept([replace(entry, message=replace(entry.message, body=found.body))])
    assert refused.value.code == "E703"
    assert journal.accept([arrival(2, body=LARGE)]) == [id_of(2)]


def test_the_audit_notices_a_payload_that_is_cut_off(journal: PostgresJournal) -> None:
    journal.accept([arrival(1, body=LARGE)])
    journal._session.rows("UPDATE chunk SET data = 'x' RETURNING 1")
    assert [one.what for one in journal.audit().damage] == ["stored payload is missing or cut off"]
