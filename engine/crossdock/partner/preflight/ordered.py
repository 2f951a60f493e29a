"""The orders a document answers: recalled by their numbers, and their lines found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crossdock.partner.preflight.reading import ZERO, Fields, entries, number, text
from crossdock.partner.preflight.rule import ORDER, SHIPMENT, Around, Recalled

MOST = 100  # orders one document may answer: each is a look into the journal
_ITEM_IDS = ("sku", "gtin", "buyer_item", "seller_item", "manufacturer_item")


def numbers(document: Fields) -> list[str]:
    """The orders a document names, each once."""
    named = [text(document, "order_number"), *(text(line, "order_number") for _, line in entries(document, "lines"))]
    return [one for one in dict.fromkeys(named) if one][:MOST]


def order(around: Around, number: str) -> Recalled | None:
    """The newest original or replacement of an order."""
    for found in around.recalled(ORDER, number):
        if text(found.document, "number") == number and text(found.document, "purpose") != "cancellation":
            return found
    return None


def orders(document: Fields, around: Around) -> dict[str, Fields]:
    """The orders a document names that are known, by number."""
    found = ((number, order(around, number)) for number in numbers(document))
    return {number: one.document for number, one in found if one is not None}


@dataclass(frozen=True, slots=True)
class Met:
    """A line of a document with the order it names, and the line of that order; None where it has no such line."""

    index: int
    line: Fields
    order: Fields
    ordered: Fields | None

    @property
    def place(self) -> tuple[str, str]:
        """Order and line, as a key."""
        return text(self.order, "number"), text(self.ordered, "number")


def met(document: Fields, known: dict[str, Fields]) -> Iterator[Met]:
    """Every line whose order is known."""
    indices = {name: _Index.of(one) for name, one in known.items()}
    for index, line in entries(document, "lines"):
        name = text(line, "order_number") or text(document, "order_number")
        if name in known:
            yield Met(index, line, known[name], indices[name].line_of(line))


@dataclass(frozen=True, slots=True)
class _Index:
    """The lines of an order by number, and by each id of their items; of several, the first."""

    by_number: dict[str, Fields]
    by_item: dict[tuple[str, str], Fields]

    @classmethod
    def of(cls, order: Fields) -> _Index:
        index = cls({}, {})
        for _, line in entries(order, "lines"):
            index.by_number.setdefault(text(line, "number"), line)
            for key in _ITEM_IDS:
                if text(line, key):
                    index.by_item.setdefault((key, text(line, key)), line)
        return index

    def line_of(self, line: Fields) -> Fields | None:
        """By its number where the line names one, else by the item it is, or stands for."""
        named = text(line, "order_line")
        if named:
            return self.by_number.get(named)
        ids = ((key, text(of, key)) for of in (line, _substituted(line)) for key in _ITEM_IDS if text(of, key))
        return next((self.by_item[one] for one in ids if one in self.by_item), None)


def _substituted(line: Fields) -> Fields:
    other = line.get("substitute_for")
    return other if isinstance(other, dict) else {}


def earlier_shipments(document: Fields, around: Around, number_of_order: str) -> list[Fields]:
    """Other shipments of an order, each in its newest form; what was cancelled or only planned does not count."""
    newest: dict[str, Fields] = {}
    for found in around.recalled(SHIPMENT, number_of_order):
        newest.setdefault(text(found.document, "number"), found.document)
    newest.pop(text(document, "number"), None)
    return [
        one
        for one in newest.values()
        if text(one, "purpose") != "cancellation" and text(one, "status") not in ("planned", "cancelled")
    ]


def shipped_of(shipments: list[Fields], known: dict[str, Fields]) -> dict[tuple[str, str], Decimal]:
    """How much of each order line these shipments had."""
    shipped: dict[tuple[str, str], Decimal] = {}
    for one in shipments:
        for line in met(one, known):
            if line.ordered is not None:
                shipped[line.place] = shipped.get(line.place, ZERO) + (number(line.line, "quantity") or ZERO)
    return shipped
