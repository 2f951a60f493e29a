"""The call: a lookup. The session is read only, so that a question never changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from crossdock.connector import Parcel, Surroundings
from crossdock.errors import CrossdockError, Finding, Reject
from crossdock.message import Document
from crossdock_connectors.sql.binding import bound
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.fetching import fetched
from crossdock_connectors.sql.rows import row_of
from crossdock_connectors.sql.statement import text_of, values_for
from crossdock_connectors.sql.value import Scope
from crossdock_connectors.sql.writing_options import CallOptions


class SqlCall:
    """Asks one database."""

    def __init__(self, options: CallOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._now = surroundings.now
        self._database = Database(options, surroundings, writes=False)
        text = text_of(options.statement, surroundings.root)
        self._statement = sa.text(text)
        self._values = values_for(text, options.params)

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """The row, the rows or the value; or why there is none."""
        try:
            scope = Scope(parcel=parcel, item=parcel.document, now=self._now())
            given = {name: bound(value, scope, self._database.family) for name, value in self._values.items()}
            with self._database.transaction() as connection:
                rows = fetched(self._database, connection.execute(self._statement, given), self._wanted + 1)
            return self._answer([self._document(row) for row in rows])
        except CrossdockError as error:
            return error

    def close(self) -> None:
        """Say goodbye."""
        self._database.close()

    @property
    def _wanted(self) -> int:
        return self._options.limit if self._options.result == "all" else 1

    def _document(self, row: Mapping[str, object]) -> dict[str, Document]:
        document, findings = row_of(row, self._options.columns)
        if findings:
            raise Reject.of(findings)
        return document

    def _answer(self, rows: Sequence[dict[str, Document]]) -> Document:
        result = self._options.result
        if len(rows) > self._wanted and result != "first":
            told = f"the lookup found more than {self._wanted} rows"
            hint = "narrow the statement, or say what is wanted: 'result: first', 'result: all' with 'limit'"
            raise Reject.of([Finding(code="K838", message=told, hint=hint)])
        if result == "all":
            return list(rows)
        if not rows:
            return self._nothing()
        return next(iter(rows[0].values())) if result == "value" else rows[0]

    def _nothing(self) -> Document:
        if self._options.missing == "reject":
            raise Reject("K839", "the lookup found nothing", hint="add what is missing, or leave 'missing' at null")
        return None
