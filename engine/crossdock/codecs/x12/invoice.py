"""What the lines of an invoice (810) come to, against the total it announces in TDS01.

A total is right when it is the lines (quantity times price), with or without the charges, the allowances and the
taxes: partners disagree about what TDS01 includes, and agree that it is one of these. Half a cent a line may be lost by
rounding. Where the segments do not say enough (a price by the hundred, an allowance told as a percentage
only), nothing is judged: a warning that is often wrong is read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from crossdock.message import Document

Tree = dict[str, Document]

PLAIN_BASIS = frozenset({"", "CA", "CT", "EA", "NT", "PE", "QT", "UM"})  # of the price (639): one price, one unit
HALF_CENT = Decimal("0.005")


class _Unsaid(ValueError):
    """The invoice does not say enough to be added up."""


def implied_amount(holder: Document, key: str) -> Decimal | None:
    """An amount with implied decimals (N2), as the reader kept it beside the text; None where it is no number."""
    beside = holder.get("_dec") if isinstance(holder, dict) else None
    value = beside.get(key) if isinstance(beside, dict) else None
    return value if isinstance(value, Decimal) else None


def _segments(holder: Tree, name: str) -> Iterator[Tree]:
    value = holder.get(name)
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one


def _number(holder: Tree, key: str) -> Decimal:
    value = holder.get(key)
    if not isinstance(value, str) or not value:
        raise _Unsaid
    try:
        return Decimal(value)
    except InvalidOperation:
        raise _Unsaid from None


def _line(line: Tree) -> Decimal:
    if str(line.get("IT105") or "") not in PLAIN_BASIS:
        raise _Unsaid
    return _number(line, "IT102") * _number(line, "IT104")


def _added(holder: Tree, indicator: str) -> Decimal:
    """What the charges (C) or the allowances (A) of an invoice or a line come to; others only inform."""
    amounts = [implied_amount(one, "SAC05") for one in _segments(holder, "SAC") if one.get("SAC01") == indicator]
    if None in amounts:
        raise _Unsaid
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _taxes(holder: Tree) -> Decimal:
    own = sum((_number(one, "TXI02") for one in _segments(holder, "TXI")), Decimal(0))
    return own + sum((_taxes(one) for one in _segments(holder, "SAC")), Decimal(0))


def _extras(holders: list[Tree]) -> tuple[Decimal, Decimal]:
    """(charges, charges less allowances) of some lines, or of the invoice itself."""
    charges = sum((_added(one, "C") for one in holders), Decimal(0))
    return charges, charges - sum((_added(one, "A") for one in holders), Decimal(0))


def invoice_mismatch(announced: Decimal, root: Tree, line_name: str) -> str | None:
    """What the lines and their charges come to, where ``announced`` is none of the totals it may be."""
    lines = list(_segments(root, line_name))
    try:
        goods = sum(map(_line, lines), Decimal(0))
        of_lines, of_invoice = _extras(lines), _extras([root])
        taxes = sum(map(_taxes, [root, *lines]), Decimal(0))
    except _Unsaid:
        return None
    nothing = Decimal(0)
    totals = [
        goods + above + below + tax
        for above in (nothing, *of_invoice)
        for below in (nothing, *of_lines)
        for tax in (nothing, taxes)
    ]
    rounding = HALF_CENT * (len(lines) + 1)
    if any(abs(announced - total) <= rounding for total in totals):
        return None
    return f"{goods + of_invoice[1] + of_lines[1] + taxes:f}"
