"""Rows of the tables as values, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

import msgspec

from crossdock.delivery.states import State
from crossdock.errors import Finding
from crossdock.journal.contract import Item, Phase, Work
from crossdock.journal.payloads import Kept
from crossdock.journal.sqlite.session import Row, Session
from crossdock.message import EMPTY, Inline, Message, Payload

MESSAGE_COLUMNS = (
    "m.id, m.parent, m.correlation, m.route, m.position, m.topic, m.partner, m.content_type, m.headers, m.trace,"
    " m.size, m.stored, m.body"
)
_MESSAGE_WIDTH = 13
_NOBODY: frozenset[str] = frozenset()
WORK_COLUMNS = "w.row, w.attempts, w.crashes, w.progress, w.phase, w.proof, w.code, w.released"
_WORK_WIDTH = 8
ITEM_COLUMNS = (
    "w.row, q.name, w.state, w.attempts, w.crashes, w.due, w.at, w.settled, w.code, w.reason, w.phase, w.progress,"
    " w.receipt, w.lane, w.priority"
)
_ITEM_WIDTH = 15
NOTE_ATTEMPT = (
    "INSERT INTO attempt(work, number, at, event, code, reason, step, findings)"
    " SELECT row, attempts, ?, ?, ?, ?, ?, ? FROM work WHERE row = ?"
)
INSERT_MESSAGE = (
    "INSERT INTO message(row, id, parent, correlation, route, position, topic, partner, content_type, headers, trace,"
    " at, size, sha256, stored, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def message_of(session: Session, row: Row) -> Message:
    """A message from ``MESSAGE_COLUMNS``."""
    id, parent, correlation, route, position, topic, partner, kind, headers, trace, size, stored, body = cast(
        "tuple[str, str | None, str, str, int, str | None, str | None, str, str, str | None, int, str | None, bytes]",
        row,
    )
    payload: Payload = session.payloads.get(stored, size) if stored else Inline(body)
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


def values_of(message: Message, kept: Kept, at: float) -> Row:
    """The bindings of ``INSERT_MESSAGE`` behind the row number."""
    headers = msgspec.json.encode(dict(message.headers)).decode() if message.headers else "{}"
    return (
        message.id,
        message.parent,
        message.correlation,
        message.route,
        message.position,
        message.topic,
        message.partner,
        message.content_type,
        headers,
        message.trace,
        at,
        kept.size,
        kept.sha256,
        kept.key,
        kept.inline,
    )


def work_of(session: Session, queue: str, row: Row, token: int) -> Work:
    """The work just claimed under ``token``, from ``WORK_COLUMNS`` followed by ``MESSAGE_COLUMNS``."""
    number, attempts, crashes, progress, phase, proof, code, released = cast(
        "tuple[int, int, int, int, str | None, str | None, str | None, str]", row[:_WORK_WIDTH]
    )
    return Work(
        row=number,
        message=message_of(session, row[_WORK_WIDTH : _WORK_WIDTH + _MESSAGE_WIDTH]),
        queue=queue,
        attempt=attempts + 1,
        token=token,
        crashes=crashes,
        progress=progress,
        phase=Phase(phase) if phase else None,
        proof=proof,
        released=frozenset(json.loads(released)) if released != "[]" else _NOBODY,
        code=code,
    )


def item_of(session: Session, row: Row) -> Item:
    """A work item from ``ITEM_COLUMNS`` followed by ``MESSAGE_COLUMNS``."""
    (
        number,
        queue,
        state,
        attempts,
        crashes,
        due,
        at,
        settled,
        code,
        reason,
        phase,
        progress,
        receipt,
        lane,
        priority,
    ) = cast(
        "tuple[int, str, str, int, int, float, float, float | None, str | None, str | None, str | None, int,"
        " str | None, str | None, int]",
        row[:_ITEM_WIDTH],
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


def findings_text(findings: tuple[Finding, ...]) -> str | None:
    """Findings as JSON text, None where there are none."""
    return json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False) if findings else None
