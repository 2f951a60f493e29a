"""Tests and live data never meet: what answers a test is not sent as live, what is live is not sent as a test."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.errors import Finding
from crossdock.partner.preflight.ordered import numbers, order
from crossdock.partner.preflight.reading import Fields
from crossdock.partner.preflight.rule import INVOICE, SHIPMENT, Around, Outcome, PreflightRule, said
from crossdock.partner.status import LIVE_DATA, TEST_DATA

_WORDS = {LIVE_DATA: "live data", TEST_DATA: "a test"}
_HINTS = {
    LIVE_DATA: "reject it, or let the partner send the order anew as live data",
    TEST_DATA: "a live order is answered with live data: is the partner's status right?",
}


def _usage(document: Fields, around: Around) -> Iterator[Finding]:
    sent = around.usage
    if sent not in _WORDS:
        return
    if around.own_usage in _WORDS and around.own_usage != sent:
        message = f"this is {_WORDS[around.own_usage]}, but would be sent as {_WORDS[sent]}"
        yield said("P270", message, "", value=around.own_usage, hint=_HINTS[sent])
        return
    for name in numbers(document):
        found = order(around, name)
        came = found.usage if found is not None else ""
        if came in _WORDS and came != sent:
            message = f"order {name[:40]} came as {_WORDS[came]}, but this would be sent as {_WORDS[sent]}"
            yield said("P270", message, "/order_number", value=came, hint=_HINTS[sent])


RULES = (
    PreflightRule(
        name="usage",
        about="What answers a test is not sent as live data (ISA15 P, no test indicator in UNB), nor the other way round.",
        codes=("P270",),
        reads=(SHIPMENT, INVOICE, "order_acknowledgement/v1"),
        severity=Outcome.HOLD,
        ask=_usage,
    ),
)
