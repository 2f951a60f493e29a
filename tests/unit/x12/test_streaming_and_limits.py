"""Any chunking gives the same result, memory stays flat, limits are kept without buffering."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Reject
from crossdock.message import Inline


@dataclass
class Pieces:
    """A payload in the given pieces."""

    pieces: list[bytes]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def chunks(self) -> Iterator[bytes]:
        return iter(self.pieces)


def told(payload: Any) -> list[object]:
    return [
        (item.document, item.findings, item.raw(), item.headers) if isinstance(item, Part) else item
        for item in Reading(payload)
    ]


FILE = (
    b"\xef\xbb\xbfnoise\nISA*00*          *00*          *ZZ*GLOBEX         *ZZ*ACMEDIST       *261121*0930*U*00401*000000001*0*P*>~\r\n"
    b"GS*PO*G*A*20261121*0930*1*X*004010~\r\nST*850*0001~\r\nBEG*00*SA*PO1**20261120~\r\nPO1*1*10*EA*1.5**VP*SKU1~\r\nSE*4*0001~\r\n"
    b"ST*850*0001~\r\nBEG*00*SA*PO1**20260230~\r\nPO1*1*1O*EA~\r\nST*850*0003~\r\nBEG*00*SA*PO3**20261120~\r\nPO1*1*1*EA~\r\nSE*4*0003~\r\n"
    b"REF*ZZ*STRAY~\r\nGE*3*1~\r\nIEA*1*000000001~\r\ngarbage ISA garbage\r\n"
    b"ISA|00|          |00|          |ZZ|GLOBEX         |ZZ|ACMEDIST       |261121|0930|U|00401|000000002|0|P|<\nIEA|0|000000002\n"
)


@given(st.lists(st.integers(min_value=1, max_value=60), max_size=40))
@settings(max_examples=40)
def test_any_chunking_gives_the_same(cuts: list[int]) -> None:
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(FILE[start : start + cut])
        start += cut
    pieces.append(FILE[start:])
    assert told(Pieces(pieces)) == told(Inline(FILE))


def test_single_bytes_give_the_same(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(Inline(FILE))
    monkeypatch.setattr("crossdock.codecs.edi.stream.STEP", 1)  # or they would be gathered first
    assert told(Pieces([FILE[n : n + 1] for n in range(len(FILE))])) == whole


def orders(bench: Any, count: int) -> Iterator[bytes]:
    head, tail = bench.wrap(bench.order).split(b"ST*850", 1)
    middle = b"ST*850" + tail[: tail.index(b"GE*")]
    yield head
    for number in range(1, count + 1):
        yield middle.replace(b"*0001~", b"*%04d~" % number)
    yield b"GE*%d*1~IEA*1*000000001~" % count


class Endless:
    """Made as it is read."""

    def __init__(self, bench: Any, count: int) -> None:
        self._bench = bench
        self._count = count
        self.size = 0

    def chunks(self) -> Iterator[bytes]:
        return orders(self._bench, self._count)


def test_memory_does_not_grow_with_the_number_of_transactions(bench: Any) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(isinstance(item, Part) for item in Reading(Endless(bench, count))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(1000) < peak(300) + 100_000


class Flood:
    """One segment that never ends; counts how much of it was asked for."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self.size = 100 * 1024 * 1024
        self.given = 0

    def chunks(self) -> Iterator[bytes]:
        yield self._head
        for _ in range(1600):
            self.given += 65536
            yield b"X" * 65536


HEADS = {
    "in a transaction": b"GS*PO*G*A*20261121*0930*1*X*004010~ST*850*0001~BEG*00*SA*",
    "in a group": b"GS*PO*G*A*20261121*0930*1*X*004010~N1*",
    "in an interchange": b"GS*PO*",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_one_segment_of_100_mb_is_refused_without_being_read(bench: Any, head: bytes) -> None:
    payload = Flood(bench.isa().encode() + b"~" + head)
    with pytest.raises(Reject) as caught:
        list(Reading(payload))
    assert caught.value.code == "X103"
    assert caught.value.findings[0].place.byte is not None
    assert payload.given < 4 * 1024 * 1024


def test_a_transaction_over_its_limit_is_refused(bench: Any) -> None:
    data = bench.wrap([*bench.order[:-1], *["REF*ZZ*1"] * 20000])
    with pytest.raises(Reject) as caught:
        bench.read(data * 2, Settings(transaction_limit=100_000))
    assert caught.value.code == "X104"


def test_a_long_segment_in_a_large_chunk_is_refused_too(bench: Any) -> None:
    data = bench.wrap(["BEG*00*SA*PO1**20261120", f"MSG*{'X' * 3000}"])
    with pytest.raises(Reject) as caught:
        bench.read(data, Settings(segment_limit=2000))
    assert caught.value.code == "X103"
