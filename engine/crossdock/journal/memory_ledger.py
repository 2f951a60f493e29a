"""The ledger and the control numbers of the journal in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from crossdock.control import AckState, Answer, Awaited, Numbering, Reference, Seen, Weight
from crossdock.delivery.states import FINAL, State
from crossdock.journal.ledger import (
    MOST_SHOWN,
    Awaiting,
    LedgerQuery,
    Number,
    NumberBook,
    Received,
    awaiting_of,
    gaps_among,
    keys_text,
    row_of,
)
from crossdock.journal.meant import LONGEST_KEY, criteria
from crossdock.journal.memory_tables import Tables
from crossdock.message import Message


@dataclass(slots=True)
class _Row:
    """A row of the ledger. ``values`` are its columns by name."""

    row: int
    message: str
    keys: tuple[str, ...]
    values: dict[str, None | float | str]
    weight: Weight = Weight.RECEIPT
    answered: float | None = None
    codes: tuple[str, ...] = ()
    detail: str | None = None

    @property
    def state(self) -> AckState:
        """How it stands."""
        return AckState(str(self.values["state"]))

    def fits(self, wanted: Mapping[str, str]) -> bool:
        """Whether it is what a reference names."""
        return all(self.values[name] == text for name, text in wanted.items())


class MemoryLedger:
    """What is awaited, counters, and the numbers that came in. ``tables`` tell what has left."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: dict[int, _Row] = {}
        self._numbers: dict[str, Number] = {}
        self._received: dict[tuple[str, int, str], float] = {}

    def stamped(self, numbering: Numbering, now: float) -> tuple[bytes, tuple[Awaited, ...]]:
        """The bytes under the next numbers, and what is awaited of them. Where ``write`` fails, none was given."""
        book = NumberBook({name: one.number for name, one in self._numbers.items()})
        drawn = book.draw(numbering.scopes)
        written, awaits = numbering.write(drawn), tuple(numbering.awaits(drawn))
        for scope, number in book.given.items():
            self._numbers[scope] = Number(scope=scope, number=number, at=now)
        return written, awaits

    def enter(self, message: Message, awaits: Iterable[Awaited], now: float) -> None:
        """Rows for what a message carries."""
        for awaited in awaits:
            number = next(reversed(self._rows), 0) + 1
            self._rows[number] = _Row(number, message.id, awaited.keys, row_of(awaited, now))

    def answer(self, answer: Answer, now: float) -> None:
        """An acknowledgement has come."""
        for row in self._meant(answer.reference):
            if answer.changes(row.state, row.weight):
                row.codes, row.detail = answer.codes, answer.detail
                if answer.state is not None:
                    row.values["state"], row.weight, row.answered = answer.state, answer.weight, now

    def hand_on(self, message: str, heir: str) -> None:
        """What is awaited of a message is awaited of the one that takes its place."""
        for row in self._rows.values():
            if row.message == message:
                row.message = heir

    def see(self, seen: Iterable[Seen], exchange: str, now: float) -> None:
        """Control numbers came in."""
        for one in seen:
            self._received.setdefault((one.scope, one.number, exchange), now)

    def awaited(self, reference: Reference) -> list[Awaiting]:
        """See ``Ledger``."""
        return [self._shown(row) for row in self._meant(reference)]

    def ledger(self, query: LedgerQuery) -> list[Awaiting]:
        """See ``Ledger``."""
        return [self._shown(row) for row in islice(self._found(query), query.limit)]

    def standings(self) -> Mapping[str, Mapping[AckState, int]]:
        """See ``Ledger``."""
        found: defaultdict[str, Counter[AckState]] = defaultdict(Counter)
        for row in self._rows.values():
            found[str(row.values["partner"])][row.state] += 1
        return {partner: dict(found[partner]) for partner in sorted(found)}

    def late(self, now: float, limit: int) -> list[Awaiting]:
        """What is not overdue yet and should be."""
        waiting = [
            row for row in self._rows.values() if row.state is AckState.WAITING and row.values["due"] is not None
        ]
        shown = (self._shown(row) for row in sorted(waiting, key=lambda row: (float(str(row.values["due"])), row.row)))
        return list(islice((one for one in shown if one.due is not None and one.due <= now), limit))

    def raise_overdue(self, late: Awaiting) -> None:
        """It is overdue from now on."""
        self._rows[late.row].values["state"] = AckState.OVERDUE

    def numbers(self) -> list[Number]:
        """See ``Ledger``."""
        return sorted(self._numbers.values(), key=lambda one: one.scope)

    def set_number(self, scope: str, number: int, now: float) -> None:
        """See ``Ledger``."""
        self._numbers[scope] = Number(scope=scope, number=number, at=now)

    def received(self) -> list[Received]:
        """See ``Ledger``."""
        scopes = sorted({scope for scope, _, _ in self._received})
        return [self._account(scope) for scope in scopes]

    def forget(self, message: str) -> None:
        """The message is forgotten, and with it what was awaited for it."""
        for number in [row.row for row in self._rows.values() if row.message == message]:
            del self._rows[number]

    def forget_received(self, before: float, limit: int) -> int:
        """Forget numbers that came before then; how many."""
        old = sorted((at, place) for place, at in self._received.items() if at < before)[:limit]
        for _, place in old:
            del self._received[place]
        return len(old)

    def _account(self, scope: str) -> Received:
        times: dict[int, float] = {}
        exchanges: Counter[int] = Counter()
        for (of, number, _), at in self._received.items():
            if of == scope:
                times[number] = min(at, times.get(number, at))
                exchanges[number] += 1
        last = max((at, number) for (of, number, _), at in self._received.items() if of == scope)
        return Received(
            scope=scope,
            last=last[1],
            at=last[0],
            count=len(times),
            missing=tuple((a + 1, b - 1) for a, b in islice(gaps_among(times), MOST_SHOWN)),
            twice=tuple(number for number in sorted(exchanges) if exchanges[number] > 1)[:MOST_SHOWN],
        )

    def _meant(self, reference: Reference) -> list[_Row]:
        """The rows a reference names. See ``crossdock.journal.meant``."""
        wanted, key = criteria(reference), reference.key
        found = [row for row in self._rows.values() if row.fits(wanted)]
        if key is not None:
            named = [row for row in found if len(key) <= LONGEST_KEY and key in row.keys]
            nearest = min((row.keys.index(key) for row in named), default=0)
            found = [row for row in named if row.keys.index(key) == nearest]
            if len({row.values["set_id"] for row in found}) > 1:
                return []
        return [row for row in found if row.message == found[-1].message]

    def _found(self, query: LedgerQuery) -> Iterator[_Row]:
        for row in reversed(self._rows.values()):
            right = query.partner in (None, row.values["partner"]) and query.message in (None, row.message)
            if right and row.state in (query.states or AckState) and (query.below is None or row.row < query.below):
                yield row

    def _shown(self, row: _Row) -> Awaiting:
        message, values = self._tables.messages[row.message].message, row.values
        columns = ("partner", "standard", "set_id", "interchange", "group_number", "transaction_number", "keys", "at")
        told = row.answered, keys_text(row.codes), row.detail, row.weight
        return awaiting_of(
            (
                *(row.row, message.id, message.correlation, message.route, message.topic),
                *(values[name] for name in columns),
                *(self._sent(row), values["due"], values["state"], *told),
            )
        )

    def _sent(self, row: _Row) -> float | None:
        works = self._tables.of_message(row.message)
        if not all(work.state in FINAL for work in works):
            return None
        if not works:
            return float(str(row.values["at"]))
        left = [work.settled for work in works if work.state is not State.DISCARDED and work.settled is not None]
        return max(left, default=None)
