"""How an element becomes a document, and a document an element."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crossdock.errors import Reject
from crossdock.message import Document
from crossdock.xml_tree import Shape, from_document, parse, serialize, to_document
from crossdock.xml_tree.reading import Reading
from crossdock.xml_tree.shape import path_of

XSI = "http://www.w3.org/2001/XMLSchema-instance"


@pytest.mark.parametrize(
    ("xml", "document"),
    [
        ("<a>text</a>", "text"),
        ("<a/>", ""),
        ("<a> \n</a>", " \n"),
        ("<a k='1'/>", {"@k": "1"}),
        ("<a k='1'>x</a>", {"@k": "1", "#text": "x"}),
        ("<a><b>1</b><c>2</c></a>", {"b": "1", "c": "2"}),
        ("<a>\n  <b>1</b>\n  <b>2</b>\n</a>", {"b": ["1", "2"]}),
        ("<a><b>1</b><c/><b>2</b></a>", {"b": ["1", "2"], "c": ""}),
        ("<a><b><c>1</c></b></a>", {"b": {"c": "1"}}),
        (f"<a xmlns:i='{XSI}'><b i:nil='true'/></a>", {"b": None}),
        (f"<a xmlns:i='{XSI}'><b i:nil='false'>x</b></a>", {"b": {"@nil": "false", "#text": "x"}}),
        ("<a>&lt;&#65;&amp;</a>", "<A&"),
    ],
)
def test_an_element_is_its_text_or_its_fields(xml: str, document: Document) -> None:
    assert to_document(parse(xml.encode())) == document


def test_named_children_are_lists_even_alone() -> None:
    shape = Shape(lists=frozenset({"line"}))
    assert to_document(parse(b"<o><line>1</line><n>2</n></o>"), shape) == {"line": ["1"], "n": "2"}


def test_text_between_children_is_kept_and_warned_about() -> None:
    reading = Reading()
    assert reading.document(parse(b"<a>\n<p>one<b>two</b>three</p></a>")) == {"p": {"b": "two", "#text": "onethree"}}
    (warning,) = reading.findings
    assert (warning.code, warning.place.line, warning.place.element) == ("L105", 2, "/a/p")


def test_comments_in_a_tree_that_was_not_parsed_here_cut_nothing() -> None:
    root = etree.fromstring("<a>10<!-- -->00</a>", etree.XMLParser(remove_comments=False))
    assert to_document(root) == "1000"


def test_numbers_and_truth_are_written_as_xml_schema_spells_them() -> None:
    document: Document = {"d": Decimal("1.50"), "e": Decimal("1E+3"), "i": 7, "t": True, "f": False}
    element = from_document(document, "o")
    assert {child.tag: child.text for child in element} == {
        "d": "1.50",
        "e": "1000",
        "i": "7",
        "t": "true",
        "f": "false",
    }


def test_a_null_field_is_left_out_and_a_null_in_a_list_keeps_its_position() -> None:
    element = from_document({"a": None, "b": ["1", None, "2"]}, "o")
    assert to_document(element) == {"b": ["1", None, "2"]}


def test_our_prefixes_are_written_as_namespaces() -> None:
    shape = Shape(namespaces={"": "urn:d", "p": "urn:p"})
    element = from_document({"a": "1", "p:b": "2", "@p:c": "3", "@d": "4", "@xml:lang": "de"}, "o", shape)
    data = serialize(element)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<o xmlns="urn:d" xmlns:p="urn:p" ')
    assert to_document(parse(data), Shape(namespaces={"q": "urn:p"})) == {
        "a": "1",
        "q:b": "2",
        "@q:c": "3",
        "@d": "4",
        "@lang": "de",
    }


def test_a_list_is_no_root() -> None:
    with pytest.raises(Reject) as caught:
        from_document(["x"], "o")
    assert caught.value.code == "L201"


def test_the_path_of_an_element_counts_its_namesakes() -> None:
    root = parse(b"<o xmlns='urn:x'><l/><l><s/></l><n/></o>")
    assert [path_of(element) for element in root.iter()] == ["/o", "/o/l[1]", "/o/l[2]", "/o/l[2]/s", "/o/n"]


NAMES = st.builds("{}{}".format, st.sampled_from("AZaz_äé"), st.text(st.sampled_from("Az09_.-äé"), max_size=4))
TEXTS = st.text(st.sampled_from("\t\n\r") | st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=12)
#: Documents in the form reading gives them: two or more in a list, no text that is only layout beside children.
CANONICAL: st.SearchStrategy[Document] = st.recursive(
    TEXTS,
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(CANONICAL, st.dictionaries(NAMES.map("@".__add__), TEXTS, max_size=2))
def test_what_is_written_is_read_again(content: Document, attributes: dict[str, str]) -> None:
    document: Document = {**attributes, **content} if isinstance(content, dict) else content
    assert to_document(parse(serialize(from_document(document, "root")))) == document
