"""EBCDIC, packed, zoned and binary numbers, and records that are no lines: both ways, to the byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.edi.local import Local
from crossdock.codecs.fixed import CODEC
from crossdock.codecs.fixed.charset import charset
from crossdock.codecs.idoc.model import Described
from crossdock.errors import ConfigError, Reject
from crossdock.message import Document, Inline, Payload
from crossdock.yaml_source import Authored, load

Cut = Callable[[bytes, int], Payload]

FIELDS = """
  fields:
    number: 4
    amount: packed(7,2)
    count: zoned(3)
    parts: binary(4)
"""
FIXED = f"encoding: cp037\nrecfm: FB\nwidth: 13\nrecord:{FIELDS}"


@dataclass(frozen=True)
class Layouts:
    text: str

    def layout(self, name: str) -> Authored:
        return load(self.text.encode(), f"mappings/layouts/{name}.yaml")

    def local_versions(self, standard: str) -> Mapping[str, Local]:
        return {}

    def idoc_descriptions(self) -> Sequence[Described]:
        return ()


def codec(layout: str) -> Codec:
    return CODEC.open(CODEC.options(layout="example"), Layouts(layout))


def documents(made: Codec, data: bytes | Payload) -> list[Document]:
    payload = Inline(data) if isinstance(data, bytes) else data
    return [part.document for part in made.read(payload) if isinstance(part, Part)]


RECORD: dict[str, Document] = {"number": "A1", "amount": Decimal("12.34"), "count": -7, "parts": 258}
BYTES = bytes.fromhex("c1f14040 0001234c f0f0d7 0102")


def test_a_record_is_read_byte_by_byte_as_cobol_wrote_it() -> None:
    assert documents(codec(FIXED), BYTES) == [RECORD]


def test_a_document_is_written_as_cobol_would_read_it() -> None:
    assert b"".join(codec(FIXED).write([RECORD])) == BYTES


@pytest.mark.parametrize(
    ("text", "value"),
    [("0001234c", "12.34"), ("0001234d", "-12.34"), ("0001234f", "12.34"), ("0001234a", "12.34"), ("0001234b", "-12.34"),
     ("9999999c", "99999.99"), ("0000000d", "0.00")],
)  # fmt: skip
def test_every_sign_of_a_packed_number_is_known(text: str, value: str) -> None:
    (found,) = documents(codec(FIXED), BYTES[:4] + bytes.fromhex(text) + BYTES[8:])
    assert isinstance(found, dict)
    assert found["amount"] == Decimal(value)


@pytest.mark.parametrize(("data", "place"), [("000a234c", 5), ("00012345", 5), ("00000000", 5)])
def test_a_half_byte_that_is_no_digit_or_no_sign_is_told_with_its_byte(data: str, place: int) -> None:
    with pytest.raises(Reject) as caught:
        documents(codec(FIXED), BYTES + BYTES[:4] + bytes.fromhex(data) + BYTES[8:])
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line, finding.place.column, finding.place.byte) == ("C450", 2, place, 17)


def test_spaces_in_a_packed_field_are_null_and_written_again() -> None:
    data = BYTES[:4] + b"\x40" * 7 + BYTES[11:]
    found = documents(codec(FIXED), data)
    assert found == [{"number": "A1", "amount": None, "count": None, "parts": 258}]
    assert b"".join(codec(FIXED).write(found)) == data


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("amount", Decimal("100000.00"), "C452"), ("amount", Decimal("1.234"), "F206"), ("count", 1000, "C452"),
     ("parts", 10_000, "C452"), ("parts", None, "F202"), ("amount", "x", "F205"), ("number", "€", "F203")],
)  # fmt: skip
def test_what_does_not_fit_is_a_finding(field: str, value: Document, code: str) -> None:
    with pytest.raises(Reject) as caught:
        b"".join(codec(FIXED).write([{**RECORD, field: value}]))
    assert [(one.code, one.place.pointer) for one in caught.value.findings] == [(code, f"/{field}")]


@pytest.mark.parametrize("recfm", ["V", "VB"])
def test_records_of_any_length_have_it_before_them(recfm: str) -> None:
    made = codec(f"encoding: cp500\nrecfm: {recfm}\nrecord:{FIELDS}")
    data = b"".join(made.write([RECORD, RECORD]))
    assert documents(made, data) == [RECORD, RECORD]
    assert data[:4] == (b"\0\x11\0\0" if recfm == "V" else b"\0\x15\0\0")


def test_zoned_numbers_in_ascii_have_a_letter_for_their_sign() -> None:
    made = codec("encoding: latin-1\nrecord:\n  fields:\n    a: zoned(4,2)\n    b: zoned(3)\n")
    assert documents(made, b"123}00C\n0005000\n") == [{"a": Decimal("-12.30"), "b": 3}, {"a": Decimal("0.05"), "b": 0}]
    assert b"".join(made.write([{"a": Decimal("-12.30"), "b": 3}])) == b"123}00C\n"


@pytest.mark.parametrize(
    ("page", "byte", "character"), [("cp1047", 0xAD, "["), ("cp1141", 0x9F, "€"), ("cp1148", 0x9F, "€")]
)
def test_code_pages_python_has_not_are_known(page: str, byte: int, character: str) -> None:
    made = charset(page)
    assert made is not None
    assert made.text(bytes([byte])) == character
    assert made.data(made.text(bytes(range(256)))) == bytes(range(256))


@pytest.mark.parametrize("page", ["cp037", "cp273", "cp500", "cp1140", "cp1047", "cp1141", "latin-1"])
def test_every_byte_has_a_character_and_goes_back_to_itself(page: str) -> None:
    made = charset(page)
    assert made is not None
    assert made.data(made.text(bytes(range(256)))) == bytes(range(256))


AMOUNTS = st.integers(-9_999_999, 9_999_999).map(lambda number: Decimal(number).scaleb(-2))
ROWS = st.fixed_dictionaries(
    {
        "number": st.text(st.sampled_from("AZ09-äß[]"), max_size=4).map(lambda text: text.strip() or None),
        "amount": AMOUNTS,
        "count": st.integers(-999, 999),
        "parts": st.integers(-9999, 9999),
    }
)


@settings(max_examples=100)
@given(
    st.lists(ROWS, max_size=4),
    st.sampled_from(["FB", "V", "VB"]),
    st.sampled_from(["cp273", "cp1047"]),
    st.integers(1, 9),
)
def test_what_is_written_is_read_again_however_it_is_cut(
    rows: list[Document], recfm: str, page: str, size: int
) -> None:
    made = codec(f"encoding: {page}\nrecfm: {recfm}\n{'width: 13' if recfm == 'FB' else ''}\nrecord:{FIELDS}")
    data = b"".join(made.write(rows))
    assert documents(made, data) == rows
    assert b"".join(made.write(documents(made, Pieces(data, size)))) == data


@dataclass(frozen=True)
class Pieces:
    data: bytes
    piece: int

    @property
    def size(self) -> int:
        return len(self.data)

    def chunks(self):  # type: ignore[no-untyped-def]  # an iterator of bytes
        for start in range(0, len(self.data), self.piece):
            yield self.data[start : start + self.piece]


def test_a_part_is_a_payload_that_decodes_to_itself() -> None:
    (part, _) = list(codec(FIXED).read(Inline(BYTES * 2)))
    assert isinstance(part, Part)
    assert part.raw() == BYTES
    place = part.place("/amount")
    assert place is not None
    assert (place.line, place.column, place.byte) == (1, 5, 4)


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        (f"encoding: utf-8\nrecfm: F\nwidth: 13\nrecord:{FIELDS}", "C456"),
        (f"encoding: cp1252\nrecfm: F\nwidth: 13\nrecord:{FIELDS}", "C456"),
        (f"encoding: cp037\nrecfm: F\nrecord:{FIELDS}", "C457"),
        (f"encoding: cp037\nrecord:{FIELDS}", "C457"),
        ("encoding: cp1047\nrecord:\n  fields:\n    a: 3\n", "C456"),
        ("encoding: cp037\nrecfm: F\nwidth: 9\nrecord:\n  width: 4\n  fields:\n    a: 3\n", "C457"),
        ("encoding: cp037\nrecfm: V\nrecord:\n  fields:\n    a: {type: packed, digits: 3, decimals: 4}\n", "C457"),
        ("encoding: cp037\nrecfm: V\nrecord:\n  fields:\n    a: {type: packed, digits: 3, width: 9}\n", "C457"),
        ("encoding: cp037\nrecfm: V\nrecord:\n  fields:\n    a: {width: 3, digits: 4}\n", "F304"),
        ("encoding: cp037\nrecfm: V\nrecord:\n  fields:\n    a: packed(x)\n", "F301"),
    ],
)
def test_a_layout_that_cannot_work_is_told_when_it_is_loaded(layout: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        codec(layout)
    assert code in [one.code for one in caught.value.findings]
