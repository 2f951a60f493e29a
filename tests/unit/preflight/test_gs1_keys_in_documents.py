"""Check digits wherever a document has a key of GS1."""

from __future__ import annotations

import pytest
from tests.unit.preflight.conftest import HL, INVOICE, RIGHT, SHIPMENT, ask, changed, places

from crossdock.message import Document


def test_a_wrong_sscc_is_told_with_the_digit_it_should_end_in() -> None:
    (found,) = ask("sscc", changed(SHIPMENT, packs__1__sscc="106141410000000020"))
    assert (found.code, found.place.pointer) == ("P210", "/packs/1/sscc")
    assert found.message == "pack 2: SSCC 106141410000000020 has a wrong check digit: it ends in 0, not in 6"
    assert found.hint == "106141410000000026, if the other digits are right"


@pytest.mark.parametrize("mark", ["(00)106141410000000012", "00106141410000000012", "106141410000000012"])
def test_an_sscc_among_the_marks_is_looked_at_too(mark: str) -> None:
    assert places(ask("sscc", changed(SHIPMENT, packs__0__marks=mark))) == [("P210", "/packs/0/marks")]


@pytest.mark.parametrize("mark", ["1 of 3", "CARTON 106141410000000012", ""])
def test_marks_that_are_no_sscc_are_let_alone(mark: str) -> None:
    assert ask("sscc", changed(SHIPMENT, packs__0__marks=mark)) == []


def test_a_key_that_is_too_short_or_has_letters_is_none() -> None:
    found = ask("sscc", changed(SHIPMENT, packs__0__sscc="10614141", packs__1__sscc="10614141000000002X"))
    assert [one.message for one in found] == [
        "pack 1: '10614141' is no SSCC, which has 18 digits",
        "pack 2: '10614141000000002X' is no SSCC, which has 18 digits",
    ]


def test_references_say_of_themselves_what_they_are() -> None:
    references: Document = [{"type": "sscc", "value": "106141410000000012"}, {"type": "contract", "value": "12"}]
    assert places(ask("sscc", changed(SHIPMENT, references=references))) == [("P210", "/references/0/value")]


def test_a_wrong_gtin_is_found_in_lines_and_among_other_ids() -> None:
    wrong = changed(
        SHIPMENT, lines__0__gtin="00614141999997", lines__1__item_ids=[{"scheme": "gtin", "value": "12345678"}]
    )
    assert places(ask("gtin", wrong)) == [("P211", "/lines/1/item_ids/0/value"), ("P211", "/lines/0/gtin")]


def test_a_wrong_gln_is_found_with_its_scheme_and_as_a_bare_id_of_thirteen_digits() -> None:
    wrong = changed(INVOICE, buyer={"id": "0614141000028", "id_scheme": "gln"}, seller={"id": "0614141000028"})
    assert places(ask("gln", wrong)) == [("P212", "/buyer/id"), ("P212", "/seller/id")]


def test_a_number_of_the_buyers_own_is_no_gln() -> None:
    assert ask("gln", changed(INVOICE, buyer={"id": "0614141000028", "id_scheme": "buyer"}, seller={"id": "123"})) == []


def test_keys_of_edi_documents_are_told_by_their_qualifiers() -> None:
    wrong: list[Document] = [
        *HL[:2],
        changed(HL[2], MAN__0__MAN02="106141410000000012"),
        changed(HL[3], LIN__LIN03="614141999997"),
    ]
    document: dict[str, Document] = {
        **RIGHT["x12/856"],
        "HL": wrong,
        "N1": [{"N101": "ST", "N103": "UL", "N104": "0614141000028"}],
    }
    assert places(ask("sscc", document)) == [("P210", "/HL/2/MAN/0/MAN02")]
    assert places(ask("gtin", document)) == [("P211", "/HL/3/LIN/LIN03")]
    assert places(ask("gln", document)) == [("P212", "/N1/0/N104")]


def test_keys_of_a_desadv_are_told_by_their_qualifiers() -> None:
    document: dict[str, Document] = {
        "_std": "EDIFACT",
        "_set": "DESADV",
        "NAD": [{"NAD01": "DP", "NAD0201": "5412345000012", "NAD0203": "9"}],
        "CPS": [
            {
                "PAC": [{"PCI": [{"GIN": [{"GIN01": "BJ", "GIN0201": "106141410000000012"}]}]}],
                "LIN": [{"LIN0301": "5412345000012", "LIN0302": "EN"}],
            }
        ],
    }
    assert places(ask("sscc", document)) == [("P210", "/CPS/0/PAC/0/PCI/0/GIN/0/GIN0201")]
    assert places(ask("gtin", document)) == [("P211", "/CPS/0/LIN/0/LIN0301")]
    assert places(ask("gln", document)) == [("P212", "/NAD/0/NAD0201")]
