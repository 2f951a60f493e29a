"""The number people know a document by, found though the document is broken."""

from __future__ import annotations

import pytest

from crossdock.codecs.x12.dictionary.references import reference_of

NUMBERS = {
    "BEG*00*SA*PO1**20261121": "PO1",
    "BAK*00*AC*PO2*20261121": "PO2",
    "BCH*04*SA*PO3***20261121": "PO3",
    "BIG*20261121*INV1": "INV1",
    "BSN*00*S1*20261121*0930": "S1",
    "W05*N*D1": "D1",
    "W17*F*20261121*R1": "R1",
    "B10*X*PRO1*SCAC": "PRO1",
    "B2**SCAC**L1**PP": "L1",
    "AK1*PO*17": "17",
}


@pytest.mark.parametrize(("segment", "number"), NUMBERS.items())
def test_the_beginning_segment_has_the_number(segment: str, number: str) -> None:
    assert reference_of(["ST*850*0001", segment], "*") == (number,)


def test_a_payment_is_known_by_its_trace_number() -> None:
    assert reference_of(["ST*820*0001", "BPR*I*1*C*ACH", "NTE**X", "TRN*1*T9"], "*") == ("T9",)
    assert reference_of(["ST*820*0001", "BPR*I*1*C*ACH"], "*") == ()


def test_nothing_is_made_up() -> None:
    assert reference_of(["ST*850*0001"], "*") == ()
    assert reference_of(["ST*850*0001", "BEG*00"], "*") == ()
    assert reference_of(["ST*850*0001", "N1*ST*X"], "*") == ()
