"""The fixed codec: several kinds of record, header and trailer, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.contract import Codec, Part
from crossdock.errors import ConfigError, Place, Reject
from crossdock.message import Document, Inline, Payload

Cut = Callable[[bytes, int], Payload]
Fixed = Callable[[str], Codec]

ERP_ORDER = (Path(__file__).parents[3] / "mappings/layouts/erp-order.yaml").read_text()

ORDER: Document = {
    "number": "4711",
    "ordered_on": "2026-11-20",
    "customer": "C-1001",
    "ship_to": "DC-NORTH",
    "currency": "USD",
    "lines": [
        {"line": 1, "sku": "SKU-100", "quantity": Decimal("12.000"), "unit": "EA", "unit_price": Decimal("12.5000")},
        {"line": 2, "sku": "Ölkanne", "quantity": Decimal("0.125"), "unit": "BX", "unit_price": None},
    ],
}
SMALL_ORDER: Document = {
    "number": "4712",
    "ordered_on": "2026-11-21",
    "customer": "C-1002",
    "ship_to": None,
    "currency": "EUR",
    "lines": [{"line": 1, "sku": "A", "quantity": Decimal("-1.000"), "unit": "EA", "unit_price": Decimal("0.0001")}],
}
ERP_LINES = [
    "ORD4711           20261120C-1001    DC-NORTH  USD",
    "LIN0001SKU-100             00000012000EA 0000000125000",
    "LIN0002Ölkanne             00000000125BX",
    "ORD4712           20261121C-1002              EUR",
    "LIN0001A                   -0000001000EA 0000000000001",
    "TRL00000020000003000000000011125",
]
ERP_FILE = "".join(line.ljust(80) + "\r\n" for line in ERP_LINES).encode("cp1252")


def parts(codec: Codec, payload: Payload) -> list[Part]:
    return [part for part in codec.read(payload) if isinstance(part, Part)]


def text_of(codec: Codec, *documents: Document) -> str:
    return b"".join(codec.write(documents)).decode()


def refused(codec: Codec, data: bytes) -> list[str]:
    with pytest.raises(Reject) as caught:
        next(codec.read(Inline(data)))
    return [one.code for one in caught.value.findings]


# --- the ERP's order file ---


def test_orders_become_the_erps_import_file(fixed: Fixed) -> None:
    assert b"".join(fixed(ERP_ORDER).write([ORDER, SMALL_ORDER])) == ERP_FILE


def test_the_erps_import_file_becomes_orders_again(fixed: Fixed, cut: Cut) -> None:
    for payload in (Inline(ERP_FILE), cut(ERP_FILE, 1), cut(ERP_FILE, 83)):
        assert [part.document for part in parts(fixed(ERP_ORDER), payload)] == [ORDER, SMALL_ORDER]


def test_an_order_decodes_on_its_own_between_header_and_trailer_that_count_it(fixed: Fixed) -> None:
    codec = fixed(ERP_ORDER)
    first, second = parts(codec, Inline(ERP_FILE))
    assert second.raw().splitlines()[-1].rstrip() == b"TRL00000010000001-00000000001000"
    for part in (first, second):
        (alone,) = parts(codec, Inline(part.raw()))
        assert alone.document == part.document


def test_a_place_is_line_and_column_of_the_field(fixed: Fixed) -> None:
    first, second = parts(fixed(ERP_ORDER), Inline(ERP_FILE))
    assert first.place("/lines/1/quantity") == Place(line=3, column=28, element="quantity", pointer="/lines/1/quantity")
    assert second.place("/currency") == Place(line=4, column=47, element="currency", pointer="/currency")
    assert second.place("/lines/0") == Place(line=5, column=1, element="lines", pointer="/lines/0")
    assert second.place("/lines/0/nothing") is None


def test_a_whole_file_is_the_list_of_its_records(fixed: Fixed) -> None:
    whole = fixed(ERP_ORDER).whole(Inline(ERP_FILE))
    assert whole.document == [ORDER, SMALL_ORDER]
    assert whole.raw() == ERP_FILE
    place = whole.place("/1/lines/0/sku")
    assert place is not None
    assert (place.line, place.column) == (5, 8)


def test_no_orders_are_a_trailer_that_says_so(fixed: Fixed) -> None:
    codec = fixed(ERP_ORDER)
    data = b"".join(codec.write([]))
    assert data.rstrip() == b"TRL00000000000000000000000000000"
    assert parts(codec, Inline(data)) == []


# --- fields ---


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("5", "ab", "ab   "),
        ("{width: 5, align: right}", "ab", "   ab"),
        ("{width: 5, pad: '*'}", "ab", "ab***"),
        ("{width: 5}", None, "     "),
        ("{width: 5, type: int}", 42, "00042"),
        ("{width: 5, type: int}", -42, "-0042"),
        ("{width: 5, type: int, sign: trailing}", -42, "0042-"),
        ("{width: 5, type: int, pad: ' '}", 42, "   42"),
        ("{width: 5, type: int, align: left, pad: ' '}", -42, "-42  "),
        ("{width: 5, type: int}", None, "     "),
        ("{width: 6, decimals: 2}", Decimal("12.50"), "001250"),
        ("{width: 6, decimals: 2}", Decimal("-0.05"), "-00005"),
        ("{width: 6, decimals: 0}", Decimal(7), "000007"),
        ("{width: 8, decimals: 2, point: '.'}", Decimal("-12.50"), "-0012.50"),
        ("{width: 8, decimals: 2, point: ',', pad: ' '}", Decimal("12.50"), "   12,50"),
        ("{width: 8, point: ',', sign: trailing, pad: ' '}", Decimal("-12.5"), "   12,5-"),
        ("{width: 8, type: date}", "2026-11-20", "20261120"),
        ("{width: 10, format: DD.MM.YYYY}", "2026-11-20", "20.11.2026"),
        ("{width: 6, format: YYMMDD}", "2026-11-20", "261120"),
        ("{width: 8, type: date}", None, "        "),
    ],
)
def test_a_field_is_written_and_read(field: str, value: Document, text: str, fixed: Fixed) -> None:
    codec = fixed(f"record: {{tag: A, fields: {{x: {field}}}}}")
    assert text_of(codec, {"x": value}) == f"A{text}\n"
    (part,) = parts(codec, Inline(f"A{text}\n".encode()))
    assert part.document == {"x": value}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("{width: 5, type: int}", "   42", 42),
        ("{width: 5, type: int}", "42   ", 42),
        ("{width: 5, type: int}", "+0042", 42),
        ("{width: 5, type: int, sign: trailing}", "0042+", 42),
        ("{width: 5, type: int, pad: '*'}", "***42", 42),
        ("{width: 8, type: date}", "00000000", None),
        ("{width: 5, decimals: 2}", "00000", Decimal("0.00")),
    ],
)
def test_what_others_write_is_read_too(field: str, text: str, value: Document, fixed: Fixed) -> None:
    (part,) = parts(fixed(f"record: {{tag: A, fields: {{x: {field}}}}}"), Inline(f"A{text}\n".encode()))
    assert part.document == {"x": value}


def test_numbers_may_come_as_text_or_whole_decimals(fixed: Fixed) -> None:
    codec = fixed("record: {fields: {a: {width: 3, type: int}, b: {width: 5, decimals: 2}}}")
    assert text_of(codec, {"a": "7", "b": "1.5"}, {"a": Decimal("7.0"), "b": 2}) == "00700150\n00700200\n"


def test_a_default_is_written_where_the_document_has_nothing(fixed: Fixed) -> None:
    codec = fixed(
        "record: {fields: {a: {width: 3, default: XX, required: true}, b: {width: 3, type: int, default: 0}}}"
    )
    assert text_of(codec, {}, {"a": "", "b": None}, {"a": "q", "b": 1}) == "XX 000\nXX 000\nq  001\n"


def test_a_constant_is_written_and_is_not_in_the_document(fixed: Fixed) -> None:
    codec = fixed("record: {fields: {a: {width: 3, value: XX}, n: 2}}")
    assert text_of(codec, {"n": "1"}) == "XX 1 \n"
    assert parts(codec, Inline(b"XX 1 \n"))[0].document == {"n": "1"}


def test_a_start_leaves_a_gap_and_a_tag_may_stand_anywhere(fixed: Fixed) -> None:
    codec = fixed("record: {width: 12, tag: {text: '#', at: 3}, fields: {a: 2, b: 1, c: {width: 2, start: 8}}}")
    assert text_of(codec, {"a": "xx", "b": "y", "c": "zz"}) == "xx#y   zz   \n"


def test_trimmed_lines_are_read_where_the_layout_allows_them(fixed: Fixed) -> None:
    (part,) = parts(fixed("trimmed: true\nrecord: {tag: A, fields: {a: 3, b: 5}}"), Inline(b"Ax\n"))
    assert part.document == {"a": "x", "b": None}


# --- records ---

NESTED = """
header: {fields: {file: {width: 4, default: ORDS}, lines: {width: 3, count: all}}}
record:
  fields:
    name: {width: 7}
  groups:
    address:
      single: true
      fields: {street: 7}
      groups:
        notes: {tag: {text: "#", at: 2}, fields: {kind: {width: 1, start: 1}, text: 5}}
    total:
      tag: "="
      single: true
      fields: {notes: {width: 2, count: notes}}
trailer: {fields: {notes: {width: 7, count: address.notes}}}
"""


def test_records_without_a_tag_are_known_by_their_place(fixed: Fixed) -> None:
    layout = NESTED[: NESTED.index("    total:")] + NESTED[NESTED.index("trailer:") :]
    codec = fixed(layout)
    documents: list[Document] = [
        {
            "name": "Ann",
            "address": {"street": "Elm", "notes": [{"kind": "x", "text": "one"}, {"kind": None, "text": "two"}]},
        },
        {"name": "Bob", "address": {"street": "Oak", "notes": []}},
    ]
    data = text_of(codec, *documents)
    assert data.splitlines() == ["ORDS008", "Ann    ", "Elm    ", "x#one  ", " #two  ", "Bob    ", "Oak    ", "0000002"]
    read = parts(codec, Inline(data.encode()))
    assert [part.document for part in read] == documents
    assert read[0].headers == {"header.file": "ORDS"}
    for part in read:
        (alone,) = parts(codec, Inline(part.raw()))
        assert alone.document == part.document


def test_a_count_of_a_record_that_is_not_below_it_is_a_mistake_of_the_layout(fixed: Fixed) -> None:
    with pytest.raises(ConfigError) as caught:
        fixed(NESTED)
    assert caught.value.code == "F311"


def test_a_record_may_count_what_belongs_to_it(fixed: Fixed) -> None:
    codec = fixed(
        "record: {tag: A, fields: {n: {width: 2, count: lines}, q: {width: 3, sum: lines.q}},"
        " groups: {lines: {tag: L, fields: {q: {width: 4, type: int}}}}}"
    )
    assert text_of(codec, {"lines": [{"q": 1}, {"q": 20}]}, {}) == "A02021\nL0001\nL0020\nA00000\n"
    assert parts(codec, Inline(b"A02021\nL0001\nL0020\n"))[0].document == {"lines": [{"q": 1}, {"q": 20}]}
    assert refused(codec, b"A03021\nL0001\nL0020\n") == ["F115"]
    assert refused(codec, b"A02021\nL0001\nL0020\nA01000\n") == ["F115"]


def test_a_sum_stays_exact_beyond_any_float(fixed: Fixed) -> None:
    codec = fixed(
        "record: {tag: A, fields: {q: {width: 40, decimals: 2}}}\n"
        "trailer: {tag: T, fields: {s: {width: 40, decimals: 2, sum: q}}}"
    )
    big = Decimal("12345678901234567890123456789012345.67")
    data = text_of(codec, {"q": big}, {"q": Decimal("0.01")})
    assert data.splitlines()[-1] == "T" + "1234567890123456789012345678901234568".rjust(40, "0")
    assert [part.document for part in parts(codec, Inline(data.encode()))] == [{"q": big}, {"q": Decimal("0.01")}]


def test_a_header_that_counts_is_written_first_all_the_same(fixed: Fixed) -> None:
    codec = fixed("header: {tag: H, fields: {n: {width: 2, count: records}}}\nrecord: {tag: A, fields: {x: 1}}")
    assert text_of(codec, {"x": "1"}, {"x": "1"}, {"x": "1"}).splitlines() == ["H03", "A1", "A1", "A1"]


def test_writing_streams_where_nothing_has_to_be_known_before(fixed: Fixed) -> None:
    codec = fixed("record: {tag: A, fields: {x: 1}}\ntrailer: {tag: T, fields: {n: {width: 1, count: records}}}")
    taken: list[int] = []

    def documents() -> Iterator[Document]:
        for number in range(3):
            taken.append(number)
            yield {"x": str(number)}

    pieces = codec.write(documents())
    assert (next(pieces), taken) == (b"A0\n", [0])
    assert b"".join(pieces) == b"A1\nA2\nT3\n"


TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f\x85\xa0\xad"), min_size=1)
ORDERS = st.fixed_dictionaries(
    {
        "number": TEXTS.map(lambda text: text[:15]),
        "ordered_on": st.dates().map(lambda day: day.isoformat()),
        "customer": TEXTS.map(lambda text: text[:10]),
        "ship_to": st.none() | TEXTS.map(lambda text: text[:10]),
        "currency": st.sampled_from(["USD", "EUR"]),
        "lines": st.lists(
            st.fixed_dictionaries(
                {
                    "line": st.integers(0, 9999),
                    "sku": TEXTS.map(lambda text: text[:20]),
                    "quantity": st.decimals(-9_999_999, 99_999_999, places=3),
                    "unit": st.sampled_from(["EA", "BX"]),
                    "unit_price": st.none() | st.decimals(0, 999_999_999, places=4),
                }
            ),
            min_size=1,
            max_size=3,
        ),
    }
)


@settings(max_examples=40)
@given(st.lists(ORDERS, max_size=4), st.integers(1, 200))
def test_what_is_written_is_read_again_however_it_is_cut(
    fixed: Fixed, cut: Cut, orders: list[Document], piece: int
) -> None:
    codec = fixed(ERP_ORDER.replace("cp1252", "latin-1"))
    data = b"".join(codec.write(orders))
    read = parts(codec, cut(data, piece))
    assert [part.document for part in read] == orders
    for part in read:
        assert [alone.document for alone in parts(codec, Inline(part.raw()))] == [part.document]
