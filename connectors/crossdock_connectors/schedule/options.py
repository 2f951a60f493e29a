"""What a route may say about time: ``from: schedule: {…}``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from crossdock.connector.amounts import Seconds, lasting

FIELDS = 5  # minute, hour, day of month, month, day of week
_OWN = {"schedule", "scheduled_at", "scheduled_utc", "sequence", "missed"}


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


class SourceOptions(BaseModel):
    """A timetable: either ``cron`` or ``every``.

    ``cron`` has the five usual fields (minute, hour, day of month, month, day of week; with ``L``, ``LW``, ``5#3``) and is
    read in ``timezone``. ``every`` counts from midnight UTC of 1 January 1970, so all machines agree: ``15m`` comes at
    :00, :15, :30 and :45. ``missed`` says what becomes of moments that passed while nothing ran, by more than
    ``grace``: the ``latest`` is made up for, unless a newer one is due; ``all`` are, in order; or none (``skip``). The
    timetable begins when the route first runs. ``bring`` are further fields of the document.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: Annotated[str, AfterValidator(_cron)] | None = None
    interval: Annotated[Seconds, lasting("1s", "366d")] | None = Field(default=None, alias="every")
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    missed: Literal["latest", "all", "skip"] = "latest"
    grace: Annotated[Seconds, lasting("1s", "7d")] = 60.0
    bring: dict[str, JsonValue] = {}

    @property
    def every(self) -> float:
        """Seconds between polls: how late a moment may be told."""
        return 0.5

    @field_validator("interval")
    @classmethod
    def _whole_seconds(cls, interval: float | None) -> float | None:
        if interval is not None and interval != int(interval):
            raise ValueError("expected whole seconds")
        return interval

    @field_validator("bring")
    @classmethod
    def _own_fields(cls, bring: dict[str, JsonValue]) -> dict[str, JsonValue]:
        taken = sorted(_OWN & bring.keys())
        if taken:
            raise ValueError(f"'{taken[0]}' is a field that the schedule fills itself")
        return bring

    @model_validator(mode="after")
    def _one_timetable(self) -> SourceOptions:
        if (self.cron is None) == (self.interval is None):
            raise ValueError("a schedule has either 'cron' or 'every'")
        if self.interval is not None and self.timezone != "UTC":
            raise ValueError("'timezone' goes with 'cron'; 'every' is the same in all of them")
        return self
