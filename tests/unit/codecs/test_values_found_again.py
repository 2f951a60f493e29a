"""Every value of a document is found again in its payload: the bytes it was read from, cut out, say the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.codecs.contract import AnyCodecKind, Codec, CodecKind, Part
from crossdock.codecs.csv import CODEC as CSV
from crossdock.codecs.csv import CsvCodec
from crossdock.codecs.csv.options import CsvOptions
from crossdock.codecs.excel import CODEC as EXCEL
from crossdock.codecs.json import CODEC as JSON
from crossdock.codecs.provenance.elements import ShownXml, encoding_of
from crossdock.codecs.provenance.shown import Showing, Shown, Spot
from crossdock.codecs.xml import CODEC as XML
from crossdock.errors import Place
from crossdock.message import Document, Inline
from crossdock.ops.explanation.repeats import at
from crossdock.ops.explanation.unused import leaves
from crossdock.ops.inspect import layouts
from crossdock.registry import Registry
from crossdock.xml_tree import Shape

ROOT = Path(__file__).resolve().parents[3]
CODECS: Registry[AnyCodecKind] = Registry("crossdock.codecs", CodecKind)

SAMPLES = [
    *(("x12", path) for path in ("x12/acme-850.edi", "x12/initech-850.edi", "partners/stockwell-945-acme.edi")),
    *(("edifact", f"partners/{name}.edi") for name in ("alpina-orders", "hansa-invoic", "nordwind-recadv")),
    *(("json", f"canonical/{name}.json") for name in ("order", "shipment")),
    *(("idoc", f"sap/{name}") for name in ("orders05.idoc", "orders05.xml", "invoic02.xml")),
    ("csv", "warehouse/stock.csv"),
]


def _open(name: str, **options: object) -> Codec:
    kind = CODECS.get(name)
    assert kind is not None
    return kind.open(kind.options.model_validate(options), layouts(ROOT))


def _parts(codec: Codec, data: bytes) -> list[Part]:
    return [part for part in codec.read(Inline(data)) if isinstance(part, Part)]


def _shown(codec: Codec, data: bytes) -> Shown:
    assert isinstance(codec, Showing)
    return codec.shown(data)


def _said(shown: Shown, data: bytes, spot: Spot | None) -> str:
    """The characters of a spot, which its bytes say too."""
    assert spot is not None
    assert spot.characters is not None
    assert spot.data is not None
    text = shown.text[slice(*spot.characters)]
    assert data[slice(*spot.data)].decode(shown.encoding) == text
    return text


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_every_value_of_a_sample_is_found_at_the_bytes_that_say_it(name: str, sample: str) -> None:
    data = (ROOT / "samples" / sample).read_bytes()
    codec = _open(name)
    shown = _shown(codec, data)
    for part in _parts(codec, data):
        for pointer, _ in leaves(part.document, tree=False):
            said = _said(shown, data, shown.spot(part, pointer)).strip().strip('"').replace('""', '"')
            assert said == _written(at(part.document, pointer)), pointer


def _written(value: Document) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def test_the_envelope_of_an_interchange_says_who_sent_it() -> None:
    data = (ROOT / "samples/x12/acme-850.edi").read_bytes()
    codec = _open("x12")
    part, shown = _parts(codec, data)[0], _shown(codec, data)
    places = {
        pointer: shown.spot(part, pointer) for pointer in ("/_env/sender", "/_env/gs_sender", "/_ctl/gs", "/_set")
    }
    assert [spot.place.element for spot in places.values() if spot] == ["ISA06", "GS02", "GS06", "ST01"]
    assert [_said(shown, data, spot).strip() for spot in places.values()] == ["049351117", "049351117", "417", "850"]


def test_the_envelope_of_an_edifact_interchange_says_it_by_components() -> None:
    data = (ROOT / "samples/partners/alpina-orders.edi").read_bytes()
    codec = _open("edifact")
    part, shown = _parts(codec, data)[0], _shown(codec, data)
    assert _said(shown, data, shown.spot(part, "/_env/receiver")) == "9520000000011"
    assert _said(shown, data, shown.spot(part, "/_ctl/unb")) == "5501"


def test_a_released_delimiter_does_not_end_a_value() -> None:
    data = b"UNB+UNOC:3+A+B+261120:0900+1'UNH+1+ORDERS:D:01B:UN'BGM+220+A?+1?'2'UNT+3+1'UNZ+1+1'"
    codec = _open("edifact")
    part, shown = _parts(codec, data)[0], _shown(codec, data)
    pointer = next(pointer for pointer, _ in leaves(part.document) if at(part.document, pointer) == "A+1'2")
    assert _said(shown, data, shown.spot(part, pointer)) == "A?+1?'2"


def test_records_of_a_mainframe_are_found_by_their_bytes() -> None:
    data = (ROOT / "samples/mainframe/orders.ebc").read_bytes()
    codec = _open("fixed", layout="mainframe-order")
    part, shown = _parts(codec, data)[0], _shown(codec, data)
    spot = shown.spot(part, "/number")
    assert spot is not None
    assert spot.characters is not None
    assert spot.data == (1, 11)
    assert shown.text[slice(*spot.characters)] == "4711000123"
    assert data[1:11].decode("cp037") == "4711000123"


def test_csv_fields_are_found_with_their_quotes_over_lines_and_in_other_encodings() -> None:
    data = 'a;b;c\r\n1;"zwei; mit\r\nUmbruch";drei\r\nvier;fünf;€\r\n'.encode("cp1252")
    codec = CsvCodec(CsvOptions(delimiter=";", encoding="cp1252"))
    first, second = _parts(codec, data)
    shown = _shown(codec, data)
    assert _said(shown, data, shown.spot(first, "/b")) == '"zwei; mit\r\nUmbruch"'
    assert _said(shown, data, shown.spot(first, "/c")) == "drei"
    assert [_said(shown, data, shown.spot(second, f"/{key}")) for key in "abc"] == ["vier", "fünf", "€"]
    assert CSV.name == "csv"


def test_a_byte_order_mark_moves_no_place() -> None:
    data = b"\xef\xbb\xbf" + 'name,ort\n"Übung",Köln\n'.encode()
    codec = CsvCodec(CsvOptions())
    (part,) = _parts(codec, data)
    shown = _shown(codec, data)
    assert _said(shown, data, shown.spot(part, "/ort")) == "Köln"


def test_json_values_are_found_in_lists_lines_and_beside_characters_of_several_bytes() -> None:
    data = '{"a/b": {"ü": [1.50, "🚚 \\n"]}}\n\n{"a/b": true, "x": null}\n'.encode()
    codec = _open("json", lines=True)
    first, second = _parts(codec, data)
    shown = _shown(codec, data)
    assert _said(shown, data, shown.spot(first, "/a~1b/ü/0")) == "1.50"
    assert _said(shown, data, shown.spot(first, "/a~1b/ü/1")) == '"🚚 \\n"'
    assert _said(shown, data, shown.spot(first, "/a~1b/ü")) == '[1.50, "🚚 \\n"]'
    assert _said(shown, data, shown.spot(second, "/a~1b")) == "true"
    assert shown.spot(second, "/nothing") is None
    assert JSON.name == "json"


HOSTILE = """<?xml version="1.0" encoding="ISO-8859-1"?>
<o:Orders xmlns:o="urn:o" kind='a > b'><o:Order
  id="7&quot;x"><o:Note>Gr\u00fc\u00dfe &amp; mehr</o:Note><o:Empty/><o:Item n="1"> eins </o:Item><o:Item n="2"/></o:Order>
<o:Order id="8"><o:Note><![CDATA[<b>]]></o:Note></o:Order></o:Orders>"""


def test_xml_elements_and_attributes_are_found_in_any_encoding() -> None:
    data = HOSTILE.encode("latin-1")
    codec = _open("xml", path="/Orders/Order")
    first, second = _parts(codec, data)
    shown = _shown(codec, data)
    pointers = {"/Note": "Gr\u00fc\u00dfe &amp; mehr", "/@id": "7&quot;x", "/Item/0/#text": "eins", "/Item/1/@n": "2"}
    assert {pointer: _said(shown, data, shown.spot(first, pointer)) for pointer in pointers} == pointers
    assert _said(shown, data, shown.spot(first, "/Empty")) == "<o:Empty/>"
    assert _said(shown, data, shown.spot(second, "/Note")) == "<![CDATA[<b>]]>"
    assert XML.name == "xml"


def test_a_whole_xml_document_has_its_root_as_the_first_step() -> None:
    data = b"<Order><Line a='1'>x</Line><Line>y</Line></Order>"
    codec = _open("xml")
    (part,) = _parts(codec, data)
    shown = _shown(codec, data)
    spot = shown.spot(part, "/Order/Line/1")
    assert _said(shown, data, spot) == "y"
    assert spot is not None
    assert spot.place.element == "/Order/Line[2]"
    assert spot.place.line == 1


def test_what_is_no_xml_for_the_second_parser_is_told_by_lines_alone() -> None:
    assert ShownXml(b"<a><b></a>", Shape(), named=False).root is None
    assert encoding_of(b'<?xml version="1.0" encoding="klingon"?><a/>') == "utf-8"


def test_cells_of_a_workbook_are_found_in_its_drawing() -> None:
    codec = _open("excel")
    documents: list[Document] = [{"sku": "A-1", "count": 12}, {"sku": "B-2", "count": 7}]
    data = b"".join(codec.write(documents))
    shown = _shown(codec, data)
    second = _parts(codec, data)[1]
    spot = shown.spot(second, "/sku")
    assert spot is not None
    assert spot.characters is not None
    assert spot.data is None
    assert shown.text[slice(*spot.characters)] == "B-2"
    assert str(spot.place.element).endswith("!A3")
    assert EXCEL.name == "excel"


def test_a_place_without_length_is_told_and_has_no_span() -> None:
    assert Shown(b"abc").spot_of(Place(line=1)) == Spot(Place(line=1))


def test_the_length_of_a_place_makes_no_finding_longer() -> None:
    assert Place(byte=1, length=5) == Place(byte=1)
    assert "length" not in repr(Place(byte=1, length=5))
