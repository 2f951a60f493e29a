"""Tokens (JWT, RFC 7519) that an authorization server made: whether one counts, and whose it is. Pure.

Only the algorithms of the configuration are tried, only with a key that is made for one of them, and only public ones:
``none`` and a public key taken for a shared secret are no cases to be excluded, they cannot come up. A token must say
when it ends, who made it and for whom (RFC 8725, 3.1, 3.8, 3.9).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from crossdock.connector.endpoint import Tokens
from crossdock.front.problem import Problem

LONGEST = 16 * 1024  # characters of a token
_LEAST_RSA = 2048  # bits (RFC 7518, 3.3)

PublicKey: TypeAlias = "rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey"
Verify: TypeAlias = Callable[[PublicKey, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key of an issuer. ``id`` and ``algorithm`` where it says so."""

    key: PublicKey
    id: str | None = None
    algorithm: str | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What counts of a token."""

    subject: str
    scopes: frozenset[str]
    partner: str | None


def key_id(token: str) -> str | None:
    """The ``kid`` a token asks for. Raises ``Problem`` for what is no token."""
    id = _part(_parts(token)[0]).get("kid")
    return id if isinstance(id, str) else None


def claims(token: str, wanted: Tokens, keys: Iterable[VerificationKey], now: float) -> Claims:
    """What the token says, where it counts. Raises ``Problem``."""
    head, body, signature = _parts(token)
    header = _part(head)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in wanted.algorithms or "crit" in header:
        raise _bad("it is signed in a way that does not count here")
    signed = f"{head}.{body}".encode()
    fitting = [one for one in keys if _fits(one, header.get("kid"), algorithm)]
    if not any(_VERIFY[algorithm](one.key, signed, _decoded(signature)) for one in fitting):
        raise _bad("no key of the issuer made its signature")
    return _judged(_part(body), wanted, now)


def _judged(body: Mapping[str, object], wanted: Tokens, now: float) -> Claims:
    expires, begins = body.get("exp"), body.get("nbf", 0)
    if not _is_number(expires) or now >= float(str(expires)) + wanted.leeway:
        raise _bad("it has ended, or does not say when it does")
    if not _is_number(begins) or now < float(str(begins)) - wanted.leeway:
        raise _bad("it does not count yet")
    if body.get("iss") != wanted.issuer:
        raise _bad("another issuer made it")
    audience = body.get("aud")
    if wanted.audience not in (audience if isinstance(audience, list) else [audience]):
        raise _bad("it is for somebody else")
    scopes = _scopes(body)
    if not scopes.issuperset(wanted.scopes):
        raise Problem("W105", f"the token lacks scope {', '.join(set(wanted.scopes) - scopes)}")
    return Claims(_subject(body), scopes, _partner(body, wanted.partner))


def _subject(body: Mapping[str, object]) -> str:
    for name in ("sub", "client_id", "azp"):
        found = body.get(name)
        if isinstance(found, str) and found:
            return found
    raise _bad("it does not say whose it is")


def _scopes(body: Mapping[str, object]) -> frozenset[str]:
    """``scope`` (RFC 8693, 4.2), or the list ``scp`` or ``roles`` some issuers write."""
    listed: list[str] = []
    for name in ("scope", "scp", "roles"):
        found = body.get(name)
        listed += found.split() if isinstance(found, str) else []
        listed += [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return frozenset(listed)


def _partner(body: Mapping[str, object], name: str | None) -> str | None:
    if name is None:
        return None
    found = body.get(name)
    if not isinstance(found, str) or not found:
        raise _bad(f"it names no partner in '{name}'")
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bad(why: str) -> Problem:
    return Problem("W118", f"the token does not count: {why}")


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".") if len(token) <= LONGEST else []
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature (RFC 7515, 3.1)
        raise _bad("it is no signed token")
    return parts[0], parts[1], parts[2]


def _part(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(_decoded(text))
    except (ValueError, RecursionError):
        raise _bad("it cannot be read") from None
    if not isinstance(found, dict):
        raise _bad("it cannot be read")
    return found


def _decoded(text: str) -> bytes:
    """Base64url without padding (RFC 7515, 2), and nothing that only looks like it."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _bad("it cannot be read") from None


def _fits(key: VerificationKey, id: object, algorithm: str) -> bool:
    named = id is None or key.id is None or key.id == id
    return named and key.algorithm in {None, algorithm} and isinstance(key.key, _KINDS[algorithm[:2]])


_KINDS: Mapping[str, type] = {
    "RS": rsa.RSAPublicKey,
    "PS": rsa.RSAPublicKey,
    "ES": ec.EllipticCurvePublicKey,
    "Ed": ed25519.Ed25519PublicKey,
}


def _rsa(digest: hashes.HashAlgorithm, *, pss: bool = False) -> Verify:
    def verify(key: PublicKey, signed: bytes, signature: bytes) -> bool:
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        pad = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else padding.PKCS1v15()
        return _holds(lambda: key.verify(signature, signed, pad, digest))

    return verify


def _ecdsa(digest: hashes.HashAlgorithm, curve: str, size: int) -> Verify:
    def verify(key: PublicKey, signed: bytes, signature: bytes) -> bool:
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != curve or len(signature) != 2 * size:
            return False
        pair = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        return _holds(lambda: key.verify(encode_dss_signature(*pair), signed, ec.ECDSA(digest)))

    return verify


def _eddsa(key: PublicKey, signed: bytes, signature: bytes) -> bool:
    return isinstance(key, ed25519.Ed25519PublicKey) and _holds(lambda: key.verify(signature, signed))


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except InvalidSignature:
        return False
    return True


#: RFC 7518, 3.1, and RFC 8037, 3.1.
_VERIFY: Mapping[str, Verify] = {
    "RS256": _rsa(hashes.SHA256()),
    "RS384": _rsa(hashes.SHA384()),
    "RS512": _rsa(hashes.SHA512()),
    "PS256": _rsa(hashes.SHA256(), pss=True),
    "ES256": _ecdsa(hashes.SHA256(), "secp256r1", 32),
    "ES384": _ecdsa(hashes.SHA384(), "secp384r1", 48),
    "EdDSA": _eddsa,
}


def key_set(data: bytes) -> tuple[VerificationKey, ...]:
    """The keys of a JWKS (RFC 7517) that can verify anything. Raises ``ValueError`` for what is none."""
    found = json.loads(data)
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise ValueError("it has no list 'keys'")  # noqa: TRY004 - what is wrong is the text, whose reader this is
    made = [_public_key(one) for one in listed if isinstance(one, dict) and one.get("use", "sig") == "sig"]
    return tuple(one for one in made if one is not None)


def _public_key(jwk: Mapping[str, object]) -> VerificationKey | None:
    make = _MAKE.get(str(jwk.get("kty")))
    try:
        key = make(jwk) if make is not None else None
    except (Problem, UnsupportedAlgorithm, ValueError) as error:
        raise ValueError(f"its key '{jwk.get('kid', '')}' cannot be read") from error
    id, algorithm = jwk.get("kid"), jwk.get("alg")
    if key is None:
        return None
    return VerificationKey(key, str(id) if id else None, str(algorithm) if algorithm else None)


def _number(jwk: Mapping[str, object], name: str) -> int:
    return int.from_bytes(_decoded(str(jwk.get(name, ""))), "big")


def _rsa_key(jwk: Mapping[str, object]) -> PublicKey:
    key = rsa.RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()
    if key.key_size < _LEAST_RSA:
        raise ValueError("the key is too short")
    return key


def _curve_key(jwk: Mapping[str, object]) -> PublicKey | None:
    curve = _CURVES.get(str(jwk.get("crv")))
    return ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), curve).public_key() if curve else None


def _edwards_key(jwk: Mapping[str, object]) -> PublicKey | None:
    if jwk.get("crv") != "Ed25519":
        return None
    return ed25519.Ed25519PublicKey.from_public_bytes(_decoded(str(jwk.get("x", ""))))


_CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
_MAKE: Mapping[str, Callable[[Mapping[str, object]], PublicKey | None]] = {
    "RSA": _rsa_key,
    "EC": _curve_key,
    "OKP": _edwards_key,
}
