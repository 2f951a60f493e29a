"""An invoice against what was ordered and shipped: quantities, prices, allowances and charges, currency, terms."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crossdock.errors import Finding
from crossdock.partner.preflight.ordered import Met, met, orders, shipped_of
from crossdock.partner.preflight.packing import line_name, with_unit
from crossdock.partner.preflight.reading import (
    CENT,
    ONE,
    ZERO,
    Fields,
    entries,
    fields,
    money,
    number,
    part,
    shown,
    text,
)
from crossdock.partner.preflight.rule import (
    INVOICE,
    NONE,
    SHIPMENT,
    Around,
    Outcome,
    PreflightRule,
    Tolerance,
    said,
)

_KINDS = ("invoice", "")  # of those that charge for goods; credits go the other way
_ONE_CENT = Tolerance(CENT)
_PRICE = Tolerance(Decimal("0.0001"))


def _charges_goods(document: Fields) -> bool:
    return text(document, "type") in _KINDS and text(document, "purpose") != "cancellation"


def _shipments(document: Fields, around: Around, known: dict[str, Fields]) -> list[Fields]:
    """The shipments the invoice is for: the one it names, else every one of its orders."""
    named = {
        text(document, "shipment_number"),
        *(text(line, "shipment_number") for _, line in entries(document, "lines")),
    }
    wanted = [one for one in sorted(named) if one] or list(known)
    newest: dict[str, Fields] = {}
    for key in wanted:
        for found in around.recalled(SHIPMENT, key):
            newest.setdefault(text(found.document, "number"), found.document)
    return [one for one in newest.values() if text(one, "purpose") != "cancellation"]


def _quantities(document: Fields, around: Around) -> Iterator[Finding]:
    known = orders(document, around)
    if not known or not _charges_goods(document):
        return
    shipments = _shipments(document, around, known)
    shipped = shipped_of(shipments, known)
    charged: dict[tuple[str, str], Decimal] = {}
    for one in met(document, known):
        quantity = number(one.line, "quantity") or ZERO
        if one.ordered is None:
            if quantity > 0 and _names_item(one.line):
                yield _unordered(one, quantity)
            continue
        charged[one.place] = charged.get(one.place, ZERO) + quantity
        limit = shipped.get(one.place, ZERO) if shipments else number(one.ordered, "quantity")
        if limit is not None:
            yield from _more(one, charged[one.place], limit, "shipped" if shipments else "ordered", around)


def _names_item(line: Fields) -> bool:
    return any(text(line, key) for key in ("sku", "gtin", "buyer_item", "seller_item", "order_line"))


def _unordered(one: Met, quantity: Decimal) -> Finding:
    name = f"{line_name(one.index, one.line)}: {with_unit(quantity, one.line)} charged"
    return said("P247", f"{name}, but order {text(one.order, 'number')} has no such line", f"/lines/{one.index}")


def _more(one: Met, charged: Decimal, limit: Decimal, what: str, around: Around) -> Iterator[Finding]:
    over = charged - limit
    if over > 0 and not around.within(NONE).bears(over, limit):
        price = _unit_price(one.line) or ZERO
        worth = f" ({money((over * price).quantize(CENT))} too much)" if price else ""
        message = (
            f"{line_name(one.index, one.line)}: {with_unit(charged, one.line)} charged, {shown(limit)} {what}: "
            f"{shown(over)} too many{worth}"
        )
        yield said("P240", message, f"/lines/{one.index}/quantity", value=shown(charged))


def _unit_price(line: Fields) -> Decimal | None:
    """The price of one unit."""
    price, base = number(line, "unit_price"), number(line, "price_base_quantity")
    return None if price is None else price / (base if base is not None and base > 0 else ONE)


def _price(document: Fields, around: Around) -> Iterator[Finding]:
    for one in met(document, orders(document, around)):
        ours, agreed = _unit_price(one.line), _unit_price(one.ordered or {})
        if ours is None or agreed is None or text(one.line, "unit") != text(one.ordered, "unit"):
            continue
        if around.within(_PRICE).bears(ours - agreed, agreed):
            continue
        quantity = number(one.line, "quantity") or ZERO
        worth = abs(((ours - agreed) * quantity).quantize(CENT))
        word = "too much" if ours > agreed else "too little"
        message = (
            f"{line_name(one.index, one.line)}: price {_price_of(one.line)}, ordered at {_price_of(one.ordered or {})} on "
            f"{text(one.order, 'number')}: {money(worth)} {word} for {with_unit(quantity, one.line)}"
        )
        yield said("P241", message, f"/lines/{one.index}/unit_price", value=_price_of(one.line))


def _price_of(line: Fields) -> str:
    base = number(line, "price_base_quantity")
    each = f" for {shown(base)}" if base is not None and base != 1 else ""
    return f"{money(number(line, 'unit_price') or ZERO)}{each}"


def _signed(document: Fields) -> dict[tuple[str, str], Decimal]:
    """What allowances and charges of a document and of its lines come to, by kind and type."""
    found: dict[tuple[str, str], Decimal] = {}
    owners = [document, *(line for _, line in entries(document, "lines"))]
    for owner in owners:
        for _, one in entries(owner, "allowances_charges"):
            key = text(one, "kind"), text(one, "type").lower()
            found[key] = found.get(key, ZERO) + (number(one, "amount") or ZERO)
    return found


def _charges(document: Fields, around: Around) -> Iterator[Finding]:
    known = orders(document, around)
    if not known or not _charges_goods(document):
        return
    agreed: dict[tuple[str, str], Decimal] = {}
    for one in known.values():
        for key, amount in _signed(one).items():
            agreed[key] = agreed.get(key, ZERO) + amount
    names, given = ", ".join(known)[:80], _signed(document)
    for (kind, type_), amount in given.items():
        asked = agreed.get((kind, type_), ZERO)
        if kind == "charge" and amount > asked and not around.within(_ONE_CENT).bears(amount - asked, asked):
            message = (
                f"charge '{type_[:30]}' of {money(amount)}, but order {names} has {money(asked) if asked else 'none'}"
            )
            yield said(
                "P244", message, "/allowances_charges", value=money(amount), hint="is it agreed in the contract?"
            )
    for (kind, type_), amount in agreed.items():
        if kind == "allowance" and (kind, type_) not in given:
            message = f"allowance '{type_[:30]}' of {money(amount)} on order {names} is not given"
            yield said("P244", message, "/allowances_charges", value=money(amount))


def _currency(document: Fields, around: Around) -> Iterator[Finding]:
    ours = text(document, "currency")
    for one in orders(document, around).values():
        theirs = text(one, "currency")
        if ours and theirs and ours != theirs:
            message = f"the invoice is in {ours}, order {text(one, 'number')} in {theirs}"
            yield said("P245", message, "/currency", value=ours)


_TERMS = {
    "net_days": "days until it is due",
    "discount_percent": "discount for paying early (%)",
    "discount_days": "days of the discount",
}


def _terms(document: Fields, around: Around) -> Iterator[Finding]:
    ours = part(document, "payment_terms")
    for one in orders(document, around).values():
        theirs = part(one, "payment_terms")
        for key, what in _TERMS.items():
            agreed, said_here = number(theirs, key), number(ours, key)
            if agreed is not None and said_here != agreed:
                here = "none" if said_here is None else shown(said_here)
                message = f"{what}: {here}, order {text(one, 'number')} says {shown(agreed)}"
                yield said("P246", message, f"/payment_terms/{key}" if said_here is not None else "/payment_terms")


def _shipment_known(document: Fields, around: Around) -> Iterator[Finding]:
    if not _charges_goods(document):
        return
    named = text(document, "shipment_number")
    wanted = [named] if named else list(dict.fromkeys(_order_numbers(document)))
    if wanted and not any(around.recalled(SHIPMENT, key) for key in wanted):
        what = f"shipment {named[:40]}" if named else f"any shipment of order {wanted[0][:40]}"
        pointer = "/shipment_number" if named else "/order_number"
        message = f"{what} is not known, so quantities were not compared with what was shipped"
        yield said("P281", message, pointer, value=wanted[0][:40], hint="send the shipment notice first")


def _order_numbers(document: Fields) -> Iterator[str]:
    for one in (document, *(fields(line) for _, line in entries(document, "lines"))):
        if text(one, "order_number"):
            yield text(one, "order_number")


_TOLERANT = frozenset({"tolerance"})

RULES = (
    PreflightRule(
        name="invoice-quantities",
        about="Not more is charged than was shipped (ordered, where no shipment is known), and nothing that was not ordered.",
        codes=("P240", "P247"),
        reads=(INVOICE,),
        severity=Outcome.HOLD,
        ask=_quantities,
        takes=_TOLERANT,
    ),
    PreflightRule(
        name="price",
        about="Prices are those of the order, base quantities counted in.",
        codes=("P241",),
        reads=(INVOICE,),
        severity=Outcome.HOLD,
        ask=_price,
        takes=_TOLERANT,
    ),
    PreflightRule(
        name="charges",
        about="No charge is more than the order has, and no allowance of the order is left out.",
        codes=("P244",),
        reads=(INVOICE,),
        severity=Outcome.WARN,
        ask=_charges,
        takes=_TOLERANT,
    ),
    PreflightRule(
        name="currency",
        about="The invoice is in the currency of the order.",
        codes=("P245",),
        reads=(INVOICE,),
        severity=Outcome.HOLD,
        ask=_currency,
    ),
    PreflightRule(
        name="terms",
        about="Terms of payment are those of the order.",
        codes=("P246",),
        reads=(INVOICE,),
        severity=Outcome.WARN,
        ask=_terms,
    ),
    PreflightRule(
        name="shipment-known",
        about="The shipment that is charged for is known.",
        codes=("P281",),
        reads=(INVOICE,),
        severity=Outcome.WARN,
        ask=_shipment_known,
    ),
)
