"""AWS Signature Version 4 ("Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference). Pure.

Only what an S3 client needs: the signature in the ``Authorization`` header, over a payload whose hash is known.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and for which region."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str
    session_token: str | None = field(default=None, repr=False)

    def signed(
        self, method: str, url: str, headers: Mapping[str, str], payload_sha256: str, now: datetime
    ) -> dict[str, str]:
        """The headers with those that sign. ``url`` is encoded already, its parameters by ``encoded``."""
        parts = urlsplit(url)
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        full = {**headers, "Host": parts.netloc, "x-amz-content-sha256": payload_sha256, "x-amz-date": stamp}
        if self.session_token is not None:
            full["x-amz-security-token"] = self.session_token
        lines = sorted((name.lower(), " ".join(value.split())) for name, value in full.items())
        names = ";".join(name for name, _ in lines)
        query = "&".join(sorted(one if "=" in one else f"{one}=" for one in parts.query.split("&") if one))
        fields = "".join(f"{name}:{value}\n" for name, value in lines)
        request = "\n".join([method, parts.path or "/", query, fields, names, payload_sha256])
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        text = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
        signature = hmac.new(self._key(stamp[:8]), text.encode(), hashlib.sha256).hexdigest()
        credential = f"{self.access_key}/{scope}"
        full["Authorization"] = f"{_ALGORITHM} Credential={credential},SignedHeaders={names},Signature={signature}"
        return full

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret_key}".encode()
        for step in (day, self.region, "s3", "aws4_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        return key


def encoded(text: str, *, path: bool = False) -> str:
    """A text for a URL, as it is signed: all but the unreserved characters of RFC 3986; slashes stay in a path."""
    return quote(text, safe="/-_.~" if path else "-_.~")


def query_of(parameters: Mapping[str, str]) -> str:
    """Parameters of a URL, encoded, in the order in which they are signed."""
    pairs = sorted((encoded(name), encoded(value)) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)
