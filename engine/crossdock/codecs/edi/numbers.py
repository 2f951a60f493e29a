"""Control numbers seen in a group or interchange."""

from __future__ import annotations

from dataclasses import dataclass, field

DIGITS = 14  # of EDIFACT 0020 and 0062; X12 has nine (elements 329 and 28)


@dataclass(slots=True)
class Numbers:
    """Tells a number that comes again. Numbers that count up, as nearly all do, take no memory."""

    _first: int = 0
    _last: int = -1
    _others: set[str] = field(default_factory=set)

    def again(self, number: str) -> bool:
        """Whether this one was seen before; from now on it was."""
        if not (number.isascii() and number.isdigit() and len(number) <= DIGITS):
            return self._strange(number)
        value = int(number)
        if self._last < 0:
            self._first = self._last = value
            return False
        if value == self._last + 1:
            self._last = value
            return str(value) in self._others
        return self._first <= value <= self._last or self._strange(str(value))

    def _strange(self, number: str) -> bool:
        if number in self._others:
            return True
        self._others.add(number)
        return False
