"""What an expression may reach beyond its document: ``$id``, ``$route``, ``$now``, ``$partner``, ``$headers``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from crossdock.errors import Place
from crossdock.message import EMPTY, Document


def nowhere(pointer: str) -> Place | None:
    """The ``place`` of a document that came from nowhere."""
    return None


NOTHING_GIVEN: Mapping[str, Document] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The surroundings of one document.

    ``place`` finds the position, in the payload, of the value at a JSON pointer; ``given`` are a mapping's parameters.
    """

    id: str
    route: str
    now: datetime
    partner: str | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    place: Callable[[str], Place | None] = nowhere
    given: Mapping[str, Document] = field(default_factory=lambda: NOTHING_GIVEN)


def now_of(scope: Scope) -> Document:
    """``$now``: ISO 8601 text, seconds, ``Z`` for UTC."""
    return scope.now.isoformat(timespec="seconds").replace("+00:00", "Z")


def headers_of(scope: Scope) -> Document:
    """``$headers``: an object of text."""
    return dict(scope.headers)
