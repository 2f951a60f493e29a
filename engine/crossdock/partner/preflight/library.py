"""Every preflight rule, by name, and which of them judge what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crossdock.message import Document
from crossdock.partner.preflight import (
    gs1_keys,
    hierarchy,
    invoiced,
    numbers,
    packing,
    shipped,
    standing,
    sums,
    windows,
)
from crossdock.partner.preflight.reading import fields, text
from crossdock.partner.preflight.rule import INVOICE, ORDER, SHIPMENT, PreflightRule

_MODULES = (gs1_keys, hierarchy, packing, shipped, windows, invoiced, sums, numbers, standing)

#: By name, in the order in which they are asked.
RULES: Mapping[str, PreflightRule] = MappingProxyType({rule.name: rule for module in _MODULES for rule in module.RULES})

#: Fields that only documents of a contract have, the most telling first.
_TELLING = (
    ("invoiced_on", INVOICE),
    ("acknowledged_on", "order_acknowledgement/v1"),  # this and the next may say when the order was made, too
    ("changed_on", "order_change/v1"),
    ("shipped_on", SHIPMENT),
    ("ordered_on", ORDER),
)


def about(shape: str) -> tuple[PreflightRule, ...]:
    """The rules that judge documents of a contract or set, such as ``shipment/v1`` or ``x12/856``."""
    return tuple(rule for rule in RULES.values() if shape in rule.reads)


def shape_of(document: Document) -> str:
    """What a document seems to be, where nobody said; empty where that cannot be told."""
    root = fields(document)
    if text(root, "_set"):
        standard = text(root, "_std").lower() or ("x12" if text(root, "_set").isdigit() else "edifact")
        return f"{standard}/{text(root, '_set')}"
    return next((contract for name, contract in _TELLING if name in root), "")
