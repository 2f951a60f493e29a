"""Tables of the SQLite journal, as numbered migrations. A migration, once released, never changes.

Integer row numbers tie the tables together (small, sequential, fast); message ids are what people and other systems
see. ``work`` is the bus as well: a queue is the rows of one ``queue`` number, and the partial indexes hold only what
is still to be done, so a journal of millions of settled rows claims as fast as an empty one.
"""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
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
    """,
)
