"""Limits are kept, and mutated files never raise but ``Reject`` (tests/unit/edi has what holds for both standards)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from tests.unit.edi.test_streaming_of_both_standards import EDIFACT_FILE as FILE
from tests.unit.edifact.conftest import Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edifact.caret import caret_view
from crossdock.codecs.edifact.peek import peek
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.tradacoms import TradacomsReading
from crossdock.codecs.edifact.writing import Writing
from crossdock.errors import Reject
from crossdock.message import Inline

ONE = Bench()


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


def test_a_message_over_its_limit_is_refused() -> None:
    data = ONE.wrap([*ONE.order[:4], *["FTX+AAA+++X"] * 20000])
    with pytest.raises(Reject) as caught:
        ONE.read(data, Settings(message_limit=100_000))
    assert caught.value.code == "X204"


def test_many_messages_without_an_end_take_no_more_than_their_length() -> None:
    data = b"UNB+UNOC:3+A+B+261121:0930+1'" + b"".join(b"UNH+%d+ORDERS:D:96A:UN'BGM+1'" % n for n in range(5000))
    outcome = ONE.read(data)
    assert len(outcome.parts) == 5000


def test_a_length_that_no_number_can_be_is_passed_over_by_a_peek_too(bench: Bench) -> None:
    data = bench.wrap(bench.order).replace(b"UNZ", b"UNO+1+A+B+" + b"9" * 5000 + b"'UNP+1+1'UNZ")

    assert [head.set for head in peek(Inline(data))] == ["ORDERS"]


def test_empty_segments_are_passed_over_at_once(bench: Bench) -> None:
    data = bench.wrap(bench.order).replace(b"UNZ", b"'" * 100_000 + b"UNZ")
    outcome = bench.read(data)

    assert outcome.remarked == ["X273"]  # a note
    assert [part.findings for part in outcome.parts] == [()]
