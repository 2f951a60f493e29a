"""Values of a document that nobody has judged yet: what is not of the kind that is asked for is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from crossdock.message import Document

Fields: TypeAlias = "dict[str, Document]"

ZERO, ONE, CENT = Decimal(0), Decimal(1), Decimal("0.01")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LONGEST = 10**18


def fields(document: Document) -> Fields:
    """The object; an empty one where it is none."""
    return document if isinstance(document, dict) else {}


def entries(parent: Document, name: str) -> list[tuple[int, Fields]]:
    """The objects of a list with their positions."""
    listed = fields(parent).get(name)
    found = enumerate(listed) if isinstance(listed, list) else ()
    return [(index, one) for index, one in found if isinstance(one, dict)]


def part(parent: Document, name: str) -> Fields:
    """The object of that name."""
    return fields(fields(parent).get(name))


def text(parent: Document, name: str) -> str:
    """The text of that name; empty where there is none. Whole numbers are text, too."""
    value = fields(parent).get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LONGEST:
        return str(value)
    return value if isinstance(value, str) else ""


def number(parent: Document, name: str) -> Decimal | None:
    """The exact number of that name, of at most 18 digits before and after the point."""
    value = fields(parent).get(name)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < _LONGEST else None
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) <= 18 else None  # noqa: PLR2004 - as above
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def day(parent: Document, name: str) -> str:
    """The ISO date of that name; two of them compare as text."""
    value = text(parent, name)
    return value if _DAY.fullmatch(value) else ""


def total(listed: list[tuple[int, Fields]], name: str) -> Decimal:
    """The sum of a field; what is absent counts nothing."""
    return sum((number(one, name) or ZERO for _, one in listed), ZERO)


def shown(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros that say nothing."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def money(value: Decimal) -> str:
    """An amount: two places at least."""
    plain = shown(value)
    whole, _, cents = plain.partition(".")
    return f"{whole}.{cents:0<2}"


def walk(document: Document, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, Fields]]:
    """Every object with its pointer, the outermost first; not below a depth no contract has."""
    if depth > 40:  # noqa: PLR2004 - a hostile nesting, not a document
        return
    if isinstance(document, dict):
        yield pointer, document
        for key, value in document.items():
            if isinstance(value, dict | list):
                yield from walk(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(document, list):
        for index, value in enumerate(document):
            if isinstance(value, dict | list):
                yield from walk(value, f"{pointer}/{index}", depth + 1)
