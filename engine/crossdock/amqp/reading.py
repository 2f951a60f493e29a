"""Content frames as they come in: what others publish may be anything, and must not break the connection.

py-amqp raises in the middle of the stream where properties or routing keys are not what they should be (text that is
not UTF-8, a table of unknown types); the message would come again, break the next connection, and so on. Here it
arrives: properties that cannot be read are left out and the message is marked, text has its stray bytes written out.
This replaces ``amqp.method_framing.frame_handler``, which is meant to be replaceable.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from amqp import spec
from amqp.basic_message import Message
from amqp.exceptions import AMQPError, UnexpectedFrame

from crossdock.amqp.message import LONGEST_SHORT, Incoming, Properties

_METHOD, _HEADER, _BODY = 1, 2, 3
HEARTBEAT = 8  # the type of a frame
#: Methods that bring a message, with their arguments in py-amqp's letters.
_WITH_CONTENT = {spec.Basic.Return: "Bsss", spec.Basic.Deliver: "sLbss", spec.Basic.GetOk: "Lbssl"}
_WIDTHS = {"b": 1, "B": 2, "l": 4, "L": 8}  # octets
_DEEPEST = 50  # tables and lists in each other
_PERSISTENT = 2

#: What reading a hostile property table raises.
_UNREADABLE = (AMQPError, ValueError, struct.error, IndexError, TypeError, OverflowError, RecursionError, OSError)


class Counted(Protocol):
    """What of a connection a frame handler touches: heartbeats count frames."""

    bytes_recv: int


#: Type, channel, payload.
Frame: TypeAlias = tuple[int, int, bytes]


class Content(Message):  # type: ignore[misc]  # py-amqp is not typed
    """A message of which the properties may be unreadable: ``malformed`` says why."""

    malformed: str | None = None
    properties: dict[str, Any]  # whatever py-amqp found

    def inbound_header(self, buf: bytes, offset: int = 0) -> int:
        """Take the size in any case, and the properties if they can be read."""
        try:
            return int(super().inbound_header(buf, offset))
        except _UNREADABLE as error:
            self.malformed = f"{type(error).__name__}: {error}"
            self.properties = {}
            self.ready = not self.body_size
            return len(buf)

    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> int:
        """Text comes as text that can be encoded again."""
        end = int(super()._load_properties(class_id, buf, offset))
        self.properties = {name: _sound(value, 0) for name, value in self.properties.items()}
        return end


#: Takes a whole method: channel, which method, its arguments, its content.
OnMethod: TypeAlias = Callable[[int, tuple[int, int], bytes, Content | None], object]


def frame_handler(connection: Counted, callback: OnMethod) -> Callable[[Frame], bool]:
    """A function that takes frames and calls back with whole methods; True after each one that is complete."""
    partial: dict[int, Content] = {}

    def on_frame(frame: Frame) -> bool:
        kind, channel, buffer = frame
        connection.bytes_recv += 1
        if kind == HEARTBEAT:
            return False
        if kind == _METHOD and channel not in partial:
            method = struct.unpack_from(">HH", buffer)
            if method in _WITH_CONTENT:
                arguments = _sound_arguments(bytes(buffer), _WITH_CONTENT[method])
                partial[channel] = Content(frame_method=method, frame_args=arguments)
                return False
            callback(channel, method, buffer, None)
            return True
        if kind not in (_HEADER, _BODY) or channel not in partial:
            raise UnexpectedFrame(f"frame of type {kind} out of turn")
        content = partial[channel]
        content.inbound_header(buffer) if kind == _HEADER else content.inbound_body(buffer)
        if not content.ready:
            return False
        del partial[channel]
        callback(channel, content.frame_method, content.frame_args, content)
        return True

    return on_frame


def _sound_arguments(buffer: bytes, letters: str) -> bytes:
    """The arguments of a method: a routing key of others need not be UTF-8."""
    parts, at = [buffer[:4]], 4
    for letter in letters:
        if letter == "s":
            text = buffer[at + 1 : at + 1 + buffer[at]]
            at += 1 + len(text)
            text = _text(text).encode()[:LONGEST_SHORT].decode(errors="ignore").encode()
            parts.append(bytes((len(text),)) + text)
        else:
            parts.append(buffer[at : at + _WIDTHS[letter]])
            at += _WIDTHS[letter]
    return b"".join(parts)


def _sound(value: object, depth: int) -> object:
    """A value of a property table with nothing in it but text that can be encoded. Raises ``ValueError``."""
    if depth > _DEEPEST:
        raise ValueError(f"tables are nested more than {_DEEPEST} deep")
    if isinstance(value, str):
        return value if value.isascii() else _text(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, dict):
        return {
            _text(key) if isinstance(key, bytes) else _sound(key, depth): _sound(inner, depth + 1)
            for key, inner in value.items()
        }
    return [_sound(inner, depth + 1) for inner in value] if isinstance(value, list) else value


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def incoming(content: Content, queue: str) -> Incoming:
    """A delivered message as a value."""
    about = content.delivery_info
    return Incoming(
        tag=about["delivery_tag"],
        queue=queue,
        exchange=about["exchange"],
        key=about["routing_key"],
        redelivered=bool(about["redelivered"]),
        body=bytes(content.body or b""),
        properties=properties(content),
        malformed=content.malformed,
    )


def properties(content: Content) -> Properties:
    """The properties of a received message."""
    read = content.properties
    return Properties(
        content_type=read.get("content_type"),
        content_encoding=read.get("content_encoding"),
        headers=read.get("application_headers") or {},
        persistent=read.get("delivery_mode") == _PERSISTENT,
        priority=read.get("priority"),
        correlation_id=read.get("correlation_id"),
        reply_to=read.get("reply_to"),
        expiration=read.get("expiration"),
        message_id=read.get("message_id"),
        timestamp=read.get("timestamp"),
        type=read.get("type"),
        user_id=read.get("user_id"),
        app_id=read.get("app_id"),
    )
