"""ORDERS05 both ways between us and an SAP by another author: over HTTP, with tokens; as XML, and to it as a flat file too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.flow.serving import Front

from crossdock.errors import Halt
from crossdock.testing.servers.fixtures import or_skip
from crossdock.testing.servers.mock_sap import MockSap

ROOT = Path(__file__).parents[2]
TO_SAP = """\
from: {{file: {{path: orders, every: 50ms, stable_for: 20ms}}}}
steps:
  - decode: json
  - validate: order/v1
to:
  - http:
      post: {url}/sap/bc/idoc
      auth: {{oauth2: {{token_url: "{url}/sap/bc/sec/oauth2/token", client_id: crossdock, client_secret: "${{secret:sap}}"}}}}
      headers: {{Accept: application/json, Content-Type: {kind}}}
      allow_private: true
    name: sap
    map: order-to-idoc-orders
    encode: {{idoc: {{form: {form}}}}}
"""
FROM_SAP = """\
from: {http: {path: /idocs, accepts: [application/xml], auth: {anybody: true}}}
steps:
  - decode: idoc
  - split: idocs
  - map: idoc-orders-to-order
  - validate: order/v1
to:
  - file: {path: received, name: "{number}.json"}
    encode: json
"""
ORDER = {
    "number": "4500118821",
    "ordered_on": "2026-11-20",
    "currency": "USD",
    "buyer": {"id": "1000001", "id_scheme": "mutual"},
    "lines": [
        {"number": 10, "sku": "TG11", "quantity": 2, "unit": "EA", "unit_price": 12.5},
        {"number": 20, "sku": "TG12", "quantity": 30, "unit": "EA", "unit_price": 1.25},
    ],
}


@pytest.fixture
def sap() -> Iterator[MockSap]:
    """An SAP that wants tokens."""
    with or_skip(lambda: MockSap(tokens=True)) as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    shutil.copytree(ROOT / "mappings/tables", tmp_path / "mappings/tables")
    (tmp_path / "mappings/idoc").mkdir()
    for name in ("order-to-idoc-orders", "idoc-orders-to-order"):
        shutil.copyfile(ROOT / f"mappings/idoc/{name}.yaml", tmp_path / f"mappings/idoc/{name}.yaml")
    (tmp_path / "orders").mkdir()
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets/sap").touch(mode=0o600)
    yield made
    made.end()


@pytest.mark.parametrize(("form", "kind"), [("xml", "application/xml"), ("flat", "text/plain")])
def test_an_order_reaches_sap_as_orders05(
    project: Front, sap: MockSap, form: str, kind: str, record_property: Callable[[str, object], None]
) -> None:
    (project.folder / "secrets/sap").write_text(sap.secret)
    project.write(to_sap=TO_SAP.format(url=sap.url, form=form, kind=kind))
    project.drop(json.dumps(ORDER), "order.json", "orders")
    project.finish(seconds=150)
    assert project.states("to-sap/sap") == {"delivered": 1}
    found = sap.asked("GET", "/_mock/idocs")
    text = json.dumps(found)
    assert '"ORDERS05"' in text
    record_property(f"IDocs sent ({form})", 1)
    assert project.balanced()


def test_orders05_out_of_sap_becomes_an_order(
    project: Front, sap: MockSap, wait_until: Callable[..., None], record_property: Callable[[str, object], None]
) -> None:
    project.write(project.settings(), from_sap=FROM_SAP)
    project.serve()
    for order in ("0000004712", "0000004713"):
        text = sap.asked("POST", "/sap/bc/idoc/generate?format=xml", {"mestyp": "ORDERS", "SalesOrder": order})
        assert isinstance(text, str)
        assert project.ask("POST", "/idocs", text.encode(), {"Content-Type": "application/xml"}).status == 202
    wait_until(lambda: len(list((project.folder / "received").glob("*.json"))) == 2)
    for file in (project.folder / "received").glob("*.json"):
        assert json.loads(file.read_text())["lines"]
    record_property("IDocs received", 2)


def test_without_a_token_it_lets_nobody_in(sap: MockSap) -> None:
    sap.token = ""
    with pytest.raises(Halt, match="refused"):
        sap.asked("POST", "/sap/bc/idoc/generate", {"mestyp": "ORDERS", "SalesOrder": "0000004712"})
