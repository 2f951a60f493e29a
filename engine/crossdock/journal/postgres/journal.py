"""The PostgreSQL journal: the contract's methods over one session. Used by one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

from crossdock.control import AckState, Reference
from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import (
    Attempt,
    Audit,
    Clock,
    Entry,
    Item,
    Phase,
    Query,
    Refusal,
    Result,
    Sent,
    Tally,
    Work,
)
from crossdock.journal.ledger import Awaiting, LedgerQuery, Number, Received
from crossdock.journal.notebook import Note, Place
from crossdock.journal.portable import Record
from crossdock.journal.postgres import (
    deciding,
    leasing,
    ledger,
    notebook,
    portable,
    records,
    registers,
    retention,
    writing,
)
from crossdock.journal.postgres.rows import plain
from crossdock.journal.postgres.session import Session
from crossdock.journal.registers import Change, Register
from crossdock.message import Message
from crossdock.postgres.connection import Connection


class PostgresJournal:
    """``Journal`` in a schema of a database: ``postgresql://user:password@host:port/database?schema=name``.

    Leases and due times run on the server's clock; ``clock`` only paces what this process does by itself. ``reach``
    is told the name of every fail point passed. Raises ``Retry`` while the server is away and ``Halt`` when it
    refuses, or cannot be trusted.
    """

    def __init__(self, url: str, clock: Clock, reach: Callable[[str], None] = lambda name: None) -> None:
        self._session = Session(url, clock, reach)

    def accept(self, entries: Sequence[Entry]) -> list[str]:
        """See ``WorkStore``."""
        return writing.accept(self._session, entries)

    def ready(self) -> list[str]:
        """See ``WorkStore``."""
        return leasing.ready(self._session)

    def backlog(self, queue: str, limit: int) -> tuple[int, float]:
        """See ``WorkStore``."""
        return leasing.backlog(self._session, queue, limit)

    def claim(self, queue: str, *, owner: str, limit: int, lease: float) -> list[Work]:
        """See ``WorkStore``."""
        return leasing.claim(self._session, queue, owner, limit, lease)

    def commit(self, results: Sequence[Result]) -> list[bool]:
        """See ``WorkStore``."""
        return writing.commit(self._session, results)

    def advance(self, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
        """See ``WorkStore``."""
        return leasing.advance(self._session, works, phase, proofs)

    def renew(self, works: Sequence[Work], lease: float) -> None:
        """See ``WorkStore``."""
        leasing.renew(self._session, works, lease)

    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        """See ``WorkStore``."""
        return leasing.give_back(self._session, owner, crashed=crashed)

    def stop_queue(self, queue: str, reason: str) -> None:
        """See ``WorkStore``."""

        def stop(connection: Connection) -> None:
            number = self._session.queue(queue)
            connection.execute("UPDATE queue SET stopped = %s WHERE number = %s", (plain(reason), number))

        self._session.run("stop", stop)

    def start_queues(self) -> None:
        """See ``WorkStore``."""
        sql = "UPDATE queue SET stopped = NULL WHERE stopped IS NOT NULL"
        self._session.run("start", lambda connection: connection.execute(sql))

    def update(self, kind: Register, key: str, change: Change) -> str | None:
        """See ``Registers``."""
        return registers.update(self._session, kind, key, change)

    def registers(self, kind: Register) -> tuple[Mapping[str, str], float]:
        """See ``Registers``."""
        return registers.registers(self._session, kind)

    def notes(self, place: str, keys: Sequence[str]) -> Mapping[str, str]:
        """See ``Notebook``."""
        return notebook.notes(self._session, place, keys)

    def note(self, place: str, notes: Mapping[str, str | None]) -> None:
        """See ``Notebook``."""
        notebook.note(self._session, place, notes)

    def noted(self, place: str, *, after: str = "", limit: int) -> list[Note]:
        """See ``Notebook``."""
        return notebook.noted(self._session, place, after, limit)

    def places(self) -> list[Place]:
        """See ``Notebook``."""
        return notebook.places(self._session)

    def message(self, id: str) -> Message | None:
        """See ``Records``."""
        return records.message(self._session, id)

    def named(self, key: str, limit: int) -> list[Message]:
        """See ``Records``."""
        return records.named(self._session, key, limit)

    def children(self, id: str, limit: int) -> list[Message]:
        """See ``Records``."""
        return records.children(self._session, id, limit)

    def items(self, query: Query) -> Iterator[Item]:
        """See ``Records``."""
        return records.items(self._session, query)

    def rows(self, query: Query) -> list[int]:
        """See ``Records``."""
        return records.rows(self._session, query)

    def family(self, id: str) -> list[Tally]:
        """See ``Records``."""
        return records.family(self._session, id)

    def attempts(self, row: int) -> list[Attempt]:
        """See ``Records``."""
        return records.attempts(self._session, row)

    def decide(self, row: int, event: Event, reason: str | None) -> bool:
        """See ``Records``."""
        return deciding.decide(self._session, row, event, reason)

    def replace(self, row: int, entry: Entry, reason: str) -> bool:
        """See ``Records``."""
        return deciding.replace(self._session, row, entry, reason)

    def stopped(self) -> Mapping[str, str]:
        """See ``Records``."""
        rows = self._session.rows("SELECT name, stopped FROM queue WHERE stopped IS NOT NULL ORDER BY number")
        return {str(name): str(reason) for name, reason in rows}

    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """See ``Records``."""
        return records.counts(self._session)

    def audit(self) -> Audit:
        """See ``Records``."""
        return records.audit(self._session)

    def pending(self) -> int:
        """See ``Records``."""
        return leasing.pending(self._session)

    def stuck(self) -> Mapping[str, int]:
        """See ``Records``."""
        return leasing.stuck(self._session)

    def purge(self, *, messages_before: float, limit: int, keys_before: float = 0.0) -> int:
        """See ``Records``."""
        return retention.purge(self._session, messages_before, limit, keys_before)

    def refuse(self, route: str, identity: str, findings: Iterable[Finding]) -> None:
        """See ``Records``."""
        records.refuse(self._session, route, identity, findings)

    def refusals(self, limit: int) -> list[Refusal]:
        """See ``Records``."""
        return records.refusals(self._session, limit)

    def awaited(self, reference: Reference) -> list[Awaiting]:
        """See ``Ledger``."""
        return ledger.awaited(self._session, reference)

    def ledger(self, query: LedgerQuery) -> list[Awaiting]:
        """See ``Ledger``."""
        return ledger.ledger(self._session, query)

    def standings(self) -> Mapping[str, Mapping[AckState, int]]:
        """See ``Ledger``."""
        return ledger.standings(self._session)

    def overdue(self, tell: Callable[[Awaiting], Sent | None], limit: int) -> int:
        """See ``Ledger``."""
        return writing.overdue(self._session, tell, limit)

    def numbers(self) -> list[Number]:
        """See ``Ledger``."""
        return ledger.numbers(self._session)

    def set_number(self, scope: str, number: int) -> None:
        """See ``Ledger``."""
        ledger.set_number(self._session, scope, number)

    def received(self) -> list[Received]:
        """See ``Ledger``."""
        return ledger.received(self._session)

    def dump(self) -> AbstractContextManager[Iterator[Record]]:
        """See ``Portable``."""
        return portable.dump(self._session)

    def load(self, records: Iterable[Record], *, replace: bool) -> None:
        """See ``Portable``."""
        portable.load(self._session, records, replace=replace)

    def retire(self, where: str | None) -> None:
        """See ``Portable``."""
        portable.retire(self._session, where)

    def retired(self) -> str | None:
        """See ``Portable``."""
        return portable.retired(self._session)

    def close(self) -> None:
        """See ``WorkStore``."""
        self._session.close()
