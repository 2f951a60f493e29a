"""The journal of a simulation: the one in memory, behind lines that break and on a disk that loses its power.

``Disk`` keeps the real ``MemoryJournal`` and writes down every call that changed it, with the clocks it saw. After a
power cut the journal is made anew from that record, without some of the last calls, as far back as the last flushed
one: what the contract says is not flushed may be gone, and nothing else.

``Line`` is what one process holds: every call takes time, may find the line cut before or after it was carried out,
and is a point at which the process may die.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crossdock.control import AckState, Reference
from crossdock.delivery.disposition import MAX_CRASHES
from crossdock.delivery.states import Event, State
from crossdock.errors import Finding, Retry
from crossdock.journal.contract import Attempt, Audit, Entry, Item, Phase, Query, Refusal, Result, Sent, Tally, Work
from crossdock.journal.ledger import Awaiting, LedgerQuery, Number, Received
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.notebook import Note, Place
from crossdock.journal.registers import Change, Register
from crossdock.message import Message
from crossdock.testing.simulation.process import Process
from crossdock.testing.simulation.project import ATTEMPTS
from crossdock.testing.simulation.world import Violation, World

#: Calls after which something may be there to be claimed, or be so at another time.
_MAKES_WORK = frozenset(
    {"accept", "claim", "commit", "give_back", "stop_queue", "start_queues", "decide", "replace", "overdue"}
)

#: Of one piece of work: each of its tries may be preceded by crashes that count as attempts too.
MOST_ATTEMPTS = ATTEMPTS * (MAX_CRASHES + 1)

T = TypeVar("T")
Call = Callable[[MemoryJournal], object]


class Clocks:
    """The clocks of the journal's machine, or those of a call that is repeated from the record."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.then: tuple[float, float, str] | None = None

    def read(self) -> tuple[float, float, str]:
        """All of them."""
        return self._world.wall_clock(), self._world.steady(), f"boot {self._world.boots}"

    def now(self) -> float:
        """See ``Clock``."""
        return self._world.wall_clock() if self.then is None else self.then[0]

    def boot(self) -> float:
        """See ``Clock``."""
        return self._world.steady() if self.then is None else self.then[1]

    def boot_id(self) -> str:
        """See ``Clock``."""
        return f"boot {self._world.boots}" if self.then is None else self.then[2]


@dataclass(frozen=True, slots=True)
class _Recorded:
    clocks: tuple[float, float, str]
    call: Call
    flushed: bool


class Disk:
    """The durable state all processes share. Only one that is ``recorded`` can lose its power.

    ``make`` builds the journal; a test may give it one with a defect.
    """

    def __init__(self, world: World, make: Callable[[Clocks], MemoryJournal], *, recorded: bool) -> None:
        self._recorded = recorded
        self._make = make
        self._clocks = Clocks(world)
        self._world = world
        self._record: list[_Recorded] = []
        self.journal = make(self._clocks)
        self.full = False
        self.changes = 0
        self._changes_by: Counter[str] = Counter()
        self._due_at = -1
        self._due: float | None = None
        self.holders: dict[int, tuple[int, str]] = {}
        self._watchers: dict[str, Callable[[], None]] = {}

    def write(self, call: Callable[[MemoryJournal], T], *, flushed: bool) -> T:
        """Carry out a call that changes something."""
        if self._recorded:
            self._record.append(_Recorded(self._clocks.read(), call, flushed))
        return call(self.journal)

    def changed(self, by: str = "") -> None:
        """There may be something to claim that was not there before, or was there at another time."""
        self.changes += 1
        self._changes_by[by] += 1
        for who, wake in tuple(self._watchers.items()):
            if who != by:
                wake()

    def foreign_changes(self, who: str) -> int:
        """A number that differs after another process changed something."""
        return self.changes - self._changes_by[who]

    def watch(self, who: str, wake: Callable[[], None] | None) -> None:
        """Call ``wake`` after each change; None: no longer."""
        if wake is None:
            self._watchers.pop(who, None)
        else:
            self._watchers[who] = wake

    def cut_power(self, lost: int) -> int:
        """Lose up to ``lost`` of the calls since the last flushed one; how many it were."""
        gone = 0
        while gone < lost and self._record and not self._record[-1].flushed:
            self._record.pop()
            gone += 1
        self.journal = self._make(self._clocks)
        for one in self._record:
            self._clocks.then = one.clocks
            one.call(self.journal)
        self._clocks.then = None
        self.holders.clear()
        self.changed()
        return gone

    def next_due(self) -> float | None:
        """Seconds until something that waits becomes due; None when nothing will by itself."""
        if self._due_at != self.changes:
            stopped = self.journal.stopped()
            query = Query(states=(State.WAITING,), limit=10_000)
            dues = [item.due for item in self.journal.items(query) if item.queue not in stopped]
            self._due_at, self._due = self.changes, min(dues, default=None)
        return None if self._due is None else max(0.0, self._due - self._world.wall_clock())


class Line:
    """``Journal`` as one process has it."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self._disk = disk
        self._process = process
        self._chance = process.world.chance(f"line {process.name}#{process.life}")

    # What intake and workers need

    def accept(self, entries: Sequence[Entry]) -> list[str]:
        """See ``WorkStore``."""
        kept = tuple(entries)
        return self._write("accept", lambda journal: journal.accept(kept))

    def ready(self) -> list[str]:
        """See ``WorkStore``."""
        return self._read("ready", lambda journal: journal.ready())

    def backlog(self, queue: str, limit: int) -> tuple[int, float]:
        """See ``WorkStore``."""
        return self._read("backlog", lambda journal: journal.backlog(queue, limit))

    def claim(self, queue: str, *, owner: str, limit: int, lease: float) -> list[Work]:
        """See ``WorkStore``."""

        def carried_out(journal: MemoryJournal) -> list[Work]:
            return journal.claim(queue, owner=owner, limit=limit, lease=lease)

        works = self._write("claim", carried_out, flushed=False, then=self._took)
        if works:
            self._process.tell(f"claims {_named(works)} of {queue}")
        return works

    def _took(self, works: list[Work]) -> None:
        for work in works:
            self._disk.holders[work.row] = (work.token, self._process.name)
            if work.attempt > MOST_ATTEMPTS:
                raise Violation("attempts", f"row {work.row} of {work.queue} is in its attempt {work.attempt}")

    def commit(self, results: Sequence[Result]) -> list[bool]:
        """See ``WorkStore``."""
        kept = tuple(results)

        def settled(held: list[bool]) -> None:
            for result, done in zip(kept, held, strict=True):
                if done:
                    self._check_holder(result.work)
            self._process.tell(f"commits {_told(kept, held)}")

        return self._write("commit", lambda journal: journal.commit(kept), then=settled)

    def _check_holder(self, work: Work) -> None:
        if self._disk.holders.get(work.row) != (work.token, self._process.name):
            raise Violation("token", f"{self._process.name} settled row {work.row}, which it does not hold any more")

    def advance(self, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
        """See ``WorkStore``."""
        kept, given = tuple(works), tuple(proofs)

        def told(held: list[Work | None]) -> None:
            done = [work for work in held if work is not None]
            for work in done:
                self._check_holder(work)
            self._process.tell(f"records {phase} for {_named(done)} of {len(kept)}")

        return self._write("advance", lambda journal: journal.advance(kept, phase, given), then=told)

    def renew(self, works: Sequence[Work], lease: float) -> None:
        """See ``WorkStore``."""
        kept = tuple(works)
        self._write("renew", lambda journal: journal.renew(kept, lease), flushed=False)

    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        """See ``WorkStore``."""

        def carried_out(journal: MemoryJournal) -> int:
            return journal.give_back(owner=owner, crashed=crashed)

        returned = self._write("give_back", carried_out, flushed=False)
        if returned:
            self._process.tell(f"gives back {returned} of {owner or 'whoever is late'}{', crashed' * crashed}")
        return returned

    def stop_queue(self, queue: str, reason: str) -> None:
        """See ``WorkStore``."""
        self._process.tell(f"stops queue {queue}")
        self._write("stop_queue", lambda journal: journal.stop_queue(queue, reason))

    def start_queues(self) -> None:
        """See ``WorkStore``."""
        self._write("start_queues", lambda journal: journal.start_queues())

    def close(self) -> None:
        """Nothing is held."""

    # Registers

    def update(self, kind: Register, key: str, change: Change) -> str | None:
        """See ``Registers``."""
        return self._write("update", lambda journal: journal.update(kind, key, change), flushed=False)

    def registers(self, kind: Register) -> tuple[Mapping[str, str], float]:
        """See ``Registers``."""
        return self._read("registers", lambda journal: journal.registers(kind))

    # Notes

    def notes(self, place: str, keys: Sequence[str]) -> Mapping[str, str]:
        """See ``Notebook``."""
        return self._read("notes", lambda journal: journal.notes(place, keys))

    def note(self, place: str, notes: Mapping[str, str | None]) -> None:
        """See ``Notebook``."""
        self._write("note", lambda journal: journal.note(place, notes))

    def noted(self, place: str, *, after: str = "", limit: int) -> list[Note]:
        """See ``Notebook``."""
        return self._read("noted", lambda journal: journal.noted(place, after=after, limit=limit))

    def places(self) -> list[Place]:
        """See ``Notebook``."""
        return self._read("places", lambda journal: journal.places())

    # What people ask and decide

    def message(self, id: str) -> Message | None:
        """See ``Records``."""
        return self._read("message", lambda journal: journal.message(id))

    def named(self, key: str, limit: int) -> list[Message]:
        """See ``Records``."""
        return self._read("named", lambda journal: journal.named(key, limit))

    def children(self, id: str, limit: int) -> list[Message]:
        """See ``Records``."""
        return self._read("children", lambda journal: journal.children(id, limit))

    def items(self, query: Query) -> Iterator[Item]:
        """See ``Records``."""
        return iter(self._read("items", lambda journal: list(journal.items(query))))

    def family(self, id: str) -> list[Tally]:
        """See ``Records``."""
        return self._read("family", lambda journal: journal.family(id))

    def attempts(self, row: int) -> list[Attempt]:
        """See ``Records``."""
        return self._read("attempts", lambda journal: journal.attempts(row))

    def decide(self, row: int, event: Event, reason: str | None) -> bool:
        """See ``Records``."""
        return self._write("decide", lambda journal: journal.decide(row, event, reason))

    def replace(self, row: int, entry: Entry, reason: str) -> bool:
        """See ``Records``."""
        return self._write("replace", lambda journal: journal.replace(row, entry, reason))

    def stopped(self) -> Mapping[str, str]:
        """See ``Records``."""
        return self._read("stopped", lambda journal: journal.stopped())

    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """See ``Records``."""
        return self._read("counts", lambda journal: journal.counts())

    def audit(self) -> Audit:
        """See ``Records``."""
        return self._read("audit", lambda journal: journal.audit())

    def pending(self) -> int:
        """See ``Records``."""
        return self._read("pending", lambda journal: journal.pending())

    def stuck(self) -> Mapping[str, int]:
        """See ``Records``."""
        return self._read("stuck", lambda journal: journal.stuck())

    def purge(self, *, messages_before: float, limit: int, keys_before: float = 0.0) -> int:
        """See ``Records``."""

        def carried_out(journal: MemoryJournal) -> int:
            return journal.purge(messages_before=messages_before, limit=limit, keys_before=keys_before)

        return self._write("purge", carried_out)

    def refuse(self, route: str, identity: str, findings: Iterable[Finding]) -> None:
        """See ``Records``."""
        kept = tuple(findings)
        self._write("refuse", lambda journal: journal.refuse(route, identity, kept))

    def refusals(self, limit: int) -> list[Refusal]:
        """See ``Records``."""
        return self._read("refusals", lambda journal: journal.refusals(limit))

    # What is awaited of partners

    def awaited(self, reference: Reference) -> list[Awaiting]:
        """See ``Ledger``."""
        return self._read("awaited", lambda journal: journal.awaited(reference))

    def ledger(self, query: LedgerQuery) -> list[Awaiting]:
        """See ``Ledger``."""
        return self._read("ledger", lambda journal: journal.ledger(query))

    def standings(self) -> Mapping[str, Mapping[AckState, int]]:
        """See ``Ledger``."""
        return self._read("standings", lambda journal: journal.standings())

    def overdue(self, tell: Callable[[Awaiting], Sent | None], limit: int) -> int:
        """See ``Ledger``."""
        if not self._read("overdue", lambda journal: journal.standings()):  # nothing is, and costs no time
            return 0
        return self._write("overdue", lambda journal: journal.overdue(tell, limit))

    def numbers(self) -> list[Number]:
        """See ``Ledger``."""
        return self._read("numbers", lambda journal: journal.numbers())

    def set_number(self, scope: str, number: int) -> None:
        """See ``Ledger``."""
        self._write("set_number", lambda journal: journal.set_number(scope, number))

    def received(self) -> list[Received]:
        """See ``Ledger``."""
        return self._read("received", lambda journal: journal.received())

    # The line itself

    def _read(self, name: str, call: Callable[[MemoryJournal], T]) -> T:
        self._reachable(name)  # takes no time: somebody may come between it and the next call that changes anything
        return call(self._disk.journal)

    def _write(
        self,
        name: str,
        call: Callable[[MemoryJournal], T],
        *,
        flushed: bool = True,
        then: Callable[[T], None] = lambda answer: None,
    ) -> T:
        self._process.takes()
        self._reachable(name)
        if self._chance.random() < self._process.host.calls_lost:
            raise Retry("T201", f"the connection to the journal broke before it heard {name}")
        self._process.point(f"{name}.before_commit")
        self._process.thaw()
        if self._disk.full:
            raise Retry("T202", "the disk of the simulated journal is full")
        answer = self._disk.write(call, flushed=flushed)
        if name in _MAKES_WORK and answer != 0:
            self._disk.changed(self._process.name)
        then(answer)
        self._process.point(f"{name}.after_commit")
        if self._chance.random() < self._process.host.answers_lost:
            self._process.tell(f"hears no answer to {name}")
            raise Retry("T201", "the connection to the journal broke before it answered")
        return answer

    def _reachable(self, name: str) -> None:
        if self._process.host.journal_cut:
            raise Retry("T201", f"the journal cannot be reached for {name}")


def _named(works: Iterable[Work]) -> str:
    return ", ".join(f"row {work.row}" for work in works) or "nothing"


def _told(results: Sequence[Result], held: Sequence[bool]) -> str:
    told = []
    for result, done in zip(results, held, strict=True):
        what = result.outcome.fate.event if result.outcome else "a part"
        told.append(f"row {result.work.row} {what}" if done else f"row {result.work.row} (lease lost)")
    return ", ".join(told)
