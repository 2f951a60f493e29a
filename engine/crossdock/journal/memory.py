"""A journal in memory: the whole contract in dictionaries, for ``crossdock test`` and for simulations.

Deterministic: the clock is an argument and nothing depends on anything else. For one thread; every worker of a
simulation uses the same journal. What cannot be recorded is refused before anything is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from threading import Lock

from crossdock.control import AckState, Reference
from crossdock.delivery.states import FAILURES, FINAL, UNCLEAR, Event, State, after, decidable
from crossdock.errors import Finding
from crossdock.journal import turns
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
    Refusal,
    Result,
    Sent,
    Sum,
    Tally,
    Work,
)
from crossdock.journal.guards import GuardBook
from crossdock.journal.ledger import Awaiting, LedgerQuery, Number, Received
from crossdock.journal.memory_guards import MemoryGuards
from crossdock.journal.memory_ledger import MemoryLedger
from crossdock.journal.memory_notes import MemoryNotebook
from crossdock.journal.memory_tables import MESSAGE_ORDER, MessageRow, Tables, WorkRow
from crossdock.journal.notebook import Note, Place
from crossdock.journal.registers import Change, Register
from crossdock.message import Inline, Message
from crossdock.route.plan import Once


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
        self._ledger = MemoryLedger(self._tables)
        self._leases: dict[int, _Lease] = {}
        self._tokens = 0
        self._guards = MemoryGuards()
        self._notebook = MemoryNotebook(clock.now)
        self._refusals: list[Refusal] = []
        self._registers: dict[tuple[Register, str], str] = {}
        self._changing = Lock()
        self._boot = clock.boot_id()

    # What intake and workers need

    def accept(self, entries: Sequence[Entry]) -> list[str]:
        """See ``WorkStore``."""
        self._tables.read(entry.message for entry in entries)
        doors = (Once(scope=entry.scope, key=entry.identity, within=entry.keep) for entry in entries)
        book = self._guards.book(doors, self._clock.now())
        ids = [self._enter(entry, book) for entry in entries]
        self._guards.keep(book)
        for entry, id in zip(entries, ids, strict=True):
            self._notebook.note(entry.message.route, entry.noted(id))
        return ids

    def ready(self) -> list[str]:
        """See ``WorkStore``."""
        now, queues = self._clock.now(), self._tables.queues.items()
        return [name for name, queue in queues if queue.stopped is None and self._tables.free(name, now)]

    def backlog(self, queue: str, limit: int) -> tuple[int, float]:
        """See ``WorkStore``."""
        now = self._clock.now()
        due = self._tables.free(queue, now)
        waited = max((now - max(row.at, row.due) for row in due), default=0.0)
        return min(len(due), limit), max(0.0, waited)

    def claim(self, queue: str, *, owner: str, limit: int, lease: float) -> list[Work]:
        """See ``WorkStore``."""
        if queue not in self._tables.queues or self._tables.queue(queue).stopped is not None:
            return []
        rows = self._together([row for row in self._tables.free(queue, self._clock.now()) if self._whole(row)][:limit])
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
            for sent in outcome.also:
                if sent.numbering is not None:
                    sent.numbering.rehearse()
        self._tables.read(message for result in results for message in result.made())
        book = self._guards.book((guard for outcome in outcomes for guard in outcome.guards), self._clock.now())
        for result, held in zip(results, done, strict=True):
            if held:
                self._carry_out(result, book)
        self._guards.keep(book)
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

    # What everybody agrees on

    def update(self, kind: Register, key: str, change: Change) -> str | None:
        """See ``Registers``."""
        with self._changing:
            text = change(self._current().get((kind, key)), self._clock.boot())
            if text is None:
                self._registers.pop((kind, key), None)
            else:
                self._registers[kind, key] = text
        return text

    def registers(self, kind: Register) -> tuple[Mapping[str, str], float]:
        """See ``Registers``."""
        return {key: text for (one, key), text in self._current().items() if one is kind}, self._clock.boot()

    def _current(self) -> dict[tuple[Register, str], str]:
        """The registers; those of an earlier boot are void."""
        if self._boot != self._clock.boot_id():
            self._boot = self._clock.boot_id()
            self._registers.clear()
        return self._registers

    def notes(self, place: str, keys: Sequence[str]) -> Mapping[str, str]:
        """See ``Notebook``."""
        return self._notebook.notes(place, keys)

    def note(self, place: str, notes: Mapping[str, str | None]) -> None:
        """See ``Notebook``."""
        self._notebook.note(place, notes)

    def noted(self, place: str, *, after: str = "", limit: int) -> list[Note]:
        """See ``Notebook``."""
        return self._notebook.noted(place, after=after, limit=limit)

    def places(self) -> list[Place]:
        """See ``Notebook``."""
        return self._notebook.places()

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

    def family(self, id: str) -> list[Tally]:
        """See ``Records``."""
        return self._tables.tallies(id)

    def attempts(self, row: int) -> list[Attempt]:
        """See ``Records``."""
        found = self._tables.work.get(row)
        return list(found.history) if found else []

    def decide(self, row: int, event: Event, reason: str | None) -> bool:
        """See ``Records``."""
        found = self._tables.work.get(row)
        if found is None or not decidable(found.state, event):
            return False
        whole = event is Event.RELEASE and found.phase is Phase.GROUPED
        for one in self._tables.group(found) if whole else [found]:
            if decidable(one.state, event):
                self._decide(one, event, reason)
        return True

    def replace(self, row: int, entry: Entry, reason: str) -> bool:
        """See ``Records``."""
        found = self._tables.work.get(row)
        if found is None or found.state not in (State.DEAD, State.HELD):
            return False
        self._decide(found, Event.DISCARD, reason)
        (id,) = self.accept([entry])
        if id == entry.message.id:
            self._tables.inherit(id, found)
        self._ledger.hand_on(found.message, id)
        return True

    def stopped(self) -> Mapping[str, str]:
        """See ``Records``."""
        queues = self._tables.queues.items()
        return {name: queue.stopped for name, queue in queues if queue.stopped is not None}

    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """See ``Records``."""
        used = [name for name, queue in self._tables.queues.items() if queue.posted or queue.stopped is not None]
        found: dict[str, dict[State, int]] = {name: {} for name in sorted(used)}
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
        stuck = {row.row for row in self._tables.stuck()}
        return sum(
            row.state is State.WORKING
            or (row.state is State.WAITING and self._tables.queues[row.queue].stopped is None and row.row not in stuck)
            for row in self._tables.work.values()
        )

    def stuck(self) -> Mapping[str, int]:
        """See ``Records``."""
        return dict(sorted(Counter(row.queue for row in self._tables.stuck()).items()))

    def purge(self, *, messages_before: float, limit: int, keys_before: float = 0.0) -> int:
        """See ``Records``."""
        now, rows = self._clock.now(), sorted(self._tables.messages.values(), key=MESSAGE_ORDER)
        past = [row for row in rows if row.at <= now]  # a clock that once ran ahead must not keep everything
        young = next((row.row for row in past if row.at >= messages_before), rows[-1].row + 1 if rows else 0)
        old = list(islice((row for row in past if row.row < young and self._forgettable(row)), limit))
        for row in old:
            self._ledger.forget(row.message.id)
            self._tables.forget(row)
        numbers = self._ledger.forget_received(messages_before, limit)
        keys = max(self._guards.forget(now, keys_before, limit), self._notebook.forget(keys_before, limit))
        refused = [number for number, one in enumerate(self._refusals) if one.at < messages_before]
        refused = sorted(refused, key=lambda number: (self._refusals[number].at, number))[:limit]
        self._refusals = [one for number, one in enumerate(self._refusals) if number not in refused]
        return max(len(old), keys, len(refused), numbers)

    def refuse(self, route: str, identity: str, findings: Iterable[Finding]) -> None:
        """See ``Records``."""
        told = tuple(finding.as_dict() for finding in findings)
        self._refusals.append(Refusal(at=self._clock.now(), route=route, identity=identity, findings=told))

    def refusals(self, limit: int) -> list[Refusal]:
        """See ``Records``."""
        return self._refusals[::-1][:limit]

    # What is awaited of partners

    def awaited(self, reference: Reference) -> list[Awaiting]:
        """See ``Ledger``."""
        return self._ledger.awaited(reference)

    def ledger(self, query: LedgerQuery) -> list[Awaiting]:
        """See ``Ledger``."""
        return self._ledger.ledger(query)

    def standings(self) -> Mapping[str, Mapping[AckState, int]]:
        """See ``Ledger``."""
        return self._ledger.standings()

    def overdue(self, tell: Callable[[Awaiting], Sent | None], limit: int) -> int:
        """See ``Ledger``."""
        late = self._ledger.late(self._clock.now(), limit)
        told = [sent for one in late if (sent := tell(one)) is not None]
        for one in late:
            self._ledger.raise_overdue(one)
        for sent in told:
            self._send(sent)
        return len(late)

    def numbers(self) -> list[Number]:
        """See ``Ledger``."""
        return self._ledger.numbers()

    def set_number(self, scope: str, number: int) -> None:
        """See ``Ledger``."""
        self._ledger.set_number(scope, number, self._clock.now())

    def received(self) -> list[Received]:
        """See ``Ledger``."""
        return self._ledger.received()

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

    def _whole(self, row: WorkRow) -> bool:
        """Whether every member of its group waits, where it is of one."""
        return row.phase is not Phase.GROUPED or all(one.state is State.WAITING for one in self._tables.group(row))

    def _together(self, due: list[WorkRow]) -> list[WorkRow]:
        """What may be in one pair of hands: a group comes whole and alone, and so does what was in hand at a crash."""
        if due and due[0].phase is Phase.GROUPED:
            return self._tables.group(due[0])
        if due and due[0].crashes:
            return due[:1]
        return [row for row in due if not row.crashes and row.phase is not Phase.GROUPED]

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
            code=row.code,
        )

    def _held(self, work: Work) -> WorkRow | None:
        row = self._tables.work.get(work.row)
        return row if row and row.state is State.WORKING and row.token == work.token else None

    def _carry_out(self, result: Result, book: GuardBook) -> None:
        row = self._tables.work[result.work.row]
        for child in result.children:
            if child.message.id not in self._tables.messages:
                self._record(child, row, book)
        if result.outcome:
            row.progress = max(row.progress, result.progress)
            self._let_go(row)
            self._settle(row, result.outcome, book)
        else:
            row.progress, row.crashes = result.progress, 0

    def _record(self, child: Child, parent: WorkRow, book: GuardBook) -> None:
        now = self._clock.now()
        row = self._tables.place(child.message.id, parent.queue, now)
        row.lane, row.priority = child.lane, -child.priority
        row.turn = turns.of_part(parent.age()[0], child.message.position)
        if self._tables.taken(row, parent.row):
            self._tables.insert(child.raw or child.message, now)
            self._name(row, child.outcome)
        else:
            self._tables.insert(child.message, now)
            row.attempts = 1
            self._settle(row, child.outcome, book)

    def _name(self, row: WorkRow, outcome: Outcome) -> None:
        for key in outcome.keys:
            self._tables.keys[key][row.message] = None

    def _settle(self, row: WorkRow, outcome: Outcome, book: GuardBook) -> None:
        now, fate = self._clock.now(), book.judge(outcome, row.message)
        if fate.event in FAILURES or fate.findings:
            row.note(now, fate)
        self._tables.move(row, after(State.WORKING, fate.event))
        row.due = now + fate.delay if fate.event is Event.RETRY else 0.0
        row.code, row.reason, row.receipt = fate.code, fate.reason, fate.receipt
        row.crashes = 0 if fate.event is Event.RETRY else row.crashes
        row.attempts -= not fate.spent
        row.settled = None if row.state is State.WAITING else now
        if (row.phase is Phase.SENDING and fate.event not in UNCLEAR) or (
            row.phase is Phase.GROUPED and row.state is State.DELIVERED
        ):
            row.phase = None
        self._name(row, outcome)
        self._ledger.see(outcome.seen, self._tables.messages[row.message].message.correlation, now)
        if fate is outcome.fate:
            self._tables.post(row.message, outcome.posts, now)
            for sent in outcome.also:
                self._send(sent)
            for answer in outcome.answers:
                self._ledger.answer(answer, now)
        else:
            for sent in outcome.instead:
                self._send(sent)

    def _send(self, sent: Sent) -> None:
        message, now = sent.message, self._clock.now()
        if message.id in self._tables.messages:
            return
        if sent.numbering is not None:
            written, awaits = self._ledger.stamped(sent.numbering, now)
            self._ledger.enter(message, awaits, now)
            message = replace(message, body=Inline(written))
        self._tables.insert(message, now)
        self._tables.post(message.id, sent.posts, now)

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
            row.phase = None if was is State.DOUBT or row.phase is Phase.STAGED else row.phase
        else:
            row.settled, row.reason = now, row.reason if reason is None else reason

    def _forgettable(self, row: MessageRow) -> bool:
        works = self._tables.of_message(row.message.id)
        return not self._tables.made_from(row.message.id) and all(work.state in FINAL for work in works)
