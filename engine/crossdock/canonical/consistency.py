"""Rules that several contracts share: what must agree inside a document.

An error is only what is certainly wrong (two lines of one number). Sums that do not come out are warnings: partners
round in their own ways, and who is right is not for a contract to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from crossdock.canonical.blocks.item import Item
from crossdock.errors import Finding, Place, Severity

CENT = Decimal("0.01")


class Numbered(Protocol):
    """Whatever counts its lines."""

    @property
    def number(self) -> int:
        """The line's number."""
        ...


def unique_numbers(entries: Sequence[Numbered] | None, field: str, rule: str) -> Iterator[Finding]:
    """An error for every entry whose number another entry before it has."""
    numbers = [entry.number for entry in entries or ()]
    if len(set(numbers)) == len(numbers):  # nearly always
        return
    seen: dict[int, int] = {}
    for position, number in enumerate(numbers):
        first = seen.setdefault(number, position)
        if first != position:
            yield Finding(
                code="C201",
                message=f"line number {number} appears twice",
                place=Place(pointer=f"/{field}/{position}/number"),
                value=str(number),
                hint=f"it is also at /{field}/{first}; $index + 1 numbers lines that have no number",
                rule=rule,
            )


def identified(entries: Iterable[Item], field: str, rule: str, *, or_described: bool = False) -> Iterator[Finding]:
    """An error for every entry that does not say which item it is about."""
    for position, entry in enumerate(entries):
        if entry.sku is None and not entry.is_identified() and not (or_described and entry.description):
            yield Finding(
                code="C112",
                message="does not say which item it is about",
                place=Place(pointer=f"/{field}/{position}"),
                hint="give sku, gtin, buyer_item, seller_item, manufacturer_item or item_ids",
                rule=rule,
            )


def known_number(
    number: int | None, known: Iterable[int], pointer: str, of: str, rule: str, value: str | None = None
) -> Iterator[Finding]:
    """An error where ``number`` points to an entry that is not there."""
    if number is not None and number not in set(known):
        yield Finding(
            code="C202",
            message=f"points to a {of} that is not in the document",
            place=Place(pointer=pointer),
            value=value or str(number),
            rule=rule,
        )


def in_order(first: str | None, then: str | None, pointer: str, what: str, rule: str) -> Iterator[Finding]:
    """An error where the day at ``pointer`` (``then``) lies before ``first``. ISO days compare as text."""
    if first is not None and then is not None and then < first:
        yield Finding(
            code="C203",
            message=f"{what} lies before {first}",
            place=Place(pointer=pointer),
            value=then,
            rule=rule,
        )


def comes_to(  # noqa: PLR0913 - two numbers, their names and their place make one warning
    stated: Decimal | None, computed: Decimal, pointer: str, what: str, rule: str, *, within: Decimal = CENT
) -> Iterator[Finding]:
    """A warning where a stated number is not what its parts come to."""
    if stated is not None and abs(stated - computed) > within:
        yield Finding(
            code="C301",
            message=f"{what} come to {computed.normalize():f}",
            severity=Severity.WARNING,
            place=Place(pointer=pointer),
            value=str(stated),
            rule=rule,
        )
