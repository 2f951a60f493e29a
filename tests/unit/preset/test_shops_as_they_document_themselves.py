"""Shopify, Vendure, Medusa and ShipStation: what is asked and how answers are taken, after their documentation."""

from __future__ import annotations

import base64

import pytest
from tests.unit.preset.conftest import Ground, answer

from crossdock.connector import Done, Effect
from crossdock.errors import Doubt, Halt, Reject, Retry

SHOPIFY = {"shop": "globex", "token": "shpat_canary"}
VENDURE = {"key": "vendure-canary"}
MEDUSA = {"key": "sk_canary"}
SHIPSTATION = {"key": "user", "secret": "canary"}


def orders(*names: str, more: bool = False, cursor: str = "c1") -> dict[str, object]:
    nodes = [{"id": f"gid://shopify/Order/{n}", "name": f"#{n}", "updatedAt": f"2026-11-20T10:0{n}:00Z"} for n in names]
    return {"data": {"orders": {"pageInfo": {"hasNextPage": more, "endCursor": cursor}, "nodes": nodes}}}


def test_shopify_orders_are_read_page_by_page_and_then_only_what_changed(ground: Ground) -> None:
    ground.peer.plan(answer(orders("1", "2", more=True)), answer(orders("3")), answer(orders()))
    source = ground.opened("shopify", "source", "orders", **SHOPIFY)
    assert [one["name"] for one in ground.documents(source)] == ["#1", "#2", "#3"]
    ground.polled(source)
    variables = [body["variables"] for body in ground.bodies]
    assert variables == [
        {"first": 25},
        {"first": 25, "after": "c1"},
        {"first": 25, "filter": "updated_at:>='2026-11-20T10:02:00Z'"},
    ]
    first = ground.seen[0]
    assert first["path"] == "/admin/api/2026-10/graphql.json"
    assert first["headers"]["x-shopify-access-token"] == "shpat_canary"
    assert "authorization" not in first["headers"]


def test_shopify_that_throttles_is_asked_again_when_its_bucket_has_what_it_costs(ground: Ground) -> None:
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 100, "restoreRate": 100.0}
    cost = {"requestedQueryCost": 700, "actualQueryCost": None, "throttleStatus": status}
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    ground.peer.plan(answer({"errors": errors, "extensions": {"cost": cost}}))
    source = ground.opened("shopify", "source", "orders", **SHOPIFY)
    with pytest.raises(Retry) as told:
        list(source.poll())
    assert (told.value.code, told.value.after) == ("K752", 6.0)


def test_a_first_request_of_one_key_that_shopify_still_works_at_is_waited_for(ground: Ground) -> None:
    errors = [{"code": "IDEMPOTENCY_CONCURRENT_REQUEST", "field": None, "message": "This request is in progress."}]
    body = {"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": errors}}}
    ground.peer.plan(answer(body))
    (told,) = ground.sent(ground.opened("shopify", "sink", "set-stock", **SHOPIFY), {"quantities": []})
    assert isinstance(told, Retry)


def test_what_shopify_is_asked_stands_in_a_file_of_the_project(ground: Ground) -> None:
    (ground.root / "places.graphql").write_text(
        "query Places($first: Int!) { locations(first: $first) { nodes { id } } }"
    )
    ground.peer.plan(answer({"data": {"locations": {"nodes": [{"id": "gid://shopify/Location/1"}]}}}))
    call = ground.opened("shopify", "call", "query", query="places.graphql", **SHOPIFY)
    assert ground.asked(call, {"first": 1}) == {"locations": {"nodes": [{"id": "gid://shopify/Location/1"}]}}
    assert ground.bodies[0]["variables"] == {"first": 1}


def test_shopify_tokens_of_client_credentials_go_into_its_own_header(ground: Ground) -> None:
    token = {"access_token": "shpat_day", "scope": "read_orders", "expires_in": 86399}
    ground.peer.plan(answer(token, path="/admin/oauth/access_token"), answer(orders("1"), path="/admin/api"))
    given = {"shop": "globex", "client_id": "app", "client_secret": "canary"}
    assert len(ground.polled(ground.opened("shopify", "source", "orders", **given))) == 1
    asked, read = ground.seen
    assert asked["body"] == "grant_type=client_credentials&client_id=app&client_secret=canary"
    assert read["headers"]["x-shopify-access-token"] == "shpat_day"


def test_shopify_stock_carries_the_key_of_the_delivery_and_so_is_keyed(ground: Ground) -> None:
    group = {"inventoryAdjustmentGroup": {"id": "gid://shopify/InventoryAdjustmentGroup/1"}, "userErrors": []}
    ground.peer.plan(answer({"data": {"inventorySetQuantities": group}}))
    sink = ground.opened("shopify", "sink", "set-stock", **SHOPIFY)
    stock = {"name": "available", "reason": "correction", "quantities": []}
    assert ground.sent(sink, stock) == [Done("gid://shopify/InventoryAdjustmentGroup/1")]
    (body,) = ground.bodies
    assert body["variables"] == {"input": stock, "key": "key-1"}
    assert "@idempotent(key: $key)" in body["query"]
    kind = ground.kind("shopify", "sink")
    assert kind.effect(ground.options("shopify", "sink", "set-stock", **SHOPIFY)) is Effect.KEYED
    assert kind.effect(ground.options("shopify", "sink", "fulfil", **SHOPIFY)) is Effect.OPAQUE


def test_a_user_error_of_shopify_rejects_with_what_it_says(ground: Ground) -> None:
    errors = [{"field": ["fulfillment"], "message": "Fulfillment order does not exist."}]
    ground.peer.plan(answer({"data": {"fulfillmentCreate": {"fulfillment": None, "userErrors": errors}}}))
    (told,) = ground.sent(ground.opened("shopify", "sink", "fulfil", **SHOPIFY), {"trackingInfo": {}})
    assert isinstance(told, Reject)
    assert "Fulfillment order does not exist." in told.message


def test_a_token_that_shopify_took_back_stops_the_route(ground: Ground) -> None:
    body = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
    ground.peer.plan(answer(body, status=401))
    (told,) = ground.sent(ground.opened("shopify", "sink", "set-stock", **SHOPIFY), {})
    assert isinstance(told, Halt)
    assert "shpat_canary" not in str(told)


def test_vendure_orders_are_read_by_skip_and_take(ground: Ground) -> None:
    def page(*codes: str) -> dict[str, object]:
        items = [{"id": code, "code": code, "updatedAt": "2026-11-20T11:00:00.000Z"} for code in codes]
        return {"data": {"orders": {"totalItems": 2, "items": items}}}

    ground.peer.plan(answer(page("A", "B")), answer(page()), answer(page()))
    source = ground.opened("vendure", "source", "orders", **VENDURE)
    assert [one["code"] for one in ground.documents(source)] == ["A", "B"]
    ground.polled(source)
    options = [body["variables"]["options"] for body in ground.bodies]
    assert [(one["skip"], one["filter"]["updatedAt"]["after"]) for one in options] == [
        (0, "2000-01-01T00:00:00.000Z"),
        (2, "2000-01-01T00:00:00.000Z"),
        (0, "2026-11-20T10:59:00Z"),
    ]
    assert ground.seen[0]["headers"]["vendure-api-key"] == "vendure-canary"
    assert "vendure-token" not in ground.seen[0]["headers"]


def test_an_error_result_of_vendure_rejects(ground: Ground) -> None:
    refused = {"errorCode": "INSUFFICIENT_STOCK_ON_HAND_ERROR", "message": "Cannot create a Fulfillment"}
    ground.peer.plan(answer({"data": {"addFulfillmentToOrder": refused}}))
    (told,) = ground.sent(ground.opened("vendure", "sink", "fulfil", channel="eu", **VENDURE), {"lines": []})
    assert isinstance(told, Reject)
    assert "INSUFFICIENT_STOCK" in told.message
    assert ground.seen[0]["headers"]["vendure-token"] == "eu"


def test_medusa_orders_are_read_by_offset_with_a_secret_key(ground: Ground) -> None:
    def page(count: int, offset: int) -> dict[str, object]:
        listed = [{"id": f"order_{offset + n}", "updated_at": "2026-11-20T11:00:00.000Z"} for n in range(count)]
        return {"orders": listed, "count": 3, "offset": offset, "limit": 50}

    ground.peer.plan(answer(page(3, 0)), answer(page(0, 3)), answer(page(0, 0)))
    source = ground.opened("medusa", "source", "orders", **MEDUSA)
    assert len(ground.polled(source)) == 3
    ground.polled(source)
    assert [one["query"].get("offset") for one in ground.seen] == ["0", "3", "0"]
    assert ground.seen[2]["query"]["updated_at[$gte]"] == "2026-11-20T10:59:00Z"
    assert ground.seen[0]["headers"]["authorization"] == "Basic sk_canary"


def test_medusa_stock_is_set_at_a_location_and_only_its_quantity_is_sent(ground: Ground) -> None:
    ground.peer.plan(answer({"inventory_item": {"id": "iitem_1"}}))
    level = {"inventory_item_id": "iitem_1", "location_id": "sloc_1", "stocked_quantity": 12}
    assert ground.sent(ground.opened("medusa", "sink", "set-stock", **MEDUSA), level) == [Done("iitem_1")]
    assert ground.seen[0]["path"] == "/admin/inventory-items/iitem_1/location-levels/sloc_1"
    assert ground.bodies == [{"stocked_quantity": 12}]


def test_an_item_that_medusa_does_not_know_is_rejected(ground: Ground) -> None:
    ground.peer.plan(answer({"type": "not_found", "message": "Inventory item iitem_9 not found"}, status=404))
    level = {"inventory_item_id": "iitem_9", "location_id": "sloc_1", "stocked_quantity": 12}
    (told,) = ground.sent(ground.opened("medusa", "sink", "set-stock", **MEDUSA), level)
    assert isinstance(told, Reject)
    assert "iitem_9 not found" in told.message


def test_shipstation_shipments_are_read_until_the_last_page_and_its_limit_is_kept(ground: Ground) -> None:
    def page(number: int) -> dict[str, object]:
        made = {"shipmentId": number, "createDate": "2026-11-20T03:12:44.1270000", "voided": False, "voidDate": None}
        return {"shipments": [made], "total": 2, "page": number, "pages": 2}

    limits = {"X-Rate-Limit-Limit": "40", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "20"}
    ground.peer.plan(answer(page(1)), answer(page(2), headers=limits))
    source = ground.opened("shipstation", "source", "shipments", **SHIPSTATION)
    assert [one["shipmentId"] for one in ground.documents(source)] == [1, 2]
    assert [one["query"]["page"] for one in ground.seen] == ["1", "2"]
    login = base64.b64encode(b"user:canary").decode()
    assert ground.seen[0]["headers"]["authorization"] == f"Basic {login}"
    with pytest.raises(Retry) as told:
        list(source.poll())
    assert told.value.code == "K710"
    assert len(ground.seen) == 2


def test_shipstation_is_asked_from_the_last_time_of_creation_on_in_its_own_zone(ground: Ground) -> None:
    made = {"shipmentId": 1, "createDate": "2026-11-20T03:12:44.1270000", "voided": False, "voidDate": None}
    ground.peer.plan(*[answer({"shipments": [made], "total": 1, "page": 1, "pages": 1})] * 2)
    source = ground.opened("shipstation", "source", "shipments", **SHIPSTATION)
    ground.polled(source)
    ground.polled(source)
    assert ground.seen[1]["query"]["createDateStart"] == "2026-11-20T03:11:44"


def test_an_order_for_shipstation_whose_end_is_unclear_may_be_sent_again(ground: Ground) -> None:
    ground.peer.plan(answer({"Message": "gateway"}, status=504), answer({"orderId": 94113592, "orderKey": "PO-1"}))
    sink = ground.opened("shipstation", "sink", "send-order", **SHIPSTATION)
    (first,) = ground.sent(sink, {"orderKey": "PO-1"})
    assert isinstance(first, Doubt)
    assert ground.sent(sink, {"orderKey": "PO-1"}) == [Done("94113592")]
    options = ground.options("shipstation", "sink", "send-order", **SHIPSTATION)
    assert ground.kind("shipstation", "sink").effect(options) is Effect.KEYED


def test_shipstation_v2_wants_its_key_in_a_header_of_its_own(ground: Ground) -> None:
    ground.peer.plan(answer({"shipments": [], "total": 0, "page": 1, "pages": 1, "links": {}}, path="/v2/shipments"))
    given = {"address_v2": ground.peer.url, "key_v2": "TEST_canary"}
    source = ground.opened("shipstation", "source", "shipments-v2", address=None, **given)
    assert ground.polled(source) == []
    assert ground.seen[0]["headers"]["api-key"] == "TEST_canary"
