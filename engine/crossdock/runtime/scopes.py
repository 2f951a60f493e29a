"""What expressions see of a message beyond its document."""

from __future__ import annotations

from datetime import UTC, datetime

from crossdock.mapping.scope import Scope
from crossdock.message import Message


def scope_of(message: Message, now: float) -> Scope:
    """``$id``, ``$route``, ``$headers``, ``$partner`` and ``$now`` (Unix seconds given) of a message."""
    return Scope(
        id=message.id,
        route=message.route,
        now=datetime.fromtimestamp(now, UTC),
        partner=message.partner,
        headers=message.headers,
    )
