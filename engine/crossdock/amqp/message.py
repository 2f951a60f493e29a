"""Messages as AMQP 0-9-1 carries them: a body of bytes and the fourteen properties of the basic class, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

#: A value in a header table.
Field: TypeAlias = (
    "None | bool | int | float | str | bytes | Decimal | datetime | Sequence[Field] | Mapping[str, Field]"
)

NO_HEADERS: Mapping[str, Field] = MappingProxyType({})
LONGEST_SHORT = 255  # bytes of a short string: routing keys, ids, names (AMQP 0-9-1, 4.2.5.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """The properties of a message (AMQP 0-9-1, class basic). ``expiration`` is in milliseconds, as text.

    ``timestamp`` is in Unix seconds. ``user_id`` must be the user of the connection, or the broker refuses it.
    """

    content_type: str | None = None
    content_encoding: str | None = None
    headers: Mapping[str, Field] = field(default_factory=lambda: NO_HEADERS)
    persistent: bool = True
    priority: int | None = None
    correlation_id: str | None = None
    reply_to: str | None = None
    expiration: str | None = None
    message_id: str | None = None
    timestamp: int | None = None
    type: str | None = None
    user_id: str | None = None
    app_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be published to ``exchange`` ("" is the default one, whose keys are names of queues)."""

    exchange: str
    key: str
    body: bytes
    properties: Properties = Properties()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message as it came. ``tag`` settles it, on the connection it came by.

    ``malformed`` says why its properties could not be read: others may publish what they like.
    """

    tag: int
    queue: str
    exchange: str
    key: str
    redelivered: bool
    body: bytes
    properties: Properties
    malformed: str | None = None
