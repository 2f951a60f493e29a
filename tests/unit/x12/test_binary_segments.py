"""Binary data is read by its length, whatever it holds, and written back to the byte."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.edi.outcome import Outcome
from tests.unit.x12.conftest import Bench

from crossdock.codecs.x12.peek import peek
from crossdock.codecs.x12.settings import Settings
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Reject
from crossdock.message import Document, Inline

NASTY = b"~SE*3*0001~\xff\x00\r\n~ST*850*0009~GE*1*1~ISA*~BIN*4*"


def wrapped(bench: Bench, data: bytes, segment: bytes = b"BIN*%d*%b") -> bytes:
    shell = bench.wrap(["BGN*00*1*20261121", "QQQ", "REF*DP*1"], number="841", group="SP")
    return shell.replace(b"QQQ", segment % (len(data), data))


def first(outcome: Outcome) -> dict[str, Document]:
    segments = outcome.document["BIN"]
    assert isinstance(segments, list)
    assert isinstance(segments[0], dict)
    return segments[0]


def written(outcome: Outcome) -> bytes:
    return b"".join(Writing().chunks(part.document for part in outcome.parts))


def test_delimiters_and_trailers_inside_are_data(bench: Bench) -> None:
    data = wrapped(bench, NASTY)
    outcome = bench.read(data)
    entry = first(outcome)
    assert entry["BIN01"] == str(len(NASTY))
    assert base64.b64decode(str(entry["BIN02"])) == NASTY
    assert entry["_bin"] == {"BIN02": "base64"}
    assert outcome.document["REF"] == [{"REF01": "DP", "REF02": "1"}]
    assert set(outcome.codes) <= {"X135"}
    assert written(outcome) == data


def test_bds_names_its_filter_before_the_length(bench: Bench) -> None:
    data = wrapped(bench, NASTY, b"BDS*B64*%d*%b")
    outcome = bench.read(data)
    assert set(outcome.codes) <= {"X135"}
    assert written(outcome) == data


@given(data=st.binary(max_size=300), chunk=st.integers(1, 50))
@settings(max_examples=60)
def test_any_bytes_come_back(data: bytes, chunk: int) -> None:
    bench = Bench()
    whole = wrapped(bench, data)
    assert written(bench.read(whole)) == (whole if data else whole.replace(b"BIN*0*~", b"BIN*0~"))
    assert len(list(peek(Inline(whole)))) == 1


def test_where_base64_would_clash_with_a_delimiter_it_is_hex(bench: Bench) -> None:
    data = wrapped(bench, b"a*b~c").replace(b"*", b"+").replace(b"a+b", b"a*b")
    outcome = bench.read(data)
    entry = first(outcome)
    assert entry["_bin"] == {"BIN02": "hex"}
    assert written(outcome) == data


def test_places_after_binary_data_are_right(bench: Bench) -> None:
    data = wrapped(bench, NASTY)
    place = bench.read(data).part.place("/REF/0/REF02")
    assert place is not None
    assert place.byte is not None
    assert data[place.byte :].startswith(b"1~SE")


@pytest.mark.parametrize("length", [b"3", b"x", b"999", b"-1", b""])
def test_a_length_that_is_not_right_is_no_binary(bench: Bench, length: bytes) -> None:
    data = wrapped(bench, b"abcdef").replace(b"BIN*6*", b"BIN*%b*" % length)
    outcome = bench.read(data)
    assert first(outcome)["BIN02"] == "abcdef"


def test_a_length_beyond_the_limit_is_refused(bench: Bench) -> None:
    data = wrapped(bench, b"abcdef").replace(b"BIN*6*", b"BIN*99999999999*")
    with pytest.raises(Reject) as caught:
        bench.read(data)
    assert caught.value.code == "X104"


def test_binary_data_may_be_longer_than_a_segment(bench: Bench) -> None:
    data = wrapped(bench, b"~" * 5000)
    limited = Settings(segment_limit=2048)
    assert len(bench.read(data, limited).parts) == 1


def test_the_writer_makes_the_length(bench: Bench) -> None:
    document = bench.read(wrapped(bench, b"abc")).document
    document["BIN"] = [{"BIN02": base64.b64encode(b"12345~").decode(), "_bin": {"BIN02": "base64"}}]
    assert b"BIN*6*12345~~REF" in b"".join(Writing().chunks([document]))


def test_what_is_not_base64_is_refused(bench: Bench) -> None:
    document = bench.read(wrapped(bench, b"abc")).document
    document["BIN"] = [{"BIN02": "not base64!", "_bin": {"BIN02": "base64"}}]
    with pytest.raises(Reject) as caught:
        b"".join(Writing().chunks([document]))
    assert caught.value.code == "X192"
