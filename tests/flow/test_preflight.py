"""Preflight end to end: what a retailer would charge back for is held before it is sent, and released by a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import pytest
from tests.flow.conftest import Project

SETTINGS = "ids: {x12: [ZZ, US]}\n"
INTO = """\
from:
  file: {{path: inbox, match: "{kind}*.json", every: 20ms, stable_for: 20ms}}
steps:
  - decode: json
  - validate: {contract}
  - set: {{partner: "'acme'"}}
to:
  - topic: {topic}
"""
ASN = """\
from: shipment/v1
to: x12/856
fields:
  BSN: {BSN01: {value: "00"}, BSN02: number, BSN03: {value: "20261127"}, BSN04: {value: "1640"}}
  HL:
    - {HL01: {value: "1"}, HL03: {value: S}}
    - {HL01: {value: "2"}, HL02: {value: "1"}, HL03: {value: O}, PRF: {PRF01: order_number}}
    - HL01: {value: "3"}
      HL02: {value: "2"}
      HL03: {value: P}
      MAN: [{MAN01: {value: GM}, MAN02: "packs[0].marks || packs[0].sscc"}]
    - HL01: {value: "4"}
      HL02: {value: "3"}
      HL03: {value: I}
      LIN: {LIN02: {value: VP}, LIN03: "lines[0].sku"}
      SN1: {SN102: "to_string(lines[0].quantity)", SN103: "lines[0].unit"}
"""
INVOICE = """\
from: invoice/v1
to: x12/810
fields:
  BIG: {BIG01: {value: "20261128"}, BIG02: number, BIG04: order_number}
  IT1:
    each: lines
    fields:
      IT101: to_string(number)
      IT102: to_string(quantity)
      IT103: unit
      IT104: to_string(unit_price)
  TDS: {TDS01: "to_string(total) | replace(@, '.', '')"}
"""
PROFILE = """\
name: ACME
status: live
ids: {x12: [ZZ, ACME]}
sends:
  856: {version: "004010", map: asn, on: shipment.sent}
  810: {version: "004010", map: invoice, on: invoice.made}
channel: {file: {path: out}}
"""
ORDER = {
    "number": "PO-1",
    "ordered_on": "2026-11-20",
    "currency": "USD",
    "ship_not_after": "2026-11-30",
    "buyer": {"id": "B1"},
    "lines": [{"number": 1, "sku": "A", "quantity": "10", "unit": "EA", "unit_price": "2.50"}],
}


def shipment(label: str, number: str = "SH-1", **changes: object) -> dict[str, object]:
    return {
        "number": number,
        "shipped_on": "2026-11-27",
        "order_number": "PO-1",
        "ship_to": {"id": "0007"},
        "lines": [{"number": 1, "order_line": 1, "sku": "A", "quantity": "10", "unit": "EA"}],
        "packs": [{"number": 1, "marks": label, "contents": [{"line": 1, "quantity": "10"}]}],
        **changes,
    }


def invoice(number: str, price: str = "2.50", total: str = "25.00") -> dict[str, object]:
    line = {
        "number": 1,
        "order_line": 1,
        "sku": "A",
        "quantity": "10",
        "unit": "EA",
        "unit_price": price,
        "amount": total,
    }
    return {
        "number": number,
        "invoiced_on": "2026-11-28",
        "order_number": "PO-1",
        "currency": "USD",
        "seller": {"id": "US"},
        "buyer": {"id": "B1"},
        "lines": [line],
        "total": total,
    }


@pytest.fixture
def shop(project: Project) -> Project:
    """One partner who is sent ship notices and invoices, and routes that make them of JSON files."""
    kinds = {
        "order": ("order/v1", "order.received"),
        "shipment": ("shipment/v1", "shipment.sent"),
        "invoice": ("invoice/v1", "invoice.made"),
    }
    routes = {
        f"{kind}_in": INTO.format(kind=kind, contract=contract, topic=topic)
        for kind, (contract, topic) in kinds.items()
    }
    project.write(SETTINGS, **routes, orders="from: {topic: order.received}\nto:\n  - file: {path: orders}\n")
    for folder in ("partners", "mappings"):
        (project.folder / folder).mkdir()
    (project.folder / "mappings/asn.yaml").write_text(ASN)
    (project.folder / "mappings/invoice.yaml").write_text(INVOICE)
    profile(project)
    return project


def profile(project: Project, more: str = "") -> None:
    (project.folder / "partners/acme.yaml").write_text(PROFILE + more)


def drop(project: Project, kind: str, document: Mapping[str, object], name: str = "1") -> None:
    project.drop(json.dumps(document), f"{kind}-{name}.json")
    project.finish()


def sent(project: Project) -> list[str]:
    folder = project.folder / "out"
    return sorted(file.read_text() for file in folder.glob("*")) if folder.is_dir() else []


def held(project: Project) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", project.command("hold", "list", "--json"))


def test_an_asn_with_a_wrong_sscc_is_held_released_and_sent(shop: Project) -> None:
    drop(shop, "order", ORDER)
    drop(shop, "shipment", shipment("(00)106141410000000012"))
    assert sent(shop) == []
    (one,) = held(shop)
    assert one["code"] == "P210"
    assert "wrong check digit: it ends in 2, not in 9" in str(one["reason"])
    shop.command("hold", "release", str(one["message"]))
    shop.finish()
    (asn,) = sent(shop)
    assert "MAN*GM*(00)106141410000000012~" in asn
    assert shop.balanced()


def test_an_asn_without_a_mistake_is_sent_at_once(shop: Project) -> None:
    drop(shop, "order", ORDER)
    drop(shop, "shipment", shipment("(00)106141410000000019"))
    assert held(shop) == []
    assert len(sent(shop)) == 1


def test_an_invoice_that_comes_a_second_time_is_held_and_can_be_released(shop: Project) -> None:
    drop(shop, "invoice", invoice("INV-1"))
    drop(shop, "invoice", invoice("INV-1"), "again")
    assert len(sent(shop)) == 1
    (one,) = held(shop)
    assert one["code"] == "P250"
    assert "invoice INV-1 was sent to acme before" in str(one["reason"])
    shop.command("hold", "release", str(one["message"]))
    shop.finish()
    assert len(sent(shop)) == 2
    assert shop.balanced()


def test_more_than_the_order_has_is_held_also_over_two_shipments(shop: Project) -> None:
    drop(shop, "order", ORDER)
    drop(shop, "shipment", shipment("(00)106141410000000019"))
    drop(shop, "shipment", shipment("(00)106141410000000026", "SH-2"), "second")
    (one,) = held(shop)
    assert one["code"] == "P230"
    assert "10 EA shipped, 10 shipped before, 10 ordered on PO-1: 10 too many" in str(one["reason"])


def test_a_price_that_was_not_ordered_is_held_unless_the_profile_bears_it(shop: Project) -> None:
    drop(shop, "order", ORDER)
    drop(shop, "invoice", invoice("INV-1", "2.60", "26.00"))
    assert [one["code"] for one in held(shop)] == ["P241"]
    profile(shop, "preflight: {price: {severity: hold, tolerance: 5%}, shipment-known: off}\n")
    drop(shop, "invoice", invoice("INV-2", "2.60", "26.00"), "second")
    assert len(sent(shop)) == 1


def test_a_wrong_key_in_a_field_of_its_own_passes_the_contract_where_the_partner_says_warn(shop: Project) -> None:
    (shop.folder / "routes/shipment-in.yaml").write_text(
        INTO.format(kind="shipment", contract="shipment/v1", topic="shipment.sent").replace(
            "  - validate: shipment/v1\n", ""
        )
    )
    packs = [{"number": 1, "sscc": "106141410000000012", "contents": [{"line": 1, "quantity": 10}]}]
    profile(shop, "preflight: {sscc: warn}\n")
    drop(shop, "shipment", shipment("", packs=packs))
    (asn,) = sent(shop)
    assert "MAN*GM*106141410000000012~" in asn


def test_everything_can_be_switched_off(shop: Project) -> None:
    profile(shop, "preflight: off\n")
    drop(shop, "shipment", shipment("(00)106141410000000012", shipped_on="2026-12-24"))
    drop(shop, "shipment", shipment("(00)106141410000000012", shipped_on="2026-12-24"), "again")
    assert len(sent(shop)) == 2
    assert held(shop) == []
