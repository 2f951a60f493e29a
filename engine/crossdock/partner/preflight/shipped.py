"""A shipment against the order it answers: not more than ordered, nothing that was not, no silent shortage."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crossdock.errors import Finding
from crossdock.partner.preflight.ordered import Met, earlier_shipments, met, numbers, orders, shipped_of
from crossdock.partner.preflight.packing import line_name, with_unit
from crossdock.partner.preflight.reading import ZERO, Fields, entries, number, shown, text
from crossdock.partner.preflight.rule import INVOICE, NONE, SHIPMENT, Around, Outcome, PreflightRule, said

_SHOWN = 5


def _before(document: Fields, around: Around, known: dict[str, Fields]) -> dict[tuple[str, str], Decimal]:
    return shipped_of([one for name in known for one in earlier_shipments(document, around, name)], known)


def _cancelled(document: Fields) -> bool:
    return text(document, "purpose") == "cancellation" or text(document, "status") == "cancelled"


def _quantities(document: Fields, around: Around) -> Iterator[Finding]:
    known = orders(document, around)
    if not known or _cancelled(document):
        return
    before = _before(document, around, known)
    here: dict[tuple[str, str], Decimal] = {}
    for one in met(document, known):
        quantity = number(one.line, "quantity") or ZERO
        if one.ordered is None:
            if quantity > 0:
                yield _unordered(one, quantity)
            continue
        here[one.place] = here.get(one.place, ZERO) + quantity
        yield from _too_many(one, here[one.place], before.get(one.place, ZERO), around)


def _unordered(one: Met, quantity: Decimal) -> Finding:
    name = f"{line_name(one.index, one.line)}: {with_unit(quantity, one.line)} shipped"
    message = f"{name}, but order {text(one.order, 'number')} has no such line"
    return said(
        "P231", message, f"/lines/{one.index}", hint="name the order line it is for, or take it off the shipment"
    )


def _too_many(one: Met, here: Decimal, before: Decimal, around: Around) -> Iterator[Finding]:
    ordered = number(one.ordered, "quantity")
    if ordered is None or _unit_differs(one):
        return
    over = here + before - ordered
    if over > 0 and not around.within(NONE).bears(over, ordered):
        earlier = f", {shown(before)} shipped before" if before else ""
        message = (
            f"{line_name(one.index, one.line)}: {with_unit(here, one.line)} shipped{earlier}, "
            f"{shown(ordered)} ordered on {text(one.order, 'number')}: {shown(over)} too many"
        )
        left = max(ordered - before, ZERO)
        hint = f"ship at most {shown(left)}, or ask the buyer to change the order"
        yield said("P230", message, f"/lines/{one.index}/quantity", value=shown(here), hint=hint)


def _shortage(document: Fields, around: Around) -> Iterator[Finding]:
    known = orders(document, around)
    if not known or _cancelled(document):
        return
    before = _before(document, around, known)
    seen = set[tuple[str, str]]()
    shipped = shipped_of([document], known)
    for one in met(document, known):
        if one.ordered is not None and one.place not in seen:
            seen.add(one.place)
            yield from _short(one, shipped[one.place] + before.get(one.place, ZERO), around)
    for name, order in known.items():
        yield from _left_out(name, order, seen, before)


def _short(one: Met, come: Decimal, around: Around) -> Iterator[Finding]:
    ordered = number(one.ordered, "quantity")
    if ordered is None or _unit_differs(one):
        return
    explained = sum((number(one.line, key) or ZERO for key in ("backordered_quantity", "cancelled_quantity")), ZERO)
    short = ordered - come - explained
    if short > 0 and not around.within(NONE).bears(short, ordered):
        message = (
            f"{line_name(one.index, one.line)}: {with_unit(come, one.line)} shipped of {shown(ordered)} ordered on "
            f"{text(one.order, 'number')}, and nothing is said of the other {shown(short)}"
        )
        hint = "say what follows (backordered_quantity) and what never will (cancelled_quantity)"
        yield said("P232", message, f"/lines/{one.index}/quantity", value=shown(come), hint=hint)


def _left_out(
    name: str, order: Fields, seen: set[tuple[str, str]], before: dict[tuple[str, str], Decimal]
) -> Iterator[Finding]:
    wanted = [(index, line) for index, line in entries(order, "lines") if (number(line, "quantity") or ZERO) > 0]
    left = [
        line_name(index, line)
        for index, line in wanted
        if (name, text(line, "number")) not in seen and not before.get((name, text(line, "number")))
    ]
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        message = f"order {name}: nothing is said of {', '.join(left[:_SHOWN])}{more}"
        yield said("P232", message, "/lines", hint="list them with quantity 0 and what is backordered or cancelled")


def _unit_differs(one: Met) -> bool:
    ours, theirs = text(one.line, "unit"), text(one.ordered, "unit")
    return bool(ours and theirs and ours != theirs)


def _unit(document: Fields, around: Around) -> Iterator[Finding]:
    for one in met(document, orders(document, around)):
        if _unit_differs(one):
            ours, theirs = text(one.line, "unit"), text(one.ordered, "unit")
            message = f"{line_name(one.index, one.line)}: counted in {ours}, ordered in {theirs}"
            hint = f"convert the quantity to {theirs}"
            yield said("P233", message, f"/lines/{one.index}/unit", value=ours, hint=hint)


def _order_known(document: Fields, around: Around) -> Iterator[Finding]:
    known = orders(document, around)
    for name in numbers(document):
        if name not in known:
            message = f"order {name[:40]} is not known, so quantities, prices and dates were not compared with it"
            yield said(
                "P280", message, "/order_number", value=name[:40], hint="crossdock trace shows what is known of it"
            )


_TOLERANT = frozenset({"tolerance"})

RULES = (
    PreflightRule(
        name="asn-quantities",
        about="Not more is shipped than was ordered, shipments before counted in, and nothing that was not ordered.",
        codes=("P230", "P231"),
        reads=(SHIPMENT,),
        severity=Outcome.HOLD,
        ask=_quantities,
        takes=_TOLERANT,
    ),
    PreflightRule(
        name="shortage",
        about="What is shipped short is said to be backordered or cancelled, and no line of the order is passed over.",
        codes=("P232",),
        reads=(SHIPMENT,),
        severity=Outcome.WARN,
        ask=_shortage,
        takes=_TOLERANT,
    ),
    PreflightRule(
        name="unit",
        about="Quantities are counted in the unit of the order.",
        codes=("P233",),
        reads=(SHIPMENT, INVOICE),
        severity=Outcome.HOLD,
        ask=_unit,
    ),
    PreflightRule(
        name="order-known",
        about="The order that is answered is known; rules that compare with it say nothing where it is not.",
        codes=("P280",),
        reads=(SHIPMENT, INVOICE),
        severity=Outcome.WARN,
        ask=_order_known,
    ),
)
