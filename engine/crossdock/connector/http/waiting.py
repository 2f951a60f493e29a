"""How long a peer wants to be left alone: Retry-After, and the headers in which it tells its limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0  # seconds: a peer that says more means something else
_EPOCH = 1_000_000_000  # numbers from here on are a moment (Unix seconds), smaller ones a time from now
_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_RESET = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset-after")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that ``Retry-After`` asks for, as a number or a date (RFC 9110, 10.2.3); None where it says nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST)


def used_up(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a limit begins anew, where the peer says that nothing of it is left; else None."""
    left = next((headers[name] for name in _REMAINING if name in headers), "")
    return reset(headers, now) if left.strip() in ("0", "0.0") else None


def reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the limit begins anew, as ``X-RateLimit-Reset`` and its relatives say."""
    text = next((headers[name] for name in _RESET if name in headers), "").strip()
    try:
        number = float(text)
    except ValueError:
        return retry_after({"retry-after": text}, now) if text else None
    seconds = number - now.timestamp() if number >= _EPOCH else number
    return seconds if 0.0 < seconds <= LONGEST else None
