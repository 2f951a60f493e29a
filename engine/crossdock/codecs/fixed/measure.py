"""Counts and sums over documents: what headers and trailers tell, computed alike for reading and writing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal

from crossdock.codecs.fixed.value import MAX_EXPONENT, number_of
from crossdock.message import Document

_EXACT = Context(prec=4 * MAX_EXPONENT)  # room for every digit of a sum of numbers within bounds


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted or summed: groups by their ``path`` below a record, or the values of ``field`` there.

    An empty path means the records themselves. ``every_line`` counts the lines of the file instead.
    """

    path: tuple[str, ...] = ()
    field: str | None = None
    every_line: bool = False

    def of(self, document: Document, lines: int) -> Decimal:
        """What one document, written in ``lines`` lines, adds."""
        if self.every_line:
            return Decimal(lines)
        found = _at(document, self.path)
        if self.field is None:
            return Decimal(sum(1 for _ in found))
        total = Decimal(0)
        for item in found:
            value = number_of(item.get(self.field)) if isinstance(item, dict) else None
            total = _EXACT.add(total, value) if value is not None else total
        return total


class Tally:
    """The measures of a file, added up document by document."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._totals = dict.fromkeys(measures, Decimal(0))

    def add(self, document: Document, lines: int) -> None:
        """Take one document in."""
        for measure, total in self._totals.items():
            self._totals[measure] = _EXACT.add(total, measure.of(document, lines))

    def add_lines(self, lines: int) -> None:
        """Take lines in that belong to no document: header and trailer."""
        for measure in self._totals:
            if measure.every_line:
                self._totals[measure] += lines

    def total(self, measure: Measure) -> Decimal:
        """The measure so far."""
        return self._totals[measure]


def _at(document: Document, path: tuple[str, ...]) -> Iterator[Document]:
    """The documents of the groups at ``path``."""
    if not path:
        yield document
        return
    below = document.get(path[0]) if isinstance(document, dict) else None
    for item in below if isinstance(below, list) else [] if below is None else [below]:
        yield from _at(item, path[1:])
