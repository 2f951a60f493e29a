"""What a route may say about time: ``from: schedule: {…}``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.cron import Cron, Zone

_OWN = {"schedule", "scheduled_at", "scheduled_utc", "sequence", "missed"}


class SourceOptions(BaseModel):
    """A timetable: either ``cron`` or ``every``.

    ``cron`` has the five usual fields (minute, hour, day of month, month, day of week; with ``L``, ``LW``, ``5#3``) and is
    read in ``timezone``. ``every`` counts from midnight UTC of 1 January 1970, so all machines agree: ``15m`` comes at
    :00, :15, :30 and :45. ``missed`` says what becomes of moments that passed while nothing ran, by more than
    ``grace``: the ``latest`` is made up for, unless a newer one is due; ``all`` are, in order; or none (``skip``). The
    timetable begins when the route first runs. ``bring`` are further fields of the document.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: Cron | None = None
    interval: Annotated[Seconds, lasting("1s", "366d")] | None = Field(default=None, alias="every")
    timezone: Zone = "UTC"
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
