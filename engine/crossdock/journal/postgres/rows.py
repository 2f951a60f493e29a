"""Rows on their way into the tables of the PostgreSQL journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from crossdock.journal import rows
from crossdock.journal.payloads import Kept
from crossdock.journal.rows import headers_text
from crossdock.message import Message

#: A row on its way into a table, by column.
Record: TypeAlias = "dict[str, None | bool | int | float | str]"

#: Returned by the claim, which has counted the attempt.
WORK_COLUMNS = rows.WORK_COLUMNS.format(attempt="w.attempts")

NUL, SHOWN_NUL = (
    "\0",
    "\u2400",
)  # PostgreSQL's text has no NUL; its symbol stands for it (Unicode 15.1, Control Pictures)


def plain(text: str) -> str:
    """A text as PostgreSQL can hold it."""
    return text.replace(NUL, SHOWN_NUL)


def table_of(records: Sequence[Record]) -> str:
    """Records as the JSON text that ``json_to_recordset`` reads: one parameter, however many rows and columns."""
    text = msgspec.json.encode(records).decode()
    if "\\u0000" not in text:
        return text
    cleaned = [{name: plain(one) if isinstance(one, str) else one for name, one in row.items()} for row in records]
    return msgspec.json.encode(cleaned).decode()


def record_of(number: int, message: Message, kept: Kept, at: float) -> Record:
    """A row of ``message`` without its body."""
    return {
        "row": number,
        "id": message.id,
        "parent": message.parent,
        "correlation": message.correlation,
        "route": message.route,
        "position": message.position,
        "topic": message.topic,
        "partner": message.partner,
        "content_type": message.content_type,
        "headers": headers_text(message),
        "trace": message.trace,
        "at": at,
        "size": kept.size,
        "sha256": kept.sha256.hex(),
        "stored": kept.key,
    }
