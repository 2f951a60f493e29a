"""Signatures of webhooks, each style by an independent calculation or an example its maker publishes."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from pydantic import SecretStr

from crossdock.connector.endpoint import Style, Webhook
from crossdock.front.problem import Problem
from crossdock.front.webhooks import identity

NOW = 1_760_000_000.0
BODY = b'{"id": "evt_1", "total": 1}'
SIGNING = [one for one in Style if one is not Style.BUSINESS_CENTRAL]


def _mac(secret: bytes, *pieces: bytes) -> bytes:
    return hmac.new(secret, b"".join(pieces), hashlib.sha256).digest()


def _hook(style: Style, *secrets: str) -> Webhook:
    return Webhook(style=style, secrets=tuple(map(SecretStr, secrets)))


def _signed(style: Style, body: bytes = BODY, at: float = NOW, secret: bytes = b"hush") -> dict[str, str]:
    stamp = f"{at:.0f}"
    if style is Style.STANDARD:
        code = base64.b64encode(_mac(secret, f"msg_1.{stamp}.".encode(), body)).decode()
        return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1a,x v1,{code}"}
    if style is Style.STRIPE:
        return {"stripe-signature": f"t={stamp},v1={_mac(secret, f'{stamp}.'.encode(), body).hex()},v0=old"}
    if style is Style.GITHUB:
        return {"x-hub-signature-256": f"sha256={_mac(secret, body).hex()}", "x-github-event": "push"}
    code = base64.b64encode(_mac(secret, body)).decode()
    return {"x-shopify-hmac-sha256": code, "x-shopify-topic": "orders/create"}


@pytest.mark.parametrize("style", SIGNING)
def test_a_good_signature_names_the_event(style: Style) -> None:
    assert identity(_hook(style, "hush"), _signed(style), BODY, NOW)


@pytest.mark.parametrize("style", SIGNING)
def test_either_secret_counts_while_one_takes_the_others_place(style: Style) -> None:
    assert identity(_hook(style, "new", "hush"), _signed(style), BODY, NOW)


@pytest.mark.parametrize("style", SIGNING)
@pytest.mark.parametrize("change", [b"", b"x" + BODY, BODY[:-1]])
def test_another_body_is_refused(style: Style, change: bytes) -> None:
    with pytest.raises(Problem) as refused:
        identity(_hook(style, "hush"), _signed(style), change, NOW)
    assert refused.value.code == "W116"


@pytest.mark.parametrize("style", SIGNING)
def test_another_secret_is_refused(style: Style) -> None:
    with pytest.raises(Problem) as refused:
        identity(_hook(style, "hush"), _signed(style, secret=b"other"), BODY, NOW)
    assert refused.value.code == "W116"


@pytest.mark.parametrize("style", [Style.STANDARD, Style.STRIPE])
@pytest.mark.parametrize("away", [-301, 301])
def test_what_was_signed_long_ago_or_ahead_is_refused(style: Style, away: float) -> None:
    with pytest.raises(Problem) as refused:
        identity(_hook(style, "hush"), _signed(style, at=NOW + away), BODY, NOW)
    assert refused.value.code == "W117"


@pytest.mark.parametrize("style", SIGNING)
def test_a_request_without_a_signature_says_nothing(style: Style) -> None:
    with pytest.raises(Problem) as refused:
        identity(_hook(style, "hush"), {}, BODY, NOW)
    assert refused.value.code == "W103"


@pytest.mark.parametrize("style", [Style.GITHUB, Style.SHOPIFY])
def test_where_the_name_of_an_event_is_not_signed_it_is_not_its_identity(style: Style) -> None:
    one, two = ({**_signed(style), "x-github-delivery": name, "x-shopify-webhook-id": name} for name in "ab")
    assert identity(_hook(style, "hush"), one, BODY, NOW) == identity(_hook(style, "hush"), two, BODY, NOW)


def test_the_example_of_github() -> None:
    # docs.github.com, "Validating webhook deliveries", testing the validation
    headers = {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}
    assert identity(_hook(Style.GITHUB, "It's a Secret to Everybody"), headers, b"Hello, World!", NOW)


@pytest.mark.parametrize("text", ["", "x", "t=,v1=", "t=abc,v1=00", "v1=00", "t=1" * 500])
def test_a_stripe_signature_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        identity(_hook(Style.STRIPE, "hush"), {"stripe-signature": text}, BODY, NOW)
