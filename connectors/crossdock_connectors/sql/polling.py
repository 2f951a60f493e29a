"""The sources that change nothing: rows beyond a watermark, and whatever a statement or procedure returns.

The watermark travels with each arrival and is noted in the transaction that makes it durable, so it never runs ahead.
Equal values of the first column are told apart by the others: nothing of a crowd of one moment is lost or repeated. What
commits late, with an earlier value than one already taken, is waited for (``lag``) or found again (``overlap``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import NullType

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.errors import Halt
from crossdock_connectors.sql.changes import call_of, quoted
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.documents import Documents, Row, identity_of
from crossdock_connectors.sql.fetching import fetched
from crossdock_connectors.sql.marks import Mark, before, is_later, is_younger, mark_of, read, written
from crossdock_connectors.sql.reading_options import SourceOptions
from crossdock_connectors.sql.statement import parameters_of, text_of
from crossdock_connectors.sql.stopping import refusals_stop

NOTE = "watermark"


class WatermarkSource:
    """Rows beyond the last one taken."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings
        self._database = Database(options, surroundings, writes=False)
        self._documents = Documents(options, self._database)
        text = text_of(options.statement or "", surroundings.root)
        _refuse_parameters(text)
        self._columns: tuple[sa.ColumnClause[object], ...] = tuple(
            sa.column(quoted_name(name, quote=True)) for name in options.watermark
        )
        self._rows = sa.text(text).columns(*self._columns).subquery("crossdock_rows")
        self._seen: dict[str, Mark] = {}  # taken, and still within the overlap

    def poll(self) -> Iterator[Arrival]:
        """What is beyond the watermark now, a page at a time. Raises ``Retry`` or ``Halt``."""
        mark = self._mark()
        place = mark
        if mark is not None and self._options.overlap:
            place = before(mark, self._options.overlap)
            self._forget(place)
        while True:
            arrivals, mark, place, full = self._page(mark, place)
            yield from arrivals
            if not full:
                return

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It is durable, and its mark with it; what is refused is passed by as well."""
        if self._options.overlap:
            self._seen[arrival.identity] = read(arrival.notes[NOTE], len(self._columns))
        if verdict is Verdict.REFUSED:
            mine, noted = read(arrival.notes[NOTE], len(self._columns)), self._mark()
            if noted is None or is_later(mine, noted):
                self._around.notes.write({NOTE: arrival.notes[NOTE]})

    def close(self) -> None:
        """Say goodbye."""
        self._database.close()

    def _mark(self) -> Mark | None:
        note = self._around.notes.read([NOTE]).get(NOTE)
        return None if note is None else read(note, len(self._columns))

    def _forget(self, place: Mark) -> None:
        self._seen = {identity: mark for identity, mark in self._seen.items() if mark[:1] >= place}

    def _page(self, mark: Mark | None, place: Mark | None) -> tuple[list[Arrival], Mark | None, Mark | None, bool]:
        """The arrivals of a page, how far they come, where the next begins, and whether there may be one."""
        with refusals_stop(), self._database.transaction() as connection:
            rows = fetched(self._database, connection.execute(self._statement(place)))
            ripe = self._ripe(rows)
            fresh: list[Row] = []
            identities: list[str] = []
            notes: list[dict[str, str]] = []
            for row in ripe:
                own = mark_of(row, self._options.watermark, self._database.where)
                mark = own if mark is None or is_later(own, mark) else mark
                place = own
                identity = identity_of(
                    "watermark", row, self._options.key or self._options.watermark, self._database.where
                )
                if identity not in self._seen:
                    fresh.append(row)
                    identities.append(identity)
                    notes.append({NOTE: written(mark)})
            arrivals = self._documents.arrivals(connection, fresh, identities, notes)
        return arrivals, mark, place, len(ripe) == self._options.page

    def _ripe(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those old enough that nothing earlier can still appear; they are in order, so the first young one ends it."""
        if not self._options.lag:
            return rows
        limit = self._around.now() - timedelta(seconds=self._options.lag)
        where = self._database.where
        for index, row in enumerate(rows):
            if is_younger(mark_of(row, self._options.watermark, where), limit):
                return rows[:index]
        return rows

    def _statement(self, place: Mark | None) -> sa.Select[tuple[object, ...]]:
        columns = [self._rows.c[column.name] for column in self._columns]
        wanted: sa.Select[tuple[object, ...]] = (
            sa.select(sa.literal_column("*")).select_from(self._rows).where(*(one.is_not(None) for one in columns))
        )
        if place is not None:
            wanted = wanted.where(_beyond(columns, place, including=len(place) < len(columns)))
        return wanted.order_by(*columns).limit(self._options.page)


def _beyond(columns: Sequence[sa.ColumnElement[object]], place: Mark, *, including: bool) -> sa.ColumnElement[bool]:
    """Greater in the first column, or equal there and greater in the next, and so on."""
    choices: list[sa.ColumnElement[bool]] = []
    binds = [sa.bindparam(f"mark{number}", part, type_=NullType()) for number, part in enumerate(place)]
    for number, bind in enumerate(binds):
        same = [column == earlier for column, earlier in zip(columns, binds[:number], strict=False)]
        last = number == len(binds) - 1
        choices.append(sa.and_(*same, columns[number] >= bind if last and including else columns[number] > bind))
    return sa.or_(*choices)


class StatementSource:
    """Whatever a statement or a procedure returns; each row once."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._database = Database(options, surroundings, writes=False)
        self._documents = Documents(options, self._database)
        self._statement = self._made(options, surroundings)
        self._taken: set[str] = set()  # of those that were there at the last poll

    def poll(self) -> Iterator[Arrival]:
        """All that is there now and was not taken. Raises ``Retry`` or ``Halt``."""
        where = self._database.where
        with refusals_stop(), self._database.transaction() as connection:
            rows = fetched(self._database, connection.execute(self._statement))
            known = [(identity_of("key", row, self._options.key, where), row) for row in rows]
            self._taken &= {identity for identity, _ in known}
            fresh = {identity: row for identity, row in known if identity not in self._taken}
            notes: list[dict[str, str]] = [{} for _ in fresh]
            arrivals = self._documents.arrivals(connection, list(fresh.values()), list(fresh), notes)
        yield from arrivals

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It is durable."""
        self._taken.add(arrival.identity)

    def close(self) -> None:
        """Say goodbye."""
        self._database.close()

    def _made(self, options: SourceOptions, surroundings: Surroundings) -> sa.TextClause:
        if options.procedure is None:
            text = text_of(options.statement or "", surroundings.root)
            _refuse_parameters(text)
            return sa.text(text)
        if self._database.family == "postgresql":  # there it is functions that return rows
            function = quoted(options.procedure, self._database)
            return sa.text(f"SELECT * FROM {function}()")  # noqa: S608 - a name of the route, checked and quoted
        return call_of(options.procedure, (), self._database)


def _refuse_parameters(text: str) -> None:
    wanted = parameters_of(text)
    if wanted:
        hint = "a source has no document; write a colon that is no parameter as \\:"
        raise Halt(
            "K843", f"the statement of a source has the parameter :{wanted[0]}, which nothing gives a value", hint=hint
        )
