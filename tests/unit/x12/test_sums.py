"""Totals that count or add up what stands deeper, and what an invoice comes to."""

from __future__ import annotations

import pytest
from tests.unit.x12.conftest import Bench

ASN = ("BSN*00*S1*20261121*0930", "HL*1**S", "HL*2*1*O", "HL*3*2*I", "SN1**4*EA", "HL*4*2*I", "SN1**6*EA")
INVOICE = ("BIG*20261121*I1", "IT1*1*2*EA*10**VP*A", "IT1*2*1*EA*5.55**VP*B")
PAYMENT = ("BPR*I*{}*C*ACH", "ENT*1", "ADX*-5*01", "RMR*IV*I1**100", "RMR*CM*C1**-20")


def codes(number: str, group: str, *body: str) -> list[str]:
    return Bench().read(Bench().wrap(body, number=number, group=group)).codes


@pytest.mark.parametrize(("ctt", "expected"), [("CTT*4*10", []), ("CTT*2", ["X171"]), ("CTT*4*11", ["X172"])])
def test_an_advance_ship_notice_counts_its_levels_and_adds_up_what_is_shipped(ctt: str, expected: list[str]) -> None:
    assert codes("856", "SH", *ASN, ctt) == expected


@pytest.mark.parametrize(
    "more",
    [
        ["TDS*2555"],
        ["TDS*2556"],  # half a cent a line may be lost
        ["TDS*2755", "SAC*C*D240***200"],
        ["TDS*2455", "SAC*A*C310***100"],
        ["TDS*2655", "TXI*ST*1", "SAC*A*C310***100"],
        ["TDS*2555", "SAC*N*D240***200"],
        ["TDS*9999", "SAC*A*C310****3*10"],  # told in percent only: not judged
    ],
)
def test_an_invoice_comes_to_its_lines_charges_and_taxes(more: list[str]) -> None:
    assert codes("810", "IN", *INVOICE, *more) == []


def test_an_invoice_that_comes_to_something_else_is_told() -> None:
    (part,) = Bench().read(Bench().wrap([*INVOICE, "TDS*3000"], number="810", group="IN")).parts
    assert [finding.message for finding in part.findings] == ["TDS01 says 3000, but its lines come to 25.55"]


def test_a_price_by_the_hundred_is_not_judged() -> None:
    assert codes("810", "IN", "BIG*20261121*I1", "IT1*1*200*EA*10*HP*VP*A", "TDS*2000") == []


@pytest.mark.parametrize(("paid", "expected"), [("80", []), ("75", []), ("81", ["X172"])])
def test_a_payment_is_what_its_remittance_comes_to_with_or_without_adjustments(paid: str, expected: list[str]) -> None:
    assert codes("820", "RA", PAYMENT[0].format(paid), *PAYMENT[1:]) == expected


def test_a_payment_without_remittance_is_not_judged() -> None:
    assert codes("820", "RA", PAYMENT[0].format("80")) == []


@pytest.mark.parametrize(("release", "before"), [("004010", []), ("005010", ["LX*1"])])
def test_a_receipt_adds_up_where_its_release_has_the_lines(release: str, before: list[str]) -> None:
    body = ["W17*F*20261121*R1", "N1*WH*DC 7", *before, "W07*3*EA**VN*A", "W07*4*EA**VN*B"]
    for total, expected in (("W14*7", []), ("W14*8", ["X172"])):
        data = Bench().wrap([*body, total], version=release, number="944", group="RE")
        assert Bench().read(data).codes == expected
