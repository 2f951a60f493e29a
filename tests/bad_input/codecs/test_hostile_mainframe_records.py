"""Records of a mainframe that were cut off, moved, or transferred as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.errors import Finding, Reject
from crossdock.message import Inline

Refusal = Callable[[Codec, bytes], tuple[Finding, ...]]
Fixed = Callable[[str], Codec]

FIELDS = "record:\n  fields:\n    name: 4\n    amount: packed(5,2)\n"
RECORD = bytes.fromhex("c1c2c3c4 12345c")


def test_a_file_that_ends_inside_a_record_is_refused_at_every_length(fixed: Fixed, refusal: Refusal) -> None:
    codec = fixed(f"encoding: cp037\nrecfm: F\nwidth: 7\n{FIELDS}")
    for length in range(1, 7):
        (finding,) = refusal(codec, RECORD + RECORD[:length])
        assert (finding.code, finding.place.byte) == ("C453", 7)


@pytest.mark.parametrize("recfm", ["V", "VB"])
def test_a_file_with_described_records_is_refused_wherever_it_is_cut(recfm: str, fixed: Fixed) -> None:
    codec = fixed(f"encoding: cp037\nrecfm: {recfm}\n{FIELDS}")
    data = b"".join(codec.write([{"name": "ABCD", "amount": 1}]))
    for length in range(1, len(data)):
        with pytest.raises(Reject) as caught:
            list(codec.read(Inline(data[:length])))
        assert caught.value.code == "C453"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\0\x03\0\0", "C454"),
        (b"\0\x0b\x01\0" + RECORD, "C455"),
        (b"\0\x0b\0\x07" + RECORD, "C454"),
        (b"\xff\xff\0\0" + RECORD, "C453"),
        (b"\r\n\0\0" + RECORD, "C453"),
    ],
)
def test_a_descriptor_word_that_lies_is_told(data: bytes, code: str, fixed: Fixed, refusal: Refusal) -> None:
    assert [one.code for one in refusal(fixed(f"encoding: cp037\nrecfm: V\n{FIELDS}"), data)] == [code]


def test_a_record_that_reaches_out_of_its_block_is_told(fixed: Fixed, refusal: Refusal) -> None:
    data = b"\0\x0f\0\0" + b"\0\x0c\0\0" + RECORD + b"\x40" * 9
    assert [one.code for one in refusal(fixed(f"encoding: cp037\nrecfm: VB\n{FIELDS}"), data)] == ["C454"]


@pytest.mark.parametrize("value", [value for value in range(256) if value != 0x40])
def test_one_byte_again_and_again_is_no_packed_number(value: int, fixed: Fixed) -> None:
    codec = fixed(f"encoding: cp037\nrecfm: F\nwidth: 7\n{FIELDS}")
    with pytest.raises(Reject, match="C450"):
        list(codec.read(Inline(bytes([value]) * 7)))


def test_spaces_in_a_packed_field_are_null(fixed: Fixed) -> None:
    codec = fixed(f"encoding: cp037\nrecfm: F\nwidth: 7\n{FIELDS}")
    (part,) = codec.read(Inline(b"\x40" * 7))
    assert isinstance(part, Part)
    assert part.document == {"name": None, "amount": None}
