"""Prism answers by an OpenAPI description and refuses what does not fit it: what our ``http`` sends does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.flow.conftest import Project
from tests.flow.serving import Front

from crossdock.testing.servers.prism import Prism

#: As vendors write them: a body that must fit, a key in a header, an account in the query, ids made by the server.
VENDOR = """\
openapi: 3.1.0
info: {title: Orders of a vendor, version: "1"}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Api-Key}}
security: [{key: []}]
paths:
  /v1/orders:
    post:
      parameters:
        - {name: Idempotency-Key, in: header, required: true, schema: {type: string, format: uuid}}
        - {name: account, in: query, required: true, schema: {type: string, pattern: "^[A-Z]{2}-[0-9]+$"}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              required: [reference, lines]
              properties:
                reference: {type: string, maxLength: 20}
                lines:
                  type: array
                  minItems: 1
                  items:
                    type: object
                    required: [sku, quantity]
                    properties: {sku: {type: string}, quantity: {type: integer, minimum: 1}}
      responses:
        "201":
          description: made
          content:
            application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}, example: {id: o-77}}
"""
ROUTE = """\
from:
  file: {{path: inbox, every: 20ms, stable_for: 20ms}}
steps:
  - decode: json
to:
  - http:
      post: {url}/v1/orders
      query: {{account: "{{account}}"}}
      auth: {{api_key: {{header: X-Api-Key, key: "${{secret:vendor}}"}}}}
      key_header: Idempotency-Key
      receipt: id
      allow_private: true
    name: vendor
    map: vendor
    encode: json
"""
MAPPING = (
    "from: order\nfields:\n  reference: number\n  lines:\n    each: lines\n    fields: {sku: sku, quantity: quantity}\n"
)


@pytest.fixture
def project(tmp_path: Path, prism: Callable[[Path], Prism]) -> Iterator[Project]:
    """A project that sends orders to the vendor."""
    description = tmp_path / "vendor.yaml"
    description.write_text(VENDOR)
    made = Project(tmp_path)
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/vendor.yaml").write_text(MAPPING)
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets/vendor").touch(mode=0o600)
    (tmp_path / "secrets/vendor").write_text("not-a-real-key")
    made.write(orders=ROUTE.format(url=prism(description).url))
    yield made
    made.end()


def order(number: str, quantity: object) -> str:
    line = {"sku": "HB-0840", "quantity": quantity}
    return json.dumps({"number": number, "account": "US-4711", "lines": [line]})


def test_what_fits_the_vendors_description_is_made_and_what_does_not_is_refused(
    project: Project, record_property: Callable[[str, object], None]
) -> None:
    project.drop(order("PO-1", 120), "good.json")
    project.drop(order("PO-2", 0), "bad.json")
    project.finish(seconds=150)
    assert project.states("orders/vendor") == {"delivered": 1, "dead": 1}
    (dead,) = listed(project.command("dead", "list", "--json"))
    assert "answered 422" in json.dumps(dead)
    assert project.balanced()
    record_property("fit", 1)
    record_property("refused, and kept as dead letters", 1)


def listed(found: object) -> list[object]:
    assert isinstance(found, list)
    return found


def test_our_own_description_is_one_that_others_can_mock(tmp_path: Path, prism: Callable[[Path], Prism]) -> None:
    ours = Front(tmp_path)
    route = "from: {http: {path: /orders, accepts: [application/json], check: true, auth: {anybody: true}}}\nsteps:\n  - decode: json\n"
    ours.write(ours.settings(), orders=f"{route}  - validate: order/v1\nto: [{{topic: order.received}}]\n")
    ours.serve()
    description = tmp_path / "openapi.json"
    description.write_bytes(ours.ask("GET", "/openapi.json").body)
    ours.stop()
    mocked = Front.__new__(Front)
    mocked.port = prism(description).port
    good = {"number": "1", "ordered_on": "2026-11-20", "currency": "USD", "buyer": {"id": "A"}, "lines": LINES}
    assert mocked.post("/orders", good).status == 202
    assert mocked.post("/orders", {**good, "lines": []}).status == 422


LINES = [{"number": 1, "sku": "HB-0840", "quantity": 1, "unit": "EA", "unit_price": 9.25}]
