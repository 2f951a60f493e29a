"""Any chunking gives the same, memory stays flat, limits are kept, and mutated files never raise but ``Reject``."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from tests.unit.edifact.conftest import Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edifact.caret import caret_view
from crossdock.codecs.edifact.peek import peek
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.tradacoms import TradacomsReading
from crossdock.codecs.edifact.writing import Writing
from crossdock.errors import Reject
from crossdock.message import Inline, Payload

ONE = Bench()
FILE = (
    b"\xef\xbb\xbfnoise\nUNA:+.? '\r\n"
    + ONE.wrap(ONE.order, [line.replace("21:10", "21:1O") for line in ONE.order], end="'\r\n")
    + b"garbage UNB garbage\r\n"
    + ONE.wrap([line.replace("HEX BOLT", "O?'NEIL ??") for line in ONE.order]).replace(b"UNT+13+1'", b"")
    + b"UNA|^.~ #UNB^UNOC|3^A|14^B|14^261121|0930^REF9#UNG^ORDERS^A^B^261121|0930^G1^UN^D|96A#"
    + "#".join(ONE.message(ONE.order)).replace(":", "|").replace("+", "^").encode()
    + b"#UNE^1^G1#UNO^O1^1^2^5#abc#^UNP^5^O1#UNZ^1^REF9#"
)


@dataclass
class Pieces:
    """A payload in the given pieces."""

    pieces: list[bytes]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def chunks(self) -> Iterator[bytes]:
        return iter(self.pieces)


def told(payload: Payload) -> list[object]:
    return [
        (item.document, item.findings, item.raw(), item.headers) if isinstance(item, Part) else item
        for item in Reading(payload)
    ]


@given(st.lists(st.integers(min_value=1, max_value=60), max_size=40))
@given_settings(max_examples=25)
def test_any_chunking_gives_the_same(cuts: list[int]) -> None:
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(FILE[start : start + cut])
        start += cut
    pieces.append(FILE[start:])
    assert told(Pieces(pieces)) == told(Inline(FILE))


def test_single_bytes_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(Inline(FILE))
    monkeypatch.setattr("crossdock.codecs.edi.stream.STEP", 1)  # or they would be gathered first
    monkeypatch.setattr("crossdock.codecs.edifact.transcoding.HEAD", 1)
    assert told(Pieces([FILE[n : n + 1] for n in range(len(FILE))])) == whole


def _mutated(chance: random.Random) -> bytes:
    data = bytearray(FILE)
    for _ in range(1 + chance.randrange(8)):
        at = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(40)]
            case 2:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randrange(80)]
            case 3:
                data[at:at] = chance.choice(
                    (b"'", b"?", b"+", b":", b"UNH+", b"UNB+", b"UNZ'", b"UNA", b"\r\n", b"UNO+1'")
                )
            case _:
                del data[at:]
        if not data:
            data += b"UNB"
    return bytes(data)


@given(st.integers(0, 2**40))
@given_settings(max_examples=150)
def test_a_mutated_file_is_judged_or_refused_and_nothing_else(seed: int) -> None:
    payload = Inline(_mutated(random.Random(seed)))  # noqa: S311 - no secret, a sample
    try:
        parts = [item for item in Reading(payload) if isinstance(item, Part)]
        assert len(list(peek(payload))) >= 0
    except Reject:
        return
    for part in parts:
        caret_view(part)
        part.place("/LIN/0/QTY/0/QTY0102")
        if part.document is not None:
            try:
                b"".join(Writing().chunks([part.document]))
            except Reject:
                continue


@given(st.binary(max_size=400))
@given_settings(max_examples=80)
def test_any_bytes_behind_a_unb_are_judged(noise: bytes) -> None:
    for _ in Reading(Inline(b"UNB+UNOC:3+A+B+261121:0930+1'UNH+1+ORDERS:D:96A:UN'BGM+" + noise)):
        continue


@given(st.binary(max_size=300))
@given_settings(max_examples=60)
def test_any_bytes_behind_an_stx_are_judged(noise: bytes) -> None:
    for _ in TradacomsReading(Inline(b"STX=ANA:1+A+B+261121'MHD=1+ORDERS:9'" + noise), Settings()):
        continue


class Endless:
    """Made as it is read."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.size = 0

    def chunks(self) -> Iterator[bytes]:
        head, tail = ONE.wrap(ONE.order).split(b"UNH+1+", 1)
        middle = b"UNH+1+" + tail[: tail.index(b"UNZ+")]
        yield head
        for number in range(1, self._count + 1):
            yield middle.replace(b"UNH+1+", b"UNH+%014d+" % number).replace(b"+13+1'", b"+13+%014d'" % number)
        yield b"UNZ+%d+REF1'" % self._count


def test_memory_does_not_grow_with_the_number_of_messages() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(isinstance(item, Part) and not item.findings for item in Reading(Endless(count))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(900) < peak(300) + 100_000


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


@pytest.mark.parametrize("head", [b"UNH+1+ORDERS:D:96A:UN'BGM+", b"RFF+", b"UNG+"])
def test_one_segment_of_100_mb_is_refused_without_being_read(head: bytes) -> None:
    payload = Flood(b"UNB+UNOC:3+A+B+261121:0930+1'" + head)
    with pytest.raises(Reject) as caught:
        list(Reading(payload))
    assert caught.value.code == "X203"
    assert payload.given < 4 * 1024 * 1024


def test_a_message_over_its_limit_is_refused() -> None:
    data = ONE.wrap([*ONE.order[:4], *["FTX+AAA+++X"] * 20000])
    with pytest.raises(Reject) as caught:
        ONE.read(data, Settings(message_limit=100_000))
    assert caught.value.code == "X204"


def test_many_messages_without_an_end_take_no_more_than_their_length() -> None:
    data = b"UNB+UNOC:3+A+B+261121:0930+1'" + b"".join(b"UNH+%d+ORDERS:D:96A:UN'BGM+1'" % n for n in range(5000))
    outcome = ONE.read(data)
    assert len(outcome.parts) == 5000
