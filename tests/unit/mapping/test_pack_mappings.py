"""The mappings of the distributor pack: they compile, and what they make is what their contracts and layouts take."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from crossdock import document_json, yaml_source
from crossdock.canonical.order import CONTRACT
from crossdock.mapping.compile import Mapping, compile_mapping
from crossdock.mapping.lookup import Table, parse_table
from crossdock.mapping.scope import Scope
from crossdock.mapping.xslt import compile_stylesheet
from crossdock.message import Document
from crossdock.xml_tree import parse

PACK = Path(__file__).parents[3]
SOURCES = {path.stem: yaml_source.load(path.read_bytes(), path.name) for path in (PACK / "mappings").rglob("*.yaml")}
FILES = sorted(path for path in (PACK / "mappings").iterdir() if path.suffix in {".yaml", ".xsl"})

PURCHASE_ORDER: Document = {
    "BEG": {"BEG01": "00", "BEG02": "SA", "BEG03": "PO4711", "BEG05": "20261120"},
    "DTM": [{"DTM01": "002", "DTM02": "20261201"}],
    "REF": [{"REF01": "CT", "REF02": "C-118"}, {"REF01": "ZZ", "REF02": "x"}, {"REF01": "CO", "REF02": "WEB-1"}],
    "N9": [{"N901": "L1", "MSG": [{"MSG01": "Call first"}]}],
    "N1": [
        {"N101": "BY", "N102": "Harlan", "N103": "UL", "N104": "0614141000029"},
        {"N101": "ST", "N103": "92", "N104": "0007", "N3": [{"N301": "1 Main", "N302": "Dock 2"}], "N4": [{"N401": "Memphis"}]},
    ],
    "PO1": [
        {"PO101": "1", "PO102": "10", "PO103": "EA", "PO104": "12.50", "_ids": {"VP": "S-1", "BP": "B-1"}},
        {"PO102": "2.5", "PO103": "MR", "PO104": "187", "PO105": "HP", "PID": [{"PID01": "F", "PID05": "Rod"}]},
    ],
    "CTT": {"CTT01": "2", "AMT": {"AMT01": "TT", "AMT02": "129.68"}},
}  # fmt: skip


@pytest.fixture
def pack_tables() -> dict[str, Table]:
    paths = (PACK / "mappings" / "tables").glob("*.csv")
    return {path.stem: parse_table(path.stem, path.read_bytes(), path.name) for path in paths}


def load(path: Path, tables: dict[str, Table]) -> Mapping:
    if path.suffix == ".xsl":
        return compile_stylesheet(path.stem, path.read_bytes(), path.name, tables)
    return compile_mapping(path.stem, SOURCES[path.stem], tables, SOURCES)


@pytest.fixture
def canonical() -> Document:
    return document_json.decode((PACK / "samples" / "canonical" / "order.json").read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_mapping_of_the_pack_compiles(path: Path, pack_tables: dict[str, Table]) -> None:
    assert load(path, pack_tables).reads


def test_a_purchase_order_becomes_a_valid_order(pack_tables: dict[str, Table], scope: Scope) -> None:
    made = load(PACK / "mappings" / "x12-850-to-order.yaml", pack_tables).apply(PURCHASE_ORDER, scope)
    order = CONTRACT.validate(made)
    assert isinstance(order, dict)
    assert order["ordered_on"] == "2026-11-20"
    assert order["buyer"] == {"id": "0614141000029", "id_scheme": "gln", "name": "Harlan"}
    assert order["references"] == [{"type": "contract", "value": "C-118"}, {"type": "ZZ", "value": "x"}]
    assert order["customer_order_number"] == "WEB-1"
    assert order["notes"] == ["Call first"]
    assert order["total"] == Decimal("129.68")
    assert order["lines"] == [
        {
            "number": 1,
            "sku": "S-1",
            "buyer_item": "B-1",
            "quantity": Decimal(10),
            "unit": "EA",
            "unit_price": Decimal("12.50"),
        },
        {
            "number": 2,
            "description": "Rod",
            "quantity": Decimal("2.5"),
            "unit": "MTR",
            "unit_price": Decimal(187),
            "price_base_quantity": Decimal(100),
        },
    ]


def test_an_order_becomes_the_records_of_the_erp(
    pack_tables: dict[str, Table], scope: Scope, canonical: Document
) -> None:
    assert load(PACK / "mappings" / "order-to-erp-flat.yaml", pack_tables).apply(canonical, scope) == {
        "number": "4500118821",
        "ordered_on": "2026-11-20",
        "customer": "C-1004",
        "ship_to": "0007",
        "currency": "USD",
        "lines": [
            {"line": 1, "sku": "HB-M8-40-ZN", "quantity": 24, "unit": "BOX", "unit_price": Decimal("12.5")},
            {"line": 2, "sku": "TR-10-1M", "quantity": 250, "unit": "EA", "unit_price": Decimal("1.87")},
            {"line": 3, "sku": "NONSTOCK", "quantity": Decimal("12.5"), "unit": "M", "unit_price": Decimal("4.125")},
        ],
    }


def test_an_order_becomes_the_xml_of_the_crm(pack_tables: dict[str, Table], scope: Scope, canonical: Document) -> None:
    made = load(PACK / "mappings" / "order-to-crm.xsl", pack_tables).apply(canonical, scope)
    assert isinstance(made, str)
    root = parse(made.encode())
    account = root.find("Account")
    assert (root.tag, root.get("number")) == ("SalesOrder", "4500118821")
    assert account is not None
    assert (account.get("number"), account.text) == ("C-1004", "Harlan Building Supply")
    assert [line.get("number") for line in root.iterfind("Lines/Line")] == ["1", "2", "3"]


@pytest.mark.parametrize("column", ["rec20", "erp"])
def test_units_translate_back(pack_tables: dict[str, Table], column: str) -> None:
    uom = pack_tables["uom"]
    assert len(uom.back(column)) == len(uom.rows)
