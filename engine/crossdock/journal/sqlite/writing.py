"""What enters the journal: arrivals, and what workers made of them. Each function is one transaction.

A transaction is prepared in three moves, because SQLite does a thousand rows in one statement four times as fast as
one at a time: *look up* everything that is known already about the ids and keys of the whole batch, *decide* row by
row in memory, *write* each table with one statement. Large payloads are written to the store before the transaction
begins, so the write lock is held for as little as possible.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import NamedTuple, cast

import apsw

from crossdock.delivery.states import FAILURES, OPEN, UNCLEAR, Event, State, after
from crossdock.errors import Retry
from crossdock.journal import turns
from crossdock.journal.contract import Child, Entry, Fate, Outcome, Post, Result, Sent, Work
from crossdock.journal.guards import GuardBook
from crossdock.journal.ledger import Awaiting
from crossdock.journal.payloads import Kept
from crossdock.journal.rows import findings_text
from crossdock.journal.sqlite import deciding, guards, lanes, ledger, notebook
from crossdock.journal.sqlite.rows import INSERT_MESSAGE, NOTE_ATTEMPT, values_of
from crossdock.journal.sqlite.session import Row, Session
from crossdock.journal.turns import TURN
from crossdock.message import Inline, Message
from crossdock.route.plan import Once

#: What is new in a lane is behind all that is open there.
_POST = (
    "INSERT INTO work(message, queue, state, priority, lane, at, blocked) VALUES (?1, ?2, 'waiting', ?3, ?4, ?5,"
    " CASE WHEN ?4 IS NULL THEN 0 ELSE EXISTS"
    f" (SELECT 1 FROM work WHERE queue = ?2 AND lane = ?4 AND {lanes.OPEN_LANE}) END)"
    " ON CONFLICT(message, queue) DO NOTHING"
)
_PLACE = (
    "INSERT INTO work(row, message, queue, state, attempts, due, at, settled, code, reason, receipt,"
    " priority, lane, turn, blocked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SETTLE = (
    "UPDATE work SET state = ?1, due = ?2, attempts = attempts - ?3, progress = max(progress, ?4), token = NULL,"
    " settled = ?5, code = ?6, reason = ?7, receipt = ?8, crashes = CASE WHEN ?9 THEN 0 ELSE crashes END,"
    " phase = CASE WHEN phase = 'sending' AND ?10 OR phase = 'grouped' AND ?1 = 'delivered' THEN NULL ELSE phase END"
    " WHERE row = ?11"
)
_INHERIT = (
    "UPDATE work SET priority = ?, lane = ?, turn = ?, blocked = 0 WHERE queue = ?"
    " AND message = (SELECT row FROM message WHERE id = ?)"
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
    kept = {id(message): session.payloads.keep(message.body) for result in results for message in result.made()}
    with session.transaction("commit") as connection:
        writer = _Writer(session, connection)
        done = writer.carry_out(results, kept)
        writer.write()
    return done


def replace(session: Session, row: int, entry: Entry, reason: str) -> bool:
    """See ``Records.replace``."""
    kept = session.payloads.keep(entry.message.body)
    with session.transaction("replace") as connection:
        old = deciding.found(connection, row)
        if old is None or old.state not in (State.DEAD, State.HELD):
            return False
        deciding.carry_out(session, connection, old, Event.DISCARD, reason)
        writer = _Writer(session, connection)
        (id,) = writer.enter([entry], [kept])
        if id == entry.message.id:
            writer.inherit(id, old)
        writer.write()
        ledger.hand_on(connection, old.row, id)
    return True


def overdue(session: Session, tell: Callable[[Awaiting], Sent | None], limit: int) -> int:
    """See ``Ledger.overdue``."""
    rows = ledger.may_be_late(session, limit)
    if not rows:  # most of the time
        return 0
    with session.transaction("overdue") as connection:
        late = ledger.late(connection, session.clock.now(), rows)
        if late:
            ledger.raise_overdue(connection, late)
            writer = _Writer(session, connection)
            writer.tell([sent for one in late if (sent := tell(one)) is not None])
            writer.write()
    return len(late)


class _InHand(NamedTuple):
    """What the journal knows of a work that is to be settled."""

    token: int
    message: int
    lane: str | None
    turn: int

    def turn_of(self, child: Child) -> int:
        """The turn of a part of it."""
        return turns.of_part(self.turn, child.message.position)


class _Writer:
    """The rows of one transaction, gathered until ``write``."""

    def __init__(self, session: Session, connection: apsw.Connection) -> None:
        self._session = session
        self._connection = connection
        self._now = session.clock.now()
        self._message_row = self._last("message")
        self._guards = GuardBook(self._now)
        self._ledger = ledger.LedgerBook(connection, self._now)
        self._messages: list[Row] = []
        self._places: list[Row] = []
        self._settled: list[Row] = []
        self._attempts: list[Row] = []
        self._keys: list[Row] = []
        self._posts: defaultdict[int, list[Row]] = defaultdict(list)
        self._heirs: list[Row] = []
        self._settling: list[int] = []
        self._lanes: set[lanes.Place] = set()
        self._left_open: dict[lanes.Place, int] = {}
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
        notebook.enter(self._connection, self._now, entries, ids)
        return ids

    def carry_out(self, results: Sequence[Result], kept: Mapping[int, Kept]) -> list[bool]:
        """Do what results say; False where the lease was lost."""
        held = self._held(results)
        done = [held.get(result.work.row, (None, 0))[0] == result.work.token for result in results]
        going = list(compress(results, done))
        known = self._known([message.id for result in going for message in result.made()])
        guards.look_up(self._connection, self._guards, (one.guards for result in going for one in result.outcomes()))
        self._place_row = self._last("work")
        for result in going:
            self._result(result, held[result.work.row], kept, known)
        return done

    def tell(self, told: Iterable[Sent]) -> None:
        """Record messages that nobody's work brings."""
        for sent in told:
            self._send(sent, {id(sent.message): self._session.payloads.keep(sent.message.body)})

    def inherit(self, heir: str, old: deciding.Stopped) -> None:
        """What replaces a piece of work in its queue takes its place there."""
        self._heirs.append((old.priority, old.lane, old.turn, old.queue, heir))
        if old.lane is not None:
            self._lanes.add((old.queue, old.lane))

    def _held(self, results: Sequence[Result]) -> dict[int, _InHand]:
        """Token, message row, lane and turn of the works that are still in hand."""
        sql = f"SELECT row, token, message, lane, {TURN} FROM work WHERE state = 'working' AND row IN {_IN}"
        rows = self._connection.execute(sql, (json.dumps([result.work.row for result in results]),))
        found = cast("Iterable[tuple[int, int, int, str | None, int]]", rows)
        return {row: _InHand(token, message, lane, turn) for row, token, message, lane, turn in found}

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

    def _result(self, result: Result, hand: _InHand, kept: Mapping[int, Kept], known: set[str]) -> None:
        queue = self._session.queue(result.work.queue)
        new = [child for child in result.children if child.message.id not in known]
        taken = self._taken(new, queue, hand, result.work)
        for child in new:
            if child.lane in taken or self._is_left_open(queue, child, hand):
                self._wait(child, queue, hand, kept)
            else:
                self._child(child, queue, hand, kept, known)
        if result.outcome:
            self._settle(result.work, result.outcome, result.progress, queue, hand, kept, known)
        else:
            # No crash since the last commit: whatever killed an earlier worker lies behind this point.
            sql = "UPDATE work SET progress = ?, crashes = 0 WHERE row = ?"
            self._connection.execute(sql, (result.progress, result.work.row))

    def _taken(self, children: Sequence[Child], queue: int, hand: _InHand, work: Work) -> set[str]:
        """The lanes of parts that others than their parent, and than what is settled with it, keep."""
        wanted = {child.lane for child in children if child.lane is not None}
        if not wanted:
            return set()
        turn = min(hand.turn_of(child) for child in children)
        return lanes.taken(self._connection, queue, wanted, turn, [work.row, *self._settling])

    def _wait(self, child: Child, queue: int, hand: _InHand, kept: Mapping[int, Kept]) -> None:
        message = child.raw or child.message
        message_row = self._insert(message, kept[id(message)])
        self._keys += [(key, message_row) for key in child.outcome.keys]
        self._place(child, message_row, queue, hand, (State.WAITING, 0, 0.0, None, None, None, None), blocked=True)

    def _child(self, child: Child, queue: int, hand: _InHand, kept: Mapping[int, Kept], known: set[str]) -> None:
        outcome = child.outcome
        message_row = self._insert(child.message, kept[id(child.message)])
        fate = self._guards.judge(outcome, child.message.id)
        state = after(State.WORKING, fate.event)
        settled = None if state is State.WAITING else self._now
        told = (state, int(fate.spent), self._due(fate), settled, fate.code, fate.reason, fate.receipt)
        self._place(child, message_row, queue, hand, told, blocked=False)
        self._note(self._place_row, fate)
        self._spread(message_row, outcome, fate, kept, known)

    def _place(self, child: Child, message_row: int, queue: int, hand: _InHand, told: Row, *, blocked: bool) -> None:
        self._place_row += 1
        state, attempts, due, settled, *why = told
        row = (self._place_row, message_row, queue, state, attempts, due, self._now, settled, *why)
        self._places.append((*row, -child.priority, child.lane, hand.turn_of(child), blocked))
        self._posted[queue] += 1
        if state in OPEN:
            self._stays(queue, child.lane, hand.turn_of(child))

    def _settle(
        self,
        work: Work,
        outcome: Outcome,
        progress: int,
        queue: int,
        hand: _InHand,
        kept: Mapping[int, Kept],
        known: set[str],
    ) -> None:
        fate = self._guards.judge(outcome, work.message.id)
        state = after(State.WORKING, fate.event)
        settled = None if state is State.WAITING else self._now
        told = fate.event not in UNCLEAR  # it is known whether the effect happened: it is no longer under way
        spent = 0 if fate.spent else 1
        why = (fate.code, fate.reason, fate.receipt, fate.event is Event.RETRY)
        self._settled.append((state, self._due(fate), spent, progress, settled, *why, told, work.row))
        self._settling.append(work.row)
        self._finished[work.token] += 1
        if hand.lane is not None:
            self._lanes.add((queue, hand.lane))
        if state in OPEN:
            self._stays(queue, hand.lane, hand.turn)
        self._note(work.row, fate)
        self._spread(hand.message, outcome, fate, kept, known)

    def _due(self, fate: Fate) -> float:
        return self._now + fate.delay if fate.event is Event.RETRY else 0.0

    def _is_left_open(self, queue: int, child: Child, hand: _InHand) -> bool:
        """Whether this transaction leaves something open in the lane of the part that goes before it."""
        turn = hand.turn_of(child)
        return child.lane is not None and self._left_open.get((queue, child.lane), turn + 1) <= turn

    def _stays(self, queue: int, lane: str | None, turn: int) -> None:
        """Something of that lane stays open behind this transaction."""
        if lane is not None:
            self._lanes.add((queue, lane))
            self._left_open[queue, lane] = min(turn, self._left_open.get((queue, lane), turn))

    def _spread(self, row: int, outcome: Outcome, fate: Fate, kept: Mapping[int, Kept], known: set[str]) -> None:
        self._keys += [(key, row) for key in outcome.keys]
        if outcome.seen:
            self._ledger.see(row, outcome.seen)
        passed = fate is outcome.fate  # else a guard did not let it pass
        if passed:
            self._post(row, outcome.posts)
            if outcome.answers:
                self._ledger.answer(outcome.answers)
        for sent in outcome.also if passed else outcome.instead:
            if sent.message.id not in known:
                self._send(sent, kept)

    def _send(self, sent: Sent, kept: Mapping[int, Kept]) -> None:
        if sent.numbering is None:
            self._post(self._insert(sent.message, kept[id(sent.message)]), sent.posts)
            return
        written, awaits = self._ledger.stamped(sent.numbering)
        row = self._insert(sent.message, self._session.payloads.keep(Inline(written)))
        self._ledger.enter(row, awaits)
        self._post(row, sent.posts)

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
        many(NOTE_ATTEMPT, self._attempts)
        many(_SETTLE, self._settled)
        for queue, rows in self._posts.items():
            before = self._connection.total_changes()
            many(_POST, rows)
            self._posted[queue] += self._connection.total_changes() - before
        many(_INHERIT, self._heirs)
        lanes.reseat(self._connection, self._lanes)
        many("INSERT OR IGNORE INTO business_key VALUES (?, ?)", self._keys)
        many("UPDATE queue SET posted = posted + ? WHERE number = ?", [(n, q) for q, n in self._posted.items()])
        many("UPDATE lease SET left = left - ? WHERE token = ?", [(n, t) for t, n in self._finished.items()])
        many("DELETE FROM lease WHERE token = ? AND left <= 0", [(token,) for token in self._finished])
        guards.write(self._connection, self._guards)
        self._ledger.write()
        if self._accepted:
            sql = "UPDATE fact SET value = value + ? WHERE name = 'accepted'"
            self._connection.execute(sql, (self._accepted,))
