"""Payloads that wait for their control numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.numbered import Sent
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import Address, Settings
from crossdock.errors import Reject
from crossdock.message import Document, Inline

SETTINGS = Settings(
    sender=Address(id="ACMEDIST"), receiver=Address(id="GLOBEX", qualifier="01"), date="20261121", time="0930"
)


def order(number: str = "PO1", **more: Document) -> Document:
    return {
        "_set": "850",
        "_ver": "004010",
        "BEG": {"BEG01": "00", "BEG02": "SA", "BEG03": number, "BEG05": "20261120"},
        "PO1": [{"PO102": "10", "PO103": "EA"}],
        **more,
    }


def parts(data: bytes) -> list[Part]:
    return [item for item in Reading(Inline(data)) if isinstance(item, Part)]


def test_one_number_of_each_level_is_wanted() -> None:
    assert X12Codec(SETTINGS).numbered([order()]).levels == ("interchange", "group", "transaction")


def test_transactions_of_one_set_share_a_group() -> None:
    numbered = X12Codec(SETTINGS).numbered([order("PO1"), order("PO2")])
    assert numbered.levels == ("interchange", "group", "transaction", "transaction")
    data = numbered.write([7, 8, 9, 10])
    assert b"*000000007*0*P*" in data
    assert data.endswith(b"SE*4*0010~GE*2*8~IEA*1*000000007~")
    assert [part.findings for part in parts(data)] == [(), ()]


def test_the_numbers_are_told_as_they_stand_in_the_bytes() -> None:
    numbered = X12Codec(SETTINGS).numbered([order("PO1"), order("PO2")])
    assert numbered.sent([7, 8, 9, 10]) == [
        Sent("850", "000000007", "8", "0009"),
        Sent("850", "000000007", "8", "0010"),
    ]


def test_writing_again_gives_the_same_bytes() -> None:
    numbered = X12Codec(SETTINGS).numbered([order()])
    assert numbered.write([1, 2, 3]) == numbered.write([1, 2, 3])
    assert numbered.write([1, 2, 3]) != numbered.write([2, 2, 3])


def test_the_highest_numbers_fit() -> None:
    numbered = X12Codec(SETTINGS).numbered([order()])
    data = numbered.write([999_999_999] * 3)
    assert [part.findings for part in parts(data)] == [()]


def test_numbers_a_document_brings_are_not_used() -> None:
    brought: Document = {"isa": "000000099", "gs": "99", "st": "0099", "implementation": "VICS"}
    data = X12Codec(SETTINGS).numbered([order(_ctl=brought)]).write([1, 2, 3])
    assert b"99~" not in data
    assert b"ST*850*0003*VICS~" in data


def test_transaction_numbers_can_begin_again_in_each_group() -> None:
    codec = X12Codec(replace(SETTINGS, restart_transactions=True))
    numbered = codec.numbered([order("PO1"), order("PO2")])
    assert numbered.levels == ("interchange", "group")
    assert [sent.transaction for sent in numbered.sent([7, 8])] == ["0001", "0002"]


def test_an_acknowledgement_of_an_interchange_needs_one_number_only() -> None:
    receipt: Document = {
        "_set": "TA1",
        "_ver": "00401",
        "TA1": {"TA101": "000000007", "TA102": "261121", "TA103": "0930", "TA104": "A", "TA105": "000"},
    }
    numbered = X12Codec(SETTINGS).numbered([receipt])
    assert numbered.levels == ("interchange",)
    assert numbered.write([12]).endswith(b"TA1*000000007*261121*0930*A*000~IEA*0*000000012~")


def test_a_receipt_and_a_group_travel_in_one_interchange() -> None:
    receipt: Document = {"_set": "TA1", "_ver": "004010", "TA1": {"TA101": "000000007", "TA104": "A", "TA105": "000"}}
    numbered = X12Codec(SETTINGS).numbered([receipt, order()])
    assert numbered.levels == ("interchange", "group", "transaction")
    assert [part.headers["x12.set"] for part in parts(numbered.write([1, 2, 3]))] == ["TA1", "850"]


def test_what_cannot_be_written_is_refused_before_any_number_is_asked_for() -> None:
    with pytest.raises(Reject):
        X12Codec(SETTINGS).numbered([order(PO1=[{"PO102": "TEN"}])])
