"""What enters the journal: arrivals, and what workers made of them. Each function is one transaction.

Large payloads are written to the store before the transaction begins, so the write lock is held for as little as
possible. Tallies per queue are summed and written once per transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import cast

import apsw

from crossdock.delivery.states import Event, State, after
from crossdock.journal.contract import Child, Entry, Fate, Outcome, Post, Result, Sent, Work
from crossdock.journal.payloads import Kept
from crossdock.journal.sqlite.rows import INSERT_MESSAGE, findings_text, values_of
from crossdock.journal.sqlite.session import Session
from crossdock.message import Message
from crossdock.route.plan import Guard, Latest, Once

_POST = (
    "INSERT INTO work(message, queue, state, priority, lane, at) VALUES (?, ?, 'waiting', ?, ?, ?)"
    " ON CONFLICT(message, queue) DO NOTHING"
)
_PLACE = (
    "INSERT INTO work(message, queue, state, attempts, at, settled, code, reason) VALUES (?, ?, ?, 1, ?, ?, ?, ?)"
    " ON CONFLICT(message, queue) DO NOTHING"
)
_SETTLE = (
    "UPDATE work SET state = ?, due = ?, attempts = attempts - ?, progress = max(progress, ?), owner = NULL,"
    " token = NULL, lease = NULL, settled = ?, code = ?, reason = ?, receipt = ?,"
    " phase = CASE WHEN phase = 'sending' AND ? THEN NULL ELSE phase END WHERE row = ?"
)
_TAKE_KEY = (
    "INSERT INTO seen(scope, key, message, expires) VALUES (?, ?, ?, ?) ON CONFLICT(scope, key) DO UPDATE"
    " SET message = excluded.message, expires = excluded.expires WHERE seen.expires < ?"
)
_ATTEMPT = (
    "INSERT INTO attempt(work, number, at, event, code, reason, step, findings)"
    " SELECT row, attempts, ?, ?, ?, ?, ?, ? FROM work WHERE row = ?"
)
#: Events that are worth a row of their own; a first attempt that succeeds is told by the work row.
_RECORDED = frozenset({Event.RETRY, Event.HOLD, Event.REJECT, Event.LOSE_SIGHT})

#: The code of a message that a ``once`` or ``latest`` step of its route dropped.
DUPLICATE, OUTDATED = "E301", "E302"


def accept(session: Session, entries: Sequence[Entry]) -> list[str]:
    """See ``WorkStore.accept``."""
    kept = [session.payloads.keep(entry.message.body) for entry in entries]
    with session.transaction("accept") as connection:
        writer = _Writer(session, connection)
        ids = [writer.enter(entry, one) for entry, one in zip(entries, kept, strict=True)]
        writer.finish()
    return ids


def commit(session: Session, results: Sequence[Result]) -> list[bool]:
    """See ``WorkStore.commit``."""
    kept = {message.id: session.payloads.keep(message.body) for message in _messages_of(results)}
    with session.transaction("commit") as connection:
        writer = _Writer(session, connection, kept)
        done = [writer.carry_out(result) for result in results]
        writer.finish()
    return done


def replace(session: Session, row: int, entry: Entry, reason: str) -> bool:
    """See ``Records.replace``."""
    kept = session.payloads.keep(entry.message.body)
    with session.transaction("replace") as connection:
        if not decide_in(session, connection, row, Event.DISCARD, reason):
            return False
        writer = _Writer(session, connection)
        writer.enter(entry, kept)
        writer.finish()
    return True


def decide_in(session: Session, connection: apsw.Connection, row: int, event: Event, reason: str | None) -> bool:
    """A person's decision inside a transaction; False where the state does not allow it."""
    found = connection.execute("SELECT state FROM work WHERE row = ?", (row,)).fetchone()
    if not found or found[0] not in (State.HELD, State.DEAD, State.DOUBT, State.WAITING):
        return False
    state = State(str(found[0]))
    if state is State.WAITING and event is not Event.DISCARD:
        return False
    target, now = after(state, event), session.clock.now()
    connection.execute(_ATTEMPT, (now, event, None, reason, None, None, row))
    if target is State.WAITING:
        connection.execute(
            "UPDATE work SET state = 'waiting', due = 0, attempts = 0, crashes = 0, settled = NULL, code = NULL,"
            " reason = NULL, released = released OR ?, phase = CASE WHEN ? THEN NULL ELSE phase END WHERE row = ?",
            (state is State.HELD, state is State.DOUBT, row),
        )
    else:
        connection.execute(
            "UPDATE work SET state = ?, settled = ?, reason = coalesce(?, reason) WHERE row = ?",
            (target, now, reason, row),
        )
    return True


def _messages_of(results: Sequence[Result]) -> Iterator[Message]:
    for result in results:
        for child in result.children:
            yield child.message
            yield from (sent.message for sent in child.outcome.also)
        if result.outcome:
            yield from (sent.message for sent in result.outcome.also)


class _Writer:
    """The statements of one transaction; tallies are kept here until ``finish``."""

    def __init__(self, session: Session, connection: apsw.Connection, kept: dict[str, Kept] | None = None) -> None:
        self._session = session
        self._connection = connection
        self._kept = kept or {}
        self._now = session.clock.now()
        self._posted: Counter[int] = Counter()
        self._accepted = 0

    def enter(self, entry: Entry, kept: Kept) -> str:
        message, now = entry.message, self._now
        values = (entry.scope, entry.identity, message.id, now + entry.keep, now)
        self._connection.execute(_TAKE_KEY, values)
        if not self._connection.changes():
            return self._holder(entry.scope, entry.identity)
        row = self._insert(message, kept)
        if row is not None:
            self._accepted += 1
            self._post(row, entry.posts)
        return message.id

    def carry_out(self, result: Result) -> bool:
        work = result.work
        held = "SELECT 1 FROM work WHERE row = ? AND token = ? AND state = 'working'"
        if not self._connection.execute(held, (work.row, work.token)).fetchone():
            return False
        queue = self._session.queue(work.queue)
        for child in result.children:
            self._record(child, queue)
        if result.outcome:
            self._settle(work, result.outcome, result.progress)
        else:
            # No crash since the last commit: whatever killed an earlier worker lies behind this point.
            sql = "UPDATE work SET progress = ?, crashes = 0 WHERE row = ?"
            self._connection.execute(sql, (result.progress, work.row))
        return True

    def finish(self) -> None:
        for number, count in self._posted.items():
            self._connection.execute("UPDATE queue SET posted = posted + ? WHERE number = ?", (count, number))
        if self._accepted:
            sql = "UPDATE fact SET value = value + ? WHERE name = 'accepted'"
            self._connection.execute(sql, (self._accepted,))

    def _insert(self, message: Message, kept: Kept) -> int | None:
        self._connection.execute(INSERT_MESSAGE, values_of(message, kept, self._now))
        return self._connection.last_insert_rowid() if self._connection.changes() else None

    def _record(self, child: Child, queue: int) -> None:
        row = self._insert(child.message, self._kept[child.message.id])
        if row is None:  # an earlier run of the same work made it already
            return
        outcome, fate = child.outcome, child.outcome.fate
        blocked = self._blocked(outcome, child.message.id)
        fate = blocked or fate
        state = after(State.WORKING, fate.event)
        settled = None if state is State.WAITING else self._now
        self._connection.execute(_PLACE, (row, queue, state, self._now, settled, fate.code, fate.reason))
        self._posted[queue] += 1
        self._note(self._connection.last_insert_rowid(), fate)
        self._spread(row, outcome, blocked is not None)

    def _settle(self, work: Work, outcome: Outcome, progress: int) -> None:
        blocked = self._blocked(outcome, work.message.id)
        fate = blocked or outcome.fate
        state = after(State.WORKING, fate.event)
        self._note(work.row, fate)
        settled = None if state is State.WAITING else self._now
        told = fate.event is Event.RETRY  # an effect that is known not to have happened is no longer under way
        values = (
            state,
            fate.due,
            not fate.spent,
            progress,
            settled,
            fate.code,
            fate.reason,
            fate.receipt,
            told,
            work.row,
        )
        self._connection.execute(_SETTLE, values)
        if outcome.posts or outcome.also or outcome.keys:
            sql = "SELECT message FROM work WHERE row = ?"
            self._spread(cast(int, self._session.value(sql, (work.row,))), outcome, blocked is not None)

    def _spread(self, row: int, outcome: Outcome, blocked: bool) -> None:
        for key in outcome.keys:
            self._connection.execute("INSERT OR IGNORE INTO business_key VALUES (?, ?)", (key, row))
        if blocked:
            return
        self._post(row, outcome.posts)
        for sent in outcome.also:
            self._send(sent)

    def _send(self, sent: Sent) -> None:
        row = self._insert(sent.message, self._kept[sent.message.id])
        if row is not None:
            self._post(row, sent.posts)

    def _post(self, message: int, posts: tuple[Post, ...]) -> None:
        for post in posts:
            queue = self._session.queue(post.queue)
            self._connection.execute(_POST, (message, queue, -post.priority, post.lane, self._now))
            self._posted[queue] += self._connection.changes()

    def _note(self, row: int, fate: Fate) -> None:
        if fate.event in _RECORDED or fate.findings:
            values = (self._now, fate.event, fate.code, fate.reason, fate.step, findings_text(fate.findings), row)
            self._connection.execute(_ATTEMPT, values)

    def _blocked(self, outcome: Outcome, message: str) -> Fate | None:
        """The fate of a message whose guards do not let it pass; else takes its keys, if it was delivered."""
        if not outcome.guards or outcome.fate.event in (Event.RETRY, Event.RETURN):
            return None
        for guard in outcome.guards:
            fate = self._probe(guard, message)
            if fate:
                return fate
        if outcome.fate.event is Event.DELIVER:
            for guard in outcome.guards:
                self._take(guard, message)
        return None

    def _probe(self, guard: Guard, message: str) -> Fate | None:
        match guard:
            case Once(scope=scope, key=key):
                sql = "SELECT message FROM seen WHERE scope = ? AND key = ? AND expires >= ?"
                found = self._connection.execute(sql, (scope, key, self._now)).fetchone()
                if found and found[0] != message:
                    return Fate(event=Event.SKIP, code=DUPLICATE, reason=f"once: {key} came with message {found[0]}")
            case Latest(scope=scope, key=key, version=version):
                sql = "SELECT version, message FROM newest WHERE scope = ? AND key = ?"
                found = self._connection.execute(sql, (scope, key)).fetchone()
                if found and found[1] != message and not newer(version, str(found[0])):
                    why = f"latest: {key} already stands at {found[0]}, this is {version}"
                    return Fate(event=Event.SKIP, code=OUTDATED, reason=why)
        return None

    def _take(self, guard: Guard, message: str) -> None:
        match guard:
            case Once(scope=scope, key=key, within=within):
                values = (scope, key, message, self._now + within, self._now)
                self._connection.execute(_TAKE_KEY, values)
            case Latest(scope=scope, key=key, version=version):
                sql = "INSERT OR REPLACE INTO newest(scope, key, version, message) VALUES (?, ?, ?, ?)"
                self._connection.execute(sql, (scope, key, version, message))

    def _holder(self, scope: str, key: str) -> str:
        sql = "SELECT message FROM seen WHERE scope = ? AND key = ?"
        return str(self._session.value(sql, (scope, key)))


def newer(version: str, than: str) -> bool:
    """Whether a version is newer: as numbers where both are, else as text (ISO dates sort as text)."""
    try:
        return Decimal(version) > Decimal(than)
    except InvalidOperation:
        return version > than
