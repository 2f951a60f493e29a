"""A moment as authors write it: ``2026-01-01T12:00:00Z``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator


def unix_time(text: str) -> float:
    """The moment in Unix seconds. Raises ``ValueError``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or len(text) < len("2026-01-01T12:00Z"):
        raise ValueError(f"expected a moment with its zone, such as 2026-01-01T12:00:00Z, not '{text}'")
    return found.timestamp()


def _moment(text: str) -> str:
    unix_time(text)
    return text


Moment = Annotated[str, AfterValidator(_moment)]
