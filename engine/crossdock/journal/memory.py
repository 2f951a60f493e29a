"""A journal in memory: the whole contract in dictionaries, for ``crossdock test`` and for simulations.

Deterministic: the clock is an argument and nothing depends on anything else. For one thread; every worker of a
simulation uses the same journal. What cannot be recorded is refused before anything is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from crossdock.delivery.states import FAILURES, FINAL, UNCLEAR, Event, State, after, decidable
from crossdock.errors import Finding
from crossdock.journal.contract import (
    SHORTEST_ID,
    Attempt,
    Audit,
    Child,
    Clock,
    Entry,
    Fate,
    Item,
    Outcome,
    Phase,
    Query,
    Result,
    Sent,
    Sum,
    Work,
)
from crossdock.journal.guards import GuardBook
from crossdock.journal.memory_tables import MESSAGE_ORDER, MessageRow, Tables, WorkRow
from crossdock.message import Message
from crossdock.route.plan import Guard, Latest, Once


@dataclass(slots=True)
class _Lease:
    owner: str
    until: float
    boot: str
    rows: set[int]


class MemoryJournal:
    """``Journal`` in this process: nothing outlives it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tables = Tables()
        self._leases: dict[int, _Lease] = {}
        self._tokens = 0
        self._seen: dict[tuple[str, str], tuple[str, float]] = {}
        self._newest: dict[tuple[str, str], tuple[str, str]] = {}
        self._refusals: list[tuple[float, str, str, tuple[Finding, ...]]] = []

    # What intake and workers need

    def accept(self, entries: Sequence[Entry]) -> list[str]:
        """See ``WorkStore``."""
        self._tables.read(entry.message for entry in entries)
        book = self._book(Once(scope=entry.scope, key=entry.identity, within=entry.keep) for entry in entries)
        ids = [self._enter(entry, book) for entry in entries]
        self._keep(book)
        return ids

    def ready(self) -> list[str]:
        """See ``WorkStore``."""
        now, queues = self._clock.now(), self._tables.queues.items()
        return [name for name, queue in queues if queue.stopped is None and self._tables.due(name, now)]

    def backlog(self, queue: str, limit: int) -> tuple[int, float]:
        """See ``WorkStore``."""
        now = self._clock.now()
        due = self._tables.due(queue, now)
        waited = max((now - max(row.at, row.due) for row in due), default=0.0)
        return min(len(due), limit), max(0.0, waited)

    def claim(self, queue: str, *, owner: str, limit: int, lease: float) -> list[Work]:
        """See ``WorkStore``."""
        if queue not in self._tables.queues or self._tables.queue(queue).stopped is not None:
            return []
        due = self._tables.free(queue, self._clock.now())[:limit]
        rows = due[:1] if due and due[0].crashes else [row for row in due if not row.crashes]
        if not rows:
            return []
        self._tokens += 1
        until = self._clock.boot() + lease
        self._leases[self._tokens] = _Lease(owner, until, self._clock.boot_id(), {row.row for row in rows})
        return [self._taken(row) for row in rows]

    def commit(self, results: Sequence[Result]) -> list[bool]:
        """See ``WorkStore``."""
        done = [self._held(result.work) is not None for result in results]
        outcomes = [outcome for result in results for outcome in result.outcomes()]
        for outcome in outcomes:
            after(State.WORKING, outcome.fate.event)
        self._tables.read(message for result in results for message in result.made())
        book = self._book(guard for outcome in outcomes for guard in outcome.guards)
        for result, held in zip(results, done, strict=True):
            if held:
                self._carry_out(result, book)
        self._keep(book)
        return done

    def advance(self, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
        """See ``WorkStore``."""
        pairs = list(zip(works, proofs, strict=True))
        for work, proof in pairs:
            row = self._held(work)
            if row is not None:
                row.phase, row.proof = phase, proof
        return [work if self._held(work) else None for work, _ in pairs]

    def renew(self, works: Sequence[Work], lease: float) -> None:
        """See ``WorkStore``."""
        for work in works:
            if work.token in self._leases:
                self._leases[work.token].until = self._clock.boot() + lease
                self._leases[work.token].boot = self._clock.boot_id()

    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        """See ``WorkStore``."""
        tokens = [token for token, lease in self._leases.items() if self._over(lease, owner)]
        rows = [self._tables.work[number] for token in tokens for number in self._leases[token].rows]
        for row in rows:
            self._let_go(row)
            self._tables.move(row, after(row.state, Event.RETURN))
            row.due, row.crashes, row.attempts = 0.0, row.crashes + crashed, row.attempts - (not crashed)
        return len(rows)

    def stop_queue(self, queue: str, reason: str) -> None:
        """See ``WorkStore``."""
        self._tables.queue(queue).stopped = reason

    def start_queues(self) -> None:
        """See ``WorkStore``."""
        for queue in self._tables.queues.values():
            queue.stopped = None

    def close(self) -> None:
        """Nothing is held open: others may go on using the journal."""

    # What people ask and decide

    def message(self, id: str) -> Message | None:
        """See ``Records``."""
        row = self._tables.messages.get(id)
        return row.message if row else None

    def named(self, key: str, limit: int) -> list[Message]:
        """See ``Records``."""
        if key.lower() in self._tables.messages:
            return [self._tables.messages[key.lower()].message]
        found = sorted((self._tables.messages[id] for id in self._tables.keys.get(key, ())), key=MESSAGE_ORDER)
        if not found and len(key) >= SHORTEST_ID:
            ids = sorted(id for id in self._tables.messages if id.startswith(key.lower()))
            found = [self._tables.messages[id] for id in ids]
        return [row.message for row in found[:limit]]

    def children(self, id: str, limit: int) -> list[Message]:
        """See ``Records``."""
        rows = sorted(self._tables.made_from(id), key=lambda row: (row.message.position, row.row))
        return [row.message for row in rows[:limit]]

    def items(self, query: Query) -> Iterator[Item]:
        """See ``Records``."""
        yield from [self._tables.item(row) for row in islice(self._tables.found(query), query.limit)]

    def attempts(self, row: int) -> list[Attempt]:
        """See ``Records``."""
        found = self._tables.work.get(row)
        return list(found.history) if found else []

    def decide(self, row: int, event: Event, reason: str | None) -> bool:
        """See ``Records``."""
        found = self._tables.work.get(row)
        if found is None or not decidable(found.state, event):
            return False
        self._decide(found, event, reason)
        return True

    def replace(self, row: int, entry: Entry, reason: str) -> bool:
        """See ``Records``."""
        found = self._tables.work.get(row)
        if found is None or found.state not in (State.DEAD, State.HELD):
            return False
        self._decide(found, Event.DISCARD, reason)
        self.accept([entry])
        return True

    def stopped(self) -> Mapping[str, str]:
        """See ``Records``."""
        queues = self._tables.queues.items()
        return {name: queue.stopped for name, queue in queues if queue.stopped is not None}

    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """See ``Records``."""
        found: dict[str, dict[State, int]] = {name: {} for name in sorted(self._tables.queues)}
        for row in self._tables.work.values():
            found[row.queue][row.state] = found[row.queue].get(row.state, 0) + 1
        return found

    def audit(self) -> Audit:
        """See ``Records``."""
        queues = self._tables.queues
        sums = tuple(
            Sum(queue=name, posted=queues[name].posted, states=states, purged=queues[name].purged)
            for name, states in self.counts().items()
        )
        return Audit(sums=sums, accepted=self._tables.accepted, damage=tuple(self._tables.damage()))

    def pending(self) -> int:
        """See ``Records``."""
        return sum(
            row.state is State.WORKING
            or (row.state is State.WAITING and self._tables.queues[row.queue].stopped is None)
            for row in self._tables.work.values()
        )

    def purge(self, *, messages_before: float, limit: int) -> int:
        """See ``Records``."""
        now, rows = self._clock.now(), sorted(self._tables.messages.values(), key=MESSAGE_ORDER)
        past = [row for row in rows if row.at <= now]  # a clock that once ran ahead must not keep everything
        young = next((row.row for row in past if row.at >= messages_before), rows[-1].row + 1 if rows else 0)
        old = list(islice((row for row in past if row.row < young and self._forgettable(row)), limit))
        for row in old:
            self._tables.forget(row)
        expired = sorted((expires, place) for place, (_, expires) in self._seen.items() if expires < now)
        for _, place in expired[:limit]:
            del self._seen[place]
        return max(len(old), len(expired[:limit]))

    def refuse(self, route: str, identity: str, findings: Iterable[Finding]) -> None:
        """See ``Records``."""
        self._refusals.append((self._clock.now(), route, identity, tuple(findings)))

    # One step of the above

    def _enter(self, entry: Entry, book: GuardBook) -> str:
        door = Once(scope=entry.scope, key=entry.identity, within=entry.keep)
        holder = book.holder(door)
        if holder is None:
            book.take(door, entry.message.id)
            self._tables.insert(entry.message, self._clock.now())
            self._tables.post(entry.message.id, entry.posts, self._clock.now())
            self._tables.accepted += 1
        return holder or entry.message.id

    def _taken(self, row: WorkRow) -> Work:
        self._tables.move(row, State.WORKING)
        row.token = self._tokens
        row.attempts += 1
        return Work(
            row=row.row,
            message=self._tables.messages[row.message].message,
            queue=row.queue,
            attempt=row.attempts,
            token=self._tokens,
            crashes=row.crashes,
            progress=row.progress,
            phase=row.phase,
            proof=row.proof,
            released=row.released,
        )

    def _held(self, work: Work) -> WorkRow | None:
        row = self._tables.work.get(work.row)
        return row if row and row.state is State.WORKING and row.token == work.token else None

    def _carry_out(self, result: Result, book: GuardBook) -> None:
        row = self._tables.work[result.work.row]
        for child in result.children:
            if child.message.id not in self._tables.messages:
                self._record(child, row.queue, book)
        if result.outcome:
            row.progress = max(row.progress, result.progress)
            self._let_go(row)
            self._settle(row, result.outcome, book)
        else:
            row.progress, row.crashes = result.progress, 0

    def _record(self, child: Child, queue: str, book: GuardBook) -> None:
        self._tables.insert(child.message, self._clock.now())
        row = self._tables.place(child.message.id, queue, self._clock.now())
        row.attempts = 1
        self._settle(row, child.outcome, book)

    def _settle(self, row: WorkRow, outcome: Outcome, book: GuardBook) -> None:
        now, fate = self._clock.now(), book.judge(outcome, row.message)
        if fate.event in FAILURES or fate.findings:
            row.note(now, fate)
        self._tables.move(row, after(State.WORKING, fate.event))
        row.due, row.code, row.reason, row.receipt = fate.due, fate.code, fate.reason, fate.receipt
        row.attempts -= not fate.spent
        row.settled = None if row.state is State.WAITING else now
        if row.phase is Phase.SENDING and fate.event not in UNCLEAR:
            row.phase = None
        for key in outcome.keys:
            self._tables.keys[key][row.message] = None
        if fate is outcome.fate:
            self._tables.post(row.message, outcome.posts, now)
            for sent in outcome.also:
                self._send(sent)

    def _send(self, sent: Sent) -> None:
        if sent.message.id not in self._tables.messages:
            self._tables.insert(sent.message, self._clock.now())
            self._tables.post(sent.message.id, sent.posts, self._clock.now())

    def _over(self, lease: _Lease, owner: str | None) -> bool:
        if owner is not None:
            return lease.owner == owner or lease.owner.startswith(f"{owner}/")
        return lease.boot != self._clock.boot_id() or lease.until < self._clock.boot()

    def _let_go(self, row: WorkRow) -> None:
        if row.token is not None:
            self._leases[row.token].rows.discard(row.row)
            if not self._leases[row.token].rows:
                del self._leases[row.token]
        row.token = None

    def _decide(self, row: WorkRow, event: Event, reason: str | None) -> None:
        was, now = row.state, self._clock.now()
        row.note(now, Fate(event=event, reason=reason))
        self._tables.move(row, after(was, event))
        if row.state is State.WAITING:
            row.due, row.attempts, row.crashes, row.settled, row.code, row.reason = 0.0, 0, 0, None, None, None
            if was is State.HELD:
                holds = [attempt for attempt in row.history if attempt.event is Event.HOLD]
                row.released = frozenset(str(one["rule"]) for hold in holds for one in hold.findings if one.get("rule"))
            row.phase = None if was is State.DOUBT else row.phase
        else:
            row.settled, row.reason = now, row.reason if reason is None else reason

    def _forgettable(self, row: MessageRow) -> bool:
        works = self._tables.of_message(row.message.id)
        return not self._tables.made_from(row.message.id) and all(work.state in FINAL for work in works)

    def _book(self, guards: Iterable[Guard]) -> GuardBook:
        book = GuardBook(self._clock.now())
        for guard in guards:
            place = (guard.scope, guard.key)
            id, expires = self._seen.get(place, ("", 0.0))
            if isinstance(guard, Latest) and place in self._newest:
                book.newest[place] = self._newest[place]
            elif isinstance(guard, Once) and id and expires >= book.now:
                book.seen[place] = id
        return book

    def _keep(self, book: GuardBook) -> None:
        self._seen.update((place, (book.seen[place], expires)) for place, expires in book.taken.items())
        self._newest.update((place, book.newest[place]) for place in book.renewed)
