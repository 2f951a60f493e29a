"""Any chunking gives the same result, memory stays flat, limits are kept without buffering: in both standards."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from tests.unit.edi.outcome import Endless, Flood, Pieces
from tests.unit.edifact.conftest import Bench as EdifactBench
from tests.unit.x12.conftest import Bench as X12Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import JudgedReading
from crossdock.codecs.edifact.reading import Reading as EdifactReading
from crossdock.codecs.x12.reading import Reading as X12Reading
from crossdock.errors import Reject
from crossdock.message import Inline, Payload

X12 = X12Bench()
EDIFACT = EdifactBench()
X12_FILE = (
    b"\xef\xbb\xbfnoise\nISA*00*          *00*          *ZZ*GLOBEX         *ZZ*ACMEDIST       *261121*0930*U*00401*000000001*0*P*>~\r\n"
    b"GS*PO*G*A*20261121*0930*1*X*004010~\r\nST*850*0001~\r\nBEG*00*SA*PO1**20261120~\r\nPO1*1*10*EA*1.5**VP*SKU1~\r\nSE*4*0001~\r\n"
    b"ST*850*0001~\r\nBEG*00*SA*PO1**20260230~\r\nPO1*1*1O*EA~\r\nST*850*0003~\r\nBEG*00*SA*PO3**20261120~\r\nPO1*1*1*EA~\r\nSE*4*0003~\r\n"
    b"REF*ZZ*STRAY~\r\nGE*3*1~\r\nIEA*1*000000001~\r\ngarbage ISA garbage\r\n"
    b"ISA|00|          |00|          |ZZ|GLOBEX         |ZZ|ACMEDIST       |261121|0930|U|00401|000000002|0|P|<\nIEA|0|000000002\n"
)
EDIFACT_FILE = (
    b"\xef\xbb\xbfnoise\nUNA:+.? '\r\n"
    + EDIFACT.wrap(EDIFACT.order, [line.replace("21:10", "21:1O") for line in EDIFACT.order], end="'\r\n")
    + b"garbage UNB garbage\r\n"
    + EDIFACT.wrap([line.replace("HEX BOLT", "O?'NEIL ??") for line in EDIFACT.order]).replace(b"UNT+13+1'", b"")
    + b"UNA|^.~ #UNB^UNOC|3^A|14^B|14^261121|0930^REF9#UNG^ORDERS^A^B^261121|0930^G1^UN^D|96A#"
    + "#".join(EDIFACT.message(EDIFACT.order)).replace(":", "|").replace("+", "^").encode()
    + b"#UNE^1^G1#UNO^O1^1^2^5#abc#^UNP^5^O1#UNZ^1^REF9#"
)


@dataclass(frozen=True)
class Standard:
    """``file`` holds whatever stands in files; ``wrapped`` one good transaction; ``number`` gives it another number."""

    reading: Callable[[Payload], JudgedReading]
    file: bytes
    wrapped: bytes
    first: bytes
    trailer: bytes
    number: Callable[[bytes, int], bytes]

    def told(self, payload: Payload) -> list[object]:
        return [
            (item.document, item.findings, item.raw(), item.headers) if isinstance(item, Part) else item
            for item in self.reading(payload)
        ]

    def many(self, count: int) -> Iterator[bytes]:
        """So many transactions in one interchange."""
        begins, ends = self.wrapped.index(self.first), self.wrapped.index(self.trailer)
        yield self.wrapped[:begins]
        for number in range(1, count + 1):
            yield self.number(self.wrapped[begins:ends], number)
        yield self.wrapped[ends:]


STANDARDS = {
    "x12": Standard(
        X12Reading,
        X12_FILE,
        X12.wrap(X12.order),
        b"ST*850",
        b"GE*",
        lambda transaction, number: transaction.replace(b"*0001~", b"*%04d~" % number),
    ),
    "edifact": Standard(
        EdifactReading,
        EDIFACT_FILE,
        EDIFACT.wrap(EDIFACT.order),
        b"UNH+",
        b"UNZ+",
        lambda message, number: message.replace(b"UNH+1+", b"UNH+%014d+" % number).replace(
            b"+13+1'", b"+13+%014d'" % number
        ),
    ),
}
both = pytest.mark.parametrize("standard", STANDARDS.values(), ids=STANDARDS)


@both
@given(cuts=st.lists(st.integers(min_value=1, max_value=60), max_size=40))
@given_settings(max_examples=30)
def test_any_chunking_gives_the_same(standard: Standard, cuts: list[int]) -> None:
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(standard.file[start : start + cut])
        start += cut
    pieces.append(standard.file[start:])
    assert standard.told(Pieces(pieces)) == standard.told(Inline(standard.file))


@both
def test_single_bytes_give_the_same(standard: Standard, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = standard.told(Inline(standard.file))
    monkeypatch.setattr("crossdock.codecs.edi.stream.STEP", 1)  # or they would be gathered first
    monkeypatch.setattr("crossdock.codecs.edifact.transcoding.HEAD", 1)
    assert standard.told(Pieces([standard.file[n : n + 1] for n in range(len(standard.file))])) == whole


@both
def test_memory_does_not_grow_with_the_number_of_transactions(standard: Standard) -> None:
    def peak(count: int) -> int:
        payload = Endless(lambda: standard.many(count))
        tracemalloc.start()
        try:
            read = sum(isinstance(item, Part) and not item.findings for item in standard.reading(payload))
            assert read == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(900) < peak(300) + 100_000


ISA = X12.isa().encode() + b"~"
UNB = b"UNB+UNOC:3+A+B+261121:0930+1'"
FLOODS = {
    "X12, in a transaction": (X12Reading, ISA + b"GS*PO*G*A*20261121*0930*1*X*004010~ST*850*0001~BEG*00*SA*", "X103"),
    "X12, in a group": (X12Reading, ISA + b"GS*PO*G*A*20261121*0930*1*X*004010~N1*", "X103"),
    "X12, in an interchange": (X12Reading, ISA + b"GS*PO*", "X103"),
    "EDIFACT, in a message": (EdifactReading, UNB + b"UNH+1+ORDERS:D:96A:UN'BGM+", "X203"),
    "EDIFACT, outside messages": (EdifactReading, UNB + b"RFF+", "X203"),
    "EDIFACT, in an interchange": (EdifactReading, UNB + b"UNG+", "X203"),
}


@pytest.mark.parametrize(("reading", "head", "code"), FLOODS.values(), ids=FLOODS)
def test_one_segment_of_100_mb_is_refused_without_being_read(
    reading: Callable[[Payload], JudgedReading], head: bytes, code: str
) -> None:
    payload = Flood(head)
    with pytest.raises(Reject) as caught:
        list(reading(payload))
    assert caught.value.code == code
    assert caught.value.findings[0].place.byte is not None
    assert payload.given < 4 * 1024 * 1024
