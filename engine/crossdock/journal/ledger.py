"""The ledger: what was sent to partners and is acknowledged or not, and the control numbers of both sides. Pure.

A row is one document that was sent: written with the message that carries it, changed by the acknowledgement of it.
Time runs from when the message has left; what still waits for its destination, or for a person, is not overdue.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from crossdock.control import AckState, Awaited, Series, Weight

#: A step back over so many numbers and more is a new beginning of the series, not a document that came late.
NEW_BEGINNING = 1000
MOST_SHOWN = 1000  # gaps, and numbers that came twice: more of them are one and the same trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """A row of the ledger. ``message`` is the one that carries the document, ``route`` made it.

    ``at`` is when it was numbered, ``sent`` when it had left (None: not yet), ``due`` when it is to be acknowledged
    (None: whenever, or it has not left); all in Unix seconds. ``weight`` is that of the answer it stands by.
    """

    row: int
    message: str
    correlation: str
    route: str
    topic: str | None
    partner: str
    standard: str
    set_id: str
    interchange: str
    group: str | None
    transaction: str | None
    keys: tuple[str, ...]
    at: float
    sent: float | None
    due: float | None
    state: AckState
    answered: float | None
    codes: tuple[str, ...]
    detail: str | None
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """Which rows to list: newest first, at most ``limit``; ``below`` goes on behind a row that was listed."""

    partner: str | None = None
    states: tuple[AckState, ...] = ()
    message: str | None = None
    below: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How far a series has come: the last number given, and when."""

    scope: str
    number: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The control numbers of one kind that a partner sent: the last one and when it came, how many are on record.

    ``missing`` are first and last of each gap among those, ``twice`` numbers that more than one exchange had.
    """

    scope: str
    last: int
    at: float
    count: int
    missing: tuple[tuple[int, int], ...]
    twice: tuple[int, ...]


def bare(number: str) -> str:
    """A control number as it is compared: partners drop leading zeros, or add them."""
    number = number.strip()
    return number.lstrip("0") or "0" if number.isdigit() else number


def keys_text(keys: Sequence[str]) -> str:
    """Business keys, or codes, as JSON text. Its reader may be PostgreSQL, whose text has no NUL."""
    return json.dumps([key.replace("\0", "\u2400") for key in keys], ensure_ascii=False) if keys else "[]"


def row_of(awaited: Awaited, at: float) -> dict[str, None | float | str]:
    """What is awaited as a row, by column, without the message it is about."""
    return {
        "partner": awaited.partner,
        "standard": awaited.standard,
        "set_id": awaited.set_id,
        "interchange": bare(awaited.interchange),
        "group_number": None if awaited.group is None else bare(awaited.group),
        "transaction_number": None if awaited.transaction is None else bare(awaited.transaction),
        "keys": keys_text(awaited.keys),
        "at": at,
        "due": None if awaited.within is None else at + awaited.within,
        "state": AckState.WAITING,
    }


#: The states whose codes a mere note may still replace, in SQL.
OPEN_STATES = "('waiting', 'overdue')"
#: What nobody carries anywhere has left when it was recorded; what a person gave up never leaves.
SENT = (
    "CASE WHEN EXISTS (SELECT 1 FROM work w WHERE w.message = a.message AND w.state NOT IN ('delivered', 'skipped',"
    " 'discarded')) THEN NULL WHEN EXISTS (SELECT 1 FROM work w WHERE w.message = a.message) THEN"
    " (SELECT max(w.settled) FROM work w WHERE w.message = a.message AND w.state <> 'discarded') ELSE a.at END"
)
LEDGER_COLUMNS = (
    "a.row, m.id, m.correlation, m.route, m.topic, a.partner, a.standard, a.set_id, a.interchange, a.group_number,"
    f" a.transaction_number, a.keys, a.at, {SENT} AS sent, a.due, a.state, a.answered, a.codes, a.detail, a.weight"
)
#: Gaps: of two neighbours the later number came first only where one of those between came late, or the series began anew.
GAPS = (
    "SELECT scope, number, next FROM (SELECT scope, number, at, lead(number) OVER w AS next, lead(at) OVER w AS next_at"
    " FROM (SELECT scope, number, min(at) AS at FROM received GROUP BY scope, number) one"
    " WINDOW w AS (PARTITION BY scope ORDER BY number)) two WHERE next > number + 1"
    f" AND NOT (next - number > {NEW_BEGINNING} AND next_at < at) ORDER BY scope, number LIMIT {MOST_SHOWN}"
)
TWICE = (
    "SELECT scope, number FROM received GROUP BY scope, number HAVING count(*) > 1"
    f" ORDER BY scope, number LIMIT {MOST_SHOWN}"
)
TOTALS = (
    "SELECT r.scope, (SELECT l.number FROM received l WHERE l.scope = r.scope ORDER BY l.at DESC, l.number DESC LIMIT 1),"
    " max(r.at), count(DISTINCT r.number) FROM received r GROUP BY r.scope ORDER BY r.scope"
)


def awaiting_of(row: Sequence[object]) -> Awaiting:
    """A row from ``LEDGER_COLUMNS``."""
    number, message, correlation, route, topic, partner, standard, set_id, interchange, group, transaction = cast(
        "tuple[int, str, str, str, str | None, str, str, str, str, str | None, str | None]", row[:11]
    )
    keys, at, sent, due, state, answered, codes, detail, weight = cast(
        "tuple[str, float, float | None, float | None, str, float | None, str, str | None, int]", row[11:]
    )
    return Awaiting(
        row=number,
        message=message,
        correlation=correlation,
        route=route,
        topic=topic,
        partner=partner,
        standard=standard,
        set_id=set_id,
        interchange=interchange,
        group=group,
        transaction=transaction,
        keys=tuple(json.loads(keys)),
        at=at,
        sent=sent,
        due=None if due is None or sent is None else due - at + sent,
        state=AckState(state),
        answered=answered,
        codes=tuple(json.loads(codes)),
        detail=detail,
        weight=Weight(weight),
    )


def received_of(
    totals: Iterable[Sequence[object]], gaps: Iterable[Sequence[object]], twice: Iterable[Sequence[object]]
) -> list[Received]:
    """What came in, from the rows of ``TOTALS``, ``GAPS`` and ``TWICE``."""
    missing: dict[str, list[tuple[int, int]]] = {}
    for scope, number, next_one in cast("Iterable[tuple[str, int, int]]", gaps):
        missing.setdefault(scope, []).append((number + 1, next_one - 1))
    again: dict[str, list[int]] = {}
    for scope, number in cast("Iterable[tuple[str, int]]", twice):
        again.setdefault(scope, []).append(number)
    return [
        Received(
            scope=scope,
            last=last,
            at=at,
            count=count,
            missing=tuple(missing.get(scope, ())),
            twice=tuple(again.get(scope, ())),
        )
        for scope, last, at, count in cast("Iterable[tuple[str, int, float, int]]", totals)
    ]


def gaps_among(times: Mapping[int, float]) -> Iterator[tuple[int, int]]:
    """What ``GAPS`` finds, from the numbers of one scope and when each came first: number and next number."""
    for number, next_one in pairwise(sorted(times)):
        anew = next_one - number > NEW_BEGINNING and times[next_one] < times[number]
        if next_one > number + 1 and not anew:
            yield number, next_one


class NumberBook:
    """The counters one transaction is about: the last numbers given are in ``known``, those it gives in ``given``."""

    def __init__(self, known: dict[str, int]) -> None:
        self.known = known
        self.given: dict[str, int] = {}

    def draw(self, scopes: Iterable[Series]) -> tuple[int, ...]:
        """The next number of each."""
        return tuple(self._next(series) for series in scopes)

    def _next(self, series: Series) -> int:
        number = series.after(self.known.get(series.name))
        self.known[series.name] = self.given[series.name] = number
        return number
