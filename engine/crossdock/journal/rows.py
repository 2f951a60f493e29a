"""Rows of the tables as values, whichever database they come from: all of them have the same columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, cast

import msgspec

from crossdock.delivery.states import State
from crossdock.errors import Finding
from crossdock.journal.contract import Item, Phase, Work
from crossdock.message import EMPTY, Inline, Message, Payload

MESSAGE_COLUMNS = (
    "m.id, m.parent, m.correlation, m.route, m.position, m.topic, m.partner, m.content_type, m.headers, m.trace,"
    " m.size, m.stored, m.body"
)
#: ``attempt`` is the expression for the number of the attempt that begins.
WORK_COLUMNS = "w.row, {attempt}, w.crashes, w.progress, w.phase, w.proof, w.code, w.released"
ITEM_COLUMNS = (
    "w.row, q.name, w.state, w.attempts, w.crashes, w.due, w.at, w.settled, w.code, w.reason, w.phase, w.progress,"
    " w.receipt, w.lane, w.priority"
)
_MESSAGE_WIDTH, _WORK_WIDTH, _ITEM_WIDTH = 13, 8, 15
_NOBODY: frozenset[str] = frozenset()


class Payloads(Protocol):
    """What finds a payload that does not lie in its row."""

    def get(self, key: str, size: int) -> Payload:
        """The payload of that key."""
        ...


def message_of(payloads: Payloads, row: Sequence[object]) -> Message:
    """A message from ``MESSAGE_COLUMNS``."""
    id, parent, correlation, route, position, topic, partner, kind, headers, trace, size, stored, body = cast(
        "tuple[str, str | None, str, str, int, str | None, str | None, str, str, str | None, int, str | None, bytes]",
        row,
    )
    return Message(
        id=id,
        parent=parent,
        correlation=correlation,
        route=route,
        position=position,
        topic=topic,
        partner=partner,
        content_type=kind,
        headers=_headers_of(headers),
        body=payloads.get(stored, size) if stored else Inline(bytes(body)),
        trace=trace,
    )


def work_of(payloads: Payloads, queue: str, row: Sequence[object], token: int) -> Work:
    """The work just claimed under ``token``, from ``WORK_COLUMNS`` followed by ``MESSAGE_COLUMNS``."""
    number, attempt, crashes, progress, phase, proof, code, released = cast(
        "tuple[int, int, int, int, str | None, str | None, str | None, str]", row[:_WORK_WIDTH]
    )
    return Work(
        row=number,
        message=message_of(payloads, row[_WORK_WIDTH : _WORK_WIDTH + _MESSAGE_WIDTH]),
        queue=queue,
        attempt=attempt,
        token=token,
        crashes=crashes,
        progress=progress,
        phase=Phase(phase) if phase else None,
        proof=proof,
        released=frozenset(json.loads(released)) if released != "[]" else _NOBODY,
        code=code,
    )


def item_of(payloads: Payloads, row: Sequence[object]) -> Item:
    """A work item from ``ITEM_COLUMNS`` followed by ``MESSAGE_COLUMNS``."""
    number, queue, state, attempts, crashes, due, at, settled = cast(
        "tuple[int, str, str, int, int, float, float, float | None]", row[:8]
    )
    code, reason, phase, progress, receipt, lane, priority = cast(
        "tuple[str | None, str | None, str | None, int, str | None, str | None, int]", row[8:_ITEM_WIDTH]
    )
    return Item(
        row=number,
        message=message_of(payloads, row[_ITEM_WIDTH : _ITEM_WIDTH + _MESSAGE_WIDTH]),
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


def headers_text(message: Message) -> str:
    """The headers of a message as JSON text."""
    return msgspec.json.encode(dict(message.headers)).decode() if message.headers else "{}"


def findings_text(findings: Sequence[Finding]) -> str | None:
    """Findings as JSON text, None where there are none."""
    return json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False) if findings else None


def _headers_of(text: str) -> Mapping[str, str]:
    return EMPTY if text == "{}" else MappingProxyType(msgspec.json.decode(text))
