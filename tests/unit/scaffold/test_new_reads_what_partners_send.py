"""``crossdock new`` over the kinds of files partners send: what is drafted is sound, and says what it could not know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.console import load
from crossdock.cli.new import new
from crossdock.codecs.excel import ExcelCodec
from crossdock.codecs.excel.options import ExcelOptions
from crossdock.errors import ConfigError, errors_in
from crossdock.testing.mapping_cases import run_mapping_cases
from crossdock.testing.route_cases import run_route_cases

_ORDER = {
    "order_id": "A-1",
    "date": "01/02/2026",
    "currency": "usd",
    "customer": {"number": 7, "company": "Blue Co"},
    "po_lines": [
        {"line": 1, "item": "HB-1", "quantity": "1,200", "unit": "each", "price": {"amount": "1.05"}},
        {"line": 2, "item": "HB-2", "quantity": "3", "unit": "box", "price": {"amount": "2,000.10"}},
    ],
}
_ORDERS = [_ORDER, {**_ORDER, "order_id": "A-2"}]
_ROWS = """\
Order No;Order Date;Currency;Customer;Line;SKU;Qty;UOM;Unit Price
1001;1/2/2026;USD;C7;1;HB-1;4;EA;1.50
1001;1/2/2026;USD;C7;2;HB-2;10;CS;20.00
1002;12/24/2026;USD;C8;1;HB-3;7;EA;0.15
"""
_XML = (
    "<orders><order no='1'><date>2026-11-20</date><customer>C1</customer><cur>EUR</cur>"
    "<item><sku>A</sku><qty>2</qty><uom>EA</uom><price>1.5</price></item>"
    "<item><sku>B</sku><qty>3</qty><uom>EA</uom><price>1.5</price></item></order>"
    "<order no='2'><date>2026-11-21</date><customer>C2</customer><cur>EUR</cur>"
    "<item><sku>A</sku><qty>2</qty><uom>EA</uom><price>1.5</price></item></order></orders>"
)
_NAMESPACES = (
    "<o:PurchaseOrder xmlns:o='urn:acme:po' xmlns:c='urn:acme:common'><o:Header><o:OrderNumber>4711</o:OrderNumber>"
    "<o:OrderDate>2026-11-20</o:OrderDate><c:Currency>EUR</c:Currency><o:Buyer><c:Id scheme='GLN'>4012345000009</c:Id>"
    "</o:Buyer></o:Header><o:Lines><o:Line no='1'><c:Sku>HB-0840</c:Sku><o:Quantity unit='EA'>48</o:Quantity></o:Line>"
    "<o:Line no='2'><c:Sku>WS-0800</c:Sku><o:Quantity unit='EA'>12</o:Quantity></o:Line></o:Lines></o:PurchaseOrder>"
)


def x12(group: str, number: str, *segments: str) -> bytes:
    """An interchange with one transaction."""
    isa = "ISA*00*          *00*          *01*081234567      *12*5552417700     *261110*0412*U*00401*000000219*0*P*>"
    body = [f"ST*{number}*0001", *segments, f"SE*{len(segments) + 2}*0001"]
    head = [isa, f"GS*{group}*081234567*5552417700*20261110*0412*219*X*004010"]
    return "".join(f"{one}~\n" for one in [*head, *body, "GE*1*219", "IEA*1*000000219"]).encode()


def edifact(kind: str, *segments: str) -> bytes:
    """An interchange with one message."""
    body = [f"UNH+1+{kind}:D:96A:UN:EAN008", *segments, f"UNT+{len(segments) + 2}+1"]
    head = ["UNB+UNOC:3+4012345000009:14+5412345000013:14+261120:0930+2207"]
    return "".join(f"{one}'\n" for one in [*head, *body, "UNZ+1+2207"]).encode()


@dataclass(frozen=True, slots=True)
class Kind:
    """A sample, what the draft has to say, and what it has to leave to a person."""

    name: str
    data: bytes
    says: Sequence[str]
    undecided: Sequence[str] = ()
    guessed: Sequence[str] = ()
    more: Sequence[str] = ("--to", "order/v1")


_DATED = "date(join('/', map(&pad(@, `2`, '0', 'left'), split(\"Order Date\", '/'))), 'MM/DD/YYYY')"
_OF_ORDERS = ("ordered_on", "lines.unit")
_HEAD = "order no,order date,currency,customer,line,sku,qty,uom,price"
KINDS = [
    Kind(
        "price-list.edi",
        x12(
            *("SC", "832", "BCT*PC*CAT-1", "DTM*007*20261201", "CUR*SE*USD", "N1*SU*KELLERMAN*92*11"),
            *("LIN*1*VN*HB-0840*UP*614141008407", "PID*F****HEX BOLT M8", "CTP**WHL*3.15*1*EA"),
            *("LIN*2*VN*WS-0800", "PID*F****WASHER", "CTP**WHL*41.5*1*CA", "CTT*2"),
        ),
        (
            *("number: BCT.BCT02", "valid_from: date(by(DTM, 'DTM01', '007').DTM02)", "seller: by(N1, 'N101', 'SU')"),
            *("each: LIN", "seller_item: _ids.VN", "gtin: _ids.UP", "unit: lookup('uom', CTP[0].CTP0501)"),
        ),
        guessed=("prices.description", "prices.unit_price"),
        more=(),
    ),
    Kind(
        "grocery.edi",
        x12(
            *("PO", "875", "G50*N*20261112*PO-8811", "G62*10*20261120", "N1*ST*STORE 4*9*0812345670012"),
            *("G68*12*CA*14.2**UK*00614141008407*VN*HB-1", "G69*BOLTS", "G76*12*CA"),
        ),
        (
            *("number: G50[0].G5003", "requested_ship_on: date(by(G62, 'G6201', '10').G6202)", "sku: G6808"),
            *("ship_to: by(N1, 'N101', 'ST')", "quantity: dec(G6801)", "#   G69.G6901: 'BOLTS'"),
        ),
        ("currency",),
        ("buyer.id", "lines.number"),
        more=(),
    ),
    Kind(
        "warehouse.edi",
        x12(
            *("OW", "940", "W05*N*ORD-1*PO-1", "N1*ST*DC*92*42", "N3*1 ROAD", "N4*ERIE*PA*16501"),
            *("N1*DE*DEPOSITOR*92*17", "LX*1", "W01*48*EA**VN*HB-0840", "G69*BOLT", "W76*48"),
        ),
        ("each: LX[].W01[]", "city: $ship_to.N4.N401", "sku: _ids.VN", "#   N1.N102: 'DEPOSITOR' (name, N101 'DE')"),
        ("ordered_on", "currency"),
        ("buyer.id", "lines.number", "lines.description"),
        more=(),
    ),
    Kind(
        "prices.edi",
        edifact(
            *("PRICAT", "BGM+9+PL-1+9", "DTM+137:20261120:102", "DTM+157:20270101:102", "NAD+SU+5412345000013::9"),
            *("CUX+2:EUR:8", "PGI+1", "LIN+1++4006381333931:EN", "PIA+5+HB-0840:SA", "PRI+AAA:0.35"),
            *("LIN+2++4006381333948:EN", "PRI+AAA:4.10"),
        ),
        (
            *("number: BGM.BGM02", "valid_from: date(substring(by(DTM, 'DTM0101', '157').DTM0102, `0`, `8`))"),
            *("currency: CUX[0].CUX0102", "each: PGI[].LIN[]", "gtin: _ids.EN", "seller_item: PIA[]._ids.SA | [0]"),
        ),
        ("prices.unit",),
        ("prices.unit_price",),
        more=(),
    ),
    Kind(
        "object.json",
        json.dumps(_ORDER).encode(),
        (
            *("date(date, 'MM/DD/YYYY')   # guess: it may be DD/MM/YYYY as well", "currency: upper(currency)"),
            *("quantity: dec(replace(quantity, ',', ''))", "unit_price: dec(replace(price.amount, ',', ''))"),
        ),
        guessed=_OF_ORDERS,
    ),
    Kind("list.json", json.dumps(_ORDERS).encode(), ("number: order_id", "- split: items"), guessed=_OF_ORDERS),
    Kind(
        "wrapped.json", json.dumps({"count": 2, "orders": _ORDERS}).encode(), ("- split: orders",), guessed=_OF_ORDERS
    ),
    Kind(
        "deep.json",
        json.dumps({"page": 1, "data": {"result": {"the orders": _ORDERS}}}).encode(),
        ('- split: "data.result.\\"the orders\\""', "number: order_id"),
        guessed=_OF_ORDERS,
    ),
    Kind(
        "many.json",
        json.dumps({"orders": [{**_ORDER, "order_id": f"A-{at}"} for at in range(30)]}).encode(),
        ("- split: orders", "effects: {order.received: 30}"),
        guessed=_OF_ORDERS,
    ),
    Kind(
        "flat.json",
        json.dumps(
            {
                "rows": [
                    {
                        "order_no": at // 2,
                        "date": "2026-01-02",
                        "cur": "EUR",
                        "customer": "C",
                        "sku": f"S{at}",
                        "qty": 1,
                    }
                    for at in range(4)
                ]
            }
        ).encode(),
        ("- split: group_by(rows, &order_no)", "each: items", 'buyer: {id: "items[0].customer"}'),
        ("lines.unit",),
        ("lines.number",),
    ),
    Kind("one.ndjson", json.dumps(_ORDER).encode() + b"\n", ("- decode: {json: {lines: true}}",), guessed=_OF_ORDERS),
    Kind("semicolons.csv", _ROWS.encode(), ('csv: {delimiter: ";"}', "group_by(@, "), guessed=("lines.unit",)),
    Kind(
        "tabs.tsv",
        b"\xef\xbb\xbf" + _ROWS.replace(";", "\t").encode(),
        ("csv: {delimiter: tab}", _DATED.replace('"', '\\"').replace("split(", "split(items[0].")),
        guessed=("lines.unit",),
    ),
    Kind(
        "title.csv",
        b"Export of the day\r\n\r\n" + _ROWS.encode(),
        ('csv: {skip: 2, delimiter: ";"}',),
        guessed=("lines.unit",),
    ),
    Kind("unicode.csv", _ROWS.encode("utf-16"), ("encoding: utf-16",), guessed=("lines.unit",)),
    Kind(
        "no-header.csv",
        _ROWS.partition("\n")[2].encode(),
        ("header: false, columns: [order no,", "unit_price: dec(price)"),
        guessed=("lines.unit",),
        more=("--to", "order/v1", "--columns", _HEAD),
    ),
    Kind(
        "spoken.csv",
        "Bestellung;Datum;Kunde;Artikel;Menge;ME;Preis;Währung\nA;01.02.2026;C;S;1,5;ST;1.000,50;EUR\n".encode(
            "cp1252"
        ),
        (
            "dec(replace(replace(Menge, '.', ''), ',', '.'))",
            "encoding: cp1252",
            "ordered_on: date(Datum, 'DD.MM.YYYY')",
        ),
        guessed=("lines.number", "lines.unit"),
    ),
    Kind(
        "list.xml",
        _XML.encode(),
        ("- split: orders.order", 'number: "\\"@no\\""', "each: to_array(item)"),
        guessed=("lines.number",),
    ),
    Kind(
        "namespaces.xml",
        _NAMESPACES.encode(),
        (
            *('id_scheme: "lower(PurchaseOrder.Header.Buyer.Id.\\"@scheme\\")"', "to_array(PurchaseOrder.Lines.Line)"),
            'unit: "lookup(\'uom\', Quantity.\\"@unit\\")"',
        ),
    ),
    Kind(
        "shipment.json",
        json.dumps(
            {
                "delivery_no": "L1",
                "ship_date": "2026-01-02",
                "po_number": "P1",
                "carrier": "UPS",
                "ship_to": {"id": "X"},
                "packages": [
                    {"items": [{"sku": "A", "qty": 2, "uom": "EA"}]},
                    {"items": [{"sku": "B", "qty": 1, "uom": "EA"}]},
                ],
            }
        ).encode(),
        ("each: packages[].items[]", "order_number: po_number", "carrier: {name: carrier}"),
        guessed=("lines.number",),
        more=("--to", "shipment/v1"),
    ),
]


def drafted(root: Path, kind: Kind) -> Mapping[str, list[str]]:
    """What ``crossdock new route`` says of a sample, as scripts read it."""
    (root / kind.name).write_bytes(kind.data)
    words = ["route", "it", "--from", str(root / kind.name), *kind.more, "--project", str(root), "--json"]
    result = CliRunner().invoke(new, words)
    assert result.exit_code == 0, repr(result.exception)
    said: Mapping[str, list[str]] = json.loads(result.output)
    return said


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_a_draft_is_sound_and_only_what_nobody_can_know_fails(kind: Kind, tmp_path: Path) -> None:
    said = drafted(tmp_path, kind)
    text = "".join((tmp_path / f"{folder}/it.yaml").read_text(encoding="utf-8") for folder in ("mappings", "routes"))
    assert [one for one in kind.says if one not in text] == [], text
    assert (said["undecided"], said["guessed"]) == ([*kind.undecided], [*kind.guessed])
    project = load(tmp_path, cases=True, documents=True)
    assert list(errors_in(project.warnings)) == []
    problems = "\n".join(
        problem for one in [*run_mapping_cases(project), *run_route_cases(project)] for problem in one.problems
    )
    asked = [name.replace(".", "/0/") for name in kind.undecided]
    assert [name for name in asked if f"/{name}: a value is required" not in problems] == [], problems
    assert bool(problems) == bool(asked), problems


def test_a_partner_whose_set_the_pack_does_not_map_gets_a_draft_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sample.edi").write_bytes(KINDS[1].data)
    words = ["partner", "grocer", "--from", str(tmp_path / "sample.edi"), "--project", str(tmp_path)]
    assert CliRunner().invoke(new, words).exit_code == 0
    assert "map: grocer-875, topic: order.received" in (tmp_path / "partners/grocer.yaml").read_text()
    assert list(errors_in(load(tmp_path, documents=True).warnings)) == []


def test_a_workbook_is_read_as_rows(tmp_path: Path) -> None:
    names, *rows = [line.split(";") for line in _ROWS.replace("1/2/2026", "2026-02-01").splitlines()[:3]]
    data = b"".join(ExcelCodec(ExcelOptions()).write([dict(zip(names, row, strict=True)) for row in rows]))
    said = drafted(tmp_path, Kind("book.xlsx", data, ()))
    assert (said["undecided"], said["guessed"]) == ([], ["lines.unit"])
    assert "- decode: excel" in (tmp_path / "routes/it.yaml").read_text()


def test_columns_without_names_are_told_as_such(tmp_path: Path) -> None:
    said = drafted(tmp_path, Kind("bare.csv", _ROWS.partition("\n")[2].encode(), ()))
    assert "the file has no header: give its columns names with --columns, and more is found" in said["notes"]
    assert "#   column_6: 'HB-1'" in (tmp_path / "mappings/it.yaml").read_text()


def test_what_the_contract_does_not_take_is_told_at_once(tmp_path: Path) -> None:
    data = {**_ORDER, "po_lines": [{**line, "line": 1} for line in _ORDER["po_lines"] if isinstance(line, dict)]}
    said = drafted(tmp_path, Kind("twice.json", json.dumps(data).encode(), ()))
    assert said["notes"] == ["order/v1 does not take what the sample gives: line number appears twice"]


_REFUSED = [
    ("large.json", b'{"a": "' + b"x" * 21_000_000 + b'"}', (), "G135"),
    ("head.csv", b"order no;sku;qty\n", (), "G132"),
    ("twice.csv", b"1;2;3\n4;5;6\n", ("--columns", "a,b,a"), "G134"),
    ("ack.edi", x12("FA", "997", "AK1*PO*219", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"), (), "G133"),
    ("unknown.edi", x12("RF", "753", "BGN*00*77*20261101"), (), "G133"),
]


@pytest.mark.parametrize(("name", "data", "more", "code"), _REFUSED, ids=[one[0] for one in _REFUSED])
def test_a_sample_is_refused_with_what_to_do(
    name: str, data: bytes, more: Sequence[str], code: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    to = () if name.endswith(".edi") else ("--to", "order/v1")
    words = ["mapping", "it", "--from", str(tmp_path / name), *to, *more, "--project", str(tmp_path)]
    error = CliRunner().invoke(new, words).exception
    assert isinstance(error, ConfigError)
    (first, *_) = error.findings
    assert (first.code, bool(first.hint)) == (code, True)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_cannot_be_written_and_a_sample_of_the_same_name_are_told(tmp_path: Path) -> None:
    sample = tmp_path / "Bestellung März 1.json"
    sample.write_text(json.dumps(_ORDER))
    (tmp_path / "project/samples").mkdir(parents=True)
    words = ["mapping", "it", "--from", str(sample), "--to", "order/v1", "--project", str(tmp_path / "project")]
    (tmp_path / "project/samples/Bestellung März 1.json").write_text("{}")
    taken = CliRunner().invoke(new, words).exception
    assert isinstance(taken, ConfigError)
    assert taken.code == "G131"
    (tmp_path / "project/samples/Bestellung März 1.json").unlink()
    (tmp_path / "project/mappings").write_text("not a folder")
    refused = CliRunner().invoke(new, words).exception
    assert isinstance(refused, ConfigError)
    assert refused.code == "G136"
    (tmp_path / "project/mappings").unlink()
    result = CliRunner().invoke(new, words)
    assert result.exit_code == 0, repr(result.exception)
    assert list(errors_in(load(tmp_path / "project", cases=True).warnings)) == []
