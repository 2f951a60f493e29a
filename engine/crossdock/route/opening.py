"""What stands before the reading of a payload: decrypt it, unpack it. One payload may become several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from crossdock.message import Payload


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A payload on its way to be read, with the headers that are known by now."""

    body: Payload
    headers: Mapping[str, str]


#: One step before the reading. Raises ``CrossdockError`` before the first, or not at all.
Opener: TypeAlias = Callable[[Wrapped, datetime], Iterator[Wrapped]]

#: The steps that may stand before ``decode``.
OPENERS = ("decrypt", "unpack", "verify")


def opened(openers: tuple[Opener, ...], first: Wrapped, now: datetime) -> list[Wrapped]:
    """What is inside, and inside that."""
    found = [first]
    for opener in openers:
        found = [inner for outer in found for inner in opener(outer, now)]
    return found
