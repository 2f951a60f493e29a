"""What a row becomes: a document, with the lists that belong to it, as the payload of an arrival."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Arrival
from crossdock.errors import Finding, Halt, Reject
from crossdock.message import Document, Inline
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.fetching import fetched
from crossdock_connectors.sql.reading_options import SourceOptions
from crossdock_connectors.sql.rows import row_of
from crossdock_connectors.sql.statement import parameters_of, text_of

Row = Mapping[str, object]


class Documents:
    """Makes arrivals of rows."""

    def __init__(self, options: SourceOptions, database: Database) -> None:
        self._options = options
        self._database = database
        self._codec = JsonCodec(JsonOptions())
        self._lists = {name: text_of(statement, database.root) for name, statement in options.with_.items()}

    def arrivals(
        self,
        connection: sa.Connection,
        rows: Sequence[Row],
        identities: Sequence[str],
        notes: Sequence[Mapping[str, str]],
    ) -> list[Arrival]:
        """One for each row, read in the transaction the rows come from."""
        made = zip(rows, identities, notes, strict=True)
        return [self._arrival(connection, row, identity, note) for row, identity, note in made]

    def _arrival(self, connection: sa.Connection, row: Row, identity: str, notes: Mapping[str, str]) -> Arrival:
        document, findings = row_of(row, self._options.columns)
        for name, text in self._lists.items():
            lines, wrong = self._list(connection, row, text)
            document[name] = lines
            findings += wrong
        try:
            payload = self._payload(row, document)
        except Reject as error:
            payload, findings = b"", [*findings, *error.findings]
        return Arrival(
            identity=identity,
            payload=Inline(payload),
            content_type=self._options.content_type,
            headers=self._headers(document),
            findings=tuple(findings),
            notes=notes,
            receipt=row,
        )

    def _list(self, connection: sa.Connection, row: Row, text: str) -> tuple[list[Document], list[Finding]]:
        wanted = parameters_of(text)
        absent = next((name for name in wanted if name not in row), None)
        if absent is not None:
            told = f"{self._database.where}: the statement wants :{absent}, and the rows have no such column"
            raise Halt("K835", told, hint=f"they have: {', '.join(row)}")
        found = connection.execute(sa.text(text), {name: row[name] for name in wanted})
        read = [row_of(line, self._options.columns) for line in fetched(self._database, found)]
        return [line for line, _ in read], [finding for _, wrong in read for finding in wrong]

    def _payload(self, row: Row, document: dict[str, Document]) -> bytes:
        column = self._options.payload
        if column is None:
            return b"".join(self._codec.write([document]))
        if column not in row:
            raise Halt("K835", f"{self._database.where}: the rows have no column '{column}' to be the payload")
        value = row[column]
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        if isinstance(value, str):
            return value.encode(errors="surrogateescape")
        return b"" if value is None else b"".join(self._codec.write([document.get(column)]))

    def _headers(self, document: Mapping[str, Document]) -> dict[str, str]:
        """Beside a payload the other columns are headers: ``sql.COLUMN``."""
        if self._options.payload is None:
            return {}
        others = ((name, value) for name, value in document.items() if name != self._options.payload)
        return {f"sql.{name}": str(value) for name, value in others if isinstance(value, str | int) and value != ""}


def identity_of(kind: str, row: Row, columns: Sequence[str], where: str) -> str:
    """What a row is known by. Raises ``Halt`` K835 where it has no such column."""
    absent = next((column for column in columns if column not in row), None)
    if absent is not None:
        raise Halt("K835", f"{where}: the rows have no column '{absent}'", hint=f"they have: {', '.join(row)}")
    return f"{kind}|{json.dumps([str(row[column]) for column in columns], ensure_ascii=True)}"
