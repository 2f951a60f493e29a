"""A journal as a stream of records that belongs to no engine: what backup, restore and moving are made of.

Every engine keeps the same logical tables and columns; a record is one row of them, or a piece of a payload that is
kept outside of rows. The order of the tables is that of ``Record``, so history comes before the work it is about, and
what a restore adds to it comes after. Leases, tokens and registers are no part of it: they are about who works now.

Format 3; 2 had no notes, 1 no ledger. A new column goes to the end of its record and has a default, and a new record is optional,
so an older file can still be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Protocol, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import replace

from crossdock.control import AckState, Weight
from crossdock.delivery.states import Event, State, after
from crossdock.errors import Halt
from crossdock.journal.contract import Journal, Phase

FORMAT = 3

#: A SHA-256 in hex and nothing else: where payloads are files it is part of a path, and a backup may be anybody's.
Sha256: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class QueueRow(Struct, array_like=True, tag="queue", frozen=True):
    """A queue with its tallies."""

    number: int
    name: str
    posted: int
    purged: int
    stopped: str | None


class PayloadPart(Struct, array_like=True, tag="payload", frozen=True):
    """A piece of a large payload, in order; ``key`` is the SHA-256 of the whole in hex."""

    key: str
    data: bytes
    last: bool


class MessageRow(Struct, array_like=True, tag="message", frozen=True):
    """A message: its payload is ``body``, or what ``stored`` is the key of. ``gone`` counts parts that are forgotten."""

    row: int
    id: str
    parent: str | None
    correlation: str
    route: str
    position: int
    topic: str | None
    partner: str | None
    content_type: str
    headers: str
    trace: str | None
    at: float
    gone: int
    size: int
    sha256: bytes
    stored: Sha256 | None
    body: bytes | None


class AttemptRow(Struct, array_like=True, tag="attempt", frozen=True):
    """What was tried or decided for a piece of work."""

    work: int
    number: int
    at: float
    event: Event
    code: str | None
    reason: str | None
    step: str | None
    findings: str | None


class WorkRow(Struct, array_like=True, tag="work", frozen=True):
    """A piece of work. ``message`` and ``queue`` are row and number of those; ``turn`` is its place in its lane."""

    row: int
    message: int
    queue: int
    state: State
    due: float
    priority: int
    lane: str | None
    turn: int | None
    attempts: int
    crashes: int
    progress: int
    released: str
    phase: Phase | None
    proof: str | None
    at: float
    settled: float | None
    code: str | None
    reason: str | None
    receipt: str | None


class SeenRow(Struct, array_like=True, tag="seen", frozen=True):
    """Who holds a key of ``once``, or came in under an identity."""

    scope: str
    key: str
    message: str
    expires: float


class NewestRow(Struct, array_like=True, tag="newest", frozen=True):
    """The newest version of what ``latest`` guards, and when it came."""

    scope: str
    key: str
    version: str
    message: str
    at: float


class KeyRow(Struct, array_like=True, tag="business_key", frozen=True):
    """A business key of a message."""

    key: str
    message: int


class RefusalRow(Struct, array_like=True, tag="refusal", frozen=True):
    """An arrival that was not let in."""

    at: float
    route: str
    identity: str
    findings: str


class AwaitedRow(Struct, array_like=True, tag="awaited", frozen=True):
    """A document that was sent, and how it stands with its receiver. ``message`` is the row of what carries it."""

    row: int
    message: int
    partner: str
    standard: str
    set_id: str
    interchange: str
    group_number: str | None
    transaction_number: str | None
    keys: str
    at: float
    due: float | None
    state: AckState
    answered: float | None
    codes: str
    detail: str | None
    weight: Weight


class CounterRow(Struct, array_like=True, tag="counter", frozen=True):
    """The last control number given of a series."""

    scope: str
    number: int
    at: float


class ReceivedRow(Struct, array_like=True, tag="received", frozen=True):
    """A control number of a partner's that came in, and the exchange it came with."""

    scope: str
    number: int
    exchange: str
    at: float


class NoteRow(Struct, array_like=True, tag="note", frozen=True):
    """What a connector noted down."""

    place: str
    key: str
    text: str
    at: float


class AcceptedRow(Struct, array_like=True, tag="accepted", frozen=True):
    """How many messages were ever accepted from outside."""

    count: int


Record: TypeAlias = (
    QueueRow
    | PayloadPart
    | MessageRow
    | AttemptRow
    | WorkRow
    | SeenRow
    | NewestRow
    | KeyRow
    | RefusalRow
    | AwaitedRow
    | CounterRow
    | ReceivedRow
    | NoteRow
    | AcceptedRow
)

#: The records that are rows of a table of their own name, in the order they come.
TABLES: dict[str, type[Struct]] = {
    "queue": QueueRow,
    "message": MessageRow,
    "attempt": AttemptRow,
    "work": WorkRow,
    "seen": SeenRow,
    "newest": NewestRow,
    "business_key": KeyRow,
    "refusal": RefusalRow,
    "awaited": AwaitedRow,
    "counter": CounterRow,
    "received": ReceivedRow,
    "note": NoteRow,
}


class Portable(Protocol):
    """A journal that can be taken out whole and put in whole."""

    def dump(self) -> AbstractContextManager[Iterator[Record]]:
        """Every record, of one moment, while others go on writing. A payload that is missing is left out."""
        ...

    def load(self, records: Iterable[Record], *, replace: bool) -> None:
        """Take records in as they are, in one transaction; nothing among them may be in hand.

        Raises ``Halt`` E751 for a journal that has something in it, unless that is to be replaced. Whatever
        ``records`` raises undoes everything.
        """
        ...

    def retire(self, where: str | None) -> None:
        """Note that the journal at ``where`` has taken this one's place, so nothing may run on it; None: it may."""
        ...

    def retired(self) -> str | None:
        """What has taken its place, if anything has; forgotten when it is loaded anew."""
        ...


class PortableJournal(Journal, Portable, Protocol):
    """A journal that can do both."""


def refuse_retired(journal: Portable) -> None:
    """Raises ``Halt`` for a journal whose place another one has taken: what it has open is done there."""
    where = journal.retired()
    if where is not None:
        hint = "set 'journal' to that one; 'crossdock move' brings everything back"
        raise Halt("E759", f"this journal was moved to {where}", hint=hint)


def at_rest(records: Iterable[Record]) -> Iterator[Record]:
    """The records with nothing in hand: what was, waits again, as it does after a graceful stop."""
    for record in records:
        yield put_down(record) if isinstance(record, WorkRow) and record.state is State.WORKING else record


def put_down(work: WorkRow) -> WorkRow:
    """Work that nobody has in hand any more. How far its effect had come stays known."""
    state = after(work.state, Event.RETURN)
    return replace(work, state=state, due=0.0, attempts=work.attempts - 1)
