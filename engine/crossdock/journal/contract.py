"""What a journal is: the durable record of every message and every piece of work.

Each method that writes is one flushed transaction: when it returns, what it said is on disk. Nothing is half done.
Work is leased: whoever claims it gets a token, and only the holder of the token can settle it; a late settle after
the lease was lost changes nothing and says so.

The contract suite in ``crossdock.testing.journal_suite`` runs against every implementation.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crossdock.control import AckState, Answer, Numbering, Reference, Seen
from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.ledger import Awaiting, LedgerQuery, Number, Received
from crossdock.journal.notebook import Notebook
from crossdock.journal.registers import Registers
from crossdock.message import EMPTY, Message
from crossdock.route.plan import Guard

SHORTEST_ID = 6  # characters that name a message: fewer would name any


class Clock(Protocol):
    """The clocks a journal needs. Leases never run on the wall clock: a stepped clock must not steal work."""

    def now(self) -> float:
        """Wall clock, Unix seconds: for people and for due times that outlive a reboot."""
        ...

    def boot(self) -> float:
        """Seconds since boot, suspend included, the same for every process of the machine: for leases."""
        ...

    def boot_id(self) -> str:
        """Changes with every boot: leases of an earlier boot are void."""
        ...


class Phase(enum.StrEnum):
    """How far the effect of a delivery had come when it was last recorded."""

    SENDING = "sending"  # an opaque effect is under way: an unclear end goes to doubt
    STAGED = "staged"  # a provable effect is uploaded: ``proof`` finishes it
    GROUPED = "grouped"  # sent as one with others of its queue that have the same ``proof``, the key of their effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of claimed work. ``attempt`` is this one, from 1; ``progress`` how many parts are committed already.

    ``released`` names the check rules (``Finding.rule`` of its holds) that a person has let it through. ``code`` is
    that of the fate that put it back the last time. A ``proof`` without a ``phase`` is what was staged before a person
    released it.
    """

    row: int
    message: Message
    queue: str
    attempt: int
    token: int
    crashes: int = 0
    progress: int = 0
    phase: Phase | None = None
    proof: str | None = None
    released: frozenset[str] = frozenset()
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message goes to a queue. Posting the same message to the same queue again changes nothing.

    What shares a ``lane`` of a queue is worked on one after the other: a piece is free when nothing older of its lane
    is open (waiting, in hand, held or in doubt) and nothing of it is in hand. Older is what came earlier; a part of a
    split came when its parent did, behind the parts before it (``turns``).
    """

    queue: str
    lane: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a piece of work, and why. ``delay`` (seconds, by the journal's clock) belongs to ``Event.RETRY``.

    ``spent`` is False for work that is put back without costing an attempt; ``receipt`` says where it went.
    """

    event: Event
    delay: float = 0.0
    code: str | None = None
    reason: str | None = None
    step: str | None = None
    findings: tuple[Finding, ...] = ()
    receipt: str | None = None
    spent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message and where it goes. With a ``numbering``, what that writes takes the place of the message's body."""

    message: Message
    posts: tuple[Post, ...] = ()
    numbering: Numbering | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What processing one message came to, carried out as a whole.

    Guards decide first, inside the transaction: if another message holds the key, the fate becomes *skipped* and
    nothing is posted. ``posts`` send the message itself on; ``also`` are messages made from it, ``instead`` those
    that leave where a guard does not let it pass. ``answers`` change the ledger unless a guard decided otherwise;
    ``seen`` is noted in any case, once for an exchange.
    """

    fate: Fate
    guards: tuple[Guard, ...] = ()
    keys: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    also: tuple[Sent, ...] = ()
    instead: tuple[Sent, ...] = ()
    answers: tuple[Answer, ...] = ()
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One part of a split message: recorded once, with its own place in the queue of the route.

    A part that stays open there (held, retried) keeps ``lane`` and ``priority``, as if it had been posted with them.
    One whose lane is not free (its parent does not count) is not carried out: it is recorded as ``raw`` (None: as
    ``message``) with the keys of its outcome and waits, no attempt spent, to be worked on when its turn comes.
    """

    message: Message
    outcome: Outcome
    lane: str | None = None
    priority: int = 0
    raw: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is committed for one piece of work. Without ``outcome`` it stays in hand, under the lease it has."""

    work: Work
    outcome: Outcome | None = None
    children: tuple[Child, ...] = ()
    progress: int = 0

    def outcomes(self) -> Iterator[Outcome]:
        """What the parts, and then the whole, came to."""
        yield from (child.outcome for child in self.children)
        if self.outcome:
            yield self.outcome

    def made(self) -> Iterator[Message]:
        """The messages that are new with this; a part that may have to wait in both its forms."""
        yield from (child.message for child in self.children)
        yield from (child.raw for child in self.children if child.raw is not None)
        yield from (sent.message for outcome in self.outcomes() for sent in (*outcome.also, *outcome.instead))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message at the door. The same ``scope`` and ``identity`` within ``keep`` seconds is the same arrival.

    ``notes`` are written at the place of the message's route, in the same transaction, also where it is known already;
    ``news`` only where it is new.
    """

    message: Message
    scope: str
    identity: str
    posts: tuple[Post, ...]
    keep: float = 400 * 86400.0
    notes: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    news: Mapping[str, str] = field(default_factory=lambda: EMPTY)

    def noted(self, id: str) -> Mapping[str, str]:
        """What is noted where the message is known by ``id``."""
        return {**self.notes, **self.news} if id == self.message.id else self.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One recorded attempt, or decision of a person, for a piece of work."""

    number: int
    at: float
    event: Event
    code: str | None
    reason: str | None
    step: str | None
    findings: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of work as people look at it."""

    row: int
    message: Message
    queue: str
    state: State
    attempts: int
    crashes: int
    due: float
    accepted: float
    settled: float | None
    code: str | None
    reason: str | None
    phase: Phase | None
    progress: int
    receipt: str | None
    lane: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Work in one state: of a destination's queue (``sends``) or of a route's. ``settled`` is the last time, if any."""

    state: State
    sends: bool
    count: int
    accepted: float
    settled: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The audit of one queue: everything that was ever posted to it is in exactly one state, or was purged."""

    queue: str
    posted: int
    states: Mapping[State, int]
    purged: int

    @property
    def balanced(self) -> bool:
        """Whether the sum is right."""
        return self.posted == sum(self.states.values()) + self.purged


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An arrival that was not let in: when (Unix seconds), by which route's source, and why."""

    at: float
    route: str
    identity: str
    findings: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which work to list: newest first, at most ``limit``; ``below`` goes on behind a row that was listed.

    ``family`` is a message with everything made from it.
    """

    states: tuple[State, ...] = ()
    route: str | None = None
    queue: str | None = None
    message: str | None = None
    family: str | None = None
    below: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something the audit found that should be impossible: what, and which message."""

    what: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole account."""

    sums: tuple[Sum, ...]
    accepted: int
    damage: tuple[Damage, ...] = field(default=())

    @property
    def balanced(self) -> bool:
        """Whether every queue's sum is right and nothing is damaged."""
        return not self.damage and all(one.balanced for one in self.sums)


class WorkStore(Protocol):
    """What intake and workers need."""

    def accept(self, entries: Sequence[Entry]) -> list[str]:
        """Record arrivals with their work. The id each is known by: its own, or that of the earlier same arrival."""
        ...

    def ready(self) -> list[str]:
        """Queues that have work to be claimed now: due, free in its lane, and the queue is not stopped."""
        ...

    def backlog(self, queue: str, limit: int) -> tuple[int, float]:
        """How much is due and free now in ``queue`` (counted up to ``limit``); for how many seconds the oldest is."""
        ...

    def claim(self, queue: str, *, owner: str, limit: int, lease: float) -> list[Work]:
        """Lease up to ``limit`` due and free pieces for ``lease`` seconds: by priority, due time, then as they came.

        What was in hand when a worker died comes alone, in its turn. A group (``Phase.GROUPED``) comes alone too, in
        the turn of the first of it: every member, however many, or none while one of them is held, dead or in doubt.
        Nothing comes from a stopped queue.
        """
        ...

    def commit(self, results: Sequence[Result]) -> list[bool]:
        """Carry out results in one transaction. False where the lease was lost: nothing of that result was done.

        Work that ended an attempt by itself (``Event.RETRY``) is above suspicion: its crashes are forgotten.
        """
        ...

    def advance(self, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
        """Record how far effects have come. None where the lease was lost."""
        ...

    def renew(self, works: Sequence[Work], lease: float) -> None:
        """Prolong leases that are still held."""
        ...

    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        """Return what ``owner``, or anyone under it (``host`` covers ``host/3``), holds; None: what outlived its lease.

        ``crashed`` counts against each piece. How many pieces were returned.
        """
        ...

    def stop_queue(self, queue: str, reason: str) -> None:
        """Nothing more is claimed from ``queue`` until ``start_queues``."""
        ...

    def start_queues(self) -> None:
        """Forget every stop: the configuration was loaded anew."""
        ...

    def close(self) -> None:
        """Release the store."""
        ...


class Records(Protocol):
    """What people ask and decide."""

    def message(self, id: str) -> Message | None:
        """The message of that id."""
        ...

    def named(self, key: str, limit: int) -> list[Message]:
        """Messages that carry ``key`` as a business key; where there are none, those whose id begins with it.

        At least six characters of an id. A correlation id is the id of the first message of its exchange.
        """
        ...

    def children(self, id: str, limit: int) -> list[Message]:
        """What was made from a message, by position."""
        ...

    def items(self, query: Query) -> Iterator[Item]:
        """Work, newest first."""
        ...

    def family(self, id: str) -> list[Tally]:
        """All work of a message and of everything made from it, counted."""
        ...

    def attempts(self, row: int) -> list[Attempt]:
        """What was tried and decided for one piece of work, oldest first."""
        ...

    def decide(self, row: int, event: Event, reason: str | None) -> bool:
        """A person's decision on held, dead or doubtful work. False where its state does not allow it (any more).

        Releasing one of a group (``Phase.GROUPED``) releases all of it that can be released: its key is one.
        """
        ...

    def replace(self, row: int, entry: Entry, reason: str) -> bool:
        """Give up dead or held work and accept what a person made of it instead, in one transaction.

        A post to the same queue takes over lane, place in the lane and priority of what it replaces.
        """
        ...

    def stopped(self) -> Mapping[str, str]:
        """Stopped queues and why."""
        ...

    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """How many pieces of work each queue has in each state: every queue that was ever posted to, or is stopped."""
        ...

    def audit(self) -> Audit:
        """Count everything."""
        ...

    def pending(self) -> int:
        """Pieces of work that can still move without a person: in hand, or waiting and neither stopped nor stuck."""
        ...

    def stuck(self) -> Mapping[str, int]:
        """By queue, where there are any: how many wait behind an older piece of their lane that is held or in doubt."""
        ...

    def purge(self, *, messages_before: float, limit: int, keys_before: float = 0.0) -> int:
        """Forget settled exchanges and refusals older than a Unix time, and expired keys; in steps of ``limit``.

        A ``latest`` key, or a note, expires when it was not renewed since ``keys_before``. The most that was forgotten of one
        kind: less than ``limit`` means that nothing more is to be forgotten now.
        """
        ...

    def refuse(self, route: str, identity: str, findings: Iterable[Finding]) -> None:
        """Note an arrival that was refused at the border."""
        ...

    def refusals(self, limit: int) -> list[Refusal]:
        """What was refused at the border, newest first."""
        ...


class Ledger(Protocol):
    """What is awaited of partners, and control numbers. Both are written by ``WorkStore.commit``."""

    def awaited(self, reference: Reference) -> list[Awaiting]:
        """What an acknowledgement means by ``reference``, in the order it was sent. Empty: nobody awaits it."""
        ...

    def ledger(self, query: LedgerQuery) -> list[Awaiting]:
        """Rows of the ledger, newest first."""
        ...

    def standings(self) -> Mapping[str, Mapping[AckState, int]]:
        """By partner, how many documents stand how."""
        ...

    def overdue(self, tell: Callable[[Awaiting], Sent | None], limit: int) -> int:
        """What should have been acknowledged by now becomes overdue, and what ``tell`` makes of it is recorded with it.

        In one transaction, at most ``limit`` of them; how many. ``tell`` is pure.
        """
        ...

    def numbers(self) -> list[Number]:
        """Every counter."""
        ...

    def set_number(self, scope: str, number: int) -> None:
        """The last number given was ``number``: by another system, before this one."""
        ...

    def received(self) -> list[Received]:
        """The control numbers that came in, with gaps and repetitions among those that retention has left."""
        ...


class Journal(WorkStore, Registers, Notebook, Records, Ledger, Protocol):
    """The whole contract."""
