"""Requests signed as OAuth 1.0a has it (RFC 5849, 3.4), in a header; HMAC-SHA256 beside the HMAC-SHA1 of the standard.

What is signed is the method, the address and every parameter of its query. A body of JSON is not part of it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlsplit

from crossdock.connector.http.credentials import Send
from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.options import OAuth1
from crossdock.connector.http.redaction import Redaction

_DIGESTS = {"HMAC-SHA256": hashlib.sha256, "HMAC-SHA1": hashlib.sha1}
_PORTS = {"http": 80, "https": 443}


class Signed:
    """Signs each request anew; ``nonce`` gives a text that was never there."""

    def __init__(
        self,
        options: OAuth1,
        redaction: Redaction,
        now: Callable[[], datetime],
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._options, self._now, self._nonce = options, now, nonce
        for secret in (options.consumer_secret, options.token_secret):
            redaction.add(secret.get_secret_value())

    def signed(self, request: Request, send: Send) -> Request:
        """See ``Credentials``."""
        options = self._options
        given = {
            "oauth_consumer_key": options.consumer_key,
            "oauth_token": options.token,
            "oauth_signature_method": options.algorithm,
            "oauth_timestamp": str(int(self._now().timestamp())),
            "oauth_nonce": self._nonce(),
            "oauth_version": "1.0",
        }
        given["oauth_signature"] = self._signature(request, given)
        named = {"realm": options.realm, **given} if options.realm is not None else given
        text = ", ".join(f'{name}="{_encoded(value or "")}"' for name, value in named.items())
        return request.with_headers({"Authorization": f"OAuth {text}"})

    def renew(self, response: Response) -> bool:
        """There is nothing to renew."""
        return False

    def _signature(self, request: Request, given: dict[str, str]) -> str:
        options = self._options
        secrets_ = (options.consumer_secret, options.token_secret)
        key = "&".join(_encoded(secret.get_secret_value()) for secret in secrets_)
        digest = hmac.new(key.encode(), base_string(request, given).encode(), _DIGESTS[options.algorithm]).digest()
        return base64.b64encode(digest).decode()


def base_string(request: Request, given: dict[str, str]) -> str:
    """What is signed (RFC 5849, 3.4.1): parameters are sorted as they are encoded."""
    parts = urlsplit(request.url)
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    place = f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}{port}{parts.path or '/'}"
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *given.items()]
    listed = "&".join(f"{name}={value}" for name, value in sorted((_encoded(n), _encoded(v)) for n, v in pairs))
    return "&".join((request.method.upper(), _encoded(place), _encoded(listed)))


def _encoded(text: str) -> str:
    """RFC 5849, 3.6: everything but letters, digits and - . _ ~."""
    return quote(text, safe="~")
