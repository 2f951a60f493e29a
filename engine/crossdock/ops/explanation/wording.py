"""Places and values in the words of a report."""

from __future__ import annotations

import json

from crossdock.codecs.provenance.shown import Spot
from crossdock.errors import Place
from crossdock.mapping.explanation.told import Outcome
from crossdock.message import Document
from crossdock.ops.explanation.account import Field, Row, Source

LONGEST = 60  # characters of a value in a line of text


def shown_value(value: Document, longest: int = LONGEST) -> str:
    """A value on one line: text in quotes, the rest by what it holds. What does not print is made visible."""
    if isinstance(value, str):
        plain = visible(value[: longest + 1])
        return f"'{plain if len(plain) <= longest else plain[: longest - 1] + '…'}'"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def visible(text: str) -> str:
    """Text with a dot for each character that does not print, or that turns the direction of others."""
    return "".join(char if char.isprintable() else "·" for char in text)


def whole(result: Document) -> str:
    """A result as it is: text, or JSON on lines."""
    return result if isinstance(result, str) else json.dumps(result, indent=2, ensure_ascii=False, default=str)


def name_of(source: Source) -> str:
    """What a person calls a source value: ``BEG03``, ``Sheet1!B3``, ``/lines/0/sku``."""
    element = source.spot.place.element if source.spot is not None else None
    return element if element and not element.startswith("row ") else source.pointer or "/"


def where(spot: Spot | None, *, brief: bool = False) -> str:
    """Where a value stands: ``segment 2, bytes 183-193``; ``brief`` without the bytes, where there is another place."""
    if spot is None:
        return "not in the payload"
    place = spot.place
    told = [f"segment {place.segment}"] if place.segment is not None else []
    if place.line is not None and place.segment is None:
        told.append(f"line {place.line}" + _columns(place, spot))
    if brief and told:
        return told[0]
    if spot.data is not None:
        told.append(f"bytes {spot.data[0]}-{spot.data[1]}")
    elif place.byte is not None:
        told.append(f"byte {place.byte}")
    return ", ".join(told)


def _columns(place: Place, spot: Spot) -> str:
    if place.column is None:
        return ""
    width = place.length or (spot.characters[1] - spot.characters[0] if spot.characters and spot.data else 0)
    return f", columns {place.column}-{place.column + width - 1}" if width > 1 else f", column {place.column}"


def row_text(row: Row) -> str:
    """``mappings/tables/uom.csv:7, lookup of 'EA'``."""
    line = f":{row.line}" if row.line is not None else ""
    missed = "" if row.line is not None else ", which it has not"
    whom = f" for {shown_value(row.asked.whom)}" if row.asked.whom is not None else ""
    return f"{row.file}{line}, {row.asked.function} of {shown_value(row.asked.key)}{whom}{missed}"


def position(place: Place) -> str:
    """``mappings/x.yaml:3:5``."""
    return ":".join(str(part) for part in (place.file, place.line, place.column) if part is not None)


def origin(field: Field) -> str:
    """What to say of a value that came from no source value."""
    if field.told.outcome is Outcome.CONSTANT:
        return "a constant"
    if field.told.outcome is Outcome.DEFAULT:
        return "its default"
    return "written in the mapping, or known by the route" if not field.rows else "by table"
