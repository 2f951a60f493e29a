"""OAuth 1.0a: what is signed, after RFC 5849, 3.4.1."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.oauth1 import Signed, base_string
from crossdock.connector.http.options import OAuth1
from crossdock.connector.http.redaction import Redaction

OPTIONS = OAuth1(
    consumer_key="ck",
    consumer_secret=SecretStr("c&s"),
    token="tk",  # noqa: S106 - the id of one, which is no secret
    token_secret=SecretStr("t s"),
    realm="1_SB1",
)


def never(request: Request) -> Response:
    raise AssertionError(f"{request} was sent")


def test_parameters_are_encoded_and_then_sorted_and_the_default_port_is_left_out() -> None:
    request = Request(method="post", url="https://EXAMPLE.com:443/r%20v/X?b5=%3D%253D&a3=a&c%40=&a2=r%20b")
    given = {"oauth_token": "k9"}
    listed = "a2%3Dr%2520b%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26oauth_token%3Dk9"
    assert base_string(request, given) == f"POST&https%3A%2F%2Fexample.com%2Fr%2520v%2FX&{listed}"


def test_another_port_is_part_of_what_is_signed() -> None:
    assert "http%3A%2F%2Fexample.com%3A8080%2F&" in base_string(
        Request(method="GET", url="http://example.com:8080"), {}
    )


@pytest.mark.parametrize(("algorithm", "digest"), [("HMAC-SHA256", "sha256"), ("HMAC-SHA1", "sha1")])
def test_the_key_is_both_secrets_encoded(algorithm: str, digest: str) -> None:
    options = OPTIONS.model_copy(update={"algorithm": algorithm})
    signed = Signed(options, Redaction(), lambda: datetime(2026, 11, 20, tzinfo=UTC), nonce=lambda: "n1")
    request = Request(method="GET", url="https://example.com/x?q=1")
    header = signed.signed(request, never).headers["Authorization"]
    given = {
        "oauth_consumer_key": "ck",
        "oauth_token": "tk",
        "oauth_signature_method": algorithm,
        "oauth_timestamp": "1795132800",
        "oauth_nonce": "n1",
        "oauth_version": "1.0",
    }
    made = hmac.new(b"c%26s&t%20s", base_string(request, given).encode(), digest).digest()
    signature = base64.b64encode(made).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert header.startswith('OAuth realm="1_SB1", oauth_consumer_key="ck"')
    assert f'oauth_signature="{signature}"' in header
    assert "c&s" not in header
