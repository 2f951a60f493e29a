"""Webhooks are proven as their senders sign them."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from tests.unit.preset.conftest import Ground

from crossdock.front.problem import Problem
from crossdock.front.subscriptions import echo
from crossdock.front.webhooks import identity

SECRET = "hush-canary"
BODY = b'{"id": 820982911946154508, "name": "#9999"}'


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-shopify-hmac-sha256": base64.b64encode(digest).decode(), "x-shopify-topic": "orders/create"}


def test_a_webhook_that_shopify_signed_is_taken(ground: Ground) -> None:
    options = ground.options("shopify", "endpoint", "order-webhook", path="/hooks/shopify", secret=SECRET)
    endpoint = ground.kind("shopify", "endpoint").endpoint(options)
    assert identity(endpoint.access.webhook, signed(BODY), BODY, 0.0).startswith("orders/create ")
    assert endpoint.keep == ("X-Shopify-Topic", "X-Shopify-Shop-Domain", "X-Shopify-API-Version")


@pytest.mark.parametrize(
    "headers", [signed(BODY, "another"), signed(BODY + b" "), {"x-shopify-topic": "orders/create"}]
)
def test_one_that_shopify_did_not_sign_is_refused(ground: Ground, headers: dict[str, str]) -> None:
    options = ground.options("shopify", "endpoint", "order-webhook", path="/hooks/shopify", secret=SECRET)
    with pytest.raises(Problem):
        identity(ground.kind("shopify", "endpoint").endpoint(options).access.webhook, headers, BODY, 0.0)


def test_business_central_is_answered_its_handshake_and_tells_its_state(ground: Ground) -> None:
    options = ground.options("business_central", "endpoint", "notifications", path="/hooks/bc", client_state=SECRET)
    hook = ground.kind("business_central", "endpoint").endpoint(options).access.webhook
    assert echo(hook, "validationToken=5e5c6e47") == "5e5c6e47"
    told = b'{"value": [{"subscriptionId": "c", "clientState": "%b", "changeType": "collection"}]}'
    assert identity(hook, {}, told % SECRET.encode(), 0.0)
    with pytest.raises(Problem):
        identity(hook, {}, told % b"another", 0.0)


def test_shipstation_proves_itself_by_a_key_of_ours(ground: Ground) -> None:
    options = ground.options("shipstation", "endpoint", "webhook", path="/hooks/shipstation")
    endpoint = ground.kind("shipstation", "endpoint").endpoint(options)
    assert endpoint.access.keys
    assert endpoint.access.webhook is None
