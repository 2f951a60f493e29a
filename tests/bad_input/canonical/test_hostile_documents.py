"""Documents no contract may let pass, or stumble over."""

import sys
from decimal import Decimal
from typing import cast

import pytest

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.explain import MAX_FINDINGS
from crossdock.errors import Finding, Reject
from crossdock.message import Document

ORDER = CONTRACTS["order/v1"]


def order(**changes: object) -> Document:
    document = {
        "number": "PO-1",
        "ordered_on": "2026-11-20",
        "currency": "USD",
        "buyer": {"id": "B7"},
        "lines": [{"number": 1, "sku": "X", "quantity": 10, "unit": "EA"}],
    }
    return cast(Document, {**document, **changes})


def line(**changes: object) -> Document:
    return order(lines=[{"number": 1, "sku": "X", "quantity": 10, "unit": "EA", **changes}])


def findings(document: Document) -> tuple[Finding, ...]:
    with pytest.raises(Reject) as rejected:
        ORDER.validate(document)
    return rejected.value.findings


def told(document: Document) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.place.pointer) for finding in findings(document)]


@pytest.mark.parametrize(
    "day",
    [
        "20261120", 20261120, Decimal(20261120), 1763596800, "1763596800", "2026-02-30", "2026-02-29", "2100-02-29",
        "2026-13-01", "2026-11-00", "0026-11-20", "26-11-20", "2026-11-20T00:00:00Z", "2026-11-20\n", " 2026-11-20",
        "2026-W47-5", "\uff12\uff10\uff12\uff16-11-20", True, "",
    ],
)  # fmt: skip
def test_only_an_iso_date_that_exists_is_a_date(day: object) -> None:
    [(code, pointer)] = told(order(ordered_on=day))
    assert code in {"C103", "C106"}
    assert pointer == "/ordered_on"


@pytest.mark.parametrize(
    "moment",
    [
        "20261120", 20261120, "2026-11-20", "2026-11-20T08:30:00", "2026-11-20 08:30:00Z", "2026-11-20T24:00:00Z",
        "2026-11-20T08:30Z", "2026-02-30T08:30:00Z", "2026-11-20T08:30:60Z", "2026-11-20T08:30:00+0100",
        "2026-11-20T08:30:00+25:00", "2026-11-20t08:30:00z",
    ],
)  # fmt: skip
def test_only_a_moment_with_its_offset_is_a_moment(moment: object) -> None:
    inventory = CONTRACTS["inventory/v1"]
    item = {"sku": "X", "unit": "EA", "on_hand": 1}
    document = {"type": "snapshot", "taken_at": moment, "location": {"id": "W"}, "items": [item]}
    with pytest.raises(Reject) as rejected:
        inventory.validate(cast(Document, document))
    assert [f.place.pointer for f in rejected.value.findings] == ["/taken_at"]
    assert rejected.value.code in {"C103", "C107"}


@pytest.mark.parametrize(
    "number",
    [
        0.1, float("nan"), float("inf"), True, "1O", "", " 1", "1,5", "1 000", "1e3", "1E3", "NaN", "Infinity", "0x10", "٣",
        "+1", ".5", "5.", "1_000", "1\n", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity"),
        Decimal("1e999999"), Decimal("1e-999999"), Decimal("1e18"), 10**18, pytest.param(10**5000, id="an integer of 5001 digits"), pytest.param("9" * 5000, id="a text of 5000 digits"), "0." + "1" * 19,
        Decimal(1) / Decimal(3), [], {},
    ],
)  # fmt: skip
def test_only_a_bounded_exact_decimal_is_a_number(number: object) -> None:
    assert told(line(quantity=number)) == [("C105", "/lines/0/quantity")]


@pytest.mark.parametrize("number", [Decimal("0E+20"), Decimal("0E-19")])
def test_a_zero_with_an_absurd_exponent_does_not_pass(number: Decimal) -> None:
    assert told(line(quantity=number)) == [("C105", "/lines/0/quantity")]


@pytest.mark.parametrize(
    "number", ["999999999999999999", "-0.123456789012345678", Decimal("1e17"), Decimal("1E-17"), 0, "0", "00010"]
)
def test_a_number_at_its_bounds_passes(number: object) -> None:
    ORDER.validate(line(amount=number))


def test_a_negative_quantity_is_refused() -> None:
    assert told(line(quantity="-1")) == [("C105", "/lines/0/quantity")]


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\nb", "a\x1bb", "a\x7fb", "a\x85b", "\ud800", "", "   ", "x" * 81, 4711, []]
)
def test_a_number_of_an_order_is_one_bounded_line_of_text(text: object) -> None:
    [(code, pointer)] = told(order(number=text))
    assert code in {"C103", "C104"}
    assert pointer == "/number"


@pytest.mark.parametrize("field", [{"currency": "usd"}, {"currency": "US"}, {"currency": "EURO"}, {"currency": "US\n"}])
def test_a_currency_is_three_capital_letters(field: dict[str, object]) -> None:
    assert told(order(**field)) == [("C109", "/currency")]


@pytest.mark.parametrize("unit", ["each", "E", "ea", "EAEA", "E A", "\u0415\u0410"])
def test_a_unit_is_a_code(unit: str) -> None:
    assert told(line(unit=unit)) == [("C109", "/lines/0/unit")]


@pytest.mark.parametrize("gtin", ["00614141999995", "123", "0061414199999X", "٠٠٦١٤١٤١٩٩٩٩٩٦"])
def test_a_gtin_with_a_wrong_check_digit_or_form_is_refused(gtin: str) -> None:
    assert told(line(gtin=gtin)) == [("C110", "/lines/0/gtin")]


@pytest.mark.parametrize(
    ("party", "code", "pointer"),
    [
        ({"id": "0614141000028", "id_scheme": "gln"}, "C110", "/buyer/id"),
        ({"id": "12345", "id_scheme": "duns"}, "C110", "/buyer/id"),
        ({"id": "٠٦١٤١٤١٠٠٠٠٢٩", "id_scheme": "gln"}, "C110", "/buyer/id"),
        ({"id": "0614141000029", "id_scheme": "GLN"}, "C109", "/buyer/id_scheme"),
        ({"id": "1", "id_scheme": "no such"}, "C109", "/buyer/id_scheme"),
        ({"id_scheme": "gln", "name": "A"}, "C112", "/buyer/id_scheme"),
        ({}, "C112", "/buyer"),
        ({"address": {"city": "Memphis"}}, "C112", "/buyer"),
        ({"id": "1", "ids": [{"scheme": "sscc", "value": "1"}]}, "C110", "/buyer/ids/0/value"),
        ({"id": "1", "address": {"country": "USA"}}, "C109", "/buyer/address/country"),
        ({"id": "1", "contact": {"email": "nobody"}}, "C109", "/buyer/contact/email"),
        ("ACME", "C103", "/buyer"),
        ([], "C103", "/buyer"),
    ],
)
def test_a_party_says_who_it_is_in_the_form_its_scheme_promises(party: object, code: str, pointer: str) -> None:
    assert told(order(buyer=party)) == [(code, pointer)]


@pytest.mark.parametrize("document", [None, True, 7, "order", [], [{}], Decimal(1)])
def test_only_an_object_is_a_document(document: Document) -> None:
    [finding] = findings(document)
    assert finding.code == "C103"
    assert finding.message == "the document must be an object"


def test_every_finding_is_told_at_once_with_its_place() -> None:
    document = order(currency="usd", colour="red", lines=[{"number": "1", "sku": "X", "quantity": 0.5, "unit": "EA"}])
    assert sorted(told(document)) == [
        ("C102", "/colour"),
        ("C103", "/lines/0/number"),
        ("C105", "/lines/0/quantity"),
        ("C109", "/currency"),
    ]


def test_a_misspelt_field_is_told_with_the_one_that_was_meant() -> None:
    [finding] = findings(order(requested_delivry_on="2026-12-01"))
    assert (finding.code, finding.hint) == ("C102", "did you mean 'requested_delivery_on'?")
    [finding] = findings(line(unit_prise=1))
    assert (finding.place.pointer, finding.hint) == ("/lines/0/unit_prise", "did you mean 'unit_price'?")


def test_a_wrong_code_is_told_with_the_one_that_was_meant() -> None:
    [finding] = findings(order(purpose="Orginal"))
    assert (finding.code, finding.hint) == ("C108", "did you mean 'original'?")


def test_a_name_with_slash_and_tilde_is_escaped_in_the_pointer() -> None:
    assert told(order(**{"a/b~c": 1})) == [("C102", "/a~1b~0c")]


def test_a_huge_unknown_name_is_cut_and_costs_nothing() -> None:
    [(code, pointer)] = told(order(**{"x" * 1_000_000: 1}))
    assert code == "C102"
    assert pointer is not None
    assert len(pointer) < 100


def test_a_huge_wrong_value_is_shown_cut() -> None:
    [finding] = findings(order(currency="U" * 1_000_000))
    assert finding.value is not None
    assert len(finding.value) < 100


def test_a_document_without_end_is_refused_and_not_followed() -> None:
    deep: Document = "x"
    for _ in range(sys.getrecursionlimit() * 2):
        deep = [deep]
    assert told(order(notes=deep))[0][0] == "C103"
    assert told(order(colour=deep)) == [("C102", "/colour")]


def test_of_very_many_findings_the_rest_is_counted() -> None:
    document = order(lines=[{"number": n, "sku": "X", "quantity": "?", "unit": "EA"} for n in range(MAX_FINDINGS + 50)])
    found = findings(document)
    assert len(found) == MAX_FINDINGS + 1
    assert (found[-1].code, found[-1].message) == ("C199", "50 more findings like these")


def test_null_is_as_good_as_absent_and_no_better() -> None:
    assert told(order(number=None)) == [("C101", "/number")]
    assert told(line(quantity=None)) == [("C101", "/lines/0/quantity")]
    assert told(order(lines=[None])) == [("C103", "/lines/0")]


def test_an_order_needs_a_line() -> None:
    assert told(order(lines=[])) == [("C111", "/lines")]


def test_circles_of_a_hundred_thousand_packs_are_found_in_linear_time() -> None:
    count = 100_000
    packs = [{"number": n, "inside": (n + 1) % count} for n in range(count)]
    document = {
        "number": "S",
        "shipped_on": "2026-11-20",
        "ship_to": {"id": "1"},
        "lines": [{"number": 1, "sku": "X", "quantity": 1, "unit": "EA"}],
        "packs": packs,
    }
    with pytest.raises(Reject) as rejected:
        CONTRACTS["shipment/v1"].validate(cast(Document, document))
    assert [finding.code for finding in rejected.value.findings] == ["C204"]
