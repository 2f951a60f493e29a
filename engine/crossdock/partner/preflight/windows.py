"""Dates against the windows of the order: not shipped before or after, not after it lapsed, not delivered outside."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.errors import Finding
from crossdock.partner.preflight.ordered import orders
from crossdock.partner.preflight.reading import Fields, day, text
from crossdock.partner.preflight.rule import SHIPMENT, Around, Outcome, PreflightRule, said


def _sides(
    document: Fields, order: Fields, field: str, code: str, first: str, last: str, what: str
) -> Iterator[Finding]:
    """Findings where a day of the document lies outside two days of an order."""
    when, begin, end = day(document, field), day(order, first), day(order, last)
    name = text(order, "number")
    if when and begin and when < begin:
        message = f"{what} on {when}, but order {name} says not before {begin}"
        yield said(code, message, f"/{field}", value=when, hint=f"wait until {begin}, or ask the buyer")
    if when and end and when > end:
        message = f"{what} on {when}, but order {name} says not after {end}"
        yield said(code, message, f"/{field}", value=when, hint="ask the buyer for another date")


def _ship(document: Fields, around: Around) -> Iterator[Finding]:
    for order in orders(document, around).values():
        yield from _sides(document, order, "shipped_on", "P260", "ship_not_before", "ship_not_after", "shipped")


def _cancel(document: Fields, around: Around) -> Iterator[Finding]:
    for order in orders(document, around).values():
        when, end = day(document, "shipped_on"), day(order, "cancel_after")
        if when and end and when > end:
            message = f"shipped on {when}, but order {text(order, 'number')} lapsed on {end}"
            yield said("P261", message, "/shipped_on", value=when, hint="ask the buyer whether it is still wanted")
        if text(order, "status") in ("cancelled", "closed"):
            message = f"order {text(order, 'number')} is {text(order, 'status')}"
            yield said("P261", message, "/order_number", value=text(order, "status"))


def _deliver(document: Fields, around: Around) -> Iterator[Finding]:
    for order in orders(document, around).values():
        sides = ("expected_delivery_on", "P262", "deliver_not_before", "deliver_not_after", "expected there")
        yield from _sides(document, order, *sides)


RULES = (
    PreflightRule(
        name="ship-window",
        about="The day of shipment lies between ship-not-before and ship-not-after of the order.",
        codes=("P260",),
        reads=(SHIPMENT,),
        severity=Outcome.HOLD,
        ask=_ship,
    ),
    PreflightRule(
        name="cancel-date",
        about="The order has not lapsed by its cancel-after, nor been cancelled or closed.",
        codes=("P261",),
        reads=(SHIPMENT,),
        severity=Outcome.HOLD,
        ask=_cancel,
    ),
    PreflightRule(
        name="delivery-window",
        about="The expected day of delivery lies between deliver-not-before and deliver-not-after of the order.",
        codes=("P262",),
        reads=(SHIPMENT,),
        severity=Outcome.WARN,
        ask=_deliver,
    ),
)
