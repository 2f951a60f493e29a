"""What enters the journal: arrivals, and what workers made of them. Each function is one transaction.

A transaction is prepared in three moves, because SQLite does a thousand rows in one statement four times as fast as
one at a time: *look up* everything that is known already about the ids and keys of the whole batch, *decide* row by
row in memory, *write* each table with one statement. Large payloads are written to the store before the transaction
begins, so the write lock is held for as little as possible.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import cast

import apsw

from crossdock.delivery.states import FAILURES, UNCLEAR, Event, State, after, decidable
from crossdock.errors import Retry
from crossdock.journal.contract import Child, Entry, Fate, Outcome, Post, Result, Sent, Work
from crossdock.journal.guards import GuardBook
from crossdock.journal.payloads import Kept
from crossdock.journal.sqlite import guards
from crossdock.journal.sqlite.rows import INSERT_MESSAGE, findings_text, values_of
from crossdock.journal.sqlite.session import Row, Session
from crossdock.message import Message
from crossdock.route.plan import Once

_POST = (
    "INSERT INTO work(message, queue, state, priority, lane, at) VALUES (?, ?, 'waiting', ?, ?, ?)"
    " ON CONFLICT(message, queue) DO NOTHING"
)
_PLACE = (
    "INSERT INTO work(row, message, queue, state, attempts, due, at, settled, code, reason, receipt)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SETTLE = (
    "UPDATE work SET state = ?, due = ?, attempts = attempts - ?, progress = max(progress, ?), token = NULL,"
    " settled = ?, code = ?, reason = ?, receipt = ?,"
    " phase = CASE WHEN phase = 'sending' AND ? THEN NULL ELSE phase END WHERE row = ?"
)
_ATTEMPT = (
    "INSERT INTO attempt(work, number, at, event, code, reason, step, findings)"
    " SELECT row, attempts, ?, ?, ?, ?, ?, ? FROM work WHERE row = ?"
)
_IN = "(SELECT value FROM json_each(?))"


def accept(session: Session, entries: Sequence[Entry]) -> list[str]:
    """See ``WorkStore.accept``."""
    kept = [session.payloads.keep(entry.message.body) for entry in entries]
    with session.transaction("accept") as connection:
        writer = _Writer(session, connection)
        ids = writer.enter(entries, kept)
        writer.write()
    return ids


def commit(session: Session, results: Sequence[Result]) -> list[bool]:
    """See ``WorkStore.commit``."""
    kept = {message.id: session.payloads.keep(message.body) for result in results for message in result.made()}
    with session.transaction("commit") as connection:
        writer = _Writer(session, connection)
        done = writer.carry_out(results, kept)
        writer.write()
    return done


def replace(session: Session, row: int, entry: Entry, reason: str) -> bool:
    """See ``Records.replace``."""
    kept = session.payloads.keep(entry.message.body)
    with session.transaction("replace") as connection:
        if not _decide(session, connection, row, Event.DISCARD, reason, (State.DEAD, State.HELD)):
            return False
        writer = _Writer(session, connection)
        writer.enter([entry], [kept])
        writer.write()
    return True


def decide(session: Session, row: int, event: Event, reason: str | None) -> bool:
    """See ``Records.decide``."""
    with session.transaction("decide") as connection:
        return _decide(session, connection, row, event, reason, tuple(State))


def _decide(
    session: Session,
    connection: apsw.Connection,
    row: int,
    event: Event,
    reason: str | None,
    states: tuple[State, ...],
) -> bool:
    found = connection.execute("SELECT state FROM work WHERE row = ?", (row,)).fetchone()
    if not found:
        return False
    state = State(str(found[0]))
    if state not in states or not decidable(state, event):
        return False
    target, now = after(state, event), session.clock.now()
    connection.execute(_ATTEMPT, (now, event, None, reason, None, None, row))
    if target is State.WAITING:
        connection.execute(
            "UPDATE work SET state = 'waiting', due = 0, attempts = 0, crashes = 0, settled = NULL, code = NULL,"
            " reason = NULL, released = coalesce(?, released), phase = CASE WHEN ? THEN NULL ELSE phase END"
            " WHERE row = ?",
            (_released(connection, row) if state is State.HELD else None, state is State.DOUBT, row),
        )
    else:
        connection.execute(
            "UPDATE work SET state = ?, settled = ?, reason = coalesce(?, reason) WHERE row = ?",
            (target, now, reason, row),
        )
    return True


def _released(connection: apsw.Connection, row: int) -> str:
    """The rules whose holds of this work a person has seen, as JSON text: it passes them from now on."""
    sql = "SELECT findings FROM attempt WHERE work = ? AND event = 'hold' AND findings NOTNULL"
    found = [finding for (text,) in connection.execute(sql, (row,)) for finding in json.loads(str(text))]
    return json.dumps(sorted({finding["rule"] for finding in found if finding.get("rule")}))


class _Writer:
    """The rows of one transaction, gathered until ``write``."""

    def __init__(self, session: Session, connection: apsw.Connection) -> None:
        self._session = session
        self._connection = connection
        self._now = session.clock.now()
        self._message_row = self._last("message")
        self._guards = GuardBook(self._now)
        self._messages: list[Row] = []
        self._places: list[Row] = []
        self._settled: list[Row] = []
        self._attempts: list[Row] = []
        self._keys: list[Row] = []
        self._posts: defaultdict[int, list[Row]] = defaultdict(list)
        self._posted: Counter[int] = Counter()
        self._finished: Counter[int] = Counter()
        self._accepted = 0

    # Looking up and deciding

    def enter(self, entries: Sequence[Entry], kept: Sequence[Kept]) -> list[str]:
        """Take arrivals in; the id each is known by."""
        doors = [Once(scope=entry.scope, key=entry.identity, within=entry.keep) for entry in entries]
        guards.look_up(self._connection, self._guards, [doors])
        ids: list[str] = []
        for entry, one, door in zip(entries, kept, doors, strict=True):
            holder = self._guards.holder(door)
            if holder is None:
                self._guards.take(door, entry.message.id)
                self._post(self._insert(entry.message, one), entry.posts)
                self._accepted += 1
            ids.append(holder or entry.message.id)
        return ids

    def carry_out(self, results: Sequence[Result], kept: Mapping[str, Kept]) -> list[bool]:
        """Do what results say; False where the lease was lost."""
        held = self._held(results)
        done = [held.get(result.work.row, (None, 0))[0] == result.work.token for result in results]
        going = list(compress(results, done))
        known = self._known([message.id for result in going for message in result.made()])
        guards.look_up(self._connection, self._guards, (one.guards for result in going for one in result.outcomes()))
        self._place_row = self._last("work")
        for result in going:
            self._result(result, held[result.work.row][1], kept, known)
        return done

    def _held(self, results: Sequence[Result]) -> dict[int, tuple[int, int]]:
        """Token and message row of the works that are still in hand."""
        sql = f"SELECT row, token, message FROM work WHERE state = 'working' AND row IN {_IN}"
        rows = self._connection.execute(sql, (json.dumps([result.work.row for result in results]),))
        return {row: (token, message) for row, token, message in cast("Iterable[tuple[int, int, int]]", rows)}

    def _known(self, ids: list[str]) -> set[str]:
        """Messages that an earlier run of the same work has made already."""
        if not ids:
            return set()
        sql = f"SELECT id FROM message WHERE id IN {_IN}"
        return {str(id) for (id,) in self._connection.execute(sql, (json.dumps(ids),))}

    def _last(self, name: str) -> int:
        """The highest row number of a table; the write lock is held, so the next ones are ours to give."""
        found = self._connection.execute(f"SELECT max(row) FROM {name}").fetchone()
        return cast(int, found[0]) if found and found[0] is not None else 0

    def _result(self, result: Result, message_row: int, kept: Mapping[str, Kept], known: set[str]) -> None:
        queue = self._session.queue(result.work.queue)
        for child in result.children:
            if child.message.id not in known:
                self._child(child, queue, kept, known)
        if result.outcome:
            self._settle(result.work, result.outcome, result.progress, message_row, kept, known)
        else:
            # No crash since the last commit: whatever killed an earlier worker lies behind this point.
            sql = "UPDATE work SET progress = ?, crashes = 0 WHERE row = ?"
            self._connection.execute(sql, (result.progress, result.work.row))

    def _child(self, child: Child, queue: int, kept: Mapping[str, Kept], known: set[str]) -> None:
        outcome = child.outcome
        message_row = self._insert(child.message, kept[child.message.id])
        fate = self._guards.judge(outcome, child.message.id)
        state = after(State.WORKING, fate.event)
        settled = None if state is State.WAITING else self._now
        self._place_row += 1
        why = (fate.code, fate.reason, fate.receipt)
        place = (self._place_row, message_row, queue, state, int(fate.spent), fate.due, self._now, settled, *why)
        self._places.append(place)
        self._posted[queue] += 1
        self._note(self._place_row, fate)
        self._spread(message_row, outcome, fate, kept, known)

    def _settle(
        self, work: Work, outcome: Outcome, progress: int, row: int, kept: Mapping[str, Kept], known: set[str]
    ) -> None:
        fate = self._guards.judge(outcome, work.message.id)
        state = after(State.WORKING, fate.event)
        settled = None if state is State.WAITING else self._now
        told = fate.event not in UNCLEAR  # it is known whether the effect happened: it is no longer under way
        spent = 0 if fate.spent else 1
        why = (fate.code, fate.reason, fate.receipt)
        self._settled.append((state, fate.due, spent, progress, settled, *why, told, work.row))
        self._finished[work.token] += 1
        self._note(work.row, fate)
        self._spread(row, outcome, fate, kept, known)

    def _spread(self, row: int, outcome: Outcome, fate: Fate, kept: Mapping[str, Kept], known: set[str]) -> None:
        self._keys += [(key, row) for key in outcome.keys]
        if fate is not outcome.fate:  # a guard did not let it pass
            return
        self._post(row, outcome.posts)
        for sent in outcome.also:
            if sent.message.id not in known:
                self._send(sent, kept)

    def _send(self, sent: Sent, kept: Mapping[str, Kept]) -> None:
        self._post(self._insert(sent.message, kept[sent.message.id]), sent.posts)

    def _insert(self, message: Message, kept: Kept) -> int:
        if kept.key is not None and self._session.payloads.missing(kept.key, kept.size):
            raise Retry("E703", f"payload {kept.key} was removed by retention just now", hint="it is stored again")
        self._message_row += 1
        self._messages.append((self._message_row, *values_of(message, kept, self._now)))
        return self._message_row

    def _post(self, message_row: int, posts: tuple[Post, ...]) -> None:
        for post in posts:
            queue = self._session.queue(post.queue)
            self._posts[queue].append((message_row, queue, -post.priority, post.lane, self._now))

    def _note(self, row: int, fate: Fate) -> None:
        if fate.event in FAILURES or fate.findings:  # an attempt that succeeds is told by the work row
            findings = findings_text(fate.findings)
            self._attempts.append((self._now, fate.event, fate.code, fate.reason, fate.step, findings, row))

    # Writing

    def write(self) -> None:
        """One statement per table."""
        many = self._connection.executemany
        many(INSERT_MESSAGE, self._messages)
        many(_PLACE, self._places)
        many(_ATTEMPT, self._attempts)
        many(_SETTLE, self._settled)
        for queue, rows in self._posts.items():
            before = self._connection.total_changes()
            many(_POST, rows)
            self._posted[queue] += self._connection.total_changes() - before
        many("INSERT OR IGNORE INTO business_key VALUES (?, ?)", self._keys)
        many("UPDATE queue SET posted = posted + ? WHERE number = ?", [(n, q) for q, n in self._posted.items()])
        many("UPDATE lease SET left = left - ? WHERE token = ?", [(n, t) for t, n in self._finished.items()])
        many("DELETE FROM lease WHERE token = ? AND left <= 0", [(token,) for token in self._finished])
        guards.write(self._connection, self._guards)
        if self._accepted:
            sql = "UPDATE fact SET value = value + ? WHERE name = 'accepted'"
            self._connection.execute(sql, (self._accepted,))
