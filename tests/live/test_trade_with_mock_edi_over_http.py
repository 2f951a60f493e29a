"""A trading partner by another author, over HTTP both ways: it judges what we send, and we judge what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.flow.serving import Front

from crossdock.message import Document
from crossdock.testing.servers.mock_edi import MockEdi

ROOT = Path(__file__).parents[2]
MAPPINGS = ("order-to-x12-850", "x12-855-to-order-acknowledgement", "x12-856-to-shipment", "x12-810-to-invoice")
PROFILE = """\
name: A supplier that is not ours
status: live
ids: {{x12: [ZZ, MOCKEDI]}}
known_as: [MOCKEDI]
acknowledge: 997
findings: {{X144: warning}}   # it writes PID behind ACK in an 855
receives:
  855: {{version: "004010", map: x12-855-to-order-acknowledgement, topic: purchase.acknowledged}}
  856: {{version: "004010", map: x12-856-to-shipment, topic: purchase.shipped}}
  810: {{version: "004010", map: x12-810-to-invoice, topic: purchase.invoiced}}
sends:
  850: {{version: "004010", map: order-to-x12-850, on: purchase.ordered, for: seller.id, expect_ack: {{within: 1h}}}}
x12: {{separators: "*>~", usage: P}}
channel: {{http: {{post: "{url}/edi", repeatable: true, allow_private: true}}}}
"""
FROM_IT = """\
from:
  http: {path: /edi, auth: {anybody: true}}
steps:
  - edi: {}
"""
BUYING = "from: {file: {path: buying, every: 50ms, stable_for: 20ms}}\nsteps: [decode: json]\nto: [topic: purchase.ordered]\n"
KEPT = (
    'from: {{topic: purchase.{what}}}\nto:\n  - file: {{path: kept/{what}, name: "{{$id}}.json"}}\n    encode: json\n'
)
WHAT = ("acknowledged", "shipped", "invoiced")
ORDER = {
    "number": "PO-70021",
    "ordered_on": "2026-11-21",
    "currency": "USD",
    "buyer": {"id": "GLOBEX", "id_scheme": "buyer", "name": "Globex"},
    "seller": {"id": "MOCKEDI", "id_scheme": "seller"},
    "ship_to": {"id": "MEM1", "id_scheme": "buyer", "name": "Memphis"},
    "lines": [
        {"number": 1, "sku": "B-50", "seller_item": "BRKT-050", "quantity": 100, "unit": "EA", "unit_price": 4.15},
        {"number": 2, "sku": "B-75", "seller_item": "BRKT-075", "quantity": 20, "unit": "EA", "unit_price": 6.40},
    ],
}


@pytest.fixture
def buyer(tmp_path: Path, mock_edi: MockEdi) -> Iterator[Front]:
    """Globex buys from it."""
    made = Front(tmp_path)
    (tmp_path / "buying").mkdir()
    (tmp_path / "partners").mkdir()
    (tmp_path / "mappings/x12").mkdir(parents=True)
    (tmp_path / "mappings/tables").mkdir()
    for name in MAPPINGS:
        (tmp_path / f"mappings/x12/{name}.yaml").write_bytes((ROOT / f"mappings/x12/{name}.yaml").read_bytes())
    for table in (ROOT / "mappings/tables").glob("*.csv"):
        (tmp_path / "mappings/tables" / table.name).write_bytes(table.read_bytes())
    (tmp_path / "partners/supplier.yaml").write_text(PROFILE.format(url=mock_edi.url))
    kept = {what: KEPT.format(what=what) for what in WHAT}
    made.write(made.settings("ids: {x12: [ZZ, GLOBEX]}\n"), from_it=FROM_IT, buying=BUYING, **kept)
    ours: dict[str, Document] = {
        "name": "Globex",
        "dialect": "X12",
        "role": "customer",
        "qualifier": "ZZ",
        "version": "004010",
        "test": 0,
    }
    mock_edi.asked("PATCH", "/_mock/partners/GLOBEX", {**ours, "as2_url": f"http://127.0.0.1:{made.port}/edi"})
    yield made
    made.end()


def test_an_order_is_answered_shipped_billed_and_each_document_acknowledged(
    buyer: Front, mock_edi: MockEdi, wait_until: Callable[..., None], record_property: Callable[[str, object], None]
) -> None:
    buyer.serve()
    buyer.drop(json.dumps(ORDER), "order.json", "buying")
    wait_until(lambda: mock_edi.asked("GET", "/_mock/orders") != [])

    def arrived() -> bool:
        mock_edi.asked("POST", "/_mock/advance?all")
        return all(len(list((buyer.folder / "kept" / what).glob("*.json"))) == 1 for what in WHAT)

    wait_until(arrived)
    wait_until(lambda: mock_edi.asked("GET", "/_mock/unacknowledged") == [])
    assert mock_edi.asked("GET", "/_mock/disagreements") == []
    (row,) = ledger(buyer)
    assert (row["set"], row["state"]) == ("850", "accepted")
    assert buyer.balanced()
    record_property("sent", "850, three 997")
    record_property("received", "997, 855, 856, 810")
    record_property("disagreements it found", 0)


def ledger(project: Front) -> list[dict[str, object]]:
    found = project.command("partner", "acks", "--all", "--json")["documents"]
    assert isinstance(found, list)
    return found
