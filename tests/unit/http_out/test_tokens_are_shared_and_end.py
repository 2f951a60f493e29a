"""Tokens for client credentials: one at a time, never beyond their life, and only such as count by themselves."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event

import pytest

from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.options import OAuth2
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.tokens import Tokens
from crossdock.errors import Halt

OPTIONS = OAuth2.model_validate(
    {"token_url": "https://id.example.com/token", "client_id": "us", "client_secret": "canary"}
)
ASKED = Request(method="POST", url="https://erp.example.com/orders")
LOST = Response(status=401, headers={}, body=b"", url=ASKED.url)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Issuer:
    """Gives out tokens ``t1``, ``t2`` …; each with what ``says`` adds."""

    def __init__(self, **says: object) -> None:
        self.says, self.given, self.time = says, 0, 0.0
        self.open = Event()
        self.open.set()
        self.tokens = Tokens(OPTIONS, Redaction(), "halt", lambda: self.time, lambda: NOW)

    def send(self, request: Request) -> Response:
        self.open.wait(10)
        self.given += 1
        body = {"access_token": f"t{self.given}", "token_type": "Bearer", "expires_in": 3600, **self.says}
        return Response(status=200, headers={}, body=json.dumps(body).encode(), url=request.url)

    def used(self) -> str:
        return self.tokens.signed(ASKED, self.send).headers["Authorization"].removeprefix("Bearer ")


def test_many_that_want_a_token_at_once_get_the_same_one() -> None:
    issuer, together = Issuer(), Barrier(8)
    issuer.open.clear()

    def one(_: int) -> str:
        together.wait(10)
        return issuer.used()

    with ThreadPoolExecutor(8) as threads:
        wanted = [threads.submit(one, number) for number in range(8)]
        issuer.open.set()
        assert {each.result(10) for each in wanted} == {"t1"}
    assert issuer.given == 1


def test_a_token_that_is_taken_back_while_others_use_it_is_never_sent_as_nothing() -> None:
    issuer = Issuer()

    def one(number: int) -> str:
        if number % 3 == 0:
            issuer.tokens.renew(LOST)
        return issuer.used()

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(one, range(300)))
    assert found <= {f"t{number}" for number in range(1, issuer.given + 1)}


@pytest.mark.parametrize(
    ("life", "used_for"),
    [(3600, 3570.0), ("3600", 3570.0), (3600.0, 3570.0), (20, 10.0), (0, 0.0), (10**11, 86_400.0), (None, 270.0)],
)
def test_a_token_is_used_until_shortly_before_its_end_and_never_longer_than_a_day(
    life: object, used_for: float
) -> None:
    issuer = Issuer(expires_in=life)
    issuer.used()
    issuer.time = max(0.0, used_for - 0.01)
    assert issuer.used() == ("t1" if used_for else "t2")
    issuer.time = used_for
    before = issuer.given
    issuer.used()
    assert issuer.given == before + 1


@pytest.mark.parametrize("kind", ["DPoP", "mac"])
def test_a_token_that_proves_nothing_alone_is_not_used(kind: str) -> None:
    with pytest.raises(Halt, match="K721"):
        Issuer(token_type=kind).used()
