"""A DOCTYPE that only names a DTD: passed over where the route says so, written where it says so."""

from __future__ import annotations

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.xml import CODEC
from crossdock.message import Inline

DTD = "http://xml.cxml.org/schemas/cXML/1.2.060/cXML.dtd"
BODY = b"<cXML payloadID='1'>\n<A>x</A></cXML>"


def xml(**options: object) -> Codec:
    return CODEC.open(CODEC.options.model_validate(options), None)  # type: ignore[arg-type]  # it asks for nothing


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE cXML SYSTEM "{DTD}">',
        f"<!DOCTYPE cXML SYSTEM '{DTD}' >",
        f'<!DOCTYPE cXML PUBLIC "-//cXML//EN" "{DTD}">',
        '<!DOCTYPE\ncXML\nSYSTEM\n"a>b">',
    ],
)
def test_it_is_passed_over(doctype: str) -> None:
    data = b'<?xml version="1.0"?>\n<!-- a -->' + doctype.encode() + b"\n" + BODY
    assert xml(root="cXML", doctype="ignore").whole(Inline(data)).document == {"@payloadID": "1", "A": "x"}
    parts = [part for part in xml(path="/cXML/A", doctype="ignore").read(Inline(data)) if isinstance(part, Part)]
    assert [part.document for part in parts] == ["x"]


def test_lines_are_those_of_the_file() -> None:
    data = b'<!DOCTYPE cXML\nSYSTEM\n"a">\n' + BODY
    place = xml(root="cXML", doctype="ignore").whole(Inline(data)).place("/A")
    assert place is not None
    assert place.line == 5


def test_it_is_written_with_its_address() -> None:
    codec = xml(root="cXML", doctype="ignore", dtd=DTD)
    data = b"".join(codec.write([{"A": "x"}]))
    assert (
        data
        == f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE cXML SYSTEM "{DTD}">\n<cXML><A>x</A></cXML>\n'.encode()
    )
    assert codec.whole(Inline(data)).document == {"A": "x"}


def test_it_is_written_before_many_documents_and_before_xml_that_is_text() -> None:
    many = b"".join(xml(path="/Orders/Order", dtd=DTD).write([{"n": 1}, {"n": 2}]))
    assert many.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE Orders SYSTEM')
    assert b"<!DOCTYPE cXML SYSTEM" in b"".join(xml(dtd=DTD).write(["<cXML/>"]))


@pytest.mark.parametrize("dtd", ['a"b', "a>b", "a b", ""])
def test_an_address_that_would_end_the_doctype_is_refused(dtd: str) -> None:
    with pytest.raises(ValueError, match="dtd"):
        CODEC.options.model_validate({"dtd": dtd})
