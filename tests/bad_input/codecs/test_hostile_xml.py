"""Bad inputs, XML: refused with line and column; nothing is expanded, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.xml import XmlCodec
from crossdock.codecs.xml.options import XmlOptions
from crossdock.errors import Finding, Reject
from crossdock.message import Inline
from crossdock.xml_tree import Shape

Refusal = Callable[[Codec, bytes], tuple[Finding, ...]]

BOMB = b"""<!DOCTYPE lol [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<Orders><Order>&d;</Order></Orders>"""

CASES: dict[str, tuple[bytes, str, int, int]] = {
    "external entity": (
        b'<?xml version="1.0"?>\n<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<Orders>&x;</Orders>',
        "L101",
        2,
        1,
    ),
    "bomb": (BOMB, "L101", 1, 1),
    "internal entity": (b'<!DOCTYPE o [<!ENTITY x "y">]><Orders><Order>&x;</Order></Orders>', "L101", 1, 1),
    "external DTD": (b'<!-- a --><!DOCTYPE Orders SYSTEM "http://dtd.example/o.dtd"><Orders/>', "L101", 1, 11),
    "bare DOCTYPE": (b"<!DOCTYPE Orders><Orders/>", "L101", 1, 1),
    "undeclared entity": (b"<Orders><Order>&x;</Order></Orders>", "L102", 1, 19),
    "NUL": (b"<Orders>\n<Order>\0</Order></Orders>", "L102", 2, 8),
    "reference to NUL": (b"<Orders><Order>&#0;</Order></Orders>", "L102", 1, 20),
    "two roots": (b"<Orders/><Orders/>", "L102", 1, 10),
    "text behind the root": (b"<Orders/>\nx", "L102", 2, 1),
    "no end tag": (b"<Orders>\n<Order>", "L102", 2, 8),
    "mismatched end tag": (b"<Orders><Order></Orders></Order>", "L102", 1, 25),
    "unbound prefix is not a name": (b"<Orders><Order a='1' a='2'/></Orders>", "L102", 1, 27),
    "not UTF-8": (b"<Orders><Order>M\xfcller</Order></Orders>", "L102", 1, 17),
    "another encoding than declared": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Orders><Order>\xe4\xf6</Order></Orders>',
        "L102",
        2,
        16,
    ),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><Orders/>', "L102", 1, 39),
    "empty": (b"", "L102", 1, 1),
    "no XML": (b"ISA*00*", "L102", 1, 1),
}


def codec(**options: object) -> XmlCodec:
    made = XmlOptions.model_validate(options)
    return XmlCodec(made, Shape(namespaces=made.namespaces, lists=made.lists))


@pytest.mark.parametrize("path", [None, "/Orders/Order"])
@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_at_its_place(name: str, path: str | None, refusal: Refusal) -> None:
    data, code, line, column = CASES[name]
    (finding,) = refusal(codec(path=path), data)
    assert (finding.code, finding.place.line, finding.place.column) == (code, line, column)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("path", [None, "/Orders/Order"])
def test_a_doctype_is_refused_in_every_encoding(encoding: str, path: str | None, refusal: Refusal) -> None:
    text = '<?xml version="1.0" encoding="{}"?><!DOCTYPE o [<!ENTITY x "y">]><Orders><Order>&x;</Order></Orders>'
    (finding,) = refusal(codec(path=path), text.format(encoding).encode(encoding))
    assert finding.code in ("L101", "L102")


@pytest.mark.parametrize("path", [None, "/a"])
def test_depth_300_is_refused(path: str | None, refusal: Refusal) -> None:
    (finding,) = refusal(codec(path=path), b"<a>" * 300 + b"</a>" * 300)
    assert finding.code == "L103"


def test_depth_300_is_refused_while_streaming(refusal: Refusal) -> None:
    (finding,) = refusal(codec(path="/a/a"), b"<a>" * 300 + b"</a>" * 300)
    assert finding.code == "L103"


def test_a_comment_inside_a_number_does_not_cut_it() -> None:
    assert codec().whole(Inline(b"<a><qty>10<!-- -->00</qty></a>")).document == {"a": {"qty": "1000"}}


def test_a_processing_instruction_inside_a_number_does_not_cut_it() -> None:
    assert codec(path="/a").whole(Inline(b"<a><qty>10<?x y?>00</qty></a>")).document == {"qty": "1000"}


def test_a_comment_inside_a_number_does_not_cut_it_while_streaming() -> None:
    (part,) = codec(path="/a/qty").read(Inline(b"<a><qty>10<!-- -->00</qty></a>"))
    assert isinstance(part, Part)
    assert part.document == "1000"


def test_cdata_is_text() -> None:
    assert codec(path="/a").whole(Inline(b"<a>x<![CDATA[<&>]]>y</a>")).document == "x<&>y"


def test_another_prefix_of_the_same_namespace_gives_the_same_document() -> None:
    one = b'<a:o xmlns:a="urn:x"><a:n a:k="1">5</a:n></a:o>'
    two = b'<o xmlns="urn:x" xmlns:zz="urn:x"><n zz:k="1">5</n></o>'
    for made in (codec(), codec(namespaces={"p": "urn:x"})):
        assert made.whole(Inline(one)).document == made.whole(Inline(two)).document
    assert codec(namespaces={"p": "urn:x"}).whole(Inline(one)).document == {"p:o": {"p:n": {"@p:k": "1", "#text": "5"}}}


def test_a_schema_location_is_only_an_attribute() -> None:
    data = (
        b'<o xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="urn:x http://schema.example/o.xsd"><n>1</n></o>'
    )
    assert codec(path="/o").whole(Inline(data)).document == {
        "@schemaLocation": "urn:x http://schema.example/o.xsd",
        "n": "1",
    }


def test_attributes_that_collide_without_their_prefixes_are_refused(refusal: Refusal) -> None:
    data = b'<o xmlns:a="urn:a" xmlns:b="urn:b"><n a:k="1" b:k="2"/></o>'
    (finding,) = refusal(codec(), data)
    assert (finding.code, finding.place.element) == ("L104", "/o/n")


def test_another_root_than_the_path_says_is_refused(refusal: Refusal) -> None:
    for path in ("/Orders", "/Orders/Order"):
        (finding,) = refusal(codec(path=path), b"<Invoices/>")
        assert (finding.code, finding.value) == ("L110", "Invoices")


def test_other_elements_than_the_path_says_are_refused_and_not_passed_over(refusal: Refusal) -> None:
    (finding,) = refusal(codec(path="/Orders/Order"), b"<Orders>\n<PurchaseOrder/></Orders>")
    assert (finding.code, finding.place.line, finding.hint) == ("L111", 2, "what stands there: PurchaseOrder")


def test_a_mistake_at_the_end_stops_the_first_element(refusal: Refusal) -> None:
    data = b"<Orders>" + (b"<Order><n>" + b"x" * 1000 + b"</n></Order>\n") * 2000 + b"</Order>"
    with pytest.raises(Reject) as caught:
        next(codec(path="/Orders/Order").read(Inline(data)))
    assert caught.value.findings[0].place.line == 2001


def test_a_prologue_of_a_million_comments_is_read_once(refusal: Refusal) -> None:
    with pytest.raises(Reject) as caught:
        codec().whole(Inline(b"<!-- a -->" * 100_000 + b"<!DOCTYPE a><a/>"))
    assert caught.value.code == "L101"


def test_a_payload_too_large_for_one_document_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        codec(max_size=10).whole(Inline(b"<a>12345</a>"))
    assert caught.value.code == "L140"
