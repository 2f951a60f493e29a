"""Tokens (JWT, RFC 7519) that an authorization server made: whether one counts, and whose it is. Pure.

PyJWT verifies signatures; only the algorithms of the configuration are tried, only with a key that is made for one of
them, and only public ones: ``none`` and a public key taken for a shared secret cannot come up. The claims are judged
here, by a clock that is an argument: a token must say when it ends, who made it and for whom (RFC 8725, 3.1, 3.8, 3.9),
and be made to be shown as it is: one that is bound to a key (``cnf``, RFC 7800) proves nothing without that key, and
one of another kind (``typ``, RFC 8725, 3.11) was made for something else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.types import Options

from crossdock.connector.endpoint import Tokens
from crossdock.front.problem import Problem

LONGEST = 16 * 1024  # characters of a token
_LEAST_RSA = 2048  # bits (RFC 7518, 3.3)
#: Kinds of keys that verify and cannot sign, and what they are for (RFC 7518, 3.1 and 6.1; RFC 8037, 2 and 3.1).
_PUBLIC: Mapping[str, Mapping[str | None, tuple[str, ...]]] = {
    "RSA": {None: ("RS256", "RS384", "RS512", "PS256")},
    "EC": {"P-256": ("ES256",), "P-384": ("ES384",)},
    "OKP": {"Ed25519": ("EdDSA",)},
}
#: What a token may call itself where the route does not say what it has to be (RFC 7519, 5.1; RFC 9068, 2.1).
_ORDINARY = frozenset({"jwt", "at+jwt"})

#: Times, issuer and audience are ours to judge.
_SIGNATURE_ALONE: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key of an issuer. ``id`` and ``algorithm`` where it says so."""

    key: jwt.PyJWK
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
    id = _header(token).get("kid")
    return id if isinstance(id, str) else None


def claims(token: str, wanted: Tokens, keys: Iterable[VerificationKey], now: float) -> Claims:
    """What the token says, where it counts. Raises ``Problem``."""
    header = _header(token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in wanted.algorithms or "crit" in header:
        raise _bad("it is signed in a way that does not count here")
    _refuse_other_type(header.get("typ"), wanted.type)
    for one in keys:
        if _fits(one, header.get("kid"), algorithm):
            body = _verified(token, one, algorithm)
            if body is not None:
                return _judged(body, wanted, now)
    raise _bad("no key of the issuer made its signature")


def _refuse_other_type(said: object, wanted: str | None) -> None:
    if said is None and wanted is None:
        return
    named = said.lower().removeprefix("application/") if isinstance(said, str) else ""
    if named not in (_ORDINARY if wanted is None else {wanted.lower().removeprefix("application/")}):
        raise _bad(f"it is of another type than {wanted or 'JWT'}")


def _header(token: str) -> Mapping[str, object]:
    if len(token) > LONGEST:
        raise _bad("it is no signed token")
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise _bad("it is no signed token") from None


def _verified(token: str, one: VerificationKey, algorithm: str) -> Mapping[str, object] | None:
    """What it says, where this key made its signature."""
    try:
        return jwt.decode(token, one.key, algorithms=[algorithm], options=_SIGNATURE_ALONE)
    except (jwt.InvalidSignatureError, jwt.InvalidKeyError, jwt.InvalidAlgorithmError):
        return None
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise _bad("it cannot be read") from None


def _fits(key: VerificationKey, id: object, algorithm: str) -> bool:
    named = id is None or key.id is None or key.id == id
    return named and key.algorithm in {None, algorithm}


def _judged(body: Mapping[str, object], wanted: Tokens, now: float) -> Claims:
    if body.get("cnf") is not None:
        raise _bad("it is bound to a key, and so proves nothing alone")
    expires = body.get("exp")
    if not _is_number(expires) or not now < float(str(expires)) + wanted.leeway:
        raise _bad("it has ended, or does not say when it does")
    for begins in (body.get("nbf", 0), body.get("iat", 0)):
        if not _is_number(begins) or not now >= float(str(begins)) - wanted.leeway:
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
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(float(str(value)))


def _bad(why: str) -> Problem:
    return Problem("W118", f"the token does not count: {why}")


def key_set(data: bytes) -> tuple[VerificationKey, ...]:
    """The keys of a JWKS (RFC 7517) that can verify anything. Raises ``ValueError`` for what is none."""
    found = json.loads(data)
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise ValueError("it has no list 'keys'")  # noqa: TRY004 - what is wrong is the text, whose reader this is
    return tuple(key for one in listed if isinstance(one, dict) and _verifies(one) for key in _public_keys(one))


def _verifies(jwk: Mapping[str, object]) -> bool:
    """Whether a key is there to verify (RFC 7517, 4.2, 4.3); others are none of ours (5)."""
    uses = jwk.get("key_ops", ["verify"])
    return jwk.get("use", "sig") == "sig" and isinstance(uses, list) and "verify" in uses


def _public_keys(jwk: dict[str, object]) -> list[VerificationKey]:
    """The key, for each algorithm it may be used with: PyJWT ties a key to one."""
    id, algorithm = jwk.get("kid"), jwk.get("alg")
    names = [one for one in _algorithms(jwk) if algorithm in (None, "", one)]
    try:
        made = [jwt.PyJWK(jwk, name) for name in names]
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise ValueError(f"its key '{id or ''}' cannot be read") from error
    if any(isinstance(one.key, rsa.RSAPublicKey) and one.key.key_size < _LEAST_RSA for one in made):
        raise ValueError(f"its key '{id or ''}' is too short")
    return [VerificationKey(one, str(id) if id else None, name) for one, name in zip(made, names, strict=True)]


def _algorithms(jwk: Mapping[str, object]) -> tuple[str, ...]:
    """What a key of its kind is good for; nothing for a curve nobody signs on."""
    curve = jwk.get("crv")
    return _PUBLIC.get(str(jwk.get("kty")), {}).get(None if curve is None else str(curve), ())
