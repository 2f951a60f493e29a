"""What must agree inside a document, beyond its single fields."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from crossdock import document_json
from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.keys import MANY_KEYS
from crossdock.errors import Finding, Reject, Severity

SAMPLES = Path(__file__).parents[3] / "samples" / "canonical"


def judged(name: str, change: Callable[[dict[str, Any]], object]) -> list[Finding]:
    """The findings about the sample of a contract after a change to it."""
    document = copy.deepcopy(document_json.decode((SAMPLES / f"{name}.json").read_bytes()))
    change(cast("dict[str, Any]", document))
    try:
        return list(CONTRACTS[f"{name}/v1"].judge(document).findings)
    except Reject as rejected:
        return list(rejected.findings)


def told(name: str, change: Callable[[dict[str, Any]], object]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.place.pointer) for finding in judged(name, change)]


@pytest.mark.parametrize("name", ["order", "order_change", "order_acknowledgement", "shipment", "invoice", "return"])
def test_two_lines_of_one_number_are_an_error(name: str) -> None:
    def twice(document: dict[str, Any]) -> None:
        document["lines"].append(dict(document["lines"][0]))

    assert ("C201", f"/lines/{_count(name)}/number") in told(name, twice)


def _count(name: str) -> int:
    document = cast("dict[str, Any]", document_json.decode((SAMPLES / f"{name}.json").read_bytes()))
    return len(document["lines"])


def test_a_line_that_names_no_item_and_describes_none_is_an_error() -> None:
    assert told("order", lambda d: d["lines"][2].pop("description")) == [("C112", "/lines/2")]


def test_an_item_in_stock_must_be_named() -> None:
    assert told("inventory", lambda d: d["items"][1].pop("sku")) == [("C112", "/items/1")]


def test_a_snapshot_needs_a_quantity_and_an_adjustment_a_change() -> None:
    def emptied(document: dict[str, Any]) -> None:
        document["items"][2].pop("on_hand")

    assert told("inventory", emptied) == [("C101", "/items/2/on_hand")]
    assert told("inventory", lambda d: d.update(type="adjustment"))[0] == ("C101", "/items/0/change")


def test_a_line_that_is_added_needs_quantity_and_unit() -> None:
    assert told("order_change", lambda d: d["lines"][2].pop("unit")) == [("C101", "/lines/2/unit")]


def test_a_pack_cannot_hold_a_line_that_is_not_there() -> None:
    def moved(document: dict[str, Any]) -> None:
        document["packs"][1]["contents"][0]["line"] = 9

    assert ("C202", "/packs/1/contents/0/line") in told("shipment", moved)


def test_a_pack_cannot_stand_in_one_that_is_not_there() -> None:
    assert told("shipment", lambda d: d["packs"][1].update(inside=8)) == [("C202", "/packs/1/inside")]


def test_a_pack_cannot_lie_inside_itself() -> None:
    assert told("shipment", lambda d: d["packs"][0].update(inside=1)) == [("C204", "/packs/0/inside")]


def test_packs_cannot_lie_inside_each_other_and_it_is_told_once() -> None:
    def circle(document: dict[str, Any]) -> None:
        document["packs"][0]["inside"] = 3

    assert [code for code, _ in told("shipment", circle)] == ["C204"]


def test_two_packs_cannot_have_one_sscc() -> None:
    def twice(document: dict[str, Any]) -> None:
        document["packs"][1]["sscc"] = document["packs"][0]["sscc"]

    assert told("shipment", twice) == [("C201", "/packs/1/sscc")]


def test_packs_that_hold_less_than_was_shipped_are_a_warning() -> None:
    def short(document: dict[str, Any]) -> None:
        document["packs"][1]["contents"][0]["quantity"] = 23

    findings = judged("shipment", short)
    assert [(f.code, f.severity, f.place.pointer) for f in findings] == [
        ("C301", Severity.WARNING, "/lines/0/quantity")
    ]


def test_alike_packs_count_as_often_as_they_say() -> None:
    def alike(document: dict[str, Any]) -> None:
        document["packs"][1]["count"] = 24
        document["packs"][1]["contents"][0]["quantity"] = 1

    assert told("shipment", alike) == []


@pytest.mark.parametrize("field", ["line_total", "charge_total", "tax_total", "total", "amount_due"])
def test_a_sum_of_an_invoice_that_does_not_come_out_is_a_warning(field: str) -> None:
    findings = judged("invoice", lambda d: d.update({field: 999}))
    assert ("C301", f"/{field}") in [(f.code, f.place.pointer) for f in findings]
    assert {f.severity for f in findings} == {Severity.WARNING}


def test_a_line_of_an_invoice_is_reckoned_with_price_base_and_discount() -> None:
    assert told("invoice", lambda d: d["lines"][1].update(price_base_quantity=1))[0] == ("C301", "/lines/1/amount")


def test_a_price_for_no_units_at_all_is_an_error() -> None:
    assert told("invoice", lambda d: d["lines"][1].update(price_base_quantity=0)) == [
        ("C105", "/lines/1/price_base_quantity")
    ]


def test_a_cent_of_rounding_is_no_finding() -> None:
    assert told("invoice", lambda d: d.update(tax_total="46.58")) == []


def test_a_payment_that_is_not_the_sum_of_its_documents_is_a_warning() -> None:
    assert told("remittance", lambda d: d.update(amount=1)) == [("C301", "/amount")]


def test_a_validity_that_ends_before_it_begins_is_an_error() -> None:
    assert told("price_list", lambda d: d.update(valid_until="2026-12-31")) == [("C203", "/valid_until")]


def test_a_credit_limit_needs_its_currency() -> None:
    assert told("party", lambda d: d.pop("currency")) == [("C101", "/currency")]


def test_keys_are_given_once_and_none_of_a_list_that_is_too_long() -> None:
    keys = CONTRACTS["inventory/v1"].keys
    items: list[Any] = [{"sku": f"S{position}"} for position in range(MANY_KEYS + 1)]
    assert keys({"number": "N", "items": items}) == ("N",)
    assert keys({"number": "N", "items": [*items[:2], items[0]]}) == ("N", "S0", "S1")
    assert keys(["not", "an", "object"]) == ()
