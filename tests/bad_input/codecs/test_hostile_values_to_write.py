"""Values never become structure: what a format cannot carry is a finding with its pointer, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.csv import CsvCodec
from crossdock.codecs.csv.options import CsvOptions
from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.xml import XmlCodec
from crossdock.codecs.xml.options import XmlOptions
from crossdock.errors import Reject
from crossdock.message import Document, Inline
from crossdock.xml_tree import Shape

Fixed = Callable[[str], Codec]


def told(codec: Codec, *documents: Document) -> list[tuple[str, str | None]]:
    with pytest.raises(Reject) as caught:
        b"".join(codec.write(documents))
    return [(one.code, one.place.pointer) for one in caught.value.findings]


def csv(**options: object) -> CsvCodec:
    return CsvCodec(CsvOptions.model_validate(options))


def xml(**options: object) -> XmlCodec:
    made = XmlOptions.model_validate(options)
    return XmlCodec(made, Shape(namespaces=made.namespaces, lists=made.lists))


# --- JSON ---


def test_json_has_no_nan_no_half_characters_and_no_nul() -> None:
    document: Document = {"a": Decimal("NaN"), "b": ["\ud800", Decimal("1E+999")], "c": {"d\0": "x\0"}}
    findings = told(JsonCodec(JsonOptions()), document)
    assert sorted(findings, key=str) == [
        ("J201", "/b/0"),
        ("J201", "/c"),
        ("J201", "/c/d\0"),
        ("J202", "/a"),
        ("J202", "/b/1"),
    ]


# --- whole numbers that are too long for a text ---


def test_a_whole_number_of_thousands_of_digits_is_a_finding(fixed: Fixed) -> None:
    layout = "record: {fields: {a: 5, b: {width: 5, type: int}, c: {width: 5, decimals: 2, point: '.'}}}"
    endless: Document = 10**5000
    assert told(fixed(layout), {"a": endless, "b": endless, "c": endless}) == [
        ("F205", "/a"),
        ("F205", "/b"),
        ("F205", "/c"),
    ]
    assert told(csv(), {"a": endless}) == [("S208", "/a")]
    assert told(JsonCodec(JsonOptions()), {"a": [endless, 10**400, "x"]}) == [("J202", "/a/1"), ("J202", "/a/0")]


# --- XML ---


def test_xml_has_no_control_characters_and_no_half_characters() -> None:
    assert told(xml(root="o"), {"a": "x\0", "b": ["ok", "\x0b"], "@c": "\ud800", "d": "\uffff"}) == [
        ("L205", "/a"),
        ("L205", "/b/1"),
        ("L205", "/@c"),
        ("L205", "/d"),
    ]


@pytest.mark.parametrize("key", ["", "a b", "1a", "a><b", "-a", "x:y", ":", "a/b", "\u00b7"])
def test_a_key_that_is_no_name_is_never_written_as_a_tag(key: str) -> None:
    pointer = "/" + key.replace("/", "~1")
    assert told(xml(root="o"), {key: "x"}) == [("L202", pointer)]


def test_markup_in_values_is_text() -> None:
    data = b"".join(xml(root="o").write([{"a": "<b>&amp;</b>]]>", "@k": "\"'<\n"}]))
    assert xml(root="o").whole(Inline(data)).document == {"a": "<b>&amp;</b>]]>", "@k": "\"'<\n"}


def test_xml_refuses_what_has_no_form() -> None:
    document: Document = {"a": [["x"]], "@b": {"c": "x"}, "#text": ["x"], "n": Decimal("1E+500")}
    assert told(xml(root="o"), document) == [("L203", "/a/0"), ("L204", "/@b"), ("L204", "/#text"), ("L206", "/n")]


def test_a_document_that_is_xml_already_is_checked_before_it_passes() -> None:
    assert told(xml(), "<a><b></a>") == [("L102", None)]
    assert told(xml(), '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>') == [("L101", None)]
    assert told(xml(), "no XML at all") == [("L102", None)]
    assert told(xml(root="Order"), "<Invoice/>") == [("L211", None)]


# --- CSV ---


def test_delimiters_quotes_and_line_breaks_in_values_stay_values() -> None:
    document: Document = {"a": 'x,"y"\r\nz', "b": "1\r2", "c": "\ufeff"}
    data = b"".join(csv().write([document]))
    (part,) = csv().read(Inline(data))
    assert isinstance(part, Part)
    assert part.document == document


def test_csv_refuses_rows_of_another_shape() -> None:
    documents: list[Document] = [{"a": "1", "b": "2"}, {"a": "1"}, {"a": "1", "b": "2", "c": "3"}, ["1", "2"]]
    assert told(csv(), *documents) == [("S202", "/b"), ("S203", "/c"), ("S201", None)]


def test_csv_refuses_values_that_are_no_field() -> None:
    document: Document = {"a": ["x"], "b": {"c": "x"}, "d": "x\0", "e": Decimal("Infinity")}
    assert told(csv(), document) == [("S204", "/a"), ("S204", "/b"), ("S205", "/d"), ("S208", "/e")]


def test_a_character_the_encoding_does_not_have_is_refused_and_never_replaced() -> None:
    assert told(csv(encoding="cp1252"), {"a": "ü", "b": "中"}) == [("S205", "/b")]


def test_a_row_cannot_pass_as_the_trailer() -> None:
    assert told(csv(trailer={"starts": "TRL"}), {"a": "TRL", "b": "1"}) == [("S206", "/a")]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\tx"])
def test_spreadsheet_safe_files_have_no_formulas(text: str) -> None:
    data = b"".join(csv(spreadsheet_safe=True).write([{"a": text, "b": Decimal("-1.5"), "c": "-5"}]))
    assert data == f"a,b,c\n'{text},-1.5,-5\n".encode()


# --- fixed width ---

LAYOUT = """
encoding: cp1252
record:
  tag: A
  fields:
    name: 5
    count: {width: 3, type: int}
    price: {width: 6, decimals: 2}
    day: {width: 6, type: date, format: YYMMDD}
    code: {width: 2, required: true}
  groups:
    notes: {tag: N, fields: {text: 3}}
"""


def test_an_overflow_is_refused_and_never_cut(fixed: Fixed) -> None:
    document: Document = {"name": "toolong", "count": 1000, "price": Decimal("12345.67"), "code": "ok"}
    assert told(fixed(LAYOUT), document) == [("F201", "/name"), ("F201", "/count"), ("F201", "/price")]


def test_a_sign_needs_its_column_too(fixed: Fixed) -> None:
    assert told(fixed(LAYOUT), {"count": -100, "code": "ok"}) == [("F201", "/count")]


def test_a_number_is_never_rounded(fixed: Fixed) -> None:
    assert told(fixed(LAYOUT), {"count": Decimal("1.5"), "price": Decimal("0.005"), "code": "ok"}) == [
        ("F206", "/count"),
        ("F206", "/price"),
    ]


def test_a_line_break_never_becomes_a_second_line(fixed: Fixed) -> None:
    for text in ("a\nb", "a\rb", "a\x1ab", "a\x85b", "a\u2028"):
        assert told(fixed(LAYOUT), {"name": text, "code": "ok"})[0] == ("F204", "/name")


def test_every_other_value_that_does_not_fit_is_told(fixed: Fixed) -> None:
    document: Document = {
        "name": ["x"],
        "count": "many",
        "price": True,
        "day": "1999-12-31",
        "code": None,
        "nmae": "x",
        "notes": [{"text": "中"}, "x"],
    }
    assert told(fixed(LAYOUT), document) == [
        ("F208", "/nmae"),
        ("F205", "/name"),
        ("F205", "/count"),
        ("F205", "/price"),
        ("F207", "/day"),
        ("F202", "/code"),
        ("F203", "/notes/0/text"),
        ("F209", "/notes/1"),
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "20261120", "2026-11-20T00:00:00Z", "tomorrow", 20261120])
def test_only_a_day_of_the_calendar_is_a_date(day: Document, fixed: Fixed) -> None:
    assert told(fixed(LAYOUT), {"day": day, "code": "ok"}) == [("F207", "/day")]


def test_a_value_cannot_make_its_line_look_like_another_record(fixed: Fixed) -> None:
    layout = "record: {fields: {name: 5}}\ntrailer: {tag: TRL, fields: {n: {width: 2, count: records}}}"
    assert told(fixed(layout), {"name": "TRL01"}) == [("F210", None)]
    assert b"".join(fixed(layout).write([{"name": "ATRL"}])) == b"ATRL \nTRL01\n"


def test_a_trailer_that_cannot_hold_its_count_is_refused(fixed: Fixed) -> None:
    layout = "record: {fields: {n: 1}}\ntrailer: {tag: T, fields: {c: {width: 1, count: records}}}"
    tens: list[Document] = [{"n": "x"}] * 10
    assert told(fixed(layout), *tens) == [("F201", "/c")]


def test_the_findings_of_all_documents_are_told_with_their_number(fixed: Fixed) -> None:
    with pytest.raises(Reject) as caught:
        b"".join(fixed(LAYOUT).write([{"code": "ok"}, {"code": ""}, {"code": "abc"}]))
    assert [(one.code, one.place.element) for one in caught.value.findings] == [
        ("F202", "document 2"),
        ("F201", "document 3"),
    ]
