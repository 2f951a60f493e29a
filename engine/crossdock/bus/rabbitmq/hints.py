"""Hints as messages: a claim check each, several of one queue in one message.

One message for each hint would cost the broker a flush and two threads a wake-up for something that says no more than
*look in the journal*; a message of up to 50 costs the same and still wakes one worker for every batch of work.

The body is JSON: ``{"queue": "orders", "hints": [["01a1…", 1, null], …]}``, each hint message id, attempt and
traceparent. Properties repeat what a person looks for: ``message_id`` and the header ``traceparent`` are those of the
first hint, the header ``hints`` their number. Nothing but JSON is ever decoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from crossdock.amqp.message import Field, Incoming, Outgoing, Properties
from crossdock.bus.contract import Hint
from crossdock.errors import Reject

MOST = 50  # hints in a message: half of what a worker claims at once by default
LONGEST = 1_000_000  # bytes of a body that is looked at: ours have some thousand
CONTENT_TYPE = "application/json"
TYPE = "crossdock.hints"

_LONGEST_ID = 64  # characters of a message id that are shown as a property


class _Body(msgspec.Struct):
    queue: str
    hints: list[tuple[str, int, str | None]]


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Body)


def grouped(hints: Sequence[Hint]) -> Iterator[list[Hint]]:
    """Hints by queue, in order, at most ``MOST`` together."""
    by_queue: dict[str, list[Hint]] = {}
    for hint in hints:
        by_queue.setdefault(hint.queue, []).append(hint)
    for group in by_queue.values():
        for start in range(0, len(group), MOST):
            yield group[start : start + MOST]


def outgoing(group: Sequence[Hint], exchange: str) -> Outgoing:
    """The message for hints of one queue."""
    first = group[0]
    headers: dict[str, Field] = {"hints": len(group)}
    if first.trace:
        headers["traceparent"] = first.trace
    properties = Properties(
        content_type=CONTENT_TYPE,
        headers=headers,
        message_id=first.message[:_LONGEST_ID],
        type=TYPE,
        app_id="crossdock",
    )
    body = _Body(first.queue, [(hint.message, hint.attempt, hint.trace) for hint in group])
    return Outgoing(exchange, first.queue, _ENCODER.encode(body), properties)


def told(message: Outgoing) -> list[Hint]:
    """The hints of a message of ours that did not get through."""
    return _hints(message.body)


def read(message: Incoming) -> list[Hint]:
    """The hints of a message. Raises ``Reject`` B210 for what is none: anyone may publish into a queue."""
    if message.malformed is not None:
        raise Reject("B210", f"its properties cannot be read ({message.malformed})")
    if message.properties.content_type != CONTENT_TYPE:
        raise Reject(
            "B210", f"its content type is {message.properties.content_type or 'not given'}, not {CONTENT_TYPE}"
        )
    if len(message.body) > LONGEST:
        raise Reject("B210", f"its body has {len(message.body)} bytes")
    try:
        return _hints(message.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Reject("B210", f"its body is no hint: {error}") from error


def _hints(body: bytes) -> list[Hint]:
    decoded = _DECODER.decode(body)
    return [Hint(id, decoded.queue, attempt, trace) for id, attempt, trace in decoded.hints]
