"""The moments of a timetable, in order, from any point forwards and backwards. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from crossdock_connectors.schedule.options import SourceOptions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class Timetable:
    """All moments are aware and in the time zone of the timetable; comparing them compares instants."""

    def __init__(self, options: SourceOptions) -> None:
        self._cron = options.cron
        self._step = timedelta(seconds=options.interval or 0)
        self._zone = ZoneInfo(options.timezone)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The moments later than ``moment``, the next one first."""
        last = moment.astimezone(UTC)
        for one in self._forward(last):
            if one.astimezone(UTC) > last:  # two fields may mean one instant where clocks go forward
                yield one
                last = one.astimezone(UTC)

    def until(self, moment: datetime) -> Iterator[datetime]:
        """The moments not later than ``moment``, the newest one first."""
        last = moment.astimezone(UTC) + _SECOND
        for one in self._backward(last):
            if one.astimezone(UTC) <= moment and one.astimezone(UTC) < last:
                yield one
                last = one.astimezone(UTC)

    def _forward(self, moment: datetime) -> Iterator[datetime]:
        if self._cron is not None:
            yield from CronSim(self._cron, moment.astimezone(self._zone))
            return
        one = _EPOCH + ((moment - _EPOCH) // self._step + 1) * self._step
        while True:
            yield one
            one += self._step

    def _backward(self, moment: datetime) -> Iterator[datetime]:
        if self._cron is not None:
            yield from CronSim(self._cron, moment.astimezone(self._zone), reverse=True)
            return
        one = _EPOCH + ((moment - _EPOCH) // self._step) * self._step
        while one >= _EPOCH:
            yield one
            one -= self._step
