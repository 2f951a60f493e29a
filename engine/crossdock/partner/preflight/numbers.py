"""The number of a shipment or an invoice is used once. The journal decides: only there two at once are told apart."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.errors import Finding
from crossdock.partner.preflight.reading import Fields, text
from crossdock.partner.preflight.rule import INVOICE, SHIPMENT, Around, Outcome, PreflightRule, said

NAME = "duplicate-number"
CODE = "P250"
WINDOW = 400 * 86400.0  # seconds: a year, and the month in which somebody finds out

#: What a document is meant to replace comes with the same number.
_AGAIN = {SHIPMENT: ("replacement", "change", "cancellation"), INVOICE: ("replacement", "duplicate", "cancellation")}


def key_of(document: Fields, contract: str) -> str | None:
    """What must not come again; None where it may."""
    number, purpose = text(document, "number"), text(document, "purpose")
    return None if not number or purpose in _AGAIN.get(contract, ()) else number


def repeated(contract: str, number: str, partner: str | None) -> Finding:
    """The finding about a number that came before."""
    what = "invoice" if contract == INVOICE else "shipment"
    whom = f" to {partner}" if partner else ""
    message = f"{what} {number[:60]} was sent{whom} before"
    hint = f"crossdock trace {number[:60]}; give it another number, or release it if it is meant to go again"
    return said(CODE, message, "/number", value=number[:60], hint=hint, rule=NAME)


def _none(document: Fields, around: Around) -> Iterator[Finding]:
    """Nothing can be said before the journal is asked."""
    return iter(())


RULES = (
    PreflightRule(
        name=NAME,
        about="No number of an invoice or a shipment is sent to one partner twice within the time (400 days).",
        codes=(CODE,),
        reads=(SHIPMENT, INVOICE),
        severity=Outcome.HOLD,
        ask=_none,
        takes=frozenset({"within"}),
    ),
)
