"""An outline says of interchanges and groups what a reading says, without looking into transactions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.trading import interchange

from crossdock.codecs.edi.accounts import InterchangeAccount, JudgedReading
from crossdock.codecs.edi.judgement import BESIDE
from crossdock.codecs.edifact.codec import EdifactCodec
from crossdock.codecs.x12.codec import X12Codec
from crossdock.errors import Reject
from crossdock.message import Inline

X12 = interchange("ACME", 1, "A1", "bad2", "A3") + interchange("GLOBEX", 7, "G1")
EDIFACT = "".join(
    f"UNB+UNOC:3+EURO:14+US1:14+261120:0815+{number}'UNH+1+ORDERS:D:96A:UN'BGM+220+E1+9'DTM+137:20261120:102'"
    f"NAD+BY+1::9'LIN+1'QTY+21:5'UNS+S'CNT+2:1'UNT+9+1'UNH+2+ORDERS:D:96A:UN'BGM+220+E2+9'UNT+3+2'UNZ+2+{number}'"
    for number in (7, 8)
)
#: What may be put between two segments: ends and beginnings of everything, also where they cannot be.
SEGMENTS = {
    "~": ("GE*1*1", "IEA*1*000000001", "SE*3*0001", "ST*850*9", "GS*PO", "TA1*1", "ISA", "G\nE*1*1", " GE*1*1", "XX*1"),
    "'": ("UNZ+1+7", "UNT+3+1", "UNH+4+ORDERS:D:96A:UN", "UNE+1+1", "UNG+A", "U\nNZ+1+7", " UNZ+1+7", "UNO+1", "XX+1"),
}
KINDS = [(X12Codec(), X12, "~"), (EdifactCodec(), EDIFACT, "'")]


def told(reading: JudgedReading) -> list[object]:
    try:
        for _ in reading:
            continue
    except Reject as error:
        return [error.code]
    return [_account(one) for one in reading.accounts]


def _account(one: InterchangeAccount) -> object:
    groups = [
        (group.control, group.announced, [said.code for said in group.findings], len(group.transactions))
        for group in one.groups
    ]
    return one.control, one.closed, [said.code for said in one.findings if said.code not in BESIDE], groups


@pytest.mark.parametrize(("codec", "text", "mark"), KINDS)
def test_an_outline_agrees_with_a_reading(codec: X12Codec | EdifactCodec, text: str, mark: str) -> None:
    assert told(codec.outline(Inline(text.encode()))) == told(codec.judge(Inline(text.encode())))


@pytest.mark.parametrize(("codec", "text", "mark"), KINDS)
def test_an_outline_finds_nothing_in_transactions(codec: X12Codec | EdifactCodec, text: str, mark: str) -> None:
    outline = codec.outline(Inline(text.encode()))
    told(outline)
    every = [one for account in outline.accounts for group in account.groups for one in group.transactions]
    assert [one.findings for one in every] == [()] * len(every)
    assert {one.set for one in every} == {"850" if mark == "~" else "ORDERS"}


@pytest.mark.parametrize(("codec", "text", "mark"), KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_it_agrees_wherever_segments_are_missing_or_too_many(
    codec: X12Codec | EdifactCodec, text: str, mark: str, data: st.DataObject
) -> None:
    segments = text.split(mark)[:-1]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(1, len(segments) - 1))
        if data.draw(st.booleans()):
            del segments[at]
        else:
            segments.insert(at, data.draw(st.sampled_from(SEGMENTS[mark])))
    changed = Inline((mark.join(segments) + mark).encode())
    assert told(codec.outline(changed)) == told(codec.judge(changed))
