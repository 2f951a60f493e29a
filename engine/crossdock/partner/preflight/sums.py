"""Whether an invoice adds up: lines, totals, taxes. What a contract warns of, a buyer refuses to pay."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from crossdock.errors import Finding
from crossdock.partner.preflight.packing import line_name
from crossdock.partner.preflight.reading import CENT, ONE, ZERO, Fields, entries, money, number, shown, text, total
from crossdock.partner.preflight.rule import INVOICE, Around, Outcome, PreflightRule, Tolerance, said

_ONE_CENT = Tolerance(CENT)
_DIGITS = 40  # of what is computed: 18 digits times 18 digits, exactly


def _net(owner: Fields) -> Decimal:
    listed = entries(owner, "allowances_charges")
    return sum(
        ((number(one, "amount") or ZERO) * (-1 if text(one, "kind") == "allowance" else 1) for _, one in listed), ZERO
    )


def _comes_to(
    parent: Fields, name: str, computed: Decimal, what: str, pointer: str, around: Around, code: str = "P242"
) -> Iterator[Finding]:
    stated = number(parent, name)
    if stated is None or around.within(_ONE_CENT).bears(stated - computed, computed):
        return
    message = f"{what} is {money(stated)}, its parts come to {money(computed)}: {money(abs(stated - computed))} apart"
    yield said(code, message, f"{pointer}/{name}", value=money(stated))


def _totals(document: Fields, around: Around) -> Iterator[Finding]:
    with localcontext() as exact:
        exact.prec = _DIGITS
        lines = entries(document, "lines")
        for index, line in lines:
            yield from _line(index, line, around)
        taxes = entries(document, "taxes")
        of_lines, changes = total(lines, "amount"), entries(document, "allowances_charges")
        yield from _comes_to(document, "line_total", of_lines, "the sum of the lines", "", around)
        for name, kind in (("allowance_total", "allowance"), ("charge_total", "charge")):
            listed = total([one for one in changes if text(one[1], "kind") == kind], "amount")
            yield from _comes_to(document, name, listed, f"the sum of the {kind}s", "", around)
        tax = total(taxes, "amount") if taxes else number(document, "tax_total") or ZERO
        yield from _comes_to(document, "total", of_lines + _net(document) + tax, "the total", "", around)
        due = (number(document, "total") or ZERO) - (number(document, "prepaid") or ZERO)
        if number(document, "total") is not None:
            yield from _comes_to(document, "amount_due", due, "the amount due", "", around)


def _line(index: int, line: Fields, around: Around) -> Iterator[Finding]:
    price, quantity = number(line, "unit_price"), number(line, "quantity")
    if price is None or quantity is None:
        return
    base = number(line, "price_base_quantity") or ONE
    computed = (quantity * price / base + _net(line)).quantize(CENT)
    yield from _comes_to(line, "amount", computed, f"{line_name(index, line)}: its amount", f"/lines/{index}", around)


def _taxes(document: Fields, around: Around) -> Iterator[Finding]:
    with localcontext() as exact:
        exact.prec = _DIGITS
        taxes = entries(document, "taxes")
        for index, tax in taxes:
            yield from _tax(tax, f"/taxes/{index}", around)
        for position, line in entries(document, "lines"):
            for index, tax in entries(line, "taxes"):
                yield from _tax(tax, f"/lines/{position}/taxes/{index}", around)
        if taxes:
            listed = total(taxes, "amount")
            yield from _comes_to(document, "tax_total", listed, "the sum of the taxes", "", around, "P243")


def _tax(tax: Fields, pointer: str, around: Around) -> Iterator[Finding]:
    rate, base, amount = number(tax, "rate"), number(tax, "base"), number(tax, "amount")
    name = f"{text(tax, 'type')[:20] or 'tax'}"
    if rate is None or amount is None:
        return
    if base is not None:
        computed = (base * rate / 100).quantize(CENT)
        if not around.within(_ONE_CENT).bears(amount - computed, computed):
            message = f"{name} of {shown(rate)} % on {money(base)} is {money(computed)}, not {money(amount)}"
            yield said("P243", message, f"{pointer}/amount", value=money(amount))
    elif rate == 0 and amount != 0:
        yield said("P243", f"{name} of 0 % is {money(amount)}", f"{pointer}/amount", value=money(amount))


_TOLERANT = frozenset({"tolerance"})

RULES = (
    PreflightRule(
        name="totals",
        about="Every line and every total of an invoice is what its parts come to.",
        codes=("P242",),
        reads=(INVOICE,),
        severity=Outcome.HOLD,
        ask=_totals,
        takes=_TOLERANT,
    ),
    PreflightRule(
        name="taxes",
        about="Every tax is its rate of its base, and the sum of taxes is right.",
        codes=("P243",),
        reads=(INVOICE,),
        severity=Outcome.HOLD,
        ask=_taxes,
        takes=_TOLERANT,
    ),
)
