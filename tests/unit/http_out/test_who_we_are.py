"""Credentials: each form as its standard has it, tokens kept and renewed, and nothing of them where people look."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable

import pytest
from pydantic import ValidationError
from tests.unit.http_out.conftest import NOW, Ground, parcel

from crossdock.connector import Done
from crossdock.connector.http.exchange import Request
from crossdock.connector.http.options import PeerOptions
from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.testing.servers.http_peer import CLIENT, SECRET, Fault
from crossdock_connectors.http.options import SinkOptions

CANARY = "canary-7f31c0de"


def headers_of(ground: Ground, **auth: object) -> dict[str, object]:
    client = ground.client(auth=auth)
    client.ask(Request(method="GET", url=f"{ground.peer.url}/echo"))
    found = ground.peer.seen[-1]["headers"]
    assert isinstance(found, dict)
    return {**found}


def oauth2(ground: Ground, **more: object) -> dict[str, object]:
    fixed = {"token_url": f"{ground.peer.url}/token", "client_id": CLIENT, "client_secret": SECRET}
    return {"oauth2": {**fixed, **more}}


def tokens_taken(ground: Ground) -> int:
    return sum(request["path"] == "/token" for request in ground.peer.seen)


def test_basic_is_utf_8(ground: Ground) -> None:
    given = headers_of(ground, basic={"user": "Ägir", "password": "pä:ss"})["authorization"]
    assert given == f"Basic {base64.b64encode('Ägir:pä:ss'.encode()).decode()}"


def test_a_bearer_token_is_sent_as_it_is(ground: Ground) -> None:
    assert headers_of(ground, bearer="abc.def")["authorization"] == "Bearer abc.def"


def test_an_api_key_goes_into_its_header(ground: Ground) -> None:
    given = headers_of(ground, api_key={"key": "k-1", "header": "X-Api-Key", "prefix": "Token "})
    assert given["x-api-key"] == "Token k-1"


def test_an_api_key_goes_into_the_query_and_is_encoded(ground: Ground) -> None:
    headers_of(ground, api_key={"key": "k&1=2", "query": "api_key"})
    assert ground.peer.seen[-1]["query"] == {"api_key": "k&1=2"}


@pytest.mark.parametrize("style", ["basic", "body"])
def test_a_token_is_taken_once_and_kept(ground: Ground, style: str) -> None:
    sink = ground.sink(post="/secure/orders", key_header="Idempotency-Key", auth=oauth2(ground, style=style))
    assert [type(one) for one in sink.send([parcel(), parcel(), parcel()])] == [Done] * 3
    assert tokens_taken(ground) == 1


def test_a_token_that_was_taken_back_is_renewed_once(ground: Ground) -> None:
    sink = ground.sink(post="/secure/orders", key_header="Idempotency-Key", auth=oauth2(ground))
    sink.send([parcel()])
    ground.peer.revoke()
    one = parcel()
    assert isinstance(sink.send([one])[0], Done)
    assert (tokens_taken(ground), ground.peer.effects[one.key]) == (2, 1)


def test_a_token_is_renewed_before_it_ends(ground: Ground) -> None:
    seconds = [0.0]
    client = ground.client(lambda: seconds[0], auth=oauth2(ground))
    ground.peer.behave(token_life=100)
    for seconds[0] in (0.0, 50.0, 69.0, 71.0):
        client.ask(Request(method="POST", url=f"{ground.peer.url}/secure/x"))
    assert tokens_taken(ground) == 2


def test_a_client_that_is_unknown_stops_the_route_and_its_secret_is_not_told(ground: Ground) -> None:
    sink = ground.sink(post="/secure/orders", auth=oauth2(ground, client_secret=CANARY))
    (outcome,) = sink.send([parcel()])
    assert isinstance(outcome, Halt)
    assert outcome.code == "K721"
    assert CANARY not in f"{outcome} {outcome!r}"
    assert base64.b64encode(f"{CLIENT}:{CANARY}".encode()).decode() not in str(outcome)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", status=503, path="/token"),
        Fault(kind="status", status=200, body="<html>", path="/token"),
        Fault(kind="status", status=200, body='{"token": 1}', path="/token"),
        Fault(kind="status", status=200, body='{"access_token": "a\\nb"}', path="/token"),
        Fault(kind="hang", path="/token"),
    ],
)
def test_a_token_server_in_trouble_is_asked_again_later_and_nothing_was_sent(ground: Ground, fault: Fault) -> None:
    ground.peer.plan(fault)
    sink = ground.sink(post="/secure/orders", auth=oauth2(ground))
    (outcome,) = sink.send([parcel()])
    assert isinstance(outcome, Retry)
    assert [request["path"] for request in ground.peer.seen] == ["/token"]


def test_a_signature_is_made_over_what_is_sent(ground: Ground) -> None:
    over = "{method}\n{path}?{query}\n{timestamp}.{key}.{body}"
    auth = {"hmac": {"secret": "s", "over": over, "timestamp": "X-Time", "prefix": "v1=", "id": "X-Id"}}
    sink = ground.sink(post="/echo/{n}", query={"a": "{n}"}, auth=auth)
    sink.send([parcel({"n": "1/2"}, key="key-hmac", data=b"body")])
    request = ground.peer.seen[-1]
    given = request["headers"]
    assert isinstance(given, dict)
    stamp = str(int(NOW.timestamp()))
    text = f"POST\n/echo/1%2F2?a=1%2F2\n{stamp}.key-hmac.body"
    assert given["x-signature"] == f"v1={hmac.new(b's', text.encode(), hashlib.sha256).hexdigest()}"
    assert (given["x-time"], given["x-id"]) == (stamp, "key-hmac")


def test_standard_webhooks_can_be_signed(ground: Ground) -> None:
    secret = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    auth = {
        "hmac": {
            "secret": f"whsec_{secret}",
            "secret_is": "base64",
            "header": "webhook-signature",
            "over": "{key}.{timestamp}.{body}",
            "encoding": "base64",
            "prefix": "v1,",
            "timestamp": "webhook-timestamp",
            "id": "webhook-id",
        }
    }
    ground.sink(post="/echo", auth=auth).send([parcel(key="msg-1", data=b"{}")])
    given = ground.peer.seen[-1]["headers"]
    assert isinstance(given, dict)
    text = f"msg-1.{int(NOW.timestamp())}.{{}}".encode()
    raw = hmac.new(b"0123456789abcdef0123456789abcdef", text, hashlib.sha256).digest()
    assert given["webhook-signature"] == f"v1,{base64.b64encode(raw).decode()}"


_FORMS: list[Callable[[Ground], dict[str, object]]] = [
    lambda ground: {"basic": {"user": "u", "password": CANARY}},
    lambda ground: {"bearer": CANARY},
    lambda ground: {"api_key": {"key": CANARY, "header": "X-Api-Key"}},
    lambda ground: {"api_key": {"key": CANARY, "query": "api_key"}},
    lambda ground: oauth2(ground, client_secret=CANARY, style="body"),
    lambda ground: {"hmac": {"secret": CANARY}},
]


@pytest.mark.parametrize("form", _FORMS)
def test_a_secret_is_nowhere_where_people_look(
    ground: Ground, form: Callable[[Ground], dict[str, object]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    auth = form(ground)
    sink = ground.sink(post="/orders", auth=auth)
    outcomes: list[object] = []
    encoded = base64.b64encode(f"u:{CANARY}".encode()).decode() if "basic" in auth else CANARY
    leak = f"you sent {CANARY} and {encoded}"
    faults = [
        Fault(kind="status", status=400, body=leak, path="/orders"),
        Fault(kind="status", status=403, body=f'{{"detail": "{leak}"}}', path="/orders"),
        Fault(kind="status", status=500, body=leak, path="/orders"),
        Fault(kind="status", status=302, headers={"Location": f"/x?api_key={CANARY}"}, path="/orders"),
        Fault(kind="status", status=201, headers={"Location": f"/{CANARY}"}, path="/orders"),
        Fault(kind="hang", path="/orders"),
        Fault(kind="reset", path="/orders"),
    ]
    for fault in faults:
        ground.peer.plan(fault)
        outcomes += sink.send([parcel()])
    told = [f"{one} {one!r} {getattr(one, 'findings', '')} {getattr(one, 'hint', '')}" for one in outcomes]
    told += [caplog.text, repr(sink._options), str(sink._options.model_dump()), sink._options.model_dump_json()]
    assert not [text for text in told if CANARY in text or encoded in text]


@pytest.mark.parametrize(
    "auth",
    [
        {"basic": {"user": "u", "password": "p"}, "bearer": "x"},
        {"api_key": {"key": "k"}},
        {"api_key": {"key": "k", "header": "X-K", "query": "k"}},
        {"hmac": {"secret": "s", "over": "{bod}"}},
        {"hmac": {"secret": "s", "over": "{timestamp}.{body}"}},
        {"oauth2": {"token_url": "https://a.example/{x}", "client_id": "c", "client_secret": "s"}},
    ],
)
def test_mistakes_in_credentials_are_found_before_anything_runs(auth: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PeerOptions.model_validate({"auth": auth})


def test_credentials_do_not_travel_in_clear_text() -> None:
    with pytest.raises(ValidationError, match="credentials"):
        SinkOptions.model_validate({"post": "http://erp.example/orders", "auth": {"bearer": "x"}})


@pytest.mark.parametrize("secret", ["line\nbreak", "ümlaut"])
def test_a_credential_that_no_header_can_carry_is_told_without_itself(ground: Ground, secret: str) -> None:
    with pytest.raises(CrossdockError) as caught:
        ground.client(auth={"bearer": secret})
    assert (caught.value.code, secret in str(caught.value)) == ("K712", False)
