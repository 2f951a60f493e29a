"""A token that we sign to say who we are where tokens are given out (RFC 7523; RFC 7519)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from crossdock.connector.http.options import Assertion, OAuth2
from crossdock.connector.http.redaction import Redaction
from crossdock.errors import Halt

if TYPE_CHECKING:  # the library behind it is imported when the first token is signed
    from jwt import PyJWT

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523, 2.1
_CLIENT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, 2.2


def asserted(options: OAuth2, assertion: Assertion, now: datetime, redaction: Redaction) -> dict[str, str]:
    """The fields of a request for a token. Raises ``Halt`` K712 where the key cannot sign."""
    token = _signed(options, assertion, int(now.timestamp()))
    redaction.add(token)
    if assertion.used_as == "grant":
        return {"grant_type": _GRANT, "assertion": token}
    return {"client_assertion_type": _CLIENT, "client_assertion": token}


def _signed(options: OAuth2, assertion: Assertion, now: int) -> str:
    claims: dict[str, str | int] = {
        "iss": options.client_id,
        "sub": assertion.subject or options.client_id,
        "aud": assertion.audience or options.token_url,
        "iat": now,
        "exp": now + int(assertion.lifetime),
        "jti": secrets.token_hex(16),
        **assertion.claims,
    }
    headers = {**assertion.headers, **({"kid": assertion.key_id} if assertion.key_id else {})}
    import jwt  # noqa: PLC0415 - and cryptography with it, only when one is signed

    library: PyJWT = jwt.PyJWT()
    try:
        return library.encode(claims, assertion.key.get_secret_value(), assertion.algorithm, headers)
    except (ValueError, TypeError, jwt.PyJWTError) as error:  # the text of the key is nobody's business
        told = f"the key of 'assertion' cannot sign with {assertion.algorithm}: {type(error).__name__}"
        raise Halt(
            "K712", told, hint="it is a private key in PEM, without a password, of the kind of the algorithm"
        ) from None
