"""Rows of the tables as values, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, cast

import msgspec
from psycopg.rows import TupleRow

from crossdock.delivery.states import State
from crossdock.errors import Finding
from crossdock.journal.contract import Item, Phase, Work
from crossdock.journal.payloads import Kept
from crossdock.journal.postgres.session import Session
from crossdock.message import EMPTY, Inline, Message, Payload

#: A row on its way into a table, by column.
Record: TypeAlias = "dict[str, None | bool | int | float | str]"

MESSAGE_COLUMNS = (
    "m.id, m.parent, m.correlation, m.route, m.position, m.topic, m.partner, m.content_type, m.headers, m.trace,"
    " m.size, m.stored, m.body"
)
WORK_COLUMNS = "w.row, w.attempts, w.crashes, w.progress, w.phase, w.proof, w.code, w.released"
ITEM_COLUMNS = (
    "w.row, q.name, w.state, w.attempts, w.crashes, w.due, w.at, w.settled, w.code, w.reason, w.phase, w.progress,"
    " w.receipt, w.lane, w.priority"
)
_MESSAGE_WIDTH, _WORK_WIDTH, _ITEM_WIDTH = 13, 8, 15
_NOBODY: frozenset[str] = frozenset()

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


def message_of(session: Session, row: TupleRow) -> Message:
    """A message from ``MESSAGE_COLUMNS``."""
    id, parent, correlation, route, position, topic, partner, kind, headers, trace, size, stored, body = cast(
        "tuple[str, str | None, str, str, int, str | None, str | None, str, str, str | None, int, str | None, bytes]",
        row,
    )
    payload: Payload = session.payloads.get(stored, size) if stored else Inline(bytes(body))
    return Message(
        id=id,
        parent=parent,
        correlation=correlation,
        route=route,
        position=position,
        topic=topic,
        partner=partner,
        content_type=kind,
        headers=headers_of(headers),
        body=payload,
        trace=trace,
    )


def headers_of(text: str) -> Mapping[str, str]:
    """Headers from their JSON text."""
    return EMPTY if text == "{}" else MappingProxyType(msgspec.json.decode(text))


def record_of(number: int, message: Message, kept: Kept, at: float) -> Record:
    """A row of ``message`` without its body."""
    headers = msgspec.json.encode(dict(message.headers)).decode() if message.headers else "{}"
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
        "headers": headers,
        "trace": message.trace,
        "at": at,
        "size": kept.size,
        "sha256": kept.sha256.hex(),
        "stored": kept.key,
    }


def work_of(session: Session, queue: str, row: TupleRow, token: int) -> Work:
    """The work just claimed under ``token``, from ``WORK_COLUMNS`` followed by ``MESSAGE_COLUMNS``."""
    number, attempts, crashes, progress, phase, proof, code, released = cast(
        "tuple[int, int, int, int, str | None, str | None, str | None, str]", row[:_WORK_WIDTH]
    )
    return Work(
        row=number,
        message=message_of(session, row[_WORK_WIDTH : _WORK_WIDTH + _MESSAGE_WIDTH]),
        queue=queue,
        attempt=attempts,
        token=token,
        crashes=crashes,
        progress=progress,
        phase=Phase(phase) if phase else None,
        proof=proof,
        released=frozenset(json.loads(released)) if released != "[]" else _NOBODY,
        code=code,
    )


def item_of(session: Session, row: TupleRow) -> Item:
    """A work item from ``ITEM_COLUMNS`` followed by ``MESSAGE_COLUMNS``."""
    number, queue, state, attempts, crashes, due, at, settled, *rest = row[:_ITEM_WIDTH]
    code, reason, phase, progress, receipt, lane, priority = cast(
        "tuple[str | None, str | None, str | None, int, str | None, str | None, int]", tuple(rest)
    )
    return Item(
        row=number,
        message=message_of(session, row[_ITEM_WIDTH : _ITEM_WIDTH + _MESSAGE_WIDTH]),
        queue=queue,
        state=State(state),
        attempts=attempts,
        crashes=crashes,
        due=due,
        accepted=at,
        settled=settled,
        code=code,
        reason=reason,
        phase=Phase(phase) if phase else None,
        progress=progress,
        receipt=receipt,
        lane=lane,
        priority=-priority,
    )


def findings_text(findings: Sequence[Finding]) -> str | None:
    """Findings as JSON text, None where there are none."""
    return json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False) if findings else None
