"""An order, its shipment and its invoice without a mistake, and rules asked about changes of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.errors import Finding
from crossdock.message import Document
from crossdock.partner.preflight.library import RULES
from crossdock.partner.preflight.rule import Around, Recall, Recalled, Tolerance, Wanted

Tree = dict[str, Document]

ORDER: Tree = {
    "number": "PO-1",
    "ordered_on": "2026-11-20",
    "ship_not_before": "2026-11-23",
    "ship_not_after": "2026-11-30",
    "deliver_not_before": "2026-11-25",
    "deliver_not_after": "2026-12-04",
    "cancel_after": "2026-12-05",
    "currency": "USD",
    "buyer": {"id": "B1"},
    "payment_terms": {"net_days": 30, "discount_percent": Decimal(2)},
    "lines": [
        {"number": 1, "sku": "A", "quantity": Decimal(10), "unit": "EA", "unit_price": Decimal("2.50")},
        {
            "number": 2,
            "sku": "B",
            "quantity": Decimal(4),
            "unit": "BX",
            "unit_price": Decimal(20),
            "price_base_quantity": 10,
        },
    ],
    "allowances_charges": [{"kind": "charge", "type": "freight", "amount": Decimal(5)}],
}
SHIPMENT: Tree = {
    "number": "SH-1",
    "shipped_on": "2026-11-27",
    "expected_delivery_on": "2026-12-01",
    "order_number": "PO-1",
    "ship_to": {"id": "0007"},
    "lines": [
        {"number": 1, "order_line": 1, "sku": "A", "quantity": Decimal(10), "unit": "EA"},
        {"number": 2, "order_line": 2, "sku": "B", "quantity": Decimal(4), "unit": "BX"},
    ],
    "packs": [
        {"number": 1, "type": "pallet", "sscc": "106141410000000019"},
        {"number": 2, "inside": 1, "sscc": "106141410000000026", "contents": [{"line": 1, "quantity": Decimal(10)}]},
        {"number": 3, "inside": 1, "sscc": "106141410000000033", "contents": [{"line": 2, "quantity": Decimal(4)}]},
    ],
}
INVOICE: Tree = {
    "number": "INV-1",
    "invoiced_on": "2026-11-28",
    "order_number": "PO-1",
    "shipment_number": "SH-1",
    "currency": "USD",
    "seller": {"id": "US"},
    "buyer": {"id": "B1"},
    "payment_terms": {"net_days": 30, "discount_percent": Decimal(2)},
    "lines": [
        {
            "number": 1,
            "order_line": 1,
            "sku": "A",
            "quantity": 10,
            "unit": "EA",
            "unit_price": Decimal("2.50"),
            "amount": 25,
        },
        {
            "number": 2,
            "order_line": 2,
            "sku": "B",
            "quantity": 4,
            "unit": "BX",
            "unit_price": Decimal(2),
            "amount": Decimal("8.00"),
        },
    ],
    "allowances_charges": [{"kind": "charge", "type": "freight", "amount": Decimal(5)}],
    "taxes": [{"type": "sales", "rate": Decimal(10), "base": Decimal(33), "amount": Decimal("3.30")}],
    "line_total": Decimal(33),
    "charge_total": Decimal(5),
    "tax_total": Decimal("3.30"),
    "total": Decimal("41.30"),
    "amount_due": Decimal("41.30"),
}
HL: list[Tree] = [
    {"HL01": "1", "HL03": "S"},
    {"HL01": "2", "HL02": "1", "HL03": "O", "PRF": {"PRF01": "PO-1"}},
    {"HL01": "3", "HL02": "2", "HL03": "P", "MAN": [{"MAN01": "GM", "MAN02": "106141410000000019"}]},
    {"HL01": "4", "HL02": "3", "HL03": "I", "LIN": {"LIN02": "UP", "LIN03": "614141999996"}, "SN1": {"SN102": "1"}},
]


def changed(document: Document, **changes: Document) -> Tree:
    """A copy with other values at dotted places: ``lines__0__quantity=12``; None takes a field away."""
    copied = cast("Tree", copy.deepcopy(document))
    for path, value in changes.items():
        *way, last = path.split("__")
        here: Document = copied
        for step in way:
            here = here[int(step)] if isinstance(here, list) else cast("Tree", here)[step]
        if isinstance(here, list):
            here[int(last)] = value
        elif value is None:
            cast("Tree", here).pop(last)
        else:
            cast("Tree", here)[last] = value
    return copied


def memory(*documents: Tree, usage: str = "") -> Recall:
    """Earlier documents, the last one the newest."""

    def recall(wanted: Wanted) -> Sequence[Recalled]:
        keys = CONTRACTS[wanted.contract].keys
        telling = {"order/v1": "ordered_on", "shipment/v1": "shipped_on", "invoice/v1": "invoiced_on"}[wanted.contract]
        fit = [one for one in documents if telling in one and wanted.key in keys(one)]
        fit = [one for one in fit if telling == "invoiced_on" or "invoiced_on" not in one]
        return [Recalled(document=one, usage=usage) for one in reversed(fit)]

    return recall


def ask(
    rule: str,
    document: Document,
    *known: Tree,
    tolerance: Tolerance | None = None,
    usage: str = "",
    came_as: str = "",
    own_usage: str = "",
) -> list[Finding]:
    """What a rule finds."""
    recall = memory(*known, usage=came_as)
    around = Around(
        today="2026-11-27", partner="acme", usage=usage, own_usage=own_usage, recall=recall, tolerance=tolerance
    )
    return list(RULES[rule].ask(cast("Tree", document), around))


def places(found: Sequence[Finding]) -> list[tuple[str, str | None]]:
    """Code and pointer of each finding."""
    return [(one.code, one.place.pointer) for one in found]


#: A document that every rule about it finds nothing wrong with, by what it is.
RIGHT: Mapping[str, Tree] = {
    "shipment/v1": SHIPMENT,
    "invoice/v1": INVOICE,
    "order/v1": ORDER,
    "x12/856": {"_std": "X12", "_set": "856", "BSN": {"BSN02": "SH-1"}, "HL": cast("list[Document]", HL)},
}
