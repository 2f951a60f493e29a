"""How two files differ that are no YAML: tables by their rows, all others by their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from difflib import SequenceMatcher

from crossdock.errors import Place
from crossdock.ops.changes.structure import Change, shown

_MOST = 50  # differences that are shown of one file


def rows(old: str, new: str, file: str) -> Iterator[Change]:
    """Rows of a table that came, went or changed, by what stands in the first column; by lines where that repeats."""
    before, after = _rows(old), _rows(new)
    if before is None or after is None:
        yield from lines(old, new, file)
        return
    for key, (line, row) in after.items():
        was = before.get(key)
        if was is None or was[1] != row:
            yield Change(
                f"row {key}", shown(was[1]) if was else None, shown(row), Place(file=file, line=line, column=1)
            )
    for key, (line, row) in before.items():
        if key in after:
            continue
        yield Change(f"row {key}", shown(row), None, Place(file=file, line=line, column=1))


def lines(old: str, new: str, file: str) -> Iterator[Change]:
    """Lines that came and went, together where they stand together."""
    before, after = old.splitlines(), new.splitlines()
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            was, now = " ⏎ ".join(before[i1:i2]), " ⏎ ".join(after[j1:j2])
            place = Place(file=file, line=j1 + 1, column=1)
            yield Change(
                "lines" if max(i2 - i1, j2 - j1) > 1 else "line", shown(was) or None, shown(now) or None, place
            )


def first(found: Iterator[Change]) -> list[Change]:
    """So many of them that a person reads them; the last says how many more there are."""
    every = list(found)
    if len(every) <= _MOST:
        return every
    left = len(every) - _MOST
    return [*every[:_MOST], Change(f"and {left} more", None, "", Place(file=every[_MOST].place.file))]


def _rows(text: str) -> dict[str, tuple[int, str]] | None:
    """Each row with its line; None where the first column does not tell them apart, or is larger than csv takes."""
    reader = csv.reader(io.StringIO(text))
    found: dict[str, tuple[int, str]] = {}
    try:
        for row in reader:
            if row and row[0] in found:
                return None
            if row:
                found[row[0]] = (reader.line_num, ",".join(row))
    except csv.Error:
        return None
    return found
