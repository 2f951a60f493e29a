"""Counts and sums over documents: what headers and trailers tell, computed alike for reading and writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

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
            return Decimal(len(found))
        values = [number_of(item.get(self.field)) for item in found if isinstance(item, dict)]
        with localcontext(_EXACT):  # once for all of them: a method of the context costs more than the sum
            return sum([value for value in values if value is not None], Decimal(0))


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


def _at(document: Document, path: tuple[str, ...]) -> list[Document]:
    """The documents of the groups at ``path``."""
    found = [document]
    for name in path:
        below = [one.get(name) for one in found if isinstance(one, dict)]
        found = [item for one in below if one is not None for item in (one if isinstance(one, list) else [one])]
    return found
