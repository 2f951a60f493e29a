"""Tables of the SQLite journal, as numbered migrations. A migration, once released, never changes.

Integer row numbers tie the tables together (small, sequential, fast); message ids are what people and other systems
see. ``work`` is the bus as well: a queue is the rows of one ``queue`` number, and the partial indexes hold only what
is still to be done, so a journal of millions of settled rows claims as fast as an empty one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import apsw

from crossdock.errors import Halt


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: ``up`` to it, and ``down`` to the one before, which may forget what that cannot hold."""

    about: str
    up: str
    down: str


_FIRST = """
    CREATE TABLE message(
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        parent TEXT,
        correlation TEXT NOT NULL,
        route TEXT NOT NULL,
        position INTEGER NOT NULL,
        topic TEXT,
        partner TEXT,
        content_type TEXT NOT NULL,
        headers TEXT NOT NULL,
        trace TEXT,
        at REAL NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0,
        size INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        stored TEXT,
        body BLOB
    );
    CREATE INDEX message_parent ON message(parent, position) WHERE parent IS NOT NULL;
    CREATE INDEX message_stored ON message(stored) WHERE stored IS NOT NULL;

    CREATE TABLE queue(
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        posted INTEGER NOT NULL DEFAULT 0,
        purged INTEGER NOT NULL DEFAULT 0,
        stopped TEXT
    );

    CREATE TABLE work(
        row INTEGER PRIMARY KEY,
        message INTEGER NOT NULL,
        queue INTEGER NOT NULL,
        state TEXT NOT NULL,
        due REAL NOT NULL DEFAULT 0,
        priority INTEGER NOT NULL DEFAULT 0,
        lane TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        crashes INTEGER NOT NULL DEFAULT 0,
        progress INTEGER NOT NULL DEFAULT 0,
        released TEXT NOT NULL DEFAULT '[]',
        token INTEGER,
        phase TEXT,
        proof TEXT,
        at REAL NOT NULL,
        settled REAL,
        code TEXT,
        reason TEXT,
        receipt TEXT
    );
    CREATE UNIQUE INDEX work_message ON work(message, queue);
    CREATE INDEX work_waiting ON work(queue, priority, due, row) WHERE state = 'waiting';
    CREATE INDEX work_due ON work(queue, due) WHERE state = 'waiting';
    CREATE INDEX work_lane ON work(queue, lane, row)
        WHERE lane IS NOT NULL AND state IN ('waiting', 'working', 'held', 'doubt');
    CREATE INDEX work_parked ON work(state, row) WHERE state IN ('held', 'dead', 'doubt');

    CREATE TABLE lease(
        token INTEGER PRIMARY KEY,
        owner TEXT NOT NULL,
        until REAL NOT NULL,
        left INTEGER NOT NULL,
        works TEXT NOT NULL
    );

    CREATE TABLE attempt(
        work INTEGER NOT NULL,
        number INTEGER NOT NULL,
        at REAL NOT NULL,
        event TEXT NOT NULL,
        code TEXT,
        reason TEXT,
        step TEXT,
        findings TEXT
    );
    CREATE INDEX attempt_work ON attempt(work);

    CREATE TABLE seen(
        scope TEXT NOT NULL,
        key TEXT NOT NULL,
        message TEXT NOT NULL,
        expires REAL NOT NULL,
        PRIMARY KEY(scope, key)
    ) WITHOUT ROWID;
    CREATE INDEX seen_expires ON seen(expires);

    CREATE TABLE newest(
        scope TEXT NOT NULL,
        key TEXT NOT NULL,
        version TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY(scope, key)
    ) WITHOUT ROWID;

    CREATE TABLE business_key(
        key TEXT NOT NULL,
        message INTEGER NOT NULL,
        PRIMARY KEY(key, message)
    ) WITHOUT ROWID;
    CREATE INDEX business_key_message ON business_key(message);

    CREATE TABLE refusal(
        at REAL NOT NULL,
        route TEXT NOT NULL,
        identity TEXT NOT NULL,
        findings TEXT NOT NULL
    );

    CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO fact VALUES ('accepted', '0'), ('token', '0'), ('boot', '');
"""

_LANES = """
    ALTER TABLE work ADD COLUMN turn INTEGER;
    ALTER TABLE work ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
    UPDATE work SET blocked = 1 WHERE state = 'waiting' AND lane IS NOT NULL AND EXISTS
        (SELECT 1 FROM work e WHERE e.queue = work.queue AND e.lane = work.lane AND e.row < work.row
        AND e.lane IS NOT NULL AND e.state IN ('waiting', 'working', 'held', 'doubt'));
    UPDATE work SET blocked = 1 WHERE state = 'waiting' AND lane IS NOT NULL AND blocked = 0 AND EXISTS
        (SELECT 1 FROM work e WHERE e.queue = work.queue AND e.lane = work.lane AND e.state = 'working'
        AND e.lane IS NOT NULL AND e.state IN ('waiting', 'working', 'held', 'doubt'));
    DROP INDEX work_waiting;
    DROP INDEX work_due;
    DROP INDEX work_lane;
    CREATE INDEX work_free ON work(queue, priority, due, row) WHERE state = 'waiting' AND blocked = 0;
    CREATE INDEX work_due ON work(queue, due) WHERE state = 'waiting' AND blocked = 0;
    CREATE INDEX work_lane ON work(queue, lane, blocked, coalesce(turn, row << 24))
        WHERE lane IS NOT NULL AND state IN ('waiting', 'working', 'held', 'doubt');
    CREATE INDEX work_group ON work(queue, proof) WHERE phase = 'grouped';

    ALTER TABLE newest ADD COLUMN at REAL NOT NULL DEFAULT 0;
    UPDATE newest SET at = coalesce((SELECT at FROM message WHERE id = newest.message), unixepoch());
    CREATE INDEX newest_at ON newest(at);
    CREATE INDEX refusal_at ON refusal(at);

    CREATE TABLE register(
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY(kind, key)
    ) WITHOUT ROWID;
"""

# A group is forgotten: an earlier engine sends its members again under a key of whoever is with them then.
_NO_LANES = """
    DROP TABLE register;
    DROP INDEX refusal_at;
    DROP INDEX newest_at;
    ALTER TABLE newest DROP COLUMN at;
    DROP INDEX work_group;
    DROP INDEX work_lane;
    DROP INDEX work_due;
    DROP INDEX work_free;
    UPDATE work SET phase = NULL, proof = NULL WHERE phase = 'grouped';
    ALTER TABLE work DROP COLUMN blocked;
    ALTER TABLE work DROP COLUMN turn;
    CREATE INDEX work_waiting ON work(queue, priority, due, row) WHERE state = 'waiting';
    CREATE INDEX work_due ON work(queue, due) WHERE state = 'waiting';
    CREATE INDEX work_lane ON work(queue, lane, row)
        WHERE lane IS NOT NULL AND state IN ('waiting', 'working', 'held', 'doubt');
"""

_LEDGER = """
    CREATE TABLE awaited(
        row INTEGER PRIMARY KEY,
        message INTEGER NOT NULL,
        partner TEXT NOT NULL,
        standard TEXT NOT NULL,
        set_id TEXT NOT NULL,
        interchange TEXT NOT NULL,
        group_number TEXT,
        transaction_number TEXT,
        keys TEXT NOT NULL,
        at REAL NOT NULL,
        due REAL,
        state TEXT NOT NULL,
        answered REAL,
        codes TEXT NOT NULL DEFAULT '[]',
        detail TEXT,
        weight INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX awaited_message ON awaited(message);
    CREATE INDEX awaited_interchange ON awaited(partner, interchange);
    CREATE INDEX awaited_group ON awaited(partner, group_number) WHERE group_number NOTNULL;
    CREATE INDEX awaited_transaction ON awaited(partner, transaction_number) WHERE transaction_number NOTNULL;
    CREATE INDEX awaited_due ON awaited(due) WHERE state = 'waiting' AND due NOTNULL;
    CREATE INDEX awaited_state ON awaited(partner, state);

    CREATE TABLE awaited_key(
        row INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        partner TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY(row, rank)
    ) WITHOUT ROWID;
    CREATE INDEX awaited_key_key ON awaited_key(partner, key);

    CREATE TABLE IF NOT EXISTS counter(
        scope TEXT PRIMARY KEY,
        number INTEGER NOT NULL,
        at REAL NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE received(
        scope TEXT NOT NULL,
        number INTEGER NOT NULL,
        exchange TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY(scope, number, exchange)
    ) WITHOUT ROWID;
    CREATE INDEX received_at ON received(at);
    CREATE INDEX received_last ON received(scope, at, number);
"""

# Counters stay, though an earlier engine knows nothing of them: who goes on again must not give a number twice.
_NO_LEDGER = """
    DROP TABLE received;
    DROP TABLE awaited_key;
    DROP TABLE awaited;
"""

#: What version 1 took is nothing that a version before it could read.
_NOTHING = ""

_NOTES = """
    CREATE TABLE note(
        place TEXT NOT NULL,
        key TEXT NOT NULL,
        text TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY(place, key)
    ) WITHOUT ROWID;
    CREATE INDEX note_at ON note(at);
"""

# An earlier engine has no source that notes anything: what comes again is known by its identity.
_NO_NOTES = """
    DROP TABLE note;
"""

MIGRATIONS: tuple[Migration, ...] = (
    Migration("the journal", _FIRST, _NOTHING),
    Migration("free lanes, groups, registers; ages of keys and refusals", _LANES, _NO_LANES),
    Migration("control numbers, and what is awaited of partners", _LEDGER, _NO_LEDGER),
    Migration("notes of connectors", _NOTES, _NO_NOTES),
)


def newest() -> int:
    """The version this engine works with."""
    return len(MIGRATIONS)


def version_of(connection: apsw.Connection) -> int:
    """The version a journal has: how many migrations were done to it. A new file has 0."""
    return cast(int, connection.pragma("user_version"))


def check_readable(connection: apsw.Connection, path: object) -> None:
    """Raises ``Halt`` E711 for a journal of a version this engine does not know."""
    version = version_of(connection)
    if version > newest():
        hint = "run that crossdock, or its 'crossdock migrate down' first"
        raise Halt("E711", f"journal {path} was written by a newer crossdock (schema {version})", hint=hint)


def migrate(connection: apsw.Connection, target: int) -> None:
    """Bring the schema to version ``target``, up or down, inside a transaction. Raises ``Halt`` E741.

    Going down, nobody may have the journal open; it forgets what the lower version has no place for.
    """
    if not 1 <= target <= newest():
        raise Halt("E741", f"there is no schema version {target}", hint=f"1 to {newest()}")
    version = version_of(connection)
    for migration in MIGRATIONS[version:target]:
        connection.execute(migration.up)
    for migration in reversed(MIGRATIONS[target:version]):
        connection.execute(migration.down)
    connection.pragma("user_version", target)
