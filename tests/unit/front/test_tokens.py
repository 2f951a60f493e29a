"""Tokens: which count, and which do not, whatever they say of themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crossdock.connector.endpoint import Tokens
from crossdock.front.problem import Problem
from crossdock.front.tokens import Claims, claims, key_set

NOW = 1_760_000_000.0
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
WANTED = Tokens(issuer="https://id.example", audience="orders", keys="", algorithms=("RS256", "ES256", "EdDSA"))
GOOD: dict[str, object] = {
    "iss": "https://id.example",
    "aud": "orders",
    "sub": "shop",
    "exp": NOW + 60,
    "partner": "acme",
}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _number(number: int) -> str:
    return _text(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _jwks() -> bytes:
    numbers, point = RSA.public_key().public_numbers(), EC.public_key().public_numbers()
    edwards = _text(ED.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    keys = [
        {"kty": "RSA", "kid": "r", "n": _number(numbers.n), "e": _number(numbers.e)},
        {"kty": "EC", "kid": "e", "crv": "P-256", "x": _number(point.x), "y": _number(point.y)},
        {"kty": "OKP", "kid": "d", "crv": "Ed25519", "x": edwards},
        {"kty": "oct", "k": "c2VjcmV0"},
    ]
    return json.dumps({"keys": keys}).encode()


def _sign(algorithm: str, signed: bytes) -> bytes:
    if algorithm == "RS256":
        return RSA.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "EdDSA":
        return ED.sign(signed)
    if algorithm == "HS256":  # the public key, taken for a shared secret
        public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return hmac.new(public, signed, hashlib.sha256).digest()
    r, s = decode_dss_signature(EC.sign(signed, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _token(algorithm: str = "RS256", header: dict[str, object] | None = None, /, **body: object) -> str:
    said = {name: value for name, value in {**GOOD, **body}.items() if value is not None}
    head = _text(json.dumps({"alg": algorithm, **(header or {})}).encode())
    signed = f"{head}.{_text(json.dumps(said).encode())}"
    return f"{signed}.{_text(_sign(algorithm, signed.encode()))}"


def _judge(token: str, wanted: Tokens = WANTED) -> Claims:
    return claims(token, wanted, key_set(_jwks()), NOW)


@pytest.mark.parametrize(("algorithm", "kid"), [("RS256", "r"), ("ES256", "e"), ("EdDSA", "d")])
def test_a_good_token_counts_in_each_algorithm(algorithm: str, kid: str) -> None:
    assert _judge(_token(algorithm, {"kid": kid})).subject == "shop"


def test_scopes_and_partner_are_read() -> None:
    wanted = Tokens(
        issuer=WANTED.issuer, audience="orders", keys="", algorithms=("RS256",), scopes=("a",), partner="partner"
    )
    found = _judge(_token(scope="a b"), wanted)
    assert (found.scopes, found.partner) == (frozenset("ab"), "acme")


@pytest.mark.parametrize(
    "change",
    [
        {"exp": NOW - 31},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"nbf": NOW + 31},
        {"iss": "https://evil.example"},
        {"aud": "others"},
        {"aud": ["others"]},
        {"sub": None},
        {"sub": 7},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"iat": NOW + 31},
        {"iat": "now"},
        {"aud": None},
        {"aud": {"orders": True}},
        {"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}},
        {"cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}},
        {"cnf": {}},
    ],
)
def test_a_claim_that_is_wrong_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Problem) as refused:
        _judge(_token("RS256", None, **change))
    assert refused.value.code == "W118"


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/at+JWT"])
def test_an_ordinary_type_counts_where_none_is_asked_for(typ: str) -> None:
    assert _judge(_token("RS256", {"typ": typ})).subject == "shop"


@pytest.mark.parametrize("typ", ["dpop+jwt", "logout+jwt", "secevent+jwt", "application/", "", 7, None])
def test_a_token_made_for_something_else_does_not_count(typ: object) -> None:
    with pytest.raises(Problem) as refused:
        _judge(_token("RS256", {"typ": typ if typ is not None else []}))
    assert refused.value.code == "W118"


def test_where_access_tokens_are_asked_for_no_other_counts() -> None:
    wanted = replace(WANTED, type="at+jwt")
    assert _judge(_token("RS256", {"typ": "application/AT+jwt"}), wanted).subject == "shop"
    others: list[dict[str, object]] = [{}, {"typ": "JWT"}]
    for header in others:
        with pytest.raises(Problem):
            _judge(_token("RS256", header), wanted)


def test_keys_for_other_things_in_a_set_are_none_of_ours() -> None:
    numbers = RSA.public_key().public_numbers()
    key = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    others: list[dict[str, object]] = [
        {**key, "alg": "RSA-OAEP"},
        {**key, "alg": "HS256"},
        {**key, "use": "enc"},
        {**key, "key_ops": ["wrapKey"]},
        {"kty": "EC", "crv": "secp256k1", "x": "AQ", "y": "AQ"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AQ"},
    ]
    found = key_set(json.dumps({"keys": [*others, {**key, "alg": "RS256", "key_ops": ["verify"]}]}).encode())
    assert [one.algorithm for one in found] == ["RS256"]


def test_a_scope_that_is_missing_is_told() -> None:
    wanted = Tokens(issuer=WANTED.issuer, audience="orders", keys="", algorithms=("RS256",), scopes=("write",))
    with pytest.raises(Problem) as refused:
        _judge(_token(scope="read"), wanted)
    assert refused.value.code == "W105"


def test_no_signature_at_all_is_refused() -> None:
    head, body, _ = _token("RS256", {"alg": "none"}).split(".")
    with pytest.raises(Problem):
        _judge(f"{head}.{body}.")


def test_a_public_key_is_no_shared_secret() -> None:
    with pytest.raises(Problem):
        _judge(_token("HS256"))


def test_a_key_of_another_kind_does_not_count() -> None:
    with pytest.raises(Problem):
        _judge(_token("RS256", {"kid": "e"}))


def test_critical_headers_nobody_knows_are_refused() -> None:
    with pytest.raises(Problem):
        _judge(_token("RS256", {"crit": ["exp"]}))


def test_a_changed_body_is_refused() -> None:
    head, _, signature = _token().split(".")
    with pytest.raises(Problem):
        _judge(f"{head}.{_text(json.dumps({**GOOD, 'sub': 'admin'}).encode())}.{signature}")


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c", "..", "e30.e30.", "!.!.!", "x" * 20_000, "W10.W10.", "é.é.é"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        _judge(text)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"keys": 7}', b'{"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}']
)
def test_a_set_of_keys_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what json says of it is as good
        key_set(data)
