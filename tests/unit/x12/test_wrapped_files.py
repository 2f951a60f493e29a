"""Files whose lines were wrapped at a width, wherever the breaks fall."""

from __future__ import annotations

import pytest
from tests.unit.x12.conftest import ORDER, Bench

from crossdock.codecs.x12.peek import peek
from crossdock.errors import errors_in
from crossdock.message import Inline

WRAPPED = {"X114", "X149", "X107"}


def wrap(data: bytes, width: int, newline: bytes) -> bytes:
    return newline.join(data[at : at + width] for at in range(0, len(data), width))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("width", [*range(60, 132), 7, 20, 200])
def test_every_transaction_is_read_whole(bench: Bench, width: int, newline: bytes) -> None:
    plain = bench.wrap(ORDER, ORDER, ORDER)
    data = wrap(plain, width, newline)
    outcome, expected = bench.read(data), bench.read(plain)
    assert [part.document["PO1"] for part in outcome.parts if isinstance(part.document, dict)] == [
        part.document["PO1"] for part in expected.parts if isinstance(part.document, dict)
    ]
    assert {*outcome.codes, *outcome.remarked} <= WRAPPED
    assert not any(errors_in(part.findings) for part in outcome.parts)
    assert [head.control for head in peek(Inline(data))] == ["0001", "0002", "0003"]


def test_a_place_in_a_wrapped_file_is_that_of_the_file(bench: Bench) -> None:
    data = wrap(bench.wrap(ORDER), 80, b"\r\n")
    place = bench.read(data).part.place("/PO1/0/PO107")
    assert place is not None
    assert place.byte is not None
    assert data[place.byte :].replace(b"\r\n", b"").startswith(b"SKU1~")
