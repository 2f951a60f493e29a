"""The keys of an issuer: fetched anew now and then, used on while that fails, and not for ever."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from jwt.algorithms import OKPAlgorithm

from crossdock.front.issuers import AGAIN, LASTS, SOON, STALEST, Issuers
from crossdock.front.problem import Problem


class Issuer:
    """An issuer whose keys are a file, and a clock to look at them by."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "jwks.json"
        self.now = 1_000.0
        self.issuers = Issuers(folder, lambda: self.now)

    def publishes(self, *ids: str) -> None:
        made = [OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate().public_key(), as_dict=True) for _ in ids]
        self.file.write_text(json.dumps({"keys": [{**key, "kid": id} for key, id in zip(made, ids, strict=True)]}))

    def has(self, id: str | None = None) -> list[str | None]:
        return [one.id for one in asyncio.run(self.issuers.keys("jwks.json", id))]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


def test_a_key_that_is_new_is_looked_for_once_in_a_while(issuer: Issuer) -> None:
    issuer.publishes("a")
    assert issuer.has("a") == ["a"]
    issuer.publishes("a", "b")
    assert issuer.has("b") == ["a"]
    issuer.now += AGAIN
    assert issuer.has("a") == ["a"]
    assert issuer.has("b") == ["a", "b"]


def test_a_key_that_was_withdrawn_is_gone_when_the_set_is_fetched_anew(issuer: Issuer) -> None:
    issuer.publishes("a", "b")
    issuer.has()
    issuer.publishes("b")
    issuer.now += LASTS
    assert issuer.has("b") == ["b"]


def test_keys_that_cannot_be_fetched_anew_count_for_an_hour_and_then_no_more(issuer: Issuer) -> None:
    issuer.publishes("a")
    issuer.has()
    issuer.file.write_text("{")
    for _ in range(3):
        issuer.now += STALEST / 4
        assert issuer.has("a") == ["a"]
    issuer.now += STALEST / 4
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            issuer.has("a")
        assert (refused.value.code, refused.value.status) == ("W140", 503)
    issuer.publishes("b")
    issuer.now += AGAIN
    assert issuer.has() == ["b"]


def test_without_any_keys_nobody_waits_for_them_again_at_once(issuer: Issuer) -> None:
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            issuer.has()
        assert refused.value.code == "W140"
        issuer.publishes("a")
    issuer.now += SOON
    assert issuer.has() == ["a"]
