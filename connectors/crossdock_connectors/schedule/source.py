"""The source: which moments are due, and how far the timetable has been told.

A moment is known by the route and the instant, so whoever brings it a second time (another machine, a restart, a clock
that was put back) brings a duplicate. How far things are is noted with the arrival, in the transaction that makes it
durable; the first start notes when the timetable begins.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.message import Inline
from crossdock_connectors.schedule.options import SourceOptions
from crossdock_connectors.schedule.timetable import Timetable

LOG = logging.getLogger("crossdock.connector.schedule")

TOLD = "told"  # the note: the newest instant that was told, and its number
MOST = 1000  # moments brought by one poll, and counted as missed


@dataclass(frozen=True, slots=True)
class Told:
    """How far the timetable has been told: the instant, and how many moments that makes."""

    instant: datetime
    sequence: int

    @classmethod
    def read(cls, note: str) -> Told:
        """What was noted."""
        fields = json.loads(note)
        return cls(datetime.fromisoformat(fields["instant"]), int(fields["sequence"]))

    def note(self) -> str:
        """As it is noted."""
        return json.dumps({"instant": self.instant.astimezone(UTC).isoformat(), "sequence": self.sequence})


@dataclass(frozen=True, slots=True)
class Due:
    """A moment to be told, and how many were passed over for it."""

    moment: datetime
    missed: int = 0


class ScheduleSource:
    """Tells the moments of one timetable."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings
        self._timetable = Timetable(options)
        self._told: Told | None = None

    def poll(self) -> Iterator[Arrival]:
        """The moments that are due, in order. Raises ``Retry`` while the journal is not there."""
        now = self._around.now()
        told = self._so_far(now)
        for number, due in enumerate(self._due(told.instant, now), told.sequence + 1):
            yield self._arrival(due, number)

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """The timetable has been told as far as this."""
        if not isinstance(arrival.receipt, Told):
            raise TypeError("not an arrival of this source")
        if self._told is None or arrival.receipt.instant > self._told.instant:
            self._told = arrival.receipt

    def close(self) -> None:
        """How far things are is read anew next time: another machine may go on meanwhile."""
        self._told = None

    def quiet(self) -> bool:
        """Always: what is not due yet may be a long way off."""
        return True

    def _so_far(self, now: datetime) -> Told:
        if self._told is None:
            noted = self._around.notes.read([TOLD]).get(TOLD)
            self._told = Told(now, 0) if noted is None else Told.read(noted)
            if noted is None:
                self._around.notes.write({TOLD: self._told.note()})
        if self._told.instant > now:  # the clock was put back; what was told already is known by its identity
            self._told = Told(now, self._told.sequence)
        return self._told

    def _due(self, since: datetime, now: datetime) -> Iterator[Due]:
        if self._options.missed == "all":
            yield from (
                Due(one) for one in islice(takewhile(lambda one: one <= now, self._timetable.after(since)), MOST)
            )
            return
        grace = now - timedelta(seconds=self._options.grace)
        found = list(islice(takewhile(lambda one: one > since, self._timetable.until(now)), MOST))
        fresh = [one for one in found if one >= grace]
        missed = [one for one in found if one < grace]
        if not fresh and missed and self._options.missed == "latest":
            fresh = [missed.pop(0)]
        if fresh:
            yield Due(fresh[-1], len(missed))
            yield from (Due(one) for one in reversed(fresh[:-1]))
        elif missed:
            self._pass_over(missed[0], len(missed))

    def _pass_over(self, newest: datetime, count: int) -> None:
        told = self._told
        if told is not None:
            self._told = Told(newest, told.sequence)
        LOG.warning("%s: %s: %d moments passed while nothing ran", "K850", self._around.name, count)

    def _arrival(self, due: Due, number: int) -> Arrival:
        told = Told(due.moment, number)
        utc = due.moment.astimezone(UTC)
        document = {
            **self._options.bring,
            "schedule": self._around.name,
            "scheduled_at": due.moment.isoformat(),
            "scheduled_utc": utc.isoformat().replace("+00:00", "Z"),
            "sequence": number,
            "missed": due.missed,
        }
        return Arrival(
            identity=f"{self._around.name}|{utc.isoformat()}",
            payload=Inline(json.dumps(document).encode()),
            content_type="application/json",
            headers={"schedule.at": due.moment.isoformat(), "schedule.sequence": str(number)},
            notes={TOLD: told.note()},
            receipt=told,
        )
