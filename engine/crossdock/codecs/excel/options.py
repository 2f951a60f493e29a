"""What a route may say about a workbook."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from crossdock.codecs.judged import MAX_WHOLE

MAX_ROWS = 1_048_576  # of a sheet (ECMA-376-1, 18.3.1.73 and the limits Excel documents), and its columns
MAX_COLUMNS = 16_384
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})?\Z")


def _range(text: str) -> str:
    if not _RANGE.match(text):
        raise ValueError("a range is written A3:F200, or A3:F where it goes down to the last row")
    return text


class ExcelOptions(BaseModel):
    """``sheet`` is a name, or a number from 1; by default the first sheet that is not hidden.

    ``range`` is where the table stands (``A3:F200``, ``A3:F``), its first row is the header; by default all that is
    filled. With ``columns`` the header must have these names, each once, in any order; writing, they are the columns.
    Columns of ``text`` are texts also where a cell is a number (``4711``, never ``4711.0``). Columns of ``dates`` are
    written as dates. ``fill_merged`` gives every cell of a merged range its value, instead of the first alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: Annotated[str, Field(min_length=1, max_length=31)] | Annotated[int, Field(ge=1, le=255)] | None = None
    range: Annotated[str, AfterValidator(_range)] | None = None
    columns: tuple[str, ...] | None = None
    text: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    fill_merged: bool = False
    max_size: int = Field(default=MAX_WHOLE, ge=1)
    max_cells: int = Field(default=5_000_000, ge=1)

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """First row, first column, last row and last column of the range, from 0."""
        found = _RANGE.match(self.range or "")
        if found is None:
            return 0, 0, MAX_ROWS - 1, MAX_COLUMNS - 1
        last = int(found[4]) if found[4] else MAX_ROWS
        return int(found[2]) - 1, number_of(found[1]) - 1, last - 1, number_of(found[3]) - 1


def number_of(letters: str) -> int:
    """The number of a column, from 1: ``A`` is 1, ``AA`` 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def letters_of(number: int) -> str:
    """The letters of a column, from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell(row: int, column: int) -> str:
    """What people call a cell, from 0 and 0: ``B7``."""
    return f"{letters_of(column + 1)}{row + 1}"
