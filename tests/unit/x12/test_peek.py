"""The heads of transactions: what routes them, without reading them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.x12.conftest import ORDER, Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.peek import Head
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.peek import peek
from crossdock.codecs.x12.reading import Reading
from crossdock.message import Inline

SAMPLES = sorted((Path(__file__).resolve().parents[3] / "samples" / "x12").glob("*.edi"))


def heads(data: bytes) -> list[Head]:
    return list(peek(Inline(data)))


def test_a_head_has_envelope_numbers_and_first_segment(bench: Bench) -> None:
    data = bench.wrap(ORDER)
    (head,) = heads(data)
    assert (head.standard, head.set, head.version) == ("X12", "850", "004010")
    assert (head.interchange, head.group, head.control) == ("000000001", "1", "0001")
    assert (head.facts["sender"], head.facts["receiver"], head.facts["usage"]) == ("GLOBEX", "ACMEDIST", "P")
    assert head.tag == "BEG"
    assert head.first == {"BEG01": "00", "BEG02": "SA", "BEG03": "PO1", "BEG05": "20261120"}
    assert data[head.byte :].startswith(b"ST*850*0001~")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_heads_say_what_the_parts_say(path: Path) -> None:
    payload = Inline(path.read_bytes())
    parts = [part for part in Reading(payload) if isinstance(part, Part)]
    assert [head.headers for head in peek(payload)] == [part.headers for part in parts]
    for head, part in zip(peek(payload), parts, strict=True):
        assert isinstance(part.document, dict)
        assert part.document["_env"] == head.facts
        assert part.document[head.tag] == head.first


def test_the_first_head_comes_before_the_rest_is_there(bench: Bench) -> None:
    data = bench.wrap(ORDER)

    class Cut:
        size = 0

        def chunks(self) -> Iterator[bytes]:
            yield data[: data.index(b"N1*")] + b"N1*ST*X~" * 20_000
            raise AssertionError("read on")

    assert next(X12Codec().peek(Cut())).control == "0001"


def test_a_transaction_without_se_does_not_hide_the_next_one(bench: Bench) -> None:
    data = bench.wrap(ORDER, ORDER).replace(b"SE*9*0001~", b"")
    assert [head.control for head in heads(data)] == ["0001", "0002"]


def test_a_transaction_without_se_at_the_end_has_a_head(bench: Bench) -> None:
    data = bench.wrap(ORDER)
    assert [head.control for head in heads(data[: data.index(b"SE*")])] == ["0001"]


def test_every_interchange_of_a_file_has_its_heads(bench: Bench) -> None:
    other = bench.wrap(ORDER).replace(b"*", b"|").replace(b"000000001", b"000000002")
    found = heads(b"\xef\xbb\xbf" + bench.wrap(ORDER) + b"\r\n\r\njunk\r\n" + other)
    assert [head.interchange for head in found] == ["000000001", "000000002"]
    assert [head.first["BEG03"] for head in found] == ["PO1", "PO1"]


@pytest.mark.parametrize("start", [b"GS*", b"ST*850"])
def test_a_snippet_has_heads(bench: Bench, start: bytes) -> None:
    data = bench.wrap(ORDER)
    (head,) = heads(data[data.index(start) : data.index(b"IEA")])
    assert (head.set, head.tag, head.interchange) == ("850", "BEG", "")


def test_an_interchange_acknowledgement_has_a_head(bench: Bench) -> None:
    data = (bench.isa() + "~TA1*000000007*261121*0930*A*000~IEA*0*000000001~").encode()
    (head,) = heads(data)
    assert (head.set, head.first["TA101"]) == ("TA1", "000000007")


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_any_chunking_gives_the_same_heads(bench: Bench, size: int) -> None:
    data = bench.wrap(*[ORDER] * 300)

    class Chunked:
        size = len(data)

        def chunks(self) -> Iterator[bytes]:
            return (data[at : at + size] for at in range(0, len(data), size))

    assert [head.control for head in peek(Chunked())] == [f"{n:04}" for n in range(1, 301)]


@pytest.mark.parametrize("data", [b"", b"hello", b"UNB+UNOA", b"ISA*", b"ISA*00*"])
def test_what_is_no_x12_has_no_heads(data: bytes) -> None:
    assert heads(data) == []
