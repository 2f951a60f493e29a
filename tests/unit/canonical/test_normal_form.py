"""What a document becomes when its contract has read it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crossdock import document_json
from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.contract import Contract
from crossdock.errors import Reject
from crossdock.message import Document

ORDER = CONTRACTS["order/v1"]


def order(**changes: Document) -> dict[str, Document]:
    document: dict[str, Document] = {
        "number": "PO-1",
        "ordered_on": "2026-11-20",
        "currency": "USD",
        "buyer": {"id": "B7"},
        "lines": [{"number": 1, "sku": "X", "quantity": 10, "unit": "EA"}],
    }
    return {**document, **changes}


def normal(**changes: Document) -> dict[str, Document]:
    document = ORDER.validate(order(**changes))
    assert isinstance(document, dict)
    return document


def test_absent_and_null_fields_are_left_out() -> None:
    assert "total" not in normal(total=None)
    assert "seller" not in normal()


def test_an_order_without_a_purpose_is_an_original() -> None:
    assert normal()["purpose"] == "original"


def test_fields_stand_in_the_order_of_the_contract() -> None:
    backwards = dict(reversed(list(order(total="1").items())))
    assert list(normal(**backwards)) == list(normal(total="1"))


def test_numbers_keep_every_digit_whatever_they_came_as() -> None:
    assert str(normal(total="12.50")["total"]) == "12.50"
    assert str(normal(total=Decimal("12.500"))["total"]) == "12.500"
    assert normal(total=7)["total"] == Decimal(7)
    assert isinstance(normal(total=7)["total"], Decimal)


def test_a_decimal_in_exponent_form_is_written_out() -> None:
    assert str(normal(total=Decimal("1E+3"))["total"]) == "1000"


def test_white_space_around_a_line_of_text_is_no_part_of_it() -> None:
    assert normal(number="  PO-1 ")["number"] == "PO-1"


def test_text_of_several_lines_stays_as_it_is() -> None:
    assert normal(notes=["first\r\n  second\t"])["notes"] == ["first\r\n  second\t"]


def test_dates_stay_text() -> None:
    assert normal(cancel_after="2028-02-29")["cancel_after"] == "2028-02-29"


def test_the_document_that_was_given_is_not_touched() -> None:
    given_document = order(total="12.50", seller=None)
    before = document_json.encode(given_document)
    ORDER.validate(given_document)
    assert document_json.encode(given_document) == before


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(str.strip)
NUMBER = st.decimals(min_value=0, max_value=10**9, places=4).map(lambda n: n.copy_abs())
LINE = st.fixed_dictionaries(
    {"sku": TEXT, "quantity": NUMBER | st.integers(0, 10**9) | NUMBER.map(str), "unit": st.sampled_from(["EA", "KGM"])},
    optional={
        "description": TEXT | st.none(),
        "unit_price": NUMBER,
        "amount": NUMBER.map(lambda n: -n),
        "requested_delivery_on": st.dates().filter(lambda d: 1900 <= d.year < 2200).map(str),
        "notes": st.lists(TEXT, max_size=2),
    },
)


@given(number=TEXT, lines=st.lists(LINE, min_size=1, max_size=4), total=NUMBER | st.none())
@settings(max_examples=60)
def test_the_normal_form_of_any_order_is_stable_and_survives_json(
    number: str, lines: list[dict[str, Document]], total: Decimal | None
) -> None:
    numbered: list[Document] = [{**line, "number": position} for position, line in enumerate(lines)]
    document = normal(number=number, lines=numbered, total=total)
    assert ORDER.validate(document) == document
    travelled = ORDER.validate(document_json.decode(document_json.encode(document)))
    assert document_json.encode(travelled) == document_json.encode(document)


def test_the_model_itself_reads_and_refuses_what_the_contract_does() -> None:
    for name in CONTRACTS:
        contract = CONTRACTS[name]
        example = contract.example()
        assert contract.model.model_validate(example).model_dump(exclude_none=True) == example
        assert isinstance(example, dict)
        mistakes: tuple[dict[str, Any], ...] = (
            {**example, "colour": "red"},
            {field: [example[field]] for field in example},
            {},
        )
        for wrong in mistakes:
            with pytest.raises(ValidationError) as by_model:
                contract.model.model_validate(wrong)
            with pytest.raises(ValidationError) as by_contract:
                contract.read(wrong)
            assert _places(by_contract.value) == _places(by_model.value)


def _places(error: ValidationError) -> list[tuple[str | int, ...]]:
    return [detail["loc"] for detail in error.errors()]


def without(document: Document, path: tuple[str | int, ...], *null: None) -> Document:
    """The document without the field at ``path``, or with null there."""
    here, *below = path
    if isinstance(document, list):
        return [without(one, tuple(below), *null) if index == here else one for index, one in enumerate(document)]
    assert isinstance(document, dict)
    if not below:
        return {name: None if name == here else one for name, one in document.items() if name != here or null}
    return {name: without(one, tuple(below), *null) if name == here else one for name, one in document.items()}


def paths(document: Document) -> list[tuple[str | int, ...]]:
    """Where the fields of a document stand, at every depth."""
    if isinstance(document, list):
        return [(index, *path) for index, one in enumerate(document) for path in paths(one)]
    fields = document.items() if isinstance(document, dict) else ()
    return [path for name, one in fields for path in [(name,), *((name, *path) for path in paths(one))]]


def outcome(contract: Contract, document: Document) -> object:
    try:
        return contract.judge(document)
    except Reject as reject:
        return reject.findings


@pytest.mark.parametrize("name", CONTRACTS)
def test_null_is_the_same_as_absent_in_every_field(name: str) -> None:
    contract = CONTRACTS[name]
    example = contract.example()
    for path in paths(example):
        assert outcome(contract, without(example, path, None)) == outcome(contract, without(example, path)), path
