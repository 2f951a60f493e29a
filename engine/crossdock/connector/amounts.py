"""Amounts with a unit, as authors write them: ``90d``, ``50ms``, ``20MB``, ``100/s``.

The unit is never left out, so a number cannot be read as the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
BYTES: Mapping[str, float] = {
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
PER_SECOND: Mapping[str, float] = {"/s": 1, "/min": 1 / 60, "/m": 1 / 60, "/h": 1 / 3600, "/d": 1 / 86400}

UNITS = 2  # of a duration that is told: the third would say no more
_AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) ?([A-Za-z/]+)\Z")


def _amount(written: object, units: Mapping[str, float], what: str, example: str) -> float:
    match = _AMOUNT.match(written) if isinstance(written, str) else None
    if match is None or match[2] not in units:
        known = ", ".join(units)
        raise ValueError(f"expected {what} such as {example} (units: {known}), not '{written}'")
    return float(match[1]) * units[match[2]]


def seconds(written: object) -> float:
    """A duration such as ``15m``, in seconds. Raises ``ValueError``."""
    return _amount(written, SECONDS, "a duration", "15m")


def spoken(amount: float) -> str:
    """Seconds as authors write them, in at most two units: ``15m``, ``2h 30m``."""
    parts: list[str] = []
    rest = round(amount * 1000)
    for unit, length in sorted(SECONDS.items(), key=lambda one: -one[1]):
        count, left = divmod(rest, round(length * 1000))
        if count and len(parts) < UNITS:
            parts.append(f"{count}{unit}")
            rest = left
    return " ".join(parts) or "0s"


def size(written: object) -> int:
    """A size such as ``20MB``, in bytes. Raises ``ValueError``."""
    return int(_amount(written, BYTES, "a size", "20MB"))


def per_second(written: object) -> float:
    """A rate such as ``600/min``, per second. Raises ``ValueError``."""
    rate = _amount(written, PER_SECOND, "a rate", "100/s")
    if rate == 0:
        raise ValueError("a rate of nothing would never send; use 'enabled: false'")
    return rate


def _between(least: str, most: str, read: Callable[[object], float]) -> AfterValidator:
    lowest, highest = read(least), read(most)

    def check(amount: float) -> float:
        if not lowest <= amount <= highest:
            raise ValueError(f"expected {least} to {most}")
        return amount

    return AfterValidator(check)


def lasting(least: str, most: str) -> AfterValidator:
    """Bounds of a duration, as authors write it: a mistake is told with units, not in bare seconds."""
    return _between(least, most, seconds)


def sized(least: str, most: str) -> AfterValidator:
    """Bounds of a size."""
    return _between(least, most, size)


Seconds = Annotated[float, BeforeValidator(seconds)]
Bytes = Annotated[int, BeforeValidator(size)]
PerSecond = Annotated[float, BeforeValidator(per_second)]
