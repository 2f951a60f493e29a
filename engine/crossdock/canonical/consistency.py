"""Rules that several contracts share: what must agree inside a document in its normal form.

An error is only what is certainly wrong (two lines of one number). Sums that do not come out are warnings: partners
round in their own ways, and who is right is not for a contract to decide.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

from crossdock.errors import Finding, Place, Severity
from crossdock.message import Document

CENT = Decimal("0.01")
ZERO = Decimal(0)
ONE = Decimal(1)
ITEM_IDS = frozenset({"sku", "gtin", "buyer_item", "seller_item", "manufacturer_item", "item_ids"})

#: An object of a document whose fields a contract has checked already.
Fields: TypeAlias = "dict[str, Document]"


def fields(document: Document) -> Fields:
    """The document as the object that its contract made sure it is."""
    return cast(Fields, document)


def entries(parent: Fields, name: str) -> list[Fields]:
    """The objects of a list; none where it is absent."""
    return cast("list[Fields]", parent.get(name, []))


def part(parent: Fields, name: str) -> Fields:
    """The object of that name; an empty one where it is absent."""
    return cast(Fields, parent.get(name, {}))


def number(parent: Fields, name: str) -> Decimal | None:
    """The decimal of that name."""
    return cast("Decimal | None", parent.get(name))


def day(parent: Fields, name: str) -> str | None:
    """The ISO date of that name; two of them compare as text."""
    return cast("str | None", parent.get(name))


def total(parents: Sequence[Fields], name: str) -> Decimal:
    """The sum of a field; absent counts nothing."""
    return sum((number(parent, name) or ZERO for parent in parents), ZERO)


def net_of(allowances_charges: Sequence[Fields]) -> Decimal:
    """What allowances and charges come to: charges less allowances."""
    return sum((_signed(entry) for entry in allowances_charges), ZERO)


def _signed(allowance_charge: Fields) -> Decimal:
    amount = number(allowance_charge, "amount") or ZERO
    return -amount if allowance_charge["kind"] == "allowance" else amount


@dataclass(frozen=True, slots=True)
class Judge:
    """Speaks for one contract: every finding names it as its rule."""

    rule: str

    def unique(self, listed: Sequence[Fields], where: str, name: str, what: str) -> Iterator[Finding]:
        """An error for every entry whose value of ``name`` an entry before it has. Absent values may repeat."""
        values: list[object] = [entry[name] for entry in listed if name in entry]
        if len(set(values)) == len(values):  # nearly always
            return
        seen: dict[str, int] = {}
        for position, entry in enumerate(listed):
            first = seen.setdefault(str(entry[name]), position) if name in entry else position
            if first != position:
                hint = f"it is also at {where}/{first}"
                yield self._error("C201", f"{what} appears twice", f"{where}/{position}/{name}", entry[name], hint)

    def identified(self, listed: Sequence[Fields], where: str, *, also: str = "sku") -> Iterator[Finding]:
        """An error for every entry that does not say which item it is about; ``also`` names a field that may."""
        for position, entry in enumerate(listed):
            if ITEM_IDS.isdisjoint(entry) and also not in entry:
                hint = "give sku, gtin, buyer_item, seller_item, manufacturer_item or item_ids"
                message = "does not say which item it is about"
                yield self._error("C112", f"entry {position + 1} {message}", f"{where}/{position}", None, hint)

    def known(self, value: Document, among: Container[Document], pointer: str, what: str) -> Iterator[Finding]:
        """An error where a value points to something that the document does not have."""
        if value is not None and value not in among:
            yield self._error("C202", f"there is no {what} of that number in the document", pointer, value)

    def in_order(self, parent: Fields, first: str, then: str, where: str = "") -> Iterator[Finding]:
        """An error where the day ``then`` lies before the day ``first``."""
        begin, end = day(parent, first), day(parent, then)
        if begin is not None and end is not None and end < begin:
            yield self._error("C203", f"'{then}' lies before '{first}' ({begin})", f"{where}/{then}", end)

    def comes_to(
        self, parent: Fields, name: str, computed: Decimal, where: str = "", *, within: Decimal = CENT
    ) -> Iterator[Finding]:
        """A warning where a stated number differs from what its parts come to."""
        stated = number(parent, name)
        if stated is not None and abs(stated - computed) > within:
            yield Finding(
                code="C301",
                message=f"'{name}' says {stated:f}, but its parts come to {computed:f}",
                severity=Severity.WARNING,
                place=Place(pointer=f"{where}/{name}"),
                value=f"{stated:f}",
                rule=self.rule,
            )

    def required(self, parent: Fields, names: Sequence[str], where: str, why: str) -> Iterator[Finding]:
        """An error for every field that this document, being what it is, cannot do without."""
        for name in names:
            if name not in parent:
                yield self._error("C101", f"'{name}' is required and missing: {why}", f"{where}/{name}", None)

    def cycle(self, pointer: str, value: Document) -> Finding:
        """An error: something that lies, through others, inside itself."""
        return self._error("C204", "lies inside itself", pointer, value)

    def _error(self, code: str, message: str, pointer: str, value: Document, hint: str | None = None) -> Finding:
        shown = None if value is None else str(value)
        return Finding(code=code, message=message, place=Place(pointer=pointer), value=shown, hint=hint, rule=self.rule)
