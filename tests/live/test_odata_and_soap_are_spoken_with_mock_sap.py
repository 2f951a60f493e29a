"""OData V2 and V4 and a BAPI over SOAP, as an SAP by another author understands them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from crossdock.connector import Call, Done, Parcel, Sink, Source, Surroundings
from crossdock.errors import Reject
from crossdock.message import Document, Inline, read_all
from crossdock.testing.servers.fixtures import or_skip
from crossdock.testing.servers.mock_sap import MockSap
from crossdock_connectors import odata, soap

V2 = "/sap/opu/odata/sap/API_SALES_ORDER_SRV"
V4 = "/sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/api_salesorder/0001"
ENTITY = {"v2": (V2, "A_SalesOrder"), "v4": (V4, "SalesOrder")}
BAPI = """\
<f:BAPI_SALESORDER_GETLIST xmlns:f="urn:sap-com:document:sap:rfc:functions">
  <CUSTOMER_NUMBER>{customer}</CUSTOMER_NUMBER>
</f:BAPI_SALESORDER_GETLIST>
"""
VERSIONS = pytest.mark.parametrize("version", ["v2", "v4"])


class Desk:
    """Sends, asks and polls with our connectors."""

    def __init__(self, root: Path, sap: MockSap) -> None:
        self._around = Surroundings(root=root, name="r/sap", now=lambda: datetime.now(UTC))
        self._sap = sap

    def odata(self, version: str, **more: object) -> dict[str, object]:
        service, entity = ENTITY[version]
        return {"service": self._sap.url + service, "entity": entity, "version": version, "allow_private": True, **more}

    def sent(self, *documents: Document, **options: object) -> list[object]:
        kind = odata.CONNECTOR.sink
        assert kind is not None
        sink = cast(Sink, kind.open(kind.options.model_validate({**options, "csrf": True}), self._around))
        try:
            return list(sink.send([parcel(one, number) for number, one in enumerate(documents)]))
        finally:
            sink.close()

    def polled(self, **options: object) -> list[Document]:
        kind = odata.CONNECTOR.source
        assert kind is not None
        source: Source = kind.open(kind.options.model_validate(options), self._around)
        try:
            return [json.loads(read_all(one.payload)) for one in source.poll()]
        finally:
            source.close()

    def found(self, number: str) -> Document:
        kind = odata.CONNECTOR.call
        assert kind is not None
        asked = self.odata("v2", do="find", filter="PurchaseOrderByCustomer eq '{po}'", result="[].SalesOrder")
        call: Call = kind.open(kind.options.model_validate(asked), self._around)
        with closing(call):
            answer = call.ask(parcel({"po": number}))
        assert isinstance(answer, list), answer
        return cast(Document, answer)


def parcel(document: Document, number: int = 0) -> Parcel:
    return Parcel(
        key=f"5f0c7a3e-0000-5000-8000-{number:012}",
        message="019a9f3c-5c00-7000-8000-000000000001",
        payload=Inline(json.dumps(document).encode()),
        document=document,
        content_type="application/json",
    )


def order(number: str, customer: str = "1000006") -> dict[str, Document]:
    return {
        "SalesOrderType": "OR",
        "SalesOrganization": "1710",
        "DistributionChannel": "10",
        "OrganizationDivision": "00",
        "SoldToParty": customer,
        "PurchaseOrderByCustomer": number,
    }


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Desk]:
    with or_skip(lambda: MockSap(strict=True)) as server:
        yield Desk(tmp_path, server)


@VERSIONS
def test_an_order_is_made_with_a_token_against_forgery_and_found_by_the_number_of_the_customer(
    strict: Desk, version: str
) -> None:
    (outcome,) = strict.sent(order("PO4711"), **strict.odata(version, receipt="SalesOrder"))
    assert isinstance(outcome, Done), outcome
    assert strict.found("PO4711") == [outcome.receipt]


@VERSIONS
def test_an_order_is_changed_with_the_etag_it_has_now_and_not_without(strict: Desk, version: str) -> None:
    (made,) = strict.sent(order("PO4711"), **strict.odata(version, receipt="SalesOrder"))
    assert isinstance(made, Done), made
    changed: dict[str, Document] = {"SalesOrder": made.receipt, "PurchaseOrderByCustomer": "PO4711-B"}
    how = strict.odata(version, do="update", key={"SalesOrder": "SalesOrder"})
    (without,) = strict.sent(changed, **how)
    (done,) = strict.sent(changed, **how, if_match="read")
    assert isinstance(without, Reject), without
    assert isinstance(done, Done), done
    assert strict.found("PO4711-B") == [made.receipt]


def test_one_refused_in_a_batch_of_changes_stops_no_other(strict: Desk) -> None:
    customers = ("1000006", "longer than ten", "1000006")
    orders = [order(f"PO{number}", customer) for number, customer in enumerate(customers)]
    outcomes = strict.sent(*orders, **strict.odata("v2", batch={"size": 10}))
    assert [type(one) for one in outcomes] == [Done, Reject, Done]
    assert "SoldToParty" in str(outcomes[1])
    assert [len(cast("list[Document]", strict.found(f"PO{number}"))) for number in range(3)] == [1, 0, 1]


@VERSIONS
def test_every_order_is_polled_page_by_page(strict: Desk, version: str) -> None:
    whole = strict.polled(**strict.odata(version))
    paged = strict.polled(**strict.odata(version, page_size=4))
    assert len(whole) > 4
    assert paged == whole


def test_a_bapi_is_asked_over_soap(tmp_path: Path) -> None:
    (tmp_path / "orders.xml").write_text(BAPI)
    kind = soap.CONNECTOR.call
    assert kind is not None
    with or_skip(MockSap) as sap:
        asked = {"post": f"{sap.url}/sap/bc/srt/rfc/sap/BAPI_SALESORDER_GETLIST", "body": "orders.xml", "reads": True}
        options = {**asked, "allow_private": True, "result": {"orders": "//SALES_ORDERS/item/SD_DOC"}}
        around = Surroundings(root=tmp_path, name="r/sap", now=lambda: datetime.now(UTC))
        call: Call = kind.open(kind.options.model_validate(options), around)
        with closing(call):
            answer = call.ask(parcel({"customer": "1000006"}))
        wanted = Desk(tmp_path, sap)
        kept = wanted.polled(**wanted.odata("v2", filter="SoldToParty eq '1000006'"))
    assert isinstance(answer, dict), answer
    numbers = answer["orders"] if isinstance(answer["orders"], list) else [answer["orders"]]
    assert sorted(map(str, numbers)) == sorted(str(cast("dict[str, Document]", one)["SalesOrder"]) for one in kept)
