"""Workbooks: no text of their own, so a sheet is drawn as one, row by row, and each cell knows where it was drawn."""

from __future__ import annotations

from crossdock.codecs.contract import Part
from crossdock.codecs.provenance.shown import Shown, Span, Spot

_BETWEEN = "  "
_WIDEST = 40  # characters of a cell, beyond which its column grows no more


class ShownSheet(Shown):
    """A sheet as aligned text. ``rows`` are (row, column, text) from 0, as far as cells are not empty."""

    def __init__(self, sheet: str, cells: list[tuple[int, int, str]]) -> None:
        self._cells: dict[tuple[int, int], Span] = {}
        super().__init__(self._drawn(sheet, cells).encode("utf-8", "surrogateescape"))

    def spot(self, part: Part, pointer: str) -> Spot | None:
        """The cell's characters in the drawing; a workbook has no bytes that say it."""
        place = part.place(pointer)
        if place is None:
            return None
        at = ((place.line or 0) - 1, (place.column or 0) - 1)
        return Spot(place, self._cells.get(at))

    def _drawn(self, sheet: str, cells: list[tuple[int, int, str]]) -> str:
        widths: dict[int, int] = {}
        for _, column, text in cells:
            widths[column] = max(widths.get(column, 1), min(len(text), _WIDEST))
        columns = sorted(widths)
        texts = {(row, column): text for row, column, text in cells}
        drawn, length = [f"{sheet}\n"], len(sheet) + 1
        for row in sorted({row for row, _, _ in cells}):
            line = f"{row + 1:>6}"
            for column in columns:
                text = texts.get((row, column), "")
                line += _BETWEEN
                self._cells[row, column] = (length + len(line), length + len(line) + len(text))
                line += text.ljust(widths[column])
            drawn.append(line + "\n")
            length += len(line) + 1
        return "".join(drawn)
