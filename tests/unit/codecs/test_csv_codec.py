"""The csv codec: what it reads, splits, writes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crossdock.codecs.contract import Part
from crossdock.codecs.csv import CsvCodec
from crossdock.codecs.csv.options import CsvOptions
from crossdock.errors import Place
from crossdock.message import Document, Inline, Payload

Cut = Callable[[bytes, int], Payload]


def codec(**options: object) -> CsvCodec:
    return CsvCodec(CsvOptions.model_validate(options))


def parts(made: CsvCodec, payload: Payload) -> list[Part]:
    return [part for part in made.read(payload) if isinstance(part, Part)]


def documents(made: CsvCodec, data: bytes) -> list[Document]:
    return [part.document for part in parts(made, Inline(data))]


def test_each_row_is_a_dict_of_texts_under_the_header() -> None:
    assert documents(codec(), b"sku,qty\r\n007,1.50\r\nB,\r\n") == [
        {"sku": "007", "qty": "1.50"},
        {"sku": "B", "qty": ""},
    ]


def test_blank_lines_are_no_rows() -> None:
    assert documents(codec(), b"a\n1\n\n\n2\n\n") == [{"a": "1"}, {"a": "2"}]


def test_an_empty_field_in_quotes_is_a_row() -> None:
    assert documents(codec(), b'a\n""\n') == [{"a": ""}]


@pytest.mark.parametrize(
    ("options", "data"),
    [
        ({"delimiter": ";"}, b"a;b\n1;2\n"),
        ({"delimiter": "tab"}, b"a\tb\n1\t2\n"),
        ({"delimiter": "|", "quote": "'"}, b"'a'|b\n1|'2'\n"),
        ({"header": False, "columns": ["a", "b"]}, b"1,2\n"),
        ({"columns": ["b", "a"]}, b"a,b\n1,2\n"),
        ({"skip": 2}, b"Stock list\n,,,\na,b\n1,2\n"),
        ({"trailer": {"starts": "TRL", "count": 3}}, b"a,b\n1,2\nTRL,x,1,y\n"),
        ({"trailer": {"starts": "TRL"}}, b"a,b\n1,2\nTRL\n"),
        ({"encoding": "utf-16"}, "a,b\n1,2\n".encode("utf-16")),
    ],
)
def test_the_options_say_how_the_file_is_written(options: dict[str, object], data: bytes, cut: Cut) -> None:
    for payload in (Inline(data), cut(data, 1)):
        (part,) = parts(codec(**options), payload)
        assert part.document == {"a": "1", "b": "2"}
        (alone,) = parts(codec(**options), Inline(part.raw()))
        assert alone.document == part.document


def test_cp1252_is_read_by_option() -> None:
    assert documents(codec(encoding="cp1252"), b"name\nM\xfcller\x80\n") == [{"name": "Müller€"}]


def test_a_part_is_a_row_under_its_header_with_a_trailer_that_counts_it() -> None:
    made = codec(skip=1, trailer={"starts": "TRL", "count": 2})
    second = parts(made, Inline(b'x\r\nsku,text\r\nA,1\r\nB,"2\r\n3"\r\nTRL,2,end\r\n'))[1]
    assert second.raw() == b'x\r\nsku,text\r\nB,"2\r\n3"\r\nTRL,1,end\n'


def test_a_place_is_the_line_and_column_of_the_field() -> None:
    first, second = parts(codec(), Inline(b'a,b\n"x\n""y""",2\n3,4\n'))
    assert first.place("/b") == Place(line=3, column=8, element="b", pointer="/b")
    assert second.place("/a") == Place(line=4, column=1, element="a", pointer="/a")
    assert second.place("") == Place(line=4)
    assert second.place("/zz") is None


def test_a_whole_file_is_the_list_of_its_rows() -> None:
    data = b"a,b\n1,2\n3,4\n"
    whole = codec().whole(Inline(data))
    assert whole.document == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert whole.raw() == data
    assert whole.place("/1/b") == Place(line=3, column=3, element="b", pointer="/b")
    assert whole.place("/2/b") is None
    assert whole.place("/x") is None


def test_a_header_alone_is_an_empty_list_with_a_note() -> None:
    whole = codec().whole(Inline(b"a,b\n"))
    assert (whole.document, [one.code for one in whole.findings]) == ([], ["S130"])


def test_values_are_written_in_full_and_quoted_only_where_they_must_be() -> None:
    row: Document = {"t": 'a"b', "u": "a b", "n": 7, "d": Decimal("1E+3"), "e": Decimal("1.50"), "f": False, "x": None}
    assert b"".join(codec().write([row])) == b't,u,n,d,e,f,x\n"a""b",a b,7,1000,1.50,false,\n'


def test_the_columns_of_the_options_give_the_order_and_the_header() -> None:
    row: Document = {"b": "2", "a": "1"}
    assert b"".join(codec(columns=["a", "b"]).write([row])) == b"a,b\n1,2\n"
    assert b"".join(codec(columns=["a", "b"], header=False, newline="crlf").write([row])) == b"1,2\r\n"
    assert b"".join(codec(columns=["a", "b"]).write([])) == b"a,b\n"


def test_a_trailer_counts_the_rows_that_were_written() -> None:
    made = codec(trailer={"starts": "TRL", "count": 3})
    assert b"".join(made.write([{"a": "1"}, {"a": "2"}])) == b"a\n1\n2\nTRL,,2\n"


@pytest.mark.parametrize(
    "options",
    [
        {"header": False},
        {"columns": ["a", "a"]},
        {"delimiter": ";;"},
        {"delimiter": "\n"},
        {"delimiter": '"'},
        {"encoding": "klingon"},
        {"encoding": "hex"},
        {"trailer": {"starts": "T", "count": 1}},
        {"delimeter": ";"},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CsvOptions.model_validate(options)


TEXTS = st.text(
    st.sampled_from(",;\t\"'\r\n x=") | st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)
COLUMNS = st.lists(TEXTS.filter(bool), min_size=2, max_size=4, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> list[Document]:
    columns = draw(COLUMNS)
    return draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, TEXTS)), min_size=1, max_size=4))


@settings(max_examples=80)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["lf", "crlf"]),
    st.sampled_from(["utf-8", "utf-16", "utf-32"]),
    st.integers(1, 30),
)
def test_what_is_written_is_read_again_however_it_is_cut(
    cut: Cut, table: list[Document], delimiter: str, newline: str, encoding: str, piece: int
) -> None:
    made = codec(delimiter=delimiter, newline=newline, encoding=encoding)
    data = b"".join(made.write(table))
    read = parts(made, cut(data, piece))
    assert [part.document for part in read] == table
    for part in read:
        assert documents(made, part.raw()) == [part.document]
