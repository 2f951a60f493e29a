"""Shipments and invoices against the order: quantities, units, windows, prices, charges, currency, terms, tests."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

import pytest
from tests.unit.preflight.conftest import INVOICE, ORDER, SHIPMENT, ask, changed, places

from crossdock.message import Document
from crossdock.partner.preflight import numbers
from crossdock.partner.preflight.rule import Tolerance


def test_more_than_was_ordered_is_told_with_how_much() -> None:
    (found,) = ask("asn-quantities", changed(SHIPMENT, lines__0__quantity=Decimal(12)), ORDER)
    assert (found.code, found.place.pointer) == ("P230", "/lines/0/quantity")
    assert found.message == "line 1 (A): 12 EA shipped, 10 ordered on PO-1: 2 too many"


def test_shipments_before_count_and_the_same_shipment_sent_again_does_not() -> None:
    before = changed(SHIPMENT, number="SH-0", lines__0__quantity=Decimal(6))
    found = ask("asn-quantities", changed(SHIPMENT, lines__1__quantity=Decimal(0)), ORDER, before, SHIPMENT)
    assert [one.message for one in found] == [
        "line 1 (A): 10 EA shipped, 6 shipped before, 10 ordered on PO-1: 6 too many"
    ]


def test_a_shipment_that_was_cancelled_does_not_count() -> None:
    before = changed(SHIPMENT, number="SH-0")
    assert ask("asn-quantities", SHIPMENT, ORDER, before, changed(before, purpose="cancellation")) == []


def test_two_lines_of_one_order_line_count_together() -> None:
    lines = cast("list[Document]", SHIPMENT["lines"])
    found = ask(
        "asn-quantities", changed(SHIPMENT, lines=[*lines, changed(lines[0], number=3, quantity=Decimal(1))]), ORDER
    )
    assert places(found) == [("P230", "/lines/2/quantity")]


def test_a_tolerance_bears_a_share() -> None:
    more = changed(SHIPMENT, lines__0__quantity=Decimal(11))
    assert ask("asn-quantities", more, ORDER, tolerance=Tolerance(Decimal(10), share=True)) == []
    assert ask("asn-quantities", more, ORDER, tolerance=Tolerance(Decimal(9), share=True))


def test_what_was_not_ordered_is_found_by_line_and_by_item() -> None:
    wrong = changed(SHIPMENT, lines__0__order_line=7, lines__1__order_line=None, lines__1__sku="Z")
    assert places(ask("asn-quantities", wrong, ORDER)) == [("P231", "/lines/0"), ("P231", "/lines/1")]


def test_a_substitute_is_found_by_what_it_stands_for() -> None:
    other = changed(SHIPMENT, lines__0__order_line=None, lines__0__sku="A-NEW", lines__0__substitute_for={"sku": "A"})
    assert ask("asn-quantities", other, ORDER) == []


def test_an_order_nobody_knows_is_told_once_and_compared_with_nothing() -> None:
    assert ask("asn-quantities", SHIPMENT) == []
    assert places(ask("order-known", SHIPMENT)) == [("P280", "/order_number")]
    assert ask("order-known", SHIPMENT, ORDER) == []


def test_a_shortage_nothing_is_said_of_is_found() -> None:
    (found,) = ask("shortage", changed(SHIPMENT, lines__0__quantity=Decimal(7)), ORDER)
    assert found.message == "line 1 (A): 7 EA shipped of 10 ordered on PO-1, and nothing is said of the other 3"


def test_a_shortage_that_is_explained_or_was_shipped_before_is_none() -> None:
    said = changed(
        SHIPMENT,
        lines__0__quantity=Decimal(5),
        lines__0__backordered_quantity=Decimal(3),
        lines__0__cancelled_quantity=Decimal(2),
    )
    assert ask("shortage", said, ORDER) == []
    before = changed(SHIPMENT, number="SH-0", lines__0__quantity=Decimal(5), lines__1__quantity=Decimal(0))
    assert ask("shortage", changed(SHIPMENT, lines__0__quantity=Decimal(5)), ORDER, before) == []


def test_a_line_of_the_order_that_is_passed_over_is_found() -> None:
    only_first = changed(SHIPMENT, lines=[cast("list[Document]", SHIPMENT["lines"])[0]])
    assert [one.message for one in ask("shortage", only_first, ORDER)] == ["order PO-1: nothing is said of line 2 (B)"]


def test_another_unit_is_found_and_its_quantities_are_not_compared() -> None:
    boxes = changed(SHIPMENT, lines__0__unit="BX", lines__0__quantity=Decimal(99))
    assert places(ask("unit", boxes, ORDER)) == [("P233", "/lines/0/unit")]
    assert ask("asn-quantities", boxes, ORDER) == []


@pytest.mark.parametrize(
    ("rule", "changes", "message"),
    [
        (
            "ship-window",
            {"shipped_on": "2026-11-22"},
            "shipped on 2026-11-22, but order PO-1 says not before 2026-11-23",
        ),
        (
            "ship-window",
            {"shipped_on": "2026-12-01"},
            "shipped on 2026-12-01, but order PO-1 says not after 2026-11-30",
        ),
        ("cancel-date", {"shipped_on": "2026-12-06"}, "shipped on 2026-12-06, but order PO-1 lapsed on 2026-12-05"),
        (
            "delivery-window",
            {"expected_delivery_on": "2026-12-05"},
            "expected there on 2026-12-05, but order PO-1 says not after 2026-12-04",
        ),
    ],
)
def test_days_outside_the_windows_of_the_order_are_found(rule: str, changes: dict[str, Document], message: str) -> None:
    assert [one.message for one in ask(rule, changed(SHIPMENT, **changes), ORDER)] == [message]


@pytest.mark.parametrize("when", ["2026-11-23", "2026-11-30"])
def test_the_first_and_the_last_day_of_a_window_are_in_it(when: str) -> None:
    assert ask("ship-window", changed(SHIPMENT, shipped_on=when), ORDER) == []


def test_an_order_that_was_cancelled_is_not_shipped() -> None:
    assert places(ask("cancel-date", SHIPMENT, changed(ORDER, status="cancelled"))) == [("P261", "/order_number")]


def test_another_price_is_told_with_what_it_comes_to() -> None:
    (found,) = ask("price", changed(INVOICE, lines__0__unit_price=Decimal("2.75")), ORDER)
    assert (found.code, found.place.pointer) == ("P241", "/lines/0/unit_price")
    assert found.message == "line 1 (A): price 2.75, ordered at 2.50 on PO-1: 2.50 too much for 10 EA"


def test_prices_for_ten_are_compared_with_prices_for_one() -> None:
    assert ask("price", INVOICE, ORDER) == []
    (found,) = ask("price", changed(INVOICE, lines__1__unit_price=Decimal(3)), ORDER)
    assert found.message == "line 2 (B): price 3.00, ordered at 20.00 for 10 on PO-1: 4.00 too much for 4 BX"


def test_a_price_within_its_tolerance_passes() -> None:
    dearer = changed(INVOICE, lines__0__unit_price=Decimal("2.51"))
    assert ask("price", dearer, ORDER, tolerance=Tolerance(Decimal("0.01"))) == []
    assert ask("price", dearer, ORDER)


def test_more_than_was_shipped_is_not_charged() -> None:
    less = changed(SHIPMENT, lines__0__quantity=Decimal(8))
    (found,) = ask("invoice-quantities", INVOICE, ORDER, less)
    assert found.message == "line 1 (A): 10 EA charged, 8 shipped: 2 too many (5.00 too much)"


def test_without_a_shipment_what_was_ordered_is_the_bound() -> None:
    found = ask("invoice-quantities", changed(INVOICE, lines__0__quantity=11), ORDER)
    assert [one.message for one in found] == ["line 1 (A): 11 EA charged, 10 ordered: 1 too many (2.50 too much)"]
    assert places(ask("shipment-known", INVOICE, ORDER)) == [("P281", "/shipment_number")]


def test_a_credit_note_is_compared_with_neither() -> None:
    credit = changed(INVOICE, type="credit_note", lines__0__quantity=99)
    assert ask("invoice-quantities", credit, ORDER, SHIPMENT) == []
    assert ask("shipment-known", credit) == []


def test_an_item_that_was_not_ordered_is_not_charged_but_a_service_may_be() -> None:
    lines: Document = [
        {"number": 1, "sku": "Z", "quantity": 1, "unit": "EA", "unit_price": 1, "amount": 1},
        {"number": 2, "description": "Assembly", "quantity": 1, "unit": "EA", "unit_price": 1, "amount": 1},
    ]
    assert places(ask("invoice-quantities", changed(INVOICE, lines=lines), ORDER, SHIPMENT)) == [("P247", "/lines/0")]


def test_a_charge_the_order_does_not_have_and_an_allowance_left_out_are_found() -> None:
    order = changed(ORDER, allowances_charges=[{"kind": "allowance", "type": "volume", "amount": Decimal(3)}])
    assert [one.message for one in ask("charges", INVOICE, order)] == [
        "charge 'freight' of 5.00, but order PO-1 has none",
        "allowance 'volume' of 3.00 on order PO-1 is not given",
    ]


def test_another_currency_and_other_terms_are_found() -> None:
    assert places(ask("currency", changed(INVOICE, currency="EUR"), ORDER)) == [("P245", "/currency")]
    other = changed(INVOICE, payment_terms={"net_days": 10})
    assert places(ask("terms", other, ORDER)) == [("P246", "/payment_terms/net_days"), ("P246", "/payment_terms")]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"lines__0__amount": 26}, "/lines/0/amount"),
        ({"line_total": Decimal(34)}, "/line_total"),
        ({"charge_total": Decimal(6)}, "/charge_total"),
        ({"total": Decimal("41.00"), "amount_due": Decimal("41.00")}, "/total"),
        ({"amount_due": Decimal(1)}, "/amount_due"),
    ],
)
def test_what_does_not_add_up_is_found_where_it_stands(changes: dict[str, Document], place: str) -> None:
    assert ("P242", place) in places(ask("totals", changed(INVOICE, **changes)))


def test_a_sum_that_is_a_cent_apart_passes() -> None:
    assert ask("totals", changed(INVOICE, total=Decimal("41.31"), amount_due=Decimal("41.31"))) == []


def test_a_tax_that_is_not_its_rate_of_its_base_is_found() -> None:
    wrong = changed(INVOICE, taxes__0__amount=Decimal("4.30"))
    assert [one.message for one in ask("taxes", wrong)] == [
        "sales of 10 % on 33.00 is 3.30, not 4.30",
        "the sum of the taxes is 3.30, its parts come to 4.30: 1.00 apart",
    ]


@pytest.mark.parametrize(
    ("came_as", "usage", "told"),
    [("T", "P", True), ("P", "T", True), ("P", "P", False), ("", "P", False), ("T", "", False)],
)
def test_tests_and_live_data_do_not_meet(came_as: str, usage: str, told: bool) -> None:  # noqa: FBT001 - of the table
    found = ask("usage", SHIPMENT, ORDER, came_as=came_as, usage=usage)
    assert [one.code for one in found] == (["P270"] if told else [])


def test_a_document_that_is_a_test_itself_is_not_sent_as_live() -> None:
    (found,) = ask("usage", SHIPMENT, usage="P", own_usage="T")
    assert found.message == "this is a test, but would be sent as live data"


def test_what_replaces_or_cancels_may_come_under_the_same_number() -> None:
    assert numbers.key_of(INVOICE, "invoice/v1") == "INV-1"
    assert numbers.key_of(changed(INVOICE, purpose="replacement"), "invoice/v1") is None
    assert numbers.key_of(changed(SHIPMENT, purpose="cancellation"), "shipment/v1") is None
