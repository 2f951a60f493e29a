"""The five fields of a timetable: minute, hour, day of month, month, day of week (crontab(5)), and its time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

FIELDS = 5


def _cron(text: str) -> str:
    if len(text.split()) != FIELDS:
        raise ValueError(f"'{text}' must have five fields: minute, hour, day of month, month, day of week")
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"'{text}': {str(error).lower()}") from error
    except StopIteration:
        raise ValueError(f"'{text}' never comes") from None
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone '{name}'; write it as Europe/Berlin or UTC") from None
    return name


Cron = Annotated[str, AfterValidator(_cron)]
Zone = Annotated[str, AfterValidator(_zone)]


def moments(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """When a timetable comes, after an aware moment."""
    yield from CronSim(cron, after.astimezone(ZoneInfo(zone)))
