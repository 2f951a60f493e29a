"""Publish frames as bytes, many messages in one write.

py-amqp asks the socket for news before every single publish and writes each with a call of its own, which is most of
what publishing costs. Source: AMQP 0-9-1, 2.3.5 (frames), 4.2 (grammar); class basic, method publish.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from amqp.exceptions import AMQPError
from amqp.serialization import dumps

from crossdock.amqp.message import LONGEST_SHORT, Outgoing, Properties
from crossdock.errors import Reject

_METHOD, _HEADER, _BODY = 1, 2, 3  # frame types
_END = b"\xce"
_BASIC, _PUBLISH = 60, 40
_MANDATORY = 1  # the first bit of the octet; the second would be "immediate", which RabbitMQ does not know
_OVERHEAD = 8  # octets of a frame around its payload
_PERSISTENT, _TRANSIENT = 2, 1

#: What writing a property table of foreign values raises.
_UNSENDABLE = (AMQPError, struct.error, ValueError, OverflowError, TypeError, AttributeError, RecursionError)

#: The properties in the order of the standard: name, py-amqp's letter for the type. The first is bit 15 of the flags.
_PROPERTIES = (
    ("content_type", "s"),
    ("content_encoding", "s"),
    ("headers", "F"),
    ("persistent", "o"),
    ("priority", "o"),
    ("correlation_id", "s"),
    ("reply_to", "s"),
    ("expiration", "s"),
    ("message_id", "s"),
    ("timestamp", "L"),
    ("type", "s"),
    ("user_id", "s"),
    ("app_id", "s"),
)


def publish(message: Outgoing, channel: int, frame_max: int) -> bytes:
    """The frames of one mandatory basic.publish. Raises ``Reject`` for what AMQP cannot carry."""
    try:
        method = struct.pack(">HHH", _BASIC, _PUBLISH, 0) + _short(message.exchange) + _short(message.key)
        header = struct.pack(">HHQ", _BASIC, 0, len(message.body)) + _properties(message.properties)
    except _UNSENDABLE as error:
        raise Reject("B130", f"a property of the message cannot be sent by AMQP: {error}") from error
    if len(header) + _OVERHEAD > frame_max:
        raise Reject("B130", f"the headers of the message are larger than a frame of the broker ({frame_max} bytes)")
    frames = [_frame(_METHOD, channel, method + bytes((_MANDATORY,))), _frame(_HEADER, channel, header)]
    frames += [_frame(_BODY, channel, part) for part in _parts(message.body, frame_max - _OVERHEAD)]
    return b"".join(frames)


def _frame(kind: int, channel: int, payload: bytes) -> bytes:
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + _END


def _parts(body: bytes, most: int) -> Iterator[bytes]:
    for start in range(0, len(body), most):
        yield body[start : start + most]


def _short(text: str) -> bytes:
    data = text.encode()
    if len(data) > LONGEST_SHORT:
        raise ValueError(f"'{text[:40]}…' is longer than {LONGEST_SHORT} bytes")
    return bytes((len(data),)) + data


def _properties(properties: Properties) -> bytes:
    flags, letters, values = 0, "", []
    for place, (name, letter) in enumerate(_PROPERTIES):
        value = getattr(properties, name)
        if name == "persistent":
            value = _PERSISTENT if value else _TRANSIENT
        if value is None or (name == "headers" and not value):
            continue
        if letter == "s" and len(value.encode()) > LONGEST_SHORT:
            raise ValueError(f"'{name}' is longer than {LONGEST_SHORT} bytes")
        flags |= 1 << (15 - place)
        letters += letter
        values.append(dict(value) if name == "headers" else value)
    return struct.pack(">H", flags) + bytes(dumps(letters, values))
