"""What enters the journal: arrivals, and what workers made of them. Each function is one transaction.

As in the SQLite journal a transaction is prepared in three moves: *look up* everything that is known about the ids
and keys of the whole batch, *decide* row by row in memory, *write* each table with one statement. Here this saves
round trips as well. Large payloads are stored before the transaction begins.

Locks are taken in one order by everybody: lanes, works, payloads, keys, notes, counters, messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

from crossdock.control import Awaited, Numbering
from crossdock.delivery.states import FAILURES, OPEN, UNCLEAR, Event, State, after
from crossdock.journal import turns
from crossdock.journal.contract import Child, Entry, Fate, Outcome, Post, Result, Sent, Work
from crossdock.journal.ledger import Awaiting
from crossdock.journal.payloads import Kept
from crossdock.journal.postgres import lanes, ledger, notebook, tables
from crossdock.journal.postgres.guards import Guards
from crossdock.journal.postgres.leasing import lanes_of
from crossdock.journal.postgres.rows import Record, plain, record_of
from crossdock.journal.postgres.session import Session
from crossdock.journal.rows import findings_text
from crossdock.message import Message
from crossdock.postgres.connection import Connection
from crossdock.route.plan import Once

_HELD = (
    "SELECT row, token, message, lane, coalesce(turn, row << 24) FROM work WHERE state = 'working' AND row = ANY(%s)"
    " ORDER BY row FOR UPDATE"
)
_NUMBERS = "SELECT nextval('message_row') FROM generate_series(1, %s)"
_ROWS = "SELECT nextval('work_row') FROM generate_series(1, %s)"


def accept(session: Session, entries: Sequence[Entry]) -> list[str]:
    """See ``WorkStore.accept``."""
    kept = [session.payloads.keep(entry.message.body) for entry in entries]

    def write(connection: Connection) -> list[str]:
        writer = Writer(session, connection)
        ids = writer.enter(entries, kept)
        writer.write()
        return ids

    return session.run("accept", write)


def commit(session: Session, results: Sequence[Result]) -> list[bool]:
    """See ``WorkStore.commit``."""
    kept = {id(message): session.payloads.keep(message.body) for result in results for message in result.made()}

    def write(connection: Connection) -> list[bool]:
        writer = Writer(session, connection)
        done = writer.carry_out(results, kept)
        writer.write()
        return done

    return session.run("commit", write)


def overdue(session: Session, tell: Callable[[Awaiting], Sent | None], limit: int) -> int:
    """See ``Ledger.overdue``."""
    late = {one.row: tell(one) for one in ledger.late(session, limit)}
    told = {row: sent for row, sent in late.items() if sent is not None}
    kept = {id(sent.message): session.payloads.keep(sent.message.body) for sent in told.values()}

    def write(connection: Connection) -> int:
        writer = Writer(session, connection)
        raised = writer.raise_overdue(late, told, kept)
        writer.write()
        return raised

    return session.run("overdue", write) if late else 0


class Heir(NamedTuple):
    """The place in its queue that new work takes over from what it replaces."""

    queue: int
    priority: int
    lane: str | None
    turn: int


class _InHand(NamedTuple):
    """What the journal knows of a work that is to be settled."""

    token: int
    message: int
    lane: str | None
    turn: int


class Writer:
    """The rows of one transaction, gathered until ``write``."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self._session = session
        self._connection = connection
        self._messages: list[tuple[Record, bytes | None]] = []
        self._works: list[Record] = []
        self._settled: list[Record] = []
        self._advanced: list[Record] = []
        self._attempts: list[Record] = []
        self._keys: list[Record] = []
        self._finished: Counter[int] = Counter()
        self._lanes: set[lanes.Lane] = set()
        self._accepted = 0
        self._heir: Heir | None = None
        self._ledger = ledger.LedgerBook(connection)
        self._stamps: list[tuple[int, Sent, Numbering]] = []

    # Looking up

    def enter(self, entries: Sequence[Entry], kept: Sequence[Kept], heir: Heir | None = None) -> list[str]:
        """Take arrivals in; the id each is known by."""
        self._heir = heir
        posts = [post for entry in entries for post in entry.posts]
        self._lock_lanes(posts, [])
        self._prepare(len(entries), len(posts), kept)
        doors = [Once(scope=entry.scope, key=entry.identity, within=entry.keep) for entry in entries]
        self._guards.look_up(doors)
        ids = [self._enter(*one) for one in zip(entries, kept, doors, strict=True)]
        notebook.enter(self._connection, entries, ids)
        return ids

    def carry_out(self, results: Sequence[Result], kept: Mapping[int, Kept]) -> list[bool]:
        """Do what results say; False where the lease was lost."""
        rows = [result.work.row for result in results]
        self._lock_lanes(_posts(results), _places(self._session, results), lanes_of(self._connection, rows))
        held = {row: _InHand(*rest) for row, *rest in self._connection.execute(_HELD, (rows,)).fetchall()}
        made = [message.id for result in results for message in result.made()]
        posts = sum(1 for _ in _posts(results)) + sum(len(result.children) for result in results)
        self._prepare(len(made), posts, kept.values())
        self._known = self._already(made)
        self._guards.look_up(guard for result in results for one in result.outcomes() for guard in one.guards)
        self._book = lanes.LaneBook(self._connection, _places(self._session, results), len(results))
        done = [result.work.row in held and held[result.work.row].token == result.work.token for result in results]
        for result in compress(results, done):
            self._result(result, held[result.work.row], kept)
        return done

    def raise_overdue(self, late: Iterable[int], told: Mapping[int, Sent], kept: Mapping[int, Kept]) -> int:
        """Rows of the ledger are overdue, and messages tell so; how many there were."""
        posts = [post for sent in told.values() for post in sent.posts]
        self._lock_lanes(posts, [])
        self._prepare(len(told), len(posts), kept.values())
        raised = ledger.raise_overdue(self._connection, late)
        for row in sorted(raised & told.keys()):
            self._send(told[row], kept)
        return len(raised)

    def _lock_lanes(self, posts: Iterable[Post], places: Iterable[lanes.Lane], more: Iterable[lanes.Lane] = ()) -> None:
        """The first locks of the transaction."""
        wanted = {*places, *more}
        wanted |= {(self._session.queue(post.queue), plain(post.lane)) for post in posts if post.lane is not None}
        if self._heir and self._heir.lane is not None:
            wanted.add((self._heir.queue, self._heir.lane))
        lanes.lock(self._connection, self._session.address.schema, wanted)

    def _prepare(self, messages: int, works: int, kept: Iterable[Kept]) -> None:
        """The time, numbers for what is new, and a hold on stored payloads."""
        with self._connection.pipeline():
            now = self._connection.execute("SELECT clock()")
            numbers = self._connection.execute(_NUMBERS, (messages,))
            rows = self._connection.execute(_ROWS, (works,))
        self._now: float = now.fetchall()[0][0]
        self._message_rows = iter([int(number) for (number,) in numbers.fetchall()])
        self._work_rows = iter([int(row) for (row,) in rows.fetchall()])
        self._guards = Guards(self._connection, self._now)
        self._session.payloads.hold(self._connection, [one.key for one in kept if one.key])

    def _already(self, ids: list[str]) -> set[str]:
        """Messages that an earlier run of the same work has made already."""
        if not ids:
            return set()
        return {str(id) for (id,) in self._connection.execute("SELECT id FROM message WHERE id = ANY(%s)", (ids,))}

    # Deciding

    def _enter(self, entry: Entry, kept: Kept, door: Once) -> str:
        holder = self._guards.book.holder(door)
        if holder is None:
            self._guards.book.take(door, entry.message.id)
            self._post(self._insert(entry.message, kept), entry.posts)
            self._accepted += 1
        return holder or entry.message.id

    def _result(self, result: Result, hand: _InHand, kept: Mapping[int, Kept]) -> None:
        queue = self._session.queue(result.work.queue)
        for child in result.children:
            if child.message.id not in self._known:
                self._child(child, queue, result.work, hand, kept)
        if result.outcome:
            self._settle(result, result.outcome, queue, hand, kept)
        else:
            # No crash since the last commit: whatever killed an earlier worker lies behind this point.
            self._advanced.append({"row": result.work.row, "progress": result.progress})

    def _child(self, child: Child, queue: int, parent: Work, hand: _InHand, kept: Mapping[int, Kept]) -> None:
        age = turns.of_part(hand.turn, child.message.position), next(self._work_rows)
        lane = None if child.lane is None else plain(child.lane)
        if lane is not None and self._book.taken((queue, lane), age, parent.row):
            message = child.raw or child.message
            number = self._insert(message, kept[id(message)])
            self._name(number, child.outcome)
            row = self._work(age[1], number, queue, State.WAITING)
        else:
            number = self._insert(child.message, kept[id(child.message)])
            fate = self._guards.book.judge(child.outcome, child.message.id)
            row = self._work(age[1], number, queue, after(State.WORKING, fate.event))
            row |= {"attempts": int(fate.spent), **self._told(fate)}
            self._note(age[1], fate)
            self._spread(number, child.outcome, fate, kept)
        self._works.append(row | {"priority": -child.priority, "turn": age[0], **self._laned(queue, lane)})
        if lane is not None:
            self._book.put((queue, lane), age, stays=row["state"] in OPEN)

    def _settle(self, result: Result, outcome: Outcome, queue: int, hand: _InHand, kept: Mapping[int, Kept]) -> None:
        work, fate = result.work, self._guards.book.judge(outcome, result.work.message.id)
        row: Record = {
            "row": work.row,
            "state": after(State.WORKING, fate.event),
            "back": int(not fate.spent),
            "progress": result.progress,
            "again": fate.event is Event.RETRY,
            "told": fate.event not in UNCLEAR,  # it is known whether the effect happened: it is no longer under way
            **self._told(fate),
        }
        self._settled.append(row)
        self._finished[work.token] += 1
        if hand.lane is not None:
            self._lanes.add((queue, hand.lane))
            self._book.put((queue, hand.lane), (hand.turn, work.row), stays=row["state"] in OPEN)
        self._note(work.row, fate)
        self._spread(hand.message, outcome, fate, kept)

    def _told(self, fate: Fate) -> Record:
        """What a fate says of the work it befell."""
        return {
            "due": self._now + fate.delay if fate.event is Event.RETRY else 0.0,
            "settled": None if after(State.WORKING, fate.event) is State.WAITING else self._now,
            "code": fate.code,
            "reason": fate.reason,
            "receipt": fate.receipt,
        }

    def _spread(self, row: int, outcome: Outcome, fate: Fate, kept: Mapping[int, Kept]) -> None:
        self._name(row, outcome)
        if outcome.seen:
            self._ledger.see(row, outcome.seen)
        passed = fate is outcome.fate  # else a guard did not let it pass
        if passed:
            self._post(row, outcome.posts)
            if outcome.answers:
                self._ledger.answer(outcome.answers)
        for sent in outcome.also if passed else outcome.instead:
            if sent.message.id not in self._known:
                self._send(sent, kept)

    def _send(self, sent: Sent, kept: Mapping[int, Kept]) -> None:
        if sent.numbering is None:
            self._post(self._insert(sent.message, kept[id(sent.message)]), sent.posts)
            return
        number = next(self._message_rows)
        self._stamps.append((number, sent, sent.numbering))
        self._post(number, sent.posts)

    def _stamp(self) -> None:
        """Number what is to be numbered, in the order it came. Others wait for the counters until the commit."""
        stamped = self._ledger.stamp([numbering for _, _, numbering in self._stamps], self._now)
        rows: list[tuple[int, Awaited]] = []
        for (number, sent, _), (written, awaits) in zip(self._stamps, stamped, strict=True):
            kept = self._session.payloads.keep_within(self._connection, written)
            self._messages.append((record_of(number, sent.message, kept, self._now), kept.inline))
            rows += [(number, one) for one in awaits]
        self._ledger.enter(rows, self._now)

    def _name(self, row: int, outcome: Outcome) -> None:
        self._keys += [{"key": key, "message": row} for key in outcome.keys]

    def _insert(self, message: Message, kept: Kept) -> int:
        number = next(self._message_rows)
        self._messages.append((record_of(number, message, kept, self._now), kept.inline))
        return number

    def _post(self, message: int, posts: tuple[Post, ...]) -> None:
        for post in posts:
            queue = self._session.queue(post.queue)
            row = self._work(next(self._work_rows), message, queue, State.WAITING)
            if self._heir and self._heir.queue == queue:
                more: Record = {"priority": self._heir.priority, "turn": self._heir.turn}
                more |= self._laned(queue, self._heir.lane)
            else:
                lane = None if post.lane is None else plain(post.lane)
                more = {"priority": -post.priority, **self._laned(queue, lane)}
            self._works.append(row | more)

    def _work(self, row: int, message: int, queue: int, state: State) -> Record:
        return {"row": row, "message": message, "queue": queue, "state": state, "at": self._now, **_UNTOUCHED}

    def _laned(self, queue: int, lane: str | None) -> Record:
        """What enters a lane is no head until ``lanes.refresh`` says so."""
        if lane is not None:
            self._lanes.add((queue, lane))
        return {"lane": lane, "blocked": lane is not None}

    def _note(self, row: int, fate: Fate) -> None:
        if fate.event in FAILURES or fate.findings:  # an attempt that succeeds is told by the work row
            self._attempts.append(tables.attempt_of(row, self._now, fate, findings_text(fate.findings)))

    # Writing

    def write(self) -> None:
        """One statement per table, sent together."""
        self._guards.write()
        if self._stamps:
            self._stamp()
        write = tables.Tables(self._connection, self._session.name)
        with self._connection.pipeline():
            write.messages(self._messages)
            write.works(self._works)
            write.attempts(self._attempts)
            write.settled(self._settled)
            write.advanced(self._advanced)
            write.keys(self._keys)
            write.finished(self._finished)
            write.accepted(self._accepted)
        self._ledger.write(self._now)
        lanes.refresh(self._connection, self._lanes)


_UNTOUCHED: Record = {"attempts": 0, "due": 0.0, "settled": None, "code": None, "reason": None, "receipt": None}


def _posts(results: Iterable[Result]) -> Iterator[Post]:
    for result in results:
        for outcome in result.outcomes():
            yield from outcome.posts
            yield from (post for sent in (*outcome.also, *outcome.instead) for post in sent.posts)


def _places(session: Session, results: Iterable[Result]) -> Iterator[lanes.Lane]:
    """The lanes that parts come into."""
    for result in results:
        for child in result.children:
            if child.lane is not None:
                yield session.queue(result.work.queue), plain(child.lane)
